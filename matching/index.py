"""The FAISS index: exact search over a part of the market, kept in a file that is only a cache.

A FAISS file with a flipped byte loads without complaint, so the file is never trusted by itself: a
manifest beside it holds its checksum and the fingerprint of the vectors it was made of. What does not
fit is refused, and the caller builds it again from the database.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from matching.embeddings import Vectors
from profiling.errors import OperatorError

LAYOUT = 1


class IndexRefused(OperatorError):
    """The index file is missing, damaged, or of other vectors; build it again."""


@dataclass(frozen=True)
class Manifest:
    """What an index file was made of."""

    layout: int
    model: str
    dimensions: int
    count: int
    fingerprint: str
    sha256: str
    faiss: str


class VectorIndex:
    """Exact inner-product search over rows 0 to count-1."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> VectorIndex:
        """An index over vectors of unit length, shape (count, dimensions)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, query: Vectors, k: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> tuple[npt.NDArray[np.int64], Vectors]:
        """Rows and inner products of the ``k`` nearest to one query of shape (dimensions,), best first.

        ``allowed`` (shape (count,)) binds inside the search: a row that is not allowed cannot come back.
        """
        if allowed is not None:
            k = min(k, int(allowed.sum()))
        k = min(k, len(self))
        if k == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        parameters = None if allowed is None else _selecting(allowed)
        scores, rows = self._index.search(query[None, :], k, params=parameters)
        return rows[0], scores[0]

    def save(self, path: Path, model: str, fingerprint: str) -> None:
        """Write index and manifest; an older file stays whole until the new one is. Raises OperatorError."""
        content = faiss.serialize_index(self._index).tobytes()
        manifest = Manifest(
            LAYOUT,
            model,
            self._index.d,
            len(self),
            fingerprint,
            hashlib.sha256(content).hexdigest(),
            faiss.__version__,
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            about = json.dumps(asdict(manifest), indent=1).encode()
            replace_files({path: content, manifest_path(path): about})
        except OSError as error:
            raise OperatorError(
                f"The index {path.name} cannot be written ({error.strerror}); the old one stays. Free some space "
                "and run `hunar index` again."
            ) from error

    @classmethod
    def load(cls, path: Path, model: str, fingerprint: str) -> VectorIndex:
        """Load the file if it is whole and of these vectors. Raises IndexRefused with the reason."""
        try:
            manifest = Manifest(**json.loads(manifest_path(path).read_bytes()))
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise IndexRefused(f"{path.name} is not there yet") from error
        except (OSError, ValueError, TypeError) as error:
            raise IndexRefused(f"{path.name} has no readable manifest ({error})") from error
        if hashlib.sha256(content).hexdigest() != manifest.sha256:
            raise IndexRefused(f"{path.name} is damaged: its checksum does not fit")
        if (manifest.layout, manifest.model, manifest.fingerprint) != (LAYOUT, model, fingerprint):
            raise IndexRefused(f"{path.name} was made of other vectors")
        index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        if (index.ntotal, index.d) != (manifest.count, manifest.dimensions):
            raise IndexRefused(f"{path.name} does not hold what its manifest says")
        return cls(index)


def _selecting(allowed: npt.NDArray[np.bool_]) -> faiss.SearchParameters:
    # The typed signatures of faiss are those of C++; its Python layer takes an array and keywords here.
    selector: Any = faiss.IDSelectorBitmap
    parameters: Any = faiss.SearchParameters
    return parameters(sel=selector(np.packbits(allowed, bitorder="little")))  # type: ignore[no-any-return]


def manifest_path(path: Path) -> Path:
    """Where the manifest of an index file stands."""
    return path.with_suffix(".json")


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write all files under temporary names, flush them to disk, then let them take their names.

    On an error before that, the old files stay as they were. Between two names a reader may see a new
    index with an old manifest, which do not fit together and are refused.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, content in contents.items():
            handle, name = tempfile.mkstemp(".part", f".{path.name}.", path.parent)
            written.append((Path(name), path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for temporary, path in written:
            temporary.replace(path)
    except BaseException:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise
    folder = os.open(next(iter(contents)).parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
