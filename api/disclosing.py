"""Handing over to an employer what a person chose to disclose. The one place where that opens an identity.

The person's agreement is a part of the query that finds the request, at the very moment of the hand-over, and
nothing is opened that the agreement does not name.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.models import ContactRequest, Disclosure
from jobs_ingest.models import Vacancy, VacancyStatus
from profiling.consent import DISCLOSABLE, consents
from profiling.identity import Reference, ReturneeIdentity, open_identity, open_reference
from profiling.models import ConsentEvent, Credential, Purpose, Returnee
from profiling.vault import vault_of

_IDENTITY = {"name": ("given_name", "family_name"), "phone": ("phone",)}


@dataclass(frozen=True)
class ContactReference:
    """Somebody who speaks for the person. ``contact`` only when they have confirmed it: they were asked then."""

    name: str
    relation: str | None
    contact: str | None


@dataclass(frozen=True)
class ContactCredential:
    """A certificate as printed."""

    title: str
    kind: str | None
    framework: str | None
    level: int | None
    number: str | None


@dataclass(frozen=True)
class Contact:
    """What a person chose to disclose (``fields``). What was not chosen stays empty."""

    request_id: uuid.UUID
    vacancy_id: uuid.UUID
    vacancy: str
    candidate: uuid.UUID
    fields: tuple[str, ...]
    name: str | None = None
    phone: str | None = None
    references: tuple[ContactReference, ...] = ()
    credentials: tuple[ContactCredential, ...] = ()


def disclose(
    session: Session, request_id: uuid.UUID, employer_id: uuid.UUID, shown_to: uuid.UUID, now: datetime
) -> tuple[uuid.UUID, Contact] | None:
    """The person and what they disclose to this employer at this moment, written down; None without a yes.

    The caller adds the row of the audit trail and answers only after the commit.
    """
    found = _agreed(session, request_id, employer_id, now)
    if found is None:
        return None
    request, vacancy, fields = found
    contact = _open(session, request, vacancy, fields)
    shown = Disclosure(
        returnee_id=request.returnee_id, request_id=request.id, employer_id=employer_id,
        vacancy_id=request.vacancy_id, fields=list(fields), shown_to=shown_to, shown_at=now,
    )  # fmt: skip
    session.add(shown)
    session.flush()
    return request.returnee_id, contact


def _agreed(
    session: Session, request_id: uuid.UUID, employer_id: uuid.UUID, now: datetime
) -> tuple[ContactRequest, str, tuple[str, ...]] | None:
    """The accepted request, the vacancy's title and the fields of the yes, if that is in force: one query."""
    about = ContactRequest.__table__.c.vacancy_id  # type: ignore[attr-defined]
    last = (
        select(ConsentEvent.field_set)
        .where(
            col(ConsentEvent.returnee_id) == col(Returnee.id),
            ConsentEvent.purpose == Purpose.SHARING,
            ConsentEvent.recipient == employer_id,
            col(ConsentEvent.vacancy_id) == col(ContactRequest.vacancy_id),
        )
        .order_by(col(ConsentEvent.sequence).desc())
        .limit(1)
        .correlate(Returnee, ContactRequest)
        .scalar_subquery()
    )
    row = session.execute(
        sa.select(ContactRequest, col(Vacancy.title), last)
        .join(Returnee, col(Returnee.id) == ContactRequest.returnee_id)
        .join(Vacancy, col(Vacancy.id) == ContactRequest.vacancy_id)
        .where(
            col(ContactRequest.id) == request_id,
            col(ContactRequest.employer_id) == employer_id,
            col(ContactRequest.accepted).is_(True),
            col(Vacancy.status) != VacancyStatus.HELD,
            consents(Purpose.SHARING, now, recipient=employer_id, vacancy_id=about),
        )
    ).first()
    if row is None:
        return None
    chosen = set(str(row[2]).split(","))
    return row[0], row[1], tuple(field for field in DISCLOSABLE if field in chosen)


def _open(session: Session, request: ContactRequest, vacancy: str, fields: tuple[str, ...]) -> Contact:
    vault, person = vault_of(session), request.returnee_id
    wanted = frozenset(name for field in fields for name in _IDENTITY.get(field, ()))
    identity = None
    if wanted:
        identity = open_identity(vault, session.get_one(ReturneeIdentity, person), wanted)
    references: tuple[ContactReference, ...] = ()
    if "references" in fields:
        held = select(Reference).where(Reference.returnee_id == person).order_by(col(Reference.position))
        opened = [open_reference(vault, row, contact=row.confirmed_on is not None) for row in session.exec(held)]
        references = tuple(ContactReference(known.name, known.relation, known.contact) for known in opened)
    credentials: tuple[ContactCredential, ...] = ()
    if "credentials" in fields:
        papers = select(Credential).where(Credential.returnee_id == person).order_by(col(Credential.position))
        credentials = tuple(
            ContactCredential(c.title, c.kind, c.framework, c.level, c.number) for c in session.exec(papers)
        )
    return Contact(
        request_id=request.id,
        vacancy_id=request.vacancy_id,
        vacancy=vacancy,
        candidate=request.candidate,
        fields=fields,
        name=identity.name if identity is not None and "name" in fields else None,
        phone=identity.phone if identity is not None and "phone" in fields else None,
        references=references,
        credentials=credentials,
    )
