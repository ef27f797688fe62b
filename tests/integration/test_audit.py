"""The trail: whole under threads, broken by any change, and no answer without it."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter
from people import desk

from api import audit
from api.application import Application
from api.audit import Act, audit_key, begin_head, check, record, verify
from api.audit_head import Head, HeadFile
from api.database import open_reading, open_session
from profiling.errors import InputError, OperatorError
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
    asks = desk(filled)
    asks.cases()
    asks.case("R-1")
    assert trail(filled) == [
        *[("import", "passport,identity")] * 3, *[("list", "ref,name,home,job")] * 3,
        ("read", ",".join(sorted(asks.shown() - {"protection_note", "access_log"}))),
    ]  # fmt: skip
    assert filled.verify_audit() == 7


def test_without_its_row_in_the_trail_there_is_no_answer(
    filled: Application, write_csv: CsvWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = desk(filled)

    def fail(*_: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk is full"))

    monkeypatch.setattr(audit, "record", fail)
    for call in (asks.cases, lambda: asks.case("R-1"), lambda: asks.match("R-1"), asks.caseload):
        with pytest.raises(sa.exc.OperationalError):
            call()
    more = write_csv("more.csv", {"ref": "R-9", "given_name": "Ram", "home_country": "Nepal"})
    with pytest.raises(OperatorError, match="0 rows"):
        filled.ingest("returnees", more)
    monkeypatch.undo()
    assert len(trail(filled)) == 3
    assert [case.ref for case in asks.cases()] == ["R-0", "R-1", "R-2"]
    with filled.reading() as session:
        assert len(all_centres(session)) == 1


# --- the head ------------------------------------------------------------------------------------


def digest(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def file(tmp_path: Path) -> HeadFile:
    return HeadFile(tmp_path / "elsewhere" / "audit.head", KEY)


def write_headed(engine: sa.Engine, file: HeadFile, count: int = 1) -> None:
    with open_session(engine) as session:
        record(session, KEY, [Act("operator", "read", "returnee", uuid.uuid4()) for _ in range(count)], NOW, file)
        session.commit()


def judged(engine: sa.Engine, file: HeadFile, noted: Head | None = None) -> int:
    with open_reading(engine) as session:
        return check(session, KEY, file, noted)


def sequence_of(file: HeadFile) -> int:
    held = file.read()
    assert held
    return held.sequence


def test_a_head_is_written_down_and_read_again() -> None:
    head = Head(12, digest(0xAB))
    assert head.text == f"12:{'0' * 62}ab"
    assert Head.parse(f" 12 :\n{'0' * 32} {'0' * 30}AB ") == head
    for text in ("", "12", f"-1:{digest(1)}", f"1:{digest(1)}0", f"x:{digest(1)}", f"١:{digest(1)}"):
        with pytest.raises(InputError, match="SEQUENCE:HASH"):
            Head.parse(text)


def test_the_head_only_moves_forward(file: HeadFile) -> None:
    assert file.read() is None
    for number, expected in ((3, 3), (2, 3), (3, 3), (7, 7), (0, 7), (8, 8)):
        file.advance(number, digest(number))
        assert file.read() == Head(expected, digest(expected))
    before = file.path.read_bytes()
    for number in (8, 7, 0):
        file.advance(number, digest(99))
    assert file.path.read_bytes() == before
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.path.parent.iterdir()] == ["audit.head"]


def test_a_write_that_was_cut_short_leaves_the_head_before(file: HeadFile) -> None:
    for number in (1, 2):
        file.advance(number, digest(number))
    before = file.path.read_bytes()
    file.advance(3, digest(3))
    after = file.path.read_bytes()
    changed = [place for place in range(len(before)) if before[place] != after[place]]
    assert max(changed) < 4096  # in one slot alone
    read = []
    for length in range(changed[0], changed[-1] + 2):
        file.path.write_bytes(after[:length] + before[length:])
        read.append(sequence_of(file))
    assert read == [2] * (len(read) - 1) + [3]
    file.path.write_bytes(after[:100] + before[100:])
    for number in (4, 5):
        file.advance(number, digest(number))
        assert file.read() == Head(number, digest(number))


def test_a_forged_or_damaged_head_is_refused(file: HeadFile, engine: sa.Engine) -> None:
    write_headed(engine, file, 2)
    whole = file.path.read_bytes()
    forger = HeadFile(file.path.with_name("forged"), b"x" * 32)
    forger.advance(2, digest(2))
    forged = forger.path.read_bytes()
    for data in (
        forged,
        b"",
        b"\0" * 8192,
        b"hello",
        whole.replace(b":", b";"),
        whole.replace(b"0:", b"1:")[:4096],
    ):
        file.path.write_bytes(data)
        for call in (file.read, lambda: file.advance(9, digest(9)), lambda: judged(engine, file)):
            with pytest.raises(OperatorError, match=r"is damaged or was not written with this audit key\. Restore"):
                call()
        with pytest.raises(OperatorError, match="is damaged"):
            write_headed(engine, file)
        assert file.path.read_bytes() == data
    assert checked(engine) == 2


def test_one_forged_slot_counts_for_nothing(file: HeadFile) -> None:
    file.advance(1, digest(1))
    file.advance(2, digest(2))
    other = HeadFile(file.path.with_name("other"), b"x" * 32)
    other.advance(900, digest(9))
    with file.path.open("r+b") as opened:
        opened.write(other.path.read_bytes()[:4096])
    assert file.read() == Head(2, digest(2))
    file.advance(3, digest(3))
    assert file.read() == Head(3, digest(3))


def test_only_what_was_signed_as_a_head_is_one(file: HeadFile, engine: sa.Engine) -> None:
    """Neither a row's hash nor another use of the audit key makes a head."""
    write_headed(engine, file)
    held = file.read()
    assert held
    text = f"{1:018}:{held.hash}"
    for mac in (held.hash, hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()):
        file.path.write_bytes(f"{text} {mac}\n".encode().ljust(4096, b"\0") * 2)
        with pytest.raises(OperatorError, match="is damaged"):
            file.read()
    mac = hmac.new(KEY, b"hunar audit head 1\0" + text.encode(), hashlib.sha256).hexdigest()
    file.path.write_bytes(f"{text} {mac}\n".encode())
    assert file.read() == held


