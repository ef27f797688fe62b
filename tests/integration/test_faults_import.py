"""Kills, full disks and two writers: whole rows stay, and the next run ends as an unbroken one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import SqliteServer, csv_file, make_application
from people import desk
from sqlmodel import select

from api.application import Application
from jobs_ingest.models import Vacancy
from profiling.errors import OperatorError
from profiling.models import ImportRun

ROWS = 2000
_CHILD = """
import sys, pathlib
from api.database import make_engine, open_session
from jobs_ingest.vacancies import VacancyImporter
from profiling.coding import Coder
from profiling.importing import import_file
from profiling.taxonomy import Taxonomy

url, path, source = sys.argv[1:]
engine = make_engine(url)
importer = VacancyImporter(source, Coder(Taxonomy("small", {}, {}, {})))
print("ready", flush=True)
sys.stdin.readline()
import_file(lambda: open_session(engine), pathlib.Path(path), importer, source=source, batch_size=50,
            progress=lambda rows: print(rows, flush=True))
engine.dispose()
"""


def vacancies(path: Path, count: int = ROWS) -> Path:
    return csv_file(path, ({"ref": str(n), "title": f"Mason {n}", "openings": "2"} for n in range(count)))


def start(url: str, path: Path, source: str = "s") -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, url, str(path), source],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def rows(application: Application) -> list[tuple[object, ...]]:
    columns = (Vacancy.source, Vacancy.ref, Vacancy.content_hash, Vacancy.title, Vacancy.openings)
    with application.reading() as session:
        return sorted(map(tuple, session.execute(sa.select(*columns))))


@pytest.mark.parametrize("batches", [0, 1, 25])
def test_a_kill_leaves_whole_rows_and_the_next_run_finishes(
    starter_url: str, sqlite_server: SqliteServer, tmp_path: Path, batches: int
) -> None:
    path = vacancies(tmp_path / "v.csv")
    child = start(starter_url, path)
    go(child)
    for _ in range(batches):
        assert child.stdout is not None
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    broken = make_application(starter_url, tmp_path)
    left = rows(broken)
    assert len(left) >= batches * 50
    assert len(left) % 50 == 0
    assert len(left) < ROWS
    with broken.reading() as session:
        counted = [(run.rows_read, run.finished_at) for run in session.exec(select(ImportRun))]
    assert counted == ([(len(left), None)] if left else [])

    report = broken.ingest("vacancies", path, source="s")
    assert (report.read, report.unchanged, report.new) == (ROWS, len(left), ROWS - len(left))
    whole = tmp_path / "whole"
    whole.mkdir()
    unbroken = make_application(sqlite_server.create("starter", whole), whole)
    unbroken.ingest("vacancies", path, source="s")
    assert rows(broken) == rows(unbroken)
    for application in (broken, unbroken):
        application.engine.dispose()


def test_a_full_disk_names_what_is_safe_and_can_be_mended(sqlite_application: Application) -> None:
    application = sqlite_application
    limit: list[int | None] = [None]

    @sa.event.listens_for(application.engine, "begin")
    def _limit(connection: sa.Connection) -> None:
        pages = limit[0] or 1_073_741_823
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with application.engine.connect() as connection:
        held = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit[0] = held + 150
    path = vacancies(application.settings.data / "v.csv")
    with pytest.raises(OperatorError, match="the disk or database is full") as caught:
        application.ingest("vacancies", path)
    safe = len(rows(application))
    assert 0 < safe < ROWS
    assert f"v.csv: stopped after {safe:,} rows, which are safe" in str(caught.value)
    assert desk(application).cases() == []  # the database still answers, and still writes its trail

    limit[0] = None
    report = application.ingest("vacancies", path)
    assert (report.unchanged, report.new) == (safe, ROWS - safe)
    with application.reading() as session:
        assert session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"


def test_an_error_file_that_cannot_be_written_is_the_operators_matter(sqlite_application: Application) -> None:
    cells = [{"ref": "1", "title": "x"}, {"ref": "2", "title": ""}]
    path = csv_file(sqlite_application.settings.data / "v.csv", cells)
    with pytest.raises(OperatorError, match="stopped after 2 rows, which are safe"):
        sqlite_application.ingest("vacancies", path, errors_to=path.parent / "none")
    assert len(rows(sqlite_application)) == 1


def test_two_writers_at_once_both_finish(starter_url: str, tmp_path: Path) -> None:
    path = vacancies(tmp_path / "v.csv", 1000)
    children = [start(starter_url, path, source) for source in ("one", "two")]
    for child in children:
        go(child)
    for child in children:
        child.communicate(timeout=60)
        assert child.returncode == 0
    application = make_application(starter_url, tmp_path)
    found = rows(application)
    application.engine.dispose()
    assert len(found) == 2000
    assert [sum(row[0] == source for row in found) for source in ("one", "two")] == [1000, 1000]
