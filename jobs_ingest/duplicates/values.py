"""Vacancies as they are compared, and what the comparison says: plain values between the modules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class OfferView:
    """What a comparison looks at. Anything that a source does not say is None.

    ``country``: ISO 3166-1 alpha-2. ``province`` and ``district``: codes of the gazetteer. ``place``: as written.
    ``pay_low`` and ``pay_high``: per month, in ``currency`` (ISO 4217). ``isco``: an ISCO-08 group of one to four
    digits.
    """

    key: str
    title: str
    employer: str | None = None
    description: str | None = None
    country: str | None = None
    province: str | None = None
    district: str | None = None
    place: str | None = None
    pay_low: float | None = None
    pay_high: float | None = None
    currency: str | None = None
    posted_on: date | None = None
    closes_on: date | None = None
    openings: int | None = None
    source: str | None = None
    isco: str | None = None


class Answer(StrEnum):
    """Whether two posts are one vacancy; UNSURE is for a person to settle."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Part(StrEnum):
    """What is compared; each has its levels and points in ``data/duplicates.toml``."""

    TITLE = "title"
    TRADE = "trade"
    GRADE = "grade"
    MARK = "mark"
    EMPLOYER = "employer"
    PLACE = "place"
    PAY = "pay"
    WORK = "work"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part compared: its level, such as ``same``, and the words of both sides that led to it."""

    part: Part
    level: str
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A finding with its points: above 0 it speaks for one vacancy, below 0 for two."""

    part: Part
    level: str
    points: float
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of two posts.

    ``score``: 0 to 1, the sum of the points of ``reasons`` brought to the range of a probability. ``renewed``: the
    same post again after more than 90 days.
    """

    answer: Answer
    score: float
    reasons: tuple[Reason, ...]
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Posts that are one vacancy, the oldest first.

    ``weakest``: the lowest score of two of them (1 for a single post). ``doubts``: posts outside that a person
    should compare with these.
    """

    keys: tuple[str, ...]
    weakest: float
    doubts: tuple[str, ...] = ()
