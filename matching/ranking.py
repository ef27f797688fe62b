"""The ranker: a written table of weights over named features.

The score is a logistic of a sum: ``1 / (1 + exp(-(bias + sum of weight * (value - middle))))`` over the
features that have data. ``middle`` is where a feature says nothing, so that a feature without data is
worth as much as an ordinary one: missing data is neutral. The parts add up to the logit of the score,
which makes the explanation exact. A model that is learned later fills in the same table.
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


VACANCY_RANKER: Ranker[VacancyView] = Ranker(
    "vacancy-weights-4",
    -0.3,
    [
        Feature(features.occupation, 2.0, 0.35),
        Feature(features.essential_skills, 1.5, 0.40),
        Feature(features.wished_skills, 0.5, 0.30),
        Feature(features.usual_skills, 0.6, 0.30),
        Feature(features.meaning, 1.2, 0.45),
        Feature(features.title_overlap, 0.7, 0.20),
        Feature(features.skill_level, 1.2, 1.0),
        Feature(features.experience, 0.5, 0.70),
        Feature(features.proof, 0.5, 0.70),
        Feature(features.level, 0.5, 0.50),
        Feature(features.education, 0.4, 0.80),
        Feature(features.languages, 0.5, 0.60),
        Feature(features.pay, 0.5, 0.70),
        Feature(features.place, 0.9, 0.50),
        Feature(features.wish, 0.9, 0.40),
        Feature(features.aspiration, 0.4, 0.60),
    ],
)
