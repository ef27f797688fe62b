"""Languages asked for, with level and use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.clauses import LANGUAGES, Clause
from jobs_ingest.demands.lexicon import LETTER, Hit, Lexicon, grouped, table, tokens, word_set

_USES = ("read", "write", "speak")
_JOINS, _BETWEEN_BEFORE, _BETWEEN_BEHIND = 4, 6, 3
_AFTER_REACH, _BEFORE_REACH = 40, 60


@dataclass(frozen=True, slots=True)
class Language:
    """A language as read. ``shared``: the level is said of the list in which it stands, not of it alone."""

    start: int
    end: int
    code: str
    level: str | None = None
    skills: tuple[str, ...] = ()
    shared: bool = False
    kind: str = "language"


@cache
def _names() -> Lexicon[str]:
    return Lexicon(grouped(table("languages")["names"]))


@cache
def _context(side: str) -> Lexicon[bool]:
    return Lexicon((phrase, True) for phrase in table("languages")["context"][side])


@cache
def _other() -> Lexicon[bool]:
    return Lexicon((phrase, True) for phrase in table("languages")["context"]["not_behind"])


@cache
def _levels() -> Lexicon[str]:
    return Lexicon(grouped(table("languages")["levels"]))


@cache
def _uses() -> Lexicon[str]:
    return Lexicon(grouped(table("languages")["skills"]))


def may_name_language(folded: str) -> bool:
    """Whether a whole text can name one; a quick look before ``languages``."""
    return _names().stands_in(folded)


def languages(folded: str, clause: Clause, taken: Sequence[tuple[int, int]]) -> list[Language]:
    """The languages that a clause asks for; ``taken`` are spans of other demands, such as fields of study."""
    names = [
        hit
        for hit in _names().find(folded, clause.start, clause.end)
        if not any(start < hit.end and hit.start < end for start, end in taken)
    ]
    found: list[Language] = []
    at = 0
    while at < len(names):
        past = at + 1
        while past < len(names) and _only(folded, names[past - 1].end, names[past].start, "joins", _JOINS):
            past += 1
        floor = names[at - 1].end if at else clause.start
        ceiling = names[past].start if past < len(names) else clause.end
        found += _run(folded, clause, names[at:past], floor, ceiling)
        at = past
    return found


def _run(folded: str, clause: Clause, run: Sequence[Hit[str]], floor: int, ceiling: int) -> list[Language]:
    """Languages joined to each other: what shows that one is a language shows it of all."""
    first, last = run[0], run[-1]
    gap = re.compile(r"\s?").match(folded, last.end)
    other = _other().at(folded, gap.end() if gap else last.end)
    if other is not None and other.end <= clause.end:
        return []
    start, end = max(floor, first.start - _BEFORE_REACH), min(ceiling, last.end + _AFTER_REACH)
    alone = not re.search(LETTER, folded[clause.start : first.start] + folded[last.end : clause.end])
    fits = (
        alone or clause.topic == LANGUAGES or _before(folded, start, first.start) or _after(folded, last.end, end)
    )
    if not fits:
        return []
    found = []
    for order, hit in enumerate(run):
        own_start = start if order == 0 else run[order - 1].end
        own_end = end if order + 1 == len(run) else run[order + 1].start
        # "Good English, fluent Hindi": a level of its own, else that of the list.
        level = _level(folded, own_start, hit, own_end)
        shared = level is None and "(" not in folded[first.end : hit.start]
        if shared:
            level = _level(folded, start, first, end)
        uses = _said_uses(folded, start, first.start, last.end, end)
        found.append(Language(hit.start, hit.end, hit.what, level, uses, shared))
    return list({one.code: one for one in reversed(found)}.values())[::-1]


def _only(folded: str, start: int, end: int, which: str, most: int) -> bool:
    """Whether nothing stands between two places but a few words that may."""
    if end - start > _BEFORE_REACH:
        return False
    between = tokens(folded[start:end])
    few = sum(token.isalpha() for token in between) <= most
    return few and word_set("links", "languages", which).issuperset(between)


def _before(folded: str, start: int, place: int) -> bool:
    hits = list(_context("before").find(folded, start, place))
    return any(_only(folded, hit.end, place, "before", _BETWEEN_BEFORE) for hit in hits[-4:])


def _after(folded: str, place: int, end: int) -> bool:
    hits = list(_context("behind").find(folded, place, end))
    return any(_only(folded, place, hit.start, "behind", _BETWEEN_BEHIND) for hit in hits[:3])


def _level(folded: str, start: int, hit: Hit[str], end: int) -> str | None:
    """The nearest word of level: before the language in its part of the clause, or right behind it."""
    comma = max(folded.rfind(mark, start, hit.start) for mark in ",;")
    before = list(_levels().find(folded, max(start, comma + 1), hit.start))
    # "Communicate in English fluently": the word behind says more than the verb in front.
    weak = bool(before) and folded[before[-1].start : before[-1].end].startswith("communicat")
    if before and not weak:
        return before[-1].what
    for after in _levels().find(folded, hit.end, end):
        if not re.search(r"[,;]|\band\b", folded[hit.end : after.start]):
            return after.what
    return before[-1].what if before else None


def _said_uses(folded: str, start: int, first: int, last: int, end: int) -> tuple[str, ...]:
    comma = folded.find(";", last, end)
    end = end if comma < 0 else comma
    said = {hit.what for hit in _uses().find(folded, start, first)}
    said |= {hit.what for hit in _uses().find(folded, last, end)}
    return tuple(use for use in _USES if use in said)
