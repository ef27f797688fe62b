"""Candidates: the filters bind for every row, and no retriever lets a barred row in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cases import (
    DIMENSIONS,
    LICENCES,
    SKILLS,
    TODAY,
    TRADES,
    job,
    market,
    person,
    random_units,
    skills,
    unit,
    vacancy,
)

from matching.retrieval import Barrier, barriers, masks, retrieve

HOME = {"country": "NP", "occupation": "mason"}

CASES: list[tuple[dict[str, Any], dict[str, Any], list[Barrier]]] = [
    ({}, {}, []),
    ({}, {"status": "held"}, [Barrier.HELD]),
    ({}, {"status": "closed"}, [Barrier.CLOSED]),
    ({}, {"status": "filled"}, [Barrier.CLOSED]),
    ({}, {"status": "withdrawn"}, [Barrier.CLOSED]),
    ({}, {"status": "something new"}, [Barrier.CLOSED]),
    ({}, {"closes_on": TODAY}, []),
    ({}, {"closes_on": TODAY + timedelta(1)}, []),
    ({}, {"closes_on": TODAY - timedelta(1)}, [Barrier.EXPIRED]),
    ({}, {"closes_on": date.max}, []),
    ({}, {"country": None}, []),
    ({}, {"country": "QA"}, [Barrier.COUNTRY]),
    ({"work_countries": frozenset({"NP", "QA"})}, {"country": "QA"}, []),
    ({"work_countries": frozenset()}, {"country": None}, []),
    ({"not_wanted_occupations": ("mason",)}, {}, [Barrier.UNWANTED]),
    ({"not_wanted_occupations": ("block-layer",)}, {}, [Barrier.UNWANTED]),
    ({"not_wanted_occupations": ("stone-mason",)}, {}, []),
    ({"not_wanted_occupations": ("mason",)}, {"occupation": None}, []),
    (
        {"not_wanted_work": ("house maid",)},
        {"title": "House Maids wanted", "occupation": None},
        [Barrier.UNWANTED],
    ),
    ({"not_wanted_work": ("house maid",)}, {"title": "House painter"}, []),
    # Words that say nothing of the work refuse nothing.
    ({"not_wanted_work": ("full time",)}, {"title": "Full time mason"}, []),
    ({"not_wanted_work": ("", "  ")}, {}, []),
    ({}, {"licences": ["forklift"]}, [Barrier.LICENCE]),
    ({"licences": frozenset({"forklift"})}, {"licences": ["forklift"]}, []),
    ({"licences": frozenset({"forklift"})}, {"licences": ["forklift", "light-vehicle"]}, [Barrier.LICENCE]),
    (
        {"not_wanted_occupations": ("mason",)},
        {"status": "held", "closes_on": TODAY - timedelta(9), "country": "QA", "licences": ["forklift"]},
        [Barrier.HELD, Barrier.EXPIRED, Barrier.COUNTRY, Barrier.UNWANTED, Barrier.LICENCE],
    ),
]


@pytest.mark.parametrize(("who", "what", "expected"), CASES)
def test_barriers(who: dict[str, Any], what: dict[str, Any], expected: list[Barrier]) -> None:
    assert barriers(person(**who), vacancy(**{**HOME, **what}), TODAY) == expected


@pytest.mark.parametrize(("who", "what", "expected"), CASES)
def test_masks_on_the_same_table(who: dict[str, Any], what: dict[str, Any], expected: list[Barrier]) -> None:
    held = market([vacancy("A"), vacancy("B", **{**HOME, **what}), vacancy("C")])
    found = masks(person(**who), held, TODAY)
    assert {barrier for barrier, rows in found.items() if rows[1]} == set(expected)


@st.composite
def vacancies(draw: st.DrawFn) -> list[dict[str, Any]]:
    one = st.fixed_dictionaries(
        {
            "title": st.sampled_from(["Mason", "House maid", "Maid for house", "Night guard", "Urgent", "कुक"]),
            "occupation": st.none() | st.sampled_from(TRADES),
            "status": st.sampled_from(["open", "open", "open", "held", "closed", "filled", "withdrawn"]),
            "closes_on": st.none() | st.dates(TODAY - timedelta(2), TODAY + timedelta(2)),
            "country": st.sampled_from([None, "NP", "NP", "QA", "IN"]),
            "licences": st.lists(st.sampled_from(LICENCES), max_size=2),
            "essential": st.lists(st.sampled_from(SKILLS), max_size=2),
        }
    )
    return draw(st.lists(one, max_size=25))


seekers = st.fixed_dictionaries(
    {
        "work_countries": st.frozensets(st.sampled_from(["NP", "QA", "IN"])),
        "not_wanted_occupations": st.lists(st.sampled_from(TRADES), max_size=2).map(tuple),
        "not_wanted_work": st.lists(st.sampled_from(["maid", "house maid", "guard", "urgent", ""]), max_size=2).map(
            tuple
        ),
        "licences": st.frozensets(st.sampled_from(LICENCES)),
        "jobs": st.lists(st.builds(job, st.just("x"), st.none() | st.sampled_from(TRADES)), max_size=2).map(tuple),
        "wanted_occupations": st.lists(st.sampled_from(TRADES), max_size=1).map(tuple),
        "skills": st.lists(st.sampled_from(SKILLS), max_size=3).map(lambda codes: skills(*codes)),
    }
)
lifted = st.frozensets(st.sampled_from(list(Barrier)), max_size=2)


@settings(max_examples=40, deadline=None)
@given(vacancies(), seekers, lifted)
def test_the_whole_market_at_once_is_the_rule_row_by_row(
    offers: list[dict[str, Any]], who: dict[str, Any], ignore: frozenset[Barrier]
) -> None:
    held = market([vacancy(f"V-{at}", **offer) for at, offer in enumerate(offers)])
    seeker = person(**who)
    found = masks(seeker, held, TODAY)
    rule = [barriers(seeker, view, TODAY) for view in held.vacancies]
    for barrier in Barrier:
        assert found[barrier].tolist() == [barrier in barred for barred in rule], barrier

    candidates = retrieve(seeker, held, TODAY, ignore=ignore)
    rows = candidates.rows.tolist()
    assert len(set(rows)) == len(rows)
    assert all(set(rule[row]) <= ignore for row in rows)
    # In so small a market every row that may be offered is a candidate.
    assert sorted(rows) == [row for row, barred in enumerate(rule) if set(barred) <= ignore]
    np.testing.assert_allclose(candidates.cosines, held.vectors[rows] @ seeker.vector, atol=1e-6)
    assert sum(candidates.left_out.values()) == sum(bool(barred) for barred in rule)
    assert all(count > 0 for count in candidates.left_out.values())


def test_each_vacancy_left_out_is_counted_under_one_barrier() -> None:
    held = market(
        [
            vacancy("both", country="QA", status="held"),
            vacancy("held", country="NP", status="held"),
            vacancy("abroad", country="QA"),
            vacancy("offered", country="NP"),
        ]
    )
    found = retrieve(person(), held, TODAY)
    assert dict(found.left_out) == {Barrier.HELD: 2, Barrier.COUNTRY: 1}
    assert found.rows.tolist() == [3]


def _crowd(count: int, near: np.ndarray) -> np.ndarray:
    """Vectors close to one direction."""
    noise = 0.05 * random_units(count, DIMENSIONS, seed=4)
    found = near[None, :] + noise
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_the_trade_and_the_skills_bring_in_what_is_far_in_meaning() -> None:
    """A thousand nearer vacancies do not hide the one of the person's trade and the one that asks their skill."""
    east = unit([1.0] + [0.0] * (DIMENSIONS - 1))
    far = np.stack([-east, -east, -east, -east]).astype(np.float32)
    views = [vacancy(f"F-{at}", occupation="nurse", country="NP") for at in range(1000)]
    views += [
        vacancy("trade", occupation="mason", country="NP"),
        vacancy("group", occupation="block-layer", country="NP"),
        vacancy("wish", occupation="cook", country="NP"),
        vacancy("skill", essential=["megger"], country="NP"),
    ]
    held = market(views, np.concatenate([_crowd(1000, east), far]))
    mason = person(east, jobs=(job("mason", "mason"),), wanted_occupations=("cook",), skills=skills("megger"))
    assert {1000, 1001, 1002, 1003} <= set(retrieve(mason, held, TODAY).rows.tolist())
    unknown = person(east)
    assert not {1000, 1001, 1002, 1003} & set(retrieve(unknown, held, TODAY).rows.tolist())


