"""How far a command has come: bars on the standard error, which a terminal shows and a file or a pipe does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Steps:
    """The steps of one command, a bar each."""

    def __init__(self, bars: Progress, console: Console | None) -> None:
        self._bars = bars
        self._console = console
        self._tasks: dict[str, TaskID] = {}

    def begin(self, step: str, total: int | None = None) -> Callable[[int], None]:
        """Begin a step of so many units (None: nobody knows); what it returns hears of each further count done."""
        task = self._begin(step, total)
        return lambda done: self._bars.advance(task, done)

    def reach(self, step: str, done: int, total: int | None = None) -> None:
        """A step has come so far in all; it begins when it is first heard of."""
        task = self._tasks.get(step)
        if task is None:
            task = self._begin(step, total)
        self._bars.update(task, completed=done)

    def _begin(self, step: str, total: int | None) -> TaskID:
        if self._console:
            self._console.print(step, markup=False)
        self._tasks[step] = self._bars.add_task(step, total=total)
        return self._tasks[step]


@contextmanager
def progress(console: Console, *, long: bool = False) -> Iterator[Steps]:
    """Bars on this console while the block runs; nothing where it is no terminal.

    The bars of ``long`` work, of a quarter of an hour and more, stay on the screen, and where there is no terminal
    a line says which step has begun.
    """
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )  # fmt: skip
    shown = console.is_terminal
    with Progress(*columns, console=console, transient=not long, disable=not shown) as bars:
        yield Steps(bars, console if long and not shown else None)
