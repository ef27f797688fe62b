"""What every source is handed and hands over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jobs_ingest.courses import CourseImporter
from jobs_ingest.fetching.values import Fetched
from jobs_ingest.vacancies import VacancyImporter

if TYPE_CHECKING:
    from jobs_ingest.sources.config import SourceConfig

#: Bytes of a page, a feed or a JSON answer that are read. An honest one of a few hundred offers has below 1 MB.
MAX_BODY = 5_000_000
#: Cells beside the layout's own columns: texts as the source wrote them, to be read by ``jobs_ingest.reading``.
#: ``requirements`` is read together with the description.
TEXT_CELLS = ("pay", "posted", "deadline", "employment", "duration", "requirements")
#: The layout's columns by what a source offers.
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "vacancies": VacancyImporter.layout,
    "courses": CourseImporter.layout,
}
#: What one offer is called.
KIND_OF_ONE: Mapping[str, str] = {"vacancies": "vacancy", "courses": "course"}
#: Behind a source's address: the key under which it remembers where an unfinished run shall go on.
RESUME = "#resume"


@dataclass(frozen=True, slots=True)
class RawOffer:
    """One vacancy or course as the source gave it, before anything is normalised.

    ``cells`` are texts by column of the layout or of ``TEXT_CELLS``; a column that the source does not give is
    absent. ``original`` is everything received, flattened to texts. ``where`` is a line of a file or an address.
    """

    kind: str
    ref: str | None
    url: str | None
    cells: Mapping[str, str]
    original: Mapping[str, str]
    where: str


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """What could not be taken in: where, which field (``row`` for all of it), and why, in one plain sentence.

    ``counted``: whether it stands for one offer, which must then be counted as fetched and rejected; a page that
    does not answer is a problem and no offer.
    """

    where: str
    field: str
    reason: str
    original: Mapping[str, str]
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of an address since it was last visited (``Visited`` without the news)."""

    etag: str | None = None
    modified: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Visited:
    """An address that was visited to its end, to be stored once its offers are.

    ``changed`` is False when it answered that nothing changed: all that it offered before is still offered.
    ``cursor`` is the next page of a paged source; under ``address + RESUME`` it is where a run that was broken
    off goes on (None: from the start).
    """

    url: str
    etag: str | None
    modified: str | None
    changed: bool
    cursor: str | None = None


class Fetcher(Protocol):
    """Whoever fetches addresses, politely and from outside only."""

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None, accept: str = "") -> Fetched:
        """Fetch one address. Raises FetchProblem with one plain sentence."""


Told = RawOffer | SourceProblem | Visited


class Source(Protocol):
    """One place that offers come from."""

    config: SourceConfig

    def offers(self, fetcher: Fetcher, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """What the source offers, what it could not hand over, and the addresses visited, in this order for each.

        Raises InputError only when the source as a whole cannot be read; what was told before then stands.
        """