def test_the_trade_and_the_skills_bring_in_nothing_barred() -> None:
    views = [
        vacancy("held", occupation="mason", essential=["dig"], country="NP", status="held"),
        vacancy("abroad", occupation="mason", essential=["dig"], country="QA"),
        vacancy("licence", occupation="mason", essential=["dig"], country="NP", licences=["forklift"]),
        vacancy("unknown country", occupation="mason", essential=["dig"]),
    ]
    mason = person(jobs=(job("mason", "mason"),), skills=skills("dig"))
    assert retrieve(mason, market(views), TODAY).rows.tolist() == [3]
    with_licence = retrieve(mason, market(views), TODAY, ignore=frozenset({Barrier.LICENCE}))
    assert with_licence.rows.tolist() == [2, 3]
    assert dict(with_licence.left_out) == {Barrier.HELD: 1, Barrier.COUNTRY: 1, Barrier.LICENCE: 1}


def test_the_nearest_in_meaning_come_in() -> None:
    vectors = random_units(600, DIMENSIONS, seed=8)
    held = market([vacancy(f"V-{at}", country="NP") for at in range(600)], vectors)
    seeker = person(random_units(1, DIMENSIONS, seed=9)[0])
    nearest = np.argsort(-(vectors @ seeker.vector))[:100]
    assert set(nearest.tolist()) <= set(retrieve(seeker, held, TODAY).rows.tolist())


def test_a_rare_skill_counts_more_than_a_common_one() -> None:
    """Among hundreds that ask for a common skill, the only one that asks for a rare skill comes in."""
    east = unit([1.0] + [0.0] * (DIMENSIONS - 1))
    views = [vacancy(f"N-{at}", country="NP") for at in range(400)]
    views += [vacancy(f"C-{at}", country="NP", essential=["mix-mortar"]) for at in range(400)]
    views += [vacancy("rare", country="NP", wished=["megger"])]
    vectors = np.concatenate([_crowd(400, east), np.repeat(-east[None, :], 401, axis=0)]).astype(np.float32)
    seeker = person(east, skills=skills("mix-mortar", "megger"))
    assert 800 in retrieve(seeker, market(views, vectors), TODAY).rows.tolist()


def test_an_empty_market_offers_nothing() -> None:
    empty = market([], np.zeros((0, DIMENSIONS), dtype=np.float32))
    found = retrieve(person(jobs=(job("m", "mason"),), skills=skills("dig")), empty, TODAY)
    assert (found.rows.tolist(), dict(found.left_out)) == ([], {})
