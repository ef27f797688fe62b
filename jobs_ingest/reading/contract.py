"""Contract kind, openings, hours, and what an employer gives, as an advert states them."""

from __future__ import annotations

import re
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.values import Benefit, ContractReading, Figure, Told
from jobs_ingest.reading.words import one_of, pattern, plain, words

_MOST_OPENINGS = 20_000
_CLAUSE = re.compile(r"[;\n|!?।•*]|\.\s|\.\Z")
_RANGE = r"(?P<least>\d{1,2}(?:\.\d)?)(?:\s?(?:-|to|देखि|থেকে|se|से)\s?(?P<most>\d{1,2}(?:\.\d)?))?"
_COUNT = (
    r"(?<![\w.,/-])(?P<count>\d{1,3}(?:,\d{3})|\d{1,5})"
    r"(?![\d.,]\d|\d|\s?(?:-|to)\s?\d|\s?%|\s?\+?\s?(?:years?|yrs?))"
)
_CLOCK = (
    r"(?P<from>\d{1,2})(?:[:.](?P<fromm>\d{2}))?\s?(?P<fromh>a\.?m\.?|p\.?m\.?)?\s?(?:-|to|till)\s?"
    r"(?P<to>\d{1,2})(?:[:.](?P<tom>\d{2}))?\s?(?P<toh>a\.?m\.?|p\.?m\.?)"
)


def read_contract(text: str) -> ContractReading:
    """What a text says of the kind of contract, the openings, the hours, and of accommodation, transport and food.

    The kinds decide in the order of ``contract.toml``: an apprenticeship that is full time is an apprenticeship.
    What is not said stays None or ``Told.NOT_SAID``; a word alone ("transport company") says nothing.
    """
    folded = plain(text)
    kind, start, end = _kind(folded)
    return ContractReading(
        kind,
        text[start:end] if kind else None,
        start,
        end,
        _openings(text, folded),
        _hours(text, folded, "day"),
        _hours(text, folded, "week"),
        _days(text, folded),
        _benefit(text, folded, "accommodation"),
        _benefit(text, folded, "transport"),
        _benefit(text, folded, "food"),
    )


def _kind(folded: str) -> tuple[str | None, int, int]:
    not_before = re.compile(rf"{one_of(words('contract', 'beside', 'before'))}\s\Z")
    given = re.compile(rf"\s?(?:is|will be|are)?\s?{one_of(words('contract', 'beside', 'training'))}")
    for kind in table("contract")["kind"]:
        for hit in pattern("contract", "kind", kind).finditer(folded):
            beside = kind == "on_the_job_training" and given.match(folded, hit.end())
            if not beside and not (
                kind != "wage_work" and not_before.search(folded, max(0, hit.start() - 24), hit.start())
            ):
                return kind, *hit.span()
    return None, 0, 0


@cache
def _opening_patterns() -> tuple[re.Pattern[str], ...]:
    label, colon, behind, before = (
        one_of(words("contract", "openings", key)) for key in ("label", "label_colon", "behind", "before")
    )
    word = r"(?:[a-z]{3,10}\s?)?"
    gap = r"\s{0,2}(?:(?:available|required|is|are)\s)?[:=(\-–#]{0,2}\s?"
    return (
        re.compile(rf"(?:{label}{gap}|{colon}\s?[:=]\s?){word}\(?{_COUNT}\)?"),
        re.compile(rf"\(?{_COUNT}\)?\s?{behind}"),
        re.compile(rf"{before}\s{_COUNT}\s(?![a-z]*(?:hours?|days?|months?|am|pm|st|nd|rd|th)\b)[a-z]{{3,}}"),
    )


def _openings(text: str, folded: str) -> Figure | None:
    for said in _opening_patterns():
        for hit in said.finditer(folded):
            number = int(hit["count"].replace(",", ""))
            if 0 < number <= _MOST_OPENINGS:
                return _figure(text, hit, number, number)
    return None


def _figure(text: str, hit: re.Match[str], least: float, most: float) -> Figure:
    low, high = sorted((float(least), float(most)))
    return Figure(low, high, text[hit.start() : hit.end()], hit.start(), hit.end())


@cache
def _hour_patterns(span: str) -> tuple[re.Pattern[str], ...]:
    unit, behind, before = (
        one_of(words("contract", "hours", key)) for key in ("unit", f"a_{span}", f"{span}_before")
    )
    number = rf"(?<![\d.:,]){_RANGE}"
    return (
        re.compile(rf"{number}\s?{unit}\s?(?:of\s)?(?:work\s)?[\s(/-]{{0,2}}{behind}"),
        re.compile(rf"{before}[\s:(-]{{0,3}}{number}\s?{unit}"),
        re.compile(rf"{before}[\s:(-]{{0,3}}{unit}?\s?{number}(?=\s?(?:$|[,.;)]))"),
    )


