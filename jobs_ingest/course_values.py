"""What is read of a course, as values. Each stands beside the words that say it; None is not known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Per(StrEnum):
    """What a stipend is paid for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    COURSE = "course"


class Mode(StrEnum):
    """When and how a course is held."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    EVENING = "evening"
    MORNING = "morning"
    WEEKEND = "weekend"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """A value and the words it was read from."""

    value: T
    words: str


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money; ``currency`` is an ISO 4217 code, or None when no word and no country tells it.

    ``per`` is said of a stipend alone; None: the text does not tell.
    """

    amount: float
    currency: str | None = None
    per: Per | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What a certificate counts as: a framework of ``docs/layouts.md`` (or as printed) and its level."""

    framework: str | None
    level: int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of competency; ``code`` is empty where none is given."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """Everything that the text of a course tells of its terms.

    ``intakes`` are ISO dates as precise as they are given (``2027-01-15``, ``2027-01``), or ``--01`` and
    ``--01-15`` for each year's. ``limits`` are words on age and sex: noted, never used to leave anybody out.
    """

    cost: Said[Price] | None = None
    stipend: Said[Price] | None = None
    seats: Said[int] | None = None
    intakes: tuple[Said[str], ...] = ()
    level: Said[Level] | None = None
    units: tuple[Said[Unit], ...] = ()
    lodging: Said[bool] | None = None
    childcare: Said[bool] | None = None
    languages: tuple[Said[str], ...] = ()
    modes: tuple[Said[Mode], ...] = ()
    age_limits: tuple[str, ...] = ()
    sex_limits: tuple[str, ...] = ()
