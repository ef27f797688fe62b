"""The pages in a real browser, at the width of a phone and of a desk."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import uvicorn
from people import counsellor

from api.app import make_app
from api.application import Application
from api.demo_centre import load_demo
from api.settings import Settings
from jobs_ingest.models import Vacancy
from matching.embeddings import HashingEmbedder
from profiling.models import Returnee

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--no-first-run",
]  # fmt: skip
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WIDTHS = (360, 1280)
TABS = 12


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The demo centre, without a model."""
    settings = Settings(
        data=tmp_path_factory.mktemp("browser"), DATABASE_URL=None, one_time_codes=False
    )  # fmt: skip
    made = Application(settings, embedder=HashingEmbedder(), clock=lambda: NOW)
    made.prepare()
    list(load_demo(made))
    made.refresh()
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def address(application: Application) -> Iterator[str]:
    """Where the pages are served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen()
        config = uvicorn.Config(make_app(application), log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says what is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def signed_in(application: Application, address: str, browser: Browser) -> BrowserContext:
    """A browser in which a counsellor is signed in."""
    who = counsellor(application)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/")
    page.get_by_label("Login").fill(who.login)
    page.get_by_label("Password").fill(who.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")
    page.close()
    return context


def key(application: Application, table: type[Returnee] | type[Vacancy], **values: object) -> uuid.UUID:
    """The id of the first row with these values."""
    with application.reading() as session:
        query = sa.select(table.id).filter_by(**values).order_by(table.ref)
        return session.execute(query).scalars().first()


def paths(application: Application) -> list[str]:
    """One of every page."""
    one, none = key(application, Returnee, ref="DEMO-R-001"), key(application, Returnee, ref="DEMO-R-048")
    native = key(application, Returnee, ref="DEMO-R-004")
    return [
        "/", "/vacancies", "/sources", f"/returnees/{one}", f"/returnees/{one}/matches?jobs=50&courses=20",
        f"/returnees/{native}", f"/returnees/{none}", f"/returnees/{none}/matches",
        f"/vacancies/{key(application, Vacancy, ref='DEMO-V-034')}",
        f"/vacancies/{key(application, Vacancy, status='held')}",
    ]  # fmt: skip


def open_page(signed_in: BrowserContext, width: int) -> tuple[Page, list[str]]:
    """A page of that width, and what its console and network complain of."""
    page = signed_in.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
    return page, problems


def tab_to(page: Page, name: str) -> bool:
    """Whether the keyboard alone reaches a link whose text begins so."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if str(page.evaluate("document.activeElement.innerText")).strip().startswith(name):
            return True
    return False


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_its_width_in_silence(
    application: Application, address: str, signed_in: BrowserContext, width: int
) -> None:
    page, problems = open_page(signed_in, width)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    for path in paths(application):
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert problems == []
    assert {url for url in asked if not url.startswith(address)} == set()
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_keyboard_reaches_the_content(address: str, signed_in: BrowserContext, width: int) -> None:
    page, _ = open_page(signed_in, width)
    page.goto(f"{address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert tab_to(page, "Dhan Bahadur")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/returnees/*")
    assert tab_to(page, "Jobs and courses")
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_walk_from_caseload_to_vacancy(address: str, signed_in: BrowserContext, width: int) -> None:
    page, problems = open_page(signed_in, width)
    page.goto(f"{address}/")
    page.get_by_role("searchbox").fill("chepang")
    page.get_by_role("button", name="Search").click()
    assert page.url == f"{address}/"
    page.get_by_role("link", name="Dhan Bahadur Chepang").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Dhan Bahadur Chepang"
    page.get_by_role("link", name="Jobs and courses").click()
    page.get_by_text("What to ask next").wait_for()
    page.locator("article h3 a").first.click()
    page.wait_for_url("**/vacancies/*")
    page.get_by_role("heading", name="As published").wait_for()
    page.get_by_role("link", name="DEMO-R-001").wait_for()
    assert problems == []
    page.close()
