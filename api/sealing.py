"""Sealing everything in the database anew after a key was added. May be killed and started again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from api.models import Account, GlassBreak, IdempotencyKey
from profiling.errors import OperatorError
from profiling.identity import SEALED, ReturneeIdentity, open_identity, place
from profiling.vault import vault_of

OpenSession = Callable[[], AbstractContextManager[Session]]
_BATCH = 500
#: Each pass seals what was written with the former key while the pass before ran.
_MOST_PASSES = 20
#: Table, sealed columns, and the column under whose id they are sealed.
ALL_SEALED: tuple[tuple[type[SQLModel], tuple[str, ...], str], ...] = (
    *((table, columns, "returnee_id") for table, columns in SEALED),
    (Account, ("one_time_secret",), "id"),
    (GlassBreak, ("reason",), "returnee_id"),
    (IdempotencyKey, ("answer",), "account_id"),
)


def seal_anew(open_session: OpenSession, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Seal every value whose key is not the one in use; each batch is one transaction. Returns how many.

    Goes over everything until a pass finds nothing left, so that older keys may be dropped afterwards.
    Raises OperatorError when other processes keep writing with an older key.
    """
    total = 0
    for _ in range(_MOST_PASSES):
        sealed = sum(_one_pass(open_session, progress))
        total += sealed
        if not sealed:
            return total
    raise OperatorError("Values keep being written with an older key. Stop the other processes and rotate again.")


def check_seals(session: Session) -> None:
    """Open one sealed value, to learn at the start that the keys are those of this database.

    Raises OperatorError for other ones, for instance fresh ones made because the key folder was not there.
    """
    row = session.exec(select(ReturneeIdentity).limit(1)).first()
    if row is not None:
        open_identity(vault_of(session), row, frozenset({"given_name"}))


def _one_pass(open_session: OpenSession, progress: Callable[[int], None]) -> Iterator[int]:
    for table, columns, owner in ALL_SEALED:
        with open_session() as session:
            keys = [tuple(key) for key in session.execute(sa.select(*_key(table)))]
        for start in range(0, len(keys), _BATCH):
            with open_session() as session:
                sealed = sum(_seal_row(session, table, key, columns, owner) for key in keys[start : start + _BATCH])
                session.commit()
            progress(sealed)
            yield sealed


def _key(table: type[SQLModel]) -> list[sa.Column[object]]:
    return list(table.__table__.primary_key.columns)  # type: ignore[attr-defined]


def _seal_row(
    session: Session, table: type[SQLModel], key: tuple[object, ...], columns: tuple[str, ...], owner: str
) -> int:
    # Locked, so that a change made by another process meanwhile is not written over with the old value.
    row = session.get(table, key if len(key) > 1 else key[0], with_for_update=True)
    if row is None:
        return 0
    vault, count = vault_of(session), 0
    for name in list(_stale(row, columns, vault.is_current)):
        at, whose = place(table, name), getattr(row, owner)
        setattr(row, name, vault.seal(vault.open(getattr(row, name), at, whose), at, whose))
        count += 1
    session.add(row)
    return count


def _stale(row: SQLModel, columns: tuple[str, ...], is_current: Callable[[bytes], bool]) -> Iterator[str]:
    for name in columns:
        value = getattr(row, name)
        if value is not None and not is_current(value):
            yield name
