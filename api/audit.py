"""The audit trail: one row a read or change, in the same transaction, in a keyed hash chain.

Each row's hash is HMAC-SHA256 under a key that lies outside the database, over the row and the hash of
the row before it. A row that is edited, removed or swapped breaks the chain. Its newest row is remembered
outside the database too (`audit_head`), once it is committed: so the newest rows cannot be cut off unseen.
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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from api.audit_head import Head, HeadFile
from api.models import AuditEvent
from profiling.errors import OperatorError
from profiling.queries import pick

_START = "0" * 64
_KEY_LENGTH = 32
_LOCK = 0x48554E41  # "HUNA": PostgreSQL's advisory lock of the chain
_BATCH = 1000
# What a session holds in its `info`: the file to advance, and from just before a commit the head to write there.
_HEAD_FILE, _NEXT_HEAD = "hunar_audit_head_file", "hunar_audit_next_head"
# Of a row, in the order in which they are hashed.
_HASHED = (
    "sequence", "occurred_at", "actor", "action", "subject_kind", "subject_id", "fields", "previous_hash",
)  # fmt: skip


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


def record(session: Session, key: bytes, acts: Iterable[Act], now: datetime, head: HeadFile | None = None) -> None:
    """Add rows to the trail within the caller's transaction. If this fails, the caller must not answer.

    The head is advanced after the commit, never before. A head that the trail does not contain, or that is
    missing beside older rows, is left as it is, so that ``check`` finds it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = _newest(session)
    if head:
        if last.sequence == 0 and head.read() is None:
            head.advance(last.sequence, last.hash)
        session.info[_HEAD_FILE] = head
    sequence, previous = last.sequence, last.hash
    for act in acts:
        sequence += 1
        event = AuditEvent(
            sequence=sequence, occurred_at=now, actor=act.actor, action=act.action, subject_kind=act.subject_kind,
            subject_id=act.subject_id, fields=act.fields, previous_hash=previous, hash="",
        )  # fmt: skip
        event.hash = previous = _hash(key, [getattr(event, name) for name in _HASHED])
        session.add(event)
    session.flush()


def _newest(session: Session) -> Head:
    """The newest row that this transaction sees."""
    rows = pick(AuditEvent.sequence, AuditEvent.hash).order_by(col(AuditEvent.sequence).desc()).limit(1)
    last = session.execute(rows).first()
    return Head(last[0], last[1]) if last else Head(0, _START)


def _hash(key: bytes, row: Sequence[Any]) -> str:
    sequence, occurred_at, actor, action, subject_kind, subject_id, fields, previous = row
    moment = occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [sequence, moment, actor, action, subject_kind, str(subject_id), fields, previous]
    return hmac.new(key, json.dumps(content).encode(), hashlib.sha256).hexdigest()


# Both listeners are set once, on the class: a session carries what they need, however often it commits.
# Savepoints pass by; what they leave is seen when the whole transaction is committed.


@sa.event.listens_for(Session, "before_commit")
def _find_next_head(session: Session) -> None:
    file: HeadFile | None = session.info.get(_HEAD_FILE)
    if file is None or session.in_nested_transaction():
        return
    session.info.pop(_NEXT_HEAD, None)
    held = file.read()
    if held and _contains(session, held):
        session.info[_NEXT_HEAD] = _newest(session)


@sa.event.listens_for(Session, "after_commit")
def _advance_head(session: Session) -> None:
    if session.in_nested_transaction():
        return
    file: HeadFile | None = session.info.pop(_HEAD_FILE, None)
    found: Head | None = session.info.pop(_NEXT_HEAD, None)
    if file and found:
        file.advance(found.sequence, found.hash)


def _contains(session: Session, head: Head) -> bool:
    if head.sequence == 0:
        return head.hash == _START
    rows = pick(AuditEvent.hash).where(col(AuditEvent.sequence) == head.sequence)
    return session.execute(rows).scalar() == head.hash


def verify(session: Session, key: bytes, *, head: Head | None = None, noted: Head | None = None) -> int:
    """Check the whole chain, and that it holds these heads; return the number of rows.

    Raises OperatorError at the first break. The heads must be older than what the session sees: read them
    before the session's first query. A trail that is longer than its head is whole.
    """
    known = [(name, each) for name, each in (("its head", head), ("the noted head", noted)) if each]
    count, previous = 0, _START
    _compare(known, Head(count, previous))
    columns = (getattr(AuditEvent, name) for name in (*_HASHED, "hash"))
    rows = pick(*columns).order_by(col(AuditEvent.sequence))
    try:
        with contextlib.closing(session.execute(rows, execution_options={"yield_per": _BATCH})) as found:
            for *row, held in found:
                count += 1
                if row[0] != count or row[-1] != previous or _hash(key, row) != held:
                    raise OperatorError(f"The audit trail was changed at or before row {row[0]}.")
                previous = held
                _compare(known, Head(count, previous))
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise OperatorError(
            f"The audit trail was changed after row {count}: a row there holds what is no value of its column."
        ) from error
    except sa.exc.DBAPIError as error:
        raise OperatorError(
            f"The audit trail cannot be read after row {count} ({error.orig}). Try again; if it stays so, it was "
            "changed or the database is damaged."
        ) from error
    for name, each in known:
        if each.sequence > count:
            raise OperatorError(
                f"Rows were cut off after row {count} of the audit trail: {name} knows row {each.sequence}."
            )
    return count


def _compare(known: list[tuple[str, Head]], row: Head) -> None:
    for name, each in known:
        if each.sequence == row.sequence and each.hash != row.hash:
            raise OperatorError(
                f"Row {row.sequence} of the audit trail is not the one that {name} knows: rows were cut off and "
                "written anew, or this head belongs to another trail."
            )


def check(session: Session, key: bytes, head_file: HeadFile, noted: Head | None = None) -> int:
    """Verify the trail against its head and one noted elsewhere; return the number of rows.

    Takes a session that has not read yet. Raises OperatorError as ``verify`` does, and when there are rows but
    no file of the head.
    """
    head = head_file.read()
    count = verify(session, key, head=head, noted=noted)
    if count and head is None:
        raise OperatorError(
            f"The audit trail has {count} rows, unbroken, but its head {head_file.path} is missing, so that rows "
            "may have been cut off after them. Restore a copy of the file. If there never was one, or the database "
            "was restored from a copy, compare the last row with a noted head and begin a new one."
        )
    return count


def begin_head(session: Session, key: bytes, head_file: HeadFile, noted: Head | None = None) -> Head:
    """Let a missing head begin at the newest row of a trail that verifies; a decision of the operator.

    For a trail that is older than its head, or restored from a copy; a head that exists must be moved away
    first. Raises OperatorError.
    """
    if head_file.read():
        raise OperatorError(f"The audit trail has a head already ({head_file.path}). Move it away first.")
    verify(session, key, noted=noted)
    head = _newest(session)
    head_file.advance(head.sequence, head.hash)
    return head
