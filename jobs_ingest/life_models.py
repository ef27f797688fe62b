"""The table of what people changed in a vacancy by hand. Nothing of a returnee."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc


class VacancyChange(SQLModel, table=True):
    """One value that a person set in a vacancy; rows are added, never changed.

    ``number`` counts the changes of a vacancy from 1. ``field`` is ``status``, ``closes_on`` or another column.
    ``was`` is what the source says of it (of a status: what it was before), ``value`` what was set, both as text;
    empty is unknown.
    """

    __tablename__: ClassVar[str] = "vacancy_change"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    vacancy_id: uuid.UUID = Field(foreign_key="vacancy.id", ondelete="CASCADE", index=True)
    number: int
    field: str
    was: str = ""
    value: str = ""
    reason: str = ""
    role: str = Field(description="as what the person acted")
    changed_by: uuid.UUID | None = Field(default=None, description="account of who changed it")
    changed_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
