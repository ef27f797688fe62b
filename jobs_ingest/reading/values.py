"""What is read of pay and contracts. Each value holds its words and their span: ``text[start:end] == words``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PayPeriod(StrEnum):
    """What an amount is paid for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    PIECE = "piece"


class PayUnknown(StrEnum):
    """Why no month's pay is known."""

    NOT_SAID = "not_said"
    NEGOTIABLE = "negotiable"
    COMPANY_POLICY = "company_policy"
    ATTRACTIVE = "attractive"
    NOT_DISCLOSED = "not_disclosed"
    UNPAID = "unpaid"
    COMMISSION = "commission"
    MINIMUM_WAGE = "minimum_wage"
    #: Pay is named and no amount could be read.
    UNREADABLE = "unreadable"
    #: An amount by the piece says nothing of a month.
    BY_PIECE = "by_piece"
    #: An amount is told, not what it is for, and it fits neither a month nor a year.
    PERIOD_NOT_SAID = "period_not_said"


class PayNote(StrEnum):
    """What was assumed, or stays open, about a pay."""

    MONTH_ASSUMED = "month_assumed"
    YEAR_ASSUMED = "year_assumed"
    #: A month of 26 working days; a day of 8 hours; a year of 52 weeks.
    DAYS_26 = "days_26"
    HOURS_8 = "hours_8"
    WEEKS_52 = "weeks_52"
    CURRENCY_OF_COUNTRY = "currency_of_country"
    DOLLAR_OF_US = "dollar_of_us"
    #: The word may mean several currencies, and the country does not tell which.
    CURRENCY_AMBIGUOUS = "currency_ambiguous"
    CURRENCY_NOT_SAID = "currency_not_said"
    ALSO_NEGOTIABLE = "also_negotiable"


@dataclass(frozen=True, slots=True)
class StatedPay:
    """A pay as it was written. No ``least``: "up to"; no ``most``: "from"; equal: one amount."""

    least: float | None
    most: float | None
    currency: str | None
    period: PayPeriod | None
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is paid beside the basic (``food``, ``housing``, ``transport``, ...); the amount where it is told."""

    kind: str
    amount: float | None
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PayReading:
    """The pay of a text: per month in ``currency`` (ISO 4217), what was stated, and what was assumed.

    ``why`` is set when neither ``lowest`` nor ``highest`` is known; ``stated`` may stand there all the same.
    """

    lowest: float | None = None
    highest: float | None = None
    currency: str | None = None
    stated: StatedPay | None = None
    allowances: tuple[Allowance, ...] = ()
    notes: tuple[PayNote, ...] = ()
    why: PayUnknown | None = None


class Told(StrEnum):
    """Whether something is given."""

    YES = "yes"
    NO = "no"
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class Benefit:
    """Accommodation, transport or food: given, not given or not said, with the words."""

    told: Told = Told.NOT_SAID
    words: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number told, or the two ends of a range."""

    least: float
    most: float
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ContractReading:
    """Kind of contract (one of ``jobs_ingest.vacancies.CONTRACTS``), openings, hours and what is given.

    ``kind`` is None when the text does not say. Hours a day and a week are in hours, days a week in days.
    """

    kind: str | None = None
    kind_words: str | None = None
    kind_start: int = 0
    kind_end: int = 0
    openings: Figure | None = None
    hours_a_day: Figure | None = None
    hours_a_week: Figure | None = None
    days_a_week: Figure | None = None
    accommodation: Benefit = Benefit()
    transport: Benefit = Benefit()
    food: Benefit = Benefit()
