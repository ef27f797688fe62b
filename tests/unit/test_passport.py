"""The passport as values."""

from __future__ import annotations

import uuid

import pytest

from profiling.models import Evidence
from profiling.passport import (
    HeldCredential,
    HeldJob,
    HeldSkill,
    MatchingProfile,
    implied_skills,
    months_between,
    strongest,
)
from profiling.taxonomy import Taxonomy


@pytest.mark.parametrize(
    ("started", "ended", "months"),
    [
        ("2014", "2023", 108),
        ("2014", "2014", 0),
        ("2014-05", "2016", 24),
        ("2014-06", "2018-07", 49),
        ("2016-02-20", "2025-03-28", 109),
        ("2019-02", "2019-02-20", 0),
        (None, "2020", None),
        ("2020", None, None),
        (None, None, None),
    ],
)
def test_months_between(started: str | None, ended: str | None, months: int | None) -> None:
    assert months_between(started, ended) == months


def test_the_strongest_claim_stands_and_the_first_among_equals() -> None:
    said = HeldSkill("lay-bricks", Evidence.DECLARED, "bricks")
    seen = HeldSkill("lay-bricks", Evidence.DOCUMENT_SEEN, "brick laying", "job:1", "read", 1)
    again = HeldSkill("lay-bricks", Evidence.DOCUMENT_SEEN, "laid bricks", "job:2", "read", 2)
    other = HeldSkill("plaster-walls", Evidence.DECLARED, "plaster")
    assert strongest([said, seen, again, other]) == {"lay-bricks": seen, "plaster-walls": other}


def test_implied_skills_are_those_usual_in_a_trade_and_not_claimed(starter: Taxonomy) -> None:
    usual = starter.usual_skills("steel-fixer")
    held = {usual[0]: HeldSkill(usual[0], Evidence.DECLARED, "x")}
    job = HeldJob(1, "steel fixer", "QA", 24, "steel-fixer", Evidence.DECLARED)
    uncoded = HeldJob(2, "helper", "QA", 24, None, Evidence.DECLARED)
    card = HeldCredential("Plumber L2", "rpl", "plumber", "NP-NVQS", 2, Evidence.RPL_ASSESSED)
    found = implied_skills([job, uncoded], [card], held, starter)
    assert {code for code, trade in found.items() if trade == "steel-fixer"} == set(usual[1:])
    assert set(found) == (set(usual) | set(starter.usual_skills("plumber"))) - {usual[0]}


def test_occupations_are_ordered_by_time_held() -> None:
    held = [(10, "plumber"), (None, "mason"), (6, "driver"), (6, "driver"), (99, None)]
    jobs = tuple(
        HeldJob(at, "x", None, months, trade, Evidence.DECLARED) for at, (months, trade) in enumerate(held)
    )
    profile = MatchingProfile(uuid.uuid4(), "NP", None, None, jobs=jobs)
    assert profile.occupations == ("driver", "plumber", "mason")
