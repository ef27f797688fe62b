"""The trail: whole under threads, broken by any change, and no answer without it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter

from api import audit
from api.application import Application
from api.audit import Act, audit_key, record, verify
from api.database import open_reading, open_session
from profiling.errors import OperatorError
from profiling.repository import all_centres

KEY = b"k" * 32


def write(engine: sa.Engine, count: int, actor: str = "operator") -> None:
    with open_session(engine) as session:
        record(session, KEY, [Act(actor, "read", "returnee", uuid.uuid4(), f"f{n}") for n in range(count)], NOW)
        session.commit()


def change(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def checked(engine: sa.Engine, key: bytes = KEY) -> int:
    with open_reading(engine) as session:
        return verify(session, key)


def test_an_empty_and_a_growing_chain_verify(engine: sa.Engine) -> None:
    assert checked(engine) == 0
    write(engine, 3)
    write(engine, 2)
    assert checked(engine) == 5


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit_event SET actor = 'somebody' WHERE sequence = 3", 3),
        ("UPDATE audit_event SET fields = '' WHERE sequence = 1", 1),
        ("UPDATE audit_event SET occurred_at = '2026-11-20 09:00:00.000001+00:00' WHERE sequence = 2", 2),
        ("UPDATE audit_event SET subject_id = NULL WHERE sequence = 5", 5),
        ("UPDATE audit_event SET hash = previous_hash WHERE sequence = 4", 4),
        ("DELETE FROM audit_event WHERE sequence = 1", 2),
        ("DELETE FROM audit_event WHERE sequence = 3", 4),
        ("UPDATE audit_event SET sequence = 9 WHERE sequence = 5", 9),
    ],
)
def test_an_edit_or_removal_is_found_at_its_row(engine: sa.Engine, statement: str, row: int) -> None:
    write(engine, 5)
    change(engine, statement)
    with pytest.raises(OperatorError, match=f"changed at or before row {row}"):
        checked(engine)


def test_a_swap_of_two_rows_is_found(engine: sa.Engine) -> None:
    write(engine, 5)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        change(engine, f"UPDATE audit_event SET sequence = {new} WHERE sequence = {old}")
    with pytest.raises(OperatorError, match="row 2"):
        checked(engine)


def test_a_removed_row_is_not_hidden_by_counting_anew(engine: sa.Engine) -> None:
    write(engine, 5)
    change(engine, "DELETE FROM audit_event WHERE sequence = 3")
    for old in (4, 5):
        change(engine, f"UPDATE audit_event SET sequence = {old - 1} WHERE sequence = {old}")
    with pytest.raises(OperatorError, match="row 3"):
        checked(engine)


def test_another_key_fits_nothing(engine: sa.Engine) -> None:
    write(engine, 2)
    with pytest.raises(OperatorError, match="row 1"):
        checked(engine, b"x" * 32)


def test_a_cut_tail_is_not_found_by_the_chain_alone(engine: sa.Engine) -> None:
    """A known limit: only the count, kept elsewhere, tells that the newest rows are gone."""
    write(engine, 5)
    change(engine, "DELETE FROM audit_event WHERE sequence > 3")
    assert checked(engine) == 3


def test_eight_threads_write_one_chain(engine: sa.Engine) -> None:
    def work(number: int) -> None:
        for _ in range(25):
            write(engine, 1, f"thread-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert checked(engine) == 200
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, count(*) FROM audit_event GROUP BY actor").all()
    assert sorted(rows) == [(f"thread-{number}", 25) for number in range(8)]


def test_a_row_that_was_rolled_back_leaves_no_gap(engine: sa.Engine) -> None:
    write(engine, 1)
    with open_session(engine) as session:
        record(session, KEY, [Act("operator", "read", "returnee")], NOW)
    write(engine, 1)
    assert checked(engine) == 2


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "audit.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: audit_key(path), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["audit.key"]


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    path.write_bytes(b"")
    with pytest.raises(OperatorError, match="is damaged"):
        audit_key(path)
    assert path.read_bytes() == b""
    with pytest.raises(OperatorError, match="cannot be made or read"):
        audit_key(path / "below")


@pytest.fixture
def filled(application: Application, write_csv: CsvWriter) -> Application:
    application.add_centre("Demo", "NP")
    people = [{"ref": f"R-{n}", "given_name": "Maya", "home_country": "Nepal"} for n in range(3)]
    application.ingest("returnees", write_csv("people.csv", *people))
    return application


def trail(application: Application) -> list[tuple[str, str]]:
    with application.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT action, fields FROM audit_event ORDER BY sequence").all()
    return [(row[0], row[1]) for row in rows]


def test_an_import_and_every_reading_is_recorded_without_values(filled: Application) -> None:
    filled.cases()
    filled.case("R-1")
    assert trail(filled) == [
        *[("import", "passport,identity")] * 3, *[("list", "ref,name,home,job")] * 3,
        ("read", "identity,passport,consent"),
    ]  # fmt: skip
    assert filled.verify_audit() == 7


def test_without_its_row_in_the_trail_there_is_no_answer(
    filled: Application, write_csv: CsvWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk is full"))

    monkeypatch.setattr(audit, "record", fail)
    for call in (filled.cases, lambda: filled.case("R-1"), lambda: filled.match("R-1"), filled.caseload):
        with pytest.raises(sa.exc.OperationalError):
            call()
    more = write_csv("more.csv", {"ref": "R-9", "given_name": "Ram", "home_country": "Nepal"})
    with pytest.raises(OperatorError, match="0 rows"):
        filled.ingest("returnees", more)
    monkeypatch.undo()
    assert len(trail(filled)) == 3
    assert [case.ref for case in filled.cases()] == ["R-0", "R-1", "R-2"]
    with filled.reading() as session:
        assert len(all_centres(session)) == 1
