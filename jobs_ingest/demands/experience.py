"""Lengths of time in a text, and those of them that are experience asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.clauses import EXPERIENCE, OPEN, REQUIREMENTS, WISHES, Clause
from jobs_ingest.demands.lexicon import LETTER, Hit, Lexicon, alternatives, closed, fold, table, tokens, word_set
from jobs_ingest.demands.licences import countries, expand

_MONTHS = {"years": 12.0, "months": 1.0, "weeks": 12 / 52, "days": 12 / 365, "hours": 0.0}
#: Years beyond which a number tells an age or the firm's own history.
_MOST_ALONE = 12
_MOST_YEARS = 40
_NEAR, _FAR = 45, 90
_DIGIT = re.compile(r"\d")
#: What may follow years of work where the word experience is left out.
_OF_WORK = re.compile(r"\s?(?:in|as|of|with|similar|relevant|hands|expertise|gulf|gcc|abroad|[a-z]+ing)\b")
#: "No experience in sales needed" says nothing of other experience.
_SOMETHING = re.compile(r"\s(?:in|with|of)\s(?!any\b)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A length of time: least and most in its unit, as a span."""

    least: float | None
    most: float | None
    unit: str
    start: int
    end: int
    bounded: bool

    def months(self, value: float | None) -> int | None:
        """A number of the unit in months."""
        return None if value is None else round(value * _MONTHS[self.unit])


@dataclass(frozen=True, slots=True)
class Experience:
    """Experience as read, before it is known how much it is wanted."""

    start: int
    end: int
    least: int | None
    most: int | None
    countries: tuple[str, ...] = ()
    quantity: Quantity | None = None
    kind: str = EXPERIENCE


@cache
def _units() -> dict[str, str]:
    lists = table("experience")
    return {phrase: unit for unit in _MONTHS for phrase in lists[unit]}


@cache
def _quantity() -> re.Pattern[str]:
    lists = table("experience")
    number = rf"(?:\d{{1,3}}(?:\.\d{{1,2}})?|{alternatives(lists['numbers'])})"
    bracket = rf"(?:\s?\(\s?{number}\s?\))?"
    edge = r"(?<![\w.,/$₹])(?<![\u0900-\u0dff])"
    unit = rf"(?:{alternatives(_units())})(?!(?<=[a-z])[a-z])"
    bound = rf"(?:(?:(?P<low>{alternatives(lists['least'])})|(?P<high>{alternatives(lists['most'])}))[\s:]{{0,2}})?"
    # Sinhala sets the unit in front of the number.
    bound3 = bound.replace("<low>", "<low3>").replace("<high>", "<high3>")
    between = r"\s?(?:-|~|to|or|and|थे|से|देखि|থেকে|سے|முதல்|සිට|/)\s?"
    or_more = alternatives(lists["or_more"])
    more = rf"(?P<more>\s?\((?:{or_more})\)|\s?(?:{or_more})(?![a-z]))?"
    return re.compile(
        rf"{edge}{bound}(?P<a>{number}){bracket}(?P<plus>\s?\+)?\s?"
        rf"(?:(?P<ua>{unit})?{between}(?:(?P<high2>{alternatives(lists['most'])})\s)?(?P<b>{number}){bracket}\s?\+?)?"
        rf"[\s-]?(?:of\s)?(?P<unit>{unit}){more}"
        rf"|{edge}{bound3}(?P<unit3>අවුරුදු|වසර|මාස|සති|දින)\s?(?P<a3>\d{{1,2}})"
        rf"(?:\s?-\s?(?P<b3>\d{{1,2}}))?"
    )


@cache
def _bare() -> re.Pattern[str]:
    """A number behind the word experience, its unit left out: "Exp: 2-3", "Experience (in years): 5+"."""
    return re.compile(
        r"\bexp(?:erience)?\.?\s?(?:required|in years|in yrs|\((?:in )?(?:years|yrs)\))?\s?[:-]+\s?"
        r"(?P<a>\d{1,2})(?:\s?(?:-|to)\s?(?P<b>\d{1,2}))?(?P<more>\s?\+)?(?!\s?[-\d.]*\s?[\w%])"
    )


@cache
def _words() -> Lexicon[str]:
    lists = table("experience")
    entries = [(p, "none") for p in lists["none"]] + [(p, "word") for p in lists["words"]]
    return Lexicon(entries + [(p, "return") for p in lists["returned"]])


@cache
def _none_behind_label() -> re.Pattern[str]:
    return re.compile(rf"[\s:*-]*({alternatives(table('experience')['none_behind_label'])})[\s.,]*$", re.MULTILINE)


@cache
def _number_words() -> Lexicon[bool]:
    return Lexicon((word, True) for word in table("experience")["numbers"])


