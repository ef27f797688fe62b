"""Days of the Bikram Sambat, Bengali and Hijri calendars as Gregorian days, and back."""

from __future__ import annotations

import datetime
from calendar import isleap
from collections.abc import Callable

import nepali_datetime
from hijridate import Gregorian, Hijri

#: The revised Bengali calendar of the Bangla Academy: in force from 1426 (October 2019).
_REVISED = 1426
_NEW_YEAR = (4, 14)
#: Bengali year 1 began in Gregorian 594.
_BENGALI_EPOCH = 593


def from_bikram_sambat(year: int, month: int, day: int) -> datetime.date | None:
    """The Gregorian day by the calendar table of nepali-datetime (1975 to 2100 BS); None for no such day."""
    try:
        found: datetime.date = nepali_datetime.date(year, month, day).to_datetime_date()
    except (ValueError, IndexError, KeyError, OverflowError):
        return None
    return found


def to_bikram_sambat(day: datetime.date) -> tuple[int, int, int]:
    """Year, month and day. Raises ValueError outside 1975 to 2100 BS."""
    try:
        found = nepali_datetime.date.from_datetime_date(day)
    except (IndexError, KeyError, OverflowError) as error:
        raise ValueError(f"{day} lies outside the calendar table") from error
    return found.year, found.month, found.day


def from_hijri(year: int, month: int, day: int) -> datetime.date | None:
    """The Gregorian day by the Umm al-Qura calendar (1343 to 1500 AH); None when there is no such day.

    Where the month begins by sighting, as in South Asia, it may be a day later.
    """
    try:
        return datetime.date(*Hijri(year, month, day).to_gregorian().datetuple())
    except (ValueError, OverflowError):
        return None


def to_hijri(day: datetime.date) -> tuple[int, int, int]:
    """Year, month, day by the Umm al-Qura calendar. Raises ValueError or OverflowError outside 1343 to 1500 AH."""
    return Gregorian(day.year, day.month, day.day).to_hijri().datetuple()


def bengali_month_days(year: int, month: int) -> int:
    """Days of a month of the Bengali calendar of Bangladesh.

    Since 1426 six months of 31 days, then 30, and Falgun of 29, or 30 when its Gregorian year is a leap year.
    Before, five months of 31 days, then 30, and Falgun of 31 in a leap year (Bangla Academy, revisions of 2019 and
    1995).
    """
    leap = isleap(year + _BENGALI_EPOCH + 1)
    if year >= _REVISED:
        return 31 if month <= 6 else 29 + leap if month == 11 else 30
    return 31 if month <= 5 else 30 + leap if month == 11 else 30


def from_bengali(year: int, month: int, day: int) -> datetime.date | None:
    """The Gregorian day by the calendar of Bangladesh (1 Boishakh is 14 April); None when there is no such day."""
    if not (1 <= month <= 12 and 1 <= year <= 9000 and 1 <= day <= bengali_month_days(year, month)):
        return None
    passed = sum(bengali_month_days(year, before) for before in range(1, month)) + day - 1
    return datetime.date(year + _BENGALI_EPOCH, *_NEW_YEAR) + datetime.timedelta(passed)


def to_bengali(day: datetime.date) -> tuple[int, int, int]:
    """Year, month and day of the calendar of Bangladesh. Raises ValueError before Bengali year 1."""
    year = day.year - _BENGALI_EPOCH - (day < datetime.date(day.year, *_NEW_YEAR))
    if year < 1:
        raise ValueError(f"{day} lies before the Bengali calendar")
    left = (day - datetime.date(year + _BENGALI_EPOCH, *_NEW_YEAR)).days
    month = 1
    while left >= bengali_month_days(year, month):
        left -= bengali_month_days(year, month)
        month += 1
    return year, month, left + 1


def from_gregorian(year: int, month: int, day: int) -> datetime.date | None:
    """The day, or None when there is no such day."""
    try:
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        return None


#: How each calendar's day is found, by the calendar's name.
TO_GREGORIAN: dict[str, Callable[[int, int, int], datetime.date | None]] = {
    "gregorian": from_gregorian,
    "bikram_sambat": from_bikram_sambat,
    "bengali": from_bengali,
    "hijri": from_hijri,
}


def year_of(day: datetime.date, calendar: str) -> int:
    """The year of a calendar in which a Gregorian day lies, within a year's error for the Hijri calendar."""
    if calendar == "gregorian":
        return day.year
    if calendar == "hijri":
        return round((day.year - 622) * 365.2425 / 354.367) + 1
    offset = {"bikram_sambat": 57, "bengali": -_BENGALI_EPOCH}[calendar]
    return day.year + offset - (day < datetime.date(day.year, *_NEW_YEAR))
