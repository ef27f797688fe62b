"""Every page and form beside everybody who may ask: what is answered stands in ``tests/access/pages.txt``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import SqliteServer
from fastapi import FastAPI
from fastapi.routing import APIRoute
from people import PASSWORD, Browser
from sqlmodel import select
from world import WHO, World, make_world, read_table

from api.app import make_app
from api.models import AuditEvent
from api.policy import Action
from api.routes.visit import SESSION_COOKIE, Allows

TABLE = Path(__file__).parents[1] / "access" / "pages.txt"
#: Pages for whoever comes, signed in or not.
PUBLIC = {
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-out"), ("GET", "/activate"), ("POST", "/activate"),
    ("GET", "/health"), ("GET", "/favicon.ico"),
}  # fmt: skip
#: What is sent with a form, so that whoever may gets through.
FORMS: dict[str, dict[str, str]] = {
    "/": {"q": "mason"},
    "/code": {"code": "000000"},
    "/account/password": {"old": "no"},
    "/account/tokens": {"name": "x", "days": "3", "action": "self.read"},
    "/accounts": {"role": "administrator", "login": "new@example.org"},
    "/glass": {"returnee": "{returnee_id}", "reason": "a reason that is long enough"},
    "/returnees/{returnee_id}/occupation": {"job": "1", "occupation": "plumber"},
    "/returnees/{returnee_id}/consents": {"about": "statistics", "answer": "no"},
    "/returnees/{returnee_id}/requests/{request_id}": {"answer": "no"},
    "/returnees/{returnee_id}/erase": {"confirm": "erase"},
    "/returnees/{returnee_id}/download": {"password": PASSWORD},
    "/returnees/{returnee_id}/notes": {"text": "a note"},
    "/vacancies/{vacancy_id}/marks/{flag_id}": {"answer": "harmless", "note": "asked"},
    "/vacancies/{vacancy_id}/status": {"status": "filled", "reason": "asked"},
    "/vacancies/{vacancy_id}/readings": {"field": "pay_max", "value": "25000", "reason": "asked"},
    "/employer/vacancies/{vacancy_id}/renew": {"closes_on": "2027-01-31"},
    "/vacancies/duplicates/{pair_id}": {"answer": "two"},
    "/vacancies/{vacancy_id}/compare": {"with": "V-2"},
    "/employer/vacancies/{vacancy_id}": {"title": "mason", "country": "Nepal"},
    "/employer": {"title": "mason", "country": "Nepal"},
    "/employer/vacancies/{vacancy_id}/status": {"status": "filled"},
    "/employer/vacancies/{vacancy_id}/contact": {"candidate": "00000000-0000-4000-8000-000000000000"},
}


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Every method of every route, those of included routers too."""
    waiting = list(app.routes)
    for route in waiting:
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
        if isinstance(route, APIRoute):
            for method in sorted(route.methods):
                yield method, route


def action_of(route: APIRoute) -> Action | None:
    """The action that a route names through its dependency."""
    found = [one.call.action for one in route.dependant.dependencies if isinstance(one.call, Allows)]
    assert len(found) <= 1, route.path
    return found[0] if found else None


@pytest.fixture(scope="module")
def world(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(sqlite_server, tmp_path_factory.mktemp("world"))
    yield made
    made.application.engine.dispose()


def ask(world: World, method: str, path: str, who: str) -> str:
    """The status, and for a redirection where to."""
    page = Browser(world.application)
    if who in world.cookies:
        page.cookies.set(SESSION_COOKIE, world.cookies[who], domain="127.0.0.1")
    address = path.format_map({name: str(known) for name, known in world.ids.items()})
    if method == "GET":
        answer = page.get(address)
    else:
        token = re.search(r'name="form_token" value="([^"]+)"', page.get("/account").text)
        form = {name: value.format_map(world.ids) for name, value in FORMS.get(path, {}).items()}
        answer = page.post(address, data={"form_token": token[1] if token else "", **form})
    if answer.status_code == 303 and answer.headers["location"] == "/sign-in":
        return "in"
    return str(answer.status_code)


def test_every_route_names_its_action_and_stands_in_the_table(world: World) -> None:
    found = list(routes(make_app(world.application)))
    assert len(found) > 30
    unnamed = {(method, route.path) for method, route in found if action_of(route) is None}
    assert unnamed == PUBLIC
    assert {(method, route.path) for method, route in found} - PUBLIC == set(read_table(TABLE))


def test_reading_and_writing_never_share_an_action(world: World) -> None:
    reading, writing = set(), set()
    for method, route in routes(make_app(world.application)):
        # A search is a form only so that no name stands in an address.
        if (action := action_of(route)) and (method, route.path) != ("POST", "/"):
            (reading if method == "GET" else writing).add(action)
    assert reading & writing == set()


def test_every_cell_is_as_written(world: World) -> None:
    wrong, found = [], []
    for (method, path), cells in read_table(TABLE).items():
        seen = []
        for who, cell in zip(WHO, cells, strict=True):
            seen.append(ask(world, method, path, who))
            if seen[-1] != cell:
                wrong.append(f"{method} {path} {who}: {seen[-1]}, written {cell}")
            if method != "GET":
                world.restore()
        found.append(" ".join([f"{method:5}", f"{path:55}", *(f"{cell:8}" for cell in seen)]).rstrip())
    if os.environ.get("HUNAR_SHOW_TABLE"):
        Path(os.environ["HUNAR_SHOW_TABLE"]).write_text("\n".join(found) + "\n", encoding="utf-8")
    assert wrong == []


def test_what_is_aimed_at_a_person_and_refused_is_written_down(world: World) -> None:
    path = "/returnees/{returnee_id}"
    for who in ("nobody", "expired", "other", "couns-B", "empl", "admin"):
        with world.application.reading() as session:
            before = session.execute(sa.select(sa.func.count()).select_from(AuditEvent)).scalar_one()
        ask(world, "GET", path, who)
        with world.application.reading() as session:
            rows = session.exec(select(AuditEvent).where(AuditEvent.sequence > before)).all()
        assert [(row.action, row.subject_id) for row in rows] == [("refused case.read", world.ids["returnee_id"])]
        assert rows[0].actor.startswith("nobody" if who in ("nobody", "expired") else "")