@cache
def _part_of() -> re.Pattern[str]:
    """What tells that years are a part of those said before: "5 years, of which 2 in the Gulf"."""
    return re.compile(rf"(?<!\w)(?:{alternatives(table('experience')['part_of'])})(?!\w)")


@cache
def _numbers() -> dict[str, float]:
    return {fold(word): float(value) for word, value in table("experience")["numbers"].items()}


@cache
def _not_experience() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    lists = table("experience")
    glue = (
        r"(?:\s?(?:limit|period|between|of|is|the|for|from|a"
        r"|range|group|should be|must be|:|-|\())*\s?$"
    )
    before = rf"(?<!\w)(?:{alternatives(lists['not_before'])}){glue}"
    after = rf"[\s-]?(?:\(\w+\)\s?)?(?:of\s)?(?:{alternatives(lists['not_after'])})(?![a-z])"
    firm = rf"(?<!\w)(?:{alternatives(lists['firm'])})(?!\w)(?!\s+(?:looking|seeking|hiring|needs?|requires?))"
    return re.compile(before), re.compile(after), re.compile(firm)


def _may_count(folded: str, start: int, end: int) -> bool:
    """Whether a number can stand between two places, in figures or in words."""
    return _DIGIT.search(folded, start, end) is not None or _number_words().may_stand_in(folded)


def quantities(folded: str, start: int, end: int) -> Iterator[Quantity]:
    """The lengths of time between two places."""
    if not _may_count(folded, start, end):
        return
    numbers = _numbers()

    def value(said: str | None) -> float | None:
        return None if said is None else numbers[said] if said in numbers else float(said)

    for match in _quantity().finditer(folded, start, end):
        unit = _units().get(match["unit"] or match["unit3"], "years")
        a, b = value(match["a"] or match["a3"]), value(match["b"] or match["b3"])
        if a is None or a > 2000:
            continue
        if match["ua"] and _units()[match["ua"]] != unit and _MONTHS[unit]:
            # "6 months to 2 years"
            a = a * _MONTHS[_units()[match["ua"]]] / _MONTHS[unit]
        most = b if b is not None else a if match["high"] or match["high3"] else None
        least = a if b is not None or most is None else None
        if b is not None and b < a:
            least, most = b, a
        bounded = bool(match["low"] or match["low3"] or match["high"] or match["plus"] or match["more"] or b)
        yield Quantity(least, most, unit, match.start(), match.end(), bounded)


def may_name_experience(folded: str) -> bool:
    """Whether a whole text can name any: a quick look."""
    if _words().stands_in(folded):
        return True
    return _may_count(folded, 0, len(folded)) and _quantity().search(folded) is not None


def experiences(text: str, folded: str, clause: Clause) -> list[Experience]:
    """The experience that a clause speaks of."""
    said = list(_words().find(folded, clause.start, clause.end))
    if clause.topic == EXPERIENCE and (label := _none_behind_label().match(folded, clause.start, clause.end)):
        return [Experience(label.start(1), label.end(1), 0, None)]
    found: list[Experience] = []
    used: set[int] = set()
    lengths = [q for q in quantities(folded, clause.start, clause.end) if q.unit in ("years", "months")]
    for order, quantity in enumerate(lengths):
        fence = lengths[order + 1].start if order + 1 < len(lengths) else clause.end
        floor = lengths[order - 1].end if order else clause.start
        if order and _part_of().search(folded, floor, quantity.start):
            continue
        if (quantity.months(quantity.least) or quantity.months(quantity.most) or 0) > 12 * _MOST_YEARS:
            continue
        if one := _experience(folded, clause, quantity, said, floor, fence):
            found.append(one)
            used |= {hit.start for hit in said if one.start <= hit.start < one.end}
    if not found:
        found += _without_unit(folded, clause)
        used |= {hit.start for hit in said for one in found if one.start <= hit.start < one.end}
    for hit in said:
        if hit.start in used or any(one.start <= hit.start < one.end for one in found):
            continue
        if hit.what == "none" and not _SOMETHING.match(folded, hit.end):
            found.append(Experience(hit.start, hit.end, 0, None))
        elif hit.what != "none" and not _speaks_of_the_firm(folded, clause, hit.start):
            where, start, end = _where(folded, clause, hit.start, hit.end)
            if where or (hit.what == "word" and not found):
                found.append(Experience(start, end, None, None, where))
    return sorted(found, key=lambda one: one.start)


