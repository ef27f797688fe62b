"""How much each clause wants what it names, by the words before and behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from jobs_ingest.demands.clauses import EXPERIENCE, WISHES, Clause
from jobs_ingest.demands.lexicon import Lexicon, table
from jobs_ingest.demands.values import Wish

NOT_NEEDED = "not_needed"
#: Marks within a clause behind which another thing begins.
_PART = re.compile(r"[,()\[\]]|\bbut\b|\bwhile\b|\bhowever\b|\bwhereas\b|،| - ")
_JOINED = re.compile(r"\b(?:and|or)\b|&|और|र |এবং|ও |اور|மற்றும்|සහ")
_DENIED = re.compile(r"(?:^|[\s(,])(?:no|not|without|non|never)\s+(?:[\w'-]+\s+){0,2}$")


class Named(Protocol):
    """Something named in a clause."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@cache
def _markers() -> Lexicon[tuple[str, str]]:
    lists = table("wishes")
    entries = [
        (phrase, (wish, side))
        for wish in (NOT_NEEDED, "wished", "essential")
        for side in ("behind", "before", "either")
        for phrase in lists[wish][side]
    ]
    return Lexicon(entries)


def wishes(folded: str, clause: Clause, named: Sequence[Named]) -> list[str | None]:
    """For each thing named in a clause, in order: essential, wished, not_needed, or None when it is not said."""
    said: list[str | None] = [None] * len(named)
    if not named:
        return said
    parts = [clause.start, *(m.end() for m in _PART.finditer(folded, clause.start, clause.end)), clause.end]
    inside = {
        at
        for at, item in enumerate(named)
        if _DENIED.search(folded[max(clause.start, item.start - 30) : item.start])
    }
    floor, last = clause.start, []
    markers = list(_markers().find(folded, clause.start, clause.end))
    for order, marker in enumerate(markers):
        wish, side = marker.what
        ceiling = markers[order + 1].start if order + 1 < len(markers) else clause.end
        behind = _behind(folded, named, parts, floor, marker.start)
        if side == "before" or (side == "either" and (not behind or folded[marker.end : marker.end + 1] == ":")):
            claimed = _before(folded, named, parts, marker.end, ceiling, wide=wish == "essential")
            floor = marker.start
            new = [at for at in claimed if said[at] is None]
        elif behind:
            new, floor, last = behind, marker.end, behind
        else:
            # "Not mandatory but a plus": the second marker speaks of what the first one spoke of.
            new = last if wish == "wished" else []
        for at in new:
            said[at] = wish
    for at in inside:
        said[at] = NOT_NEEDED if said[at] != "wished" else said[at]
    return said


def _behind(folded: str, named: Sequence[Named], parts: list[int], floor: int, place: int) -> list[int]:
    """What a marker behind speaks of: the nearest part of the clause, and what a list joins to it."""
    before = [at for at, item in enumerate(named) if item.start >= floor and item.end <= place]
    if not before:
        return []
    nearest = before[-1]
    # "BE. Important: candidates from the north will be preferred"
    if re.search(r":.*[^\W_]", folded[named[nearest].end : place]):
        return []
    start = max(p for p in parts if p <= max(named[nearest].start, parts[0]))
    new = [at for at in before if named[at].start >= start]
    gaps = [start, *(edge for at in new for edge in (named[at].start, named[at].end)), place]
    if not any(_JOINED.search(folded, a, b) for a, b in zip(gaps[::2], gaps[1::2], strict=True)):
        return new
    for at in reversed(before[: len(before) - len(new)]):
        heads = named[at].kind == EXPERIENCE and named[new[0]].kind == "skill"
        if named[at].kind != named[nearest].kind and not heads:
            break
        new.insert(0, at)
        if heads:
            break
    return new


def _before(
    folded: str, named: Sequence[Named], parts: list[int], place: int, ceiling: int, *, wide: bool
) -> list[int]:
    """What a marker in front speaks of: the next part, beyond it only what is of the same kind."""
    after = [at for at, item in enumerate(named) if item.start >= place and item.start < ceiling]
    if not after or wide:
        return after
    end = min((p for p in parts if p > named[after[0]].start), default=ceiling)
    new = [at for at in after if named[at].start < end]
    for at in after[len(new) :]:
        if named[at].kind != named[new[0]].kind or ")" in folded[place : named[at].start]:
            break
        new.append(at)
    return new


def default_wish(clause: Clause) -> Wish:
    """What the section says of a thing of which the clause says nothing."""
    return Wish.WISHED if clause.section == WISHES else Wish.ESSENTIAL
