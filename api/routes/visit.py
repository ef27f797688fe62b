"""Who is asking for a page. Each route and method names its action here; without one there is no route.

A form is believed only with the token that the page carried and, where the browser says from which site it was
sent, only from our own.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.administration import Administration
from api.casework import Casework
from api.desk import note_refusal
from api.limits import ACCOUNT, SIGN_IN, STRANGER
from api.models import Account
from api.passwords import new_token
from api.policy import Action, can
from api.routes.page import Pages, Shown
from api.sessions import Visitor, form_is_ours, form_token, recognise, was_seen
from profiling.access import Principal
from profiling.errors import Forbidden, InputError, SignInNeeded

SESSION_COOKIE = "hunar_session"
#: Of a browser that is not signed in: what its forms are bound to.
FORM_COOKIE = "hunar_form"
_LONGEST_FORM = 32_768
_SAFE = frozenset({"GET", "HEAD"})
Form = dict[str, list[str]]


async def posted(request: Request) -> Form:
    """The fields of a posted form. Raises InputError when it is longer than any of our forms."""
    if request.method in _SAFE:
        return {}
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LONGEST_FORM:
            raise InputError("The form is too long. Shorten the text and send it again.")
    try:
        found = parse_qs(content.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise InputError("The form has more fields than any of our forms. Open the page again.") from None
    if any("\x00" in value for values in found.values() for value in values):
        raise InputError("The form holds a character that is no text. Type it again.")
    return found


@dataclass
class Visit:
    """One request for a page by somebody who is recognised."""

    request: Request
    pages: Pages
    visitor: Visitor
    form: Form

    @property
    def principal(self) -> Principal:
        """Who asks."""
        return self.visitor.principal

    @property
    def account(self) -> Account:
        """Their account."""
        return self.visitor.account

    @cached_property
    def casework(self) -> Casework:
        """The desk for records and vacancies."""
        return Casework(self.pages.application, self.principal)

    @cached_property
    def administration(self) -> Administration:
        """The desk for accounts."""
        return Administration(self.pages.application, self.principal)

    def field(self, name: str, limit: int = 200) -> str:
        """A field of the form, without outer blanks; empty when it was not sent."""
        return self.form.get(name, [""])[0].strip()[:limit]

    def show(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page."""
        with self.pages.application.reading() as session:
            token = form_token(session, bound_to(self.request) or "")
        waiting = self.administration.unseen_glasses()
        return self.pages.show(template, self.principal, token, status, waiting=waiting, **values)


class Allows:
    """The dependency that names a route's action and lets in whoever may do it.

    ``half``: the route belongs to a session whose one-time code is still to come, and to no other.
    """

    def __init__(self, action: Action, *, half: bool = False) -> None:
        self.action = action
        self._half = half

    def __call__(self, request: Request, pages: Shown, form: Annotated[Form, Depends(posted)]) -> Visit:
        """The visit. Raises SignInNeeded, Forbidden or TooMany."""
        application, now = pages.application, pages.application.now()
        visitor = recognised(request, pages)
        if visitor is None or visitor.half is not self._half:
            pages.limits.take(STRANGER, address(request))
            self._refused(request, pages, "nobody")
            raise SignInNeeded("You are not signed in, or your session has ended. Nothing was changed.")
        pages.limits.take(ACCOUNT, str(visitor.account.id))
        if request.method not in _SAFE:
            try:
                believe(request, pages, form)
            except Forbidden:
                self._refused(request, pages, visitor.principal.actor)
                raise
        if not can(visitor.principal, self.action, now=now):
            self._refused(request, pages, visitor.principal.actor)
            raise Forbidden("Your account may not do this.")
        application.forget_what_waits()
        if visitor.sign_in is not None:
            with application.session() as session:
                if was_seen(session, visitor.sign_in, now):
                    session.commit()
        return Visit(request, pages, visitor, form)

    def _refused(self, request: Request, pages: Pages, actor: str) -> None:
        with suppress(ValueError):
            aimed = uuid.UUID(str(request.path_params.get("returnee_id")))
            note_refusal(pages.application, actor, self.action, aimed)


def recognised(request: Request, pages: Pages) -> Visitor | None:
    """Who the browser's cookie belongs to."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with pages.application.reading() as session:
        return recognise(session, token, pages.application.now())


def believe(request: Request, pages: Pages, form: Form) -> None:
    """Raise Forbidden unless the form was made by a page that this browser was shown."""
    bound = bound_to(request)
    with pages.application.reading() as session:
        ours = bound is not None and form_is_ours(session, bound, form.get("form_token", [""])[0])
    if not ours or not same_site(request):
        raise Forbidden(
            "The form is too old or was not made by this page. Open the page again. Nothing was changed."
        )


def same_site(request: Request) -> bool:
    """Whether the browser does not say that the form came from elsewhere."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def bound_to(request: Request) -> str | None:
    """The browser's own secret that its forms are bound to; None before it was given one."""
    kept: str | None = getattr(request.state, "form_cookie", None) or request.cookies.get(FORM_COOKIE)
    if session := request.cookies.get(SESSION_COOKIE):
        return f"session:{session}"
    return f"form:{kept}" if kept else None


def show_to_stranger(
    request: Request, pages: Pages, template: str, status: int = 200, **values: object
) -> HTMLResponse:
    """A page for a browser that is not signed in; it gets the secret that its form is bound to."""
    if request.method in _SAFE:
        pages.limits.take(STRANGER, address(request))
    if not request.cookies.get(SESSION_COOKIE) and not request.cookies.get(FORM_COOKIE):
        request.state.form_cookie = new_token("")
    with pages.application.reading() as session:
        token = form_token(session, bound_to(request) or "")
    answer = pages.show(template, None, token, status, waiting=0, **values)
    if getattr(request.state, "form_cookie", None):
        set_cookie(request, answer, FORM_COOKIE, request.state.form_cookie)
    return answer


def stranger_form(request: Request, pages: Shown, form: Annotated[Form, Depends(posted)]) -> Form:
    """The form of somebody who tries to sign in. Raises Forbidden, TooMany."""
    believed_form(request, pages, form)
    pages.limits.take(SIGN_IN, address(request))
    return form


def believed_form(request: Request, pages: Shown, form: Annotated[Form, Depends(posted)]) -> Form:
    """A form of this browser, signed in or not. Raises Forbidden, TooMany."""
    pages.limits.take(STRANGER, address(request))
    believe(request, pages, form)
    return form


def set_cookie(request: Request, answer: HTMLResponse | RedirectResponse, name: str, value: str) -> None:
    """Give the browser a cookie that no script reads and no other site sends; over HTTPS for HTTPS only."""
    answer.set_cookie(
        name, value, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/"
    )  # fmt: skip


def address(request: Request) -> str:
    """The address of who asks, for counting only; of IPv6 the network, in which one machine has many."""
    host = request.client.host if request.client else "unknown"
    try:
        known = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else host
