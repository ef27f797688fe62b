"""Guards the plan of the house (docs: ARCHITECTURE): who imports whom, and what never stands where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from api.settings import Settings
from matching.market import CourseView, VacancyView
from matching.people import Person
from profiling.passport import HeldCredential, HeldJob, HeldSkill, MatchingProfile

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "profiling": {"profiling"},
    "jobs_ingest": {"profiling", "jobs_ingest"},
    "matching": {"profiling", "jobs_ingest", "matching"},
    "api": {"profiling", "jobs_ingest", "matching", "api"},
}
FILES = sorted(path.relative_to(ROOT) for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))
CORE = [path for path in FILES if path.parts[0] != "api"]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of each import, wherever in the file it stands; the name is empty for a plain import."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = ".".join([*path.parts[: -node.level], *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("__import__", "import_module", "importlib.import_module")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value), ""


def tops(path: Path) -> set[str]:
    return {module.partition(".")[0] for module, _ in imports(path)}


def calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}


def test_the_packages_are_found() -> None:
    assert {path.parts[0] for path in FILES} == set(MAY_IMPORT)
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_run_left_to_right(path: Path) -> None:
    assert not (tops(path) & {*MAY_IMPORT, "notebooks", "tests"}) - MAY_IMPORT[path.parts[0]]


@pytest.mark.parametrize("path", CORE, ids=str)
def test_the_core_sees_no_web_no_settings_no_environment_and_no_engine(path: Path) -> None:
    assert not tops(path) & {"fastapi", "starlette", "uvicorn", "typer", "pydantic_settings", "dotenv"}
    names = {name for _, name in imports(path)}
    assert not names & {"create_engine", "environ", "getenv"}
    text = ast.unparse(tree(path))
    assert not re.search(r"\bos\.(environ|getenv|putenv)\b|\bcreate_engine\b|\bBaseSettings\b", text)


def test_faiss_and_the_sentence_model_have_one_home_each() -> None:
    assert [str(path) for path in FILES if "faiss" in tops(path)] == ["matching/index.py"]
    assert [str(path) for path in FILES if "sentence_transformers" in tops(path)] == ["matching/embeddings.py"]


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[0] == "matching"], ids=str)
def test_matching_never_sees_identity_referees_or_consent_events(path: Path) -> None:
    hidden = {"ReturneeIdentity", "Reference", "ConsentEvent"}
    assert not {name for _, name in imports(path)} & (hidden | {"*"})
    reached = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert not reached & hidden
    assert not {name for module, name in imports(path) if module == "profiling" and name == "models"}
    assert ("profiling.models", "") not in set(imports(path))


PRINTERS = {"api/cli.py", "api/printing.py", "api/bench.py"}


@pytest.mark.parametrize("path", [path for path in FILES if str(path) not in PRINTERS], ids=str)
def test_nothing_prints(path: Path) -> None:
    assert "print" not in calls(path)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_broad_except(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = {ast.unparse(part) for part in ast.walk(node.type)} if node.type else {"(bare)"}
        broad = caught & {"Exception", "BaseException", "(bare)"}
        if broad and str(path) != "api/app.py":
            # What is caught only to clean up is raised again unchanged.
            assert isinstance(node.body[-1], ast.Raise), f"line {node.lineno}"
            assert node.body[-1].exc is None, f"line {node.lineno}"
            assert "Exception" not in broad, f"line {node.lineno}"


#: Words that no field of a value that matching sees may be made of.
_TELLING = re.compile(
    r"(?:^|_)(?:(?:first|given|family|last|full|user|sur)_?name|name|sex|gender|birth\w*|born|dob|age|phone|mobile"
    r"|e?mail|address|contact|religion|faith|caste|ethnicity|marital\w*|passport_number|number|referee\w*)(?:$|_)"
)


@pytest.mark.parametrize("value", [MatchingProfile, HeldJob, HeldSkill, HeldCredential, Person])
def test_the_matching_view_holds_nothing_that_tells_who_somebody_is(value: type) -> None:
    assert not [field.name for field in fields(value) if _TELLING.search(field.name)]


def test_the_pattern_of_telling_fields_can_fail() -> None:
    for name in ("given_name", "name", "sex", "gender", "birth_date", "phone", "religion", "caste", "age"):
        assert _TELLING.search(name), name
    for value in (VacancyView, CourseView):
        assert not [field.name for field in fields(value) if _TELLING.search(field.name)]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_described_and_documented(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    variable = "DATABASE_URL" if name == "database_url" else f"HUNAR_{name.upper()}"
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(f"| `{variable}`")]
    assert len(rows) == 1, variable
    assert field.description in rows[0]
    if isinstance(field.default, str | int):
        assert f"`{field.default}`" in rows[0]


def test_the_page_of_settings_names_no_setting_that_is_gone() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    assert named == {
        "DATABASE_URL" if name == "database_url" else f"HUNAR_{name.upper()}" for name in Settings.model_fields
    }


def test_the_only_environment_that_settings_read_is_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9")
    monkeypatch.setenv("HUNAR_PORT", "8123")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    found = Settings()
    assert (found.port, found.database) == (8123, "sqlite:///x.db")


def test_requires_python_ends_below_the_standard_package_called_profiling() -> None:
    assert re.search(r'requires-python = ".*<3\.15"', (ROOT / "pyproject.toml").read_text())


def test_packages_have_no_cupboard() -> None:
    assert not [path for path in FILES if path.stem in ("utils", "helpers", "common", "misc")]
