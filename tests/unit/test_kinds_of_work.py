"""Beliefs about kinds of work, their nearness, the evidence of skills, and measures of graded lists."""

from __future__ import annotations

import numpy as np
import pytest

from matching.evaluation import Task
from matching.graded import evaluate_graded, graded_metrics
from matching.kinds_of_work import Beliefs, SkillEvidence, WorkScheme, expected_nearness, title_beliefs

#: Two bricklaying occupations in one unit group, a carpenter in the same minor group, a cook elsewhere.
SCHEME = WorkScheme(("5120", "7112", "7115"), ("7112", "7112", "7115", "5120"))
GROUPS_ALONE = WorkScheme(("5120", "7112", "7115"))


def certain(*occupations: int) -> Beliefs:
    likely = np.eye(4, dtype=np.float32)[list(occupations)]
    return Beliefs(SCHEME.by_group(likely), likely)


def test_nearness_is_one_for_the_same_occupation_and_falls_by_group() -> None:
    found = expected_nearness(SCHEME, certain(0), certain(0, 1, 2, 3))
    assert found.tolist() == [[1.0, pytest.approx(3 / 7), pytest.approx(1 / 7), 0.0]]
    alone = expected_nearness(GROUPS_ALONE, certain(0), certain(0, 1, 2, 3))
    assert alone.tolist() == [[1.0, 1.0, pytest.approx(1 / 3), 0.0]]


def test_a_doubtful_title_is_worth_its_share() -> None:
    half = Beliefs(*(np.asarray(part, dtype=np.float32) for part in ([[0.5, 0.5, 0]], [[0.5, 0, 0, 0.5]])))
    assert expected_nearness(SCHEME, certain(0), half)[0, 0] == pytest.approx(0.5)
    silent = Beliefs(np.zeros((1, 3), dtype=np.float32), np.zeros((1, 4), dtype=np.float32))
    assert expected_nearness(SCHEME, certain(0), silent)[0, 0] == 0.0


def test_beliefs_of_titles_add_up_group_by_group() -> None:
    scores = np.array([[2.0, 1.9, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]], dtype=np.float32)
    groups = np.array([[0.0, 0.9, 0.1], [0.2, 0.2, 0.2]], dtype=np.float32)
    made = title_beliefs(SCHEME, scores, groups)
    assert np.allclose(SCHEME.by_group(made.occupations), made.groups, atol=1e-6)
    assert made.groups[0].sum() == pytest.approx(1.0, abs=1e-5)
    assert made.groups[1].sum() == pytest.approx(0.7 + 0.3 * 0.6, abs=1e-5)
    assert made.occupations[0].argmax() == 0


def test_skills_point_to_the_works_that_have_them() -> None:
    pairs = [(0, "lay bricks"), (0, "mix mortar"), (1, "mix mortar"), (1, "plaster"), (1, "plaster"), (2, "cook")]
    evidence = SkillEvidence(3, pairs)
    assert evidence.knows("plaster")
    assert not evidence.knows("sing")
    one = evidence.scores(["mix mortar"])
    assert one[0] == one[1] > one[2] == 0.0
    both = evidence.scores(["mix mortar", "lay bricks", "mix mortar", "sing"])
    assert both[0] > one[0]
    assert both[1] == one[1]
    # log(1 + (0.8 / 2) / (0.2 * 1 / 5)), half counted
    assert evidence.scores(["lay bricks"])[0] == pytest.approx(0.5 * np.log(11))
    assert evidence.scores([]).tolist() == [0, 0, 0]


def test_the_measures_of_a_graded_list() -> None:
    grades = np.array([0.0, 3.0, 1.0, 2.0] + [0.0] * 60)
    perfect = graded_metrics(grades.astype(np.float32), grades)
    assert perfect == {"ndcg@10": 1.0, "p@10": 0.2, "recall@50": 1.0, "mrr": 1.0}
    given = graded_metrics(-np.arange(64, dtype=np.float32), grades)
    best = 7 + 3 / np.log2(3) + 1 / 2
    assert given["ndcg@10"] == pytest.approx((7 / np.log2(3) + 1 / 2 + 3 / np.log2(5)) / best)
    assert (given["p@10"], given["recall@50"], given["mrr"]) == (0.2, 1.0, 0.5)
    assert set(graded_metrics(np.ones(5, dtype=np.float32), np.zeros(5)).values()) == {0.0}
    last = graded_metrics(np.arange(64, dtype=np.float32), grades)
    assert (last["p@10"], last["recall@50"]) == (0.0, 0.0)


def test_an_evaluation_of_lists_has_every_system_and_metric() -> None:
    grades = np.array([[2.0, 0.0], [0.0, 2.0]])
    right, wrong = grades.astype(np.float32), (1 - grades).astype(np.float32)
    found = evaluate_graded(Task.PASSPORT_COURSES, {"right": right, "wrong": wrong}, grades).as_json()
    assert found["n"] == 2
    assert found["systems"]["right"]["ndcg@10"] == [1.0, 1.0, 1.0]  # type: ignore[index]
    assert found["systems"]["wrong"]["mrr"] == [0.5, 0.5, 0.5]  # type: ignore[index]
