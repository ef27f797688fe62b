"""``hunar plan`` and ``hunar unlock`` on the demo centre, with the small embedder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_cli import Hunar

from api.application import Application
from api.demo_centre import DEMO_COUNSELLOR
from api.settings import Settings


@pytest.fixture(scope="module")
def hunar(tmp_path_factory: pytest.TempPathFactory) -> Hunar:
    """The command line in a folder that holds the demo centre."""
    made = Hunar(tmp_path_factory.mktemp("plans"))
    assert made("demo", "--no-serve").code == 0
    return made


def test_a_plan_names_the_steps_the_job_and_what_is_not_known(hunar: Hunar) -> None:
    done = hunar("plan", "DEMO-R-004")
    assert done.code == 0, done.err
    assert "Course: Wireman course toward the licence" in done.out
    assert "cannot be offered today for want of the licence" in done.out
    assert "cost NPR 22,000" in done.out
    assert "length 12 weeks" in done.out
    assert "like the probability of being shortlisted" in done.out
    for never in ("None", "{", "nan"):
        assert never not in done.out


def test_limits_leave_out_and_say_so(hunar: Hunar) -> None:
    free = json.loads(hunar("plan", "DEMO-R-004", "--json").out)
    assert [plan["weeks"] for plan in free["plans"]] == [12.0]
    assert free["left_out"] == 0
    bound = json.loads(hunar("plan", "DEMO-R-004", "--weeks", "11", "--json").out)
    assert (bound["plans"], bound["left_out"]) == ([], 1)
    assert "1 plan left out" in hunar("plan", "DEMO-R-004", "--weeks", "11").out
    poor = hunar("plan", "DEMO-R-004", "--money", "21999", "--currency", "npr", "--json")
    assert json.loads(poor.out)["plans"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "DEMO-R-001", "--money", "5"), "Say in which currency the money is."),
        (("plan", "NOBODY"), "No returnee"),
        (("plan", "DEMO-R-024"), "has not agreed"),
        (("plan", "DEMO-R-001", "--as", "nobody@demo.example"), "no open account"),
        (("plan", "DEMO-R-001", "--as", "assessor@demo.example"), "may not"),
        (("unlock", "--as", "assessor@demo.example"), "may not"),
        (("unlock", "--as", "employer@demo.example"), "may not"),
    ],
)
def test_what_is_refused(hunar: Hunar, words: tuple[str, ...], said: str) -> None:
    done = hunar(*words)
    assert done.code != 0
    assert said in done.err
    assert "Traceback" not in done.err


def test_small_counts_of_a_caseload_are_hidden(hunar: Hunar) -> None:
    found = json.loads(hunar("unlock", "--json").out)
    assert found["people"] == 45
    assert found["options"]
    for one in found["options"]:
        told = [one["people"], one["gain"], one["vacancies"]]
        assert told == [None, None, None] or one["people"] >= 5
    few = json.loads(hunar("unlock", "--district", "Chitwan", "--json").out)
    assert (few["people"], few["options"]) == (None, [])
    assert "fewer than 5" in hunar("unlock").out
    assert "nothing is counted" in hunar("unlock", "--district", "Nowhere").out


def test_both_leave_rows_in_the_audit_trail(hunar: Hunar) -> None:
    made = Application(Settings(data=Path(hunar.folder) / "var"))
    before = made.verify_audit()
    hunar("plan", "DEMO-R-001", "--as", DEMO_COUNSELLOR)
    # The use of the account, and the person who was looked at.
    assert made.verify_audit() == before + 2
    hunar("unlock")
    assert made.verify_audit() == before + 2 + 1 + 45
    made.engine.dispose()
