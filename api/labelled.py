"""Labelled tab-separated files: a line of column names, then a row a line; there is no quoting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from profiling.errors import InputError

HIGHEST_GRADE = 3


def read_table(path: Path, needed: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row by the names of its columns, with its file and line. Raises InputError with file, line and column.

    ``needed`` columns are there and not empty; others may be there.
    """
    if not path.is_file():
        raise InputError(f"{path.name} is not in {path.parent}; it needs the columns {', '.join(needed)}.")
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8-sig").split("\n")]
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: is not UTF-8 text (byte {error.start + 1:,}).") from error
    columns = rows[0]
    if missing := [column for column in needed if column not in columns]:
        raise InputError(f"{path.name}, line 1: the column {missing[0]} is missing (needed: {', '.join(needed)}).")
    found = 0
    for line, row in enumerate(rows[1:], 2):
        if row == [""]:
            continue
        if len(row) != len(columns):
            raise InputError(
                f"{path.name}, line {line}: has {len(row)} cells, but {len(columns)} columns are named."
            )
        cells = dict(zip(columns, row, strict=True))
        where = f"{path.name}, line {line}"
        for column in needed:
            if not cells[column].strip():
                raise InputError(f"{where}, column {column}: is empty.")
        found += 1
        yield where, cells
    if not found:
        raise InputError(f"{path.name}: holds no rows below the names of the columns.")


def read_grade(where: str, row: Mapping[str, str], column: str) -> int:
    """The grade of a row, 0 to HIGHEST_GRADE. Raises InputError for anything else."""
    if row[column] not in tuple(map(str, range(HIGHEST_GRADE + 1))):
        raise InputError(f"{where}, column {column}: {row[column]!r} is no grade from 0 to {HIGHEST_GRADE}.")
    return int(row[column])
