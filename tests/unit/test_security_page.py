"""SECURITY.md says what is kept: every column of every table about people, and the tables of the policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import api.models
import jobs_ingest.flags_models
import jobs_ingest.life_models
import jobs_ingest.models
import jobs_ingest.offer_keys_models
import matching.models
import profiling.esco_models
import profiling.identity
import profiling.retention
from api.policy import fields_text, grants_text

TABLES = (
    api.models, jobs_ingest.flags_models, jobs_ingest.life_models, jobs_ingest.models,
    jobs_ingest.offer_keys_models, matching.models, profiling.esco_models, profiling.identity, profiling.retention,
)  # fmt: skip
PAGE = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
#: Tables without anything about a person.
IMPERSONAL = {
    "centre", "employer", "vacancy", "vacancy_check", "course", "taxonomy_scheme", "isco_group", "occupation",
    "occupation_name", "skill", "licence", "revision", "esco_version", "esco_occupation", "esco_occupation_label",
    "esco_skill",
    "esco_skill_label", "esco_occupation_skill", "esco_broader", "esco_isco_title", "esco_trade_link",
    "esco_skill_link", "source_visit", "offer_origin", "offer_sketch", "offer_key",
}  # fmt: skip


def inventory() -> dict[str, set[str]]:
    """Table to the fields that its line names."""
    lines = re.findall(r"^\| `(\w+)` \| ([^|]+)\|", PAGE.partition("## Inventory")[2], re.MULTILINE)
    return {table: set(re.findall(r"`(\w+)`", fields)) for table, fields in lines}


@pytest.mark.parametrize("name", sorted(set(SQLModel.metadata.tables) - IMPERSONAL))
def test_every_personal_field_is_in_the_inventory(name: str) -> None:
    columns = {column.name for column in SQLModel.metadata.tables[name].columns}
    assert inventory().get(name) == columns


def test_the_inventory_names_no_table_that_is_gone() -> None:
    assert set(inventory()) | IMPERSONAL == set(SQLModel.metadata.tables)


def test_every_line_says_purpose_reader_and_end() -> None:
    lines = [line for line in PAGE.partition("## Inventory")[2].splitlines() if line.startswith("| `")]
    assert len(lines) > 20
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 5, line
        assert all(cells), line


@pytest.mark.parametrize(("mark", "table"), [("grants", grants_text()), ("fields", fields_text())])
def test_the_tables_are_those_of_the_policy(mark: str, table: str) -> None:
    shown = re.search(rf"<!-- {mark} -->\n(.*?)\n<!-- /{mark} -->", PAGE, re.DOTALL)
    assert shown is not None
    assert shown[1] == table
