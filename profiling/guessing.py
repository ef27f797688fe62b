"""What a reader of titles tells the coder when the rules know no name (see ``profiling.coding``)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

#: How many titles are kept with what was read in them.
_KEPT = 20_000


@dataclass(frozen=True)
class GuessedGroup:
    """A unit group of ISCO-08 and the probability (0 to 1) that a careful coder would choose it."""

    isco: str
    probability: float


@dataclass(frozen=True)
class TitleGuess:
    """The likely groups of a title, best first; ``sure`` when the first may be taken without asking a person."""

    sure: bool
    groups: tuple[GuessedGroup, ...] = ()


class TitleGuesser(Protocol):
    """Reads titles by likeness. It never raises on any text."""

    @property
    def version(self) -> str:
        """Names the model, so that what it coded is coded again by another one."""

    def read_titles(self, titles: Sequence[str]) -> list[TitleGuess]:
        """What each title was read as; many at once take far less time than one by one."""


class Guesses:
    """A reader of titles and the titles that it read last. Threads may share it."""

    def __init__(self, reader: TitleGuesser, kept: int = _KEPT) -> None:
        self._reader = reader
        self._kept = kept
        self._read: OrderedDict[str, TitleGuess] = OrderedDict()
        self._lock = Lock()

    @property
    def version(self) -> str:
        """Of the reader."""
        return self._reader.version

    def prepare(self, titles: Iterable[str]) -> None:
        """Read those titles that are not kept, in one call."""
        with self._lock:
            unread = [title for title in dict.fromkeys(titles) if title not in self._read]
        if unread:
            self._keep(unread)

    def of(self, title: str) -> TitleGuess:
        """What one title was read as."""
        with self._lock:
            found = self._read.get(title)
            if found is not None:
                self._read.move_to_end(title)
                return found
        return self._keep([title])[0]

    def _keep(self, titles: Sequence[str]) -> list[TitleGuess]:
        # Outside of the lock: reading takes time, and reading a title twice does no harm.
        read = self._reader.read_titles(titles)
        with self._lock:
            self._read.update(zip(titles, read, strict=True))
            while len(self._read) > self._kept:
                self._read.popitem(last=False)
        return read
