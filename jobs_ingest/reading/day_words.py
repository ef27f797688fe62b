"""Dates as they are written: the parts of a day in figures or with the name of a month, of four calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.words import Signs, one_of, plain, seen_in, squeezed

_FIGURES = re.compile(r"\d[-/.]\d{1,2}[-/.]\d")
_SEP = r"(?:\s?[,.\-/_'|]{1,2}\s?|\s{1,2}of\s|\s{0,2})"
_ORDINAL = r"(?:st|nd|rd|th|ই|লা|শে|রা|ঠা|ஆம்\sதேதி|ஆம்|වන|වැනි)?"
#: Words behind a day of the month.
_DAY_WORD = r"(?:\s?(?:गते|तारिख|तारीख|তারিখ|تاریخ|දින|தேதி))?"
_BEFORE = r"(?<![\d:.,/#-])"
#: Before a day with the name of its month a hyphen may stand: "Developer -15th Feb".
_BEFORE_NAMED = r"(?<![\d:.,/#])(?<!\d-)"
#: Two digits are a year unless a time, a share, an ordinal or the day of another month follows.
_NO_YEAR = r"(?!\d|\s?(?:am\b|pm\b|a\.m|p\.m)|:\d|\.\d\d|\s?%|\s?(?:st|nd|rd|th)\b"
#: Behind a day without a year: a count of something else.
_NO_COUNT = r"(?!\s?\+?\s?(?:years?|yrs?|days?|hours?|hrs?|months?|%|posts?|positions?|lakh|lac|k\b)|\d)"
_TO = r"\s?(?:-|to|till|&|and|देखि|से|থেকে|سے|முதல்|සිට)\s?"
_YEAR_WORD = r"(?:\s?(?:साल|सालको|को|सन्|সালের|সাল|ء|کے|ஆம்\sஆண்டு))?"


@dataclass(frozen=True, slots=True)
class Written:
    """The parts of a date as written. ``first``: the day that opens a range; ``figures``: all in figures.

    ``month`` counts from 1; ``calendars`` are those in which the month has that name, all when it is a figure.
    """

    year: int | None
    short: bool
    month: int
    day: int | None
    first: int | None
    calendars: tuple[str, ...]
    era: str | None
    figures: bool
    start: int
    end: int


@cache
def month_names() -> dict[str, tuple[tuple[str, int], ...]]:
    """The name of a month to the calendars that use it, with its number there."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for calendar, months in table("dates")["months"].items():
        for number, names in enumerate(months, 1):
            for name in names:
                key = squeezed(plain(name))
                found[key] = (*found.get(key, ()), (calendar, number))
    return found


@cache
def _eras() -> dict[str, str]:
    return {squeezed(plain(word)): name for name, said in table("dates")["era"].items() for word in said}


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    within, alone = one_of(month_names(), start=""), one_of(month_names())
    era = rf"(?:\s?[,(]?\s?(?P<era>{one_of(_eras())})\)?)?"
    day = rf"(?P<day>\d{{1,2}})(?!\d){_ORDINAL}{_DAY_WORD}"
    opens = rf"(?:(?P<first>\d{{1,2}})(?!\d){_ORDINAL}{_TO})?"
    year = rf"(?:(?P<year>\d{{4}})|'?(?P<short>\d{{2}})){_NO_YEAR}|{_SEP}{within})"
    sources = (
        rf"{_BEFORE}(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?![\d/-]){_DAY_WORD}{era}",
        rf"{_BEFORE}(?P<a>\d{{1,2}})(?P<mark>[-/.])(?P<b>\d{{1,2}})(?P=mark)"
        rf"(?:(?P<year>\d{{4}})|(?P<short>\d{{2}}))(?![\d/-]){era}",
        rf"{_BEFORE_NAMED}(?P<year>\d{{4}}){_YEAR_WORD}{_SEP}(?P<name>{within}){_SEP}{day}(?!\d){era}",
        rf"{_BEFORE_NAMED}{opens}{day}{_SEP}(?P<name>{within})(?:{_SEP}{year}){era}",
        rf"(?P<name>{alone}){_SEP}{opens}{day}{_SEP}{year}{era}",
        rf"{_BEFORE_NAMED}{opens}{day}{_SEP}(?P<name>{within})(?![\d]){era}",
        rf"(?P<name>{alone}){_SEP}{opens}{day}{_NO_COUNT}{era}",
        rf"(?P<name>{alone}){_SEP}(?P<year>\d{{4}})(?!\d){era}",
    )
    return tuple(map(re.compile, sources))


@cache
def _names() -> Signs:
    """The names of months, and what an ordinal written together with one looks like: "15thfeb"."""
    latin = [name for name in month_names() if name.isascii()]
    return Signs.of((*month_names(), *(f"{end}{name}" for end in ("st", "nd", "rd", "th") for name in latin)))


def _may_hold(folded: str) -> bool:
    """Whether a text can hold a date: figures with marks between them, or a figure and the name of a month."""
    if not seen_in(folded).digits:
        return False
    return not folded.isascii() or _FIGURES.search(folded) is not None or _names().stand_in(folded)


def find_written(folded: str) -> Iterator[tuple[Written, bool]]:
    """The dates of a folded text, left to right, not overlapping; True where figures may be month first."""
    if not _may_hold(folded):
        return
    taken = bytearray(len(folded))
    found: list[tuple[Written, bool]] = []
    for pattern in _patterns():
        for match in pattern.finditer(folded):
            if any(taken[match.start() : match.end()]):
                continue
            written = _parts(match)
            if written:
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append((written, "a" in pattern.groupindex))
    yield from sorted(found, key=lambda pair: pair[0].start)


def _parts(match: re.Match[str]) -> Written | None:
    said = {name: text for name, text in match.groupdict().items() if text}
    names = month_names().get(squeezed(said.get("name", "")), ())
    year = said.get("year") or said.get("short")
    era = _eras().get(squeezed(said["era"])) if said.get("era") else None
    if "name" in said and not names:
        return None
    month = names[0][1] if names else int(said.get("month") or said["b"])
    day = said.get("day") or said.get("a")
    return Written(
        int(year) if year else None,
        "short" in said,
        month,
        int(day) if day else None,
        int(said["first"]) if "first" in said else None,
        tuple(calendar for calendar, _ in names),
        era,
        not names,
        match.start(),
        match.end(),
    )
