"""The life of a vacancy as people make it: ended, open again, a later last day, a misread value set right.

Each change is kept with who made it and why. None of them touches a text, so nothing is embedded again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.duplicate_review import merged_into
from jobs_ingest.flags import look_at
from jobs_ingest.flags_models import VacancyCheck
from jobs_ingest.life_models import VacancyChange
from jobs_ingest.models import OfferOrigin, Vacancy, VacancyStatus
from jobs_ingest.set_values import SETTABLE, as_text, parsed, without_reading
from profiling.errors import Conflict, InputError
from profiling.repository import bump_revision
from profiling.taxonomy import Taxonomy

#: How a vacancy may be ended.
ENDS = (VacancyStatus.CLOSED, VacancyStatus.FILLED, VacancyStatus.WITHDRAWN)
STATUS, CLOSES = "status", "closes_on"
EMPLOYER = "employer"
#: Characters of a reason.
LONGEST_REASON = 500
#: A last day beyond this is a slip of the pen.
_FARTHEST = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes a vacancy: in which role, with which account, when and why."""

    role: str
    account: uuid.UUID | None
    at: datetime
    reason: str = ""

    @property
    def is_employer(self) -> bool:
        """Whether the employer acts, and not the centre."""
        return self.role == EMPLOYER


def end_vacancy(session: Session, vacancy: Vacancy, status: str, hand: Hand) -> Vacancy:
    """End a vacancy as closed, filled or withdrawn, also while it is held. Raises InputError for another status."""
    if status not in ENDS:
        raise InputError(f"status: say {', '.join(ENDS[:-1])} or {ENDS[-1]}.")
    if vacancy.status == status:
        return vacancy
    _set_status(session, vacancy, hand, VacancyStatus(status))
    return _written(session, vacancy, hand)


def open_vacancy(
    session: Session, taxonomy: Taxonomy, vacancy: Vacancy, closes_on: date | None, hand: Hand
) -> Vacancy:
    """Open an ended vacancy again, or give an open or held one a later last day (``closes_on``; None: as it is).

    The safeguards look at it: what stands against it holds it. Raises InputError when its last day has passed,
    Conflict when a reviewer withdrew it, when it is held, or for an employer when the centre ended it.
    """
    last = closes_on or vacancy.closes_on
    if last is not None and last < hand.at.date():
        raise InputError("closes_on: its last day has passed. Give one from today on.")
    if closes_on is not None and closes_on > hand.at.date() + _FARTHEST:
        raise InputError("closes_on: give a day within the next two years.")
    made = _made(session, vacancy)
    stays_held = vacancy.status == VacancyStatus.HELD and (hand.is_employer or made == VacancyStatus.HELD)
    if stays_held and closes_on is None:
        who = "Wait until the centre has looked at it." if hand.is_employer else "Decide about its marks."
        raise Conflict(f"The vacancy is held for review. {who}")
    _refuse_opening(session, vacancy, made, hand)
    if closes_on is not None and closes_on != vacancy.closes_on:
        _set_value(session, vacancy, hand, CLOSES, closes_on)
    if vacancy.status != VacancyStatus.OPEN and not stays_held:
        _set_status(session, vacancy, hand, VacancyStatus.OPEN)
        look_at(session, taxonomy, [vacancy.id], from_source=True)
    return _written(session, vacancy, hand)


def _refuse_opening(session: Session, vacancy: Vacancy, made: str | None, hand: Hand) -> None:
    if vacancy.status == made == VacancyStatus.WITHDRAWN:
        who = "Ask the centre." if hand.is_employer else "Decide about its marks again to undo it."
        raise Conflict(f"The vacancy was withdrawn because of what it is marked for. {who}")
    if merged_into(session, [vacancy.id]):
        raise Conflict("It is part of another vacancy. Undo that first.")
    last = latest_changes(session, [vacancy.id]).get((vacancy.id, STATUS))
    if hand.is_employer and vacancy.status in ENDS and last and last.role != EMPLOYER:
        raise Conflict("The centre ended this vacancy. Ask there.")


def _made(session: Session, vacancy: Vacancy) -> str | None:
    check = session.get(VacancyCheck, vacancy.id)
    return check.made if check else None


# --- values that were misread ---------------------------------------------------------------------


