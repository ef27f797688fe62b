"""Systems that rank ESCO concepts for a text by their labels: the baselines, and what Hunar adds to them.

Scores have the shape (texts, concepts); a higher one is better, and they compare within a row only. A concept
stands for its best label.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.embeddings import Embedder, Progress, Vectors, no_progress
from matching.label_likeness import LabelLikeness, by_class
from matching.titles import TitleReader
from profiling.coding import PhraseIndex
from profiling.errors import OperatorError
from profiling.esco_labels import ConceptLabels
from profiling.wordforms import forms, words

Scores = npt.NDArray[np.float32]
#: What Hunar knows of a text before ranking: one tier for each concept, 0 for nothing.
Prior = Callable[[str], Scores]
#: Hunar's own ranking: texts, their vectors, and the sum of the two cosines, to scores of concepts.
Own = Callable[[Sequence[str], Vectors, Scores], Scores]
SYSTEMS = ("random", "char-tfidf", "bm25", "encoder", "sum", "hunar")
#: The usual constants of BM25 (Robertson and Zaragoza 2009, section 3.5).
_K1, _B = 1.2, 0.75
#: More than the width of a sum of two cosines (-1 to 2), so that a tier always comes before the sum.
_TIER = 4.0
#: How sharply likeness to a label tells the occupations of one unit group apart, and what a link from the starter
#: trade named in the title adds: it is worth a quarter of a cosine.
_SHARPNESS = 12.0
_LINKED = 3.0
_TINY = 1e-9


class Rankers:
    """All systems over one list of labels.

    The constants of the baselines are set by reason, none by a labelled set. ``sum`` adds the two cosines with
    equal weight, because nothing says which of them to trust more.
    """

    def __init__(self, labels: ConceptLabels, vectors: Vectors, own: Own, seed: int) -> None:
        """``vectors``: one of unit length for each label, shape (labels, dimensions); ``own``: Hunar's ranking."""
        self._likeness = LabelLikeness(labels.texts, labels.owners, vectors)
        self._own = own
        self._concepts = len(labels.uris)
        self._random = np.random.default_rng(seed)
        self._bm25 = Bm25(labels.texts)

    def scores(self, texts: Sequence[str], vectors: Vectors) -> dict[str, Scores]:
        """The scores of every system; ``vectors`` are those of the texts."""
        characters = self._likeness.characters(texts)
        encoder = self._likeness.meaning(vectors)
        both = characters + encoder
        return {
            "random": self._random.random((len(texts), self._concepts), dtype=np.float32),
            "char-tfidf": characters,
            "bm25": self._likeness.best(self._bm25.scores(texts)),
            "encoder": encoder,
            "sum": both,
            "hunar": self._own(texts, vectors, both),
        }


class Bm25:
    """BM25 over the word forms of short texts (Robertson and Zaragoza 2009, formula 3.15)."""

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self._words: Any = CountVectorizer(analyzer=forms, dtype=np.float32)
        weights = self._words.fit_transform(texts).tocsr()
        held = np.diff(weights.indptr)
        lengths = np.asarray(weights.sum(axis=1)).ravel()
        having = np.bincount(weights.indices, minlength=weights.shape[1])
        rarity = np.log1p((len(texts) - having + 0.5) / (having + 0.5))
        share = np.repeat(1 - _B + _B * lengths / lengths.mean(), held)
        counts = weights.data
        weights.data = (rarity[weights.indices] * counts * (_K1 + 1) / (counts + _K1 * share)).astype(np.float32)
        self._weights = weights.T.tocsr()

    def scores(self, texts: Sequence[str]) -> Scores:
        """One score for each text and known text, 0 where they share no word."""
        found: Scores = (self._words.transform(texts) @ self._weights).toarray()
        return found


