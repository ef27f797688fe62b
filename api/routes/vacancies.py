"""The market: vacancies as published, what was understood of them, and whom they may suit."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.answers import standing
from api.routes.page import Shown

router = APIRouter()


@router.get("/vacancies")
def list_vacancies(
    pages: Shown, q: Annotated[str, Query(max_length=200)] = "", page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> HTMLResponse:
    """Vacancies of whatever status, newest first. The search names no person, so it may stand in the address."""
    found = pages.application.vacancies(q, page)
    today = pages.application.now().date()
    lines = [(vacancy, standing(vacancy, today)) for vacancy in found.lines]
    return pages.show("vacancies.html", page=found, lines=lines, words=q.strip(), taxonomy=pages.taxonomy)


@router.get("/vacancies/{vacancy_id}")
def read_vacancy(vacancy_id: uuid.UUID, pages: Shown) -> HTMLResponse:
    """One vacancy and, while it is open, its candidates."""
    found = pages.application.vacancy(vacancy_id)
    return pages.show("vacancy.html", found=found, vacancy=found.vacancy, taxonomy=pages.taxonomy)
