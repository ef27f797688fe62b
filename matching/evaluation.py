"""Measures of ranking on labelled items, with bootstrap intervals. Pure: scores go in, numbers come out.

Equal scores rank in the order of the concepts, so that a result repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]
Interval = tuple[float, float, float]
SEED = 20_261_125
RESAMPLES = 1000
_CHUNK = 128
_BINS = 15
WHOLE = "all"


class Task(StrEnum):
    """What can be measured."""

    TITLE_OCCUPATION = "title-occupation"
    TITLE_ISCO = "title-isco"
    HINDI_TITLE_ISCO = "hindi-title-isco"
    SKILL_EXTRACTION = "skill-extraction"
    PASSPORT_VACANCIES = "passport-vacancies"
    PASSPORT_COURSES = "passport-courses"
    RANKING = "ranking"


#: Tasks that rank documents for a person, by grades; the others code one text.
GRADED = (Task.PASSPORT_VACANCIES, Task.PASSPORT_COURSES)
_OF_LISTS = ("ndcg@10", "p@10", "recall@50", "mrr")


METRICS = {
    Task.TITLE_OCCUPATION: ("mrr", "recall@10", "isco4_acc@1"),
    Task.TITLE_ISCO: ("isco4_acc@1", "isco4_acc@5"),
    Task.HINDI_TITLE_ISCO: ("isco4_acc@1", "isco4_acc@5"),
    Task.SKILL_EXTRACTION: ("r_precision@5", "mrr"),
    **dict.fromkeys(GRADED, _OF_LISTS),
    Task.RANKING: ("ndcg@10", "p@10", "mrr"),
}
#: Trades and services (ISCO-08 major groups 5 to 9) whose title is no label of ESCO's.
SLICE = "isco5-9_not_exact"


@dataclass(frozen=True)
class Item:
    """A labelled text. ``exact``: whether it is a label of ESCO's; None when the file does not tell."""

    text: str
    uris: tuple[str, ...] = ()
    isco: str = ""
    exact: bool | None = None


@dataclass(frozen=True)
class Measured:
    """Number of items, and (value, lower, upper end) by system and metric."""

    n: int
    systems: dict[str, dict[str, Interval]]


@dataclass(frozen=True)
class Bin:
    """Items whose stated probability lies near: how many, what was stated and what share was right (means)."""

    n: int
    stated: float
    right: float


@dataclass(frozen=True)
class Calibration:
    """How well a stated probability keeps its word: the expected calibration error with its interval, by bins."""

    n: int
    error: Interval
    bins: tuple[Bin, ...]

    def as_json(self) -> dict[str, object]:
        """``{"n", "ece": [value, low, high], "bins": [{"n", "stated", "right"}]}``."""
        bins = [{"n": b.n, "stated": round(b.stated, 4), "right": round(b.right, 4)} for b in self.bins]
        return {"n": self.n, "ece": [round(end, 4) for end in self.error], "bins": bins}


@dataclass(frozen=True)
class Evaluation:
    """The figures of one task, over all items and over slices of them; ``calibration`` by the same names."""

    task: Task
    whole: Measured
    slices: dict[str, Measured]
    calibration: Mapping[str, Calibration] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """``{"task", "n", "systems", "slices", "calibration"}``; a metric is [value, low, high] to four digits.

        ``calibration`` holds ``all`` and the slices, and is empty where no probability is stated.
        """
        slices = {name: {"n": part.n, "systems": _rounded(part)} for name, part in self.slices.items()}
        return {
            "task": self.task.value, "n": self.whole.n, "systems": _rounded(self.whole), "slices": slices,
            "calibration": {name: part.as_json() for name, part in self.calibration.items()},
        }  # fmt: skip


def _rounded(measured: Measured) -> dict[str, dict[str, list[float]]]:
    return {
        system: {name: [round(end, 4) for end in ends] for name, ends in metrics.items()}
        for system, metrics in measured.systems.items()
    }


def rank_of(scores: Scores, gold: Collection[int]) -> int:
    """The rank, from 1, of the best placed of the gold positions in one row of scores; 0 when there is none."""
    ranks = [
        1 + int(np.count_nonzero(scores > scores[at])) + int(np.count_nonzero(scores[:at] == scores[at]))
        for at in gold
    ]
    return min(ranks, default=0)


def reciprocal(rank: int) -> float:
    """1 / rank, and 0 for what was not ranked: the mean over items is the MRR."""
    return 1 / rank if rank else 0.0


def within(rank: int, k: int) -> float:
    """1 when something gold is among the first k, else 0. With one gold answer its mean is recall@k."""
    return float(0 < rank <= k)


def r_precision(scores: Scores, gold: Collection[int], labels: int, k: int = 5) -> float:
    """Hits among the first k over min(k, labels). ``labels`` counts also gold labels that cannot be ranked."""
    first = np.argsort(-scores, kind="stable")[:k]
    return len(set(first.tolist()) & set(gold)) / min(k, labels)


def bootstrap(values: Values, seed: int = SEED, resamples: int = RESAMPLES) -> Values:
    """(mean, 2.5th, 97.5th percentile) of each column; shape (items, m) to (m, 3).

    Percentile bootstrap over items (Efron and Tibshirani 1993, chapter 13). All columns share the resamples.
    """
    rng = np.random.default_rng(seed)
    n = len(values)
    means = np.empty((resamples, values.shape[1]))
    for at in range(resamples):
        means[at] = np.bincount(rng.integers(0, n, n), minlength=n) @ values / n
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return np.stack([values.mean(axis=0), low, high], axis=1)


