"""The employer's desk: own vacancies, candidates without names, and requests to be put in touch.

An employer sees only people who agreed to that, only for vacancies of their own, and never who they are. The
person answers a request; until then, and after they have taken a yes back, there is nothing to read.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.answers import standing
from api.candidates import PseudonymousCandidate, RequestState, is_shown, shown_candidate
from api.desk import Desk
from api.disclosing import Contact, disclose
from api.models import ContactRequest
from api.policy import Action, Resource, can
from jobs_ingest.employers import change_vacancy, own_vacancies, own_vacancy, post_vacancy
from jobs_ingest.life import Hand, end_vacancy, open_vacancy
from jobs_ingest.models import Employer, Vacancy
from jobs_ingest.set_values import day_of
from matching import pipeline
from matching.market import Market
from matching.pipeline import PersonMatch
from profiling.consent import consents
from profiling.crowd import crowd_shown
from profiling.errors import Conflict, Forbidden, InputError, NotFound, TooMany
from profiling.models import ImportRun, Purpose, Returnee
from profiling.pseudonym import Crowd, Detail, pseudonym
from profiling.vault import vault_of

#: At most so many of the best candidates are shown for a vacancy.
MOST_CANDIDATES = 50
#: At most so many requests of an employer in so long, over all accounts and vacancies.
MOST_REQUESTS = 20
#: At most so many vacancies of an employer in the same time: else posting would be a way of asking about people.
MOST_POSTS = 50
REQUEST_WINDOW = timedelta(hours=24)
_NO_CANDIDATE = "There is no such candidate for this vacancy."
_NO_REQUEST = "There is no such request among yours."


@dataclass(frozen=True)
class RequestLine:
    """A request of the employer to be put in touch, and where it stands."""

    id: uuid.UUID
    vacancy_id: uuid.UUID
    vacancy: str
    candidate: uuid.UUID
    state: RequestState
    asked_at: datetime


class EmployerDesk(Desk):
    """What accounts of an employer do."""

    @property
    def employer_id(self) -> uuid.UUID:
        """Whose desk it is. Raises Forbidden for somebody who is no employer's."""
        if self.principal.employer_id is None:
            raise Forbidden("Your account belongs to no employer.")
        return self.principal.employer_id

    @property
    def account_id(self) -> uuid.UUID:
        """Which account asks. Raises Forbidden when there is none."""
        if self.principal.account_id is None:
            raise Forbidden("Sign in with an account of your own.")
        return self.principal.account_id

    # --- vacancies --------------------------------------------------------------------------------

    def vacancies(self) -> list[Vacancy]:
        """The employer's own vacancies, newest first, of whatever status."""
        self.require(Action.VACANCY_READ)
        with self.application.reading() as session:
            return own_vacancies(session, self.employer_id)

    def post(self, fields: Mapping[str, str]) -> Vacancy:
        """A new vacancy, read like a row of a file and ready for matching. Raises InputError, TooMany."""
        self.require(Action.VACANCY_WRITE)
        employer_id, coder = self.employer_id, self.application.coder()
        with self.application.session() as session:
            self._refuse_too_many_posts(session, self.now)
            vacancy = post_vacancy(session, coder, employer_id, fields, self.now)
            self.record(session, "post", [vacancy.id], "", "vacancy")
            session.commit()
        self.application.refresh()
        return vacancy

    def change(self, vacancy_id: uuid.UUID, fields: Mapping[str, str]) -> Vacancy:
        """Give an own vacancy that is held other words. Raises NotFound, InputError, Conflict, TooMany."""
        self.require(Action.VACANCY_WRITE)
        coder = self.application.coder()
        with self.application.session() as session:
            held = self._own(session, Action.VACANCY_WRITE, vacancy_id)
            self._refuse_too_many_posts(session, self.now)
            vacancy = change_vacancy(session, coder, held, fields, self.now)
            self.record(session, "change", [vacancy.id], ",".join(sorted(fields)), "vacancy")
            session.commit()
        self.application.refresh()
        return vacancy

    def _refuse_too_many_posts(self, session: Session, now: datetime) -> None:
        # Each post and each change is a run of the employer's own source.
        posted = session.exec(
            select(sa.func.count())
            .select_from(ImportRun)
            .where(ImportRun.source == f"employer:{self.employer_id}")
            .where(ImportRun.started_at > now - REQUEST_WINDOW)
        ).one()
        if posted >= MOST_POSTS:
            wait = int(REQUEST_WINDOW.total_seconds())
            raise TooMany(
                f"At most {MOST_POSTS} vacancies can be posted or changed in 24 hours. Try it later.", wait
            )

    def close(self, vacancy_id: uuid.UUID, status: str) -> Vacancy:
        """End an own vacancy, open or held, as closed, filled or withdrawn. Raises NotFound, InputError."""
        self.require(Action.VACANCY_WRITE)
        with self.application.session() as session:
            vacancy = end_vacancy(
                session, self._own(session, Action.VACANCY_WRITE, vacancy_id), status, self._hand()
            )
            self.record(session, "close", [vacancy.id], "status", "vacancy")
            session.commit()
            return vacancy

    def renew(self, vacancy_id: uuid.UUID, closes_on: str) -> Vacancy:
        """Open an own vacancy again, or give an open or held one another last day (``closes_on``; empty: as it is).

        Raises NotFound, InputError, Conflict.
        """
        self.require(Action.VACANCY_WRITE)
        taxonomy, last = self.application.coder().taxonomy, day_of(closes_on)
        with self.application.session() as session:
            own = self._own(session, Action.VACANCY_WRITE, vacancy_id)
            vacancy = open_vacancy(session, taxonomy, own, last, self._hand())
            self.record(session, "renew", [vacancy.id], "status,closes_on", "vacancy")
            session.commit()
            return vacancy

    def _hand(self) -> Hand:
        return Hand(self.principal.role.value, self.principal.account_id, self.now)

    # --- candidates -------------------------------------------------------------------------------

    def candidates(self, vacancy_id: uuid.UUID, *, count: int = 20) -> list[PseudonymousCandidate]:
        """The people who fit an own open vacancy best, of those who agreed to be seen; without names.

        Nobody for a vacancy that is not open. Raises NotFound for one that is not theirs, InputError.
        """
        self.require(Action.PSEUDONYM_LIST)
        if not 1 <= count <= MOST_CANDIDATES:
            raise InputError(f"count: ask for 1 to {MOST_CANDIDATES} candidates.")
        market = self.application.market()
        with self.application.session() as session:
            self._own(session, Action.PSEUDONYM_LIST, vacancy_id)
            crowd = crowd_shown(session, self.principal, market.taxonomy, self.now)
            people = self._people(session, vacancy_id, market, crowd)[:count]
            requests = self._states(session, vacancy_id)
            vault = vault_of(session)
            shown = [
                shown_candidate(
                    found, pseudonym(vault, vacancy_id, found.returnee_id), requests.get(found.returnee_id), crowd
                )
                for found in people
            ]
            self.record(session, "shown", [found.returnee_id for found in people] or [None], "pseudonymous")
            session.commit()
            return shown

    def _people(self, session: Session, vacancy_id: uuid.UUID, market: Market, crowd: Crowd) -> list[PersonMatch]:
        """Whom the employer may see for a vacancy at this moment, best first.

        A rare skill does not count: else a vacancy that asks for it would lift its one holder to the top.
        """
        if vacancy_id not in market.row_of:
            raise Conflict("This vacancy is not read yet. Try again later.")
        # Some of the best ranked may rest on a wish alone, so more are ranked than are shown.
        found = pipeline.candidates(
            session, self.principal, vacancy_id, market, self.now, count=2 * MOST_CANDIDATES,
            skills=lambda code: crowd.common(Detail.SKILL, code),
        )  # fmt: skip
        return [person for person in found if is_shown(person.match)][:MOST_CANDIDATES]

    # --- requests ---------------------------------------------------------------------------------

    def ask(self, vacancy_id: uuid.UUID, candidate: uuid.UUID) -> RequestLine:
        """Ask to be put in touch with a candidate who is shown for an own open vacancy.

        Raises NotFound, Conflict when the vacancy is not open or the person was asked already (a no stands for
        this vacancy), and TooMany.
        """
        self.require(Action.CONTACT_ASK)
        market, now = self.application.market(), self.now
        with self.application.session() as session:
            vacancy = self._own(session, Action.CONTACT_ASK, vacancy_id)
            if standing(vacancy, now.date()) != "open":
                raise Conflict("This vacancy is not open, so nobody can be asked for it.")
            # Of two requests at once the second sees the first, so that neither the cap nor a person is passed.
            session.execute(select(Employer.id).where(Employer.id == self.employer_id).with_for_update())
            crowd = crowd_shown(session, self.principal, market.taxonomy, now)
            vault, people = vault_of(session), self._people(session, vacancy_id, market, crowd)
            person = next(
                (p.returnee_id for p in people if pseudonym(vault, vacancy_id, p.returnee_id) == candidate), None
            )
            if person is None:
                raise NotFound(_NO_CANDIDATE)
            self._refuse_again(session, vacancy_id, person)
            self._refuse_too_many(session, now)
            request = ContactRequest(
                returnee_id=person, employer_id=self.employer_id, vacancy_id=vacancy_id, candidate=candidate,
                asked_by=self.account_id, asked_at=now,
            )  # fmt: skip
            session.add(request)
            self.record(session, "ask", [person], "contact_request")
            session.commit()
            return RequestLine(request.id, vacancy_id, vacancy.title, candidate, RequestState.WAITING, now)

    def _refuse_again(self, session: Session, vacancy_id: uuid.UUID, person: uuid.UUID) -> None:
        state = self._states(session, vacancy_id).get(person)
        if state is RequestState.WAITING:
            raise Conflict("This candidate was asked already and has not answered yet.")
        if state is RequestState.ACCEPTED:
            raise Conflict("This candidate has agreed already. Read the answer among your requests.")
        if state is not None:
            raise Conflict("This candidate has said no for this vacancy. Please respect it.")

    def _refuse_too_many(self, session: Session, now: datetime) -> None:
        recent = session.exec(
            select(ContactRequest.asked_at)
            .where(ContactRequest.employer_id == self.employer_id, ContactRequest.asked_at > now - REQUEST_WINDOW)
            .order_by(col(ContactRequest.asked_at).desc())
            .limit(MOST_REQUESTS)
        ).all()
        if len(recent) >= MOST_REQUESTS:
            wait = max(1, math.ceil((recent[-1] + REQUEST_WINDOW - now).total_seconds()))
            raise TooMany(f"At most {MOST_REQUESTS} people can be asked in 24 hours. Ask the next one later.", wait)

    def requests(self) -> list[RequestLine]:
        """The employer's own requests with where they stand, newest first."""
        self.require(Action.CONTACT_READ)
        with self.application.session() as session:
            rows = self._rows(session)
            self.record(session, "read", list(dict.fromkeys(row[0].returnee_id for row in rows)), "contact_request")
            session.commit()
            return [
                RequestLine(request.id, request.vacancy_id, title, request.candidate, state, request.asked_at)
                for request, title, state in rows
            ]

    def contact(self, request_id: uuid.UUID) -> Contact:
        """What a person chose to disclose, while they agree. Raises NotFound, and Conflict without a yes in force.

        A try that shows nothing is written down too.
        """
        self.require(Action.CONTACT_READ)
        with self.application.session() as session:
            found = disclose(session, request_id, self.employer_id, self.account_id, self.now)
            if found is not None:
                person, contact = found
                self.record(session, "disclosed", [person], ",".join(contact.fields))
                session.commit()
                return contact
            held = session.get(ContactRequest, request_id)
            if held is not None:
                self.record(session, f"refused {Action.CONTACT_READ}", [held.returnee_id], "")
                session.commit()
            if held is None or held.employer_id != self.employer_id:
                raise NotFound(_NO_REQUEST)
            raise Conflict(_NOT_NOW[_state(held.accepted, holds=False)])

    # --- inner ------------------------------------------------------------------------------------

    def _own(self, session: Session, action: Action, vacancy_id: uuid.UUID) -> Vacancy:
        """An own vacancy. Raises NotFound for an unknown one and for somebody else's alike."""
        vacancy = own_vacancy(session, self.employer_id, vacancy_id)
        if not can(self.principal, action, Resource(employer_id=vacancy.employer_id), now=self.now):
            raise NotFound("There is no such vacancy among yours.")
        return vacancy

    def _rows(
        self, session: Session, *conditions: sa.ColumnElement[bool]
    ) -> list[tuple[ContactRequest, str, RequestState]]:
        """Own requests with the vacancy's title and where they stand, newest first; consent is asked with them."""
        about = ContactRequest.__table__.c.vacancy_id  # type: ignore[attr-defined]
        agreed = consents(Purpose.SHARING, self.now, recipient=self.employer_id, vacancy_id=about)
        rows = session.execute(
            sa.select(ContactRequest, col(Vacancy.title), agreed)
            .join(Returnee, col(Returnee.id) == ContactRequest.returnee_id)
            .join(Vacancy, col(Vacancy.id) == ContactRequest.vacancy_id)
            .where(col(ContactRequest.employer_id) == self.employer_id, *conditions)
            .order_by(col(ContactRequest.asked_at).desc(), col(ContactRequest.id))
        )
        return [(request, title, _state(request.accepted, holds=bool(holds))) for request, title, holds in rows]

    def _states(self, session: Session, vacancy_id: uuid.UUID) -> dict[uuid.UUID, RequestState]:
        """Where the newest request to each person of a vacancy stands."""
        rows = self._rows(session, col(ContactRequest.vacancy_id) == vacancy_id)
        return {request.returnee_id: state for request, _, state in reversed(rows)}


def _state(accepted: bool | None, *, holds: bool) -> RequestState:
    if accepted is None:
        return RequestState.WAITING
    if not accepted:
        return RequestState.DECLINED
    return RequestState.ACCEPTED if holds else RequestState.ENDED


_NOT_NOW = {
    RequestState.WAITING: "The person has not answered yet.",
    RequestState.DECLINED: "The person does not wish to be put in touch.",
    RequestState.ENDED: "The person no longer agrees to share this. Use nothing that you noted down before.",
}
