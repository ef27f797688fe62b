"""The demo caseload spread over its market: who takes part, what is shown, what is written, and the command."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import SqliteServer
from matching_cases import NOW, TODAY, demo_application, demo_refs
from people import Somebody, counsellor, desk, employer, id_of, returnee
from rich.console import Console
from sqlmodel import Session, col, select
from test_cli import Hunar

from api.application import Application
from api.models import AuditEvent
from api.review import marks_of
from api.spread import Plan, Spreading, SpreadList
from api.spread_cli import print_spread
from jobs_ingest.models import Vacancy
from matching import pipeline
from matching.pipeline import NEAR_ENOUGH
from matching.retrieval import barriers
from profiling.access import Role
from profiling.codes import CountryCode
from profiling.errors import Forbidden, NotFound
from profiling.models import ConsentEvent, Purpose


@pytest.fixture(scope="module")
def demo(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The demo centre on SQLite."""
    folder = tmp_path_factory.mktemp("spread")
    url = sqlite_server.create("starter", folder)
    made = demo_application(url, folder)
    yield made
    made.engine.dispose()
    sqlite_server.drop(url)


@pytest.fixture(scope="module")
def couns(demo: Application) -> Somebody:
    """A counsellor of the demo centre."""
    return counsellor(demo)


def spreading(demo: Application, who: Somebody) -> Spreading:
    return Spreading(demo, who.principal)


def printed(demo: Application, found: SpreadList) -> str:
    paper = io.StringIO()
    marks = marks_of(demo, found.views)
    print_spread(Console(width=200, file=paper, soft_wrap=True), found, marks)
    return paper.getvalue()


def own_lists(demo: Application) -> dict[str, list[tuple[str, float]]]:
    """What `hunar match` gives each person who agrees."""
    asks, found = desk(demo), {}
    for ref in demo_refs():
        try:
            jobs = asks.match(ref, jobs=200, courses=0).jobs
        except NotFound:
            continue
        found[ref] = [(job.vacancy.ref, job.score) for job in jobs]
    return found


def shown_lists(found: SpreadList) -> dict[str, list[tuple[str, float]]]:
    return {
        found.refs[person.person]: [(found.views[one.vacancy].ref, one.score) for one in person.shown]
        for person in found.spread.people
    }


def test_without_a_tight_cap_the_lists_are_those_of_match(demo: Application, couns: Somebody) -> None:
    found = spreading(demo, couns).spread(None, Plan(per_person=50, per_opening=100))
    own = own_lists(demo)
    assert shown_lists(found) == own
    assert 10 < sum(bool(jobs) for jobs in own.values()) < len(demo_refs())
    assert found.spread.price.kept == pytest.approx(1.0)
    assert all(one.score >= NEAR_ENOUGH for person in found.spread.people for one in person.shown)


def test_a_cap_binds_barriers_hold_and_the_price_is_told(demo: Application, couns: Somebody) -> None:
    found = spreading(demo, couns).spread(None, Plan(per_person=5, per_opening=1))
    exposures, market = found.spread.vacancies, demo.market()
    assert any(one.before > one.cap for one in exposures)
    assert all(one.after <= one.cap == one.openings for one in exposures)
    price = found.spread.price
    assert price.shown_after < price.shown_before
    assert price.kept is not None
    assert 0.9 < price.kept < 1.0
    assert price.gini_before is not None
    assert price.gini_after is not None
    assert price.gini_after < price.gini_before
    own = own_lists(demo)
    for person in found.spread.people:
        refs = [ref for ref, _ in own[found.refs[person.person]]]
        assert [found.views[one.vacancy].ref for one in person.shown] == [
            refs[one.rank - 1] for one in person.shown
        ]
        assert person.had == len(refs)
    with demo.reading() as session:
        for person in found.spread.people:
            whole = pipeline.load_person(session, couns.principal, person.person, market, demo.embedder, NOW)
            assert not [one for one in person.shown if barriers(whole, found.views[one.vacancy], TODAY)]


def test_named_vacancies_and_those_that_cannot_be_offered(demo: Application, couns: Somebody) -> None:
    with demo.reading() as session:
        closed = session.exec(select(Vacancy).where(Vacancy.status == "closed")).first()
        held = session.exec(select(Vacancy).where(Vacancy.status == "held")).first()
    assert closed is not None
    assert held is not None
    found = spreading(demo, couns).spread(["DEMO-V-034", closed.ref, held.ref, "DEMO-V-034"], Plan())
    assert [view.ref for view in found.views.values()] == ["DEMO-V-034"]
    assert set(found.refused) == {(closed.ref, "closed"), (held.ref, "held")}
    assert "DEMO-R-001" in [ref for ref, jobs in shown_lists(found).items() if jobs]
    text = printed(demo, found)
    assert f"{held.ref} is held for review" in text
    assert f"{closed.ref} is closed" in text
    assert "Nothing near enough in this batch: " in text
    with pytest.raises(NotFound):
        spreading(demo, couns).spread(["NOTHING"], Plan())


