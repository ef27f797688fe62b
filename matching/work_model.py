"""The model that Hunar ships: trained layers of the encoder and the title model, in one file with a manifest.

Matrices are kept as 8-bit numbers with one scale a row, so that the file stays small; they are read back as 32-bit
floats. A manifest tells what the model was trained on, how, and what it measured. Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.title_features import BUCKETS
from matching.title_features import VERSION as FEATURES
from matching.title_model import Calibration, Floats, TitleModel, Weights
from profiling.errors import OperatorError

SHIPPED = Path(__file__).parent / "data" / "work_model"
WEIGHTS = "weights.safetensors"
MANIFEST = "manifest.json"
FORMAT = 2
_ENCODER = "encoder."
_TITLES = "titles."
_ARRAYS = ("pieces", "piece_layer", "piece_bias", "vector_layer", "vector_bias")
_WEIGHTS = ("latin", "latin_esco", "other", "other_esco")
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class WorkModel:
    """A model as read from a folder; ``manifest`` as it stands there, ``digest`` the hash of its weights."""

    manifest: Mapping[str, Any]
    digest: str
    arrays: Mapping[str, npt.NDArray[Any]]

    @cached_property
    def encoder(self) -> dict[str, Floats]:
        """The trained layers by the names that they have in the packaged encoder."""
        return self._part(_ENCODER)

    @cached_property
    def titles(self) -> TitleModel:
        """The title model."""
        part = self._part(_TITLES)
        told = self.manifest["titles"]
        latin, latin_esco, other, other_esco = (Weights(**told["weights"][name]) for name in _WEIGHTS)
        pieces, piece_layer, piece_bias, vector_layer, vector_bias = (part[name] for name in _ARRAYS)
        return TitleModel(
            tuple(told["classes"]), pieces, piece_layer, piece_bias, vector_layer, vector_bias,
            latin, latin_esco, other, other_esco, Calibration(**told["calibration"]),
        )  # fmt: skip

    def _part(self, prefix: str) -> dict[str, Floats]:
        names = {
            name.removeprefix(prefix).removesuffix(".scale") for name in self.arrays if name.startswith(prefix)
        }
        return {name: _restored(self.arrays, prefix + name) for name in names}


def save_model(
    folder: Path, encoder: Mapping[str, Floats], titles: TitleModel, manifest: Mapping[str, Any]
) -> WorkModel:
    """Write a model into a folder, whole or not at all, and read it back as whoever loads it will."""
    from safetensors.numpy import save

    arrays: Arrays = {}
    for name, values in encoder.items():
        arrays |= _stored(_ENCODER + name, values)
    for name in _ARRAYS:
        arrays |= _stored(_TITLES + name, getattr(titles, name))
    content = save(arrays)
    weights = {name: asdict(getattr(titles, name)) for name in _WEIGHTS}
    whole = {
        "format": FORMAT, "features": FEATURES, **manifest, "sha256": hashlib.sha256(content).hexdigest(),
        "titles": {
            "classes": list(titles.classes), "weights": weights, "calibration": asdict(titles.calibration),
        },
    }  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The manifest names the weights' hash: between the two writes a reader refuses the pair.
        _write(folder / WEIGHTS, content)
        _write(folder / MANIFEST, (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise OperatorError(f"The model cannot be written to {folder}: {error.strerror}.") from error
    return read_model(folder)


def _write(path: Path, content: bytes) -> None:
    waiting = path.with_suffix(f".{os.getpid()}.part")
    try:
        with waiting.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a model's manifest says. Raises OperatorError when it is missing, cut, or of other features."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperatorError(f"There is no whole model in {folder.name}: {error}. Train it again.") from error
    if manifest.get("format") != FORMAT or manifest.get("features") != FEATURES:
        raise OperatorError(f"The model in {folder.name} was made for other features. Train it again.")
    return manifest


def read_model(folder: Path) -> WorkModel:
    """Read a model. Raises OperatorError when it is cut, changed, or made for other features."""
    from safetensors.numpy import load

    manifest = read_manifest(folder)
    try:
        content = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise OperatorError(f"There is no whole model in {folder.name}: {error}. Train it again.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest.get("sha256"):
        raise OperatorError(f"The weights in {folder.name} are not those that its manifest names. Train it again.")
    model = WorkModel(manifest, digest, load(content))
    if model.titles.pieces.shape[0] != BUCKETS:
        raise OperatorError(f"The model in {folder.name} was made for other features. Train it again.")
    return model


@lru_cache(maxsize=1)
def shipped_manifest() -> Mapping[str, Any]:
    """The manifest of the model that comes with Hunar: enough to name it."""
    return read_manifest(SHIPPED)


@lru_cache(maxsize=1)
def shipped_model() -> WorkModel:
    """The model that comes with Hunar, read once."""
    return read_model(SHIPPED)


def _stored(name: str, values: Floats) -> Arrays:
    if values.ndim < 2:
        return {name: values.astype(np.float32)}
    largest = np.abs(values).max(axis=1, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return {name: np.rint(values / scale).astype(np.int8), f"{name}.scale": scale}


def _restored(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> Floats:
    values = np.asarray(arrays[name], dtype=np.float32)
    scale = arrays.get(f"{name}.scale")
    return values if scale is None else values * scale


def quantised(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """The values as they are read back after having been stored."""
    stored: Arrays = {}
    for name, array in values.items():
        stored |= _stored(name, array)
    return {name: _restored(stored, name) for name in values}
