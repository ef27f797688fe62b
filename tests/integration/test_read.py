"""``hunar read``: what is understood of a text, for people and for programs."""

from __future__ import annotations

import io
import json

import pytest

from api import cli
from api.application import Application


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
