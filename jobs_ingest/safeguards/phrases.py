"""Finds phrases of many lists at once in a text of any script, clause by clause.

A phrase is a row of words. In it ``abc*`` stands for a word that begins so, ``#`` for a number, ``#15-75`` for a
number of that range, ``_`` for any one word, ``~`` for none, one or two words, and ``{list}`` for each phrase of
the list of that name. Marks between words do not matter; an English plural ``s`` is allowed at the end of a word.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from jobs_ingest.demands.lexicon import LETTER, fold
from jobs_ingest.safeguards.trie import LONG, Node, child, close, key_of, letters, steps

_TOKEN = re.compile(rf"\d[\d,.]*\d[k%]?(?!\w)|(?:{LETTER})+|[₹$€£৳\n,()/:;|!?।॥۔•●▪■➢►✓✔❖*…]|\.|-")
_ENDS = frozenset("\n;|!?।॥۔•●▪■➢►✓✔❖*…")
#: How far apart a mark puts two words, counted in words.
_WEIGHT = {",": 3, "(": 1, ")": 1, "-": 1}
_LIST = re.compile(r"\{(\w+)\}")
_GAPS = ("", "_", "_ _")


class Token(NamedTuple):
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


class PhraseBook:
    """The phrases of all lists, to be found in one pass.

    ``lists`` maps a name to phrases; those named in ``parts`` are only used inside others. A hit of a list in
    ``covering`` hides whatever stands within it ("passport size" hides "passport"), and is itself hidden within a
    longer phrase of any list ("no weekly off" hides "no"). ``breaks`` are words before which a new clause begins
    ("but"); a full stop behind one of ``abbreviations`` ends nothing. Raises ``ValueError`` for a phrase that names
    an unknown list or is empty.

    ``telling`` saves time: rows of groups of lists. Only clauses are searched in which, for some row, each group
    has a list of which a phrase can stand there; without it, every clause is. ``spellings`` maps hurried spellings
    to the word that is meant ("abv": "above"). ``common`` are words that stand in most texts and so tell nothing.
    """

    def __init__(
        self,
        lists: Mapping[str, Sequence[str]],
        covering: Iterable[str] = (),
        parts: Iterable[str] = (),
        breaks: Iterable[str] = (),
        abbreviations: Iterable[str] = (),
        telling: Iterable[Sequence[Iterable[str]]] | None = None,
        spellings: Mapping[str, str] | None = None,
        common: Iterable[str] = (),
    ) -> None:
        self._lists = lists
        self._bits = {name: 1 << at for at, name in enumerate(lists)}
        self._rows = None if telling is None else self._as_bits(telling)
        self._anchors = Node()
        self._covering = frozenset(covering)
        self._breaks = frozenset(key_of(fold(word)) for word in breaks)
        self._abbreviations = frozenset(key_of(fold(word)) for word in abbreviations)
        self._spellings = {key_of(fold(a)): key_of(fold(b)) for a, b in (spellings or {}).items()}
        self._common = frozenset(common)
        self._root = Node()
        for name in lists.keys() - set(parts):
            phrases = [_words(plain, name) for phrase in lists[name] for plain in self._expanded(phrase, (name,))]
            self._anchor(phrases, name)
            for words in phrases:
                self._insert(words, name)
        close(self._root)
        close(self._anchors)
        self._kept = lru_cache(maxsize=16_384)(self._look_up)
        self._makes_a_row = lru_cache(maxsize=16_384)(self._has_a_row)

    def _as_bits(self, telling: Iterable[Sequence[Iterable[str]]]) -> tuple[tuple[int, ...], ...]:
        rows = (tuple(sum(self._bits[name] for name in set(group)) for group in row if group) for row in telling)
        return tuple(dict.fromkeys(rows))

    def _known(self, key: str) -> tuple[tuple[Node, ...], int]:
        return self._kept(key) if len(key) <= LONG else self._look_up(key)

    def _look_up(self, key: str) -> tuple[tuple[Node, ...], int]:
        """Where a word leads to at the beginning of a phrase, and as bits the lists that it can stand for."""
        lists = 0
        for anchor in steps(self._anchors, key):
            lists |= anchor.lists
        return tuple(steps(self._root, key)), lists

    def _tells(self, keys: Iterable[str]) -> bool:
        """Whether words together can make a row of ``telling``."""
        lists = self._anchors.lists
        for key in keys:
            lists |= self._known(key)[1]
        return self._makes_a_row(lists)

    def _has_a_row(self, lists: int) -> bool:
        return self._rows is None or any(all(lists & group for group in row) for row in self._rows)

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

    def _insert(self, words: Iterable[str], name: str) -> None:
        node = self._root
        for word in words:
            node = child(node, word)
        if name not in node.concepts:
            node.concepts = (*node.concepts, name)

    def _anchor(self, phrases: Sequence[Sequence[str]], name: str) -> None:
        """Note one word of each phrase, without which it stands nowhere: long ones that many phrases share."""
        often = Counter(word for words in phrases for word in set(words))
        for words in phrases:
            word = max(words, key=lambda word: (word not in self._common, often[word] * letters(word)))
            # A phrase of any words can stand anywhere.
            anchor = child(self._anchors, word) if letters(word) else self._anchors
            anchor.lists |= self._bits[name]

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
                key = self._key(said)
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

    def may_tell(self, text: str) -> bool:
        """Whether a clause of a text can have to be searched: a quick look before ``tokens``."""
        return self._tells(filter(None, map(self._key, set(_TOKEN.findall(fold(text))))))

    def _key(self, folded: str) -> str:
        key = key_of(folded)
        return self._spellings.get(key, key)

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """The phrases of a text in order, the longest of each list at a place, without the hidden ones."""
        spans: dict[tuple[int, int], set[str]] = {}
        first = 0
        while first < len(tokens):
            clause, past = tokens[first].clause, first + 1
            while past < len(tokens) and tokens[past].clause == clause:
                past += 1
            if self._tells(tokens[at].key for at in range(first, past)):
                spans |= self._in_clause(tokens, first, past)
            first = past
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

    def _in_clause(self, tokens: Sequence[Token], first: int, past: int) -> dict[tuple[int, int], set[str]]:
        """The lists that have a phrase from one word to another of a clause; nothing where they make no row."""
        spans: dict[tuple[int, int], set[str]] = defaultdict(set)
        for at in range(first, past):
            for last, names in self._behind(tokens, at, past, self._known(tokens[at].key)[0]):
                spans[at, last].update(names)
        lists = 0
        for concepts in spans.values():
            for name in concepts:
                lists |= self._bits[name]
        return spans if self._makes_a_row(lists) else {}

    def _stands(self, concept: str, around: Sequence[set[str]]) -> bool:
        """Whether a hit is not hidden by the longer phrases around it."""
        if not around:
            return True
        if concept in self._covering:
            return False
        return not any(concept in names or names & self._covering for names in around)

    def _behind(
        self, tokens: Sequence[Token], at: int, past: int, reached: Iterable[Node]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The phrases of a clause, which ends before ``past``, that the word at a place ends or goes on."""
        for step in reached:
            if step.concepts:
                yield at, step.concepts
            if not step.is_leaf and at + 1 < past:
                yield from self._behind(tokens, at + 1, past, steps(step, tokens[at + 1].key))


def _words(phrase: str, name: str) -> list[str]:
    plain = phrase.replace("'", " ")
    words = plain.split() if "#" in plain else plain.replace("-", " ").split()
    if not words:
        raise ValueError(f"an empty phrase in the list {name!r}")
    return words
