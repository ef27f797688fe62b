"""sources.toml: what is read, what is refused with which sentence, and that comments survive writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs_ingest.sources.config import ConfigProblem, read_sources
from jobs_ingest.sources.config_writing import write_mapping
from jobs_ingest.sources.paging import Paging
from jobs_ingest.sources.registry import make_source, source_named
from profiling.errors import NotFound

GOOD = """\
# The chamber sends a table every Sunday.
[sources.chamber]
licence = "Demo licence"   # asked for in March
kind = "csv"
offers = "vacancies"
country = "Nepal"
path = "chamber.csv"
schedule = "weekly"
expires_after = 14

[sources.chamber.mapping]
# as their header says it
title = "Job Title"
description = ["Duties", "Notes"]

[sources.chamber.constants]
contract = "wage_work"

[sources.board]
licence = "Demo licence"
kind = "api"
offers = "courses"
address = "https://board.example/api"
most_pages = 3
mapping = { title = "name", kind = "type" }

[sources.board.paging]
items = "data.jobs"
by = "page"
parameter = "p"
first = 0
"""


def config(tmp_path: Path, text: str = GOOD) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_read(tmp_path: Path) -> None:
    found = read_sources(config(tmp_path))
    assert list(found) == ["chamber", "board"]
    chamber, board = found["chamber"], found["board"]
    assert (chamber.kind, chamber.offers, chamber.country) == ("csv", "vacancies", "NP")
    assert chamber.path == tmp_path / "chamber.csv"
    assert (chamber.schedule, chamber.expires_after) == ("weekly", 14)
    assert chamber.mapping == {"title": ("Job Title",), "description": ("Duties", "Notes")}
    assert chamber.constants == {"contract": "wage_work"}
    assert board.addresses == ("https://board.example/api",)
    assert board.paging == Paging("data.jobs", "page", "", "p", 0)
    assert (board.schedule, board.expires_after, board.country, board.most_pages) == ("manual", None, None, 3)


def test_the_fingerprint_changes_with_the_mapping_alone(tmp_path: Path) -> None:
    before = read_sources(config(tmp_path))["chamber"].fingerprint
    assert read_sources(config(tmp_path, GOOD.replace("weekly", "daily")))["chamber"].fingerprint == before
    assert read_sources(config(tmp_path, GOOD.replace("Job Title", "Post")))["chamber"].fingerprint != before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "csv"', 'kind = "cvs"', r"\[sources.chamber\] kind is 'cvs'; it must be one of csv, xlsx, page"),
        ('kind = "csv"\n', "", r"\[sources.chamber\] kind is missing; add it"),
        ("schedule =", "shedule =", r"shedule is not known .* Did you mean schedule\."),
        ("expires_after = 14", "expires_after = 0", r"expires_after must be a whole number from 1 to 3,650"),
        ("expires_after = 14", "expires_after = true", r"expires_after must be a whole number"),
        ('country = "Nepal"', 'country = "Atlantis"', r"country is 'Atlantis'; give a country's name or code"),
        ('path = "chamber.csv"', 'address = "https://x.example"', r"\[sources.chamber\] path is missing"),
        ("[sources.chamber]\n", "[sources.Chamber]\n", r"\[sources.Chamber\] has a name that is not lower-case"),
        (
            'title = "Job Title"',
            'titel = "Job Title"',
            r"mapping\] titel is no column of vacancies; .* mean title\.",
        ),
        ('title = "Job Title"', "title = 7", r"mapping\] title must be a text in quotes"),
        ("https://board", "board", r"address is 'board.example/api'; give a whole address"),
        ('by = "page"', 'by = "link"', r"\[sources.board.paging\] next is missing"),
        ("first = 0", "first = 0\nlast = 9", r"\[sources.board.paging\] last is not known"),
        ('title = "name", ', "", r"\[sources.board\] mapping does not say where the title stands"),
        ("[sources.board]", "[other]\n[sources.board]", r"the file|other is not known"),
        ("[sources.board]", "[sources.board", "cannot be read as TOML"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigProblem, match=rf"^sources\.toml: .*{told}"):
        read_sources(config(tmp_path, GOOD.replace(old, new, 1)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"^sources\.toml: cannot be opened \(No such file or directory\)\.$"):
        read_sources(tmp_path / "sources.toml")


def test_a_written_mapping_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    path = config(tmp_path)
    write_mapping(path, "chamber", {"title": ("Post",), "pay": "Salary", "description": ("Duties", "Notes")})
    found = read_sources(path)["chamber"]
    assert found.mapping == {"title": ("Post",), "description": ("Duties", "Notes"), "pay": ("Salary",)}
    text = path.read_text(encoding="utf-8")
    for kept in ("# The chamber sends a table every Sunday.", "# asked for in March", "# as their header says it"):
        assert kept in text
    assert text.index("[sources.chamber.mapping]") < text.index("[sources.board]")
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_mapping_is_added_where_there_was_none(tmp_path: Path) -> None:
    start, end = GOOD.index("[sources.chamber.mapping]"), GOOD.index("[sources.chamber.constants]")
    path = config(tmp_path, GOOD[:start] + GOOD[end:])
    write_mapping(path, "chamber", {"title": "Post"})
    assert read_sources(path)["chamber"].mapping == {"title": ("Post",)}


def test_a_mapping_that_would_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = config(tmp_path)
    with pytest.raises(ConfigProblem, match="titel is no column of vacancies"):
        write_mapping(path, "chamber", {"titel": "Post"})
    with pytest.raises(ConfigProblem, match=r"has no \[sources\.nobody\]\. Add it first\."):
        write_mapping(path, "nobody", {"title": "Post"})
    assert path.read_text(encoding="utf-8") == GOOD
    assert sorted(tmp_path.iterdir()) == [path]


def test_sources_by_name(tmp_path: Path) -> None:
    found = read_sources(config(tmp_path))
    assert source_named("board", found).config is found["board"]
    assert type(make_source(found["chamber"])).__name__ == "FileSource"
    with pytest.raises(NotFound, match=r"There is no source 'bord' in sources\.toml; there are: chamber, board\."):
        source_named("bord", found)
