"""Mapping files: somebody else's columns become ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from profiling.mapping import Mapping, MappingProblem, read_mapping

FULL = """
source = "portal"
ignore = ["Serial No"]
[columns]
title = "Job Title"
description = ["Duties", "Notes"]
experience_years = "Exp"
wished_skills = "Skills"
status = "State"
[constants]
country = "Nepal"
[values.status]
"Live" = "open"
[extract]
experience_years = '(\\d+)'
[split]
wished_skills = ","
[drop]
wished_skills = '\\d+ days? ago'
"""


def read(folder: Path, text: str) -> Mapping:
    path = folder / "map.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def test_a_row_is_mapped(tmp_path: Path) -> None:
    mapping = read(tmp_path, FULL)
    assert mapping.source == "portal"
    assert mapping.targets() == {
        "title", "description", "experience_years", "wished_skills", "status", "country",
    }  # fmt: skip
    theirs = {
        "serial_no": "1", "job_title": "Mason", "duties": "Lay", "notes": "Mix", "exp": "At least 3 Yrs",
        "skills": "lay bricks, 2 Days ago,, mix; mortar", "state": "Live",
    }  # fmt: skip
    mapping.check(tuple(theirs))
    assert mapping.apply(theirs) == {
        "country": "Nepal", "title": "Mason", "description": "Lay\nMix", "experience_years": "3",
        "wished_skills": "lay bricks;mix;mortar", "status": "open",
    }  # fmt: skip


def test_what_is_not_there_stays_empty(tmp_path: Path) -> None:
    mapping = read(tmp_path, FULL)
    assert mapping.apply({"job_title": "Mason", "exp": "some", "state": "Other"}) == {
        "country": "Nepal", "title": "Mason", "description": "", "experience_years": "", "wished_skills": "",
        "status": "Other",
    }  # fmt: skip


def test_their_semicolons_can_be_the_separator(tmp_path: Path) -> None:
    mapping = read(tmp_path, '[columns]\nskills = "s"\n[split]\nskills = ";"\n[drop]\nskills = "save"')
    assert mapping.apply({"s": "weld; Save; cut, bend"}) == {"skills": "weld;cut, bend"}


def test_a_mapping_must_speak_of_every_column_of_the_file(tmp_path: Path) -> None:
    mapping = read(tmp_path, 'ignore = ["b"]\n[columns]\ntitle = "a"')
    mapping.check(("a", "b"))
    with pytest.raises(MappingProblem, match="names a, but the file has only b, c"):
        mapping.check(("b", "c"))
    with pytest.raises(MappingProblem, match="says nothing of the file's c, d"):
        mapping.check(("a", "b", "c", "d"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("columns = [", "cannot be read as TOML"),
        ("[colums]\na = 'b'", "unknown colums; known are"),
        ("columns = 5", "map.toml"),
        ("source = 5\n[columns]\na = 'b'", "source must be a text"),
        ("[columns]\na = 'b'\n[extract]\na = '('", "map.toml"),
        ("[columns]\na = 'b'\n[extract]\na = 'x'", "pattern of a under .extract. needs a group"),
        ("[columns]\na = 'b'\n[extract]\nc = '(x)'", r"\[extract\] names c, which \[columns\] does not map"),
        ("[columns]\na = 'b'\n[values.c]\nx = 'y'", r"\[values\] names c"),
        ("[columns]\na = 'b'\n[split]\na = ''", "separator of a"),
        ("[columns]\na = 'b'\n[split]\na = 5", "separator of a"),
        ("[columns]\na = 'b'\n[drop]\na = 'x'", r"\[drop\] names a, which \[split\] does not separate"),
        ("[columns]\na = 'b'\n[values]\na = 'y'", "map.toml"),
    ],
)
def test_mapping_files_that_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(MappingProblem, match=problem):
        read(tmp_path, text)


def test_a_mapping_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(MappingProblem, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
    path = tmp_path / "map.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MappingProblem, match="cannot be read"):
        read_mapping(path)


def test_a_number_in_the_values_is_taken_as_text(tmp_path: Path) -> None:
    mapping = read(tmp_path, "[columns]\na = 'b'\n[values.a]\nfew = 2")
    assert mapping.apply({"b": "few"}) == {"a": "2"}


def test_the_mapping_in_the_documents_can_be_read() -> None:
    mapping = read_mapping(Path(__file__).parents[2] / "docs" / "mappings" / "postings.toml")
    assert mapping.source == "postings"
    years = {"3-5 Yrs": "3", "At least 2 year(s)": "2", "at most 5 years": "", "": ""}
    for theirs, ours in years.items():
        assert mapping.apply({"experience": theirs})["experience_years"] == ours
