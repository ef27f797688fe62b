"""From what a source wrote to the documented layout: what is read, from which words, and what stays unknown."""

from __future__ import annotations

from datetime import date

import pytest

from jobs_ingest.normalising import NORMALISED, Unread, normalise
from jobs_ingest.readings import Read
from jobs_ingest.sources.base import RawOffer
from jobs_ingest.sources.config import SourceConfig

TODAY = date(2026, 11, 20)
NEPAL = SourceConfig("demo", "demo", "csv", "vacancies", country="NP")
NOWHERE = SourceConfig("demo", "demo", "csv", "vacancies")
COURSES = SourceConfig("demo", "demo", "csv", "courses", country="NP")


def offer(**cells: str) -> RawOffer:
    return RawOffer("vacancy", "1", None, cells, cells, "demo.csv, line 2")


def cells(config: SourceConfig = NEPAL, **given: str) -> dict[str, str]:
    """The cells that were filled in beside those given."""
    found = normalise(offer(**given), config, TODAY).cells
    return {name: text for name, text in found.items() if given.get(name) != text}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Pokhara", {"country": "NP", "province": "Gandaki", "district": "Kaski"}),
        ("Doha, Qatar", {"country": "QA"}),
        ("Anywhere in Nepal", {"country": "NP"}),
        ("xyzzy", {}),
    ],
)
def test_a_place_is_read_and_its_text_stays(place: str, expected: dict[str, str]) -> None:
    assert cells(place=place) == expected
    assert normalise(offer(place=place), NEPAL, TODAY).cells["place"] == place


@pytest.mark.parametrize(
    "place",
    [
        "????", "?? ??", "6 months", "Starts in 2-4 months", "Team LeadingCash Handling, Sales",
        "ovenDoughSifting flourGlazeIcing", "A good knowledge of ovens and of dough is asked for by th...",
    ],
)  # fmt: skip
def test_a_cell_that_tells_no_place_is_counted_and_not_kept(place: str) -> None:
    found = normalise(offer(place=place, country="NP"), NEPAL, TODAY)
    assert (found.cells, found.unread) == ({"country": "NP"}, (Unread.PLACE,))


@pytest.mark.parametrize(
    "place", ["House 5, Road 3", "Marketing Street", "1st floor, Sales Centre", "McAlisterTown"]
)
def test_an_address_that_nobody_knows_stays(place: str) -> None:
    assert normalise(offer(place=place), NEPAL, TODAY).cells["place"] == place


@pytest.mark.parametrize(
    ("place", "stated", "country"),
    [("European Union", "NP", None), ("Europe", "DE", "DE"), ("South Asia", "NP", "NP"), ("Gulf", "QA", "QA")],
)
def test_a_region_abroad_does_not_lie_in_the_home_country(place: str, stated: str, country: str | None) -> None:
    found = normalise(offer(place=place, country=stated, pay="Rs 1500 per month"), NEPAL, TODAY)
    assert (found.cells["place"], found.cells.get("country")) == (place, country)
    assert found.cells.get("pay_currency") == ("NPR" if country == "NP" else None)


@pytest.mark.parametrize(
    ("today", "posted", "closes"),
    [
        (date(2026, 1, 20), None, "2026-03-01"),
        (date(2026, 3, 5), None, "2026-03-01"),
        (date(2026, 4, 20), None, None),
        (date(2026, 4, 20), "2026-02-01", "2026-03-01"),
        (date(2026, 8, 10), None, None),
    ],
)
def test_a_day_without_a_year_far_from_today_is_no_deadline(
    today: date, posted: str | None, closes: str | None
) -> None:
    given = {"deadline": "Apply on 1st Mar"} | ({"posted_on": posted} if posted else {})
    found = normalise(offer(title="Cook", **given), NEPAL, today)
    assert found.cells.get("closes_on") == closes
    assert found.unread == (() if closes else (Unread.DEADLINE,))


def test_the_home_of_a_source_is_no_place_of_work() -> None:
    assert cells(title="Mason") == {}


def test_a_stated_country_that_contradicts_its_place_stays_alone() -> None:
    found = normalise(offer(place="Doha", country="Nepal"), NEPAL, TODAY)
    assert found.cells == {"place": "Doha", "country": "Nepal"}
    assert found.unread == (Unread.PLACE,)


def test_a_country_at_the_end_of_a_place_goes_before_the_region_searched() -> None:
    found = normalise(offer(place="Tripoli, Libya", country="India"), NEPAL, TODAY)
    assert (found.cells["country"], found.unread) == ("LY", ())


def test_a_district_says_province_and_country() -> None:
    assert cells(district="Kaski") == {"country": "NP", "province": "Gandaki"}


def pay(low: str, high: str, currency: str | None = None) -> dict[str, str]:
    ends = {"pay_min": low, "pay_max": high, "pay_currency": currency or "", "pay_period": "month"}
    return {name: text for name, text in ends.items() if text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rs 20,000 - 25,000", pay("20000", "25000", "NPR")),
        ("NPR 800 per day", pay("20800", "20800", "NPR")),
        ("QAR 1500 monthly", pay("1500", "1500", "QAR")),
        ("from 20,000 per month", pay("20000", "", "NPR")),
        ("Negotiable", {}),
        ("a good one", {}),
    ],
)
def test_pay_is_brought_to_a_month(text: str, expected: dict[str, str]) -> None:
    assert cells(pay=text) == expected


def test_pay_without_a_currency_gets_none() -> None:
    assert cells(NOWHERE, pay="20000 per month") == pay("20000", "20000")


