"""Each feature on a table of people and vacancies: value, key, and no signal where data are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cases import (
    LICENCES,
    SKILLS,
    TRADES,
    credential,
    job,
    person,
    skills,
    vacancy,
)

from matching import features
from matching.ranking import VACANCY_RANKER
from matching.signals import Signal
from profiling.fields import EDUCATION_LEVELS, LANGUAGE_LEVELS
from profiling.models import Evidence
from profiling.passport import Pay

#: person, vacancy, expected value and key (None: no signal)
Case = tuple[dict[str, Any], dict[str, Any], tuple[float, str] | None]

MASON = {"jobs": (job("raj mistri", "mason", 40),)}
HELPER = {"jobs": (job("helper"),)}

OCCUPATION: list[Case] = [
    (MASON, {"occupation": "mason"}, (1.0, "same_occupation")),
    # The same ISCO-08 unit group (7112), minor group (711), sub-major group (71), major group (7), none.
    (MASON, {"occupation": "block-layer"}, (0.85, "near_occupation")),
    (MASON, {"occupation": "stone-mason"}, (0.51, "near_occupation")),
    (MASON, {"occupation": "painter"}, (0.255, "far_occupation")),
    (MASON, {"occupation": "electrician"}, (0.085, "far_occupation")),
    (MASON, {"occupation": "nurse"}, (0.0, "other_occupation")),
    (
        {"jobs": (job("cook", "cook", 200), job("mistri", "mason", 3))},
        {"occupation": "block-layer"},
        (0.85, "near_occupation"),
    ),
    (MASON, {}, None),
    (HELPER, {"occupation": "mason"}, None),
    ({}, {"occupation": "mason"}, None),
]

ESSENTIAL: list[Case] = [
    ({"skills": skills("dig")}, {"essential": ["dig"]}, (0.70, "essential_skills")),
    *(
        ({"skills": skills("dig", evidence=evidence)}, {"essential": ["dig"]}, (weight, "essential_skills"))
        for evidence, weight in (
            (Evidence.DOCUMENT_SEEN, 0.78),
            (Evidence.REFERENCE_CONFIRMED, 0.86),
            (Evidence.RPL_ASSESSED, 0.95),
            (Evidence.SIGNED_CREDENTIAL, 1.0),
        )
    ),
    ({"implied": {"dig": "labourer"}}, {"essential": ["dig"]}, (0.45, "essential_skills")),
    (
        {"skills": skills("dig"), "implied": {"plaster": "mason"}},
        {"essential": ["dig", "plaster", "megger", "wire-house"]},
        ((0.70 + 0.45) / 4, "essential_skills"),
    ),
    ({"skills": skills("dig")}, {"essential": ["plaster"]}, (0.0, "essential_skills")),
    ({"skills": skills("dig")}, {"wished": ["dig"]}, None),
    ({}, {"essential": ["dig"]}, None),
]

WISHED: list[Case] = [
    ({"skills": skills("dig")}, {"wished": ["dig", "plaster"]}, (0.35, "wished_skills")),
    ({"skills": skills("dig")}, {"essential": ["dig"]}, None),
    ({}, {"wished": ["dig"]}, None),
]

USUAL: list[Case] = [
    # Three skills are usual for a mason.
    (
        {"skills": skills("plaster", evidence=Evidence.SIGNED_CREDENTIAL)},
        {"occupation": "mason"},
        (1 / 3, "usual_skills"),
    ),
    ({"skills": skills("plaster", "lay-bricks", "mix-mortar")}, {"occupation": "mason"}, (0.7, "usual_skills")),
    (
        {"skills": skills("plaster"), "implied": {"mix-mortar": "labourer"}},
        {"occupation": "mason"},
        (1.15 / 3, "usual_skills"),
    ),
    ({"skills": skills("first-aid")}, {"occupation": "mason"}, (0.0, "usual_skills")),
    ({"skills": skills("plaster")}, {}, None),
    ({}, {"occupation": "mason"}, None),
]

LEVEL: list[Case] = [
    (
        {"credentials": (credential("mason", framework="NP-NVQS", level=held),)},
        {"occupation": wanted, "framework": framework, "level": 2},
        expected,
    )
    for held, wanted, framework, expected in (
        (2, "mason", "NP-NVQS", (1.0, "level_met")),
        (3, "mason", "NP-NVQS", (1.0, "level_met")),
        (1, "mason", "NP-NVQS", (0.0, "level_missing")),
        (2, "block-layer", "NP-NVQS", (1.0, "level_met")),
        (2, "stone-mason", "NP-NVQS", (0.0, "level_missing")),
        (2, "mason", "BD-BNQF", (0.0, "level_missing")),
        (2, None, "NP-NVQS", (1.0, "level_met")),
        (2, "mason", None, None),
    )
] + [
    ({}, {"occupation": "mason", "framework": "NP-NVQS"}, None),
    ({}, {"occupation": "mason", "framework": "NP-NVQS", "level": 2}, (0.0, "level_missing")),
]

EDUCATION: list[Case] = [
    ({"education_level": held}, {"education_level": asked}, expected)
    for held, asked, expected in (
        ("secondary", "secondary", (1.0, "education_met")),
        ("bachelor", "primary", (1.0, "education_met")),
        ("lower_secondary", "secondary", (2 / 3, "education_short")),
        ("primary", "secondary", (1 / 3, "education_short")),
        ("none", "secondary", (0.0, "education_short")),
        ("none", "master", (0.0, "education_short")),
        (None, "secondary", None),
        ("secondary", None, None),
    )
]

LANGUAGES: list[Case] = [
    ({"languages": {"en": "working"}}, {"languages": {"en": "working"}}, (1.0, "languages_met")),
    ({"languages": {"en": "native"}}, {"languages": {"en": "basic"}}, (1.0, "languages_met")),
    ({"languages": {"en": "basic"}}, {"languages": {"en": "working"}}, (0.6 * 0.5, "languages_short")),
    ({"languages": {"ne": "native"}}, {"languages": {"en": "basic"}}, (0.0, "languages_short")),
    (
        {"languages": {"ne": "native", "en": "basic"}},
        {"languages": {"ne": "fluent", "en": "fluent", "ar": "basic", "hi": "basic"}},
        (0.6 * 1.5 / 4, "languages_short"),
    ),
    ({}, {"languages": {"en": "basic"}}, None),
    ({"languages": {"en": "basic"}}, {}, None),
]

PAY: list[Case] = [
    ({"expected_pay": Pay(*hoped)}, {"pay": Pay(*offered)}, expected)
    for hoped, offered, expected in (
        ((30_000, "NPR", "month"), (30_000, "NPR", "month"), (1.0, "pay_enough")),
        ((30_000, "NPR", "month"), (60_000, "NPR", "month"), (1.0, "pay_enough")),
        ((30_000, "NPR", "month"), (22_500, "NPR", "month"), (0.35, "pay_short")),
        ((30_000, "NPR", "month"), (29_999.999, "NPR", "month"), (0.7, "pay_short")),
        ((30_000, "NPR", "month"), (15_000, "NPR", "month"), (0.0, "pay_short")),
        ((30_000, "NPR", "month"), (3_000, "NPR", "month"), (0.0, "pay_short")),
        # 26 days, 208 hours, 4.333 weeks, a twelfth of a year are a month.
        ((26_000, "NPR", "month"), (1_000, "NPR", "day"), (1.0, "pay_enough")),
        ((20_800, "NPR", "month"), (75, "NPR", "hour"), (0.35, "pay_short")),
        ((43_330, "NPR", "month"), (10_000, "NPR", "week"), (1.0, "pay_enough")),
        ((10_000, "NPR", "month"), (90_000, "NPR", "year"), (0.35, "pay_short")),
        ((30_000, "NPR", "month"), (30_000, "INR", "month"), None),
        ((0, "NPR", "month"), (30_000, "NPR", "month"), None),
    )
] + [({}, {"pay": Pay(1, "NPR", "day")}, None), ({"expected_pay": Pay(1, "NPR", "day")}, {}, None)]

PLACE: list[Case] = [
    ({}, {"country": "NP", "province": "Bagmati", "district": "Chitwan"}, (1.0, "place_near")),
    ({}, {"district": "CHITWAN"}, (1.0, "place_near")),
    (
        {"work_districts": ("Kaski",)},
        {"country": "NP", "province": "Gandaki", "district": "Kaski"},
        (1.0, "place_near"),
    ),
    ({}, {"country": "NP", "province": "Bagmati", "district": "Lalitpur"}, (0.6, "place_province")),
    ({}, {"country": "NP", "province": "bagmati"}, (0.6, "place_province")),
    ({}, {"country": "NP", "province": "Koshi", "district": "Jhapa"}, (0.1, "place_far")),
    ({}, {"country": "NP", "province": "Koshi"}, (0.1, "place_far")),
    (
        {},
        {"country": "NP", "province": "Koshi", "district": "Jhapa", "accommodation": True},
        (0.5, "place_lodging"),
    ),
    (
        {},
        {"country": "NP", "province": "Koshi", "district": "Jhapa", "accommodation": False},
        (0.1, "place_far"),
    ),
    ({}, {"country": "NP"}, None),
    ({}, {}, None),
    ({"work_countries": frozenset({"NP", "QA"})}, {"country": "QA", "district": "Doha"}, None),
    ({"home_province": None}, {"country": "NP", "province": "Koshi"}, None),
    ({"home_province": None, "home_district": None}, {"country": "NP", "district": "Kaski"}, None),
]

WISH: list[Case] = [
    (
        {"wanted_occupations": ("mason",), "wanted_work": ("mason",)},
        {"occupation": wanted},
        expected,
    )
    for wanted, expected in (
        ("mason", (1.0, "wish_met")),
        ("block-layer", (0.85, "wish_met")),
        ("painter", (0.255, "wish_other")),
        ("nurse", (0.0, "wish_other")),
        (None, None),
    )
] + [({"wanted_work": ("something",)}, {"occupation": "mason"}, None)]

ASPIRATION: list[Case] = [
    ({"aspirations": frozenset({wish})}, given, expected)
    for wish, given, expected in (
        ("wage_work", {"contract": "wage_work"}, (1.0, "aspiration_met")),
        ("wage_work", {"contract": "seasonal"}, (1.0, "aspiration_met")),
        ("wage_work", {"contract": "public_works"}, (1.0, "aspiration_met")),
        ("wage_work", {"contract": "apprenticeship"}, (0.0, "aspiration_other")),
        ("training", {"contract": "apprenticeship"}, (1.0, "aspiration_met")),
        ("training", {"contract": "on_the_job_training"}, (1.0, "aspiration_met")),
        ("self_employment", {"contract": "self_employment"}, (1.0, "aspiration_met")),
        ("migrate_again", {"contract": "wage_work"}, (0.0, "aspiration_other")),
        ("migrate_again", {"contract": "wage_work", "country": "QA"}, (1.0, "aspiration_met")),
        ("wage_work", {"contract": "wage_work", "country": "QA"}, (0.0, "aspiration_other")),
        ("wage_work", {"contract": "wage_work", "country": "NP"}, (1.0, "aspiration_met")),
        ("wage_work", {}, None),
    )
] + [({}, {"contract": "wage_work"}, None)]

EXPERIENCE: list[Case] = [
    ({"jobs": jobs}, {"occupation": "mason", "experience_years": asked}, expected)
    for jobs, asked, expected in (
        ((job("m", "mason", 24),), 2.0, (1.0, "experience_enough")),
        ((job("m", "mason", 120),), 2.0, (1.0, "experience_enough")),
        ((job("m", "mason", 6),), 2.0, (0.7 * 0.25, "experience_short")),
        ((job("m", "mason", 6), job("b", "block-layer", 6)), 2.0, (0.7 * 0.5, "experience_short")),
        # A trade of the same minor group only does not count.
        ((job("m", "mason", 6), job("s", "stone-mason", 60)), 2.0, (0.7 * 0.25, "experience_short")),
        ((job("m", "mason", 6), job("m", "mason", None)), 2.0, (0.7 * 0.25, "experience_short")),
        ((job("m", "mason", None),), 2.0, None),
        ((job("c", "cook", 60),), 2.0, None),
        ((job("m", "mason", 24),), None, None),
        ((job("m", "mason", 24),), 0.0, None),
    )
] + [(MASON, {"experience_years": 2.0}, None)]

SKILL_LEVEL: list[Case] = [
    ({"jobs": jobs}, {"occupation": wanted}, expected)
    for jobs, wanted, expected in (
        # Mason 2, nurse 4, labourer 1 (ISCO-08 skill levels).
        ((job("m", "mason", 24),), "electrician", (1.0, "skill_level_kept")),
        ((job("m", "mason", 24),), "nurse", (0.0, "skill_level_above")),
        ((job("m", "mason", 24),), "labourer", (0.2, "skill_level_below")),
        ((job("n", "nurse", 24),), "cook", (0.2, "skill_level_below")),
        ((job("l", "labourer", 24),), "labourer", (1.0, "skill_level_kept")),
        ((job("l", "labourer", 24),), "mason", (0.85, "skill_level_next")),
        ((job("l", "labourer", 24),), "nurse", (0.0, "skill_level_above")),
        # A month as a mason raises nobody out of elementary work; an unknown length may.
        ((job("l", "labourer", 24), job("m", "mason", 1)), "labourer", (1.0, "skill_level_kept")),
        ((job("l", "labourer", 24), job("m", "mason", None)), "labourer", (0.2, "skill_level_below")),
        ((job("m", "mason", 11),), "labourer", None),
        ((job("m", "mason", 24),), None, None),
        ((job("helper"),), "mason", None),
    )
] + [
    # A degree lifts the level of who worked at all.
    (
        {"jobs": (job("d", "truck-driver", 24),), "education_level": "bachelor"},
        {"occupation": "nurse"},
        (1.0, "skill_level_kept"),
    ),
    ({"education_level": "bachelor"}, {"occupation": "nurse"}, None),
]

PROOF: list[Case] = [
    ({"jobs": (job("m", "mason", 24, evidence),)}, {"occupation": "mason"}, (weight, "proof"))
    for evidence, weight in features.EVIDENCE_WEIGHT.items()
] + [
    (
        {"jobs": (job("m", "mason"),), "credentials": (credential("block-layer", evidence=Evidence.RPL_ASSESSED),)},
        {"occupation": "mason"},
        (0.95, "proof"),
    ),
    (
        {
            "jobs": (job("m", "mason"),),
            "credentials": (credential("painter", evidence=Evidence.SIGNED_CREDENTIAL),),
        },
        {"occupation": "mason"},
        (0.70, "proof"),
    ),
    ({"jobs": (job("c", "cook"),)}, {"occupation": "mason"}, None),
    (MASON, {}, None),
    ({}, {"occupation": "mason"}, None),
]

TITLE: list[Case] = [
    ({"jobs": (job("steel fixer"),)}, {"title": "Steel fixer"}, (1.0, "title_overlap")),
    ({"jobs": (job("baker"),)}, {"title": "Steel fixer"}, (0.0, "no_shared_words")),
    ({"wanted_work": ("bakery",)}, {"title": "Bakery"}, (1.0, "title_overlap")),
    ({"jobs": (job("raj mistri", "mason"),)}, {"title": "Masons"}, (1.0, "title_overlap")),
    ({}, {"title": "Steel fixer"}, None),
    ({"jobs": (job("baker"),)}, {"title": "Urgent vacancy 2026"}, None),
]

TABLES: list[tuple[Callable[..., Signal | None], list[Case]]] = [
    (features.occupation, OCCUPATION),
    (features.essential_skills, ESSENTIAL),
    (features.wished_skills, WISHED),
    (features.usual_skills, USUAL),
    (features.level, LEVEL),
    (features.education, EDUCATION),
    (features.languages, LANGUAGES),
    (features.pay, PAY),
    (features.place, PLACE),
    (features.wish, WISH),
    (features.aspiration, ASPIRATION),
    (features.experience, EXPERIENCE),
    (features.skill_level, SKILL_LEVEL),
    (features.proof, PROOF),
    (features.title_overlap, TITLE),
]
CASES = [
    pytest.param(function, *case, id=f"{function.__name__}-{number}")
    for function, table in TABLES
    for number, case in enumerate(table)
]


@pytest.mark.parametrize(("feature", "who", "what", "expected"), CASES)
def test_table(
    feature: Callable[..., Signal | None],
    who: dict[str, Any],
    what: dict[str, Any],
    expected: tuple[float, str] | None,
) -> None:
    signal = feature(person(**who), vacancy(**what), 0.3)
    if expected is None:
        assert signal is None
    else:
        assert signal is not None
        assert (signal.value, signal.key) == (pytest.approx(expected[0], abs=1e-6), expected[1])


@pytest.mark.parametrize(
    ("cosine", "value"), [(-0.4, 0.0), (0.10, 0.0), (0.375, 0.5), (0.65, 1.0), (0.9, 1.0), (0.21, 0.2)]
)
def test_meaning_is_the_cosine_between_its_limits(cosine: float, value: float) -> None:
    signal = features.meaning(person(), vacancy(), cosine)
    assert signal is not None
    assert (signal.value, signal.key) == (pytest.approx(value), "meaning")


def test_a_text_that_the_model_could_not_read_says_nothing() -> None:
    assert features.meaning(person(), vacancy(), None) is None


def test_every_feature_of_the_ranker_has_a_table() -> None:
    assert {function.__name__ for function, _ in TABLES} | {"meaning"} == {f.name for f in VACANCY_RANKER.table}


def test_nothing_is_known_nothing_is_said() -> None:
    """A person and a vacancy without data: only the texts speak."""
    bare = person(home_province=None, home_district=None)
    given = {f.name for f in VACANCY_RANKER.table if f.function(bare, vacancy(title="Vacancy"), 0.3) is not None}
    assert given == {"meaning"}


def test_missing_data_of_the_person_alone_gives_no_signal() -> None:
    """A vacancy that asks for everything, a person of whom nothing is known but the home."""
    full = vacancy(
        title="Vacancy", occupation="mason", essential=["dig"], wished=["plaster"], experience_years=3.0,
        education_level="secondary", languages={"en": "basic"}, contract="wage_work", pay=Pay(1, "NPR", "day"),
    )  # fmt: skip
    given = {f.name for f in VACANCY_RANKER.table if f.function(person(), full, 0.3) is not None}
    assert given == {"meaning"}


@pytest.mark.parametrize(
    ("feature", "who", "what", "params"),
    [
        (
            features.occupation,
            {"jobs": (job("raj mistri", "mason", 40),)},
            {"occupation": "block-layer"},
            {"said": "raj mistri", "held": "Mason", "occupation": "Block layer", "months": 40},
        ),
        (
            features.essential_skills,
            {"skills": skills("dig"), "implied": {"plaster": "mason"}},
            {"essential": ["dig", "plaster", "megger"]},
            {"matched": ("dig",), "asked": 3},
        ),
        (
            features.languages,
            {"languages": {"ne": "native", "en": "basic"}},
            {"languages": {"ne": "fluent", "en": "fluent", "ar": "basic"}},
            {"matched": ("ne",), "missing": ("en", "ar")},
        ),
        (
            features.pay,
            {"expected_pay": Pay(30_000, "NPR", "month")},
            {"pay": Pay(900, "NPR", "day")},
            {
                "offered": 900,
                "offered_period": "day",
                "hoped": 30_000,
                "hoped_period": "month",
                "currency": "NPR",
            },
        ),
        (features.place, {}, {"province": "Koshi", "district": "Jhapa"}, {"where": "Jhapa"}),
        (
            features.experience,
            {"jobs": (job("m", "mason", 30),)},
            {"occupation": "mason", "experience_years": 5.0},
            {"years": 2.5, "asked": 5.0},
        ),
        (
            features.proof,
            {"jobs": (job("m", "mason", 30, Evidence.DOCUMENT_SEEN),)},
            {"occupation": "mason"},
            {"evidence": "document_seen"},
        ),
    ],
)
def test_the_evidence_of_a_feature(
    feature: Callable[..., Signal | None], who: dict[str, Any], what: dict[str, Any], params: dict[str, object]
) -> None:
    signal = feature(person(**who), vacancy(**what), 0.3)
    assert signal is not None
    assert dict(signal.params) == params


def test_of_equally_close_jobs_the_longest_is_named() -> None:
    held = (job("short", "mason", 3), job("long", "mason", 90), job("unknown", "mason"))
    signal = features.occupation(person(jobs=held), vacancy(occupation="mason"), 0.0)
    assert signal is not None
    assert signal.params["said"] == "long"


@pytest.mark.parametrize("title", ["Female cook", "Male cook", "Cook (ladies only)"])
def test_a_word_that_tells_sex_moves_no_feature(title: str) -> None:
    values = set()
    for held in ("female cook", "male cook", "ladies cook", "cook"):
        signal = features.title_overlap(person(jobs=(job(held),)), vacancy(title=title), 0.0)
        values.add(signal and signal.value)
    assert len(values) == 1


# --- random people and vacancies ---------------------------------------------------------------------

trades = st.sampled_from(TRADES)
codes = st.lists(st.sampled_from(SKILLS), max_size=5, unique=True)
pays = st.builds(
    Pay,
    st.floats(0, 1e6, allow_nan=False),
    st.sampled_from(["NPR", "INR"]),
    st.sampled_from(["hour", "day", "week", "month", "year"]),
)
spoken = st.dictionaries(st.sampled_from(["ne", "en", "ar"]), st.sampled_from(LANGUAGE_LEVELS))
titles = st.sampled_from(["mason", "raj mistri", "Steel fixer", "कुक", "cook urgent", "", "---", "driver 2"])
levels = st.none() | st.integers(0, 5)
frameworks = st.none() | st.sampled_from(["NP-NVQS", "BD-BNQF"])
evidences = st.sampled_from(list(Evidence))


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    held = {code: next(iter(skills(code, evidence=draw(evidences)).values())) for code in draw(codes)}
    return {
        "jobs": tuple(
            job(draw(titles), draw(st.none() | trades), draw(st.none() | st.integers(0, 400)), draw(evidences))
            for _ in range(draw(st.integers(0, 3)))
        ),
        "skills": held,
        "implied": {code: "mason" for code in draw(codes) if code not in held},
        "credentials": tuple(
            credential(
                draw(st.none() | trades), framework=draw(frameworks), level=draw(levels), evidence=draw(evidences)
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        "languages": draw(spoken),
        "licences": frozenset(draw(st.lists(st.sampled_from(LICENCES)))),
        "education_level": draw(st.none() | st.sampled_from(EDUCATION_LEVELS)),
        "aspirations": frozenset(
            draw(
                st.lists(st.sampled_from(["wage_work", "self_employment", "training", "migrate_again"]), max_size=2)
            )
        ),
        "wanted_work": tuple(draw(st.lists(titles, max_size=2))),
        "wanted_occupations": tuple(draw(st.lists(trades, max_size=2))),
        "work_districts": tuple(draw(st.lists(st.sampled_from(["Kaski", "Jhapa"]), max_size=2))),
        "home_province": draw(st.none() | st.just("Bagmati")),
        "home_district": draw(st.none() | st.just("Chitwan")),
        "expected_pay": draw(st.none() | pays),
    }


@st.composite
def offers(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "title": draw(titles),
        "occupation": draw(st.none() | trades),
        "essential": draw(codes),
        "wished": draw(codes),
        "experience_years": draw(st.none() | st.floats(0, 30)),
        "education_level": draw(st.none() | st.sampled_from(EDUCATION_LEVELS)),
        "languages": draw(spoken),
        "licences": draw(st.lists(st.sampled_from(LICENCES))),
        "framework": draw(frameworks),
        "level": draw(levels),
        "contract": draw(st.none() | st.sampled_from(["wage_work", "seasonal", "apprenticeship"])),
        "pay": draw(st.none() | pays),
        "accommodation": draw(st.none() | st.booleans()),
        "country": draw(st.none() | st.sampled_from(["NP", "QA"])),
        "province": draw(st.none() | st.sampled_from(["Bagmati", "Koshi"])),
        "district": draw(st.none() | st.sampled_from(["Chitwan", "Jhapa", "Kaski"])),
    }


@settings(max_examples=40, deadline=None)
@given(people(), offers(), st.floats(-1, 1))
def test_values_lie_between_0_and_1_and_repeat(who: dict[str, Any], what: dict[str, Any], cosine: float) -> None:
    for feature in VACANCY_RANKER.table:
        first = feature.function(person(**who), vacancy(**what), cosine)
        assert first == feature.function(person(**who), vacancy(**what), cosine)
        assert first is None or 0.0 <= first.value <= 1.0
