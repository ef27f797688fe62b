"""The price and the stipend that the text of a course tells. Free is said, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel.numbers import get_territory_currencies

from jobs_ingest.course_values import Per, Price, Said
from jobs_ingest.course_words import Span, Text, clauses, hits, named, says, sentences
from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.money import Money, find_money
from jobs_ingest.reading.words import any_of, owner, squeezed

_COST, _STIPEND = "cost", "stipend"
#: Between a label and a bare number: "Fee: 12000", "fee is only 12000".
_LABELLED = re.compile(r"(?:[\s:=().-]|\b(?:is|of|only|just|rate|amount|hunchha|huncha|hai|matra|total)\b)*")
_NOT_MONEY = re.compile(
    r"\s?(?:%|percent|hour|hrs?\b|day|week|month|year|yr|person|people|trainee|student|seat|class\b)"
)
#: "Free for school leavers": whoever is named first is not everybody.
_FOR_SOME = re.compile(
    r"\s+for\s+(?!all\b|every|participants|trainees|students|the\s+(?:whole|trainees|participants)|you\b|\d)"
)
_WHOLE = re.compile(r"total|course|training|tuition")
#: The least bare number behind a label that can be a price.
_LEAST = 50
#: Characters: from a word to its amount, and what a comma or number between, or a word behind the amount, costs.
_REACH, _COMMA, _NUMBER, _BEHIND = 60, 12, 8, 10
_PERIOD_BEHIND, _PERIOD_BEFORE = 32, 32
_FEE_PERIOD = 10
_SOME_BEHIND, _SOME_BEFORE = 24, 22


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount, what it is, and the span from its label to its end."""

    money: Money
    kind: str
    sentence: Span
    span: Span
    label: str


def read_cost(text: Text, country: str | None) -> Said[Price] | None:
    """The price of the whole course; 0 only where it is said to be free.

    A range, a price per month, or two prices of which neither is called the whole leave it unknown.
    """
    amounts = [one for one in _amounts(text) if one.kind == _COST and not _recurring(text, one)]
    whole = [one for one in amounts if _WHOLE.search(one.label)] or amounts
    free = _free(text)
    values = {(one.money.least, one.money.most) for one in whole}
    if free and any(one.money.least > 0 for one in amounts):
        return None
    if free:
        return Said(Price(0.0), free)
    if len(values) != 1 or whole[0].money.least != whole[0].money.most:
        return None
    return Said(
        Price(whole[0].money.least, _currency(whole[0].money.currency, country)),
        text.words(whole[0].span.start, whole[0].span.end),
    )


def read_stipend(text: Text, country: str | None) -> Said[Price] | None:
    """What is paid to whoever takes part, and per what; 0 only where it is said that nothing is."""
    amounts = [one for one in _amounts(text) if one.kind == _STIPEND]
    if not amounts:
        refused = [hit for part in sentences(text) for hit in hits(text, part, "stipend", "none")]
        return Said(Price(0.0), text.words(refused[0].start, refused[0].end)) if refused else None
    found = [(one, _per(text, one)) for one in amounts]
    if len({(one.money.least, one.money.most, per) for one, per in found}) != 1:
        return None
    one, (per, end) = found[0]
    if one.money.least != one.money.most:
        return None
    price = Price(one.money.least, _currency(one.money.currency, country), per)
    return Said(price, text.words(one.span.start, max(one.span.end, end)))


def _amounts(text: Text) -> Iterator[_Amount]:
    """The amounts of a text, each with the nearest word that says what it is."""
    for sentence in sentences(text):
        cues = named(text, sentence, "money")
        if not cues:
            continue
        part = text.folded[sentence.start : sentence.end]
        for money in find_money(part):
            start, end = sentence.start + money.start, sentence.start + money.end
            near = min(((_distance(text, cue, start, end), cue) for cue in cues), key=lambda pair: pair[0])
            if near[0] > _REACH or not _is_money(text, money, near[1], start, end):
                continue
            cue = near[1]
            span = Span(min(cue.start, start), max(cue.end, end))
            yield _Amount(money, cue.what, sentence, span, text.folded[cue.start : cue.end])


