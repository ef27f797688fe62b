"""Every role in a real browser: its pages fit a phone and a desk, and a request for contact goes its whole way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from people import Somebody, employer, returnee, somebody
from sqlmodel import select
from test_browser import WIDTHS, address, application, browser, key

from api.application import Application
from api.demo_centre import CENTRE, EMPLOYER
from jobs_ingest.employers import give_vacancy
from jobs_ingest.models import Employer, Vacancy
from profiling.access import Role
from profiling.models import Returnee

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["address", "application", "browser"]
VACANCY = "DEMO-V-034"


def open_as(browser: Browser, address: str, who: Somebody, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{address}/")
    page.get_by_label("Login").fill(who.login)
    page.get_by_label("Password").fill(who.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    return page


def employer_of_vacancy(application: Application) -> Somebody:
    who = employer(application, EMPLOYER)
    with application.session() as session:
        give_vacancy(session, VACANCY, EMPLOYER)
        assert session.exec(select(Employer).where(Employer.name == EMPLOYER)).one()
        session.commit()
    return who


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_every_role_fit_in_silence(
    application: Application, address: str, browser: Browser, width: int
) -> None:
    one = f"/returnees/{key(application, Returnee, ref='DEMO-R-001')}"
    vacancy = f"/employer/vacancies/{key(application, Vacancy, ref=VACANCY)}"
    head = somebody(application, Role.HEAD, centre=CENTRE)
    visits = [
        (head, ["/", "/vacancies/duplicates", "/providers", f"{one}/rights", f"{one}/notes"]),
        (head, [f"{one}/access-log", "/glass", "/account"]),
        (somebody(application, Role.ASSESSOR, centre=CENTRE), ["/", one]),
        (returnee(application, "DEMO-R-001"), [one, f"{one}/matches", f"{one}/rights", f"{one}/access-log"]),
        (employer_of_vacancy(application), ["/employer", vacancy, "/vacancies"]),
        (somebody(application, Role.ADMINISTRATOR), ["/accounts", "/glass", "/account"]),
    ]  # fmt: skip
    for who, paths in visits:
        page, problems = open_as(browser, address, who, width), []
        page.on("console", lambda message, kept=problems: kept.append(message.text))
        for path in paths:
            answer = page.goto(address + path)
            assert answer is not None
            assert answer.status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            unnamed = page.locator("input:not([type=hidden]):not([hidden]), select, textarea").evaluate_all(
                "found => found.filter(one => !one.labels || !one.labels.length).map(one => one.name)"
            )
            assert unnamed == [], path
        assert problems == []
        page.context.close()


def test_a_request_for_contact_goes_its_whole_way(application: Application, address: str, browser: Browser) -> None:
    asks = open_as(browser, address, employer_of_vacancy(application), 1280)
    asks.goto(f"{address}/employer/vacancies/{key(application, Vacancy, ref=VACANCY)}")
    assert "Chepang" not in asks.content()
    asks.get_by_role("button", name="Ask number 1").click()
    asks.get_by_text("not answered yet").wait_for()
    person = open_as(browser, address, returnee(application, "DEMO-R-001"), 360)
    person.get_by_role("link", name="My rights").click()
    person.get_by_label("name", exact=True).check()
    person.get_by_role("button", name="Yes, show this").click()
    asks.reload()
    asks.get_by_role("link", name="See what the person shows you").click()
    asks.get_by_text("Dhan Bahadur Chepang").wait_for()
    assert "+977" not in asks.content()
    person.get_by_role("button", name="Take it back").click()
    person.wait_for_load_state()
    gone = asks.reload()
    assert gone is not None
    assert gone.status == 409
    assert "Chepang" not in asks.content()
    person.get_by_role("link", name="Who looked at it").click()
    person.get_by_text("asked to be put in touch with you").wait_for()
    person.get_by_text("was shown what you chose to show: your name").wait_for()
