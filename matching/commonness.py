"""How common ESCO's occupations are among advertised jobs: what a short, loose title most likely means.

The levels (5: among the most advertised of all, 1: rare or a special variety) are the judgement of Hunar's makers
for South Asia, the Gulf and Malaysia, made by reading ESCO's labels; no statistic stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from matching.title_model import Floats

TABLE = Path(__file__).parent / "data" / "commonness.tsv"
_OTHERS = 1


def commonness(uris: Sequence[str]) -> Floats:
    """The level of each occupation, shape (occupations,)."""
    levels = _levels()
    return np.array([levels.get(uri.rsplit("/", 1)[-1], _OTHERS) for uri in uris], dtype=np.float32)


@lru_cache(maxsize=1)
def _levels() -> dict[str, int]:
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:])
    return {occupation: int(level) for occupation, level in rows}
