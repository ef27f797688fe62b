"""The caseload: whom the centre looks after; and the first page of everybody else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import RedirectResponse, Response

from api.policy import Action
from api.routes.visit import Allows, Visit
from profiling.access import Role

router = APIRouter()
_FIRST_PAGE = {Role.EMPLOYER: "/employer", Role.ADMINISTRATOR: "/accounts"}


@router.get("/")
def read_caseload(
    visit: Annotated[Visit, Depends(Allows(Action.SELF_READ))],
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """The whole caseload, page by page; who has none goes to the page that is theirs."""
    if visit.casework.may(Action.CASE_LIST):
        return _show(visit, "", page)
    own = next(iter(visit.principal.people), None)
    return RedirectResponse(_FIRST_PAGE.get(visit.principal.role) or f"/returnees/{own}", 303)


# Counsellors search for people by name. A form that is sent by GET would write the name into the address,
# and so into the browser's history and any log on the way; a POST keeps it out of both. The price is that
# the browser's "back" asks whether to send the form again, so each page links back to the caseload.
@router.post("/")
def search_caseload(visit: Annotated[Visit, Depends(Allows(Action.CASE_LIST))]) -> Response:
    """Those whose number, name, home, job or trade contain the words."""
    number = visit.field("page", 7) or "1"
    return _show(visit, visit.field("q"), int(number) if number.isdecimal() else 1)


def _show(visit: Visit, words: str, number: int) -> Response:
    found = visit.casework.caseload(words, max(1, number))
    return visit.show("caseload.html", page=found, words=words, taxonomy=visit.pages.taxonomy)
