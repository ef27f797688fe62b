"""Accounts: making them, activating them with a printed code, locking, closing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.models import Account, ActivationCode, ApiToken, SignIn, SignInFailure
from api.passwords import check_new_password, hash_password, printed_code, read_printed, token_hash
from jobs_ingest.models import Employer
from profiling.access import STAFF, Role
from profiling.errors import Conflict, InputError, NotFound
from profiling.models import Centre, Returnee, UtcDateTime
from profiling.vault import vault_of

if TYPE_CHECKING:
    from api.application import Application

#: A lock holds for half an hour after the sixth failure.
MOST_FAILURES = 6
LOCK = timedelta(minutes=30)
CODE_LIFE = timedelta(days=14)
_CENTRE_ROLES = (Role.COUNSELLOR, Role.HEAD, Role.ASSESSOR)
WRONG = "Login, password or code is wrong, or too many tries have closed the account for 30 minutes."


@dataclass(frozen=True)
class NewAccount:
    """What an administrator says of a new account."""

    role: Role
    login: str
    name: str = ""
    centre: str | None = None
    employer: str | None = None


@dataclass(frozen=True)
class AccountLine:
    """An account as an administrator sees it."""

    id: uuid.UUID
    login: str
    role: Role
    name: str
    belongs_to: str
    activated: bool
    disabled: bool
    created_at: datetime


@dataclass(frozen=True)
class Issued:
    """An account and the code to print. The code is shown once and kept nowhere."""

    account_id: uuid.UUID
    login: str
    code: str
    expires_at: datetime


def make_account(session: Session, new: NewAccount, now: datetime) -> Issued:
    """An account of staff, an employer or an administrator, with its first code. Raises InputError, Conflict."""
    login = clean_login(new.login)
    if not 3 <= len(login) <= 100 or any(character.isspace() for character in login):
        raise InputError("A login has 3 to 100 characters without blanks, for instance an e-mail address.")
    if new.role in (Role.RETURNEE, Role.SYSTEM):
        raise InputError("A returnee's account is made by a counsellor from the person's record.")
    if session.exec(select(Account.id).where(Account.login == login)).first():
        raise Conflict(f"There is an account {login!r} already.")
    account = Account(login=login, role=new.role, name=new.name.strip(), created_at=now)
    if new.role in _CENTRE_ROLES:
        account.centre_id = _named(session, Centre, new.centre, "centre")
    elif new.role is Role.EMPLOYER:
        account.employer_id = _named(session, Employer, new.employer, "employer")
    session.add(account)
    session.flush()
    return issue_code(session, account, now)


def _named(session: Session, table: type[Centre] | type[Employer], name: str | None, kind: str) -> uuid.UUID:
    found = session.exec(select(table.id).where(table.name == name)).first()
    if found is None:
        raise InputError(f"There is no {kind} {name!r}. `hunar {kind} list` shows them.")
    return found


def card_account(session: Session, returnee_id: uuid.UUID, now: datetime) -> Issued:
    """A returnee's account with a fresh code to print; a second card replaces the first one's code."""
    session.execute(select(Returnee.id).where(Returnee.id == returnee_id).with_for_update())
    account = session.exec(select(Account).where(Account.returnee_id == returnee_id)).first()
    if account is None:
        account = Account(
            login=read_printed(printed_code(3)).casefold(), role=Role.RETURNEE, returnee_id=returnee_id,
            created_at=now,
        )  # fmt: skip
        session.add(account)
        session.flush()
    return issue_code(session, account, now)


def issue_code(session: Session, account: Account, now: datetime) -> Issued:
    """A new code for an account; older ones cease to work."""
    if account.disabled_at is not None:
        raise Conflict("The account is closed. Open it again first.")
    session.execute(sa.delete(ActivationCode).where(col(ActivationCode.account_id) == account.id))
    code = printed_code(4)
    made = ActivationCode(
        account_id=account.id, code_hash=token_hash(read_printed(code)), made_at=now, expires_at=now + CODE_LIFE
    )
    session.add(made)
    session.flush()
    return Issued(account.id, account.login, code, made.expires_at)


def activate(session: Session, login: str, code: str, password: str, now: datetime) -> Account | None:
    """Give an account its password by a code. None when login or code is wrong; the failure is counted.

    The one-time secret is taken away, so that staff who lost their telephone set up a new one, and everybody
    who is signed in to the account is signed out.
    """
    login = clean_login(login)
    if locked(session, login, now):
        return None
    account = session.exec(
        select(Account).where(Account.login == login, col(Account.disabled_at).is_(None))
    ).first()
    held = None
    if account is not None:
        held = session.exec(
            select(ActivationCode).where(
                ActivationCode.account_id == account.id,
                ActivationCode.code_hash == token_hash(read_printed(code)),
                col(ActivationCode.used_at).is_(None),
                ActivationCode.expires_at > now,
            )
        ).first()
    if account is None or held is None:
        count_failure(session, login, now)
        return None
    check_new_password(password, login, staff=account.role in STAFF)
    held.used_at = now
    account.password_hash, account.one_time_secret, account.one_time_step = hash_password(password), None, 0
    sign_everybody_out(session, account.id)
    revoke_tokens(session, account.id, now)
    forgive(session, login)
    session.add_all([held, account])
    session.flush()
    return account


def change_password(session: Session, account: Account, password: str, now: datetime) -> None:
    """A new password; tokens are revoked, and everybody else who is signed in is signed out by the caller."""
    check_new_password(password, account.login, staff=account.role in STAFF)
    account.password_hash = hash_password(password)
    revoke_tokens(session, account.id, now)
    session.add(account)


def revoke_tokens(session: Session, account_id: uuid.UUID, now: datetime) -> None:
    """Revoke every token of an account."""
    session.execute(
        sa.update(ApiToken)
        .where(col(ApiToken.account_id) == account_id, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def clean_login(login: str) -> str:
    """A login as typed: case and outer blanks do not matter, nor do the hyphens of a card's number."""
    plain = login.strip().casefold()[:100]
    return plain if "@" in plain else plain.replace("-", "").replace(" ", "")


