"""Eight people read records through the pages at once: each reading is one row of the trail, none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import PostgresServer, SqliteServer, csv_file, make_application
from people import Browser, browser, counsellor, id_of
from sizes import size

from api.application import Application
from api.models import AuditEvent
from api.routes.visit import SESSION_COOKIE

THREADS = 8


@pytest.fixture
def filled(server: SqliteServer | PostgresServer, tmp_path: Path) -> Iterator[Application]:
    url = server.create("starter", tmp_path)
    made = make_application(url, tmp_path)
    made.settings.one_time_codes = False
    made.prepare()
    made.add_centre("Demo", "NP")
    rows = [{"ref": f"R-{n}", "given_name": "Maya", "home_country": "Nepal"} for n in range(THREADS)]
    made.ingest("returnees", csv_file(tmp_path / "people.csv", rows))
    yield made
    made.engine.dispose()
    server.drop(url)


def count(application: Application) -> int:
    with application.reading() as session:
        return session.execute(
            sa.select(sa.func.count()).select_from(AuditEvent).where(AuditEvent.action == "read")  # type: ignore[arg-type]
        ).scalar_one()


def test_every_reading_is_a_row(filled: Application, capsys: pytest.CaptureFixture[str]) -> None:
    each = size(15, 500)
    cookie = browser(filled, counsellor(filled)).cookies[SESSION_COOKIE]

    def read(number: int) -> int:
        page, address = Browser(filled), f"/returnees/{id_of(filled, f'R-{number}')}"
        page.cookies.set(SESSION_COOKIE, cookie, domain="127.0.0.1")
        return sum(page.get(address).status_code == 200 for _ in range(each))

    with ThreadPoolExecutor(THREADS) as pool:
        answered = sum(pool.map(read, range(THREADS)))
    with capsys.disabled():
        kind = filled.engine.dialect.name
        print(
            f"\nreads, {kind}: {THREADS} threads x {each}, {answered} answered, {count(filled)} rows in the trail"
        )
    assert answered == THREADS * each
    assert count(filled) == answered
    filled.verify_audit()
