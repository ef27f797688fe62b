"""How long: "6 yr", "५ वर्ष", "six months", "2015 to 2019". Ages and "years ago" are no durations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from profiling.narrative_lexicon import fold, lexicon

_LETTER = r"\w\u0300-\u036f\u0600-\u06ff\u0900-\u0dff"
_LEFT, _RIGHT = rf"(?<![{_LETTER}])", rf"(?![{_LETTER}])"
_DIGITS = r"\d{1,2}(?:[.,]\d{1,2})?"
_DASH = r"-|–|—"
#: The longest working life that is believed.
_MOST = 60
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
#: A number of months right behind a number of years belongs to it: "2 years 6 months".
_TOGETHER = re.compile(r"\s*(?:,|and|&|ra|aur|र|और|اور|এবং|සහ)?\s*", re.IGNORECASE)
_BACK = 24


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in years and the characters where it stands."""

    years: float
    start: int
    end: int


@dataclass(frozen=True)
class _Rules:
    phrase: re.Pattern[str]
    numbers: Mapping[str, float]
    months: re.Pattern[str]
    not_behind: re.Pattern[str]
    not_before: re.Pattern[str]


def durations(text: str) -> list[Duration]:
    """The durations that a text tells, in order, not overlapping."""
    found = [*_ranges(text)]
    for rules in _rules():
        for hit in rules.phrase.finditer(text):
            years = _value(rules, hit)
            if years is None or rules.not_behind.match(text, hit.end()):
                continue
            if not rules.not_before.search(text[max(0, hit.start() - _BACK) : hit.start()]):
                found.append(Duration(years, hit.start(), hit.end()))
    return _joined(text, sorted(found, key=lambda item: (item.start, -item.end)))


def _value(rules: _Rules, hit: re.Match[str]) -> float | None:
    number = " ".join(fold(hit["number"]).split())
    try:
        value = float(number.replace(",", "."))
    except ValueError:
        value = rules.numbers[number]
    if hit["half"]:
        value += 0.5
    if rules.months.fullmatch(hit["unit"]):
        value = round(value / 12, 2)
    return value if 0 < value <= _MOST else None


def _ranges(text: str) -> list[Duration]:
    found = []
    for hit in _range().finditer(text):
        first, last = int(hit["first"]), int(hit["last"])
        if last < 100:
            last += first // 100 * 100
        if _FIRST_YEAR <= first < last <= _LAST_YEAR and last - first <= _MOST:
            found.append(Duration(float(last - first), hit.start(), hit.end()))
    return found


def _joined(text: str, found: Sequence[Duration]) -> list[Duration]:
    kept: list[Duration] = []
    for item in found:
        last = kept[-1] if kept else None
        if last and item.start < last.end:
            continue
        if last and item.years < 1 <= last.years and _TOGETHER.fullmatch(text[last.end : item.start]):
            kept[-1] = Duration(round(last.years + item.years, 2), last.start, item.end)
        else:
            kept.append(item)
    return kept


def _any_of(entries: Sequence[str]) -> str:
    """A pattern for one of several words or phrases, the longest first; ``abc*`` may go on."""
    written = sorted(entries, key=len, reverse=True)
    parts = [re.escape(entry.rstrip("*")) + (f"[{_LETTER}]*" if entry.endswith("*") else "") for entry in written]
    return "|".join(part.replace(r"\ ", r"\s+") for part in parts) or r"(?!)"


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rules, ...]:
    return tuple(_rules_of(table) for table in lexicon().years.values())


def _rules_of(table: Mapping[str, Any]) -> _Rules:
    number = rf"(?P<number>{_DIGITS}|{_any_of(list(table['numbers']))})"
    unit = rf"(?P<unit>{_any_of([*table['years'], *table['months']])})"
    half = rf"(?P<half>{_any_of(table['half'])})?"
    upper = rf"(?:(?:{_DASH}|{_any_of(table['joins'])})\s*(?:{_DIGITS}|{_any_of(list(table['numbers']))})\s*)?"
    if table.get("unit_first"):
        phrase = rf"{_LEFT}{unit}\s*{number}{half}[{_LETTER}]*"
    else:
        phrase = rf"{_LEFT}{number}\s*\+?\s*{upper}{half}\s*-?\s*{unit}{_RIGHT}"
    return _Rules(
        re.compile(phrase, re.IGNORECASE),
        {" ".join(fold(word).split()): float(value) for word, value in table["numbers"].items()},
        re.compile(_any_of(table["months"]), re.IGNORECASE),
        re.compile(rf"[\s-]*(?:{_any_of(table['not_worked'])}){_RIGHT}", re.IGNORECASE),
        re.compile(rf"{_LEFT}(?:{_any_of(table['not_worked_before'])})\s*[:=]?\s*$", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
def _range() -> re.Pattern[str]:
    joins = _any_of([join for table in lexicon().years.values() for join in table["joins"]])
    return re.compile(
        rf"{_LEFT}(?P<first>\d{{4}})\s*(?:{_DASH}|{joins})\s*(?:[a-z]{{3,9}}\.?\s+|\d\d?[./])?"
        rf"(?P<last>\d{{4}}|\d{{2}}){_RIGHT}",
        re.IGNORECASE,
    )
