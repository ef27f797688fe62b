"""What is barred reaches nobody: every surface that lists a match, while the market changes under it."""

from __future__ import annotations

import random
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from api_client import Program, mounted
from conftest import SqliteServer
from matching_cases import NOW, TODAY
from people import Browser, Somebody, browser, counsellor, employer, token_of
from sizes import SEED, size
from sqlmodel import Session, select

from api.application import Application
from api.casework import Casework
from api.demo_centre import CENTRE, load_demo
from api.employers import EmployerDesk
from api.policy import GRANTS
from api.settings import Settings
from jobs_ingest.employers import give_vacancy
from jobs_ingest.models import Vacancy
from matching.embeddings import HashingEmbedder
from matching.market import title_words
from profiling.matching_view import matchable_returnees
from profiling.models import Passport
from profiling.repository import bump_revision

PEOPLE, FIRM = size(5, 200), "Surface Demo Works"
_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
#: What befalls a vacancy, one of them at a time.
CHANGES: tuple[dict[str, object], ...] = (
    {"status": "held"}, {"status": "closed"}, {"status": "filled"}, {"status": "withdrawn"},
    {"closes_on": TODAY - timedelta(1)}, {"country": "XX"}, {"licences": ["nursing-council"]},
)  # fmt: skip
Seen = tuple[set[uuid.UUID], set[uuid.UUID]]


