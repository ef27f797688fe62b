"""Reading the cells of a row into values. Each problem is kept with its field; an empty cell is None."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import nepali_datetime
from babel.numbers import list_currencies

from profiling.codes import CountryCode, LanguageCode
from profiling.errors import BadValue, RowProblem

T = TypeVar("T")
LONG_TEXT = 20_000
SHORT_TEXT = 500
LANGUAGE_LEVELS = ("basic", "working", "fluent", "native")
EDUCATION_LEVELS = (
    "none", "primary", "lower_secondary", "secondary", "higher_secondary", "vocational", "bachelor", "master",
)  # fmt: skip
PAY_PERIODS = ("hour", "day", "week", "month", "year")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(\s*BS)?", re.IGNORECASE)
#: Plain, or with thousands set off as in 12,500 or 1,25,000 (lakh). "1,5" is refused: it may mean 1.5.
_NUMBER = re.compile(r"(?:\d+|\d{1,3}(?:[, ]\d{2,3})*[, ]\d{3})(?:\.\d+)?")
_CURRENCIES = frozenset(list_currencies())
#: Gregorian years that can stand in a record; 2050 to 2100 would be Bikram Sambat.
_FIRST_YEAR, _LAST_YEAR = 1930, 2049


def read_date(text: str) -> str:
    """A date as precise as it was given: ``2019``, ``2019-05`` or ``2019-05-31``. Raises BadValue.

    Bikram Sambat dates carry ``BS`` and are converted by nepali-datetime's calendar table (1975-2100 BS).
    """
    expected = "a date such as 2019, 2019-05, 2019-05-31 or 2076-02-14 BS"
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise BadValue("date", text, expected)
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if (found[2] and not month) or (found[3] and not day):
        raise BadValue("date", text, expected)
    if found[4]:
        return _from_bikram_sambat(text, year, month, day)
    if 2050 <= year <= 2100:
        raise BadValue("date", text, "a Gregorian date; if it is Bikram Sambat, write BS behind it")
    if not _FIRST_YEAR <= year <= _LAST_YEAR or (found[2] and not 1 <= month <= 12):
        raise BadValue("date", text, expected)
    if not month:
        return f"{year:04d}"
    if not found[3]:
        return f"{year:04d}-{month:02d}"
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        raise BadValue("date", text, "a day that exists in that month") from None


def _from_bikram_sambat(text: str, year: int, month: int, day: int) -> str:
    try:
        start = nepali_datetime.date(year, month or 1, day or 1).to_datetime_date()
    except (ValueError, IndexError, KeyError):
        raise BadValue("date", text, "a date of the Bikram Sambat calendar (1975 to 2100 BS)") from None
    iso = str(start.isoformat())
    # A bare Bikram Sambat year or month spans two Gregorian ones; its first day decides.
    return iso if day else iso[:7] if month else iso[:4]


def first_day(text: str) -> datetime.date:
    """The earliest day that a date of any precision can mean."""
    parts = [int(part) for part in text.split("-")]
    return datetime.date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def last_day(text: str) -> datetime.date:
    """The latest day that a date of any precision can mean."""
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return datetime.date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])


@dataclass
class Row:
    """The cells of one row. Each reader returns None for an empty or wrong cell and notes the problem."""

    line: int
    cells: dict[str, str]
    problems: list[RowProblem] = field(default_factory=list)

    def reject(self, column: str, reason: str) -> None:
        """Note why the row cannot be kept."""
        self.problems.append(RowProblem(self.line, column, reason))

    def raw(self, column: str) -> str:
        """The cell as it stands; empty when it is missing."""
        return self.cells.get(column, "")

    def _read(self, column: str, read: Callable[[str], T]) -> T | None:
        text = self.raw(column).strip()
        if not text:
            return None
        try:
            return read(text)
        except BadValue as error:
            shown = text if len(text) <= 60 else f"{text[:57]}..."
            self.reject(column, f"{shown!r} is not {error.expected}")
            return None

    def text(self, column: str, limit: int = SHORT_TEXT) -> str | None:
        """Text of at most ``limit`` characters."""

        def read(text: str) -> str:
            if len(text) > limit:
                expected = f"at most {limit:,} characters long (it has {len(text):,}); shorten it"
                raise BadValue(column, text, expected)
            if "\0" in text:
                raise BadValue(column, text, "text (it holds a zero byte)")
            return text

        return self._read(column, read)

    def needed(self, column: str, limit: int = SHORT_TEXT) -> str:
        """Text that must be there; empty (and a problem noted) when it is not."""
        found = self.text(column, limit)
        if found is None and not self.raw(column).strip():
            self.reject(column, "is empty and must be filled")
        return found or ""

    def items(self, column: str) -> list[str]:
        """A list separated by semicolons, without empty and repeated items."""
        text = self.text(column, LONG_TEXT) or ""
        return list(dict.fromkeys(item.strip() for item in text.split(";") if item.strip()))

    def choice(self, column: str, allowed: Iterable[str]) -> str | None:
        """One of the allowed words."""
        words = tuple(allowed)

        def read(text: str) -> str:
            key = text.casefold().replace(" ", "_").replace("-", "_")
            if key not in words:
                raise BadValue(column, text, f"one of {', '.join(words)}")
            return key

        return self._read(column, read)

    def choices(self, column: str, allowed: Iterable[str]) -> list[str]:
        """A list of allowed words."""
        words = tuple(allowed)
        found = []
        for item in self.items(column):
            key = item.casefold().replace(" ", "_").replace("-", "_")
            if key in words:
                found.append(key)
            else:
                self.reject(column, f"{item!r} is not one of {', '.join(words)}")
        return found

    def yes_no(self, column: str) -> bool | None:
        """Yes or no; None when empty."""
        found = self.choice(column, ("yes", "no", "true", "false"))
        return None if found is None else found in ("yes", "true")

    def number(self, column: str) -> float | None:
        """A number of zero or more, with a dot for decimals; thousands may be set off by commas."""

        def read(text: str) -> float:
            plain = text.replace(",", "").replace(" ", "")
            if not _NUMBER.fullmatch(text) or len(plain) > 15:
                raise BadValue(column, text, "a number")
            return float(plain)

        return self._read(column, read)

    def whole(self, column: str) -> int | None:
        """A whole number of zero or more."""
        found = self.number(column)
        if found is None:
            return None
        if not found.is_integer() or found > 1_000_000_000:
            self.reject(column, f"{self.raw(column)!r} is not a whole number")
            return None
        return int(found)

    def date(self, column: str) -> str | None:
        """A date of any precision, as ISO text."""
        return self._read(column, read_date)

    def day(self, column: str) -> datetime.date | None:
        """A whole date."""

        def read(text: str) -> datetime.date:
            iso = read_date(text)
            if len(iso) != 10:
                raise BadValue(column, text, "a whole date such as 2026-11-30")
            return datetime.date.fromisoformat(iso)

        return self._read(column, read)

    def country(self, column: str) -> str | None:
        """An ISO country code."""
        return self._read(column, CountryCode)

    def countries(self, column: str) -> list[str]:
        """A list of ISO country codes."""
        return [code for item in self.items(column) if (code := self._item(column, item, CountryCode))]

    def currency(self, column: str) -> str | None:
        """An ISO 4217 code."""

        def read(text: str) -> str:
            if text.upper() not in _CURRENCIES:
                raise BadValue(column, text, "an ISO currency code such as NPR")
            return text.upper()

        return self._read(column, read)

    def languages(self, column: str) -> dict[str, str]:
        """Languages with levels: ``Nepali:native; Arabic:working``. A missing level is refused."""
        found: dict[str, str] = {}
        for item in self.items(column):
            name, _, level = item.partition(":")
            code = self._item(column, name, LanguageCode)
            if level.strip().casefold() not in LANGUAGE_LEVELS:
                self.reject(column, f"{item!r} needs a level: {', '.join(LANGUAGE_LEVELS)}")
            elif code:
                found[code] = level.strip().casefold()
        return found

    def _item(self, column: str, item: str, read: Callable[[str], T]) -> T | None:
        try:
            return read(item)
        except BadValue as error:
            self.reject(column, f"{item!r} is not {error.expected}")
            return None