def _hours(text: str, folded: str, span: str) -> Figure | None:
    most_hours = 24 if span == "day" else 24 * 7
    for said in _hour_patterns(span):
        for hit in said.finditer(folded):
            least, most = float(hit["least"]), float(hit["most"] or hit["least"])
            if min(least, most) > 0 and max(least, most) <= most_hours:
                return _figure(text, hit, least, most)
    return _clock_hours(text, folded) if span == "day" else None


def _clock_hours(text: str, folded: str) -> Figure | None:
    """Hours between two times of the clock beside words for working time; breaks count."""
    label = one_of(words("contract", "hours", "times"))
    hit = re.search(rf"{label}[\s:=-]{{0,4}}(?:is\s)?(?:from\s)?{_CLOCK}", folded)
    if not hit:
        return None
    begin, end = _minutes(hit["from"], hit["fromm"], hit["fromh"]), _minutes(hit["to"], hit["tom"], hit["toh"])
    if begin is None or end is None:
        return None
    # "9 to 6 pm": the half of the day that leaves a day's work.
    length = (end - begin) % (24 * 60)
    if not hit["fromh"] and length > 12 * 60:
        length -= 12 * 60
    hours = round(length / 60, 2)
    return _figure(text, hit, hours, hours) if 1 <= hours <= 16 else None


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    number, past = int(hour), int(minute or 0)
    if number > 24 or past > 59 or (half and not 1 <= number <= 12):
        return None
    if half:
        number = number % 12 + (12 if half.startswith("p") else 0)
    return number * 60 + past


@cache
def _day_patterns() -> tuple[re.Pattern[str], ...]:
    days, week, before = (one_of(words("contract", "hours", key)) for key in ("days", "a_week", "week_before"))
    number = r"(?<![\d.:,/-])(?P<least>[1-7])(?:\s?(?:-|to)\s?(?P<most>[1-7]))?(?!\d|\.\d)"
    return (
        re.compile(rf"{number}\s?{days}\s?(?:of\s)?(?:work(?:ing)?\s?)?(?:in\s)?[\s(/-]{{0,2}}{week}"),
        re.compile(rf"{before}[\s:]{{0,2}}{number}\s?{days}"),
        re.compile(rf"{number}\s?days?\s?work(?:ing)?\b"),
    )


def _days(text: str, folded: str) -> Figure | None:
    for said in _day_patterns():
        hit = said.search(folded)
        if hit:
            return _figure(text, hit, float(hit["least"]), float(hit["most"] or hit["least"]))
    return None


@cache
def _given() -> dict[str, re.Pattern[str]]:
    names = ("yes", "plus", "no_before", "no_behind", "no_behind_colon", "link")
    yes, plus, before, behind, colon, between = (one_of(words("contract", "given", key)) for key in names)
    kinds = ("accommodation", "transport", "food")
    things = one_of([word for kind in kinds for word in words("contract", kind, "words")])
    link = rf"(?:[\s,/&+():-]|{things}|{between})*"
    return {
        "no_before": re.compile(rf"{before}\s{link}\Z"),
        "no_behind": re.compile(rf"{link}{behind}|[\s]?[:=-]\s?{colon}"),
        "yes_before": re.compile(rf"(?:{yes}|{plus}){link}\Z"),
        "yes_behind": re.compile(rf"{link}{yes}"),
        "other": re.compile(rf"{one_of(words('contract', 'trade', 'before'))}\s\Z"),
        "trade": re.compile(rf"[\s-]{one_of(words('contract', 'trade', 'words'))}"),
    }


def _benefit(text: str, folded: str, kind: str) -> Benefit:
    said = _given()
    for hit in pattern("contract", kind, "words").finditer(folded):
        other = said["other"].search(folded, max(0, hit.start() - 20), hit.start())
        if other or said["trade"].match(folded, hit.end()):
            continue
        before = _CLAUSE.split(folded[max(0, hit.start() - 70) : hit.start()])[-1]
        behind = _CLAUSE.split(folded[hit.end() : hit.end() + 90])[0]
        first = hit.start() - len(before)
        if no := (said["no_behind"].match(behind) or said["no_before"].search(before)):
            return _told(text, Told.NO, hit, no, first)
        if yes := (said["yes_behind"].match(behind) or said["yes_before"].search(before)):
            return _told(text, Told.YES, hit, yes, first)
    return Benefit()


def _told(text: str, told: Told, hit: re.Match[str], sign: re.Match[str], first: int) -> Benefit:
    """The benefit with its words, from the sign that decided to the end of the thing, or the other way round."""
    behind = sign.re in (_given()["no_behind"], _given()["yes_behind"])
    start, end = (hit.start(), hit.end() + sign.end()) if behind else (first + sign.start(), hit.end())
    return Benefit(told, text[start:end], start, end)
