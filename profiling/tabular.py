"""Reading CSV and XLSX files row by row, with honest line numbers and bounded memory."""

from __future__ import annotations

import codecs
import csv
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from profiling.errors import InputError
from profiling.spreadsheets import unguard

MAX_COLUMNS = 500
MAX_CELL = 16_000_000
MAX_UNPACKED = 1_000_000_000
#: Characters of one line of a CSV file.
MAX_LINE = 8_000_000
#: Rows and columns of a sheet (https://support.microsoft.com, "Excel specifications and limits").
SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384
#: Bytes of what openpyxl reads as a whole: the texts of a workbook, and any other part but its sheets.
MAX_TEXTS, MAX_PART = 64_000_000, 16_000_000
#: Deflate reaches 1,032 to 1; the parts of a workbook stay below 40.
_MOST_PACKED, _LEAST_PACKED = 200, 1_000_000
#: The columns that an error file has more than the file that it came from.
ERROR_COLUMNS = frozenset({"error_line", "error_field", "error_reason"})
#: What openpyxl and the libraries under it raise on a damaged file.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, LookupError, OSError, ValueError, SyntaxError, EOFError,
    TypeError, AttributeError, OverflowError, RuntimeError,
)  # fmt: skip
#: What a spreadsheet shows where a formula failed.
_FORMULA_ERRORS = frozenset("#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A".split())