class OccupationRanking:
    """Hunar's ranking of ESCO occupations for titles: the title model's groups, then the labels within a group."""

    def __init__(self, reader: TitleReader, labels: ConceptLabels, links: Mapping[str, frozenset[str]]) -> None:
        """``links``: the ESCO occupations that mean the same as a starter trade."""
        self._reader = reader
        self._links = links
        self._at = {uri: position for position, uri in enumerate(labels.uris)}
        self._isco = labels.isco
        self._class_of = np.array([reader.model.classes.index(isco) for isco in labels.isco])
        self._order = np.argsort(self._class_of, kind="stable")
        self._starts = np.flatnonzero(np.r_[True, np.diff(self._class_of[self._order]) > 0])

    def groups(self, texts: Sequence[str], vectors: Vectors, both: Scores) -> Scores:
        """Probability of each class of the title model, shape (texts, classes)."""
        return self._reader.probabilities(texts, vectors=vectors, labels=by_class(both, self._isco, self.classes))

    @property
    def classes(self) -> tuple[str, ...]:
        """Unit groups, and no job at the end."""
        return self._reader.model.classes

    def of_groups(self, texts: Sequence[str], vectors: Vectors, both: Scores) -> Scores:
        """Each occupation as probable as its unit group: for tasks that ask for the group alone."""
        found: Scores = np.log(self.groups(texts, vectors, both) + _TINY)[:, self._class_of]
        return found

    def of_occupations(self, texts: Sequence[str], vectors: Vectors, both: Scores) -> Scores:
        """Logarithm of the probability of each occupation: of its group, times its share within the group."""
        likeness = _SHARPNESS * both
        for row, text in enumerate(texts):
            linked = [self._at[uri] for uri in self._links.get(self._reader.trade(text), ()) if uri in self._at]
            likeness[row, linked] += _LINKED
        shifted = np.exp(likeness - likeness.max(axis=1, keepdims=True))[:, self._order]
        sums = np.add.reduceat(shifted, self._starts, axis=1)
        sizes = np.diff(np.r_[self._starts, len(self._order)])
        shares = np.empty_like(likeness)
        shares[:, self._order] = shifted / np.repeat(np.maximum(sums, _TINY), sizes, axis=1)
        return np.log(shares + _TINY) + self.of_groups(texts, vectors, both)


class SkillRanking:
    """Hunar's ranking of ESCO skills for sentences: likeness, and labels that stand in the sentence."""

    def __init__(self, labels: ConceptLabels) -> None:
        self._prior = skill_prior(labels)

    def __call__(self, texts: Sequence[str], vectors: Vectors, both: Scores) -> Scores:
        return both + np.float32(_TIER) * np.stack([self._prior(text) for text in texts])


def skill_prior(labels: ConceptLabels) -> Prior:
    """Tier 1: skills of which a label stands in the text, read as the starter taxonomy's phrases are.

    Only labels of two or more words count: one word alone (*own*, *C*, *play*) says too little. Starter skills
    are not linked to ESCO's yet, so the starter's own phrases add nothing here.
    """
    index: PhraseIndex[int] = PhraseIndex(gap=1)
    for owner, text in zip(labels.owners, labels.texts, strict=True):
        if len(forms(text)) > 1:
            index.add(text, owner)

    def prior(text: str) -> Scores:
        tiers = np.zeros(len(labels.uris), dtype=np.float32)
        for owners, _, _ in index.find(words(text)):
            tiers[sorted(owners)] = 1
        return tiers

    return prior


def stored_vectors(
    embedder: Embedder, texts: Sequence[str], folder: Path, progress: Progress = no_progress
) -> Vectors:
    """Vectors of labels, read from a file that the same model made of the same labels, or made and kept."""
    digest = hashlib.sha256("\0".join((embedder.model, *texts)).encode()).hexdigest()
    path = folder / f"labels-{digest[:32]}.npy"
    if path.exists():
        try:
            held: Vectors = np.load(path, allow_pickle=False)
        except (ValueError, EOFError):
            held = np.zeros((0, 0), dtype=np.float32)  # cut or overwritten: made anew below
        if held.shape == (len(texts), embedder.dimensions) and held.dtype == np.float32:
            progress(len(texts))
            return held
    made = embedder.encode(texts, progress).astype(np.float32)
    try:
        _keep(path, made)
    except OSError as error:
        raise OperatorError(f"The vectors of the labels cannot be kept in {folder}: {error.strerror}.") from error
    return made


def _keep(path: Path, made: Vectors) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(f".{os.getpid()}.part")
    try:
        with waiting.open("wb") as file:
            np.save(file, made, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
