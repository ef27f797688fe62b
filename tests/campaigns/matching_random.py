"""Random people and vacancies for the campaign of matching: some with much in common, some with nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from matching_cases import (
    LICENCES,
    SKILLS,
    TAXONOMY,
    TODAY,
    TRADES,
    credential,
    job,
    market,
    profile,
    random_units,
    skills,
    vacancy,
)

from matching.market import Market, VacancyView
from matching.people import Person
from profiling.fields import EDUCATION_LEVELS, LANGUAGE_LEVELS
from profiling.models import Evidence
from profiling.passport import MatchingProfile, Pay, implied_skills

_TITLES = (
    "mason",
    "raj mistri",
    "Steel fixer",
    "कुक",
    "cook urgent",
    "",
    "---",
    "driver 2",
    "House maid",
    "Night guard",
)
_REFUSED = ("maid", "house maid", "guard", "urgent", "", "cook")
_STATES = ("open", "open", "open", "open", "held", "closed", "filled", "withdrawn")
_ASPIRATIONS = ("wage_work", "self_employment", "training", "migrate_again")
#: Province and district: home, elsewhere in the home province, far; and what is known in part only.
_PLACES = (
    ("Bagmati", "Chitwan"), ("Bagmati", "Lalitpur"), ("Koshi", "Jhapa"), ("Gandaki", "Kaski"), ("Koshi", None),
    ("Bagmati", None), (None, "Chitwan"), (None, None),
)  # fmt: skip


def _some(rng: random.Random, values: Sequence[Any], most: int) -> list[Any]:
    return rng.sample(values, rng.randint(0, min(most, len(values))))


def _maybe(rng: random.Random, values: Sequence[Any]) -> Any:
    return rng.choice(values) if rng.random() < 0.6 else None


def _pay(rng: random.Random) -> Pay | None:
    if rng.random() < 0.5:
        return None
    return Pay(
        rng.uniform(0, 1e5), rng.choice(["NPR", "INR"]), rng.choice(["hour", "day", "week", "month", "year"])
    )


def _spoken(rng: random.Random) -> dict[str, str]:
    return {code: rng.choice(LANGUAGE_LEVELS) for code in _some(rng, ["ne", "en", "ar"], 3)}


def random_profile(rng: random.Random) -> MatchingProfile:
    """Somebody of whom much or nothing is known."""
    jobs = tuple(
        job(rng.choice(_TITLES), _maybe(rng, TRADES), _maybe(rng, range(400)), rng.choice(list(Evidence)))
        for _ in range(rng.randint(0, 3))
    )
    credentials = tuple(
        credential(
            _maybe(rng, TRADES), framework=_maybe(rng, ["NP-NVQS", "BD-BNQF"]), level=_maybe(rng, range(6)),
            evidence=rng.choice(list(Evidence)),
        )
        for _ in range(rng.randint(0, 2))
    )  # fmt: skip
    held = {code: skills(code, evidence=rng.choice(list(Evidence)))[code] for code in _some(rng, SKILLS, 5)}
    province, district = rng.choice(_PLACES)
    return profile(
        jobs=jobs, credentials=credentials, skills=held, implied=implied_skills(jobs, credentials, held, TAXONOMY),
        languages=_spoken(rng), licences=TAXONOMY.with_implied(frozenset(_some(rng, LICENCES, 3))),
        education_level=_maybe(rng, EDUCATION_LEVELS), aspirations=frozenset(_some(rng, _ASPIRATIONS, 2)),
        wanted_work=tuple(_some(rng, _TITLES, 2)), wanted_occupations=tuple(_some(rng, TRADES, 2)),
        not_wanted_work=tuple(_some(rng, _REFUSED, 1)), not_wanted_occupations=tuple(_some(rng, TRADES, 1)),
        work_districts=tuple(_some(rng, ["Kaski", "Jhapa"], 2)),
        work_countries=frozenset({"NP", *_some(rng, ["QA", "IN"], 2)}), home_province=province,
        home_district=district, expected_pay=_pay(rng),
    )  # fmt: skip


def random_person(rng: random.Random, vector: int = 0) -> Person:
    """Somebody with one of 100 vectors."""
    return Person(random_profile(rng), _VECTORS[vector % len(_VECTORS)], TAXONOMY)


_VECTORS = random_units(100, seed=3)


def random_vacancy(rng: random.Random, ref: str = "V-1", **given: Any) -> VacancyView:
    """A vacancy that may be offered to many, to few or to nobody."""
    province, district = rng.choice(_PLACES)
    values: dict[str, Any] = {
        "title": rng.choice(_TITLES), "occupation": _maybe(rng, TRADES), "essential": _some(rng, SKILLS, 5),
        "wished": _some(rng, SKILLS, 5), "experience_years": _maybe(rng, [0.0, 0.5, 2.0, 10.0]),
        "education_level": _maybe(rng, EDUCATION_LEVELS), "languages": _spoken(rng),
        "licences": _some(rng, LICENCES, 1), "framework": _maybe(rng, ["NP-NVQS", "BD-BNQF"]),
        "level": _maybe(rng, range(6)), "contract": _maybe(rng, ["wage_work", "seasonal", "apprenticeship"]),
        "pay": _pay(rng), "accommodation": _maybe(rng, [True, False]),
        "country": rng.choice([None, "NP", "NP", "NP", "QA", "IN"]), "province": province, "district": district,
        "status": rng.choice(_STATES), "closes_on": _maybe(rng, [TODAY + timedelta(days) for days in range(-2, 9)]),
    }  # fmt: skip
    return vacancy(ref, **{**values, **given})


def random_market(rng: random.Random, size: int) -> Market:
    """A market of some vacancies in random directions."""
    views = [random_vacancy(rng, f"V-{number}") for number in range(size)]
    return market(views, random_units(size, seed=rng.randrange(2**31)))
