"""The counsellor's desk: caseload, passports, matches, vacancies with candidates; the returnee's own record."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

from api.answers import (
    PAGE,
    NamedCandidate,
    Page,
    PersonMatches,
    VacancyFile,
    case_answers,
    page_count,
    standing,
    trades_named,
)
from api.desk import Desk
from api.policy import Action
from api.review import narrowed
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.repository import (
    courses_by_id,
    find_vacancy,
    search_vacancies,
    vacancies_after,
    vacancies_by_id,
)
from matching import pipeline
from matching.market import Market
from profiling.access import STAFF
from profiling.coding import Coded
from profiling.corrections import correct_identity, correct_occupations, correct_passport
from profiling.errors import NotFound
from profiling.repository import (
    IDENTITY_AS,
    CaseFile,
    CaseSummary,
    find_returnee,
    list_cases,
    read_case,
    references_of,
)

_LINE = "ref,name,home,job"
#: Sensitive fields that a case file does not hold.
_NOT_IN_FILE = frozenset({"protection_note", "access_log"})


class Casework(Desk):
    """What counsellors and heads, assessors and returnees do with records."""

    def cases(self) -> list[CaseSummary]:
        """The caseload."""
        self.require(Action.CASE_LIST)
        with self.application.session() as session:
            found = list_cases(session, self.principal, self.now, self.shown(Action.CASE_LIST))
            self.record(session, "list", [case.id for case in found] or [None], _LINE)
            session.commit()
            return found

    def caseload(self, words: str = "", number: int = 1) -> Page[CaseSummary]:
        """A page of the caseload: those whose number, name, home, job or trade contain the words."""
        self.require(Action.CASE_LIST)
        with self.application.session() as session:
            found = self._answering(session, words)
            pages = page_count(len(found))
            number = min(number, pages)
            shown = found[(number - 1) * PAGE : number * PAGE]
            self.record(session, "list", [case.id for case in shown] or [None], _LINE)
            session.commit()
            return Page(shown, number, pages, len(found))

    def cases_after(self, words: str, after: str | None, count: int) -> tuple[list[CaseSummary], bool]:
        """The next cases after a (reference number, id) key of the order, and whether there are more."""
        self.require(Action.CASE_LIST)
        with self.application.session() as session:
            found = sorted(self._answering(session, words), key=case_key)
            rest = [case for case in found if after is None or case_key(case) > after]
            shown = rest[:count]
            self.record(session, "list", [case.id for case in shown] or [None], _LINE)
            session.commit()
            return shown, len(rest) > count

    def _answering(self, session: Session, words: str) -> list[CaseSummary]:
        taxonomy = self.application.coder().taxonomy
        cases = list_cases(session, self.principal, self.now, self.shown(Action.CASE_LIST))
        return [case for case in cases if case_answers(case, words.strip(), taxonomy)]

    def find(self, key: str) -> uuid.UUID:
        """The id of a visible person by id or reference number. Raises NotFound."""
        self.require(Action.CASE_READ)
        with self.application.reading() as session:
            return find_returnee(session, self.principal, key)

    def case(self, key: str | uuid.UUID) -> CaseFile:
        """What the principal may read of one person, by id or reference number."""
        returnee_id = key if isinstance(key, uuid.UUID) else self.find(key)
        with self.application.session() as session:
            self.aim(session, Action.CASE_READ, returnee_id)
            shown = self.shown()
            found = read_case(session, self.principal, returnee_id, self.now, shown)
            self.record(session, "read", [returnee_id], ",".join(sorted(shown - _NOT_IN_FILE)))
            session.commit()
            return found

    def correct(
        self, returnee_id: uuid.UUID, identity: Mapping[str, str | None], passport: Mapping[str, object],
        trades: Mapping[int, str] | None = None,
    ) -> CaseFile:  # fmt: skip
        """Change fields of the identity and of the passport, and the trades of jobs by their numbers.

        Raises Forbidden for a field not theirs to write.
        """
        with self.application.session() as session:
            self.aim(session, Action.CASE_WRITE, returnee_id)
            for name in identity:
                # A field that is none is refused where it would be written.
                self.require(Action.CASE_WRITE, IDENTITY_AS.get(name, "identity.name"))
            if passport or trades:
                self.require(Action.CASE_WRITE, "passport")
            correct_identity(session, returnee_id, identity)
            correct_passport(session, returnee_id, passport, self.application.coder())
            correct_occupations(session, returnee_id, trades or {}, self.application.coder())
            changed = sorted([*identity, *passport, *(["experience.occupation"] if trades else [])])
            self.record(session, "change", [returnee_id], ",".join(changed))
            session.commit()
        return self.case(returnee_id)

    def suggested(self, case: CaseFile) -> dict[int, list[Coded]]:
        """For jobs without a trade up to three likely groups, for whoever may set one; they are kept nowhere."""
        if not self.may(Action.CASE_WRITE, "passport"):
            return {}
        coder = self.application.coder()
        open_jobs = [job for job in case.experiences if job.occupation is None and not job.occupation_by_hand]
        coder.prepare(job.title for job in open_jobs)
        return {job.position: coder.suggestions(job.title) for job in open_jobs}

    def matches(self, returnee_id: uuid.UUID, *, jobs: int = 10, courses: int = 5) -> PersonMatches:
        """One person's jobs and courses under their name; without consent to matching, none."""
        market, now = self.application.market(), self.now
        with self.application.session() as session:
            self.aim(session, Action.CASE_MATCH, returnee_id)
            case = read_case(session, self.principal, returnee_id, now, self.shown())
            self.record(session, "match", [returnee_id], "identity,consent,matching_profile")
            found = None
            if case.matching_allowed:
                found = pipeline.match(
                    session, self.principal, returnee_id, market, self.application.embedder, now, jobs=jobs,
                    courses=courses,
                )  # fmt: skip
            offered = vacancies_by_id(session, [job.vacancy.id for job in found.jobs] if found else [])
            taught = courses_by_id(session, [one.course.id for one in found.courses] if found else [])
            session.commit()
            return PersonMatches(case, found, offered, taught)

    def match(self, key: str, *, jobs: int = 10, courses: int = 5) -> pipeline.MatchList:
        """Jobs and courses for one person, by id or reference number. Raises NotFound for want of consent."""
        market, returnee_id = self.application.market(), self.find(key)
        with self.application.session() as session:
            self.aim(session, Action.CASE_MATCH, returnee_id)
            self.record(session, "match", [returnee_id], "matching_profile")
            found = pipeline.match(
                session, self.principal, returnee_id, market, self.application.embedder, self.now, jobs=jobs,
                courses=courses,
            )  # fmt: skip
            session.commit()
            return found

    # --- the market, and whom it may suit ---------------------------------------------------------

    def vacancies(self, words: str = "", number: int = 1) -> Page[Vacancy]:
        """A page of the vacancies, newest first. They are published, so no reading is recorded."""
        self.require(Action.VACANCY_READ)
        words = words.strip()
        trades = trades_named(words, self.application.coder().taxonomy) if words else []
        with self.application.reading() as session:
            held = self.principal.role in STAFF
            found, total = search_vacancies(session, words, trades, skip=(number - 1) * PAGE, count=PAGE, held=held)
            pages = page_count(total)
            if number > pages:
                skip = (pages - 1) * PAGE
                found, total = search_vacancies(session, words, trades, skip=skip, count=PAGE, held=held)
            return Page(found, min(number, pages), pages, total)

    def vacancies_after(
        self, words: str, after: tuple[date | None, uuid.UUID] | None, count: int, show: str = ""
    ) -> list[Vacancy]:
        """The next vacancies after a place (day of posting, id) of the same order.

        ``show`` narrows those that the principal may see to the ``held`` or the open and ``marked`` ones.
        """
        self.require(Action.VACANCY_READ)
        words = words.strip()
        trades = trades_named(words, self.application.coder().taxonomy) if words else []
        with self.application.reading() as session:
            held = self.principal.role in STAFF
            return vacancies_after(session, words, trades, after, count=count, held=held, only=narrowed().get(show))

    def vacancy(self, vacancy_id: uuid.UUID, *, count: int = 10) -> VacancyFile:
        """A vacancy as published and what was understood; for counsellors, while it is open, its candidates."""
        self.require(Action.VACANCY_READ)
        market, coder = self.application.market(), self.application.coder()
        with self.application.session() as session:
            vacancy = find_vacancy(session, str(vacancy_id))
            own = vacancy.employer_id is not None and vacancy.employer_id == self.principal.employer_id
            if vacancy.status == VacancyStatus.HELD and self.principal.role not in STAFF and not own:
                # It may be a fraud, and nobody has looked at it yet.
                raise NotFound("There is no such vacancy.")
            _, unread = coder.demands([*vacancy.essential_text, *vacancy.wished_text])
            now_is = standing(vacancy, self.now.date())
            refused = now_is if now_is != "open" else None if vacancy.id in market.row_of else "unread"
            if not self.may(Action.CANDIDATE_LIST):
                return VacancyFile(vacancy, now_is, unread, "not yours", [])
            people = [] if refused else self._candidates(session, vacancy.id, market, count)
            session.commit()
            return VacancyFile(vacancy, now_is, unread, refused, people)

    def candidates(self, key: str, *, count: int = 10) -> list[NamedCandidate]:
        """Returnees of the caseload for one vacancy, by id or source number."""
        self.require(Action.CANDIDATE_LIST)
        market = self.application.market()
        with self.application.session() as session:
            people = self._candidates(session, find_vacancy(session, key).id, market, count)
            session.commit()
            return people

    def _candidates(
        self, session: Session, vacancy_id: uuid.UUID, market: Market, count: int
    ) -> list[NamedCandidate]:
        found = pipeline.candidates(session, self.principal, vacancy_id, market, self.now, count=count)
        ids = [candidate.returnee_id for candidate in found]
        self.record(session, "candidate", list(ids) or [None], "matching_profile")
        refs = references_of(session, self.principal, ids)
        return [NamedCandidate(refs[candidate.returnee_id], candidate) for candidate in found]


def case_key(case: CaseSummary) -> str:
    """The place of a case in the order of a list."""
    return f"{case.ref}\x00{case.id}"
