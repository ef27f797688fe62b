"""Places of 200 real postings, labelled by reading before the reader was first run on them.

``tests/data/ingest/place_labels.tsv`` holds 209 rows of ``vacancies/jobs_all.csv``, spread over its eleven sources,
no location twice (drawn with seed 20250601, nine of them with seed 20250602): 200 state a place, nine state none.
Only labels are kept. A label is the first place that the location names; ``in-delhi`` and ``in-mumbai`` are whole
cities. On the first run 199 of the 200 were read right with the row's country given, 195 without any country.
"""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import pytest

from jobs_ingest.places import read_place
from profiling.codes import CountryCode
from profiling.errors import BadValue

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "tests" / "data" / "ingest" / "place_labels.tsv"
WITH_COUNTRY, WITHOUT_COUNTRY = 0.98, 0.95


@pytest.fixture(scope="module")
def postings():
    folder = Path(os.environ.get("HUNAR_REAL_DATA") or ROOT.parent / "shared" / "data")
    path = folder / "vacancies" / "jobs_all.csv"
    if not path.is_file():
        pytest.skip(
            f"no real postings at {path}; set HUNAR_REAL_DATA to the folder that holds vacancies/jobs_all.csv"
        )
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def labelled(postings):
    """(location, country of the row, label) of every row whose text is still the one that was labelled."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    rows = []
    for label in labels:
        posting = postings[int(label["row"]) - 1]
        digest = hashlib.sha256(posting["location"].encode()).hexdigest()[:12]
        assert digest == label["sha256"], f"row {label['row']} is another posting than the labelled one"
        rows.append((posting["location"], country(posting["country"]), label))
    return rows


def country(told):
    """The row's own country, where it is one ("EG/GCC" is none)."""
    try:
        return str(CountryCode(told))
    except BadValue:
        return None


def right(location, given, label):
    reading = read_place(location, given)
    read = (reading.country or "", reading.province or "", reading.district or "")
    return read == (label["country"], label["province"], label["district"])


def test_labels_are_as_told():
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    assert list(labels[0]) == ["row", "sha256", "country", "province", "district"]
    assert (sum(bool(label["country"]) for label in labels), len(labels)) == (200, 209)
    assert len({label["sha256"] for label in labels}) == 209


@pytest.mark.parametrize(("given", "floor"), [(True, WITH_COUNTRY), (False, WITHOUT_COUNTRY)])
def test_places_of_real_postings(labelled, given, floor):
    stated = [row for row in labelled if row[2]["country"]]
    hits = [right(location, told if given else None, label) for location, told, label in stated]
    share = sum(hits) / len(hits)
    print(f"\nplace right in {sum(hits)} of {len(hits)} ({share:.1%}), country {'given' if given else 'not given'}")
    assert share >= floor


def test_no_place_is_read_where_none_is_stated(labelled):
    empty = [(location, told) for location, told, label in labelled if not label["country"]]
    assert [location for location, told in empty if read_place(location, told).places] == []
