"""Where vacancies and courses come from, for counsellors and heads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from api.policy import Action
from api.routes.visit import Allows, Visit
from api.sources import SourceDesk
from jobs_ingest.sources.config import ConfigProblem

router = APIRouter()


@router.get("/sources")
def list_sources(visit: Annotated[Visit, Depends(Allows(Action.SOURCE_READ))]) -> HTMLResponse:
    """Each source with its licence, last run and counts, when the next run is due, and what hindered it."""
    wrong, rows = "", []
    try:
        rows = SourceDesk(visit.pages.application, visit.principal).standings()
    except ConfigProblem as error:
        wrong = str(error)
    return visit.show("sources.html", rows=rows, wrong=wrong, here="sources")
