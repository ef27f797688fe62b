"""How long a record is kept, and how it is erased so that it does not come back.

An erasure leaves a row without a name: keyed hashes of the person's id and of their number at the centre, the
month and the reason. The first makes an erasure repeatable after an older copy of the database was restored,
the second refuses the person's row in a file that is imported again, the rest is the anonymous count.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from profiling.errors import NotFound
from profiling.identity import ProtectionNote, Reference, ReturneeIdentity
from profiling.models import ConsentEvent, Credential, Experience, Passport, Returnee, SkillClaim
from profiling.queries import pick
from profiling.repository import bump_revision
from profiling.vault import Vault, vault_of

#: How long a record is kept after the last time it was written to, unless the installation says otherwise.
RETENTION_YEARS = 5
_PARTS = (SkillClaim, Credential, Experience, Passport, ConsentEvent)


class ErasureReason(StrEnum):
    """Why a record was erased."""

    REQUESTED = "requested"
    RETENTION = "retention"


class Erasure(SQLModel, table=True):
    """That somebody was erased, without who: keyed hashes, the month, the reason."""

    person: str = Field(primary_key=True, description="keyed hash of the returnee's id")
    number: str = Field(index=True, description="keyed hash of centre and reference number")
    centre_id: uuid.UUID = Field(foreign_key="centre.id")
    month: str
    reason: str

    __tablename__: ClassVar[str] = "erasure"


def retain_until(today: date, years: int) -> date:
    """The last day on which a record that is written to today is kept."""
    try:
        return today.replace(year=today.year + years)
    except ValueError:  # 29 February
        return today.replace(year=today.year + years, day=28)


def touched(session: Session, returnee_id: uuid.UUID, today: date, years: int) -> None:
    """Keep a record for so long from today on: somebody works with it."""
    session.execute(
        sa.update(Returnee)
        .where(col(Returnee.id) == returnee_id, col(Returnee.retain_until) < retain_until(today, years))
        .values(retain_until=retain_until(today, years))
    )


def person_hash(vault: Vault, returnee_id: uuid.UUID) -> str:
    """What an erasure remembers of a person."""
    return vault.fingerprint("erased person", str(returnee_id))


def _number_hash(vault: Vault, centre_id: uuid.UUID, ref: str) -> str:
    return vault.fingerprint("erased number", str(centre_id), ref)


def refused_as_erased(session: Session, centre_id: uuid.UUID, refs: Sequence[str]) -> set[str]:
    """Those of the numbers whose people were erased at this centre."""
    if not refs or session.exec(select(Erasure.person).limit(1)).first() is None:
        return set()
    vault = vault_of(session)
    hashes = {_number_hash(vault, centre_id, ref): ref for ref in refs}
    found = session.exec(select(Erasure.number).where(col(Erasure.number).in_(hashes)))
    return {hashes[number] for number in found}


def erase_returnee(session: Session, returnee_id: uuid.UUID, reason: ErasureReason, today: date) -> Erasure:
    """Remove everything recorded of a person but the consent-free counter. Raises NotFound.

    Tables of other packages that name the person go by the foreign key, or are removed by the caller.
    """
    returnee = session.get(Returnee, returnee_id)
    if returnee is None:
        raise NotFound("There is no such person.")
    vault = vault_of(session)
    left = Erasure(
        person=person_hash(vault, returnee_id), number=_number_hash(vault, returnee.centre_id, returnee.ref),
        centre_id=returnee.centre_id, month=today.isoformat()[:7], reason=reason,
    )  # fmt: skip
    for table in (*_PARTS, Reference, ReturneeIdentity, ProtectionNote):
        session.execute(sa.delete(table).where(col(table.returnee_id) == returnee_id))
    session.execute(sa.delete(Returnee).where(col(Returnee.id) == returnee_id))
    session.expire_all()
    if session.get(Erasure, left.person) is None:
        session.add(left)
    bump_revision(session, "people")
    session.flush()
    return left


def due_for_erasure(session: Session, today: date) -> list[uuid.UUID]:
    """Whose time of keeping is over."""
    return list(session.exec(select(Returnee.id).where(Returnee.retain_until < today).order_by(Returnee.ref)))


def erased_that_came_back(session: Session, erased: Sequence[str]) -> list[uuid.UUID]:
    """The people whose erasure is remembered and who are here all the same, after a restore."""
    if not erased:
        return []
    vault, remembered = vault_of(session), set(erased)
    return [row[0] for row in session.execute(pick(Returnee.id)) if person_hash(vault, row[0]) in remembered]


def erasure_counts(session: Session) -> list[tuple[uuid.UUID, str, str, int]]:
    """How many were erased: centre, month, reason, number."""
    counted = pick(Erasure.centre_id, Erasure.month, Erasure.reason).add_columns(sa.func.count())
    grouped = counted.group_by(Erasure.centre_id, Erasure.month, Erasure.reason).order_by(Erasure.month)  # type: ignore[arg-type]
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(grouped)]
