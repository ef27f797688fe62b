"""Rejected rows of an import, in a CSV file to be corrected in a spreadsheet and imported again."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from profiling.errors import RowProblem
from profiling.spreadsheets import write_row
from profiling.tabular import RawRow, without_error_columns

#: How many problems a report carries; the error file holds all.
SHOWN_PROBLEMS = 1000


class ErrorFile:
    """Collects rejected rows in a temporary file that takes its name when the run has ended."""

    def __init__(self, path: Path, columns: tuple[str, ...], folder: Path) -> None:
        """``path`` gives the file its name, ``columns`` are those of the rows."""
        self._name = path.name
        self._folder = folder
        self._columns = without_error_columns(columns)
        self._file: IO[str] | None = None
        self.first: list[RowProblem] = []

    def add(self, raw: RawRow, problems: list[RowProblem]) -> None:
        """Write a rejected row with its problems."""
        if len(self.first) < SHOWN_PROBLEMS:
            self.first += problems
        if self._file is None:
            self._file = self._begin()
            write_row(self._file, [*self._columns, "error_line", "error_field", "error_reason"])
        fields = "; ".join(dict.fromkeys(problem.field for problem in problems))
        reasons = "; ".join(problem.reason for problem in problems)
        cells = [raw.cells.get(name, "") for name in self._columns]
        write_row(self._file, [*cells, raw.line, fields, reasons])

    def keep(self) -> Path | None:
        """Give the collected rows their name: the first that is free, so that no earlier one is lost."""
        if self._file is None:
            return None
        self._file.close()
        written = Path(self._file.name)
        self._file = None
        content = written.read_bytes()
        number = 1
        while True:
            middle = "" if number == 1 else f"-{number}"
            target = self._folder / f"{self._name}.errors{middle}.csv"
            if not target.exists() or target.read_bytes() == content:
                written.replace(target)
                return target
            number += 1

    def _begin(self) -> IO[str]:
        self._remove_orphans()
        # A row is never lost over a character that no file can hold.
        made = tempfile.NamedTemporaryFile(  # noqa: SIM115 - it outlives this call
            "w", encoding="utf-8-sig", errors="replace", newline="", prefix=f".{self._name}.", suffix=".part",
            dir=self._folder, delete=False,
        )  # fmt: skip
        with suppress(OSError):
            fcntl.flock(made.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        return made

    def _remove_orphans(self) -> None:
        """Remove what killed runs left: rows of people stand in it, and nobody holds a lock on it any more."""
        for path in self._folder.iterdir():
            if path.name.startswith(f".{self._name}.") and path.suffix == ".part":
                with suppress(OSError):
                    handle = os.open(path, os.O_RDONLY)
                    try:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        path.unlink()
                    finally:
                        os.close(handle)
