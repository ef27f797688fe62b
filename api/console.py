"""Who asks at the command line of the machine itself.

Whoever runs the machine holds its keys and could read everything. The command line does not pretend otherwise,
but it shows no more than the account it is used for may see, and writes down that it was used.
"""

from __future__ import annotations

from sqlmodel import col, select

from api.accounts import clean_login
from api.application import Application
from api.models import Account
from api.sessions import principal_of
from profiling.access import Principal
from profiling.errors import SignInNeeded


def console_principal(application: Application, login: str) -> Principal:
    """The principal of an account, used from the command line. Raises SignInNeeded when there is no such one."""
    now = application.now()
    with application.session() as session:
        account = session.exec(
            select(Account).where(Account.login == clean_login(login), col(Account.disabled_at).is_(None))
        ).first()
        if account is None:
            raise SignInNeeded(f"There is no open account {login!r}. An administrator makes accounts.")
        application.record(session, "system", "command line", "account", [account.id], "")
        principal = principal_of(session, account, now)
        session.commit()
        return principal
