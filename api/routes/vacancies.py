"""The market: vacancies as published, what was understood of them, and whom they may suit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import duplicate_wording
from api.answers import standing
from api.duplicates import Duplicates
from api.life import LifeDesk
from api.policy import Action
from api.reading_wording import read_shown
from api.review import Review, marks_of
from api.review_wording import marked_texts
from api.routes.visit import Allows, Visit
from profiling.errors import Conflict, InputError

router = APIRouter()
_Read = Annotated[Visit, Depends(Allows(Action.VACANCY_READ))]


_Review = Annotated[Visit, Depends(Allows(Action.VACANCY_REVIEW))]


def _desk(visit: Visit) -> Review:
    return Review(visit.pages.application, visit.principal)


def _duplicates(visit: Visit) -> Duplicates:
    return Duplicates(visit.pages.application, visit.principal)


def _life(visit: Visit) -> LifeDesk:
    return LifeDesk(visit.pages.application, visit.principal)


@router.get("/vacancies")
def list_vacancies(
    visit: _Read, q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1, show: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:  # fmt: skip
    """Vacancies of whatever status, newest first. The search names no person, so it may stand in the address.

    ``show`` narrows them for reviewers to those that are held or marked; for everybody else it says nothing.
    """
    review = _desk(visit)
    reviewing = review.may(Action.VACANCY_REVIEW)
    show = show if reviewing else ""
    found = review.listed(show, q, page) if show else visit.casework.vacancies(q, page)
    today = visit.casework.now.date()
    lines = [(vacancy, standing(vacancy, today)) for vacancy in found.lines]
    return visit.show(
        "vacancies.html", page=found, lines=lines, words=q.strip(), taxonomy=visit.pages.taxonomy, only=show,
        marks=marks_of(visit.pages.application, [vacancy.id for vacancy, _ in lines]),
        waiting_for={**review.counts(), "pairs": _duplicates(visit).waiting()} if reviewing else {},
    )  # fmt: skip


@router.get("/vacancies/{vacancy_id}")
def read_vacancy(vacancy_id: uuid.UUID, visit: _Read) -> HTMLResponse:
    """One vacancy and, while it is open, its candidates."""
    return _show_vacancy(visit, vacancy_id)


#: Fields of the forms of the page, kept when one of them was refused.
_FORMS = ("reason", "closes_on", "field", "value")


def _done(visit: Visit, vacancy_id: uuid.UUID, act: Callable[[], object], part: str, form: str = "") -> Response:
    """Do what a form asks and show that part of the page, or the page with why it could not be done."""
    try:
        act()
    except InputError as error:
        return _show_vacancy(visit, vacancy_id, 400, str(error), form)
    except Conflict as error:
        return _show_vacancy(visit, vacancy_id, 409, str(error), form)
    return RedirectResponse(f"/vacancies/{vacancy_id}#{part}", 303)


def _show_vacancy(
    visit: Visit, vacancy_id: uuid.UUID, status: int = 200, wrong: str = "", form: str = ""
) -> HTMLResponse:
    found = visit.casework.vacancy(vacancy_id)
    review, vacancy, taxonomy = _desk(visit), found.vacancy, visit.pages.taxonomy
    living = _life(visit)
    reviewing = review.may(Action.VACANCY_REVIEW)
    if reviewing:
        marks = review.all_marks(vacancy.id)
    else:
        marks = marks_of(visit.pages.application, [vacancy.id]).get(vacancy.id, [])
    texts = marked_texts(vacancy, [(mark.field, mark.start, mark.end) for mark in marks if mark.stands])
    return visit.show(
        "vacancy.html", status, found=found, vacancy=vacancy, read=read_shown(vacancy.read, taxonomy),
        taxonomy=taxonomy, marks=marks, texts=texts, reviewing=reviewing, wrong=wrong,
        part_of=_duplicates(visit).part_of(vacancy.id), dup=duplicate_wording,
        offered=_duplicates(visit).offers(vacancy.id) if reviewing else None,
        life=living.life(vacancy), correctable=living.correctable(vacancy),
        kept={"form": form, **{name: visit.field(name, 500) if form else "" for name in _FORMS}},
    )  # fmt: skip


@router.post("/vacancies/{vacancy_id}/marks/{flag_id}")
def post_decision(vacancy_id: uuid.UUID, flag_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer's decision about a mark; deciding again undoes it."""
    told = visit.field("answer", 20), visit.field("note", 1000)
    return _done(visit, vacancy_id, lambda: _desk(visit).decide(vacancy_id, flag_id, *told), "marks")


@router.post("/vacancies/{vacancy_id}/status")
def post_status(vacancy_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer ends a vacancy, opens it again or gives it another last day."""
    told = [visit.field(name, 1000) for name in ("status", "closes_on", "reason")]
    return _done(visit, vacancy_id, lambda: _life(visit).set_status(vacancy_id, *told), "life", "status")


@router.post("/vacancies/{vacancy_id}/readings")
def post_reading(vacancy_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer sets right a value that was misread."""
    told = [visit.field(name, 1000) for name in ("field", "value", "reason")]
    return _done(visit, vacancy_id, lambda: _life(visit).correct(vacancy_id, *told), "published", "reading")
