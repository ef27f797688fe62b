"""Patterns of word lists, for phrases inside larger patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from jobs_ingest.demands.lexicon import fold, table

_SEPARATORS = str.maketrans("٬٫،॰৷", ",.,..")
#: No letter before, or behind: a digit may stand there, as in "Rs25000" and "7LPA".
START = r"(?<![^\W\d_])"
END = r"(?![^\W\d_])"


def plain(text: str) -> str:
    """The text as it is compared, character for character; Arabic separators as comma and dot."""
    return fold(text.translate(_SEPARATORS))


def one_of(phrases: Iterable[str], start: str = START) -> str:
    """A pattern of phrases, the longest first; a space in a phrase matches any space or hyphen.

    A phrase that begins or ends with a letter of the Latin script begins or ends its word; an empty ``start`` lets
    it begin anywhere. The phrases are grouped by their first character, so that few are tried at each place.
    """
    groups: dict[str, list[str]] = {}
    for phrase in sorted({plain(phrase) for phrase in phrases}, key=len, reverse=True):
        groups.setdefault(phrase[0], []).append(_source(phrase))
    latin = [_group(first, group) for first, group in groups.items() if first.isascii() and first.isalpha()]
    other = [_group(first, group) for first, group in groups.items() if not (first.isascii() and first.isalpha())]
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


def squeezed(said: str) -> str:
    """A phrase found, as ``owner`` holds it."""
    return re.sub(r"[\s-]+", " ", said).strip() or said.strip()
