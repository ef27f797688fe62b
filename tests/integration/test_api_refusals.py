"""What the API refuses: wrong tokens, foreign ids, unknown fields, what is too large; and how it says so."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from api_client import Program, check_problem, mounted
from conftest import NOW, SqliteServer
from people import id_of, token_of
from sqlmodel import SQLModel
from world import World, make_world

from api.administration import Administration
from api.limits import Limits
from api.models import ApiToken
from api.v1.description import example_of, operations
from api.v1.guard import API_ACCOUNT, PUBLIC, UNKNOWN

CANARY = "Zanzibar-canary 5521"
#: Who may write with each operation.
WRITERS = {
    ("PATCH", "/returnees/{returnee_id}"): "couns",
    ("POST", "/returnees/search"): "couns",
    ("POST", "/returnees/{returnee_id}/consents"): "couns",
    ("POST", "/returnees/{returnee_id}/notes"): "couns",
    ("POST", "/returnees/{returnee_id}/contact-requests/{request_id}/answer"): "couns",
    ("POST", "/employer/vacancies"): "empl",
    ("POST", "/employer/vacancies/{vacancy_id}/status"): "empl",
    ("POST", "/employer/vacancies/{vacancy_id}/renewal"): "empl",
    ("PATCH", "/employer/vacancies/{vacancy_id}"): "empl",
    ("POST", "/employer/vacancies/{vacancy_id}/contact-requests"): "empl",
    ("POST", "/vacancies/{vacancy_id}/status"): "couns",
    ("POST", "/vacancies/{vacancy_id}/readings"): "couns",
    ("POST", "/vacancies/{vacancy_id}/marks/{mark_id}/decision"): "couns",
    ("POST", "/vacancies/{vacancy_id}/origins/{origin_id}/split"): "couns",
    ("POST", "/duplicates"): "couns",
    ("POST", "/duplicates/{pair_id}/decision"): "couns",
    ("POST", "/tokens"): "couns",
    ("POST", "/accounts"): "admin",
    ("POST", "/glass"): "admin",
}
#: Fields that somebody might hope to set in passing.
WISHED = (
    "id", "role", "centre_id", "returnee_id", "employer_id", "account_id", "retain_until", "evidence", "verified",
    "recorded_by", "recorded_at", "disabled_at", "accepted_by", "password_hash", "is_admin", "actor", "ref",
)  # fmt: skip


@pytest.fixture(scope="module")
def kept_world(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(sqlite_server, tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(kept_world: World) -> Iterator[World]:
    kept_world.restore()
    yield kept_world
    kept_world.application.engine.dispose()


def program(world: World, who: str) -> Program:
    return Program(mounted(world.application), world.tokens.get(who))


def dump(world: World, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the database."""
    with world.application.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
            if table.name not in without
        }


def refusals(world: World) -> list[tuple[str, str, uuid.UUID | None]]:
    with world.application.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor, action, subject_id FROM audit_event WHERE action LIKE 'refused%' ORDER BY sequence"
        )
        return [(row[0].partition(":")[0], row[1], uuid.UUID(row[2])) for row in rows]


def filled(world: World, path: str) -> str:
    return path.format(**{name: str(key) for name, key in world.ids.items()})


# --- tokens ---------------------------------------------------------------------------------------


def test_every_operation_refuses_every_wrong_token_in_the_same_words(world: World) -> None:
    app = mounted(world.application)
    api_app = app.routes[-1].app  # type: ignore[attr-defined]
    revoked = token_of(world.application, world.people["head"], ["case.read"])
    with world.application.session() as session:
        session.execute(sa.update(ApiToken).where(ApiToken.name == "test").values(revoked_at=NOW))  # type: ignore[arg-type]
        session.commit()
    closed = world.tokens["couns-B"]
    account = world.people["couns-B"].principal.account_id
    assert account
    Administration(world.application, world.people["admin"].principal).close(account)
    headers: list[dict[str, str]] = [
        {}, {"Authorization": "Bearer hunar_unknown"}, {"Authorization": f"Basic {world.tokens['couns']}"},
        {"Authorization": world.tokens["couns"]}, {"Cookie": f"hunar_session={world.cookies['couns']}"},
        {"Authorization": f"Bearer {world.cookies['couns']}"}, {"Authorization": "Bearer "},
        *({"Authorization": f"Bearer {token}"} for token in (revoked, closed, world.tokens["expired"])),
    ]  # fmt: skip
    tried = 0
    for method, path, action in operations(api_app):
        if (method, path) in PUBLIC:
            continue
        for sent in headers:
            answer = Program(app).request(method, filled(world, path), headers=sent)
            document = check_problem(answer, 401)
            assert document["detail"] == UNKNOWN
            assert answer.headers["www-authenticate"] == "Bearer"
            tried += 1
        if "{returnee_id}" in path:
            assert refusals(world)[-1] == ("nobody", f"refused {action}", world.ids["returnee_id"])
    assert tried == 57 * len(headers)
    assert len(refusals(world)) == sum("{returnee_id}" in p for _, p, _ in operations(api_app)) * len(headers)


