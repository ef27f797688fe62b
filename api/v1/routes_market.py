"""Vacancies as published, their candidates for counsellors, and the desk of employers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.casework import Casework
from api.employers import MOST_CANDIDATES, EmployerDesk, RequestLine
from api.life import LifeDesk
from api.models import ContactRequest
from api.policy import Action
from api.review import marks_of
from api.schemas import CandidateOut
from api.v1.cursors import MOST, Key, Listed, Paged, cursor_at, listed, moment, place_after
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.idempotency import IdempotencyHeader, Made, once
from api.v1.schemas_market import (
    AskIn,
    ContactOut,
    PseudonymOut,
    RenewIn,
    RequestLineOut,
    StatusIn,
    VacancyChangeIn,
    VacancyFileOut,
    VacancyIn,
    VacancyOut,
)
from jobs_ingest.models import Vacancy

router = APIRouter(route_class=GuardedRoute)
_VACANCIES: list[str | Enum] = ["vacancies"]
_EMPLOYERS: list[str | Enum] = ["employers"]
_Read = Annotated[Caller, Depends(Allows(Action.VACANCY_READ))]
_Write = Annotated[Caller, Depends(Allows(Action.VACANCY_WRITE))]
_Contact = Annotated[Caller, Depends(Allows(Action.CONTACT_READ))]


@router.get("/vacancies", tags=_VACANCIES)
def list_vacancies(
    caller: _Read, page: Paged, q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    show: Literal["held", "marked"] | None = None,
) -> Listed[VacancyOut]:  # fmt: skip
    """Vacancies of whatever status, newest first, that say ``q``. They are published: no reading is recorded.

    ``show`` narrows them to those that are held for review, which only staff sees, or open and marked.
    """
    place = place_after(caller, page)
    after = None
    if place is not None:
        day = date.fromisoformat(str(place[0])) if place[0] else None
        after = day, uuid.UUID(str(place[1]))
    found = caller.desk(Casework).vacancies_after(q, after, page.limit + 1, show or "")
    shown = found[: page.limit]
    return Listed[VacancyOut](
        items=marked_out(caller, shown),
        next_cursor=cursor_at(caller, page, _newest(shown[-1])) if len(found) > page.limit else None,
    )


def marked_out(caller: Caller, rows: Sequence[Vacancy]) -> list[VacancyOut]:
    """Vacancies with what stands against them."""
    marks = marks_of(caller.application, [row.id for row in rows])
    return [VacancyOut.of(row, marks.get(row.id, ())) for row in rows]


def _newest(row: Vacancy) -> Key:
    return row.posted_on.isoformat() if row.posted_on else "", str(row.id)


@router.get("/vacancies/{vacancy_id}", tags=_VACANCIES)
def read_vacancy(vacancy_id: uuid.UUID, caller: _Read) -> VacancyFileOut:
    """A vacancy as published, what was understood of it, and how it stands today."""
    found = caller.desk(Casework).vacancy(vacancy_id)
    marks = marks_of(caller.application, [vacancy_id]).get(found.vacancy.id, ())
    life = LifeDesk(caller.application, caller.whole).life(found.vacancy)
    return VacancyFileOut.from_parts(found.vacancy, found.standing, found.unread, marks, life)


@router.get("/vacancies/{vacancy_id}/candidates", tags=_VACANCIES)
def list_candidates(
    vacancy_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.CANDIDATE_LIST))],
    limit: Annotated[int, Query(ge=1, le=MOST)] = 10,
) -> Listed[CandidateOut]:  # fmt: skip
    """Returnees of the caseload who agree to matching, the best first; a ranking has one page."""
    found = caller.desk(Casework).candidates(str(vacancy_id), count=limit)
    return Listed[CandidateOut](items=[CandidateOut.of(person) for person in found], next_cursor=None)


@router.get("/employer/vacancies", tags=_EMPLOYERS)
def list_own_vacancies(
    caller: Annotated[Caller, Depends(Allows(Action.VACANCY_READ))], page: Paged
) -> Listed[VacancyOut]:
    """The employer's own vacancies, newest first."""
    found = caller.desk(EmployerDesk).vacancies()
    marks = marks_of(caller.application, [row.id for row in found])
    return listed(
        caller, page, found, _made, lambda row: VacancyOut.of(row, marks.get(row.id, ())), newest_first=True
    )