class FileProblem(InputError):
    """The file as a whole cannot be read; nothing of it was taken in."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


@dataclass(frozen=True)
class RawRow:
    """One row: the line where it starts, its cells by column, or why it has no cells."""

    line: int
    cells: dict[str, str]
    problem: str | None = None


@dataclass(frozen=True)
class Table:
    """An open file: its columns as written, how it was read, and its rows (to be read once)."""

    columns: tuple[str, ...]
    encoding: str
    rows: Iterator[RawRow]


def column_key(text: str) -> str:
    """A header as Hunar compares it: ``" Job1 Title "`` is ``job1_title``."""
    return "_".join(text.strip().lstrip("\ufeff").casefold().replace("-", " ").replace("_", " ").split())


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV or XLSX file. Raises FileProblem with what to do when it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise FileProblem(path, f"cannot be opened ({error.strerror}).") from error
    if not start.strip():
        raise FileProblem(path, "is empty. Put the column names in the first row.")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileProblem(path, "is an old Excel file (.xls) or has a password. Save it as .xlsx without one.")
    if start.startswith(b"PK"):
        with _open_xlsx(path) as table:
            yield table
    else:
        with _open_csv(path) as table:
            yield table


def _check_columns(path: Path, names: list[str]) -> tuple[str, ...]:
    while names and not names[-1].strip():
        names.pop()
    columns = tuple(column_key(unguard(name)) for name in names)
    if not any(columns):
        raise FileProblem(path, "has no column names in its first row.")
    if len(columns) > MAX_COLUMNS:
        raise FileProblem(path, f"has {len(columns)} columns; at most {MAX_COLUMNS} are read.")
    if "" in columns:
        raise FileProblem(path, f"has no name for column {columns.index('') + 1}. Name it or remove it.")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FileProblem(path, f"has the column {', '.join(twice)} twice. Rename or remove one.")
    return columns


def find_encoding(path: Path) -> str:
    """UTF-8 (with or without mark), UTF-16 or CP1252, by what the bytes allow."""
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        nulls = head.count(0)
        if nulls > len(head) // 4:
            return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


@contextmanager
def _open_csv(path: Path) -> Iterator[Table]:
    encoding = find_encoding(path)
    csv.field_size_limit(min(MAX_CELL, sys.maxsize))
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(path, file)
        reader = csv.reader(_lines(path, file), delimiter=delimiter)
        try:
            first = next(reader)
        except StopIteration:
            raise FileProblem(path, "has no readable first row. Put the column names there.") from None
        except (csv.Error, UnicodeError) as error:
            raise FileProblem(path, f"has no readable first row ({error}). Save it as CSV in UTF-8.") from error
        columns = _check_columns(path, first)
        yield Table(columns, encoding.replace("-sig", ""), _csv_rows(path, reader, columns))


def _delimiter(path: Path, file: IO[str]) -> str:
    try:
        line = file.readline(1_000_000)
    except UnicodeError as error:
        raise FileProblem(path, "is not text in UTF-8, UTF-16 or CP1252. Save it as CSV in UTF-8.") from error
    file.seek(0)
    if "\0" in line:
        raise FileProblem(path, "is not a text file. Give a CSV or XLSX file.")
    return max(",;\t|", key=line.count)


def _lines(path: Path, file: IO[str]) -> Iterator[str]:
    """The lines of a file; one without end is not taken into memory."""
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE and line[-1] not in "\r\n":
            raise FileProblem(path, f"has a line of more than {MAX_LINE:,} characters. Save it as CSV again.")
        yield line


def _csv_rows(path: Path, reader: Iterator[list[str]], columns: tuple[str, ...]) -> Iterator[RawRow]:
    line = reader.line_num  # type: ignore[attr-defined]
    while True:
        start = line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = reader.line_num  # type: ignore[attr-defined]
            yield RawRow(start, {}, f"cannot be read ({error}); check the quotes")
            continue
        except UnicodeError as error:
            raise FileProblem(path, f"breaks off as text after line {line} ({error}). Save it as UTF-8.") from error
        line = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        extra = any(cell.strip() for cell in cells[len(columns) :])
        if extra or len(cells) < len(columns):
            problem = f"has {len(cells)} cells where the header has {len(columns)}; check commas and quotes"
            yield RawRow(start, _all_cells(columns, cells), problem)
        else:
            yield RawRow(start, dict(zip(columns, _plain(cells), strict=False)))


def _plain(cells: list[str]) -> list[str]:
    """Cells without blanks around them and without what guards them in files that Hunar wrote."""
    stripped = [cell.strip() for cell in cells]
    return [unguard(cell).strip() for cell in stripped] if "'" in "".join(stripped) else stripped


def _all_cells(columns: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    """Cells by column; what stands beyond the last column is shown in the last, so that nothing is lost."""
    cells = [unguard(cell) for cell in cells]
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    found = dict(zip(columns, cells, strict=False))
    if surplus:
        found[columns[-1]] = " ".join([found[columns[-1]], *surplus])
    return found


@contextmanager
def _open_xlsx(path: Path) -> Iterator[Table]:
    with path.open("rb") as file, ExitStack() as closing:
        try:
            with zipfile.ZipFile(file) as archive:
                _check_parts(path, archive.infolist())
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            closing.callback(book.close)
        except _DAMAGE as error:
            raise FileProblem(path, "is not a whole XLSX file (cut off or damaged). Save it again.") from error
        try:
            # With bounds, because a cell or row may name any place, and all up to there are made.
            sheet = book.worksheets[0]
            first = next(sheet.iter_rows(values_only=True, max_col=SHEET_COLUMNS, max_row=1), None)
            rows = sheet.iter_rows(values_only=True, min_row=2, max_col=MAX_COLUMNS + 1, max_row=SHEET_ROWS)
        except _DAMAGE as error:
            raise FileProblem(path, "has no first sheet that can be read (damaged). Save it again.") from error
        if first is None:
            raise FileProblem(path, "has an empty first sheet. Put the column names in the first row.")
        columns = _check_columns(path, [_cell(value) for value in first])
        yield Table(columns, "xlsx", _xlsx_rows(path, rows, columns))


def _check_parts(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    """Refuse a workbook that unpacks to more than memory or patience hold."""
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise FileProblem(path, "unpacks to more than 1 GB. Save it as CSV.")
    for part in parts:
        if part.file_size > max(_LEAST_PACKED, _MOST_PACKED * part.compress_size):
            raise FileProblem(path, "is packed so densely that it is no spreadsheet. Save it as CSV.")
        is_text = part.filename.endswith("sharedStrings.xml")
        most = MAX_TEXTS if is_text else MAX_UNPACKED if "/worksheets/" in part.filename else MAX_PART
        if part.file_size > most and part.filename.endswith((".xml", ".rels")):
            raise FileProblem(path, f"has a part of more than {most // 1_000_000} MB. Save it as CSV.")


def _filled(values: tuple[object, ...]) -> tuple[object, ...]:
    """A row without the empty cells at its end."""
    last = len(values)
    if values.count(None) == last:
        return ()
    while values[last - 1] is None:
        last -= 1
    return values[:last]


def _xlsx_rows(path: Path, rows: Iterator[tuple[object, ...]], columns: tuple[str, ...]) -> Iterator[RawRow]:
    line = 1
    blank: tuple[object, ...] | None = None
    while True:
        try:
            values = next(rows)
        except StopIteration:
            return
        except _DAMAGE as error:
            raise FileProblem(path, f"breaks off after row {line} (damaged). Save it again.") from error
        line += 1
        if values is blank:
            continue
        filled = _filled(values)
        if not filled:
            # openpyxl gives this same one for each row that a sheet leaves out, of which there may be a million.
            blank = values
            continue
        cells = [_cell(value) for value in filled]
        if not any(cells):
            continue
        failed = next((at for at, cell in enumerate(cells[: len(columns)]) if cell in _FORMULA_ERRORS), None)
        if any(cells[len(columns) :]):
            yield RawRow(line, _all_cells(columns, cells), "has cells beyond the last named column")
        elif failed is not None:
            reason = f"shows {cells[failed]} in {columns[failed]}; mend the formula or empty the cell"
            yield RawRow(line, _all_cells(columns, cells), reason)
        else:
            cells = _plain(cells) + [""] * (len(columns) - len(cells))
            yield RawRow(line, dict(zip(columns, cells, strict=False)))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def without_error_columns(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of an error file without the three that Hunar added."""
    return tuple(name for name in columns if name not in ERROR_COLUMNS)
