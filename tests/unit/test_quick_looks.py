"""What is looked at quickly first, or only where a phrase can begin, finds what a plain search finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs_ingest.demands import education, experience, languages, licences
from jobs_ingest.demands.lexicon import Hit, Lexicon, fold, replaced, starts_in, table
from jobs_ingest.reading.contract import read_contract
from jobs_ingest.reading.pay import read_pay, read_stated_pay
from jobs_ingest.reading.values import ContractReading, PayReading, PayUnknown
from jobs_ingest.reading.words import Phrases, Signs, one_of, phrases_of, plain, words
from jobs_ingest.safeguards.phrases import PhraseBook
from profiling.coding import PhraseIndex
from profiling.wordforms import words as words_of

LISTS = (
    ("contract", "kind", "wage_work"),
    ("contract", "kind", "public_works"),
    ("contract", "food", "words"),
    ("contract", "accommodation", "words"),
    ("pay", "label", "pay"),
    ("pay", "unknown", "negotiable"),
    ("dates", "cue", "deadline"),
)
LEXICONS: dict[str, Callable[[], Lexicon[Any]]] = {
    "schooling": education._words,
    "experience": experience._words,
    "numbers": experience._number_words,
    "languages": languages._names,
    "licences": licences._licences,
    "countries": licences.countries,
}
GLUE = st.sampled_from(["", " ", "-", ", ", ". ", "\n", "x", "7", "_", "়", "क", "s", "(", "  "])


@cache
def phrases_known() -> tuple[str, ...]:
    """Phrases of all lists here, whole and cut short, and words beside them."""
    told = [phrase for path in LISTS for phrase in words(*path)]
    told += [phrase for name in ("bachelor", "secondary") for phrase in table("education")[name]["words"]]
    told += list(table("experience")["words"]) + list(table("licences")["driving"])
    told += [phrase[:-1] for phrase in told if len(phrase) > 3]
    return (*told, "the", "Driver", "2 years", "b.sc", "ডিগ্রি", "फुल टाइम", "é", "e\u0301")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Phrases glued together, some in capitals."""
    parts = draw(st.lists(st.tuples(st.sampled_from(phrases_known()), GLUE, st.booleans()), max_size=9))
    return "".join((said.upper() if loud else said) + glue for said, glue, loud in parts)


@pytest.mark.parametrize("path", LISTS)
@settings(deadline=None, max_examples=60)
@given(text=texts())
def test_phrases_are_found_where_a_plain_search_finds_them(path: tuple[str, ...], text: str) -> None:
    folded = plain(text)
    expected = [hit.span() for hit in re.finditer(one_of(words(*path)), folded)]
    assert [hit.span() for hit in phrases_of(*path).hits(folded)] == expected
    assert Signs.of(words(*path)).stand_in(folded) or not expected