def _made(row: Vacancy) -> Key:
    return moment(row.created_at), str(row.id)


@router.post("/employer/vacancies", tags=_EMPLOYERS, status_code=201, response_model=VacancyOut)
def post_vacancy(sent: VacancyIn, request: Request, key: IdempotencyHeader, caller: _Write) -> Response:
    """Publish a vacancy."""

    def work() -> Made:
        return Made(marked_out(caller, [caller.desk(EmployerDesk).post(sent.cells())])[0])

    return once(caller, request, key, sent, work)


@router.post("/employer/vacancies/{vacancy_id}/status", tags=_EMPLOYERS)
def end_vacancy(vacancy_id: uuid.UUID, sent: StatusIn, caller: _Write) -> VacancyOut:
    """End an own vacancy, open or held, as closed, filled or withdrawn."""
    return marked_out(caller, [caller.desk(EmployerDesk).close(vacancy_id, sent.status)])[0]


@router.post("/employer/vacancies/{vacancy_id}/renewal", tags=_EMPLOYERS)
def renew_vacancy(vacancy_id: uuid.UUID, sent: RenewIn, caller: _Write) -> VacancyOut:
    """Open an own vacancy again, or give one that is open or held another last day."""
    last = sent.closes_on.isoformat() if sent.closes_on else ""
    return marked_out(caller, [caller.desk(EmployerDesk).renew(vacancy_id, last)])[0]


@router.patch("/employer/vacancies/{vacancy_id}", tags=_EMPLOYERS)
def change_vacancy(vacancy_id: uuid.UUID, sent: VacancyChangeIn, caller: _Write) -> VacancyOut:
    """Give an own vacancy that is held because of its marks other words; without them it is open at once."""
    return marked_out(caller, [caller.desk(EmployerDesk).change(vacancy_id, sent.cells())])[0]


@router.get("/employer/vacancies/{vacancy_id}/candidates", tags=_EMPLOYERS)
def list_pseudonyms(
    vacancy_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.PSEUDONYM_LIST))],
    limit: Annotated[int, Query(ge=1, le=MOST_CANDIDATES)] = 20,
) -> Listed[PseudonymOut]:  # fmt: skip
    """Who may fit an own open vacancy, of those who agreed to be seen, without names; a ranking has one page."""
    found = caller.desk(EmployerDesk).candidates(vacancy_id, count=limit)
    return Listed[PseudonymOut](items=[PseudonymOut.of(person) for person in found], next_cursor=None)


@router.post(
    "/employer/vacancies/{vacancy_id}/contact-requests", tags=_EMPLOYERS, status_code=201,
    response_model=RequestLineOut,
)  # fmt: skip
def ask_candidate(
    vacancy_id: uuid.UUID, sent: AskIn, request: Request, key: IdempotencyHeader,
    caller: Annotated[Caller, Depends(Allows(Action.CONTACT_ASK))],
) -> Response:  # fmt: skip
    """Ask to be put in touch with a candidate; the person answers."""

    def work() -> Made:
        line = caller.desk(EmployerDesk).ask(vacancy_id, sent.candidate)
        with caller.application.reading() as session:
            asked = session.get(ContactRequest, line.id)
        return Made(RequestLineOut.model_validate(line), asked.returnee_id if asked else None)

    return once(caller, request, key, sent, work)


@router.get("/employer/contact-requests", tags=_EMPLOYERS)
def list_own_requests(caller: _Contact, page: Paged) -> Listed[RequestLineOut]:
    """The employer's own requests with where they stand, newest first."""

    def key(line: RequestLine) -> Key:
        return moment(line.asked_at), str(line.id)

    found = caller.desk(EmployerDesk).requests()
    return listed(caller, page, found, key, RequestLineOut.model_validate, newest_first=True)


@router.get("/employer/contact-requests/{request_id}/contact", tags=_EMPLOYERS)
def read_contact(request_id: uuid.UUID, caller: _Contact) -> ContactOut:
    """What the person chose to disclose, while they agree. The person sees that it was read."""
    return ContactOut.model_validate(caller.desk(EmployerDesk).contact(request_id))
