"""Pay on real postings: labels made by reading, compared with what is read. Runs where the data lies beside."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import pytest

from jobs_ingest.reading.pay import PER_MONTH, read_pay
from jobs_ingest.reading.values import PayPeriod

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "tests" / "data" / "ingest" / "pay_labels.tsv"
POSTINGS = Path(os.environ.get("HUNAR_REAL_DATA") or ROOT.parent / "shared" / "data") / "vacancies" / "jobs_all.csv"
#: Issue 5: at least 97 % of the postings that state a pay; and no pay where money of another kind is told.
FLOOR, MOST_FALSE = 0.97, 0.03

pytestmark = pytest.mark.skipif(
    not POSTINGS.is_file(), reason=f"the real postings are not at {POSTINGS}; set HUNAR_REAL_DATA to their folder"
)


@pytest.fixture(scope="module")
def labelled() -> list[tuple[dict[str, str], str]]:
    """Each label with its text; fails when the file is not the one that was labelled."""
    with POSTINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    texts = [rows[int(label["row"])][label["column"]] for label in labels]
    for label, text in zip(labels, texts, strict=True):
        assert hashlib.sha256(text.encode()).hexdigest()[:12] == label["sha256_12"], (
            f"row {label['row']} has changed"
        )
    return list(zip(labels, texts, strict=True))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def test_stated_pay_reaches_the_floor(labelled: list[tuple[dict[str, str], str]]) -> None:
    stating = [(label, text) for label, text in labelled if label["period"] != "none"]
    assert len(stating) == 181
    wrong = []
    for label, text in stating:
        found = read_pay(text, label["country"] or None)
        period = PayPeriod(label["period"]) if label["period"] else None
        factor = PER_MONTH.get(period) if period else None
        want = [_number(label["least"]), _number(label["most"])]
        month = [None if end is None or factor is None else round(end * factor, 2) for end in want]
        told = found.stated and [found.stated.least, found.stated.most, found.currency, found.stated.period]
        if told != [*want, label["currency"] or None, period] or [found.lowest, found.highest] != month:
            wrong.append((label["row"], label["column"], told))
    right = 1 - len(wrong) / len(stating)
    print(f"pay right in {right:.1%} of {len(stating)} real cells that state one")
    assert right >= FLOOR, wrong


def test_other_money_is_no_pay(labelled: list[tuple[dict[str, str], str]]) -> None:
    others = [(label, text) for label, text in labelled if label["period"] == "none"]
    assert len(others) == 105
    false = [label["row"] for label, text in others if read_pay(text, label["country"] or None).stated]
    assert len(false) / len(others) <= MOST_FALSE, false
