"""What the safeguards find in a vacancy as it is stored: at which place of which column, by which rules."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from jobs_ingest.demands.lexicon import DATA
from jobs_ingest.reading.pay import PER_MONTH
from jobs_ingest.reading.values import PayPeriod
from jobs_ingest.safeguards import Flag, Kind, OfferText, Pay, Severity, check
from profiling.codes import CountryCode
from profiling.taxonomy import Taxonomy

#: Counted up when this module looks at a vacancy in another way; the rules themselves are hashed.
_WAY = 1
#: Between these no permit and no licensed recruiter is asked for: the Treaty of Peace and Friendship between India
#: and Nepal, 1950, article 7.
_FREE = frozenset({frozenset({"IN", "NP"})})
_LISTS = ("essential_text", "wished_text")
#: The columns that are looked at.
COLUMNS = (
    "id title description essential_text wished_text employer country pay_min pay_max pay_currency pay_period"
    " occupation"
).split()


@cache
def _rules() -> str:
    """Another when a file of the safeguards or the way of looking has changed."""
    made = hashlib.sha256(str(_WAY).encode())
    for path in sorted((DATA / "safeguards").glob("*.toml")):
        made.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{_WAY}-{made.hexdigest()[:16]}"


def rules_version(homes: Collection[str]) -> str:
    """By which rules, and for people of which countries, vacancies are looked at now."""
    return " ".join((_rules(), *sorted(homes)))


@dataclass(frozen=True, slots=True)
class Found:
    """A flag at its place in a column of the vacancy, or in ``pay`` or ``licence``."""

    kind: Kind
    severity: Severity
    field: str
    words: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str, str]:
        """By what a decision is known again: kind, field and words, however they are spaced and capitalised."""
        return key_of(self.kind, self.field, self.words)


def key_of(kind: str, field: str, words: str) -> tuple[str, str, str]:
    """As ``Found.key``, of a stored flag."""
    return str(kind), field, " ".join(words.casefold().split())


def find_flags(vacancy: sa.Row[Any], taxonomy: Taxonomy, homes: Collection[str]) -> list[Found]:
    """What the safeguards find in a vacancy, by its columns. ``homes``: the countries of the centres."""
    parts = {"description": vacancy.description or ""}
    parts |= {name: "\n".join(getattr(vacancy, name)) for name in _LISTS}
    offer = OfferText(
        title=vacancy.title,
        description="\n".join(parts.values()),
        employer=vacancy.employer,
        country=_country(vacancy.country) if vacancy.country else None,
        pay=_pay(vacancy),
        isco=taxonomy.isco_of(vacancy.occupation),
        overseas=is_overseas(vacancy.country, homes),
    )
    return [_placed(flag, parts) for flag in check(offer)]


def is_overseas(country: str | None, homes: Collection[str]) -> bool | None:
    """Whether work there is work abroad for the people of every centre; None when that is not known."""
    if country is None or not homes:
        return None
    return all(home != country and frozenset({home, country}) not in _FREE for home in homes)


@cache
def _country(code: str) -> CountryCode:
    return CountryCode(code)


def _pay(vacancy: sa.Row[Any]) -> Pay | None:
    """The pay per month, when amount, currency and period are stated."""
    low, high = vacancy.pay_min, vacancy.pay_max
    if vacancy.pay_currency is None or vacancy.pay_period is None or (low is None and high is None):
        return None
    factor = PER_MONTH[PayPeriod(vacancy.pay_period)]
    low, high = (None if figure is None else figure * factor for figure in (low, high))
    return Pay(low, high, vacancy.pay_currency)


def _placed(flag: Flag, parts: Mapping[str, str]) -> Found:
    """A flag with its place in the column that it stands in; the texts were read one after the other."""
    if flag.where.value != "description":
        return Found(flag.kind, flag.severity, flag.where.value, flag.words, flag.start, flag.end)
    begins = 0
    for name, text in parts.items():
        if flag.start < begins + len(text):
            start, end = flag.start - begins, flag.end - begins
            return Found(flag.kind, flag.severity, name, flag.words, start, end)
        begins += len(text) + 1
    raise AssertionError(f"{flag.kind} lies behind the text")
