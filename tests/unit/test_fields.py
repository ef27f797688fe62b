"""From a cell to a value, or to a problem that names its field."""

from __future__ import annotations

from datetime import date

import pytest

from profiling.errors import BadValue
from profiling.fields import LONG_TEXT, SHORT_TEXT, Row, first_day, last_day, read_date


def row(**cells: str) -> Row:
    return Row(7, cells)


def problems(found: Row) -> list[tuple[int, str]]:
    return [(problem.line, problem.field) for problem in found.problems]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019", "2019"), ("2019-05", "2019-05"), ("2019-5", "2019-05"), ("2019-05-31", "2019-05-31"),
        ("2019-5-3", "2019-05-03"), (" 2019-05-31 ", "2019-05-31"), ("2024-02-29", "2024-02-29"),
        ("1930", "1930"), ("2049", "2049"), ("२०१९-०५-३१", "2019-05-31"),
    ],
)  # fmt: skip
def test_dates_keep_their_precision(text: str, iso: str) -> None:
    assert read_date(text) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2072-01-12 BS", "2015-04-25"),  # the Gorkha earthquake
        ("2072-06-03 BS", "2015-09-20"),  # Nepal's constitution
        ("2065-02-15 BS", "2008-05-28"),  # the republic
        ("2072-03-15 BS", "2015-06-30"),  # Asar 15
        ("2080-01-01 BS", "2023-04-14"),
        ("2080-01-01bs", "2023-04-14"),
        ("२०७२-०१-१२ BS", "2015-04-25"),
        ("2072-03 BS", "2015-06"),
        ("2072 BS", "2015"),
    ],
)
def test_bikram_sambat(text: str, iso: str) -> None:
    assert read_date(text) == iso


@pytest.mark.parametrize("text", ["2072", "2072-03-15", "2050", "2100-01"])
def test_a_bare_bikram_sambat_year_is_refused_with_advice(text: str) -> None:
    with pytest.raises(BadValue, match="write BS behind it"):
        read_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-31", "2023-02-29", "2019-13", "2019-00", "2019-05-00", "2019-05-32", "31-05-2019", "05/2019",
        "May 2019", "19", "1929", "20190531", "2019-", "0000", "soon", "2072-13-01 BS", "2076-02-33 BS",
        "2101-01-01 BS", "1974-01-01 BS", "2072-00-15 BS", "2072-03-00 BS", "BS",
    ],
)  # fmt: skip
def test_days_that_do_not_exist(text: str) -> None:
    with pytest.raises(BadValue):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-05-30", date(2019, 5, 30), date(2019, 5, 30)),
    ],
)
def test_the_span_that_a_date_can_mean(text: str, first: date, last: date) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


def test_an_empty_cell_is_none_and_no_problem() -> None:
    found = row(a="", b="   ")
    for column in ("a", "b", "not there"):
        assert found.text(column) is None
        assert found.number(column) is None
        assert found.whole(column) is None
        assert found.yes_no(column) is None
        assert found.date(column) is None
        assert found.day(column) is None
        assert found.country(column) is None
        assert found.currency(column) is None
        assert found.choice(column, ("x",)) is None
        assert found.items(column) == []
        assert found.choices(column, ("x",)) == []
        assert found.countries(column) == []
        assert found.languages(column) == {}
    assert found.problems == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0), ("12", 12.0), ("12.5", 12.5), ("1,200", 1200.0), ("1 200", 1200.0), ("42,000.50", 42000.5),
        ("1,25,000", 125000.0), ("12,34,567", 1234567.0), ("१२", 12.0),
    ],
)  # fmt: skip
def test_numbers(text: str, number: float) -> None:
    found = row(n=text)
    assert found.number("n") == number
    assert found.problems == []


