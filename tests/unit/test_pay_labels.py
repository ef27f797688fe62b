"""Pay on real postings: labels made by reading, compared with what is read. Runs where the data lies beside."""

from __future__ import annotations

import pytest
from postings import ABSENT, POSTINGS, labelled_cells

from jobs_ingest.reading.pay import PER_MONTH, read_pay
from jobs_ingest.reading.values import PayPeriod

#: Issue 5: at least 97 % of the postings that state a pay; and no pay where money of another kind is told.
FLOOR, MOST_FALSE = 0.97, 0.03

pytestmark = pytest.mark.skipif(not POSTINGS.is_file(), reason=ABSENT)


@pytest.fixture(scope="module")
def labelled() -> list[tuple[dict[str, str], str]]:
    return labelled_cells("pay_labels.tsv")


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
