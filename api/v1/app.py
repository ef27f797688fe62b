"""The API as an application of its own, to be mounted at ``/api/v1`` of the pages' application."""

from __future__ import annotations

from importlib.metadata import version

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.application import Application
from api.limits import STRANGER, Limits
from api.v1 import (
    routes_accounts,
    routes_duplicates,
    routes_market,
    routes_people,
    routes_providers,
    routes_review,
    routes_rights,
)
from api.v1.bodies import JsonBodies
from api.v1.description import describe
from api.v1.guard import Service, service_of
from api.v1.problems import answer_with_problems, problem
from profiling.errors import OperatorError

PREFIX = "/api/v1"
ROOMS = (
    routes_people,
    routes_rights,
    routes_market,
    routes_providers,
    routes_review,
    routes_duplicates,
    routes_accounts,
)
public = APIRouter(tags=["service"])


class Health(BaseModel):
    """That the service and its database answer."""

    status: str = "ok"


@public.get("/health")
def read_health(request: Request) -> Health:
    """Whether the service and its database answer."""
    service = service_of(request)
    service.limits.take(STRANGER, request.client.host if request.client else "unknown")
    try:
        service.application.ping()
    except sa.exc.SQLAlchemyError as error:
        raise OperatorError("The database does not answer.") from error
    return Health()


def make_api(application: Application, *, limits: Limits | None = None) -> FastAPI:
    """The API of one running Hunar. ``limits`` may be shared with the pages, or not enforced in tests."""
    app = FastAPI(
        title="Hunar", version=version("hunar"), docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        servers=[{"url": PREFIX}], root_path_in_servers=False, redirect_slashes=False,
    )  # fmt: skip
    app.state.service = Service(application, limits or Limits())
    for router in (*(room.router for room in ROOMS), public):
        app.router.routes.extend(router.routes)
    answer_with_problems(app)
    describe(app)
    app.add_middleware(JsonBodies, refuse=problem)
    app.add_middleware(NotStored)
    return app


class NotStored:
    """Keeps every answer out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"], headers["X-Content-Type-Options"] = "no-store", "nosniff"
            await send(message)

        await self._app(scope, receive, with_headers)
