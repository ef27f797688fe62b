"""The weights of a ranker as a readable file with a manifest: JSON, nothing that is executed."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from profiling.errors import OperatorError

SHIPPED_FILE = Path(__file__).parent / "data" / "vacancy_ranker.json"
FORMAT = 1
#: A weight above this is no weight of a feature between 0 and 1 but a mistake.
_HEAVIEST = 20.0


@dataclass(frozen=True)
class RankerWeights:
    """A bias and the weight of each feature, none below 0, in the order of the features."""

    bias: float
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Fold:
    """Weights that were learned without these people: what is measured on them is measured with these weights."""

    people: frozenset[str]
    weights: RankerWeights


@dataclass(frozen=True)
class StoredRanker:
    """The weights of a file; ``manifest`` says from what, how and how well they were learned."""

    name: str
    weights: RankerWeights
    folds: tuple[Fold, ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict)

    def without(self, person: str) -> RankerWeights:
        """The weights that were learned without a person; those of all for somebody that no fold names."""
        return next((fold.weights for fold in self.folds if person in fold.people), self.weights)


def read_ranker(path: Path, features: Sequence[str]) -> StoredRanker:
    """Read a file of weights. Raises OperatorError when it is broken, of another format or for other features."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise _refused(path, f"has the format {told['format']}, and this Hunar reads {FORMAT}")
        _same_features(path, told["features"], features)
        folds = tuple(Fold(frozenset(fold["people"]), _weights(fold, features)) for fold in told["folds"])
        return StoredRanker(str(told["name"]), _weights(told, features), folds, dict(told["manifest"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(path, f"cannot be read ({error})") from error


def _refused(path: Path, why: str) -> OperatorError:
    return OperatorError(f"The ranker in {path.name} {why}. Train it anew with `hunar train ranker`.")


def _same_features(path: Path, told: Collection[str], features: Sequence[str]) -> None:
    if list(told) != list(features):
        others = sorted(set(told) ^ set(features)) or ["another order"]
        raise _refused(path, f"was learned for other features ({', '.join(others)})")


def _weights(told: Mapping[str, Any], features: Sequence[str]) -> RankerWeights:
    weights = tuple(float(told["weights"][name]) for name in features)
    bias = float(told["bias"])
    if not math.isfinite(bias) or not all(0 <= weight <= _HEAVIEST for weight in weights):
        raise ValueError("a weight lies outside 0 to 20")
    return RankerWeights(bias, weights)


def write_ranker(path: Path, ranker: StoredRanker, features: Sequence[str]) -> None:
    """Write a file of weights that ``read_ranker`` reads back as the same. Raises OperatorError when it cannot."""

    def shown(weights: RankerWeights) -> dict[str, Any]:
        return {"bias": weights.bias, "weights": dict(zip(features, weights.weights, strict=True))}

    told = {
        "format": FORMAT, "name": ranker.name, "features": list(features), **shown(ranker.weights),
        "manifest": ranker.manifest,
        "folds": [{"people": sorted(fold.people), **shown(fold.weights)} for fold in ranker.folds],
    }  # fmt: skip
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".part")
        waiting.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        waiting.replace(path)
    except OSError as error:
        raise OperatorError(f"The ranker cannot be written to {path}: {error.strerror}.") from error
