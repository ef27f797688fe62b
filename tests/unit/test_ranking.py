"""The ranker: parts that add up, missing data that changes nothing, more that never counts for less."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matching_cases import LICENCES, TAXONOMY, job, person, skills, vacancy
from test_features import offers, people

from matching import features
from matching.gaps import COURSE_RANKER
from matching.people import Person
from matching.ranking import VACANCY_RANKER, Feature, Ranker
from matching.signals import Signal
from profiling.models import Evidence
from profiling.passport import HeldSkill, MatchingProfile, implied_skills


def logit(score: float) -> float:
    return math.log(score / (1 - score))


def test_a_score_worked_out_by_hand() -> None:
    """bias -1, one feature of weight 2 around .25 that gives .75: logistic of -1 + 2 * .5 = 0 is one half."""

    def fixed(who: Person, offer: object, cosine: float) -> Signal:
        """Gives three quarters."""
        return Signal(0.75, "meaning", {})

    def absent(who: Person, offer: object, cosine: float) -> None:
        """Has no data."""

    ranker: Ranker[object] = Ranker("by-hand", -1.0, [Feature(fixed, 2.0, 0.25), Feature(absent, 9.0, 0.1)])
    scored = ranker.score(person(), object(), 0.0)
    assert scored.score == pytest.approx(0.5, abs=1e-15)
    assert [(part.feature, part.amount) for part in scored.contributions] == [("fixed", 1.0)]
    assert [feature.description for feature in ranker.table] == ["Gives three quarters.", "Has no data."]


def test_only_the_bias_speaks_when_nothing_is_known() -> None:
    bare: Ranker[Any] = Ranker("bare", -0.3, [Feature(features.occupation, 2.0, 0.35)])
    scored = bare.score(person(), vacancy(), 0.0)
    assert scored.contributions == ()
    assert scored.score == pytest.approx(1 / (1 + math.exp(0.3)), abs=1e-15)


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1))
def test_the_parts_add_up(who: dict[str, Any], what: dict[str, Any], cosine: float) -> None:
    scored = VACANCY_RANKER.score(person(**who), vacancy(**what), cosine)
    parts = sum(part.amount for part in scored.contributions)
    assert scored.bias + parts == pytest.approx(logit(scored.score), abs=1e-9)
    assert 0.0 < scored.score < 1.0
    for part in scored.contributions:
        feature = next(f for f in VACANCY_RANKER.table if f.name == part.feature)
        assert part.amount == pytest.approx(feature.weight * (part.signal.value - feature.middle), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1))
def test_an_absent_feature_changes_nothing(who: dict[str, Any], what: dict[str, Any], cosine: float) -> None:
    """Without a feature that has no data the score is the same number."""
    held, offered = person(**who), vacancy(**what)
    full = VACANCY_RANKER.score(held, offered, cosine)
    present = {part.feature for part in full.contributions}
    without: Ranker[Any] = Ranker("w", VACANCY_RANKER.bias, [f for f in VACANCY_RANKER.table if f.name in present])
    assert without.score(held, offered, cosine).score == full.score


def test_what_is_not_asked_of_the_person_costs_nothing() -> None:
    """The same vacancy with more demands that the person was never asked about scores the same."""
    known = person(jobs=(job("mason", "mason"),))
    plain = vacancy(occupation="mason")
    more = vacancy(
        occupation="mason", education_level="secondary", languages={"en": "fluent"}, experience_years=4.0,
        contract="wage_work",
    )  # fmt: skip
    assert VACANCY_RANKER.score(known, more, 0.3).score == VACANCY_RANKER.score(known, plain, 0.3).score


def _score(profile: MatchingProfile, what: dict[str, Any], cosine: float) -> float:
    claimed = replace(profile, implied=implied_skills(profile.jobs, profile.credentials, profile.skills, TAXONOMY))
    found = person()
    return VACANCY_RANKER.score(Person(claimed, found.vector, TAXONOMY), vacancy(**what), cosine).score


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1), st.data())
def test_stronger_evidence_never_lowers_the_score(
    who: dict[str, Any], what: dict[str, Any], cosine: float, data: st.DataObject
) -> None:
    before = person(**who).profile
    assume(before.skills)
    code = data.draw(st.sampled_from(sorted(before.skills)))
    held = before.skills[code]
    stronger = data.draw(st.sampled_from([e for e in Evidence if e >= held.evidence]))
    after = replace(before, skills={**before.skills, code: HeldSkill(code, stronger, held.words)})
    assert _score(after, what, cosine) >= _score(before, what, cosine)


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1), st.data())
def test_an_essential_skill_never_lowers_the_score(
    who: dict[str, Any], what: dict[str, Any], cosine: float, data: st.DataObject
) -> None:
    """Of a person of whom some skill is known; the first one known turns *missing* into *counted*."""
    before = person(**who).profile
    assume(before.skills and what["essential"])
    code = data.draw(st.sampled_from(what["essential"]))
    assume(code not in before.skills)
    evidence = data.draw(st.sampled_from(list(Evidence)))
    after = replace(before, skills={**before.skills, code: HeldSkill(code, evidence, "said")})
    assert _score(after, what, cosine) >= _score(before, what, cosine)


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1), st.sampled_from(LICENCES))
def test_a_licence_never_lowers_the_score(
    who: dict[str, Any], what: dict[str, Any], cosine: float, licence: str
) -> None:
    before = person(**who).profile
    after = replace(before, licences=TAXONOMY.with_implied(before.licences | {licence}))
    assert _score(after, what, cosine) >= _score(before, what, cosine)


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1), st.floats(0, 1))
def test_a_nearer_text_never_lowers_the_score(
    who: dict[str, Any], what: dict[str, Any], cosine: float, more: float
) -> None:
    profile = person(**who).profile
    assert _score(profile, what, min(1.0, cosine + more)) >= _score(profile, what, cosine)


def test_a_fitting_vacancy_stands_above_a_foreign_one() -> None:
    mason = person(jobs=(job("mason", "mason", 60),), skills=skills("lay-bricks", "plaster"))
    fits = VACANCY_RANKER.score(mason, vacancy(occupation="mason", essential=["lay-bricks"]), 0.5)
    foreign = VACANCY_RANKER.score(mason, vacancy(occupation="nurse", essential=["first-aid"]), 0.1)
    assert fits.score > 0.8 > 0.3 > foreign.score


@pytest.mark.parametrize("ranker", [VACANCY_RANKER, COURSE_RANKER])
def test_the_version_changes_with_every_weight(ranker: Ranker[Any]) -> None:
    versions = {ranker.version}
    for at, feature in enumerate(ranker.table):
        for changed in (
            replace(feature, weight=feature.weight + 0.1),
            replace(feature, middle=feature.middle + 0.1),
        ):
            table = [*ranker.table[:at], changed, *ranker.table[at + 1 :]]
            versions.add(Ranker(ranker.name, ranker.bias, table).version)
    versions.add(Ranker(ranker.name, ranker.bias + 0.1, ranker.table).version)
    versions.add(Ranker(ranker.name, ranker.bias, ranker.table[1:]).version)
    assert len(versions) == 3 + 2 * len(ranker.table)
    assert Ranker(ranker.name, ranker.bias, ranker.table).version == ranker.version


@pytest.mark.parametrize("ranker", [VACANCY_RANKER, COURSE_RANKER])
def test_every_feature_tells_a_counsellor_what_it_is(ranker: Ranker[Any]) -> None:
    for feature in ranker.table:
        assert feature.weight > 0
        assert 0.0 <= feature.middle <= 1.0
        assert feature.description.endswith("."), feature.name
