"""A course's cells that do not fit their columns, on their way from a source: they become lines of its description.

There they are read like all that is written in words ("Course fee: Rs 12,000, free for returnees"): a
cell in words costs nobody the row, and the words stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from jobs_ingest.course_values import Mode, Per
from profiling.errors import BadValue
from profiling.fields import Row, read_date


class Cells(Protocol):
    """What is on its way: the cells by column of the layout."""

    cells: dict[str, str]


def _dates(row: Row, column: str) -> None:
    for item in row.items(column):
        try:
            read_date(item)
        except BadValue:
            row.reject(column, "is no date")


_Fits = Callable[[Row, str], object]
#: What is said before the cells, the columns that stand or fall together, and what each must hold.
_TERMS: Sequence[tuple[str, Mapping[str, _Fits]]] = (
    ("Course fee", {"cost_currency": Row.currency, "cost": Row.number}),
    (
        "Stipend",
        {
            "stipend_currency": Row.currency,
            "stipend": Row.number,
            "stipend_period": lambda row, column: row.choice(column, Per),
        },
    ),
    ("Seats", {"seats": Row.whole}),
    ("Certificate", {"level": Row.whole}),
    ("Intake", {"next_intake": Row.date}),
    ("Intake", {"intakes": _dates}),
    ("Hostel", {"lodging": Row.yes_no}),
    ("Childcare", {"childcare": Row.yes_no}),
    ("Mode", {"modes": lambda row, column: row.choices(column, Mode)}),
)


def terms_in_words(work: Cells) -> None:
    """Move what does not fit its column into the description, under a label that says what it is."""
    lines = []
    for label, columns in _TERMS:
        row = Row(0, {name: work.cells.get(name, "") for name in columns})
        for name, fits in columns.items():
            fits(row, name)
        if not row.problems:
            continue
        told = [work.cells.pop(name).strip() for name in columns if work.cells.get(name)]
        if label == "Certificate":
            # A bare level names no framework; the one of its own column stands beside it.
            told = [work.cells.get("framework", ""), *told]
        lines.append(f"{label}: {' '.join(filter(None, told))}")
    if lines:
        work.cells["description"] = "\n".join(filter(None, (work.cells.get("description", ""), *lines)))