def test_a_token_that_is_sent_twice_is_none(world: World) -> None:
    token = ("authorization", f"Bearer {world.tokens['couns']}")
    answer = Program(mounted(world.application)).get("/me", headers=[token, token])
    check_problem(answer, 401)


def test_a_token_may_do_what_its_actions_name_and_no_more(world: World) -> None:
    token = token_of(world.application, world.people["couns"], ["case.list"])
    narrow = Program(mounted(world.application), token)
    assert narrow.get("/returnees").status_code == 200
    document = check_problem(narrow.get(filled(world, "/returnees/{returnee_id}")), 403)
    assert document["detail"] == "Your account or token may not do this; it needs case.read."
    assert refusals(world)[-1] == ("counsellor", "refused case.read", world.ids["returnee_id"])


def test_a_token_that_may_write_and_not_read_changes_nothing_by_a_correction(world: World) -> None:
    token = token_of(world.application, world.people["couns"], ["case.write"])
    before = dump(world, without=("audit_event", "api_token"))
    answer = Program(mounted(world.application), token).patch(
        filled(world, "/returnees/{returnee_id}"), json={"identity": {"phone": "98"}}
    )
    check_problem(answer, 403)
    assert dump(world, without=("audit_event", "api_token")) == before


def test_when_a_token_was_used_is_noted_once_a_minute(world: World) -> None:
    moments = []
    clock = [NOW]
    world.application.now = lambda: clock[0]
    try:
        for step in (0, 30, 59, 60):
            clock[0] = NOW + timedelta(seconds=step)
            assert program(world, "couns").get("/me").status_code == 200
            with world.application.reading() as session:
                moments.append(session.get_one(ApiToken, world.ids["token_id"]).used_at)
    finally:
        world.application.now = lambda: NOW
    assert moments == [NOW, NOW, NOW, NOW + timedelta(seconds=60)]


def test_no_body_is_read_before_the_token(world: World) -> None:
    path = filled(world, "/returnees/{returnee_id}/notes")
    answer = Program(mounted(world.application)).post(
        path, content=b"{", headers={"Content-Type": "application/json"}
    )
    check_problem(answer, 401)


# --- foreign ids ----------------------------------------------------------------------------------


def test_foreign_ids_in_the_address_are_not_found(world: World) -> None:
    foreign = {
        **{name: str(uuid.UUID(int=7)) for name in world.ids}, "returnee_id": str(id_of(world.application, "R-3"))
    }  # fmt: skip
    app = mounted(world.application).routes[-1].app  # type: ignore[attr-defined]
    document = app.openapi()
    tried = 0
    for method, path, action in operations(app):
        who = _asker(method, path)
        if "{" not in path or who is None:
            continue
        body = document["paths"][path][method.lower()].get("requestBody")
        sent = _example(body, document) if body else None
        caller = program(world, who)
        for ids in (foreign, dict.fromkeys(world.ids, "no-uuid")):
            answer = caller.request(method, path.format(**ids), json=sent, headers={"Idempotency-Key": "foreign-1"})
            check_problem(answer, 404)
            tried += 1
        if "{returnee_id}" in path:
            assert refusals(world)[-1][1:] == (f"refused {action}", uuid.UUID(foreign["returnee_id"]))
    assert tried == 2 * 39


def _asker(method: str, path: str) -> str | None:
    if path.startswith(("/accounts",)):
        return "admin"
    if path.startswith(("/employer",)):
        return "empl"
    if path.startswith(("/glass/", "/returnees")):
        return "head"
    return "couns"


def _example(body: dict[str, Any], document: dict[str, Any]) -> object:
    schema = body["content"]["application/json"]["schema"]
    return example_of(schema, document["components"]["schemas"])


