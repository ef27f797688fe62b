"""Consent is an append-only event. What holds now is decided in the query, never from a stored flag."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from profiling.models import ConsentEvent, FieldSet, Purpose, Returnee
from profiling.queries import pick

#: The version of the notice in use. Its text is the centre's own until Hunar brings one.
NOTICE_VERSION = "matching-1"
#: How an agreement is given. A spoken one needs a witness.
CONSENT_WAYS = ("signature", "thumbprint", "spoken")
#: What may be disclosed to an employer, each chosen for itself.
DISCLOSABLE = ("name", "phone", "references", "credentials")


@dataclass(frozen=True)
class ConsentWord:
    """What a person said of one purpose, as it is to be recorded."""

    purpose: Purpose
    granted: bool
    field_set: str = FieldSet.CENTRE
    recipient: uuid.UUID | None = None
    vacancy_id: uuid.UUID | None = None
    notice_version: str = NOTICE_VERSION
    language: str | None = None
    how: str | None = None
    assisted_by: str | None = None
    witness: str | None = None
    given_on: date | None = None
    expires_at: datetime | None = None


def consents(
    purpose: Purpose,
    now: datetime | sa.BindParameter[datetime],
    *,
    field_set: FieldSet | None = None,
    recipient: uuid.UUID | sa.ColumnElement[uuid.UUID] | None = None,
    vacancy_id: uuid.UUID | sa.ColumnElement[uuid.UUID] | None = None,
) -> sa.ColumnElement[bool]:
    """The condition that a returnee agrees to a purpose at this moment: the last word is a yes, unexpired.

    With ``field_set``, that yes must cover it. With ``recipient`` and ``vacancy_id``, only words about that
    employer and vacancy count. To be put into the same query as the data it guards; that query must select
    from Returnee. The correlation is spelt out, because SQLAlchemy's own choice would compare with the last
    word of anybody.
    """
    later = aliased(ConsentEvent)
    about = [col(later.returnee_id) == Returnee.id, col(later.purpose) == purpose.value]
    correlated: list[object] = [Returnee]
    for column, value in ((later.recipient, recipient), (later.vacancy_id, vacancy_id)):
        if value is not None:
            about.append(col(column) == value)
            if isinstance(value, sa.ColumnElement):
                correlated += [table for table in value._from_objects if table not in correlated]
    last = sa.select(sa.func.max(later.sequence)).where(*about).correlate(*correlated).scalar_subquery()  # type: ignore[arg-type]
    yes = pick(ConsentEvent.sequence).where(
        col(ConsentEvent.returnee_id) == Returnee.id,
        col(ConsentEvent.sequence) == last,
        col(ConsentEvent.granted).is_(True),
        sa.or_(col(ConsentEvent.expires_at).is_(None), col(ConsentEvent.expires_at) > now),
    )
    if field_set is not None:
        yes = yes.where(col(ConsentEvent.field_set) == field_set.value)
    found: sa.ColumnElement[bool] = yes.correlate(*correlated).exists()  # type: ignore[arg-type]
    return found


def add_consent(
    session: Session, returnee_id: uuid.UUID, word: ConsentWord, now: datetime, recorded_by: uuid.UUID | None
) -> ConsentEvent:
    """Add a word to what the person has said. Nothing that was said before is changed."""
    event = ConsentEvent(
        returnee_id=returnee_id, purpose=word.purpose, granted=word.granted, field_set=word.field_set,
        recipient=word.recipient, vacancy_id=word.vacancy_id, notice_version=word.notice_version,
        language=word.language, how=word.how, assisted_by=word.assisted_by, witness=word.witness,
        given_on=word.given_on, expires_at=word.expires_at, recorded_at=now, recorded_by=recorded_by,
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def record_consent_from_file(
    session: Session,
    returnee_id: uuid.UUID,
    *,
    granted: bool,
    given_on: date | None,
    how: str | None,
    language: str | None,
    assisted_by: str | None,
    field_set: str = FieldSet.CENTRE,
) -> None:
    """Add what a file says of matching, unless the person has said something since.

    A refusal is always taken, and so is a yes that covers less. A file's yes never overrides a refusal, and
    never widens what was agreed to, unless it carries a later date.
    """
    last = session.exec(
        select(ConsentEvent)
        .where(ConsentEvent.returnee_id == returnee_id, ConsentEvent.purpose == Purpose.MATCHING)
        .order_by(sa.desc(col(ConsentEvent.sequence)))
    ).first()
    if last is not None:
        last_day = last.given_on or last.recorded_at.date()
        if last.granted == granted and (not granted or last.field_set == field_set):
            return
        narrows = last.granted and granted and field_set == FieldSet.CENTRE
        if granted and not narrows and (given_on is None or given_on <= last_day):
            return
    session.add(
        ConsentEvent(
            returnee_id=returnee_id, purpose=Purpose.MATCHING, granted=granted, given_on=given_on, how=how,
            language=language, assisted_by=assisted_by, notice_version=NOTICE_VERSION, field_set=field_set,
        )
    )  # fmt: skip
