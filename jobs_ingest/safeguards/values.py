"""What a safeguard looks at and what it says: plain values between the modules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from profiling.codes import CountryCode, IscoCode


class Kind(StrEnum):
    """What may be wrong with an offer; each has its words in ``data/safeguards/kinds.toml``."""

    FEE = "fee"
    DEPOSIT = "deposit"
    DOCUMENTS = "documents"
    UNPAID = "unpaid"
    DEBT = "debt"
    SEX = "sex"
    AGE = "age"
    FAMILY = "family"
    COMMUNITY = "community"
    LOOKS = "looks"
    NO_EMPLOYER = "no_employer"
    PRIVATE_CONTACT = "private_contact"
    PAY = "pay"
    LICENCE = "licence"
    CONTRACT = "contract"
    HOURS = "hours"
    CONFINEMENT = "confinement"


class Severity(StrEnum):
    """HOLD keeps the offer back until a person has looked; NOTE shows the offer with a mark."""

    HOLD = "hold"
    NOTE = "note"


class Where(StrEnum):
    """The field of the offer in which the words stand."""

    TITLE = "title"
    DESCRIPTION = "description"
    EMPLOYER = "employer"
    PAY = "pay"
    LICENCE = "licence"


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay per month as read: lowest and highest, in a currency (ISO 4217, such as ``QAR``)."""

    low: float | None
    high: float | None
    currency: str


@dataclass(frozen=True, slots=True)
class OfferText:
    """An offer as the safeguards see it.

    ``country`` is the country of the workplace. ``overseas`` says whether that is another country than the one
    in which the offer is made to people; None is not known, and then nothing is said of a recruiting licence.
    """

    title: str
    description: str = ""
    employer: str | None = None
    country: CountryCode | None = None
    pay: Pay | None = None
    isco: IscoCode | None = None
    licence: str | None = None
    overseas: bool | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing found: ``words`` stand at ``start`` to ``end`` (characters) of the field ``where``.

    What is missing (no employer, no licence number) has no words: they are empty and the span is 0 to 0.
    ``message`` is the key of the plain words, the same as the kind's table in ``kinds.toml``.
    """

    kind: Kind
    severity: Severity
    where: Where
    words: str
    start: int
    end: int
    message: str
