"""Word lists (TOML in ``jobs_ingest/data``) that find their phrases in a text of any script in one pass."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

DATA = Path(__file__).parents[1] / "data"
T = TypeVar("T")

#: Letters, digits and the vowel signs of the Indic and Arabic scripts.
LETTER = r"[^\W_]|[\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d]"
_BOUND = r"(?<![^\W_])(?<![\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d])"
_NO_LETTER_BEHIND = rf"(?!{LETTER})"
#: Letters with a dot below that have a code of their own, by the two codes that they also are.
_COMPOSED = {
    unicodedata.normalize("NFD", chr(code)): chr(code)
    for code in (*range(0x0929, 0x0935), *range(0x0958, 0x0960), 0x09DC, 0x09DD, 0x09DF)
    if len(unicodedata.normalize("NFD", chr(code))) == 2
}
_REST = re.compile(f"(?:{LETTER})*")
_JOINERS = re.compile("[\u200c\u200d]")
_TOKEN = re.compile(rf"(?:{LETTER})+|\S")
_GAP = re.compile(r"[\s-]+")
_SHORT = 3
_CAMEL = re.compile("[a-z][A-Z]")
#: The first three ASCII letters and digits of a word, the first letter of another, or a mark.
_START = re.compile(r"(?<![^\W_])(?:[a-z0-9]{1,3}|[^\W_])|[^\w\s]")


def _translation() -> dict[int, str]:
    table = {
        code: str(unicodedata.digit(chr(code)))
        for code in range(0x0660, 0x0E00)
        if unicodedata.category(chr(code)) == "Nd"
    }
    table |= dict.fromkeys(map(ord, "’‘`´ʼ"), "'")
    table |= dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
    return table | dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u2009\t\r"), " ")


_TABLE = _translation()
_ASCII_TABLE = {code: plain for code, plain in _TABLE.items() if code < 128}
_ASCII_CHANGED = re.compile("[" + re.escape("".join(map(chr, _ASCII_TABLE))) + "]")


def replaced(text: str, table: Mapping[int, str]) -> str:
    """As ``str.translate``, faster where few characters change. No replacement may be one that is replaced."""
    for character in set(text):
        if (plain := table.get(ord(character))) is not None:
            text = text.replace(character, plain)
    return text


@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """The text as it is compared, character for character: lower case, plain digits, quotes and dashes.

    The last texts are kept: several readers ask for the same one.
    """
    if text.isascii():
        return text.lower().translate(_ASCII_TABLE) if _ASCII_CHANGED.search(text) else text.lower()
    plain = replaced(text, _TABLE)
    low = plain.lower()
    if len(low) == len(plain):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase found, with its span."""

    what: T
    start: int
    end: int


class Starts:
    """How the words of a folded text begin, its other marks, and where each of them stands.

    What cannot begin here need not be searched: a phrase is found only where a word begins. The letter alone counts
    outside ASCII, where it may be written as one code or two.
    """

    def __init__(self, folded: str) -> None:
        places: dict[str, list[int]] = {}
        for match in _START.finditer(folded):
            places.setdefault(match[0], []).append(match.start())
        if not folded.isascii():
            for start in [start for start in places if not start.isascii()]:
                letter = unicodedata.normalize("NFD", start)[0]
                if letter != start:
                    places.setdefault(letter, []).extend(places.pop(start))
        self._places = places
        self.found = frozenset(places)
        self._kept: dict[Lexicon[Any], list[int]] = {}

    def places(self, lexicon: Lexicon[Any]) -> list[int]:
        """Where a phrase of a lexicon can begin, in order."""
        kept = self._kept.get(lexicon)
        if kept is None:
            kept = sorted(place for start in lexicon.starts & self.found for place in self._places[start])
            self._kept[lexicon] = kept
        return kept


@lru_cache(maxsize=4)
def starts_in(folded: str) -> Starts:
    """The starts of a text; the last texts are kept, for all lexicons ask."""
    return Starts(folded)


def starts_of(folded: str) -> frozenset[str]:
    """How the words of a folded text begin, and its other marks."""
    return starts_in(folded).found


def _first_start(phrase: str) -> str:
    start = _START.search(phrase)
    return next(iter(Starts(start[0]).found)) if start else ""


