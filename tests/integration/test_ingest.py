"""The run over the sources: each offer counts once, killed runs go on, nothing stands twice, the gone expire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from api.application import Application
from jobs_ingest.fetching.values import Fetched, FetchProblem
from jobs_ingest.ingest import run_source
from jobs_ingest.models import Course, OfferOrigin, SourceVisit, Vacancy
from jobs_ingest.origins import LONGEST_ORIGINAL, bounded_json
from jobs_ingest.recode import recode_offers
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.base import RawOffer, Source, SourceProblem, Told, Validators, Visited
from jobs_ingest.sources.config import SourceConfig, read_sources
from jobs_ingest.sources.registry import make_source
from profiling.errors import InputError, OperatorError
from profiling.models import ImportRun
from profiling.repository import revision_number

PAGE = "https://jobs.example.org/list"


@dataclass
class Web:
    """Pages by address, each with an ETag that its content makes; remembers what was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None, accept: str = "") -> Fetched:
        """A page, or that it has not changed."""
        self.asked.append(url)
        if url not in self.pages:
            raise FetchProblem("jobs.example.org answers 404.")
        body = self.pages[url]
        mark = f'"{hash(body)}"'
        kind = "application/json" if body.startswith(("{", "[")) else "text/html"
        if etag == mark:
            return Fetched(304, b"", kind, mark, None, url)
        return Fetched(200, body.encode(), kind, mark, None, url)


DEMO = SourceConfig("demo", "demo", "feed", "vacancies", country="NP", addresses=(PAGE,))


