"""How far a command has come is shown on a terminal, and long work names its steps elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from api.progress import progress


def written(*, terminal: bool, long: bool) -> str:
    """What two steps write, one that is told what was added and one that is told what is reached."""
    file = io.StringIO()
    with progress(Console(file=file, force_terminal=terminal, width=100), long=long) as steps:
        advance = steps.begin("labels", 5)
        advance(2)
        advance(3)
        for done in (1, 2):
            steps.reach("[pieces]", done, 4)
        steps.reach("reading", 7)
    return file.getvalue()


@pytest.mark.parametrize(("long", "lines"), [(False, ""), (True, "labels\n[pieces]\nreading\n")])
def test_off_a_terminal_only_long_work_says_its_steps(long: bool, lines: str) -> None:
    assert written(terminal=False, long=long) == lines


@pytest.mark.parametrize("long", [False, True])
def test_a_terminal_shows_each_step_and_how_far_it_has_come(long: bool) -> None:
    shown = written(terminal=True, long=long)
    for step, done in (("labels", "5/5"), ("[pieces]", "2/4"), ("reading", "7/?")):
        line = next(line for line in reversed(shown.splitlines()) if step in line)
        assert done in line, line