def test_foreign_ids_in_a_body_are_refused(world: World) -> None:
    before = dump(world, without=("audit_event", "api_token"))
    other = {"purpose": "sharing", "granted": True, "language": "ne", "how": "thumbprint", "assisted_by": "F",
             "recipient": str(world.people["empl-2"].principal.employer_id),
             "vacancy_id": str(world.ids["vacancy_id"]), "field_set": "name"}  # fmt: skip
    person = filled(world, "/returnees/{returnee_id}")
    check_problem(program(world, "couns").create(f"{person}/consents", other), 404)
    asked = filled(world, "/employer/vacancies/{vacancy_id}/contact-requests")
    for candidate in (uuid.UUID(int=3), world.ids["returnee_id"]):
        check_problem(program(world, "empl").create(asked, {"candidate": str(candidate)}), 404)
    mine = filled(world, "/returnees/{returnee_id}/contact-requests/{request_id}/answer").replace(
        str(world.ids["returnee_id"]), str(id_of(world.application, "R-2"))
    )
    check_problem(program(world, "couns").create(mine, {"accepted": False}), 404)
    assert dump(world, without=("audit_event", "api_token")) == before


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", WRITERS, ids=lambda operation: " ".join(operation))
def test_a_field_that_is_not_of_the_body_is_refused_and_nothing_is_set(
    world: World, operation: tuple[str, str]
) -> None:
    method, path = operation
    app = mounted(world.application)
    document = app.routes[-1].app.openapi()  # type: ignore[attr-defined]
    body = _example(document["paths"][path][method.lower()]["requestBody"], document)
    assert isinstance(body, dict)
    caller = Program(app, world.tokens[WRITERS[operation]])
    caller.get("/me")
    before = dump(world)
    for name in WISHED:
        if name in body:
            continue
        answer = caller.request(
            method, filled(world, path), json=body | {name: "1"}, headers={"Idempotency-Key": "wished-for"}
        )
        found = check_problem(answer, 422)
        assert {"pointer": "/body", "detail": "It has a field that is not one of its fields. Leave that out."} in (
            found["errors"]
        )
    if path == "/returnees/{returnee_id}":
        for part in ("identity", "passport"):
            for name in (*WISHED, "languages", "skills_said", "home_country"):
                answer = caller.patch(filled(world, path), json={part: {name: "x"}})
                assert check_problem(answer, 422)["errors"][0]["pointer"] == f"/body/{part}"
    assert dump(world) == before


def test_every_operation_with_a_body_is_in_the_table(world: World) -> None:
    app = mounted(world.application).routes[-1].app  # type: ignore[attr-defined]
    document = app.openapi()
    with_body = {
        (method, path) for method, path, _ in operations(app)
        if "requestBody" in document["paths"][path][method.lower()]
    }  # fmt: skip
    assert with_body == set(WRITERS)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"text": "' + b"a" * 70_000 + b'"}', "application/json", 413),
        (b'{"text": "a"}', "text/plain", 415),
        (b'{"text": "a"}', "application/x-www-form-urlencoded", 415),
        (b'{"text": "a"}', "application/merge-patch+json", 415),
        (b'{"text": "a"}', "application/json; charset=latin-1", 415),
        (b"{", "application/json", 400),
        (b"\xff\xfe\xfa", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"text": ' + b"9" * 6000 + b"}", "application/json", 400),
        (b"", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"text": "a\\u0000b"}', "application/json", 422),
        (b'{"text": "\\ud800"}', "application/json", 422),
        (b'{"text": 5}', "application/json", 422),
        (b'{"text": "  "}', "application/json", 422),
        (b'{"text": NaN}', "application/json", 422),
        (b'{"text": "a"}', "application/json; charset=UTF-8", 201),
    ],
    ids=range(17),
)
def test_bodies_that_are_no_bodies(world: World, content: bytes, kind: str, status: int) -> None:
    path = filled(world, "/returnees/{returnee_id}/notes")
    headers = {"Content-Type": kind, "Idempotency-Key": "a-body-1"}
    answer = program(world, "couns").post(path, content=content, headers=headers)
    if status == 201:
        assert answer.status_code == 201
        return
    check_problem(answer, status)
    assert program(world, "couns").get(path).json()["items"] == []


def test_a_body_that_grows_while_it_is_sent_is_refused(world: World) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 2000

    path = filled(world, "/returnees/{returnee_id}/notes")
    answer = program(world, "couns").post(path, content=pieces(), headers={"Content-Type": "application/json"})
    check_problem(answer, 413)


