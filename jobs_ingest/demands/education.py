"""Schooling asked for, on the scale of ``profiling.fields.EDUCATION_LEVELS``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from jobs_ingest.demands.clauses import EDUCATION, Clause, schooling_headings
from jobs_ingest.demands.lexicon import Hit, Lexicon, alternatives, fold, table, word_set
from profiling.fields import EDUCATION_LEVELS

_FIELD_LIMIT = 8
_FIELD_START = re.compile(
    r"\s?(?:degree|course|level|holder|certificate|engineer(?:ing)?(?=\s?\())?s?\s?"
    r"(?:in(?:\s+the)?\s+(?!progress|hand\b)|of\s+|\(\s?(?=[a-z])|-\s?(?=[a-z]))(?:the\s+|field\s+of\s+)?"
)
_FIELD_WORD = re.compile(r"[a-z][a-z&/'.-]*|&|/")
_FIELD_END = re.compile(r"[,;:()\[\]\n]|\.(?=\s|$)")
_CLOSING = re.compile(r"\s?\)")
_BLANK = re.compile(r"\s+")
_OPEN_END = re.compile(r"\b(?:in|of)$")
_CAPITALS = re.compile(r"[A-Z]")
_PLAIN_TWO = re.compile(r"[a-z]{2}")
_VERB = re.compile(
    r"\b(?:must|will|to|can|should|may|not|would|could|shall|please|contact|call|help|join|with)\s*$"
)
_UP_TO = re.compile(r"\bup\s?to\s+$")
#: Somebody who still studies, where it stands beside the graduates.
_STUDYING = re.compile(r"under[\s-]?graduates?")
_GRADUATED = re.compile(r"graduates?|graduation")
_OR = re.compile(r"\s*(?:/|,|or|&|and|,\s*or)\s*")
_FAILED = re.compile(r"fail|/\s?fail")
_SHORTEST, _DIVISIONS = 2, 3
#: Levels by the highest class passed.
_CLASS_LEVELS = ((5, "primary"), (9, "lower_secondary"), (10, "secondary"), (12, "higher_secondary"))


@dataclass(frozen=True, slots=True)
class Schooling:
    """Schooling as read."""

    start: int
    end: int
    level: str
    field: str | None
    kind: str = EDUCATION


@cache
def _words() -> Lexicon[tuple[str, bool]]:
    lists = table("education")
    entries = [(word, (level, False)) for level in EDUCATION_LEVELS for word in lists[level]["words"]]
    for level in EDUCATION_LEVELS:
        for short in lists[level].get("abbreviations", ()):
            letters = short.strip(".").split(".")
            ways = {
                "".join(letters) + ".",
                ".".join(letters),
                ".".join(letters) + ".",
                "".join(letters),
                ". ".join(letters),
                ". ".join(letters) + ".",
            }
            entries += [(way, (level, True)) for way in sorted(ways)]
    return Lexicon(entries)


@cache
def _none_behind_label() -> re.Pattern[str]:
    return re.compile(
        rf"[\s:*-]*({alternatives(table('education')['none']['behind_label'])})[\s.,]*$", re.MULTILINE
    )


@cache
def _class_names() -> dict[str, int]:
    return {fold(word): int(number) for word, number in table("education")["classes"].items()}


@cache
def _not_schooling() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = table("education")["not_schooling"]
    return (
        re.compile(rf"(?<!\w)(?:{alternatives(lists['before'])})[\s-]*$|\d\s?$"),
        re.compile(rf"[\s-]?(?:{alternatives(lists['behind'])})(?!\w)"),
    )


@cache
def _field_words() -> tuple[frozenset[str], frozenset[str]]:
    lists = table("education")["any_field"]
    return frozenset(map(fold, lists["words"])), frozenset(map(fold, lists["stop"]))


@cache
def _class() -> re.Pattern[str]:
    lists = table("education")
    word, passed = alternatives(lists["class_words"]["class"]), alternatives(lists["class_words"]["passed"])
    name = alternatives(lists["classes"])
    number = rf"(?:\d{{1,2}}\s?(?:st|nd|rd|th|वीं|वी|औं|ম|ஆம்|ம்|වන)?|{name})"
    return re.compile(
        rf"(?<![\w.+])(?:(?:{word})\s?(?:-\s?)?(?P<a>{number})(?P<passed>[\s-]?(?:{passed}))?"
        rf"|(?P<b>{number})[\s-]?(?:{word})(?P<passed2>[\s-]?(?:{passed}))?"
        rf"|(?P<c>{number})[\s-]?(?P<passed3>{passed}))(?![a-z])"
    )


def may_name_schooling(folded: str) -> bool:
    """Whether a whole text can name any: a quick look."""
    known = _words().stands_in(folded) or schooling_headings().stands_in(folded)
    return known or _class().search(folded) is not None


def schoolings(text: str, folded: str, clause: Clause) -> list[Schooling]:
    """The schooling that a clause asks for."""
    if clause.topic == EDUCATION and (label := _none_behind_label().match(folded, clause.start, clause.end)):
        return [Schooling(label.start(1), label.end(1), "none", None)]
    found = [*_named(text, folded, clause), *_classes(folded, clause)]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Schooling] = []
    for one in found:
        last = kept[-1] if kept else None
        closing = _CLOSING.match(folded, one.end)
        if last and closing and last.level == one.level and folded[last.end : one.start].strip() == "(":
            # "Bachelor of Business Studies (BBS) in Accounting"
            field, end = _field(text, folded, closing.end(), clause.end)
            kept[-1] = Schooling(last.start, end, last.level, field or one.field or last.field)
        elif not last or one.start >= last.end:
            kept.append(one)
    return _with_students(folded, kept)


def _with_students(folded: str, found: list[Schooling]) -> list[Schooling]:
    """Beside *graduate* an *undergraduate* has passed school and no more: "Graduate / Undergraduate"."""
    lowered = list(found)
    for at, (one, other) in enumerate(pairwise(found)):
        said = folded[one.start : one.end], folded[other.start : other.end]
        if not _OR.fullmatch(folded, one.end, other.start):
            continue
        if _GRADUATED.fullmatch(said[0]) and _STUDYING.fullmatch(said[1]):
            lowered[at + 1] = replace(other, level="higher_secondary")
        elif _STUDYING.fullmatch(said[0]) and _GRADUATED.fullmatch(said[1]):
            lowered[at] = replace(one, level="higher_secondary")
    return lowered


def _named(text: str, folded: str, clause: Clause) -> Iterator[Schooling]:
    past = clause.start
    for hit in _words().find(folded, clause.start, clause.end):
        level, short = hit.what
        if hit.start < past or not _is_schooling(text, folded, clause, hit, short):
            continue
        field, end = _field(text, folded, hit.end, clause.end)
        end -= folded[hit.start : end].endswith("/")
        past = end
        yield Schooling(hit.start, end, level, field)


def _is_schooling(text: str, folded: str, clause: Clause, hit: Hit[tuple[str, bool]], short: bool) -> bool:
    before, behind = _not_schooling()
    said_before = folded[max(clause.start, hit.start - 20) : hit.start]
    if behind.match(folded, hit.end, clause.end) or (before.search(said_before) and not _UP_TO.search(said_before)):
        return False
    if not short:
        return True
    said = text[hit.start : hit.end]
    if not said[0].isupper() or len(_CAPITALS.findall(said)) < min(2, sum(c.isalpha() for c in said)):
        return False
    if "." in said or not _PLAIN_TWO.fullmatch(folded, hit.start, hit.end):
        return said not in ("SEE", "ICS", "CA", "ISC") or _has_company(folded, clause, hit)
    # Two bare capitals are a degree only in a degree's company: "BE/Diploma", "BA in English", "MA (Economics)".
    return not _VERB.search(folded[max(0, hit.start - 12) : hit.start]) and _has_company(folded, clause, hit)


def _has_company(folded: str, clause: Clause, hit: Hit[tuple[str, bool]]) -> bool:
    if clause.topic == EDUCATION or folded[max(0, hit.start - 1) : hit.start] in ("/", "("):
        return True
    if re.search(r"(?:qualification|education|degree)s?\W{1,3}$", folded[max(0, hit.start - 18) : hit.start]):
        return True
    return bool(re.match(r"\.?\s?(?:[/(,]|in\s|or\s|pass|degree|-\s?[a-z])", folded[hit.end : hit.end + 10]))


def _field(text: str, folded: str, place: int, ceiling: int) -> tuple[str | None, int]:
    """The words of the field of study behind a level, and where they end."""
    begins = _BLANK.match(folded, place, ceiling) if _OPEN_END.search(folded, place - 3, place) else None
    begins = begins or _FIELD_START.match(folded, place, ceiling)
    if not begins:
        return None, place
    stop = _FIELD_END.search(folded, begins.end(), ceiling)
    limit = stop.start() if stop else ceiling
    nothing, stops = _field_words()
    words: list[re.Match[str]] = []
    for word in _FIELD_WORD.finditer(folded, begins.end(), limit):
        gap = folded[words[-1].end() if words else begins.end() : word.start()]
        if gap.strip() or word[0].strip(".") in stops or len(words) == _FIELD_LIMIT:
            break
        if _words().at(folded, word.start()):
            break
        words.append(word)
    while words and words[0][0] in ("in", "of", "the", "and", "&", "/"):
        words.pop(0)
    while words and words[-1][0] in ("and", "&", "/", "in", "of", "the", "a", "any"):
        words.pop()
    if not words:
        return None, place
    start, end = words[0].start(), words[-1].end()
    said = folded[start:end].strip("./-")
    empty = word_set("education", "any_field", "single").issuperset(said.split())
    if empty or len(said) < _SHORTEST or said in nothing:
        return None, place
    end = start + len(folded[start:end].rstrip("./-'&"))
    closed = end + 1 if "(" in begins[0] and folded[end : end + 1] == ")" else end
    return text[start:end], closed


def _classes(folded: str, clause: Clause) -> Iterator[Schooling]:
    for match in _class().finditer(folded, clause.start, clause.end):
        said = match["a"] or match["b"] or match["c"]
        digits = re.match(r"\d+", said)
        number = int(digits[0]) if digits else _class_names()[said]
        passed = match["passed"] or match["passed2"] or match["passed3"]
        if match["b"] and number <= _DIVISIONS and not passed:
            # "2nd class degree" names the result, not the class.
            continue
        native = not match[0].isascii()
        if not (
            passed
            or native
            or clause.topic == EDUCATION
            or re.search(r"educat|qualif|pass", folded[clause.start : clause.end])
        ):
            continue
        if (
            match["c"]
            and passed
            and passed.strip() in ("certificate", "education", "complete", "completed")
            and not re.search(r"th|[^\d\s]", said)
        ):
            continue
        if (passed and _FAILED.search(passed)) or _FAILED.match(folded, match.end()):
            number -= 1
        if level := next((level for top, level in _CLASS_LEVELS if number <= top), None):
            yield Schooling(match.start(), match.end(), level, None)
