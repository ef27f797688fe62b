"""The audit trail: one row a read or change, in the same transaction, in a keyed hash chain.

Each row's hash is HMAC-SHA256 under a key that lies outside the database, over the row and the hash of
the row before it. A row that is edited, removed or swapped breaks the chain.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.models import AuditEvent
from profiling.errors import OperatorError
from profiling.queries import pick

_START = "0" * 64
_KEY_LENGTH = 32
_LOCK = 0x48554E41  # "HUNA": PostgreSQL's advisory lock of the chain


@dataclass(frozen=True)
class Act:
    """What is about to be done, for the trail."""

    actor: str
    action: str
    subject_kind: str
    subject_id: uuid.UUID | None = None
    fields: str = ""


def audit_key(path: Path) -> bytes:
    """The key of the chain, made at first use and readable by the owner alone."""
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise OperatorError(f"The audit key {path} cannot be made or read ({error.strerror}).") from error
    if len(key) != _KEY_LENGTH:
        raise OperatorError(f"The audit key {path} is damaged: it must have {_KEY_LENGTH} bytes. Restore a copy.")
    return key


def _make_key(path: Path) -> None:
    """Write a key beside its place and link it there, so that no other process ever reads a part of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_KEY_LENGTH))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()


def record(session: Session, key: bytes, acts: Iterable[Act], now: datetime) -> None:
    """Add rows to the trail within the caller's transaction. If this fails, the caller must not answer."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = session.execute(
        pick(AuditEvent.sequence, AuditEvent.hash).order_by(col(AuditEvent.sequence).desc()).limit(1)
    ).first()
    sequence, previous = (last[0], last[1]) if last else (0, _START)
    for act in acts:
        sequence += 1
        event = AuditEvent(
            sequence=sequence, occurred_at=now, actor=act.actor, action=act.action, subject_kind=act.subject_kind,
            subject_id=act.subject_id, fields=act.fields, previous_hash=previous, hash="",
        )  # fmt: skip
        event.hash = previous = _hash(key, event)
        session.add(event)
    session.flush()


def _hash(key: bytes, event: AuditEvent) -> str:
    content = [
        event.sequence, event.occurred_at.isoformat(timespec="microseconds"), event.actor, event.action,
        event.subject_kind, str(event.subject_id), event.fields, event.previous_hash,
    ]  # fmt: skip
    return hmac.new(key, json.dumps(content).encode(), hashlib.sha256).hexdigest()


def verify(session: Session, key: bytes) -> int:
    """Check the whole chain and return the number of rows. Raises OperatorError at the first break."""
    previous, count = _START, 0
    for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence))):
        count += 1
        fits = event.sequence == count and event.previous_hash == previous
        if not fits or not hmac.compare_digest(_hash(key, event), event.hash):
            raise OperatorError(f"The audit trail was changed at or before row {event.sequence}.")
        previous = event.hash
    return count
