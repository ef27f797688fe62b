"""``hunar ingest run`` from a file to stored rows: time beside pandas, and the peak of memory."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd

from api.application import Application
from api.bench import child
from api.bench.figures import Figure, Sizes, interleaved, p50, seconds
from api.bench.intake import copy_of, prepare
from api.bench.synthetic import SYNTHETIC, synthetic_rows, write_csv
from jobs_ingest.fetching.values import Fetched
from jobs_ingest.ingest import run_source
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.base import Source
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.registry import make_source
from profiling.errors import InputError

#: From file to stored rows may take so many times what ``pandas.read_csv`` takes.
_AIM = 8.0
#: The peak of the long file may be this many times that of the short one.
_FLAT = 1.1


class NoWeb:
    """Fetches nothing: a file needs no network."""

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None, accept: str = "") -> Fetched:
        """Always raises InputError."""
        raise InputError(f"{url}: the benchmark fetches nothing.")


def synthetic_source(file: Path) -> Source:
    """A file of synthetic rows as a source that was confirmed."""
    licence = "made by the benchmark"
    return make_source(SourceConfig(SYNTHETIC, licence, "csv", "vacancies", country="NP", path=file))


def take_in(application: Application, file: Path) -> RunReport:
    """One run over a file: read, checked, coded by rules, looked at by the safeguards, stored; nothing embedded."""
    errors_to = application.settings.data
    source, coder = synthetic_source(file), application.coder()
    return run_source(application.session, source, NoWeb(), coder, application.now, errors_to=errors_to)


def ingest_figures(folder: Path, sizes: Sizes) -> list[Figure]:
    """Microseconds a row of a run over a source, beside pandas that splits cells, and that stores them unread."""
    file = write_csv(folder / "ingest.csv", synthetic_rows(sizes.import_rows))
    prepared = folder / "prepared-ingest"
    prepare(prepared)
    stored: list[int] = []

    def ours() -> float:
        application, clean = copy_of(prepared, folder / "run")
        application.coder()
        taken = seconds(lambda: stored.append(take_in(application, file).kept))
        clean()
        return taken

    def read() -> float:
        return seconds(lambda: pd.read_csv(file, dtype=str))

    def read_and_store() -> float:
        database = folder / "plain.db"
        with closing(sqlite3.connect(database)) as connection:
            taken = seconds(lambda: pd.read_csv(file, dtype=str).to_sql("vacancy", connection, index=False))
        database.unlink()
        return taken

    run, *plain = (p50(times) / sizes.import_rows for times in interleaved(sizes.runs, ours, read, read_and_store))
    part = f"hunar ingest run, {sizes.import_rows:,} synthetic rows, {stored[0]:,} stored, not embedded"
    names = ("pandas.read_csv", "pandas.read_csv + to_sql, SQLite")
    times = [
        Figure(part, "from file to stored rows", "us/row", run * 1e6, name, one * 1e6, aim)
        for name, one, aim in zip(names, plain, (_AIM, None), strict=True)
    ]
    return [*times, Figure(part, "the same", "rows/s", 1 / run, names[1], 1 / plain[1])]


def ingest_memory_figures(folder: Path, sizes: Sizes) -> list[Figure]:
    """Peak memory of runs over files of several lengths, each in a process of its own, beside pandas."""
    prepared = folder / "prepared-ingest-memory"
    prepare(prepared)
    part = "hunar ingest run, peak memory of a process"
    peaks: list[float] = []
    figures: list[Figure] = []
    for rows in sizes.ingest_memory_rows:
        file = write_csv(folder / f"ingest-{rows}.csv", synthetic_rows(rows))
        application, clean = copy_of(prepared, folder / "run")
        application.engine.dispose()
        peaks.append(child.measure("ingest", str(application.settings.data), str(file))["peak_mb"])
        whole = child.measure("pandas", str(file))["peak_mb"]
        figures.append(Figure(part, f"{rows:,} rows", "MB", peaks[-1], "pandas.read_csv, whole process", whole))
        clean()
        file.unlink()
    if len(peaks) > 1:
        short, long = sizes.ingest_memory_rows[0], sizes.ingest_memory_rows[-1]
        figures.append(Figure(part, f"{long:,} rows", "MB", peaks[-1], f"{short:,} rows", peaks[0], _FLAT))
    return figures
