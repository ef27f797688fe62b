"""Amounts of money in a text: numbers of any script and grouping, their unit, currency and range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.words import one_of, owner, plain, squeezed, words

_SPACED = r"\d{1,3}(?: \d{3}){1,3}(?![\d,])"
_NUMBER = r"(?:\d{1,3}(?:,\s?\d{2,3})*,\s?\d{3,4}(?![\d])|\d+)(?:\.\d+)?"
#: What stands before a number that has no currency before it: no digit, letter or part of a decimal.
_ALONE = r"(?<![\w.,])"
_LOOSE = r"[\s.:-]{0,3}"
_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"[\d.,]+")
_LONGEST_CURRENCY = 26
#: Behind a number: "/-", "/=" and ".-" stand for whole rupees.
_DASH = r"(?:\s?[/.][-=]{1,2}|\s?=/)?"
_UNIT_OF = {"k": 1e3, "lakh": 1e5, "lakh_a_year": 1e5, "crore": 1e7, "million": 1e6, "billion": 1e9}
#: Currencies of a thousand parts: three digits behind a dot are decimals, elsewhere a thousand.
_THREE_DECIMALS = frozenset({"KWD", "BHD", "OMR", "JOD"})
#: A pay has at most so many digits; longer numbers are telephones and registrations.
_MOST_DIGITS = 9
_MOST_PAY = 1e11


@dataclass(frozen=True, slots=True)
class Money:
    """An amount or a range of amounts, ``least`` <= ``most``; ``start`` and ``end`` are its span.

    ``currency`` is an ISO code or, for a word that several currencies share, the name of its family; ``unit`` is
    the word class of the multiplier (``k``, ``lakh``, ...); ``small`` the smallest number written out.
    """

    least: float
    most: float
    currency: str | None
    unit: str | None
    ranged: bool
    start: int
    end: int


@cache
def currencies() -> dict[str, str]:
    """Each word for money with its ISO code or, where several currencies share it, the name of its family."""
    families = {name: family["words"] for name, family in table("pay")["family"].items()}
    return owner("pay", "currency") | {
        squeezed(plain(phrase)): name for name, phrases in families.items() for phrase in phrases
    }


@cache
def _pattern() -> re.Pattern[str]:
    currency = one_of(currencies())
    unit = one_of(owner("pay", "numbers"))

    def amount(tag: str, before: str) -> str:
        glued = rf"(?P<before{tag}>{currency}){_LOOSE}(?P<glued{tag}>{_SPACED}|{_NUMBER})"
        number = rf"(?:{glued}|{before}(?P<bare{tag}>{_SPACED}(?=\s?{currency})|{_NUMBER}))"
        return rf"{number}{_DASH}\s?(?P<unit{tag}>{unit})?{_DASH}(?:\s?\(?(?P<behind{tag}>{currency})\)?)?"

    # A period may stand between the two ends: "Rs 500 per day to 700 per day".
    gap = rf"(?:\s?{one_of(owner('pay', 'period'))})?\s{{0,2}}(?P<to>{one_of(words('pay', 'edge', 'to'))})\s{{0,2}}"
    return re.compile(rf"{amount('1', _ALONE)}(?:{gap}{amount('2', '')})?")


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"{one_of(currencies())}{_LOOSE}\Z")


def _value(number: str, currency: str | None) -> float:
    whole, dot, part = re.sub(r"[,\s]", "", number).partition(".")
    if dot and len(part) == 3 and len(whole) <= 3 and whole != "0" and currency not in _THREE_DECIMALS:
        return float(whole + part)
    return float(f"{whole}.{part or 0}")


def _is_amount(found: re.Match[str], tag: str, folded: str) -> bool:
    """Not cut out of a longer number or word, and not a percentage."""
    number = found[f"glued{tag}"] or found[f"bare{tag}"]
    at = found.end(f"glued{tag}") if found[f"glued{tag}"] else found.end(f"bare{tag}")
    digits = len(re.sub(r"\D", "", number.partition(".")[0]))
    follows = folded[at : at + 1]
    # A case ending of another script may follow a currency's amount: "රු. 55,000යි".
    ending = not follows.isascii() and bool(found[f"before{tag}"])
    glued_word = follows.isalpha() and not ending and not found[f"unit{tag}"] and not found[f"behind{tag}"]
    cut = bool(re.match(r"[.,]?\d|\s?%|:\d", folded[at:]))
    return digits <= _MOST_DIGITS and not cut and not glued_word


def find_money(folded: str) -> Iterator[Money]:
    """The amounts of a text that ``plain`` has folded, left to right."""
    at = 0
    while digit := _DIGIT.search(folded, at):
        found = _at(folded, digit.start(), at)
        if not found or not _is_amount(found, "1", folded):
            run = _RUN.match(folded, digit.start())
            at = run.end() if run else digit.end()
            continue
        second = bool(found["to"]) and _is_amount(found, "2", folded) and _joins(found, folded)
        money = _read(found, second)
        if second and money is None:
            second, money = False, _read(found, False)
        at = found.end() if second else _end_of_first(found)
        if money:
            yield money


def _at(folded: str, digit: int, start: int) -> re.Match[str] | None:
    """The amount whose first digit stands at a place, with the currency before it."""
    before = _before().search(folded, max(start, digit - _LONGEST_CURRENCY), digit)
    return _pattern().match(folded, before.start() if before else digit)


def _joins(found: re.Match[str], folded: str) -> bool:
    """ "And" joins the ends of a range only behind "between"."""
    return found["to"] not in ("and", "or") or "between" in folded[max(0, found.start() - 16) : found.start()]


def _end_of_first(found: re.Match[str]) -> int:
    return max(found.end(name) for name in ("glued1", "bare1", "unit1", "behind1"))


def _end(found: re.Match[str], second: bool) -> int:
    """Where the amount ends, without the spaces behind it."""
    return found.start() + len(found[0].rstrip()) if second else _end_of_first(found)


def _read(found: re.Match[str], second: bool) -> Money | None:
    codes = currencies()
    tags = ("1", "2") if second else ("1",)
    said = [found[f"{side}{tag}"] for tag in tags for side in ("before", "behind")]
    known = [codes[squeezed(word)] for word in said if word]
    currency = next((code for code in known if code.isupper()), known[0] if known else None)
    numbers = [_value(found[f"glued{tag}"] or found[f"bare{tag}"], currency) for tag in tags]
    units = [_unit(found[f"unit{tag}"]) for tag in tags]
    times = [_UNIT_OF[unit] if unit else 1.0 for unit in units]
    if second and not units[0] and numbers[0] <= numbers[1]:
        times[0] = times[1]
    if second and units[0] and not units[1] and numbers[1] < 1000 and numbers[0] <= numbers[1]:
        times[1] = times[0]
    values = sorted(round(number * time, 4) for number, time in zip(numbers, times, strict=True))
    # Two numbers far apart are not the ends of one range.
    if values[-1] > _MOST_PAY or (second and values[0] * 25 < values[-1]):
        return None
    unit = next((unit for unit in reversed(units) if unit), None)
    return Money(values[0], values[-1], currency, unit, second, found.start(), _end(found, second))


def _unit(word: str | None) -> str | None:
    return owner("pay", "numbers")[squeezed(word)] if word else None