def sign_everybody_out(session: Session, account_id: uuid.UUID, keep: uuid.UUID | None = None) -> None:
    """End the sessions of an account, except one."""
    gone = sa.delete(SignIn).where(col(SignIn.account_id) == account_id)
    session.execute(gone if keep is None else gone.where(col(SignIn.id) != keep))


def close_account(session: Session, account_id: uuid.UUID, now: datetime, *, closed: bool) -> None:
    """Close an account, with its sessions and tokens, or open it again. Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None or account.role == Role.RETURNEE:
        raise NotFound("There is no such account.")
    account.disabled_at = now if closed else None
    if closed:
        sign_everybody_out(session, account_id)
        revoke_tokens(session, account_id, now)
        session.execute(sa.delete(ActivationCode).where(col(ActivationCode.account_id) == account_id))
    session.add(account)
    session.flush()


def list_accounts(session: Session) -> list[AccountLine]:
    """Every account but those of returnees, whose very existence says something about a client."""
    centres = {centre.id: centre.name for centre in session.exec(select(Centre))}
    employers = {employer.id: employer.name for employer in session.exec(select(Employer))}
    found = session.exec(select(Account).where(Account.role != Role.RETURNEE).order_by(Account.login))
    return [
        AccountLine(
            account.id, account.login, Role(account.role), account.name,
            centres.get(account.centre_id, "") if account.centre_id else employers.get(account.employer_id, "")
            if account.employer_id else "", account.password_hash is not None, account.disabled_at is not None,
            account.created_at,
        )
        for account in found
    ]  # fmt: skip


# --- locks ----------------------------------------------------------------------------------------


def failure_key(session: Session, login: str) -> str:
    """Under what the failures of a login are counted: a keyed hash, so that nothing typed is kept."""
    return vault_of(session).fingerprint("login", login)


def _failures(session: Session, login: str) -> SignInFailure | None:
    return session.get(SignInFailure, failure_key(session, login))


def admitted(session: Session, login: str, now: datetime, *, right: bool) -> bool:
    """Whether a password given again by somebody signed in counts; a wrong one, or one while locked, is counted."""
    if right and not locked(session, login, now):
        return True
    count_failure(session, login, now)
    return False


def locked(session: Session, login: str, now: datetime) -> bool:
    """Whether too many failures have closed a login for a while."""
    held = _failures(session, login)
    return held is not None and held.locked_until is not None and held.locked_until > now


def count_failure(session: Session, login: str, now: datetime) -> None:
    """Count a failed try; the sixth within half an hour of the last one locks."""
    key = failure_key(session, login)
    # The row is locked by writing to it, so that failures at the same moment are all counted.
    session.execute(
        sa.text(
            "INSERT INTO sign_in_failure (login, failures, last_at) VALUES (:login, 0, :now)"
            " ON CONFLICT (login) DO UPDATE SET login = excluded.login"
        ).bindparams(sa.bindparam("now", type_=UtcDateTime)),
        {"login": key, "now": now},
    )
    session.expire_all()
    held = session.get_one(SignInFailure, key, with_for_update=True)
    if now - held.last_at > LOCK:
        held.failures, held.locked_until = 0, None
    held.failures, held.last_at = held.failures + 1, now
    if held.failures >= MOST_FAILURES:
        held.failures, held.locked_until = 0, now + LOCK
    session.add(held)
    session.flush()


def forgive(session: Session, login: str) -> None:
    """Forget the failures of a login after it was right."""
    held = _failures(session, login)
    if held is not None:
        session.delete(held)


def has_administrator(application: Application) -> bool:
    """Whether somebody can make accounts."""
    with application.reading() as session:
        return session.exec(select(Account.id).where(Account.role == Role.ADMINISTRATOR)).first() is not None


def rescue_administrator(application: Application, login: str) -> Issued:
    """A new code for an administrator, made by whoever runs the machine. Raises NotFound."""
    with application.session() as session:
        found = session.exec(
            select(Account).where(Account.login == clean_login(login), Account.role == Role.ADMINISTRATOR)
        ).first()
        if found is None:
            raise NotFound(f"There is no administrator {login!r}. Other accounts get a code from an administrator.")
        issued = issue_code(session, found, application.now())
        application.record(session, "system", "account code", "account", [found.id], "code")
        session.commit()
        return issued


def first_administrator(application: Application, login: str) -> Issued:
    """The account by which an installation begins; later ones are made by an administrator."""
    with application.session() as session:
        if session.exec(select(Account.id).where(Account.role == Role.ADMINISTRATOR)).first():
            raise Conflict("There is an administrator already, who makes the other accounts.")
        issued = make_account(session, NewAccount(Role.ADMINISTRATOR, login), application.now())
        application.record(session, "system", "account", "account", [issued.account_id], "role,login")
        session.commit()
        return issued
