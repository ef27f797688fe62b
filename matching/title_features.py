"""Features of a job title for the title model: words, pairs of words, pieces of words, and how the words sound.

Each feature is hashed to a number below BUCKETS (CRC-32), so that the model has a fixed size and any script fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from profiling.sounds import sound
from profiling.wordforms import forms

#: Grows with every change below; a model made with other features is refused.
VERSION = "title-features-1"
BUCKETS = 1 << 17
_MAX_LETTERS = 300
_MAX_WORDS = 24
_PIECES = (3, 4, 5)
_SOUND_PIECES = (3, 4)


def features(title: str) -> list[int]:
    """The hashed features of a title, repeated as often as they stand; empty for a text without a word."""
    return [crc32(name.encode()) % BUCKETS for name in _names(title)]


def _names(title: str) -> Iterator[str]:
    before = ""
    for word in forms(title[:_MAX_LETTERS], name=True)[:_MAX_WORDS]:
        word = word[:40]
        yield f"w{word}"
        yield from _pieces(f"<{word}>", _PIECES, "")
        if heard := sound(word):
            yield f"S{heard}"
            yield from _pieces(f"<{heard}>", _SOUND_PIECES, "s")
        if before:
            yield f"b{before} {word}"
        before = word


def _pieces(word: str, lengths: tuple[int, ...], mark: str) -> Iterator[str]:
    for length in lengths:
        for start in range(len(word) - length + 1):
            yield mark + word[start : start + length]
