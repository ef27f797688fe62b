"""``hunar evaluate passport-vacancies|passport-courses``: the files, and the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from api.application import Application
from api.labelled import read_grade, read_table
from matching.embeddings import Embedder, Vectors
from matching.evaluation import SEED, Evaluation, Task, Values
from matching.graded import evaluate_graded
from matching.label_likeness import LabelLikeness
from matching.passport_rankers import PassportQuery, WorkReader, passport_systems
from matching.rankers import OccupationRanking, stored_vectors
from matching.title_model import as_english
from matching.titles import TitleReader
from matching.work_embedder import WorkEmbedder
from matching.work_model import shipped_model
from profiling.errors import InputError
from profiling.esco_labels import ConceptLabels, occupation_labels, occupation_skills, trade_links

#: The documents and the judgements of each task; the people are the same.
FILES = {
    Task.PASSPORT_VACANCIES: ("passport_vacancies.tsv", "passport_vacancy_qrels.tsv"),
    Task.PASSPORT_COURSES: ("passport_courses.tsv", "passport_course_qrels.tsv"),
}
PEOPLE = "passport_queries.tsv"
Begin = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True)
class Judged:
    """People, titles of documents, and grades of shape (people, documents): 0 where no grade is given."""

    people: tuple[PassportQuery, ...]
    documents: tuple[str, ...]
    grades: Values


def read_judged(task: Task, folder: Path) -> Judged:
    """The files of a task, without people for whom nothing is relevant: no order is right or wrong for them.

    Raises InputError with file, line and column.
    """
    documents_file, grades_file = FILES[task]
    people: dict[str, PassportQuery] = {}
    for where, row in read_table(folder / PEOPLE, ("query_id", "past_title", "skills", "skill_uris")):
        if row["query_id"] in people:
            raise InputError(f"{where}, column query_id: {row['query_id']!r} stands twice.")
        people[row["query_id"]] = PassportQuery(row["past_title"], _parts(row["skills"]), _parts(row["skill_uris"]))
    documents = [
        (row["doc_id"], row["title"]) for _, row in read_table(folder / documents_file, ("doc_id", "title"))
    ]
    rows = {key: at for at, key in enumerate(people)}
    # A catalogue may give one number to several rows; a grade then holds for each of them.
    columns: dict[str, list[int]] = defaultdict(list)
    for at, (key, _) in enumerate(documents):
        columns[key].append(at)
    grades = np.zeros((len(people), len(documents)))
    for where, row in read_table(folder / grades_file, ("query_id", "doc_id", "relevance")):
        if row["query_id"] not in rows:
            raise InputError(f"{where}, column query_id: {row['query_id']!r} is not in {PEOPLE}.")
        if row["doc_id"] not in columns:
            raise InputError(f"{where}, column doc_id: {row['doc_id']!r} is not in {documents_file}.")
        grades[rows[row["query_id"]], columns[row["doc_id"]]] = read_grade(where, row, "relevance")
    kept = grades.max(axis=1) > 0
    asked = tuple(one for one, some in zip(people.values(), kept, strict=True) if some)
    return Judged(asked, tuple(title for _, title in documents), grades[kept])


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.split("|")))))


def run_passports(
    application: Application, task: Task, judged: Judged, begin: Begin = lambda step, total: lambda done: None
) -> tuple[Evaluation, ConceptLabels]:
    """Measure every system; returns also the labels of ESCO's occupations."""
    embedder = application.embedder
    plain = embedder.plain if isinstance(embedder, WorkEmbedder) else embedder
    with application.reading() as session:
        labels, pairs = occupation_labels(session), occupation_skills(session)
        title_reader = TitleReader(shipped_model(), embedder, application.coder())
        ranking = OccupationRanking(title_reader, labels, trade_links(session))
    folder = application.settings.data / "labels"
    known = stored_vectors(embedder, labels.texts, folder, begin(f"labels, {embedder.model}", len(labels.texts)))
    reader = WorkReader(ranking, labels, LabelLikeness(labels.texts, labels.owners, known), pairs)
    theirs, ours = (_vectors(of, judged, begin) for of in (plain, embedder))
    done = begin("ranking", len(judged.people))
    systems = passport_systems(judged.people, judged.documents, theirs, ours, reader, SEED)
    found = evaluate_graded(task, {name: list(rows) for name, rows in systems.items()}, list(judged.grades))
    done(len(judged.people))
    return found, labels


def _vectors(embedder: Embedder, judged: Judged, begin: Begin) -> dict[str, Vectors]:
    """The vectors that ``passport_systems`` asks for."""

    def read(name: str, texts: Sequence[str]) -> Vectors:
        distinct = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        made = embedder.encode(list(distinct), begin(f"{name}, {embedder.model}", len(distinct)))
        return np.asarray(made[np.array([distinct[text] for text in texts], dtype=np.int64)], dtype=np.float32)

    skills = [skill for one in judged.people for skill in one.skills]
    told = read("skills", skills)
    ends = np.cumsum([0, *(len(one.skills) for one in judged.people)])
    means = np.stack([_unit(told[a:b].sum(axis=0)) for a, b in pairwise(ends)])
    return {
        "titles": read("people", [as_english(one.title) for one in judged.people]),
        "skills": means,
        "documents": read("documents", [as_english(title) for title in judged.documents]),
    }


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector
