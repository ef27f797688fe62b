"""Descriptions: which words for the work two posts share, and whether the text is the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.values import Finding, Part
from jobs_ingest.duplicates.words import latin, told, unmatched

#: Least share of the smaller side's words for the work that the other has, by level.
_WORK = (("most", 0.85), ("much", 0.72), ("some", 0.55), ("few", 0.35), ("none", 0.0))
#: So few words for the work are only told apart, never alike.
_FEW = 2
#: A changed word is one on each side.
_ONE_CHANGED = 2
#: Least share of pairs of neighbouring words: of both texts together, of the shorter one, of both together.
_SAME, _EXCERPT, _ALIKE = 0.9, 0.8, 0.4


@dataclass(frozen=True, slots=True)
class TextReading:
    """A description taken apart: ``own`` are its stems for the work done, ``work`` these and
    those of the title, ``pairs`` checksums (CRC-32) of the pairs of neighbouring stems."""

    words: frozenset[str]
    own: frozenset[str]
    work: frozenset[str]
    pairs: frozenset[int]
    latin: bool


def read_text(description: str | None, title: frozenset[str], elsewhere: frozenset[str]) -> TextReading:
    """A description taken apart; words of the title count as work, those of place and employer do not.

    ``elsewhere`` are the stems of place and employer.
    """
    known = table().words
    words = told(description)
    left_out = known["text.stop"] | known["text.conditions"] | elsewhere
    own = frozenset(word for word in words if word not in left_out and not word.isdigit() and len(word) > 1)
    pairs = frozenset(crc32(f"{one} {other}".encode()) for one, other in pairwise(words))
    return TextReading(frozenset(words), own, own | title if own else own, pairs, latin(frozenset(words)))


def compare_texts(ours: TextReading, theirs: TextReading) -> list[Finding]:
    """Findings on the words for the work and on the wording.

    There are none where a text is missing, very short or in another script.
    """
    if ours.latin != theirs.latin:
        return []
    known, found = table(), list[Finding]()
    fewest = min(len(ours.work), len(theirs.work))
    if fewest >= known.fewest_words:
        mine, others = unmatched(ours.work, theirs.work)
        share = max(len(ours.work) - len(mine), len(theirs.work) - len(others)) / fewest
        level = next(name for name, least in _WORK if share >= least)
        if fewest < known.many_words and level in {"most", "much"}:
            level = "brief"
        found.append(Finding(Part.WORK, level, " ".join(sorted(mine)), " ".join(sorted(others))))
    elif min(len(ours.own), len(theirs.own)) >= _FEW and not ours.own & theirs.own:
        found.append(Finding(Part.WORK, "other", " ".join(sorted(ours.own)), " ".join(sorted(theirs.own))))
    shorter = min(len(ours.pairs), len(theirs.pairs))
    if shorter >= known.fewest_pairs:
        both = len(ours.pairs & theirs.pairs)
        whole = both / len(ours.pairs | theirs.pairs)
        level = "same" if whole >= _SAME else "excerpt" if both / shorter >= _EXCERPT else "alike"
        if shorter < known.many_pairs and level != "alike":
            level = "short"
        if level == "alike" and whole >= _ALIKE and _filled(ours, theirs):
            level = "filled"
        if whole >= _ALIKE or level != "alike":
            found.append(Finding(Part.TEXT, level))
    return found


def _filled(ours: TextReading, theirs: TextReading) -> bool:
    """Whether each text has words for the work that the other lacks, and together more than one changed word."""
    mine, others = unmatched(ours.own, theirs.own)
    return bool(mine and others) and len(mine) + len(others) > _ONE_CHANGED
