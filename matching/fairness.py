"""Whether groups of people are shown work alike: selection and exposure ratios. Pure: labels and lists go in.

What a label stands for is not known here, and nothing of it reaches a score: this is looked at after ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.evaluation import RESAMPLES, SEED, Interval, Values

#: Below this ratio to the group that does best a difference is looked at: the four-fifths rule of the Uniform
#: Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D).
FOUR_FIFTHS = 0.8
#: Smaller groups are not shown.
SMALLEST = 5
#: What is measured, in the order of the columns of ``outcomes``.
MEASURES = ("shown", "among_first", "exposure")
#: With more than two groups this many times as many resamples, at most: their intervals reach further out.
_MORE = 4
#: So many draws of each resample of a group come, on average, from everybody.
_MIXED_IN = 2
_DRAWS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Ratio:
    """A group's mean, and its ratio to that of the best group: (value, lower, upper end).

    The mean's interval holds 95 %; those of the ratios hold 95 % for all pairs of groups together (Bonferroni), for
    the best of many groups is partly best by luck.
    ``ratio`` is None where nobody has any; its upper end may be infinite. ``marked``: under four fifths, and the
    interval excludes 1.
    """

    mean: Interval
    ratio: Interval | None
    marked: bool


@dataclass(frozen=True)
class Group:
    """One group: its size, its share of the people and of the exposure of the groups shown, and its ratios."""

    label: str
    n: int
    share_of_people: float
    share_of_exposure: float | None
    ratios: dict[str, Ratio]


@dataclass(frozen=True)
class Comparison:
    """The groups that are large enough, largest first.

    ``not_shown``: people of smaller groups or without a label, counted together, so that taking the groups from all
    does not tell how many a small group has.
    """

    n: int
    not_shown: int
    groups: tuple[Group, ...]


def discount(rank: int) -> float:
    """1 / log2(rank + 1): what a place in a list is worth (Jarvelin and Kekalainen 2002; as in nDCG)."""
    return float(1 / np.log2(rank + 1))


def outcomes(lists: Sequence[Sequence[int]], people: int, first: int) -> Values:
    """What each person got from the lists; shape (people, 3), columns as in MEASURES.

    ``lists``: for each vacancy the numbers (from 0) of the people above the listing threshold, best first.
    ``shown`` and ``among_first``: 1 for who stands in a list, or among the ``first`` of one, else 0. ``exposure``:
    the sum of ``discount`` over the lists.
    """
    found = np.zeros((people, len(MEASURES)))
    for numbers in lists:
        who = np.asarray(numbers, dtype=np.int64)
        found[who, 0] = 1.0
        found[who[:first], 1] = 1.0
        found[who, 2] += 1 / np.log2(np.arange(len(who)) + 2)
    return found


def compare(
    labels: Sequence[str | None], found: Values, *, seed: int = SEED, resamples: int = RESAMPLES,
    smallest: int = SMALLEST,
) -> Comparison:  # fmt: skip
    """The groups of one label, each beside the best of them by measure. ``found``: shape (people, measures).

    Intervals: percentile bootstrap over the people of each group (Efron and Tibshirani 1993, chapter 13), into
    which two people drawn from everybody are mixed, on average. Without them a group of five of whom nobody was
    shown would be certain of its 0; the idea is that of Agresti and Caffo (2000). Raises ValueError when labels and
    rows differ in number.
    """
    if len(labels) != len(found):
        raise ValueError(f"{len(labels)} labels for {len(found)} people")
    known = np.array([label is not None for label in labels], dtype=bool)
    names = np.array([label or "" for label in labels], dtype=object)[known]
    values = found[known]
    sizes = {str(name): int((names == name).sum()) for name in sorted(set(names.tolist()))}
    shown = sorted((name for name, size in sizes.items() if size >= smallest), key=lambda name: -sizes[name])
    rng = np.random.default_rng(seed)
    pairs = max(1, len(shown) * (len(shown) - 1) // 2)
    resamples *= min(pairs, _MORE)
    means = {name: values[names == name].mean(axis=0) for name in shown}
    drawn = {name: _resampled(np.flatnonzero(names == name), values, rng, resamples) for name in shown}
    best = [max(shown, key=lambda name: float(means[name][at])) for at in range(values.shape[1]) if shown]
    people = sum(sizes[name] for name in shown)
    total = float(values[np.isin(names, shown), -1].sum())

    def group(name: str) -> Group:
        ratios = {
            measure: _ratio(
                name == top, (means[name][at], means[top][at]), (drawn[name][:, at], drawn[top][:, at]), pairs
            )
            for at, (measure, top) in enumerate(zip(MEASURES, best, strict=True))
        }
        part = float(values[names == name, -1].sum()) / total if total else None
        return Group(name, sizes[name], sizes[name] / people, part, ratios)

    return Comparison(len(labels), len(labels) - people, tuple(map(group, shown)))


def _resampled(members: npt.NDArray[np.int64], values: Values, rng: np.random.Generator, resamples: int) -> Values:
    """Means of resamples of a group; shape (resamples, measures)."""
    draws = len(members) + _MIXED_IN
    means = np.empty((resamples, values.shape[1]))
    step = max(1, _DRAWS_AT_ONCE // draws)
    for start in range(0, resamples, step):
        shape = (min(step, resamples - start), draws)
        own = members[rng.integers(0, len(members), shape)]
        other = rng.integers(0, len(values), shape)
        picked = np.where(rng.random(shape) < _MIXED_IN / draws, other, own)
        means[start : start + len(picked)] = values[picked].mean(axis=1)
    return means


def _ratio(is_best: bool, means: tuple[float, float], draws: tuple[Values, Values], pairs: int) -> Ratio:
    (mean, best), (drawn, drawn_best) = means, draws
    low, high = np.percentile(drawn, (2.5, 97.5))
    held = (float(mean), float(low), float(high))
    if best == 0:
        return Ratio(held, None, False)
    if is_best:
        return Ratio(held, (1.0, 1.0, 1.0), False)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where((drawn == 0) & (drawn_best == 0), 1.0, drawn / drawn_best)
    # Without interpolation, which knows no infinity.
    tail = 2.5 / pairs
    bottom = float(np.percentile(ratios, tail, method="lower"))
    top = float(np.percentile(ratios, 100 - tail, method="higher"))
    value = float(mean / best)
    return Ratio(held, (value, bottom, top), value < FOUR_FIFTHS and top < 1)
