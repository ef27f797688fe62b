"""Where a narrative names skills: the coder's phrases, and what lists and word order hide from them.

People tell their work in lists that share a word: "cut, bent and tied rebar", "rod cut, bent and tied",
"basins and toilets fitted". They put a duration between the object and its verb ("truck five years drove"),
and say a gerund behind its object ("pipe threading") where a phrase has it in front.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from profiling.coding import Coder, Found
from profiling.narrative_clauses import LISTING, NONE, SOFT, VERBS, Read
from profiling.narrative_years import Duration
from profiling.wordforms import forms

_ARTICLES = frozenset(("a", "an", "the"))
#: Entries of a list that are read from a phrase onwards, so that a page of commas stays quick.
_MOST_ENTRIES = 8


@dataclass(frozen=True, slots=True)
class Mention:
    """Words (first, one past the last) that name skills."""

    first: int
    past: int
    found: tuple[Found[str], ...]


#: Two words of a phrase and the skills that it names.
Pairs = Mapping[tuple[str, str], frozenset[str]]


def mentions(told: Read, coder: Coder, times: Sequence[Duration]) -> list[Mention]:
    """The mentions of a text, in its order. ``times`` are stepped over: they may stand within a phrase."""
    text = _without(told.text, times)
    held: dict[tuple[int, int], list[Found[str]]] = defaultdict(list)
    starts = {word.start: at for at, word in enumerate(told.words)}
    ends = {word.end: at + 1 for at, word in enumerate(told.words)}
    for hit in coder.mentions(text):
        held[starts[hit.start], ends[hit.end]].append(hit)
    # Tamil *naan* (I) is the bread of another language.
    persons = {(person.first, person.past) for person in told.persons}
    found = [Mention(*span, tuple(hits)) for span, hits in held.items() if span not in persons]
    pairs = _pairs(coder)
    more = {(one.first, one.past): one for one in _turned(told, pairs)}
    for mention in [*found, *more.values()]:
        more |= {(one.first, one.past): one for one in _shared(told, mention, pairs)}
    taken = {at for one in more.values() for at in range(one.first, one.past)}
    kept = [one for one in found if one.past - one.first > 1 or one.first not in taken]
    covered = {at for one in kept for at in range(one.first, one.past)}
    kept += [one for one in more.values() if covered.isdisjoint(range(one.first, one.past))]
    return sorted(kept, key=lambda one: one.first)


def _without(text: str, times: Sequence[Duration]) -> str:
    """The text with its durations blanked, every other character in its place."""
    kept, last = [], 0
    for time in times:
        kept += [text[last : time.start], " " * (time.end - time.start)]
        last = time.end
    return "".join((*kept, text[last:]))


@lru_cache(maxsize=4)
def _pairs(coder: Coder) -> Pairs:
    made: dict[tuple[str, str], set[str]] = defaultdict(set)
    for skill in coder.taxonomy.skills.values():
        for phrase in skill.phrases:
            key = [form for form in forms(phrase) if form not in _ARTICLES]
            if len(key) == 2:
                made[key[0], key[1]].add(skill.code)
    return {key: frozenset(codes) for key, codes in made.items()}


def _mention(told: Read, first: int, past: int, skills: frozenset[str]) -> Mention:
    start, end = told.words[first].start, told.words[past - 1].end
    return Mention(first, past, tuple(Found(code, told.text[start:end], start, end) for code in sorted(skills)))


def _turned(told: Read, pairs: Pairs) -> Iterator[Mention]:
    """A gerund behind its object, and a verb that opens its statement before its object."""
    for at in range(1, len(told.words)):
        skills = pairs.get((told.words[at].form, told.words[at - 1].form))
        if not skills or told.marks[at] != NONE:
            continue
        if told.said[at].isascii():
            turned = told.said[at].endswith("ing")
        else:
            closes = at + 1 == len(told.words) or told.marks[at + 1] != NONE
            turned = closes and (told.marks[at - 1] != NONE or any(p.past == at - 1 for p in told.persons))
        if turned:
            yield _mention(told, at - 1, at + 1, skills)


def _shared(told: Read, mention: Mention, pairs: Pairs) -> Iterator[Mention]:
    """The further entries of a list that share the first or the last word of a phrase."""
    first, last = told.words[mention.first].form, told.words[mention.past - 1].form
    if (first, last) not in pairs and (last, first) not in pairs:
        return
    for at in _entries(told, mention.past, 1):
        skills = pairs.get((first, told.words[at].form))
        if skills:
            yield _mention(told, at, at + 1, skills)
    for at in _entries(told, mention.first - 1, -1):
        skills = pairs.get((told.words[at].form, last))
        if skills:
            yield _mention(told, at, at + 1, skills)


def _entries(told: Read, at: int, step: int) -> Iterator[int]:
    """The words at which the entries of a list stand, each behind a comma or an *and*, from a phrase onwards."""
    for _ in range(_MOST_ENTRIES):
        while step > 0 and at < len(told.words) and told.kinds[at] in VERBS and told.marks[at] == NONE:
            at += 1
        joined = _joined(told, at, step)
        if joined is None:
            return
        yield joined
        at = joined + step


def _joined(told: Read, at: int, step: int) -> int | None:
    """The word behind the comma or *and* that stands at ``at``, in the direction of ``step``, or None."""
    if not 0 <= at < len(told.words):
        return None
    border = told.marks[at if step > 0 else at + 1]
    if told.kinds[at] in LISTING and border in (NONE, SOFT):
        at += step
        if not 0 <= at < len(told.words):
            return None
        return at if told.marks[at if step > 0 else at + 1] == NONE else None
    return at if border == SOFT else None
