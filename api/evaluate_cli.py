"""``hunar evaluate TASK DIR``: how well titles and sentences are coded, on labelled files from a folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.application import Application
from api.evaluate_passports import read_judged, run_passports
from api.evaluate_ranking import read_pairs, run_ranking
from api.labelled import read_table
from api.progress import progress
from matching.embeddings import Embedder, Vectors
from matching.evaluation import (
    GRADED,
    METRICS,
    RESAMPLES,
    SEED,
    Evaluation,
    Gauge,
    Item,
    Measured,
    Scores,
    Task,
    calibrations,
    evaluate,
)
from matching.rankers import OccupationRanking, Own, Rankers, SkillRanking, stored_vectors
from matching.title_model import as_english
from matching.titles import TitleReader
from matching.work_embedder import WorkEmbedder
from matching.work_model import shipped_model
from profiling.errors import InputError
from profiling.esco import ATTRIBUTION
from profiling.esco_labels import ConceptLabels, occupation_labels, skill_labels, trade_links

FILES = {
    Task.TITLE_OCCUPATION: ("title_to_occupation.tsv", ("query", "occupation_uri", "isco08")),
    Task.TITLE_ISCO: ("title_to_isco.tsv", ("query", "isco08")),
    Task.HINDI_TITLE_ISCO: ("hindi_title_to_isco.tsv", ("query", "isco08")),
    Task.SKILL_EXTRACTION: ("sentence_to_skills.tsv", ("sentence", "skill_uris")),
}
_EXACT = "exact_label"
Begin = Callable[[str, int], Callable[[int], None]]


def add_evaluate(app: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the command."""

    @app.command("evaluate")
    def command(
        task: Annotated[Task, typer.Argument(help="What to measure.")],
        folder: Annotated[
            Path, typer.Argument(metavar="DIR", help="Folder of the labelled file.", exists=True, file_okay=False)
        ],
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    ) -> None:
        """Measure on labelled files how well texts are coded to ESCO and offers ranked, beside baselines.

        The file is tab-separated UTF-8 with a line of column names; other columns are not read.

        title-occupation: title_to_occupation.tsv with query, occupation_uri, isco08.

        A further column exact_label (1: the title is a label of ESCO's, 0: it is none) makes the slice
        isco5-9_not_exact.

        title-isco: title_to_isco.tsv with query, isco08.

        hindi-title-isco: hindi_title_to_isco.tsv with query, isco08.

        skill-extraction: sentence_to_skills.tsv with sentence, skill_uris (joined with |).

        passport-vacancies, passport-courses: passport_queries.tsv with query_id, past_title, skills, skill_uris;
        passport_vacancies.tsv or passport_courses.tsv with doc_id, title; passport_vacancy_qrels.tsv or
        passport_course_qrels.tsv with query_id, doc_id, relevance (0 to 3).

        ranking: judgements.tsv with person, vacancy, grade (0 to 3), for people and vacancies of the demo
        centre, and for the people of people.csv where that is there.
        """
        made = application()
        missed = 0
        if task is Task.RANKING:
            pairs = read_pairs(folder)
            with progress(_err()) as steps:
                found, left_out = run_ranking(made, pairs, steps.begin)
            _err().print(f"Left out (not agreed, or nothing to find): {left_out} of {len(pairs.grades)} people.")
            _print(found, as_json)
            return
        if task in GRADED:
            judged = read_judged(task, folder)
            with progress(_err()) as steps:
                found, labels = run_passports(made, task, judged, steps.begin)
        else:
            items = read_items(task, folder)
            with progress(_err()) as steps:
                found, labels, missed = run(made, task, items, steps.begin)
        _err().print(
            f"ESCO {escape(labels.version)}, encoder {escape(made.embedder.model)}, "
            f"{escape(made.coder().version)}, {RESAMPLES:,} resamples, seed {SEED}"
        )
        if missed:
            _err().print(f"Items whose answer this ESCO version lacks, counted as missed: {missed:,}.")
        _err().print(ATTRIBUTION)
        _print(found, as_json)