def test_a_batch_of_nothing_that_can_be_offered_is_an_empty_answer(demo: Application, couns: Somebody) -> None:
    with demo.reading() as session:
        held = session.exec(select(Vacancy).where(Vacancy.status == "held")).first()
    assert held is not None
    text = printed(demo, spreading(demo, couns).spread([held.ref], Plan(one_to_one=True)))
    assert "There is nothing to show." in text
    assert "no data" in text


def test_one_to_one_gives_each_opening_one_person(demo: Application, couns: Somebody) -> None:
    found = spreading(demo, couns).spread(None, Plan(one_to_one=True))
    assert all(len(person.shown) <= 1 for person in found.spread.people)
    assert all(one.after <= one.openings for one in found.spread.vacancies)
    kept = spreading(demo, couns).spread(None, Plan(one_to_one=True, keep_best=True))
    assert all(person.shown for person in kept.spread.people if person.had)


def test_every_person_compared_is_written_down_and_nothing_else(demo: Application, couns: Somebody) -> None:
    def rows(session: Session) -> list[AuditEvent]:
        return list(session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence))))

    def counts(session: Session) -> dict[str, int]:
        tables = [t for t in sa.inspect(demo.engine).get_table_names() if t != "audit_event"]
        return {t: session.execute(sa.text(f'SELECT count(*) FROM "{t}"')).scalar_one() for t in tables}

    with demo.reading() as session:
        before, tables = len(rows(session)), counts(session)
    found = spreading(demo, couns).spread(None, Plan())
    with demo.reading() as session:
        added = rows(session)[before:]
        assert counts(session) == tables
    assert {(row.actor, row.action, row.fields) for row in added} == {
        (couns.principal.actor, "candidate", "matching_profile")
    }
    assert {row.subject_id for row in added} == {person.person for person in found.spread.people}


def test_who_may_not_ask_gets_nothing(demo: Application) -> None:
    for who in (returnee(demo, "DEMO-R-001"), employer(demo, "Himal Demo"), counsellor(demo, role=Role.ASSESSOR)):
        with pytest.raises(Forbidden):
            spreading(demo, who).spread(None, Plan())


def test_another_centre_finds_nobody(demo: Application) -> None:
    demo.add_centre("Elsewhere", CountryCode("NP"))
    found = spreading(demo, counsellor(demo, "Elsewhere")).spread(None, Plan())
    assert (found.spread.people, found.spread.vacancies, found.refs) == ((), (), {})
    text = printed(demo, found)
    assert "Nobody in the caseload has agreed to be matched." in text
    assert "DEMO-R" not in text


def test_nothing_leaks_of_people_without_consent(demo: Application, couns: Somebody) -> None:
    agreed = own_lists(demo)
    without = set(demo_refs()) - set(agreed)
    found = spreading(demo, couns).spread(None, Plan())
    assert set(found.refs.values()) == set(agreed)
    text = printed(demo, found)
    assert without
    assert not [ref for ref in without if ref in text]
    person = id_of(demo, "DEMO-R-001")
    with demo.session() as session:
        session.add(ConsentEvent(returnee_id=person, purpose=Purpose.MATCHING, granted=False))
        session.commit()
    after = spreading(demo, couns).spread(None, Plan())
    assert person not in {one.person for one in after.spread.people}
    assert "DEMO-R-001" not in printed(demo, after)


def test_the_command(tmp_path: Path) -> None:
    hunar = Hunar(tmp_path)
    assert hunar("demo", "--no-serve").code == 0
    done = hunar("spread", "--all", "--cap", "1", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert set(found) == {
        "plan", "people", "vacancies", "price", "unknown_openings", "refused", "marks", "ranker", "model",
    }  # fmt: skip
    assert found["plan"] == {"per_person": 5, "cap": 1, "assign": False, "keep_best": False}
    assert all(one["after"] <= one["cap"] for one in found["vacancies"])
    shown = {one["vacancy"] for person in found["people"] for one in person["shown"]}
    assert {mark["vacancy_id"] for mark in found["marks"]} <= shown
    assert hunar("spread", "--all", "--cap", "1", "--json").out == done.out
    text = hunar("spread", "--vacancies", "DEMO-V-034", "--assign").out
    assert "URGENT - Shuttering Carpenter (5 nos)" in text
    assert "Sum of scores kept: " in text
    assert "Chepang" not in text
    for words in ((), ("--all", "--vacancies", "DEMO-V-034")):
        refused = hunar("spread", *words)
        assert (refused.code, refused.out) == (2, "")
        assert "Name vacancies with --vacancies, or give --all." in refused.err
