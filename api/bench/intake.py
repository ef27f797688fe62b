"""Import: rows a second beside pandas, a second import of the same file, and the peak of memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from api.application import Application
from api.bench import child
from api.bench.figures import Figure, Sizes, interleaved, p50, seconds
from api.bench.synthetic import SYNTHETIC, own_settings, slim_rows, synthetic_rows, write_csv
from profiling.importing import ImportReport
from profiling.mapping import Mapping

#: The peak of the long file may be this many times that of the short one.
_FLAT = 1.1


def import_figures(
    folder: Path, sizes: Sizes, postings: Path | None = None, mapping: Mapping | None = None
) -> list[Figure]:
    """Import of vacancies (no embedding), new and unchanged, beside ``pandas.read_csv`` of the same file."""
    file = postings or write_csv(folder / "import.csv", synthetic_rows(sizes.import_rows))
    prepared = folder / "prepared"
    prepare(prepared)
    again: list[float] = []
    reports: list[ImportReport] = []

    def ours() -> float:
        application, clean = copy_of(prepared, folder / "run")

        def ingest() -> None:
            reports.append(
                application.ingest("vacancies", file, source=SYNTHETIC, mapping=mapping, errors_to=folder)
            )

        taken = seconds(ingest)
        again.append(seconds(ingest))
        clean()
        return taken

    new, plain = interleaved(sizes.runs, ours, lambda: seconds(lambda: pd.read_csv(file, dtype=str)))
    read, kept = reports[0].read, reports[0].kept
    what = "postings" if postings else "synthetic"
    part = f"import, {read:,} {what} rows, {kept:,} kept, not embedded"
    rates = {"new rows": read / p50(new), "the same file again": read / p50(again)}
    plain_rate = read / p50(plain)
    return [Figure(part, name, "rows/s", rate, "pandas.read_csv", plain_rate) for name, rate in rates.items()]


def memory_figures(folder: Path, sizes: Sizes) -> list[Figure]:
    """Peak memory of importing a short and a long file, each in a process of its own."""
    prepared = folder / "prepared-memory"
    prepare(prepared)
    peaks, plain = [], []
    for rows in sizes.memory_rows:
        file = write_csv(folder / f"{rows}.csv", slim_rows(rows))
        application, clean = copy_of(prepared, folder / "run")
        application.engine.dispose()
        peaks.append(child.measure("import", str(application.settings.data), str(file))["peak_mb"])
        plain.append(child.measure("pandas", str(file))["peak_mb"])
        clean()
        file.unlink()
    short, long = sizes.memory_rows
    part = "import, peak memory of a process (rows of 4 columns)"
    flat = Figure(part, f"{long:,} rows", "MB", peaks[1], f"{short:,} rows", peaks[0], _FLAT)
    return [flat, Figure(part, f"{long:,} rows", "MB", peaks[1], "pandas.read_csv, whole process", plain[1])]


def prepare(folder: Path) -> None:
    """Make a folder with an empty database."""
    folder.mkdir()
    application = Application(own_settings(folder), clock=lambda: child.NOW)
    application.prepare()
    application.engine.dispose()


def copy_of(prepared: Path, target: Path) -> tuple[Application, Callable[[], None]]:
    """An application on a copy of a prepared folder, and what removes both."""
    shutil.copytree(prepared, target)
    application = Application(own_settings(target), clock=lambda: child.NOW)

    def clean() -> None:
        application.engine.dispose()
        shutil.rmtree(target)

    return application, clean
