"""The whole recipe: corpus in, shipped model out."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from matching.embeddings import Embedder, SentenceEmbedder
from matching.title_model import NOTHING, Floats, TitleModel, as_english, has_latin
from matching.training.contrastive import FROZEN, Recipe, tune
from matching.training.corpus import Corpus, Title
from matching.training.pairs import NOISE, Pairs
from matching.training.titles import is_aside, train_titles
from matching.work_embedder import WorkEmbedder, layers_digest
from matching.work_model import WorkModel, quantised, save_model
from profiling.coding import Coder

Progress = Callable[[str, int, int], None]


def train(
    corpus: Corpus, coder: Coder, folder: Path, seed: int, progress: Progress, recipe: Recipe | None = None
) -> WorkModel:
    """Train the title model and write it with its manifest into a folder.

    With a ``recipe`` the encoder is trained first, and the title model learns from its vectors as they will be read
    back from the small file; without one, from those of the packaged encoder.
    """

    def prior(text: str) -> str:
        coded = coder.occupation(text)
        return str(coder.taxonomy.isco_of(coded.occupation)) if coded else ""

    layers: dict[str, Floats] = {}
    embedder: Embedder = SentenceEmbedder()
    told: dict[str, Any] = {}
    if recipe is not None:
        losses: dict[str, float] = {}

        def hear(step: int, heard: dict[str, float]) -> None:
            losses.update(heard)
            progress("encoder", step, recipe.steps)

        layers = quantised(tune(corpus, recipe, hear))
        embedder = WorkEmbedder(lambda: layers, layers_digest(layers))
        told = {
            "recipe": {**asdict(recipe), "frozen_layers": FROZEN, "noise": NOISE, "shares": Pairs.SHARES},
            "last_losses": {kind: round(loss, 3) for kind, loss in sorted(losses.items())},
        }
    titles = train_titles(corpus, embedder, prior, seed, progress)
    manifest = {
        "what": "a reader of job titles: ISCO-08 unit groups with probabilities",
        "encoder": embedder.model,
        "layers": layers_digest(layers),
        "data": dict(corpus.sources),
        "attribution": "trained on ESCO (European Commission) and the ISCO-08 index of titles (ILO)",
        "seed": seed,
        **told,
        "made_with": {name: version(name) for name in ("torch", "numpy")} | {"python": platform.python_version()},
        "rules": coder.version,
        "figures": figures(titles, corpus, embedder, prior),
    }
    return save_model(folder, layers, titles, manifest)


def figures(model: TitleModel, corpus: Corpus, embedder: Embedder, prior: Callable[[str], str]) -> dict[str, Any]:
    """Accuracy on the titles that the readers never saw; the weights of the voices were fitted on them."""
    aside = [title for title in corpus.titles if is_aside(title)]
    return {
        "kept_aside_latin": _figures(model, [t for t in aside if has_latin(t.text)], embedder, prior),
        "kept_aside_other": _figures(model, [t for t in aside if not has_latin(t.text)], embedder, prior),
    }


def _figures(
    model: TitleModel, titles: list[Title], embedder: Embedder, prior: Callable[[str], str]
) -> dict[str, Any]:
    texts = [title.text for title in titles]
    english = [as_english(text) for text in texts]
    read = model.probabilities(texts, english, embedder.encode(english), [prior(text) for text in texts])
    order = np.argsort(-read, axis=1)
    wanted = np.array([model.classes.index(title.isco) for title in titles])
    jobs = wanted != model.classes.index(NOTHING)
    return {
        "titles": int(jobs.sum()), "texts_without_a_job": int((~jobs).sum()),
        "accuracy_at_1": round(float((order[jobs, 0] == wanted[jobs]).mean()), 4),
        "accuracy_at_5": round(float((order[jobs, :5] == wanted[jobs, None]).any(axis=1).mean()), 4),
        "nothing_found": round(float((order[~jobs, 0] == wanted[~jobs]).mean()), 4),
    }  # fmt: skip
