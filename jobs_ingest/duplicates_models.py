"""Tables of what a person decides about duplicates. Nothing of a returnee."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc


class PairDecision(StrEnum):
    """What a person said of two vacancies that may be one."""

    SAME = "same"
    DIFFERENT = "different"


class ActKind(StrEnum):
    """What a person did: made two vacancies one, took an offer out of one, or said that two are two."""

    MERGE = "merge"
    SPLIT = "split"
    APART = "apart"


class OfferPair(SQLModel, table=True):
    """Two vacancies that a person should compare; ``one_id`` is the smaller id, so that a pair stands once.

    ``score`` is 0 to 1. ``reasons`` holds [part, level, points, words of one, words of the other] of
    ``jobs_ingest.duplicates``. Without a decision it waits.
    """

    __tablename__: ClassVar[str] = "offer_pair"
    __table_args__ = (sa.UniqueConstraint("one_id", "other_id"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    one_id: uuid.UUID = Field(foreign_key="vacancy.id", ondelete="CASCADE")
    other_id: uuid.UUID = Field(foreign_key="vacancy.id", ondelete="CASCADE", index=True)
    score: float
    reasons: list[list[str | float]] = Field(default_factory=list, sa_type=JSON)
    found_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    put_off_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="somebody said: not now")
    decision: str | None = None
    decided_by: uuid.UUID | None = Field(default=None, description="account of who decided")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str | None = None


class DuplicateAct(SQLModel, table=True):
    """One thing that a person did about duplicates, with what is needed to undo it.

    ``kept_id`` is the vacancy that stays, ``other_id`` the one that a merge closed, a split made (as long as the
    next run has to make it: empty) or that is another one. ``status_before`` is that of the other. ``moved`` holds
    the ids of the origins that changed their vacancy; of a split that a run must complete, ``content_hash`` is
    what the origin had.
    """

    __tablename__: ClassVar[str] = "duplicate_act"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    kind: str
    kept_id: uuid.UUID = Field(index=True)
    other_id: uuid.UUID | None = Field(default=None, index=True)
    pair_id: uuid.UUID | None = None
    moved: list[str] = Field(default_factory=list, sa_type=JSON)
    status_before: str | None = None
    content_hash: str | None = None
    note: str | None = None
    done_by: uuid.UUID | None = Field(default=None, description="account of who did it")
    done_at: datetime = Field(sa_type=UtcDateTime)
    undone_by: uuid.UUID | None = Field(default=None, description="account of who undid it")
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfferDecision(SQLModel, table=True):
    """That two offers, each by its source and number there, are one vacancy or two. The newest of a pair holds.

    Sources and numbers outlast changed texts and further runs; vacancies are found by them. Of one vacancy: the
    first offer belongs to the vacancy of the second.
    """

    __tablename__: ClassVar[str] = "offer_decision"
    __table_args__ = (
        sa.Index("ix_offer_decision_first", "source", "ref"),
        sa.Index("ix_offer_decision_second", "other_source", "other_ref"),
    )

    sequence: int | None = Field(default=None, primary_key=True)
    act_id: uuid.UUID = Field(foreign_key="duplicate_act.id", ondelete="CASCADE", index=True)
    same: bool
    source: str
    ref: str
    other_source: str
    other_ref: str
