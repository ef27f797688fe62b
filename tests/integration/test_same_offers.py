"""The search for duplicates at import: by keys in the database, across sources, batches and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter
from sqlmodel import Session, col, select

from api.application import Application
from jobs_ingest.duplicate_review import Key, decide_offers
from jobs_ingest.duplicates.index import LARGEST
from jobs_ingest.duplicates_models import DuplicateAct, OfferPair
from jobs_ingest.ingest import run_source
from jobs_ingest.models import OfferOrigin, Vacancy
from jobs_ingest.offer_keys import KeyTable, likeliest, refresh_keys, store_keys
from jobs_ingest.offer_keys_models import OfferKey, OfferSketch
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.base import RawOffer, SourceProblem, Told, Validators, Visited
from jobs_ingest.sources.config import SourceConfig

PAGE = "https://jobs.example.org/list"
BOARD = SourceConfig("board", "demo", "page", "vacancies", country="NP", addresses=(PAGE,), expires_after=30)
FEED = replace(BOARD, kind="feed")
OTHER = replace(BOARD, name="other")
MASON = {
    "title": "Mason", "place": "Pokhara", "employer": "Sunkoshi Builders Pvt. Ltd.", "pay": "Rs 25,000 per month",
    "deadline": "2026-12-20",
    "description": "Lay bricks and plaster the walls of a school. Read simple drawings, work with plumb and line,"
    " keep the mortar ready and the site clean. Five years on building sites are asked for.",
}  # fmt: skip
COOK = {
    "title": "Cook", "place": "Butwal", "employer": "Hotel Fishtail",
    "description": "Two meals a day for eighty guests, a clean kitchen, menus and the buying of vegetables.",
}  # fmt: skip
#: The same post, reworded as a board would when it is posted anew.
REWORDED = {
    "title": "Mason (urgent)",
    "description": "Bricks are laid and the walls of a school plastered. Simple drawings are read; work with plumb"
    " and line; mortar kept ready, site kept clean. Five years on building sites asked.",
}  # fmt: skip


@dataclass
class Scripted:
    """A source that tells what it is given."""

    told: Sequence[Told]
    config: SourceConfig = BOARD

    def offers(self, fetcher: object, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """What was given, and then that the page is at its end."""
        yield from self.told
        yield Visited(PAGE, "x", None, changed=True)


def offer(ref: str | None, told: Mapping[str, str] = MASON, /, **cells: str) -> RawOffer:
    given = {name: text for name, text in {**told, **cells}.items() if text}
    return RawOffer("vacancy", ref, None, given, given, f"{PAGE}, entry {ref}")


def run(
    application: Application, *told: Told, config: SourceConfig = BOARD, days: int = 0, batch_size: int = 500
) -> RunReport:
    report = run_source(
        application.session, Scripted(told, config), None, application.coder(),  # type: ignore[arg-type]
        lambda: NOW + timedelta(days=days), errors_to=application.settings.data, batch_size=batch_size,
    )  # fmt: skip
    assert report.kept + report.changed + report.held + report.duplicate + report.rejected == report.fetched
    return report


def rows(application: Application) -> dict[str, Vacancy]:
    with application.reading() as session:
        return {row.ref: row for row in session.exec(select(Vacancy))}


def homes(application: Application) -> dict[str, str]:
    """By source and number of each origin the number of the vacancy that it belongs to."""
    with application.reading() as session:
        refs = {row.id: row.ref for row in session.exec(select(Vacancy))}
        return {f"{row.source} {row.ref}": refs[row.offer_id] for row in session.exec(select(OfferOrigin))}


def doubts(application: Application) -> list[set[str]]:
    with application.reading() as session:
        refs = {row.id: row.ref for row in session.exec(select(Vacancy))}
        return [{refs[row.one_id], refs[row.other_id]} for row in session.exec(select(OfferPair))]


def sketched(application: Application) -> set[str]:
    """The numbers of the vacancies that have keys."""
    with application.reading() as session:
        query = select(Vacancy.ref).join(OfferSketch, col(OfferSketch.vacancy_id) == Vacancy.id)
        return set(session.exec(query))


# --- one source, two numbers ----------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 500])
def test_a_row_that_stands_twice_is_one_vacancy_with_two_origins(application: Application, batch_size: int) -> None:
    report = run(application, offer("1"), offer("2"), offer("3", COOK), batch_size=batch_size)
    assert (report.new, report.duplicate, set(rows(application))) == (2, 1, {"1", "3"})
    assert homes(application) == {"board 1": "1", "board 2": "1", "board 3": "3"}
    again = run(application, offer("1"), offer("2"), offer("3", COOK), days=1)
    assert (again.unchanged, again.duplicate) == (2, 1)


def test_it_is_closed_when_both_numbers_are_gone(application: Application) -> None:
    run(application, offer("1", deadline=""), offer("2", deadline=""))
    assert run(application, offer("2", deadline=""), days=31).expired == 0
    assert rows(application)["1"].status == "open"
    assert run(application, days=62).expired == 1
    assert rows(application)["1"].status == "closed"


def test_a_later_last_day_counts_whoever_tells_it(application: Application) -> None:
    run(application, offer("1"))
    report = run(application, offer("1"), offer("2", deadline="2027-01-10"), days=1)
    assert (report.unchanged, report.duplicate) == (1, 1)
    assert rows(application)["1"].closes_on == date(2027, 1, 10)
    run(application, offer("1"), offer("2", deadline="2027-01-10"), days=35)
    assert rows(application)["1"].status == "open"
    run(application, offer("9", deadline="2026-12-01"), config=OTHER, days=36)
    assert rows(application)["1"].closes_on == date(2027, 1, 10)


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "Lakeside, Pokhara"},
        {"description": MASON["description"].replace("school", "hospital")},
        {"pay": "Rs 26,000 per month"},
        {"title": "Mason 2"},
        {"contract": "apprenticeship"},
        {"employer": "Trishuli Builders"},
    ],
)
def test_near_equal_posts_of_one_source_stay_apart(
    sqlite_application: Application, changes: dict[str, str]
) -> None:
    told = offer("1", contract="wage_work"), offer("2", **{"contract": "wage_work", **changes})
    report = run(sqlite_application, *told)
    assert (report.new, report.duplicate) == (2, 0)
    # A killed or repeated run leaves them so.
    assert run(sqlite_application, *told, days=1).unchanged == 2


def test_a_post_without_text_is_the_same_only_with_the_same_days(sqlite_application: Application) -> None:
    short = {"description": "", "openings": "3"}
    told = [offer("1", **short), offer("2", **short), offer("3", **{**short, "openings": "4"})]
    report = run(sqlite_application, *told)
    assert (report.new, report.duplicate, homes(sqlite_application)["board 2"]) == (2, 1, "1")


def test_nothing_tells_apart_and_nothing_joins_bare_titles(sqlite_application: Application) -> None:
    bare = {"title": "Mason", "place": "Pokhara"}
    assert run(sqlite_application, offer("1", bare), offer("2", bare)).new == 2


def test_what_is_likely_one_is_noted_for_a_person(application: Application) -> None:
    run(application, offer("1"), offer("2", **REWORDED))
    assert doubts(application) == [{"1", "2"}]


# --- renumbered -----------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 500])
def test_a_post_under_a_new_number_is_the_vacancy_that_is_gone(application: Application, batch_size: int) -> None:
    run(application, offer("1"), offer("3", COOK))
    stood = rows(application)["1"]
    told = [offer("7", deadline="2027-01-10", **REWORDED), offer("3", COOK)]
    report = run(application, *told, days=7, batch_size=batch_size)
    assert (report.new, report.duplicate, report.unchanged) == (0, 1, 1)
    assert set(rows(application)) == {"7", "3"}
    now = rows(application)["7"]
    assert (now.id, now.created_at) == (stood.id, stood.created_at)
    assert (now.title, now.closes_on, now.status) == ("Mason (urgent)", date(2027, 1, 10), "open")
    assert homes(application) == {"board 1": "7", "board 7": "7", "board 3": "3"}
    assert sketched(application) == {"7", "3"}
    again = run(application, *told, days=8)
    assert (again.unchanged, again.duplicate) == (2, 0)


def test_a_number_that_is_still_offered_further_down_is_another_vacancy(application: Application) -> None:
    run(application, offer("1"))
    report = run(application, offer("7", **REWORDED), offer("1"), days=7, batch_size=1)
    assert (report.new, report.unchanged, set(rows(application))) == (1, 1, {"1", "7"})
    # The first one goes later, and the other one was there before: they were two.
    report = run(application, offer("7", **REWORDED), days=14)
    assert (report.duplicate, set(rows(application))) == (0, {"1", "7"})


def test_a_row_without_number_stays_itself_with_another_text(application: Application) -> None:
    run(application, offer(None))
    (stood,) = rows(application).values()
    report = run(application, offer(None, pay="Rs 25,500 per month"), days=7)
    (now,) = rows(application).values()
    assert (report.new, report.duplicate, now.id) == (0, 1, stood.id)
    assert now.pay_min == 25_500


def test_each_of_several_gone_ones_is_found_once(application: Application) -> None:
    run(application, offer("1"), offer("2", description=MASON["description"].replace("school", "hospital")))
    report = run(application, offer("8", title="Mason (urgent)"), days=7)
    assert (report.duplicate, len(rows(application)), rows(application)["8"].title) == (1, 2, "Mason (urgent)")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (FEED, []),
        (replace(BOARD, expires_after=None), []),
        (BOARD, [SourceProblem(PAGE, "address", "It does not answer.", {}, counted=False)]),
    ],
)
def test_where_gone_means_nothing_nothing_is_joined(
    sqlite_application: Application, config: SourceConfig, told: list[Told]
) -> None:
    run(sqlite_application, offer("1"), config=config)
    report = run(sqlite_application, offer("7", **REWORDED), *told, config=config, days=7)
    assert (report.new, report.duplicate) == (1, 0)


def test_what_another_source_told_first_keeps_its_text(application: Application) -> None:
    run(application, offer("a"), config=OTHER)
    assert run(application, offer("1")).duplicate == 1
    report = run(application, offer("7", deadline="2027-01-10", **REWORDED), days=7)
    assert (report.duplicate, set(rows(application))) == (1, {"a"})
    assert homes(application) == {"other a": "a", "board 1": "a", "board 7": "a"}
    assert (rows(application)["a"].title, rows(application)["a"].closes_on) == ("Mason", date(2027, 1, 10))


def test_a_trap_is_held_under_its_new_number_too(application: Application) -> None:
    trap = {"description": MASON["description"] + " Candidates pay a registration fee of Rs 2,000 before joining."}
    run(application, offer("1"))
    report = run(application, offer("7", **trap), days=7)
    assert (report.held, report.duplicate, rows(application)["7"].status) == (0, 1, "held")
    report = run(application, offer("7", **trap), days=8)
    assert (report.held, report.fetched) == (1, 1)


# --- several sources ------------------------------------------------------------------------------


def test_two_numbers_of_one_source_are_not_both_the_vacancy_of_another(application: Application) -> None:
    run(application, offer("a"), config=OTHER)
    near = MASON["description"].replace("school", "hospital")
    report = run(application, offer("1"), offer("2", description=near))
    assert (report.duplicate, report.new, homes(application)["board 1"]) == (1, 1, "a")
    assert doubts(application) == [{"a", "2"}]


def test_held_ones_are_searched_and_closed_ones_are_not(application: Application) -> None:
    run(application, offer("a", status="held"), config=OTHER)
    assert run(application, offer("1")).duplicate == 1
    with application.session() as session:
        session.execute(sa.update(Vacancy).values(status="filled"))
        session.commit()
    third = replace(BOARD, name="third")
    assert run(application, offer("x"), config=third).new == 1
    assert sketched(application) == {"x"}


def test_what_a_person_decided_goes_before_all(application: Application) -> None:
    run(application, offer("a"), offer("c", COOK), config=OTHER)
    with application.session() as session:
        decided(session, Key("board", "1"), Key("other", "a"), same=False)
        decided(session, Key("board", "2"), Key("other", "c"), same=True)
        session.commit()
    report = run(application, offer("1"), offer("2", deadline="2027-02-01"))
    assert (report.new, report.duplicate) == (1, 1)
    assert homes(application) == {"other a": "a", "other c": "c", "board 1": "1", "board 2": "c"}


def decided(session: Session, one: Key, other: Key, *, same: bool) -> None:
    kept = session.exec(select(Vacancy.id).limit(1)).one()
    act = DuplicateAct(kind="merge" if same else "apart", kept_id=kept, done_at=NOW)
    session.add(act)
    session.flush()
    decide_offers(session, act.id, [one], [other], same=same)


# --- the table of keys ----------------------------------------------------------------------------


def test_vacancies_that_came_another_way_get_their_keys(
    application: Application, write_csv: CsvWriter, tmp_path: Path
) -> None:
    columns = {"ref": "f1", "title": "Mason", "country": "NP", "place": "Pokhara", "pay_min": "25000"}
    told = {name: MASON[name] for name in ("employer", "description")}
    path = write_csv("file.csv", {**columns, **told, "pay_currency": "NPR", "pay_period": "month"})
    application.ingest("vacancies", path, source="file")
    assert sketched(application) == set()
    report = run(application, offer("1"))
    assert (report.duplicate, homes(application)["board 1"], sketched(application)) == (1, "f1", {"f1"})


def test_keys_follow_the_text_and_the_status(application: Application) -> None:
    run(application, offer("1"), offer("3", COOK))
    before = keys(application)
    run(application, offer("1", title="Welder"), offer("3", COOK), days=1)
    after = keys(application)
    assert before["3"] == after["3"]
    assert before["1"] != after["1"]
    with application.session() as session:
        session.execute(sa.update(Vacancy).where(col(Vacancy.ref) == "3").values(status="closed"))
        session.execute(sa.update(Vacancy).where(col(Vacancy.ref) == "1").values(content_hash="another"))
        session.commit()
    assert refresh_keys(application.session, application.coder()) == 1
    assert keys(application) == {"1": after["1"]}
    with application.session() as session:
        session.execute(sa.delete(OfferOrigin))
        session.execute(sa.delete(Vacancy).where(col(Vacancy.ref) == "1"))
        session.commit()
    assert keys(application) == {}


def keys(application: Application) -> dict[str, frozenset[int]]:
    with application.reading() as session:
        found: dict[str, set[int]] = {}
        query = (
            sa.select(col(Vacancy.ref), col(OfferKey.key))
            .join(OfferSketch, col(OfferSketch.vacancy_id) == Vacancy.id)
            .join(OfferKey, col(OfferKey.number) == OfferSketch.number)
        )
        for ref, key in session.execute(query):
            found.setdefault(ref, set()).add(key)
    return {ref: frozenset(some) for ref, some in found.items()}


def test_a_key_that_too_many_share_is_not_followed(sqlite_application: Application) -> None:
    with sqlite_application.session() as session:
        numbers = range(1, LARGEST + 2)
        session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        session.execute(sa.insert(OfferKey), [{"key": 5, "number": number} for number in numbers])
        session.execute(sa.insert(OfferKey), [{"key": -7, "number": number} for number in (3, 4)])
        table = KeyTable()
        assert table.members(session, [5, -7, 9]) == {-7: [3, 4]}
        session.execute(sa.delete(OfferKey).where(col(OfferKey.number) == 1))
        # What was crowded stays so for the run; another run asks anew.
        assert table.members(session, [5]) == {}
        assert len(KeyTable().members(session, [5])[5]) == LARGEST


def test_the_likeliest_share_most_and_what_is_rare() -> None:
    members = {1: [10, 11], 2: [11, *range(100, 160)], 3: [12]}
    found = likeliest([1, 2, 3, 4], members)
    assert found[:3] == [12, 11, 10]
    assert len(found) == 20


def test_no_keys_are_no_work(sqlite_application: Application) -> None:
    with sqlite_application.session() as session:
        store_keys(session, [])
        assert session.exec(select(OfferSketch)).all() == []
