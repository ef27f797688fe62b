"""What an advert says is paid beside the basic."""

from __future__ import annotations

import re
from functools import cache

from jobs_ingest.reading.money import Money, find_money
from jobs_ingest.reading.values import Allowance
from jobs_ingest.reading.words import one_of, owner, squeezed

_REACH = 110
_NEAR = 14
#: The smallest number without currency and unit that can be an allowance.
_LEAST_BARE = 20
_NOT_PAID = re.compile(r"\s?(?:am\b|pm\b|a\.m|p\.m|%|days?\b|hours?\b)|[^,;+]{0,16}\b(?:deduct|cut\b|charged)")
_MARK = re.compile(r"(?:[+&,(]|\bplus\b|\bwith\b|\band\b|\bincluding\b|\bexcluding\b)[^.;\n|]{0,26}$")
_NAMED = re.compile(r"\s?(?:allowances?|भत्ता|ভাতা|الاؤنس)")


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(one_of(owner("pay", "allowance")))


def find_allowances(text: str, folded: str, start: int) -> tuple[Allowance, ...]:
    """Allowances told within a line behind a pay that ends at ``start``, in the order of the text.

    An allowance needs a plus sign or its like before it, or the word allowance behind it.
    """
    end = _line_end(folded, start)
    sums = [money for money in find_money(folded[:end]) if money.start >= start and _is_paid(folded, money)]
    kinds = owner("pay", "allowance")
    found: list[Allowance] = []
    for hit in _pattern().finditer(folded, start, end):
        named = _NAMED.match(folded, hit.end())
        kind = kinds[squeezed(hit[0])]
        if not (named or kind == "other" or _MARK.search(folded[max(start, hit.start() - 30) : hit.start()])):
            continue
        if found and hit.start() < found[-1].end:
            continue
        last = named.end() if named else hit.end()
        money = _nearest(sums, hit.start(), last)
        if money:
            sums.remove(money)
        first, last = (min(money.start, hit.start()), max(money.end, last)) if money else (hit.start(), last)
        found.append(Allowance(kind, money.most if money else None, text[first:last], first, last))
    return tuple(found)


def _is_paid(folded: str, money: Money) -> bool:
    """No time of the day, share or deduction."""
    marked = bool(money.currency or money.unit) or money.least >= _LEAST_BARE
    return marked and not _NOT_PAID.match(folded, money.end)


def _line_end(folded: str, start: int) -> int:
    stop = re.compile(r"[\n|;]|\.\s").search(folded, start, start + _REACH)
    return stop.start() if stop else min(len(folded), start + _REACH)


def _nearest(sums: list[Money], start: int, end: int) -> Money | None:
    behind = [money for money in sums if 0 <= money.start - end <= _NEAR]
    before = [money for money in sums if 0 <= start - money.end <= 3]
    return next(iter(before or behind), None)
