"""What the vacancy and course layouts have in common: fields that every offer carries."""

from __future__ import annotations

import re
from datetime import date

from profiling.codes import CountryCode
from profiling.errors import BadValue
from profiling.fields import Row

#: Kinds of contract.
CONTRACTS = (
    "wage_work", "apprenticeship", "on_the_job_training", "public_works", "seasonal", "self_employment",
)  # fmt: skip


def place(row: Row) -> dict[str, str | None]:
    """Country code, province, district and place as given."""
    where = row.text("place")
    country = _country_of(where) or row.country("country")
    return {
        "country": country,
        "province": row.text("province"),
        "district": row.text("district"),
        "place": where,
    }


def _country_of(place: str | None) -> str | None:
    """The country that stands at the end of a place, as in *Kathmandu, Nepal*.

    It goes before the country column: portals put the region searched into that column.
    """
    last = re.split(r",| - ", place or "")[-1].strip()
    if len(last) < 4:
        return None
    try:
        return CountryCode(last)
    except BadValue:
        return None


def licence_codes(row: Row, column: str, known: dict[str, object] | frozenset[str]) -> list[str]:
    """A list of licence codes; unknown ones are noted as problems."""
    found = row.items(column)
    for code in found:
        if code not in known:
            row.reject(column, f"{code!r} is not one of {', '.join(sorted(known))}")
    return found


def in_order(row: Row, first: str, second: str, low: float | date | None, high: float | date | None) -> None:
    """Note a problem when the second value lies before the first."""
    if low is not None and high is not None and high < low:  # type: ignore[operator]
        row.reject(second, f"{second} ({high}) lies before {first} ({low})")
