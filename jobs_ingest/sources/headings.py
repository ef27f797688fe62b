"""A mapping proposed from a table's header and some of its rows, for a person to confirm."""

from __future__ import annotations

import datetime
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rapidfuzz import fuzz, process

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.dates import read_date
from jobs_ingest.reading.pay import read_pay
from jobs_ingest.reading.values import PayUnknown
from jobs_ingest.sources.config import mapped_columns

#: Rows that are looked at, and how long a sample is shown.
SAMPLES, _SHOWN = 20, 60
#: Likeness (rapidfuzz, 0 to 100) from which a header counts as misspelt or reordered, and letters it must have.
_ALIKE, _LEAST_LETTERS = 83, 5
#: Share of the values that must look as the column's do; of texts fewer, because a title may be a number.
_SHARE = 0.6
_MARKS = str.maketrans(dict.fromkeys(string.punctuation + "–—।", " "))
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_NUMBER = re.compile(r"[\d,. ]+\+?(?:\s*[^\W\d]+\.?)?")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
#: Only for finding out whether a text is a date at all.
_A_DAY = datetime.date(2026, 1, 1)


class Why(StrEnum):
    """Why a column was proposed."""

    NAME = "name"
    SYNONYM = "synonym"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """What one header may mean. ``column`` is None when nothing fits; ``doubt`` says what speaks against it."""

    header: str
    column: str | None
    why: Why | None
    likeness: float
    samples: tuple[str, ...]
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed mapping. ``missing`` are columns that an offer needs and no header gives."""

    offers: str
    columns: tuple[ProposedColumn, ...]
    missing: tuple[str, ...]

    def mapping(self) -> dict[str, tuple[str, ...]]:
        """Our column to their headers, without the doubtful ones; to be confirmed by a person."""
        found: dict[str, tuple[str, ...]] = {}
        for proposed in self.columns:
            if proposed.column and not proposed.doubt:
                found[proposed.column] = (*found.get(proposed.column, ()), proposed.header)
        return found


#: Columns that several of theirs may fill together.
_JOINED = frozenset(("requirements",))
_NEEDED = {"vacancies": ("title",), "courses": ("title", "kind")}


def propose(header: Sequence[str], samples: Sequence[Mapping[str, str]], offers: str = "vacancies") -> Proposal:
    """What each header means: our own name, a known synonym (seven languages), or one spelt nearly so.

    ``samples`` are some rows by header; a column of dates is no pay. A column of ours is proposed once, for the
    header that fits it best. ``offers`` is ``vacancies`` or ``courses``.
    """
    ranked = sorted(((*_meaning(name, offers), name) for name in header), key=lambda found: -found[2])
    chosen: dict[str, ProposedColumn] = {}
    taken: dict[str, str] = {}
    for column, why, likeness, name in ranked:
        values = [row[name] for row in samples[:SAMPLES] if row.get(name, "").strip()]
        shown = tuple(dict.fromkeys(_short(value) for value in values))[:3]
        doubt = None
        if column in taken and column not in _JOINED:
            doubt = f"{taken[column]} was taken for {column} already"
        elif column:
            doubt = _doubt(column, values)
            if not doubt:
                taken[column] = name
        chosen[name] = ProposedColumn(name, column, why, likeness, shown, doubt)
    missing = tuple(column for column in _NEEDED[offers] if column not in taken)
    return Proposal(offers, tuple(chosen[name] for name in header), missing)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 3]}..."


def header_key(text: str) -> str:
    """A header as it is compared: lower case, no marks, single spaces."""
    return " ".join(text.casefold().translate(_MARKS).split())


@cache
def _synonyms(offers: str) -> dict[str, tuple[str, Why]]:
    known = {
        header_key(name): (column, Why.SYNONYM)
        for column, names in table("headers")[offers].items()
        for name in names
    }
    return known | {header_key(column): (column, Why.NAME) for column in mapped_columns(offers)}


def _meaning(name: str, offers: str) -> tuple[str | None, Why | None, float]:
    """The column, why, and how alike (0 to 100)."""
    known = _synonyms(offers)
    keys = [header_key(name), header_key(_IN_BRACKETS.sub(" ", name))]
    for key in keys:
        if key in known:
            return (*known[key], 100.0 if known[key][1] is Why.NAME else 99.0)
    long = [name for name in known if len(name) >= _LEAST_LETTERS]
    near = [
        found
        for key in keys
        if len(key) >= _LEAST_LETTERS
        and (found := process.extractOne(key, long, scorer=_likeness, score_cutoff=_ALIKE))
    ]
    if not near:
        return None, None, 0.0
    best = max(near, key=lambda found: found[1])
    return known[best[0]][0], Why.ALIKE, round(float(best[1]), 1)


def _likeness(one: str, other: str, *, score_cutoff: float | None = None, **_: object) -> float:
    """Spelt nearly so, or of the same words in another order."""
    return max(
        fuzz.ratio(one, other, score_cutoff=score_cutoff),
        fuzz.token_sort_ratio(one, other, score_cutoff=score_cutoff),
    )


def _is_date(text: str) -> bool:
    return len(text) <= _SHOWN and read_date(text, _A_DAY).day is not None


def _is_pay(text: str) -> bool:
    if _is_date(text) and not _NUMBER.fullmatch(text):
        return False
    read = read_pay(text)
    return read.stated is not None or read.why not in (None, PayUnknown.NOT_SAID) or bool(_NUMBER.fullmatch(text))


def _is_words(text: str) -> bool:
    return bool(_WORD.search(text)) and not (_ADDRESS.fullmatch(text) or _is_date(text))


_LOOKS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "pay": (_is_pay, "pay"),
    "date": (_is_date, "dates"),
    "number": (lambda text: bool(_NUMBER.fullmatch(text.strip())) and not _is_date(text), "numbers"),
    "words": (_is_words, "words"),
    "address": (lambda text: bool(_ADDRESS.fullmatch(text.strip())), "web addresses"),
}


def _doubt(column: str, values: Sequence[str]) -> str | None:
    """What speaks against a column by its values."""
    look = table_of_looks().get(column)
    if not look or not values:
        return None
    fits, named = _LOOKS[look]
    good = sum(1 for value in values if fits(value))
    if good >= _SHARE * len(values):
        return None
    enough = _SHARE * len(values)
    other = next((name for test, name in _LOOKS.values() if sum(map(test, values)) >= enough), "something else")
    return f"its values look like {other}, and {column} holds {named}"


@cache
def table_of_looks() -> Mapping[str, str]:
    """What the values of a column look like, by column."""
    looks: dict[str, str] = table("headers")["looks"]
    return looks