def test_a_head_that_cannot_be_kept_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "head", tmp_path / "folder"):
        with pytest.raises(OperatorError, match=r"cannot be read or written \(.+\)\. Check the disk"):
            HeadFile(path, KEY).advance(1, digest(1))


WRITER = """
import sys
from pathlib import Path
from api.audit_head import HeadFile
file = HeadFile(Path(sys.argv[1]), b"k" * 32)
for number in range(int(sys.argv[2]), 400, 2):
    file.advance(number, f"{number:064x}")
"""


def test_the_head_moves_forward_under_threads_and_two_processes(file: HeadFile) -> None:
    seen: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            held = file.read()
            if held:
                assert held.hash == digest(held.sequence)
                seen.append(held.sequence)

    def work(thread: int) -> None:
        # Two files on one path, so that not only the lock of one of them helps.
        own = file if thread % 2 else HeadFile(file.path, KEY)
        for number in range(thread, 400, 4):
            own.advance(number, digest(number))

    watcher = ThreadPoolExecutor(1)
    watched = watcher.submit(watch)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file.path), start], env=environment)
        for start in ("0", "1")
    ]
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
        assert [process.wait(60) for process in processes] == [0, 0]
    finally:
        done.set()
        for process in processes:
            process.kill()
            process.wait()
        watcher.shutdown()
    watched.result()
    assert seen == sorted(seen)
    assert len(set(seen)) > 1  # how many depends on the machine
    assert file.read() == Head(399, digest(399))


def test_the_head_follows_commits_and_nothing_else(engine: sa.Engine, file: HeadFile) -> None:
    act = [Act("operator", "read", "returnee")]
    with open_session(engine) as session:
        record(session, KEY, act, NOW, file)
        assert sequence_of(file) == 0
        session.rollback()
        assert sequence_of(file) == 0
        for number in (1, 2, 3):
            record(session, KEY, act, NOW, file)
            record(session, KEY, [], NOW, file)
            assert sequence_of(file) == number - 1
            session.commit()
            assert sequence_of(file) == number
        record(session, KEY, act, NOW, file)
    assert sequence_of(file) == 3
    assert judged(engine, file) == 3


def test_a_session_that_is_used_again_remembers_no_row_that_was_given_up(engine: sa.Engine, file: HeadFile) -> None:
    act = [Act("operator", "read", "returnee")]
    with open_session(engine) as session:
        record(session, KEY, act, NOW, file)
        session.close()
        session.execute(sa.text("SELECT 1"))
        session.commit()
        assert sequence_of(file) == 0
        record(session, KEY, act, NOW, file)
        with session.begin_nested():
            record(session, KEY, act, NOW, file)
        assert sequence_of(file) == 0
        savepoint = session.begin_nested()
        record(session, KEY, act * 5, NOW, file)
        savepoint.rollback()
        session.commit()
    assert sequence_of(file) == 2
    assert judged(engine, file) == 2


def test_a_savepoint_neither_advances_the_head_nor_loses_it(engine: sa.Engine, file: HeadFile) -> None:
    act = [Act("operator", "read", "returnee")]
    with open_session(engine) as session:
        record(session, KEY, act, NOW, file)
        with session.begin_nested():
            record(session, KEY, act, NOW, file)
        assert sequence_of(file) == 0
        with session.begin_nested():
            pass
        session.commit()
    assert sequence_of(file) == 2


