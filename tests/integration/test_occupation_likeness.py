"""Trades read from titles by likeness: stored with their probability, shown as probable, corrected by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from api_client import Program, mounted
from conftest import NOW, CsvWriter, SqliteServer
from people import Browser, Somebody, browser, counsellor, desk, id_of, returnee, token_of
from sqlmodel import col, select
from titles_fake import FakeTitles

from api.application import Application
from api.casework import Casework
from api.models import AuditEvent
from api.settings import Settings
from jobs_ingest.models import Course, Vacancy
from matching.embeddings import HashingEmbedder
from profiling.models import Credential, Experience
from profiling.repository import CaseFile

LIKELY = "pipe wizard"
OPEN = "pipe or wire wizard"
KNOWN = {LIKELY: [("7126", 0.824)], OPEN: [("7126", 0.4), ("7411", 0.3), ("7412", 0.1), ("7413", 0.06)]}
PERSON = {
    "ref": "R-1", "given_name": "Maya", "home_country": "Nepal", "home_district": "Kaski",
    "consent_matching": "yes", "consent_on": "2026-01-01", "job1_title": LIKELY, "job1_from": "2015",
    "job1_to": "2020", "job2_title": OPEN, "job3_title": "steel fixer", "credential1_title": LIKELY,
}  # fmt: skip


@pytest.fixture
def titles() -> FakeTitles:
    return FakeTitles(KNOWN)


@pytest.fixture
def made(sqlite_server: SqliteServer, tmp_path: Path, titles: FakeTitles) -> Iterator[Application]:
    """An application whose reader of titles knows two that the rules do not, and a person who held both jobs."""
    settings = Settings(data=tmp_path, DATABASE_URL=sqlite_server.create("starter", tmp_path), one_time_codes=False)
    application = Application(settings, embedder=HashingEmbedder(), titles=titles, clock=lambda: NOW)
    application.prepare()
    application.add_centre("Demo", "NP")
    yield application
    application.engine.dispose()


def take(application: Application, write_csv: CsvWriter, **changes: str) -> tuple[int, int, int]:
    report = application.ingest("returnees", write_csv("people.csv", PERSON | changes))
    return report.new, report.changed, report.unchanged


def trades(case: CaseFile) -> list[tuple[str | None, float | None, bool]]:
    return [(job.occupation, job.occupation_likeness, job.occupation_by_hand) for job in case.experiences]


def page_of(pages: Browser, application: Application) -> str:
    return str(pages.get(f"/returnees/{id_of(application, 'R-1')}").text)


def test_jobs_and_certificates_keep_how_likely_their_trade_is(
    made: Application, write_csv: CsvWriter, titles: FakeTitles
) -> None:
    take(made, write_csv)
    case = desk(made).case("R-1")
    assert trades(case) == [("isco:7126", 0.824, False), (None, None, False), ("steel-fixer", 1.0, False)]
    assert [(held.occupation, held.occupation_likeness) for held in case.credentials] == [("isco:7126", 0.824)]
    assert case.returnee.coding.endswith("/fake-1")
    # All of the batch at once, what the rules know not at all.
    assert titles.asked == [[LIKELY, OPEN]]


def test_no_import_of_offers_waits_for_the_reader_of_titles(
    made: Application, write_csv: CsvWriter, titles: FakeTitles
) -> None:
    offers = [
        {"ref": f"V-{n}", "title": title, "country": "Nepal"}
        for n, title in enumerate((LIKELY, OPEN, "steel fixer"))
    ]
    made.ingest("vacancies", write_csv("v.csv", *offers))
    made.ingest("courses", write_csv("c.csv", {"ref": "C", "title": "x", "kind": "course", "trade": LIKELY}))
    with made.reading() as session:
        found = session.exec(select(Vacancy).order_by(Vacancy.ref)).all()
        assert [(row.occupation, row.coding.endswith("/fake-1")) for row in found] == [
            (None, False), (None, False), ("steel-fixer", True),
        ]  # fmt: skip
    assert titles.asked == []
    assert made.refresh().recoded == 3
    with made.reading() as session:
        found = session.exec(select(Vacancy).order_by(Vacancy.ref)).all()
        assert [(row.occupation, row.occupation_likeness) for row in found] == [
            ("isco:7126", 0.824), (None, None), ("steel-fixer", 1.0),
        ]  # fmt: skip
        course = session.exec(select(Course)).one()
        assert (course.occupation, course.occupation_likeness) == ("isco:7126", 0.824)
        assert {row.coding for row in found} == {made.coder().version} == {course.coding}
    made.ingest("vacancies", write_csv("v.csv", *offers))
    assert made.refresh().recoded == 0
    # The titles of all at once, what the rules know not at all.
    assert titles.asked == [[LIKELY, OPEN]]


def test_another_model_codes_what_is_stored_again(
    made: Application, write_csv: CsvWriter, titles: FakeTitles
) -> None:
    take(made, write_csv)
    made.ingest("vacancies", write_csv("v.csv", {"ref": "V", "title": OPEN, "country": "Nepal"}))
    assert made.refresh().recoded == 1
    better = FakeTitles({**KNOWN, OPEN: [("7411", 0.9)]}, "fake-2")
    other = Application(made.settings, embedder=HashingEmbedder(), titles=better, clock=lambda: NOW)
    assert other.refresh().recoded == 2
    assert trades(desk(other).case("R-1"))[1] == ("isco:7411", 0.9, False)
    with other.reading() as session:
        vacancy = session.exec(select(Vacancy)).one()
        assert (vacancy.occupation, vacancy.occupation_likeness) == ("isco:7411", 0.9)
    # The vacancy's title was read with the people's.
    assert better.asked == [[LIKELY, OPEN]]
    assert other.refresh().recoded == 0
    other.engine.dispose()


def test_pages_say_that_a_trade_is_probable_and_what_another_may_be(
    made: Application, write_csv: CsvWriter
) -> None:
    take(made, write_csv)
    made.ingest("vacancies", write_csv("v.csv", {"ref": "V", "title": LIKELY, "country": "Nepal"}))
    made.refresh()
    pages = browser(made, counsellor(made))
    passport = page_of(pages, made)
    says = 'probably: Plumbers and pipe fitters <span class="meta">(read from the title, 82 of 100)</span>'
    assert passport.count(says) == 2
    assert "Is that right? Correct the trade" in passport
    perhaps = [part.partition("<")[0] for part in passport.split(">perhaps ")[1:]]
    assert perhaps == [
        "Plumbers and pipe fitters", "Building and related electricians", "Electrical mechanics and fitters",
    ]  # fmt: skip
    assert passport.count(">Steel fixer · ISCO-08 7114") == 1
    with made.reading() as session:
        vacancy = session.exec(select(Vacancy)).one()
    assert says in pages.get(f"/vacancies/{vacancy.id}").text
    assert says in pages.get(f"/returnees/{id_of(made, 'R-1')}/matches").text
    assert trades(desk(made).case("R-1"))[1] == (None, None, False)


def test_who_may_not_correct_sees_no_suggestion(made: Application, write_csv: CsvWriter) -> None:
    from profiling.access import Role

    take(made, write_csv)
    passport = page_of(browser(made, counsellor(made, role=Role.ASSESSOR)), made)
    assert "probably: Plumbers" in passport
    assert "perhaps" not in passport
    assert "/occupation" not in passport


def api_of(application: Application, who: Somebody) -> Program:
    return Program(mounted(application), token_of(application, who, ["case.read", "case.write", "vacancy.read"]))


def test_the_api_says_how_likely_and_takes_a_correction(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv)
    made.ingest("vacancies", write_csv("v.csv", {"ref": "V", "title": LIKELY, "country": "Nepal"}))
    made.refresh()
    program = api_of(made, counsellor(made))
    where = f"/returnees/{id_of(made, 'R-1')}"
    case = program.get(where).json()
    shown = [(job["occupation"], job["occupation_likeness"]) for job in case["experiences"]]
    assert shown == [("isco:7126", 0.824), (None, None), ("steel-fixer", 1.0)]
    assert case["credentials"][0]["occupation_likeness"] == 0.824
    vacancy = program.get("/vacancies").json()["items"][0]
    assert (vacancy["occupation"], vacancy["occupation_likeness"]) == ("isco:7126", 0.824)
    sent = {"trades": [{"position": 2, "occupation": "7411"}, {"position": 3, "occupation": ""}]}
    case = program.patch(where, json=sent).json()
    assert [(job["occupation"], job["occupation_by_hand"]) for job in case["experiences"]] == [
        ("isco:7126", False), ("isco:7411", True), (None, True),
    ]  # fmt: skip
    for wrong, status in (
        ({"position": 9, "occupation": "7411"}, 404),
        ({"position": 1, "occupation": "zzz"}, 422),
    ):
        both = {"identity": {"phone": "12"}, "trades": [wrong]}
        assert program.patch(where, json=both).status_code == status
    assert program.get(where).json()["identity"]["phone"] is None


def correct(pages: Browser, person: uuid.UUID, job: str, occupation: str) -> int:
    return int(pages.submit(f"/returnees/{person}/occupation", {"job": job, "occupation": occupation}).status_code)


def test_a_correction_by_hand_stays(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv)
    person, pages = id_of(made, "R-1"), browser(made, counsellor(made))
    assert correct(pages, person, "1", "7411") == 303
    assert correct(pages, person, "2", "") == 303
    by_hand = [("isco:7411", None, True), (None, None, True)]
    assert trades(desk(made).case("R-1"))[:2] == by_hand
    passport = page_of(pages, made)
    assert passport.count("set by hand") == 2
    assert "No trade is known" in passport
    assert "perhaps" not in passport
    with made.session() as session:
        session.execute(sa.update(Experience).values(occupation_words="stale"))
        session.execute(sa.text("UPDATE returnee SET coding = 'old'"))
        session.commit()
    assert made.refresh().recoded == 1
    assert trades(desk(made).case("R-1"))[:2] == by_hand
    assert take(made, write_csv) == (0, 0, 1)
    assert trades(desk(made).case("R-1"))[:2] == by_hand
    # Another field of the row has changed, then the title itself.
    assert take(made, write_csv, phone="+977 1") == (0, 1, 0)
    assert trades(desk(made).case("R-1"))[:2] == by_hand
    assert take(made, write_csv, job1_title="steel fixer") == (0, 1, 0)
    assert trades(desk(made).case("R-1"))[:2] == [("steel-fixer", 1.0, False), (None, None, True)]


def test_a_correction_is_written_down_without_its_value(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv)
    who = counsellor(made)
    Casework(made, who.principal).correct(id_of(made, "R-1"), {}, {}, {1: "steel fixer"})
    with made.reading() as session:
        rows = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "change")).all()
    assert [(row.actor, row.fields) for row in rows] == [(who.principal.actor, "experience.occupation")]
    log = browser(made, returnee(made, "R-1")).get(f"/returnees/{id_of(made, 'R-1')}/access-log").text
    assert "changed which trade a job of yours is" in log


@pytest.mark.parametrize(
    ("job", "occupation", "status", "said"),
    [
        ("1", "zzz", 400, "No trade is called &#39;zzz&#39;"), ("1", OPEN, 400, "Perhaps: Plumbers"),
        ("", "7126", 400, "Choose the job"), ("x", "7126", 400, "Choose the job"), ("9", "7126", 404, ""),
    ],
)  # fmt: skip
def test_a_correction_that_names_nothing_changes_nothing(
    made: Application, write_csv: CsvWriter, job: str, occupation: str, status: int, said: str
) -> None:
    take(made, write_csv)
    before = trades(desk(made).case("R-1"))
    pages = browser(made, counsellor(made))
    fields = {"job": job, "occupation": occupation}
    answer = pages.submit(f"/returnees/{id_of(made, 'R-1')}/occupation", fields)
    assert answer.status_code == status
    assert said in answer.text
    assert trades(desk(made).case("R-1")) == before


def test_rows_of_before_are_shown_as_known_by_name(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv)
    with made.session() as session:
        for table in (Experience, Credential):
            session.execute(sa.update(table).values(occupation_likeness=None))
        session.commit()
    passport = page_of(browser(made, counsellor(made)), made)
    assert "ISCO-08 7126 Plumbers and pipe fitters" in passport
    assert "probably" not in passport
