"""The schema, and what every connection promises."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import api.models
import jobs_ingest.models
import jobs_ingest.offer_keys_models
import matching.models
from api.database import check_schema, make_engine, migrate, open_reading, open_session
from profiling.errors import OperatorError
from profiling.models import Centre, Passport, Returnee
from profiling.repository import bump_revision, revision_number

TABLES = (api.models, jobs_ingest.models, jobs_ingest.offer_keys_models, matching.models)


def test_the_migrations_make_what_the_models_say(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_comparison_would_see_a_missing_column(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE vacancy DROP COLUMN held_reason")
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert [(step[0], step[2], step[3].name) for step in found] == [("add_column", "vacancy", "held_reason")]


def test_migrating_again_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine)
    check_schema(engine)


def test_a_database_of_another_schema_is_refused(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(OperatorError, match=r"has schema 0000, this program needs .*Run `hunar migrate`"):
        check_schema(engine)


def test_foreign_keys_hold(engine: sa.Engine) -> None:
    with open_session(engine) as session:
        session.add(Passport(returnee_id=Centre(name="x", country="NP").id, home_country="NP"))
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()


def test_a_person_who_goes_takes_everything_along(engine: sa.Engine) -> None:
    with open_session(engine) as session:
        centre = Centre(name="x", country="NP")
        session.add(centre)
        session.flush()
        person = Returnee(centre_id=centre.id, ref="1", content_hash="", coding="", retain_until=date(2031, 1, 1))
        session.add(person)
        session.flush()
        session.add(Passport(returnee_id=person.id, home_country="NP"))
        session.commit()
        session.execute(sa.delete(Returnee))
        session.commit()
        assert session.execute(sa.select(sa.func.count()).select_from(Passport)).scalar() == 0


def test_what_is_not_committed_is_gone(engine: sa.Engine) -> None:
    with open_session(engine) as session:
        session.add(Centre(name="x", country="NP"))
        session.flush()
    with open_reading(engine) as session:
        assert session.execute(sa.select(Centre)).first() is None


def test_revisions_count_even_when_two_make_the_first_change(engine: sa.Engine) -> None:
    for expected in (1, 2, 3):
        with open_session(engine) as session:
            bump_revision(session, "people")
            session.commit()
            assert revision_number(session, "people") == expected
            assert revision_number(session, "market") == 0


@pytest.fixture
def sqlite(tmp_path: Path) -> sa.Engine:
    made = make_engine(f"sqlite:///{tmp_path / 'new' / 'hunar.db'}")
    migrate(made)
    return made


def test_sqlite_connections_are_durable_and_strict(sqlite: sa.Engine) -> None:
    with sqlite.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    sqlite.dispose()
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_a_writing_session_takes_the_lock_at_once_and_a_reading_one_does_not(sqlite: sa.Engine) -> None:
    path = str(sqlite.url.database)
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with open_reading(sqlite) as session:
        session.execute(sa.select(Centre)).all()
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with open_session(sqlite) as session:
        session.execute(sa.select(Centre)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    with open_reading(sqlite) as session:
        other.execute("BEGIN IMMEDIATE")
        assert session.execute(sa.select(Centre)).all() == []
        other.execute("ROLLBACK")
    other.close()
    sqlite.dispose()


def test_a_file_that_is_no_database_is_the_operators_matter(tmp_path: Path) -> None:
    path = tmp_path / "hunar.db"
    path.write_bytes(b"not a database at all, " * 100)
    made = make_engine(f"sqlite:///{path}")
    with pytest.raises(OperatorError, match="cannot be opened or brought up to date"):
        migrate(made)
    made.dispose()


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OperatorError, match="Set HUNAR_DATA"):
        make_engine(f"sqlite:///{tmp_path / 'file' / 'hunar.db'}")


def test_a_server_that_is_not_there() -> None:
    made = make_engine("postgresql://nobody@127.0.0.1:1/none")
    assert made.dialect.driver == "psycopg"
    with pytest.raises(OperatorError, match="Check DATABASE_URL"):
        migrate(made)
