"""Code that answers employers, and all of matching, cannot open who somebody is or what was said in confidence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HIDDEN = frozenset({"ReturneeIdentity", "Reference", "ProtectionNote", "Identity", "Referee", "Note"})
#: Modules that open what is sealed, or name people.
SEALED = frozenset(
    {
        "profiling.identity",
        "profiling.notes",
        "profiling.corrections",
        "api.exporting",
        "api.rights",
        "api.casework",
    }
)
ANSWERING = (
    "api/employers.py", "api/candidates.py", "api/routes/employer.py", "jobs_ingest/employers.py",
    "profiling/pseudonym.py", "profiling/crowd.py",
)  # fmt: skip
FILES = sorted(
    path for path in [*(ROOT / name for name in ANSWERING), *(ROOT / "matching").rglob("*.py")] if path.exists()
)


def reached(source: str) -> set[str]:
    """Hidden names and sealed modules that a source imports or reaches through another module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found |= {node.attr, ast.unparse(node)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found & (HIDDEN | SEALED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_identity_and_no_note(path: Path) -> None:
    assert reached(path.read_text(encoding="utf-8")) == set()


def test_the_files_are_found() -> None:
    assert {"employers.py", "candidates.py", "pseudonym.py", "crowd.py", "pipeline.py"} <= {p.name for p in FILES}
    assert len(FILES) > 15


@pytest.mark.parametrize(
    "source",
    [
        "import profiling.identity", "import profiling.identity as hidden", "from profiling import identity",
        "from profiling.identity import open_identity", "from profiling.repository import ReturneeIdentity",
        "def late():\n    from profiling.identity import Reference", "from profiling.identity import *",
        "import profiling.repository as r\nr.ReturneeIdentity", "import profiling\nprofiling.identity.Note",
        "import importlib\nimportlib.import_module('profiling.identity')", "__import__('profiling.notes')",
        "from api.casework import Casework",
    ],
)  # fmt: skip
def test_the_test_can_fail(source: str) -> None:
    assert reached(source)


def test_one_module_hands_over_and_only_the_desk_calls_it() -> None:
    assert "profiling.identity" in reached((ROOT / "api" / "disclosing.py").read_text(encoding="utf-8"))
    callers = [
        path.relative_to(ROOT).as_posix()
        for package in ("api", "matching", "jobs_ingest", "profiling")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "from api.disclosing import" in (text := path.read_text(encoding="utf-8")) and "disclose" in text
    ]
    assert callers == ["api/employers.py"]
