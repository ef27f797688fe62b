"""Accounts of every role for tests, and browsers that are signed in with them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import select
from starlette.testclient import TestClient

from api.accounts import Issued, NewAccount, activate, card_account, make_account
from api.app import make_app
from api.application import Application
from api.casework import Casework
from api.limits import Limits
from api.models import Account
from api.sessions import make_token, principal_of
from jobs_ingest.models import Employer
from profiling.access import Principal, Role
from profiling.models import Returnee

PASSWORD = "seven quiet bridges 41"
_LOGINS = {"n": 0}


@dataclass(frozen=True)
class Somebody:
    """An account of a test: who it is and how it signs in."""

    login: str
    principal: Principal
    password: str = PASSWORD


def _made(application: Application, issued: Issued) -> Somebody:
    with application.session() as session:
        account = activate(session, issued.login, issued.code, PASSWORD, application.now())
        assert account is not None
        session.commit()
        return Somebody(account.login, principal_of(session, account, application.now()))


def somebody(
    application: Application, role: Role, *, centre: str | None = None, employer: str | None = None
) -> Somebody:
    """A new activated account of staff, an employer or an administrator."""
    _LOGINS["n"] += 1
    new = NewAccount(role, f"{role}{_LOGINS['n']}@example.org", "Fictional", centre=centre, employer=employer)
    with application.session() as session:
        issued = make_account(session, new, application.now())
        session.commit()
    return _made(application, issued)


def counsellor(application: Application, centre: str | None = None, role: Role = Role.COUNSELLOR) -> Somebody:
    """A counsellor of a centre; of the only one when none is named."""
    name = centre or application.centres()[0].name
    return somebody(application, role, centre=name)


def employer(application: Application, name: str) -> Somebody:
    """An account of an employer, which is made when it does not exist."""
    with application.session() as session:
        if session.exec(select(Employer).where(Employer.name == name)).first() is None:
            session.add(Employer(name=name, country="NP"))
        session.commit()
    return somebody(application, Role.EMPLOYER, employer=name)


def returnee(application: Application, ref: str) -> Somebody:
    """The account of a person, by their number."""
    with application.session() as session:
        person = session.exec(select(Returnee.id).where(Returnee.ref == ref)).one()
        issued = card_account(session, person, application.now())
        session.commit()
    return _made(application, issued)


def id_of(application: Application, ref: str) -> uuid.UUID:
    """The id of a person by their number."""
    with application.reading() as session:
        return session.exec(select(Returnee.id).where(Returnee.ref == ref)).one()


def desk(application: Application, centre: str | None = None) -> Casework:
    """The desk of a new counsellor; without any centre, of one who has none."""
    if not application.centres():
        return Casework(application, Principal(Role.COUNSELLOR, uuid.uuid4()))
    return Casework(application, counsellor(application, centre).principal)


def token_of(application: Application, who: Somebody, actions: list[str]) -> str:
    """A token for programs with these actions."""
    with application.session() as session:
        secret, _ = make_token(session, who.principal, "test", actions, 30, application.now())
        session.commit()
        return secret


def principal_now(application: Application, who: Somebody, now: datetime) -> Principal:
    """Who somebody is at another moment."""
    with application.reading() as session:
        account = session.exec(select(Account).where(Account.login == who.login)).one()
        return principal_of(session, account, now)


class Browser(TestClient):
    """A browser on this machine; its forms carry the token of the last page that it read."""

    def __init__(self, application: Application, host: str = "127.0.0.1") -> None:
        app = make_app(application, limits=Limits(enforced=False))
        super().__init__(
            app, f"http://{host}", raise_server_exceptions=False, client=("127.0.0.1", 50000),
            follow_redirects=False,
        )  # fmt: skip

    def sign_in(self, who: Somebody) -> Browser:
        """Sign in; one-time codes must be switched off."""
        self.get("/sign-in")
        answer = self.submit("/sign-in", {"login": who.login, "password": who.password}, page="/sign-in")
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/", answer.headers
        return self

    def form_token(self, page: str) -> str:
        """The token in the forms of a page."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.get(page).text)
        assert found, page
        return found[1]

    def submit(self, address: str, fields: dict[str, Any], *, page: str = "/account") -> Any:
        """Send a form as the page that it stands on would."""
        return self.post(address, data={"form_token": self.form_token(page), **fields})


def browser(application: Application, who: Somebody) -> Browser:
    """A browser that is signed in."""
    return Browser(application).sign_in(who)
