"""The embedder that a setting names."""

from __future__ import annotations

import re
from pathlib import Path

from matching.embeddings import Embedder, HubEmbedder, MultilingualEmbedder, SentenceEmbedder
from matching.work_embedder import work_embedder
from profiling.errors import OperatorError

_CHOICES = (
    "default (English, trained on work), minilm (English, as packaged), multilingual (also the languages of the "
    "region), hub:owner/name, or the folder of a sentence-transformers model"
)


def embedder_named(name: str | None, data: Path) -> Embedder:
    """The embedder of that name; ``data`` is the folder for one that has to be unpacked.

    Raises OperatorError for a name that is none.
    """
    if not name or name == "default":
        return work_embedder()
    if name == "minilm":
        return SentenceEmbedder()
    if name == "multilingual":
        return MultilingualEmbedder(data)
    if re.fullmatch(r"hub:[\w.-]+/[\w.-]+", name):
        return HubEmbedder(name.removeprefix("hub:"))
    if Path(name).is_dir():
        return SentenceEmbedder(Path(name))
    raise OperatorError(f"HUNAR_EMBEDDER is {name!r}: no embedder's name and no folder here. Choose {_CHOICES}.")
