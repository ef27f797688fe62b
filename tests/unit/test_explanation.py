"""Reasons, matched words and questions as keys with parameters."""

from __future__ import annotations

from typing import Any

import pytest
from matching_cases import job, person, skills, vacancy

from matching.explanation import matched_skills, questions, reasons
from matching.gaps import find_gaps
from matching.market import VacancyView
from matching.ranking import VACANCY_RANKER
from profiling.models import Evidence
from profiling.passport import HeldSkill, Pay

MASON: dict[str, Any] = {"jobs": (job("mason", "mason", 60),), "implied": {"plaster": "mason"}}


def test_reasons_stand_by_weight_and_keep_their_amounts() -> None:
    scored = VACANCY_RANKER.score(person(**MASON), vacancy(occupation="mason", country="NP", district="X"), 0.2)
    found = reasons(scored)
    assert [abs(reason.amount) for reason in found] == sorted((abs(r.amount) for r in found), reverse=True)
    assert {(r.feature, r.amount) for r in found} == {(p.feature, p.amount) for p in scored.contributions}
    assert found[0].key == "same_occupation"
    assert found[0].amount == pytest.approx(2.0 * 0.65)


def test_matched_skills_show_both_sides_words() -> None:
    held = {
        **skills("mix-mortar"),
        "plaster": HeldSkill("plaster", Evidence.RPL_ASSESSED, "did plaster work", "credential:1"),
        "dig": HeldSkill("dig", Evidence.SIGNED_CREDENTIAL, "digging"),
    }
    view = vacancy(essential={"mix-mortar": "mortar", "plaster": "plastering", "megger": "test"}, wished=["dig"])
    found = [
        (m.code, m.said, m.asked, m.evidence, m.evidence_source, m.essential, m.label)
        for m in matched_skills(person(skills=held), view)
    ]
    assert found == [
        ("plaster", "did plaster work", "plastering", Evidence.RPL_ASSESSED, "credential:1", True, "Plaster"),
        ("mix-mortar", "my mix-mortar", "mortar", Evidence.DECLARED, None, True, "Mix mortar"),
        ("dig", "digging", "asked dig", Evidence.SIGNED_CREDENTIAL, None, False, "Dig"),
    ]


def asked(who: dict[str, Any], *views: VacancyView) -> list[tuple[str, dict[str, object], int]]:
    seeker = person(**who)
    found = questions(seeker, [(view, find_gaps(seeker, view)) for view in views])
    return [(question.key, dict(question.params), question.vacancies) for question in found]


KNOWN: dict[str, Any] = {"skills": skills("dig")}


@pytest.mark.parametrize(
    ("who", "what", "expected"),
    [
        (MASON, {"essential": ["plaster"]}, [("ask_skill", {"skill": "Plaster", "trade": "Mason"}, 1)]),
        (KNOWN, {"licences": ["forklift"]}, [("ask_licence", {"licence": "Forklift permit"}, 1)]),
        (KNOWN, {"languages": {"en": "basic"}}, [("ask_languages", {}, 1)]),
        ({**KNOWN, "languages": {"ne": "native"}}, {"languages": {"en": "basic"}}, []),
        (KNOWN, {"education_level": "primary"}, [("ask_education", {}, 1)]),
        ({**KNOWN, "education_level": "none"}, {"education_level": "primary"}, []),
        ({**KNOWN, "jobs": (job("x"),)}, {"experience_years": 2.0}, [("ask_dates", {}, 1)]),
        ({**KNOWN, "jobs": (job("x", None, 3),)}, {"experience_years": 2.0}, []),
        (KNOWN, {"pay": Pay(1, "NPR", "day")}, [("ask_pay", {}, 1)]),
        ({}, {}, [("ask_work", {}, 1)]),
        (KNOWN, {"essential": ["megger"]}, []),
    ],
)
def test_questions(who: dict[str, Any], what: dict[str, Any], expected: list[Any]) -> None:
    assert asked(who, vacancy(**what)) == expected


def test_the_three_questions_that_touch_most_vacancies() -> None:
    views = [vacancy("1", languages={"en": "basic"}, education_level="primary", pay=Pay(1, "NPR", "day"))]
    views += [vacancy("2", education_level="primary", licences=["forklift"], pay=Pay(1, "NPR", "day"))]
    views += [vacancy("3", education_level="primary"), vacancy("4")]
    assert [(key, count) for key, _, count in asked(KNOWN, *views)] == [
        ("ask_education", 3),
        ("ask_pay", 2),
        ("ask_languages", 1),
    ]
