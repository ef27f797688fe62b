"""Who calls, and whether they may: each route names its action, and the guard stands before its body is read.

A caller is known by ``Authorization: Bearer hunar_...`` alone, never by a cookie; so no other site can make a
browser call the API.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from limits import RateLimitItemPerMinute
from sqlmodel import Session, col
from starlette.concurrency import run_in_threadpool

from api.application import Application
from api.desk import Desk, note_refusal
from api.limits import STRANGER, Limits
from api.models import ApiToken
from api.policy import Action, can
from api.sessions import TOKEN_PREFIX, Visitor, recognise_token
from profiling.access import Principal
from profiling.errors import Forbidden, SignInNeeded

#: Requests of one account through all its tokens.
API_ACCOUNT = RateLimitItemPerMinute(120)
#: Operations that anybody may call.
PUBLIC = frozenset({("GET", "/openapi.json"), ("GET", "/health")})
UNKNOWN = "Send a token that holds: it is missing, unknown, revoked or expired, or its account is closed."
_USED_STEP = timedelta(minutes=1)
_Desk = TypeVar("_Desk", bound=Desk)


@dataclass(frozen=True)
class Service:
    """What every request to the API shares."""

    application: Application
    limits: Limits


@dataclass(frozen=True)
class Caller:
    """Somebody who was let in to one route, and the actions that this route declares."""

    application: Application
    visitor: Visitor
    actions: frozenset[Action]

    @property
    def whole(self) -> Principal:
        """The principal with everything that the token may do."""
        return self.visitor.principal

    @property
    def principal(self) -> Principal:
        """The principal narrowed to what the route declares, so that nothing else can be done in passing."""
        return replace(self.whole, actions=self.actions & (self.whole.actions or frozenset()))

    @property
    def account_id(self) -> uuid.UUID:
        """The account of the token."""
        return self.visitor.account.id

    @property
    def token_id(self) -> uuid.UUID | None:
        """Which token was used."""
        return self.visitor.token.id if self.visitor.token else None

    def desk(self, kind: type[_Desk]) -> _Desk:
        """A desk for the caller, at which the route's own actions are possible."""
        return kind(self.application, self.principal)

    def note(self, session: Session, what: str) -> None:
        """Write into the audit trail what the caller did with their own account."""
        self.application.record(session, self.principal.actor, what, "account", [self.account_id], "")


class Allows:
    """The dependency by which a route names its action. ``also``: what its answer needs besides."""

    def __init__(self, action: Action, *also: Action) -> None:
        self.action = action
        self.also = also

    def __call__(self, request: Request) -> Caller:
        """The caller whom the guard has let in."""
        caller = request.state.caller
        assert isinstance(caller, Caller)
        return caller

    def admit(self, request: Request) -> Caller:
        """Let in whoever may do this. Raises SignInNeeded, Forbidden, TooMany; what was aimed at is recorded."""
        service = service_of(request)
        application, now = service.application, service.application.now()
        with application.reading() as session:
            visitor = recognise_token(session, token, now) if (token := bearer(request)) else None
        if visitor is None:
            service.limits.take(STRANGER, request.client.host if request.client else "unknown")
            self._refused(request, application, "nobody")
            raise SignInNeeded(UNKNOWN)
        service.limits.take(API_ACCOUNT, str(visitor.account.id))
        for action in (self.action, *self.also):
            if not can(visitor.principal, action, now=now):
                self._refused(request, application, visitor.principal.actor)
                raise Forbidden(f"Your account or token may not do this; it needs {action}.")
        _was_used(application, visitor)
        return Caller(application, visitor, frozenset({self.action, *self.also}))

    def _refused(self, request: Request, application: Application, actor: str) -> None:
        with suppress(ValueError):
            aimed = uuid.UUID(str(request.path_params.get("returnee_id")))
            note_refusal(application, actor, self.action, aimed)


class GuardedRoute(APIRoute):
    """A route that lets nobody send it a body, nor learn what it expects, before they are let in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind its guard. Raises TypeError for a route that names no action."""
        handle = super().get_route_handler()
        guard = guard_of(self)
        if guard is None:
            raise TypeError(f"{self.path} names no action")

        async def guarded(request: Request) -> Response:
            request.state.caller = await run_in_threadpool(guard.admit, request)
            return await handle(request)

        return guarded


def guard_of(route: APIRoute) -> Allows | None:
    """The guard of a route; None for one that names no action."""
    calls = (dependency.call for dependency in route.dependant.dependencies)
    return next((call for call in calls if isinstance(call, Allows)), None)


def service_of(request: Request) -> Service:
    """The service that a request reached."""
    app = request.app
    assert isinstance(app, FastAPI)
    service = app.state.service
    assert isinstance(service, Service)
    return service


def bearer(request: Request) -> str | None:
    """The token of a request; None when there is none, or more than one."""
    sent = request.headers.getlist("authorization")
    if len(sent) != 1:
        return None
    scheme, _, token = sent[0].partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.startswith(TOKEN_PREFIX) else None


def _was_used(application: Application, visitor: Visitor) -> None:
    """Note that a token is in use, once a minute."""
    token, now = visitor.token, application.now()
    if token is None or (token.used_at is not None and now - token.used_at < _USED_STEP):
        return
    with application.session() as session:
        session.execute(sa.update(ApiToken).where(col(ApiToken.id) == token.id).values(used_at=now))
        session.commit()
