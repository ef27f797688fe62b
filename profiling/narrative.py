"""What a person tells of their work: which skills, and whether done, helped with, led, learned, seen or denied.

The words that decide lie in ``data/narrative``; ``narrative_clauses`` tells how far each of them reaches.
Nothing is verified by being read here: a claim is what somebody says of themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from profiling.coding import Coder
from profiling.narrative_clauses import (
    DENYING,
    EXCEPTING,
    OTHERS,
    TELLING,
    VERBS,
    Clause,
    Read,
    answers,
    clauses,
    read,
)
from profiling.narrative_lexicon import Cue, Kind, lexicon
from profiling.narrative_mentions import Mention, mentions
from profiling.narrative_years import Duration, durations

#: Words between a *not* and what it denies, and between one denied thing and the next.
_REACH = 6
#: Pages are pasted too: tags within a line, tags that break one, and named characters.
_INLINE = re.compile(r"</?(?:a|abbr|b|em|font|i|mark|small|span|strong|u)(?:\s[^<>]{0,300})?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")


class How(StrEnum):
    """What a person says of a skill."""

    DID = "did"
    HELPED = "helped"
    LED = "led"
    LEARNED = "learned"
    WATCHED = "watched"
    DENIED = "denied"


_HOW: dict[str, How] = {
    Kind.HELPED: How.HELPED,
    Kind.LED: How.LED,
    Kind.LEARNED: How.LEARNED,
    Kind.WATCHED: How.WATCHED,
    Kind.ALONE: How.DID,
}


#: Others have their part in these, and the teller has one too.
_WITH_OTHERS = frozenset({Kind.HELPED, Kind.LEARNED})


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a text and the characters where they stand."""

    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A skill that a text tells of, with the words it came from.

    ``years`` is None when no duration is told with it. ``unpaid`` is work for one's own family, house or
    farm, as a volunteer or without pay; it is work. ``decided`` are the words that ``how`` was read from,
    or None when the skill is only named, which counts as done.
    """

    skill: str
    words: str
    start: int
    end: int
    how: How
    years: float | None = None
    tools: tuple[Quote, ...] = ()
    unpaid: bool = False
    decided: Quote | None = None

    @property
    def counts(self) -> bool:
        """Whether it says that the person can do this, if only as a helper or learner."""
        return self.how not in (How.WATCHED, How.DENIED)


class _Placed(Protocol):
    """Something that stands at words (first, one past the last) of the text."""

    @property
    def first(self) -> int:
        """Its first word."""

    @property
    def past(self) -> int:
        """One past its last word."""


P = TypeVar("P", bound=_Placed)


def read_narrative(text: str, coder: Coder) -> tuple[Claim, ...]:
    """The claims that a text makes, in its order; wishes and what others do make none.

    The same skill may be claimed several times, also with different ``how``.
    """
    shown = _without_markup(text)
    told = read(shown)
    times = durations(shown)
    named_all = mentions(told, coder, times)
    if not named_all:
        return ()
    unpaid = lexicon().unpaid.find(told.said, told.marks)
    tools = _tools(told)
    starts = [word.start for word in told.words]
    timed = [bisect_left(starts, time.start) for time in times]
    made: list[Claim] = []
    for clause in clauses(told, [mention.first for mention in named_all], timed):
        named = _within(named_all, clause)
        free = bool(_within(unpaid, clause))
        near = tuple(_quote(text, told, tool) for tool in _within(tools, clause)) if named else ()
        for mention, (how, cue) in _decided(told, clause, named):
            years = None if how == How.DENIED else _years(told, clause, mention, times)
            words = _quote(text, told, cue) if cue else None
            for hit in mention.found:
                said = text[hit.start : hit.end]
                made.append(Claim(hit.what, said, hit.start, hit.end, how, years, near, free, words))
    return tuple(made)


def _without_markup(text: str) -> str:
    """The text with tags and named characters blanked, every other character in its place."""
    if "<" in text:
        text = _INLINE.sub(lambda tag: " " * len(tag[0]), text)
        text = _TAG.sub(lambda tag: "\n" * len(tag[0]), text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: " " * len(entity[0]), text)
    return text


def _within(items: Sequence[P], clause: Clause) -> Sequence[P]:
    """Those of a sorted list that begin in a clause."""
    first = bisect_left(items, clause.first, key=lambda item: item.first)
    return items[first : bisect_left(items, clause.past, key=lambda item: item.first)]


def _quote(text: str, told: Read, cue: Cue) -> Quote:
    start, end = told.words[cue.first].start, told.words[cue.past - 1].end
    return Quote(text[start:end], start, end)


# --- how it was done ------------------------------------------------------------------------------


def _decided(told: Read, clause: Clause, named: Sequence[Mention]) -> list[tuple[Mention, tuple[How, Cue | None]]]:
    """The mentions of a clause that are claims, each with what is said of it and the cue that says so."""
    denied: dict[Mention, Cue] = {}
    withheld: set[Mention] = set()
    for cue in clause.cues:
        if cue.kind in DENYING:
            denied |= dict.fromkeys(_denied_by(clause, cue, named), cue)
        elif cue.kind in (Kind.WISH, Kind.OTHERS_DOING):
            withheld.update(_behind(cue, named) or _ahead(cue, named) or _over(cue, named))
        elif cue.kind in (Kind.OTHER_PERSON, Kind.OTHER_AGENT) and _acts(told, clause, cue):
            withheld.update(_behind(cue, named) + _over(cue, named))
        elif cue.kind in OTHERS:
            withheld.update(_done_by_others(told, clause, cue, named))
    for mention in _excepted(clause, named):
        denied.pop(mention, None)
    kept = [mention for mention in named if mention not in withheld]
    return [
        (mention, (How.DENIED, denied[mention]) if mention in denied else _told(clause, mention))
        for mention in kept
    ]


def _told(clause: Clause, mention: Mention) -> tuple[How, Cue | None]:
    """By the nearest word that tells how; a mere verb, or nothing, means done."""
    for kinds in (TELLING, VERBS):
        near = [cue for cue in clause.cues if cue.kind in kinds]
        if near:
            cue = min(near, key=lambda cue: max(cue.first - mention.past, mention.first - cue.past, 0))
            return _HOW.get(cue.kind, How.DID), cue
    return How.DID, None


def _excepted(clause: Clause, named: Sequence[Mention]) -> list[Mention]:
    """What an *except* leaves over from a denial: "nothing except welding" says that welding was done."""
    if not any(cue.kind in DENYING - EXCEPTING for cue in clause.cues):
        return []
    excepting = [cue for cue in clause.cues if cue.kind in EXCEPTING]
    return [mention for cue in excepting for mention in _denied_by(clause, cue, named)]


def _denied_by(clause: Clause, cue: Cue, named: Sequence[Mention]) -> Sequence[Mention]:
    """What a *not* denies: by its grammar what follows it, what stands before it, or whichever is there."""
    inside = _over(cue, named)
    if inside:
        return inside
    if answers(clause.piece_of(cue.first), [cue]):
        return _ahead(cue, named)
    following = _reached(cue, _behind(cue, named))
    if cue.kind in (Kind.NOT_BEFORE, Kind.EXCEPT_BEFORE):
        return following
    if cue.kind == Kind.NOT_AROUND:
        return following or _ahead(cue, named)
    return _ahead(cue, named) or following


def _reached(cue: Cue, following: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions behind a *not*, up to the first that lies too far from it or from the one before."""
    last = cue.past
    for count, mention in enumerate(following):
        if mention.first - last > _REACH:
            return following[:count]
        last = mention.past
    return following


