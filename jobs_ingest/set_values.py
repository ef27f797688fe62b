"""Which columns of a vacancy a person may set right, and their values as text and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from jobs_ingest.models import Vacancy
from jobs_ingest.normalise import CONTRACTS
from profiling.errors import InputError
from profiling.fields import EDUCATION_LEVELS, PAY_PERIODS, Row

#: Each column and how its text is read.
SETTABLE: Mapping[str, Callable[[Row, str], object]] = {
    "country": Row.country,
    "province": Row.text,
    "district": Row.text,
    "pay_min": Row.number,
    "pay_max": Row.number,
    "pay_currency": Row.currency,
    "pay_period": lambda row, column: row.choice(column, PAY_PERIODS),
    "posted_on": Row.day,
    "closes_on": Row.day,
    "contract": lambda row, column: row.choice(column, CONTRACTS),
    "openings": Row.whole,
    "accommodation": Row.yes_no,
    "transport": Row.yes_no,
    "experience_years": Row.number,
    "education_level": lambda row, column: row.choice(column, EDUCATION_LEVELS),
}
#: Pairs that must stand in this order.
_ORDERED = (("pay_min", "pay_max"), ("posted_on", "closes_on"))


def as_text(value: object) -> str:
    """A value as a cell of the layout holds it; empty for unknown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def day_of(text: str) -> date | None:
    """A last day as somebody wrote it; None when nothing is written. Raises InputError."""
    row = Row(1, {"closes_on": text.strip()})
    found = row.day("closes_on")
    if row.problems:
        raise InputError(f"closes_on: {row.problems[0].reason}.")
    return found


def parsed(vacancy: Vacancy, field: str, text: str) -> object:
    """A text as the value of a column, None when it is empty. Raises InputError, also beside the other columns."""
    row = Row(1, {field: text.strip()})
    value = SETTABLE[field](row, field)
    if row.problems:
        raise InputError(f"{field}: {row.problems[0].reason}.")
    beside: dict[str, Any] = {
        name: value if name == field else getattr(vacancy, name) for pair in _ORDERED for name in pair
    }
    for low, high in _ORDERED:
        if field in (low, high) and None not in (beside[low], beside[high]) and beside[low] > beside[high]:
            raise InputError(f"{low} is greater than {high}.")
    return value


def without_reading(read: Sequence[Sequence[str]], field: str) -> list[list[str]]:
    """What was read, without the readings of one field."""
    return [list(entry) for entry in read if entry[0] != field]
