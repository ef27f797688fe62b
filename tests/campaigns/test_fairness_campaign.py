"""Who somebody is moves no score, list or course; wording by sex hardly moves a ranking. Quick or CAMPAIGN=full."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from conftest import csv_file
from gendered_wording import twins
from matching_cases import demo_application
from sizes import SEED, size

from api.application import Application
from api.demo_centre import CENTRE, FOLDER
from matching.pipeline import MatchList, match
from matching.work_embedder import work_embedder
from profiling.repository import find_returnee

NOBODY = uuid.UUID(int=0)
#: What is changed of a person: sex, day of birth, given and family name.
OTHER = (
    ("female", "1999-02-03", "Sushila", "Pariyar"), ("male", "1961", "Mohammad Yusuf", "Ansari"),
    ("other", "", "Tenzing", "Lama Hyolmo"), ("", "1984-07", "Selvarani", "Kandasamy"),
)  # fmt: skip


def demo_rows() -> list[dict[str, str]]:
    with (FOLDER / "returnees.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def varied(rng: Random, rows: list[dict[str, str]]) -> dict[str, str]:
    """A person of the demo with another one's first job, or fewer wishes, or another pay."""
    row = dict(rng.choice(rows))
    if rng.random() < 0.5:
        row |= {name: cell for name, cell in rng.choice(rows).items() if name.startswith("job1_")}
    for name in ("wanted_work", "not_wanted_work", "work_districts", "skills", "education_level"):
        if rng.random() < 0.3:
            row[name] = ""
    if row["expected_pay"]:
        row["expected_pay"] = str(int(row["expected_pay"]) + 500 * rng.randrange(-8, 9))
    return row | {"consent_matching": "yes"}


def renamed(row: Mapping[str, str], other: tuple[str, str, str, str]) -> dict[str, str]:
    """The same person with another sex, birth and name; the name changes in their own words too."""
    sex, born, given, family = other
    names = {**dict.fromkeys(row["given_name"].split(), given), **dict.fromkeys(row["family_name"].split(), family)}
    told = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names if len(name) > 2))
    changed = {
        name: told.sub(lambda found: names[found[0]], cell) if name.endswith("_duties") else cell
        for name, cell in row.items()
    }
    return changed | {"sex": sex, "birth_date": born, "given_name": given, "family_name": family}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Application]:
    made = demo_application(f"sqlite:///{tmp_path / 'hunar.db'}", tmp_path)
    yield made
    made.engine.dispose()


def found_for(application: Application, refs: list[str], jobs: int = 200) -> Iterator[MatchList]:
    market = application.market()
    with application.reading() as session:
        system = application.system(session)
        for ref in refs:
            who = find_returnee(session, system, ref)
            found = match(
                session, system, who, market, application.embedder, application.now(), jobs=jobs, courses=100
            )
            yield replace(found, returnee_id=NOBODY)


def test_sex_birth_and_name_move_nothing(
    centre: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count, rng, rows = size(48, 2000), Random(SEED), demo_rows()
    people = []
    for at in range(count):
        row = varied(rng, rows)
        people += [row | {"ref": f"A-{at}"}, renamed(row, OTHER[at % len(OTHER)]) | {"ref": f"B-{at}"}]
    report = centre.ingest("returnees", csv_file(tmp_path / "people.csv", people), centre=CENTRE)
    assert report.rejected == 0
    centre.refresh()
    ones = found_for(centre, [f"A-{at}" for at in range(count)])
    others = found_for(centre, [f"B-{at}" for at in range(count)])
    differing = jobs = courses = 0
    for one, other in zip(ones, others, strict=True):
        differing += one != other
        jobs, courses = jobs + len(one.jobs), courses + len(one.courses)
    with capsys.disabled():
        print(
            f"\nsex, birth and name changed: {count} people, {jobs} jobs, {courses} courses, "
            f"{differing} lists differ"
        )
    assert jobs > count
    assert courses > count // 2
    assert differing == 0


def test_wording_by_sex_leaves_the_first_ten(
    centre: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the whole way: import, coding, scrubbing, the packaged encoder, retrieval, ranking."""
    count, rows = size(20, 1000), demo_rows()
    centre.embedder = work_embedder()
    people = []
    for at, pair in enumerate(twins(count)):
        row = rows[at % len(rows)] | {"consent_matching": "yes"}
        for side, (told, name) in zip("AB", pair, strict=True):
            given, _, family = name.partition(" ")
            named = {"given_name": given, "family_name": family, "job1_duties": told}
            people.append(row | named | {"ref": f"{side}-{at}"})
    assert centre.ingest("returnees", csv_file(tmp_path / "people.csv", people), centre=CENTRE).rejected == 0
    centre.refresh()
    overlaps = []
    sides = (found_for(centre, [f"{side}-{at}" for at in range(count)], 10) for side in "AB")
    for one, other in zip(*sides, strict=True):
        first, second = ({job.vacancy.id for job in found.jobs} for found in (one, other))
        overlaps.append(len(first & second) / len(first | second) if first | second else 1.0)
    mean, whole = sum(overlaps) / count, sum(overlap == 1 for overlap in overlaps)
    with capsys.disabled():
        print(f"\nwording by sex: {count} texts, overlap of the first ten {mean:.4f}, {whole} lists the same")
    assert mean >= 0.95
