"""The market: vacancies as published, what was understood of them, and whom they may suit."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from api.answers import standing
from api.policy import Action
from api.reading_wording import read_shown
from api.routes.visit import Allows, Visit

router = APIRouter()
_Read = Annotated[Visit, Depends(Allows(Action.VACANCY_READ))]


@router.get("/vacancies")
def list_vacancies(
    visit: _Read, q: Annotated[str, Query(max_length=200)] = "", page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> HTMLResponse:
    """Vacancies of whatever status, newest first. The search names no person, so it may stand in the address."""
    found = visit.casework.vacancies(q, page)
    today = visit.casework.now.date()
    lines = [(vacancy, standing(vacancy, today)) for vacancy in found.lines]
    return visit.show("vacancies.html", page=found, lines=lines, words=q.strip(), taxonomy=visit.pages.taxonomy)


@router.get("/vacancies/{vacancy_id}")
def read_vacancy(vacancy_id: uuid.UUID, visit: _Read) -> HTMLResponse:
    """One vacancy and, while it is open, its candidates."""
    found = visit.casework.vacancy(vacancy_id)
    taxonomy = visit.pages.taxonomy
    read = read_shown(found.vacancy.read, taxonomy)
    return visit.show("vacancy.html", found=found, vacancy=found.vacancy, read=read, taxonomy=taxonomy)
