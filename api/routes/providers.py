"""The directory of providers for counsellors and returnees: who teaches what, where, and for whom."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from api import course_wording
from api.directory import Asked, Directory, served_groups
from api.policy import Action
from api.routes.visit import Allows, Visit

router = APIRouter()
_Read = Annotated[Visit, Depends(Allows(Action.PROVIDER_READ))]
_Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/providers")
def list_providers(
    visit: _Read, q: _Words = "", trade: _Words = "", district: _Words = "", serves: _Words = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:  # fmt: skip
    """Providers by name; the search names no person, so it may stand in the address."""
    asked = Asked(q, trade, district, serves)
    found = Directory(visit.pages.application, visit.principal).search(asked, page)
    return visit.show(
        "providers.html", page=found, asked=asked, groups=served_groups(), terms=course_wording,
        taxonomy=visit.pages.taxonomy,
    )  # fmt: skip


@router.get("/providers/{provider_id}")
def read_provider(provider_id: uuid.UUID, visit: _Read) -> HTMLResponse:
    """One provider with its contact and its courses with all their terms."""
    desk = Directory(visit.pages.application, visit.principal)
    return visit.show(
        "provider.html", found=desk.read(provider_id), terms=course_wording, today=desk.now.date(),
        taxonomy=visit.pages.taxonomy,
    )  # fmt: skip
