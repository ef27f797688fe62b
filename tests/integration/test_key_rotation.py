"""Sealed in the database, and sealed anew while others work, whatever is killed meanwhile."""

from __future__ import annotations

import json
import uuid

import people
import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter, make_application
from sqlmodel import SQLModel, select
from test_erasure import everywhere
from test_rights import ROW

from api import sealing
from api.application import Application
from api.models import Account
from api.rights import Rights
from api.sealing import ALL_SEALED, seal_anew
from profiling.access import Role
from profiling.corrections import correct_identity
from profiling.errors import OperatorError
from profiling.identity import Reference, ReturneeIdentity, open_identity, open_reference, place
from profiling.vault import Vault, open_vault

PEOPLE = 7
SEALED_WORDS = b"Qzgiven", b"Qzfamily", b"1990-04-02", b"QZPHONE", b"Qzreferee", b"qz@example.org", b"QZNOTE"


class Killed(BaseException):
    """As if the machine had lost its power."""


@pytest.fixture
def person(application: Application, write_csv: CsvWriter, monkeypatch: pytest.MonkeyPatch) -> uuid.UUID:
    monkeypatch.setattr(sealing, "_BATCH", 2)
    application.add_centre("Home", "NP")
    rows = [{**ROW, "ref": f"R-{number + 1}"} for number in range(PEOPLE)]
    application.ingest("returnees", write_csv("people.csv", *rows), centre="Home")
    application.refresh()
    found = people.id_of(application, "R-1")
    everywhere(application, found)
    return found


def sealed_values(application: Application) -> list[tuple[bytes, str, uuid.UUID]]:
    with application.reading() as session:
        return [
            (value, place(table, name), getattr(row, owner))
            for table, names, owner in ALL_SEALED
            for row in session.exec(select(table))
            for name in names
            if (value := getattr(row, name)) is not None
        ]


def texts(application: Application, vault: Vault) -> list[str]:
    return sorted(vault.open(*value) for value in sealed_values(application))


def keys_in_use(application: Application) -> set[bytes]:
    return {value[1:5] for value, _, _ in sealed_values(application)}


def test_the_list_of_sealed_columns_is_whole() -> None:
    listed = {(table.__tablename__, name) for table, names, _ in ALL_SEALED for name in names}
    raw = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    assert raw - listed == {("document_vector", "vector")}
    assert listed <= raw


def test_the_database_file_holds_nothing_sealed_in_the_clear(
    sqlite_application: Application, write_csv: CsvWriter
) -> None:
    application = sqlite_application
    application.add_centre("Home", "NP")
    application.ingest("returnees", write_csv("people.csv", ROW), centre="Home")
    everywhere(application, people.id_of(application, "R-1"))
    folder = application.settings.data
    for path in sorted(folder.glob("hunar.db*")):
        raw = path.read_bytes()
        assert [word for word in SEALED_WORDS if word in raw] == [], path.name
    # What is not sealed is found there: the test can find something.
    assert any(b"Qzboss" in path.read_bytes() for path in folder.glob("hunar.db*"))


def test_a_rotation_seals_everything_anew(application: Application, person: uuid.UUID) -> None:
    before, old = texts(application, application.vault), keys_in_use(application)
    seen: list[int] = []
    count = application.rotate_keys(seen.append)
    assert count == len(before) == sum(seen)
    new = keys_in_use(application)
    assert len(new) == 1
    assert not new & old
    assert texts(application, open_vault(application.vault_file)) == before
    assert len(json.loads(application.vault_file.read_text())["keys"]) == 2
    application.rotate_keys()
    assert len(json.loads(application.vault_file.read_text())["keys"]) == 2
    assert texts(application, application.vault) == before


@pytest.mark.parametrize("batches", [1, 3, 6])
def test_a_rotation_that_was_killed_ends_well_the_second_time(
    application: Application, person: uuid.UUID, batches: int
) -> None:
    before, seen = texts(application, application.vault), []

    def kill(rows: int) -> None:
        seen.append(rows)
        if len(seen) == batches:
            raise Killed

    with pytest.raises(Killed):
        application.rotate_keys(kill)
    assert len(keys_in_use(application)) == 2
    restarted = make_application(application.settings.database, application.settings.data)
    restarted.check()
    assert texts(restarted, restarted.vault) == before
    restarted.rotate_keys()
    assert len(keys_in_use(restarted)) == 1
    assert texts(restarted, restarted.vault) == before
    restarted.engine.dispose()


