"""Dates of adverts against a given clock: four calendars, all usual orders and spellings, and relative ones."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.calendars import TO_GREGORIAN, year_of
from jobs_ingest.reading.date_values import Calendar, DateNote, DateReading, DateUnknown
from jobs_ingest.reading.day_words import Written, find_written
from jobs_ingest.reading.relative import find_relative
from jobs_ingest.reading.words import one_of, plain, squeezed, words

#: A year of another calendar is taken when its day lies so near to the clock.
_NEAR_YEARS = 60
#: Of a bare month or day the year is the one nearest to the clock, and of two digits at most so many years away.
_SHORT_YEARS = 30
_JOINED = re.compile(r"\s{0,2}(?:-|to|till|until|through|upto|up to|देखि|से|থেকে|سے|முதல்|සිට|,? and)\s{0,2}")


def read_date(
    text: str, today: datetime.date, country: str | None = None, *, published: datetime.date | None = None
) -> DateReading:
    """The first date of a text: Gregorian, Bikram Sambat, Bengali, Hijri, or relative to ``today``.

    ``country`` (ISO 3166) decides between day and month where figures leave it open, and between calendars that
    share a month's name. A missing year is that nearest to ``today``. ``published``: from where "within 7 days
    of publication" counts. A day that does not exist is unknown, with ``why``.
    """
    found = find_dates(text, today, country, published)
    return found[0] if found else DateReading(why=DateUnknown.NOT_SAID)


def find_dates(
    text: str, today: datetime.date, country: str | None, published: datetime.date | None = None
) -> list[DateReading]:
    """All dates of a text in its order; two that are joined ("24 Feb - 05 Mar") are one range."""
    folded = plain(text)
    written = [_resolve(folded, date, swaps, today, country) for date, swaps in find_written(folded)]
    taken = bytearray(len(folded))
    for date in written:
        taken[date.start : date.end] = b"\1" * (date.end - date.start)
    free = [date for date in find_relative(folded, today, published) if not any(taken[date.start : date.end])]
    found = sorted((*written, *free), key=lambda date: date.start)
    joined: list[DateReading] = []
    for date in found:
        if joined and _is_range(folded, joined[-1], date):
            joined[-1] = _range(joined[-1], date)
        else:
            joined.append(date)
    return [replace(date, words=text[date.start : date.end]) for date in joined]


def _is_range(folded: str, first: DateReading, second: DateReading) -> bool:
    between = folded[first.end : second.start]
    return bool(first.day and second.day and first.last is None and _JOINED.fullmatch(between))


def _range(first: DateReading, second: DateReading) -> DateReading:
    last = second.last or second.day
    day = first.day
    # "20 December - 10 January 2026": a year that only the second date tells.
    if day and last and day > last and DateNote.YEAR_ASSUMED in first.notes:
        day = _on(last.year, day) if (_on(last.year, day) or last) <= last else _on(last.year - 1, day)
    notes = tuple(dict.fromkeys((*first.notes, *second.notes)))
    if day is None or last is None or day > last:
        return replace(second, start=first.start, last=None, notes=notes)
    return replace(first, day=day, last=last, end=second.end, notes=notes)


def _on(year: int, day: datetime.date) -> datetime.date | None:
    return TO_GREGORIAN["gregorian"](year, day.month, day.day)


def _resolve(folded: str, date: Written, swaps: bool, today: datetime.date, country: str | None) -> DateReading:
    calendar = _calendar(folded, date, today, country)
    empty = DateReading(calendar=Calendar(calendar), start=date.start, end=date.end, why=DateUnknown.IMPOSSIBLE)
    if not 1 <= date.month <= 12 and not (swaps and date.day and date.day <= 12):
        return empty
    day, month, notes, other_order = date.day, date.month, [], False
    if swaps and day is not None:
        day, month, note, other_order = _ordered(day, month, calendar, country)
        notes += [note] if note else []
    weekday = _weekday(folded, date)
    year, year_note = _year(date, calendar, month, day, today, weekday)
    notes += [year_note] if year_note else []
    if day is None:
        return _whole_month(empty, calendar, year, month)
    found = TO_GREGORIAN[calendar](year, month, day)
    if found is None:
        return replace(empty, notes=tuple(notes))
    first = TO_GREGORIAN[calendar](year, month, date.first) if date.first else None
    if weekday is not None and found.weekday() != weekday:
        notes.append(DateNote.WEEKDAY_DISAGREES)
    if calendar == "hijri":
        notes.append(DateNote.UMM_AL_QURA)
    ranged = first is not None and first < found
    return replace(
        empty,
        day=first if ranged else found,
        last=found if ranged else None,
        other=TO_GREGORIAN[calendar](year, day, month) if other_order else None,
        notes=tuple(notes),
        why=None,
    )


def _whole_month(empty: DateReading, calendar: str, year: int, month: int) -> DateReading:
    days = [day for number in range(1, 33) if (day := TO_GREGORIAN[calendar](year, month, number))]
    if not days:
        return empty
    return replace(empty, day=days[0], last=days[-1], notes=(DateNote.MONTH_ONLY,), why=None)


def _ordered(a: int, b: int, calendar: str, country: str | None) -> tuple[int, int, DateNote | None, bool]:
    """Day and month of two figures; the last is True when they could be the other way round."""
    month_first = (country or "").upper() in words("dates", "order", "month_first")
    if b > 12 >= a:
        return b, a, None, False
    if a > 12 or a == b:
        return a, b, None, False
    if calendar != "gregorian":
        return a, b, None, False
    note = DateNote.ORDER_OF_COUNTRY if country else DateNote.AMBIGUOUS_ORDER
    return (b, a, note, True) if month_first else (a, b, note, True)


def _calendar(folded: str, date: Written, today: datetime.date, country: str | None) -> str:
    """The calendar of a date: by its era, its month's name, its year, the country, in this order."""
    if date.era and (date.era in date.calendars or date.figures):
        return date.era
    named = date.calendars or tuple(TO_GREGORIAN)
    if len(named) == 1:
        return named[0]
    if date.year is None or date.short:
        return "gregorian" if date.figures else "bengali" if country == "BD" and "bengali" in named else named[0]
    near = {calendar: abs(year_of(today, calendar) - date.year) for calendar in named}
    order = ("bengali", "hijri") if country in ("BD", "IN") else ("hijri", "bengali")
    fitting = [name for name in ("gregorian", "bikram_sambat", *order) if near.get(name, 999) <= _NEAR_YEARS]
    if not fitting:
        return "gregorian"
    # Bengali and Hijri years lie 15 apart: the country decides, else the one nearer to the clock.
    if not country and {"bengali", "hijri"} <= set(fitting) and fitting[0] in ("bengali", "hijri"):
        return min(("bengali", "hijri"), key=lambda name: near[name])
    if "gregorian" in fitting and "bikram_sambat" in fitting:
        return min(("gregorian", "bikram_sambat"), key=lambda name: near[name])
    return fitting[0]


