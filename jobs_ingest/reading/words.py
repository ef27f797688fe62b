"""Patterns of word lists, for phrases inside larger patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from jobs_ingest.demands.lexicon import fold, replaced, table

_SEPARATORS = dict(zip(map(ord, "٬٫،॰৷"), ",.,..", strict=True))
#: No letter before, or behind: a digit may stand there, as in "Rs25000" and "7LPA".
START = r"(?<![^\W\d_])"
END = r"(?![^\W\d_])"
_RUN = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_GAP = re.compile(r"[\s-]+")


@lru_cache(maxsize=4)
def plain(text: str) -> str:
    """The text as it is compared, character for character; Arabic separators as comma and dot.

    The last texts are kept: several readers ask for the same one.
    """
    return fold(text if text.isascii() else replaced(text, _SEPARATORS))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a folded text consists of: its runs of letters, its characters, and whether there is a digit."""

    runs: frozenset[str]
    characters: frozenset[str]
    digits: bool


@lru_cache(maxsize=4)
def seen_in(folded: str) -> Seen:
    """A folded text taken apart once for all that is looked for in it."""
    return Seen(frozenset(_RUN.findall(folded)), frozenset(folded), _DIGIT.search(folded) is not None)


@dataclass(frozen=True, slots=True)
class Signs:
    """What a folded text must hold so that a phrase of some lists can stand in it.

    A Latin phrase begins and ends with whole runs of letters, so its first run is one of the text's; any other
    phrase has its first character there. ``stand_in`` is quick and errs on the safe side only.
    """

    runs: frozenset[str]
    characters: frozenset[str]

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Signs:
        """The signs of phrases as ``one_of`` takes them."""
        runs, characters = set(), set()
        for phrase in map(plain, phrases):
            first = _RUN.match(phrase)
            # Behind a last letter of another script the word may go on.
            if first and _is_latin(phrase[0]) and (first.end() < len(phrase) or phrase[-1].isascii()):
                runs.add(first[0])
            else:
                characters.add(phrase[0])
        return cls(frozenset(runs), frozenset(characters))

    def stand_in(self, folded: str) -> bool:
        """Whether any of the phrases can stand there."""
        seen = seen_in(folded)
        return not (self.runs.isdisjoint(seen.runs) and self.characters.isdisjoint(seen.characters))

    def places(self, folded: str) -> set[int]:
        """Where one can begin."""
        seen = seen_in(folded)
        starts = (self.runs & seen.runs) | (self.characters & seen.characters)
        return {place for start in starts for place in _places(folded, start)}


def _places(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def one_of(phrases: Iterable[str], start: str = START) -> str:
    """A pattern of phrases, the longest first; a space in a phrase matches any space or hyphen.

    A phrase that begins or ends with a letter of the Latin script begins or ends its word; an empty ``start`` lets
    it begin anywhere. The phrases are grouped by their first character, so that few are tried at each place.
    """
    groups: dict[str, list[str]] = {}
    for phrase in sorted({plain(phrase) for phrase in phrases}, key=len, reverse=True):
        groups.setdefault(phrase[0], []).append(_source(phrase))
    latin = [_group(first, group) for first, group in groups.items() if _is_latin(first)]
    other = [_group(first, group) for first, group in groups.items() if not _is_latin(first)]
    parts = ([f"{start}(?:{'|'.join(latin)})"] if latin else []) + other
    return f"(?=[{''.join(map(re.escape, groups))}])(?:{'|'.join(parts)})"


def _group(first: str, sources: list[str]) -> str:
    rest = "|".join(source[len(re.escape(first)) :] for source in sources)
    return f"{re.escape(first)}(?:{rest})"


def _source(phrase: str) -> str:
    source = re.escape(phrase).replace(r"\ ", r"[\s-]{1,3}")
    return source + (END if phrase[-1].isalnum() and phrase[-1].isascii() else "")


@cache
def words(name: str, *path: str) -> tuple[str, ...]:
    """A list of a data file by its path. Raises KeyError."""
    node = table(name)
    for key in path:
        node = node[key]
    return tuple(node)


@cache
def pattern(name: str, *path: str) -> re.Pattern[str]:
    """The compiled pattern of a list of a data file."""
    return re.compile(one_of(words(name, *path)))


@cache
def signs(name: str, *paths: str | tuple[str, ...]) -> Signs:
    """The signs of several lists of a data file, each by its path; a table of lists stands for all of them."""
    return Signs.of(
        phrase for path in paths for phrase in _phrases(name, (path,) if isinstance(path, str) else path)
    )


def _phrases(name: str, path: tuple[str, ...]) -> Iterable[str]:
    node = table(name)
    for key in path:
        node = node[key]
    return (phrase for some in node.values() for phrase in some) if isinstance(node, dict) else node


@cache
def owner(name: str, *path: str) -> dict[str, str]:
    """Phrase to the key of the list it stands in, for a table of lists."""
    node = table(name)
    for key in path:
        node = node[key]
    return {squeezed(plain(phrase)): key for key, phrases in node.items() for phrase in phrases}


@cache
def any_of(name: str, *path: str) -> re.Pattern[str]:
    """The compiled pattern of all phrases of a table of lists."""
    return re.compile(one_of(owner(name, *path)))


class Phrases:
    """The phrases of a list, found in a folded text only where one can begin."""

    def __init__(self, phrases: Iterable[str]) -> None:
        told = tuple(phrases)
        self._pattern = re.compile(one_of(told))
        self._signs = Signs.of(told)

    def hits(self, folded: str) -> Iterator[re.Match[str]]:
        """Where they stand, left to right, not overlapping."""
        if not self._signs.stand_in(folded):
            return
        past = 0
        for place in sorted(self._signs.places(folded)):
            if place >= past and (hit := self._pattern.match(folded, place)):
                yield hit
                past = hit.end()


@cache
def phrases_of(name: str, *path: str) -> Phrases:
    """The phrases of a list of a data file."""
    return Phrases(words(name, *path))


def squeezed(said: str) -> str:
    """A phrase found, as ``owner`` holds it."""
    return _GAP.sub(" ", said).strip() or said.strip()