def test_values_that_do_not_fit_are_named_by_their_place(world: World) -> None:
    answer = program(world, "couns").patch(
        filled(world, "/returnees/{returnee_id}"),
        json={"identity": {"sex": "x", "phone": "1" * 51}, "passport": {"work_countries": ["Nepal"]}},
    )
    assert check_problem(answer, 422)["errors"] == [
        {"pointer": "/body/identity/sex", "detail": "Expected: one of 'female', 'male' or 'other'."},
        {"pointer": "/body/identity/phone", "detail": "Expected: at most 50 characters."},
        {"pointer": "/body/passport/work_countries/0",
         "detail": "Expected: text of the documented form, without control characters."},
    ]  # fmt: skip
    found = check_problem(program(world, "couns").get("/returnees?limit=0"), 422)
    assert found["errors"] == [{"pointer": "/query/limit", "detail": "Expected: 1 or more."}]
    spoken = {"purpose": "matching", "granted": True, "how": "spoken", "witness": ""}
    answer = program(world, "couns").create(filled(world, "/returnees/{returnee_id}/consents"), spoken)
    assert check_problem(answer, 422)["errors"] == [
        {"pointer": "/body/witness", "detail": "A spoken word needs a witness."}
    ]


def test_unknown_addresses_and_methods(world: World) -> None:
    check_problem(program(world, "couns").get("/nothing"), 404)
    check_problem(program(world, "couns").get("/returnees/"), 404)
    answer = program(world, "couns").put(filled(world, "/returnees/{returnee_id}"))
    check_problem(answer, 405)
    assert answer.headers["allow"] == "DELETE, GET, PATCH"
    for path in ("/docs", "/redoc"):
        check_problem(program(world, "couns").get(path), 404)


# --- what is not said -----------------------------------------------------------------------------


def _spoilt(value: object) -> Iterator[object]:
    """A body with the canary in one place after the other, also as a name."""
    if isinstance(value, dict):
        yield value | {CANARY: CANARY}
        for name, held in value.items():
            for spoilt in _spoilt(held):
                yield value | {name: spoilt}
    elif isinstance(value, list):
        for place, held in enumerate(value):
            for spoilt in _spoilt(held):
                yield [*value[:place], spoilt, *value[place + 1 :]]
        yield [*value, CANARY]
        yield CANARY
    else:
        yield CANARY
        yield [CANARY]
        yield {CANARY: CANARY}
        yield CANARY * 200
        yield f"{CANARY}\0"


@pytest.mark.parametrize("operation", WRITERS, ids=lambda operation: " ".join(operation))
def test_no_error_repeats_what_was_sent(
    world: World, operation: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    method, path = operation
    app = mounted(world.application)
    document = app.routes[-1].app.openapi()  # type: ignore[attr-defined]
    body = _example(document["paths"][path][method.lower()]["requestBody"], document)
    caller = Program(app, world.tokens[WRITERS[operation]])
    refused = 0
    with caplog.at_level(logging.INFO, "api"):
        for number, sent in enumerate(_spoilt(body)):
            answer = caller.request(
                method, filled(world, path), content=json.dumps(sent),
                headers={"Idempotency-Key": f"canary-{number}", "Content-Type": "application/json"},
            )  # fmt: skip
            if answer.status_code >= 400:
                check_problem(answer, answer.status_code)
                assert answer.status_code in (403, 404, 409, 422), answer.text
                assert "zanzibar" not in answer.text.casefold(), answer.text
                refused += 1
    assert refused >= 4
    assert "zanzibar" not in caplog.text.casefold()


def test_no_error_repeats_what_stands_in_the_address(world: World) -> None:
    for path in (
        f"/returnees?limit={CANARY}", f"/returnees?cursor={CANARY}", f"/returnees/{CANARY}", f"/{CANARY}",
        f"/returnees?{CANARY}={CANARY}&limit=0", f"/vacancies/{CANARY}/candidates?limit={CANARY}",
    ):  # fmt: skip
        answer = program(world, "couns").get(path)
        check_problem(answer, answer.status_code)
        assert "zanzibar" not in answer.text.casefold()


def test_a_failure_says_nothing_of_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("api.casework.Casework.case", fail)
    found = check_problem(program(world, "couns").get(filled(world, "/returnees/{returnee_id}")), 500)
    assert CANARY not in str(found)
    assert "number of the request" in found["detail"]


# --- limits ---------------------------------------------------------------------------------------


def test_an_account_may_ask_120_times_in_a_minute_through_all_its_tokens(world: World) -> None:
    app = mounted(world.application, Limits())
    other = token_of(world.application, world.people["couns"], ["self.read"])
    caller, second = Program(app, world.tokens["couns"]), Program(app, other)
    assert API_ACCOUNT.amount == 120
    for number in range(120):
        assert (caller if number % 2 else second).get("/me").status_code == 200
    answer = second.get("/me")
    check_problem(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert Program(app, world.tokens["head"]).get("/me").status_code == 200


def test_strangers_of_one_address_may_ask_600_times_in_a_minute(world: World) -> None:
    stranger = Program(mounted(world.application, Limits()))
    seen = [stranger.get("/me").status_code for _ in range(602)]
    assert seen == [401] * 600 + [429] * 2
