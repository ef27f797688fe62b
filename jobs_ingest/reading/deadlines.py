"""The last day to apply, or the last day of a walk-in, that an advert states."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from functools import cache

from jobs_ingest.reading.date_values import Calendar, DateReading, DateUnknown
from jobs_ingest.reading.dates import find_dates
from jobs_ingest.reading.words import one_of, pattern, plain, words

#: How far before a date its word may stand, and behind it.
_BEFORE, _BEHIND = 75, 26
#: A headline: its cue and its date need not stand together.
_SHORT = 130
_BREAK = re.compile(r"[\n;!?]|(?<=[^\W\d_]{4})\.\s|(?<=ago)\.\s|(?<=\])\.\s")


def read_deadline(
    text: str, today: datetime.date, country: str | None = None, *, published: datetime.date | None = None
) -> DateReading:
    """The last day to apply, or of a walk-in, with the words that told so in ``cue``; ``day`` is that day.

    ``last`` is the same day where a range was told, whose words the reading holds. A text that is nothing but a
    date or a range is taken as one. Days of posting, of starting work or of a contract's end are no deadlines. The
    arguments are those of ``read_date``.
    """
    folded = plain(text)
    # "2 days ago" tells of the posting.
    found = [date for date in find_dates(text, today, country, published) if not _is_past_count(date, today)]
    for date in found:
        cue = _cue(folded, date)
        if cue is not None:
            return _ending(replace(date, cue=text[cue[0] : cue[1]]))
    if len(found) == 1 and not folded[: found[0].start].strip(" :-.") and not folded[found[0].end :].strip(" .-"):
        return _ending(found[0])
    return DateReading(why=DateUnknown.NOT_SAID)


def _is_past_count(date: DateReading, today: datetime.date) -> bool:
    return date.calendar is Calendar.RELATIVE and date.day is not None and date.day < today


def _ending(date: DateReading) -> DateReading:
    return replace(date, day=date.last) if date.last else date


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    names = ("deadline", "deadline_behind", "walk_in", "apply", "other")
    asked = rf"{one_of(words('dates', 'cue', 'by'))}\s(?:the\s)?(?:\w+day,?\s)?\Z"
    return {name: re.compile(one_of(words("dates", "cue", name))) for name in names} | {"asked": re.compile(asked)}


def _cue(folded: str, date: DateReading) -> tuple[int, int] | None:
    """Where the words stand that make a date a deadline; None when it is none."""
    said = _patterns()
    first = max(0, date.start - _BEFORE)
    first += max((hit.end() for hit in _BREAK.finditer(folded[first : date.start])), default=0)
    counted = _counted_cue(folded, date, first)
    if counted:
        return counted
    nearest: tuple[int, int, str] | None = None
    for kind in ("other", "walk_in", "deadline"):
        for hit in said[kind].finditer(folded, first, date.start):
            if nearest is None or hit.end() >= nearest[1]:
                nearest = (hit.start(), hit.end(), kind)
    if nearest and nearest[2] != "other":
        return nearest[:2]
    asked = said["asked"].search(folded, first, date.start)
    if asked and said["apply"].search(folded, max(0, date.start - 220), date.start):
        return asked.start(), date.start
    if nearest:
        return None
    short = len(folded) <= _SHORT
    after = said["deadline_behind"].match(folded, date.end + _spaces(folded, date.end)) or said["walk_in"].search(
        folded, 0 if short else date.end, len(folded) if short else date.end + _BEHIND
    )
    return after.span() if after else None


def _counted_cue(folded: str, date: DateReading, first: int) -> tuple[int, int] | None:
    """The words that ask to apply beside a count of days: "apply within 15 days", "७ दिनभित्र निवेदन दिनुहोस्"."""
    if date.calendar is not Calendar.RELATIVE or not any(sign.isdigit() for sign in folded[date.start : date.end]):
        return None
    said = _patterns()
    other = said["other"].search(folded, first, date.start)
    if other and not pattern("dates", "direction", "publication").search(folded, first, date.end):
        return None
    hit = said["apply"].search(folded, first, date.end + _BEFORE)
    return hit.span() if hit else None


def _spaces(folded: str, at: int) -> int:
    gap = re.compile(r"[\s,.-]{0,3}").match(folded, at)
    return len(gap[0]) if gap else 0
