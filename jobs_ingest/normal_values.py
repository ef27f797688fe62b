"""An offer on its way from what its source wrote to cells of the documented layout."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from jobs_ingest.readings import Read
from profiling.codes import CountryCode
from profiling.errors import BadValue

#: Characters of the words that are kept beside a reading.
_WORDS = 200


class Unread(StrEnum):
    """What a source told and nobody could read; it is counted and stays empty."""

    PLACE = "place"
    PAY = "pay"
    POSTED = "posted"
    DEADLINE = "deadline"
    CONTRACT = "contract"
    OPENINGS = "openings"
    DURATION = "duration"
    BENEFIT = "benefit"


@dataclass(frozen=True, slots=True)
class Normalised:
    """An offer by the columns of its layout, what was read of it, and what could not be read.

    ``identity`` is what tells whether the offer changed: everything that the source wrote but the counting of days
    ("2 days ago"), which changes daily and says nothing new.
    """

    cells: dict[str, str]
    read: tuple[Read, ...]
    unread: tuple[Unread, ...]
    identity: dict[str, str]


@dataclass
class Work:
    """One offer on its way: the source's cells, what is filled in, and the texts that were looked at."""

    given: Mapping[str, str]
    cells: dict[str, str]
    home: str | None
    today: datetime.date
    read: list[Read] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    identity: dict[str, str] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        """The source's texts under these names, a line each."""
        return "\n".join(text for name in names if (text := self.given.get(name, "").strip()))

    def empty(self, *columns: str) -> bool:
        """Whether nothing stands in any of these columns."""
        return not any(self.cells.get(column) for column in columns)

    def fill(self, column: str, value: str, words: str) -> None:
        """Fill an empty column with what was read; the words say from where."""
        if self.empty(column):
            self.cells[column] = value
            self.read.append(Read(column, value, " ".join(words.split())[:_WORDS]))

    @property
    def country(self) -> str | None:
        """The country of the work where it is known, else that of the source."""
        return country_code(self.cells.get("country", "")) or self.home


@lru_cache(maxsize=1024)
def country_code(text: str) -> str | None:
    """The code that a cell tells; None for an empty one and for what is no country."""
    if not text:
        return None
    try:
        return str(CountryCode(text))
    except BadValue:
        return None
