"""The real postings that lie beside the project, and labels of their cells; no text of them is kept here."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
POSTINGS = Path(os.environ.get("HUNAR_REAL_DATA") or ROOT.parent / "shared" / "data") / "vacancies" / "jobs_all.csv"
ABSENT = f"the real postings are not at {POSTINGS}; set HUNAR_REAL_DATA to their folder"


def labelled_cells(name: str) -> list[tuple[dict[str, str], str]]:
    """Each label of a file in tests/data/ingest with its text; fails when a cell is not the one labelled."""
    with POSTINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (ROOT / "tests" / "data" / "ingest" / name).open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    texts = [rows[int(label["row"])][label["column"]] for label in labels]
    for label, text in zip(labels, texts, strict=True):
        made = hashlib.sha256(text.encode()).hexdigest()[:12]
        assert made == label["sha256_12"], f"row {label['row']} has changed"
    return list(zip(labels, texts, strict=True))
