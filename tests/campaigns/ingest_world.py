"""A fictional source that meets everything an import knows, and how to look at what it left in a database."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from api.bench.synthetic import synthetic_rows
from api.database import make_engine, migrate, open_session
from jobs_ingest.ingest import run_source
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.registry import make_source
from profiling.coding import Coder
from profiling.taxonomy_store import load_starter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
#: The source that a run is killed of, and one whose vacancies some of its own are.
SOURCE, ELSEWHERE = "chamber", "portal"
#: What differs between two runs of the same file: ids, and times of the clock on the wall.
_OWN = {
    "id", "created_at", "updated_at", "found_at", "seen_run", "run_id", "started_at", "finished_at", "run",
}  # fmt: skip
#: Tables that tell of runs and not of what they left; ``run_problems`` looks at the first.
_OF_RUNS = {"import_run", "revision", "alembic_version"}
_FEE = "Each worker pays a registration fee of Rs 5,000 to the agent before the flight."
#: Tables whose rows are numbered, or hold two ids of which either may come first. The keys by which near vacancies
#: are found are taken away from ended ones by the next run, whatever that is.
_LIVE = "JOIN vacancy v ON v.id = s.vacancy_id WHERE v.status IN ('open', 'held')"
_QUERIES = {
    "offer_sketch": f"SELECT s.vacancy_id, s.content, s.rules FROM offer_sketch s {_LIVE}",
    "offer_key": f"SELECT s.vacancy_id, k.key FROM offer_sketch s JOIN offer_key k ON k.number = s.number {_LIVE}",
    "offer_pair": "SELECT one_id, other_id, score FROM offer_pair",
}
_UNORDERED = {"offer_pair"}
#: Every so many rows: what is changed in them.
_ODD: dict[int, dict[str, str]] = {
    23: {"title": ""},
    29: {"description": _FEE},
    31: {"level": "many"},
    37: {"pay_min": "from 1500", "pay_max": ""},
    41: {"ref": ""},
    43: {"country": "Mars"},
    47: {"closes_on": "soon"},
}


class NoFetch:
    """Files need no fetching."""

    def get(self, url: str, **given: Any) -> NoReturn:
        """Nobody asks."""
        raise AssertionError(f"{url} was asked for")


def odd_rows(count: int, seed: int) -> Iterator[dict[str, str]]:
    """Fictional vacancies; some are wrong, some traps, some cannot be read in part, some stand twice."""
    for number, row in enumerate(synthetic_rows(count, seed), start=1):
        for every, changes in _ODD.items():
            if number % every == 0:
                row = {**row, **changes}
        yield row
        if number % 101 == 0:
            yield row
        if number % 103 == 0:
            yield {**row, "title": "Cook"}


def write_rows(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    """Write rows as a CSV file."""
    held = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(held[0]))
        writer.writeheader()
        writer.writerows(held)
    return path


def take_in(
    url: str, path: Path, coder: Coder, name: str = SOURCE, *, errors_to: Path | None = None,
    mapping_file: Path | None = None, batch_size: int = 500,
) -> RunReport:  # fmt: skip
    """One run of a CSV file as a source, with an engine of its own."""
    config = SourceConfig(
        name, "made for this test", "csv", "vacancies", path=path, mapping_file=mapping_file, expires_after=30
    )
    engine = make_engine(url)
    try:
        return run_source(
            lambda: open_session(engine), make_source(config), NoFetch(), coder, lambda: NOW,
            errors_to=errors_to or path.parent, batch_size=batch_size,
        )  # fmt: skip
    finally:
        engine.dispose()


def empty_database(path: Path) -> str:
    """A new database with the starter taxonomy; returns its address."""
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with open_session(engine) as session:
        load_starter(session)
        session.commit()
    engine.dispose()
    return f"sqlite:///{path}"


def prepare(folder: Path, rows: int, seed: int, coder: Coder) -> tuple[Path, Path]:
    """A database with another source's vacancies, and the file to be taken in: (database, file)."""
    database = folder / "before.db"
    empty_database(database)
    theirs = ({**row, "ref": f"P{at}"} for at, row in enumerate(synthetic_rows(rows, seed)) if at % 9 == 0)
    take_in(f"sqlite:///{database}", write_rows(folder / "portal.csv", theirs), coder, ELSEWHERE)
    return database, write_rows(folder / "chamber.csv", odd_rows(rows, seed))


def copy_database(database: Path, target: Path) -> str:
    """A copy of a database that nobody has open; returns its address."""
    for old in target.parent.glob(f"{target.name}*"):
        old.unlink()
    shutil.copyfile(database, target)
    return f"sqlite:///{target}"


# --- what a database holds ------------------------------------------------------------------------


