"""One's own account: where it is signed in, its password, its tokens for programs."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts import admitted, change_password, sign_everybody_out
from api.models import Account
from api.passwords import password_fits
from api.policy import GRANTS, Action
from api.routes.visit import Allows, Visit
from api.sessions import end_session, make_token, own_sessions, own_tokens, revoke_token
from profiling.errors import HunarError

router = APIRouter()
_Read = Annotated[Visit, Depends(Allows(Action.SELF_READ))]
_Write = Annotated[Visit, Depends(Allows(Action.SELF_WRITE))]


@router.get("/account")
def read_account(visit: _Read) -> Response:
    """Sessions, password, tokens."""
    return _show(visit)


def _show(visit: Visit, status: int = 200, wrong: str = "", done: str = "", secret: str = "") -> Response:
    application, account = visit.pages.application, visit.account
    with application.reading() as session:
        sessions = own_sessions(session, account.id, application.now())
        tokens = own_tokens(session, account.id)
    return visit.show(
        "account.html", status, account=account, sessions=sessions, tokens=tokens, wrong=wrong, done=done,
        secret=secret, here="account", now=application.now(),
        present=visit.visitor.sign_in.id if visit.visitor.sign_in else None,
        actions=[action for action, roles in GRANTS.items() if visit.principal.role in roles],
    )  # fmt: skip


@router.post("/account/sessions/{sign_in_id}/end")
def post_end(sign_in_id: uuid.UUID, visit: _Write) -> Response:
    """Sign one of the own browsers out."""
    with visit.pages.application.session() as session:
        end_session(session, visit.account.id, sign_in_id)
        _note(visit, session, "session ended")
        session.commit()
    return RedirectResponse("/account", 303)


@router.post("/account/password")
def post_password(visit: _Write) -> Response:
    """A new password; every other browser is signed out."""
    new = visit.form.get("password", [""])[0]
    right = password_fits(visit.form.get("old", [""])[0][:400], visit.account.password_hash)
    with visit.pages.application.session() as session:
        account = session.get_one(Account, visit.account.id)
        now = visit.pages.application.now()
        if not admitted(session, account.login, now, right=right):
            # Counted like a failure to sign in, so that an open browser is no place to try passwords.
            session.commit()
            return _show(visit, 400, wrong="The present password is wrong or was tried too often.")
        if new != visit.form.get("again", [""])[0]:
            return _show(visit, 400, wrong="The two new passwords are not the same. Nothing was changed.")
        try:
            change_password(session, account, new, now)
        except HunarError as error:
            return _show(visit, 400, wrong=str(error))
        sign_everybody_out(session, account.id, keep=visit.visitor.sign_in.id if visit.visitor.sign_in else None)
        _note(visit, session, "password changed")
        session.commit()
    return _show(visit, done="The password was changed. Other browsers were signed out.")


@router.post("/account/tokens")
def post_token(visit: _Write) -> Response:
    """A token for a program; it is shown once."""
    days = visit.field("days", 4)
    with visit.pages.application.session() as session:
        try:
            secret, _ = make_token(
                session, visit.principal, visit.field("name", 100), visit.form.get("action", []),
                int(days) if days.isdecimal() else 0, visit.pages.application.now(),
            )  # fmt: skip
        except HunarError as error:
            return _show(visit, 400, wrong=str(error))
        _note(visit, session, "token made")
        session.commit()
    return _show(visit, secret=secret)


@router.post("/account/tokens/{token_id}/revoke")
def post_revoke(token_id: uuid.UUID, visit: _Write) -> Response:
    """Revoke a token at once."""
    with visit.pages.application.session() as session:
        revoke_token(session, visit.account.id, token_id, visit.pages.application.now())
        _note(visit, session, "token revoked")
        session.commit()
    return RedirectResponse("/account", 303)


def _note(visit: Visit, session: Session, what: str) -> None:
    visit.pages.application.record(session, visit.principal.actor, what, "account", [visit.account.id], "")