def searched(lexicon: Lexicon[Any], folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans as the pattern alone finds them; those of other scripts take the rest of their word along."""
    for match in lexicon.pattern.finditer(folded, start, end):
        yield match.start(), match.end()


@pytest.mark.parametrize("name", LEXICONS)
@settings(deadline=None, max_examples=60)
@given(text=texts(), cut=st.tuples(st.integers(0, 60), st.integers(0, 90)))
def test_lexicons_find_what_their_pattern_finds(name: str, text: str, cut: tuple[int, int]) -> None:
    lexicon, folded = LEXICONS[name](), fold(text)
    start, end = min(cut[0], len(folded)), max(0, len(folded) - cut[1])
    found: list[Hit[Any]] = list(lexicon.find(folded, start, end))
    expected = list(searched(lexicon, folded, start, end))
    assert [hit.start for hit in found] == [first for first, _ in expected]
    assert all(hit.end >= last for hit, (_, last) in zip(found, expected, strict=True))
    assert lexicon.stands_in(folded) == (next(lexicon.pattern.finditer(folded), None) is not None)


def test_a_lexicon_made_later_does_not_take_the_places_of_another() -> None:
    folded = fold("a welder and a mason")
    for word, place in (("welder", 2), ("mason", 15), ("welder", 2)):
        assert [hit.start for hit in Lexicon([(word, True)]).find(folded)] == [place]
    assert starts_in(folded) is starts_in(folded)


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("aZ `´’\t\r–—٣९௧İß\u00a0,٫৷éक़"), max_size=30))
def test_folding_keeps_each_character_at_its_place(text: str) -> None:
    assert len(fold(text)) == len(plain(text)) == len(text)
    assert [fold(character) for character in text] == list(fold(text))


def test_replacing_is_translating() -> None:
    changes = {ord("–"): "-", ord("’"): "'"}
    text = "a–b’c–– d"
    assert replaced(text, changes) == text.translate(changes) == "a-b'c-- d"


def test_phrases_that_end_in_another_script_are_looked_for_everywhere() -> None:
    said = Phrases(["nepalको"])
    assert [hit.span() for hit in said.hits("x nepalकोमा")] == [(2, 9)]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Salary 25000 a month", True),
        ("25000", True),
        ("Driver, 5 years, batch of 2026, phone 9841000000", False),
        ("No figures here, salary negotiable", False),
    ],
)
def test_pay_is_stated_or_not(text: str, stated: bool) -> None:
    assert (read_stated_pay(text, "NP") is not None) is stated
    assert stated or read_pay(text, "NP").stated is None


def test_why_no_pay_is_known_is_still_said() -> None:
    assert read_pay("Salary: negotiable").why is PayUnknown.NEGOTIABLE
    assert read_pay("") == PayReading(why=PayUnknown.NOT_SAID)


def test_a_text_without_words_says_nothing_of_a_contract() -> None:
    assert read_contract("") == read_contract("Welder 5") == ContractReading()


BOOK = {"trigger": ["deposit", "pay ~ first", "# kg"], "near": ["candidate*", "you"], "other": ["no", "_ way"]}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(
    "deposit pay us first 20 kg candidates you no way the . ; but our".split()), max_size=14))  # fmt: skip
def test_only_clauses_that_can_tell_are_searched(said: list[str]) -> None:
    whole = PhraseBook(BOOK, covering=("other",), breaks=("but",))
    quick = PhraseBook(BOOK, covering=("other",), breaks=("but",), telling=[(("trigger",), ("near",))])
    text = " ".join(said)
    tokens = whole.tokens(text)
    by_clause: dict[int, set[str]] = {}
    for hit in whole.find(tokens):
        by_clause.setdefault(tokens[hit.first].clause, set()).add(hit.concept)
    telling = {clause for clause, lists in by_clause.items() if lists >= {"trigger", "near"}}
    found = quick.find(quick.tokens(text))
    assert [hit for hit in found if tokens[hit.first].clause in telling] == [
        hit for hit in whole.find(tokens) if tokens[hit.first].clause in telling
    ]
    assert quick.may_tell(text) or not telling


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from("fix steel rod the a , fixer bend bar bending".split()), max_size=12))
def test_phrases_of_an_index_are_found_left_to_right_the_longest_first(said: list[str]) -> None:
    index: PhraseIndex[str] = PhraseIndex(gap=1)
    phrases = ("fix steel", "fix steel rod", "steel", "bend bar", "rod")
    for phrase in phrases:
        index.add(phrase, phrase)
    found_words = words_of(" ".join(said))
    expected, past = [], 0
    keys = sorted((tuple(phrase.split()) for phrase in phrases), key=len, reverse=True)
    for at in range(len(found_words)):
        if at < past:
            continue
        for key in keys:
            end = index._reach(key, found_words, at) if found_words[at].form == key[0] else 0
            if end:
                expected.append((at, end))
                past = end
                break
    assert [(first, last) for _, first, last in index.find(found_words)] == expected
