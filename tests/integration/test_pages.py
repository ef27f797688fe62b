"""The pages on the demo centre: what they state, whom they refuse, what they record."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from people import Browser, Somebody, browser, counsellor

from api.app import HEADERS
from api.application import Application
from api.casework import Casework
from api.demo_centre import CENTRE, load_demo
from api.models import AuditEvent
from api.settings import Settings
from jobs_ingest.models import Vacancy
from matching.embeddings import HashingEmbedder
from profiling.models import ConsentEvent, Returnee

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HEAVIEST = 60 * 1024
TITLE = "<script>alert('mason')</script> mason"


def make_application(folder: Path) -> Application:
    """An application on an empty database, without a model and at a fixed time."""
    settings = Settings(data=folder, DATABASE_URL=None, one_time_codes=False)
    application = Application(settings, embedder=HashingEmbedder(), clock=lambda: NOW)
    application.prepare()
    return application


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The demo centre, and a vacancy whose title is HTML."""
    folder = tmp_path_factory.mktemp("pages")
    made = make_application(folder)
    list(load_demo(made))
    extra = folder / "extra.csv"
    with extra.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["ref", "title", "country", "posted_on"], ["EXTRA-1", TITLE, "Nepal", "2026-11-21"]])
    made.ingest("vacancies", extra, source="extra")
    unknown = folder / "unknown.csv"
    unknown.write_text(
        "ref,given_name,home_country,job1_title\nEXTRA-R,Fictional,Nepal,bhyakuro\n", encoding="utf-8"
    )
    made.ingest("returnees", unknown, centre=CENTRE)
    made.refresh()
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def somebody(application: Application) -> Somebody:
    """The counsellor who asks."""
    return counsellor(application, CENTRE)


@pytest.fixture
def pages(application: Application, somebody: Somebody) -> Browser:
    """A browser in which a counsellor of the demo centre is signed in."""
    return browser(application, somebody)


def person(application: Application, ref: str) -> uuid.UUID:
    """The id of a demo person."""
    with application.reading() as session:
        return session.execute(sa.select(Returnee.id).where(Returnee.ref == ref)).scalar_one()


def vacancy(application: Application, **values: object) -> Vacancy:
    """The first vacancy with these values."""
    with application.reading() as session:
        query = sa.select(Vacancy).filter_by(**values).order_by(Vacancy.ref)
        return session.execute(query).scalars().first()


def count_audit(application: Application) -> int:
    """How long the audit trail is."""
    with application.reading() as session:
        return session.execute(sa.select(sa.func.count()).select_from(AuditEvent)).scalar_one()


def test_caseload_states_person_trade_and_consent(pages: Browser) -> None:
    page = pages.get("/")
    assert page.status_code == 200
    for fact in (
        "49 people",
        "Dhan Bahadur Chepang",
        "DEMO-R-001",
        "Chitwan, Nepal",
        "shuttering carpenter",
        "not agreed",
    ):
        assert fact in page.text
    assert "fictional people" in page.text
    assert "One-time codes are switched off" in page.text


@pytest.mark.parametrize(
    ("words", "refs"),
    [
        ("DEMO-R-003", 1),
        ("dhan bahadur", 1),
        ("Steel fixer", 1),
        ("sindhupalchok", 1),
        ("nobody such", 0),
        ("", 49),
    ],
)
def test_search_finds_by_number_name_trade_and_district(pages: Browser, words: str, refs: int) -> None:
    page = pages.submit("/", {"q": words})
    assert page.text.count('<th scope="row">') == refs
    assert "?" not in str(page.url)


def test_name_in_the_address_is_not_searched_for(pages: Browser) -> None:
    assert "49 people" in pages.get("/?q=Dhan").text


def test_page_beyond_the_last_is_the_last(pages: Browser) -> None:
    assert "49 people" in pages.get("/?page=99").text
    assert "page 7 of 7" in pages.get("/vacancies?page=99").text


def test_long_search_form_is_refused_kindly(pages: Browser) -> None:
    page = pages.submit("/", {"q": "x" * 40_000})
    assert (page.status_code, "The form is too long" in page.text) == (400, True)


def test_empty_caseload_says_what_to_do(tmp_path: Path) -> None:
    made = make_application(tmp_path)
    made.add_centre("Empty", "NP")
    pages = browser(made, counsellor(made))
    assert "hunar ingest returnees FILE" in pages.get("/").text
    assert "hunar ingest vacancies FILE" in pages.get("/vacancies").text
    made.engine.dispose()


