"""What the importers of vacancies and of courses have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from sqlmodel import Session

from jobs_ingest.models import Course, Vacancy
from jobs_ingest.repository import store_offers
from profiling.coding import Coder
from profiling.fields import Row
from profiling.importing import Stored, content_hash
from profiling.models import ImportRun

Fields = dict[str, object]


class OfferImporter(ABC):
    """Imports the offers of one source. Only new and changed rows are coded.

    No import waits for a model: a title that the rules do not know is stored as coded by rules alone, and read
    with all others of its kind when the index is brought up to date (``jobs_ingest.recode``).
    """

    kind: str
    required: frozenset[str]
    layout: tuple[str, ...]
    table: type[Vacancy] | type[Course]

    def __init__(self, source: str, coder: Coder) -> None:
        self._source = source
        self._coder = coder.by_rules()
        self._whole = coder.version

    def knows(self, column: str) -> bool:
        """Whether the layout has such a column."""
        return column in self.layout

    def columns(self) -> Iterable[str]:
        """The columns of the layout."""
        return self.layout

    @abstractmethod
    def parse(self, row: Row) -> Fields:
        """The fields of a row; problems are noted in the row."""

    @abstractmethod
    def code(self, fields: Fields) -> Fields:
        """What is understood of the fields: occupation and skills with their words."""

    def coded(self, fields: Fields) -> Fields:
        """As ``code``; where the rules know the title, no reader of titles is asked, and it counts as read."""
        codes = self.code(fields)
        return codes | {"coding": self._whole} if codes["occupation"] else codes

    def identity(self, row: Row) -> Fields:
        """By what a row is known again: the source's number, or else the content."""
        found, ref = content_hash(row.cells), row.text("ref")
        return {
            "source": self._source,
            "ref": ref or f"content:{found[:32]}",
            "ref_given": ref is not None,
            "content_hash": found,
        }

    def store(self, session: Session, batch: list[tuple[int, Fields]], run: ImportRun) -> Stored:
        """Write a batch."""
        return store_offers(session, self.table, batch, run, self.coded)
