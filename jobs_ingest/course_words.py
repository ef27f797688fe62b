"""A course's text cut into sentences and clauses, and where the words of ``data/courses.toml`` stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.words import one_of, owner, plain, squeezed

FILE = "courses"
_SHORT_FORMS = (
    "rs no nos nrs tk approx min max st eg lkr pkr jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_NOT_SHORT = "".join(rf"(?<!\b{word})" for word in _SHORT_FORMS)
#: A full stop behind a short form ends nothing ("Rs. 500").
_SENTENCE = re.compile(rf"\n|[•●▪◦|।॥۔!?]|{_NOT_SHORT}\.(?=\s+\S|\s*$)")
_CLAUSE = re.compile(
    r"[,;](?!\d)|\s-\s|\s(?:but|however|while|though|par|lekin|magar|tara|kintu|kinthu)\s"
    r"|\sand(?=\s(?:no|not|without)\b)|[()]"
)
#: Characters of a text that are looked at.
LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Text:
    """A text as written and, character for character, as it is compared."""

    written: str
    folded: str

    @classmethod
    def of(cls, written: str) -> Text:
        """The beginning of a text, ready to be read."""
        cut = written[:LONGEST]
        return cls(cut, plain(cut))

    def words(self, start: int, end: int) -> str:
        """What is written between two places, on one line."""
        return " ".join(self.written[start:end].split())


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: ``start`` to ``end`` in characters, and what the list calls it."""

    start: int
    end: int
    what: str = ""


def sentences(text: Text) -> Iterator[Span]:
    """The sentences and lines of a text, without the empty ones."""
    yield from _cut(text.folded, 0, len(text.folded), _SENTENCE)


def clauses(text: Text, within: Span) -> Iterator[Span]:
    """The clauses of a sentence."""
    yield from _cut(text.folded, within.start, within.end, _CLAUSE)


def _cut(folded: str, start: int, end: int, at: re.Pattern[str]) -> Iterator[Span]:
    begin = start
    for mark in at.finditer(folded, start, end):
        if folded[begin : mark.start()].strip():
            yield Span(begin, mark.start())
        begin = mark.end()
    if folded[begin:end].strip():
        yield Span(begin, end)


def hits(text: Text, within: Span, *path: str) -> list[Span]:
    """Where the phrases of one list stand."""
    return [
        Span(found.start(), found.end())
        for found in _pattern(*path).finditer(text.folded, within.start, within.end)
    ]


def named(text: Text, within: Span, *path: str) -> list[Span]:
    """Where the phrases of a table of lists stand, each with the name of its list; the longest phrase wins."""
    names = _names(*path)
    found = _table_pattern(*path).finditer(text.folded, within.start, within.end)
    return [Span(hit.start(), hit.end(), names[squeezed(hit[0])]) for hit in found]


def says(text: Text, within: Span, *path: str) -> bool:
    """Whether any phrase of a list stands there."""
    return _pattern(*path).search(text.folded, within.start, within.end) is not None


@cache
def _pattern(*path: str) -> re.Pattern[str]:
    node = table(FILE)
    for key in path:
        node = node[key]
    return re.compile(one_of(node))


@cache
def _names(*path: str) -> dict[str, str]:
    node = table(FILE)
    for key in path:
        node = node[key]
    if all(isinstance(phrases, list) for phrases in node.values()):
        return owner(FILE, *path)
    return {squeezed(plain(phrase)): str(what) for phrase, what in node.items() if not isinstance(what, list)}


@cache
def _table_pattern(*path: str) -> re.Pattern[str]:
    return re.compile(one_of(_names(*path)))
