"""The application's own table: the audit trail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime


class AuditEvent(SQLModel, table=True):
    """Who did what to whose record. Ids and field names, never values; each row is chained to the last."""

    __tablename__: ClassVar[str] = "audit_event"

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject_kind: str
    subject_id: uuid.UUID | None = Field(default=None, index=True)
    fields: str = ""
    previous_hash: str
    hash: str
