"""Sections by their headings, clauses within them, and how much each clause wants what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Protocol

from jobs_ingest.demands.lexicon import Hit, Lexicon, grouped, table
from jobs_ingest.demands.values import Wish

REQUIREMENTS, WISHES, DUTIES, OFFER, ABOUT = "requirements", "wishes", "duties", "offer", "about"
TAUGHT, LENGTH, FACTS, OPEN = "taught", "length", "facts", "open"
EXPERIENCE, EDUCATION, LANGUAGES = "experience", "education", "languages"
NOT_NEEDED = "not_needed"
#: A heading of these kinds that has its content behind it speaks of that line or sentence only.
_ONE_LINE = frozenset({FACTS, LENGTH, WISHES, EXPERIENCE, EDUCATION, LANGUAGES})
_TOPICS = frozenset({EXPERIENCE, EDUCATION, LANGUAGES})
_STARTS = re.compile(r"(?:^|[\n.!?;:|।॥۔•●▪◦■□➢➤►▶✓✔❖⦁·*#>)-])[\s*#_>()-]*(?:\d{1,2}[.)]\s?)?$")
_AFTER = re.compile(r"\s?(?:\([^)\n]{0,30}\)\s?)?(?P<mark>:-|:|\*\*:?|\s-\s|\s*\n)")
_CAPITAL_NEXT = re.compile(r"\s?(?:\([A-Z][^)\n]{0,30}\))?\s+(?:[A-Z0-9•●*-])")
_BULLET_NEXT = re.compile(r"\s+[*•●▪✓➢-]\s")
_ALONE = frozenset({"requirements", "responsibilities", "qualifications"})
_BREAK = re.compile(r"\n|[•●▪◦■□➢➤►▶✓✔❖⦁·;।॥۔!?|]|\.{2,}|…|(?<=[\s:])[*](?=\s)|\.")
_LIST_DASH = re.compile(r"(?<=\s)-(?=\s[A-Z])")
_NOT_AN_END = re.compile(
    r"(?:^|[\s(,/.])(?:[a-z]|min|max|no|nos|e\.g|i\.e|etc|approx|ltd|pvt|sr|jr|dr|mr|mrs|ms|exp|yr|yrs|vs|sc|tech|com"
    r"|ed|pharm|phil|incl|govt|dept|est|eng|st)$"
)
#: Marks within a clause behind which another thing begins.
_PART = re.compile(r"[,()\[\]]|\bbut\b|\bwhile\b|\bhowever\b|\bwhereas\b|،| - ")
_JOINED = re.compile(r"\b(?:and|or)\b|&|और|र |এবং|ও |اور|மற்றும்|සහ")
_DENIED = re.compile(r"(?:^|[\s(,])(?:no|not|without|non|never)\s+(?:[\w'-]+\s+){0,2}$")
#: They end in a letter that is no initial.
_SCHOOL_LEVELS = ("o/l", "a/l")
_MUCH_TEXT = 400
_LEAST_DASHES = 3
#: Characters after which a clause is cut, so that reading stays linear.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of text that speaks of one thing, its section and the topic that a label gives it."""

    start: int
    end: int
    section: str
    topic: str | None = None
    cue: bool = False


