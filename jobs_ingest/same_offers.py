"""Whether an offer that comes in is an open vacancy of another source."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields

from sqlmodel import Session, col

from jobs_ingest.duplicates import Answer, OfferView
from jobs_ingest.duplicates.deciding import Reading, compare, read
from jobs_ingest.duplicates.index import DuplicateIndex
from jobs_ingest.models import Vacancy, VacancyStatus
from profiling.coding import Coder
from profiling.queries import pick

_MONTH = "month"
_PARTS = (
    "title employer description country province district place pay_min pay_max pay_currency pay_period"
    " posted_on closes_on openings source occupation"
).split()


@dataclass(frozen=True, slots=True)
class _Told:
    """The columns that are compared, of a row or of an offer's fields."""

    values: Mapping[str, object]

    def view(self, key: str, coder: Coder) -> OfferView:
        """The offer as the comparison takes it."""
        told = {name: self.values.get(name) for name in _PARTS}
        if told.pop("pay_period") != _MONTH:
            told |= {"pay_min": None, "pay_max": None}
        trade = coder.taxonomy.occupations.get(str(told.pop("occupation")))
        # The layout has names of places and no codes of the gazetteer; the words say as much.
        where = [told.pop(name) for name in ("place", "district", "province")]
        place = ", ".join(dict.fromkeys(str(part) for part in where if part)) or None
        told |= {
            "pay_low": told.pop("pay_min"),
            "pay_high": told.pop("pay_max"),
            "currency": told.pop("pay_currency"),
        }
        known = {field.name for field in fields(OfferView)}
        given = {name: value for name, value in told.items() if name in known}
        return OfferView(key=key, place=place, isco=trade.isco if trade else None, **given)  # type: ignore[arg-type]


class OpenElsewhere:
    """The open vacancies of other sources, read when the first offer asks for them."""

    def __init__(self, source: str, coder: Coder) -> None:
        self._source = source
        self._coder = coder
        self._index: DuplicateIndex | None = None
        self._readings: dict[str, Reading] = {}

    def same_as(self, session: Session, offer: Mapping[str, object]) -> uuid.UUID | None:
        """The open vacancy of another source that an offer (columns of the table) is decided to be, or None.

        Of several the likeliest is taken; what is left unsure is for a person to settle and is no duplicate.
        """
        index = self._loaded(session)
        if not len(index):
            return None
        view = _Told(offer).view("", self._coder)
        ours = read(view)
        verdicts = [(compare(ours, self._readings[key]), key) for key in index.candidates_of(ours)]
        same = [(verdict.score, key) for verdict, key in verdicts if verdict.answer is Answer.SAME]
        return uuid.UUID(max(same)[1]) if same else None

    def _loaded(self, session: Session) -> DuplicateIndex:
        if self._index is None:
            self._index = DuplicateIndex()
            columns = [getattr(Vacancy, name) for name in _PARTS]
            others = pick(Vacancy.id, *columns).where(
                col(Vacancy.status) == VacancyStatus.OPEN.value, col(Vacancy.source) != self._source
            )
            for row in session.execute(others.execution_options(yield_per=1000)):
                told = dict(zip(_PARTS, row[1:], strict=True))
                reading = read(_Told(told).view(str(row[0]), self._coder))
                self._readings[reading.view.key] = reading
                self._index.add_read(reading)
        return self._index
