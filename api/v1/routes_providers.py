"""The directory of providers, and each one's courses with their terms."""

from __future__ import annotations

import uuid
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.directory import Asked, Directory
from api.policy import Action
from api.v1.cursors import Listed, Paged, cursor_at, place_after
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.schemas_providers import ProviderFileOut, ProviderOut

router = APIRouter(route_class=GuardedRoute)
_PROVIDERS: list[str | Enum] = ["providers"]
_Read = Annotated[Caller, Depends(Allows(Action.PROVIDER_READ))]
_Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/providers", tags=_PROVIDERS)
def list_providers(
    caller: _Read, page: Paged, q: _Words = "", trade: _Words = "", district: _Words = "", serves: _Words = ""
) -> Listed[ProviderOut]:
    """Providers by name: those that teach a trade, in a district, or serve a group. No reading is recorded."""
    place = place_after(caller, page)
    after = None if place is None else (str(place[0]), uuid.UUID(str(place[1])))
    found = caller.desk(Directory).after(Asked(q, trade, district, serves), after, page.limit + 1)
    shown = found[: page.limit]
    more = len(found) > page.limit
    last = (shown[-1].provider.name_key, str(shown[-1].provider.id)) if shown else ("", "")
    return Listed[ProviderOut](
        items=[ProviderOut.of(line) for line in shown], next_cursor=cursor_at(caller, page, last) if more else None
    )


@router.get("/providers/{provider_id}", tags=_PROVIDERS)
def read_provider(provider_id: uuid.UUID, caller: _Read) -> ProviderFileOut:
    """A provider with its contact, whom it serves, and its courses with their terms."""
    desk = caller.desk(Directory)
    return ProviderFileOut.from_parts(desk.read(provider_id), desk.now.date())
