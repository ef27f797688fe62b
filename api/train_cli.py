"""``hunar train``: makes what Hunar ships anew, from its sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.application import Application
from api.progress import progress
from matching.training.contrastive import Recipe
from profiling.errors import InputError

_PLAN = Recipe()
Esco = Annotated[Path, typer.Option(help="Folder or zip of the ESCO CSV download, in English.", exists=True)]
Out = Annotated[Path, typer.Option(help="New folder that the model is written to.", file_okay=False)]
Index = Annotated[
    Path | None, typer.Option(help="The ILO's index of ISCO-08 titles, a CSV with isco08 and title.", exists=True)
]
Outside = Annotated[
    Path | None,
    typer.Option(
        help="Coded titles of another source, a CSV with isco08 and title: they tell how sure the model may be. "
        "Leave out what quality is reported on.",
        exists=True,
    ),
]
Seed = Annotated[int, typer.Option(help="The same seed on the same machine gives the same model.")]


def add_train(train: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the commands."""

    @train.command("titles")
    def titles(esco: Esco, out: Out, index: Index = None, outside: Outside = None, seed: Seed = _PLAN.seed) -> None:
        """Train the reader of job titles on the packaged encoder: about a quarter of an hour on two cores.

        It learns from ESCO's labels, the ILO's index, the starter taxonomy and Hunar's own titles in seven
        languages, and fits its weights on titles that it did not learn from. Put the result in the place of the
        shipped one (matching/data/work_model) if `hunar evaluate` says that it is better.
        """
        _run(application(), esco, out, index, outside, seed, None)

    @train.command("embedder")
    def embedder(
        esco: Esco, out: Out, index: Index = None, outside: Outside = None, seed: Seed = _PLAN.seed,
        steps: Annotated[int, typer.Option(min=1, help="Steps of the encoder's training.")] = _PLAN.steps,
        threads: Annotated[int, typer.Option(min=1, max=64, help="Processor cores to use.")] = _PLAN.threads,
    ) -> None:  # fmt: skip
        """Train the encoder's upper layers on texts of work, then the reader of titles on its vectors.

        It takes about three quarters of an hour on two cores: this is how what is shipped was made.
        """
        _run(application(), esco, out, index, outside, seed, Recipe(steps=steps, seed=seed, threads=threads))


def _run(
    made: Application,
    esco: Path,
    out: Path,
    index: Path | None,
    outside: Path | None,
    seed: int,
    recipe: Recipe | None,
) -> None:
    from matching.training.corpus import read_corpus
    from matching.training.ship import train

    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} is not empty. Give a new folder, so that nothing is overwritten.")
    coder = made.coder()
    err = Console(stderr=True, highlight=False)
    err.print("Reading the sources.")
    corpus = read_corpus(esco, index, coder.taxonomy, outside)
    with progress(err, long=True) as steps:
        model = train(corpus, coder, out, seed, steps.reach, recipe)
    err.print_json(data=model.manifest["figures"])
    err.print(f"Written to {out}.", markup=False)
