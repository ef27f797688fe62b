"""The skills passport of one person."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.policy import Action
from api.printing import case_skills
from api.routes.visit import Allows, Visit
from profiling.errors import InputError
from profiling.models import ConsentEvent, Evidence, Purpose
from profiling.passport import HeldSkill
from profiling.repository import CaseFile
from profiling.taxonomy import Taxonomy

router = APIRouter()


@router.get("/returnees/{returnee_id}")
def read_passport(
    returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CASE_READ))]
) -> HTMLResponse:
    """What the visitor may read of one person, and what is worth asking."""
    return _show(visit, returnee_id)


@router.post("/returnees/{returnee_id}/occupation")
def post_occupation(
    returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CASE_WRITE))]
) -> Response:
    """Set the trade of a job by hand. A job without a known trade is told by an empty field."""
    job = visit.field("job", 3)
    try:
        if not job.isdecimal():
            raise InputError("Choose the job whose trade you set.")
        visit.casework.correct(returnee_id, {}, {}, {int(job): visit.field("occupation")})
    except InputError as error:
        return _show(visit, returnee_id, 400, str(error))
    return RedirectResponse(f"/returnees/{returnee_id}", 303)


def _show(visit: Visit, returnee_id: uuid.UUID, status: int = 200, wrong: str = "") -> HTMLResponse:
    case, taxonomy = visit.casework.case(returnee_id), visit.pages.taxonomy
    return visit.show(
        "passport.html",
        status,
        wrong=wrong,
        case=case,
        may_correct=visit.casework.may(Action.CASE_WRITE, "passport"),
        suggested=visit.casework.suggested(case),
        taxonomy=taxonomy,
        skills=skills_by_evidence(case, taxonomy),
        worth_asking=worth_asking(case, taxonomy),
        answer=last_answer(case),
    )


def skills_by_evidence(case: CaseFile, taxonomy: Taxonomy) -> dict[Evidence, list[HeldSkill]]:
    """The strongest claim to each skill, best proven first."""
    found: dict[Evidence, list[HeldSkill]] = {}
    for skill in case_skills(case, taxonomy):
        found.setdefault(skill.evidence, []).append(skill)
    return found


def worth_asking(case: CaseFile, taxonomy: Taxonomy) -> dict[str, list[str]]:
    """For each trade worked or certified in, the usual skills that nobody has told of; each skill once."""
    known = {claim.skill for claim in case.claims}
    found: dict[str, list[str]] = {}
    trades = [job.occupation for job in case.experiences] + [held.occupation for held in case.credentials]
    for trade in trades:
        unsaid = [skill for skill in taxonomy.usual_skills(trade) if skill not in known]
        known.update(unsaid)
        if trade and unsaid:
            found[trade] = unsaid
    return found


def last_answer(case: CaseFile) -> ConsentEvent | None:
    """The last word about matching; None when nobody has asked."""
    return next((event for event in reversed(case.consents) if event.purpose == Purpose.MATCHING), None)
