"""A vacancy as it is compared: from the columns of a stored one, or from the fields of an offer that comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from jobs_ingest.duplicates import OfferView
from jobs_ingest.duplicates.deciding import Reading, read
from jobs_ingest.duplicates.keys import keys_of
from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.words import spelt
from profiling.coding import Coder

_MONTH = "month"
#: What two posts that are the same but for their number have in the same words, in the same values, and, where both
#: tell it, in the same values.
_WORDS = ("title", "employer", "place", "district", "province", "description")
_VALUES = (
    "country", "pay_min", "pay_max", "pay_currency", "pay_period", "essential_text", "wished_text",
)  # fmt: skip
_TOLD = ("contract", "experience_years", "education_level", "framework", "level", "accommodation", "transport")
#: What a post with a text may change when it is posted again.
_RENEWED = ("openings", "posted_on", "closes_on")
#: The columns by which most candidates are told apart at sight, and all that are looked at.
HEAD = ("title", "employer", "country", "place", "district", "province")
COLUMNS = tuple(dict.fromkeys((*_WORDS, *_VALUES, *_TOLD, *_RENEWED, "source", "occupation")))


@dataclass(frozen=True)
class Post:
    """A vacancy, by the names of its columns, with what is made of it when it is asked for."""

    key: str
    told: Mapping[str, object]
    coder: Coder

    @cached_property
    def view(self) -> OfferView:
        """It as the comparison takes it."""
        told = self.told
        by_month = told.get("pay_period") == _MONTH
        trade = self.coder.taxonomy.occupations.get(str(told.get("occupation")))
        # The layout has names of places and no codes of the gazetteer; the words say as much.
        where = dict.fromkeys(text for name in ("place", "district", "province") if (text := self._text(name)))
        return OfferView(
            self.key, self._text("title") or "", self._text("employer"), self._text("description"),
            self._text("country"), place=", ".join(where) or None,
            pay_low=self._number("pay_min") if by_month else None,
            pay_high=self._number("pay_max") if by_month else None,
            currency=self._text("pay_currency"), posted_on=self._day("posted_on"),
            closes_on=self._day("closes_on"), openings=None, source=self._text("source"),
            isco=str(trade.isco) if trade else None,
        )  # fmt: skip

    @cached_property
    def reading(self) -> Reading:
        """It, taken apart."""
        return read(self.view)

    @cached_property
    def keys(self) -> frozenset[int]:
        """The keys by which it is found."""
        return keys_of(self.reading, self._text("district"))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its texts as their words, without regard to signs and letter case."""
        return tuple(" ".join(spelt(self._text(name) or "")) for name in _WORDS)

    def is_twin(self, other: Post) -> bool:
        """Whether two posts say the same in everything but their number.

        What only one of them tells parts nothing when it is among what is read from the text. Days and openings
        may have changed where there is a text to know a post by.
        """
        ours, theirs = self.told, other.told
        if self.words != other.words or any(_plain(ours, name) != _plain(theirs, name) for name in _VALUES):
            return False
        for name in _TOLD:
            mine, others = ours.get(name), theirs.get(name)
            if mine is not None and others is not None and mine != others:
                return False
        if len(self.reading.text.pairs) >= table().many_pairs:
            return True
        return all(ours.get(name) == theirs.get(name) for name in _RENEWED)

    def _text(self, name: str) -> str | None:
        value = self.told.get(name)
        return value if isinstance(value, str) and value else None

    def _number(self, name: str) -> float | None:
        value = self.told.get(name)
        return float(value) if isinstance(value, int | float) else None

    def _day(self, name: str) -> date | None:
        value = self.told.get(name)
        return value if isinstance(value, date) else None


def _plain(told: Mapping[str, object], name: str) -> object:
    """A value with one way to be empty."""
    return told.get(name) or None
