"""``hunar train``: makes what Hunar ships anew, from its sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from api.application import Application
from api.evaluate_ranking import judged_centre, judged_people, read_pairs, values_of
from api.progress import progress
from matching.evaluation import bootstrap
from matching.ranker_file import StoredRanker, write_ranker
from matching.ranking import NAMES, SHIPPED
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

    @train.command("ranker")
    def ranker(
        folder: Annotated[
            Path, typer.Argument(metavar="DIR", help="Folder of the judged pairs.", exists=True, file_okay=False)
        ],
        out: Annotated[Path, typer.Option(help="New file that the weights are written to.", dir_okay=False)],
        seed: Seed = _PLAN.seed,
    ) -> None:
        """Learn the weights of the ranking from judged pairs, and compare them with those in use.

        Both are measured on people whom their weights never saw. Nothing changes by itself: put the file in the
        place of the shipped one (matching/data/vacancy_ranker.json) if you find that it is better.

        DIR is one of `hunar evaluate ranking`.
        """
        _rank(application(), folder, out, seed)


def _rank(made: Application, folder: Path, out: Path, seed: int) -> None:
    from matching.training.ranker import JudgedPerson, by_hand, gains, learn

    if out.exists():
        raise InputError(f"{out} is there already. Give a new file, so that nothing is overwritten.")
    err = Console(stderr=True, highlight=False)
    pairs = read_pairs(folder)
    with progress(err, long=True) as steps, judged_centre(made, pairs, steps.begin) as centre:
        people = [JudgedPerson(one.ref, values_of(one), one.grades, np.array(one.barred))
                  for one in judged_people(centre, pairs)]  # fmt: skip
    challenger = learn(people, NAMES, f"vacancy-{date.today():%Y-%m-%d}", seed)
    hand = StoredRanker("by hand", by_hand(NAMES))
    of_each = {one.name: gains(people, one) for one in (hand, SHIPPED, challenger)}
    ends = bootstrap(np.stack([*of_each.values(), of_each[challenger.name] - of_each[SHIPPED.name]], axis=1))
    names = (*of_each, "challenger above the champion")
    for name, (value, low, high) in zip(names, ends.tolist(), strict=True):
        err.print(f"{name}: nDCG@10 {value:.3f} [{low:.3f}, {high:.3f}]", markup=False)
    write_ranker(out, challenger, NAMES)
    err.print(f"Written to {out}.", markup=False)


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
