"""Measures of ranked lists with graded relevance, with bootstrap intervals. Equal scores rank in document order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matching.evaluation import METRICS, Evaluation, Interval, Measured, Scores, Task, Values, bootstrap, reciprocal

#: From this grade on a document counts as relevant where a metric knows only yes and no.
RELEVANT = 2
_FIRST, _DEEP = 10, 50


def graded_metrics(scores: Scores, grades: Values) -> tuple[float, float, float, float]:
    """nDCG@10, P@10, recall@50 and reciprocal rank of one list, shape (documents,) each.

    nDCG has the gain 2**grade - 1 and the discount log2(rank + 1) (Burges et al. 2005); its ideal is the best order
    of all documents. The other three count grades from RELEVANT on. All are 0 where nothing is relevant.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = grades[order]
    gains, ideal = 2.0**ranked - 1, np.sort(2.0**grades - 1)[::-1]
    best = _discounted(ideal)
    hits = ranked >= RELEVANT
    total = int(hits.sum())
    return (
        _discounted(gains) / best if best else 0.0,
        float(hits[:_FIRST].sum()) / _FIRST,
        float(hits[:_DEEP].sum()) / total if total else 0.0,
        reciprocal(int(np.argmax(hits)) + 1 if total else 0),
    )


def _discounted(gains: Values) -> float:
    first = gains[:_FIRST]
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())


def evaluate_graded(task: Task, systems: Mapping[str, Scores], grades: Values) -> Evaluation:
    """Every system over all queries; scores and grades have the shape (queries, documents)."""
    parts = []
    for scores in systems.values():
        parts.append(np.array([graded_metrics(*pair) for pair in zip(scores, grades, strict=True)]))
    values = np.concatenate(parts, axis=1)
    ends = iter(bootstrap(values).tolist())
    found: dict[str, dict[str, Interval]] = {
        name: {metric: tuple(next(ends)) for metric in METRICS[task]} for name in systems
    }
    return Evaluation(task, Measured(len(grades), found), {})
