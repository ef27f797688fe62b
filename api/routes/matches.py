"""Ranked jobs and courses for one person, with reasons."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from api import course_wording
from api.policy import Action
from api.review import marks_of, offered_ids
from api.routes.passport import last_answer
from api.routes.visit import Allows, Visit

router = APIRouter()
#: The jobs after these are shown with their weightiest reasons only, so that the page stays light.
IN_FULL = 10


@router.get("/returnees/{returnee_id}/matches")
def read_matches(
    returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CASE_MATCH))],
    jobs: Annotated[int, Query(ge=0, le=50)] = 10, courses: Annotated[int, Query(ge=0, le=20)] = 5,
) -> HTMLResponse:  # fmt: skip
    """Jobs and courses, what to ask next and what was left out; without consent, what to do."""
    answer = visit.casework.matches(returnee_id, jobs=jobs, courses=courses)
    if answer.found is None:
        return visit.show(
            "no_consent.html", answer=last_answer(answer.case), case=answer.case, taxonomy=visit.pages.taxonomy
        )
    return visit.show(
        "matches.html",
        marks=marks_of(visit.pages.application, offered_ids(answer.found)),
        found=answer.found,
        vacancies=answer.vacancies,
        courses=answer.courses,
        terms=course_wording,
        today=visit.casework.now.date(),
        in_full=IN_FULL,
        jobs=jobs,
        case=answer.case,
        taxonomy=visit.pages.taxonomy,
    )
