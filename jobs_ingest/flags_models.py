"""Tables of what the safeguards found in a vacancy, and what a person decided about it. Nothing of a returnee."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc


class Decision(StrEnum):
    """What a person decided about a flag."""

    HARMLESS = "harmless"
    CONFIRMED = "confirmed"


class VacancyFlag(SQLModel, table=True):
    """One thing that the safeguards found: ``words`` stand at ``start`` to ``end`` (characters) of ``field``.

    ``field`` is a column of the vacancy, or ``pay`` or ``licence``; of a list of texts its items stand one a line.
    What is missing has no words. ``kind`` and ``severity`` are those of ``jobs_ingest.safeguards``.
    """

    __tablename__: ClassVar[str] = "vacancy_flag"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    vacancy_id: uuid.UUID = Field(foreign_key="vacancy.id", ondelete="CASCADE", index=True)
    kind: str
    severity: str
    field: str
    words: str = ""
    start: int = 0
    end: int = 0
    found_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    decision: str | None = Field(default=None, description="empty until somebody has looked")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: uuid.UUID | None = Field(default=None, description="account of who decided")
    note: str | None = None


class VacancyCheck(SQLModel, table=True):
    """Which rules a vacancy was last looked at with, and what came of it.

    ``made`` is the status that the safeguards or a reviewer gave to a vacancy that its source has open: held,
    withdrawn, or empty. ``about`` is a hash of employer and country: what is missing was judged for these.
    """

    __tablename__: ClassVar[str] = "vacancy_check"

    vacancy_id: uuid.UUID = Field(primary_key=True, foreign_key="vacancy.id", ondelete="CASCADE")
    rules: str = Field(index=True)
    about: str
    made: str | None = None