def _without_unit(folded: str, clause: Clause) -> list[Experience]:
    # The label itself may stand before the clause.
    start = max(0, clause.start - 30) if clause.topic == EXPERIENCE else clause.start
    found = []
    for match in _bare().finditer(folded, start, clause.end):
        least, most = float(match["a"]), float(match["b"]) if match["b"] else None
        if least <= _MOST_YEARS and (most is None or least <= most <= _MOST_YEARS):
            found.append(
                Experience(
                    max(match.start(), start),
                    match.end(),
                    round(least * 12),
                    None if most is None else round(most * 12),
                )
            )
    return found


def _experience(
    folded: str, clause: Clause, quantity: Quantity, said: list[Hit[str]], floor: int, fence: int
) -> Experience | None:
    before_pattern, after_pattern, _ = _not_experience()
    before = folded[max(clause.start, quantity.start - _NEAR) : quantity.start]
    if before_pattern.search(before):
        return None
    following = folded[quantity.end : min(clause.end, quantity.end + _NEAR)]
    word = _word_near(folded, said, quantity, floor, fence)
    close = word is not None and word.start >= quantity.end and word.start - quantity.end <= 12
    if after_pattern.match(following) and not close:
        return None
    bare = _stands_alone(folded, clause, quantity)
    first = not re.search(LETTER, folded[clause.start : quantity.start])
    asks = clause.section in (REQUIREMENTS, WISHES) or quantity.bounded or (first and clause.section == OPEN)
    works = asks and bool(_OF_WORK.match(following))
    # "Bachelor with 2 years or diploma with 5 years experience"
    works = works or bool(said and re.search(r"\b(?:with|having|and|or)\s$|[+/]\s?$", before))
    # "2 yrs UAE or 4 yrs home country experience"
    works = works or bool(said and _where(folded, clause, quantity.start, quantity.end)[0])
    if word is None and not (bare or works or clause.topic == EXPERIENCE):
        return None
    if clause.topic != EXPERIENCE and _speaks_of_the_firm(folded, clause, quantity.start):
        return None
    start, end = quantity.start, quantity.end
    if word is not None and "\n" not in folded[min(start, word.start) : max(end, word.end)]:
        if word.start >= end and word.start - end <= _NEAR:
            end = word.end
        elif word.end <= start and start - word.end <= _NEAR // 2:
            start = word.start
    where, start, end = _where(folded, clause, start, end)
    return Experience(start, end, quantity.months(quantity.least), quantity.months(quantity.most), where, quantity)


def _stands_alone(folded: str, clause: Clause, quantity: Quantity) -> bool:
    """Whether nothing else is said with it, in its clause or between commas: "5 years minimum", "B.E. or 10 years".

    Between commas, a long time alone is an age: "18+ years".
    """
    before, after = folded[clause.start : quantity.start], folded[quantity.end : clause.end]
    if not re.search(LETTER, before + after):
        return True
    if (quantity.months(quantity.least) or 0) > 12 * _MOST_ALONE:
        return False
    before, after = before.rsplit(",", 1)[-1], after.split(",", 1)[0].rstrip(". ")
    if re.search(LETTER, after):
        return False
    return bool(re.search(r"\bor\s$", before)) or (quantity.bounded and not re.search(LETTER, before))


def _word_near(folded: str, said: list[Hit[str]], quantity: Quantity, floor: int, fence: int) -> Hit[str] | None:
    """The word *experience* that belongs to a length of time: behind it, or else shortly before."""
    said = [h for h in said if h.what != "return"]
    after = [h for h in said if quantity.end <= h.start < min(fence, quantity.end + _FAR)]
    if after:
        return after[0]
    before = [h for h in said if floor <= h.start < quantity.start and quantity.start - h.end <= _FAR]
    return before[-1] if before else None


def _speaks_of_the_firm(folded: str, clause: Clause, place: int) -> bool:
    firm = _not_experience()[2]
    window = folded[max(clause.start, place - 60) : place]
    if not firm.search(window):
        return False
    return not re.search(
        r"\b(?:you|candidate|candidates|applicant|must|require[sd]?|needs?|looking for|should|minimum)\b", window
    )


def _where(folded: str, clause: Clause, start: int, end: int) -> tuple[tuple[str, ...], int, int]:
    """The countries named right beside experience, and the span with them."""
    found: list[Hit[str]] = []
    window = folded[max(clause.start, start - 30) : start]
    for hit in countries().find(folded, start - len(window), min(clause.end, end + 40)):
        gap = folded[hit.end : start] if hit.end <= start else folded[end : hit.start] if hit.start >= end else ""
        if found and hit.start - found[-1].end <= 6:
            gap = ""
        if word_set("links", "countries", "between").issuperset(tokens(gap)):
            found.append(hit)
    for hit in found:
        start, end = min(start, hit.start), max(end, hit.end)
    return expand(hit.what for hit in found), start, closed(folded, start, end)
