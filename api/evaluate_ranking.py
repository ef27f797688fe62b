"""``hunar evaluate ranking``: the ranking of vacancies for people, on pairs that were judged by reading."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlmodel import Session, select

from api.application import Application
from api.demo_centre import CENTRE, load_demo
from api.labelled import read_grade, read_table
from api.settings import Settings
from jobs_ingest.models import Vacancy
from matching.embeddings import Embedder, Vectors
from matching.evaluation import SEED, Evaluation, Scores, Task, Values
from matching.graded import evaluate_graded
from matching.market import VacancyView
from matching.passport_rankers import character_likeness
from matching.people import Person
from matching.pipeline import load_person
from matching.rankers import Bm25
from matching.ranking import NAMES, SHIPPED, vacancy_values
from matching.retrieval import Barrier, barriers
from matching.title_coding import ShippedTitles
from matching.work_embedder import WorkEmbedder
from profiling.errors import InputError, NotFound
from profiling.matching_view import scrubbed_accounts
from profiling.models import Returnee

JUDGEMENTS, PEOPLE = "judgements.tsv", "people.csv"
#: The day as whose counsellor the judges read; agreements and dates are taken as of then.
DAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
#: A vacancy that the person ruled out stands behind every other.
_BARRED = -20.0
#: What the person themself rules out; what a vacancy's life or papers bar was not judged.
_RULED_OUT = frozenset({Barrier.COUNTRY, Barrier.UNWANTED})
Begin = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True)
class JudgedPairs:
    """By reference number of a person and of a vacancy the grade of the pair, 0 to 3."""

    grades: dict[str, dict[str, int]]
    people: Path | None


def read_pairs(folder: Path) -> JudgedPairs:
    """The judgements of a folder, and its file of further people. Raises InputError with file, line and column."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for where, row in read_table(folder / JUDGEMENTS, ("person", "vacancy", "grade")):
        if row["vacancy"] in grades[row["person"]]:
            raise InputError(f"{where}: {row['person']} and {row['vacancy']} were judged before.")
        grades[row["person"]][row["vacancy"]] = read_grade(where, row, "grade")
    people = folder / PEOPLE
    return JudgedPairs(dict(grades), people if people.is_file() else None)


def run_ranking(
    application: Application, pairs: JudgedPairs, begin: Begin = lambda step, total: lambda done: None
) -> tuple[Evaluation, int]:
    """Measure every system on the people who agreed to matching and of whom any vacancy has a grade above 0.

    Returns also how many people were left out. The demo centre and the further people are loaded into a database of
    their own that is thrown away.
    """
    with judged_centre(application, pairs, begin) as centre:
        judged = judged_people(centre, pairs)
        done = begin("ranking", len(judged))
        systems: dict[str, list[Scores]] = defaultdict(list)
        words = _Words(judged, application.embedder)
        for at, one in enumerate(judged):
            for system, scores in chain(words.scores(at), _of_features(one)):
                systems[system].append(scores)
            done(1)
    found = evaluate_graded(Task.RANKING, systems, [one.grades for one in judged])
    return found, len(pairs.grades) - len(judged)


@contextmanager
def judged_centre(application: Application, pairs: JudgedPairs, begin: Begin) -> Iterator[Application]:
    """The demo centre and the further people, indexed."""
    embedder = application.embedder
    with TemporaryDirectory() as folder:
        made = Application(
            Settings(data=Path(folder), database_url=f"sqlite:///{folder}/ranking.db", keys=Path(folder)),
            embedder=embedder, titles=lambda rules: ShippedTitles(rules, embedder), clock=lambda: DAY,
        )  # fmt: skip
        made.prepare()
        done = begin("people and vacancies", 0)
        reports = list(load_demo(made, done))
        if pairs.people:
            reports.append(made.ingest("returnees", pairs.people, centre=CENTRE, progress=done))
            if reports[-1].rejected:
                raise InputError(f"{PEOPLE}: {reports[-1].rejected} rows were rejected; see its error file.")
        made.refresh()
        try:
            yield made
        finally:
            made.engine.dispose()


@dataclass(frozen=True)
class Judged:
    """A person, the vacancies that were judged for them with the texts of both, and the grades."""

    ref: str
    person: Person
    views: tuple[VacancyView, ...]
    cosines: Vectors
    text: str
    texts: tuple[str, ...]
    posted: tuple[int, ...]
    grades: Values
    barred: tuple[bool, ...]


