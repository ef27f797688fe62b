"""Deadlines on real postings: labels made by reading, compared with what is read. Needs the data beside."""

from __future__ import annotations

from datetime import date

import pytest
from postings import ABSENT, POSTINGS, labelled_cells

from jobs_ingest.reading.date_values import DateNote
from jobs_ingest.reading.dates import read_date
from jobs_ingest.reading.deadlines import read_deadline

#: Issue 5: at least 97 % of the postings that state a deadline; and none where a date is another one.
FLOOR, MOST_FALSE = 0.97, 0.03

pytestmark = pytest.mark.skipif(not POSTINGS.is_file(), reason=ABSENT)


@pytest.fixture(scope="module")
def labelled() -> list[tuple[dict[str, str], str]]:
    return labelled_cells("deadline_labels.tsv")


def _read(label: dict[str, str], text: str) -> date | None:
    return read_deadline(text, date.fromisoformat(label["today"]), label["country"] or None).day


def test_stated_deadlines_reach_the_floor(labelled: list[tuple[dict[str, str], str]]) -> None:
    stating = [(label, text) for label, text in labelled if label["kind"] in ("deadline", "walk_in")]
    assert len(stating) == 150
    wrong = [label for label, text in stating if _read(label, text) != date.fromisoformat(label["day"])]
    right = 1 - len(wrong) / len(stating)
    print(f"deadline right in {right:.1%} of {len(stating)} real cells that state one")
    assert right >= FLOOR, wrong


def test_other_dates_are_no_deadline(labelled: list[tuple[dict[str, str], str]]) -> None:
    others = [(label, text) for label, text in labelled if label["kind"] not in ("deadline", "walk_in")]
    assert len(others) == 286
    false = [label["row"] for label, text in others if _read(label, text)]
    assert len(false) / len(others) <= MOST_FALSE, false


def test_posting_days_reach_the_floor(labelled: list[tuple[dict[str, str], str]]) -> None:
    posted = [(label, text) for label, text in labelled if label["kind"].startswith("posted")]
    assert len(posted) == 247
    right = 0
    for label, text in posted:
        found = read_date(text, date.fromisoformat(label["today"]))
        before = DateNote.OR_BEFORE in found.notes
        right += found.day == date.fromisoformat(label["day"]) and before == (label["kind"] == "posted_or_before")
    assert right / len(posted) >= FLOOR
