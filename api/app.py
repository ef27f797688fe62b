"""The pages as an application: which name it answers to, what headers each answer carries, how errors look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import wording
from api.application import Application
from api.limits import Limits
from api.routes import (
    accounts,
    caseload,
    duplicates,
    employer,
    health,
    matches,
    own_account,
    passport,
    providers,
    rights,
    signing,
    sources,
    vacancies,
)
from api.routes.page import Pages, pages_of
from api.v1.app import PREFIX, make_api
from profiling.errors import (
    Conflict,
    Forbidden,
    HunarError,
    InputError,
    NotFound,
    OperatorError,
    SignInNeeded,
    TooMany,
)

#: Names of this machine on itself.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ROOMS = (
    signing,
    caseload,
    passport,
    matches,
    rights,
    duplicates,
    vacancies,
    providers,
    sources,
    employer,
    own_account,
    accounts,
    health,
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then hide from us, too, that a form is our own (Origin: null).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
#: Only told over HTTPS; browsers pass it over elsewhere, and on a local network there is no HTTPS.
_HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
_STATIC = Path(__file__).parent / "static"
_STATUS: dict[type[HunarError], int] = {
    SignInNeeded: 401, Forbidden: 403, NotFound: 404, Conflict: 409, TooMany: 429, InputError: 400,
    OperatorError: 503,
}  # fmt: skip


def make_app(application: Application, *, limits: Limits | None = None) -> FastAPI:
    """The pages of one running Hunar."""
    # FastAPI's own documentation pages fetch scripts from elsewhere.
    app = FastAPI(title="Hunar", docs_url=None, redoc_url=None, openapi_url=None)
    limits = limits or Limits()
    app.state.pages = Pages(application, limits)
    app.mount(PREFIX, make_api(application, limits=limits))
    for room in ROOMS:
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(HunarError, _expected)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _unexpected)
    names = (application.settings.host, *(application.settings.names or "").split(","))
    app.add_middleware(OwnNamesOnly, names=LOOPBACK | {name.strip().lower() for name in names if name.strip()})
    return app


class OwnNamesOnly:
    """Answers only under the names that this machine was given, and puts the safety headers on every answer.

    A foreign web page can make a browser ask a name that resolves to an address in this network (DNS
    rebinding), but it cannot forge the Host header.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 421 or pass on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(MutableHeaders(scope=message), scope["path"], scope["scheme"])
            await send(message)

        asked = Headers(scope=scope).getlist("host")
        if len(asked) == 1 and host_name(asked[0]) in self._names:
            await self._app(scope, receive, send_with_headers)
        else:
            refusal = PlainTextResponse(". ".join(wording.ERRORS[421]), status_code=421)
            await refusal(scope, receive, send_with_headers)


def _protect(headers: MutableHeaders, path: str, scheme: str) -> None:
    for name, value in (HEADERS | (_HTTPS_HEADERS if scheme == "https" else {})).items():
        headers[name] = value
    headers["Cache-Control"] = "no-cache" if path.startswith("/static/") else "no-store"


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _expected(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
    if isinstance(error, SignInNeeded) and request.method in ("GET", "HEAD"):
        return RedirectResponse("/sign-in", 303)
    answer = _error_page(request, status, str(error))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _unreadable(request: Request, error: Exception) -> Response:
    problems: list[dict[str, Any]] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    # An id that is no id is an id of nobody.
    if any(problem["loc"][0] == "path" for problem in problems):
        return _error_page(request, 404)
    said = "; ".join(f"{problem['loc'][-1]}: {problem['msg'].lower()}" for problem in problems)
    return _error_page(request, 400, f"The address asks for something that is not possible ({said}).")


def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _error_page(request, status if status in wording.ERRORS else 400, "The request could not be read.")


def _unexpected(request: Request, error: Exception) -> Response:
    # Starlette makes this answer outside of the middleware, so it is given its headers here.
    response = _error_page(request, 500)
    _protect(response.headers, request.url.path, request.url.scheme)
    return response


def _error_page(request: Request, status: int, detail: str = "") -> Response:
    title, text = wording.ERRORS[status]
    return pages_of(request).error(status, title, text.format(detail=detail))
