"""The words and points of ``data/duplicates.toml``, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jobs_ingest.duplicates.values import Part
from jobs_ingest.duplicates.words import stem

#: Sections whose words are compared whole, and entries that are patterns.
_WHOLE, _PATTERNS = frozenset({"title", "place"}), frozenset({"counts", "numbers"})
PATH = Path(__file__).parents[1] / "data" / "duplicates.toml"


@dataclass(frozen=True, slots=True)
class Level:
    """What a finding is worth and how it is told."""

    points: float
    says: str


@dataclass(frozen=True)
class Table:
    """Everything that is weighed.

    ``words`` are the lists of words: stems, but for titles and places whole words, as *operations* is no
    *operator*. ``alike`` leads from stems in a row to those that stand for them, ``grades`` and ``marks`` from a
    word or two to their class, ``short_places`` from a short name to the whole.
    """

    start: float
    same: float
    different: float
    renewed_days: int
    near_days: int
    fewest_words: int
    many_words: int
    fewest_pairs: int
    many_pairs: int
    counts: re.Pattern[str]
    numbers: re.Pattern[str]
    alike: Mapping[tuple[str, ...], tuple[str, ...]]
    grades: Mapping[tuple[str, ...], str]
    soft_grades: frozenset[str]
    lowest_grades: frozenset[str]
    marks: Mapping[tuple[str, ...], str]
    words: Mapping[str, frozenset[str]]
    short_places: Mapping[str, str]
    levels: Mapping[tuple[Part, str], Level]


@cache
def table() -> Table:
    """The table as it stands in the file. Raises KeyError when a part of it is missing."""
    read = tomllib.loads(PATH.read_text(encoding="utf-8"))
    answer, title, text = read["answer"], read["title"], read["text"]
    grade = dict(read["grade"])
    soft, lowest = frozenset(grade.pop("soft")), frozenset(grade.pop("lowest"))
    lists = {
        f"{section}.{name}": frozenset(words.split() if section in _WHOLE else map(stem, words.split()))
        for section in ("title", "employer", "place", "text")
        for name, words in read[section].items()
        if isinstance(words, str) and name not in _PATTERNS
    }
    return Table(
        answer["start"], answer["same"], answer["different"], answer["renewed_days"], answer["near_days"],
        text["fewest_words"], text["many_words"], text["fewest_pairs"], text["many_pairs"],
        re.compile(title["counts"]), re.compile(title["numbers"]),
        {stems(phrase): stems(group[0]) for group in title["alike"] for phrase in group[1:]},
        {tuple(phrase.split()): name for name, phrases in grade.items() for phrase in phrases}, soft, lowest,
        {tuple(phrase.split()): name for name, phrases in read["marks"].items() for phrase in phrases},
        lists, read["place"]["short"],
        {
            (Part(part), level): Level(**said)
            for part, levels in read["points"].items()
            for level, said in levels.items()
        },
    )  # fmt: skip


def stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase of the table."""
    return tuple(stem(word) for word in phrase.split())


def replaced(words: Iterable[str], phrases: Mapping[tuple[str, ...], tuple[str, ...]]) -> list[str]:
    """Words with each known phrase (of at most three words, the longest first) replaced by what stands for it."""
    told, out, at = tuple(words), list[str](), 0
    while at < len(told):
        for length in (3, 2, 1):
            found = phrases.get(told[at : at + length])
            if found is not None and at + length <= len(told):
                out += found
                at += length
                break
        else:
            out.append(told[at])
            at += 1
    return out
