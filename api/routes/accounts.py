"""The administrator's pages, and the head's notices of broken glass."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import select

from api.accounts import NewAccount
from api.policy import Action
from api.routes.visit import Allows, Visit
from jobs_ingest.models import Employer
from profiling.access import Role
from profiling.errors import Conflict, InputError, NotFound

router = APIRouter()
ROLES = (Role.COUNSELLOR, Role.HEAD, Role.ASSESSOR, Role.EMPLOYER, Role.ADMINISTRATOR)
_Write = Annotated[Visit, Depends(Allows(Action.ACCOUNT_WRITE))]


@router.get("/accounts")
def read_accounts(visit: Annotated[Visit, Depends(Allows(Action.ACCOUNT_READ))]) -> Response:
    """Every account but those of returnees."""
    return _show(visit)


def _show(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    with visit.pages.application.reading() as session:
        employers = [employer.name for employer in session.exec(select(Employer).order_by(Employer.name))]
    return visit.show(
        "accounts.html", status, accounts=visit.administration.accounts(), roles=ROLES, employers=employers,
        centres=[centre.name for centre in visit.pages.application.centres()], wrong=wrong, here="accounts",
    )  # fmt: skip


@router.post("/accounts")
def post_account(visit: _Write) -> Response:
    """A new account; the answer is the sheet to print."""
    try:
        role = Role(visit.field("role"))
        belongs = visit.field("belongs") or None
        issued = visit.administration.make(
            NewAccount(role, visit.field("login"), visit.field("name"), centre=belongs, employer=belongs)
        )
    except ValueError:
        return _show(visit, 400, "Choose a role.")
    except (InputError, Conflict) as error:
        return _show(visit, 400, str(error))
    return visit.show("issued.html", issued=issued, here="accounts", back="/accounts")


@router.post("/accounts/{account_id}/code")
def post_code(account_id: uuid.UUID, visit: _Write) -> Response:
    """A new code for somebody who lost password or telephone."""
    try:
        issued = visit.administration.code(account_id)
    except Conflict as error:
        return _show(visit, 409, str(error))
    return visit.show("issued.html", issued=issued, here="accounts", back="/accounts")


@router.post("/accounts/{account_id}/close")
def post_close(account_id: uuid.UUID, visit: _Write) -> Response:
    """Close an account at once, with its sessions and tokens."""
    try:
        visit.administration.close(account_id)
    except Conflict as error:
        return _show(visit, 409, str(error))
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}/open")
def post_open(account_id: uuid.UUID, visit: _Write) -> Response:
    """Open a closed account again."""
    visit.administration.open(account_id)
    return RedirectResponse("/accounts", 303)


@router.get("/glass")
def read_glass(visit: Annotated[Visit, Depends(Allows(Action.GLASS_READ))]) -> Response:
    """Broken glasses, with their reasons."""
    return _show_glass(visit)


def _show_glass(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    found = visit.administration.glasses()
    now = visit.pages.application.now()
    return visit.show("glass.html", status, glasses=found, wrong=wrong, here="glass", now=now)


@router.post("/glass")
def post_glass(visit: Annotated[Visit, Depends(Allows(Action.GLASS_BREAK))]) -> Response:
    """Open one record for three hours, with a reason that the centre's head will read."""
    try:
        glass = visit.administration.break_glass(visit.field("returnee"), visit.field("reason", 1000))
    except (InputError, NotFound) as error:
        return _show_glass(visit, 404 if isinstance(error, NotFound) else 400, str(error))
    return RedirectResponse(f"/returnees/{glass.returnee_id}", 303)


@router.post("/glass/{glass_id}/seen")
def post_seen(glass_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.GLASS_ACKNOWLEDGE))]) -> Response:
    """The head has read a notice."""
    visit.administration.acknowledge(glass_id)
    return RedirectResponse("/glass", 303)
