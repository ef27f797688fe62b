"""The ESCO occupations that a title most likely names, where ESCO was imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.embeddings import Embedder, Vectors
from matching.label_likeness import LabelLikeness
from matching.rankers import OccupationRanking
from matching.title_model import as_english
from matching.titles import TitleReader
from profiling.esco_labels import ConceptLabels

_LONGEST = 300


@dataclass(frozen=True)
class OccupationReading:
    """An ESCO occupation: address, preferred label, and its ISCO-08 unit group."""

    uri: str
    label: str
    isco: str


class OccupationReader:
    """Ranks the occupations of one ESCO version; the ranking is the one that ``hunar evaluate`` measures."""

    def __init__(
        self,
        reader: TitleReader,
        embedder: Embedder,
        labels: ConceptLabels,
        vectors: Vectors,
        links: Mapping[str, frozenset[str]],
    ) -> None:
        """``vectors``: the embedder's of the labels, as ``stored_vectors`` keeps them; ``links`` as trade_links."""
        self._embedder = embedder
        self._labels = labels
        self._likeness = LabelLikeness(labels.texts, labels.owners, vectors)
        self._ranking = OccupationRanking(reader, labels, links)
        owners = np.asarray(labels.owners)
        self._firsts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])

    def read(self, titles: Sequence[str], most: int = 5) -> list[tuple[OccupationReading, ...]]:
        """The likeliest occupations of each title, best first."""
        if not titles:
            return []
        short = [title[:_LONGEST] for title in titles]
        english = [as_english(title) for title in short]
        vectors = self._embedder.encode(english)
        scores = self._ranking.of_occupations(
            short, vectors, self._likeness.characters(english), self._likeness.meaning(vectors)
        )
        return [tuple(self._named(int(at)) for at in np.argsort(-row, kind="stable")[:most]) for row in scores]

    def _named(self, at: int) -> OccupationReading:
        label = self._labels.texts[self._firsts[at]]
        return OccupationReading(self._labels.uris[at], label, self._labels.isco[at])
