"""The life of a vacancy: who ends and opens it, what reaches the index, and how many texts are embedded for it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from conftest import NOW, CsvWriter
from matching_cases import RecordingEmbedder
from people import counsellor, desk, employer
from sqlmodel import col, select

from api.application import Application
from api.employers import EmployerDesk
from api.life import LifeDesk, Why
from api.review import Review
from jobs_ingest.employers import give_vacancy
from jobs_ingest.flags import flags_of
from jobs_ingest.models import OfferOrigin, Vacancy
from jobs_ingest.origins import expire
from profiling.errors import Conflict, InputError, NotFound
from profiling.repository import revision_number

FEE = "Candidates pay a registration fee of Rs 2,000 before joining."
TRADES = ("Mason", "Plumber", "Electrician", "Welder", "Cook", "Tailor", "Driver", "Painter", "Carpenter", "Roofer")
#: 50 vacancies whose texts all differ.
ROWS = [
    {"ref": f"V-{at}", "title": TRADES[at % 10], "employer": "Himal Builders Pvt. Ltd.", "country": "Nepal",
     "district": "Kaski", "description": f"Post number {at} at site {chr(65 + at % 26)}{at}.",
     "closes_on": "2026-12-20"} for at in range(50)
]  # fmt: skip
COURSES = [
    {"ref": f"C-{at}", "title": f"{TRADES[at]} course", "kind": "course", "skills": f"skill number {at}"}
    for at in range(5)
]
PERSON = {
    "ref": "R-1", "given_name": "Maya", "home_country": "NP", "home_district": "Kaski", "job1_title": "Mason",
    "job1_country": "QA", "job1_from": "2018-01", "job1_to": "2021-06", "consent_matching": "yes",
    "consent_on": "2026-10-01",
}  # fmt: skip


@pytest.fixture
def recorder(application: Application, write_csv: CsvWriter) -> RecordingEmbedder:
    """A market of 50 vacancies and five courses, embedded, and an embedder that remembers its texts."""
    found = RecordingEmbedder()
    application.embedder = found
    application.add_centre("Home", "NP")
    application.ingest("returnees", write_csv("p.csv", PERSON), centre="Home")
    assert application.ingest("vacancies", write_csv("v.csv", *ROWS), source="portal").new == 50
    assert application.ingest("courses", write_csv("c.csv", *COURSES), source="board").new == 5
    application.refresh()
    assert len(found.texts) == 1 + 50 + 5
    assert application.market().index is not None
    return found


def revision(application: Application) -> int:
    with application.reading() as session:
        return revision_number(session, "market")


def embedded(application: Application, recorder: RecordingEmbedder) -> list[str]:
    recorder.texts.clear()
    application.refresh()
    return list(recorder.texts)


def row(application: Application, ref: str = "V-0") -> Vacancy:
    with application.reading() as session:
        return session.exec(select(Vacancy).where(Vacancy.ref == ref)).one()


def offered(application: Application) -> set[str]:
    return {job.vacancy.ref for job in desk(application, "Home").match("R-1", jobs=50).jobs}


def centre_desk(application: Application) -> LifeDesk:
    return LifeDesk(application, counsellor(application, "Home").principal)


def own(application: Application, ref: str = "V-0") -> EmployerDesk:
    who = employer(application, "Himal")
    with application.session() as session:
        give_vacancy(session, ref, "Himal")
        session.commit()
    return EmployerDesk(application, who.principal)


# --- what reaches the index, and what is embedded for it -------------------------------------------


def test_a_status_reaches_the_index_and_no_text_is_embedded(
    application: Application, recorder: RecordingEmbedder
) -> None:
    assert "V-0" in offered(application)
    lives, about = centre_desk(application), row(application).id
    for status, there in (
        ("filled", False),
        ("open", True),
        ("withdrawn", False),
        ("closed", False),
        ("open", True),
    ):
        before = revision(application)
        lives.set_status(about, status, "", "the firm says so")
        assert revision(application) > before
        # Without `refresh`: the next question sees it.
        assert ("V-0" in offered(application)) is there, status
        assert embedded(application, recorder) == []
        assert application.refresh().index == "loaded"


def test_a_passed_deadline_is_not_offered_and_nothing_is_embedded(
    application: Application, recorder: RecordingEmbedder
) -> None:
    assert "V-0" in offered(application)
    application.now = lambda: NOW + timedelta(days=31)  # 21 December
    assert offered(application) == set()
    assert embedded(application, recorder) == []
    assert (row(application).status, centre_desk(application).life(row(application)).why) == ("open", Why.DEADLINE)
    lives = centre_desk(application)
    with pytest.raises(InputError, match="last day has passed"):
        lives.set_status(row(application).id, "open", "", "they still look")
    lives.set_status(row(application).id, "open", "2027-01-10", "they still look")
    assert offered(application) == {"V-0"}
    assert embedded(application, recorder) == []


def test_of_fifty_texts_the_one_that_changed_is_embedded(
    application: Application, recorder: RecordingEmbedder, write_csv: CsvWriter
) -> None:
    changed = [*ROWS[:7], ROWS[7] | {"description": "Walls of stone in Lumle."}, *ROWS[8:]]
    report = application.ingest("vacancies", write_csv("v.csv", *changed), source="portal")
    assert (report.changed, report.unchanged) == (1, 49)
    [text] = embedded(application, recorder)
    assert "Walls of stone in Lumle." in text
    market = application.market()
    view = market.vacancies[market.row_of[row(application, "V-7").id]]
    assert market.vectors[view.row] @ RecordingEmbedder().encode([text])[0] == pytest.approx(1.0, abs=1e-5)
    rows, _ = market.index.search(RecordingEmbedder().encode([text])[0], 1)
    assert rows[0] == view.row


def test_a_deadline_in_the_file_embeds_nothing(
    application: Application, recorder: RecordingEmbedder, write_csv: CsvWriter
) -> None:
    later = [one | {"closes_on": "2027-01-31"} for one in ROWS]
    assert application.ingest("vacancies", write_csv("v.csv", *later), source="portal").changed == 50
    assert embedded(application, recorder) == []
    assert {view.closes_on for view in application.market().vacancies} == {date(2027, 1, 31)}


@pytest.mark.parametrize(("change", "texts"), [({"skills": "lay stone"}, 1), ({"cost": "500", "seats": "20"}, 0)])
def test_of_a_course_only_a_changed_text_is_embedded(
    application: Application, recorder: RecordingEmbedder, write_csv: CsvWriter, change: dict[str, str], texts: int
) -> None:
    before = revision(application)
    told = [COURSES[0] | change, *COURSES[1:]]
    assert application.ingest("courses", write_csv("c.csv", *told), source="board").changed == 1
    assert len(embedded(application, recorder)) == texts
    assert revision(application) > before


def test_what_a_run_closes_is_gone_without_an_embedding(
    application: Application, recorder: RecordingEmbedder
) -> None:
    with application.session() as session:
        assert expire(session, "vacancy", "portal", None, NOW + timedelta(days=40)) == 50
        session.commit()
    assert offered(application) == set()
    assert embedded(application, recorder) == []


def test_what_somebody_opened_counts_as_seen_that_day(
    application: Application, recorder: RecordingEmbedder
) -> None:
    def end_of_a_run(days: int) -> str:
        with application.session() as session:
            expire(session, "vacancy", "portal", 20, NOW + timedelta(days=days))
            session.commit()
        return row(application).status

    with application.session() as session:
        for one in session.exec(select(Vacancy)):
            one.closes_on = None
            session.add(one)
        seen = NOW - timedelta(days=30)
        session.add(
            OfferOrigin(
                kind="vacancy", offer_id=row(application).id, source="portal", ref="V-0", content_hash="x",
                first_seen_at=seen, last_seen_at=seen, run_id=uuid.uuid4(), original="{}",
            )
        )  # fmt: skip
        session.commit()
    assert end_of_a_run(0) == "closed"
    life = centre_desk(application).life(row(application))
    assert (life.why, life.first_seen, life.last_seen, life.ended_at) == (Why.UNSEEN, seen, seen, NOW)
    centre_desk(application).set_status(row(application).id, "open", "", "the firm still looks, by telephone")
    assert [end_of_a_run(days) for days in (0, 20, 21)] == ["open", "open", "closed"]


# --- who may, and why it ended --------------------------------------------------------------------


def test_an_employer_withdraws_fills_and_renews_its_own_while_it_is_held(
    application: Application, recorder: RecordingEmbedder, write_csv: CsvWriter
) -> None:
    application.ingest("vacancies", write_csv("v.csv", ROWS[0] | {"description": FEE}), source="portal")
    firm = own(application)
    about = row(application).id
    assert row(application).status == "held"
    with pytest.raises(Conflict, match="held for review"):
        firm.renew(about, "")
    assert (firm.renew(about, "2027-02-01").status, row(application).closes_on) == ("held", date(2027, 2, 1))
    for status in ("filled", "withdrawn"):
        ended = firm.close(about, status)
        assert (ended.status, ended.held_reason) == (status, None)
    # Opened again, it is looked at again: the fee still stands in it.
    assert firm.renew(about, "").status == "held"
    # And what the employer said outlasts another text, as the safeguards' word does.
    firm.close(about, "withdrawn")
    life = LifeDesk(application, firm.principal).life(row(application))
    assert (life.why, life.by, life.changes) == (Why.EMPLOYER, "", ())
    shown = centre_desk(application).life(row(application))
    assert [(one.field, one.was, one.value, one.role) for one in shown.changes] == [
        ("closes_on", "2026-12-20", "2027-02-01", "employer"), ("status", "held", "filled", "employer"),
        ("status", "filled", "withdrawn", "employer"), ("status", "withdrawn", "open", "employer"),
        ("status", "held", "withdrawn", "employer"),
    ]  # fmt: skip
    assert shown.by == "Fictional"


def test_an_employer_does_not_open_what_the_centre_ended(
    application: Application, recorder: RecordingEmbedder
) -> None:
    firm, about = own(application), row(application).id
    centre_desk(application).set_status(about, "withdrawn", "", "the site is closed, a worker told")
    with pytest.raises(Conflict, match="centre ended"):
        firm.renew(about, "2027-01-31")
    life = centre_desk(application).life(row(application))
    assert (life.why, life.reason, life.ended_at) == (Why.CENTRE, "the site is closed, a worker told", NOW)
    hidden = LifeDesk(application, firm.principal).life(row(application))
    assert (hidden.why, hidden.reason, hidden.by, hidden.changes) == (Why.CENTRE, "", "", ())


def test_what_a_reviewer_withdrew_for_its_marks_is_opened_there_alone(
    application: Application, recorder: RecordingEmbedder, write_csv: CsvWriter
) -> None:
    application.ingest("vacancies", write_csv("v.csv", ROWS[0] | {"description": FEE}), source="portal")
    about, lives = row(application).id, centre_desk(application)
    with pytest.raises(Conflict, match="Decide about its marks"):
        lives.set_status(about, "open", "", "x")
    with application.reading() as session:
        [flag] = flags_of(session, [about])[about]
    Review(application, lives.principal).decide(about, flag.id, "withdrawn", "the firm insists")
    life = lives.life(row(application))
    assert (life.why, life.reason, life.ended_at) == (Why.REVIEW, "the firm insists", NOW)
    with pytest.raises(Conflict, match="because of what it is marked for"):
        lives.set_status(about, "open", "", "x")
    with pytest.raises(Conflict, match="because of what it is marked for"):
        own(application).renew(about, "")


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (("open", "2026-11-01", "x"), "has passed"),
        (("open", "2031-01-01", "x"), "two years"),
        (("open", "31 Foo", "x"), "closes_on: '31 Foo' is not"),
        (("filled", "2027-01-01", "x"), "open only"),
        (("held", "", "x"), "say closed, filled or withdrawn"),
        (("filled", "", "  "), "why"),
        (("filled", "", "x" * 501), "under 500"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    application: Application, recorder: RecordingEmbedder, told: tuple[str, str, str], error: str
) -> None:
    before, lives = revision(application), centre_desk(application)
    with pytest.raises(InputError, match=error):
        lives.set_status(row(application).id, *told)
    assert (row(application).status, row(application).closes_on) == ("open", date(2026, 12, 20))
    assert revision(application) == before
    assert lives.life(row(application)).changes == []


# --- misread values -------------------------------------------------------------------------------

READ = {"ref": "V-1", "title": "Mason", "country": "Nepal", "employer": "Himal Builders Pvt. Ltd.",
        "description": "At least 3 years of experience needed."}  # fmt: skip


def years(application: Application) -> tuple[float | None, list[str]]:
    found = row(application, "V-1")
    return found.experience_years, [words for field, _, words in found.read if field == "experience_years"]


def test_a_misread_value_is_set_right_and_stays_until_the_source_says_something_else(
    application: Application, write_csv: CsvWriter
) -> None:
    application.add_centre("Home", "NP")

    def take(**change: str) -> None:
        application.ingest("vacancies", write_csv("v.csv", READ | change), source="portal")
        application.refresh()

    take()
    assert years(application)[0] == 3.0
    assert len(years(application)[1]) == 1
    lives, about = centre_desk(application), row(application, "V-1").id
    lives.correct(about, "experience_years", "1", "one year is meant, asked")
    lives.correct(about, "experience_years", "2", "two years, asked again")
    assert years(application) == (2.0, [])
    life = lives.life(row(application, "V-1"))
    assert (life.by_hand, [(one.was, one.value) for one in life.changes]) == (
        frozenset({"experience_years"}), [("3", "1"), ("3", "2")],
    )  # fmt: skip
    take(openings="4")  # another text hash, the same words
    assert years(application) == (2.0, [])
    take(description="At least 5 years of experience needed.")
    assert years(application)[0] == 5.0
    assert lives.life(row(application, "V-1")).by_hand == frozenset()


def test_a_value_set_to_unknown_outlasts_coding_again(application: Application, write_csv: CsvWriter) -> None:
    application.add_centre("Home", "NP")
    application.ingest("vacancies", write_csv("v.csv", READ), source="portal")
    centre_desk(application).correct(row(application, "V-1").id, "experience_years", "", "it tells of the firm")
    assert years(application) == (None, [])
    with application.session() as session:
        for one in session.exec(select(Vacancy)):
            one.coding = "older"
            session.add(one)
        session.commit()
    assert application.refresh().recoded == 1
    assert years(application) == (None, [])


def test_what_the_source_states_and_what_does_not_fit_is_refused(
    application: Application, write_csv: CsvWriter
) -> None:
    application.add_centre("Home", "NP")
    application.ingest("vacancies", write_csv("v.csv", READ | {"openings": "4"}), source="portal")
    lives, about = centre_desk(application), row(application, "V-1").id
    assert lives.correctable(row(application, "V-1")) == ["experience_years"]
    with pytest.raises(Conflict, match="source states this itself"):
        lives.correct(about, "openings", "5", "x")
    for field, value, error in (
        ("title", "Cook", "only what was read"), ("experience_years", "many", "experience_years: 'many' is not"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=error):
            lives.correct(about, field, value, "x")
    assert years(application)[0] == 3.0


def test_a_value_that_no_longer_fits_beside_the_others_does_not_hinder_the_file(
    application: Application, write_csv: CsvWriter
) -> None:
    application.add_centre("Home", "NP")
    row_ = READ | {"posted_on": "2026-11-01", "closes_on": "2026-12-01"}
    application.ingest("vacancies", write_csv("v.csv", row_), source="portal")
    lives = centre_desk(application)
    lives.set_status(row(application, "V-1").id, "open", "2026-12-24", "they need more time")
    application.ingest("vacancies", write_csv("v.csv", row_ | {"openings": "2"}), source="portal")
    assert row(application, "V-1").closes_on == date(2026, 12, 24)
    # Then it says another day, and with it the source is believed.
    report = application.ingest(
        "vacancies", write_csv("v.csv", row_ | {"closes_on": "2026-12-05"}), source="portal"
    )
    assert (report.changed, row(application, "V-1").closes_on) == (1, date(2026, 12, 5))


def test_only_real_ids(application: Application) -> None:
    application.add_centre("Home", "NP")
    with pytest.raises(NotFound):
        centre_desk(application).set_status(uuid.uuid4(), "filled", "", "x")
    with application.reading() as session:
        assert session.exec(select(Vacancy.id).where(col(Vacancy.status) == "filled")).all() == []
