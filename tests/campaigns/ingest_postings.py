"""The real postings by the sources that they were collected from, and the counts of runs over them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field

from postings import POSTINGS

from jobs_ingest.run_report import RunReport

ALL_POSTINGS = 20_818


@dataclass
class Sums:
    """What became of the offers of several runs."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, report: RunReport) -> None:
        """Count a run, whose own counts must add up."""
        names = (
            "new",
            "unchanged",
            "changed",
            "held",
            "duplicate",
            "rejected",
            "fetched",
            "still_offered",
            "expired",
        )
        one = Counter({name: getattr(report, name) for name in names})
        assert report.stopped is None
        assert report.kept + one["changed"] + one["held"] + one["duplicate"] + one["rejected"] == one["fetched"]
        assert sum(report.reasons.values()) == one["rejected"]
        self.counts += one
        self.reasons.update(report.reasons)
        self.unread.update({str(name): number for name, number in report.unread.items()})

    def __str__(self) -> str:
        told = ", ".join(f"{name} {number}" for name, number in self.counts.items() if number)
        return f"{told}; reasons {dict(self.reasons)}; unread {dict(self.unread)}"


def postings(each: int) -> dict[str, list[dict[str, str]]]:
    """The first postings of each of the eleven sources that they come from."""
    with POSTINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == ALL_POSTINGS
    by_source: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_source.setdefault(row["source"].replace(".", "-"), []).append(row)
    return {name: some[:each] for name, some in by_source.items()}
