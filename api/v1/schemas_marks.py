"""The wire schema of what a vacancy is marked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from api.review import Mark
from api.v1.schemas_common import Out


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
