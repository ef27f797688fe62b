"""The pay of an advert: amounts that are pay (no fee, loan or turnover), their period, and the month's pay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel.core import UnknownLocaleError
from babel.numbers import get_territory_currencies

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.allowances import find_allowances
from jobs_ingest.reading.money import Money, currencies, find_money
from jobs_ingest.reading.values import PayNote, PayPeriod, PayReading, PayUnknown, StatedPay
from jobs_ingest.reading.words import (
    Signs,
    any_of,
    one_of,
    owner,
    pattern,
    phrases_of,
    plain,
    seen_in,
    squeezed,
    words,
)

#: Working days a month: a month's wage is divided by 26 to find the wage of a day (India, Payment of Gratuity Act
#: 1972, section 4(2), explanation; a six-day week leaves 26 of 30 days). Hours a day: ILO Convention 1 of 1919,
#: article 2; Nepal, Labour Act 2074, section 28. Weeks a year: 52.
DAYS_A_MONTH, HOURS_A_DAY, WEEKS_A_YEAR = 26, 8, 52
PER_MONTH = {
    PayPeriod.HOUR: float(HOURS_A_DAY * DAYS_A_MONTH),
    PayPeriod.DAY: float(DAYS_A_MONTH),
    PayPeriod.WEEK: WEEKS_A_YEAR / 12,
    PayPeriod.MONTH: 1.0,
    PayPeriod.YEAR: 1 / 12,
}
_NOTES_OF = {
    PayPeriod.HOUR: (PayNote.HOURS_8, PayNote.DAYS_26),
    PayPeriod.DAY: (PayNote.DAYS_26,),
    PayPeriod.WEEK: (PayNote.WEEKS_52,),
}
#: A cell or a headline: an amount in it needs no label.
_SHORT = 130
_WINDOW = 60
#: The smallest number without currency and unit that can be pay.
_LEAST_BARE, _LEAST_BARE_MONTH = 50, 1300
_BREAK = re.compile(r"[\n|;•!?⸻]|(?<=[^\W\d_]{4})\.\s")
#: "25,000 + incentives"
_PLUS = re.compile(r"\+\s*[^\W\d_]")
_DIGIT = re.compile(r"\d")
#: An amount is a whole text when at most four characters stand beside it.
_ALL_BUT = 5
_BASIC, _LABELLED, _TOLD, _ALONE = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class _Candidate:
    money: Money
    strength: int
    period: PayPeriod | None
    least: float | None
    most: float | None
    end: int


def read_pay(text: str, country: str | None = None) -> PayReading:
    """The lowest and highest pay per month that a text states, in its currency, with the words it was read from.

    ``country`` (ISO 3166, two letters) is that of the work: it tells which rupee or dollar is meant. The first
    amount that is pay is taken, a basic before a total. A day counts 8 hours, a month 26 working days (Payment of
    Gratuity Act 1972 of India, section 4(2)), a year 52 weeks or 12 months; the assumption is noted. No currency is
    ever converted. What cannot be read is unknown, with its kind in ``why``.
    """
    return read_stated_pay(text, country) or PayReading(why=_why(plain(text)))


def read_stated_pay(text: str, country: str | None = None) -> PayReading | None:
    """As ``read_pay``; None where a text states no pay."""
    folded = plain(text)
    amounts = tuple(find_money(folded)) if _may_state(folded) else ()
    chosen = _choose([found for money in amounts if (found := _judge(folded, money))])
    if not chosen:
        return None
    word = chosen.money.currency or _currency_beside(amounts)
    code, notes = _currency(word, country)
    period, assumed = _period(chosen, code or word)
    stated = StatedPay(
        chosen.least,
        chosen.most,
        code,
        period,
        text[chosen.money.start : chosen.end],
        chosen.money.start,
        chosen.end,
    )
    notes += assumed
    if pattern("pay", "unknown", "negotiable").search(folded, chosen.end, chosen.end + 45):
        notes += (PayNote.ALSO_NEGOTIABLE,)
    allowances = find_allowances(text, folded, chosen.end)
    factor = PER_MONTH.get(period) if period else None
    if factor is None:
        why = PayUnknown.BY_PIECE if period else PayUnknown.PERIOD_NOT_SAID
        return PayReading(currency=code, stated=stated, allowances=allowances, notes=notes, why=why)
    low, high = (None if end is None else round(end * factor, 2) for end in (chosen.least, chosen.most))
    return PayReading(low, high, code, stated, allowances, notes)


@cache
def _signs() -> Signs:
    """The words beside which a number is looked at: for pay, a currency, a multiplier or a period."""
    labels = (*words("pay", "label", "pay"), *words("pay", "label", "weak"), *words("pay", "label", "basic"))
    return Signs.of((*labels, *currencies(), *owner("pay", "numbers"), *owner("pay", "period")))


def _may_state(folded: str) -> bool:
    """Whether an amount can be pay: a quick look. Without a word of pay it must open the text or be all of it."""
    if not seen_in(folded).digits:
        return False
    return _signs().stand_in(folded) or _DIGIT.search(folded.lstrip()[:_ALL_BUT]) is not None


def _choose(found: list[_Candidate]) -> _Candidate | None:
    for accepted in ((_BASIC,), (_LABELLED, _TOLD), (_ALONE,)):
        for candidate in found:
            if candidate.strength in accepted:
                return candidate
    return None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    label = one_of((*words("pay", "label", "basic"), *words("pay", "label", "pay")))
    currency = one_of(owner("pay", "currency"))
    link = (
        rf"(?:[\s/(=.,:*-]|{label}|{currency}|{one_of(('only', 'fixed', 'net', 'each', 'approx', 'equivalent'))})*"
    )
    period = one_of(owner("pay", "period"))
    filler = rf"(?:[\W_]|{one_of(words('pay', 'label', 'between'))}|\d{{1,2}}\s?(?:months?|days?))*"
    not_pay = one_of(words("pay", "not_pay", "words"))
    return {
        "label": re.compile(one_of((*words("pay", "label", "pay"), *words("pay", "label", "weak")))),
        "filler": re.compile(filler),
        "period": re.compile(
            rf"{link}(?P<period>{period})(?!\s?(?:{not_pay}|{one_of(('increment', 'leave', 'review'))}))"
        ),
        "label_behind": re.compile(rf"[\s/=.-]*(?:{period}\s)?{label}"),
        "not_behind": re.compile(rf"[\s-]*(?:{one_of(('as', 'in', 'of', 'a', 'for'))}\s+)*{not_pay}"),
        "counted": re.compile(rf"\s?\+?\s?(?:{one_of(words('pay', 'not_pay', 'counted'))}|%)"),
        "most": re.compile(rf"{one_of(words('pay', 'edge', 'most'))}[\s:.(-]*$"),
        "least": re.compile(rf"{one_of(words('pay', 'edge', 'least'))}[\s:.(-]*$"),
        "most_behind": re.compile(rf"[\s/=-]*{one_of(words('pay', 'edge', 'most_behind'))}"),
        "least_behind": re.compile(
            rf"[\s/=-]*(?:{one_of(w for w in words('pay', 'edge', 'least_behind') if w not in ('+', 'plus'))}"
            rf"|\+(?=\s*(?:$|[^\w\s(]|{period})))"
        ),
    }


def _last(pattern_: re.Pattern[str], text: str) -> re.Match[str] | None:
    hits = list(pattern_.finditer(text))
    return hits[-1] if hits else None


def _judge(folded: str, money: Money) -> _Candidate | None:
    """How surely an amount is pay; None when it is not."""
    said = _patterns()
    before = _BREAK.split(folded[max(0, money.start - _WINDOW) : money.start])[-1]
    behind = folded[money.end : money.end + _WINDOW]
    basic = _last(pattern("pay", "label", "basic"), before)
    label = _last(said["label"], before)
    wrong = _last(pattern("pay", "not_pay", "words"), before)
    nearest = max((hit.end() for hit in (basic, label) if hit), default=-1)
    extra = before.rstrip().endswith("+") and folded[money.start - 1] in "+ "
    if extra or (wrong and wrong.end() >= nearest) or said["not_behind"].match(behind):
        return None
    period, end = _said_period(folded, money, before, basic or label, behind)
    adjacent = nearest >= 0 and bool(said["filler"].fullmatch(before[nearest:]))
    if said["counted"].match(behind) and not adjacent and not money.currency:
        return None
    labelled_behind = bool(said["label_behind"].match(behind))
    least, most = _ends(money, before, behind, folded[end : end + 20])
    strength = _strength(folded, money, (nearest >= 0, adjacent, labelled_behind), period, least != most)
    if basic and adjacent and basic.end() == nearest and strength:
        strength = _BASIC
    return _Candidate(money, strength, period, least, most, end) if strength else None


def _strength(
    folded: str, money: Money, label: tuple[bool, bool, bool], period: PayPeriod | None, edged: bool
) -> int:
    before, adjacent, behind = label
    if money.unit in ("million", "billion", "crore"):
        return _LABELLED if adjacent and money.unit != "billion" else 0
    marked = bool(money.currency or money.unit)
    if not marked and money.most < _LEAST_BARE:
        return 0
    if adjacent or behind:
        return _LABELLED
    if money.unit == "lakh_a_year" or (marked and (period or before)):
        return _TOLD
    bare_year = not marked and 1900 <= money.least <= 2100
    rest = folded[money.end :].strip()
    opens = not folded[: money.start].strip() and (edged or bool(_PLUS.match(rest)))
    whole = (opens or len(folded.strip()) - (money.end - money.start) < _ALL_BUT) and not bare_year
    # "330 PM to 1230 AM" tells no pay.
    bare = (
        period
        and not bare_year
        and money.least >= (_LEAST_BARE_MONTH if period is PayPeriod.MONTH else _LEAST_BARE)
    )
    if len(folded) <= _SHORT and (money.currency or whole or (money.unit and edged) or bare):
        return _ALONE
    return 0


def _ends(money: Money, before: str, behind: str, later: str) -> tuple[float | None, float | None]:
    said = _patterns()
    if money.ranged and money.least != money.most:
        return money.least, money.most
    if said["most"].search(before) or any(said["most_behind"].match(part) for part in (behind, later)):
        return None, money.most
    if said["least"].search(before) or any(said["least_behind"].match(part) for part in (behind, later)):
        return money.least, None
    return money.least, money.most


def _said_period(
    folded: str, money: Money, before: str, label: re.Match[str] | None, behind: str
) -> tuple[PayPeriod | None, int]:
    """The period that is said with an amount, and where the words of the pay end."""
    if money.unit == "lakh_a_year":
        return PayPeriod.YEAR, money.end
    names = owner("pay", "period")
    plus = 1 if behind.startswith("+") else 0
    found = _patterns()["period"].match(behind[plus:])
    if found:
        end = money.end + plus + found.end()
        return PayPeriod(names[squeezed(found["period"])]), end + (folded[end : end + 1] == ")")
    between = before[label.start() :] if label else before[-16:]
    hit = _last(any_of("pay", "period"), between)
    if not hit and label:
        hit = _last(any_of("pay", "period"), before[: label.start()])
        if hit and (
            hit[0].startswith(("a ", "per ", "/", "each", "every")) or before[hit.end() : label.start()].strip()
        ):
            hit = None
    if not hit:
        inside = any_of("pay", "period").search(folded, money.start, money.end)
        hit = inside if money.ranged else None
    return (PayPeriod(names[squeezed(hit[0])]) if hit else None), money.end


def _currency_beside(amounts: tuple[Money, ...]) -> str | None:
    """The one currency that the other amounts of a text carry: "1500 AED (basic 900 + food 600)"."""
    told = {money.currency for money in amounts if money.currency}
    return told.pop() if len(told) == 1 else None


def _currency(word: str | None, country: str | None) -> tuple[str | None, tuple[PayNote, ...]]:
    """The ISO code that a currency or family stands for in a country."""
    own = _currency_of(country)
    if word is None:
        return (own, (PayNote.CURRENCY_OF_COUNTRY,)) if own else (None, (PayNote.CURRENCY_NOT_SAID,))
    if word.isupper():
        return word, ()
    family = table("pay")["family"][word]
    if own in family["of"]:
        return own, ()
    if own and "elsewhere" in family:
        return str(family["elsewhere"]), (PayNote.DOLLAR_OF_US,)
    if len(family["of"]) == 1:
        return str(family["of"][0]), ()
    return None, (PayNote.CURRENCY_AMBIGUOUS,)


@cache
def _currency_of(country: str | None) -> str | None:
    """The currency of a country, after the Unicode CLDR."""
    try:
        found = get_territory_currencies(country.upper()) if country and len(country) == 2 else []
    except (UnknownLocaleError, ValueError):
        found = []
    return str(found[0]) if found else None


def _period(chosen: _Candidate, currency: str | None) -> tuple[PayPeriod | None, tuple[PayNote, ...]]:
    """The period said, or the only one that is plausible for the amount, noted as assumed."""
    if chosen.period:
        return chosen.period, _NOTES_OF.get(chosen.period, ())
    bands = table("pay")["plausible"]
    least_month, most_month, least_year = bands.get(currency or "unsaid", bands["unsaid"])
    ends = [end for end in (chosen.least, chosen.most) if end is not None]
    if all(least_month <= end <= most_month for end in ends):
        return PayPeriod.MONTH, (PayNote.MONTH_ASSUMED,)
    if all(end >= least_year for end in ends):
        return PayPeriod.YEAR, (PayNote.YEAR_ASSUMED,)
    return None, ()


def _why(folded: str) -> PayUnknown:
    for kind in table("pay")["unknown"]:
        for hit in phrases_of("pay", "unknown", kind).hits(folded):
            near = folded[max(0, hit.start() - 40) : hit.end() + 25]
            if len(folded) <= _WINDOW or pattern("pay", "label", "pay").search(near):
                return PayUnknown(kind)
    label = next(phrases_of("pay", "label", "pay").hits(folded), None)
    if label and re.match(r"(?:\s?range|\s?scale)?\s?[:=-]", folded[label.end() :]):
        return PayUnknown.UNREADABLE
    return PayUnknown.NOT_SAID
