"""Files as they come: what can be kept is kept, what cannot is named, nothing is half taken in."""

from __future__ import annotations

import openpyxl
import pytest
from conftest import CsvWriter
from people import desk
from sqlmodel import select

from api.application import Application
from jobs_ingest.models import Vacancy
from profiling.errors import InputError
from profiling.models import ImportRun


def titles(application: Application) -> list[str]:
    with application.reading() as session:
        return sorted(session.exec(select(Vacancy.title)))


def test_a_text_of_a_thousand_pages_is_named_and_the_rest_kept(
    application: Application, write_csv: CsvWriter
) -> None:
    application.add_centre("Demo", "NP")
    plain = {"given_name": "Maya", "home_country": "Nepal", "job1_title": "cook", "job1_duties": "Cooked."}
    long = plain | {"ref": "2", "job1_duties": "मैले काम गरें । " * 187_500}
    assert len(long["job1_duties"]) == 3_000_000
    report = application.ingest("returnees", write_csv("p.csv", plain | {"ref": "1"}, long, plain | {"ref": "3"}))
    assert (report.kept, report.rejected) == (2, 1)
    problem = report.problems[0]
    assert (problem.line, problem.field) == (3, "job1_duties")
    assert "at most 20,000 characters long" in problem.reason
    assert len(problem.reason) < 300
    assert [case.ref for case in desk(application).cases()] == ["1", "3"]
    assert report.error_file is not None
    assert application.ingest("returnees", report.error_file).rejected == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"title\0\n", b"title,title\nx,y\n", b"\x00" * 50],
)
def test_a_file_that_is_refused_leaves_no_trace(sqlite_application: Application, content: bytes) -> None:
    path = sqlite_application.settings.data / "v.csv"
    path.write_bytes(content)
    before = sorted(sqlite_application.settings.data.iterdir())
    with pytest.raises(InputError, match=r"^v\.csv: "):
        sqlite_application.ingest("vacancies", path)
    assert titles(sqlite_application) == []
    assert sorted(sqlite_application.settings.data.iterdir()) == before
    with sqlite_application.reading() as session:
        assert session.exec(select(ImportRun)).all() == []


def test_a_file_that_breaks_off_as_text_keeps_what_stood_before(sqlite_application: Application) -> None:
    path = sqlite_application.settings.data / "v.csv"
    rows = b"".join(b"%d,%s\n" % (n, b"" if n == 3 else b"Mason" + b"x" * 90) for n in range(2000))
    path.write_bytes(b"ref,title\n" + rows + b"9999,\x81\n")
    with pytest.raises(InputError, match="breaks off as text after line"):
        sqlite_application.ingest("vacancies", path)
    kept = len(titles(sqlite_application))
    assert kept > 0
    assert kept % 500 == 499  # whole batches, but for the row without a title
    errors = path.with_name("v.csv.errors.csv")
    assert '"5","title","is empty and must be filled' in errors.read_text(encoding="utf-8-sig")
    assert list(path.parent.glob(".*.part")) == []


def test_an_xlsx_file(application: Application) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("Ref", "Title", "Openings", "Accommodation", "Posted on"),
        (7, "Mason", 3.0, True, "2026-01-01"),
        (8, "#REF!", None, None, None),
        (9, "Cook", "=1+1", None, None),
    ):
        sheet.append(row)  # type: ignore[union-attr]
    path = application.settings.data / "v.xlsx"
    book.save(path)
    report = application.ingest("vacancies", path)
    assert (report.encoding, report.kept, report.rejected) == ("xlsx", 2, 1)
    assert report.problems[0].line == 3
    with application.reading() as session:
        found = {row.ref: row for row in session.exec(select(Vacancy))}
    assert (found["7"].openings, found["7"].accommodation) == (3, True)
    assert found["9"].openings is None


def test_an_old_encoding_keeps_its_letters(application: Application) -> None:
    path = application.settings.data / "v.csv"
    path.write_bytes("title;employer\nMason;José “Demo” – Ltd\n".encode("cp1252"))
    assert application.ingest("vacancies", path).encoding == "cp1252"
    with application.reading() as session:
        assert session.exec(select(Vacancy.employer)).one() == "José “Demo” – Ltd"
