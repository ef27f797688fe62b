"""The tree of phrases: words that follow each other, wildcards among them, and the key that compares a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jobs_ingest.demands.lexicon import fold

#: Spellings that writers mix up: nukta, nasal signs, short and long vowels, Arabic and Urdu forms of a letter.
_ALIKE = str.maketrans({
    "ँ": "ं", "ी": "ि", "ू": "ु", "ई": "इ", "ऊ": "उ", "ঁ": None, "ী": "ি", "ূ": "ু", "ي": "ی", "ى": "ی",
    "ك": "ک", "ه": "ہ", "ة": "ہ", "ھ": "ہ", "़": None, "়": None, "\u200c": None, "\u200d": None,
})  # fmt: skip
#: Spellings of the same sound in Latin letters: "aafai" and "afai", "hazar" and "hajar".
_SOUNDS = (
    ("aa", "a"),
    ("ee", "i"),
    ("ii", "i"),
    ("oo", "u"),
    ("uu", "u"),
    ("chh", "ch"),
    ("sh", "s"),
    ("w", "v"),
    ("z", "j"),
)
_VOWEL_SIGNS = re.compile("[\u064b-\u0655\u0670]")
_NUMBER = re.compile(r"\d[\d,.]*[k%]?")
_RANGE = re.compile(r"#(\d+)-(\d+)")
_SHORT = 3
#: The end of the range of ``#``: any number, shares of a hundred too.
_ANY = 10**12
#: Longer words are no words, and are not remembered.
LONG = 40
_NOTHING: dict[Any, Any] = {}


@dataclass(slots=True)
class Node:
    """What may follow a beginning of phrases, and the lists that have a phrase ending here."""

    words: dict[str, Node] = field(default_factory=dict)
    starts: dict[str, Node] = field(default_factory=dict)
    ends: dict[str, Node] = field(default_factory=dict)
    numbers: dict[tuple[int, int], Node] = field(default_factory=dict)
    any: Node | None = None
    lengths: tuple[int, ...] = ()
    concepts: tuple[str, ...] = ()
    #: Of an anchor: the lists, as bits, of which it is a phrase's word.
    lists: int = 0
    is_leaf: bool = False


def key_of(folded: str) -> str:
    """A folded word as it is compared."""
    return _kept_key(folded) if len(folded) <= LONG else _key(folded)


@lru_cache(maxsize=65_536)
def _kept_key(folded: str) -> str:
    return _key(folded)


def _key(folded: str) -> str:
    if folded.isascii():
        for said, plain in _SOUNDS:
            folded = folded.replace(said, plain)
        return folded
    return _VOWEL_SIGNS.sub("", unicodedata.normalize("NFD", folded)).translate(_ALIKE)


def child(node: Node, word: str) -> Node:
    """The node behind a word of a phrase, made when it is not there."""
    if word == "_":
        node.any = node.any or Node()
        return node.any
    if word.startswith("#"):
        limits = _RANGE.fullmatch(word)
        span = (int(limits[1]), int(limits[2])) if limits else (0, _ANY)
        return node.numbers.setdefault(span, Node())
    if word.endswith("*"):
        return node.starts.setdefault(key_of(fold(word[:-1])), Node())
    if word.startswith("*"):
        return node.ends.setdefault(key_of(fold(word[1:])), Node())
    return node.words.setdefault(key_of(fold(word)), Node())


def letters(word: str) -> int:
    """How much a word of a phrase says: a wildcard nothing, a number less than a letter."""
    return 0 if word == "_" else 1 if word.startswith("#") else 1 + len(word.strip("*"))


def close(node: Node) -> None:
    """Finish a tree; nothing is added to it any more."""
    node.lengths = tuple(sorted({len(start) for start in node.starts}))
    following = [*node.words.values(), *node.starts.values(), *node.ends.values(), *node.numbers.values()]
    following += [node.any] if node.any else []
    node.is_leaf = not following
    # Most nodes lead one way only: an empty table of their own for the others would take most of the memory.
    node.words, node.starts = node.words or _NOTHING, node.starts or _NOTHING
    node.ends, node.numbers = node.ends or _NOTHING, node.numbers or _NOTHING
    for one in following:
        close(one)


def steps(node: Node, key: str) -> Iterator[Node]:
    """The nodes that a word leads to."""
    if exact := node.words.get(key):
        yield exact
    if len(key) > _SHORT and key[-1] == "s" and (single := node.words.get(key[:-1])):
        yield single
    for length in node.lengths:
        if begun := node.starts.get(key[:length]):
            yield begun
    for end, ended in node.ends.items():
        if key.endswith(end):
            yield ended
    if node.numbers and key[0].isdigit() and _NUMBER.fullmatch(key):
        value = _value(key)
        for (low, high), following in node.numbers.items():
            if low <= value <= high and (key[-1] != "%" or high >= _ANY):
                yield following
    if node.any:
        yield node.any


def _value(key: str) -> float:
    """The size of a number as written; its thousands marks are left out."""
    digits = key.rstrip("k%").replace(",", "")
    whole = digits.partition(".")[0]
    return float(whole or 0) * (1000 if key.endswith("k") else 1)
