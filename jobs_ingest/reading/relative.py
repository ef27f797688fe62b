"""Dates that count from the clock or from the day of publication."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.date_values import Calendar, DateNote, DateReading, DateUnknown
from jobs_ingest.reading.words import Phrases, Signs, one_of, owner, pattern, plain, squeezed, words

_DAYS = {"hours": 0.0, "days": 1.0, "weeks": 7.0, "months": 30.44, "years": 365.25}
_EXACT = ("hours", "days", "weeks")
#: A count of more days than this tells no date of an advert.
_MOST_DAYS = 3660
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "fifteen": 15}
_NUMBER = re.compile(rf"(?<![\d.,/:])(?P<number>\d{{1,4}}(?!\d)|\b(?:{'|'.join(_NUMBERS)})\b)")
_REACH = 26


@cache
def _parts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before a number and behind it."""
    unit = one_of(owner("dates", "unit"))
    ago, ahead, behind, inside, publication = (
        one_of(words("dates", "direction", key))
        for key in ("ago", "ahead", "inside_behind", "inside", "publication")
    )
    return (
        re.compile(rf"(?:(?P<inside>{inside})\s(?:the\s)?(?:next\s)?)?(?:(?P<unit2>{unit})\s)?\Z"),
        re.compile(
            rf"\s?(?:\([^)]{{1,12}}\)\s?)?(?P<plus>\+)?\s?(?:(?:working|calendar)\s)?(?:(?P<unit>{unit})\s?)?"
            rf"(?:(?P<ago>{ago})|(?P<publication>{publication})|(?P<ahead>{ahead})|(?P<behind>{behind}))?"
        ),
    )


@cache
def _fixed() -> tuple[Phrases, dict[str, int]]:
    days = {
        squeezed(plain(word)): entry["days"]
        for entry in table("dates")["relative"].values()
        for word in entry["words"]
    }
    return Phrases(days), days


@cache
def _units() -> Signs:
    return Signs.of(owner("dates", "unit"))


def find_relative(folded: str, today: datetime.date, published: datetime.date | None) -> Iterator[DateReading]:
    """The relative dates of a folded text: "2 days ago", "yesterday", "within 7 days of publication"."""
    taken: list[DateReading] = []
    for hit in _NUMBER.finditer(folded) if _units().stand_in(folded) else ():
        date = _count(folded, hit, today, published)
        if date:
            taken.append(date)
            yield date
    fixed, days = _fixed()
    for word in fixed.hits(folded):
        if not any(word.start() < date.end and date.start < word.end() for date in taken):
            far = abs(days[squeezed(word[0])]) >= 7
            notes = (DateNote.ABOUT,) if far else ()
            day = _moved(today, days[squeezed(word[0])])
            if day:
                yield DateReading(day, None, Calendar.RELATIVE, "", word.start(), word.end(), None, notes)


def _count(
    folded: str, number: re.Match[str], today: datetime.date, published: datetime.date | None
) -> DateReading | None:
    """The day that a count of days, weeks, months or years tells."""
    before, behind = _parts()
    after = behind.match(folded, number.end())
    lead = before.search(folded, max(0, number.start() - _REACH), number.start())
    said = {**(lead.groupdict() if lead else {}), **(after.groupdict() if after else {})}
    unit = said.get("unit") or said.get("unit2")
    inside = bool(said.get("inside") or said.get("behind"))
    start = lead.start() if lead else number.start()
    from_notice = bool(said.get("publication")) or (inside and _told_before(folded, start))
    if not unit or not (said.get("ago") or said.get("ahead") or from_notice or inside):
        return None
    kind = owner("dates", "unit")[squeezed(unit)]
    # "Within 3 months of joining", "in 5 years": too far away to be the date of an advert.
    if inside and not from_notice and not said.get("ago") and kind not in ("days", "weeks"):
        return None
    count = _NUMBERS.get(number[0]) or int(number[0])
    days = round(count * _DAYS[kind])
    end = after.end() if after else number.end()
    empty = DateReading(calendar=Calendar.RELATIVE, start=start, end=end)
    origin = published if from_notice else today
    if days > _MOST_DAYS:
        return None
    if origin is None:
        return replace(empty, why=DateUnknown.PUBLICATION_NOT_GIVEN)
    day = _moved(origin, -days if said.get("ago") else days)
    notes = () if kind in _EXACT else (DateNote.ABOUT,)
    if said.get("plus") and said.get("ago"):
        notes = (DateNote.OR_BEFORE, *notes)
    return replace(empty, day=day, notes=notes, why=None if day else DateUnknown.IMPOSSIBLE)


def _told_before(folded: str, start: int) -> bool:
    """The notice's publication told before the count, as in Nepali: "सूचना प्रकाशित भएको मितिले १५ दिनभित्र"."""
    return bool(pattern("dates", "direction", "publication").search(folded, max(0, start - 40), start))


def _moved(day: datetime.date, days: int) -> datetime.date | None:
    try:
        return day + datetime.timedelta(days)
    except OverflowError:
        return None
