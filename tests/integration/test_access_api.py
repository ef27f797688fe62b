"""Every operation of the API beside everybody who may ask: the answers stand in ``tests/access/api.txt``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_client import Program
from conftest import SqliteServer
from fastapi.routing import APIRoute
from people import token_of
from world import WHO, World, make_world, read_table

from api.app import make_app
from api.limits import Limits
from api.policy import Action
from api.v1.app import make_api

TABLE = Path(__file__).parents[1] / "access" / "api.txt"
PUBLIC = {("GET", "/health")}
#: What is sent, so that whoever may gets through.
BODIES: dict[str, Any] = {
    "/returnees/search": {"words": "mason"},
    "/returnees/{returnee_id}": {"passport": {"home_district": "Kaski"}},
    "/returnees/{returnee_id}/consents": {"purpose": "statistics", "granted": False},
    "/returnees/{returnee_id}/notes": {"text": "a note"},
    "/returnees/{returnee_id}/contact-requests/{request_id}/answer": {"accepted": False},
    "/employer/vacancies": {"title": "mason", "country": "NP"},
    "/employer/vacancies/{vacancy_id}/status": {"status": "filled"},
    "/vacancies/{vacancy_id}/marks/{mark_id}/decision": {"answer": "harmless", "note": "asked"},
    "/vacancies/{vacancy_id}/status": {"status": "filled", "reason": "asked"},
    "/vacancies/{vacancy_id}/readings": {"field": "pay_max", "value": "25000", "reason": "asked"},
    "/employer/vacancies/{vacancy_id}": {"title": "mason"},
    "/employer/vacancies/{vacancy_id}/renewal": {"closes_on": "2027-01-31"},
    "/employer/vacancies/{vacancy_id}/contact-requests": {"candidate": "00000000-0000-4000-8000-000000000000"},
    "/duplicates": {"vacancy_id": "{vacancy_id}", "with_id": "{other_id}"},
    "/duplicates/{pair_id}/decision": {"answer": "two", "seen": "another"},
    "/vacancies/{vacancy_id}/origins/{origin_id}/split": {"note": "asked"},
    "/tokens": {"name": "x", "actions": ["self.read"], "days": 3},
    "/accounts": {"role": "administrator", "login": "new@example.org"},
    "/glass": {"returnee": "{returnee_id}", "reason": "a reason that is long enough"},
}


@pytest.fixture(scope="module")
def world(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(sqlite_server, tmp_path_factory.mktemp("world"))
    yield made
    made.application.engine.dispose()


def operations(world: World) -> dict[tuple[str, str], Action | None]:
    """Method and path of every operation, with the action that it names."""
    found = {}
    for route in make_api(world.application).routes:
        if isinstance(route, APIRoute):
            actions = [one.call.action for one in route.dependant.dependencies if hasattr(one.call, "action")]
            assert len(actions) <= 1, route.path
            for method in route.methods:
                found[method, route.path] = actions[0] if actions else None
    return found


def filled(value: Any, world: World) -> Any:
    if isinstance(value, str):
        return value.format_map({name: str(known) for name, known in world.ids.items()}) if "{" in value else value
    return {name: filled(one, world) for name, one in value.items()} if isinstance(value, dict) else value


def ask(world: World, program: Program, method: str, path: str, who: str) -> str:
    headers = {"Authorization": f"Bearer {world.tokens[who]}"} if who in world.tokens else {}
    body = filled(BODIES.get(path), world) if method in ("POST", "PATCH") else None
    if method == "POST":
        headers["Idempotency-Key"] = f"matrix-{who}-key"
    answer = program.request(method, filled(path, world), headers=headers, **({"json": body} if body else {}))
    return str(answer.status_code)


def test_every_operation_names_its_action_and_stands_in_the_table(world: World) -> None:
    found = operations(world)
    assert len(found) > 35
    assert {operation for operation, action in found.items() if action is None} == PUBLIC
    assert set(found) - PUBLIC == set(read_table(TABLE))


def test_reading_and_writing_never_share_an_action(world: World) -> None:
    reading, writing = set(), set()
    for (method, path), action in operations(world).items():
        if action is not None and path != "/returnees/search":
            (reading if method == "GET" else writing).add(action)
    assert reading & writing == set()


def test_every_cell_is_as_written(world: World) -> None:
    program = Program(make_app(world.application, limits=Limits(enforced=False)))
    wrong, shown = [], []
    for (method, path), cells in read_table(TABLE).items():
        seen = []
        for who, cell in zip(WHO, cells, strict=True):
            seen.append(ask(world, program, method, path, who))
            if seen[-1] != cell:
                wrong.append(f"{method} {path} {who}: {seen[-1]}, written {cell}")
            if method != "GET" and seen[-1] < "4":
                world.restore()
        shown.append(" ".join([f"{method:6}", f"{path:66}", *(f"{cell:8}" for cell in seen)]).rstrip())
    if os.environ.get("HUNAR_SHOW_TABLE"):
        Path(os.environ["HUNAR_SHOW_TABLE"]).write_text("\n".join(shown) + "\n", encoding="utf-8")
    assert wrong == []


def test_a_token_does_what_it_names_and_no_more(world: World) -> None:
    token = token_of(world.application, world.people["couns"], ["case.list"])
    program = Program(make_app(world.application, limits=Limits(enforced=False)), token)
    assert program.get("/returnees").status_code == 200
    for path in (f"/returnees/{world.ids['returnee_id']}", "/vacancies", "/me"):
        assert program.get(path).status_code == 403