@pytest.fixture(scope="module")
def demo(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A demo centre that the campaign changes."""
    folder = tmp_path_factory.mktemp("surfaces")
    settings = Settings(data=folder, DATABASE_URL=sqlite_server.create("starter", folder), one_time_codes=False)
    made = Application(settings, embedder=HashingEmbedder(), clock=lambda: NOW)
    made.prepare()
    assert sum(report.rejected for report in load_demo(made)) == 0
    made.refresh()
    yield made
    made.engine.dispose()


class Surfaces:
    """Everything that lists jobs for somebody or people for a vacancy."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.firm = employer(application, FIRM)
        staff = counsellor(application, CENTRE)
        self.desk = Casework(application, staff.principal)
        self.pages, self.firm_pages = browser(application, staff), browser(application, self.firm)
        api = mounted(application)
        self.api, self.firm_api = (
            Program(api, token_of(application, who, _may(who))) for who in (staff, self.firm)
        )

    def jobs(self, person: uuid.UUID) -> dict[str, Seen]:
        """The vacancies listed for a person, and those that a course opens, by surface."""
        found = self.desk.match(str(person), jobs=50, courses=20)
        seen = {"desk": _offered(found.jobs, found.courses)}
        seen["page"] = _on_page(_got(self.pages, f"/returnees/{person}/matches?jobs=50&courses=20").text)
        told = _got(self.api, f"/returnees/{person}/matches?jobs=50&courses=20").json()["found"]
        seen["api"] = {uuid.UUID(job["id"]) for job in told["jobs"]}, set()
        assert seen["desk"][0] == seen["page"][0] == seen["api"][0]
        assert [job["score"] for job in told["jobs"]] == pytest.approx([job.score for job in found.jobs], abs=1e-6)
        return seen

    def people(self, vacancy: uuid.UUID) -> dict[str, int | set[uuid.UUID]]:
        """The people listed for a vacancy, by surface; only their number for an employer."""
        listed = {one.found.returnee_id for one in self.desk.candidates(str(vacancy), count=20)}
        told = _got(self.api, f"/vacancies/{vacancy}/candidates?limit=20").json()["items"]
        page = re.findall(rf"/returnees/({_ID})", _got(self.pages, f"/vacancies/{vacancy}").text)
        with self.application.session() as session:
            give_vacancy(session, str(vacancy), FIRM)
            session.commit()
        firm_told = _got(self.firm_api, f"/employer/vacancies/{vacancy}/candidates?limit=20").json()["items"]
        firm_page = _got(self.firm_pages, f"/employer/vacancies/{vacancy}").text
        firm = EmployerDesk(self.application, self.firm.principal).candidates(vacancy)
        return {
            "desk": listed, "api": {uuid.UUID(one["returnee"]) for one in told},
            "page": {uuid.UUID(one) for one in page}, "firm": len(firm), "firm's api": len(firm_told),
            "firm's page": firm_page.count('<article class="card match">'),
        }  # fmt: skip


def _may(who: Somebody) -> list[str]:
    return [str(action) for action, roles in GRANTS.items() if who.principal.role in roles]


def _got(asks: Browser | Program, address: str):  # type: ignore[no-untyped-def]
    answer = asks.get(address)
    assert answer.status_code == 200, answer.text
    return answer


def _offered(jobs, courses) -> Seen:  # type: ignore[no-untyped-def]
    return {job.vacancy.id for job in jobs}, {unlock.vacancy.id for one in courses for unlock in one.opens}


def _on_page(text: str) -> Seen:
    jobs, _, courses = text.partition('aria-labelledby="courses"')
    return tuple({uuid.UUID(one) for one in re.findall(rf"/vacancies/({_ID})", part)} for part in (jobs, courses))  # type: ignore[return-value]


def barred(application: Application, person: Passport, vacancy: Vacancy) -> set[str]:
    """Why a vacancy may not be listed for a person, from their rows alone."""
    taxonomy = application.taxonomy()
    refused = [str(taxonomy.isco_of(code)) for code in person.not_wanted_occupations if taxonomy.isco_of(code)]
    words = [title_words(text) for text in person.not_wanted_work]
    group = str(taxonomy.isco_of(vacancy.occupation) or "")
    found = {
        "status": vacancy.status != "open",
        "day": vacancy.closes_on is not None and vacancy.closes_on < TODAY,
        "country": vacancy.country not in {None, person.home_country, *person.work_countries},
        "trade": any(group.startswith(one) for one in refused),
        "words": any(some and some <= title_words(vacancy.title) for some in words),
        "licence": not set(vacancy.licences) <= taxonomy.with_implied(frozenset(person.licences)),
    }
    return {why for why, holds in found.items() if holds}


def test_what_is_barred_reaches_nobody(demo: Application, capsys: pytest.CaptureFixture[str]) -> None:
    rng, surfaces = random.Random(f"{SEED} surfaces"), Surfaces(demo)
    with demo.reading() as session:
        people = matchable_returnees(session, surfaces.desk.principal, NOW)
    count: Counter[str] = Counter()
    for _ in range(PEOPLE):
        person = rng.choice(people)
        before = surfaces.jobs(person)["desk"][0]
        fallen = rng.sample(sorted(before), min(len(before) // 2 + 1, len(before), len(CHANGES)))
        changed = dict(zip(fallen, rng.sample(CHANGES, len(fallen)), strict=True))
        with demo.session() as session:
            kept = change(session, person, changed, rng.random() < 0.3)
        count["changed"] += len(changed)
        check_person(demo, surfaces, person, changed, count)
        for vacancy in (*fallen[:1], *sorted(before - set(fallen))[:1]):
            check_vacancy(demo, surfaces, vacancy, count)
        with demo.session() as session:
            restore(session, person, kept)
    with capsys.disabled():
        print(f"\nsurfaces: {PEOPLE} people, {dict(sorted(count.items()))}, nothing barred was listed")
    assert count["changed"] >= PEOPLE
    assert min(count["jobs"], count["people"], count["nobody"]) > 0


Kept = tuple[list[str], dict[uuid.UUID, dict[str, object]]]


def change(session: Session, person: uuid.UUID, changed: dict[uuid.UUID, dict[str, object]], refuse: bool) -> Kept:
    """Let something befall vacancies and, perhaps, let the person refuse the trade's title; what was there."""
    old: dict[uuid.UUID, dict[str, object]] = {}
    passport = session.exec(select(Passport).where(Passport.returnee_id == person)).one()
    words = list(passport.not_wanted_work)
    for vacancy_id, values in changed.items():
        vacancy = session.exec(select(Vacancy).where(Vacancy.id == vacancy_id)).one()
        old[vacancy_id] = {name: getattr(vacancy, name) for name in values}
        for name, value in values.items():
            setattr(vacancy, name, value)
        if refuse:
            passport.not_wanted_work = [*words, vacancy.title]
    bump_revision(session, "market")
    session.commit()
    return words, old


def restore(session: Session, person: uuid.UUID, kept: Kept) -> None:
    """Put back what ``change`` found."""
    words, old = kept
    session.exec(select(Passport).where(Passport.returnee_id == person)).one().not_wanted_work = words
    for vacancy_id, values in old.items():
        vacancy = session.exec(select(Vacancy).where(Vacancy.id == vacancy_id)).one()
        for name, value in values.items():
            setattr(vacancy, name, value)
    bump_revision(session, "market")
    session.commit()


def check_person(
    demo: Application, surfaces: Surfaces, person: uuid.UUID, changed: dict[uuid.UUID, dict[str, object]],
    count: Counter[str],
) -> None:  # fmt: skip
    """Nothing that befell a vacancy, and nothing else, lets a barred one into a list of the person."""
    with demo.reading() as session:
        passport = session.exec(select(Passport).where(Passport.returnee_id == person)).one()
        vacancies = {vacancy.id: vacancy for vacancy in session.exec(select(Vacancy))}
    for surface, (jobs, opened) in surfaces.jobs(person).items():
        for vacancy in jobs:
            assert barred(demo, passport, vacancies[vacancy]) == set(), (surface, vacancies[vacancy].ref)
        for vacancy in opened:
            # A course that leads to a licence tells what the licence would open.
            assert barred(demo, passport, vacancies[vacancy]) <= {"licence"}, (surface, vacancies[vacancy].ref)
        assert not jobs & {vacancy for vacancy in changed if barred(demo, passport, vacancies[vacancy])}
        count["jobs"] += len(jobs)


def check_vacancy(demo: Application, surfaces: Surfaces, vacancy_id: uuid.UUID, count: Counter[str]) -> None:
    """Nobody is listed for whom the vacancy is barred; nobody at all when it is not open."""
    found = surfaces.people(vacancy_id)
    with demo.reading() as session:
        passports = {passport.returnee_id: passport for passport in session.exec(select(Passport))}
        vacancy = session.exec(select(Vacancy).where(Vacancy.id == vacancy_id)).one()
    for surface in ("desk", "api", "page"):
        listed = found[surface]
        assert isinstance(listed, set)
        assert [one for one in listed if barred(demo, passports[one], vacancy)] == [], (surface, vacancy.ref)
        count["people"] += len(listed)
    assert found["desk"] == found["api"]
    assert found["firm"] == found["firm's api"] == found["firm's page"]
    if vacancy.status != "open" or (vacancy.closes_on and vacancy.closes_on < TODAY):
        assert not any(found.values())
        count["nobody"] += 1
