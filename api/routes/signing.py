"""Signing in and out, the one-time code, and activating an account with a printed code."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts import WRONG, activate, sign_everybody_out
from api.application import Application
from api.models import Account
from api.passwords import one_time_address
from api.policy import Action
from api.routes.page import Shown
from api.routes.visit import (
    FORM_COOKIE,
    SESSION_COOKIE,
    Allows,
    Form,
    Visit,
    believed_form,
    recognised,
    set_cookie,
    show_to_stranger,
    stranger_form,
)
from api.sessions import (
    Opened,
    end_session,
    give_code,
    offer_one_time_secret,
    password_is_right,
    sign_in,
)
from profiling.errors import InputError

router = APIRouter()
_Posted = Annotated[Form, Depends(stranger_form)]
_BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


@router.get("/sign-in")
def read_sign_in(request: Request, pages: Shown) -> Response:
    """The form; whoever is signed in goes on to their first page."""
    visitor = recognised(request, pages)
    if visitor is not None:
        return RedirectResponse("/code" if visitor.half else "/", 303)
    return show_to_stranger(request, pages, "sign_in.html", wrong="")


@router.post("/sign-in")
def post_sign_in(request: Request, pages: Shown, form: _Posted) -> Response:
    """Open a session. Wrong login, wrong password and a locked account give one and the same answer."""
    application = pages.application
    login, password = _first(form, "login"), _first(form, "password")
    with application.reading() as session:
        # Comparing hashes takes long; nobody waits for it who wants to write.
        right = password_is_right(session, login, password, application.now())
    with application.session() as session:
        opened = sign_in(
            session, login, password, device(request), application.now(), right=right,
            one_time_codes=application.settings.one_time_codes, former=request.cookies.get(SESSION_COOKIE),
        )  # fmt: skip
        if opened is not None:
            _note(pages, session, opened, "signed in" if not opened.needs_code else "password given")
        session.commit()
    if opened is None:
        return show_to_stranger(request, pages, "sign_in.html", 401, wrong=WRONG)
    return _into(request, opened)


@router.get("/code")
def read_code(visit: Annotated[Visit, Depends(Allows(Action.SELF_READ, half=True))]) -> Response:
    """The form for the one-time code and, the first time, the secret to set up."""
    return _show_code(visit, 200, "")


def _show_code(visit: Visit, status: int, wrong: str) -> Response:
    import segno

    with visit.pages.application.session() as session:
        secret = offer_one_time_secret(session, session.merge(visit.account))
        session.commit()
    picture = ""
    if secret is not None:
        picture = segno.make(one_time_address(secret, visit.account.login), micro=False).svg_inline(
            scale=4, border=2, omitsize=False
        )
    grouped = " ".join(re.findall("....", secret)) if secret else ""
    return visit.show("code.html", status, secret=grouped, picture=picture, wrong=wrong)


@router.post("/code")
def post_code(visit: Annotated[Visit, Depends(Allows(Action.SELF_WRITE, half=True))]) -> Response:
    """Complete the session. A code works once."""
    application = visit.pages.application
    with application.session() as session:
        opened = give_code(session, visit.visitor, visit.field("code", 20), application.now())
        if opened is not None:
            _note(visit.pages, session, opened, "signed in")
        session.commit()
    if opened is None:
        return _show_code(visit, 401, "The code is wrong, was used already, or too many tries were made.")
    return _into(visit.request, opened)


@router.post("/sign-out")
def post_sign_out(request: Request, pages: Shown, form: Annotated[Form, Depends(believed_form)]) -> Response:
    """End this browser's session, half open or not."""
    visitor = recognised(request, pages)
    if visitor is not None and visitor.sign_in is not None:
        with pages.application.session() as session:
            end_session(session, visitor.account.id, visitor.sign_in.id)
            session.commit()
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get("/activate")
def read_activate(request: Request, pages: Shown) -> Response:
    """The form for a printed code."""
    return show_to_stranger(request, pages, "activate.html", wrong="", login="")


@router.post("/activate")
def post_activate(request: Request, pages: Shown, form: _Posted) -> Response:
    """Give the account its password; the person signs in with it next."""
    application, login = pages.application, _first(form, "login")
    if _first(form, "password") != _first(form, "again"):
        wrong = "The two passwords are not the same."
        return show_to_stranger(request, pages, "activate.html", 400, wrong=wrong, login=login)
    with application.session() as session:
        try:
            account = activate(session, login, _first(form, "code"), _first(form, "password"), application.now())
        except InputError as error:
            return show_to_stranger(request, pages, "activate.html", 400, wrong=str(error), login=login)
        if account is not None:
            note_sign_in(application, session, account, "activated")
            sign_everybody_out(session, account.id)
        session.commit()
    if account is None:
        return show_to_stranger(request, pages, "activate.html", 401, wrong=WRONG, login=login)
    return show_to_stranger(request, pages, "sign_in.html", wrong="", done=True)


def _note(pages: Shown, session: Session, opened: Opened, what: str) -> None:
    account = session.get_one(Account, opened.sign_in.account_id)
    note_sign_in(pages.application, session, account, what)


def note_sign_in(application: Application, session: Session, account: Account, what: str) -> None:
    """Write down that an account was used; of a returnee's account, where the person finds it."""
    actor = f"{account.role}:{account.id}"
    if account.returnee_id is not None:
        application.record(session, actor, what, "returnee", [account.returnee_id], "")
    else:
        application.record(session, actor, what, "account", [account.id], "")


def _into(request: Request, opened: Opened) -> Response:
    answer = RedirectResponse("/code" if opened.needs_code else "/", 303)
    set_cookie(request, answer, SESSION_COOKIE, opened.token)
    answer.delete_cookie(FORM_COOKIE, path="/")
    return answer


def _first(form: Form, name: str) -> str:
    # A password is taken as typed; a login is cleaned where it is compared.
    return form.get(name, [""])[0][:400]


def device(request: Request) -> str:
    """The kind of browser and system, for the list of sessions; no version, no model."""
    told = request.headers.get("user-agent", "")
    browser = next((name for name in _BROWSERS if name in told), "a program")
    system = next((name for name in _SYSTEMS if name in told), "")
    shown = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung browser"}.get(browser, browser)
    return f"{shown} on {system}" if system else shown
