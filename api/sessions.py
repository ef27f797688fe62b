"""Signing in, and who somebody is on each request: by a browser's session or a program's token."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.accounts import clean_login, count_failure, forgive, locked
from api.models import Account, ApiToken, GlassBreak, SignIn
from api.passwords import new_one_time_secret, new_token, one_time_step, password_fits, short_code, token_hash
from api.policy import Action
from profiling.access import STAFF, Principal, Role
from profiling.errors import InputError, NotFound
from profiling.vault import vault_of

#: A session ends when nothing was asked for so long, and in any case after so long.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: Time to type the one-time code.
HALF_WAY = timedelta(minutes=10)
_SEEN_STEP = timedelta(minutes=1)
TOKEN_PREFIX = "hunar_"  # noqa: S105
LONGEST_TOKEN_LIFE = timedelta(days=366)
_SECRET = "account.one_time_secret"  # noqa: S105


@dataclass(frozen=True)
class Visitor:
    """Somebody who is recognised: the principal, the account, and the session if it is a browser.

    ``half``: the password was right, the one-time code is still to come; nothing else may be asked.
    """

    principal: Principal
    account: Account
    sign_in: SignIn | None = None
    token: ApiToken | None = None
    half: bool = False


@dataclass(frozen=True)
class Opened:
    """A new session and the secret that the browser is to keep."""

    token: str
    sign_in: SignIn
    needs_code: bool


def sign_in(
    session: Session, login: str, password: str, device: str, now: datetime, *, one_time_codes: bool,
    former: str | None = None, right: bool | None = None,
) -> Opened | None:  # fmt: skip
    """Open a session, or None when login or password is wrong or the login is locked; the failure is counted.

    An unknown login costs the same work as a known one: one comparison of hashes, one counted failure. A
    session that the browser had before (``former``) ends, whosever it was. ``right``: what
    ``password_is_right`` said a moment before; it is asked here when it is not given.
    """
    login = clean_login(login)
    if locked(session, login, now):
        return None
    account = session.exec(select(Account).where(Account.login == login)).first()
    if right is None:
        right = password_is_right(session, login, password, now)
    if account is None or account.disabled_at is not None or not right:
        count_failure(session, login, now)
        return None
    needs_code = one_time_codes and Role(account.role) in STAFF
    if not needs_code:
        # The code is the second half of the proof; failures are forgiven when it was right.
        forgive(session, login)
    if former is not None:
        session.execute(sa.delete(SignIn).where(col(SignIn.token_hash) == token_hash(former)))
    return _open(session, account, device, now, half=needs_code)


def password_is_right(session: Session, login: str, password: str, now: datetime) -> bool:
    """Whether this is the password of an open account; an unknown login takes as long. Nothing is written."""
    login = clean_login(login)
    if locked(session, login, now):
        return False
    query = select(Account.password_hash).where(Account.login == login, col(Account.disabled_at).is_(None))
    return password_fits(password, session.exec(query).first())


def _open(session: Session, account: Account, device: str, now: datetime, *, half: bool) -> Opened:
    token = new_token("")
    opened = SignIn(
        account_id=account.id, token_hash=token_hash(token), device=device[:60], created_at=now, seen_at=now,
        expires_at=now + (HALF_WAY if half else ABSOLUTE), half=half,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    return Opened(token, opened, half)


def offer_one_time_secret(session: Session, account: Account) -> str | None:
    """The secret to set up in an authenticator app; None when the account has one that was confirmed."""
    vault = vault_of(session)
    if account.one_time_step:
        return None
    if account.one_time_secret is None:
        account.one_time_secret = vault.seal(new_one_time_secret(), _SECRET, account.id)
        session.add(account)
        session.flush()
    return vault.open(account.one_time_secret, _SECRET, account.id)


def give_code(session: Session, visitor: Visitor, code: str, now: datetime) -> Opened | None:
    """Complete a half open session by its one-time code, under a new token. None when the code is wrong."""
    account, half = visitor.account, visitor.sign_in
    if half is None or not half.half or account.one_time_secret is None or locked(session, account.login, now):
        return None
    secret = vault_of(session).open(account.one_time_secret, _SECRET, account.id)
    step = one_time_step(secret, code, now, account.one_time_step)
    if step is None:
        count_failure(session, account.login, now)
        return None
    # One statement, so that of two requests with the same code one is refused.
    taken = session.execute(
        sa.update(Account)
        .where(col(Account.id) == account.id, col(Account.one_time_step) < step)
        .values(one_time_step=step)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    forgive(session, account.login)
    session.execute(sa.delete(SignIn).where(col(SignIn.id) == half.id))
    return _open(session, account, half.device, now, half=False)


def recognise(session: Session, token: str, now: datetime) -> Visitor | None:
    """Who a browser's session belongs to; None when it is unknown, expired, or the account closed."""
    found = session.execute(
        sa.select(SignIn, Account)
        .join(Account, col(Account.id) == SignIn.account_id)
        .where(
            col(SignIn.token_hash) == token_hash(token), col(SignIn.expires_at) > now,
            col(SignIn.seen_at) > now - IDLE, col(Account.disabled_at).is_(None),
        )
    ).first()  # fmt: skip
    if found is None:
        return None
    opened, account = found
    return Visitor(principal_of(session, account, now), account, opened, half=opened.half)


