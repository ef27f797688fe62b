"""Training of the title model: the reader of pieces, the reader of vectors, the weights of the voices, and how
sure its word is on titles from elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from typing import Any
from zlib import crc32

import numpy as np

from matching.embeddings import Embedder, Vectors
from matching.label_likeness import LabelLikeness, by_class
from matching.title_features import BUCKETS, features
from matching.title_model import NOTHING, Calibration, Floats, TitleModel, Weights, as_english, has_latin, softmax
from matching.training.corpus import Corpus, Title
from matching.training.noise import noisy

DIMENSIONS = 64
_EPOCHS = 8
_BATCH = 512
_RATE = 0.01
_SMOOTHING = 0.05
#: How much faster the table of pieces learns than the layer: each piece is met seldom.
_FAST = 8
_PENALTY = 1e-4
#: How strongly the line of the calibration is held flat (scikit-learn's C): a few hundred titles of one source must
#: not promise what another source does not keep.
_HELD = 0.03
#: The place of the voice that says that there is no job.
_OF_NOTHING = 4
#: How much a title of each source counts: many labels of ESCO's are variants of one name.
_WORTH = {"ESCO": 0.6}
#: Share of the titles that appear once more, with noise.
_NOISE = 0.6
#: Of the sources kept from the readers, to fit the weights on.
_KEPT_ASIDE = frozenset({"real_titles"})
#: Name of the weights, whether of Latin script, whether with ESCO's labels, the voices that are heard.
_FITS = (
    ("latin", True, False, (0, 1, 2, 3, 4)),
    ("latin_esco", True, True, (0, 1, 2, 3, 4, 5)),
    ("other", False, False, (0, 1, 2, 3, 4, 6)),
    ("other_esco", False, True, (0, 1, 2, 3, 4, 5, 6)),
)
Progress = Callable[[str, int, int], None]
Alike = Callable[[Sequence[str], Vectors], Floats]


def train_titles(
    corpus: Corpus, embedder: Embedder, prior: Callable[[str], str], seed: int, progress: Progress
) -> TitleModel:
    """Train both readers, fit the weights on the titles that were kept from them, calibrate on outside titles.

    ``prior``: the ISCO-08 code that the starter taxonomy reads in a title, or empty.
    """
    aside = [title for title in corpus.titles if is_aside(title)]
    rest = [title for title in corpus.titles if not is_aside(title)]
    classes = (*sorted({title.isco for title in corpus.titles if title.isco}), NOTHING)
    at = {name: number for number, name in enumerate(classes)}
    rng = random.Random(seed)  # noqa: S311 - a seed that repeats is what is wanted
    again = [replace(title, text=noisy(title.text, rng, 1)) for title in rest if rng.random() < _NOISE]
    rest += again
    wanted = np.array([at[title.isco] for title in rest])
    worth = np.array([_WORTH.get(title.source, 1.0) for title in rest], dtype=np.float32)
    pieces = _read_pieces([title.text for title in rest], wanted, worth, len(classes), seed, progress)
    latin = np.array([has_latin(title.text) for title in rest])
    read = [title.text for title, is_latin in zip(rest, latin, strict=True) if is_latin]
    encoded = 0

    def count(done: int) -> None:
        nonlocal encoded
        encoded += done
        progress("vectors", encoded, len(read))

    vectors = embedder.encode(read, count)
    layer = _read_vectors(vectors, wanted[latin], worth[latin], len(classes), seed, progress)
    flat = Weights(1.0, 1.0)
    model = TitleModel(classes, *pieces, *layer, latin=flat, latin_esco=flat, other=flat, other_esco=flat)
    esco = _esco(corpus, embedder)
    isco = [occupation.isco for occupation in corpus.occupations]

    def alike(texts: Sequence[str], vectors: Vectors) -> Floats:
        return by_class(esco.characters(texts) + esco.meaning(vectors), isco, classes)

    model = fit_weights(model, aside, embedder, prior, alike)
    return calibrated(model, corpus.outside, embedder, prior, alike)


def is_aside(title: Title) -> bool:
    """Real titles, and every second text without a job."""
    return title.source in _KEPT_ASIDE or (title.source == "no_title" and crc32(title.text.encode()) % 2 == 0)


def _read_pieces(
    texts: Sequence[str], wanted: Any, worth: Floats, classes: int, seed: int, progress: Progress
) -> tuple[Floats, Floats, Floats]:
    import torch

    torch.manual_seed(seed)
    found = [features(text) or [0] for text in texts]
    table = torch.nn.EmbeddingBag(BUCKETS, DIMENSIONS, mode="mean", sparse=True)
    torch.nn.init.zeros_(table.weight)  # a piece that was never met says nothing
    layer = torch.nn.Linear(DIMENSIONS, classes)
    optimisers = (
        torch.optim.SparseAdam(table.parameters(), lr=_FAST * _RATE),
        torch.optim.Adam(layer.parameters(), lr=_RATE),
    )  # fmt: skip
    order = np.random.default_rng(seed)
    steps = _EPOCHS * (len(texts) // _BATCH)
    done = 0
    for _ in range(_EPOCHS):
        shuffled = order.permutation(len(texts))
        for start in range(0, len(texts) - _BATCH + 1, _BATCH):
            rows = shuffled[start : start + _BATCH]
            for optimiser, rate in zip(optimisers, (_FAST * _RATE, _RATE), strict=True):
                optimiser.param_groups[0]["lr"] = rate * (1 - done / steps)
            bags = [found[row] for row in rows]
            starts = np.cumsum([0, *map(len, bags[:-1])])
            scores = layer(table(torch.tensor(np.concatenate(bags)), torch.tensor(starts)))
            _step(scores, wanted[rows], worth[rows], optimisers)
            done += 1
            progress("pieces", done, steps)
    kept = (table.weight, layer.weight, layer.bias)
    made = tuple(part.detach().numpy().copy() for part in kept)
    return made[0], made[1], made[2]


def _read_vectors(
    vectors: Floats, wanted: Any, worth: Floats, classes: int, seed: int, progress: Progress
) -> tuple[Floats, Floats]:
    import torch

    torch.manual_seed(seed)
    layer = torch.nn.Linear(vectors.shape[1], classes)
    optimiser = torch.optim.Adam(layer.parameters(), lr=_RATE)
    order = np.random.default_rng(seed)
    epochs = 2 * _EPOCHS
    steps, done = epochs * (len(vectors) // _BATCH), 0
    for _ in range(epochs):
        shuffled = order.permutation(len(vectors))
        for start in range(0, len(vectors) - _BATCH + 1, _BATCH):
            rows = shuffled[start : start + _BATCH]
            optimiser.param_groups[0]["lr"] = 5 * _RATE * (1 - done / steps)
            _step(layer(torch.tensor(vectors[rows])), wanted[rows], worth[rows], (optimiser,))
            done += 1
            progress("layer", done, steps)
    return layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy()


def _step(scores: Any, wanted: Any, worth: Floats, optimisers: Sequence[Any]) -> None:
    import torch

    losses = torch.nn.functional.cross_entropy(
        scores, torch.tensor(wanted), reduction="none", label_smoothing=_SMOOTHING
    )
    (losses * torch.tensor(worth)).mean().backward()  # type: ignore[no-untyped-call]
    for optimiser in optimisers:
        optimiser.step()
        optimiser.zero_grad()


def _esco(corpus: Corpus, embedder: Embedder) -> LabelLikeness:
    texts = [label for occupation in corpus.occupations for label in occupation.labels]
    owners = [number for number, occupation in enumerate(corpus.occupations) for _ in occupation.labels]
    return LabelLikeness(texts, owners, embedder.encode(texts))


def fit_weights(
    model: TitleModel,
    aside: Sequence[Title],
    embedder: Embedder,
    prior: Callable[[str], str],
    alike: Alike,
) -> TitleModel:
    """The model with weights under which the titles kept aside are most likely."""
    known = [title for title in aside if title.isco in model.classes]
    made: dict[str, Weights] = {}
    for name, latin, with_esco, used in _FITS:
        part = [title for title in known if has_latin(title.text) == latin]
        voices = _voices(model, part, embedder, prior, alike if with_esco else None)
        made[name] = _fit(voices, [model.classes.index(title.isco) for title in part], used)
    return replace(
        model,
        latin=made["latin"],
        latin_esco=made["latin_esco"],
        other=made["other"],
        other_esco=made["other_esco"],
    )


def calibrated(
    model: TitleModel,
    outside: Sequence[Title],
    embedder: Embedder,
    prior: Callable[[str], str],
    alike: Alike,
) -> TitleModel:
    """The model with the line on log odds under which the first groups of outside titles are right as often as
    stated; unchanged without such titles. ESCO's labels are at hand here, as where quality is reported.
    """
    if not outside:
        return model
    voices = _voices(model, outside, embedder, prior, alike)
    weights = [astuple(model.latin_esco if has_latin(t.text) else model.other_esco) for t in outside]
    read = softmax(np.asarray(np.einsum("vtc,tv->tc", voices, np.array(weights)), dtype=np.float32))
    codes = np.array([title.isco for title in outside])
    right = np.asarray(model.classes)[read.argmax(axis=1)] == codes
    first = np.clip(read.max(axis=1), 1e-6, 1 - 1e-6)
    return replace(model, calibration=_line(np.log(first / (1 - first)), right))


def _line(odds: Any, right: Any) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=_HELD).fit(odds[:, None], right)
    return Calibration(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))


def _voices(
    model: TitleModel,
    titles: Sequence[Title],
    embedder: Embedder,
    prior: Callable[[str], str],
    alike: Alike | None,
) -> Floats:
    texts = [title.text for title in titles]
    english = [as_english(text) for text in texts]
    vectors = embedder.encode(english)
    labels = alike(english, vectors) if alike else None
    return model.voices(texts, english, vectors, [prior(text) for text in texts], labels)


def _fit(voices: Floats, wanted: Sequence[int], used: tuple[int, ...]) -> Weights:
    """Logistic regression with one weight a voice; none but that of *nothing* below 0, a small penalty on each."""
    from scipy.optimize import minimize

    rows = np.arange(len(wanted))
    heard = voices[list(used)].astype(np.float64)

    def loss(found: Any) -> tuple[float, Any]:
        scores = np.tensordot(found, heard, axes=1)
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        slope = (heard * shares).sum(axis=2).mean(axis=1) - heard[:, rows, wanted].mean(axis=1)
        value = -np.log(shares[rows, wanted] + 1e-12).mean() + _PENALTY * found @ found
        return float(value), slope + 2 * _PENALTY * found

    bounds = [(None, None) if voice == _OF_NOTHING else (0, None) for voice in used]
    best = minimize(loss, np.full(len(used), 0.3), jac=True, method="L-BFGS-B", bounds=bounds)
    found = dict(zip(used, best.x.tolist(), strict=True))
    return Weights(*(found.get(voice, 0.0) for voice in range(len(voices))))
