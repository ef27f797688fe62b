"""Every error as a problem document (RFC 9457). No sentence repeats a value that the caller sent."""

from __future__ import annotations

import logging
import uuid

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.v1.complaints import Complaint, complaints, named_fields, unsaid
from profiling.errors import (
    BadValue,
    Conflict,
    Forbidden,
    HunarError,
    InputError,
    NotFound,
    OperatorError,
    SignInNeeded,
    TooMany,
)

_LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
#: The name and title of each kind of problem, by status.
KINDS = {
    400: ("unreadable", "The request cannot be read"),
    401: ("not-recognised", "Nobody is recognised"),
    403: ("forbidden", "This is not allowed"),
    404: ("not-found", "There is no such thing"),
    405: ("wrong-method", "This method is not offered here"),
    409: ("conflict", "This does not fit what has happened"),
    413: ("too-large", "The body is too large"),
    415: ("wrong-media-type", "The body is not JSON"),
    422: ("does-not-fit", "A value does not fit"),
    429: ("too-many", "Too many requests"),
    500: ("failure", "Something went wrong here"),
    503: ("unavailable", "The service cannot answer now"),
}
STATUS: dict[type[HunarError], int] = {
    SignInNeeded: 401, Forbidden: 403, NotFound: 404, Conflict: 409, TooMany: 429, InputError: 422,
    OperatorError: 503,
}  # fmt: skip
_USUAL = {
    400: "The body is not JSON that can be read.",
    404: "There is no such thing, or it is not yours to see.",
    405: "This address does not take this method.",
    409: "This does not fit what has happened meanwhile. Look again.",
    422: "A value does not fit. See the list of errors or the documentation.",
    500: "The request failed. Tell whoever runs this service the number of the request.",
    503: "The service cannot answer now. Try again later.",
}

_UNFIT = "The value does not fit. See the documentation for its form."


class Misfit(BaseModel):
    """One part of a request that does not fit."""

    pointer: str = Field(
        description="JSON pointer that begins with the part of the request: body, query or header",
        examples=["/body/identity/phone"],
    )
    detail: str = Field(description="what is expected", examples=["Expected: at most 500 characters."])


class Problem(BaseModel):
    """An error as a document (RFC 9457)."""

    type: str = Field(description="the kind of problem; it does not change", examples=["/problems/not-found"])
    title: str = Field(description="the kind in words", examples=["There is no such thing"])
    status: int = Field(description="the status of the answer", examples=[404])
    detail: str = Field(
        description="one sentence that says what to do", examples=["There is no such person in your caseload."]
    )
    instance: str = Field(
        description="the number of this request", examples=["urn:uuid:0b6b6a52-43a8-4f0c-9a3a-1b3f5d1f2a11"]
    )
    errors: list[Misfit] = Field(
        default_factory=list, description="the parts of the request that do not fit", examples=[[]]
    )


def problem(
    status: int, detail: str = "", errors: tuple[Complaint, ...] = (), headers: dict[str, str] | None = None
) -> Response:
    """A problem document as an answer."""
    name, title = KINDS.get(status, KINDS[400])
    document = Problem(
        type=f"/problems/{name}", title=title, status=status, detail=detail or _USUAL.get(status, f"{title}."),
        instance=uuid.uuid4().urn, errors=[Misfit(pointer=each.pointer, detail=each.detail) for each in errors],
    )  # fmt: skip
    said = {"Cache-Control": "no-store", **(headers or {})}
    if status == 401:
        said["WWW-Authenticate"] = "Bearer"
    if status == 500:
        _LOG.error("request %s failed", document.instance)
    return Response(document.model_dump_json(), status, said, MEDIA_TYPE)


def answer_with_problems(app: FastAPI) -> None:
    """Let an application answer every error with a problem document."""
    app.add_exception_handler(HunarError, _expected)
    app.add_exception_handler(RequestValidationError, _misfit)
    app.add_exception_handler(HTTPException, _of_the_frame)
    app.add_exception_handler(Exception, _unexpected)


async def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, HunarError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    if status >= 500:
        # Such a sentence is for whoever runs the machine: it names files and settings.
        _LOG.error("the service cannot answer: %s", error)
        return problem(status)
    text = f"{error.field}: it is not {error.expected}." if isinstance(error, BadValue) else str(error)
    body = await request.body()
    said = unsaid(text, body, request.url)
    fields = named_fields(text, body) if status == 422 else []
    if fields:
        reasons = [said.partition(": ")[2] if said and len(fields) == 1 else _UNFIT for _ in fields]
        found = (Complaint(f"/body/{name}", _sentence(why)) for name, why in zip(fields, reasons, strict=True))
        return problem(status, _USUAL[422], tuple(found))
    return problem(status, _sentence(said or _USUAL.get(status, "")), headers=headers)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


async def _misfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(each["loc"][0] == "path" for each in found):
        # An id that is no id is an id of nobody.
        return problem(404)
    if any(each["type"] == "json_invalid" for each in found):
        return problem(400)
    return problem(422, _USUAL[422], complaints(found))


async def _of_the_frame(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return problem(405, headers={"Allow": ", ".join(_methods(request))})
    return problem(error.status_code if error.status_code in KINDS else 400)


def _methods(request: Request) -> list[str]:
    """Every method that the address takes; the frame's own answer names those of one route."""
    offered: set[str] = set()
    for route in request.app.router.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            offered |= set(getattr(route, "methods", None) or ())
    return sorted(offered)


async def _unexpected(request: Request, error: Exception) -> Response:
    return problem(500)
