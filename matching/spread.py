"""Spreading a batch of people over openings, so that exposure follows openings, with the price in match quality.

``spread`` gives each person a list under a cap on how often a vacancy is shown; ``assign`` gives each opening
one person. Both maximise the sum of scores. They see scores and ids, nothing of a person, and decide nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment, linprog

from profiling.errors import InputError

Scores = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.bool_]
#: A vacancy is shown this often for each opening: an employer wants to choose, and some people will decline.
PER_OPENING = 3
#: Up to so many pairs are solved at once: 500 people with 80 vacancies each take one to ten seconds.
_AT_ONCE = 60_000
#: How many vacancies of a person the first solution of more pairs looks at; what it missed is added afterwards.
_FIRST_LOOK = 40
#: What a better pair must bring to be looked at again; the solver's own tolerance.
_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True)
class Shown:
    """A vacancy on a person's list; ``rank`` is its place (from 1) in that person's own list of the batch."""

    vacancy: uuid.UUID
    score: float
    rank: int
    over_cap: bool = False


@dataclass(frozen=True, slots=True)
class PersonList:
    """What one person is shown, best first; ``had``: how many vacancies the batch held for them."""

    person: uuid.UUID
    shown: tuple[Shown, ...]
    had: int

    @property
    def nothing_left(self) -> bool:
        """Whether the batch held something for this person and nothing within the cap was left."""
        return self.had > 0 and all(one.over_cap for one in self.shown)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How many people are shown a vacancy before and after; ``over``: how many of those after are over the cap."""

    vacancy: uuid.UUID
    openings: int
    cap: int
    before: int
    after: int
    over: int


@dataclass(frozen=True, slots=True)
class Price:
    """What spreading costs in match quality, and what it brings. None: nothing to measure it on.

    ``before`` is each person's own best; ``kept`` the sum of scores after, as a share of that before; ``same`` the
    share of what was shown before that is still shown. ``gini_*``: of exposure per opening, over the openings of
    vacancies that fit anybody (0: each opening is shown equally often; near 1: one takes everything).
    """

    shown_before: int
    shown_after: int
    mean_before: float | None
    mean_after: float | None
    kept: float | None
    same: float | None
    gini_before: float | None
    gini_after: float | None


@dataclass(frozen=True)
class Spread:
    """The lists in the order of the people given, the exposures in that of the vacancies, and the price."""

    people: tuple[PersonList, ...]
    vacancies: tuple[Exposure, ...]
    price: Price


def spread(
    scores: Scores, people: Sequence[uuid.UUID], vacancies: Sequence[uuid.UUID], openings: Sequence[int | None], *,
    per_person: int, per_opening: int = PER_OPENING, keep_best: bool = False,
) -> Spread:  # fmt: skip
    """Lists of at most ``per_person`` vacancies, none shown more often than ``per_opening`` times its openings.

    ``scores``: shape (people, vacancies), 0 to 1; NaN or minus infinity where the pair must not be. An unknown
    number of openings (None) counts as 1. The lists maximise the sum of scores. With ``keep_best`` whoever would be
    left with nothing keeps their own best vacancy, marked as over the cap. Equal sums are decided by the order of
    the ids alone, whatever the order of rows and columns. Raises InputError for values that cannot be.
    """
    if per_person < 1 or per_opening < 1:
        raise InputError("How many a person is shown, and how often an opening is, must be 1 or more.")
    table = _Table(scores, people, vacancies, openings)
    caps = per_opening * table.openings
    return table.answer(_transport(table.scores, per_person, caps), per_person, caps, keep_best)


def assign(
    scores: Scores, people: Sequence[uuid.UUID], vacancies: Sequence[uuid.UUID], openings: Sequence[int | None], *,
    keep_best: bool = False,
) -> Spread:  # fmt: skip
    """One vacancy a person and one person an opening, with the greatest sum of scores; as ``spread`` otherwise."""
    table = _Table(scores, people, vacancies, openings)
    return table.answer(_one_to_one(table.scores, table.openings), 1, table.openings, keep_best)


