"""From gaps to courses on tables: what is missing, which course closes it, and which course comes first."""

from __future__ import annotations

from typing import Any

import pytest
from matching_cases import course, credential, job, person, skills, vacancy

from matching.gaps import Gap, GapKind, NearMiss, closes, find_gaps, may_take, rank_courses, unlocks
from matching.market import CourseView, VacancyView
from profiling.models import Evidence
from profiling.passport import Pay

MASON = {"jobs": (job("mason", "mason", 60),), "skills": skills("lay-bricks"), "implied": {"plaster": "mason"}}


@pytest.mark.parametrize(
    ("who", "what", "expected"),
    [
        (MASON, {"essential": ["lay-bricks"]}, []),
        (MASON, {"essential": ["megger"]}, [("skill", "megger")]),
        (MASON, {"essential": ["plaster"]}, [("unconfirmed", "plaster")]),
        (MASON, {"essential": ["plaster", "megger"]}, [("unconfirmed", "plaster"), ("skill", "megger")]),
        # What is only wished for is no gap.
        (MASON, {"wished": ["megger"]}, []),
        # Of a person of whom no skill is known, none is missing.
        ({}, {"essential": ["megger"]}, []),
        ({}, {"licences": ["forklift"]}, [("licence", "forklift")]),
        ({"licences": frozenset({"forklift"})}, {"licences": ["forklift"]}, []),
        (
            {},
            {"licences": ["light-vehicle", "forklift"]},
            [("licence", "forklift"), ("licence", "light-vehicle")],
        ),
        ({}, {"framework": "NP-NVQS", "level": 2, "occupation": "mason"}, [("level", "NP-NVQS")]),
        (
            {"credentials": (credential("mason", framework="NP-NVQS", level=2),)},
            {"framework": "NP-NVQS", "level": 2, "occupation": "mason"},
            [],
        ),
        (
            {"credentials": (credential("mason", framework="NP-NVQS", level=1),)},
            {"framework": "NP-NVQS", "level": 2, "occupation": "mason"},
            [("level", "NP-NVQS")],
        ),
        (
            {"credentials": (credential("cook", framework="NP-NVQS", level=4),)},
            {"framework": "NP-NVQS", "level": 2, "occupation": "mason"},
            [("level", "NP-NVQS")],
        ),
        ({"education_level": "primary"}, {"education_level": "secondary"}, [("education", "secondary")]),
        ({"education_level": "bachelor"}, {"education_level": "secondary"}, []),
        ({}, {"education_level": "secondary"}, []),
        (
            {"languages": {"en": "basic"}},
            {"languages": {"en": "working", "ar": "basic"}},
            [("language", "en"), ("language", "ar")],
        ),
        ({"languages": {"en": "native"}}, {"languages": {"en": "working"}}, []),
        ({}, {"languages": {"en": "working"}}, []),
    ],
)
def test_find_gaps(who: dict[str, Any], what: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(gap.kind.value, gap.code) for gap in find_gaps(person(**who), vacancy(**what))] == expected


def test_a_gap_carries_the_words_of_the_vacancy() -> None:
    view = vacancy(essential={"megger": "insulation test"}, framework="NP-NVQS", level=2)
    assert find_gaps(person(**MASON), view) == [
        Gap(GapKind.SKILL, "megger", "insulation test"),
        Gap(GapKind.LEVEL, "NP-NVQS", "NP-NVQS 2", 2),
    ]


SKILL = Gap(GapKind.SKILL, "megger", "")
UNSAID = Gap(GapKind.UNCONFIRMED, "plaster", "")
LEVEL_2 = Gap(GapKind.LEVEL, "NP-NVQS", "", 2)
LIGHT, HEAVY = Gap(GapKind.LICENCE, "light-vehicle", ""), Gap(GapKind.LICENCE, "heavy-vehicle", "")
NVQS_2 = {"framework": "NP-NVQS", "level": 2, "occupation": "mason"}


