"""``hunar read``: what is understood of a text, for people and for programs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from conftest import NOW
from esco_download import FERRY, tables, write

from api import cli
from api.application import Application
from profiling.esco_store import import_esco


@pytest.fixture
def ask(application: Application, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    def run(*arguments: str) -> str:
        monkeypatch.setattr(cli, "Application", lambda settings: application)
        monkeypatch.setattr("sys.argv", ["hunar", "read", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code in (0, None)
        return capsys.readouterr().out

    return run


def test_a_title(ask) -> None:  # type: ignore[no-untyped-def]
    assert "7212" in ask("title", "Welder")
    found = json.loads(ask("title", "House driver cum cook", "--json"))
    assert found["sure"]
    assert found["groups"][0]["isco"] == "8322"
    assert [job["groups"][0]["isco"] for job in found["further"]] == ["5120"]
    assert found["language"] == "en"
    assert "Not sure" in ask("title", "Qatar 2019")


def test_an_account_keeps_denied_apart(ask) -> None:  # type: ignore[no-untyped-def]
    told = json.loads(ask("narrative", "I laid bricks for 3 years. I did not plaster walls.", "--json"))
    assert {claim["how"] for claim in told if claim["skill"] == "lay-bricks"} == {"did"}
    assert {claim["how"] for claim in told if claim["skill"].startswith("plaster")} <= {"denied"}
    assert "No skill was found" in ask("narrative", "hello")


def test_a_vacancy_from_standard_input(ask, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    advert = "Mason required. Block laying and plastering. Basic English preferred, 5 years minimum."
    monkeypatch.setattr("sys.stdin", io.StringIO(advert))
    found = json.loads(ask("vacancy", "-", "--json"))
    assert {skill["code"] for skill in found["skills"]} >= {"lay-blocks", "plaster-walls"}
    assert [(one["code"], one["wish"]) for one in found["languages"]] == [("en", "wished")]
    assert "experience" in ask("vacancy", advert)


def test_a_course(ask) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(ask("course", "Three months course. You learn arc welding. Entry: class 8 pass.", "--json"))
    assert found["taught"]
    assert found["lengths"][0]["weeks"] == pytest.approx(13, abs=1)


def test_a_title_names_occupations_where_esco_was_imported(  # type: ignore[no-untyped-def]
    ask, application: Application, tmp_path: Path
) -> None:
    assert json.loads(ask("title", "Ferry driver", "--json"))["occupations"] == []
    import_esco(application.session, write(tmp_path / "esco v1.1.1", tables()), NOW)
    found = json.loads(ask("title", "ferry rope hand, driver", "--json"))["occupations"]
    assert found[0] == {"uri": FERRY, "label": "ferry rope hand", "isco": "8350"}
    assert len(found) == 3
    assert "ESCO: ferry rope hand (8350)" in ask("title", "ferry rope hand, driver")