def _print(found: Evaluation, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        _show(found)


def read_items(task: Task, folder: Path) -> list[Item]:
    """The labelled items of a task's file. Raises InputError with file, line and column."""
    name, needed = FILES[task]
    return [_item(row, needed, where) for where, row in read_table(folder / name, needed)]


def _item(row: dict[str, str], needed: tuple[str, ...], where: str) -> Item:
    isco = row.get("isco08", "").strip() if "isco08" in needed else ""
    if "isco08" in needed and not (len(isco) == 4 and isco.isascii() and isco.isdecimal()):
        raise InputError(f"{where}, column isco08: {isco!r} is no ISCO-08 unit group of four digits.")
    exact = row.get(_EXACT, "").strip()
    if "occupation_uri" in needed and exact not in ("0", "1", ""):
        raise InputError(f"{where}, column {_EXACT}: {exact!r} is neither 0 nor 1.")
    if "skill_uris" in needed:
        uris = tuple(dict.fromkeys(filter(None, map(str.strip, row["skill_uris"].split("|")))))
        if not uris:
            raise InputError(f"{where}, column skill_uris: names no skill.")
        return Item(row["sentence"], uris)
    if "occupation_uri" in needed:
        return Item(row["query"], (row["occupation_uri"].strip(),), isco, exact == "1" if exact else None)
    return Item(row["query"], isco=isco)


def run(
    application: Application, task: Task, items: list[Item], begin: Begin = lambda step, total: lambda done: None
) -> tuple[Evaluation, ConceptLabels, int]:
    """Measure; returns also the labels and how many items have no answer in the ESCO version in use."""
    embedder = application.embedder
    plain = embedder.plain if isinstance(embedder, WorkEmbedder) else embedder
    texts = [item.text for item in items]
    heard: list[Scores] = []
    ranking: OccupationRanking | None = None
    with application.reading() as session:
        if task is Task.SKILL_EXTRACTION:
            labels, own_texts = skill_labels(session), texts
        else:
            labels, own_texts = occupation_labels(session), [as_english(text) for text in texts]
            reader = TitleReader(shipped_model(), embedder, application.coder())
            ranking = OccupationRanking(reader, labels, trade_links(session), heard.append)

    def known(of: Embedder) -> Vectors:
        folder = application.settings.data / "labels"
        return stored_vectors(of, labels.texts, folder, begin(f"labels, {of.model}", len(labels.texts)))

    def read(of: Embedder, said: Sequence[str]) -> Vectors:
        distinct = {text: at for at, text in enumerate(dict.fromkeys(said))}
        made = of.encode(list(distinct), begin(f"texts, {of.model}", len(distinct)))
        return np.asarray(made[np.array([distinct[text] for text in said])], dtype=np.float32)

    mine = known(embedder)
    if ranking is None:
        own: Own = SkillRanking(embedder, labels, mine)
    else:
        own = ranking.of_occupations if task is Task.TITLE_OCCUPATION else ranking.of_groups
    rankers = Rankers(labels, mine if plain is embedder else known(plain), mine, own, SEED)
    gauge = Gauge(task, labels.uris, labels.isco)
    plain_read, own_read = read(plain, texts), read(embedder, own_texts)

    def score(start: int, stop: int) -> dict[str, Scores]:
        part = slice(start, stop)
        return rankers.scores(texts[part], plain_read[part], own_texts[part], own_read[part])

    found = evaluate(task, items, gauge, score, begin("items", len(items)))
    if ranking is not None:
        whole = np.concatenate(heard)
        groups = [ranking.classes[at] for at in whole.argmax(axis=1)]
        found = replace(found, calibration=calibrations(items, whole.max(axis=1).astype(float), groups))
    return found, labels, sum(not gauge.knows(item) for item in items)


def _show(found: Evaluation) -> None:
    _print_part(found.task, f"{found.task.value}, n = {found.whole.n:,}", found.whole)
    for name, part in found.slices.items():
        _print_part(found.task, f"{name}, n = {part.n:,}", part)
    for name, told in found.calibration.items():
        value, low, high = told.error
        title = f"calibration of the first unit group, {name}: error {value:.3f} [{low:.3f}, {high:.3f}]"
        table = Table("stated", "right", "titles", title=title, title_justify="left", box=None)
        for some in told.bins:
            table.add_row(f"{some.stated:.2f}", f"{some.right:.2f}", f"{some.n:,}")
        _out().print(table)


def _print_part(task: Task, title: str, measured: Measured) -> None:
    table = Table("system", *METRICS[task], title=title, title_justify="left", box=None)
    for system, metrics in measured.systems.items():
        cells = (f"{value:.3f} [{low:.3f}, {high:.3f}]" for value, low, high in metrics.values())
        table.add_row(system, *(escape(cell) for cell in cells))
    _out().print(table)


def _out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)
