"""The desk at which the life of a vacancy is seen and set: since when it is known, why it ended, open again.

A vacancy belongs to no centre: whoever reviews may set any. What its source states is set in the source; what was
only read from its text may be set right here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from enum import StrEnum

from sqlmodel import Session, col, select

from api.desk import Desk
from api.models import Account
from api.policy import Action
from jobs_ingest.duplicate_review import merged_into
from jobs_ingest.flags import flags_of
from jobs_ingest.flags_models import Decision, VacancyCheck
from jobs_ingest.life import (
    EMPLOYER,
    ENDS,
    STATUS,
    Hand,
    changes_of,
    correct_value,
    end_vacancy,
    latest_changes,
    open_vacancy,
)
from jobs_ingest.life_models import VacancyChange
from jobs_ingest.models import OfferOrigin, Vacancy, VacancyStatus
from jobs_ingest.repository import find_vacancy
from jobs_ingest.set_values import SETTABLE, as_text, day_of
from profiling.errors import InputError

_GONE = "an account that is gone"


class Why(StrEnum):
    """Why a vacancy is not open."""

    DEADLINE = "deadline"
    UNSEEN = "unseen"
    SOURCE = "source"
    EMPLOYER = "employer"
    CENTRE = "centre"
    REVIEW = "review"
    MERGED = "merged"


@dataclass(frozen=True)
class Sighting:
    """Where a vacancy was found: by which source, from when to when, and since when it is gone there."""

    source: str
    url: str | None
    first_seen: datetime
    last_seen: datetime
    gone_since: datetime | None


@dataclass(frozen=True)
class ChangeShown:
    """One value that a person set, for reviewers. Values are text, empty for unknown."""

    field: str
    was: str
    value: str
    reason: str
    role: str
    by: str
    at: datetime


@dataclass(frozen=True)
class LifeShown:
    """Since when a vacancy is known, and why it ended. ``by``, ``reason`` and ``changes`` are for reviewers only.

    ``by_hand`` names the columns whose value a person set.
    ``last_seen`` is empty for one that came with a file or a form, which nobody visits again. ``ended_at`` is when
    it ended, of a last day the midnight (UTC) after it.
    """

    first_seen: datetime
    last_seen: datetime | None
    why: Why | None = None
    ended_at: datetime | None = None
    by: str = ""
    reason: str = ""
    sightings: Sequence[Sighting] = ()
    by_hand: frozenset[str] = frozenset()
    changes: Sequence[ChangeShown] = ()


class LifeDesk(Desk):
    """What is seen of the life of vacancies, and what reviewers set."""

    def life(self, vacancy: Vacancy) -> LifeShown:
        """The life of a vacancy that is being shown."""
        self.require(Action.VACANCY_READ)
        with self.application.reading() as session:
            found = _life(session, vacancy, self.now)
            if not self.may(Action.VACANCY_REVIEW):
                return replace(found, by="", reason="", changes=())
            return found

    def set_status(self, vacancy_id: uuid.UUID, status: str, closes_on: str, reason: str) -> Vacancy:
        """End a vacancy (closed, filled, withdrawn), open it again, or give an open one another last day.

        ``closes_on`` is a day as text, empty for as it is; it goes with *open* only. Raises NotFound, InputError,
        Conflict.
        """
        self.require(Action.VACANCY_REVIEW)
        hand, taxonomy, last = self._hand(reason), self.application.coder().taxonomy, day_of(closes_on)
        with self.application.session() as session:
            vacancy = find_vacancy(session, str(vacancy_id))
            if status == VacancyStatus.OPEN:
                vacancy = open_vacancy(session, taxonomy, vacancy, last, hand)
            elif last is not None:
                raise InputError("closes_on: it goes with status open only.")
            else:
                vacancy = end_vacancy(session, vacancy, status, hand)
            self.record(
                session, f"set {status}", [vacancy.id], "status" if last is None else "status,closes_on", "vacancy"
            )
            session.commit()
            return vacancy

    def correctable(self, vacancy: Vacancy) -> list[str]:
        """The columns of a vacancy that a reviewer may set right: those that were read, or set before."""
        if not self.may(Action.VACANCY_REVIEW):
            return []
        with self.application.reading() as session:
            known = {field for _, field in latest_changes(session, [vacancy.id])} | {one[0] for one in vacancy.read}
        return [field for field in SETTABLE if field in known]

    def correct(self, vacancy_id: uuid.UUID, field: str, value: str, reason: str) -> Vacancy:
        """Set right a value that was read from the text; empty for unknown.

        Raises NotFound, InputError, Conflict.
        """
        self.require(Action.VACANCY_REVIEW)
        hand, taxonomy = self._hand(reason), self.application.coder().taxonomy
        with self.application.session() as session:
            vacancy = find_vacancy(session, str(vacancy_id))
            vacancy = correct_value(session, taxonomy, vacancy, field, value, hand)
            self.record(session, "correct", [vacancy.id], field, "vacancy")
            session.commit()
            return vacancy

    def _hand(self, reason: str) -> Hand:
        return Hand(self.principal.role.value, self.principal.account_id, self.now, reason)


def _life(session: Session, vacancy: Vacancy, now: datetime) -> LifeShown:
    query = select(OfferOrigin).where(OfferOrigin.kind == "vacancy", OfferOrigin.offer_id == vacancy.id)
    origins = session.exec(query.order_by(col(OfferOrigin.first_seen_at), col(OfferOrigin.source))).all()
    changes = changes_of(session, vacancy.id)
    names = _names(session, changes)
    sightings = [
        Sighting(one.source, one.url, one.first_seen_at, one.last_seen_at, one.expired_at) for one in origins
    ]
    found = LifeShown(
        min([vacancy.created_at, *(one.first_seen for one in sightings)]),
        max((one.last_seen for one in sightings), default=None),
        sightings=sightings,
        by_hand=frozenset(
            field
            for (_, field), one in latest_changes(session, [vacancy.id]).items()
            if field != STATUS and as_text(getattr(vacancy, field)) == one.value
        ),
        changes=[
            ChangeShown(one.field, one.was, one.value, one.reason, one.role, names[one.id], one.changed_at)
            for one in changes
        ],
    )
    return _ended(session, vacancy, found, now)


def _ended(session: Session, vacancy: Vacancy, life: LifeShown, now: datetime) -> LifeShown:
    """With why it is not open: the newest that tells it."""
    last_day = vacancy.closes_on is not None and vacancy.closes_on < now.date()
    over = datetime.combine(vacancy.closes_on, time.max, UTC) if vacancy.closes_on else None
    if vacancy.status == VacancyStatus.OPEN:
        return replace(life, why=Why.DEADLINE, ended_at=over) if last_day else life
    if vacancy.status not in ENDS:
        return life
    if merged_into(session, [vacancy.id]):
        return replace(life, why=Why.MERGED, ended_at=vacancy.updated_at)
    by_hand = next((one for one in reversed(life.changes) if one.field == STATUS), None)
    if by_hand and by_hand.value == vacancy.status:
        why = Why.EMPLOYER if by_hand.role == EMPLOYER else Why.CENTRE
        return replace(life, why=why, ended_at=by_hand.at, by=by_hand.by, reason=by_hand.reason)
    check = session.get(VacancyCheck, vacancy.id)
    if check is not None and check.made == vacancy.status == VacancyStatus.WITHDRAWN:
        return _reviewed(session, vacancy, life)
    gone = [one.gone_since for one in life.sightings if one.gone_since]
    if vacancy.status == VacancyStatus.CLOSED and gone:
        passed = vacancy.closes_on is not None and vacancy.closes_on < max(gone).date()
        return replace(life, why=Why.DEADLINE if passed else Why.UNSEEN, ended_at=over if passed else max(gone))
    said = Why.EMPLOYER if vacancy.source.startswith(f"{EMPLOYER}:") else Why.SOURCE
    return replace(life, why=said, ended_at=vacancy.updated_at)


def _reviewed(session: Session, vacancy: Vacancy, life: LifeShown) -> LifeShown:
    flags = flags_of(session, [vacancy.id]).get(vacancy.id, [])
    decided = [flag for flag in flags if flag.decision == Decision.CONFIRMED and flag.decided_at]
    last = max(decided, key=lambda flag: flag.decided_at or vacancy.updated_at, default=None)
    if last is None:
        return replace(life, why=Why.REVIEW, ended_at=vacancy.updated_at)
    name = account_names(session, [last.decided_by]).get(last.decided_by, _GONE) if last.decided_by else ""
    return replace(life, why=Why.REVIEW, ended_at=last.decided_at, by=name, reason=last.note or "")


def _names(session: Session, changes: Sequence[VacancyChange]) -> Mapping[uuid.UUID, str]:
    """By change, who made it."""
    accounts = account_names(session, [one.changed_by for one in changes])
    return {one.id: accounts.get(one.changed_by, _GONE) if one.changed_by is not None else "" for one in changes}


def account_names(session: Session, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of accounts, or their logins."""
    wanted = {one for one in ids if one is not None}
    accounts = session.exec(select(Account).where(col(Account.id).in_(wanted))) if wanted else ()
    return {account.id: account.name or account.login for account in accounts}
