"""The desk at which marked vacancies are looked at: what is held, why, and what a person decided.

Whoever may read vacancies sees what they are marked for; counsellors and heads decide. Nothing here is about a
returnee.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.answers import PAGE, Page, page_count, trades_named
from api.application import Application
from api.desk import Desk
from api.life import account_names
from api.policy import Action
from api.review_wording import CHANGE, FIELDS
from jobs_ingest.flags import decide, flags_of, stands
from jobs_ingest.flags_models import Decision, VacancyFlag
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.repository import find_vacancy, search_vacancies
from jobs_ingest.safeguards import Kind, KindWords, Severity, wording
from matching.pipeline import MatchList
from profiling.errors import InputError

#: What a reviewer may say: the decision, and whether the vacancy is withdrawn with it.
_ANSWERS = {
    "harmless": (Decision.HARMLESS, False),
    "confirmed": (Decision.CONFIRMED, False),
    "withdrawn": (Decision.CONFIRMED, True),
}
_NOTE = 500
HELD, MARKED = "held", "marked"


@dataclass(frozen=True)
class Mark:
    """One thing found in a vacancy, in words. ``said``: name, meaning and what a counsellor does.

    ``words`` stand at ``start`` to ``end`` of ``field``; what is missing has none. ``change`` tells the
    employer what to change. ``decided_by`` and ``note`` are filled for reviewers only.
    """

    id: uuid.UUID
    kind: str
    holds: bool
    stands: bool
    field: str
    words: str
    start: int
    end: int
    said: KindWords
    change: str
    decision: str | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""

    @property
    def field_name(self) -> str:
        """The field in the words of the page."""
        return FIELDS[self.field]


def marks_of(application: Application, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Mark]]:
    """What stands against several vacancies that are being shown; those without a mark are not named."""
    with application.reading() as session:
        return marks_in(session, ids)


def marks_in(session: Session, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[Mark]]:
    """``marks_of`` within a session that is open."""
    found = flags_of(session, ids)
    standing = {about: [_mark(flag) for flag in flags if stands(flag)] for about, flags in found.items()}
    return {about: marks for about, marks in standing.items() if marks}


def said_once(marks: Iterable[Mark]) -> dict[str, list[str]]:
    """What marks mean, each name once, with the words that triggered it; none for what is missing."""
    said: dict[str, list[str]] = {}
    for mark in marks:
        words = said.setdefault(mark.said.name, [])
        if mark.words and mark.words not in words:
            words.append(mark.words)
    return said


def offered_ids(found: MatchList | None) -> set[uuid.UUID]:
    """The vacancies that a person's matches name: jobs, and what courses open."""
    if found is None:
        return set()
    opened = {unlock.vacancy.id for course in found.courses for unlock in course.opens}
    return opened | {job.vacancy.id for job in found.jobs}


class Review(Desk):
    """What reviewers see and do of the marks of vacancies."""

    def all_marks(self, vacancy_id: uuid.UUID) -> list[Mark]:
        """Every mark of a vacancy, decided or not, with who decided."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            flags = flags_of(session, [vacancy_id]).get(vacancy_id, [])
            names = account_names(session, [flag.decided_by for flag in flags])
            return [_mark(flag, names) for flag in flags]

    def counts(self) -> Mapping[str, int]:
        """How many vacancies are held, and how many open ones are marked."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            count = select(sa.func.count()).select_from(Vacancy)
            return {name: session.exec(count.where(condition)).one() for name, condition in narrowed().items()}

    def listed(self, show: str, words: str = "", number: int = 1) -> Page[Vacancy]:
        """A page of the vacancies that are ``held`` or ``marked``, newest first. Raises InputError else."""
        self.require(Action.VACANCY_REVIEW)
        only = narrowed().get(show)
        if only is None:
            raise InputError("Choose held or marked vacancies.")
        words = words.strip()
        trades = trades_named(words, self.application.coder().taxonomy) if words else []
        with self.application.reading() as session:
            found, total = search_vacancies(session, words, trades, skip=(number - 1) * PAGE, count=PAGE, only=only)
            pages = page_count(total)
            if number > pages:
                skip = (pages - 1) * PAGE
                found, total = search_vacancies(session, words, trades, skip=skip, count=PAGE, only=only)
            return Page(found, min(number, pages), pages, total)

    def decide(self, vacancy_id: uuid.UUID, flag_id: uuid.UUID, answer: str, note: str) -> None:
        """Decide about a mark: harmless, confirmed, or withdrawn (confirmed, and the vacancy with it).

        Raises NotFound, InputError, Conflict.
        """
        self.require(Action.VACANCY_REVIEW)
        if answer not in _ANSWERS:
            raise InputError("Say whether it is harmless or confirmed.")
        decision, withdraw = _ANSWERS[answer]
        note = note.strip()
        if len(note) > _NOTE:
            raise InputError(f"Keep the note under {_NOTE} characters.")
        with self.application.session() as session:
            vacancy = find_vacancy(session, str(vacancy_id))
            flag = decide(
                session, vacancy.id, flag_id, decision, note, by=self.principal.account_id, now=self.now,
                withdraw=withdraw,
            )  # fmt: skip
            self.record(session, f"review {answer}", [vacancy.id], f"{flag.kind}:{flag.field}", "vacancy")
            session.commit()


def narrowed() -> dict[str, sa.ColumnElement[bool]]:
    """Which vacancies are ``held``, and which open ones are ``marked``, as conditions of a query."""
    held: sa.ColumnElement[bool] = col(Vacancy.status) == VacancyStatus.HELD
    standing = select(VacancyFlag.vacancy_id).where(
        col(VacancyFlag.decision).is_(None) | (col(VacancyFlag.decision) != Decision.HARMLESS)
    )
    opened = sa.and_(col(Vacancy.status) == VacancyStatus.OPEN, col(Vacancy.id).in_(standing))
    return {HELD: held, MARKED: opened}


def _mark(flag: VacancyFlag, names: Mapping[uuid.UUID, str] | None = None) -> Mark:
    kind = Kind(flag.kind)
    mark = Mark(
        flag.id, kind.value, flag.severity == Severity.HOLD, stands(flag), flag.field, flag.words, flag.start,
        flag.end, wording()[kind], CHANGE[kind], flag.decision, flag.decided_at,
    )  # fmt: skip
    if names is None:
        return mark
    by = names.get(flag.decided_by, "an account that is gone") if flag.decided_by else ""
    return replace(mark, decided_by=by, note=flag.note or "")
