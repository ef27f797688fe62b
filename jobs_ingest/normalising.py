"""From what a source wrote to cells of the documented layout, each reading beside the words it was read from.

What a source states in the layout's own columns stays. The texts beside them (``sources.base.TEXT_CELLS``) fill the
columns that are still empty; a cell that does not fit its own column is taken for such a text, so that it costs
nobody the whole row. What cannot be read stays empty and is counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import lru_cache

from jobs_ingest.course_steps import terms_in_words
from jobs_ingest.normal_fields import contract, deadline, duration, entry, pay, place, posted, requirements
from jobs_ingest.normal_values import Normalised, Unread, Work
from jobs_ingest.normalise import CONTRACTS
from jobs_ingest.sources.base import LAYOUTS, RawOffer
from jobs_ingest.sources.config import SourceConfig
from profiling.fields import EDUCATION_LEVELS, PAY_PERIODS, Row

__all__ = ["NORMALISED", "Normalised", "Unread", "normalise"]

#: Characters of a cell up to which it is remembered whether it fits: such cells are much alike.
_SHORT = 60
#: Which text a cell is taken for when it does not fit its column; under which label where it stands among others.
_TEXT_OF: Mapping[str, tuple[str, str]] = {
    "pay_min": ("pay", ""),
    "pay_max": ("pay", ""),
    "pay_period": ("pay", ""),
    "pay_currency": ("pay", ""),
    "posted_on": ("posted", ""),
    "closes_on": ("deadline", ""),
    "contract": ("employment", ""),
    "openings": ("openings", ""),
    "country": ("place", ""),
    "accommodation": ("benefits", "Accommodation"),
    "transport": ("benefits", "Transport"),
    "experience_years": ("requirements", "Experience"),
    "education_level": ("requirements", "Education"),
    "languages": ("requirements", "Languages"),
    "weeks": ("duration", ""),
    "hours": ("duration", ""),
}
_FITS: Mapping[str, Callable[[Row, str], object]] = {
    "pay_min": Row.number,
    "pay_max": Row.number,
    "pay_currency": Row.currency,
    "pay_period": lambda row, column: row.choice(column, PAY_PERIODS),
    "posted_on": Row.day,
    "closes_on": Row.day,
    "contract": lambda row, column: row.choice(column, CONTRACTS),
    "openings": Row.whole,
    "country": Row.country,
    "accommodation": Row.yes_no,
    "transport": Row.yes_no,
    "experience_years": Row.number,
    "education_level": lambda row, column: row.choice(column, EDUCATION_LEVELS),
    "languages": Row.languages,
    "weeks": Row.number,
    "hours": Row.number,
}


def normalise(offer: RawOffer, config: SourceConfig, today: datetime.date) -> Normalised:
    """An offer by the documented layout. ``today`` is the day from which relative dates count.

    Nothing is refused here: what no column can hold is refused by the importer, with its reason.
    """
    given, stated = _sorted_out(offer.cells, config.offers)
    work = Work(given, stated, config.country, today, identity=dict(offer.cells))
    for step in _STEPS[config.offers]:
        step(work)
    cells = {name: text for name, text in work.cells.items() if text}
    return Normalised(cells, tuple(work.read), tuple(dict.fromkeys(work.unread)), work.identity)


def _sorted_out(cells: Mapping[str, str], offers: str) -> tuple[dict[str, str], dict[str, str]]:
    """The texts by name, and the cells that fit their columns."""
    texts: dict[str, str] = {}
    stated: dict[str, str] = {}
    columns = LAYOUTS[offers]
    for name, text in cells.items():
        told = text.strip()
        if not told:
            continue
        if name not in columns or (name in _TEXT_OF and name in _FITS and not _fits(name, told)):
            other, label = _TEXT_OF.get(name, (name, ""))
            line = f"{label}: {told}" if label else told
            texts[other] = f"{texts[other]}\n{line}" if other in texts else line
        else:
            stated[name] = told
    return texts, stated


def _fits(column: str, text: str) -> bool:
    return _short_one_fits(column, text) if len(text) <= _SHORT else _reads(column, text)


@lru_cache(maxsize=16_384)
def _short_one_fits(column: str, text: str) -> bool:
    return _reads(column, text)


def _reads(column: str, text: str) -> bool:
    row = Row(0, {column: text})
    _FITS[column](row, column)
    return not row.problems


_Step = Callable[[Work], None]
#: In this order: the place tells which rupee is meant, the day of posting from where a deadline counts.
_STEPS: Mapping[str, tuple[_Step, ...]] = {
    "vacancies": (place, pay, posted, deadline, contract, requirements),
    "courses": (place, duration, entry, terms_in_words),
}
#: Fields that ``normalise`` reads; coding again leaves them alone (``jobs_ingest.recode``).
NORMALISED = frozenset(
    (
        "country province district pay_min pay_max pay_currency pay_period posted_on closes_on contract openings"
        " accommodation transport duration"
    ).split()
)
