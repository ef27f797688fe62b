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
from profiling.coding import Coder, PhraseIndex
from profiling.errors import OperatorError
from profiling.esco_labels import ConceptLabels
from profiling.wordforms import forms, words

Scores = npt.NDArray[np.float32]
#: What Hunar knows of a text before ranking: one tier for each concept, 0 for nothing.
Prior = Callable[[str], Scores]
SYSTEMS = ("random", "char-tfidf", "bm25", "encoder", "sum", "hunar")
#: Characters of an n-gram: from parts of a syllable to a short word, within words.
_NGRAMS = (2, 4)
#: The usual constants of BM25 (Robertson and Zaragoza 2009, section 3.5).
_K1, _B = 1.2, 0.75
#: More than the width of a sum of two cosines (-1 to 2), so that a tier always comes before the sum.
_TIER = 4.0


class Rankers:
    """All systems over one list of labels.

    The constants are set by reason, none by a labelled set. ``sum`` adds the two cosines with equal weight,
    because nothing says which of them to trust more; ``hunar`` puts the tiers of a prior before it.
    """

    def __init__(self, labels: ConceptLabels, vectors: Vectors, prior: Prior, seed: int) -> None:
        """``vectors``: one of unit length for each label, shape (labels, dimensions)."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        owners = np.asarray(labels.owners)
        self._starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        self._vectors = vectors
        self._prior = prior
        self._concepts = len(labels.uris)
        self._random = np.random.default_rng(seed)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=_NGRAMS, sublinear_tf=True, dtype=np.float32
        )
        self._tfidf = self._characters.fit_transform(labels.texts).T.tocsr()
        self._bm25 = Bm25(labels.texts)

    def scores(self, texts: Sequence[str], vectors: Vectors) -> dict[str, Scores]:
        """The scores of every system; ``vectors`` are those of the texts."""
        characters = self._best((self._characters.transform(texts) @ self._tfidf).toarray())
        encoder = self._best(vectors @ self._vectors.T)
        both = characters + encoder
        tiers = np.stack([self._prior(text) for text in texts])
        return {
            "random": self._random.random((len(texts), self._concepts), dtype=np.float32),
            "char-tfidf": characters,
            "bm25": self._best(self._bm25.scores(texts)),
            "encoder": encoder,
            "sum": both,
            "hunar": both + np.float32(_TIER) * tiers,
        }

    def _best(self, scores: Scores) -> Scores:
        return np.maximum.reduceat(scores, self._starts, axis=1)


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


def occupation_prior(coder: Coder, links: Mapping[str, frozenset[str]], labels: ConceptLabels) -> Prior:
    """What the starter taxonomy says of a title.

    Tier 2: ESCO occupations that mean the same as the trade it names. Tier 1: occupations in that trade's ISCO-08
    group. Both come before any likeness, because people vouched for the names; docs/evaluation.md shows the price.
    """
    at = {uri: position for position, uri in enumerate(labels.uris)}
    groups = np.asarray(labels.isco)

    def prior(text: str) -> Scores:
        tiers = np.zeros(len(labels.uris), dtype=np.float32)
        coded = coder.occupation(text)
        if coded is None:
            return tiers
        isco = coder.taxonomy.isco_of(coded.occupation)
        if isco is not None:
            tiers[np.char.startswith(groups, str(isco))] = 1
        tiers[[at[uri] for uri in links.get(coded.occupation, ()) if uri in at]] = 2
        return tiers

    return prior


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