def _year(
    date: Written, calendar: str, month: int, day: int | None, today: datetime.date, weekday: int | None
) -> tuple[int, DateNote | None]:
    now = year_of(today, calendar)
    if date.year is not None and not date.short:
        return date.year, None
    if date.year is not None:
        century = now - now % 100
        near = min((century - 100, century, century + 100), key=lambda base: abs(base + (date.year or 0) - now))
        return near + date.year, DateNote.CENTURY_ASSUMED
    days = [(year, TO_GREGORIAN[calendar](year, month, day or 1)) for year in range(now - 1, now + 2)]
    there = [(year, found) for year, found in days if found]
    fitting = [(year, found) for year, found in there if found.weekday() == weekday] or there
    if not fitting:
        return now, DateNote.YEAR_ASSUMED
    return min(fitting, key=lambda pair: abs((pair[1] - today).days))[0], DateNote.YEAR_ASSUMED


@cache
def _weekdays() -> tuple[dict[str, int], re.Pattern[str], re.Pattern[str]]:
    """The names of weekdays with their numbers, and their patterns before and behind a date."""
    names = {
        squeezed(plain(name)): at for at, said in enumerate(table("dates")["weekday"]["names"]) for name in said
    }
    source = one_of(names)
    return names, re.compile(rf"({source})[\s,.(]{{0,3}}\Z"), re.compile(rf"[\s,(]{{0,3}}({source})")


def _weekday(folded: str, date: Written) -> int | None:
    """The weekday told beside a date, 0 for Monday."""
    names, before, behind = _weekdays()
    hit = before.search(folded, max(0, date.start - 20), date.start) or behind.match(folded, date.end)
    return names[squeezed(hit[1])] if hit else None