def judged_people(centre: Application, pairs: JudgedPairs) -> list[Judged]:
    """The people of whom something is to be found, in the order of their numbers. Raises InputError."""
    market = centre.market()
    found = []
    with centre.reading() as session:
        system = centre.system(session)
        people = {row.ref: row.id for row in session.exec(select(Returnee))}
        vacancies = {row.ref: row for row in session.exec(select(Vacancy))}
        for ref, grades in sorted(pairs.grades.items()):
            _known(ref, grades, people, vacancies)
            if not any(grades.values()):
                continue
            try:
                person = load_person(session, system, people[ref], market, centre.embedder, centre.now())
            except NotFound:  # did not agree to be matched
                continue
            rows = [vacancies[vacancy] for vacancy in grades]
            views = tuple(market.vacancies[market.row_of[row.id]] for row in rows)
            found.append(
                Judged(
                    ref, person, views, market.vectors[[view.row for view in views]] @ person.vector,
                    _text_of(session, person), tuple(map(_text_for, rows)),
                    tuple(row.posted_on.toordinal() if row.posted_on else 0 for row in rows),
                    np.array(list(grades.values()), dtype=float),
                    tuple(bool(_RULED_OUT & set(barriers(person, view, DAY.date()))) for view in views),
                )
            )  # fmt: skip
    return found


def _known(
    ref: str, grades: dict[str, int], people: Mapping[str, uuid.UUID], vacancies: Mapping[str, Vacancy]
) -> None:
    if ref not in people:
        raise InputError(f"{JUDGEMENTS}: {ref} is neither in the demo centre nor in {PEOPLE}.")
    if missing := next((vacancy for vacancy in grades if vacancy not in vacancies), None):
        raise InputError(f"{JUDGEMENTS}: {missing} is no vacancy of the demo centre.")


def _text_of(session: Session, person: Person) -> str:
    """A person's own words: jobs and duties, skills, wishes. What Hunar made of them is no part of a baseline."""
    profile = person.profile
    accounts = scrubbed_accounts(session, [profile.returnee_id]).get(profile.returnee_id, ())
    skills = dict.fromkeys(held.words for held in profile.skills.values() if held.origin == "stated")
    return ". ".join([*accounts, ", ".join(skills), *profile.wanted_work])


def _text_for(row: Vacancy) -> str:
    """A vacancy's own words."""
    return ". ".join(
        filter(None, [row.title, ", ".join([*row.essential_text, *row.wished_text]), row.description or ""])
    )


class _Words:
    """The baselines: they read the texts of both sides, wishes included, and nothing else."""

    def __init__(self, judged: list[Judged], embedder: Embedder) -> None:
        texts = list(dict.fromkeys(text for one in judged for text in one.texts))
        at = {text: position for position, text in enumerate(texts)}
        self._columns = [[at[text] for text in one.texts] for one in judged]
        self._posted = [one.posted for one in judged]
        people = [one.text for one in judged]
        plain = embedder.plain if isinstance(embedder, WorkEmbedder) else embedder
        rng = np.random.default_rng(SEED)
        characters, encoder = character_likeness(texts, people), plain.encode(people) @ plain.encode(texts).T
        self._systems = {
            "random": rng.random((len(people), len(texts)), dtype=np.float32),
            "char-tfidf": characters,
            "bm25": Bm25(texts).scores(people),
            "encoder": encoder,
            "sum": characters + encoder,
            "trained-encoder": embedder.encode(people) @ embedder.encode(texts).T,
        }

    def scores(self, at: int) -> Iterator[tuple[str, Scores]]:
        """Each system's scores of one person's vacancies."""
        yield "newest", np.array(self._posted[at], dtype=np.float32)
        for name, scores in self._systems.items():
            yield name, np.asarray(scores[at, self._columns[at]], dtype=np.float32)


def values_of(one: Judged) -> Values:
    """The features of each judged vacancy, shape (vacancies, features)."""
    pairs = zip(one.views, one.cosines, strict=True)
    return np.array([vacancy_values(one.person, view, float(cosine) or None) for view, cosine in pairs])


def _of_features(one: Judged) -> Iterator[tuple[str, Scores]]:
    """Hunar's scores as logits, with weights that never saw this person, and those without one feature each."""
    weights = SHIPPED.without(one.ref)
    parts = values_of(one) * np.array(weights.weights)
    barred = np.where(one.barred, _BARRED, weights.bias)
    yield "hunar", np.asarray(parts.sum(axis=1) + barred, dtype=np.float32)
    for at, name in enumerate(NAMES):
        without = np.delete(parts, at, axis=1).sum(axis=1)
        yield f"hunar without {name}", np.asarray(without + barred, dtype=np.float32)
