"""The pages as an application: who may ask, what headers each answer carries, what an error looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import wording
from api.application import Application
from api.routes import caseload, health, matches, passport, vacancies
from api.routes.page import Pages, pages_of
from profiling.errors import HunarError, InputError, NotFound, OperatorError

#: Hosts that mean this machine. Until accounts exist, nobody else is answered.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STATIC = Path(__file__).parent / "static"
_STATUS: dict[type[HunarError], int] = {NotFound: 404, InputError: 400, OperatorError: 503}


def make_app(application: Application) -> FastAPI:
    """The pages of one running Hunar."""
    # FastAPI's own documentation pages fetch scripts from elsewhere.
    app = FastAPI(title="Hunar", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.pages = Pages(application)
    for room in (caseload, passport, matches, vacancies, health):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(HunarError, _expected)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(LoopbackOnly)
    return app


class LoopbackOnly:
    """Refuses whoever is not on this machine, and puts the safety headers on every answer.

    The Host header is looked at too: a foreign web page can make a browser on this machine ask a name
    that resolves to the loopback address (DNS rebinding), but it cannot forge that header.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or pass on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(MutableHeaders(scope=message), scope["path"])
            await send(message)

        if is_local(scope):
            await self._app(scope, receive, send_with_headers)
        else:
            refusal = PlainTextResponse(". ".join(wording.ERRORS[403]), status_code=403)
            await refusal(scope, receive, send_with_headers)


def _protect(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    headers["Cache-Control"] = "no-cache" if path.startswith("/static/") else "no-store"


def is_local(scope: Scope) -> bool:
    """Whether both the asker and the host asked for are this machine."""
    client = scope.get("client")
    asked = Headers(scope=scope).getlist("host")
    return client is not None and client[0] in LOOPBACK and len(asked) == 1 and host_name(asked[0]) in LOOPBACK


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _expected(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
    return _error_page(request, status, str(error))


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
    _protect(response.headers, request.url.path)
    return response


def _error_page(request: Request, status: int, detail: str = "") -> Response:
    title, text = wording.ERRORS[status]
    return pages_of(request).error(status, title, text.format(detail=detail))