@pytest.mark.parametrize(
    ("what", "gap", "closed"),
    [
        ({"teaches": ["megger"]}, SKILL, True),
        ({"teaches": ["plaster"]}, SKILL, False),
        ({"kind": "bridging", "teaches": ["megger"]}, SKILL, True),
        # An assessment teaches nothing.
        ({"kind": "rpl", "teaches": ["megger"], "occupation": "electrician"}, SKILL, False),
        ({"kind": "rpl", "teaches": ["plaster"]}, UNSAID, True),
        ({"kind": "rpl", "occupation": "mason"}, UNSAID, True),
        ({"kind": "rpl", "occupation": "painter"}, UNSAID, False),
        ({"teaches": ["plaster"]}, UNSAID, True),
        ({"occupation": "mason"}, UNSAID, False),
        (NVQS_2, LEVEL_2, True),
        ({**NVQS_2, "kind": "rpl"}, LEVEL_2, True),
        ({**NVQS_2, "level": 3}, LEVEL_2, True),
        ({**NVQS_2, "level": 1}, LEVEL_2, False),
        ({**NVQS_2, "level": None}, LEVEL_2, False),
        ({**NVQS_2, "framework": "BD-BNQF"}, LEVEL_2, False),
        ({**NVQS_2, "occupation": "block-layer"}, LEVEL_2, True),
        ({**NVQS_2, "occupation": "stone-mason"}, LEVEL_2, False),
        ({**NVQS_2, "occupation": None}, LEVEL_2, False),
        ({"licence": "light-vehicle"}, LIGHT, True),
        ({"licence": "heavy-vehicle"}, LIGHT, True),
        ({"licence": "heavy-vehicle"}, HEAVY, True),
        ({"licence": "light-vehicle"}, HEAVY, False),
        ({"licence": "forklift"}, LIGHT, False),
        ({"teaches": ["drive-truck"]}, HEAVY, False),
        ({"teaches": ["megger"]}, Gap(GapKind.EDUCATION, "secondary", ""), False),
        ({"teaches": ["megger"]}, Gap(GapKind.LANGUAGE, "en", ""), False),
    ],
)
def test_closes(what: dict[str, Any], gap: Gap, closed: bool) -> None:
    assert closes(person(**MASON), course(**what), vacancy(occupation="mason"), gap) is closed


@pytest.mark.parametrize(
    ("who", "what", "allowed"),
    [
        (MASON, {"teaches": ["megger"]}, True),
        (MASON, {"teaches": ["megger"], "country": "NP"}, True),
        (MASON, {"teaches": ["megger"], "country": "BD"}, False),
        ({**MASON, "work_countries": frozenset({"NP", "QA"})}, {"teaches": ["megger"], "country": "QA"}, False),
        (MASON, {"kind": "rpl", "occupation": "mason"}, True),
        (MASON, {"kind": "rpl", "occupation": "block-layer"}, True),
        (MASON, {"kind": "rpl", "occupation": "stone-mason"}, False),
        (MASON, {"kind": "rpl", "occupation": "cook"}, False),
        (MASON, {"kind": "rpl"}, False),
        (MASON, {"kind": "rpl", "occupation": "mason", "country": "BD"}, False),
        ({"wanted_occupations": ("cook",)}, {"kind": "rpl", "occupation": "cook"}, False),
        (
            {**MASON, "not_wanted_occupations": ("cook",)},
            {"occupation": "cook", "teaches": ["cook-rice"]},
            False,
        ),
        (MASON, {"teaches": ["lay-bricks"]}, False),
        (MASON, {"teaches": ["lay-bricks"], "licence": "forklift"}, True),
        (
            {**MASON, "licences": frozenset({"forklift"})},
            {"teaches": ["lay-bricks"], "licence": "forklift"},
            False,
        ),
    ],
)
def test_may_take(who: dict[str, Any], what: dict[str, Any], allowed: bool) -> None:
    assert may_take(person(**who), course(**what)) is allowed