def test_passport_states_what_was_told_and_what_raised_it(application: Application, pages: Browser) -> None:
    page = pages.get(f"/returnees/{person(application, 'DEMO-R-001')}")
    assert page.status_code == 200
    for fact in (
        "shuttering carpenter", "Qatar · 20 Feb 2016 to 28 Mar 2025, 9 years 1 month",
        "ISCO-08 7115 Carpenters and joiners", "Nine years I made formwork in Doha", "reference confirmed",
        "reference 1 confirmed", "Rajan Kurup", "confirmed on 4 Mar 2026", "not confirmed yet",
        "Nepali (native)", "lower secondary", "NPR 42,000 a month", "Worth asking",
        "Agreed on 11 Feb 2026, by signature, in Nepali",
    ):  # fmt: skip
        assert fact in page.text
    assert page.text.index("reference confirmed") < page.text.index("declared")


def test_passport_invents_nothing(application: Application, pages: Browser) -> None:
    page = pages.get(f"/returnees/{person(application, 'EXTRA-R')}").text
    assert page.count("not known") >= 6
    assert "Trade not understood yet" in page
    assert "dates not known" in page
    assert "No answer is recorded." in page


def test_own_words_keep_their_direction(application: Application, pages: Browser) -> None:
    page = pages.get(f"/returnees/{person(application, 'DEMO-R-004')}").text
    assert '<blockquote dir="auto">अस्पताल' in page


def test_matches_give_reasons_words_gaps_and_what_was_left_out(application: Application, pages: Browser) -> None:
    page = pages.get(f"/returnees/{person(application, 'DEMO-R-001')}/matches")
    assert page.status_code == 200
    for fact in (
        "Formwork Carpenter - Apartment Block", "Bagmati Demo Builders Pvt. Ltd.", "strong fit", "the same trade",
        '<mark dir="auto">formwork</mark>', "Missing or not confirmed", "Left out:", "past the closing date",
        "Skill test with RPL: Shuttering Carpenter L2", "Vacancies it opens", "What to ask next", "vacancy-weights",
    ):  # fmt: skip
        assert fact in page.text


def test_number_of_jobs_and_courses_is_the_readers_choice(application: Application, pages: Browser) -> None:
    address = f"/returnees/{person(application, 'DEMO-R-001')}/matches"
    assert pages.get(f"{address}?jobs=3&courses=0").text.count('<article class="card match">') == 3
    refused = pages.get(f"{address}?jobs=51")
    assert (refused.status_code, "jobs: " in refused.text) == (400, True)
    assert pages.get(f"{address}?courses=21").status_code == 400


@pytest.mark.parametrize(("ref", "said"), [("DEMO-R-024", "Said no on 28 Apr 2026"), ("DEMO-R-048", "No answer")])
def test_without_consent_a_kind_page_and_no_match(
    application: Application, pages: Browser, ref: str, said: str
) -> None:
    page = pages.get(f"/returnees/{person(application, ref)}/matches")
    assert page.status_code == 200
    assert "No agreement to matching" in page.text
    assert said in page.text
    assert "What you can do" in page.text
    assert 'class="card match"' not in page.text


def test_vacancies_are_listed_and_searched(pages: Browser) -> None:
    assert "311 vacancies" in pages.get("/vacancies").text
    found = pages.get("/vacancies", params={"q": "Trishuli Demo"}).text
    assert "URGENT - Shuttering Carpenter (5 nos)" in found
    assert "No vacancy found" in pages.get("/vacancies?q=100%25_none").text
    assert "Shuttering Carpenter" in pages.get("/vacancies?q=formwork carpenter").text


def test_vacancy_states_what_was_published_and_understood(application: Application, pages: Browser) -> None:
    wanted = vacancy(application, ref="DEMO-V-034")
    page = pages.get(f"/vacancies/{wanted.id}").text
    for fact in (
        "NPR 34,000 to 42,000 a month", "Fix and strike shuttering", "What was understood", "ISCO-08 7115",
        "read drawings", "Candidates", "DEMO-R-001", "31 Jan 2027",
    ):  # fmt: skip
        assert fact in page
    assert f"/returnees/{person(application, 'DEMO-R-001')}/matches" in page
    assert "Dhan Bahadur" not in page


@pytest.mark.parametrize(
    ("status", "reason"),
    [("held", "held for review, so nobody"), ("closed", "It is closed"), ("filled", "It is filled")],
)
def test_vacancy_that_is_not_open_has_no_candidates(
    application: Application, pages: Browser, status: str, reason: str
) -> None:
    wanted = vacancy(application, status=status)
    before = count_audit(application)
    page = pages.get(f"/vacancies/{wanted.id}").text
    assert reason in page
    assert (wanted.held_reason or "") in page.replace("&#39;", "'")
    assert "DEMO-R-" not in page
    assert count_audit(application) == before


def test_expired_vacancy_has_no_candidates(application: Application, pages: Browser) -> None:
    with application.reading() as session:
        query = sa.select(Vacancy.id).where(Vacancy.status == "open", Vacancy.closes_on < NOW.date())
        expired = session.execute(query.limit(1)).scalar_one()
    page = pages.get(f"/vacancies/{expired}").text
    assert "Its closing date has passed" in page
    assert "DEMO-R-" not in page