def _behind(cue: Cue, named: Sequence[Mention]) -> list[Mention]:
    return [mention for mention in named if mention.first >= cue.past]


def _ahead(cue: Cue, named: Sequence[Mention]) -> list[Mention]:
    return [mention for mention in named if mention.past <= cue.first]


def _over(cue: Cue, named: Sequence[Mention]) -> list[Mention]:
    return [mention for mention in named if mention.first < cue.past and cue.first < mention.past]


def _acts(told: Read, clause: Clause, cue: Cue) -> bool:
    """Whether somebody else is the one who acts: named at the beginning, and no *I* or *me* besides."""
    if any(clause.first <= person.first < clause.past for person in told.persons):
        return False
    begins = clause.piece_of(cue.first).first
    return all(kind in (Kind.AND, Kind.OR, Kind.BREAK) for kind in told.kinds[begins : cue.first])


def _done_by_others(told: Read, clause: Clause, cue: Cue, named: Sequence[Mention]) -> list[Mention]:
    """What stands before another's name or the verb of another: "plaster my brother did"."""
    piece = clause.piece_of(cue.first)
    if any(piece.first <= person.first < piece.past for person in told.persons):
        return []
    if any(told.kinds[at] in _WITH_OTHERS for at in range(piece.first, piece.past)):
        return []
    return [mention for mention in named if piece.first <= mention.first < cue.past]


# --- how long, with what --------------------------------------------------------------------------


def _years(told: Read, clause: Clause, mention: Mention, times: Sequence[Duration]) -> float | None:
    """The duration nearest to a mention in its piece of the clause, or else in the clause."""
    piece = clause.piece_of(mention.first)
    start, end = told.words[mention.first].start, told.words[mention.past - 1].end
    for first, past in ((piece.first, piece.past), (clause.first, clause.past)):
        low, high = told.words[first].start, told.words[past - 1].end
        near = [time for time in times if low <= time.start < high]
        if near:
            return min(near, key=lambda time: max(time.start - end, start - time.end)).years
    return None


def _tools(told: Read) -> list[Cue]:
    """The tools and machines that are named: those of the lists, and "... machine" with the word before it."""
    found = [*lexicon().tools.find(told.said, told.marks), *_machines(told)]
    kept: list[Cue] = []
    for cue in sorted(found, key=lambda cue: (cue.first, -cue.past)):
        if not kept or cue.first >= kept[-1].past:
            kept.append(cue)
    return kept


def _machines(told: Read) -> list[Cue]:
    lists = lexicon()
    found = []
    for at, word in enumerate(told.said):
        if word not in lists.machines or at == 0 or told.marks[at]:
            continue
        if told.said[at - 1] in lists.before_machine_not or told.kinds[at - 1] in VERBS:
            continue
        first = at - 1
        before = told.words[at - 2] if at > 1 and not told.marks[first] else None
        if before and told.text[before.start : before.end].isupper() and told.said[first].endswith("ing"):
            first = at - 2
        found.append(Cue("tools", first, at + 1))
    return found
