"""Finding the name that a misspelt word or two were meant to be."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz import fuzz, process

#: Least likeness (0 to 100, rapidfuzz ratio) of a misspelt text to a name.
_CUTOFF = 90
#: Shorter texts are too much like others, longer ones are no name.
_SHORTEST, _LONGEST = 6, 60
#: Spellings are compared when they begin alike and differ by at most so many letters in length.
_REACH = 3


class Spellings:
    """Names with what each stands for. A name of several things stands for none."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._shared: set[str] = set()
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)

    def add(self, name: str, code: str) -> None:
        """Make a name known. A short one is ignored."""
        if len(name) < _SHORTEST or name in self._shared:
            return
        places = [(name[0], length) for length in range(len(name) - _REACH, len(name) + _REACH + 1)]
        if self._codes.setdefault(name, code) != code:
            self._shared.add(name)
            for place in places:
                self._alike[place].remove(name)
        elif name not in self._alike[places[0]]:
            for place in places:
                self._alike[place].append(name)

    def nearest(self, text: str) -> tuple[str, float] | None:
        """What the most alike name stands for and how alike it is (0 to 1), or None."""
        if not _SHORTEST <= len(text) <= _LONGEST:
            return None
        near = self._alike.get((text[0], len(text)), ())
        found = process.extractOne(text, near, scorer=fuzz.ratio, score_cutoff=_CUTOFF)
        return (self._codes[found[0]], found[1] / 100) if found else None