def test_html_in_a_title_stays_text(application: Application, pages: Browser) -> None:
    wanted = vacancy(application, ref="EXTRA-1")
    assert wanted.title == TITLE
    for address in ("/vacancies", f"/vacancies/{wanted.id}"):
        page = pages.get(address).text
        assert "&lt;script&gt;alert" in page
        assert "<script" not in page


def addresses(application: Application) -> list[str]:
    """One of every page, the longest match list among them."""
    one, none = person(application, "DEMO-R-001"), person(application, "DEMO-R-048")
    return [
        "/", f"/returnees/{one}", f"/returnees/{none}", f"/returnees/{one}/matches",
        f"/returnees/{one}/matches?jobs=50&courses=20", f"/returnees/{none}/matches", "/vacancies",
        f"/vacancies/{vacancy(application, ref='DEMO-V-034').id}", "/nowhere",
    ]  # fmt: skip


def test_every_page_is_light_guarded_and_without_scripts(application: Application, pages: Browser) -> None:
    for address in addresses(application):
        page = pages.get(address)
        assert len(page.content) <= HEAVIEST, address
        assert "<script" not in page.text
        assert "http://" not in page.text.replace("http://127.0.0.1", "")
        assert " style=" not in page.text
        assert {name: page.headers[name] for name in HEADERS} == HEADERS
        assert page.headers["Cache-Control"] == "no-store"
        assert '<html lang="en">' in page.text
        assert page.text.count("<h1>") == 1


def test_static_stylesheet_names_nothing_elsewhere(pages: Browser) -> None:
    sheet = pages.get("/static/hunar.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert "url(" not in sheet.text
    assert sheet.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "/returnees/not-an-id", "/returnees/DEMO-R-001", "/returnees/{foreign}", "/vacancies/7",
     "/returnees/{foreign}/matches", "/vacancies/{foreign}"],
)  # fmt: skip
def test_foreign_and_malformed_addresses_are_not_found(
    application: Application, pages: Browser, address: str
) -> None:
    before = count_audit(application)
    page = pages.get(address.format(foreign=uuid.uuid4()))
    assert page.status_code == 404
    assert "Back to the first page" in page.text
    assert count_audit(application) == before


@pytest.mark.parametrize("host", ["hunar.example", "127.0.0.1.example", "192.168.1.20"])
def test_another_name_is_refused(application: Application, host: str) -> None:
    before = count_audit(application)
    page = Browser(application, host).get("/")
    assert page.status_code == 421
    assert "Chepang" not in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert count_audit(application) == before


@pytest.mark.parametrize("host", ["127.0.0.1:8123", "localhost", "LOCALHOST:9", "[::1]", "[::1]:8000"])
def test_this_machine_is_answered_under_each_of_its_names(pages: Browser, host: str) -> None:
    assert pages.get("/health", headers={"Host": host}).json() == {"status": "ok"}


def test_eight_views_at_once_leave_eight_rows(application: Application, somebody: Somebody) -> None:
    address = f"/returnees/{person(application, 'DEMO-R-002')}/matches"
    pages = [browser(application, somebody) for _ in range(8)]
    before = count_audit(application)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda page: page.get(address).status_code, pages))
    assert found == [200] * 8
    assert count_audit(application) == before + 8
    assert application.verify_audit() == before + 8


def test_caseload_records_each_person_shown(application: Application, pages: Browser) -> None:
    before = count_audit(application)
    pages.submit("/", {"q": "Dhan Bahadur"})
    assert count_audit(application) == before + 1
    pages.get("/")
    assert count_audit(application) == before + 50


def test_withdrawal_acts_on_the_next_request(application: Application, pages: Browser) -> None:
    someone = person(application, "DEMO-R-012")
    assert "No agreement to matching" not in pages.get(f"/returnees/{someone}/matches").text
    with application.session() as session:
        session.add(ConsentEvent(returnee_id=someone, purpose="matching", granted=False, given_on=NOW.date()))
        session.commit()
    assert "No agreement to matching" in pages.get(f"/returnees/{someone}/matches").text
    # One person's no is nobody else's.
    other = person(application, "DEMO-R-001")
    assert "No agreement to matching" not in pages.get(f"/returnees/{other}/matches").text


def test_unexpected_error_gives_no_detail(pages: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr(Casework, "caseload", fail)
    page = pages.get("/")
    assert page.status_code == 500
    assert "Something went wrong" in page.text
    assert "secret" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert {name: page.headers[name] for name in HEADERS} == HEADERS


def test_operator_error_is_told_with_its_sentence(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    from profiling.errors import OperatorError

    def fail() -> None:
        raise OperatorError("The disk is full.")

    monkeypatch.setattr(application, "ping", fail)
    page = Browser(application).get("/health")
    assert (page.status_code, "The disk is full." in page.text) == (503, True)
