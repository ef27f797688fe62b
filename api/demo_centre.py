"""The fictional demo centre, loaded through the ordinary importers."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from api.accounts import NewAccount, activate, card_account, issue_code, make_account
from api.application import Application
from api.models import Account
from jobs_ingest.employers import add_employer
from jobs_ingest.models import Employer, Vacancy
from profiling.access import Role
from profiling.importing import ImportReport
from profiling.models import Returnee

FOLDER = Path(__file__).parent / "demo"
CENTRE = "Demo centre (fictional)"
SOURCE = "demo"
EMPLOYER = "Trishuli Demo Construction Pvt. Ltd."
DEMO_COUNSELLOR = "counsellor@demo.example"
_ACCOUNTS = (
    NewAccount(Role.COUNSELLOR, DEMO_COUNSELLOR, "Demo counsellor", centre=CENTRE),
    NewAccount(Role.HEAD, "head@demo.example", "Demo head", centre=CENTRE),
    NewAccount(Role.ASSESSOR, "assessor@demo.example", "Demo assessor", centre=CENTRE),
    NewAccount(Role.EMPLOYER, "employer@demo.example", "Demo employer", employer=EMPLOYER),
    NewAccount(Role.ADMINISTRATOR, "admin@demo.example", "Demo administrator"),
)
_WORDS = "river lamp mango bridge cotton pepper window saddle copper garden monsoon thread".split()


@dataclass(frozen=True)
class DemoLogin:
    """A login of the demo and the password that it was given just now."""

    role: Role
    login: str
    password: str


def load_demo(
    application: Application, progress: Callable[[int], None] = lambda rows: None
) -> Iterator[ImportReport]:
    """Import the demo files one after the other; a second time nothing changes."""
    application.add_centre(CENTRE, "NP", fictional=True)
    yield application.ingest("returnees", FOLDER / "returnees.csv", centre=CENTRE, progress=progress)
    for name in ("vacancies_nepal.csv", "vacancies_region.csv"):
        yield application.ingest("vacancies", FOLDER / name, source=SOURCE, progress=progress)
    yield application.ingest("courses", FOLDER / "courses.csv", source=SOURCE, progress=progress)
    yield application.ingest("providers", FOLDER / "providers.csv", source=SOURCE, progress=progress)


def showcase() -> str:
    """The reference number of the returnee that the demo shows first."""
    with (FOLDER / "returnees.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["ref"]


def demo_accounts(application: Application) -> list[DemoLogin]:
    """An account of each role, each with a fresh password; the employer gets its demo vacancies."""
    now, made = application.now(), []
    with application.session() as session:
        employer = session.exec(select(Employer).where(Employer.name == EMPLOYER)).first()
        if employer is None:
            employer = add_employer(session, EMPLOYER, "NP")
        session.execute(
            sa.update(Vacancy)
            .where(col(Vacancy.source) == SOURCE, col(Vacancy.employer) == EMPLOYER)
            .values(employer_id=employer.id)
        )
        returnee = session.exec(select(Returnee.id).where(Returnee.ref == showcase())).one()
        issued = [card_account(session, returnee, now)]
        for new in _ACCOUNTS:
            held = session.exec(select(Account).where(Account.login == new.login)).first()
            issued.append(issue_code(session, held, now) if held else make_account(session, new, now))
        for role, code in zip((Role.RETURNEE, *(new.role for new in _ACCOUNTS)), issued, strict=True):
            password = " ".join([*secrets.SystemRandom().sample(_WORDS, 3), str(secrets.randbelow(900) + 100)])
            activate(session, code.login, code.code, password, now)
            made.append(DemoLogin(role, code.login, password))
        session.commit()
    return made