class Lexicon(Generic[T]):
    """Finds phrases, at each place the longest; a space in a phrase also matches a hyphen or a line break."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._what: dict[str, T] = {}
        for phrase, what in entries:
            self._what.setdefault(_key(fold(phrase)), what)
        longest_first = sorted(self._what, key=len, reverse=True)
        self.pattern = re.compile(_BOUND + _tree(list(map(_source, longest_first))))
        self.starts = frozenset(_first_start(phrase) for phrase in self._what)

    def find(self, folded: str, start: int = 0, end: int | None = None) -> Iterator[Hit[T]]:
        """The phrases between two places of a folded text, left to right, not overlapping."""
        for match in self._matches(folded, start, len(folded) if end is None else end):
            yield Hit(self._of(match[0]), match.start(), min(_whole(folded, match), end or len(folded)))

    def _matches(self, folded: str, start: int, end: int) -> Iterator[re.Match[str]]:
        places = starts_in(folded).places(self)
        for at in range(bisect_left(places, start), bisect_left(places, end)):
            if places[at] >= start and (match := self.pattern.match(folded, places[at], end)):
                yield match
                start = match.end()

    def may_stand_in(self, folded: str) -> bool:
        """Whether any phrase can stand in a folded text: quick, and wrong on the safe side only."""
        return not self.starts.isdisjoint(starts_of(folded))

    def stands_in(self, folded: str) -> bool:
        """Whether any phrase stands in a folded text."""
        return next(self._matches(folded, 0, len(folded)), None) is not None

    def at(self, folded: str, place: int) -> Hit[T] | None:
        """The phrase that starts at a place."""
        match = self.pattern.match(folded, place)
        return Hit(self._of(match[0]), place, _whole(folded, match)) if match else None

    def _of(self, said: str) -> T:
        key = _key(said)
        return self._what[key] if key in self._what else self._what[key.removesuffix("s")]


def _whole(folded: str, match: re.Match[str]) -> int:
    """Where the word ends in which a phrase of another script ends: its case ending belongs to the words."""
    if match[0].isascii():
        return match.end()
    rest = _REST.match(folded, match.end())
    return rest.end() if rest else match.end()


def _key(folded: str) -> str:
    plain = unicodedata.normalize("NFC", _JOINERS.sub("", folded))
    return _GAP.sub(" ", plain).strip()


def _source(key: str) -> str:
    """The regular expression of one phrase. A native word takes any ending, an English one a plural."""
    source = "".join(_characters(key))
    if not key.isascii():
        return source if len(key) > _SHORT else source + _NO_LETTER_BEHIND
    if not key[-1].isalnum():
        return source
    plural = "s?" if len(key) > _SHORT and key[-1].isalpha() and not key.endswith("s") else ""
    return source + plural + _NO_LETTER_BEHIND


def _tree(sources: list[str]) -> str:
    """The alternatives grouped by their first letters, so that few are tried at each place; their order is kept."""
    groups: dict[str, list[str]] = {}
    for source in sources:
        letter = source[:1] if source[:1].isalpha() and source[1:2] not in ("?", "") else source
        groups.setdefault(letter, []).append(source)
    parts = []
    for letter, members in groups.items():
        alone = len(members) == 1 or members[0] == letter
        parts += [members[0]] if alone else [letter + _tree([member[1:] for member in members])]
    return f"(?:{'|'.join(parts)})"


def _characters(key: str) -> Iterator[str]:
    at = 0
    while at < len(key):
        pair = key[at : at + 2]
        if pair in _COMPOSED:
            yield f"(?:{pair}|{_COMPOSED[pair]})"
            at += 2
            continue
        if key[at] == " ":
            yield r"[\s-]{1,3}"
        elif "\u0d80" <= key[at] <= "\u0dff" or "\u0980" <= key[at] <= "\u09ff":
            yield key[at] + "[\u200c\u200d]?"
        else:
            yield re.escape(key[at])
        at += 1


def tokens(folded: str) -> list[str]:
    """The words and marks of a short piece of text."""
    return _TOKEN.findall(folded if folded.isascii() else unicodedata.normalize("NFC", folded))


def closed(folded: str, start: int, end: int) -> int:
    """The end of a span, with the bracket that closes one opened in it."""
    said = folded[start:end]
    return end + 1 if said.count("(") > said.count(")") and folded[end : end + 1] == ")" else end


@cache
def table(name: str) -> dict[str, Any]:
    """A word list by the name of its file."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def grouped(tables: dict[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """(phrase, group) of a table of lists."""
    for group, phrases in tables.items():
        for phrase in phrases:
            yield phrase, group


def alternatives(phrases: Iterable[str]) -> str:
    """A regular expression of phrases, longest first, for use inside a larger one."""
    return "|".join(re.escape(fold(p)).replace(r"\ ", r"\s+") for p in sorted(phrases, key=len, reverse=True))


@cache
def word_set(name: str, group: str, key: str) -> frozenset[str]:
    """The words of a list, folded, for comparison one by one."""
    return frozenset(unicodedata.normalize("NFC", fold(word)) for word in table(name)[group][key])


@cache
def _glued() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(word_set("links", "glued", "behind"), key=len, reverse=True)))
    return re.compile(rf"(?<![^\W_])(?:(?i:{words}))(?=[A-Z][a-z])")


@cache
def _glued_item() -> re.Pattern[str]:
    known = word_set("links", "glued", "behind") | word_set("links", "glued", "behind_item")
    words = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return re.compile(rf"(?:(?<![^\W_])|(?<=[a-z])(?=[A-Z]))(?:(?i:{words}))(?=[A-Z][a-z])")


def unglued_items(items: Iterable[str]) -> list[str]:
    """Items of a list of skills, each apart where a portal lost what parts them: "Team LeadingCash Handling"."""
    parts: list[str] = []
    for item in items:
        apart = _glued_item().sub(lambda found: found[0] + "\n", item) if _CAMEL.search(item) else item
        parts += (part.strip() for part in apart.split("\n") if part.strip())
    return parts


def unglued(text: str) -> str:
    """The text with the line breaks that a portal lost put back: "degree requiredMinimum 3 years"."""
    if not _CAMEL.search(text):
        return text
    return _glued().sub(lambda found: found[0] + "\n", text)
