"""A thousand ways to touch an audit trail, each of which must be found, and eight threads that write one."""

from __future__ import annotations

import random
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, SqliteServer
from sizes import SEED, size

from api.audit import _HASHED, Act, _hash, check, record, verify
from api.audit_head import Head, HeadFile
from api.database import make_engine, open_reading, open_session
from profiling.errors import OperatorError

KEY = b"k" * 32
FOREIGN_KEY = b"x" * 32
ROWS = 200
COLUMNS = (*_HASHED, "hash")
#: The same table without any constraint, as one makes it who may write the file: then it takes every tampering.
LOOSE = f"""
    CREATE TABLE loose ({", ".join(f"{name} {'INT' if name == 'sequence' else 'TEXT'}" for name in COLUMNS)});
    INSERT INTO loose SELECT {", ".join(COLUMNS)} FROM audit_event;
    DROP TABLE audit_event;
    ALTER TABLE loose RENAME TO audit_event;
"""


@dataclass(frozen=True)
class Trail:
    """The bytes of an untouched database and the heads as they were after each row."""

    data: bytes
    heads: list[Head]


@pytest.fixture
def trail(sqlite_server: SqliteServer, tmp_path: Path) -> Trail:
    """A trail of 200 rows, written as the service writes one; a third of the rows have no subject."""
    rng = random.Random(SEED)
    url = sqlite_server.create("empty", tmp_path)
    file, heads = HeadFile(tmp_path / "head", KEY), []
    engine = make_engine(url)
    for number in range(ROWS):
        act = Act(
            rng.choice(["operator", "counsellor:7", "head:2"]), rng.choice(["read", "list", "change"]), "returnee",
            uuid.UUID(int=rng.getrandbits(128)) if rng.random() < 2 / 3 else None, f"field-{number % 7}",
        )  # fmt: skip
        with open_session(engine) as session:
            record(session, KEY, [act], NOW + timedelta(seconds=number, microseconds=number % 3), file)
            session.commit()
        held = file.read()
        assert held
        heads.append(held)
    engine.dispose()
    path = tmp_path / "hunar.db"
    assert not path.with_name("hunar.db-wal").exists()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(LOOSE)
    return Trail(path.read_bytes(), heads)


# --- tamperings ----------------------------------------------------------------------------------


class Copy:
    """A copy of the trail, open for tampering through SQLite alone."""

    def __init__(self, connection: sqlite3.Connection, rng: random.Random) -> None:
        self.connection = connection
        self.rng = rng

    def run(self, statement: str, *values: object) -> None:
        self.connection.execute(statement, values)

    def row(self, sequence: int) -> list[object]:
        statement = f"SELECT {', '.join(COLUMNS)} FROM audit_event WHERE sequence = ?"
        return list(self.connection.execute(statement, (sequence,)).fetchone())

    def put(self, row: list[object]) -> None:
        self.run(f"INSERT INTO audit_event VALUES ({', '.join('?' * len(COLUMNS))})", *row)

    def any(self) -> int:
        return self.rng.randint(1, ROWS)

    def two(self) -> tuple[int, int]:
        first, second = self.rng.sample(range(1, ROWS + 1), 2)
        return first, second

    def set(self, sequence: int, column: str, value: object) -> None:
        self.run(f"UPDATE audit_event SET {column} = ? WHERE sequence = ?", value, sequence)

    def shift(self, after: int, by: int) -> None:
        self.run("UPDATE audit_event SET sequence = sequence + ? WHERE sequence > ?", by, after)

    def dump(self) -> list[tuple[object, ...]]:
        columns = ", ".join(f"quote({name})" for name in COLUMNS)
        return self.connection.execute(f"SELECT {columns} FROM audit_event ORDER BY sequence, rowid").fetchall()

    def chain(self, start: int, key: bytes) -> None:
        """Compute the hashes anew from a row on."""
        previous = str(self.row(start - 1)[-1]) if start > 1 else "0" * 64
        for (sequence,) in self.connection.execute(
            "SELECT sequence FROM audit_event WHERE sequence >= ? ORDER BY sequence", (start,)
        ).fetchall():
            row = self.row(sequence)
            subject = uuid.UUID(str(row[5])) if row[5] else None
            moment = datetime.fromisoformat(str(row[1])).replace(tzinfo=UTC)
            own = _hash(key, [sequence, moment, *row[2:5], subject, row[6], previous])
            self.set(sequence, "previous_hash", previous)
            self.set(sequence, "hash", own)
            previous = own


