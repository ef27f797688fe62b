"""A small reader of titles for tests: what it was told, and how often it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from profiling.coding import Coder
from profiling.guessing import GuessedGroup, TitleGuess


class FakeTitles:
    """Knows some titles: title to groups with probabilities; from .5 on it is sure."""

    def __init__(self, known: dict[str, list[tuple[str, float]]], version: str = "fake-1") -> None:
        self.known = known
        self.version = version
        self.asked: list[list[str]] = []

    def __call__(self, rules: Coder) -> FakeTitles:
        """As a maker of readers, for an application."""
        return self

    def read_titles(self, titles: Sequence[str]) -> list[TitleGuess]:
        """As in TitleGuesser."""
        self.asked.append(list(titles))
        return [self._guess(title) for title in titles]

    def _guess(self, title: str) -> TitleGuess:
        groups = tuple(GuessedGroup(isco, probability) for isco, probability in self.known.get(title, []))
        return TitleGuess(bool(groups) and groups[0].probability >= 0.5, groups)
