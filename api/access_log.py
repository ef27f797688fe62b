"""The audit trail as the person reads it: who looked at their record, where from, and at what.

A line names a role and a centre or employer, never a member of staff: the person learns which office to ask,
and staff need not fear a visit at home. The centre's head can find the colleague by the number of the line.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.models import Account, AuditEvent
from jobs_ingest.models import Employer
from profiling.access import Role
from profiling.models import Centre

YOU, MACHINE, NOBODY, SOMEBODY = "you", "machine", "nobody signed in", "somebody"
REFUSED = "refused"
_NO_ACCOUNT = uuid.UUID(int=0)


@dataclass(frozen=True)
class LogLine:
    """One row of the trail about a person.

    ``who`` is a role, "you", "machine", "nobody signed in" or "somebody"; ``where`` the name of a centre or
    employer, or empty. ``what`` is an action of the trail, or "refused" when nothing was shown.
    """

    sequence: int
    at: datetime
    who: str
    where: str
    what: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Actor:
    """Somebody of the trail without a name: a role and the centre or employer of the account."""

    who: str
    where: str = ""


def log_lines(
    session: Session, returnee_id: uuid.UUID, *, count: int | None = None, before_sequence: int | None = None
) -> list[LogLine]:
    """The rows about one person, newest first, those before a sequence number when one is given."""
    query = select(AuditEvent).where(AuditEvent.subject_id == returnee_id)
    if before_sequence is not None:
        query = query.where(AuditEvent.sequence < before_sequence)
    rows = session.exec(query.order_by(col(AuditEvent.sequence).desc()).limit(count)).all()
    actors = actors_of(session, returnee_id, {row.actor for row in rows})
    return [
        LogLine(
            row.sequence, row.occurred_at, actors[row.actor].who, actors[row.actor].where,
            REFUSED if row.action.startswith(REFUSED) else row.action, tuple(filter(None, row.fields.split(","))),
        )
        for row in rows
    ]  # fmt: skip


def actors_of(session: Session, returnee_id: uuid.UUID, names: Iterable[str]) -> dict[str, Actor]:
    """Who the actors of the trail (``role:account``) are to one person."""
    parts = {name: name.partition(":") for name in names}
    ids = {known for _, _, account in parts.values() if (known := _uuid(account)) is not None}
    places = accounts_of(session, ids)
    found: dict[str, Actor] = {}
    for name, (role, _, account) in parts.items():
        held = places.get(_uuid(account) or _NO_ACCOUNT)
        if held is not None:
            whose, actor = held
            found[name] = Actor(YOU) if whose == returnee_id else actor
        elif role in (Role.SYSTEM, "operator"):
            found[name] = Actor(MACHINE)
        elif role in ("anonymous", "nobody", NOBODY):
            found[name] = Actor(NOBODY)
        else:
            found[name] = Actor(role if role in list(Role) else SOMEBODY)
    return found


def accounts_of(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID | None, Actor]]:
    """Whose accounts these are: the returnee, if it is one's, and role with centre or employer."""
    rows = session.execute(
        sa.select(
            col(Account.id), col(Account.role), col(Account.returnee_id), col(Centre.name), col(Employer.name)
        )
        .outerjoin(Centre, col(Centre.id) == Account.centre_id)
        .outerjoin(Employer, col(Employer.id) == Account.employer_id)
        .where(col(Account.id).in_(list(ids)))
    )
    return {row[0]: (row[2], Actor(row[1], row[3] or row[4] or "")) for row in rows}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


# --- in plain words -------------------------------------------------------------------------------

_WHO = {
    Role.COUNSELLOR: "A counsellor", Role.HEAD: "The head of the centre", Role.ASSESSOR: "An assessor of skills",
    Role.EMPLOYER: "An employer", Role.ADMINISTRATOR: "A keeper of the computer", Role.RETURNEE: "Another person",
    YOU: "You", MACHINE: "The computer", NOBODY: "Somebody who did not sign in", SOMEBODY: "Somebody",
}  # fmt: skip
_DID = {
    "read": "looked at {fields}",
    "list": "saw your line in a list of people",
    "match": "looked for jobs and courses that fit you",
    "fairness": "counted you, without your name, to see whether everybody is shown work alike: {fields}",
    "candidate": "saw you in a list of people for a job",
    "shown": "saw your work and skills without your name",
    "ask": "asked to be put in touch with you",
    "disclosed": "was shown what you chose to show: {fields}",
    "change": "changed {fields}",
    "import": "took your record in from a file",
    "export": "made a copy of everything kept about you",
    "consent": "wrote down what you allow or do not allow: {fields}",
    "note": "wrote a note kept in confidence",
    "activated": "set a password for your account with a printed code",
    "signed in": "signed in to your account",
    "password given": "gave the password of your account",
    "card": "printed a card for you to sign in with",
    "answer": "wrote down your answer to an employer",
    "take back": "took back a yes to an employer",
    "erase": "removed your record",
    "glass broken": "opened your record for a special reason; the head of the centre is told",
    "glass read": "read why your record was opened for a special reason",
    "glass acknowledged": "took note that your record was opened for a special reason",
    REFUSED: "tried to open your record and was turned away; nothing was shown",
}
#: A line that would name more parts says "your record": nobody reads a list of ten.
_MOST_NAMED = 4
_FIELDS = {
    "identity": "your name", "identity.name": "your name", "given_name": "your name", "family_name": "your name",
    "identity.sex": "man or woman", "sex": "man or woman",
    "identity.birth_date": "your date of birth", "birth_date": "your date of birth",
    "identity.phone": "your phone number", "phone": "your phone number", "name": "your name",
    "reference": "who speaks for you", "references": "who speaks for you",
    "reference.name": "who speaks for you", "reference.contact": "how to reach who speaks for you",
    "credential.number": "your certificates", "credentials": "your certificates",
    "experience.occupation": "which trade a job of yours is",
    "passport": "your work and skills", "matching_profile": "your work and skills",
    "consent": "what you allow", "protection_note": "notes kept in confidence", "access_log": "this list",
    "contact_request": "what employers asked of you", "disclosure": "what employers were shown",
    "home_province": "where you live", "home_district": "where you live", "wanted_work": "the work you want",
    "not_wanted_work": "the work you do not want", "work_districts": "where you can work",
    "work_countries": "where you can work", "matching": "finding jobs",
    "sharing": "showing your data to an employer", "statistics": "counting",
    "follow_up": "asking later how you are",
}  # fmt: skip


def log_sentence(line: LogLine) -> str:
    """A line in plain words, without its day."""
    who = _WHO.get(line.who, "Somebody")
    if line.where:
        who += f" ({line.where})"
    did = _DID.get(line.what, "did something with your record")
    return f"{who} {did.format(fields=_listed(line.fields))}."


def _listed(fields: Sequence[str]) -> str:
    known = list(dict.fromkeys(_FIELDS.get(field, "your record") for field in fields)) or ["your record"]
    if len(known) > _MOST_NAMED:
        return "your record"
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"
