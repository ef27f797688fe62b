"""The words that decide what a narrative says of a skill, read once from ``data/narrative``.

A phrase of these lists is a row of words; ``_`` stands for any one word, ``abc*`` for a word that begins so,
``*abc`` for one that ends so, and ``{kin}`` for each entry of the list of that name.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from profiling.errors import InputError
from profiling.taxonomy import STARTER
from profiling.wordforms import Word, words

FOLDER = STARTER / "narrative"
LANGUAGES = ("en", "ne", "hi", "bn", "si", "ta", "ur")
#: Letters that writers and keyboards mix up, and marks that are often left out.
_ALIKE = str.maketrans({"ँ": "ं", "ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "أ": "ا"})
_LEFT_OUT = re.compile("[\u200b-\u200f\u064b-\u0652\u0670\u0640]")
_ANY = "_"
_LIST = re.compile(r"\{(\w+)\}")


class LexiconError(InputError):
    """A word list of narratives contradicts itself."""


class Kind(StrEnum):
    """What a cue does; each is a key of the language files."""

    NOT_BEFORE = "not_before"
    NOT_BEHIND = "not_behind"
    NOT_AROUND = "not_around"
    EXCEPT_BEFORE = "except_before"
    EXCEPT_BEHIND = "except_behind"
    WISH = "wish"
    OTHER_PERSON = "other_person"
    OTHERS_DOING = "others_doing"
    OTHER_AGENT = "other_agent"
    THIRD_PERSON = "third_person"
    HELPED = "helped"
    LED = "led"
    LEARNED = "learned"
    WATCHED = "watched"
    ALONE = "alone"
    VERB = "verbs"
    VERB_END = "verb_ends"
    BREAK = "breaks"
    AND = "and"
    OR = "or"
    NOTHING = "says_nothing"


#: A phrase of one of these kinds that has a weightier kind in another language keeps that one.
_LOAN = (Kind.VERB, Kind.VERB_END, Kind.AND, Kind.OR, Kind.BREAK)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """A word as it is compared with the lists: case, width and look-alike letters made equal."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", text).casefold()).translate(_ALIKE)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of the lists and the words of the text (first, one past the last) where it stands."""

    kind: str
    first: int
    past: int


class CueTable:
    """Finds phrases of the lists in the words of a text: at each place the longest one."""

    def __init__(self) -> None:
        #: By the first two words, or by the first alone where the second is missing or open.
        self._rows: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        #: Phrases of which the first word is open.
        self._open: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._kinds: dict[tuple[str, ...], str] = {}
        self._heads: set[str] = set()
        self._endings: tuple[str, ...] = ()
        self._beginnings: tuple[str, ...] = ()

    def add(self, phrase: str, kind: str) -> None:
        """Make a phrase known. Raises LexiconError when it is empty or known as something else."""
        key = pattern(phrase)
        if not key or key[0] == _ANY:
            raise LexiconError(f"narrative: {phrase!r} ({kind}) does not begin with a word")
        held = self._kinds.setdefault(key, kind)
        if held == kind:
            self._insert(key, kind)
        elif kind not in _LOAN:
            raise LexiconError(f"narrative: {phrase!r} stands under {held} and {kind}")

    def _insert(self, key: tuple[str, ...], kind: str) -> None:
        if "*" in key[0]:
            self._open[key[0]].append((key, kind))
        else:
            self._rows[key[:1] if len(key) == 1 or _is_open(key[1]) else key[:2]].append((key, kind))
        self._heads.add(key[0])
        self._endings = tuple(word[1:] for word in self._open if word.startswith("*"))
        self._beginnings = tuple(word[:-1] for word in self._open if word.endswith("*"))

    def find(self, said: Sequence[str], opens: Sequence[int]) -> list[Cue]:
        """The phrases, left to right, not overlapping; none runs over a mark (``opens`` is not 0)."""
        hits: list[Cue] = []
        at = 0
        while at < len(said):
            word = said[at]
            if (
                word not in self._heads
                and not word.endswith(self._endings)
                and not word.startswith(self._beginnings)
            ):
                at += 1
                continue
            best = max(self._at(said, opens, at), key=lambda cue: cue.past, default=None)
            if best:
                hits.append(best)
            at = best.past if best else at + 1
        return hits

    def _at(self, said: Sequence[str], opens: Sequence[int], at: int) -> Iterator[Cue]:
        word = said[at]
        rows = self._rows.get((word,), [])
        if at + 1 < len(said) and not opens[at + 1]:
            rows = self._rows.get((word, said[at + 1]), []) + rows
        if word.endswith(self._endings) or word.startswith(self._beginnings):
            rows = rows + [row for head, held in self._open.items() if _fits(head, word) for row in held]
        for key, kind in rows:
            past = at + len(key)
            if past == at + 1 or (
                past <= len(said)
                and not any(opens[at + 1 : past])
                and all(map(_fits, key[1:], said[at + 1 : past]))
            ):
                yield Cue(kind, at, past)


def pattern(phrase: str) -> tuple[str, ...]:
    """A phrase of the lists as words to compare."""
    key: list[str] = []
    for piece in phrase.split():
        if piece == _ANY:
            key.append(piece)
            continue
        found = [fold(piece[word.start : word.end]) for word in words(piece)]
        if piece.startswith("*"):
            found[0] = "*" + found[0]
        if piece.endswith("*"):
            found[-1] += "*"
        key += found
    return tuple(key)


def _is_open(word: str) -> bool:
    return word == _ANY or word.startswith("*") or word.endswith("*")


def _fits(wanted: str, word: str) -> bool:
    if wanted in (word, _ANY):
        return True
    if wanted.startswith("*"):
        return word.endswith(wanted[1:])
    return wanted.endswith("*") and word.startswith(wanted[:-1])


@dataclass
class Lexicon:
    """All languages together: people mix them within a sentence."""

    cues: CueTable = field(default_factory=CueTable)
    #: "I" and "me", where a new statement may begin and somebody else is not the one who acts.
    persons: CueTable = field(default_factory=CueTable)
    unpaid: CueTable = field(default_factory=CueTable)
    tools: CueTable = field(default_factory=CueTable)
    machines: set[str] = field(default_factory=set)
    before_machine_not: set[str] = field(default_factory=set)
    years: dict[str, Mapping[str, Any]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists of every language. Raises LexiconError when one contradicts itself."""
    made = Lexicon()
    for language in LANGUAGES:
        _add(made, language, tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))
    return made


def _add(made: Lexicon, language: str, content: Mapping[str, Any]) -> None:
    lists = content["lists"]
    targets = {"subject": made.persons, "me": made.persons, "unpaid": made.unpaid, "tools": made.tools}
    for key in (*Kind, *targets):
        for phrase in _expanded(content.get(key, ()), lists):
            targets.get(key, made.cues).add(phrase, str(key))
    made.machines.update(fold(word) for word in content["machines"])
    made.before_machine_not.update(fold(word) for word in content["before_machine_not"])
    made.years[language] = content["years"]


def _expanded(phrases: Iterable[str], lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for phrase in phrases:
        named = _LIST.search(phrase)
        if named:
            yield from _expanded((phrase.replace(named[0], entry) for entry in lists[named[1]]), lists)
        else:
            yield phrase


def said_words(text: str, found: Sequence[Word]) -> list[str]:
    """The words of a text as they are compared with the lists."""
    return [fold(text[word.start : word.end]) for word in found]
