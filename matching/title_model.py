"""The title model: from a job title to the probability of each ISCO-08 unit group, and of no job at all.

Two readers are combined in logarithms (a product of experts; Hinton 2002): one of the title's pieces and sounds,
which knows all seven languages, and one of the encoder's vector, which knows meanings in English. What the starter
taxonomy says of a title is a third voice. Titles in other scripts are read in their English gloss too. The weights
of the voices were fitted on titles that neither reader had seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt

from matching.embeddings import Vectors
from matching.title_features import features
from profiling.glossary import gloss

Floats = npt.NDArray[np.float32]
#: The class of texts that name no job.
NOTHING = ""
#: Latin letters that a title needs for the encoder's reading of it to count.
_ENOUGH_LATIN = 3
#: The last letter of Latin script in the order of Unicode's blocks.
_LAST_LATIN = 0x024F


@dataclass(frozen=True)
class Weights:
    """How much each voice counts: the two readers, what the starter taxonomy says (a unit group, or a wider one),
    that there is no job, how alike the best label of ESCO's is, and the reader of pieces on the English gloss.
    """

    pieces: float
    vector: float
    prior: float = 0.0
    group_prior: float = 0.0
    nothing: float = 0.0
    labels: float = 0.0
    gloss: float = 0.0


@dataclass(frozen=True)
class Calibration:
    """From the probability in the model to the one stated: a line on the scale of log odds (Platt 1999).

    Fitted on titles of other sources than the model's; it keeps the order of the groups. The stated probabilities
    add up to less than 1 where the answer may well be none of those shown.
    """

    slope: float = 1.0
    offset: float = 0.0

    def stated(self, probabilities: Floats) -> Floats:
        """The stated probabilities, of the same shape."""
        kept = np.clip(probabilities, 1e-6, 1 - 1e-6)
        return np.asarray(1 / (1 + np.exp(-self.offset - self.slope * np.log(kept / (1 - kept)))), dtype=np.float32)


@dataclass(frozen=True)
class TitleModel:
    """Readable parameters and nothing else. Shapes: c classes, d dimensions of pieces, e of the encoder.

    ``classes``: unit groups in order and NOTHING at the end. ``pieces`` (buckets, d), ``piece_layer`` (c, d) and
    ``piece_bias`` (c,); ``vector_layer`` (c, e) and ``vector_bias`` (c,). ``latin`` weighs titles that hold Latin
    letters, ``other`` the rest; those with ``_esco`` where ESCO's labels are at hand.
    """

    classes: tuple[str, ...]
    pieces: Floats
    piece_layer: Floats
    piece_bias: Floats
    vector_layer: Floats
    vector_bias: Floats
    latin: Weights
    latin_esco: Weights
    other: Weights
    other_esco: Weights
    calibration: Calibration = Calibration()

    def probabilities(
        self,
        titles: Sequence[str],
        english: Sequence[str],
        vectors: Vectors | None,
        priors: Sequence[str],
        labels: Floats | None = None,
    ) -> Floats:
        """Shape (titles, classes); rows sum to 1.

        ``english``: the titles themselves, or their glosses (see ``as_english``). ``vectors``: the encoder's of
        ``english``, shape (titles, e), or None without it. ``priors``: what the starter taxonomy says, an ISCO-08
        code of 1 to 4 digits, or empty. ``labels``: how alike the best label of each class is to ``english``,
        shape (titles, classes), where ESCO is at hand.
        """
        if not titles:
            return np.zeros((0, len(self.classes)), dtype=np.float32)
        voices = self.voices(titles, english, vectors, priors, labels)
        latin, other = (self.latin, self.other) if labels is None else (self.latin_esco, self.other_esco)
        chosen = np.array([astuple(latin if has_latin(title) else other) for title in titles], dtype=np.float32)
        return softmax(np.asarray(np.einsum("vtc,tv->tc", voices, chosen), dtype=np.float32))

    def voices(
        self,
        titles: Sequence[str],
        english: Sequence[str],
        vectors: Vectors | None,
        priors: Sequence[str],
        labels: Floats | None = None,
    ) -> Floats:
        """What each voice says, shape (7, titles, classes), in the order of Weights; 0 where it is silent."""
        read = np.zeros((len(fields(Weights)), len(titles), len(self.classes)), dtype=np.float32)
        read[0] = self._of_pieces(titles)
        readable = np.array([has_latin(text) for text in english])
        if vectors is not None:
            read[1][readable] = log_softmax(vectors[readable] @ self.vector_layer.T + self.vector_bias)
        codes = np.asarray(self.classes)
        for row, prior in enumerate(priors):
            if prior:
                read[2 if len(prior) == 4 else 3, row] = np.char.startswith(codes, prior)
        read[4, :, self.classes.index(NOTHING)] = 1
        if labels is not None:
            read[5][readable] = labels[readable]
        glossed = [row for row, text in enumerate(english) if text != titles[row] and readable[row]]
        if glossed:
            read[6][glossed] = self._of_pieces([english[row] for row in glossed])
        return read

    def _of_pieces(self, texts: Sequence[str]) -> Floats:
        return log_softmax(self._mean_pieces(texts) @ self.piece_layer.T + self.piece_bias)

    def _mean_pieces(self, titles: Sequence[str]) -> Floats:
        means = np.zeros((len(titles), self.pieces.shape[1]), dtype=np.float32)
        for row, title in enumerate(titles):
            if found := features(title):
                means[row] = self.pieces[found].mean(axis=0)
        return means


def as_english(title: str) -> str:
    """The title itself, or the English gloss of one in another script; empty where nothing of it is known."""
    if not any(letter.isalpha() and ord(letter) > _LAST_LATIN for letter in title):
        return title
    return gloss(title)


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
