"""The command line from end to end, with the small embedder in place of the sentence model."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command

from api import application, cli
from api.demo_centre import DEMO_COUNSELLOR
from matching.embeddings import HashingEmbedder


@dataclass(frozen=True)
class Done:
    """What a run of the command line left."""

    code: int
    out: str
    err: str


class Hunar:
    """Runs ``hunar`` in a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patch.chdir(self.folder)
            for name in ("DATABASE_URL", "HUNAR_DATABASE_URL", "HUNAR_EMBEDDER"):
                patch.delenv(name, raising=False)
            patch.setenv("HUNAR_DATA", str(self.folder / "var"))
            patch.setenv("HUNAR_ACCOUNT", DEMO_COUNSELLOR)
            patch.setenv("COLUMNS", "200")
            patch.setattr(application, "embedder_named", lambda name, data: HashingEmbedder())
            patch.setattr(sys, "argv", ["hunar", *words])
            code = 0
            try:
                cli.main()
            except SystemExit as leaving:
                code = int(leaving.code or 0)
        return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Hunar, Done, Done]:
    """The demo centre loaded twice."""
    hunar = Hunar(tmp_path_factory.mktemp("cli"))
    return hunar, hunar("demo", "--no-serve"), hunar("demo", "--no-serve")


@pytest.fixture(scope="module")
def hunar(demo: tuple[Hunar, Done, Done]) -> Hunar:
    """The command line on the demo centre."""
    return demo[0]


def test_the_demo_loads_and_shows_matches(demo: tuple[Hunar, Done, Done]) -> None:
    _, first, _ = demo
    assert first.code == 0, first.err
    assert "Skills passport of" in first.out
    assert "DEMO-R-001" in first.out
    assert "Jobs" in first.out
    assert "48 returnees read" in first.err
    assert "48 new" in first.err


def test_the_demo_again_changes_nothing(demo: tuple[Hunar, Done, Done]) -> None:
    _, first, second = demo
    assert second.code == 0, second.err
    assert "48 unchanged" in second.err
    for kind in ("returnee", "vacancy", "course"):
        assert f"{kind} vectors: 0 embedded" in second.err
        assert f"{kind} vectors: 0 embedded" not in first.err
    assert second.out == first.out
    assert ": loaded;" in second.err


def test_match_as_json(hunar: Hunar) -> None:
    done = hunar("match", "DEMO-R-001", "--json", "--jobs", "3", "--courses", "2")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert set(found) >= {
        "returnee", "ranker", "model", "market_revision", "taxonomy", "left_out", "jobs", "courses", "ask",
    }  # fmt: skip
    assert (len(found["jobs"]), len(found["courses"])) == (3, 1)
    job = found["jobs"][0]
    assert set(job) >= {
        "id", "ref", "title", "employer", "country", "district", "occupation", "closes_on", "score", "bias",
        "reasons", "matched", "missing", "ask",
    }  # fmt: skip
    assert set(job["reasons"][0]) == {"key", "params", "feature", "amount"}
    assert job["occupation"] == "shuttering-carpenter"
    assert "Chepang" not in done.out


def test_candidates_as_json(hunar: Hunar) -> None:
    ref = json.loads(hunar("match", "DEMO-R-001", "--json").out)["jobs"][0]["ref"]
    done = hunar("candidates", ref, "--json", "--count", "3")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert 1 <= len(found) <= 3
    assert set(found[0]) >= {"returnee", "ref", "score", "reasons", "matched", "missing", "ask"}
    assert "DEMO-R-001" in [candidate["ref"] for candidate in found]
    assert "Chepang" not in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("match", "NOBODY"),
        ("passport", "NOBODY"),
        ("match", "00000000-0000-4000-8000-000000000000"),
        ("candidates", "NOTHING"),
    ],
)
def test_what_does_not_exist_is_one_sentence_and_exit_4(hunar: Hunar, words: tuple[str, str]) -> None:
    done = hunar(*words)
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("Error: ")
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("unknown_column.csv", b"ref,title,favourite_colour\n1,Mason,blue\n"),
        ("no_title.csv", b"ref\n1\n"),
        ("empty.csv", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_a_bad_file_is_exit_2(hunar: Hunar, name: str, content: bytes) -> None:
    (hunar.folder / name).write_bytes(content)
    done = hunar("ingest", "vacancies", name)
    assert done.code == 2, done.err
    assert name in done.err
    assert "Traceback" not in done.err


def test_a_file_that_is_not_there_is_exit_2(hunar: Hunar) -> None:
    assert hunar("ingest", "vacancies", "nowhere.csv").code == 2


def test_returnees_and_audit(hunar: Hunar) -> None:
    assert len(json.loads(hunar("returnees", "--json").out)) == 48
    assert "unbroken" in hunar("audit", "verify").out
    index = json.loads(hunar("index", "--json").out)
    assert (index["index"], index["vacancies"], index["recoded"]) == ("loaded", 310, 0)
    assert {part["embedded"] for part in index["vectors"].values()} == {0}


def _commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def walk(command: object, path: tuple[str, ...]) -> None:
        children = getattr(command, "commands", {})
        for name, child in children.items():
            found.append((*path, name))
            walk(child, (*path, name))

    walk(get_command(cli.app), ())
    return found


@pytest.mark.parametrize("path", _commands(), ids=" ".join)
def test_help_teaches(tmp_path: Path, path: tuple[str, ...]) -> None:
    done = Hunar(tmp_path)(*path, "--help")
    assert done.code == 0
    assert "Usage:" in done.out
    said = done.out.split("Usage:")[1]
    assert any(len(line.split()) >= 3 and line.strip(" │").endswith((".", ":")) for line in said.splitlines()), said


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    done = Hunar(tmp_path)()
    assert "Usage:" in done.out + done.err
    assert "match" in done.out + done.err
