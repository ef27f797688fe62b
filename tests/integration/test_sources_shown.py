"""How the sources stand, in the terminal, on the page and through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from api_client import Program, mounted
from conftest import NOW, CsvWriter
from people import browser, counsellor, token_of
from typer.testing import CliRunner

from api import cli
from api.application import Application
from api.sources import OUTCOMES
from profiling.models import ImportRun

CONFIG = """
[sources.chamber]
licence = "list of the Demo Chamber, by letter"
kind = "csv"
offers = "vacancies"
country = "NP"
path = "chamber.csv"
schedule = "weekly"
[sources.chamber.mapping]
ref = "No"
title = "Post"
description = "About"
[sources.absent]
licence = "CC BY 4.0"
kind = "csv"
offers = "vacancies"
path = "none.csv"
schedule = "daily"
[sources.absent.mapping]
title = "Post"
[sources.never]
licence = "an agreement of the far west, which is renewed each year in July, with a name longer than a line"
kind = "csv"
offers = "courses"
path = "courses.csv"
"""
ROWS = [
    {"No": "1", "Post": "Mason", "About": "Walls."}, {"No": "2", "Post": "", "About": ""},
    {"No": "3", "Post": "Cook", "About": "Candidates pay a registration fee of Rs 2,000."},
]  # fmt: skip
Run = Callable[..., "tuple[int, str]"]


@pytest.fixture
def made(sqlite_application: Application, write_csv: CsvWriter) -> Application:
    sqlite_application.settings.one_time_codes = False
    sqlite_application.add_centre("Home", "NP")
    folder = sqlite_application.settings.data
    (folder / "sources.toml").write_text(CONFIG, encoding="utf-8")
    assert write_csv("chamber.csv", *ROWS) == folder / "chamber.csv"
    return sqlite_application


@pytest.fixture
def hunar(made: Application, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command of this application in a terminal of 80 columns: its exit status and what it printed."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(cli, "Settings", lambda: made.settings)
    monkeypatch.setattr(cli, "Application", lambda settings: made)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, list(words))
        return result.exit_code, result.stdout

    return run


def test_the_status_fits_a_narrow_terminal_and_says_what_to_do(hunar: Run) -> None:
    code, text = hunar("ingest", "status")
    assert code == 0
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[:3] == [
        "chamber (vacancies, csv)", "  licence: list of the Demo Chamber, by letter",
        "  never run: `hunar ingest run chamber` takes it in",
    ]  # fmt: skip
    code, _ = hunar("ingest", "run", "--no-index")
    assert code == 2  # one of the two that are due has no file
    code, text = hunar("ingest", "status")
    assert text.splitlines()[2:9] == [
        "  last run 2026-11-20 09:00 UTC, next due 2026-11-27 09:00 UTC",
        "  3 fetched: 1 new, 1 held, 1 rejected",
        "absent (vacancies, csv)", "  licence: CC BY 4.0", "  last run 2026-11-20 09:00 UTC, due now",
        "  0 fetched", "  hindered: none.csv: cannot be opened (No such file or directory).",
    ]  # fmt: skip
    assert "  never run: `hunar ingest run never` takes it in" in text
    assert max(map(len, text.splitlines())) <= 80


def test_status_and_run_as_json(hunar: Run, made: Application) -> None:
    told = json.loads(hunar("ingest", "status", "--json")[1])
    assert [(one["source"], one["last_run"], one["due"], one["counts"]) for one in told] == [
        ("chamber", None, True, {}), ("absent", None, True, {}), ("never", None, False, {}),
    ]  # fmt: skip
    code, text = hunar("ingest", "run", "chamber", "--no-index", "--json")
    [report] = json.loads(text)
    assert (code, report["fetched"], report["kept"], report["held"], report["rejected"]) == (0, 3, 1, 1, 1)
    assert report["problems"][0]["where"] == "chamber.csv, line 3"
    [one, *_] = json.loads(hunar("ingest", "status", "--json")[1])
    assert one["counts"] == {"fetched": 3, "new": 1, "unchanged": 0, "changed": 0, "held": 1, "duplicate": 0,
                             "rejected": 1}  # fmt: skip
    assert one["counts"]["fetched"] == sum(one["counts"][name] for name in OUTCOMES)
    assert (one["last_run"], one["next_due"], one["due"]) == (
        "2026-11-20T09:00:00+00:00", "2026-11-27T09:00:00+00:00", False,
    )  # fmt: skip
    made.now = lambda: NOW + timedelta(days=7)
    assert json.loads(hunar("ingest", "status", "--json")[1])[0]["due"] is True


def test_a_run_says_what_became_of_each(hunar: Run, made: Application) -> None:
    code, text = hunar("ingest", "run", "chamber", "--no-index")
    assert code == 0
    assert text.splitlines()[:4] == [
        "chamber", "  3 fetched: 1 new, 1 held, 1 rejected", "  1 rejected, title: is empty and must be filled",
        "  chamber.csv, line 3: title: is empty and must be filled.",
    ]  # fmt: skip
    made.now = lambda: NOW + timedelta(days=1)
    code, text = hunar("ingest", "run", "chamber", "--no-index")
    assert text.splitlines() == [
        "chamber", "  0 fetched", "  1 address unchanged and not fetched again; still offered there: 2",
    ]  # fmt: skip
    assert hunar("ingest", "status")[1].splitlines()[3] == "  0 fetched: it had not changed, or offers nothing"


@pytest.mark.parametrize("command", ["run", "status", "propose"])
def test_the_help_teaches_with_an_example(hunar: Run, command: str) -> None:
    code, text = hunar("ingest", command, "--help")
    assert code == 0
    assert f"hunar ingest {command}" in text.partition("For example")[2]


def test_a_broken_off_run_says_so(hunar: Run, made: Application) -> None:
    with made.session() as session:
        session.add(ImportRun(kind="vacancies", source="chamber", file_name="chamber.csv", started_at=NOW))
        session.commit()
    assert "  hindered: the last run was broken off; the next one goes on where it" in hunar("ingest", "status")[1]


def test_the_page_and_the_api_show_the_same(hunar: Run, made: Application) -> None:
    hunar("ingest", "run", "--no-index")
    who = counsellor(made, "Home")
    text = browser(made, who).get("/sources").text
    assert text.index("chamber") < text.index("absent") < text.index("never")
    for said in (
        "list of the Demo Chamber, by letter", "20 Nov 2026, 09:00 UTC", "27 Nov 2026, 09:00 UTC",
        "3 fetched = 1 kept + 0 changed + 1 held + 0 duplicate + 1 rejected",
        "due now", "by hand", "It was never run.",
        "none.csv: cannot be opened (No such file or directory).", "<code>hunar ingest run never</code>",
    ):  # fmt: skip
        assert said in text, said
    program = Program(mounted(made), token_of(made, who, ["source.read"]))
    told = program.get("/sources").json()["items"]
    assert [(one["source"], one["due"], one["problem"] is None) for one in told] == [
        ("absent", True, False), ("chamber", False, True), ("never", False, True),
    ]  # fmt: skip
    assert told[1]["counts"]["held"] == 1


def test_without_sources_or_with_a_broken_file_the_page_says_what_to_do(made: Application) -> None:
    page, path = browser(made, counsellor(made, "Home")), made.settings.data / "sources.toml"
    path.write_text("[sources.x]\nkind = 3\n", encoding="utf-8")
    text = page.get("/sources").text
    assert "sources.toml: " in text
    assert "There are no sources yet" not in text
    path.unlink()
    assert "There are no sources yet" in page.get("/sources").text