def calibrate(stated: Values, right: Values, seed: int = SEED, resamples: int = RESAMPLES) -> Calibration:
    """The expected calibration error over 15 bins of equal width (Guo et al. 2017, formula 3).

    ``stated``: probabilities, ``right``: 1 for a right answer and 0 for a wrong one; both of shape (items,). The
    interval is a percentile bootstrap over items; for few items the error is too high by chance.
    """
    place = np.minimum((stated * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(place, minlength=_BINS)
    bins = tuple(
        Bin(int(counts[at]), float(stated[place == at].mean()), float(right[place == at].mean()))
        for at in np.flatnonzero(counts)
    )
    rng = np.random.default_rng(seed)
    off = stated - right

    def error(rows: npt.NDArray[np.int64]) -> float:
        sums = np.bincount(place[rows], weights=off[rows], minlength=_BINS)
        return float(np.abs(sums).sum() / len(rows))

    n = len(stated)
    again = [error(rng.integers(0, n, n)) for _ in range(resamples)]
    low, high = np.percentile(again, (2.5, 97.5))
    return Calibration(n, (error(np.arange(n)), float(low), float(high)), bins)


class Gauge:
    """Measures single items of a task against the concepts of one ESCO version."""

    def __init__(self, task: Task, uris: Sequence[str], isco: Sequence[str]) -> None:
        """``isco``: the unit group of each occupation; empty for skills."""
        self._task = task
        self._at = {uri: position for position, uri in enumerate(uris)}
        self._isco = np.asarray(isco)
        self._order = np.argsort(self._isco, kind="stable")
        groups, self._starts = np.unique(self._isco[self._order], return_index=True)
        self._group_at = {str(group): position for position, group in enumerate(groups)}

    def knows(self, item: Item) -> bool:
        """Whether a gold answer can be ranked at all; it counts as missed where it cannot."""
        if self._task in (Task.TITLE_ISCO, Task.HINDI_TITLE_ISCO):
            return item.isco in self._group_at
        return any(uri in self._at for uri in item.uris)

    def measure(self, scores: Scores, item: Item) -> tuple[float, ...]:
        """The task's metrics for one row of scores, in the order of METRICS."""
        gold = [self._at[uri] for uri in item.uris if uri in self._at]
        if self._task is Task.SKILL_EXTRACTION:
            return r_precision(scores, gold, len(item.uris)), reciprocal(rank_of(scores, gold))
        if self._task is Task.TITLE_OCCUPATION:
            rank = rank_of(scores, gold)
            first = float(self._isco[int(np.argmax(scores))] == item.isco)
            return reciprocal(rank), within(rank, 10), first
        rank = self._group_rank(scores, item.isco)
        return within(rank, 1), within(rank, 5)

    def _group_rank(self, scores: Scores, isco: str) -> int:
        """The rank of a unit group, each group standing where its best occupation does."""
        group = self._group_at.get(isco)
        if group is None:
            return 0
        return rank_of(np.maximum.reduceat(scores[self._order], self._starts), (group,))


def in_slice(item: Item) -> bool:
    """Whether an item belongs to SLICE."""
    return item.exact is False and item.isco[:1] in tuple("56789")


def evaluate(
    task: Task,
    items: Sequence[Item],
    gauge: Gauge,
    score: Callable[[int, int], Mapping[str, Scores]],
    progress: Callable[[int], None] = lambda items: None,
) -> Evaluation:
    """Measure every system. ``score(start, stop)`` gives each system's scores of these items."""
    held: dict[str, list[tuple[float, ...]]] = {}
    for start in range(0, len(items), _CHUNK):
        part = items[start : start + _CHUNK]
        for system, scores in score(start, start + len(part)).items():
            held.setdefault(system, []).extend(map(gauge.measure, scores, part))
        progress(len(part))
    everything = np.concatenate([np.asarray(rows) for rows in held.values()], axis=1)
    parts = {name: _measured(task, list(held), everything[chosen]) for name, chosen in slices_of(items).items()}
    return Evaluation(task, _measured(task, list(held), everything), parts)


def slices_of(items: Sequence[Item]) -> dict[str, npt.NDArray[np.bool_]]:
    """Which items belong to each slice that is not empty."""
    chosen = np.array([in_slice(item) for item in items])
    return {SLICE: chosen} if chosen.any() else {}


def calibrations(items: Sequence[Item], stated: Values, groups: Sequence[str]) -> dict[str, Calibration]:
    """Of the whole (``all``) and of its slices, for the unit group put first and the probability stated of it."""
    right = np.array([item.isco == group for item, group in zip(items, groups, strict=True)], dtype=float)
    parts = {WHOLE: np.ones(len(items), dtype=bool), **slices_of(items)}
    return {name: calibrate(stated[chosen], right[chosen]) for name, chosen in parts.items()}


def _measured(task: Task, systems: Sequence[str], values: Values) -> Measured:
    ends = iter(bootstrap(values).tolist())
    return Measured(len(values), {s: {name: tuple(next(ends)) for name in METRICS[task]} for s in systems})