def was_seen(session: Session, opened: SignIn, now: datetime) -> bool:
    """Note that a session is in use, once a minute. Returns whether there is something to commit."""
    if now - opened.seen_at < _SEEN_STEP:
        return False
    session.execute(sa.update(SignIn).where(col(SignIn.id) == opened.id).values(seen_at=now))
    return True


def recognise_token(session: Session, token: str, now: datetime) -> Visitor | None:
    """Who a program's token belongs to; None when unknown, revoked, expired, or the account closed."""
    found = session.execute(
        sa.select(ApiToken, Account)
        .join(Account, col(Account.id) == ApiToken.account_id)
        .where(
            col(ApiToken.token_hash) == token_hash(token), col(ApiToken.expires_at) > now,
            col(ApiToken.revoked_at).is_(None), col(Account.disabled_at).is_(None),
        )
    ).first()  # fmt: skip
    if found is None:
        return None
    held, account = found
    principal = replace(principal_of(session, account, now), actions=frozenset(held.actions))
    return Visitor(principal, account, token=held)


def principal_of(session: Session, account: Account, now: datetime) -> Principal:
    """What an account is at this moment. A broken glass counts until its time is over."""
    people = {account.returnee_id} if account.returnee_id else set()
    if account.role == Role.ADMINISTRATOR:
        people |= set(
            session.exec(
                select(GlassBreak.returnee_id).where(
                    GlassBreak.account_id == account.id, GlassBreak.opened_at <= now, GlassBreak.until > now
                )
            )
        )
    return Principal(
        Role(account.role), account.id, frozenset({account.centre_id} if account.centre_id else ()),
        frozenset(people), account.employer_id,
    )  # fmt: skip


def form_token(session: Session, bound_to: str) -> str:
    """What a form must carry to be believed: a keyed hash of the browser's own secret."""
    return short_code(bytes.fromhex(vault_of(session).fingerprint("form", bound_to)))


def form_is_ours(session: Session, bound_to: str, sent: str) -> bool:
    """Whether a form was made by a page that this browser was shown."""
    return hmac.compare_digest(form_token(session, bound_to).encode(), sent.encode())


# --- own sessions and tokens ----------------------------------------------------------------------


def own_sessions(session: Session, account_id: uuid.UUID, now: datetime) -> list[SignIn]:
    """Where an account is signed in, latest first."""
    return list(
        session.exec(
            select(SignIn)
            .where(SignIn.account_id == account_id, SignIn.expires_at > now, SignIn.seen_at > now - IDLE)
            .order_by(col(SignIn.seen_at).desc())
        )
    )


def end_session(session: Session, account_id: uuid.UUID, sign_in_id: uuid.UUID) -> None:
    """Sign one browser out. Raises NotFound for a session of somebody else."""
    gone = sa.delete(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.account_id) == account_id)
    if session.execute(gone).rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("There is no such session.")


def own_tokens(session: Session, account_id: uuid.UUID) -> list[ApiToken]:
    """The tokens of an account, newest first, revoked ones too."""
    query = select(ApiToken).where(ApiToken.account_id == account_id)
    return list(session.exec(query.order_by(col(ApiToken.created_at).desc(), ApiToken.id)))  # type: ignore[arg-type]


def make_token(
    session: Session, principal: Principal, name: str, actions: Collection[str], days: int, now: datetime,
    *, made_with: ApiToken | None = None,
) -> tuple[str, ApiToken]:  # fmt: skip
    """A new token, shown once, and its row. It may do these actions and no more. Raises InputError.

    A token cannot make a token that may do more or lives longer than itself, and takes it along when revoked.
    """
    unknown = sorted(set(actions) - {action.value for action in Action})
    if unknown:
        raise InputError(f"There is no action {unknown[0]!r}. See the list of actions in the documentation.")
    if not actions:
        raise InputError("Name the actions that the token may do.")
    if principal.actions is not None and not set(actions) <= principal.actions:
        raise InputError("A token cannot make a token that may do more than itself.")
    if not name.strip() or principal.account_id is None:
        raise InputError("Give the token a name, so that you know later which one to revoke.")
    life = timedelta(days=days)
    if not timedelta(days=1) <= life <= LONGEST_TOKEN_LIFE:
        raise InputError("A token lives 1 to 366 days.")
    secret, expires_at = new_token(TOKEN_PREFIX), now + life
    if made_with is not None:
        expires_at = min(expires_at, made_with.expires_at)
    row = ApiToken(
        account_id=principal.account_id, made_with=made_with.id if made_with else None,
        name=name.strip()[:100], token_hash=token_hash(secret),
        actions=sorted(set(actions)), created_at=now, expires_at=expires_at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return secret, row


def revoke_token(session: Session, account_id: uuid.UUID, token_id: uuid.UUID, now: datetime) -> None:
    """Revoke a token and those made with it. Raises NotFound for one of somebody else."""
    held = session.get(ApiToken, token_id)
    if held is None or held.account_id != account_id:
        raise NotFound("There is no such token.")
    waiting = [held]
    for one in waiting:
        waiting += session.exec(select(ApiToken).where(ApiToken.made_with == one.id)).all()
        one.revoked_at = one.revoked_at or now
        session.add(one)
    session.flush()
