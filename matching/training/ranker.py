"""Learns the weights of the ranker of vacancies from graded pairs, and tells how well they do on people kept aside.

A logistic regression with three bounds on its freedom: no weight is negative (more of what speaks for a match never
counts for less), none is below half of that by hand (what the pairs happen to be silent about, as proof, still
counts), and each is drawn towards that by hand (a Gaussian prior: Murphy 2022, section 10.2.7).
Its answer is the probability that a counsellor would put the vacancy on the shortlist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.evaluation import Values, calibrate
from matching.graded import RELEVANT, graded_metrics
from matching.ranker_file import Fold, RankerWeights, StoredRanker

#: What the makers of Hunar would have written by hand, by the name of the feature.
BY_HAND = {
    "occupation": 2.0, "essential_skills": 1.5, "wished_skills": 0.5, "usual_skills": 0.6, "meaning": 1.2,
    "title_overlap": 0.7, "skill_level": 1.2, "experience": 0.5, "proof": 0.5, "level": 0.5, "education": 0.4,
    "languages": 0.5, "pay": 0.5, "place": 0.9, "wish": 0.9, "aspiration": 0.4,
}  # fmt: skip
BY_HAND_BIAS = -0.3
#: How strongly the weights are drawn to those by hand: as much as so many pairs would, for a weight that is 1 off.
_PRIOR = 1.0
#: The least and the most that a weight may be: a share of that by hand, and a number.
_FLOOR, _HIGHEST = 0.5, 6.0
FOLDS = 5


@dataclass(frozen=True)
class JudgedPerson:
    """The judged vacancies of one person: values of the features, shape (vacancies, features), and grades 0 to 3.

    ``barred``: vacancies that the person ruled out; they stand behind all others whatever their features.
    """

    ref: str
    values: Values
    grades: Values
    barred: npt.NDArray[np.bool_]

    def ranked(self, weights: RankerWeights) -> Values:
        """The score of each vacancy as a logit; of barred ones far below."""
        found: Values = self.values @ np.array(weights.weights) + weights.bias
        return np.where(self.barred, found - 50.0, found)


def by_hand(features: Sequence[str]) -> RankerWeights:
    """The weights that stood before any were learned."""
    return RankerWeights(BY_HAND_BIAS, tuple(BY_HAND[name] for name in features))


def fit(people: Sequence[JudgedPerson], features: Sequence[str]) -> RankerWeights:
    """The likeliest weights; a pair is a yes from the grade RELEVANT on."""
    from scipy.optimize import minimize

    values = np.concatenate([one.values for one in people])
    wanted = (np.concatenate([one.grades for one in people]) >= RELEVANT).astype(float)
    prior = np.array(by_hand(features).weights)

    def loss(found: Values) -> tuple[float, Values]:
        weights, logits = found[:-1], values @ found[:-1] + found[-1]
        off = 1 / (1 + np.exp(-logits)) - wanted
        value = np.logaddexp(0, logits).sum() - wanted @ logits + _PRIOR * ((weights - prior) ** 2).sum()
        return float(value), np.r_[values.T @ off + 2 * _PRIOR * (weights - prior), off.sum()]

    bounds = [(_FLOOR * weight, _HIGHEST) for weight in prior.tolist()] + [(None, None)]
    found = minimize(loss, np.r_[prior, BY_HAND_BIAS], jac=True, bounds=bounds, method="L-BFGS-B").x
    rounded = [round(float(weight), 3) for weight in found]
    return RankerWeights(rounded[-1], tuple(rounded[:-1]))


def learn(people: Sequence[JudgedPerson], features: Sequence[str], name: str, seed: int) -> StoredRanker:
    """Weights from all people, and for each fifth of them those from the others.

    The figures of the manifest are of people kept aside: each is ranked with weights that never saw them.
    """
    from sklearn.model_selection import KFold

    order = sorted(people, key=lambda one: one.ref)
    folds = []
    for rest, aside in KFold(FOLDS, shuffle=True, random_state=seed).split(order):
        weights = fit([order[at] for at in rest], features)
        folds.append(Fold(frozenset(order[at].ref for at in aside), weights))
    made = StoredRanker(name, fit(order, features), tuple(folds))
    manifest = {
        "people": len(order), "pairs": sum(len(one.grades) for one in order), "seed": seed, "folds": FOLDS,
        "yes": f"grade {RELEVANT} or more", "prior": _PRIOR, "floor": _FLOOR, "prior_weights": "by hand",
        "figures_on_people_kept_aside": figures(order, made),
    }  # fmt: skip
    return StoredRanker(made.name, made.weights, made.folds, manifest)


def gains(people: Sequence[JudgedPerson], ranker: StoredRanker) -> Values:
    """nDCG@10 of each person with weights that did not see them, shape (people,)."""
    rows = [(one.ranked(ranker.without(one.ref)).astype(np.float32), one.grades) for one in people]
    return np.array([graded_metrics(scores, grades)["ndcg@10"] for scores, grades in rows])


def figures(people: Sequence[JudgedPerson], ranker: StoredRanker) -> dict[str, float]:
    """Mean nDCG@10, and the expected calibration error of the probability of a yes, on people kept aside."""
    free = [(one, ~one.barred) for one in people]
    logits = np.concatenate([one.ranked(ranker.without(one.ref))[kept] for one, kept in free])
    wanted = np.concatenate([one.grades[kept] >= RELEVANT for one, kept in free]).astype(float)
    told = calibrate(1 / (1 + np.exp(-logits)), wanted, resamples=1)
    return {"ndcg@10": round(float(gains(people, ranker).mean()), 4), "ece": round(told.error[0], 4)}
