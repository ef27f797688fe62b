"""Queries on a person's rows. The access rule is a part of each query; a foreign id finds nothing."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from profiling.access import Principal, visible_returnees
from profiling.consent import consents
from profiling.errors import InputError, NotFound
from profiling.identity import (
    IDENTITY_FIELDS,
    Identity,
    Referee,
    Reference,
    ReturneeIdentity,
    open_identity,
    open_reference,
    place,
)
from profiling.models import (
    Centre,
    ConsentEvent,
    Credential,
    Experience,
    Passport,
    Purpose,
    Returnee,
    Revision,
    SkillClaim,
)
from profiling.queries import pick
from profiling.vault import vault_of

#: By which field of the policy a column of the identity may be seen.
IDENTITY_AS = {
    "given_name": "identity.name",
    "family_name": "identity.name",
    "sex": "identity.sex",
    "birth_date": "identity.birth_date",
    "phone": "identity.phone",
}


@dataclass(frozen=True)
class CaseSummary:
    """A line of the caseload."""

    id: uuid.UUID
    ref: str
    name: str
    home_country: str
    home_district: str | None
    title: str | None
    occupation: str | None
    registered_on: str | None
    matching: bool
    occupation_likeness: float | None = None


@dataclass(frozen=True)
class CaseFile:
    """Everything recorded of one person, for those who may see all of it."""

    returnee: Returnee
    identity: Identity
    passport: Passport
    experiences: Sequence[Experience]
    credentials: Sequence[Credential]
    references: Sequence[Referee]
    claims: Sequence[SkillClaim]
    consents: Sequence[ConsentEvent]
    matching_allowed: bool


def bump_revision(session: Session, name: str) -> None:
    """Tell caches that a part of the data (``people``, ``market``, ``taxonomy``) has changed."""
    # One statement, so that two writers who both make the first change do not collide.
    session.execute(
        sa.text(
            "INSERT INTO revision (name, number) VALUES (:name, 1)"
            " ON CONFLICT (name) DO UPDATE SET number = revision.number + 1"
        ),
        {"name": name},
    )


def revision_number(session: Session, name: str) -> int:
    """The present revision of a part of the data; 0 before the first change."""
    return session.exec(select(Revision.number).where(Revision.name == name)).first() or 0


def ensure_centre(session: Session, name: str, country: str, *, fictional: bool = False) -> Centre:
    """The centre of that name, made when it does not exist."""
    centre = session.exec(select(Centre).where(Centre.name == name)).first()
    if centre is None:
        centre = Centre(name=name, country=country, fictional=fictional)
        session.add(centre)
        session.flush()
    return centre


def all_centres(session: Session) -> list[Centre]:
    """Every centre, by name."""
    return list(session.exec(select(Centre).order_by(Centre.name)))


def find_returnee(session: Session, principal: Principal, key: str) -> uuid.UUID:
    """The id of the person with that id or reference number. Raises NotFound, also for a foreign one.

    A number that several centres use is refused (InputError): nobody must be taken for somebody else.
    """
    condition = Returnee.ref == key
    with contextlib.suppress(ValueError):
        condition = Returnee.id == uuid.UUID(key)
    found = session.exec(select(Returnee.id).where(visible_returnees(principal), condition).limit(2)).all()
    if not found:
        raise NotFound(f"No returnee {key!r} in this caseload. `hunar returnees` lists them.")
    if len(found) > 1:
        raise InputError(f"Several centres have a returnee {key!r}. Give the id instead of the number.")
    return found[0]


def list_cases(session: Session, principal: Principal, now: datetime, shown: frozenset[str]) -> list[CaseSummary]:
    """The caseload, by reference number; without the field ``identity.name`` the names stay empty."""
    vault, named = vault_of(session), "identity.name" in shown
    rows = session.execute(
        pick(
            Returnee.id, Returnee.ref, ReturneeIdentity.given_name, ReturneeIdentity.family_name,
            Passport.home_country, Passport.home_district, Returnee.registered_on,
        )
        .add_columns(consents(Purpose.MATCHING, now).label("matching"))
        .join(ReturneeIdentity, col(ReturneeIdentity.returnee_id) == Returnee.id)
        .join(Passport, col(Passport.returnee_id) == Returnee.id)
        .where(visible_returnees(principal))
        .order_by(Returnee.ref)
    ).all()  # fmt: skip
    jobs: dict[uuid.UUID, tuple[str, str | None, float | None]] = {}
    query = (
        pick(Experience.returnee_id, Experience.title, Experience.occupation, Experience.occupation_likeness)
        .join(Returnee, col(Returnee.id) == Experience.returnee_id)
        .where(visible_returnees(principal))
        .order_by(col(Experience.position))
    )
    for row in session.execute(query):
        owner, title, occupation, likeness = row
        # The last job counts that was understood; where none was, the last.
        if owner not in jobs or occupation is not None or jobs[owner][1] is None:
            jobs[owner] = (title, occupation, likeness)

    def name(row: sa.Row[Any]) -> str:
        owner = row.id
        given = vault.open(row.given_name, place(ReturneeIdentity, "given_name"), owner)
        family = vault.open_or_none(row.family_name, place(ReturneeIdentity, "family_name"), owner)
        return " ".join(filter(None, (given, family)))

    def line(row: Any) -> CaseSummary:
        title, occupation, likeness = jobs.get(row[0], (None, None, None))
        named_as = name(row) if named else ""
        return CaseSummary(
            row[0], row[1], named_as, row[4], row[5], title, occupation, row[6], bool(row[7]), likeness
        )

    return [line(row) for row in rows]


def read_case(
    session: Session, principal: Principal, returnee_id: uuid.UUID, now: datetime, shown: frozenset[str]
) -> CaseFile:
    """What is recorded of one person, as far as the fields ``shown`` go. Raises NotFound for a foreign id.

    A sensitive field that is not named is not opened: it comes back empty.
    """
    vault = vault_of(session)
    found = session.execute(
        sa.select(Returnee, ReturneeIdentity, Passport, consents(Purpose.MATCHING, now))
        .join(ReturneeIdentity, col(ReturneeIdentity.returnee_id) == Returnee.id)
        .join(Passport, col(Passport.returnee_id) == Returnee.id)
        .where(visible_returnees(principal), col(Returnee.id) == returnee_id)
    ).first()
    if found is None:
        raise NotFound("There is no such person in this caseload.")

    def parts(table: type[Any]) -> Sequence[Any]:
        return session.exec(select(table).where(table.returnee_id == returnee_id).order_by(table.position)).all()

    claims = session.exec(
        select(SkillClaim)
        .where(SkillClaim.returnee_id == returnee_id)
        .order_by(sa.desc(col(SkillClaim.evidence)), SkillClaim.skill)
    ).all()
    events = session.exec(
        select(ConsentEvent).where(ConsentEvent.returnee_id == returnee_id).order_by(ConsentEvent.sequence)  # type: ignore[arg-type]
    ).all()
    names = frozenset(name for name in IDENTITY_FIELDS if IDENTITY_AS[name] in shown)
    references = [
        open_reference(vault, row, name="reference.name" in shown, contact="reference.contact" in shown)
        for row in parts(Reference)
    ]
    credentials = parts(Credential)
    if "credential.number" not in shown:
        for credential in credentials:
            session.expunge(credential)
            credential.number = None
    return CaseFile(
        found[0], open_identity(vault, found[1], names), found[2], parts(Experience), credentials, references,
        claims, events if "consent" in shown else (), bool(found[3]),
    )  # fmt: skip


def references_of(session: Session, principal: Principal, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The centre's own numbers of several people, for lists that show no names."""
    rows = session.execute(
        pick(Returnee.id, Returnee.ref).where(visible_returnees(principal), col(Returnee.id).in_(ids))
    )
    return {row[0]: row[1] for row in rows}
