"""Consent is an append-only event. What holds now is decided in the query, never from a stored flag."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from profiling.models import ConsentEvent, Purpose, Returnee
from profiling.queries import pick

#: The version of the notice in use. Its text is the centre's own until Hunar brings one.
NOTICE_VERSION = "matching-1"


def consents(purpose: Purpose, now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """The condition that a returnee agrees to a purpose at this moment: the last word is a yes, unexpired.

    To be put into the same query as the data it guards; that query must select from Returnee. The correlation
    is spelt out, because SQLAlchemy's own choice would compare with the last word of anybody.
    """
    later = aliased(ConsentEvent)
    last = (
        sa.select(sa.func.max(later.sequence))
        .where(col(later.returnee_id) == Returnee.id, col(later.purpose) == purpose.value)
        .correlate(Returnee)
        .scalar_subquery()
    )
    yes = pick(ConsentEvent.sequence).where(
        col(ConsentEvent.returnee_id) == Returnee.id,
        col(ConsentEvent.sequence) == last,
        col(ConsentEvent.granted).is_(True),
        sa.or_(col(ConsentEvent.expires_at).is_(None), col(ConsentEvent.expires_at) > now),
    )
    found: sa.ColumnElement[bool] = yes.correlate(Returnee).exists()
    return found


def record_consent_from_file(
    session: Session,
    returnee_id: uuid.UUID,
    *,
    granted: bool,
    given_on: date | None,
    how: str | None,
    language: str | None,
    assisted_by: str | None,
) -> None:
    """Add what a file says of matching, unless the person has said something since.

    A refusal is always taken. A file's yes never overrides a refusal unless it carries a later date.
    """
    last = session.exec(
        select(ConsentEvent)
        .where(ConsentEvent.returnee_id == returnee_id, ConsentEvent.purpose == Purpose.MATCHING)
        .order_by(sa.desc(col(ConsentEvent.sequence)))
    ).first()
    if last is not None:
        last_day = last.given_on or last.recorded_at.date()
        if last.granted == granted:
            return
        if granted and (given_on is None or given_on <= last_day):
            return
    session.add(
        ConsentEvent(
            returnee_id=returnee_id, purpose=Purpose.MATCHING, granted=granted, given_on=given_on, how=how,
            language=language, assisted_by=assisted_by, notice_version=NOTICE_VERSION,
        )
    )  # fmt: skip
