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

from matching.commonness import commonness
from matching.embeddings import Embedder, Progress, Vectors, no_progress
from matching.label_likeness import LabelLikeness, by_class
from matching.titles import TitleReader
from profiling.errors import OperatorError
from profiling.esco_labels import ConceptLabels
from profiling.wordforms import forms

Scores = npt.NDArray[np.float32]
#: Hunar's own ranking: texts, their vectors, and both cosines (characters, meaning), to scores of concepts.
Own = Callable[[Sequence[str], Vectors, Scores, Scores], Scores]
SYSTEMS = ("random", "char-tfidf", "bm25", "encoder", "sum", "trained-encoder", "hunar")
#: The usual constants of BM25 (Robertson and Zaragoza 2009, section 3.5).
_K1, _B = 1.2, 0.75
#: What is added to the cosine of characters for an occupation, in cosines: how much more meaning counts, each unit
#: of the logarithm of its group's probability, each level of commonness, and a link from the starter trade named.
#: Chosen on labelled titles (docs/evaluation.md); the figures are flat around them.
_MEANING = 2.0
_GROUP = 0.06
_COMMON = 0.16
_LINKED = 0.25
#: Words of a window, how much the best window counts, and the words of a text that are read.
_WIDTH = 3
_WINDOW = 2.0
_LONGEST = 120
_TINY = 1e-9


class Rankers:
    """All systems over one list of labels.

    The constants of the baselines are set by reason, none by a labelled set. ``sum`` adds the two cosines with
    equal weight, because nothing says which of them to trust more. The baselines read the packaged encoder's
    vectors, ``trained-encoder`` and Hunar's ranking those of the encoder in use.
    """

    def __init__(self, labels: ConceptLabels, plain: Vectors, mine: Vectors, own: Own, seed: int) -> None:
        """``plain``, ``mine``: one vector of unit length for each label; ``own``: Hunar's ranking."""
        self._likeness = LabelLikeness(labels.texts, labels.owners, plain)
        self._mine = mine
        self._own = own
        self._concepts = len(labels.uris)
        self._random = np.random.default_rng(seed)
        self._bm25 = Bm25(labels.texts)

    def scores(
        self, texts: Sequence[str], plain: Vectors, own_texts: Sequence[str], mine: Vectors
    ) -> dict[str, Scores]:
        """The scores of every system; ``plain`` are the packaged encoder's vectors of the texts.

        ``own_texts``: the texts as Hunar reads them (in English), ``mine``: their vectors by the encoder in use.
        """
        characters = self._likeness.characters(texts)
        own_characters = characters if texts == own_texts else self._likeness.characters(own_texts)
        encoder = self._likeness.meaning(plain)
        trained = self._likeness.best(mine @ self._mine.T)
        return {
            "random": self._random.random((len(texts), self._concepts), dtype=np.float32),
            "char-tfidf": characters,
            "bm25": self._likeness.best(self._bm25.scores(texts)),
            "encoder": encoder,
            "sum": characters + encoder,
            "trained-encoder": trained,
            "hunar": self._own(texts, mine, own_characters, trained),
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
    """Hunar's ranking of ESCO occupations for titles: likeness to labels and the title model's groups together."""

    def __init__(
        self,
        reader: TitleReader,
        labels: ConceptLabels,
        links: Mapping[str, frozenset[str]],
        hear: Callable[[Scores], None] = lambda probabilities: None,
    ) -> None:
        """``links``: the ESCO occupations that mean the same as a starter trade. ``hear`` is told the stated
        probabilities of the classes for each batch of texts.
        """
        self._reader = reader
        self._hear = hear
        self._links = links
        self._at = {uri: position for position, uri in enumerate(labels.uris)}
        self._isco = labels.isco
        self._class_of = np.array([reader.model.classes.index(isco) for isco in labels.isco])
        self._common = commonness(labels.uris)

    def groups(self, texts: Sequence[str], vectors: Vectors, characters: Scores, meaning: Scores) -> Scores:
        """Probability of each class of the title model, shape (texts, classes)."""
        labels = by_class(characters + meaning, self._isco, self.classes)
        read = self._reader.probabilities(texts, vectors=vectors, labels=labels)
        self._hear(self._reader.stated(read))
        return read

    @property
    def classes(self) -> tuple[str, ...]:
        """Unit groups, and no job at the end."""
        return self._reader.model.classes

    def of_groups(self, texts: Sequence[str], vectors: Vectors, characters: Scores, meaning: Scores) -> Scores:
        """Each occupation as probable as its unit group: for tasks that ask for the group alone."""
        found: Scores = np.log(self.groups(texts, vectors, characters, meaning) + _TINY)[:, self._class_of]
        return found

    def of_occupations(self, texts: Sequence[str], vectors: Vectors, characters: Scores, meaning: Scores) -> Scores:
        """Likeness to the best label, the group's probability, how common the occupation is, links: their sum."""
        found = characters + _MEANING * meaning + _COMMON * self._common
        for row, text in enumerate(texts):
            linked = [self._at[uri] for uri in self._links.get(self._reader.trade(text), ()) if uri in self._at]
            found[row, linked] += _LINKED
        return np.asarray(found + _GROUP * self.of_groups(texts, vectors, characters, meaning), dtype=np.float32)


class SkillRanking:
    """Hunar's ranking of ESCO skills for sentences: likeness of the whole, and of the best few words of it.

    A sentence of a vacancy names several skills, each in a few words: every window of three words is compared with
    the labels besides the whole, and the best window of each skill counts.
    """

    def __init__(self, embedder: Embedder, labels: ConceptLabels, vectors: Vectors) -> None:
        """``vectors``: the embedder's of the labels."""
        self._embedder = embedder
        self._vectors = vectors
        self._starts = np.flatnonzero(np.r_[True, np.diff(np.asarray(labels.owners)) > 0])
        # A concept's first label is the preferred one of its first language.
        self._preferred = vectors[self._starts]

    def __call__(self, texts: Sequence[str], vectors: Vectors, characters: Scores, meaning: Scores) -> Scores:
        found = characters + meaning + vectors @ self._preferred.T
        windows = [_windows(text) for text in texts]
        read = self._embedder.encode([window for some in windows for window in some])
        start = 0
        for row, some in enumerate(windows):
            if some:
                alike = (read[start : start + len(some)] @ self._vectors.T).max(axis=0)
                found[row] += _WINDOW * np.maximum.reduceat(alike, self._starts)
                start += len(some)
            else:
                found[row] += _WINDOW * meaning[row]
        return np.asarray(found, dtype=np.float32)


def _windows(text: str) -> list[str]:
    """Each few words in a row of a text that has more of them."""
    said = text.split()[:_LONGEST]
    if len(said) <= _WIDTH:
        return []
    return [" ".join(said[at : at + _WIDTH]) for at in range(len(said) - _WIDTH + 1)]


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
