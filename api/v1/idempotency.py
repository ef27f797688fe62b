"""A request that creates, sent twice under one key, does its work once and is answered twice alike.

The key is written down and committed before the work begins. A crash in between leaves a key without answer:
asked again it is refused, because nobody can tell whether the work was done. So the work is done at most once.
A refusal (a value that does not fit, nothing found) did no work; its key is free again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from fastapi import Header, Request
from pydantic import BaseModel
from sqlmodel import Session, col, select
from starlette.responses import Response

from api.application import Application
from api.desk import Desk
from api.models import IdempotencyKey
from api.v1.guard import Caller
from profiling.errors import Conflict, Forbidden, InputError, NotFound, TooMany
from profiling.models import Returnee

KEPT = timedelta(hours=24)
PLACE = "idempotency_key.answer"
REPLAYED = "Idempotency-Replayed"
_REFUSALS = (InputError, NotFound, Forbidden, Conflict, TooMany)
_PENDING = 0
SHOWN_ONCE = "This request was done. Its answer held a secret, which is shown once; make a new one."
OTHER = "This Idempotency-Key was used for another request. Take a new key for a new request."
UNDER_WAY = (
    "A request with this Idempotency-Key is under way or was cut off. Ask again in a moment; if it stays so, look "
    "whether it was done before you take a new key."
)

IdempotencyHeader = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[!-~]+$",
        description="your own name for this request; send the same one when you send the request again",
        examples=["2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d"],
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What a request created: the answer, and whom it is about."""

    answer: BaseModel
    person: uuid.UUID | None = None
    #: Whether the answer holds a secret, which is not kept for a repeated request.
    secret: bool = False


def once(
    caller: Caller,
    request: Request,
    key: str,
    sent: BaseModel | None,
    work: Callable[[], Made],
    *,
    status: int = 201,
) -> Response:
    """Do the work of a request once for each key of an account, and answer. Raises Conflict, and what it raises."""
    application = caller.application
    # Another token of the account may do less; it must not be told what this one was told.
    asked = _hash(application, request, sent, str(caller.token_id))
    held = _reserve(application, caller.account_id, key, asked)
    if held is not None:
        return _replay(caller, request, held, asked)
    try:
        made = work()
    except _REFUSALS:
        _free(application, caller.account_id, key)
        raise
    text = made.answer.model_dump_json()
    # A secret is shown once: of such an answer only that it was given is kept.
    kept = "" if made.secret else text
    _keep(application, caller.account_id, key, status, kept, made.person)
    return _answer(status, text)


def _answer(status: int, text: str, *, replayed: bool = False) -> Response:
    headers = {"Cache-Control": "no-store"} | ({REPLAYED: "true"} if replayed else {})
    return Response(text, status, headers, "application/json")


def _hash(application: Application, request: Request, sent: BaseModel | None, token: str) -> str:
    """A keyed hash of method, address and body as understood; blanks and the order of fields do not count."""
    body = json.dumps(sent.model_dump(mode="json", exclude_unset=True), sort_keys=True) if sent else ""
    return application.vault.fingerprint("idempotency", token, request.method, request.url.path, body)


def _reserve(application: Application, account: uuid.UUID, key: str, asked: str) -> IdempotencyKey | None:
    """Write a key down before the work; returns the row of an earlier request with this key instead."""
    now = application.now()
    with application.session() as session:
        session.execute(sa.delete(IdempotencyKey).where(col(IdempotencyKey.created_at) <= now - KEPT))
        added = session.execute(
            sa.text(
                "INSERT INTO idempotency_key (account_id, key, request_hash, status, answer, created_at)"
                " VALUES (:account, :key, :asked, :status, :answer, :now) ON CONFLICT (account_id, key) DO NOTHING"
            ).bindparams(
                sa.bindparam("account", type_=sa.Uuid), sa.bindparam("answer", type_=sa.LargeBinary),
                sa.bindparam("now", type_=IdempotencyKey.__table__.c.created_at.type),  # type: ignore[attr-defined]
            ),
            {
                "account": account, "key": key, "asked": asked, "status": _PENDING,
                "answer": application.vault.seal("", PLACE, account), "now": now,
            },
        )  # fmt: skip
        held = None if added.rowcount == 1 else _row(session, account, key)  # type: ignore[attr-defined]
        session.commit()
        return held


def _row(session: Session, account: uuid.UUID, key: str) -> IdempotencyKey | None:
    found = session.exec(
        select(IdempotencyKey).where(IdempotencyKey.account_id == account, IdempotencyKey.key == key)
    ).first()
    if found is None:  # freed by the request that held it, between our two statements
        raise Conflict(UNDER_WAY)
    return found


def _replay(caller: Caller, request: Request, held: IdempotencyKey, asked: str) -> Response:
    if held.request_hash != asked:
        raise Conflict(OTHER)
    if held.status == _PENDING:
        raise Conflict(UNDER_WAY)
    application = caller.application
    text = application.vault.open(held.answer, PLACE, held.account_id)
    if not text:
        raise Conflict(SHOWN_ONCE)
    aimed = request.path_params.get("returnee_id")
    if held.returnee_id is not None and aimed is not None:
        # Their answer is shown again, so they must still be the caller's to see, and it is written down.
        desk = Desk(application, caller.principal)
        with application.session() as session:
            for action in caller.actions:
                desk.aim(session, action, held.returnee_id)
            desk.record(session, "read", [held.returnee_id], "")
            session.commit()
    return _answer(held.status, text, replayed=True)


def _free(application: Application, account: uuid.UUID, key: str) -> None:
    with application.session() as session:
        session.execute(sa.delete(IdempotencyKey).where(*_at(account, key)))
        session.commit()


def _keep(
    application: Application, account: uuid.UUID, key: str, status: int, text: str, person: uuid.UUID | None
) -> None:
    """Keep an answer; of somebody who was erased meanwhile, nothing is kept."""
    with application.session() as session:
        row = sa.update(IdempotencyKey).where(*_at(account, key))
        if person is not None:
            # Locked, so that an erasure either comes before, and is seen here, or takes the answer along.
            there = session.execute(select(Returnee.id).where(Returnee.id == person).with_for_update()).first()
            if there is None:
                session.execute(sa.delete(IdempotencyKey).where(*_at(account, key)))
                session.commit()
                return
        sealed = application.vault.seal(text, PLACE, account)
        session.execute(row.values(status=status, answer=sealed, returnee_id=person))
        session.commit()


def _at(account: uuid.UUID, key: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return col(IdempotencyKey.account_id) == account, col(IdempotencyKey.key) == key
