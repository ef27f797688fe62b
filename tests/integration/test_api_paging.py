"""Cursors: every line once, however many are added meanwhile; a cursor of another list or account is refused."""

from __future__ import annotations

import base64
import random
from typing import Any

import pytest
from api_client import Program, check_problem, mounted
from conftest import NOW, CsvWriter
from people import Somebody, counsellor, employer, id_of, somebody, token_of

from api.application import Application
from api.policy import GRANTS
from jobs_ingest.employers import give_vacancy
from profiling.access import Role

PERSON = {"home_country": "Nepal", "consent_matching": "no"}


def program(application: Application, who: Somebody) -> Program:
    actions = [action for action, roles in GRANTS.items() if who.principal.role in roles]
    return Program(mounted(application), token_of(application, who, list(actions)))


def pages(caller: Program, path: str, limit: int) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        answer = caller.get(path, params={"limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["items"])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def peopled(application: Application, write_csv: CsvWriter) -> Application:
    application.add_centre("Demo", "NP")
    rows = [{"ref": f"R-{number:02}", "given_name": f"Person{number}", **PERSON} for number in range(23)]
    application.ingest("returnees", write_csv("people.csv", *rows))
    offers = [
        {"ref": f"V-{number}", "title": "mason", "country": "Nepal", "posted_on": f"2026-11-{1 + number // 3:02}"}
        for number in range(11)
    ] + [{"ref": f"W-{number}", "title": "mason", "country": "Nepal", "posted_on": ""} for number in range(4)]
    application.ingest("vacancies", write_csv("offers.csv", *offers))
    return application


@pytest.mark.parametrize("limit", [1, 7, 22, 23, 24, 100])
def test_the_caseload_in_pages_is_the_caseload(peopled: Application, limit: int) -> None:
    found = pages(program(peopled, counsellor(peopled)), "/returnees", limit)
    assert [line["ref"] for page in found for line in page] == [f"R-{number:02}" for number in range(23)]
    assert [len(page) for page in found] == [limit] * (23 // limit) + ([23 % limit] if 23 % limit else [])


def test_a_search_goes_on_behind_its_cursor(peopled: Application) -> None:
    caller, found, cursor = program(peopled, counsellor(peopled)), [], None
    while True:
        body = {"words": "person1", "limit": 4, "cursor": cursor}
        page = caller.post("/returnees/search", json=body).json()
        found += [line["ref"] for line in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["R-01", *(f"R-{number}" for number in range(10, 20))]


def test_lines_added_before_a_cursor_repeat_nothing_and_after_it_are_found(
    peopled: Application, write_csv: CsvWriter
) -> None:
    caller = program(peopled, counsellor(peopled))
    first = caller.get("/returnees?limit=10").json()
    more = [{"ref": ref, "given_name": "New", **PERSON} for ref in ("A-1", "R-05b", "R-15b", "Z-1")]
    peopled.ingest("returnees", write_csv("more.csv", *more))
    seen = [line["ref"] for line in first["items"]]
    rest = caller.get("/returnees", params={"cursor": first["next_cursor"], "limit": 100}).json()
    seen += [line["ref"] for line in rest["items"]]
    assert seen == sorted([f"R-{number:02}" for number in range(23)] + ["R-15b", "Z-1"])


@pytest.mark.parametrize("limit", [1, 3, 4, 100])
def test_vacancies_newest_first_and_without_a_day_last(peopled: Application, limit: int) -> None:
    found = pages(program(peopled, counsellor(peopled)), "/vacancies", limit)
    lines = [line for page in found for line in page]
    assert len({line["id"] for line in lines}) == 15 == len(lines)
    days = [line["posted_on"] for line in lines]
    assert days == sorted(filter(None, days), reverse=True) + [None] * 4


def test_every_other_list_goes_through_its_pages(peopled: Application) -> None:
    who = counsellor(peopled)
    head = program(peopled, counsellor(peopled, role=Role.HEAD))
    caller = program(peopled, who)
    person = f"/returnees/{id_of(peopled, 'R-01')}"
    for number in range(5):
        assert caller.create(f"{person}/notes", {"text": f"note {number}"}).status_code == 201
        consent = {"purpose": "statistics", "granted": False}
        assert caller.create(f"{person}/consents", consent).status_code == 201
        token_of(peopled, who, ["self.read"])
    texts = sorted(note["text"] for page in pages(caller, f"{person}/notes", 2) for note in page)
    assert texts == [f"note {number}" for number in range(5)]
    said = [event["sequence"] for page in pages(caller, f"{person}/consents", 2) for event in page]
    assert said == sorted(said)
    assert len(set(said)) == len(said) >= 5
    assert len({line["id"] for page in pages(caller, "/tokens", 2) for line in page}) == 6
    log = head.get(f"{person}/access-log?limit=4").json()
    rest = head.get(f"{person}/access-log", params={"limit": 100, "cursor": log["next_cursor"]}).json()
    assert rest["next_cursor"] is None
    numbers = [line["sequence"] for line in (*log["items"], *rest["items"])]
    assert numbers == sorted(set(numbers), reverse=True)
    assert rest["items"][-1]["what"] == "import"


def test_accounts_and_own_vacancies_in_pages(peopled: Application) -> None:
    firm = employer(peopled, "First")
    with peopled.session() as session:
        for number in range(5):
            give_vacancy(session, f"V-{number}", "First")
        session.commit()
    own = [row["ref"] for page in pages(program(peopled, firm), "/employer/vacancies", 2) for row in page]
    assert sorted(own) == [f"V-{number}" for number in range(5)]
    for _ in range(4):
        counsellor(peopled)
    admin = program(peopled, somebody(peopled, Role.ADMINISTRATOR))
    logins = [line["login"] for page in pages(admin, "/accounts", 2) for line in page]
    assert logins == sorted(logins)
    assert len(set(logins)) == 6


def test_forged_and_foreign_cursors_are_refused(peopled: Application) -> None:
    caller, other = (program(peopled, counsellor(peopled)) for _ in range(2))
    cursor = caller.get("/returnees?limit=2").json()["next_cursor"]
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"R-0" not in sealed
    rng, forged = random.Random(3), []
    for _ in range(40):
        place = rng.randrange(len(sealed))
        changed = sealed[:place] + bytes([sealed[place] ^ (1 << rng.randrange(8))]) + sealed[place + 1 :]
        forged.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    forged += [cursor[:-4], cursor + "AAAA", "A", "AAAA", "x" * 900, "_", "R-01"]
    for each in forged:
        check_problem(caller.get("/returnees", params={"cursor": each}), 422)
        check_problem(caller.post("/returnees/search", json={"words": "", "cursor": each}), 422)
    check_problem(other.get("/returnees", params={"cursor": cursor}), 422)
    check_problem(caller.get("/vacancies", params={"cursor": cursor}), 422)
    check_problem(caller.post("/returnees/search", json={"words": "", "cursor": cursor}), 422)
    document = check_problem(caller.get("/tokens", params={"cursor": cursor}), 422)
    assert document["detail"].startswith("Cursor: it is not one that this list gave you.")
    assert caller.get("/returnees", params={"cursor": cursor}).status_code == 200
    assert NOW.year == 2026