def test_a_course_that_gives_the_missing_level_may_be_taken() -> None:
    """All its skills are known, but its certificate is of the level that vacancies ask for."""
    assert may_take(person(**MASON), course(teaches=["lay-bricks"], **NVQS_2))


def test_a_course_in_an_unwanted_kind_of_work_is_not_offered() -> None:
    """Who refuses work as a block layer is not offered vacancies as a mason (same unit group), nor courses."""
    who = person(skills=skills("dig"), not_wanted_occupations=("block-layer",))
    assert not may_take(who, course(occupation="mason", teaches=["plaster"]))


def misses(who: dict[str, Any], *views: VacancyView, fit: float = 0.8) -> list[NearMiss]:
    return [NearMiss(view, fit, tuple(find_gaps(person(**who), view))) for view in views]


def test_an_unlock_names_the_vacancies_and_the_gaps() -> None:
    wiring = vacancy("whole", title="Wireman", essential=["megger"])
    both = vacancy("part", title="Electrician", essential=["megger", "wire-house"])
    other = vacancy("other", title="Cook", essential=["cook-rice"])
    found = unlocks(person(**MASON), course(teaches=["megger"]), misses(MASON, both, wiring, other))
    assert [(unlock.vacancy.ref, unlock.whole, [gap.code for gap in unlock.closed]) for unlock in found] == [
        ("whole", True, ["megger"]),
        ("part", False, ["megger"]),
    ]


def test_unlocks_stand_by_fit() -> None:
    views = [vacancy(f"V-{at}", essential=["megger"]) for at in range(3)]
    near = [NearMiss(view, fit, (SKILL,)) for view, fit in zip(views, (0.6, 0.9, 0.7), strict=True)]
    found = unlocks(person(**MASON), course(teaches=["megger"]), near)
    assert [unlock.fit for unlock in found] == [0.9, 0.7, 0.6]


def ranked(who: dict[str, Any], offers: list[CourseView], near: list[NearMiss], count: int = 10) -> list[str]:
    return [option.course.title for option, _ in rank_courses(person(**who), offers, near, count)]


def test_a_whole_unlock_beats_a_partial_one() -> None:
    near = misses(
        MASON,
        vacancy("A", essential=["megger"], occupation="electrician"),
        vacancy("B", essential=["cook-rice", "hygiene"], occupation="cook"),
    )
    offers = [
        course("part", teaches=["hygiene"]),
        course("whole", teaches=["megger"]),
        course("nothing", teaches=["paint-walls"]),
    ]
    assert ranked(MASON, offers, near) == ["whole", "part"]


def test_a_course_that_opens_more_vacancies_comes_first() -> None:
    near = misses(
        MASON, *(vacancy(f"A-{at}", essential=["megger"]) for at in range(3)), vacancy("B", essential=["hygiene"])
    )
    offers = [course("one", teaches=["hygiene"]), course("three", teaches=["megger"])]
    assert ranked(MASON, offers, near) == ["three", "one"]
    assert ranked(MASON, offers, near, count=1) == ["three"]
    assert ranked(MASON, offers, near, count=0) == []


def test_the_licence_course_opens_the_drivers_vacancy() -> None:
    near = misses({}, vacancy("D", licences=["light-vehicle"], occupation="truck-driver"))
    offers = [
        course("forklift", licence="forklift"),
        course("truck", licence="heavy-vehicle"),
        course("abroad", licence="light-vehicle", country="IN"),
    ]
    assert ranked({}, offers, near) == ["truck"]


def test_recognition_comes_before_a_course_for_what_is_only_unsaid() -> None:
    """A mason of five years who never mentioned plastering needs an assessment, no lessons."""
    near = misses(MASON, vacancy("P", essential=["plaster"], occupation="mason"))
    offers = [
        course("lessons", occupation="mason", teaches=["plaster"]),
        course("assessment", kind="rpl", occupation="mason", teaches=["plaster"]),
    ]
    assert ranked(MASON, offers, near) == ["assessment", "lessons"]


