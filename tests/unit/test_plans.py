"""Plans on small cases worked out by hand, and what must hold of every plan, on random ones."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cases import (
    DIMENSIONS,
    LICENCES,
    TODAY,
    course,
    credential,
    job,
    market,
    person,
    skills,
    vacancy,
)

from matching.gaps import find_gaps
from matching.market import CourseView, VacancyView
from matching.people import Person
from matching.plans import Limits, Plan, as_step, kilometres, plans, total_cost, total_weeks
from matching.prospects import Prospect, Reachable, after, prospects, reachable, suits
from matching.ranking import VACANCY_RANKER
from matching.retrieval import barriers
from matching.unlocking import CaseloadUnlocks, unlock_most
from profiling.errors import InputError
from profiling.models import Evidence

MASON: dict[str, Any] = {
    "jobs": (job("mason", "mason", 60),), "skills": skills("lay-bricks", "mix-mortar"),
    "implied": {"plaster": "mason"},
}  # fmt: skip
NVQS_2: dict[str, Any] = {"framework": "NP-NVQS", "level": 2}
RPL = course("rpl", kind="rpl", occupation="mason", weeks=1, cost=1500, cost_currency="NPR", country="NP", **NVQS_2)
HEIGHTS = course(
    "paint", kind="bridging", occupation="mason", teaches=["paint-walls"], weeks=2, cost=0, country="NP"
)
MASONS_POST: dict[str, Any] = {"title": "Mason", "occupation": "mason", "country": "NP"}


def seen(who: Person, *views: VacancyView) -> tuple[Reachable, ...]:
    """The vacancies as they are within reach of somebody, in a market of these alone."""
    vectors = np.tile(np.eye(1, DIMENSIONS, dtype=np.float32), (len(views), 1))
    return reachable(who, market(views, vectors), TODAY)


def score(who: Person, view: VacancyView) -> float:
    return VACANCY_RANKER.score(who, view, 1.0).score


def names(found: list[Plan]) -> list[tuple[list[str], list[str]]]:
    return [([s.course.title for s in plan.steps], [j.vacancy.ref for j in plan.jobs]) for plan in found]


# --- the person as they would be ----------------------------------------------------------------


def test_a_course_gives_skills_as_declared_a_licence_and_a_certificate() -> None:
    taught = course(
        teaches=["paint-walls", "lay-bricks"], licence="heavy-vehicle", occupation="mason", framework="F", level=3
    )
    who = person(**{**MASON, "skills": skills("lay-bricks", evidence=Evidence.REFERENCE_CONFIRMED)})
    then = after(who, taught).profile
    held = {code: claim.evidence for code, claim in then.skills.items()}
    assert held == {"lay-bricks": Evidence.REFERENCE_CONFIRMED, "paint-walls": Evidence.DECLARED}
    assert then.licences == {"heavy-vehicle", "light-vehicle"}
    assert [(c.occupation, c.framework, c.level, c.evidence) for c in then.credentials] == [
        ("mason", "F", 3, Evidence.DOCUMENT_SEEN)
    ]
    assert then.implied == {"plaster": "mason"}
    assert who.profile.credentials == ()


def test_an_assessment_confirms_what_is_told_or_usual_and_teaches_nothing() -> None:
    assessed = replace(RPL, teaches={"megger": "test insulation", "dig": "dig"})
    who = person(**{**MASON, "skills": skills("lay-bricks", "dig", "hygiene")})
    then = after(who, assessed).profile
    held = {code: claim.evidence.name for code, claim in then.skills.items()}
    assert held == {
        "lay-bricks": "RPL_ASSESSED", "dig": "RPL_ASSESSED", "hygiene": "DECLARED", "plaster": "RPL_ASSESSED",
    }  # fmt: skip
    assert then.implied == {}
    assert then.credentials[0].evidence is Evidence.RPL_ASSESSED


def test_a_course_without_a_level_gives_no_certificate() -> None:
    assert after(person(**MASON), HEIGHTS).profile.credentials == ()


# --- scores, worked out by hand ----------------------------------------------------------------


def test_the_gain_of_a_level_is_its_weight_and_that_of_the_proof() -> None:
    view = vacancy(**MASONS_POST, **NVQS_2, essential=["lay-bricks"])
    who = person(**MASON)
    (found,) = prospects(who, [RPL], seen(who, view))
    (opening,) = found.opens
    weight = {feature.name: feature.weight for feature in VACANCY_RANKER.table}
    # The level from 0 to 1; the proof of the trade and lay-bricks from declared (.70) to RPL assessed (.95). Usual
    # skills, of three: two declared and one implied (.45) become three assessed.
    rise = weight["level"] + 0.25 * (weight["proof"] + weight["essential_skills"])
    rise += weight["usual_skills"] * (3 * 0.95 - 2 * 0.70 - 0.45) / 3
    before = math.log(opening.before / (1 - opening.before))
    assert math.log(opening.after / (1 - opening.after)) == pytest.approx(before + rise, abs=1e-9)
    assert opening.before == pytest.approx(score(who, view), abs=1e-12)
    assert found.gain == pytest.approx(opening.after - opening.before, abs=1e-12)
    assert [(gap.kind, gap.code) for gap in opening.closed] == [("level", "NP-NVQS")]


def test_a_missing_licence_counts_as_no_chance_at_all_before() -> None:
    driver = person(jobs=(job("driver", "truck-driver", 60),), skills=skills("drive-truck"))
    view = vacancy(title="Truck driver", occupation="truck-driver", licences=["heavy-vehicle"], country="NP")
    taught = course(teaches=["drive-truck"], licence="heavy-vehicle", occupation="truck-driver", country="NP")
    (found,) = prospects(driver, [taught], seen(driver, view))
    (opening,) = found.opens
    assert opening.barred
    assert opening.before == pytest.approx(opening.after)
    assert found.gain == pytest.approx(opening.after)
    assert found.gain > 0.8


PAINT: dict[str, Any] = {"occupation": "mason", "teaches": ["paint-walls"]}


@pytest.mark.parametrize(
    ("taught", "asked", "listed"),
    [
        # A general skill learned on a course of another trade is no way to this post.
        ({"occupation": "labourer", "teaches": ["paint-walls"]}, {"essential": ["paint-walls"]}, False),
        ({**PAINT, "kind": "bridging"}, {"essential": ["paint-walls"]}, True),
        # A course of no trade teaches what is usual in several trades (hygiene), and no trade's own skill.
        ({"teaches": ["hygiene"], "kind": "soft_skills"}, {"essential": ["hygiene"]}, True),
        ({"teaches": ["megger"], "kind": "soft_skills"}, {"essential": ["megger"]}, False),
        # What is merely unsaid needs a question.
        ({"occupation": "mason", "teaches": ["plaster"], "kind": "bridging"}, {"essential": ["plaster"]}, False),
        ({"occupation": "mason", "kind": "rpl"}, {"essential": ["plaster"]}, True),
        # Nobody sends a mason of five years on a mason's apprenticeship.
        ({**PAINT, "kind": "apprenticeship"}, {"essential": ["paint-walls"]}, False),
        (PAINT, {"essential": ["paint-walls"]}, False),
        # Nor abroad.
        ({"occupation": "mason", "kind": "rpl", "country": "BD"}, {"essential": ["plaster"]}, False),
    ],
)  # fmt: skip
def test_what_is_listed(taught: dict[str, Any], asked: dict[str, Any], listed: bool) -> None:
    who = person(**MASON)
    within = seen(who, vacancy(**MASONS_POST, **asked))
    assert within
    found = prospects(who, [course(**{"country": "NP", **taught})], within)
    assert bool(found) is listed


def test_somebody_of_whom_nothing_is_known_loses_nothing_by_learning() -> None:
    who = person(jobs=(job("driver", "truck-driver", 60),))
    view = vacancy(
        title="Truck driver", occupation="truck-driver", country="NP", licences=["heavy-vehicle"],
        essential=["hygiene", "dig", "megger", "plaster"],
    )  # fmt: skip
    taught = course(teaches=["first-aid"], licence="heavy-vehicle", occupation="truck-driver", country="NP")
    assert score(after(who, taught), view) < score(who, view)
    (found,) = prospects(who, [taught], seen(who, view))
    assert found.opens == ()
    assert [one.after for one in found.nearer] == [pytest.approx(score(who, view))]


# --- plans --------------------------------------------------------------------------------------


def test_an_assessment_and_a_course_open_together_what_neither_opens_alone() -> None:
    who = person(**MASON)
    view = vacancy("V-both", **MASONS_POST, **NVQS_2, essential=["lay-bricks", "paint-walls"])
    (plan,) = plans(who, [HEIGHTS, RPL], seen(who, view), TODAY)
    assert names([plan]) == [(["rpl", "paint"], ["V-both"])]
    assert (plan.weeks, plan.cost, plan.currency, plan.repeats) == (3, 1500, "NPR", False)
    (opening,) = plan.jobs
    assert opening.after == pytest.approx(score(after(after(who, RPL), HEIGHTS), view), abs=1e-12)
    assert plan.gain == pytest.approx(opening.after - opening.before, abs=1e-12)


def test_no_step_is_taken_that_adds_nothing() -> None:
    who = person(**MASON)
    view = vacancy(**MASONS_POST, essential=["paint-walls"])
    assert names(plans(who, [HEIGHTS, RPL], seen(who, view), TODAY)) == [(["paint"], ["V-1"])]


def test_the_assessment_comes_before_a_dearer_and_before_a_cheaper_course_that_gives_the_same() -> None:
    newcomer = person(**{**MASON, "jobs": (job("mason", "mason", 12),)})
    free = course("school", occupation="mason", cost=0, weeks=13, country="NP", teaches=["lay-bricks"], **NVQS_2)
    within = seen(newcomer, vacancy(**MASONS_POST, **NVQS_2))
    found = plans(newcomer, [free, RPL], within, TODAY)
    assert names(found) == [(["rpl"], ["V-1"]), (["school"], ["V-1"])]
    assert [plan.repeats for plan in found] == [False, True]
    # Where money forbids the assessment, the course repeats nothing.
    poor = plans(newcomer, [free, RPL], within, TODAY, Limits(money=0, currency="NPR"))
    assert [(s[0], plan.repeats) for (s, _), plan in zip(names(poor), poor, strict=True)] == [("school", False)]


def test_the_cheapest_comes_first_then_the_shortest_and_what_is_not_known_last() -> None:
    who = person(**MASON)
    offers = {"dear": (900, 1), "unknown": (None, 1), "long": (0, 4), "short": (0, 2), "unsure": (0, None)}
    courses = [
        replace(course(name, kind="bridging", occupation="mason", teaches=["paint-walls"], country="NP"),
                cost=cost, weeks=weeks, cost_currency="NPR")
        for name, (cost, weeks) in offers.items()
    ]  # fmt: skip
    within = seen(who, vacancy(**MASONS_POST, essential=["paint-walls"]))

    def order(limits: Limits | None = None) -> list[str]:
        return [steps[0] for steps, _ in names(plans(who, courses, within, TODAY, limits, 9))]

    assert order() == ["short", "long", "unsure", "dear", "unknown"]
    assert order(Limits(weeks=2)) == ["short", "dear", "unknown"]
    assert order(Limits(weeks=2, unknown=True)) == ["short", "unsure", "dear", "unknown"]
    assert order(Limits(money=899, currency="NPR")) == ["short", "long", "unsure"]
    # Other money cannot be compared.
    assert order(Limits(money=10**6, currency="BDT")) == ["short", "long", "unsure"]
    assert order(Limits(weeks=0)) == []
    assert [s[0] for s, _ in names(plans(who, courses, within, TODAY, None, 2))] == ["short", "long"]


@pytest.mark.parametrize("given_", [{"weeks": -1}, {"money": -1, "currency": "NPR"}, {"money": 5}])
def test_a_limit_that_says_nothing_is_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Limits(**given_)


def test_sums_are_known_only_when_every_part_is() -> None:
    one, free = course(weeks=2, cost=10, cost_currency="NPR"), course(weeks=1, cost=0)
    assert (total_weeks([one, free]), total_cost([one, free])) == (3, (10, "NPR"))
    assert total_weeks([one, course()]) is None
    assert total_cost([one, course()]) == (None, None)
    assert total_cost([one, course(cost=1, cost_currency="BDT")]) == (None, None)
    assert total_cost([course(cost=1)]) == (None, None)


# --- intakes and distance ----------------------------------------------------------------------


def test_the_course_begins_after_the_assessment_is_over_and_a_job_may_close_before() -> None:
    who = person(**MASON)
    rpl = replace(RPL, intakes=("2026-12-01",))
    taught = replace(HEIGHTS, intakes=("2026-12-05", "2027-01-10"))
    view = vacancy(
        **MASONS_POST, **NVQS_2, essential=["lay-bricks", "paint-walls"], closes_on=date(2027, 1, 23)
    )  # fmt: skip
    (plan,) = plans(who, [rpl, taught], seen(who, view), TODAY)
    assert [step.intake for step in plan.steps] == ["2026-12-01", "2027-01-10"]
    assert plan.earliest == date(2027, 1, 24)
    assert plan.late(plan.jobs[0])
    assert not plan.late(replace(plan.jobs[0], vacancy=replace(view, closes_on=plan.earliest)))
    assert not plan.late(replace(plan.jobs[0], vacancy=replace(view, closes_on=None)))


@pytest.mark.parametrize(
    ("told", "intake"),
    [
        ({"intakes": ("2026-01", "2027-02")}, "2027-02"),
        ({"intakes": ("2026-01",), "next_intake": "2027-05"}, None),
        ({"next_intake": "2027-05"}, "2027-05"),
        ({"next_intake": "2026-05"}, None),
        ({}, None),
    ],
)
def test_the_next_intake_of_a_step(told: dict[str, Any], intake: str | None) -> None:
    assert as_step(person(), course(**told), TODAY).intake == intake


@pytest.mark.parametrize(
    ("district", "country", "low", "high"),
    [("Chitwan", "NP", 0, 0), ("Kathmandu", "NP", 60, 110), ("Nowhere at all", "NP", None, None),
     (None, "NP", None, None), ("Kathmandu", None, None, None)],
)  # fmt: skip
def test_kilometres_from_chitwan(
    district: str | None, country: str | None, low: float | None, high: float | None
) -> None:
    found = kilometres(person(), course(district=district, country=country))
    assert (found is None) if low is None or high is None or found is None else (low <= found <= high)


# --- a caseload --------------------------------------------------------------------------------


def prospect(title: str, gain: float) -> Prospect:
    return Prospect(course(title), (), (), gain, None)


def test_a_caseload_is_added_up_and_small_counts_are_hidden() -> None:
    people = [[prospect("A", 0.5), prospect("B", 9.0)]] * 4 + [[prospect("A", 0.25)]]
    found = unlock_most(people)
    assert found.people == 5
    assert [(one.course.title, one.people, one.gain, one.vacancies) for one in found.options] == [
        ("A", 5, 2.25, 0), ("B", None, None, None),
    ]  # fmt: skip
    assert unlock_most(people[:4]) == CaseloadUnlocks(None, ())
    assert unlock_most([]) == CaseloadUnlocks(None, ())


def test_a_vacancy_that_opens_for_many_counts_once() -> None:
    who = person(**MASON)
    found = prospects(who, [RPL], seen(who, vacancy(**MASONS_POST, **NVQS_2)))
    (one,) = unlock_most([found] * 6).options
    assert (one.people, one.vacancies) == (6, 1)
    assert one.gain == pytest.approx(6 * found[0].gain)


# --- what must hold of every plan --------------------------------------------------------------

# Few trades and skills, so that people, posts and courses meet.
_NEAR = st.sampled_from(["mason", "mason", "mason", "block-layer", "electrician"])
_some_skills = st.lists(
    st.sampled_from(["lay-bricks", "plaster", "mix-mortar", "hygiene"]), max_size=2, unique=True
)
_licences = st.sampled_from([(), (), ("forklift",), ("light-vehicle",)])
_level = st.none() | st.integers(1, 3)


@st.composite
def _people(draw: st.DrawFn) -> Person:
    trade = draw(_NEAR)
    held = skills("measure", *draw(_some_skills), evidence=draw(st.sampled_from(list(Evidence))))
    level = draw(_level)
    made: Person = person(
        jobs=(job(trade, trade, draw(st.integers(1, 90))),),
        skills=held,
        implied={code: trade for code in draw(_some_skills) if code not in held},
        licences=frozenset(draw(_licences)),
        credentials=(credential(trade, framework="F", level=level),) if level else (),
        not_wanted_occupations=draw(st.sampled_from([(), (), (), ("electrician",), ("mason",)])),
        education_level=draw(st.sampled_from([None, "primary"])),
    )
    return made


@st.composite
def _vacancies(draw: st.DrawFn) -> tuple[VacancyView, ...]:
    def one(number: int) -> VacancyView:
        trade, level = draw(_NEAR), draw(_level)
        made: VacancyView = vacancy(
            f"V-{number}", title=trade, occupation=trade, essential=draw(_some_skills), wished=draw(_some_skills),
            licences=draw(_licences), framework="F" if level else None, level=level,
            country=draw(st.sampled_from(["NP", "NP", "NP", "QA", None])),
            status=draw(st.sampled_from(["open", "open", "open", "held", "filled"])),
            closes_on=draw(st.sampled_from([None, None, date(2026, 11, 1), date(2027, 1, 1)])),
            education_level=draw(st.sampled_from([None, None, None, "secondary"])),
        )  # fmt: skip
        return made

    return tuple(one(number) for number in range(draw(st.integers(2, 6))))


@st.composite
def _courses(draw: st.DrawFn) -> list[CourseView]:
    def one(number: int) -> CourseView:
        level = draw(_level)
        made: CourseView = course(
            f"C-{number}", kind=draw(st.sampled_from(["rpl", "rpl", "course", "bridging", "soft_skills"])),
            occupation=draw(st.none() | _NEAR), teaches=draw(_some_skills), framework="F" if level else None,
            level=level, licence=draw(st.sampled_from([None, *LICENCES])), country="NP",
            weeks=draw(st.sampled_from([None, 1, 3, 8])), cost=draw(st.sampled_from([None, 0, 2, 9])),
            cost_currency=draw(st.sampled_from(["NPR", "NPR", None, "BDT"])),
        )  # fmt: skip
        return made

    return [one(number) for number in range(draw(st.integers(3, 9)))]


@settings(max_examples=200, deadline=None)
@given(_people(), _vacancies(), _courses(), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_what_holds_of_every_plan(
    who: Person, views: tuple[VacancyView, ...], courses: list[CourseView], weeks: int, money: int, unknown: bool
) -> None:
    within = seen(who, *views)
    unlocked = {one.vacancy.id: one for one in within}
    for one in prospects(who, courses, within):
        assert one.gain >= 0
        assert all(opening.gain >= 0 for opening in (*one.opens, *one.nearer))
        assert suits(who, one.course)
    limits = Limits(weeks, money, "NPR", unknown)
    for plan in plans(who, courses, within, TODAY, limits, 50):
        steps = [step.course for step in plan.steps]
        assert [step.kind == "rpl" for step in steps] in ([True], [False], [True, False])
        assert sum(step.weeks or 0 for step in steps) <= weeks
        assert sum(step.cost or 0 for step in steps if step.cost_currency == "NPR") <= money
        if not unknown:
            assert plan.weeks is not None
            assert plan.cost is not None
            assert plan.currency in (None, "NPR")
        assert plan.gain >= 0
        then = who
        for step in steps:
            then = after(then, step)
        assert plan.jobs
        for opening in plan.jobs:
            assert opening.after >= opening.before
            assert opening.after == pytest.approx(max(opening.before, score(then, opening.vacancy)), abs=1e-9)
            assert opening.before == unlocked[opening.vacancy.id].score
            assert find_gaps(then, opening.vacancy) == []
            assert barriers(then, opening.vacancy, TODAY) == []
            assert set(barriers(who, opening.vacancy, TODAY)) <= {"licence"}
            if len(steps) == 2:
                assert all(find_gaps(after(who, step), opening.vacancy) for step in steps)
