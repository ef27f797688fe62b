"""Erasing people, and remembering it outside the database, so that a restored copy does not bring them back.

The file of erasures has a line for each: keyed hashes of the person's id and number, centre, month, reason. It
is on the disk before the erasure is committed. After a crash between the two, the next start erases.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from api.accounts import failure_key
from api.consenting import forget_vector, lock_person
from api.models import Account, SignInFailure
from api.sealing import check_seals
from profiling.errors import HunarError, NotFound, OperatorError
from profiling.models import Returnee
from profiling.repository import all_centres
from profiling.retention import (
    Erasure,
    ErasureReason,
    due_for_erasure,
    erase_returnee,
    erased_that_came_back,
)

if TYPE_CHECKING:
    from api.application import Application

_LOG = logging.getLogger(__name__)
_SYSTEM = "system"


@dataclass(frozen=True)
class Remembered:
    """A line of the file of erasures."""

    person: str
    number: str
    centre_id: str
    month: str
    reason: str


def erase_person(
    application: Application, session: Session, returnee_id: uuid.UUID, reason: ErasureReason, *,
    actor: str = _SYSTEM,
) -> None:  # fmt: skip
    """Erase a person from every table but the trail, remember it outside, and commit. Raises NotFound.

    The trail's rows hold ids and field names and stay. The caller lets SQLite forget (``forget_deleted``).
    """
    left = _erase(session, returnee_id, reason, application)
    application.record(session, actor, "erase", "returnee", [returnee_id], reason)
    line = Remembered(left.person, left.number, str(left.centre_id), left.month, left.reason)
    _append(application.settings.erasure_file, asdict(line))
    _commit(application, session, returnee_id, line.person)


def erase_due(application: Application) -> int:
    """Erase everybody whose time of keeping is over; returns how many."""
    today = application.now().date()
    with application.reading() as session:
        due = due_for_erasure(session, today)
    done = 0
    for returnee_id in due:
        with application.session() as session:
            # Asked again under the lock: the record may have been written to meanwhile.
            lock_person(session, returnee_id)
            found = session.get(Returnee, returnee_id)
            if found is not None and found.retain_until < today:
                erase_person(application, session, returnee_id, ErasureReason.RETENTION)
                done += 1
    if done:
        application.forget_deleted()
    return done


def reapply_erasures(application: Application) -> int:
    """Erase again whom an older copy of the database brought back; returns how many. To be called at the start.

    Also ends an erasure that a crash had stopped, and makes file and database agree on what is remembered.
    Raises OperatorError when the keys are not those of the database, for then no hash would be found.
    """
    path = application.settings.erasure_file
    with application.reading() as session:
        check_seals(session)
        lines = remembered(path)
        held = {row.person: row for row in session.exec(select(Erasure))}
        lost = {person: line for person, line in lines.items() if person not in held}
        back = erased_that_came_back(session, sorted(lost))
        centres = {centre.id for centre in all_centres(session)}
    for row in held.values():
        if row.person not in lines:
            _append(path, asdict(Remembered(row.person, row.number, str(row.centre_id), row.month, row.reason)))
    done = 0
    for returnee_id in back:
        with application.session() as session:
            done += _erase_again(application, session, returnee_id, lines)
    if lost:
        with application.session() as session:
            for line in lost.values():
                centre_id = uuid.UUID(line.centre_id)
                if centre_id in centres and session.get(Erasure, line.person) is None:
                    session.add(Erasure(**(asdict(line) | {"centre_id": centre_id})))
            session.commit()
    if done:
        application.forget_deleted()
    return done


def remembered(path: Path) -> dict[str, Remembered]:
    """The erasures of the file by the person's hash, without those that were cancelled.

    A line that was cut short by a crash is left out with a warning. Raises OperatorError when the file cannot
    be read.
    """
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OperatorError(f"The file of erasures {path} cannot be read ({error.strerror}).") from error
    found: dict[str, Remembered] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        try:
            held = json.loads(line)
            if "cancelled" in held:
                found.pop(held["cancelled"], None)
            else:
                known = Remembered(**held)
                uuid.UUID(known.centre_id)
                found[known.person] = known
        except (ValueError, TypeError, AttributeError):
            _LOG.warning("Line %d of the file of erasures is cut short or damaged and was left out.", number)
    return found


def _erase(session: Session, returnee_id: uuid.UUID, reason: ErasureReason, application: Application) -> Erasure:
    lock_person(session, returnee_id)
    if session.get(Returnee, returnee_id) is None:
        raise NotFound("There is no such person.")
    accounts = session.exec(select(Account).where(Account.returnee_id == returnee_id)).all()
    tried = [failure_key(session, account.login) for account in accounts]
    session.execute(sa.delete(SignInFailure).where(col(SignInFailure.login).in_(tried)))
    for column, values in (("account_id", [account.id for account in accounts]), ("returnee_id", [returnee_id])):
        _delete_everywhere(session, column, values)
    forget_vector(session, returnee_id)
    return erase_returnee(session, returnee_id, reason, application.now().date())


def _delete_everywhere(session: Session, column: str, values: Sequence[uuid.UUID]) -> None:
    """Delete the rows of these owners from every table that has such a column, parts before wholes.

    Foreign keys would do it too; a table without one, or added later, is not to be forgotten.
    """
    for table in reversed(SQLModel.metadata.sorted_tables):
        if column in table.columns:
            session.execute(sa.delete(table).where(table.columns[column].in_(values)))
    session.expire_all()


def _erase_again(
    application: Application, session: Session, returnee_id: uuid.UUID, lines: dict[str, Remembered]
) -> int:
    try:
        left = _erase(session, returnee_id, ErasureReason.REQUESTED, application)
    except NotFound:  # another process was faster
        return 0
    known = lines[left.person]
    left.month, left.reason = known.month, known.reason
    session.add(left)
    application.record(session, _SYSTEM, "erase", "returnee", [returnee_id], "after a restore")
    session.commit()
    return 1


def _commit(application: Application, session: Session, returnee_id: uuid.UUID, person: str) -> None:
    try:
        session.commit()
    except (sa.exc.SQLAlchemyError, HunarError):
        session.rollback()
        # A commit may have reached the disk although its answer did not arrive. Cancelled is only what is
        # known not to have happened; in doubt the person is erased at the next start.
        with application.reading() as fresh:
            there = fresh.get(Returnee, returnee_id) is not None
        if there:
            _append(application.settings.erasure_file, {"cancelled": person})
        raise


def _append(path: Path, line: dict[str, str]) -> None:
    """Add a line, on the disk when this returns; after a line that was cut short, on a fresh one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            end = os.fstat(handle).st_size
            torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
            data = ("\n" if torn else "").encode() + json.dumps(line).encode() + b"\n"
            if os.write(handle, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise OperatorError(
            f"The file of erasures {path} cannot be written ({error.strerror}). Nothing was erased; make room or "
            "check who owns the file, and ask again."
        ) from error