@pytest.mark.parametrize(
    "text",
    [
        "-1", "1,5", "1 5", "12,00", "1.2.3", "1e5", "nan", "inf", "NPR 500", "3-5", "1.", ".5", "1,,000", ",100",
        "9" * 16,
    ],
)  # fmt: skip
def test_texts_that_are_no_number(text: str) -> None:
    found = row(n=text)
    assert found.number("n") is None
    assert problems(found) == [(7, "n")]
    assert "is not a number" in found.problems[0].reason


def test_whole_numbers() -> None:
    assert row(n="3").whole("n") == 3
    assert row(n="3.0").whole("n") == 3
    for text in ("3.5", "2000000000"):
        found = row(n=text)
        assert found.whole("n") is None
        assert problems(found) == [(7, "n")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("Yes", True), ("TRUE", True), ("no", False), ("NO", False), ("false", False)],
)
def test_yes_and_no(text: str, value: bool) -> None:
    assert row(a=text).yes_no("a") is value


def test_what_is_neither_yes_nor_no() -> None:
    found = row(a="maybe")
    assert found.yes_no("a") is None
    assert problems(found) == [(7, "a")]


def test_lists_lose_empty_and_repeated_items() -> None:
    assert row(a=" lay bricks ; ;plaster;lay bricks;").items("a") == ["lay bricks", "plaster"]


def test_choices() -> None:
    words = ("wage_work", "self_employment")
    assert row(a="Wage work; self-employment").choices("a", words) == ["wage_work", "self_employment"]
    assert row(a="Self-Employment").choice("a", words) == "self_employment"
    found = row(a="wage_work; piracy")
    assert found.choices("a", words) == ["wage_work"]
    assert found.problems[0].reason == "'piracy' is not one of wage_work, self_employment"


def test_languages_with_levels() -> None:
    assert row(a="Nepali:native; arabic : Working;Maithili:fluent").languages("a") == {
        "ne": "native", "ar": "working", "mai": "fluent",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["Nepali", "Nepali:", "Nepali:perfect", "Elvish:native", ":native"])
def test_languages_that_are_refused(text: str) -> None:
    found = row(a=text)
    assert found.languages("a") == {}
    assert problems(found) == [(7, "a")]


def test_countries_in_a_list() -> None:
    assert row(a="UAE; Saudi; South Korea; np").countries("a") == ["AE", "SA", "KR", "NP"]
    found = row(a="Qatar; Gulf")
    assert found.countries("a") == ["QA"]
    assert problems(found) == [(7, "a")]


@pytest.mark.parametrize("text", ["NPR", "npr", "QAR", "BDT", "LKR", "INR"])
def test_currencies(text: str) -> None:
    assert row(a=text).currency("a") == text.upper()


@pytest.mark.parametrize("text", ["Rs", "rupees", "XXXX", "NP"])
def test_words_that_are_no_currency(text: str) -> None:
    found = row(a=text)
    assert found.currency("a") is None
    assert problems(found) == [(7, "a")]


def test_a_whole_day_is_needed() -> None:
    assert row(a="2072-01-12 BS").day("a") == date(2015, 4, 25)
    found = row(a="2026-11")
    assert found.day("a") is None
    assert "a whole date such as 2026-11-30" in found.problems[0].reason


def test_text_that_is_too_long_is_named_and_not_cut() -> None:
    assert row(a="x" * SHORT_TEXT).text("a") == "x" * SHORT_TEXT
    found = row(duties="x" * (LONG_TEXT + 1))
    assert found.text("duties", LONG_TEXT) is None
    assert problems(found) == [(7, "duties")]
    reason = found.problems[0].reason
    assert "at most 20,000 characters long (it has 20,001)" in reason
    assert len(reason) < 300


def test_a_zero_byte_is_refused() -> None:
    found = row(a="a\0b")
    assert found.text("a") is None
    assert problems(found) == [(7, "a")]


def test_a_needed_cell() -> None:
    assert row(a=" x ").needed("a") == "x"
    found = row(a="  ")
    assert found.needed("a") == ""
    assert [p.reason for p in found.problems] == ["is empty and must be filled"]
    found = row(a="x" * 600)
    found.needed("a")
    assert len(found.problems) == 1