def test_no_listener_is_added_by_recording(
    engine: sa.Engine, file: HeadFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    advance = HeadFile.advance
    monkeypatch.setattr(HeadFile, "advance", lambda self, *head: (calls.append(head[0]), advance(self, *head))[1])
    with open_session(engine) as session:
        for _ in range(20):
            record(session, KEY, [Act("operator", "read", "returnee")], NOW, file)
            record(session, KEY, [Act("operator", "read", "returnee")], NOW, file)
            session.commit()
            session.commit()
    assert calls == [0, *range(2, 41, 2)]


def test_a_head_that_lags_after_a_crash_is_accepted(
    engine: sa.Engine, file: HeadFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_headed(engine, file, 2)

    def crash(*_: object) -> None:
        raise OperatorError("the machine stops here")

    with monkeypatch.context() as crashing:
        crashing.setattr(HeadFile, "advance", crash)
        with pytest.raises(OperatorError, match="stops here"):
            write_headed(engine, file, 3)
    assert sequence_of(file) == 2
    assert judged(engine, file) == 5
    write_headed(engine, file)
    assert sequence_of(file) == 6
    assert judged(engine, file) == 6


def test_a_cut_tail_is_found_by_the_head_and_by_a_noted_one(engine: sa.Engine, file: HeadFile) -> None:
    write_headed(engine, file, 3)
    noted = file.read()
    assert noted
    write_headed(engine, file, 2)
    assert judged(engine, file, noted) == 5
    change(engine, "DELETE FROM audit_event WHERE sequence > 4")
    with pytest.raises(OperatorError, match=r"cut off after row 4 .*its head knows row 5"):
        judged(engine, file)
    file.path.unlink()
    with open_reading(engine) as session:
        assert verify(session, KEY, noted=noted) == 4
    change(engine, "DELETE FROM audit_event WHERE sequence > 2")
    with (
        open_reading(engine) as session,
        pytest.raises(OperatorError, match=r"after row 2 .*noted head knows row 3"),
    ):
        verify(session, KEY, noted=noted)


def test_an_emptied_trail_is_a_cut_one(engine: sa.Engine, file: HeadFile) -> None:
    assert judged(engine, file) == 0
    write_headed(engine, file, 2)
    change(engine, "DELETE FROM audit_event")
    with pytest.raises(OperatorError, match="cut off after row 0"):
        judged(engine, file)


def test_a_tail_that_was_cut_is_not_covered_by_going_on(engine: sa.Engine, file: HeadFile) -> None:
    """The head stays at the row that is gone, however many rows the service writes after it."""
    write_headed(engine, file, 5)
    held = file.read()
    change(engine, "DELETE FROM audit_event WHERE sequence > 3")
    write_headed(engine, file)
    with pytest.raises(OperatorError, match="cut off after row 4"):
        judged(engine, file)
    for _ in range(5):
        write_headed(engine, file)
    assert file.read() == held
    assert checked(engine) == 9
    with pytest.raises(OperatorError, match=r"Row 5 .* is not the one that its head knows"):
        judged(engine, file)


def test_a_missing_head_is_found_and_begun_anew_only_by_decision(engine: sa.Engine, file: HeadFile) -> None:
    write_headed(engine, file, 2)
    file.path.unlink()
    write_headed(engine, file)
    assert not file.path.exists()
    with pytest.raises(OperatorError, match=r"3 rows, unbroken, but its head .* is missing"):
        judged(engine, file)
    with open_reading(engine) as session:
        assert begin_head(session, KEY, file).sequence == 3
    assert judged(engine, file) == 3
    with open_reading(engine) as session, pytest.raises(OperatorError, match="has a head already"):
        begin_head(session, KEY, file)
    write_headed(engine, file)
    assert sequence_of(file) == 4


def test_the_head_is_made_with_the_first_row_even_if_its_commit_is_the_last_thing_done(
    engine: sa.Engine, file: HeadFile
) -> None:
    """Otherwise a crash right after the first commit would look like a missing head."""
    with open_session(engine) as session:
        record(session, KEY, [Act("operator", "read", "returnee")], NOW, file)
    assert file.read() == Head(0, "0" * 64)
    assert judged(engine, file) == 0


def test_moments_of_any_zone_verify_whatever_zone_the_database_has(engine: sa.Engine) -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    with open_session(engine) as session:
        record(session, KEY, [Act("operator", "read", "returnee")], NOW.astimezone(nepal))
        session.commit()
    write(engine, 1)
    with open_reading(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(sa.text("SET TIME ZONE 'Asia/Kathmandu'"))
        assert verify(session, KEY) == 2


def test_a_trail_longer_than_a_batch_is_read_whole(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_BATCH", 2)
    write(engine, 7)
    assert checked(engine) == 7
    change(engine, "UPDATE audit_event SET actor = 'x' WHERE sequence = 7")
    with pytest.raises(OperatorError, match="row 7"):
        checked(engine)
