"""Employers: names without legal forms, in any spelling, shortened, or hidden."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.values import Finding, Part
from jobs_ingest.duplicates.words import told, unmatched

#: Least likeness (0 to 100, rapidfuzz ratio) of two names written as one word.
_ALIKE = 88
#: The same for all words, those of form and kind included.
_ALL_ALIKE = 93
#: A single word in common joins a name and its short form only when it has so many letters.
_SHORTEST = 4
#: Least letters of a name that is looked for in a text.
_LONG_ENOUGH = 7


@dataclass(frozen=True, slots=True)
class EmployerReading:
    """A name taken apart; all empty when it is missing or hidden (*a reputed company*).

    ``own``: the stems that only this employer has, in order; ``kind``: stems for the kind of business;
    ``told``: every stem that tells one employer from another, those of form and law left out; ``letters``: all
    stems written as one word, without legal forms.
    """

    written: str
    own: tuple[str, ...]
    kind: frozenset[str]
    letters: str
    initials: str
    told: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether an employer is named at all."""
        return bool(self.own)


NOBODY = EmployerReading("", (), frozenset(), "", "")


@lru_cache(maxsize=5_000)
def read_employer(name: str | None) -> EmployerReading:
    """A name taken apart. A name without a word of its own is taken for hidden."""
    known = table().words
    words = [word for word in told(name) if word not in known["employer.legal"]]
    own = tuple(
        word for word in words if not any(word in known[f"employer.{part}"] for part in ("form", "kind", "masking"))
    )
    hidden = any(word in known["employer.hiding"] for word in words)
    if hidden or not own or not any(len(word) > 1 for word in own):
        return NOBODY
    kind = frozenset(word for word in words if word in known["employer.kind"])
    telling = frozenset(word for word in words if word not in known["employer.form"])
    letters, initials = "".join(words), "".join(word[0] for word in words)
    return EmployerReading((name or "").strip(), own, kind, letters, initials, telling)


def compare_employers(
    ours: EmployerReading, theirs: EmployerReading, our_text: frozenset[str], their_text: frozenset[str]
) -> Finding:
    """Whether two names are of one employer. A text (``our_text``, stems) may name it where the field does not."""
    level = "unknown"
    if ours.known and theirs.known:
        level = _level(ours, theirs)
    elif _named_in(ours, their_text) or _named_in(theirs, our_text):
        level = "told"
    return Finding(Part.EMPLOYER, level, ours.written, theirs.written)


def _named_in(employer: EmployerReading, text: frozenset[str]) -> bool:
    """Whether a text holds every word of a name; a single short word is no proof."""
    return employer.known and len("".join(employer.own)) >= _LONG_ENOUGH and text.issuperset(employer.own)


def _level(ours: EmployerReading, theirs: EmployerReading) -> str:
    mine, others = frozenset(ours.own), frozenset(theirs.own)
    if mine == others or fuzz.ratio("".join(ours.own), "".join(theirs.own)) >= _ALIKE:
        if ours.kind and theirs.kind and not ours.kind & theirs.kind:
            return "namesake"
        return "same" if mine == others else "alike"
    if fuzz.ratio(ours.letters, theirs.letters) >= _ALL_ALIKE:
        return "alike"
    if ours.initials in others or theirs.initials in mine:
        return "alike" if min(len(ours.initials), len(theirs.initials)) >= 3 else "differs"
    left, right = unmatched(mine, others)
    shared = (mine - left) | (others - right)
    # "Asha Star" is no short form of "Asha Tea House": each has a word that the other lacks.
    shorter = not all(unmatched(ours.told, theirs.told))
    if shared and (not left or not right) and shorter and max(map(len, shared)) >= _SHORTEST:
        return "alike"
    return "differs"