def correct_value(
    session: Session, taxonomy: Taxonomy, vacancy: Vacancy, field: str, text: str, hand: Hand
) -> Vacancy:
    """Set right a value that was read from the text; an empty ``text`` makes it unknown.

    It stays when the vacancy is taken in again, until its source says something else there than it did. Raises
    InputError for a value that does not fit, Conflict for one that was not read but stated.
    """
    if field not in SETTABLE:
        raise InputError(f"field: only what was read can be set right: {', '.join(SETTABLE)}.")
    set_before = latest_changes(session, [vacancy.id]).get((vacancy.id, field))
    if set_before is None and field not in {entry[0] for entry in vacancy.read}:
        raise Conflict("The source states this itself. Let it correct it there.")
    value = parsed(vacancy, field, text)
    if value == getattr(vacancy, field):
        return vacancy
    _set_value(session, vacancy, hand, field, value)
    session.flush()
    look_at(session, taxonomy, [vacancy.id])
    return _written(session, vacancy, hand)


def carry_values(session: Session, ids: Sequence[uuid.UUID]) -> None:
    """Put back what was set by hand into vacancies that were just written from their source.

    A value holds while the source says there what it said when it was set, and while it fits beside the others. Of
    an employer's own post the form says everything.
    """
    latest = [one for (_, field), one in latest_changes(session, ids).items() if field != STATUS]
    if not latest:
        return
    changed = {one.vacancy_id for one in latest}
    rows = session.exec(
        select(Vacancy).where(col(Vacancy.id).in_(changed)).execution_options(populate_existing=True)
    )
    vacancies = {row.id: row for row in rows}
    for one in latest:
        vacancy = vacancies[one.vacancy_id]
        posted = vacancy.source.startswith(f"{EMPLOYER}:")
        if posted or one.was == one.value or as_text(getattr(vacancy, one.field)) != one.was:
            continue
        with suppress(InputError):
            setattr(vacancy, one.field, parsed(vacancy, one.field, one.value))
            vacancy.read = without_reading(vacancy.read, one.field)
            session.add(vacancy)
    session.flush()


def latest_changes(session: Session, ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], VacancyChange]:
    """The newest change of each field of several vacancies."""
    query = select(VacancyChange).where(col(VacancyChange.vacancy_id).in_(list(ids)))
    rows = session.exec(query.order_by(col(VacancyChange.number), col(VacancyChange.changed_at)))
    return {(row.vacancy_id, row.field): row for row in rows}


def changes_of(session: Session, vacancy_id: uuid.UUID) -> list[VacancyChange]:
    """Everything that people changed in a vacancy, oldest first."""
    query = select(VacancyChange).where(VacancyChange.vacancy_id == vacancy_id)
    return list(session.exec(query.order_by(col(VacancyChange.number), col(VacancyChange.changed_at))))


# --- inner ----------------------------------------------------------------------------------------


def _set_value(session: Session, vacancy: Vacancy, hand: Hand, field: str, value: object) -> None:
    now = as_text(getattr(vacancy, field))
    before = latest_changes(session, [vacancy.id]).get((vacancy.id, field))
    # Of a value that was set before, what its source says is still the one of then.
    said = before.was if before and before.value == now else now
    _note(session, vacancy, hand, field, said, as_text(value))
    setattr(vacancy, field, value)
    vacancy.read = without_reading(vacancy.read, field)


def _set_status(session: Session, vacancy: Vacancy, hand: Hand, status: VacancyStatus) -> None:
    _note(session, vacancy, hand, STATUS, vacancy.status, status.value)
    check = session.get(VacancyCheck, vacancy.id)
    if check is not None:
        # What the safeguards made of it is over; opened again, it is looked at again.
        check.made = None
        session.add(check)
    # A person's word goes before what a run made of it.
    origins = sa.update(OfferOrigin).where(
        col(OfferOrigin.kind) == "vacancy", col(OfferOrigin.offer_id) == vacancy.id
    )
    session.execute(origins.values(expired_at=None))
    vacancy.status, vacancy.held_reason = status.value, None
    session.add(vacancy)
    session.flush()


def _note(session: Session, vacancy: Vacancy, hand: Hand, field: str, was: str, value: str) -> None:
    reason = hand.reason.strip()
    if len(reason) > LONGEST_REASON:
        raise InputError(f"reason: keep it under {LONGEST_REASON} characters.")
    if not hand.is_employer and not reason:
        raise InputError("reason: say in a few words why.")
    number = len(changes_of(session, vacancy.id)) + 1
    session.add(
        VacancyChange(
            vacancy_id=vacancy.id, number=number, field=field, was=was, value=value, reason=reason, role=hand.role,
            changed_by=hand.account, changed_at=hand.at,
        )
    )  # fmt: skip


def _written(session: Session, vacancy: Vacancy, hand: Hand) -> Vacancy:
    vacancy.updated_at = hand.at
    session.add(vacancy)
    session.flush()
    bump_revision(session, "market")
    session.refresh(vacancy)
    return vacancy
