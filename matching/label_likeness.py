"""How alike a text is to the labels of concepts: characters and meaning, the best label of each concept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from matching.embeddings import Vectors
from matching.title_model import Floats

#: Characters of an n-gram: from parts of a syllable to a short word, within words.
_NGRAMS = (2, 4)


class LabelLikeness:
    """Likeness to concepts that stand in a row, each with its labels one after another."""

    def __init__(self, texts: Sequence[str], owners: Sequence[int], vectors: Vectors) -> None:
        """``owners[i]``: the concept that ``texts[i]`` names, never falling; ``vectors``: a row of each."""
        numbers = np.asarray(owners)
        self._starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
        self._texts = texts
        self._vectors = vectors

    @cached_property
    def _characters(self) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        maker = TfidfVectorizer(analyzer="char_wb", ngram_range=_NGRAMS, sublinear_tf=True, dtype=np.float32)
        return maker, maker.fit_transform(self._texts).T.tocsr()

    def characters(self, texts: Sequence[str]) -> Floats:
        """Cosine of TF-IDF vectors of character n-grams, shape (texts, concepts)."""
        maker, known = self._characters
        return self.best((maker.transform(texts) @ known).toarray())

    def meaning(self, vectors: Vectors) -> Floats:
        """Cosine of the encoder's vectors, shape (texts, concepts)."""
        return self.best(vectors @ self._vectors.T)

    def best(self, scores: Floats) -> Floats:
        """From a score for each label to that of each concept's best label."""
        return np.asarray(np.maximum.reduceat(scores, self._starts, axis=1), dtype=np.float32)


def by_class(scores: Floats, isco: Sequence[str], classes: Sequence[str]) -> Floats:
    """From scores of concepts, shape (texts, concepts), to the best in each class; 0 for a class without a concept.

    ``isco``: the unit group of each concept.
    """
    groups = np.asarray(isco)
    found = np.zeros((len(scores), len(classes)), dtype=np.float32)
    for number, code in enumerate(classes):
        mine = np.flatnonzero(groups == code)
        if len(mine):
            found[:, number] = scores[:, mine].max(axis=1)
    return found
