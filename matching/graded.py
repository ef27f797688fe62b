"""Measures of ranked lists with graded relevance, with bootstrap intervals. Equal scores rank in document order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matching.evaluation import METRICS, Evaluation, Interval, Measured, Scores, Task, Values, bootstrap, reciprocal

#: From this grade on a document counts as relevant where a metric knows only yes and no.
RELEVANT = 2
_FIRST, _DEEP = 10, 50


def graded_metrics(scores: Scores, grades: Values) -> dict[str, float]:
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
    return {
        "ndcg@10": _discounted(gains) / best if best else 0.0,
        "p@10": float(hits[:_FIRST].sum()) / _FIRST,
        "recall@50": float(hits[:_DEEP].sum()) / total if total else 0.0,
        "mrr": reciprocal(int(np.argmax(hits)) + 1 if total else 0),
    }


def _discounted(gains: Values) -> float:
    first = gains[:_FIRST]
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())


def evaluate_graded(task: Task, systems: Mapping[str, Sequence[Scores]], grades: Sequence[Values]) -> Evaluation:
    """Every system over all queries; of each query a row of scores and one of grades, shape (documents,)."""
    names = METRICS[task]
    parts = []
    for scores in systems.values():
        rows = [graded_metrics(*pair) for pair in zip(scores, grades, strict=True)]
        parts.append(np.array([[row[name] for name in names] for row in rows]))
    values = np.concatenate(parts, axis=1)
    ends = iter(bootstrap(values).tolist())
    found: dict[str, dict[str, Interval]] = {
        name: {metric: tuple(next(ends)) for metric in names} for name in systems
    }
    return Evaluation(task, Measured(len(grades), found), {})
