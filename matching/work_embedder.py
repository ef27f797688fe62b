"""The packaged encoder with the layers that Hunar trained: it knows work better, and English no worse."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from matching.embeddings import SentenceEmbedder
from matching.title_model import Floats
from matching.work_model import WorkModel, shipped_manifest, shipped_model

Layers = Mapping[str, Floats]


class WorkEmbedder(SentenceEmbedder):
    """all-MiniLM-L6-v2 from its package, some of its layers replaced by trained ones when it is first used."""

    def __init__(self, layers: Callable[[], Layers], version: str, *, max_tokens: int = 128) -> None:
        """``layers`` gives arrays by the names that they have in the model; ``version`` tells them apart."""
        super().__init__(max_tokens=max_tokens)
        self._layers = layers
        self._name = f"{self._name}/work-{version}"

    @property
    def plain(self) -> SentenceEmbedder:
        """The packaged encoder as it came, for comparison."""
        return SentenceEmbedder(max_tokens=self._max_tokens)

    def _load(self) -> Any:
        import torch

        model = super()._load()
        held = dict(model[0].auto_model.named_parameters())
        with torch.no_grad():
            for name, values in self._layers().items():
                held[name].copy_(torch.from_numpy(values))
        return model


def work_embedder(model: WorkModel | None = None) -> WorkEmbedder:
    """The embedder of a work model; of the shipped one without it. The layers are read at the first use."""
    if model is None:
        return WorkEmbedder(lambda: shipped_model().encoder, shipped_manifest()["layers"])
    return WorkEmbedder(lambda: model.encoder, model.manifest["layers"])


def layers_digest(layers: Layers) -> str:
    """A short hash of layers: the version of an encoder."""
    digest = hashlib.sha256()
    for name in sorted(layers):
        digest.update(name.encode() + layers[name].tobytes())
    return digest.hexdigest()[:12]
