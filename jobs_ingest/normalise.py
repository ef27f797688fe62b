"""What the vacancy and course layouts have in common: fields that every offer carries."""

from __future__ import annotations

from datetime import date

from profiling.fields import Row

FRAMEWORKS = ("NP-NVQS", "BD-NTVQF", "BD-BNQF", "LK-NVQ", "IN-NSQF", "PK-NVQF")


def place(row: Row) -> dict[str, str | None]:
    """Country code, province, district and place as given."""
    return {
        "country": row.country("country"),
        "province": row.text("province"),
        "district": row.text("district"),
        "place": row.text("place"),
    }


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
