"""Matching, from the database to the reasons, beside exact NumPy search alone; and the memory of a server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from api.application import Application
from api.bench import child
from api.bench.figures import Figure, Sizes, interleaved, p50, p95, seconds
from api.bench.synthetic import load_market_of, own_settings
from api.casework import Casework
from api.console import console_principal
from api.demo_centre import DEMO_COUNSELLOR
from matching import pipeline
from matching.embeddings import HashingEmbedder, Vectors
from matching.market import Market
from matching.people import Person
from matching.ranking import vacancy_values
from matching.retrieval import Barrier, masks, nearest_of_all, retrieve
from profiling.matching_view import matchable_returnees

_BEST = 10
_RATIO_AIM, _P95_AIM_MS, _MEMORY_AIM_MB = 3.0, 100.0, 1500.0
_REFERENCE = "exact NumPy search"
#: Stage to the function of the pipeline that does it; the rest of a match is filtering again, gaps, courses.
_STAGES = {"read person": "load_person", "retrieve": "retrieve", "rank": "rank", "explain": "explain"}
_FEATURES, _REST = "features", "filter again, gaps, courses"
#: Plain matrix multiplication may be this much faster than the search of a batch: 60 % of its speed.
_BATCH_AIM = 1 / 0.6


@dataclass(frozen=True)
class Asked:
    """A person who agreed to matching, and their vector."""

    id: uuid.UUID
    vector: Vectors
    person: Person


def exact_search(vectors: Vectors, query: Vectors, count: int = _BEST) -> npt.NDArray[np.int64]:
    """The rows of the greatest inner products, best first, by NumPy alone."""
    scores = vectors @ query
    best = np.argpartition(scores, -count)[-count:]
    return np.asarray(best[np.argsort(-scores[best])], dtype=np.int64)


def match_figures(folder: Path, sizes: Sizes, *, hashing: bool = False) -> list[Figure]:
    """Latency at each size of the market, then the memory of a process that serves the largest.

    With ``hashing`` the market has the small embedder of the tests, because the model takes its time.
    """
    embedder = HashingEmbedder() if hashing else None
    application = Application(own_settings(folder), embedder=embedder, clock=lambda: child.NOW)
    application.prepare()
    figures: list[Figure] = []
    for count in sizes.markets:
        load_market_of(application, count)
        figures += _latency(application, sizes.rounds)
    people = _people(application)
    application.engine.dispose()
    return [*figures, _memory(folder, people[0], sizes.markets[-1], hashing=hashing)]


def _people(application: Application) -> list[Asked]:
    market = application.market()
    with application.reading() as session:
        scope = application.system(session)
        found = []
        for one in matchable_returnees(session, scope, child.NOW):
            person = pipeline.load_person(session, scope, one, market, application.embedder, child.NOW)
            found.append(Asked(one, person.vector, person))
        return found


def _latency(application: Application, rounds: int) -> list[Figure]:
    market, people = application.market(), _people(application)
    vectors = np.ascontiguousarray(market.vectors)
    with application.reading() as session:
        scope = application.system(session)

    def match(one: uuid.UUID) -> None:
        with application.reading() as session:
            pipeline.match(session, scope, one, market, application.embedder, child.NOW)

    desk = Casework(application, console_principal(application, DEMO_COUNSELLOR))

    def answer(one: uuid.UUID) -> None:
        desk.match(str(one))

    for asked in people:
        match(asked.id)
    size = len(market.vacancies)
    part = f"match, {size:,} vacancies, {len(people)} people x {rounds} rounds"
    ours, plain = _beside_numpy(match, people, vectors, rounds)
    whole, plain_again = _beside_numpy(answer, people, vectors, rounds)
    # The aim is for the market that one centre's country has; a search of few rows takes no time at all.
    aim = _RATIO_AIM if size >= 20_000 else None
    return [
        Figure(part, "p50", "ms", p50(ours) * 1e3, _REFERENCE, p50(plain) * 1e3, aim),
        Figure(part, "p95", "ms", p95(ours) * 1e3, _REFERENCE, p95(plain) * 1e3, _P95_AIM_MS, "ours"),
        Figure(part, "with audit and commit, p50", "ms", p50(whole) * 1e3, _REFERENCE, p50(plain_again) * 1e3),
        Figure(part, "with audit and commit, p95", "ms", p95(whole) * 1e3, _REFERENCE, p95(plain_again) * 1e3),
        *_stages(part, match, people, market, rounds),
        _batch(part, people, market, vectors, rounds),
    ]


def _beside_numpy(
    work: Callable[[uuid.UUID], None], people: list[Asked], vectors: Vectors, rounds: int
) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    plain: list[float] = []
    for _ in range(rounds):
        for asked in people:
            once = interleaved(
                1,
                lambda asked=asked: seconds(lambda: work(asked.id)),  # type: ignore[misc]
                lambda asked=asked: seconds(lambda: exact_search(vectors, asked.vector)),  # type: ignore[misc]
            )
            ours += once[0]
            plain += once[1]
    return ours, plain


def _stages(
    part: str, match: Callable[[uuid.UUID], None], people: list[Asked], market: Market, rounds: int
) -> Iterator[Figure]:
    """Each stage, in a loop of its own; what lies between the stages counts to the last.

    The features are a part of ranking; they are worked out once more alone, for the same candidates.
    """
    taken: dict[str, list[float]] = {name: [] for name in (*_STAGES, _FEATURES, _REST)}

    def watched_match(one: uuid.UUID) -> None:
        with _watched() as watched:
            whole = seconds(lambda: match(one))
        for name, spent in watched.items():
            taken[name].append(spent)
        taken[_REST].append(whole - sum(watched.values()))

    _, plain = _beside_numpy(watched_match, people, market.vectors, rounds)
    for _ in range(rounds):
        taken[_FEATURES] += [_features_alone(asked.person, market) for asked in people]
    for name in ("read person", "retrieve", _FEATURES, "rank", "explain", _REST):
        shown = f"stage: {name}{' (features too)' if name == 'rank' else ''}"
        for percentile, of in (("p50", p50), ("p95", p95)):
            yield Figure(part, f"{shown}, {percentile}", "ms", of(taken[name]) * 1e3, _REFERENCE, of(plain) * 1e3)


def _features_alone(person: Person, market: Market) -> float:
    """Seconds for all features of a person's candidates; nothing is remembered from before."""
    fresh = Person(person.profile, person.vector, person.taxonomy)
    found = retrieve(fresh, market, child.NOW.date(), ignore=frozenset({Barrier.LICENCE}))
    pairs = [
        (market.vacancies[row], cosine) for row, cosine in zip(found.rows, found.cosines.tolist(), strict=True)
    ]
    return seconds(lambda: [vacancy_values(fresh, view, cosine or None) for view, cosine in pairs])


