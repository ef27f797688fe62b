"""Tables from files as people save them, and as they break them."""

from __future__ import annotations

import io
import warnings
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiling import tabular
from profiling.errors import InputError
from profiling.tabular import FileProblem, RawRow, column_key, open_table, without_error_columns

PLAIN = "Ref,Given Name\r\n1,सीता\r\n2,Ram\r\n"


def read(path: Path) -> tuple[tuple[str, ...], str, list[RawRow]]:
    with open_table(path) as table:
        return table.columns, table.encoding, list(table.rows)


def put(folder: Path, content: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def book(folder: Path, *rows: tuple[object, ...]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    path = folder / "file.xlsx"
    made.save(path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(FileProblem) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path.name}: ")
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (PLAIN.encode("utf-8-sig"), "utf-8"),
        (PLAIN.encode("utf-16"), "utf-16"),
        (b"\xff\xfe" + PLAIN.encode("utf-16-le"), "utf-16"),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16"),
        (PLAIN.encode("utf-16-le"), "utf-16-le"),
        (PLAIN.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, encoding: str) -> None:
    columns, found, rows = read(put(tmp_path, content))
    assert (columns, found) == (("ref", "given_name"), encoding)
    assert rows == [
        RawRow(2, {"ref": "1", "given_name": "सीता"}), RawRow(3, {"ref": "2", "given_name": "Ram"}),
    ]  # fmt: skip


def test_cp1252_even_when_its_bytes_come_late(tmp_path: Path) -> None:
    text = "ref,name\n" + "1,Ram\n" * 20_000 + "2,José – “x”\n"
    columns, encoding, rows = read(put(tmp_path, text.encode("cp1252")))
    assert (columns, encoding) == (("ref", "name"), "cp1252")
    assert rows[-1] == RawRow(20_002, {"ref": "2", "name": "José – “x”"})


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, mark: str) -> None:
    assert read(put(tmp_path, f"a{mark}b{mark}c\n1{mark}2 x{mark}3\n"))[2] == [
        RawRow(2, {"a": "1", "b": "2 x", "c": "3"})
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert read(put(tmp_path, end.join(["a,b", "1,2", "3,4"])))[2] == [
        RawRow(2, {"a": "1", "b": "2"}), RawRow(3, {"a": "3", "b": "4"}),
    ]  # fmt: skip


def test_quoted_line_breaks_keep_line_numbers_right(tmp_path: Path) -> None:
    rows = read(put(tmp_path, 'a,b\n1,"x\ny\n\nz"\n\n2,w\n3\n4,v\n'))[2]
    assert [row.line for row in rows] == [2, 7, 8, 9]
    assert rows[0].cells == {"a": "1", "b": "x\ny\n\nz"}
    assert rows[2].problem is not None
    assert rows[3].cells == {"a": "4", "b": "v"}


def test_too_few_and_too_many_cells_are_problems_and_lose_nothing(tmp_path: Path) -> None:
    rows = read(put(tmp_path, "a,b,c\n1,2\n1,2,3,4,,5\n1,2,3,,\n"))[2]
    assert rows[0].problem == "has 2 cells where the header has 3; check commas and quotes"
    assert rows[1].problem == "has 6 cells where the header has 3; check commas and quotes"
    assert rows[1].cells == {"a": "1", "b": "2", "c": "3 4 5"}
    assert rows[2] == RawRow(4, {"a": "1", "b": "2", "c": "3"})


def test_a_cell_beyond_the_limit_is_a_problem_of_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_CELL", 100)
    rows = read(put(tmp_path, f"a,b\n1,{'x' * 101}\n2,y\n"))[2]
    assert "check the quotes" in (rows[0].problem or "")
    assert rows[-1].cells == {"a": "2", "b": "y"}


def test_columns_are_compared_without_case_and_marks() -> None:
    assert column_key("\ufeff Job1-Title ") == column_key("job1  title") == column_key("JOB1_TITLE") == "job1_title"
    assert without_error_columns(("a", "error_line", "b", "error_field", "error_reason")) == ("a", "b")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n\n", "is empty"),
        (b"\xef\xbb\xbf", "no readable first row"),
        (b",,,\n1,2,3,4\n", "has no column names in its first row"),
        (b"a,,c\n", "has no name for column 2"),
        (b"a,b,A \n", "has the column a twice"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "has 10000 columns; at most 500"),
        (b"a\0b,c\n1,2\n", "is not a text file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x81\x8d", ""),
        (b"a,b\n1,\x81\x8d\n", "is not text in UTF-8, UTF-16 or CP1252"),
        (b"a,b\n" + b"1,2\n" * 30_000 + b"1,\x81\x8d\n", "breaks off as text after line "),
        (b"\xff\xfea\0,\0b\0\n\0\x00\xd8", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file (.xls) or has a password"),
        (b"PK\x03\x04 not a zip at all", "is not a whole XLSX file"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refusal(put(tmp_path, content))


def test_a_header_alone_is_a_table_of_no_rows(tmp_path: Path) -> None:
    for content in ("a,b", "a,b\n", "a,b\n\n  \n,\n"):
        assert read(put(tmp_path, content))[2] == []


def test_trailing_empty_header_cells_are_ignored(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a,b,,\n1,2,,\n"))[0] == ("a", "b")


def test_a_zero_byte_in_a_cell_reaches_the_field_reader(tmp_path: Path) -> None:
    assert read(put(tmp_path, "a,b\n1,x\0y\n"))[2] == [RawRow(2, {"a": "1", "b": "x\0y"})]


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / "none.csv")
    assert "cannot be opened" in refusal(tmp_path)


# --- XLSX -----------------------------------------------------------------------------------------


def test_xlsx_cells(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ("Text", "Day", "Moment", "Whole", "Part", "Yes", "No", "Empty"),
        (" x ", date(2026, 5, 31), datetime(2026, 5, 31, 14, 5), 12.0, 12.5, True, False, None),
        (None,) * 8,
        ("y",),
    )
    columns, encoding, rows = read(path)
    assert columns == ("text", "day", "moment", "whole", "part", "yes", "no", "empty")
    assert encoding == "xlsx"
    assert rows[0] == RawRow(
        2,
        {
            "text": "x", "day": "2026-05-31", "moment": "2026-05-31", "whole": "12", "part": "12.5", "yes": "yes",
            "no": "no", "empty": "",
        },
    )  # fmt: skip
    assert rows[1].line == 4
    assert rows[1].cells["text"] == "y"
    assert len(rows) == 2


def test_a_formula_without_a_stored_result_is_not_known(tmp_path: Path) -> None:
    assert read(book(tmp_path, ("a", "b"), ("x", "=1+1")))[2] == [RawRow(2, {"a": "x", "b": ""})]


def test_a_failed_formula_is_a_problem_of_its_row(tmp_path: Path) -> None:
    rows = read(book(tmp_path, ("a", "b"), ("x", "#REF!"), ("y", "z")))[2]
    assert rows[0].problem == "shows #REF! in b; mend the formula or empty the cell"
    assert rows[1].problem is None


def test_xlsx_cells_beyond_the_header(tmp_path: Path) -> None:
    rows = read(book(tmp_path, ("a", "b"), (1, 2, 3)))[2]
    assert rows == [RawRow(2, {"a": "1", "b": "2 3"}, "has cells beyond the last named column")]


def test_xlsx_without_rows_or_names(tmp_path: Path) -> None:
    assert "in its first row" in refusal(book(tmp_path, (None, None), ("x",)))
    assert "first sheet" in refusal(book(tmp_path))
    assert "columns; at most 500" in refusal(book(tmp_path, tuple(f"c{n}" for n in range(10_000))))


def test_a_zip_that_is_no_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "is not a whole XLSX file" in refusal(path)


def test_a_cut_xlsx_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = book(tmp_path, ("a", "b"), *[(n, "x" * 50) for n in range(200)]).read_bytes()
    for part in (10, len(whole) // 3, len(whole) // 2, len(whole) - 30):
        assert "is not a whole XLSX file" in refusal(put(tmp_path, whole[:part], "cut.xlsx"))


def test_an_xlsx_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    assert path.stat().st_size < 50_000
    monkeypatch.setattr(tabular, "MAX_UNPACKED", 4_999_999)
    assert "unpacks to more than" in refusal(path)


# --- whatever bytes -------------------------------------------------------------------------------

FUZZ = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _xlsx_bytes() -> bytes:
    made = openpyxl.Workbook()
    for row in (("ref", "name"), ("1", "Ram"), ("2", date(2026, 1, 1)), (True, 2.5)):
        made.active.append(row)  # type: ignore[union-attr]
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


XLSX = _xlsx_bytes()


@FUZZ
@given(
    content=st.binary(max_size=400)
    | st.binary(max_size=200).map(lambda b: b"ref,name\n" + b)
    | st.binary(max_size=200).map(lambda b: b"\xff\xfe" + b)
    | st.binary(max_size=200).map(lambda b: b"PK\x03\x04" + b)
    | st.text(alphabet='a,;"\n\r\t\0é', max_size=80).map(str.encode)
)
def test_random_bytes_raise_nothing_but_input_errors(tmp_path: Path, content: bytes) -> None:
    with suppress(InputError):
        read(put(tmp_path, content))


@FUZZ
@given(at=st.integers(0, len(XLSX) - 1), new=st.binary(min_size=1, max_size=6), also=st.integers(0, len(XLSX) - 1))
def test_a_damaged_xlsx_raises_nothing_but_input_errors(tmp_path: Path, at: int, new: bytes, also: int) -> None:
    content = bytearray(XLSX)
    content[at : at + len(new)] = new
    content[also] ^= 0x55
    with warnings.catch_warnings(), suppress(InputError):
        warnings.simplefilter("ignore")  # openpyxl warns of what it repairs
        read(put(tmp_path, bytes(content), "file.xlsx"))
