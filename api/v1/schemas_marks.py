"""The wire schema of what a vacancy is marked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from api.review import Mark
from api.v1.schemas_common import Out, Sent


class MarkOut(Out):
    """What the safeguards found in a vacancy and nobody has judged harmless; ``words`` is null for what is missing.

    ``kind``: one of fee, deposit, documents, unpaid, debt, sex, age, family, community, looks, no_employer,
    private_contact, pay, licence, contract, hours, confinement.
    """

    vacancy_id: uuid.UUID
    kind: str = Field(examples=["sex"])
    severity: Literal["hold", "note"]
    field: str = Field(examples=["title"])
    words: str | None = Field(examples=["male preferred"])

    @classmethod
    def of(cls, vacancy_id: uuid.UUID, mark: Mark) -> MarkOut:
        """From the internal value."""
        severity: Literal["hold", "note"] = "hold" if mark.holds else "note"
        return cls(
            vacancy_id=vacancy_id, kind=mark.kind, severity=severity, field=mark.field, words=mark.words or None
        )

    @classmethod
    def all_of(cls, marks: Mapping[uuid.UUID, Iterable[Mark]]) -> list[MarkOut]:
        """The marks of several vacancies."""
        return [cls.of(about, mark) for about, found in marks.items() for mark in found]


class ReviewMarkOut(MarkOut):
    """A mark with where its words stand (``start`` to ``end`` in ``field``) and what was decided about it.

    ``decided_by`` and ``note`` are null for whoever may not review.
    """

    id: uuid.UUID
    start: int = Field(examples=[12])
    end: int = Field(examples=[26])
    stands: bool = Field(description="nobody has said that it is harmless")
    decision: Literal["harmless", "confirmed"] | None
    decided_at: datetime | None
    decided_by: str | None
    note: str | None

    @classmethod
    def of(cls, vacancy_id: uuid.UUID, mark: Mark) -> ReviewMarkOut:
        """From the internal value."""
        decision: Literal["harmless", "confirmed"] | None = None
        if mark.decision:
            decision = "harmless" if mark.decision == "harmless" else "confirmed"
        return cls(
            **MarkOut.of(vacancy_id, mark).model_dump(), id=mark.id, start=mark.start, end=mark.end,
            stands=mark.stands, decision=decision, decided_at=mark.decided_at,
            decided_by=mark.decided_by or None, note=mark.note or None,
        )  # fmt: skip


class DecisionIn(Sent):
    """What a person decided about a mark; ``withdrawn``: confirmed, and the vacancy with it.

    Harmless needs a note.
    """

    answer: Literal["harmless", "confirmed", "withdrawn"]
    note: str = Field("", max_length=500, pattern=r"^[^\x00]*$", examples=["asked the firm: men and women"])
