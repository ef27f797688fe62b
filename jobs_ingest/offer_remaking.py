"""An offer made again from what its source gave, as it was kept beside its origin.

It is believed only when it comes out with the hash that it was stored with: then nothing of it was cut and its
source is configured as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from jobs_ingest.importer import Fields
from jobs_ingest.models import OfferOrigin
from jobs_ingest.normalising import normalise
from jobs_ingest.sources.api import ApiSource
from jobs_ingest.sources.base import RawOffer, SourceProblem
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.feeds import FeedSource
from jobs_ingest.sources.files import FileSource
from jobs_ingest.sources.json_values import Json
from jobs_ingest.sources.pages import offer_of
from jobs_ingest.storing import READING
from jobs_ingest.vacancies import VacancyImporter
from profiling.coding import Coder
from profiling.errors import InputError
from profiling.fields import Row
from profiling.importing import content_hash
from profiling.tabular import RawRow

_Texts = Mapping[str, str]
#: Steps of a path, and the largest place in a list, that are believed of a kept original.
_MOST_STEPS, _MOST_ITEMS = 40, 500


class RemadeVacancies(VacancyImporter):
    """Vacancies that were normalised before."""

    def code(self, fields: Fields) -> Fields:
        """What is understood of a vacancy, beside what was read when it was normalised."""
        coded = super().code(fields)
        return {**coded, "read": [*fields["read"], *coded["read"]]}  # type: ignore[misc]


def fields_again(origin: OfferOrigin, config: SourceConfig, coder: Coder) -> Fields | None:
    """The columns of the vacancy that an origin gave, ready to be stored; None when they cannot be told for sure.

    Days such as "yesterday" count from when the offer was last seen.
    """
    offer = _offer(origin, config)
    if offer is None:
        return None
    normal = normalise(offer, config, origin.last_seen_at.date())
    importer = RemadeVacancies(config.name, coder)
    cells = {name: text for name, text in normal.cells.items() if importer.knows(name)}
    row = Row(1, {**cells, "ref": origin.ref})
    fields = importer.parse(row)
    made = content_hash({**normal.identity, "#reading": str(READING), "#home": config.country or ""})
    if row.problems or made != origin.content_hash:
        return None
    given = bool(offer.ref)
    read = [list(entry) for entry in normal.read]
    return {**fields, "ref": origin.ref, "ref_given": given, "content_hash": made, "read": read}


def _offer(origin: OfferOrigin, config: SourceConfig) -> RawOffer | None:
    try:
        given = json.loads(origin.original)
        if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
            return None
        made = _READERS[config.kind](config, given, origin)
    except (ValueError, KeyError, InputError):
        return None
    return made if isinstance(made, RawOffer) else None


# --- by kind of source ----------------------------------------------------------------------------


def _of_row(config: SourceConfig, given: _Texts, origin: OfferOrigin) -> RawOffer | SourceProblem:
    source = FileSource(config)
    return source._offer(RawRow(1, dict(given)), source._mapping(tuple(given)))


def _of_item(config: SourceConfig, given: _Texts, origin: OfferOrigin) -> RawOffer | SourceProblem:
    return ApiSource(config)._offer(_nested(given), "", origin.address or "")


def _of_page(config: SourceConfig, given: _Texts, origin: OfferOrigin) -> RawOffer | SourceProblem:
    item = _nested(given)
    return offer_of(config, item if isinstance(item, dict) else {}, "", origin.url or "", single=True)


def _of_entry(config: SourceConfig, given: _Texts, origin: OfferOrigin) -> RawOffer | SourceProblem:
    return FeedSource(config)._offer(dict(given), "", origin.address or "")


_READERS: Mapping[str, Callable[[SourceConfig, _Texts, OfferOrigin], RawOffer | SourceProblem]] = {
    "csv": _of_row,
    "xlsx": _of_row,
    "api": _of_item,
    "page": _of_page,
    "feed": _of_entry,
}


def _nested(given: _Texts) -> Json:
    """The value that ``json_values.flattened`` took apart: objects, and lists where every name is a number."""
    top: dict[str, Json] = {}
    for path, text in given.items():
        steps = path.split(".")
        if len(steps) > _MOST_STEPS:
            raise ValueError("too deep")
        inner = top
        for step in steps[:-1]:
            following = inner.setdefault(step, {})
            if not isinstance(following, dict):
                raise ValueError("a name that stands twice")
            inner = following
        inner[steps[-1]] = text
    return _listed(top)


def _listed(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    parts = {name: _listed(part) for name, part in value.items()}
    numbers = [int(name) for name in parts if name.isascii() and name.isdigit() and len(name) < 6]
    if not parts or len(numbers) != len(parts):
        return parts
    if max(numbers) >= _MOST_ITEMS:
        raise ValueError("a list that is too long")
    # An empty item left no trace.
    return [parts.get(str(number), "") for number in range(max(numbers) + 1)]
