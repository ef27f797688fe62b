"""Wire schemas of the life of a vacancy: since when it is known, why it ended, what people set."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.life import Why
from api.v1.schemas_common import Line, Out, Sent
from jobs_ingest.life import LONGEST_REASON
from jobs_ingest.set_values import SETTABLE

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, pattern=r"^[^\x00]*$")]


class SightingOut(Out):
    """Where a vacancy was found, from when to when."""

    source: str = Field(examples=["chamber"])
    url: str | None
    first_seen: datetime
    last_seen: datetime
    gone_since: datetime | None


class ChangeOut(Out):
    """One value that a person set; values are text, empty for unknown."""

    field: str = Field(examples=["closes_on"])
    was: str = Field(examples=["2026-12-31"])
    value: str = Field(examples=["2027-01-31"])
    reason: str = Field(examples=["the firm asked for more time"])
    role: str = Field(examples=["counsellor"])
    by: str = Field(examples=["Fictional Counsellor"])
    at: datetime


class LifeOut(Out):
    """Since when a vacancy is known and why it is not open. ``by``, ``reason`` and ``changes``: for reviewers.

    ``last_seen`` is null for one that came with a file or a form. ``by_hand`` names fields that a person set.
    """

    first_seen: datetime
    last_seen: datetime | None
    why: Why | None
    ended_at: datetime | None
    by: str = Field(examples=[""])
    reason: str = Field(examples=[""])
    sightings: list[SightingOut]
    by_hand: list[str] = Field(examples=[["closes_on"]])
    changes: list[ChangeOut]


class LifeIn(Sent):
    """A status to set, and with ``open`` another last day (null: as it is)."""

    status: Literal["open", "closed", "filled", "withdrawn"]
    closes_on: date | None = Field(None, examples=[None])
    reason: Reason = Field(examples=["the firm says that the post is taken"])


class ReadingIn(Sent):
    """The right value of a field that was misread, as a cell of the layout holds it; null: not known."""

    field: Literal[tuple(SETTABLE)] = Field(examples=["pay_max"])  # type: ignore[valid-type]
    value: Line | None = Field(examples=["25000"])
    reason: Reason = Field(examples=["the text says 25,000 and not 2,500"])
