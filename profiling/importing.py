"""The engine of every import: rows in batches, each batch one transaction, each row kept or rejected.

Whole batches are committed, so that a kill leaves whole rows; running the import again ends as an
unbroken run would, because rows that did not change are recognised by their content.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from profiling.error_files import ErrorFile
from profiling.errors import OperatorError, RowProblem
from profiling.fields import Row
from profiling.mapping import Mapping
from profiling.models import ImportRun, now_utc
from profiling.tabular import (
    ERROR_COLUMNS,
    FileProblem,
    RawRow,
    Table,
    column_key,
    open_table,
    without_error_columns,
)

R = TypeVar("R")
OpenSession = Callable[[], AbstractContextManager[Session]]
BATCH = 500
_CLOSEST = 0.6
#: The field of a problem that concerns the row and no single cell.
_WHOLE_ROW = "row"


@dataclass
class Stored:
    """What a batch did: rows new, changed and unchanged, and rows that the store refused."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RowProblem] = field(default_factory=list)
    #: Ids of people whose record was written, for the audit trail.
    people: list[uuid.UUID] = field(default_factory=list)


class Importer(Protocol[R]):
    """What the engine needs to know of one kind of row."""

    kind: str
    required: frozenset[str]

    def knows(self, column: str) -> bool:
        """Whether the layout has such a column."""

    def columns(self) -> Iterable[str]:
        """The columns of the layout, for messages."""

    def parse(self, row: Row) -> R:
        """A record from a row; problems are noted in the row."""

    def store(self, session: Session, batch: list[tuple[int, R]], run: ImportRun) -> Stored:
        """Write a batch of (line, record)."""


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. ``kept`` and ``rejected`` add up to ``read``, always."""

    kind: str
    file_name: str
    encoding: str
    read: int
    new: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    rejected: int
    error_file: Path | None

    @property
    def kept(self) -> int:
        """Rows that are in the database now."""
        return self.new + self.changed + self.unchanged


def content_hash(cells: dict[str, str]) -> str:
    """A hash of a row's filled cells, whatever their order."""
    filled = {name: text for name, text in cells.items() if text}
    return hashlib.sha256(json.dumps(filled, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def import_file(
    open_session: OpenSession,
    path: Path,
    importer: Importer[R],
    *,
    source: str,
    mapping: Mapping | None = None,
    errors_to: Path | None = None,
    progress: Callable[[int], None] = lambda rows: None,
    after_batch: Callable[[Session, list[uuid.UUID]], None] = lambda session, people: None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Import one file. ``progress`` is told the number of rows done after each batch.

    ``after_batch`` is called with the people written, within the transaction (for the audit trail).

    Raises InputError when the file as a whole does not fit (nothing is taken in then) and OperatorError
    when the database cannot go on (the batches before stay).
    """
    with open_table(path) as table:
        _check_layout(path, table, importer, mapping)
        run = ImportRun(kind=importer.kind, source=source, file_name=path.name)
        errors = ErrorFile(path, table.columns, errors_to or path.parent)
        try:
            for batch in _batches(table.rows, batch_size):
                with open_session() as session:
                    _do_batch(session, importer, batch, mapping, run, errors, after_batch)
                progress(run.rows_read)
            with open_session() as session:
                run.finished_at = now_utc()
                session.merge(run)
                session.commit()
        except FileProblem:
            # The file is damaged further down: what stands before it is in the database.
            errors.keep()
            raise
        except (OperationalError, IntegrityError, OSError) as error:
            with suppress(OSError):
                errors.keep()
            raise OperatorError(
                f"{path.name}: stopped after {run.rows_read:,} rows, which are safe: {plain_reason(error)}. "
                "Mend that and import the file again; nothing will stand twice."
            ) from error
        return ImportReport(
            importer.kind, path.name, table.encoding, run.rows_read, run.rows_new, run.rows_changed,
            run.rows_unchanged, tuple(errors.first), run.rows_rejected, errors.keep(),
        )  # fmt: skip


def plain_reason(error: Exception) -> str:
    """Why the database could not go on, in plain words."""
    if isinstance(error, IntegrityError):
        return "another import wrote the same rows at the same moment"
    text = str(getattr(error, "orig", None) or error)
    return "the disk or database is full" if "full" in text or "No space" in text else text


def _batches(rows: Iterator[RawRow], size: int) -> Iterator[list[RawRow]]:
    while batch := list(islice(rows, size)):
        yield batch


def _do_batch(
    session: Session,
    importer: Importer[R],
    batch: list[RawRow],
    mapping: Mapping | None,
    run: ImportRun,
    errors: ErrorFile,
    after_batch: Callable[[Session, list[uuid.UUID]], None],
) -> None:
    good: list[tuple[int, R]] = []
    raw_by_line = {raw.line: raw for raw in batch}
    rejected: list[tuple[RawRow, list[RowProblem]]] = []
    for raw in batch:
        problem = raw.problem or _left_as_it_was(raw)
        if problem:
            rejected.append((raw, [RowProblem(raw.line, _WHOLE_ROW, problem)]))
            continue
        cells = {name: text for name, text in raw.cells.items() if name not in ERROR_COLUMNS}
        row = Row(raw.line, mapping.apply(cells) if mapping else cells)
        record = importer.parse(row)
        if row.problems:
            rejected.append((raw, row.problems))
        else:
            good.append((raw.line, record))
    stored = importer.store(session, good, run)
    rejected += [(raw_by_line[problem.line], [problem]) for problem in stored.refused]
    counts = (len(batch), stored.new, stored.changed, stored.unchanged, len(rejected))
    session.merge(_counted(run, counts))
    if stored.people:
        after_batch(session, stored.people)
    session.commit()
    run.rows_read, run.rows_new, run.rows_changed, run.rows_unchanged, run.rows_rejected = _sums(run, counts)
    for raw, problems in sorted(rejected, key=lambda pair: pair[0].line):
        errors.add(raw, problems)


def _left_as_it_was(raw: RawRow) -> str | None:
    """Why a row of an error file stays refused: its cells did not fit, and nobody says that they do now.

    Its cells were written in the header's order, so that alone they would pass for a whole row.
    """
    if raw.cells.get("error_field") == _WHOLE_ROW:
        return "put its cells right (see error_reason), then empty its cell error_field"
    return None


def _sums(run: ImportRun, counts: tuple[int, int, int, int, int]) -> tuple[int, int, int, int, int]:
    read, new, changed, unchanged, rejected = counts
    return (
        run.rows_read + read, run.rows_new + new, run.rows_changed + changed,
        run.rows_unchanged + unchanged, run.rows_rejected + rejected,
    )  # fmt: skip


def _counted(run: ImportRun, counts: tuple[int, int, int, int, int]) -> ImportRun:
    read, new, changed, unchanged, rejected = _sums(run, counts)
    return ImportRun(
        id=run.id, kind=run.kind, source=run.source, file_name=run.file_name, started_at=run.started_at,
        rows_read=read, rows_new=new, rows_changed=changed, rows_unchanged=unchanged, rows_rejected=rejected,
    )  # fmt: skip


def _check_layout(path: Path, table: Table, importer: Importer[R], mapping: Mapping | None) -> None:
    theirs = without_error_columns(table.columns)
    if mapping:
        mapping.check(theirs)
        ours = mapping.targets()
    else:
        ours = set(theirs)
    unknown = sorted(name for name in ours if not importer.knows(name))
    if unknown:
        hints = [f"{name}{_did_you_mean(name, importer)}" for name in unknown]
        raise FileProblem(
            path,
            f"has columns that {importer.kind} do not know: {', '.join(hints)}. Rename them as in "
            "docs/layouts.md, or give a mapping file with --mapping that maps or ignores them.",
        )
    missing = sorted(importer.required - ours)
    if missing:
        raise FileProblem(path, f"lacks the column {', '.join(missing)}, which {importer.kind} need.")


def _did_you_mean(name: str, importer: Importer[R]) -> str:
    close = difflib.get_close_matches(column_key(name), list(importer.columns()), 1, _CLOSEST)
    return f" (did you mean {close[0]}?)" if close else ""