def test_the_parts_of_a_course_score_and_its_reasons() -> None:
    who = {**MASON, "expected_pay": Pay(30_000, "NPR", "month")}
    near = misses(who, vacancy("A", title="Wireman", essential=["megger"]))
    offer = course(
        teaches=["megger", "wire-house"], weeks=8.0, cost=15_000.0, cost_currency="NPR", province="Bagmati",
        district="Chitwan", occupation="electrician",
    )  # fmt: skip
    [(option, scored)] = rank_courses(person(**who), [offer], near, 5)
    values = {part.feature: (round(part.signal.value, 3), part.signal.key) for part in scored.contributions}
    # One vacancy of fit .8 opened wholly: 1 - exp(-.8 / 1.5). Mason to electrician: .1 of ISCO times .85.
    assert values == {
        "opening": (0.413, "opens_vacancies"),
        "course_trade": (0.085, "course_new_trade"),
        "focus": (0.5, "course_focus"),
        "duration": (0.5, "weeks"),
        "cost": (0.667, "cost"),
        "course_place": (1.0, "place_near"),
    }
    [opening] = [part for part in scored.contributions if part.feature == "opening"]
    assert dict(opening.signal.params) == {"count": 1, "titles": ("Wireman",), "nearer": 0}
    assert option.opens[0].whole


@pytest.mark.parametrize(
    ("who", "what", "feature", "expected"),
    [
        (MASON, {"kind": "rpl", "occupation": "mason"}, "recognition", (1.0, "gives_proof")),
        (
            {**MASON, "credentials": (credential("mason", evidence=Evidence.RPL_ASSESSED),)},
            {"kind": "rpl", "occupation": "mason"},
            "recognition",
            (0.0, "has_proof"),
        ),
        (MASON, {"occupation": "mason", "teaches": ["plaster"]}, "recognition", None),
        (MASON, {"occupation": "mason", "teaches": ["plaster"], "cost": 0.0}, "cost", (1.0, "free")),
        (MASON, {"occupation": "mason", "teaches": ["plaster"], "cost": 5.0}, "cost", None),
        (MASON, {"occupation": "mason", "teaches": ["plaster"]}, "duration", None),
        (MASON, {"occupation": "mason", "teaches": ["plaster"]}, "course_place", None),
        (
            MASON,
            {"occupation": "mason", "teaches": ["plaster"], "province": "Koshi", "district": "Jhapa"},
            "course_place",
            (0.1, "place_far"),
        ),
        (
            MASON,
            {
                "occupation": "mason",
                "teaches": ["plaster"],
                "province": "Koshi",
                "district": "Jhapa",
                "lodging": True,
            },
            "course_place",
            (0.5, "place_lodging"),
        ),
        (MASON, {"occupation": "mason", "teaches": ["plaster"]}, "course_trade", (1.0, "course_builds")),
        (
            {"wanted_occupations": ("cook",)},
            {"occupation": "cook", "teaches": ["hygiene"]},
            "course_trade",
            (1.0, "course_wish"),
        ),
        (MASON, {"occupation": "mason", "teaches": ["plaster"]}, "opening", (0.0, "opens_none")),
    ],
)
def test_course_features(
    who: dict[str, Any], what: dict[str, Any], feature: str, expected: tuple[float, str] | None
) -> None:
    [(_, scored)] = rank_courses(person(**who), [course(**what)], [], 5)
    found = {part.feature: (part.signal.value, part.signal.key) for part in scored.contributions}
    assert found.get(feature) == (expected and (pytest.approx(expected[0]), expected[1]))


def test_equal_courses_stand_by_id() -> None:
    offers = [course(f"C-{at}", occupation="mason", teaches=["plaster"]) for at in range(6)]
    wanted = [offer.title for offer in sorted(offers, key=lambda offer: str(offer.id))]
    assert ranked(MASON, offers, []) == wanted
    assert ranked(MASON, offers[::-1], []) == wanted
