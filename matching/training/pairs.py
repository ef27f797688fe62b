"""Batches of texts that mean the same, for contrastive training. Pairs of one key are no opposites.

A batch holds one kind of pair. Many batches are drawn from near neighbours (occupations of the same major groups,
skills of a few clusters), because the difference between a mason and a tiler is what has to be learnt.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matching.training.corpus import Concept, Corpus
from matching.training.noise import noisy

NOISE = 0.3
_PREFERRED = 0.4
#: Major groups from which a batch of near occupations is drawn (two digits of ISCO-08).
_NEAR_GROUPS = 6


@dataclass(frozen=True)
class Pair:
    """Two texts that mean the same, and the key of what they mean."""

    left: str
    right: str
    key: str


class Pairs:
    """Draws batches from a corpus. ``clusters`` holds a number for each skill, equal for near ones."""

    #: Kind of pair to the share of batches, set by reason.
    SHARES: Mapping[str, float] = {
        "labels": 0.13, "near labels": 0.22, "titles": 0.21, "skill labels": 0.08, "skill descriptions": 0.11,
        "skill sentences": 0.17, "occupation descriptions": 0.02, "skills to title": 0.06,
    }  # fmt: skip

    def __init__(self, corpus: Corpus, clusters: Sequence[int], rng: random.Random, size: int) -> None:
        self._corpus = corpus
        self._rng = rng
        self._size = size
        self._several = [o for o in corpus.occupations if len(o.labels) > 1]
        self._near: dict[str, list[Concept]] = defaultdict(list)
        for occupation in self._several:
            self._near[occupation.isco[:2]].append(occupation)
        self._labels_of: dict[str, list[str]] = defaultdict(list)
        for occupation in corpus.occupations:
            self._labels_of[occupation.isco] += occupation.labels[:6]
        self._titles = [t for titles in corpus.titles_of.values() for t in titles if t.source != "ESCO"]
        self._clusters: dict[int, list[Concept]] = defaultdict(list)
        for skill, cluster in zip(corpus.skills, clusters, strict=True):
            self._clusters[cluster].append(skill)
        self._told: dict[str, list[str]] = defaultdict(list)
        for sentence, uri in corpus.sentences:
            self._told[uri].append(sentence)
        self._makers: dict[str, Callable[[], list[Pair]]] = {
            "labels": lambda: self._same(self._rng.sample(self._several, min(size, len(self._several)))),
            "near labels": lambda: self._same(self._near_occupations()),
            "titles": self._of_title,
            "skill labels": self._of_skill_labels,
            "skill descriptions": lambda: self._described(self._near_skills(self._size)),
            "skill sentences": self._of_sentences,
            "occupation descriptions": lambda: self._described(self._some(corpus.occupations)),
            "skills to title": self._of_skills,
        }

    def draw(self) -> tuple[str, list[Pair]]:
        """The next batch and its kind."""
        kind = self._rng.choices(list(self.SHARES), list(self.SHARES.values()))[0]
        return kind, self._makers[kind]()

    def _some(self, concepts: Sequence[Concept]) -> list[Concept]:
        return self._rng.sample(concepts, min(self._size, len(concepts)))

    def _near_occupations(self) -> list[Concept]:
        groups = self._rng.sample(sorted(self._near), min(_NEAR_GROUPS, len(self._near)))
        return self._some([occupation for group in groups for occupation in self._near[group]])

    def _near_skills(self, size: int) -> list[Concept]:
        if self._rng.random() < 1 / 3:
            return self._some(self._corpus.skills)
        found: list[Concept] = []
        clusters = sorted(self._clusters)
        self._rng.shuffle(clusters)
        for cluster in clusters:
            found += self._clusters[cluster]
            if len(found) >= size:
                break
        return self._rng.sample(found, min(size, len(found)))

    def _same(self, occupations: Sequence[Concept]) -> list[Pair]:
        made = []
        for occupation in occupations:
            left, right = self._rng.sample(occupation.labels, 2)
            if self._rng.random() < _PREFERRED and left != occupation.labels[0]:
                right = occupation.labels[0]
            made.append(Pair(noisy(left, self._rng, NOISE), right, occupation.uri))
        return made

    def _of_title(self) -> list[Pair]:
        made = []
        for title in self._rng.sample(self._titles, min(self._size, len(self._titles))):
            labels = self._labels_of[title.isco]
            if labels and self._rng.random() < 0.6:
                other = self._rng.choice(labels)
            else:
                other = self._rng.choice(self._corpus.titles_of[title.isco]).text
            if other != title.text:
                made.append(Pair(noisy(title.text, self._rng, NOISE), other, title.isco))
        return made

    def _label(self, concept: Concept) -> str:
        return concept.labels[0] if self._rng.random() < _PREFERRED else self._rng.choice(concept.labels)

    def _of_skill_labels(self) -> list[Pair]:
        made = []
        for skill in self._near_skills(self._size):
            if len(skill.labels) > 1:
                left, right = self._rng.sample(skill.labels, 2)
                made.append(Pair(left, skill.labels[0] if self._rng.random() < _PREFERRED else right, skill.uri))
        return [pair for pair in made if pair.left != pair.right]

    def _described(self, concepts: Sequence[Concept]) -> list[Pair]:
        return [Pair(c.sentence, self._label(c), c.uri) for c in concepts if c.sentence]

    def _of_sentences(self) -> list[Pair]:
        told = self._rng.sample(sorted(self._told), min(self._size, len(self._told)))
        skills = self._corpus.skill_at
        return [Pair(self._rng.choice(self._told[uri]), self._label(skills[uri]), uri) for uri in told]

    def _of_skills(self) -> list[Pair]:
        made = []
        for occupation in self._some(self._corpus.occupations):
            held = [
                self._corpus.skill_at[u]
                for u in self._corpus.essential.get(occupation.uri, ())
                if u in self._corpus.skill_at
            ]
            if held:
                some = self._rng.sample(held, min(4, len(held)))
                made.append(Pair(", ".join(map(self._label, some)), self._label(occupation), occupation.uri))
        return made
