"""One's own account, the accounts that an administrator keeps, and the glass before records."""

from __future__ import annotations

import uuid
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.accounts import NewAccount
from api.administration import Administration
from api.policy import Action, can
from api.sessions import end_session, make_token, own_sessions, own_tokens, revoke_token
from api.v1.cursors import Listed, Paged, listed, moment
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.idempotency import IdempotencyHeader, Made, once
from api.v1.schemas_accounts import (
    AccountIn,
    AccountOut,
    GlassIn,
    GlassOut,
    IssuedOut,
    MeOut,
    SessionOut,
    TokenIn,
    TokenMade,
    TokenOut,
)
from profiling.access import Role
from profiling.errors import SignInNeeded

router = APIRouter(route_class=GuardedRoute)
_OWN: list[str | Enum] = ["own account"]
_KEPT: list[str | Enum] = ["accounts"]
_GLASS: list[str | Enum] = ["glass"]
_Read = Annotated[Caller, Depends(Allows(Action.SELF_READ))]
_Write = Annotated[Caller, Depends(Allows(Action.SELF_WRITE))]
_Keep = Annotated[Caller, Depends(Allows(Action.ACCOUNT_WRITE))]


@router.get("/me", tags=_OWN)
def read_me(caller: _Read) -> MeOut:
    """Who the token stands for, and what it may do."""
    whole, token = caller.whole, caller.visitor.token
    if token is None:
        raise SignInNeeded("Send a token.")
    own = whole.role is Role.RETURNEE
    return MeOut(
        account_id=caller.account_id, role=whole.role, actions=[action for action in Action if can(whole, action)],
        centres=sorted(whole.centres), returnee_id=next(iter(whole.people), None) if own else None,
        opened=[] if own else sorted(whole.people), employer_id=whole.employer_id, token=TokenOut.of(token),
    )  # fmt: skip


@router.get("/sessions", tags=_OWN)
def list_sessions(caller: _Read, page: Paged) -> Listed[SessionOut]:
    """Where the account is signed in, the newest first."""
    with caller.application.reading() as session:
        found = own_sessions(session, caller.account_id, caller.application.now())
    return listed(
        caller, page, found, lambda row: (moment(row.created_at), str(row.id)), SessionOut.of, newest_first=True
    )


@router.delete("/sessions/{sign_in_id}", tags=_OWN, status_code=204)
def delete_session(sign_in_id: uuid.UUID, caller: _Write) -> None:
    """Sign one of the own browsers out."""
    with caller.application.session() as session:
        end_session(session, caller.account_id, sign_in_id)
        caller.note(session, "session ended")
        session.commit()


@router.get("/tokens", tags=_OWN)
def list_tokens(caller: _Read, page: Paged) -> Listed[TokenOut]:
    """The tokens of the account, the newest first, revoked ones too."""
    with caller.application.reading() as session:
        found = own_tokens(session, caller.account_id)
    return listed(
        caller, page, found, lambda row: (moment(row.created_at), str(row.id)), TokenOut.of, newest_first=True
    )


@router.post("/tokens", tags=_OWN, status_code=201, response_model=TokenMade)
def add_token(sent: TokenIn, request: Request, key: IdempotencyHeader, caller: _Write) -> Response:
    """A new token, which may do no more than the one it is made with. The secret is shown once."""

    def work() -> Made:
        with caller.application.session() as session:
            secret, row = make_token(
                session, caller.whole, sent.name, sent.actions, sent.days, caller.application.now(),
                made_with=caller.visitor.token,
            )  # fmt: skip
            caller.note(session, "token made")
            session.commit()
        return Made(TokenMade(token=secret, **TokenOut.of(row).model_dump()), secret=True)

    return once(caller, request, key, sent, work)


@router.delete("/tokens/{token_id}", tags=_OWN, status_code=204)
def delete_token(token_id: uuid.UUID, caller: _Write) -> None:
    """Revoke a token at once."""
    with caller.application.session() as session:
        revoke_token(session, caller.account_id, token_id, caller.application.now())
        caller.note(session, "token revoked")
        session.commit()


# --- accounts -------------------------------------------------------------------------------------


@router.get("/accounts", tags=_KEPT)
def list_accounts(
    caller: Annotated[Caller, Depends(Allows(Action.ACCOUNT_READ))], page: Paged
) -> Listed[AccountOut]:
    """Every account but those of returnees, by login."""
    found = caller.desk(Administration).accounts()
    return listed(caller, page, found, lambda line: (line.login, str(line.id)), AccountOut.model_validate)


@router.post("/accounts", tags=_KEPT, status_code=201, response_model=IssuedOut)
def add_account(sent: AccountIn, request: Request, key: IdempotencyHeader, caller: _Keep) -> Response:
    """A new account of staff, an employer or an administrator, with the code to hand over."""

    def work() -> Made:
        new = NewAccount(Role(sent.role), sent.login, sent.name, sent.centre, sent.employer)
        return Made(IssuedOut.model_validate(caller.desk(Administration).make(new)), secret=True)

    return once(caller, request, key, sent, work)


@router.post("/accounts/{account_id}/close", tags=_KEPT, status_code=204)
def close_account(account_id: uuid.UUID, caller: _Keep) -> None:
    """Close an account with its sessions and tokens. Closing a closed one changes nothing."""
    caller.desk(Administration).close(account_id)


@router.post("/accounts/{account_id}/open", tags=_KEPT, status_code=204)
def open_account(account_id: uuid.UUID, caller: _Keep) -> None:
    """Open a closed account again. Its old tokens stay revoked."""
    caller.desk(Administration).open(account_id)


@router.post("/accounts/{account_id}/code", tags=_KEPT, status_code=201, response_model=IssuedOut)
def issue_code(account_id: uuid.UUID, request: Request, key: IdempotencyHeader, caller: _Keep) -> Response:
    """A new code for an account whose owner lost password or telephone."""

    def work() -> Made:
        return Made(IssuedOut.model_validate(caller.desk(Administration).code(account_id)), secret=True)

    return once(caller, request, key, None, work)


# --- the glass ------------------------------------------------------------------------------------


@router.get("/glass", tags=_GLASS)
def list_glasses(caller: Annotated[Caller, Depends(Allows(Action.GLASS_READ))], page: Paged) -> Listed[GlassOut]:
    """The glasses that were broken at the head's centre, or by the administrator, the newest first."""
    found = caller.desk(Administration).glasses()
    return listed(
        caller, page, found, lambda glass: (moment(glass.opened_at), str(glass.id)), GlassOut.model_validate,
        newest_first=True,
    )  # fmt: skip


@router.post("/glass", tags=_GLASS, status_code=201, response_model=GlassOut)
def break_glass(
    sent: GlassIn, request: Request, key: IdempotencyHeader,
    caller: Annotated[Caller, Depends(Allows(Action.GLASS_BREAK))],
) -> Response:  # fmt: skip
    """Open one record for three hours, for a reason that the centre's head is told."""

    def work() -> Made:
        glass = caller.desk(Administration).break_glass(sent.returnee, sent.reason)
        return Made(GlassOut.model_validate(glass), glass.returnee_id)

    return once(caller, request, key, sent, work)


@router.post("/glass/{glass_id}/seen", tags=_GLASS, status_code=204)
def see_glass(glass_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.GLASS_ACKNOWLEDGE))]) -> None:
    """The head has read why a glass was broken."""
    caller.desk(Administration).acknowledge(glass_id)