def contents(database: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """Every row of every table by its columns but ids and times; ids of offers are given as source and number."""
    with closing(sqlite3.connect(database)) as connection:
        names: dict[object, object] = {}
        for table in ("vacancy", "course"):
            for key, source, ref in connection.execute(f"SELECT id, source, ref FROM {table}"):
                names[key] = f"{source} {ref}"
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in sorted(set(tables) - _OF_RUNS):
            query = _QUERIES.get(table)
            if query is None:
                every = (row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
                told = [f'"{name}"' for name in every if name not in _OWN]
                query = f"SELECT {', '.join(told) or '1'} FROM {table}"
            rows = ([names.get(value, value) for value in row] for row in connection.execute(query))
            found[table] = Counter(tuple(sorted(row, key=str) if table in _UNORDERED else row) for row in rows)
    return found


def differences(
    ours: dict[str, Counter[tuple[object, ...]]], theirs: dict[str, Counter[tuple[object, ...]]]
) -> list[str]:
    """What two databases do not have in common, in words; a few of each table."""
    told = []
    for table in sorted({*ours, *theirs}):
        one, other = ours.get(table, Counter()), theirs.get(table, Counter())
        told += [f"{table} has more: {row}"[:300] for row in list(one - other)[:2]]
        told += [f"{table} lacks: {row}"[:300] for row in list(other - one)[:2]]
    return told


#: What must be empty at every moment: a row that is not whole.
_BROKEN = {
    "a vacancy without an origin": """SELECT v.ref FROM vacancy v WHERE NOT EXISTS
        (SELECT 1 FROM offer_origin o WHERE o.offer_id = v.id AND o.source = v.source AND o.ref = v.ref)""",
    "a vacancy that was not looked at": """SELECT v.ref FROM vacancy v WHERE NOT EXISTS
        (SELECT 1 FROM vacancy_check c WHERE c.vacancy_id = v.id)""",
    "an origin of nothing": """SELECT o.ref FROM offer_origin o WHERE NOT EXISTS
        (SELECT 1 FROM vacancy v WHERE v.id = o.offer_id)""",
    "a flag of nothing": """SELECT f.kind FROM vacancy_flag f WHERE NOT EXISTS
        (SELECT 1 FROM vacancy v WHERE v.id = f.vacancy_id)""",
    "a held vacancy without a flag": """SELECT v.ref FROM vacancy v
        WHERE v.status = 'held' AND v.held_reason IS NULL
        AND NOT EXISTS (SELECT 1 FROM vacancy_flag f WHERE f.vacancy_id = v.id)""",
    "a row of a table that leads nowhere": "PRAGMA foreign_key_check",
}


def broken_rows(database: Path) -> list[str]:
    """What is not whole in a database, in words: its pages, or rows that belong together."""
    with closing(sqlite3.connect(database)) as connection:
        state = connection.execute("PRAGMA integrity_check").fetchone()[0]
        told = [] if state == "ok" else [f"the database is damaged: {state}"]
        for what, query in _BROKEN.items():
            if rows := connection.execute(query).fetchmany(3):
                told.append(f"{what}: {rows}")
    return told


def run_problems(database: Path, batch_size: int, total: int) -> tuple[int, bool, list[str]]:
    """Of the newest run: how many offers it read, whether it ended, and where its counts are not what is stored."""
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute(
            "SELECT rows_read, rows_new, rows_changed, rows_unchanged, rows_held, rows_duplicate, rows_rejected,"
            " finished_at FROM import_run WHERE source = ? ORDER BY rowid DESC LIMIT 1",
            (SOURCE,),
        ).fetchone()
        stored = connection.execute("SELECT count(*) FROM vacancy WHERE source = ?", (SOURCE,)).fetchone()[0]
        found = connection.execute("SELECT count(*) FROM offer_origin WHERE source = ?", (SOURCE,)).fetchone()[0]
    if row is None:
        return 0, False, [f"{stored} vacancies stand without a run"] if stored else []
    read, new, changed, unchanged, held, duplicate, rejected, finished = row
    told = []
    if new + changed + unchanged + held + duplicate + rejected != read:
        told.append(f"the counts of {read} offers do not add up: {row}")
    if changed or stored != new + held:
        told.append(f"{stored} vacancies stand, {new} new and {held} held were counted")
    if found != new + held + duplicate:
        told.append(f"{found} origins stand, {new + held + duplicate} were counted")
    if read % batch_size and read != total:
        told.append(f"{read} offers are no whole batches")
    return read, finished is not None, told


def new_folder(parent: Path) -> Path:
    """An empty folder of its own."""
    made = parent / uuid.uuid4().hex
    made.mkdir()
    return made
