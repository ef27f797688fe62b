"""Fine-tuning of the packaged encoder's upper layers, so that texts of the same work lie close together.

Loss: symmetric in-batch cross-entropy over cosines (InfoNCE; van den Oord et al. 2018), pairs of the same key left
out of the opposites. The word embeddings stay as packaged: they know words that the training never names, and need
not be shipped.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.embeddings import SentenceEmbedder
from matching.training.corpus import Corpus
from matching.training.pairs import Pair, Pairs

#: Layers, from below, that stay as packaged beside the word embeddings.
FROZEN = 0
_CLUSTERS = 300
_MAX_TOKENS = 48
#: Texts that are padded to one length.
_TOGETHER = 40
State = dict[str, npt.NDArray[np.float32]]
Report = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True)
class Recipe:
    """How to train. ``scale`` multiplies the cosines, ``rate`` is the highest learning rate.

    ``short_floats``: multiply matrices in bfloat16, 1.7 times as fast on a processor that has instructions for it.
    """

    steps: int = 1400
    batch: int = 160
    rate: float = 1e-4
    scale: float = 25.0
    warm_up: int = 60
    dropout: float = 0.05
    short_floats: bool = True
    seed: int = 20_261_125
    threads: int = 2


def tune(corpus: Corpus, recipe: Recipe, report: Report = lambda step, losses: None) -> State:
    """The trained layers by the names they have in the model; ``report`` hears the mean losses by kind."""
    import torch

    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)  # noqa: S311 - a seed that repeats is what is wanted
    model, tokenizer = _model(recipe.dropout)
    pairs = Pairs(corpus, _clusters(corpus, recipe.seed), rng, recipe.batch)
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimiser = torch.optim.AdamW(trained.values(), lr=recipe.rate, weight_decay=0.01)
    losses: dict[str, list[float]] = defaultdict(list)
    heard = time.monotonic()
    for step in range(recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * _pace(step, recipe)
        kind, batch = pairs.draw()
        loss = _loss(model, tokenizer, batch, recipe)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses[kind].append(float(loss.detach()))
        if time.monotonic() - heard > 5 or step + 1 == recipe.steps:
            heard = time.monotonic()
            report(step + 1, {kind: float(np.mean(held[-20:])) for kind, held in losses.items()})
    return {name: p.detach().numpy().copy() for name, p in trained.items()}


def _pace(step: int, recipe: Recipe) -> float:
    """Share of the highest rate: up in a line, then down in a line to nothing."""
    if step < recipe.warm_up:
        return (step + 1) / recipe.warm_up
    return (recipe.steps - step) / max(1, recipe.steps - recipe.warm_up)


def _model(dropout: float) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(SentenceEmbedder.packaged_folder())
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True)
    for part in (model.embeddings, *model.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    for part in model.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = dropout
    return model.train(), tokenizer


def _loss(model: Any, tokenizer: Any, batch: Sequence[Pair], recipe: Recipe) -> Any:
    import torch
    from torch.nn.functional import cross_entropy, normalize

    texts = [pair.left for pair in batch] + [pair.right for pair in batch]
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=recipe.short_floats):
        vectors = normalize(_means(model, tokenizer, texts), dim=-1)
    left, right = vectors[: len(batch)], vectors[len(batch) :]
    numbers = {key: number for number, key in enumerate({pair.key for pair in batch})}
    keys = torch.tensor([numbers[pair.key] for pair in batch])
    same = (keys[:, None] == keys[None, :]) & ~torch.eye(len(batch), dtype=torch.bool)
    likeness = (recipe.scale * left @ right.T).masked_fill(same, -1e4)
    wanted = torch.arange(len(batch))
    return (cross_entropy(likeness, wanted) + cross_entropy(likeness.T, wanted)) / 2


def _means(model: Any, tokenizer: Any, texts: Sequence[str]) -> Any:
    """The mean of the vectors of each text's tokens, shape (texts, dimensions). Texts of a length go together."""
    import torch

    numbers = tokenizer(list(texts), truncation=True, max_length=_MAX_TOKENS)["input_ids"]
    order = sorted(range(len(texts)), key=lambda at: len(numbers[at]))
    found = []
    for start in range(0, len(order), _TOGETHER):
        some = [numbers[at] for at in order[start : start + _TOGETHER]]
        tokens = tokenizer.pad({"input_ids": some}, padding=True, return_tensors="pt")
        mask = tokens["attention_mask"].unsqueeze(-1)
        hidden = model(**tokens).last_hidden_state.float()
        found.append((hidden * mask).sum(1) / mask.sum(1))
    return torch.cat(found)[torch.tensor(order).argsort()]


def _clusters(corpus: Corpus, seed: int) -> list[int]:
    """A number for each skill, equal for skills that the packaged model holds for alike."""
    from sklearn.cluster import MiniBatchKMeans

    vectors = SentenceEmbedder().encode([skill.labels[0] for skill in corpus.skills])
    means = MiniBatchKMeans(min(_CLUSTERS, len(vectors)), random_state=seed, n_init=1, batch_size=2048)
    return [int(number) for number in means.fit_predict(vectors)]
