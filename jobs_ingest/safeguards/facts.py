"""What the fields of an offer show without reading sentences: no employer, pay too good, no licence number."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import DATA, fold
from jobs_ingest.safeguards.values import Flag, Kind, OfferText, Severity, Where
from profiling.codes import CountryCode

FOLDER = DATA / "safeguards"
#: Words in the place of a name that name nobody.
_NOBODY = re.compile(
    r"\W*(?:confidential\w*|undisclosed|not (?:disclosed|mentioned|specified|available)|n\W?a|none|nil|unknown"
    r"|private|(?:a |an |the )?(?:very )?(?:reputed|reputable|leading|renowned|well known|good|private|our client)?"
    r"\s*(?:company|organi[sz]ation|client|employer|firm|agency|group|group of companies))?\W*"
)
#: Marks of a firm's name within a text.
_FIRM = re.compile(
    r"\b(?:pvt|ltd|limited|llc|l\.l\.c|wll|w\.l\.l|plc|inc|sdn\s+bhd|gmbh|fze|fzco|fzc|co\.)(?![a-z])"
    r"|\bp\.?\s?ltd|प्रा\.?\s?लि|प्रालि|लिमिटेड|लिमिटेड|লিমিটেড|লিঃ|لمیٹڈ|සමාගම\s*\(|පුද්ගලික\) |லிமிடெட்"
)
_TWO_DIGITS = re.compile(r"\d\D*\d")


@dataclass(frozen=True, slots=True)
class Limits:
    """Highest pay per month that is not remarkable, by ISCO-08 major group (1 to 9), in one currency."""

    currency: str
    by_group: Mapping[str, float]


@cache
def limits() -> Mapping[str, Limits]:
    """The limits by country code. Raises ``ValueError`` when a row has not a currency and nine numbers."""
    rows = tomllib.loads((FOLDER / "limits.toml").read_text(encoding="utf-8"))
    found: dict[str, Limits] = {}
    for country, row in rows.items():
        currency, *numbers = row
        if len(numbers) != 9 or not isinstance(currency, str):
            raise ValueError(f"limits.toml, {country}: a currency and nine numbers are wanted")
        groups = {str(at): float(number) for at, number in enumerate(numbers, 1)}
        found[CountryCode(country)] = Limits(currency, groups)
    return found


@cache
def _licence_numbers() -> re.Pattern[str]:
    tables = tomllib.loads((FOLDER / "licences.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{source})" for sources in tables.values() for source in sources))


def names_employer(offer: OfferText) -> bool:
    """Whether the field or the text names who employs."""
    if not _NOBODY.fullmatch(fold(offer.employer or "")):
        return True
    return any(_FIRM.search(fold(text)) for text in (offer.title, offer.description))


def states_licence(offer: OfferText) -> bool:
    """Whether a recruiter's licence or approval number stands in its field or in the text."""
    if offer.licence and _TWO_DIGITS.search(fold(offer.licence)):
        return True
    pattern = _licence_numbers()
    return any(pattern.search(fold(text)) for text in (offer.title, offer.description, offer.employer or ""))


def of_fields(offer: OfferText, *, employer_named: bool) -> Iterator[Flag]:
    """The flags that the fields alone give."""
    if not employer_named:
        severity = Severity.HOLD if offer.overseas else Severity.NOTE
        words = offer.employer or ""
        yield _flag(Kind.NO_EMPLOYER, Where.EMPLOYER, words, severity)
    if offer.overseas and not states_licence(offer):
        # Marked, not held: sources seldom carry the number, and a counsellor asks for it before anyone applies.
        yield _flag(Kind.LICENCE, Where.LICENCE, offer.licence or "", Severity.NOTE)
    if said := _too_good(offer):
        yield _flag(Kind.PAY, Where.PAY, said)


def _flag(kind: Kind, where: Where, words: str, severity: Severity = Severity.HOLD) -> Flag:
    return Flag(kind, severity, where, words, 0, len(words), kind.value)


def _too_good(offer: OfferText) -> str | None:
    """The pay as words when it lies above the limit of its country and group."""
    pay = offer.pay
    if pay is None or offer.country is None:
        return None
    limit = limits().get(offer.country)
    figures = [figure for figure in (pay.low, pay.high) if figure is not None]
    if limit is None or limit.currency != pay.currency.upper() or not figures:
        return None
    group = (offer.isco or "")[:1]
    highest = limit.by_group.get(group, max(limit.by_group.values()))
    return f"{max(figures):g} {limit.currency}" if max(figures) > highest else None
