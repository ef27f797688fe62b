"""The file of the ranker's weights, and how they are learned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.evaluation import SEED
from matching.ranker_file import SHIPPED_FILE, Fold, RankerWeights, StoredRanker, read_ranker, write_ranker
from matching.ranking import NAMES, SHIPPED, VACANCY_RANKER
from matching.training.ranker import BY_HAND, FOLDS, JudgedPerson, by_hand, figures, fit, gains, learn
from profiling.errors import OperatorError

FEATURES = ("occupation", "place", "proof")


def judged(count: int = 40, seed: int = 5) -> list[JudgedPerson]:
    """People whose grades follow the occupation and never the place; nothing is known of proof."""
    rng = np.random.default_rng(seed)
    people = []
    for at in range(count):
        values = rng.uniform(-0.5, 0.5, (20, 3))
        values[:, 2] = 0
        grades = np.where(values[:, 0] > 0.2, 3.0, 0.0)
        people.append(JudgedPerson(f"P{at:02}", values, grades, np.zeros(20, dtype=bool)))
    return people


def test_what_decides_gets_weight_and_what_is_silent_keeps_the_one_by_hand() -> None:
    found = dict(zip(FEATURES, fit(judged(), FEATURES).weights, strict=True))
    assert found["occupation"] > 4
    assert found["place"] == 0.45  # the pairs are against it; the floor holds, half of what stands by hand
    assert found["proof"] == BY_HAND["proof"]


def test_no_weight_falls_below_half_of_that_by_hand_whatever_the_pairs_say() -> None:
    against = [JudgedPerson(one.ref, -one.values, one.grades, one.barred) for one in judged()]
    assert fit(against, FEATURES).weights[0] == 1.0


def test_everybody_is_measured_with_weights_that_did_not_see_them() -> None:
    people = judged()
    made = learn(people, FEATURES, "test", SEED)
    assert len(made.folds) == FOLDS
    assert sorted(ref for fold in made.folds for ref in fold.people) == [one.ref for one in people]
    for fold in made.folds:
        rest = [one for one in people if one.ref not in fold.people]
        assert fold.weights == fit(rest, FEATURES)
    assert made.without("P00") != made.weights
    assert made.without("nobody of these") == made.weights
    assert made.manifest["figures_on_people_kept_aside"] == figures(people, made)
    assert gains(people, made).mean() > gains(people, StoredRanker("by hand", by_hand(FEATURES))).mean()
    assert learn(people, FEATURES, "test", SEED) == made


def test_what_a_person_ruled_out_stands_behind_everything() -> None:
    values = np.array([[0.5, 0, 0], [-0.5, 0, 0]])
    one = JudgedPerson("P", values, np.array([0.0, 2.0]), np.array([True, False]))
    ranked = one.ranked(by_hand(FEATURES))
    assert ranked[0] < ranked[1] - 40


def test_a_file_is_read_back_as_it_was(tmp_path: Path) -> None:
    made = StoredRanker(
        "mine", RankerWeights(-1.5, (1.0, 0.25, 0.5)),
        (Fold(frozenset({"b", "a"}), RankerWeights(-1.0, (1.0, 0.5, 0.5))),), {"seed": 3},
    )  # fmt: skip
    write_ranker(tmp_path / "new" / "ranker.json", made, FEATURES)
    assert read_ranker(tmp_path / "new" / "ranker.json", FEATURES) == made
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["ranker.json"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 9}, "has the format 9, and this Hunar reads 1"),
        ({"features": ["occupation", "place"]}, r"was learned for other features \(proof\)"),
        ({"features": ["place", "occupation", "proof"]}, r"other features \(another order\)"),
        ({"bias": "much"}, "cannot be read"),
        ({"bias": float("nan")}, "a weight lies outside 0 to 20"),
        ({"weights": {"occupation": -1, "place": 1, "proof": 1}}, "a weight lies outside 0 to 20"),
        ({"weights": {"occupation": 1}}, "cannot be read"),
        ({"folds": [{"people": ["a"]}]}, "cannot be read"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "ranker.json"
    write_ranker(path, StoredRanker("mine", RankerWeights(-1.5, (1.0, 0.25, 0.5))), FEATURES)
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | change), encoding="utf-8")
    with pytest.raises(OperatorError, match=said):
        read_ranker(path, FEATURES)


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format": 1}', "\0"])
def test_a_broken_file_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "ranker.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError, match="Train it anew with `hunar train ranker`"):
        read_ranker(path, FEATURES)
    with pytest.raises(OperatorError, match="cannot be read"):
        read_ranker(tmp_path / "none.json", FEATURES)


def test_the_shipped_weights_are_those_in_use() -> None:
    assert read_ranker(SHIPPED_FILE, NAMES) == SHIPPED
    assert [feature.weight for feature in VACANCY_RANKER.table] == list(SHIPPED.weights.weights)
    assert VACANCY_RANKER.version.startswith(f"{SHIPPED.name}/")
    assert min(SHIPPED.weights.weights) >= 0.1
