"""How long a course lasts, where the reader of demands finds no length: local words and a number behind a label."""

from __future__ import annotations

import re
from functools import cache

from jobs_ingest.course_values import Said
from jobs_ingest.course_words import FILE, Span, Text, clauses, hits, named, says, sentences
from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.words import END, START, one_of, owner, plain, squeezed

#: As everywhere in reading courses: six days make a week.
_WEEKS = {"days": 1 / 6, "weeks": 1.0, "months": 52 / 12, "years": 52.0}
_MOST = 260.0
_REACH = 26


def read_weeks(text: Text) -> Said[float] | None:
    """The length in weeks; None when no length, or two different ones, are told."""
    found = [
        said
        for sentence in sentences(text)
        for clause in clauses(text, sentence)
        for said in _lengths(text, clause)
    ]
    return found[0] if len({said.value for said in found}) == 1 else None


@cache
def _pattern() -> re.Pattern[str]:
    units = table(FILE)["length"]["unit"]
    words = one_of(plain(word) for several in units.values() for word in several)
    numbers = one_of(table(FILE)["length"]["number"])
    return re.compile(
        rf"(?<![\w.,/-])(?:(?P<figure>\d{{1,3}}(?:\.\d)?)|(?P<word>{numbers}{END}))[\s-]{{0,2}}(?P<unit>{words})(?![a-z])"
    )


def _lengths(text: Text, clause: Span) -> list[Said[float]]:
    if says(text, clause, "length", "not"):
        return []
    units = owner(FILE, "length", "unit")
    found = []
    for hit in _pattern().finditer(text.folded, clause.start, clause.end):
        if not _of_course(text, clause, Span(hit.start(), hit.end())):
            continue
        if hit["figure"]:
            number = float(hit["figure"])
        else:
            number = float(named(text, Span(hit.start("word"), hit.end("word")), "length", "number")[0].what)
        weeks = round(number * _WEEKS[units[squeezed(hit["unit"])]], 2)
        if 0 < weeks <= _MOST:
            found.append(Said(weeks, text.words(hit.start(), hit.end())))
    return found


def _of_course(text: Text, clause: Span, hit: Span) -> bool:
    """Whether a span of time is the course's: a label near it, "for" or hours beside it, or nothing else said."""
    rest = text.folded[clause.start : hit.start] + text.folded[hit.end : clause.end]
    if not re.search(r"[^\W\d_]", rest):
        return True
    near = Span(max(clause.start, hit.start - _REACH), min(clause.end, hit.end + _REACH))
    if hits(text, near, "length", "label"):
        return True
    before = text.folded[max(clause.start, hit.start - 12) : hit.start]
    return re.search(rf"{START}(?:hours?|hrs) (?:in|over) $|total for $", before) is not None
