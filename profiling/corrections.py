"""Correcting single fields of a record. What may be corrected is a list; nothing else can be set."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from profiling.coding import Coder
from profiling.errors import InputError, NotFound
from profiling.fields import read_date
from profiling.identity import IDENTITY_FIELDS, ReturneeIdentity, open_identity, seal_identity
from profiling.models import Experience, Passport, Returnee, Sex, now_utc
from profiling.naming import occupation_named
from profiling.repository import bump_revision
from profiling.vault import vault_of

#: Fields of the passport that a person or counsellor may set at a keyboard; the rest comes with its evidence.
PASSPORT_FIELDS = (
    "home_province", "home_district", "wanted_work", "not_wanted_work", "work_districts", "work_countries",
)  # fmt: skip
_CODED = {"wanted_work": "wanted_occupations", "not_wanted_work": "not_wanted_occupations"}


def correct_identity(session: Session, returnee_id: uuid.UUID, changes: Mapping[str, str | None]) -> None:
    """Set fields of the identity. Raises InputError for a value that does not fit, NotFound."""
    if not changes:
        return
    row = session.get(ReturneeIdentity, returnee_id)
    if row is None:
        raise NotFound("There is no such person.")
    unknown = set(changes) - set(IDENTITY_FIELDS)
    if unknown:
        raise InputError(f"{min(unknown)} cannot be changed.")
    known = {name: value.strip() or None if value is not None else None for name, value in changes.items()}
    if "given_name" in known and not known["given_name"]:
        raise InputError("given_name: a name is needed.")
    if known.get("sex") not in (None, *(sex.value for sex in Sex)):
        raise InputError("sex: it is female, male, other or empty.")
    if known.get("birth_date"):
        known["birth_date"] = read_date(str(known["birth_date"]))
    vault = vault_of(session)
    held = open_identity(vault, row)
    sealed = seal_identity(vault, returnee_id, type(held)(**{**vars(held), **known}))
    for name in IDENTITY_FIELDS:
        setattr(row, name, getattr(sealed, name))
    session.add(row)
    _touch(session, returnee_id)


def correct_passport(session: Session, returnee_id: uuid.UUID, changes: Mapping[str, Any], coder: Coder) -> None:
    """Set fields of the passport; wishes are coded anew. Raises InputError, NotFound."""
    if not changes:
        return
    passport = session.get(Passport, returnee_id)
    if passport is None:
        raise NotFound("There is no such person.")
    unknown = set(changes) - set(PASSPORT_FIELDS)
    if unknown:
        raise InputError(f"{min(unknown)} cannot be changed.")
    for name, value in changes.items():
        setattr(passport, name, value)
        if name in _CODED:
            setattr(passport, _CODED[name], coder.occupations(value))
    session.add(passport)
    _touch(session, returnee_id)


def correct_occupations(session: Session, returnee_id: uuid.UUID, jobs: Mapping[int, str], coder: Coder) -> None:
    """Set the trades of jobs, by their numbers, by hand: they are not coded again until their titles change.

    A trade is told as in ``profiling.naming.occupation_named``; an empty text says that no trade is known. Raises
    InputError for a trade that is none, NotFound for a job that is not there.
    """
    if not jobs:
        return
    query = select(Experience).where(Experience.returnee_id == returnee_id)
    held = {job.position: job for job in session.exec(query)}
    for position, said in jobs.items():
        if position not in held:
            raise NotFound(f"There is no job {position} in this record.")
        job = held[position]
        job.occupation = occupation_named(said, coder) if said.strip() else None
        job.occupation_words = job.occupation_likeness = None
        job.occupation_by_hand = True
        session.add(job)
    _touch(session, returnee_id)


def _touch(session: Session, returnee_id: uuid.UUID) -> None:
    """A changed record is embedded anew, and caches learn of it.

    What stands after the plus is no part of a file's content: the same file imported again changes nothing.
    """
    returnee = session.get_one(Returnee, returnee_id)
    returnee.updated_at = now_utc()
    returnee.content_hash = (
        f"{returnee.content_hash.partition('+')[0]}+{int(returnee.updated_at.timestamp() * 1e6)}"
    )
    session.add(returnee)
    bump_revision(session, "people")
    session.flush()
