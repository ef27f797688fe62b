"""The application's own tables: accounts and how they sign in, requests of employers, and the audit trail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc, owner_column


class Account(SQLModel, table=True):
    """Who may sign in. A returnee's account holds a card number and nothing that names them.

    Exactly one of ``centre_id`` (counsellor, head, assessor), ``returnee_id`` and ``employer_id`` is set; an
    administrator has none.
    """

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    login: str = Field(unique=True, description="case folded; of a returnee the number on the card")
    role: str
    name: str = Field(default="", description="how colleagues call them; empty for a returnee")
    centre_id: uuid.UUID | None = Field(default=None, foreign_key="centre.id")
    returnee_id: uuid.UUID | None = Field(
        default=None, foreign_key="returnee.id", ondelete="CASCADE", index=True, unique=True
    )
    employer_id: uuid.UUID | None = Field(default=None, foreign_key="employer.id")
    password_hash: str | None = Field(default=None, description="argon2id; empty until activated")
    one_time_secret: bytes | None = Field(default=None, sa_type=sa.LargeBinary, description="sealed")
    one_time_step: int = Field(default=0, description="the last time step used, so that no code works twice")
    created_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def _account_column() -> uuid.UUID:
    return Field(foreign_key="account.id", ondelete="CASCADE", index=True)  # type: ignore[no-any-return]


class SignInFailure(SQLModel, table=True):
    """Failed tries for a login, whether or not there is such an account, so that the two look the same."""

    __tablename__: ClassVar[str] = "sign_in_failure"

    login: str = Field(primary_key=True, description="keyed hash of what was typed")
    failures: int = 0
    last_at: datetime = Field(sa_type=UtcDateTime)
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ActivationCode(SQLModel, table=True):
    """The printed code by which an account gets its first password, or a new one. Works once."""

    __tablename__: ClassVar[str] = "activation_code"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    account_id: uuid.UUID = _account_column()
    code_hash: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """A browser that is signed in. The token itself is only in the browser; here is its hash."""

    __tablename__: ClassVar[str] = "sign_in"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    account_id: uuid.UUID = _account_column()
    token_hash: str = Field(unique=True)
    device: str = Field(default="", description="kind of browser and system, no more")
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    #: Staff with one-time codes have given the password but not the code yet.
    half: bool = False


class ApiToken(SQLModel, table=True):
    """A key for a program, which may do what its owner may, narrowed to some actions."""

    __tablename__: ClassVar[str] = "api_token"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    account_id: uuid.UUID = _account_column()
    made_with: uuid.UUID | None = Field(
        default=None, foreign_key="api_token.id", ondelete="CASCADE", description="the token that made this one"
    )
    name: str
    token_hash: str = Field(unique=True)
    actions: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GlassBreak(SQLModel, table=True):
    """An administrator opened one record for a reason and a while; the centre's head is told."""

    __tablename__: ClassVar[str] = "glass_break"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    account_id: uuid.UUID = _account_column()
    returnee_id: uuid.UUID = owner_column()
    centre_id: uuid.UUID = Field(foreign_key="centre.id", index=True)
    reason: bytes = Field(sa_type=sa.LargeBinary, description="sealed")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    seen_by: uuid.UUID | None = None
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ContactRequest(SQLModel, table=True):
    """An employer asks to be put in touch with a candidate of a vacancy; the person answers."""

    __tablename__: ClassVar[str] = "contact_request"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    employer_id: uuid.UUID = Field(foreign_key="employer.id", index=True)
    vacancy_id: uuid.UUID = Field(foreign_key="vacancy.id", index=True)
    candidate: uuid.UUID = Field(description="under which pseudonym the employer knows the person")
    asked_by: uuid.UUID
    asked_at: datetime = Field(sa_type=UtcDateTime)
    accepted: bool | None = Field(default=None, description="empty until the person has answered")
    fields: list[str] = Field(default_factory=list, sa_type=JSON, description="what the person chose to disclose")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: uuid.UUID | None = None


class Disclosure(SQLModel, table=True):
    """That an employer was shown, at that moment, these fields of a person."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    request_id: uuid.UUID = Field(foreign_key="contact_request.id", ondelete="CASCADE", index=True)
    employer_id: uuid.UUID = Field(foreign_key="employer.id")
    vacancy_id: uuid.UUID = Field(foreign_key="vacancy.id")
    fields: list[str] = Field(default_factory=list, sa_type=JSON)
    shown_to: uuid.UUID
    shown_at: datetime = Field(sa_type=UtcDateTime)


class IdempotencyKey(SQLModel, table=True):
    """The answer to a request that creates, kept for a day so that a repeated one does nothing again."""

    __tablename__: ClassVar[str] = "idempotency_key"

    account_id: uuid.UUID = Field(foreign_key="account.id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    answer: bytes = Field(sa_type=sa.LargeBinary, description="sealed")
    returnee_id: uuid.UUID | None = Field(
        default=None, foreign_key="returnee.id", ondelete="CASCADE", index=True, description="whom the answer is of"
    )
    created_at: datetime = Field(sa_type=UtcDateTime)


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
