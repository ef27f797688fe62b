"""Embedding beside the plain encoder, and the FAISS file beside ``numpy.save``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from api.bench.figures import Figure, Sizes, interleaved, p50, seconds
from api.bench.synthetic import SEED, synthetic_rows
from matching.embeddings import SentenceEmbedder, Vectors
from matching.index import VectorIndex

_BATCH = 32
_DIMENSIONS = 384


def mixed_texts(count: int) -> list[str]:
    """Titles, titles with skills, and whole texts, a third each, in no order of length."""
    texts = []
    for at, row in enumerate(synthetic_rows(count)):
        short = row["title"]
        middle = f"{short}. {row['essential_skills']}"
        texts.append((short, middle, f"{middle}. {row['wished_skills']}. {row['description']}")[at % 3])
    return texts


def embedding_figures(sizes: Sizes) -> list[Figure]:
    """Texts a second of our encoder, beside the same model called batch by batch in the order of the file."""
    embedder = SentenceEmbedder()
    texts = mixed_texts(sizes.texts)
    embedder.encode(texts[:_BATCH])
    model: Any = embedder._loaded

    def plain() -> None:
        for start in range(0, len(texts), _BATCH):
            model.encode(
                texts[start : start + _BATCH], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )  # fmt: skip

    ours, theirs = interleaved(sizes.runs, lambda: seconds(lambda: embedder.encode(texts)), lambda: seconds(plain))
    part = f"embedding, {len(texts):,} mixed texts (synthetic)"
    rates = [len(texts) / p50(times) for times in (ours, theirs)]
    return [Figure(part, "sorted by length", "texts/s", rates[0], "batches of 32 in file order", rates[1])]


def index_figures(folder: Path, sizes: Sizes) -> list[Figure]:
    """Building, saving and loading the index, beside saving and loading the same array with NumPy."""
    return [figure for count in sizes.vectors for figure in _index_of(folder, count, sizes.runs)]


def _index_of(folder: Path, count: int, runs: int) -> Iterator[Figure]:
    vectors: Vectors = np.random.default_rng(SEED).standard_normal((count, _DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    own = folder / "index"
    own.mkdir()
    ours, plain = own / "bench.faiss", own / "bench.npy"
    model, fingerprint = "bench", str(count)
    saved, saved_plain, loaded, loaded_plain = interleaved(
        runs,
        lambda: seconds(lambda: VectorIndex.build(vectors).save(ours, model, fingerprint)),
        lambda: seconds(lambda: np.save(plain, vectors)),
        lambda: seconds(lambda: VectorIndex.load(ours, model, fingerprint)),
        lambda: seconds(lambda: np.load(plain)),
    )
    shutil.rmtree(own)
    part = f"index of {count:,} vectors"
    yield Figure(
        part, "build + save, flushed to disk", "ms", p50(saved) * 1e3, "numpy.save", p50(saved_plain) * 1e3
    )
    yield Figure(
        part, "load, checksum tested", "ms", p50(loaded) * 1e3, "numpy.load", p50(loaded_plain) * 1e3
    )  # fmt: skip
