"""The employer's pages: own vacancies, pseudonymous candidates, requests to be put in touch."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from api.answers import standing
from api.candidates import PseudonymousCandidate
from api.employers import EmployerDesk
from api.life import LifeDesk
from api.policy import Action
from api.reading_wording import read_lines
from api.review import marks_of
from api.routes.visit import Allows, Visit
from jobs_ingest.employers import posted_cells
from profiling.errors import Conflict, InputError, NotFound

router = APIRouter()
_Own = Annotated[Visit, Depends(Allows(Action.PSEUDONYM_LIST))]
_Write = Annotated[Visit, Depends(Allows(Action.VACANCY_WRITE))]
#: What the form for a vacancy asks; the layout of docs/layouts.md knows more.
POSTED = (
    "title", "description", "country", "province", "district", "place", "essential_skills", "wished_skills",
    "experience_years", "openings", "pay_min", "pay_max", "pay_currency", "pay_period", "closes_on",
)  # fmt: skip


def _desk(visit: Visit) -> EmployerDesk:
    return EmployerDesk(visit.pages.application, visit.principal)


@router.get("/employer")
def read_employer(visit: Annotated[Visit, Depends(Allows(Action.CONTACT_READ))]) -> Response:
    """Own vacancies and requests."""
    return _show(visit)


def _show(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    desk, today = _desk(visit), visit.casework.now.date()
    lines = [(vacancy, standing(vacancy, today)) for vacancy in desk.vacancies()]
    kept = {name: visit.field(name, 4000) for name in POSTED} if wrong else dict.fromkeys(POSTED, "")
    return visit.show(
        "employer.html", status, lines=lines, requests=desk.requests(), wrong=wrong, kept=kept, here="employer"
    )


@router.post("/employer")
def post_vacancy(visit: _Write) -> Response:
    """A new vacancy, read like a row of a file."""
    told = {name: visit.field(name, 4000) for name in POSTED if visit.field(name, 4000)}
    try:
        vacancy = _desk(visit).post(told)
    except InputError as error:
        return _show(visit, 400, str(error))
    return RedirectResponse(f"/employer/vacancies/{vacancy.id}", 303)


@router.get("/employer/vacancies/{vacancy_id}")
def read_candidates(vacancy_id: uuid.UUID, visit: _Own) -> Response:
    """One own vacancy and the people who may fit, without names."""
    return _show_vacancy(visit, vacancy_id)


def _show_vacancy(visit: Visit, vacancy_id: uuid.UUID, status: int = 200, wrong: str = "") -> Response:
    desk = _desk(visit)
    found = next((vacancy for vacancy in desk.vacancies() if vacancy.id == vacancy_id), None)
    if found is None:
        raise NotFound("There is no such vacancy among yours.")
    now_is = standing(found, visit.casework.now.date())
    candidates: list[PseudonymousCandidate] = []
    try:
        candidates = desk.candidates(vacancy_id, count=20) if now_is == "open" else []
    except Conflict as error:
        wrong = wrong or str(error)
    marks = marks_of(visit.pages.application, [vacancy_id]).get(vacancy_id, [])
    kept = {name: visit.field(name, 4000) for name in POSTED} if visit.form.get("title") else posted_cells(found)
    life = LifeDesk(visit.pages.application, visit.principal).life(found)
    return visit.show(
        "employer_vacancy.html", status, marks=marks, life=life, kept=kept, vacancy=found, standing=now_is,
        candidates=candidates, wrong=wrong,
        taxonomy=visit.pages.taxonomy, read=read_lines(found.read, visit.pages.taxonomy), here="employer",
    )  # fmt: skip


@router.post("/employer/vacancies/{vacancy_id}")
def post_change(vacancy_id: uuid.UUID, visit: _Write) -> Response:
    """Give an own vacancy that is held other words."""
    told = {name: visit.field(name, 4000) for name in POSTED}
    try:
        _desk(visit).change(vacancy_id, told)
    except InputError as error:
        return _show_vacancy(visit, vacancy_id, 400, str(error))
    except Conflict as error:
        return _show_vacancy(visit, vacancy_id, 409, str(error))
    return RedirectResponse(f"/employer/vacancies/{vacancy_id}", 303)


@router.post("/employer/vacancies/{vacancy_id}/status")
def post_status(vacancy_id: uuid.UUID, visit: _Write) -> Response:
    """Close a vacancy, as filled, closed or withdrawn."""
    try:
        _desk(visit).close(vacancy_id, visit.field("status", 20))
    except InputError as error:
        return _show_vacancy(visit, vacancy_id, 400, str(error))
    return RedirectResponse("/employer", 303)


@router.post("/employer/vacancies/{vacancy_id}/renew")
def post_renewal(vacancy_id: uuid.UUID, visit: _Write) -> Response:
    """Open an own vacancy again, or give it another last day."""
    try:
        _desk(visit).renew(vacancy_id, visit.field("closes_on", 40))
    except InputError as error:
        return _show_vacancy(visit, vacancy_id, 400, str(error))
    except Conflict as error:
        return _show_vacancy(visit, vacancy_id, 409, str(error))
    return RedirectResponse(f"/employer/vacancies/{vacancy_id}", 303)


@router.post("/employer/vacancies/{vacancy_id}/contact")
def post_contact(vacancy_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CONTACT_ASK))]) -> Response:
    """Ask to be put in touch; the person answers, and nobody has to."""
    try:
        candidate = uuid.UUID(visit.field("candidate", 40))
        _desk(visit).ask(vacancy_id, candidate)
    except ValueError:
        return _show_vacancy(visit, vacancy_id, 400, "Choose a candidate on the page.")
    except Conflict as error:
        return _show_vacancy(visit, vacancy_id, 409, str(error))
    return RedirectResponse("/employer", 303)


@router.get("/employer/requests/{request_id}")
def read_contact(request_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CONTACT_READ))]) -> Response:
    """What the person chose to disclose, as long as they agree."""
    return visit.show("contact.html", contact=_desk(visit).contact(request_id), here="employer")
