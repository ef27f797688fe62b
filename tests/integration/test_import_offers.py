"""Vacancies and courses from files: kept or rejected whole, and the same file twice changes nothing."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import CsvWriter
from sqlmodel import select

from api.application import Application
from jobs_ingest.models import Course, Vacancy
from profiling.errors import InputError
from profiling.importing import import_file
from profiling.mapping import read_mapping
from profiling.models import ImportRun
from profiling.repository import revision_number

FULL = {
    "ref": "V-1", "title": "Steel fixer", "employer": "Demo", "description": "Also arc welding. 6G an advantage.",
    "country": "UAE", "province": "Dubai", "district": "Deira", "place": "Site 4",
    "essential_skills": "arc welding; juggling", "wished_skills": "formwork", "experience_years": "2.5",
    "education_level": "Lower secondary", "languages": "English:basic", "licences": "forklift; crane",
    "framework": "NP-NVQS", "level": "2", "contract": "wage work", "openings": "12", "pay_min": "1,000",
    "pay_max": "1500.50", "pay_currency": "aed", "pay_period": "month", "accommodation": "yes", "transport": "no",
    "posted_on": "2026-11-01", "closes_on": "2083-08-29 BS", "status": "held", "held_reason": "asks for a fee",
}  # fmt: skip
#: What Hunar itself writes beside a row's own cells.
OWN = {"id", "source", "ref", "ref_given", "content_hash", "coding", "seen_run", "created_at", "updated_at"}


def held(application: Application, table: type[Vacancy] | type[Course] = Vacancy) -> dict[str, Vacancy | Course]:
    with application.reading() as session:
        return {row.ref: row for row in session.exec(select(table))}


def state(application: Application) -> object:
    with application.reading() as session:
        rows = session.execute(sa.select(Vacancy.id, Vacancy.ref, Vacancy.content_hash, Vacancy.updated_at)).all()
        return sorted(map(tuple, rows), key=str), revision_number(session, "market")


def test_every_cell_of_a_full_row_arrives(application: Application, write_csv: CsvWriter) -> None:
    report = application.ingest("vacancies", write_csv("v.csv", FULL), source="portal")
    assert (report.read, report.new, report.rejected, report.error_file) == (1, 1, 0, None)
    found = held(application)["V-1"].model_dump()
    assert {name: found[name] for name in FULL.keys() - {"essential_skills", "wished_skills"}} == {
        "ref": "V-1", "title": "Steel fixer", "employer": "Demo",
        "description": "Also arc welding. 6G an advantage.", "country": "AE", "province": "Dubai",
        "district": "Deira", "place": "Site 4", "experience_years": 2.5, "education_level": "lower_secondary",
        "languages": {"en": "basic"}, "licences": ["forklift", "crane"], "framework": "NP-NVQS", "level": 2,
        "contract": "wage_work", "openings": 12, "pay_min": 1000.0, "pay_max": 1500.5, "pay_currency": "AED",
        "pay_period": "month", "accommodation": True, "transport": False, "posted_on": date(2026, 11, 1),
        "closes_on": date(2026, 12, 15), "status": "held", "held_reason": "asks for a fee",
    }  # fmt: skip
    assert found["source"] == "portal"
    assert found["essential_text"] == ["arc welding", "juggling"]
    assert (found["occupation"], found["occupation_words"]) == ("steel-fixer", "Steel fixer")
    assert found["essential"] == [["weld-arc", "arc welding"]]
    assert found["wished"] == [["make-formwork", "formwork"], ["weld-pipe", "6G"]]


@pytest.mark.parametrize(
    ("kind", "table", "row"),
    [
        ("vacancies", Vacancy, {"ref": "1", "title": "Qqq"}),
        ("courses", Course, {"ref": "1", "title": "Qqq", "kind": "course"}),
    ],
)
def test_what_a_row_does_not_say_stays_empty(
    application: Application,
    write_csv: CsvWriter,
    kind: str,
    table: type[Vacancy] | type[Course],
    row: dict[str, str],
) -> None:
    application.ingest(kind, write_csv("v.csv", row))
    found = held(application, table)["1"].model_dump()
    given = OWN | {"title", "kind"} | ({"status"} if table is Vacancy else set())
    assert {name: value for name, value in found.items() if name not in given and value not in (None, [], {})} == {}
    assert all(found[name] is None for name in ("country", "licence" if table is Course else "pay_min"))


def test_importing_twice_changes_nothing(application: Application, write_csv: CsvWriter) -> None:
    path = write_csv("v.csv", FULL, {"title": "Mason"}, {"ref": "V-2", "title": "Plumber"})
    application.ingest("vacancies", path)
    before = state(application)
    report = application.ingest("vacancies", path)
    assert (report.read, report.new, report.changed, report.unchanged) == (3, 0, 0, 3)
    assert state(application) == before


def test_a_changed_row_keeps_its_id(application: Application, write_csv: CsvWriter) -> None:
    application.ingest("vacancies", write_csv("a.csv", FULL))
    before = held(application)["V-1"]
    report = application.ingest("vacancies", write_csv("b.csv", FULL | {"title": "Plumber", "pay_max": ""}))
    after = held(application)["V-1"]
    assert (report.changed, report.new) == (1, 0)
    assert isinstance(after, Vacancy)
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert (after.title, after.occupation, after.pay_max) == ("Plumber", "plumber", None)


def test_the_same_number_of_two_sources_is_two_vacancies(application: Application, write_csv: CsvWriter) -> None:
    for source in ("one", "two"):
        assert application.ingest("vacancies", write_csv("a.csv", FULL), source=source).new == 1
    with application.reading() as session:
        assert sorted(session.exec(select(Vacancy.source))) == ["one", "two"]


def test_a_number_twice_in_a_file_is_refused_each_time(application: Application, write_csv: CsvWriter) -> None:
    path = write_csv("v.csv", FULL, FULL | {"title": "Mason"}, FULL)
    for new, unchanged in ((1, 1), (0, 2)):
        report = application.ingest("vacancies", path)
        assert (report.read, report.new, report.unchanged, report.changed) == (3, new, unchanged, 0)
        assert [(p.line, p.field, p.reason) for p in report.problems] == [
            (3, "ref", "'V-1' stands twice in this file")
        ]
        assert held(application)["V-1"].title == "Steel fixer"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"title": ""}, "title"), ({"country": "Gulf"}, "country"), ({"pay_max": "900"}, "pay_max"),
        ({"closes_on": "2026-10-01"}, "closes_on"), ({"posted_on": "2026-11"}, "posted_on"),
        ({"licences": "pilot"}, "licences"), ({"status": "maybe"}, "status"), ({"level": "2.5"}, "level"),
        ({"openings": "many"}, "openings"), ({"description": "x" * 20_001}, "description"),
        ({"contract": "slavery"}, "contract"), ({"employer": "a\0b"}, "employer"),
    ],
)  # fmt: skip
def test_a_wrong_cell_rejects_its_row_and_no_other(
    sqlite_application: Application, write_csv: CsvWriter, cells: dict[str, str], field: str
) -> None:
    path = write_csv("v.csv", {"ref": "A", "title": "Mason"}, FULL | cells, {"ref": "Z", "title": "Mason"})
    report = sqlite_application.ingest("vacancies", path)
    assert (report.read, report.kept, report.rejected) == (3, 2, 1)
    assert [(problem.line, problem.field) for problem in report.problems] == [(3, field)]
    assert held(sqlite_application).keys() == {"A", "Z"}


def test_a_corrected_error_file_is_kept_like_the_corrected_file(
    application: Application, write_csv: CsvWriter, tmp_path: Path
) -> None:
    bad = {"title": "Mason", "country": "Gulf", "employer": "Ä, “x”\nline"}
    report = application.ingest("vacancies", write_csv("v.csv", FULL, bad))
    assert report.error_file == tmp_path / "v.csv.errors.csv"
    text = report.error_file.read_text(encoding="utf-8-sig")
    with report.error_file.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["error_line"], r["error_field"], r["employer"]) for r in rows] == [("3", "country", "Ä, “x”\nline")]
    report.error_file.write_text(text.replace('"Gulf"', '"Qatar"', 1), encoding="utf-8-sig", newline="")
    again = application.ingest("vacancies", report.error_file)
    assert (again.read, again.new, again.error_file) == (1, 1, None)
    # The row has no number, so its content alone tells that it is the same one.
    corrected = application.ingest("vacancies", write_csv("v2.csv", FULL, bad | {"country": "Qatar"}))
    assert (corrected.new, corrected.unchanged) == (0, 2)


def test_an_error_file_never_overwrites_an_earlier_one(application: Application, write_csv: CsvWriter) -> None:
    names = []
    for country in ("Gulf", "Mars", "Gulf"):
        report = application.ingest("vacancies", write_csv("v.csv", FULL | {"country": country}))
        assert report.error_file is not None
        names.append(report.error_file.name)
        assert country in report.error_file.read_text(encoding="utf-8-sig")
    assert names == ["v.csv.errors.csv", "v.csv.errors-2.csv", "v.csv.errors.csv"]


def test_a_row_of_too_many_cells_is_not_taken_in_from_its_error_file(
    application: Application, tmp_path: Path
) -> None:
    path = tmp_path / "v.csv"
    path.write_text("ref,title,employer\n1,Mason, quick,Demo\n")
    report = application.ingest("vacancies", path)
    assert report.error_file is not None
    assert "quick Demo" in report.error_file.read_text(encoding="utf-8-sig")
    again = application.ingest("vacancies", report.error_file)
    assert (again.kept, again.rejected) == (0, 1)
    assert "empty its cell error_field" in again.problems[0].reason


def test_columns_that_are_not_known(application: Application, write_csv: CsvWriter) -> None:
    with pytest.raises(InputError, match=r"discription \(did you mean description\?\), zzz\. Rename"):
        application.ingest("vacancies", write_csv("v.csv", {"title": "x", "discription": "y", "zzz": "z"}))
    with pytest.raises(InputError, match="lacks the column kind, which courses need"):
        application.ingest("courses", write_csv("c.csv", {"title": "x"}))
    assert held(application) == {}


def test_a_mapped_file(application: Application, write_csv: CsvWriter, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'source = "portal"\nignore = ["No"]\n[columns]\ntitle = "Job"\n[constants]\ncountry = "Nepal"\n'
    )
    path = write_csv("theirs.csv", {"No": "1", "Job": "Mason"})
    mapping = read_mapping(tmp_path / "m.toml")
    for kept in ("new", "unchanged"):
        assert getattr(application.ingest("vacancies", path, mapping=mapping), kept) == 1
    (found,) = held(application).values()
    assert (found.source, found.title, found.country, found.ref_given) == ("portal", "Mason", "NP", False)


def test_courses(application: Application, write_csv: CsvWriter) -> None:
    row = {
        "ref": "C-1", "title": "Skill test", "kind": "RPL", "trade": "steel fixer", "skills": "arc welding",
        "licence": "forklift", "weeks": "1", "cost": "1,500", "cost_currency": "NPR", "next_intake": "2083-09 BS",
        "seats": "20", "childcare": "yes", "lodging": "no",
    }  # fmt: skip
    report = application.ingest(
        "courses", write_csv("c.csv", row, row | {"ref": "C-2", "licence": "forklift; crane"})
    )
    assert [(p.field, p.reason) for p in report.problems] == [
        ("licence", "names more than one licence; give one row to each")
    ]
    found = held(application, Course)["C-1"]
    assert isinstance(found, Course)
    assert (found.kind, found.occupation, found.teaches) == ("rpl", "steel-fixer", [["weld-arc", "arc welding"]])
    assert (found.licence, found.cost, found.next_intake, found.seats) == ("forklift", 1500.0, "2026-12", 20)
    assert (found.childcare, found.lodging) == (True, False)


def test_the_run_is_recorded_and_its_sums_hold(application: Application, write_csv: CsvWriter) -> None:
    rows = [{"ref": str(n % 40), "title": "" if n % 7 == 0 else "Mason"} for n in range(50)]
    report = application.ingest("vacancies", write_csv("v.csv", *rows))
    assert report.kept + report.rejected == report.read == 50
    with application.reading() as session:
        run = session.exec(select(ImportRun)).one()
    assert (run.rows_read, run.rows_new, run.rows_changed, run.rows_unchanged, run.rows_rejected) == (
        50, report.new, report.changed, report.unchanged, report.rejected,
    )  # fmt: skip
    assert run.finished_at is not None


def test_small_batches_give_the_same_as_one(application: Application, write_csv: CsvWriter) -> None:
    from jobs_ingest.vacancies import VacancyImporter

    rows = [{"ref": str(n % 9), "title": f"Mason {n % 9 if n < 15 else n}"} for n in range(20)]
    path = write_csv("v.csv", *rows)
    importer = VacancyImporter("s", application.coder())
    done: list[int] = []
    report = import_file(application.session, path, importer, source="s", batch_size=4, progress=done.append)
    assert done == [4, 8, 12, 16, 20]
    assert (report.new, report.unchanged, report.rejected) == (9, 6, 5)
    assert application.ingest("vacancies", path, source="s").unchanged == 15
