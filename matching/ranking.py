"""The ranker: a readable table of weights over named features.

The score is a logistic of a sum: ``1 / (1 + exp(-(bias + sum of weight * (value - middle))))`` over the
features that have data. ``middle`` is where a feature says nothing, so that a feature without data is
worth as much as an ordinary one: missing data is neutral. The parts add up to the logit of the score,
which makes the explanation exact. The weights of vacancies stand in a file, and none is negative: more of what
speaks for a match never counts for less.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from matching import features
from matching.market import VacancyView
from matching.people import Person
from matching.ranker_file import SHIPPED_FILE, RankerWeights, read_ranker
from matching.signals import Signal

Offer = TypeVar("Offer")
FeatureFunction = Callable[[Person, Offer, float | None], Signal | None]


@dataclass(frozen=True)
class Feature(Generic[Offer]):
    """A named feature with its weight and its neutral middle."""

    function: FeatureFunction[Offer]
    weight: float
    middle: float

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """What a counsellor reads about it."""
        return (self.function.__doc__ or "").split("\n")[0].strip()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the logit of the score."""

    feature: str
    amount: float
    signal: Signal


@dataclass(frozen=True, slots=True)
class Scored:
    """A score from 0 to 1 and its parts; ``bias`` plus the amounts is its logit."""

    score: float
    bias: float
    contributions: tuple[Contribution, ...]


class Ranker(Generic[Offer]):
    """Scores offers for a person by a table of features."""

    def __init__(self, name: str, bias: float, table: Sequence[Feature[Offer]]) -> None:
        self.name = name
        self.bias = bias
        self.table = tuple(table)
        content = json.dumps([bias, *[(f.name, f.weight, f.middle) for f in table]])
        self.version = f"{name}/{hashlib.sha256(content.encode()).hexdigest()[:8]}"

    def score(self, person: Person, offer: Offer, cosine: float | None) -> Scored:
        """The score of one offer with all its parts."""
        logit = self.bias
        parts = []
        for feature in self.table:
            signal = feature.function(person, offer, cosine)
            if signal is not None:
                amount = feature.weight * (signal.value - feature.middle)
                logit += amount
                parts.append(Contribution(feature.name, amount, signal))
        return Scored(1.0 / (1.0 + math.exp(-logit)), self.bias, tuple(parts))


#: The features of a vacancy, each with the middle where it says nothing; the weights stand in a file.
VACANCY_FEATURES: tuple[tuple[FeatureFunction[VacancyView], float], ...] = (
    (features.occupation, 0.35),
    (features.essential_skills, features.SKILL_MIDDLES["essential_skills"]),
    (features.wished_skills, features.SKILL_MIDDLES["wished_skills"]),
    (features.usual_skills, features.SKILL_MIDDLES["usual_skills"]),
    (features.meaning, 0.45),
    (features.title_overlap, 0.20),
    (features.skill_level, 1.0),
    (features.experience, 0.70),
    (features.proof, 0.70),
    (features.level, 0.50),
    (features.education, 0.80),
    (features.languages, 0.60),
    (features.pay, 0.70),
    (features.place, 0.50),
    (features.wish, 0.40),
    (features.aspiration, 0.60),
)
NAMES = tuple(function.__name__ for function, _ in VACANCY_FEATURES)


def vacancy_ranker(name: str, weights: RankerWeights) -> Ranker[VacancyView]:
    """The ranker of vacancies with these weights, in the order of VACANCY_FEATURES."""
    table = zip(VACANCY_FEATURES, weights.weights, strict=True)
    return Ranker(name, weights.bias, [Feature(function, weight, middle) for (function, middle), weight in table])


def vacancy_values(person: Person, vacancy: VacancyView, cosine: float | None) -> list[float]:
    """How far each feature lies from its middle, in the order of VACANCY_FEATURES; 0 without data."""
    found = []
    for function, middle in VACANCY_FEATURES:
        signal = function(person, vacancy, cosine)
        found.append(0.0 if signal is None else signal.value - middle)
    return found


#: The weights in use; `hunar train ranker` learns others (docs/evaluation.md).
SHIPPED = read_ranker(SHIPPED_FILE, NAMES)
VACANCY_RANKER = vacancy_ranker(SHIPPED.name, SHIPPED.weights)
