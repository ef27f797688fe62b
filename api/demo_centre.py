"""The fictional demo centre, loaded through the ordinary importers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from api.application import Application
from profiling.importing import ImportReport

FOLDER = Path(__file__).parent / "demo"
CENTRE = "Demo centre (fictional)"
SOURCE = "demo"


def load_demo(
    application: Application, progress: Callable[[int], None] = lambda rows: None
) -> Iterator[ImportReport]:
    """Import the demo files one after the other; a second time nothing changes."""
    application.add_centre(CENTRE, "NP", fictional=True)
    yield application.ingest("returnees", FOLDER / "returnees.csv", centre=CENTRE, progress=progress)
    for name in ("vacancies_nepal.csv", "vacancies_region.csv"):
        yield application.ingest("vacancies", FOLDER / name, source=SOURCE, progress=progress)
    yield application.ingest("courses", FOLDER / "courses.csv", source=SOURCE, progress=progress)


def showcase() -> str:
    """The reference number of the returnee that the demo shows first."""
    with (FOLDER / "returnees.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["ref"]
