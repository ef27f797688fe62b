"""The administrator's desk: accounts, and the glass that stands before records; the head sees who broke it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from api.accounts import AccountLine, Issued, NewAccount, close_account, issue_code, list_accounts, make_account
from api.desk import Desk
from api.models import Account, GlassBreak
from api.policy import Action
from profiling.access import Role
from profiling.errors import Conflict, Forbidden, InputError, NotFound
from profiling.models import Returnee
from profiling.vault import vault_of

GLASS_OPEN = timedelta(hours=3)
_REASON = "glass_break.reason"
_SHORTEST_REASON, _LONGEST_REASON = 15, 1000


@dataclass(frozen=True)
class Glass:
    """A broken glass as the administrator who broke it and the centre's head see it."""

    id: uuid.UUID
    by: str
    returnee_id: uuid.UUID
    ref: str
    reason: str
    opened_at: datetime
    until: datetime
    seen_at: datetime | None


class Administration(Desk):
    """Accounts are managed without reading any client's content."""

    def accounts(self) -> list[AccountLine]:
        """Every account but those of returnees."""
        self.require(Action.ACCOUNT_READ)
        with self.application.reading() as session:
            return list_accounts(session)

    def make(self, new: NewAccount) -> Issued:
        """A new account with its first code. Raises InputError, Conflict."""
        self.require(Action.ACCOUNT_WRITE)
        with self.application.session() as session:
            issued = make_account(session, new, self.now)
            self.record(session, "account made", [issued.account_id], "role,login", kind="account")
            session.commit()
            return issued

    def code(self, account_id: uuid.UUID) -> Issued:
        """A new code for an account whose owner lost password or telephone. Raises NotFound, Conflict.

        Not for a returnee: with that code an administrator could read a record without breaking the glass.
        """
        self.require(Action.ACCOUNT_WRITE)
        with self.application.session() as session:
            account = session.get(Account, account_id)
            if account is None or account.role == Role.RETURNEE:
                raise NotFound("There is no such account.")
            issued = issue_code(session, account, self.now)
            self.record(session, "account code", [account_id], "code", kind="account")
            session.commit()
            return issued

    def close(self, account_id: uuid.UUID) -> None:
        """Close an account with its sessions and tokens. Raises NotFound, Conflict for one's own."""
        if account_id == self.principal.account_id:
            raise Conflict("Another administrator must close your account.")
        self._set_closed(account_id, closed=True)

    def open(self, account_id: uuid.UUID) -> None:
        """Open a closed account again. Raises NotFound."""
        self._set_closed(account_id, closed=False)

    def _set_closed(self, account_id: uuid.UUID, *, closed: bool) -> None:
        self.require(Action.ACCOUNT_WRITE)
        with self.application.session() as session:
            close_account(session, account_id, self.now, closed=closed)
            done = "account closed" if closed else "account opened"
            self.record(session, done, [account_id], "disabled_at", kind="account")
            session.commit()

    # --- the glass --------------------------------------------------------------------------------

    def break_glass(self, key: str, reason: str) -> Glass:
        """Open one record, by id or by reference number, for three hours. Raises InputError, NotFound.

        The reason is kept sealed and shown to the centre's head; the person finds it in their access log.
        """
        self.require(Action.GLASS_BREAK)
        if self.principal.account_id is None:
            raise Forbidden("Only an account can break the glass.")
        reason = reason.strip()
        if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
            raise InputError(
                "Give the reason in a sentence (15 to 1000 characters). The centre's head will read it."
            )
        with self.application.session() as session:
            found = session.exec(select(Returnee).where(_is(key.strip())).limit(2)).all()
            if not found:
                raise NotFound("There is no such person.")
            if len(found) > 1:
                raise InputError("Several centres have a person of this number. Give the id instead.")
            person, now = found[0], self.now
            row = GlassBreak(
                account_id=self.principal.account_id, returnee_id=person.id, centre_id=person.centre_id,
                reason=vault_of(session).seal(reason, _REASON, person.id), opened_at=now, until=now + GLASS_OPEN,
            )  # fmt: skip
            session.add(row)
            self.record(session, "glass broken", [person.id], "reason")
            session.commit()
            return Glass(row.id, "", person.id, person.ref, reason, row.opened_at, row.until, None)

    def glasses(self) -> list[Glass]:
        """The glasses that were broken at the head's centre, or by the administrator; the newest first."""
        self.require(Action.GLASS_READ)
        query = (
            select(GlassBreak, Returnee.ref, Account.login)
            .join(Returnee, col(Returnee.id) == GlassBreak.returnee_id)
            .join(Account, col(Account.id) == GlassBreak.account_id)
            .order_by(col(GlassBreak.opened_at).desc(), col(GlassBreak.id))
        )
        if self.principal.role is Role.HEAD:
            query = query.where(col(GlassBreak.centre_id).in_(self.principal.centres))
        else:
            query = query.where(GlassBreak.account_id == self.principal.account_id)
        with self.application.session() as session:
            vault = vault_of(session)
            found = [
                Glass(
                    row.id, login, row.returnee_id, ref, vault.open(row.reason, _REASON, row.returnee_id),
                    row.opened_at, row.until, row.seen_at,
                )
                for row, ref, login in session.exec(query)
            ]  # fmt: skip
            self.record(session, "glass read", [glass.returnee_id for glass in found] or [None], "reason")
            session.commit()
            return found

    def unseen_glasses(self) -> int:
        """How many broken glasses the head has not acknowledged yet; no record is touched."""
        if not self.may(Action.GLASS_ACKNOWLEDGE):
            return 0
        with self.application.reading() as session:
            query = select(GlassBreak.id).where(
                col(GlassBreak.centre_id).in_(self.principal.centres), col(GlassBreak.seen_at).is_(None)
            )
            return len(session.exec(query).all())

    def acknowledge(self, glass_id: uuid.UUID) -> None:
        """The head has read why a glass was broken. Raises NotFound for one of another centre."""
        self.require(Action.GLASS_ACKNOWLEDGE)
        with self.application.session() as session:
            row = session.get(GlassBreak, glass_id)
            if row is None or row.centre_id not in self.principal.centres:
                raise NotFound("There is no such notice.")
            if row.seen_at is None:
                row.seen_by, row.seen_at = self.principal.account_id, self.now
                session.add(row)
                self.record(session, "glass acknowledged", [row.returnee_id], "reason")
            session.commit()


def _is(key: str) -> sa.ColumnElement[bool]:
    try:
        return col(Returnee.id) == uuid.UUID(key)
    except ValueError:
        return col(Returnee.ref) == key
