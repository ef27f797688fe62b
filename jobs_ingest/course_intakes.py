"""When a course begins: every intake that its text tells, and which one is next from a given day."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.course_values import Said
from jobs_ingest.course_words import Span, Text, hits, named, says, sentences
from jobs_ingest.reading.date_values import Calendar, DateNote, DateReading
from jobs_ingest.reading.dates import find_dates
from jobs_ingest.reading.day_words import month_names
from jobs_ingest.reading.words import one_of, squeezed

#: A day that decides nothing: a date without a year is not read, and centuries are those around it.
_CLOCK = datetime.date(2026, 1, 1)
_OPEN = frozenset({DateNote.AMBIGUOUS_ORDER, DateNote.OR_BEFORE, DateNote.ABOUT})
#: A month alone, whose year another date of its list may tell.
_BARE = (DateNote.YEAR_ASSUMED, DateNote.MONTH_ONLY)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_COMMA = re.compile(r"[,;](?!\s*(?:\d{4}|19\d\d|20\d\d)\b)|\s[/+]\s")
#: Characters from a word that says "begins" to a date before it.
_BEFORE = 28
_RECURRING = re.compile(r"--(\d\d)(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class _Date:
    """A date of a sentence: the reading, where it stands, and whether its year is told."""

    reading: DateReading
    start: int
    end: int

    @property
    def dated(self) -> bool:
        return DateNote.YEAR_ASSUMED not in self.reading.notes or bool(_YEAR.search(self.reading.words))

    @property
    def first(self) -> datetime.date | None:
        """The day; that of a range whose end alone tells a year is the one before that end."""
        day, last = self.reading.day, self.reading.last
        if day is None or last is None or DateNote.YEAR_ASSUMED not in self.reading.notes:
            return day
        return _in_year(day, last)


def read_intakes(text: Text, country: str | None) -> tuple[Said[str], ...]:
    """Every intake in the order of its day, as precise as it is told.

    A date without a year is left out, unless it is said to be each year's: ``--07`` is every July.
    """
    found: dict[str, Said[str]] = {}
    for sentence in sentences(text):
        cues = named(text, sentence, "intake_words")
        if not any(cue.what == "start" for cue in cues):
            continue
        dates = [date for date in _dates(text, sentence, country) if _is_start(date, cues)]
        yearly = says(text, sentence, "intake", "yearly")
        if yearly and not dates:
            found |= {said.value: said for said in _months(text, sentence)}
        for at, date in enumerate(dates):
            told = _as_text(date, dates[at + 1 :], yearly)
            if told:
                found.setdefault(told, Said(told, text.words(date.start, date.end)))
    return tuple(sorted(found.values(), key=lambda said: said.value))


def next_intake(intakes: Iterable[str], today: datetime.date) -> str | None:
    """The first intake that is not over on a day, as ISO text; each year's is given with its year.

    A month counts until its last day, a year until its last.
    """
    coming = [(first, text) for one in intakes for first, last, text in [_span(one, today)] if last >= today]
    return min(coming)[1] if coming else None


def _span(intake: str, today: datetime.date) -> tuple[datetime.date, datetime.date, str]:
    """First and last day of an intake, and how it is shown."""
    if recurring := _RECURRING.fullmatch(intake):
        month, day = int(recurring[1]), int(recurring[2]) if recurring[2] else None
        for year in range(today.year, today.year + 9):
            if day is None or day <= calendar.monthrange(year, month)[1]:
                dated = f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else "")
                found = _span(dated, today)
                if found[1] >= today:
                    return found
    parts = [int(part) for part in intake.split("-") if part]
    year = parts[0]
    first_month, last_month = (parts[1], parts[1]) if len(parts) > 1 else (1, 12)
    last_day = calendar.monthrange(year, last_month)[1]
    first, last = (parts[2], parts[2]) if len(parts) > 2 else (1, last_day)
    return datetime.date(year, first_month, first), datetime.date(year, last_month, last), intake


@cache
def _month_pattern() -> re.Pattern[str]:
    return re.compile(one_of(name for name, where in month_names().items() if _gregorian(where)))


def _gregorian(where: Iterable[tuple[str, int]]) -> bool:
    return all(calendar_name == "gregorian" for calendar_name, _ in where)


def _months(text: Text, sentence: Span) -> Iterator[Said[str]]:
    """Bare names of months in a sentence that speaks of every year."""
    for hit in _month_pattern().finditer(text.folded, sentence.start, sentence.end):
        number = month_names()[squeezed(hit[0])][0][1]
        yield Said(f"--{number:02d}", text.words(hit.start(), hit.end()))


def _in_year(day: datetime.date, before: datetime.date) -> datetime.date | None:
    """A day without a year, in the last year in which it is not behind another; None where it does not exist."""
    year = before.year if (day.month, day.day) <= (before.month, before.day) else before.year - 1
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return None
    return day.replace(year=year)


def _dates(text: Text, sentence: Span, country: str | None) -> Iterator[_Date]:
    """The dates of a sentence; what "and" or a comma joins are dates of their own, and no range."""
    for part in _parts(text, sentence):
        readings = find_dates(text.written[part.start : part.end], _CLOCK, country)
        if not readings and (bare := _month_pattern().search(text.folded, part.start, part.end)):
            month = datetime.date(_CLOCK.year, month_names()[squeezed(bare[0])][0][1], 1)
            yield _Date(DateReading(day=month, notes=_BARE), bare.start(), bare.end())
        for reading in readings:
            if reading.day and reading.calendar is not Calendar.RELATIVE and not _OPEN & set(reading.notes):
                yield _Date(reading, part.start + reading.start, part.start + reading.end)


def _parts(text: Text, sentence: Span) -> Iterator[Span]:
    marks = [Span(mark.start(), mark.end()) for mark in _COMMA.finditer(text.folded, sentence.start, sentence.end)]
    marks += [hit for hit in hits(text, sentence, "intake", "and") if _stands_alone(text.folded, hit)]
    begin = sentence.start
    for mark in sorted(marks, key=lambda span: span.start):
        yield Span(begin, mark.start)
        begin = mark.end
    yield Span(begin, sentence.end)


def _stands_alone(folded: str, hit: Span) -> bool:
    around = folded[max(0, hit.start - 1) : hit.start] + folded[hit.end : hit.end + 1]
    return not around.strip()


def _is_start(date: _Date, cues: list[Span]) -> bool:
    """Whether the nearest word before a date, or right behind it, says that something begins."""
    before = [cue for cue in cues if cue.end <= date.start]
    behind = [cue for cue in cues if date.end <= cue.start <= date.end + _BEFORE]
    if behind and (not before or (before[-1].what == "other" and date.start - before[-1].end > _BEFORE)):
        return behind[0].what == "start"
    if before:
        close = behind and behind[0].start - date.end <= 12 and date.start - before[-1].end > 12
        return (behind[0] if close else before[-1]).what == "start"
    return False


def _as_text(date: _Date, later: list[_Date], yearly: bool) -> str | None:
    day = date.first
    if day is None:
        return None
    whole_month = DateNote.MONTH_ONLY in date.reading.notes
    if not date.dated:
        if yearly:
            return f"--{day:%m}" if whole_month else f"--{day:%m-%d}"
        told = next((one.first for one in later if one.dated and one.first), None)
        day = _in_year(day, told) if told else None
        if day is None:
            return None
    # A month of another calendar lies in two of ours; its first day tells in which it begins.
    return f"{day:%Y-%m}" if whole_month else day.isoformat()
