"""Finds phrases of many lists at once in a text of any script, clause by clause.

A phrase is a row of words. In it ``abc*`` stands for a word that begins so, ``#`` for a number, ``#15-75`` for a
number of that range, ``_`` for any one word, ``~`` for none, one or two words, and ``{list}`` for each phrase of
the list of that name. Marks between words do not matter; an English plural ``s`` is allowed at the end of a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from jobs_ingest.demands.lexicon import LETTER, fold

_TOKEN = re.compile(rf"\d[\d,.]*\d[k%]?(?!\w)|(?:{LETTER})+|[₹$€£৳\n,()/:;|!?।॥۔•●▪■➢►✓✔❖*…]|\.|-")
_ENDS = frozenset("\n;|!?।॥۔•●▪■➢►✓✔❖*…")
#: How far apart a mark puts two words, counted in words.
_WEIGHT = {",": 3, "(": 1, ")": 1, "-": 1}
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
_LIST = re.compile(r"\{(\w+)\}")
_GAPS = ("", "_", "_ _")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of the text: its key for comparison, its span, its place in words, its clause."""

    key: str
    start: int
    end: int
    place: int
    clause: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: its list, its first and last token, and its span in characters."""

    concept: str
    first: int
    last: int
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    words: dict[str, _Node] = field(default_factory=dict)
    starts: dict[str, _Node] = field(default_factory=dict)
    ends: dict[str, _Node] = field(default_factory=dict)
    numbers: dict[tuple[int, int], _Node] = field(default_factory=dict)
    any: _Node | None = None
    lengths: tuple[int, ...] = ()
    concepts: tuple[str, ...] = ()


def key_of(folded: str) -> str:
    """A folded word as it is compared."""
    if folded.isascii():
        for said, plain in _SOUNDS:
            folded = folded.replace(said, plain)
        return folded
    return _VOWEL_SIGNS.sub("", unicodedata.normalize("NFD", folded)).translate(_ALIKE)


class PhraseBook:
    """The phrases of all lists, to be found in one pass.

    ``lists`` maps a name to phrases; those named in ``parts`` are only used inside others. A hit of a list in
    ``covering`` hides whatever stands within it ("passport size" hides "passport"), and is itself hidden within a
    longer phrase of any list ("no weekly off" hides "no"). ``breaks`` are words before which a new clause begins
    ("but"); a full stop behind one of ``abbreviations`` ends nothing. Raises ``ValueError`` for a phrase that names
    an unknown list or is empty.
    """

    def __init__(
        self,
        lists: Mapping[str, Sequence[str]],
        covering: Iterable[str] = (),
        parts: Iterable[str] = (),
        breaks: Iterable[str] = (),
        abbreviations: Iterable[str] = (),
    ) -> None:
        self._lists = lists
        self._covering = frozenset(covering)
        self._breaks = frozenset(key_of(fold(word)) for word in breaks)
        self._abbreviations = frozenset(key_of(fold(word)) for word in abbreviations)
        self._root = _Node()
        for name in lists.keys() - set(parts):
            for phrase in lists[name]:
                for plain in self._expanded(phrase, (name,)):
                    self._insert(plain, name)
        _close(self._root)

    def _expanded(self, phrase: str, inside: tuple[str, ...]) -> Iterator[str]:
        parts = re.split(r"(\{\w+\}|~)", phrase)
        choices: list[Sequence[str]] = []
        for part in parts:
            if part == "~":
                choices.append(_GAPS)
            elif named := _LIST.fullmatch(part):
                name = named[1]
                if name not in self._lists or name in inside:
                    raise ValueError(f"the phrase {phrase!r} of {inside[0]} names the list {name!r}")
                choices.append([one for p in self._lists[name] for one in self._expanded(p, (*inside, name))])
            else:
                choices.append((part,))
        for combination in product(*choices):
            yield " ".join(combination)

    def _insert(self, phrase: str, name: str) -> None:
        node = self._root
        plain = phrase.replace("'", " ")
        words = plain.split() if "#" in plain else plain.replace("-", " ").split()
        if not words:
            raise ValueError(f"an empty phrase in the list {name!r}")
        for word in words:
            node = _child(node, word)
        if name not in node.concepts:
            node.concepts = (*node.concepts, name)

    def tokens(self, text: str) -> list[Token]:
        """The words and numbers of a text with their clauses."""
        folded = fold(text)
        found: list[Token] = []
        place = clause = 0
        for match in _TOKEN.finditer(folded):
            said, start, end = match[0], match.start(), match.end()
            if said in _ENDS or (said == "." and self._ends(folded, start, found)):
                clause += 1
            elif said in _WEIGHT:
                place += _WEIGHT[said]
            elif said not in ".:/":
                key = key_of(said)
                if not key:
                    continue
                if key in self._breaks:
                    clause += 1
                place += 1
                found.append(Token(key, start, end, place, clause))
        return found

    def _ends(self, folded: str, at: int, found: Sequence[Token]) -> bool:
        last = found[-1] if found else None
        if last and last.end == at and last.key in self._abbreviations:
            return False
        following = folded[at + 1 : at + 2]
        return not following or following.isspace() or following in "\"')"

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """The phrases of a text in order, the longest of each list at a place, without the hidden ones."""
        spans: dict[tuple[int, int], set[str]] = defaultdict(set)
        for first, token in enumerate(tokens):
            for last, names in self._at(tokens, first, token.clause, self._root):
                spans[first, last].update(names)
        kept: list[Hit] = []
        over: list[tuple[int, int, set[str]]] = []
        for (first, last), concepts in sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1])):
            over = [one for one in over if one[1] >= first]
            around = [longer for _, end, longer in over if last <= end]
            over.append((first, last, concepts))
            start, end = tokens[first].start, tokens[last].end
            kept += [
                Hit(concept, first, last, start, end)
                for concept in sorted(concepts)
                if self._stands(concept, around)
            ]
        return kept

    def _stands(self, concept: str, around: Sequence[set[str]]) -> bool:
        """Whether a hit is not hidden by the longer phrases around it."""
        if not around:
            return True
        if concept in self._covering:
            return False
        return not any(concept in names or names & self._covering for names in around)

    def _at(
        self, tokens: Sequence[Token], at: int, clause: int, node: _Node
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        if at >= len(tokens) or tokens[at].clause != clause:
            return
        for following in _steps(node, tokens[at].key):
            if following.concepts:
                yield at, following.concepts
            yield from self._at(tokens, at + 1, clause, following)


def _child(node: _Node, word: str) -> _Node:
    if word == "_":
        node.any = node.any or _Node()
        return node.any
    if word.startswith("#"):
        limits = _RANGE.fullmatch(word)
        span = (int(limits[1]), int(limits[2])) if limits else (0, 10**12)
        return node.numbers.setdefault(span, _Node())
    if word.endswith("*"):
        return node.starts.setdefault(key_of(fold(word[:-1])), _Node())
    if word.startswith("*"):
        return node.ends.setdefault(key_of(fold(word[1:])), _Node())
    return node.words.setdefault(key_of(fold(word)), _Node())


def _close(node: _Node) -> None:
    node.lengths = tuple(sorted({len(start) for start in node.starts}))
    for following in (*node.words.values(), *node.starts.values(), *node.ends.values(), *node.numbers.values()):
        _close(following)
    if node.any:
        _close(node.any)


def _steps(node: _Node, key: str) -> Iterator[_Node]:
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
            if low <= value <= high:
                yield following
    if node.any:
        yield node.any


def _value(key: str) -> float:
    """The size of a number as written; its thousands marks are left out."""
    digits = key.rstrip("k%").replace(",", "")
    whole = digits.partition(".")[0]
    return float(whole or 0) * (1000 if key.endswith("k") else 1)
