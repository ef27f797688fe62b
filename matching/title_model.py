"""The title model: from a job title to the probability of each ISCO-08 unit group, and of no job at all.

Two readers are combined in logarithms (a product of experts; Hinton 2002): one of the title's pieces and sounds,
which knows all seven languages, and one of the encoder's vector, which knows meanings in English. What the starter
taxonomy says of a title is a third voice. Their weights were fitted on titles that neither reader had seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt

from matching.embeddings import Vectors
from matching.title_features import features

Floats = npt.NDArray[np.float32]
#: The class of texts that name no job.
NOTHING = ""
#: Latin letters that a title needs for the encoder's reading of it to count.
_ENOUGH_LATIN = 3


@dataclass(frozen=True)
class Weights:
    """How much each voice counts: the two readers, what the starter taxonomy says (a unit group, or a wider one),
    that there is no job, and how alike the best label of ESCO's is.
    """

    pieces: float
    vector: float
    prior: float = 0.0
    group_prior: float = 0.0
    nothing: float = 0.0
    labels: float = 0.0


@dataclass(frozen=True)
class TitleModel:
    """Readable parameters and nothing else. Shapes: c classes, d dimensions of pieces, e of the encoder.

    ``classes``: unit groups in order and NOTHING at the end. ``pieces`` (buckets, d), ``piece_layer`` (c, d) and
    ``piece_bias`` (c,); ``vector_layer`` (c, e) and ``vector_bias`` (c,). ``latin`` weighs titles that hold Latin
    letters, ``other`` the rest, ``latin_esco`` the first where ESCO's labels are at hand.
    """

    classes: tuple[str, ...]
    pieces: Floats
    piece_layer: Floats
    piece_bias: Floats
    vector_layer: Floats
    vector_bias: Floats
    latin: Weights
    other: Weights
    latin_esco: Weights

    def probabilities(
        self, titles: Sequence[str], vectors: Vectors | None, priors: Sequence[str], labels: Floats | None = None
    ) -> Floats:
        """Shape (titles, classes); rows sum to 1.

        ``vectors``: the encoder's of the titles, shape (titles, e), or None without it. ``priors``: what the
        starter taxonomy says, an ISCO-08 code of 1 to 4 digits, or empty. ``labels``: how alike the best label of
        each class is, shape (titles, classes), where ESCO is at hand.
        """
        if not titles:
            return np.zeros((0, len(self.classes)), dtype=np.float32)
        voices = self.voices(titles, vectors, priors, labels)
        latin = self.latin if labels is None else self.latin_esco
        readable = [vectors is not None and has_latin(title) for title in titles]
        chosen = np.array([astuple(latin if can else self.other) for can in readable], dtype=np.float32)
        return softmax(np.asarray(np.einsum("vtc,tv->tc", voices, chosen), dtype=np.float32))

    def voices(
        self, titles: Sequence[str], vectors: Vectors | None, priors: Sequence[str], labels: Floats | None = None
    ) -> Floats:
        """What each voice says, shape (6, titles, classes), in the order of Weights."""
        read = np.zeros((len(fields(Weights)), len(titles), len(self.classes)), dtype=np.float32)
        read[0] = log_softmax(self._mean_pieces(titles) @ self.piece_layer.T + self.piece_bias)
        if vectors is not None:
            read[1] = log_softmax(vectors @ self.vector_layer.T + self.vector_bias)
        codes = np.asarray(self.classes)
        for row, prior in enumerate(priors):
            if prior:
                read[2 if len(prior) == 4 else 3, row] = np.char.startswith(codes, prior)
        read[4, :, self.classes.index(NOTHING)] = 1
        if labels is not None:
            read[5] = labels
        return read

    def _mean_pieces(self, titles: Sequence[str]) -> Floats:
        means = np.zeros((len(titles), self.pieces.shape[1]), dtype=np.float32)
        for row, title in enumerate(titles):
            if found := features(title):
                means[row] = self.pieces[found].mean(axis=0)
        return means


def has_latin(title: str) -> bool:
    """Whether a title holds Latin letters enough for an encoder trained on English."""
    return sum(letter.isascii() and letter.isalpha() for letter in title) >= _ENOUGH_LATIN


def log_softmax(scores: Floats) -> Floats:
    """Logarithms of probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    return np.asarray(np.exp(log_softmax(scores)), dtype=np.float32)
