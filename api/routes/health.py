"""Whether Hunar answers, for whoever watches the machine."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.limits import STRANGER
from api.routes.page import Shown
from api.routes.visit import address

router = APIRouter()


@router.get("/health")
def read_health(request: Request, pages: Shown) -> dict[str, str]:
    """``ok`` once the database has answered a query."""
    pages.limits.take(STRANGER, address(request))
    pages.application.ping()
    return {"status": "ok"}


@router.get("/favicon.ico")
def read_icon() -> Response:
    """No icon; browsers ask for one."""
    return Response(status_code=204)
