"""The engine and its sessions. SQLite and PostgreSQL run the same code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlmodel import Session

from profiling.errors import OperatorError
from profiling.vault import Vault, session_info

_READ = "hunar_read_only"
#: How long a writer waits for another one, and how long forgetting waits for readers, in milliseconds.
_BUSY, _FORGET_WAIT = 10_000, 500
MIGRATIONS = Path(__file__).parent / "migrations"


def make_engine(url: str) -> sa.Engine:
    """An engine for SQLite (WAL, synchronous FULL, foreign keys) or PostgreSQL."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OperatorError(f"The data folder cannot be made ({error}). Set HUNAR_DATA.") from error
    # Parameters may be somebody's data: an error must not carry them into a log.
    engine = sa.create_engine(address, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # SQLAlchemy starts the transaction itself (below): Python's own deferred BEGIN fails under writers.
    connection.isolation_level = None
    # secure_delete overwrites what is erased, so that a copy of the file does not hold it any longer.
    pragmas = "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {_BUSY}"
    for pragma in (*pragmas, "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get(_READ, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def open_session(engine: sa.Engine, vault: Vault | None = None) -> Iterator[Session]:
    """A session that may write. What is not committed is rolled back. Sealed values need the vault."""
    with Session(engine, expire_on_commit=False, info=session_info(vault) if vault else {}) as session:
        yield session


@contextmanager
def open_reading(engine: sa.Engine, vault: Vault | None = None) -> Iterator[Session]:
    """A session that only reads, and so waits for no writer."""
    bound = engine.execution_options(**{_READ: True})
    with Session(bound, expire_on_commit=False, info=session_info(vault) if vault else {}) as session:
        yield session


def forget_deleted(engine: sa.Engine) -> bool:
    """Let deleted rows leave SQLite's log of changes too; whether that could be done now.

    It cannot while somebody reads an older state; the caller tries again later. PostgreSQL does it by itself
    (vacuum).
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect().execution_options(**{_READ: True}) as connection:
        connection.rollback()
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA busy_timeout = {_FORGET_WAIT}")
        try:
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            raw.execute(f"PRAGMA busy_timeout = {_BUSY}")
    return not busy


def _config(engine: sa.Engine, vault: Vault | None = None) -> Config:
    config = Config()
    config.attributes["vault"] = vault
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def migrate(engine: sa.Engine, vault: Vault | None = None) -> None:
    """Bring the database to the newest schema. Raises OperatorError when that cannot be done.

    A step that seals what older versions kept in the clear needs the vault.
    """
    try:
        command.upgrade(_config(engine, vault), "head")
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
        raise OperatorError(
            f"The database cannot be opened or brought up to date: {error.orig}. Check DATABASE_URL, the disk "
            "and, after damage, restore a copy."
        ) from error


def check_schema(engine: sa.Engine) -> None:
    """Refuse a database whose schema is not the newest."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        held = None
        if inspector.has_table("alembic_version"):
            held = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if held != head:
        raise OperatorError(f"The database has schema {held}, this program needs {head}. Run `hunar migrate`.")
