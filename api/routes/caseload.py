"""The caseload: whom the centre looks after."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.routes.page import Pages, Shown
from profiling.errors import InputError

router = APIRouter()
_LONGEST_FORM = 4096


@router.get("/")
def read_caseload(pages: Shown, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> HTMLResponse:
    """The whole caseload, page by page."""
    return _show(pages, "", page)


async def posted(request: Request) -> dict[str, str]:
    """The fields of a short posted form."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LONGEST_FORM:
            raise InputError("The search is too long. Search for one number, name, trade or district.")
    fields = parse_qs(content.decode("utf-8", errors="replace"))
    return {name: values[0] for name, values in fields.items()}


# Counsellors search for people by name. A form that is sent by GET would write the name into the address,
# and so into the browser's history and any log on the way; a POST keeps it out of both. The price is that
# the browser's "back" asks whether to send the form again, so each page links back to the caseload.
@router.post("/")
def search_caseload(pages: Shown, form: Annotated[dict[str, str], Depends(posted)]) -> HTMLResponse:
    """Those whose number, name, home, job or trade contain the words."""
    number = form.get("page", "1")
    return _show(pages, form.get("q", "").strip()[:200], int(number) if number.isdecimal() else 1)


def _show(pages: Pages, words: str, number: int) -> HTMLResponse:
    found = pages.application.caseload(words, max(1, number))
    return pages.show("caseload.html", page=found, words=words, taxonomy=pages.taxonomy)
