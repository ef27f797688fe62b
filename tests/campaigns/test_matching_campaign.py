"""Matching on random people and vacancies: more never counts for less, reasons add up, filters bind."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from matching_cases import TAXONOMY, TODAY, course, skills
from matching_random import random_market, random_person, random_profile, random_vacancy
from sizes import SEED, size

from matching.explanation import reasons
from matching.gaps import NearMiss, find_gaps, rank_courses
from matching.market import CourseView, VacancyView
from matching.people import Person
from matching.pipeline import explain, rank
from matching.ranking import VACANCY_RANKER
from matching.retrieval import Barrier, barriers, masks, retrieve, retrieve_all
from profiling.models import Evidence
from profiling.passport import MatchingProfile, implied_skills

MONOTONE, EXPLAINED, FILTERED = size(300, 2_000), size(500, 10_000), size(500, 10_000)
#: People for whom one random market is searched.
_EACH = 20
_MOST = 60
_HOME, _NEAR, _FAR = ("Bagmati", "Chitwan"), ("Bagmati", "Lalitpur"), ("Karnali", "Jumla")


def score(profile: MatchingProfile, vacancy: VacancyView, cosine: float | None) -> float:
    """The score of somebody of whom nothing is remembered from before."""
    whole = replace(profile, implied=implied_skills(profile.jobs, profile.credentials, profile.skills, TAXONOMY))
    return VACANCY_RANKER.score(Person(whole, np.zeros(8, dtype=np.float32), TAXONOMY), vacancy, cosine).score


def stronger(rng: random.Random) -> tuple[MatchingProfile, MatchingProfile, VacancyView]:
    """One claim to a skill, a job or a certificate is better proven than before."""
    before, vacancy = random_profile(rng), random_vacancy(rng)
    code = rng.choice(sorted({*TAXONOMY.skills}))
    before = replace(before, skills={**skills(code), **before.skills})
    if rng.random() < 0.5:
        vacancy = replace(vacancy, essential={**vacancy.essential, code: "asked"})
    kind = rng.choice(["skill", "skill", "job", "credential"])
    if kind == "job" and before.jobs:
        return before, replace(before, jobs=(_proven(rng, before.jobs[0]), *before.jobs[1:])), vacancy
    if kind == "credential" and before.credentials:
        proven = (_proven(rng, before.credentials[0]), *before.credentials[1:])
        return before, replace(before, credentials=proven), vacancy
    return before, replace(before, skills={**before.skills, code: _proven(rng, before.skills[code])}), vacancy


def _proven(rng: random.Random, claim):  # type: ignore[no-untyped-def]
    return replace(claim, evidence=rng.choice([level for level in Evidence if level >= claim.evidence]))


def more_skilled(rng: random.Random) -> tuple[MatchingProfile, MatchingProfile, VacancyView]:
    """One more of the essential skills is claimed."""
    before, vacancy = random_profile(rng), random_vacancy(rng)
    code = rng.choice(sorted({*TAXONOMY.skills}))
    before = replace(before, skills={held: claim for held, claim in before.skills.items() if held != code})
    vacancy = replace(vacancy, essential={**vacancy.essential, code: "asked"})
    claim = skills(code, evidence=rng.choice(list(Evidence)))
    return before, replace(before, skills={**before.skills, **claim}), vacancy


def nearer(rng: random.Random) -> tuple[MatchingProfile, MatchingProfile, VacancyView]:
    """The home moves to the province, or to the district, of the vacancy."""
    at = sorted(rng.sample(range(3), 2))
    (province, district), (nearer_province, nearer_district) = ((_HOME, _NEAR, _FAR)[step] for step in reversed(at))
    before = replace(random_profile(rng), home_province=province, home_district=district)
    after = replace(before, home_province=nearer_province, home_district=nearer_district)
    whole = rng.random() < 0.8
    where = {"province": _HOME[0], "district": _HOME[1] if whole else None}
    return before, after, random_vacancy(rng, country=rng.choice(["NP", "NP", None]), **where)


@pytest.mark.parametrize("change", [stronger, more_skilled, nearer])
def test_more_never_counts_for_less(change, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    rng = random.Random(f"{SEED} {change.__name__}")
    found: Counter[str] = Counter()
    fallen = []
    for number in range(MONOTONE):
        before, after, vacancy = change(rng)
        cosine = rng.choice([None, rng.uniform(-1, 1)])
        was, now = score(before, vacancy, cosine), score(after, vacancy, cosine)
        found["rose" if now > was else "fell" if now < was else "stayed"] += 1
        if now < was:
            fallen.append((number, was, now, before, vacancy))
    with capsys.disabled():
        print(f"\n{change.__name__}: {MONOTONE} random cases, {dict(sorted(found.items()))}")
    assert fallen == []
    # Where little rises, little was tried.
    assert found["rose"] > MONOTONE // 4


def test_reasons_add_up_to_the_score(capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(f"{SEED} reasons")
    worst = 0.0
    vacancies = courses = 0
    for number in range(EXPLAINED):
        person, vacancy = random_person(rng, number), random_vacancy(rng)
        scored = VACANCY_RANKER.score(person, vacancy, rng.choice([None, rng.uniform(-1, 1)]))
        shown = explain(person, vacancy, scored)
        worst = max(worst, apart(shown.score, shown.bias + sum(reason.amount for reason in shown.reasons)))
        vacancies += 1
        options = [_random_course(rng, kind) for kind in ("course", "rpl")]
        miss = NearMiss(vacancy, scored.score, tuple(find_gaps(person, vacancy)))
        for _, found in rank_courses(person, options, [miss], 5):
            worst = max(worst, apart(found.score, found.bias + sum(reason.amount for reason in reasons(found))))
            courses += 1
    with capsys.disabled():
        print(f"\nreasons: {vacancies} vacancies and {courses} courses, farthest from the score {worst:.1e}")
    assert courses > EXPLAINED // 10
    assert worst < 1e-6


def _random_course(rng: random.Random, kind: str) -> CourseView:
    taught, trade = rng.sample(sorted(TAXONOMY.skills), 4), rng.choice([None, *TAXONOMY.occupations])
    return course(teaches=taught, weeks=rng.uniform(0, 50), kind=kind, occupation=trade)


def apart(score: float, parts: float) -> float:
    """How far the sum of the parts lies from the logit of the score, and its logistic from the score."""
    return max(abs(parts - math.log(score / (1 - score))), abs(1 / (1 + math.exp(-parts)) - score))


def test_what_is_barred_is_in_no_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Of each person with a whole random market: retrieved, ranked, and compared from the vacancy's side."""
    rng = random.Random(f"{SEED} filters")
    count: Counter[str] = Counter()
    for number in range(FILTERED):
        if number % _EACH == 0:
            market = random_market(rng, rng.randint(1, _MOST))
        person = random_person(rng, rng.randrange(100))
        rule = [barriers(person, view, TODAY) for view in market.vacancies]
        at_once = masks(person, market, TODAY)
        for barrier in Barrier:
            assert at_once[barrier].tolist() == [barrier in barred for barred in rule], (number, barrier)
            count[barrier.value] += int(at_once[barrier].sum())
        ignored = rng.choice([frozenset[Barrier](), frozenset({Barrier.LICENCE})])
        ranked = rank(person, market, retrieve(person, market, TODAY, ignore=ignored))
        for view, scored in ranked:
            assert set(rule[view.row]) <= ignored, (number, view)
            # As ``candidates`` reckons it, from the vacancy to a person of whom nothing is remembered.
            again = Person(person.profile, person.vector, TAXONOMY)
            cosine = float(market.vectors[view.row] @ again.vector)
            other = VACANCY_RANKER.score(again, view, cosine or None)
            assert abs(other.score - scored.score) < 1e-6, (number, view)
            assert [part.signal for part in other.contributions if part.feature != "meaning"] == [
                part.signal for part in scored.contributions if part.feature != "meaning"
            ]
        count["offered"] += len(ranked)
    with capsys.disabled():
        print(f"\nfilters: {FILTERED} people with markets, {dict(sorted(count.items()))}, none in a list")
    # Each barrier bars often, and much is offered: else nothing was tried.
    assert min(count.values()) > FILTERED // 10


def test_many_people_at_once_get_what_each_gets_alone() -> None:
    rng = random.Random(f"{SEED} batch")
    for _ in range(size(1, 20)):
        market, people = random_market(rng, 7_000), [random_person(rng, number) for number in range(70)]
        for person, found in zip(people, retrieve_all(people, market, TODAY), strict=True):
            alone = retrieve(person, market, TODAY)
            assert found.rows.tolist() == alone.rows.tolist()
            assert found.cosines.tolist() == alone.cosines.tolist()
            assert found.left_out == alone.left_out