def _other(copy: Copy, column: str, value: object) -> object:
    """Another value of the column's kind."""
    digits = "0123456789abcdef"
    if column == "sequence":
        return copy.rng.choice([0, -1, ROWS + 1, 10**6, copy.any() + 0.5])
    if column == "occurred_at":
        moved = datetime.fromisoformat(str(value)) + timedelta(
            microseconds=copy.rng.choice([-1, 1, 10**6, -(10**10)])
        )
        return moved.isoformat(" ", timespec="microseconds")
    if column == "subject_id":
        return uuid.UUID(int=copy.rng.getrandbits(128)).hex
    if column in ("hash", "previous_hash"):
        place, text = copy.rng.randrange(64), str(value)
        return text[:place] + digits[digits.index(text[place]) ^ 1] + text[place + 1 :]
    return copy.rng.choice([f"{value} ", str(value)[:-1], str(value).upper(), "", "operator:9", "é", "\0"])


def edit(copy: Copy, column: str) -> None:
    sequence = copy.any()
    copy.set(sequence, column, _other(copy, column, copy.row(sequence)[COLUMNS.index(column)]))


def make_null(copy: Copy, column: str) -> None:
    sequence = copy.any()
    while copy.row(sequence)[COLUMNS.index(column)] is None:
        sequence = copy.any()
    copy.set(sequence, column, None)


def spoil(copy: Copy, column: str) -> None:
    """What is no value of the column at all, down to bytes that are no text."""
    value = copy.rng.choice([b"\xff\xfe", "not of this kind", b"", 2.5, "9999-99-99", "0001-01-01 00:00:00-14:00"])
    copy.set(copy.any(), column, value)
    if isinstance(value, bytes) and copy.rng.random() < 0.5:
        copy.run(f"UPDATE audit_event SET {column} = CAST({column} AS TEXT) WHERE typeof({column}) = 'blob'")


def remove(copy: Copy) -> None:
    copy.run("DELETE FROM audit_event WHERE sequence = ?", copy.any())


def remove_and_renumber(copy: Copy) -> None:
    sequence = copy.any()
    copy.run("DELETE FROM audit_event WHERE sequence = ?", sequence)
    copy.shift(sequence, -1)


def swap_rows(copy: Copy) -> None:
    first, second = copy.two()
    for old, new in ((first, -5), (second, first), (-5, second)):
        copy.set(old, "sequence", new)


def _exchange(copy: Copy, columns: tuple[str, ...]) -> None:
    first, second = copy.two()
    ahead, behind = copy.row(first), copy.row(second)
    for column in columns:
        place = COLUMNS.index(column)
        copy.set(first, column, behind[place])
        copy.set(second, column, ahead[place])


def swap_contents(copy: Copy) -> None:
    """Everything but the number and the hashes."""
    _exchange(copy, COLUMNS[1:-2])


def swap_contents_and_hashes(copy: Copy) -> None:
    _exchange(copy, COLUMNS[1:])


def cut(copy: Copy) -> None:
    copy.run("DELETE FROM audit_event WHERE sequence > ?", ROWS - copy.rng.choice([1, 2, copy.any()]))


def empty(copy: Copy) -> None:
    copy.run("DELETE FROM audit_event")


def repeat(copy: Copy) -> None:
    """The same row twice, number and all."""
    copy.put(copy.row(copy.any()))


def repeat_at_the_end(copy: Copy) -> None:
    copy.put([ROWS + 1, *copy.row(copy.any())[1:]])


def repeat_in_the_middle(copy: Copy) -> None:
    source, after = copy.row(copy.any()), copy.any()
    copy.shift(after, 1)
    copy.put([after + 1, *source[1:]])


def insert_at_the_end(copy: Copy) -> None:
    """A row chained to the last, without the key."""
    copy.put([ROWS + 1, *copy.row(copy.any())[1:-2], copy.row(ROWS)[-1], "0" * 64])
    copy.chain(ROWS + 1, FOREIGN_KEY)


def insert_in_the_middle(copy: Copy) -> None:
    after = copy.rng.randint(1, ROWS - 1)
    copy.shift(after, 1)
    copy.put([after + 1, *copy.row(after)[1:-2], copy.row(after)[-1], "0" * 64])
    copy.chain(after + 1, FOREIGN_KEY)


def edit_and_chain_anew(copy: Copy) -> None:
    sequence = copy.any()
    copy.set(sequence, "actor", "nobody")
    copy.chain(sequence, FOREIGN_KEY)


def cut_and_write_anew(copy: Copy) -> None:
    """As many rows as before, the last ones made up without the key."""
    kept = ROWS - copy.rng.randint(1, 20)
    copy.run("UPDATE audit_event SET actor = 'nobody' WHERE sequence > ?", kept)
    copy.chain(kept + 1, FOREIGN_KEY)