def _batch(part: str, people: list[Asked], market: Market, vectors: Vectors, rounds: int) -> Figure:
    """The search of everybody at once under each one's filters, beside the bare matrix product."""
    queries = np.stack([asked.vector for asked in people])
    day = child.NOW.date()
    barred = [np.logical_or.reduce(list(masks(asked.person, market, day).values())) for asked in people]
    eligible = ~np.stack(barred)
    ours, plain = interleaved(
        max(3, 2 * rounds),
        lambda: seconds(lambda: nearest_of_all(queries, vectors, eligible)),
        lambda: seconds(lambda: queries @ vectors.T),
    )
    name = f"search of all {len(people)} at once"
    return Figure(part, name, "ms", p50(ours) * 1e3, "matrix multiplication", p50(plain) * 1e3, _BATCH_AIM)


@contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Put a stop-watch around each stage of the pipeline for a while."""
    kept = {name: getattr(pipeline, function) for name, function in _STAGES.items()}
    spent = dict.fromkeys(_STAGES, 0.0)

    def watch(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **named: Any) -> Any:
            found: list[Any] = []
            spent[name] += seconds(lambda: found.append(function(*args, **named)))
            return found[0]

        return timed

    try:
        for name, function in kept.items():
            setattr(pipeline, _STAGES[name], watch(name, function))
        yield spent
    finally:
        for name, function in kept.items():
            setattr(pipeline, _STAGES[name], function)


def _memory(folder: Path, asked: Asked, vacancies: int, *, hashing: bool) -> Figure:
    page = child.measure("page", str(folder), str(asked.id), *(["hashing"] if hashing else []))["peak_mb"]
    model = child.measure("model")["peak_mb"]
    part = f"peak memory of a server with model, {vacancies:,} vacancies and one page of matches"
    return Figure(part, "whole process", "MB", page, "the model alone", model, _MEMORY_AIM_MB, "ours")