def test_another_process_reads_and_writes_during_and_after_a_rotation(
    application: Application, person: uuid.UUID
) -> None:
    server = make_application(application.settings.database, application.settings.data)
    desk = Rights(server, people.counsellor(server, "Home", Role.HEAD).principal)
    assert [note.text for note in desk.notes(person)] == ["QZNOTE"]
    written: list[int] = []

    def write(rows: int) -> None:
        if len(written) < 3:
            written.append(rows)
            desk.add_note(person, f"during {len(written)}")

    application.rotate_keys(write)
    desk.add_note(person, "after")
    assert {note.text for note in desk.notes(person)} == {"QZNOTE", "during 1", "during 2", "during 3", "after"}
    assert len(keys_in_use(application)) == 1
    server.engine.dispose()


def test_a_value_that_was_sealed_with_the_old_key_and_comes_late_is_not_lost(
    application: Application, person: uuid.UUID
) -> None:
    late = application.vault.seal("Late", "returnee_identity.given_name", person)
    application.rotate_keys()
    with application.session() as session:
        row = session.get_one(ReturneeIdentity, person)
        row.given_name = late
        session.add(row)
        session.commit()
    for _ in range(3):
        with application.reading() as session:
            row = session.get_one(ReturneeIdentity, person)
            assert open_identity(application.vault, row).given_name == "Late"
        application.rotate_keys()


def test_old_keys_stay_while_something_is_sealed_with_them(
    application: Application, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that never ends, for others keep writing with an older key, forgets no key."""
    monkeypatch.setattr(sealing, "_one_pass", lambda open_session, progress: iter([1]))
    with pytest.raises(OperatorError, match="Stop the other processes"):
        application.rotate_keys()
    assert len(json.loads(application.vault_file.read_text())["keys"]) == 2


def test_a_damaged_value_stops_the_rotation_and_keeps_the_keys(application: Application, person: uuid.UUID) -> None:
    with application.session() as session:
        reference = session.exec(select(Reference).where(Reference.returnee_id == person)).one()
        good = reference.name
        reference.name = good[:-1] + bytes([good[-1] ^ 1])
        session.add(reference)
        session.commit()
    with pytest.raises(OperatorError, match=r"reference\.name was damaged"):
        application.rotate_keys()
    with application.session() as session:
        reference = session.exec(select(Reference).where(Reference.returnee_id == person)).one()
        reference.name = good
        session.add(reference)
        session.commit()
        assert open_reference(open_vault(application.vault_file), reference).name == "Qzreferee"


def test_a_correction_between_reading_and_writing_is_not_undone(
    application: Application, person: uuid.UUID
) -> None:
    """The row is locked while it is sealed anew; a change before or after it stays."""
    changed: list[int] = []

    def correct(rows: int) -> None:
        if not changed:
            changed.append(rows)
            with application.session() as session:
                correct_identity(session, person, {"given_name": "Corrected"})
                session.commit()

    application.rotate_keys(correct)
    with application.reading() as session:
        row = session.get_one(ReturneeIdentity, person)
        assert open_identity(application.vault, row).given_name == "Corrected"


def test_a_second_factor_still_opens_after_a_rotation(application: Application, person: uuid.UUID) -> None:
    head = people.counsellor(application, "Home", Role.HEAD)
    with application.session() as session:
        account = session.exec(select(Account).where(Account.login == head.login)).one()
        account.one_time_secret = application.vault.seal("SECRET", "account.one_time_secret", account.id)
        session.add(account)
        session.commit()
    application.rotate_keys()
    with application.reading() as session:
        account = session.exec(select(Account).where(Account.login == head.login)).one()
        assert account.one_time_secret is not None
        assert application.vault.open(account.one_time_secret, "account.one_time_secret", account.id) == "SECRET"


def test_nothing_to_seal_is_no_work(application: Application) -> None:
    assert seal_anew(application.session) == 0
    assert application.now() == NOW
