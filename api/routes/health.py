"""Whether Hunar answers, for whoever watches the machine."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.routes.page import Shown

router = APIRouter()


@router.get("/health")
def read_health(pages: Shown) -> dict[str, str]:
    """``ok`` once the database has answered a query."""
    pages.application.ping()
    return {"status": "ok"}


@router.get("/favicon.ico")
def read_icon() -> Response:
    """No icon; browsers ask for one."""
    return Response(status_code=204)
