"""The figures of issue 5 that a program can measure: real postings, labelled sets, kills, full disks, addresses.

Hostile files have a campaign of their own; ``make bench`` measures speed, tests/unit/test_spreadsheets.py exports.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ingest_labels as labels
import pytest
import sqlalchemy as sa
from conftest import make_application
from ingest_postings import ALL_POSTINGS, Sums, postings
from ingest_world import (
    SOURCE,
    broken_rows,
    contents,
    copy_database,
    differences,
    empty_database,
    new_folder,
    prepare,
    take_in,
    write_rows,
)
from postings import ABSENT, POSTINGS, ROOT
from sizes import SEED, size

from profiling.coding import Coder
from profiling.errors import OperatorError
from profiling.tabular import open_table

HERE = Path(__file__).parent
needs_postings = pytest.mark.skipif(not POSTINGS.is_file(), reason=ABSENT)


@contextmanager
def figures(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Print as the test runs, whatever pytest captures."""
    with capsys.disabled():
        print()
        yield


# --- real postings --------------------------------------------------------------------------------


@needs_postings
def test_every_real_posting_is_accounted_for(
    tmp_path: Path, coder: Coder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each source of the collection is one of ours, with the mapping that the documentation shows."""
    parts = postings(size(25, ALL_POSTINGS))
    url = empty_database(tmp_path / "hunar.db")
    mapping_file = ROOT / "docs" / "mappings" / "postings.toml"
    files = {name: write_rows(tmp_path / f"{name}.csv", iter(some)) for name, some in parts.items()}
    runs = []
    for turn in ("first", "same file", "same rows"):
        sums = Sums()
        for name, path in files.items():
            if turn == "same rows":
                # Another file with the same rows: all are read again.
                path.write_bytes(path.read_bytes() + b"\r\n")
            sums.add(take_in(url, path, coder, name, mapping_file=mapping_file))
        runs.append((sums, contents(tmp_path / "hunar.db")))
        with figures(capsys):
            print(f"real postings, {turn}: {sums}", end="")
    total = sum(map(len, parts.values()))
    (first, after), (same_file, unchanged), (again, still) = runs
    assert first.counts["fetched"] == total == size(275, ALL_POSTINGS)
    assert (same_file.counts["fetched"], same_file.counts["still_offered"]) == (0, total - first.counts["rejected"])
    assert (again.counts["fetched"], again.counts["new"], again.counts["changed"]) == (total, 0, 0)
    assert [again.counts[name] for name in ("held", "duplicate", "rejected")] == [
        first.counts[name] for name in ("held", "duplicate", "rejected")
    ]
    for later in (unchanged, still):
        assert _told(later) == _told(after)
    assert broken_rows(tmp_path / "hunar.db") == []


def _told(held: dict[str, Counter[tuple[object, ...]]]) -> dict[str, Counter[tuple[object, ...]]]:
    """What is told of the market: without what a source was last seen under."""
    return {name: rows for name, rows in held.items() if name in ("vacancy", "vacancy_flag", "vacancy_check")}


# --- corrections ----------------------------------------------------------------------------------

#: What a person writes into a cell that was refused.
_CORRECTED = {"title": "Mason", "level": "2", "country": "Nepal"}


def test_the_error_file_is_taken_in_when_it_is_corrected(
    tmp_path: Path, coder: Coder, capsys: pytest.CaptureFixture[str]
) -> None:
    database, path = prepare(tmp_path, size(200, 2000), SEED, coder)
    report = take_in(f"sqlite:///{database}", path, coder)
    application = make_application(f"sqlite:///{database}", tmp_path)
    wrong = report.error_file
    rounds: list[tuple[int, int]] = []
    written: set[str] = set()
    while wrong and len(rounds) < 3:
        # A row whose title was refused is told of its other cells only when that is put right.
        corrected, expected = _correct(wrong, tmp_path / f"corrected-{len(rounds)}.csv")
        done = application.ingest("vacancies", corrected, source=SOURCE)
        assert done.read == (rounds[-1][1] if rounds else report.rejected)
        rounds.append((done.new, done.rejected))
        written |= expected
        again = application.ingest("vacancies", corrected, source=SOURCE, errors_to=new_folder(tmp_path))
        assert (again.unchanged, again.new, again.changed) == (done.new, 0, 0)
        wrong = done.error_file
    application.engine.dispose()
    with figures(capsys):
        print(f"error file: {report.rejected} of {report.fetched} rejected ({dict(report.reasons)}), ", end="")
        print(f"corrected (new, rejected): {rounds}", end="")
    assert sum(report.reasons.values()) == report.rejected > 0
    assert sum(new for new, _ in rounds) == report.rejected
    assert written <= _vacancies(database)


def _correct(wrong: Path, target: Path) -> tuple[Path, set[str]]:
    """What a person makes of an error file; returns it with the numbers of its rows."""
    with open_table(wrong) as table:
        columns, rows = table.columns, [dict(row.cells) for row in table.rows]
    for row in rows:
        for name in row["error_field"].split("; "):
            row[name] = _CORRECTED.get(name) or f"{row['ref']}-b"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return target, {row["ref"] for row in rows if row["ref"]}


def _vacancies(database: Path) -> set[str]:
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        found = {str(row[0]) for row in connection.exec_driver_sql("SELECT ref FROM vacancy")}
    engine.dispose()
    return found


# --- labelled sets --------------------------------------------------------------------------------


@needs_postings
def test_what_real_postings_state_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    (pay, no_pay), (place, bare), (deadline, no_deadline) = labels.pay(), labels.place(), labels.deadline()
    with figures(capsys):
        print(f"pay right in {pay} real cells that state one; none read in {no_pay} with other money")
        print(f"place right in {place} real cells, {bare} when the country of the row is not given")
        print(f"deadline right in {deadline} real cells that state one; none read in {no_deadline} others", end="")
    assert min(pay.share, no_pay.share, deadline.share, no_deadline.share) >= 0.97, (pay.wrong, deadline.wrong)
    assert min(place.share, bare.share) >= 0.95, place.wrong


def test_labelled_duplicates_and_traps(capsys: pytest.CaptureFixture[str]) -> None:
    folder = labels.TESTS / "data" / "ingest"
    with figures(capsys):
        for path in sorted(folder.glob("duplicates*.tsv")):
            precision, recall = labels.same_offers(path.name)
            print(f"{path.name}: precision {precision}, recall {recall}")
            assert precision.share >= 0.98, precision.wrong
            assert recall.share >= 0.95, recall.wrong
        for name in ("safeguards.tsv", "safeguards_dev.tsv"):
            found, quiet = labels.traps(name)
            print(f"{name}: traps found {found}, innocent texts left alone {quiet}")
            assert found.share >= 0.95, found.wrong
            assert quiet.share >= 0.95, quiet.wrong
        # By other authors, who had not read the rules, nor their author these texts: no floor flatters them.
        found, quiet = labels.traps("safeguards_unseen.tsv")
        print(f"safeguards_unseen.tsv: labels found {found}, innocent texts left alone {quiet}")


def test_no_address_inside_is_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    refused, reached = labels.inside_addresses()
    with figures(capsys):
        print("addresses refused: " + ", ".join(f"{share} {name}" for name, share in refused.items()), end="")
    assert reached == set()
    assert all(share.share == 1 for share in refused.values()), refused
    assert refused["written"].of >= 100


# --- kills, full disks, two writers ---------------------------------------------------------------


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What ``kill_runner.py`` tells: of the unbroken import, of two at once, then of each kill."""
    kills, rows = size(8, 200), size(200, 500)
    arguments = map(str, (HERE / "kill_runner.py", tmp_path_factory.mktemp("kills"), kills, rows, SEED))
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests", HERE)))
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == kills + 2
    return told


def test_kills_at_random_moments(killed: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """A kill leaves whole rows only, and the run after it leaves what an unbroken one does."""
    unbroken, _, *results = killed
    assert (unbroken["ended"], unbroken["wrong"], unbroken["broken"]) == (True, [], [])
    assert unbroken["held"] > 0
    assert unbroken["error_files"] == 1
    midway = sum(0 < result["read"] < unbroken["rows"] for result in results)
    torn = [result for result in results if result["broken"] or result["wrong"]]
    other = [result for result in results if result["differs"]]
    with figures(capsys):
        print(f"kills: {len(results)} over {unbroken['seconds']} s of a run of {unbroken['rows']} offers, ", end="")
        print(
            f"{sum(r['signal'] == 'SIGTERM' for r in results)} of them SIGTERM; {midway} midway; {len(torn)} ",
            end="",
        )
        print(f"left a row that was not whole, {len(other)} ended otherwise than an unbroken run", end="")
    assert (torn, other) == ([], [])
    assert midway >= len(results) // 4


def test_two_imports_of_one_file_at_once(killed: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """The one that comes second says that another wrote the same rows, or finds them unchanged."""
    both = killed[1]
    with figures(capsys):
        print(f"two imports at once: exit {both['statuses']} (3: stopped with one sentence)", end="")
    assert set(both["statuses"]) <= {0, 3}
    assert 0 in both["statuses"]
    assert (both["broken"], both["differs"]) == ([], [])


def test_a_full_disk_leaves_whole_batches(tmp_path: Path, coder: Coder, capsys: pytest.CaptureFixture[str]) -> None:
    database, path = prepare(tmp_path, 200, SEED, coder)
    unbroken = new_folder(tmp_path)
    take_in(copy_database(database, unbroken / "hunar.db"), path, coder, errors_to=unbroken)
    wanted = contents(unbroken / "hunar.db")
    url, full = copy_database(database, tmp_path / "hunar.db"), 0
    said: set[str] = set()
    for pages in range(2, 200, size(40, 4)):
        with _pages(database, pages):
            try:
                take_in(url, path, coder, batch_size=25)
            except OperatorError as error:
                said.add(str(error).partition(": ")[2].partition("which are safe")[2])
                full += 1
            else:
                break
        assert broken_rows(tmp_path / "hunar.db") == []
    take_in(url, path, coder, batch_size=25)
    with figures(capsys):
        print(f"full disk: {full} runs stopped with one sentence and whole batches; the next ended", end="")
    assert full >= 2
    assert said == {": the disk or database is full. Mend that and run it again; nothing will stand twice."}
    assert differences(_told(contents(tmp_path / "hunar.db")), _told(wanted)) == []


@contextmanager
def _pages(database: Path, more: int) -> Iterator[None]:
    """A database that cannot grow by more than this many pages."""
    most = database.stat().st_size // 4096 + more

    def limited(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    sa.event.listen(sa.Engine, "begin", limited)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "begin", limited)
