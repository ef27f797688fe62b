"""What is read of a date, as values."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Calendar(StrEnum):
    """The calendar in which a date was written; relative ones are counted from a given day."""

    GREGORIAN = "gregorian"
    BIKRAM_SAMBAT = "bikram_sambat"
    BENGALI = "bengali"
    HIJRI = "hijri"
    RELATIVE = "relative"


class DateUnknown(StrEnum):
    """Why no day is known."""

    NOT_SAID = "not_said"
    #: There is no such day or month.
    IMPOSSIBLE = "impossible"
    #: Counted from the day of publication, which is not given.
    PUBLICATION_NOT_GIVEN = "publication_not_given"


class DateNote(StrEnum):
    """What was assumed, or stays open, about a date."""

    #: Day and month could be the other way round (``other``), and no country decides.
    AMBIGUOUS_ORDER = "ambiguous_order"
    #: The same, decided by the habit of the country.
    ORDER_OF_COUNTRY = "order_of_country"
    YEAR_ASSUMED = "year_assumed"
    CENTURY_ASSUMED = "century_assumed"
    #: Only the month is told: its first and last day.
    MONTH_ONLY = "month_only"
    #: "30+ days ago": that day or any before it.
    OR_BEFORE = "or_before"
    #: "last week", "2 months ago".
    ABOUT = "about"
    #: By the Umm al-Qura calendar; by sighting it may be a day later.
    UMM_AL_QURA = "umm_al_qura"
    WEEKDAY_DISAGREES = "weekday_disagrees"


@dataclass(frozen=True, slots=True)
class DateReading:
    """A day, or the first and ``last`` day of a range, read from a text, with its words.

    ``other`` is the day that an ambiguous order could also mean; ``cue`` the words that made it a deadline.
    ``why`` is set when ``day`` is None. ``text[start:end] == words``.
    """

    day: datetime.date | None = None
    last: datetime.date | None = None
    calendar: Calendar | None = None
    words: str = ""
    start: int = 0
    end: int = 0
    other: datetime.date | None = None
    notes: tuple[DateNote, ...] = ()
    why: DateUnknown | None = None
    cue: str | None = None
