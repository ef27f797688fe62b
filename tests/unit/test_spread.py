"""Spreading: values worked out by hand, caps and barriers that hold, the optimum, repeatable ties."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matching.spread
from matching.spread import PersonList, Spread, assign, gini, spread
from profiling.errors import InputError

X = float("nan")
PEOPLE = [uuid.UUID(int=100 + n) for n in range(40)]
VACANCIES = [uuid.UUID(int=200 + n) for n in range(80)]


def run(rows: Sequence[Sequence[float]], openings: Sequence[int | None], **plan: int | bool) -> Spread:
    """The rows spread over vacancies 0, 1, 2..."""
    scores = np.array(rows, dtype=float).reshape(len(rows), len(openings))
    given_plan = {"per_person": 1, "per_opening": 1, **plan}
    return spread(scores, PEOPLE[: len(rows)], VACANCIES[: len(openings)], openings, **given_plan)  # type: ignore[arg-type]


def told(person: PersonList) -> list[tuple[int, float, int, bool]]:
    """What a person is shown: number of the vacancy, score, own rank, over the cap."""
    return [(one.vacancy.int - 200, one.score, one.rank, one.over_cap) for one in person.shown]


def total(made: Spread) -> float:
    return sum(one.score for person in made.people for one in person.shown)


def test_two_people_want_one_opening() -> None:
    made = run([[0.9, 0.8], [0.8, 0.5]], [1, 1])
    # 0.8 + 0.8 is more than 0.9 + 0.5: the first gives way, since it costs them less.
    assert [told(person) for person in made.people] == [[(1, 0.8, 2, False)], [(0, 0.8, 1, False)]]
    assert [(one.before, one.after, one.cap) for one in made.vacancies] == [(2, 1, 1), (0, 1, 1)]
    price = made.price
    assert (price.shown_before, price.shown_after) == (2, 2)
    assert price.mean_before == pytest.approx(0.85)
    assert price.mean_after == pytest.approx(0.8)
    assert price.kept == pytest.approx(1.6 / 1.7)
    assert price.same == 0.5
    assert price.gini_before == pytest.approx(0.5)
    assert price.gini_after == pytest.approx(0.0)


def test_exposure_follows_openings() -> None:
    rows = [[0.9, 0.5], [0.8, 0.6], [0.7, 0.5], [0.6, 0.5]]
    made = run(rows, [3, None])
    # Three openings take three; whoever loses least by the other vacancy takes that: the fourth, 0.1.
    assert [told(person)[0][0] for person in made.people] == [0, 0, 0, 1]
    assert [(one.openings, one.cap, one.after) for one in made.vacancies] == [(3, 3, 3), (1, 1, 1)]


def test_who_is_left_with_nothing_is_told_and_keeps_their_best_when_asked() -> None:
    rows = [[0.9, X], [0.6, X], [X, X]]
    left = run(rows, [1, 1], per_person=2)
    assert [(told(person), person.had, person.nothing_left) for person in left.people] == [
        ([(0, 0.9, 1, False)], 1, False), ([], 1, True), ([], 0, False),
    ]  # fmt: skip
    kept = run(rows, [1, 1], per_person=2, keep_best=True)
    assert [(told(person), person.nothing_left) for person in kept.people] == [
        ([(0, 0.9, 1, False)], False), ([(0, 0.6, 1, True)], True), ([], False),
    ]  # fmt: skip
    assert [(one.cap, one.after, one.over) for one in kept.vacancies] == [(1, 2, 1), (1, 0, 0)]


def test_a_person_is_never_shown_one_vacancy_twice() -> None:
    made = run([[0.9, 0.5, 0.4]], [10, 1, 1], per_person=2, per_opening=3)
    assert told(made.people[0]) == [(0, 0.9, 1, False), (1, 0.5, 2, False)]


def test_without_scarcity_nothing_changes_and_nothing_is_paid() -> None:
    made = run([[0.9, 0.8, 0.7], [0.6, X, 0.9]], [2, 2, 2], per_person=2)
    assert [[one.rank for one in person.shown] for person in made.people] == [[1, 2], [1, 2]]
    assert (made.price.kept, made.price.same) == (1.0, 1.0)
    assert made.price.gini_before == made.price.gini_after


def test_each_opening_one_person() -> None:
    scores = np.array([[0.9, 0.8], [0.8, 0.5], [0.7, X], [0.6, X]])
    made = assign(scores, PEOPLE[:4], VACANCIES[:2], [2, 1])
    assert [told(person) for person in made.people] == [
        [(1, 0.8, 2, False)], [(0, 0.8, 1, False)], [(0, 0.7, 1, False)], [],
    ]  # fmt: skip
    assert made.people[3].nothing_left
    assert [(one.before, one.after, one.cap) for one in made.vacancies] == [(4, 2, 2), (0, 1, 1)]


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([1.0, 1.0, 1.0], [1, 1, 1], 0.0),
        ([0.0, 0.0, 0.0, 1.0], [1, 1, 1, 1], 0.75),
        ([1.0, 3.0], [1, 1], 0.25),
        ([1.0, 3.0], [3, 1], 0.25),  # Three openings of 1 and one of 3: the mean difference is 0.75, the mean 1.5.
        ([0.0, 0.0], [1, 1], None),
        ([], [], None),
    ],
)
def test_gini_by_hand(values: list[float], weights: list[int], expected: float | None) -> None:
    found = gini(np.array(values), np.array(weights, dtype=np.int64))
    assert found is None if expected is None else found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("people", "openings"), [(0, []), (0, [1, 1]), (3, [])], ids=["nothing", "no people", "empty market"]
)
def test_nothing_to_spread_is_an_empty_answer(people: int, openings: list[int | None]) -> None:
    scores = np.zeros((people, len(openings)))
    for made in (
        spread(scores, PEOPLE[:people], VACANCIES[: len(openings)], openings, per_person=5),
        assign(scores, PEOPLE[:people], VACANCIES[: len(openings)], openings, keep_best=True),
    ):
        assert [(person.shown, person.had, person.nothing_left) for person in made.people] == [
            ((), 0, False)
        ] * people
        assert [one.after for one in made.vacancies] == [0] * len(openings)
        price = made.price
        assert (price.shown_before, price.shown_after) == (0, 0)
        assert {price.mean_before, price.mean_after, price.kept, price.same, price.gini_after} == {None}


def test_one_vacancy_goes_to_those_who_fit_best() -> None:
    made = run([[0.5], [0.9], [0.7], [0.8]], [1], per_person=5, per_opening=3)
    assert [len(person.shown) for person in made.people] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("scores", "openings", "plan"),
    [
        ([[1.5]], [1], {}), ([[-0.1]], [1], {}), ([[float("inf")]], [1], {}), ([[0.5]], [0], {}),
        ([[0.5]], [1], {"per_person": 0}), ([[0.5]], [1], {"per_opening": 0}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    scores: list[list[float]], openings: list[int | None], plan: dict[str, int]
) -> None:
    with pytest.raises(InputError):
        run(scores, openings, **plan)


def test_shapes_and_ids_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="must fit"):
        spread(np.zeros((1, 2)), PEOPLE[:1], VACANCIES[:1], [1], per_person=1)
    with pytest.raises(InputError, match="twice"):
        spread(np.zeros((2, 1)), [PEOPLE[0]] * 2, VACANCIES[:1], [1], per_person=1)


@st.composite
def batches(draw: st.DrawFn, people: int = 8, vacancies: int = 8) -> tuple[np.ndarray, list[int | None]]:
    """Scores with barriers, many of them equal, and openings."""
    shape = (draw(st.integers(0, people)), draw(st.integers(0, vacancies)))
    values = st.sampled_from([X, float("-inf"), 0.45, 0.5, 0.6, 0.75, 0.9]) | st.floats(0.45, 1.0)
    scores = [[draw(values) for _ in range(shape[1])] for _ in range(shape[0])]
    openings = [draw(st.sampled_from([None, 1, 1, 2, 5])) for _ in range(shape[1])]
    return np.array(scores, dtype=float).reshape(shape), openings


@settings(max_examples=200, deadline=None)
@given(batches(), st.integers(1, 4), st.integers(1, 3), st.booleans(), st.booleans())
def test_caps_are_never_exceeded_and_barriers_never_crossed(
    batch: tuple[np.ndarray, list[int | None]], per_person: int, per_opening: int, one_to_one: bool, keep: bool
) -> None:
    scores, openings = batch
    people, vacancies = PEOPLE[: scores.shape[0]], VACANCIES[: scores.shape[1]]
    if one_to_one:
        per_person, per_opening = 1, 1
        made = assign(scores, people, vacancies, openings, keep_best=keep)
    else:
        made = spread(
            scores, people, vacancies, openings, per_person=per_person, per_opening=per_opening, keep_best=keep
        )
    assert [person.person for person in made.people] == people
    times = dict.fromkeys(vacancies, 0)
    for at, person in enumerate(made.people):
        assert person.had == np.isfinite(scores[at]).sum()
        assert len(person.shown) <= per_person
        assert len({one.vacancy for one in person.shown}) == len(person.shown)
        assert [one.rank for one in person.shown] == sorted(one.rank for one in person.shown)
        assert bool(person.shown) or not (keep and person.had)
        for one in person.shown:
            assert one.score == scores[at, vacancies.index(one.vacancy)]  # Never a barrier, which equals nothing.
            times[one.vacancy] += not one.over_cap
    for told_of, count in zip(made.vacancies, openings, strict=True):
        assert times[told_of.vacancy] == told_of.after - told_of.over <= per_opening * (count or 1) == told_of.cap


def best_sum(scores: np.ndarray, per_person: int, caps: Sequence[int]) -> float:
    """The greatest sum, by trying everything."""
    choices = [
        [
            some
            for size in range(per_person + 1)
            for some in itertools.combinations(np.flatnonzero(np.isfinite(row)).tolist(), size)
        ]
        for row in scores
    ]
    best = 0.0
    for lists in itertools.product(*choices):
        counts = np.bincount([column for some in lists for column in some], minlength=len(caps))
        if (counts <= caps).all():
            best = max(best, sum(float(scores[at, list(some)].sum()) for at, some in enumerate(lists)))
    return best


@settings(max_examples=100, deadline=None)
@given(batches(people=4, vacancies=4), st.integers(1, 2), st.integers(1, 2))
def test_the_sum_is_that_of_trying_everything(
    batch: tuple[np.ndarray, list[int | None]], per_person: int, per_opening: int
) -> None:
    scores, openings = batch
    people, vacancies = PEOPLE[: scores.shape[0]], VACANCIES[: scores.shape[1]]
    counts = [count or 1 for count in openings]
    made = spread(scores, people, vacancies, openings, per_person=per_person, per_opening=per_opening)
    assert total(made) == pytest.approx(best_sum(scores, per_person, [per_opening * n for n in counts]))
    assert total(assign(scores, people, vacancies, openings)) == pytest.approx(best_sum(scores, 1, counts))


@settings(max_examples=60, deadline=None)
@given(batches(), st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(
    batch: tuple[np.ndarray, list[int | None]], per_person: int, chance: random.Random
) -> None:
    scores, openings = batch
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    chance.shuffle(rows)
    chance.shuffle(columns)
    people, vacancies = PEOPLE[: len(rows)], VACANCIES[: len(columns)]
    turned = (
        scores[np.ix_(rows, columns)], [people[at] for at in rows], [vacancies[at] for at in columns],
        [openings[at] for at in columns],
    )  # fmt: skip
    plain = spread(scores, people, vacancies, openings, per_person=per_person, per_opening=1)
    other = spread(*turned, per_person=per_person, per_opening=1)
    assert [plain.people[at] for at in rows] == list(other.people)
    assert [plain.vacancies[at] for at in columns] == list(other.vacancies)
    assert plain.price.kept == pytest.approx(other.price.kept) or plain.price.kept is None
    assert [assign(scores, people, vacancies, openings).people[at] for at in rows] == list(assign(*turned).people)


def test_equal_scores_fill_a_larger_market() -> None:
    scores = np.full((40, 80), 0.8)
    made = spread(scores, PEOPLE, VACANCIES, [1] * 80, per_person=2, per_opening=1)
    assert {len(person.shown) for person in made.people} == {2}
    assert {one.after for one in made.vacancies} == {1}
    assert made == spread(scores, PEOPLE, VACANCIES, [1] * 80, per_person=2, per_opening=1)
    assert made.price.gini_after == pytest.approx(0.0)


def test_looking_at_the_best_pairs_first_finds_the_same_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(3)
    liked = chance.random(80) * 0.4
    scores = 0.45 + liked + chance.random((40, 80)) * 0.1
    scores[chance.random(scores.shape) < 0.2] = np.nan
    plan = (scores, PEOPLE, VACANCIES, [1] * 80)
    at_once = spread(*plan, per_person=3, per_opening=1)
    rounds: list[int] = []
    solved = matching.spread._solved

    def counted(*given: Any) -> Any:
        rounds.append(int(given[1].sum()))
        return solved(*given)

    monkeypatch.setattr(matching.spread, "_AT_ONCE", 0)
    monkeypatch.setattr(matching.spread, "_FIRST_LOOK", 5)
    monkeypatch.setattr(matching.spread, "_solved", counted)
    stepwise = spread(*plan, per_person=3, per_opening=1)
    assert total(stepwise) == pytest.approx(total(at_once), abs=1e-6)
    assert rounds == sorted(set(rounds))
    assert rounds[0] == 40 * 5
    assert len(rounds) > 1
