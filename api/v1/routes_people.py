"""Records: the caseload, one case, corrections, matches, everything held, and its end."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.casework import Casework, case_key
from api.desk import note_refusal
from api.policy import Action
from api.review import marks_of, offered_ids
from api.rights import Rights
from api.schemas import MatchOut
from api.v1.cursors import Listed, Paged, Paging, cursor_at, place_after
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.schemas_marks import MarkOut
from api.v1.schemas_people import CaseLine, CaseOut, Correction, MatchesOut, SearchIn
from profiling.errors import Forbidden

router = APIRouter(route_class=GuardedRoute, tags=["returnees"])
_List = Annotated[Caller, Depends(Allows(Action.CASE_LIST))]


@router.get("/returnees")
def list_returnees(caller: _List, page: Paged) -> Listed[CaseLine]:
    """The caseload, by reference number."""
    return _cases(caller, page, "")


@router.post("/returnees/search")
def search_returnees(caller: _List, sent: SearchIn) -> Listed[CaseLine]:
    """Those of the caseload whose number, name, home, job or trade contain the words."""
    return _cases(caller, Paging("/returnees/search", sent.limit, sent.cursor), sent.words)


def _cases(caller: Caller, page: Paging, words: str) -> Listed[CaseLine]:
    place = place_after(caller, page)
    found, more = caller.desk(Casework).cases_after(words, str(place[0]) if place else None, page.limit)
    return Listed[CaseLine](
        items=[CaseLine.of(case) for case in found],
        next_cursor=cursor_at(caller, page, (case_key(found[-1]),)) if more else None,
    )


@router.get("/returnees/{returnee_id}")
def read_returnee(returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.CASE_READ))]) -> CaseOut:
    """What the caller may read of one person; what they may not is null and named in `hidden`."""
    desk = caller.desk(Casework)
    return CaseOut.of(desk.case(returnee_id), desk.shown())


@router.patch("/returnees/{returnee_id}")
def correct_returnee(
    returnee_id: uuid.UUID, sent: Correction,
    caller: Annotated[Caller, Depends(Allows(Action.CASE_WRITE, Action.CASE_READ))],
) -> CaseOut:  # fmt: skip
    """Change fields of identity and passport and trades of jobs; none when one is not the caller's to write."""
    desk = caller.desk(Casework)
    identity = sent.identity.model_dump(exclude_unset=True)
    passport = sent.passport.model_dump(exclude_unset=True)
    trades = {change.position: change.occupation for change in sent.trades}
    try:
        return CaseOut.of(desk.correct(returnee_id, identity, passport, trades), desk.shown())
    except Forbidden:
        note_refusal(caller.application, caller.principal.actor, Action.CASE_WRITE, returnee_id)
        raise


@router.get("/returnees/{returnee_id}/matches")
def match_returnee(
    returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.CASE_MATCH))],
    jobs: Annotated[int, Query(ge=0, le=50)] = 10, courses: Annotated[int, Query(ge=0, le=50)] = 5,
) -> MatchesOut:  # fmt: skip
    """Ranked jobs and courses with their reasons; none while the person does not agree to matching."""
    answer = caller.desk(Casework).matches(returnee_id, jobs=jobs, courses=courses)
    return MatchesOut(
        matching_allowed=answer.case.matching_allowed,
        found=MatchOut.of(answer.found) if answer.found is not None else None,
        marks=MarkOut.all_of(marks_of(caller.application, offered_ids(answer.found))),
    )


@router.get(
    "/returnees/{returnee_id}/export", response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object", "title": "Export"}}}}},
)  # fmt: skip
def export_returnee(
    returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.CASE_EXPORT))]
) -> Response:
    """Everything held about the person, as one JSON document for them to take away."""
    return Response(caller.desk(Rights).export(returnee_id), media_type="application/json")


@router.delete("/returnees/{returnee_id}", status_code=204)
def erase_returnee(returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.CASE_ERASE))]) -> None:
    """Erase the person's record, their account and all that hangs on it. It does not come back."""
    caller.desk(Rights).erase(returnee_id)
