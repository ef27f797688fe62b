"""Each operation of the API does its work for the role that it is made for, and answers in its schema."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_client import Program, check_problem, mounted
from conftest import NOW, SqliteServer
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator
from sqlmodel import select
from world import World, make_world

from api.models import AuditEvent
from api.policy import GRANTS, Action
from api.v1.app import make_api
from api.v1.description import operations
from api.v1.guard import PUBLIC

YES = {
    "purpose": "matching", "granted": True, "language": "ne", "how": "thumbprint", "assisted_by": "Fictional",
}  # fmt: skip


@pytest.fixture(scope="module")
def kept_world(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(sqlite_server, tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(kept_world: World) -> Iterator[World]:
    kept_world.restore()
    yield kept_world
    kept_world.application.engine.dispose()


class Api:
    """The askers of the world as programs."""

    def __init__(self, world: World) -> None:
        self.world, self.app = world, mounted(world.application)
        self.person = f"/returnees/{world.ids['returnee_id']}"

    def __call__(self, who: str) -> Program:
        return Program(self.app, self.world.tokens.get(who))


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


def acts(world: World) -> list[tuple[str, str]]:
    with world.application.reading() as session:
        rows = session.exec(select(AuditEvent).order_by(AuditEvent.sequence))  # type: ignore[arg-type]
        return [(row.actor.partition(":")[0], row.action) for row in rows]


# --- the table of operations ----------------------------------------------------------------------


def test_every_operation_names_an_action_and_reading_never_shares_one_with_writing(world: World) -> None:
    app = make_api(world.application)
    found = list(operations(app))
    assert {(method, path) for method, path, action in found if action is None} == PUBLIC - {
        ("GET", "/openapi.json")
    }
    others = {(m, p) for route in app.routes if not isinstance(route, APIRoute)
              for m in getattr(route, "methods", ()) for p in [getattr(route, "path", "")]}  # fmt: skip
    assert others - {("HEAD", "/openapi.json")} == {("GET", "/openapi.json")}
    writing = {action for method, path, action in found if method != "GET" and path != "/returnees/search"}
    reading = {action for method, path, action in found if method == "GET" or path == "/returnees/search"}
    assert writing & reading == set()
    # The download of what was said in confidence asks for a password, which no program has.
    # The check of fairness is a command alone.
    left_out = {Action.CASE_EXPORT_WHOLE, Action.FAIRNESS_READ}
    assert {action for _, _, action in found if action} == set(Action) - left_out
    assert len(found) == 58


def test_the_document_declares_problems_and_has_an_example_that_fits_for_every_body_and_answer(api: Api) -> None:
    document = api("nobody").get("/openapi.json").json()
    assert document["servers"] == [{"url": "/api/v1"}]
    components = {"components": document["components"]}
    checked = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            public = (method.upper(), path) in PUBLIC
            assert operation["security"] == ([] if public else [{"token": []}])
            assert {"429", "503"} <= set(operation["responses"])
            assert public or {"401", "403"} <= set(operation["responses"])
            assert operation["tags"]
            contents = [operation.get("requestBody", {}).get("content", {})]
            for status, answer in operation["responses"].items():
                contents.append(answer.get("content", {}))
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)
            for content in contents:
                for media in content.values():
                    Draft202012Validator(media["schema"] | components).validate(media["example"])
                    checked += 1
    assert checked > 250


# --- records --------------------------------------------------------------------------------------


def test_me_says_who_the_token_stands_for(api: Api, world: World) -> None:
    me = api("couns").get("/me").json()
    assert me["role"] == "counsellor"
    assert me["account_id"] == str(world.ids["account_id"])
    assert set(me["actions"]) == {a for a, roles in GRANTS.items() if "counsellor" in roles}
    assert "secret" not in str(me)
    assert api("self").get("/me").json()["returnee_id"] == str(world.ids["returnee_id"])
    assert api("glass").get("/me").json()["opened"] == [str(world.ids["returnee_id"])]
    assert api("empl").get("/me").json()["employer_id"] == str(world.people["empl"].principal.employer_id)


def test_the_caseload_is_the_centre_s(api: Api, world: World) -> None:
    lines = api("couns").get("/returnees").json()
    assert [line["ref"] for line in lines["items"]] == ["R-1", "R-2"]
    assert lines["items"][0] == {
        "id": str(world.ids["returnee_id"]), "ref": "R-1", "name": "Maya Of1", "home_country": "NP",
        "home_district": "Kaski", "title": "mason", "occupation": lines["items"][0]["occupation"],
        "occupation_likeness": 1.0,
        "registered_on": None, "matching": True,
    }  # fmt: skip
    assert [line["ref"] for line in api("couns-B").get("/returnees").json()["items"]] == ["R-3"]
    found = api("couns").post("/returnees/search", json={"words": "of2"}).json()
    assert [line["ref"] for line in found["items"]] == ["R-2"]


def test_a_case_hides_what_the_role_may_not_read(api: Api) -> None:
    whole, part = (api(who).get(api.person).json() for who in ("couns", "assess"))
    assert whole["hidden"] == []
    assert whole["identity"]["phone"] == "9800000000"
    assert part["identity"]["phone"] is None
    assert part["identity"]["given_name"] == "Maya"
    assert set(part["hidden"]) == {"identity.sex", "identity.birth_date", "identity.phone", "reference.contact"}
    assert whole["updated_at"].endswith("Z")
    by_admin = api("glass").get(api.person).json()
    assert by_admin["references"][0]["name"] is None
    check_problem(api("admin").get(api.person), 404)


def test_a_correction_changes_what_is_sent_and_nothing_else(api: Api) -> None:
    before = api("couns").get(api.person).json()
    body = {"identity": {"phone": "9811111111"}, "passport": {"home_district": "Chitwan", "wanted_work": ["mason"]}}
    after = api("couns").patch(api.person, json=body).json()
    assert after["identity"] == before["identity"] | {"phone": "9811111111"}
    assert after["passport"] == before["passport"] | {"home_district": "Chitwan", "wanted_work": ["mason"]}
    assert api("couns").patch(api.person, json={}).json()["identity"] == after["identity"]


def test_a_returnee_may_correct_the_telephone_and_not_the_name(api: Api, world: World) -> None:
    assert api("self").patch(api.person, json={"identity": {"phone": "98222"}}).status_code == 200
    both = {"identity": {"phone": "98333", "given_name": "Sita"}}
    check_problem(api("self").patch(api.person, json=both), 403)
    assert api("self").get(api.person).json()["identity"]["phone"] == "98222"
    assert ("returnee", "refused case.write") in acts(world)


def test_matches_follow_the_consent_at_once(api: Api) -> None:
    found = api("couns").get(f"{api.person}/matches?jobs=1&courses=0").json()
    assert found["matching_allowed"] is True
    assert [job["title"] for job in found["found"]["jobs"]] == ["mason"]
    assert (
        api("couns").create(f"{api.person}/consents", {"purpose": "matching", "granted": False}).status_code == 201
    )
    assert api("couns").get(f"{api.person}/matches").json() == {
        "matching_allowed": False, "found": None, "marks": [],
    }  # fmt: skip
    assert api("couns").create(f"{api.person}/consents", YES).json()["how"] == "thumbprint"
    said = [event["granted"] for event in api("couns").get(f"{api.person}/consents").json()["items"]]
    assert said[-2:] == [False, True]


def test_export_is_one_document_and_erasure_the_end(api: Api, world: World) -> None:
    answer = api("self").get(f"{api.person}/export")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["parts"]["Who you are"][0]["given_name"] == "Maya"
    assert api("head").delete(api.person).status_code == 204
    check_problem(api("head").get(api.person), 404)
    check_problem(api("self").get(api.person), 401)
    assert ("head", "erase") in acts(world)


# --- rights ---------------------------------------------------------------------------------------


def test_notes_card_and_access_log(api: Api) -> None:
    note = api("couns").create(f"{api.person}/notes", {"text": "owes a recruiter"}).json()
    assert api("head").get(f"{api.person}/notes").json()["items"] == [note]
    check_problem(api("assess").get(f"{api.person}/notes"), 403)
    card = api("couns").create(f"{api.person}/card")
    assert card.status_code == 201
    assert len(card.json()["code"]) == 19
    log = api("self").get(f"{api.person}/access-log?limit=3").json()
    assert [(line["who"], line["what"]) for line in log["items"]] == [
        ("counsellor", "card"), ("assessor", "refused"), ("head", "read"),
    ]  # fmt: skip
    assert log["next_cursor"]


def test_an_employer_s_request_is_answered_and_a_yes_taken_back(api: Api, world: World) -> None:
    vacancy = f"/employer/vacancies/{world.ids['vacancy_id']}"
    people = api("empl").get(f"{vacancy}/candidates").json()["items"]
    waiting = [one["candidate"] for one in people if one["request"] is None]
    assert len(waiting) == 2
    for candidate in waiting:
        asked = api("empl").create(f"{vacancy}/contact-requests", {"candidate": candidate})
        assert asked.json()["state"] == "waiting"
        check_problem(api("empl").get(f"/employer/contact-requests/{asked.json()['id']}/contact"), 409)
        check_problem(api("empl").create(f"{vacancy}/contact-requests", {"candidate": candidate}), 409)
    other = f"/returnees/{_other(world)}"
    request = next(iter(api("other").get(f"{other}/contact-requests").json()["items"]))
    assert request["state"] == "open"
    path = f"{other}/contact-requests/{request['id']}"
    yes = api("other").create(f"{path}/answer", {"accepted": True, "fields": ["name"]})
    assert (yes.status_code, yes.json()["state"], yes.json()["fields"]) == (200, "accepted", ["name"])
    contact = api("empl").get(f"/employer/contact-requests/{request['id']}/contact").json()
    assert (contact["name"], contact["phone"], contact["references"]) == ("Maya Of2", None, [])
    assert [line["fields"] for line in api("other").get(f"{other}/disclosures").json()["items"]] == [["name"]]
    assert api("other").create(f"{path}/take-back").json()["state"] == "taken back"
    check_problem(api("empl").get(f"/employer/contact-requests/{request['id']}/contact"), 409)
    states = [line["state"] for line in api("empl").get("/employer/contact-requests").json()["items"]]
    assert sorted(states) == ["accepted", "ended", "waiting"]


def _other(world: World) -> uuid.UUID:
    return next(iter(world.people["other"].principal.people))


# --- the market -----------------------------------------------------------------------------------


def test_vacancies_as_published_and_candidates_by_number(api: Api, world: World) -> None:
    found = api("assess").get("/vacancies").json()["items"]
    assert {row["ref"] for row in found} == {"V-1", "V-2"}
    one = api("self").get(f"/vacancies/{world.ids['vacancy_id']}").json()
    assert (one["standing"], one["unread"]) == ("open", [])
    assert one["vacancy"]["essential_text"] == ["brick laying"]
    assert one["vacancy"]["essential"][0]["words"] == "brick laying"
    people = api("couns").get(f"/vacancies/{world.ids['vacancy_id']}/candidates").json()["items"]
    assert {one["ref"] for one in people} == {"R-1", "R-2"}
    check_problem(api("empl").get(f"/vacancies/{world.ids['vacancy_id']}/candidates"), 403)


def test_reading_a_vacancy_leaves_no_row_about_people(api: Api, world: World) -> None:
    before = len(acts(world))
    assert api("couns").get(f"/vacancies/{world.ids['vacancy_id']}").status_code == 200
    assert len(acts(world)) == before


def test_an_employer_posts_and_ends_a_vacancy(api: Api) -> None:
    body: dict[str, Any] = {
        "title": "Mason", "country": "NP", "district": "Kaski", "essential_skills": ["brick laying"],
        "languages": [{"language": "ne", "level": "working"}], "experience_years": 2, "pay_min": 30000,
        "pay_max": 40000.5, "pay_currency": "NPR", "pay_period": "month", "accommodation": True, "openings": 3,
        "closes_on": "2026-12-31",
    }  # fmt: skip
    made = api("empl").create("/employer/vacancies", body)
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["employer"], row["languages"], row["pay_max"], row["openings"]) == (
        "First", {"ne": "working"}, 40000.5, 3,
    )  # fmt: skip
    assert (row["accommodation"], row["closes_on"], row["posted_on"]) == (True, "2026-12-31", "2026-11-20")
    own = api("empl").get("/employer/vacancies").json()["items"]
    assert {one["id"] for one in own} >= {row["id"]}
    ended = api("empl").post(f"/employer/vacancies/{row['id']}/status", json={"status": "filled"})
    assert ended.json()["status"] == "filled"
    check_problem(api("empl-2").post(f"/employer/vacancies/{row['id']}/status", json={"status": "filled"}), 404)


# --- accounts -------------------------------------------------------------------------------------


def test_an_administrator_keeps_accounts(api: Api) -> None:
    made = (
        api("admin")
        .create("/accounts", {"role": "counsellor", "login": "New@Example.org", "name": "New", "centre": "A"})
        .json()
    )
    assert made["login"] == "new@example.org"
    line = next(one for one in api("admin").get("/accounts?limit=100").json()["items"] if one["name"] == "New")
    assert (line["role"], line["belongs_to"], line["activated"], line["disabled"]) == (
        "counsellor", "A", False, False,
    )  # fmt: skip
    path = f"/accounts/{line['id']}"
    assert api("admin").create(f"{path}/code").json()["code"] != made["code"]
    assert api("admin").post(f"{path}/close").status_code == 204
    check_problem(api("admin").create(f"{path}/code"), 409)
    assert api("admin").post(f"{path}/open").status_code == 204


def test_the_glass_is_broken_for_a_reason_and_the_head_is_told(api: Api, world: World) -> None:
    broken = api("admin").create("/glass", {"returnee": "R-1", "reason": "A date is wrong and nobody is there."})
    assert broken.status_code == 201
    assert api("admin").get(api.person).status_code == 200
    seen = api("head").get("/glass").json()["items"]
    assert broken.json()["id"] in {glass["id"] for glass in seen}
    assert api("head").post(f"/glass/{broken.json()['id']}/seen").status_code == 204
    check_problem(api("head-B").post(f"/glass/{broken.json()['id']}/seen"), 404)
    assert api("head-B").get("/glass").json()["items"] == []


def test_own_tokens_and_sessions(api: Api, world: World) -> None:
    made = api("couns").create("/tokens", {"name": "reader", "actions": ["case.list", "self.read"], "days": 1})
    token = made.json()["token"]
    reader = Program(api.app, token)
    assert reader.get("/returnees").status_code == 200
    check_problem(reader.get(api.person), 403)
    check_problem(reader.create("/tokens", {"name": "more", "actions": ["case.read"]}), 403)
    more = Program(api.app, api("couns").create(
        "/tokens", {"name": "maker", "actions": ["self.write"]}).json()["token"])  # fmt: skip
    check_problem(more.create("/tokens", {"name": "more", "actions": ["case.read"]}), 422)
    lines = api("couns").get("/tokens").json()["items"]
    assert {line["name"] for line in lines} >= {"reader", "maker", "all"}
    assert next(line for line in lines if line["name"] == "reader")["used_at"] == NOW.isoformat()[:19] + "Z"
    assert api("couns").delete(f"/tokens/{made.json()['id']}").status_code == 204
    check_problem(reader.get("/returnees"), 401)
    session = api("couns").get("/sessions").json()["items"][0]
    assert session["device"] == "test"
    check_problem(api("head").delete(f"/sessions/{session['id']}"), 404)
    assert api("couns").delete(f"/sessions/{session['id']}").status_code == 204
    assert session["id"] not in {one["id"] for one in api("couns").get("/sessions").json()["items"]}


def test_health_is_public(api: Api) -> None:
    assert api("nobody").get("/health").json() == {"status": "ok"}


def test_the_guide_lists_every_operation_with_its_action(world: World) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for method, path, action in operations(make_api(world.application)):
        assert f"| `{method} {path}` | {f'`{action}`' if action else 'anybody'} |" in guide
