"""From the text of a course to what it teaches, what it asks for at entry, and how long it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from jobs_ingest.demands.clauses import (
    ABOUT,
    DUTIES,
    FACTS,
    LENGTH,
    OFFER,
    OPEN,
    REQUIREMENTS,
    TAUGHT,
    WISHES,
    clauses,
)
from jobs_ingest.demands.experience import experiences, quantities
from jobs_ingest.demands.lexicon import LETTER, Lexicon, fold, table
from jobs_ingest.demands.reading import Said, education_of, experience_of, once, read_all, skills_of
from jobs_ingest.demands.values import CourseReading, Length
from profiling.coding import Coder

_WEEKS = {"years": 52.0, "months": 52 / 12, "weeks": 1.0, "days": 1 / 6}
_TEACHES = frozenset({TAUGHT, DUTIES, OPEN, LENGTH})
_REACH, _NEAR = 30, 22


def read_course(text: str, coder: Coder) -> CourseReading:
    """What a course teaches, what it asks for at entry, and how long it takes."""
    said = read_all(text, coder)
    folded = fold(text)
    entry = [one for one in said if _is_entry(folded, one)]
    taught = [one for one in said if one.clause.section in _TEACHES]
    return CourseReading(
        taught=tuple(replace(one, wish=None, from_duties=False) for one in skills_of(text, taught)),
        entry_education=tuple(once(education_of(text, one) for one in entry)),
        entry_experience=tuple(once(experience_of(text, one) for one in entry)),
        lengths=tuple(_lengths(text, folded)),
    )


def read_lengths(text: str) -> tuple[Length, ...]:
    """The lengths that a cell tells which holds the length of a course and nothing else, without their places."""
    parts = [f"Duration: {part}" for part in re.split(r"[/;,()|]", text) if part.strip()]
    return tuple(length for told in parts for length in _lengths(told, fold(told)))


@cache
def _cues(which: str) -> Lexicon[bool]:
    return Lexicon((word, True) for word in table("experience")[which])


def _has(which: str, folded: str, start: int, end: int) -> bool:
    return next(_cues(which).find(folded, max(0, start), end), None) is not None


def _is_entry(folded: str, one: Said) -> bool:
    """Whether it is asked for at entry, and is not what the course leads to."""
    if one.clause.section in (REQUIREMENTS, WISHES):
        return True
    start, end = max(one.clause.start, one.item.start - _NEAR), min(one.clause.end, one.item.end + _NEAR)
    return one.clause.section in _TEACHES and _has("entry", folded, start, end)


def _lengths(text: str, folded: str) -> Iterable[Length]:
    """The lengths told under a heading of length; else those said of a course, or standing alone."""
    found = list(_told(text, folded))
    labelled = [length for clear, length in found if clear]
    return labelled or [length for _, length in found]


def _told(text: str, folded: str) -> Iterator[tuple[bool, Length]]:
    for clause in clauses(text, folded):
        if clause.section in (REQUIREMENTS, WISHES, OFFER, ABOUT, FACTS):
            continue
        entry = experiences(text, folded, clause)
        for quantity in quantities(folded, clause.start, clause.end):
            value = quantity.most if quantity.least is None else quantity.least
            clear = clause.section == LENGTH
            near = max(clause.start, quantity.start - _REACH), min(clause.end, quantity.end + _REACH)
            alone = not re.search(LETTER, folded[clause.start : quantity.start] + folded[quantity.end : clause.end])
            known = any(one.start <= quantity.start < one.end for one in entry)
            if value is None or not (clear or alone or (not known and _has("course", folded, *near))):
                continue
            weeks = None if quantity.unit == "hours" else round(value * _WEEKS[quantity.unit], 2)
            hours = value if quantity.unit == "hours" else None
            words = text[quantity.start : quantity.end]
            yield clear, Length(weeks, hours, words, quantity.start, quantity.end)