@dataclass
class Scripted:
    """A source that tells what it is given, and breaks where an exception stands."""

    told: list[Told | Exception]
    config: SourceConfig = DEMO

    def offers(self, fetcher: object, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """What was given."""
        for one in self.told:
            if isinstance(one, Exception):
                raise one
            yield one


def offer(ref: str | None, title: str = "Mason", **cells: str) -> RawOffer:
    given = {"title": title, "place": "Pokhara", **cells}
    return RawOffer("vacancy", ref, None, given, given, f"{PAGE}, entry {ref}")


def visited(url: str = PAGE, *, changed: bool = True) -> Visited:
    return Visited(url, "x", None, changed=changed)


def run(
    application: Application, source: Source, web: Web | None = None, *, at: datetime = NOW, batch_size: int = 500
) -> RunReport:
    report = run_source(
        application.session, source, web or Web(), application.coder(), lambda: at,
        errors_to=application.settings.data, batch_size=batch_size,
    )  # fmt: skip
    assert report.kept + report.changed + report.held + report.duplicate + report.rejected == report.fetched
    return report


def config(folder: Path, text: str, name: str = "demo") -> SourceConfig:
    path = folder / "sources.toml"
    path.write_text(f'[sources.{name}]\nlicence = "demo"\n{text}', encoding="utf-8")
    return read_sources(path)[name]


def vacancies(application: Application) -> dict[str, Vacancy]:
    with application.reading() as session:
        return {row.ref: row for row in session.exec(select(Vacancy))}


def status(application: Application) -> dict[str, str]:
    return {ref: row.status for ref, row in vacancies(application).items()}


def origins(application: Application) -> dict[tuple[str, str], OfferOrigin]:
    with application.reading() as session:
        return {(row.source, row.ref): row for row in session.exec(select(OfferOrigin))}


def revision(application: Application) -> int:
    with application.reading() as session:
        return revision_number(session, "market")


# --- the kinds of sources -------------------------------------------------------------------------

CHAMBER = """
kind = "csv"
offers = "vacancies"
country = "NP"
path = "chamber.csv"
[sources.demo.mapping]
ref = "No"
title = "Post"
place = "Where"
pay = "Salary"
deadline = "Last date"
"""
ROWS = (
    {"No": "1", "Post": "Mason", "Where": "Pokhara", "Salary": "Rs 20,000 - 25,000", "Last date": "20 Dec 2026"},
    {"No": "2", "Post": "Cook", "Where": "Nowhere", "Salary": "Negotiable", "Last date": "soon"},
    {"No": "3", "Post": "", "Where": "Pokhara", "Salary": "Rs 18,000", "Last date": ""},
)


def test_a_file_is_taken_in_by_its_mapping(application: Application, write_csv: CsvWriter, tmp_path: Path) -> None:
    write_csv("chamber.csv", *ROWS)
    report = run(application, make_source(config(tmp_path, CHAMBER)))
    assert (report.fetched, report.new, report.rejected) == (3, 2, 1)
    assert report.unread == {"place": 1, "deadline": 1}
    assert report.reasons == {"title: is empty and must be filled": 1}
    mason = vacancies(application)["1"]
    assert (mason.country, mason.province, mason.district) == ("NP", "Gandaki", "Kaski")
    assert (mason.pay_min, mason.pay_max, mason.pay_currency, mason.pay_period) == (20000, 25000, "NPR", "month")
    assert mason.closes_on == date(2026, 12, 20)
    assert mason.occupation is not None
    assert ["pay_min", "20000", "Rs 20,000 - 25,000"] in mason.read
    cook = vacancies(application)["2"]
    assert (cook.country, cook.pay_min, cook.closes_on, cook.place) == (None, None, None, "Nowhere")
    found = origins(application)["demo", "1"]
    assert json.loads(found.original)["salary"] == "Rs 20,000 - 25,000"
    assert (found.offer_id, found.address) == (mason.id, str(tmp_path / "chamber.csv"))
    with application.reading() as session:
        noted = session.exec(select(ImportRun)).one()
    assert (noted.rows_read, noted.rows_new, noted.rows_rejected, noted.file_name) == (3, 2, 1, "chamber.csv")
    assert noted.finished_at == NOW
    assert noted.problem is None


def test_rejected_offers_can_be_corrected_and_imported(
    application: Application, write_csv: CsvWriter, tmp_path: Path
) -> None:
    write_csv("chamber.csv", *ROWS)
    report = run(application, make_source(config(tmp_path, CHAMBER)))
    assert report.error_file == tmp_path / "demo.errors.csv"
    lines = report.error_file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith('"3","",')
    assert lines[1].endswith('"3","title","is empty and must be filled (chamber.csv, line 4)"')
    corrected = tmp_path / "corrected.csv"
    corrected.write_text("\n".join([lines[0], lines[1].replace('"3","",', '"3","Welder",', 1)]), encoding="utf-8")
    again = application.ingest("vacancies", corrected, source="demo")
    assert (again.new, again.rejected) == (1, 0)
    welder = vacancies(application)["3"]
    assert (welder.title, welder.district, welder.pay_min, welder.pay_currency) == ("Welder", "Kaski", 18000, "NPR")


def test_an_unchanged_file_is_not_read_again_and_still_offers(
    application: Application, write_csv: CsvWriter, tmp_path: Path
) -> None:
    write_csv("chamber.csv", *ROWS[:2])
    source = make_source(config(tmp_path, CHAMBER + "\n"))
    run(application, source)
    before = revision(application)
    later = NOW + timedelta(days=1)
    report = run(application, source, at=later)
    assert (report.fetched, report.unchanged_addresses, report.still_offered) == (0, 1, 2)
    assert {row.last_seen_at for row in origins(application).values()} == {later}
    assert revision(application) == before
    # Another configuration reads it anew.
    other = config(tmp_path, CHAMBER + '[sources.demo.constants]\ncontract = "seasonal"\n')
    report = run(application, make_source(other), at=later)
    assert (report.fetched, report.changed) == (2, 2)
    assert vacancies(application)["1"].contract == "seasonal"


BOARD = f"""
kind = "api"
offers = "vacancies"
country = "NP"
address = "{PAGE}"
[sources.demo.mapping]
ref = "id"
title = "title"
place = "town"
[sources.demo.paging]
items = "jobs"
by = "link"
next = "next"
"""


def board(pages: int) -> Web:
    def page(number: int) -> str:
        jobs = [{"id": f"{number}-{at}", "title": "Mason", "town": "Pokhara"} for at in range(2)]
        following = f"{PAGE}?page={number + 1}" if number + 1 < pages else None
        return json.dumps({"jobs": jobs, "next": following})

    return Web({(f"{PAGE}?page={n}" if n else PAGE): page(n) for n in range(pages)})


def test_a_paged_program_is_read_page_by_page(application: Application, tmp_path: Path) -> None:
    web = board(3)
    source = make_source(config(tmp_path, BOARD))
    report = run(application, source, web, batch_size=2)
    assert (report.fetched, report.new) == (6, 6)
    again = run(application, source, web)
    assert (again.fetched, again.still_offered, again.unchanged_addresses) == (0, 6, 3)


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs</title>
<item><title>Mason</title><guid>a</guid><pubDate>Wed, 18 Nov 2026 09:00:00 GMT</pubDate>
<description>Salary: Rs 18,000 per month</description></item>
<item><title>Cook</title><guid>b</guid></item></channel></rss>"""


def test_a_feed(application: Application, tmp_path: Path) -> None:
    made = config(tmp_path, f'kind = "feed"\noffers = "vacancies"\ncountry = "NP"\naddress = "{PAGE}"\n')
    report = run(application, make_source(made), Web({PAGE: FEED}))
    assert (report.fetched, report.new) == (2, 2)
    mason = vacancies(application)["a"]
    assert (mason.posted_on, mason.pay_min, mason.pay_currency) == (date(2026, 11, 18), 18000, "NPR")


COURSE = """<html><script type="application/ld+json">{"@context": "https://schema.org", "@type": "Course",
"name": "Arc welding", "provider": {"@type": "Organization", "name": "Demo Centre"},
"hasCourseInstance": {"@type": "CourseInstance", "courseWorkload": "390 hours", "location": "Butwal"}}
</script></html>"""


def test_a_page_with_a_course(application: Application, tmp_path: Path) -> None:
    told = f'kind = "page"\noffers = "courses"\ncountry = "NP"\naddress = "{PAGE}"\n'
    made = config(tmp_path, told + '[sources.demo.constants]\nkind = "course"\n')
    report = run(application, make_source(made), Web({PAGE: COURSE}))
    assert (report.fetched, report.new) == (1, 1)
    with application.reading() as session:
        course = session.exec(select(Course)).one()
    assert (course.title, course.provider, course.hours, course.district) == (
        "Arc welding", "Demo Centre", 390, "Rupandehi",
    )  # fmt: skip
    assert origins(application)["demo", PAGE].kind == "course"
    # Coding again leaves what was read from the source's own cells.
    with application.session() as session:
        session.execute(sa.update(Course).values(coding="old"))
        assert recode_offers(session, application.coder(), 10) == 1
        session.commit()
        again = session.exec(select(Course)).one()
    assert (again.hours, again.district, again.read) == (390, "Rupandehi", course.read)


# --- idempotent, and on after a kill --------------------------------------------------------------


def test_a_second_run_changes_nothing(application: Application) -> None:
    told: list[Told | Exception] = [offer("a"), offer("b", "Cook"), offer(None, "Driver"), visited()]
    assert run(application, Scripted(told)).new == 3
    before, stood = revision(application), vacancies(application)
    report = run(application, Scripted(told), at=NOW + timedelta(days=1))
    assert (report.fetched, report.unchanged, report.new, report.changed) == (3, 3, 0, 0)
    assert revision(application) == before
    assert {ref: row.updated_at for ref, row in vacancies(application).items()} == {
        ref: row.updated_at for ref, row in stood.items()
    }
    report = run(application, Scripted([offer("a", pay="Rs 900 per day"), *told[1:]]))
    assert (report.changed, report.unchanged) == (1, 2)
    assert vacancies(application)["a"].id == stood["a"].id


class Killed(BaseException):
    """The machine is switched off."""


def outcome(application: Application) -> object:
    rows = sorted((row.ref, row.title, row.status, row.district) for row in vacancies(application).values())
    known = sorted((key, row.address) for key, row in origins(application).items())
    with application.reading() as session:
        addresses = sorted(row.address for row in session.exec(select(SourceVisit)))
    return rows, known, addresses


MANY: list[Told | Exception] = [
    told for page in range(4) for told in (*(offer(f"{page}-{at}") for at in range(3)), visited(f"{PAGE}/{page}"))
]


@pytest.mark.parametrize("place", [1, 4, 6, 11, len(MANY)])
def test_a_killed_run_leaves_whole_batches_and_the_next_ends_as_an_unbroken_one(
    sqlite_application: Application, place: int
) -> None:
    broken = Scripted([*MANY[:place], Killed(), *MANY[place:]])  # type: ignore[list-item]
    broken.offers = lambda fetcher, seen: _kill(broken.told)  # type: ignore[method-assign]
    with pytest.raises(Killed):
        run(sqlite_application, broken, batch_size=4)
    told = sum(1 for one in MANY[:place] if isinstance(one, RawOffer))
    assert len(vacancies(sqlite_application)) == told - told % 4
    report = run(sqlite_application, Scripted(MANY), batch_size=4)
    assert report.fetched == 12
    rows, known, addresses = outcome(sqlite_application)
    assert rows == [(f"{page}-{at}", "Mason", "open", "Kaski") for page in range(4) for at in range(3)]
    assert known == [(("demo", f"{page}-{at}"), f"{PAGE}/{page}") for page in range(4) for at in range(3)]
    assert addresses == [f"{PAGE}/{page}" for page in range(4)]


def _kill(told: list[Told | Exception]) -> Iterator[Told]:
    for one in told:
        if isinstance(one, BaseException):
            raise one
        yield one


def test_a_paged_source_goes_on_at_the_page_where_it_was_killed(application: Application, tmp_path: Path) -> None:
    web, source = board(4), make_source(config(tmp_path, BOARD))
    third, whole = f"{PAGE}?page=2", dict(web.pages)

    class Dying(Web):
        def get(self, url: str, **known: str | None) -> Fetched:  # type: ignore[override]
            if url == third:
                raise Killed
            return super().get(url, **known)  # type: ignore[arg-type]

    with pytest.raises(Killed):
        run(application, source, Dying(whole), batch_size=2)
    assert set(vacancies(application)) == {"0-0", "0-1", "1-0", "1-1"}
    report = run(application, source, web, batch_size=2)
    assert web.asked[0] != PAGE
    assert len(vacancies(application)) == 8
    assert report.new == 4
    web.asked.clear()
    assert run(application, source, web).still_offered == 8
    assert web.asked[0] == PAGE


def test_a_full_disk_is_one_sentence_and_the_batches_before_stay(sqlite_application: Application) -> None:
    told: list[Told | Exception] = [offer("a"), offer("b"), OSError(28, "No space left on device"), offer("c")]
    with pytest.raises(OperatorError, match=r"^demo: stopped after 2 offers, which are safe: the disk .*is full"):
        run(sqlite_application, Scripted(told), batch_size=2)
    assert set(vacancies(sqlite_application)) == {"a", "b"}


def test_a_source_that_breaks_off_keeps_what_it_told(application: Application) -> None:
    old = NOW - timedelta(days=90)
    days = SourceConfig("demo", "demo", "csv", "vacancies", path=Path("x.csv"), expires_after=10)
    run(application, Scripted([offer("gone"), visited()], days), at=old)
    told: list[Told | Exception] = [
        offer("a"),
        InputError("x.csv: breaks off after row 2. Save it again."),
    ]
    report = run(application, Scripted(told, days))
    assert report.stopped == "x.csv: breaks off after row 2. Save it again."
    assert (report.new, report.expired) == (1, 0)
    assert status(application) == {"gone": "open", "a": "open"}
    with application.reading() as session:
        noted = session.exec(select(ImportRun).where(ImportRun.started_at == NOW)).one()
    assert noted.problem == report.stopped


# --- the report adds up ---------------------------------------------------------------------------

_REFS = st.sampled_from(["a", "b", "c", None])
_TITLES = st.sampled_from(["Mason", "Cook", ""])
_CELLS = st.sampled_from(
    [{}, {"status": "held"}, {"pay": "Rs 900"}, {"posted": "x"}, {"level": "many"}, {"licences": "unknown"}]
)
_OFFERS = st.builds(lambda ref, title, cells: offer(ref, title, **cells), _REFS, _TITLES, _CELLS)
_PROBLEMS = st.builds(
    lambda counted: SourceProblem(PAGE, "row", "cannot be read.", {"title": "x"}, counted=counted), st.booleans()
)
_MIXTURES = st.lists(st.one_of(_OFFERS, _OFFERS, _PROBLEMS, st.just(visited())), max_size=14)


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=_MIXTURES, batch_size=st.integers(1, 6))
def test_every_offer_is_counted_once(sqlite_application: Application, told: list[Told], batch_size: int) -> None:
    report = run(sqlite_application, Scripted(list(told)), batch_size=batch_size)
    offers = [one for one in told if isinstance(one, RawOffer) or (isinstance(one, SourceProblem) and one.counted)]
    assert report.fetched == len(offers)
    assert sum(report.reasons.values()) == report.rejected
    with sqlite_application.reading() as session:
        noted = session.exec(select(ImportRun).order_by(sa.text("rowid desc")).limit(1)).one()
    parts = (noted.rows_new, noted.rows_unchanged, noted.rows_changed, noted.rows_held, noted.rows_duplicate)
    assert sum(parts) + noted.rows_rejected == noted.rows_read == len(offers)


def test_what_became_of_each(application: Application) -> None:
    run(application, Scripted([offer("same"), offer("other"), visited()]))
    told: list[Told | Exception] = [
        offer("same"), offer("other", pay="Rs 900 per day"), offer("new"), offer("held", status="held"),
        offer("new", "Cook"), offer("wrong", level="many"), SourceProblem(PAGE, "json-ld", "It is broken.", {}),
        SourceProblem(PAGE, "address", "It does not answer.", {}, counted=False), visited(),
    ]  # fmt: skip
    report = run(application, Scripted(told))
    assert (report.unchanged, report.changed, report.new, report.held, report.rejected) == (1, 1, 1, 1, 3)
    assert (report.fetched, report.troubled_addresses) == (7, 1)
    assert report.reasons == {
        "ref: its number stands twice in this run, with another content": 1, "level: is not a number": 1,
        "json-ld: It is broken": 1,
    }  # fmt: skip
    assert vacancies(application)["new"].title == "Mason"


# --- the life of a vacancy ------------------------------------------------------------------------

TEN_DAYS = SourceConfig("demo", "demo", "feed", "vacancies", country="NP", addresses=(PAGE,), expires_after=10)


def test_what_is_no_longer_seen_is_closed_and_opens_when_it_comes_back(application: Application) -> None:
    both: list[Told | Exception] = [offer("a"), offer("b"), visited()]
    run(application, Scripted(both, TEN_DAYS))
    assert run(application, Scripted([offer("a"), visited()], TEN_DAYS), at=NOW + timedelta(days=9)).expired == 0
    before = revision(application)
    report = run(application, Scripted([offer("a"), visited()], TEN_DAYS), at=NOW + timedelta(days=11))
    assert (report.expired, status(application)) == (1, {"a": "open", "b": "closed"})
    assert revision(application) == before + 1
    assert run(application, Scripted([offer("a"), visited()], TEN_DAYS), at=NOW + timedelta(days=12)).expired == 0
    report = run(application, Scripted(both, TEN_DAYS), at=NOW + timedelta(days=13))
    assert (report.unchanged, report.reopened, status(application)) == (2, 1, {"a": "open", "b": "open"})


def test_a_vacancy_whose_last_day_has_passed_is_closed_until_that_changes(application: Application) -> None:
    told: list[Told | Exception] = [offer("a", closes_on="2026-11-25"), visited()]
    assert run(application, Scripted(told)).expired == 0
    later = NOW + timedelta(days=6)
    assert run(application, Scripted(told), at=later).expired == 1
    report = run(application, Scripted(told), at=later)
    assert (report.unchanged, report.reopened, status(application)) == (1, 0, {"a": "closed"})
    longer: list[Told | Exception] = [offer("a", closes_on="2026-12-25"), visited()]
    assert run(application, Scripted(longer), at=later).changed == 1
    assert status(application) == {"a": "open"}


def test_an_address_that_did_not_answer_lets_nothing_expire(application: Application) -> None:
    run(application, Scripted([offer("a"), visited()], TEN_DAYS))
    down = SourceProblem(PAGE, "address", "The server answers 500.", {}, counted=False)
    report = run(application, Scripted([down], TEN_DAYS), at=NOW + timedelta(days=30))
    assert (report.fetched, report.expired, status(application)) == (0, 0, {"a": "open"})
    with application.reading() as session:
        noted = session.exec(select(ImportRun).where(ImportRun.rows_read == 0)).one()
    assert noted.problem == f"{PAGE}: The server answers 500."


def test_what_can_no_longer_be_read_is_still_offered(application: Application) -> None:
    run(application, Scripted([offer("a"), visited()], TEN_DAYS))
    wrong = Scripted([offer("a", level="many"), visited()], TEN_DAYS)
    report = run(application, wrong, at=NOW + timedelta(days=30))
    assert (report.rejected, report.expired, status(application)) == (1, 0, {"a": "open"})


def test_what_a_person_decided_outlasts_a_change(application: Application) -> None:
    run(application, Scripted([offer("a"), visited()], TEN_DAYS))
    with application.session() as session:
        session.execute(sa.update(Vacancy).values(status="filled"))
        session.commit()
    report = run(application, Scripted([offer("a", pay="Rs 900 per day"), visited()], TEN_DAYS))
    assert (report.changed, status(application)) == (1, {"a": "filled"})
    stated = Scripted([offer("a", status="open"), visited()], TEN_DAYS)
    run(application, stated)
    assert status(application) == {"a": "open"}


def test_a_trap_is_held_and_counted_as_held(application: Application) -> None:
    trap = offer("a", description="Candidates pay a registration fee of Rs 2,000 before joining.")
    report = run(application, Scripted([trap, offer("b"), visited()]))
    assert (report.held, report.new, status(application)) == (1, 1, {"a": "held", "b": "open"})
    again = run(application, Scripted([trap, offer("b"), visited()]))
    assert (again.held, again.unchanged) == (1, 1)
    mended = Scripted([offer("a", description="The employer pays every fee."), offer("b"), visited()])
    report = run(application, mended)
    assert (report.held, report.changed, status(application)) == (0, 1, {"a": "open", "b": "open"})


# --- duplicates -----------------------------------------------------------------------------------

TOLD = {
    "employer": "Demo Builders Pvt. Ltd.", "pay": "Rs 25,000 per month",
    "description": "Lay bricks and plaster the walls of a school in Pokhara. Five years on sites are asked for.",
}  # fmt: skip
OTHER = SourceConfig("other", "demo", "feed", "vacancies", country="NP", addresses=(PAGE,), expires_after=10)


def test_the_vacancy_of_another_source_is_one_vacancy_with_two_origins(application: Application) -> None:
    run(application, Scripted([offer("a", **TOLD), visited()], TEN_DAYS))
    told: list[Told | Exception] = [offer("77", **TOLD), offer("78", "Cook"), visited()]
    report = run(application, Scripted(told, OTHER))
    assert (report.duplicate, report.new, set(vacancies(application))) == (1, 1, {"a", "78"})
    known = origins(application)
    assert known["other", "77"].offer_id == known["demo", "a"].offer_id == vacancies(application)["a"].id
    again = run(application, Scripted(told, OTHER), at=NOW + timedelta(days=11))
    assert (again.duplicate, again.unchanged) == (1, 1)
    # Gone from the first source, it stays open as long as the other one shows it.
    report = run(application, Scripted([visited()], TEN_DAYS), at=NOW + timedelta(days=11))
    assert (report.expired, status(application)["a"]) == (0, "open")
    run(application, Scripted([offer("78", "Cook"), visited()], OTHER), at=NOW + timedelta(days=22))
    assert status(application) == {"a": "closed", "78": "open"}


def test_a_duplicate_that_becomes_another_post_stands_by_itself(application: Application) -> None:
    run(application, Scripted([offer("a", **TOLD), visited()], TEN_DAYS))
    run(application, Scripted([offer("77", **TOLD), visited()], OTHER))
    report = run(
        application, Scripted([offer("77", "Cook", employer="Demo Hotel", place="Dhaka"), visited()], OTHER)
    )
    assert (report.duplicate, report.new, set(vacancies(application))) == (0, 1, {"a", "77"})
    assert origins(application)["other", "77"].offer_id == vacancies(application)["77"].id


# --- what is kept of the original -----------------------------------------------------------------


def test_the_original_is_bounded_and_stays_json() -> None:
    assert json.loads(bounded_json({"a": "x"})) == {"a": "x"}
    for original in (
        {"a": "é" * 50_000, "b": "x"},
        {str(at): "y" * 90 for at in range(3_000)},
        {"a": "\0\ud800" * 9},
    ):
        made = bounded_json(original)
        assert len(made.encode()) <= LONGEST_ORIGINAL
        assert "\\u0000" not in made
        assert json.loads(made)


def test_halves_of_characters_and_long_numbers_are_stored(application: Application) -> None:
    address = f"https://jobs.example.org/{'x' * 900}"
    report = run(application, Scripted([offer(address, "Mason \ud800"), offer("n", "Co\0ok"), visited()]))
    assert (report.new, report.rejected) == (1, 1)
    (stored,) = vacancies(application).values()
    assert (stored.title, stored.ref[:7], len(stored.ref)) == ("Mason ?", "sha256:", 71)
