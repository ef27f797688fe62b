"""Each sensitive field beside each role: what is read and written stands in ``tests/access/fields.txt``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import NOW, SqliteServer, csv_file
from people import principal_now
from world import World, make_world

from api.casework import Casework
from api.policy import FIELDS
from api.rights import Rights
from profiling.access import Principal
from profiling.consent import ConsentWord
from profiling.errors import Forbidden, HunarError, InputError, NotFound
from profiling.models import Purpose

TABLE = Path(__file__).parents[1] / "access" / "fields.txt"
#: A value for each field that no other field holds.
CANARY = {field: f"canary-{field.replace('.', '-').replace('_', '-')}" for field in FIELDS}
_IDENTITY = {
    "identity.name": ("given_name", "Canaryname"), "identity.sex": ("sex", "other"),
    "identity.birth_date": ("birth_date", "1987-06-05"), "identity.phone": ("phone", "+977-111222333"),
}  # fmt: skip


def cells() -> dict[str, dict[str, str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    columns = lines[0].split()[1:]
    return {words[0]: dict(zip(columns, words[1:], strict=True)) for words in map(str.split, lines[1:])}


@pytest.fixture(scope="module")
def world(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world, in which the first person has a value of their own in each sensitive field."""
    made = make_world(sqlite_server, tmp_path_factory.mktemp("fields"))
    row = {
        "ref": "R-1", "given_name": "Canaryname", "home_country": "Nepal", "sex": "other",
        "birth_date": "1987-06-05", "phone": "+977-111222333", "home_district": CANARY["passport"],
        "reference1_name": CANARY["reference.name"], "reference1_contact": CANARY["reference.contact"],
        "credential1_title": "mason", "credential1_number": CANARY["credential.number"],
        "consent_matching": "yes", "consent_employers": "yes",
    }  # fmt: skip
    application = made.application
    application.ingest("returnees", csv_file(made.folder / "again.csv", [row]), centre="A")
    Rights(application, made.people["couns"].principal).add_note(made.ids["returnee_id"], CANARY["protection_note"])
    made.keep()
    yield made
    application.engine.dispose()


def read(world: World, principal: Principal) -> dict[str, bool]:
    """Which fields are shown on whatever way there is."""
    person, application = world.ids["returnee_id"], world.application
    rights, seen = Rights(application, principal), ""
    try:
        case = Casework(application, principal).case(person)
        seen = repr([case.identity, case.passport, case.references, [c.number for c in case.credentials]])
        if case.consents:
            seen += "consent-events"
    except (Forbidden, NotFound):
        pass
    ways: tuple[tuple[str, Callable[[uuid.UUID], object]], ...] = (
        ("consent-events", rights.consents), ("", rights.notes), ("log-lines", rights.access_log),
    )  # fmt: skip
    for mark, ask in ways:
        try:
            seen += mark + repr(ask(person))
        except (Forbidden, NotFound):
            continue
    shown = CANARY | {field: value for field, (_, value) in _IDENTITY.items()}
    shown |= {"consent": "consent-events", "access_log": "log-lines", "identity.sex": "sex='other'"}
    return {field: value in seen for field, value in shown.items()}


def write(world: World, principal: Principal, field: str) -> bool:
    """Whether a field can be changed; the world is put back afterwards."""
    person, application = world.ids["returnee_id"], world.application
    casework, rights = Casework(application, principal), Rights(application, principal)
    try:
        if field in _IDENTITY:
            name = _IDENTITY[field][0]
            value = {"sex": "female", "birth_date": "1990", "given_name": "Other"}.get(name, "12")
            casework.correct(person, {name: value}, {})
        elif field == "passport":
            casework.correct(person, {}, {"home_district": "Elsewhere"})
        elif field == "consent":
            rights.say(person, ConsentWord(Purpose.STATISTICS, granted=False))
        elif field == "protection_note":
            rights.add_note(person, "a note")
        else:
            # There is no way to write these but an import; a correction of them is refused.
            casework.correct(person, {field: "x"}, {})
    except (Forbidden, NotFound, InputError):
        return False
    finally:
        world.restore()
    return True


def test_the_table_holds_every_field() -> None:
    assert set(cells()) == set(FIELDS)


@pytest.mark.parametrize("who", ["self", "couns", "head", "assess", "empl", "admin", "glass"])
def test_every_cell_is_as_written(world: World, who: str) -> None:
    principal = principal_now(world.application, world.people[who], NOW)
    shown = read(world, principal)
    found = {
        field: ("r" if shown[field] else "") + ("w" if write(world, principal, field) else "") or "-"
        for field in FIELDS
    }
    assert found == {field: row[who] for field, row in cells().items()}


@pytest.mark.parametrize("who", ["other", "couns-B", "head-B", "empl-2"])
def test_nobody_else_reads_or_writes_anything(world: World, who: str) -> None:
    principal = principal_now(world.application, world.people[who], NOW)
    assert not any(read(world, principal).values())
    assert not any(write(world, principal, field) for field in FIELDS)


@pytest.mark.parametrize(
    ("identity", "passport"),
    [
        ({"returnee_id": "x"}, {}), ({"centre_id": "x"}, {}), ({}, {"returnee_id": "x"}),
        ({}, {"wanted_occupations": ["mason"]}), ({}, {"expected_pay": 1.0}), ({"phone": "1", "role": "head"}, {}),
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_of_corrections_cannot_be_set(
    world: World, identity: dict[str, str | None], passport: dict[str, object]
) -> None:
    desk = Casework(world.application, world.people["couns"].principal)
    before = desk.case(world.ids["returnee_id"])
    with pytest.raises(HunarError):
        desk.correct(world.ids["returnee_id"], identity, passport)
    after = desk.case(world.ids["returnee_id"])
    assert (after.identity, after.passport.model_dump()) == (before.identity, before.passport.model_dump())
