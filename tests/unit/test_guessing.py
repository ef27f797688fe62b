"""What a coder does with a reader of titles: asked last, marked by its probability, never for a wish."""

from __future__ import annotations

import pytest
from titles_fake import FakeTitles

from profiling.coding import RULES, Coded, Coder
from profiling.errors import InputError
from profiling.guessing import Guesses, TitleGuess
from profiling.naming import occupation_named

KNOWN = {
    "pipe wizard": [("7126", 0.82), ("7127", 0.1)],
    "pipe or wire wizard": [("7126", 0.4), ("7411", 0.3), ("7412", 0.09), ("7413", 0.08), ("7421", 0.02)],
    "anything of four": [("7126", 0.3), ("7411", 0.25), ("7412", 0.2), ("7413", 0.15)],
    "certain": [("7126", 1.0)],
    "elsewhere": [("0001", 0.9), ("7126", 0.1)],
    "steel fixer": [("9999", 0.99)],
}


@pytest.fixture
def titles() -> FakeTitles:
    return FakeTitles(KNOWN)


@pytest.fixture
def reading(coder: Coder, titles: FakeTitles) -> Coder:
    """The starter coder with the small reader."""
    return coder.with_titles(titles)


@pytest.mark.parametrize(
    ("title", "coded"),
    [
        ("pipe wizard", Coded("isco:7126", "pipe wizard", 0.82)),
        # A probability of 1 would say that the trade is known by its name.
        ("certain", Coded("isco:7126", "certain", 0.99)),
        ("pipe or wire wizard", None),
        # A class of the model that is no group of ISCO-08 is no answer, and the second is not sure.
        ("elsewhere", None),
        ("nobody knows this", None),
        ("", None),
        ("steel fixer", Coded("steel-fixer", "steel fixer", 1.0)),
    ],
)
def test_the_reader_is_asked_for_what_the_rules_do_not_know(
    reading: Coder, title: str, coded: Coded | None
) -> None:
    assert reading.occupation(title) == coded


def test_a_known_title_is_never_read(reading: Coder, titles: FakeTitles) -> None:
    reading.occupation("steel fixer")
    reading.prepare(["steel fixer", "carpenter"])
    assert titles.asked == []


def test_titles_are_read_in_one_call_and_kept(reading: Coder, titles: FakeTitles) -> None:
    reading.prepare(["pipe wizard", "steel fixer", "certain", "pipe wizard"])
    assert titles.asked == [["pipe wizard", "certain"]]
    assert reading.occupation("certain") == Coded("isco:7126", "certain", 0.99)
    reading.prepare(["certain", "new one"])
    assert titles.asked[1:] == [["new one"]]


def test_a_coder_without_reader_codes_as_before(coder: Coder, reading: Coder) -> None:
    for plain in (coder, reading.by_rules()):
        plain.prepare(["pipe wizard"])
        assert plain.occupation("pipe wizard") is None
        assert plain.suggestions("pipe or wire wizard") == []
        assert plain.version == f"starter-1/{RULES}"
    assert reading.version == f"starter-1/{RULES}/fake-1"


def test_suggestions_are_the_likeliest_groups_of_a_title_without_code(reading: Coder) -> None:
    found = [(one.occupation, one.likeness) for one in reading.suggestions("pipe or wire wizard")]
    assert found == [("isco:7126", 0.4), ("isco:7411", 0.3)]
    assert len(reading.suggestions("anything of four")) == 3
    assert [one.occupation for one in reading.suggestions("elsewhere")] == ["isco:7126"]
    for coded in ("pipe wizard", "steel fixer"):
        assert reading.suggestions(coded) == []


def test_a_wish_is_coded_by_name_alone(reading: Coder) -> None:
    assert reading.occupations(["pipe wizard", "steel fixer"]) == ["steel-fixer"]


def test_only_so_many_titles_are_kept_and_the_longest_unused_goes(titles: FakeTitles) -> None:
    guesses = Guesses(titles, kept=2)
    guesses.prepare(["a", "b"])
    guesses.of("a")
    guesses.of("c")
    assert guesses.of("a") == TitleGuess(False)
    guesses.of("b")
    assert titles.asked == [["a", "b"], ["c"], ["b"]]


def test_more_titles_than_are_kept_are_still_read(titles: FakeTitles) -> None:
    guesses = Guesses(titles, kept=1)
    guesses.prepare(["pipe wizard", "certain"])
    assert guesses.of("pipe wizard").groups[0].probability == 0.82


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("7126", "isco:7126"), (" ISCO-08 7126 ", "isco:7126"), ("isco:712", "isco:712"), ("71", "isco:71"),
        ("steel-fixer", "steel-fixer"), ("rod binder", "steel-fixer"), ("cook", "isco:5120"),
        ("plumbers and pipe fitters", "isco:7126"), ("0110", "isco:0110"),
    ],
)  # fmt: skip
def test_a_person_names_a_trade_by_code_number_or_name(reading: Coder, said: str, code: str) -> None:
    assert occupation_named(said, reading) == code


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("9999", ""), ("7", ""), ("٧١٢٦", ""), ("<b>", ""), ("x" * 500, ""), ("pipe wizard", ""),
        ("Shutering carpentr", "Perhaps: Shuttering carpenter (7115)"),
        ("pipe or wire wizard", "Perhaps: Plumbers and pipe fitters (7126), "),
    ],
)  # fmt: skip
def test_what_names_no_trade_is_refused_with_what_is_near(reading: Coder, said: str, hint: str) -> None:
    with pytest.raises(InputError, match="No trade is called") as refused:
        occupation_named(said, reading)
    assert hint in str(refused.value)
    assert len(str(refused.value)) < 400