def test_pay_that_the_description_states_is_read_where_no_cell_does() -> None:
    told = "Lay bricks. Salary: Rs 18,000 per month."
    assert {name: cells(description=told).get(name) for name in ("pay_min", "pay_currency")} == {
        "pay_min": "18000", "pay_currency": "NPR",
    }  # fmt: skip


def test_what_the_layout_states_stays() -> None:
    given = {
        "pay_min": "900", "pay_currency": "QAR", "pay_period": "week", "pay": "Rs 20,000",
        "posted_on": "2026-11-01",
        "posted": "2 days ago", "closes_on": "2026-12-01", "deadline": "5 days left", "contract": "seasonal",
        "employment": "permanent", "openings": "3", "accommodation": "no", "description": "Free accommodation.",
    }  # fmt: skip
    found = normalise(offer(**given), NEPAL, TODAY)
    texts = ("pay", "posted", "deadline", "employment")
    assert found.cells == {name: text for name, text in given.items() if name not in texts}
    assert found.read == ()
    assert found.unread == ()


@pytest.mark.parametrize(
    ("cell", "text", "column", "value"),
    [
        ("posted", "2 days ago", "posted_on", "2026-11-18"),
        ("posted", "Fri, 20 Nov 2026 09:00:00 GMT", "posted_on", "2026-11-20"),
        ("posted", "30+ days ago", "posted_on", None),
        ("posted", "November 2026", "posted_on", None),
        ("deadline", "20 Dec 2026", "closes_on", "2026-12-20"),
        ("deadline", "2026-12-20T23:59", "closes_on", "2026-12-20"),
        ("deadline", "5 days left", "closes_on", "2026-11-25"),
        ("deadline", "soon", "closes_on", None),
        ("posted_on", "18 Nov 2026", "posted_on", "2026-11-18"),
        ("closes_on", "2083-08-29 BS", "closes_on", "2083-08-29 BS"),
        ("employment", "FULL_TIME", "contract", "wage_work"),
        ("employment", "Intern", "contract", "on_the_job_training"),
        ("employment", "as agreed", "contract", None),
        ("openings", "12 nos", "openings", "12"),
        ("openings", "a few", "openings", None),
        ("accommodation", "free", "accommodation", "yes"),
        ("transport", "not provided", "transport", "no"),
    ],
)
def test_a_text_fills_its_column_or_is_counted(cell: str, text: str, column: str, value: str | None) -> None:
    found = normalise(offer(title="Cook", **{cell: text}), NEPAL, TODAY)
    assert found.cells.get(column) == value
    assert (found.unread == ()) == (value is not None)


def test_a_deadline_before_the_posting_is_not_believed() -> None:
    found = normalise(offer(posted_on="2026-11-20", deadline="1 Nov 2026"), NEPAL, TODAY)
    assert found.cells == {"posted_on": "2026-11-20"}
    assert found.unread == (Unread.DEADLINE,)
    found = normalise(offer(posted="2 days ago", closes_on="2026-10-01"), NEPAL, TODAY)
    assert found.cells == {"closes_on": "2026-10-01"}
    assert found.unread == (Unread.POSTED,)


def test_every_reading_names_its_words() -> None:
    given = {"place": "Pokhara", "pay": "Rs 20,000", "posted": "yesterday", "employment": "permanent"}
    found = normalise(offer(**given), NEPAL, TODAY)
    assert found.read == (
        Read("country", "NP", "Pokhara"), Read("province", "Gandaki", "Pokhara"),
        Read("district", "Kaski", "Pokhara"),
        Read("pay_min", "20000", "Rs 20,000"), Read("pay_max", "20000", "Rs 20,000"),
        Read("pay_period", "month", "Rs 20,000"), Read("pay_currency", "NPR", "Rs 20,000"),
        Read("posted_on", "2026-11-19", "yesterday"), Read("contract", "wage_work", "permanent"),
    )  # fmt: skip
    assert {entry.field for entry in found.read} < NORMALISED
    assert found.cells.keys() - given.keys() == {entry.field for entry in found.read}


def test_requirements_stand_behind_the_description() -> None:
    given = {"description": "Lay bricks.", "requirements": "2 years", "experience_years": "2-3 yrs"}
    told = "Lay bricks.\n\nRequirements:\n2 years\nExperience: 2-3 yrs"
    assert cells(**given) == {"description": told}


def test_counting_days_is_no_change_of_an_offer() -> None:
    one = normalise(offer(title="Cook", posted="2 days ago", deadline="5 days left"), NEPAL, TODAY)
    other = normalise(offer(title="Cook", posted="3 days ago", deadline="4 days left"), NEPAL, date(2026, 11, 21))
    assert one.identity == other.identity == {"title": "Cook", "deadline": "2026-11-25"}
    later = normalise(offer(title="Cook", posted="3 days ago", deadline="9 days left"), NEPAL, date(2026, 11, 21))
    assert later.identity != one.identity


def test_a_course_keeps_length_and_entry() -> None:
    given = {"title": "Welding", "kind": "course", "duration": "3 months / 390 hours", "requirements": "class 8"}
    found = normalise(RawOffer("course", None, None, given, given, "x"), COURSES, TODAY)
    assert found.cells == {
        "title": "Welding", "kind": "course", "weeks": "13", "hours": "390", "entry_conditions": "class 8",
    }  # fmt: skip
    assert found.read == (Read("duration", "13 weeks", "3 months"), Read("duration", "390 hours", "390 hours"))
    vague = {"title": "Welding", "kind": "course", "duration": "as needed"}
    assert normalise(RawOffer("course", None, None, vague, vague, "x"), COURSES, TODAY).unread == (Unread.DURATION,)