class Named(Protocol):
    """Something named in a clause."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@cache
def _headings() -> Lexicon[str]:
    return Lexicon(grouped({kind: content["phrases"] for kind, content in table("headings").items()}))


@cache
def schooling_headings() -> Lexicon[bool]:
    """The headings under which a bare "none" is schooling."""
    return Lexicon((phrase, True) for phrase in table("headings")[EDUCATION]["phrases"])


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


@cache
def _boilerplate() -> Lexicon[bool]:
    return Lexicon((words, True) for words in table("headings")["about"]["boilerplate"])


@cache
def _cues() -> Lexicon[bool]:
    return Lexicon((word, True) for word in table("wishes")["cues"]["words"])


def clauses(text: str, folded: str) -> list[Clause]:
    """The clauses of a text in order, without the headings."""
    headings = list(_real_headings(text, folded))
    breaks = _breaks(text, folded)
    found: list[Clause] = []
    section, topic, until, before = OPEN, None, len(text), OPEN
    edges = [Hit("", 0, 0), *headings, Hit("", len(text), len(text))]
    at = 0
    for heading, following in pairwise(edges):
        if heading.what:
            before = section if section not in _ONE_LINE else before
            section = heading.what
            topic = section if section in _TOPICS else None
            until = _reach(folded, heading, following.start)
        last = heading.end
        while at < len(breaks) and breaks[at] < last:
            at += 1
        cuts = []
        while at < len(breaks) and breaks[at] < following.start:
            cuts.append(breaks[at])
            at += 1
        for cut in (*cuts, following.start):
            if last >= until and section in _ONE_LINE:
                section, topic = before, None
            if folded[last:cut].strip():
                kind = REQUIREMENTS if section in _TOPICS else section
                kind = ABOUT if _is_boilerplate(folded, last, cut) else kind
                found.append(Clause(last, cut, kind, topic, _has_cue(folded, last, cut)))
            last = cut
    return found


def _is_boilerplate(folded: str, start: int, end: int) -> bool:
    return next(_boilerplate().find(folded, start, end), None) is not None


def _has_cue(folded: str, start: int, end: int) -> bool:
    return next(_cues().find(folded, start, end), None) is not None


def _reach(folded: str, heading: Hit[str], end: int) -> int:
    """Where a heading of one line ends to speak; with nothing behind it on its line, at the next heading."""
    if heading.what not in _ONE_LINE:
        return end
    content = folded[heading.end : end].lstrip(" :*-")
    if content.startswith("\n"):
        return end
    start = end - len(content)
    line = folded.find("\n", start, end)
    if line >= 0:
        return line
    stop = re.compile(r"[.;।۔](?=\s|$)").search(folded, start, end)
    return stop.end() if stop and heading.what != WISHES else end


def _real_headings(text: str, folded: str) -> Iterator[Hit[str]]:
    for hit in _headings().find(folded):
        after = _AFTER.match(folded, hit.end)
        starts = bool(_STARTS.search(folded, max(0, hit.start - 12), hit.start)) or hit.start == 0
        said = text[hit.start : hit.end]
        capital = not said[0].isascii() or said[0].isupper()
        colon = bool(after) and ":" in after["mark"] if after else False
        if after and (starts or (colon and capital)):
            # A dash between a name and its content is a heading's only when a line begins with the name.
            yield Hit(hit.what, hit.start, after.end() if after["mark"].strip() else hit.end)
        elif capital and _opens_a_list(text, hit, starts=starts):
            yield hit


def _opens_a_list(text: str, hit: Hit[str], *, starts: bool) -> bool:
    """Whether a heading without a mark behind it reads as one: the line break after it was lost."""
    said = text[hit.start : hit.end]
    if " " not in said:
        return starts and said.lower() in _ALONE and bool(_CAPITAL_NEXT.match(text, hit.end))
    if _BULLET_NEXT.match(text, hit.end):
        return True
    return (starts or _is_title(said)) and bool(_CAPITAL_NEXT.match(text, hit.end))


def _is_title(said: str) -> bool:
    names = [
        word for word in re.split(r"[\s/&-]+", said) if word not in ("and", "of", "the", "to", "for", "you", "will")
    ]
    return bool(names) and all(word[:1].isupper() for word in names)


def _breaks(text: str, folded: str) -> list[int]:
    """The places behind which a new clause begins."""
    found = []
    for mark in _BREAK.finditer(folded):
        if mark[0] == "." and not _ends_sentence(text, folded, mark.start()):
            continue
        found.append(mark.end())
    if len(text) > _MUCH_TEXT:
        dashes = [mark.end() for mark in _LIST_DASH.finditer(text)]
        if len(dashes) >= _LEAST_DASHES:
            found = sorted({*found, *dashes})
    return list(_not_too_far(folded, found))


def _not_too_far(folded: str, places: list[int]) -> Iterator[int]:
    """The places, with more of them where a clause would have no end."""
    last = 0
    for place in (*places, len(folded)):
        while place - last > _LONGEST:
            blank = folded.rfind(" ", last + 1, last + _LONGEST)
            last = blank if blank > last else last + _LONGEST
            yield last
        last = place
        yield place


def _ends_sentence(text: str, folded: str, at: int) -> bool:
    following = text[at + 1 : at + 3]
    if not following.strip():
        return not _NOT_AN_END.search(folded[max(0, at - 8) : at]) or at + 1 >= len(text.rstrip())
    if following[0].isspace() or following[0] in "\"')":
        return folded[max(0, at - 3) : at] in _SCHOOL_LEVELS or not _NOT_AN_END.search(folded[max(0, at - 8) : at])
    # Without a blank: "in a fieldHigh" and "licence.Must" end a sentence, "B.Sc" and "2.5" do not.
    return following[0].isupper() and text[at - 1 : at].islower() and folded[max(0, at - 3) : at].isalpha()


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
