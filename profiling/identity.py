"""Who the person is, who speaks for them, and what was said in confidence: sealed field by field.

Nothing in matching and nothing that answers an employer imports this module, except the one function that
hands over what a person chose to disclose; ``tests/unit/test_architecture.py`` holds that.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc, owner_column
from profiling.vault import Vault


class ReturneeIdentity(SQLModel, table=True):
    """Who the person is, sealed. Never read by matching, never in a log line."""

    __tablename__: ClassVar[str] = "returnee_identity"

    returnee_id: uuid.UUID = owner_column(primary_key=True)
    given_name: bytes = Field(sa_type=sa.LargeBinary)
    family_name: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    sex: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    birth_date: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    phone: bytes | None = Field(default=None, sa_type=sa.LargeBinary)


class Reference(SQLModel, table=True):
    """A referee. Name and contact are a third person's data; they are sealed like identity."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    position: int
    name: bytes = Field(sa_type=sa.LargeBinary)
    relation: str | None = None
    contact: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    experience_position: int | None = None
    confirmed_on: str | None = None


class ProtectionNote(SQLModel, table=True):
    """What was said in confidence, of debt or abuse for instance. Read by the centre's counsellors alone."""

    __tablename__: ClassVar[str] = "protection_note"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    author_id: uuid.UUID | None = Field(default=None, description="account of who wrote it")
    written_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    text: bytes = Field(sa_type=sa.LargeBinary)


#: Table and column of everything that is sealed under the returnee's id; key rotation walks this.
SEALED: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (ReturneeIdentity, ("given_name", "family_name", "sex", "birth_date", "phone")),
    (Reference, ("name", "contact")),
    (ProtectionNote, ("text",)),
)


@dataclass(frozen=True)
class Identity:
    """An identity in the clear. ``None`` is not known, or not for the eyes of who asked."""

    given_name: str
    family_name: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    phone: str | None = None

    @property
    def name(self) -> str:
        """Given and family name."""
        return " ".join(filter(None, (self.given_name, self.family_name)))


@dataclass(frozen=True)
class Referee:
    """A reference in the clear. An empty name is not for the eyes of who asked."""

    position: int
    name: str
    relation: str | None = None
    contact: str | None = None
    experience_position: int | None = None
    confirmed_on: str | None = None


@dataclass(frozen=True)
class Note:
    """A protection note in the clear."""

    id: uuid.UUID
    author_id: uuid.UUID | None
    written_at: datetime
    text: str


IDENTITY_FIELDS = tuple(field.name for field in fields(Identity))


def place(table: type[SQLModel], column: str) -> str:
    """The name of a sealed column, which is bound into each seal."""
    return f"{table.__tablename__}.{column}"


def seal_identity(vault: Vault, owner: uuid.UUID, known: Identity) -> ReturneeIdentity:
    """The row of an identity."""
    row = ReturneeIdentity(returnee_id=owner, given_name=b"")
    for name in IDENTITY_FIELDS:
        setattr(row, name, vault.seal_or_none(getattr(known, name), place(ReturneeIdentity, name), owner))
    return row


def open_identity(vault: Vault, row: ReturneeIdentity, names: frozenset[str] | None = None) -> Identity:
    """An identity from its row; only the named fields are opened, the others stay empty."""
    opened = {
        name: vault.open_or_none(getattr(row, name), place(ReturneeIdentity, name), row.returnee_id)
        for name in IDENTITY_FIELDS
        if names is None or name in names
    }
    return Identity(**{"given_name": "", **opened})  # type: ignore[arg-type]


def seal_reference(vault: Vault, owner: uuid.UUID, known: Referee) -> Reference:
    """The row of a reference."""
    return Reference(
        returnee_id=owner, position=known.position, name=vault.seal(known.name, "reference.name", owner),
        relation=known.relation, contact=vault.seal_or_none(known.contact, "reference.contact", owner),
        experience_position=known.experience_position, confirmed_on=known.confirmed_on,
    )  # fmt: skip


def open_reference(vault: Vault, row: Reference, *, name: bool = True, contact: bool = True) -> Referee:
    """A reference from its row; what is not asked for is not opened."""
    owner = row.returnee_id
    return Referee(
        row.position, vault.open(row.name, "reference.name", owner) if name else "", row.relation,
        vault.open_or_none(row.contact, "reference.contact", owner) if contact else None,
        row.experience_position, row.confirmed_on,
    )  # fmt: skip