def cut_and_go_on(copy: Copy) -> None:
    """What one gets who cuts the tail and lets the service write on: a chain under the right key, and longer."""
    kept = ROWS - copy.rng.randint(1, 20)
    copy.run("DELETE FROM audit_event WHERE sequence > ?", kept)
    for sequence in range(kept + 1, ROWS + copy.rng.randint(0, 20) + 1):
        copy.put([sequence, *copy.row(1)[1:]])
    copy.chain(kept + 1, KEY)


Tampering = Callable[[Copy], None]


def _of_columns(name: str, work: Callable[[Copy, str], None]) -> dict[str, Tampering]:
    return {f"{name} {column}": lambda copy, column=column: work(copy, column) for column in COLUMNS}  # type: ignore[misc]


KINDS: dict[str, Tampering] = {
    **_of_columns("edit", edit),
    **_of_columns("null", make_null),
    **_of_columns("spoil", spoil),
    **{
        work.__name__: work
        for work in (
            remove, remove_and_renumber, swap_rows, swap_contents, swap_contents_and_hashes, cut, empty, repeat,
            repeat_at_the_end, repeat_in_the_middle, insert_at_the_end, insert_in_the_middle, edit_and_chain_anew,
            cut_and_write_anew, cut_and_go_on,
        )
    },
}  # fmt: skip


def found(path: Path, head: Head) -> str | None:
    """What `verify` says of the trail in a file, or None if it finds it whole."""
    engine = make_engine(f"sqlite:///{path}")
    try:
        with open_reading(engine) as session:
            verify(session, KEY, head=head)
    except OperatorError as error:
        return str(error)
    finally:
        engine.dispose()
    return None


def test_every_tampering_is_found(trail: Trail, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    path, head = tmp_path / "copy.db", trail.heads[-1]
    number = size(150, 1000)
    made: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    missed = []
    for turn in range(number):
        kind = list(KINDS)[turn % len(KINDS)]
        path.write_bytes(trail.data)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.text_factory = bytes if kind.startswith("spoil") else str
            copy = Copy(connection, rng)
            before = copy.dump()
            connection.execute("BEGIN")
            while copy.dump() == before:  # upper case of nothing, say
                KINDS[kind](copy)
            connection.execute("COMMIT")
        made[kind] += 1
        text = found(path, head)
        if text is None:
            missed.append(f"{turn}: {kind}")
        else:
            assert text.endswith(".")
            assert "udit trail" in text
            seen[kind] += 1
    print(f"\n{number} tamperings, {seen.total()} found: " + ", ".join(f"{k} {seen[k]}/{made[k]}" for k in made))
    assert missed == []
    assert seen == made
    assert set(made) == set(KINDS)


def test_the_untouched_copy_and_every_lagging_head_verify(trail: Trail, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(trail.data)
    assert [head.sequence for head in trail.heads] == list(range(1, ROWS + 1))
    for head in [Head(0, "0" * 64), *trail.heads]:
        assert found(path, head) is None


def test_without_a_head_only_what_keeps_the_chain_is_missed(trail: Trail, tmp_path: Path) -> None:
    """The head is what finds a cut tail: without it, a shorter or rewritten chain looks whole."""
    path, unaware = tmp_path / "copy.db", Head(0, "0" * 64)
    missed = set()
    for kind, tampering in KINDS.items():
        path.write_bytes(trail.data)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.text_factory = bytes if kind.startswith("spoil") else str
            tampering(Copy(connection, random.Random(SEED)))
        if found(path, unaware) is None:
            missed.add(kind)
    assert missed == {"cut", "empty", "cut_and_go_on"}


# --- threads -------------------------------------------------------------------------------------


def read_once(engine: sa.Engine, file: HeadFile, actor: str) -> None:
    """What a request does: open a session, write the trail, commit."""
    with open_session(engine) as session:
        record(session, KEY, [Act(actor, "read", "returnee", uuid.uuid4(), "passport")], NOW, file)
        session.commit()


def test_eight_threads_leave_one_row_for_each_reading(engine: sa.Engine, tmp_path: Path) -> None:
    reads = size(60, 500)
    file = HeadFile(tmp_path / "elsewhere" / "audit.head", KEY)

    def work(thread: int) -> None:
        for _ in range(reads):
            read_once(engine, file, f"thread-{thread}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    with open_reading(engine) as session:
        assert check(session, KEY, file) == 8 * reads
    with engine.connect() as connection:
        actors = connection.exec_driver_sql("SELECT actor, count(*) FROM audit_event GROUP BY actor").all()
        last = connection.exec_driver_sql(
            "SELECT sequence, hash FROM audit_event ORDER BY sequence DESC LIMIT 1"
        ).one()
    assert sorted(tuple(row) for row in actors) == [(f"thread-{thread}", reads) for thread in range(8)]
    assert file.read() == Head(*last)
    print(f"\n{8 * reads} readings by 8 threads on {engine.dialect.name}: {8 * reads} rows, head at {last[0]}")