def _distance(text: Text, cue: Span, start: int, end: int) -> int:
    if cue.end <= start:
        between = text.folded[cue.end : start]
        return (
            len(between)
            + _COMMA * len(re.findall(r"[,;]|\band\b", between))
            + 8 * len(re.findall(r"\d{3}", between))
        )
    if cue.start >= end:
        between = text.folded[end : cue.start]
        return len(between) + _BEHIND + 2 * _COMMA * len(re.findall(r"[,;:]|\band\b|\+", between))
    return 0


def _is_money(text: Text, money: Money, cue: Span, start: int, end: int) -> bool:
    """Whether a number is an amount: it has a currency, or stands right behind its label."""
    if money.currency:
        return True
    behind = cue.end <= start and _LABELLED.fullmatch(text.folded, cue.end, start)
    return bool(behind) and money.least >= _LEAST and not _NOT_MONEY.match(text.folded, end)


def _recurring(text: Text, one: _Amount) -> bool:
    """A price per month is not the price of the course."""
    end = one.sentence.start + one.money.end
    found = _periods().match(text.folded[end : end + _FEE_PERIOD].lstrip(" (-/="))
    return bool(found) and not text.folded[end : one.sentence.end].startswith(" one time")


@cache
def _periods() -> re.Pattern[str]:
    return any_of("pay", "period")


def _per(text: Text, one: _Amount) -> tuple[Per | None, int]:
    """What a stipend is paid for, and where the words end that say it."""
    start, end = one.sentence.start + one.money.start, one.sentence.start + one.money.end
    behind = Span(end, min(one.sentence.end, end + _PERIOD_BEHIND))
    before = Span(max(one.sentence.start, start - _PERIOD_BEFORE), start)
    for part in (behind, before):
        found = [*_said_periods(text, part), *named(text, part, "period")]
        if found:
            first = min(found, key=lambda hit: hit.start) if part is behind else max(found, key=lambda hit: hit.end)
            return Per(first.what), first.end
        course = hits(text, part, "stipend", "course")
        if course:
            return Per.COURSE, course[0].end
    return None, end


def _said_periods(text: Text, part: Span) -> list[Span]:
    names = owner("pay", "period")
    found = [
        Span(hit.start(), hit.end(), names[squeezed(hit[0])])
        for hit in _periods().finditer(text.folded, part.start, part.end)
    ]
    return [hit for hit in found if hit.what in set(Per)]


def _free(text: Text) -> str | None:
    """The words that say that the whole course costs nothing."""
    for sentence in sentences(text):
        for hit in hits(text, sentence, "free", "whole"):
            around = Span(max(sentence.start, hit.start - _SOME_BEFORE), min(sentence.end, hit.end + _SOME_BEHIND))
            if not _for_some(text, around, hit):
                return text.words(hit.start, hit.end)
        for cue in named(text, sentence, "money"):
            label = re.compile(r"\s?(?:[:=-]|\bis\b)\s?").match(text.folded, cue.end, sentence.end)
            if cue.what != _COST or not label:
                continue
            said = [
                one
                for one in hits(text, Span(label.end(), sentence.end), "free", "labelled")
                if one.start == label.end()
            ]
            if said and not _for_some(text, Span(cue.end, min(sentence.end, said[0].end + _SOME_BEHIND)), said[0]):
                return text.words(cue.start, said[0].end)
        for clause in clauses(text, sentence):
            if text.folded[clause.start : clause.end].strip() in ("free", "free!", "cost free"):
                return text.words(clause.start, clause.end)
    return None


def _for_some(text: Text, around: Span, hit: Span) -> bool:
    """It is free for some people only, or not the course is."""
    before, behind = Span(around.start, hit.start), Span(hit.end, around.end)
    if _FOR_SOME.match(text.folded, hit.end):
        return True
    behind_clause = next(iter(clauses(text, behind)), behind) if behind.end > behind.start else behind
    before_clause = list(clauses(text, before))[-1:] or [before]
    return says(text, behind_clause, "free", "some") or says(text, before_clause[0], "free", "some")


def _currency(word: str | None, country: str | None) -> str | None:
    """The ISO code of a currency's word; a word that several share is told by the country."""
    codes = get_territory_currencies(country) if country else []
    own = codes[0] if codes else None
    if word is None:
        return own
    if word.isupper():
        return word
    family = table("pay")["family"][word]
    if own in family["of"]:
        return own
    other = family.get("alone") or family.get("elsewhere")
    return str(other) if other else None