class _Table:
    """Checked scores in the order of the ids, shape (people, vacancies); minus infinity where a pair is barred."""

    def __init__(
        self, scores: Scores, people: Sequence[uuid.UUID], vacancies: Sequence[uuid.UUID],
        openings: Sequence[int | None],
    ) -> None:  # fmt: skip
        given = np.asarray(scores, dtype=np.float64)
        if given.shape != (len(people), len(vacancies)) or len(openings) != len(vacancies):
            raise InputError("Scores and openings must fit the numbers of people and vacancies.")
        if len(set(people)) < len(people) or len(set(vacancies)) < len(vacancies):
            raise InputError("A person or a vacancy stands twice in the batch.")
        if any(count is not None and count < 1 for count in openings):
            raise InputError("Openings must be 1 or more, or unknown.")
        barred = np.isnan(given) | np.isneginf(given)
        if not ((given >= 0) & (given <= 1) | barred).all():
            raise InputError("Scores must be from 0 to 1.")
        self._people, self._vacancies = people, vacancies
        self._by_person, self._by_vacancy = _order(people), _order(vacancies)
        self.scores: Scores = np.where(barred, -np.inf, given)[np.ix_(self._by_person, self._by_vacancy)]
        self.openings: Counts = np.array([count or 1 for count in openings], dtype=np.int64)[self._by_vacancy]

    def answer(self, chosen: Pairs, per_person: int, caps: Counts, keep_best: bool) -> Spread:
        """The chosen pairs, shape (people, vacancies), told in the order in which people and vacancies came."""
        ranks, fits = _ranks(self.scores), np.isfinite(self.scores)
        before = fits & (ranks <= per_person)
        over = np.zeros_like(chosen)
        if keep_best:
            over = fits & (ranks == 1) & ~chosen.any(axis=1, keepdims=True)
        after = chosen | over
        lists = [self._list(at, after[at], over[at], ranks[at], fits[at]) for at in range(len(self._people))]
        exposures = [
            Exposure(self._vacancies[given], *counts)
            for given, *counts in zip(
                self._by_vacancy, self.openings.tolist(), caps.tolist(), before.sum(axis=0).tolist(),
                after.sum(axis=0).tolist(), over.sum(axis=0).tolist(), strict=True,
            )
        ]  # fmt: skip
        return Spread(
            tuple(lists[at] for at in np.argsort(self._by_person)),
            tuple(exposures[at] for at in np.argsort(self._by_vacancy)),
            _price(self.scores, before, after, self.openings),
        )

    def _list(self, at: int, after: Pairs, over: Pairs, ranks: Counts, fits: Pairs) -> PersonList:
        columns = sorted(np.flatnonzero(after).tolist(), key=lambda column: int(ranks[column]))
        shown = tuple(
            Shown(
                self._vacancies[self._by_vacancy[column]], float(self.scores[at, column]), int(ranks[column]),
                bool(over[column]),
            )
            for column in columns
        )  # fmt: skip
        return PersonList(self._people[self._by_person[at]], shown, int(fits.sum()))


def _order(ids: Sequence[uuid.UUID]) -> list[int]:
    return sorted(range(len(ids)), key=lambda at: ids[at])


