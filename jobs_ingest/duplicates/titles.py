"""Titles: the words of the trade, the rank and the shift, without what pushes, counts or numbers the advert."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from jobs_ingest.duplicates.table import replaced, table
from jobs_ingest.duplicates.values import Finding, Part
from jobs_ingest.duplicates.words import latin, spelt, stem, unmatched

#: Words that number a rank (*Engineer II*, *L4*), and a number behind a word (*Developer 3*, not *Operator - 1*).
_RANK = re.compile(r"ii|iii|iv|l\d")
_NUMBERED = re.compile(r"[a-z] (\d)(?:\s*[-,(]|\s*$)")
#: A rank that means another one at the end of a title: a *Shop Assistant* helps, an *Assistant Manager*
#: manages. An associate at the end is a word like *officer*.
_BEHIND = {"assistant": "helper", "associate": ""}
#: A longer title is read by its beginning.
_LONGEST = 300
#: Most words for the work of a text in which the words of a title are looked for.
_MOST_WORDS = 60
#: What a level becomes when the descriptions go the same way.
_OVER_ONE_WORDING = {"told": "parted", "partly": "parted", "apart": "retitled"}


@dataclass(frozen=True, slots=True)
class TitleReading:
    """A title taken apart. ``core``: stems that name the trade; ``general``: stems that go with many trades."""

    core: frozenset[str]
    general: frozenset[str]
    grades: frozenset[str]
    marks: frozenset[str]
    several: bool
    latin: bool

    @property
    def words(self) -> frozenset[str]:
        """The words that are compared: the core, or where there is none, what else the title says."""
        return self.core or self.general


@lru_cache(maxsize=5_000)
def read_title(
    title: str, place: frozenset[str] = frozenset(), employer: frozenset[str] = frozenset()
) -> TitleReading:
    """A title taken apart, without the stems of the place, and of the employer when all of them stand there."""
    known = table()
    plain = known.counts.sub(" ", known.numbers.sub(" ", title[:_LONGEST].casefold()))
    kept = [word for word in spelt(plain) if word not in known.words["title.noise"]]
    grades, kept = _taken(kept, known.grades)
    marks, kept = _taken(kept, known.marks)
    general = frozenset(stem(word) for word in kept if word in known.words["title.generic"])
    words = replaced([stem(word) for word in kept], known.alike)
    ranks = frozenset(word for word in words if _RANK.fullmatch(word)) | frozenset(_NUMBERED.findall(plain))
    words = [word for word in words if not word.isdigit() and word not in ranks]
    elsewhere = place | employer if employer.issubset(words) else place
    words = [word for word in words if word not in elsewhere] or words
    general &= frozenset(words)
    core = frozenset(words) - general
    return TitleReading(core, general, grades | ranks, marks, _several(plain), latin(core | general))


def _several(title: str) -> bool:
    """Whether a title offers one trade in several ranks: the sides of a stroke share a word or both name a rank."""
    sides = [spelt(side) for side in title.split("/")]
    return any(
        set(one) & set(other) or (_taken(one, table().grades)[0] and _taken(other, table().grades)[0])
        for one, other in pairwise(sides)
    )


def _taken(words: list[str], phrases: Mapping[tuple[str, ...], str]) -> tuple[frozenset[str], list[str]]:
    """The classes of the phrases in a title, and the words that are left."""
    found, left, at = set(), list[str](), 0
    while at < len(words):
        for length in (2, 1):
            name = phrases.get(tuple(words[at : at + length]))
            if name and at + length <= len(words):
                name = _BEHIND.get(name, name) if at and at + length == len(words) else name
            if name and at + length <= len(words):
                found.add(name)
                at += length
                break
        else:
            left.append(words[at])
            at += 1
    return frozenset(found), left


def compare_titles(
    ours: TitleReading, theirs: TitleReading, texts: tuple[frozenset[str], frozenset[str]], one_wording: bool
) -> Iterable[Finding]:
    """Findings on the words, the rank and the shift of two titles; none on words in different scripts.

    ``texts`` are the stems of both descriptions, where what a title leaves out may stand; ``one_wording``: whether
    the descriptions go the same way, so that the titles tell apart what one employer wrote over one text.
    """
    if ours.latin != theirs.latin:
        return
    if ours.words and theirs.words:
        level = _words_level(ours, theirs, *texts)
        level = _OVER_ONE_WORDING.get(level, level) if one_wording else level
        yield Finding(Part.TITLE, level, " ".join(sorted(ours.words)), " ".join(sorted(theirs.words)))
    yield from _classes(Part.GRADE, ours.grades, theirs.grades, hard=_ranks_differ(ours, theirs))
    yield from _classes(Part.MARK, ours.marks, theirs.marks, hard=bool(ours.marks and theirs.marks))


def _ranks_differ(ours: TitleReading, theirs: TitleReading) -> bool:
    known, mine, others = table(), ours.grades, theirs.grades
    if mine and others and not mine & others:
        return not mine | others <= known.lowest_grades
    if not mine & others and mine ^ others <= known.soft_grades:
        return False
    return not ours.several and not theirs.several


def _words_level(
    ours: TitleReading, theirs: TitleReading, our_text: frozenset[str], their_text: frozenset[str]
) -> str:
    if ours.words == theirs.words or _closed_up(ours.words) == _closed_up(theirs.words):
        return _general_level(ours, theirs)
    mine, others = unmatched(ours.words, theirs.words)
    if not mine and not others:
        return _general_level(ours, theirs)
    if not mine or not others:
        sizes = sorted((len(ours.words), len(theirs.words)))
        return "wider" if 2 * sizes[0] >= sizes[1] else "loose"
    if _told(mine, their_text) or _told(others, our_text):
        return "told"
    if not unmatched(mine, our_text)[0] and not unmatched(others, their_text)[0]:
        return "swapped"
    return "apart" if len(mine) == len(ours.words) and len(others) == len(theirs.words) else "partly"


def _told(words: frozenset[str], text: frozenset[str]) -> bool:
    """Whether a text has all these words. A long one says nothing by that: it has many."""
    return len(text) <= _MOST_WORDS and not unmatched(words, text)[0]


def _general_level(ours: TitleReading, theirs: TitleReading) -> str:
    """The level of titles with one core: *kin* when both have a general word and it is another one."""
    if not ours.core or not theirs.core:
        return "same"
    return "kin" if ours.general and theirs.general and not ours.general & theirs.general else "same"


def _closed_up(words: frozenset[str]) -> str:
    """The letters of all words: *fork lift* and *forklift* hold the same."""
    return "".join(sorted("".join(words)))


def _classes(part: Part, ours: frozenset[str], theirs: frozenset[str], hard: bool) -> Iterable[Finding]:
    if ours != theirs:
        yield Finding(part, "differs" if hard else "unsaid", " ".join(sorted(ours)), " ".join(sorted(theirs)))
