"""Contract kind, openings, hours, and what an employer gives, as an advert states them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.values import Benefit, ContractReading, Figure, Told
from jobs_ingest.reading.words import Signs, one_of, phrases_of, plain, seen_in, signs, words

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
    if not text:
        return ContractReading()
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


@cache
def _beside() -> dict[str, re.Pattern[str]]:
    """What stands before a word or behind it where it tells no kind of contract."""
    said = {
        name: one_of(words("contract", "beside", name))
        for name in ("before", "values", "training", "office", "paper_before", "paper_behind")
    }
    gap = r"(?:\s?[,&/]\s?|\s(?:and\s)?)"
    inner = r"(?!(?:in|at|for|under|with|to|of|is|as|by|from|on|and|our|the)\b)[a-z]+"
    return {
        "before": re.compile(rf"(?:{said['before']}|{said['values']}\s(?:[a-z]+,?\s){{0,3}}(?:and|&))\s\Z"),
        "training": re.compile(rf"\s?(?:is|will be|are)?\s?{said['training']}"),
        "office": re.compile(rf"(?:{gap}{inner}){{0,4}}{gap}{said['office']}"),
        "paper_before": re.compile(rf"{said['paper_before']}\s\Z"),
        "paper_behind": re.compile(rf"\s{said['paper_behind']}"),
    }


def _kind(folded: str) -> tuple[str | None, int, int]:
    for kind in table("contract")["kind"]:
        for hit in phrases_of("contract", "kind", kind).hits(folded):
            if not _means_another_thing(folded, kind, hit):
                return kind, *hit.span()
    return None, 0, 0


def _means_another_thing(folded: str, kind: str, hit: re.Match[str]) -> bool:
    """Whether a word says nothing of the kind of contract: "internship experience", "contract analysis"."""
    beside, said = _beside(), hit[0]
    first = max(0, hit.start() - 60)
    if kind == "wage_work":
        # "Contract" names a paper as well.
        paper = said in ("contract", "contractual") and (
            beside["paper_before"].search(folded, first, hit.start())
            or beside["paper_behind"].match(folded, hit.end())
        )
        return bool(paper)
    if beside["before"].search(folded, first, hit.start()):
        return True
    if kind == "on_the_job_training" and beside["training"].match(folded, hit.end()):
        return True
    return said.endswith(("ship", "ships", "placement")) and bool(beside["office"].match(folded, hit.end()))


@dataclass(frozen=True, slots=True)
class _Way:
    """A way of saying something: its pattern, and the lists of which each must have a phrase in the text."""

    pattern: re.Pattern[str]
    needs: tuple[Signs, ...]

    def hits(self, folded: str) -> Iterator[re.Match[str]]:
        """Where a folded text says it; all ways here tell a number."""
        if not seen_in(folded).digits or not all(need.stand_in(folded) for need in self.needs):
            return iter(())
        return self.pattern.finditer(folded)


@cache
def _opening_ways() -> tuple[_Way, ...]:
    label, colon, behind, before = (
        one_of(words("contract", "openings", key)) for key in ("label", "label_colon", "behind", "before")
    )
    word = r"(?:[a-z]{3,10}\s?)?"
    gap = r"\s{0,2}(?:(?:available|required|is|are)\s)?[:=(\-–#]{0,2}\s?"
    ways = (
        (rf"(?:{label}{gap}|{colon}\s?[:=]\s?){word}\(?{_COUNT}\)?", ("label", "label_colon")),
        (rf"\(?{_COUNT}\)?\s?{behind}", ("behind",)),
        (rf"{before}\s{_COUNT}\s(?![a-z]*(?:hours?|days?|months?|am|pm|st|nd|rd|th)\b)[a-z]{{3,}}", ("before",)),
    )
    return tuple(
        _Way(re.compile(source), (signs("contract", *(("openings", key) for key in keys)),))
        for source, keys in ways
    )


def _openings(text: str, folded: str) -> Figure | None:
    for way in _opening_ways():
        for hit in way.hits(folded):
            number = int(hit["count"].replace(",", ""))
            if 0 < number <= _MOST_OPENINGS and not _counts_things(folded, hit):
                return _figure(text, hit, number, number)
    return None


@cache
def _of_things() -> re.Pattern[str]:
    verbs = one_of(words("contract", "openings", "not_behind"))
    return re.compile(rf"{verbs}\s(?:(?:the|up to|about|around|over|all|total|of)\s){{0,2}}\(?\Z")


def _counts_things(folded: str, hit: re.Match[str]) -> bool:
    """Whether a number counts what somebody works on: "to operate 4 nos of cranes"."""
    return _of_things().search(folded, max(0, hit.start() - 40), hit.start()) is not None


def _figure(text: str, hit: re.Match[str], least: float, most: float) -> Figure:
    low, high = sorted((float(least), float(most)))
    return Figure(low, high, text[hit.start() : hit.end()], hit.start(), hit.end())


def _ways(*told: tuple[str, tuple[str, ...]]) -> tuple[_Way, ...]:
    """Ways of telling hours, each with the lists that it cannot do without."""
    return tuple(
        _Way(re.compile(source), tuple(signs("contract", ("hours", key)) for key in keys)) for source, keys in told
    )


@cache
def _hour_ways(span: str) -> tuple[_Way, ...]:
    keys = ("unit", f"a_{span}", f"{span}_before")
    unit, behind, before = (one_of(words("contract", "hours", key)) for key in keys)
    number = rf"(?<![\d.:,]){_RANGE}"
    return _ways(
        (rf"{number}\s?{unit}\s?(?:of\s)?(?:work\s)?[\s(/-]{{0,2}}{behind}", keys[:2]),
        (rf"{before}[\s:(-]{{0,3}}{number}\s?{unit}", (keys[0], keys[2])),
        (rf"{before}[\s:(-]{{0,3}}{unit}?\s?{number}(?=\s?(?:$|[,.;)]))", keys[2:]),
    )


def _hours(text: str, folded: str, span: str) -> Figure | None:
    most_hours = 24 if span == "day" else 24 * 7
    for way in _hour_ways(span):
        for hit in way.hits(folded):
            least, most = float(hit["least"]), float(hit["most"] or hit["least"])
            if min(least, most) > 0 and max(least, most) <= most_hours:
                return _figure(text, hit, least, most)
    return _clock_hours(text, folded) if span == "day" else None


@cache
def _clock_way() -> _Way:
    label = one_of(words("contract", "hours", "times"))
    return _ways((rf"{label}[\s:=-]{{0,4}}(?:is\s)?(?:from\s)?{_CLOCK}", ("times",)))[0]


def _clock_hours(text: str, folded: str) -> Figure | None:
    """Hours between two times of the clock beside words for working time; breaks count."""
    hit = next(_clock_way().hits(folded), None)
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
def _day_ways() -> tuple[_Way, ...]:
    keys = ("days", "a_week", "week_before")
    days, week, before = (one_of(words("contract", "hours", key)) for key in keys)
    number = r"(?<![\d.:,/-])(?P<least>[1-7])(?:\s?(?:-|to)\s?(?P<most>[1-7]))?(?!\d|\.\d)"
    return _ways(
        (rf"{number}\s?{days}\s?(?:of\s)?(?:work(?:ing)?\s?)?(?:in\s)?[\s(/-]{{0,2}}{week}", keys[:2]),
        (rf"{before}[\s:]{{0,2}}{number}\s?{days}", (keys[0], keys[2])),
        (rf"{number}\s?days?\s?work(?:ing)?\b", ()),
    )


def _days(text: str, folded: str) -> Figure | None:
    for way in _day_ways():
        if hit := next(way.hits(folded), None):
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
        "money": re.compile(rf"(?:[\s/&+()-]|{things}|and|or)*{one_of(words('contract', 'given', 'money'))}"),
    }


def _benefit(text: str, folded: str, kind: str) -> Benefit:
    said = _given()
    for hit in phrases_of("contract", kind, "words").hits(folded):
        other = said["other"].search(folded, max(0, hit.start() - 20), hit.start())
        if other or said["trade"].match(folded, hit.end()):
            continue
        # An allowance for housing is pay, no lodging.
        if kind == "accommodation" and said["money"].match(folded, hit.end()):
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