def _ranks(scores: Scores) -> Counts:
    """The place from 1 of each vacancy in each person's own list; equal scores by the order of the columns."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[np.newaxis, :], axis=1)
    return ranks


def _transport(scores: Scores, per_person: int, caps: Counts) -> Pairs:
    """The pairs with the greatest sum under both caps, shape (people, vacancies).

    A transport problem, whose corners are whole numbers (Dantzig 1951). It is solved on each person's best pairs
    first when there are many; pairs whose score exceeds what person and vacancy are worth in that solution are
    added until there is none left, and then the solution is the best of all (column generation).
    """
    fits = np.isfinite(scores)
    looked_at = fits.copy() if fits.sum() <= _AT_ONCE else _best_of_each(scores, fits)
    while True:
        pairs, people_worth, vacancies_worth = _solved(scores, looked_at, per_person, caps)
        gain = scores - people_worth[:, np.newaxis] - vacancies_worth[np.newaxis, :]
        missed = fits & ~looked_at & (gain > _TOLERANCE)
        if not missed.any():
            return pairs
        looked_at |= _best_of_each(np.where(missed, gain, -np.inf), missed)


def _best_of_each(worth: Scores, among: Pairs) -> Pairs:
    """The first ``_FIRST_LOOK`` pairs of each row by worth, of those that may be chosen.

    Among equals a different vacancy comes first for each person: else all would look at the same few.
    """
    people, vacancies = worth.shape
    if vacancies <= _FIRST_LOOK:
        return among
    turn = (np.arange(vacancies)[np.newaxis, :] - np.arange(people)[:, np.newaxis] * _FIRST_LOOK) % vacancies
    order = np.lexsort((turn, -worth), axis=1)[:, :_FIRST_LOOK]
    found = np.zeros_like(among)
    np.put_along_axis(found, order, True, axis=1)
    return found & among


def _solved(scores: Scores, looked_at: Pairs, per_person: int, caps: Counts) -> tuple[Pairs, Scores, Scores]:
    """The best of some pairs, and what one place more of each person and of each vacancy would be worth."""
    people, vacancies = scores.shape
    rows, columns = np.nonzero(looked_at)
    chosen = np.zeros_like(looked_at)
    if len(rows) == 0:
        return chosen, np.zeros(people), np.zeros(vacancies)
    number = np.arange(len(rows))
    places = sp.csr_array(
        (np.ones(2 * len(rows)), (np.concatenate([rows, people + columns]), np.concatenate([number, number]))),
        shape=(people + vacancies, len(rows)),
    )
    limits = np.concatenate([np.full(people, per_person), caps]).astype(np.float64)
    # The simplex method ends in a corner, which is in whole numbers; an inner point method need not.
    found = linprog(-scores[rows, columns], A_ub=places, b_ub=limits, bounds=(0, 1), method="highs-ds")
    if found.x is None:
        raise ArithmeticError(f"The spread was not solved: {found.message}")
    picked = found.x > 0.5
    chosen[rows[picked], columns[picked]] = True
    worth = -found.ineqlin.marginals
    return chosen, worth[:people], worth[people:]


def _one_to_one(scores: Scores, openings: Counts) -> Pairs:
    """The pairs with the greatest sum, one vacancy a person and one person an opening."""
    fits = np.isfinite(scores)
    chosen = np.zeros_like(fits)
    # More openings than people whom a vacancy fits can never be filled.
    columns = np.repeat(np.arange(len(openings)), np.minimum(openings, fits.sum(axis=0)))
    rows, taken = linear_sum_assignment(np.where(fits, scores, 0.0)[:, columns], maximize=True)
    chosen[rows, columns[taken]] = True
    return chosen & fits


def _price(scores: Scores, before: Pairs, after: Pairs, openings: Counts) -> Price:
    sums = [float(scores[pairs].sum()) for pairs in (before, after)]
    counts = [int(pairs.sum()) for pairs in (before, after)]
    means = [total / count if count else None for total, count in zip(sums, counts, strict=True)]
    wanted = np.isfinite(scores).any(axis=0)
    ginis = [gini(pairs.sum(axis=0)[wanted] / openings[wanted], openings[wanted]) for pairs in (before, after)]
    return Price(
        counts[0], counts[1], means[0], means[1],
        kept=sums[1] / sums[0] if sums[0] else None,
        same=int((before & after).sum()) / counts[0] if counts[0] else None,
        gini_before=ginis[0], gini_after=ginis[1],
    )  # fmt: skip


def gini(values: Scores, weights: Counts) -> float | None:
    """The Gini coefficient of values (0 or more), each counted ``weights`` times; None when all of them are 0.

    0 to 1: twice the area between the Lorenz curve and the line of equality (Gini 1914).
    """
    total = float((values * weights).sum())
    if total == 0:
        return None
    order = np.argsort(values, kind="stable")
    share = np.concatenate([[0.0], np.cumsum((values * weights)[order]) / total])
    width = weights[order] / weights.sum()
    return float(1.0 - (width * (share[1:] + share[:-1])).sum())
