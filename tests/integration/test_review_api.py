"""Reviewing through the API: marks, decisions, status, misread values; and the employer's side."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from api_client import Program, check_problem, mounted
from conftest import CsvWriter
from people import Somebody, counsellor, employer, returnee, token_of
from sqlmodel import select

from api.application import Application
from api.policy import GRANTS
from api.v1.idempotency import REPLAYED
from jobs_ingest.employers import give_vacancy
from jobs_ingest.models import Vacancy

FEE = "Candidates pay a registration fee of Rs 2,000 before joining."
ROWS = [
    {"ref": "V-1", "title": "Mason", "employer": "Himal Builders Pvt. Ltd.", "country": "Nepal",
     "description": f"{FEE} At least 3 years of experience needed.", "posted_on": "2026-11-03"},
    {"ref": "V-2", "title": "Mason (male preferred)", "employer": "Himal Builders Pvt. Ltd.", "country": "Nepal",
     "posted_on": "2026-11-02"},
    {"ref": "V-3", "title": "Cook", "employer": "Himal Hotel Pvt. Ltd.", "country": "Nepal",
     "posted_on": "2026-11-01"},
]  # fmt: skip


def program(application: Application, who: Somebody, *without: str) -> Program:
    actions = [str(action) for action, roles in GRANTS.items() if who.principal.role in roles]
    actions = [action for action in actions if action not in without]
    return Program(mounted(application), token_of(application, who, actions))


@pytest.fixture
def made(sqlite_application: Application, write_csv: CsvWriter) -> Application:
    sqlite_application.add_centre("Home", "NP")
    people = write_csv("p.csv", {"ref": "R-1", "given_name": "Maya", "home_country": "NP"})
    sqlite_application.ingest("returnees", people, centre="Home")
    sqlite_application.ingest("vacancies", write_csv("v.csv", *ROWS), source="portal")
    sqlite_application.refresh()
    return sqlite_application


def id_of(application: Application, ref: str) -> uuid.UUID:
    with application.reading() as session:
        return session.exec(select(Vacancy.id).where(Vacancy.ref == ref)).one()


def refs(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["ref"] for one in answer.json()["items"]]


def test_held_and_marked_ones_are_listed_page_by_page(made: Application) -> None:
    api = program(made, counsellor(made))
    assert refs(api.get("/vacancies")) == ["V-1", "V-2", "V-3"]
    assert refs(api.get("/vacancies?show=held")) == ["V-1"]
    assert refs(api.get("/vacancies?show=marked")) == ["V-2"]
    first = api.get("/vacancies?show=held&limit=1").json()
    assert first["next_cursor"] is None
    check_problem(api.get("/vacancies?show=all"), 422)
    person = program(made, returnee(made, "R-1"))
    assert (refs(person.get("/vacancies?show=held")), refs(person.get("/vacancies?show=marked"))) == ([], ["V-2"])


def test_a_decision_is_made_once_and_opens_the_vacancy(made: Application) -> None:
    api, about = program(made, counsellor(made)), id_of(made, "V-1")
    [mark] = api.get(f"/vacancies/{about}/marks").json()["items"]
    assert {name: mark[name] for name in ("kind", "severity", "field", "stands", "decision", "decided_by")} == {
        "kind": "fee", "severity": "hold", "field": "description", "stands": True, "decision": None,
        "decided_by": None,
    }  # fmt: skip
    assert FEE[mark["start"] : mark["end"]] == mark["words"]
    path = f"/vacancies/{about}/marks/{mark['id']}/decision"
    check_problem(api.create(path, {"answer": "harmless"}), 422)
    check_problem(api.create(path, {"answer": "perhaps", "note": "x"}), 422)
    check_problem(api.create(f"/vacancies/{about}/marks/{uuid.uuid4()}/decision", {"answer": "confirmed"}), 404)
    body = {"answer": "harmless", "note": "paid back at once, seen"}
    first = api.create(path, body, "decision-key")
    assert (first.status_code, first.json()["decision"], first.json()["stands"]) == (200, "harmless", False)
    again = api.create(path, body, "decision-key")
    assert (again.json(), again.headers[REPLAYED]) == (first.json(), "true")
    assert api.get(f"/vacancies/{about}").json()["vacancy"]["status"] == "open"
    [shown] = api.get(f"/vacancies/{about}/marks").json()["items"]
    assert (shown["decided_by"], shown["note"]) == ("Fictional", "paid back at once, seen")
    # A token without that action, and whoever may not review, are not told of it.
    for other in (program(made, counsellor(made), "vacancy.review"), program(made, returnee(made, "R-1"))):
        assert other.get(f"/vacancies/{about}/marks").json()["items"] == []


def test_a_status_is_set_with_a_reason_that_reviewers_read(made: Application) -> None:
    api, about = program(made, counsellor(made)), id_of(made, "V-3")
    path = f"/vacancies/{about}/status"
    check_problem(api.create(path, {"status": "filled"}), 422)
    check_problem(api.create(path, {"status": "held", "reason": "x"}), 422)
    assert api.create(path, {"status": "filled", "reason": "the hotel says so"}).json()["status"] == "filled"
    life = api.get(f"/vacancies/{about}").json()["life"]
    assert (life["why"], life["by"], life["reason"]) == ("centre", "Fictional", "the hotel says so")
    assert [(one["field"], one["was"], one["value"]) for one in life["changes"]] == [("status", "open", "filled")]
    told = program(made, returnee(made, "R-1")).get(f"/vacancies/{about}").json()["life"]
    assert (told["why"], told["by"], told["reason"], told["changes"]) == ("centre", "", "", [])
    opened = api.create(path, {"status": "open", "closes_on": "2027-01-31", "reason": "one of two left"}).json()
    assert (opened["status"], opened["closes_on"]) == ("open", "2027-01-31")
    check_problem(api.create(path, {"status": "open", "closes_on": "2026-01-31", "reason": "x"}), 422)


def test_a_misread_value_is_set_right(made: Application) -> None:
    api, about = program(made, counsellor(made)), id_of(made, "V-1")
    path = f"/vacancies/{about}/readings"
    found = api.create(path, {"field": "experience_years", "value": "1", "reason": "asked"}).json()
    assert (found["experience_years"], [one["field"] for one in found["read"]]) == (1.0, [])
    assert api.get(f"/vacancies/{about}").json()["life"]["by_hand"] == ["experience_years"]
    check_problem(api.create(path, {"field": "openings", "value": "4", "reason": "x"}), 409)
    check_problem(api.create(path, {"field": "title", "value": "Cook", "reason": "x"}), 422)
    check_problem(api.create(path, {"field": "experience_years", "value": "few", "reason": "x"}), 422)


def test_an_employer_changes_renews_and_withdraws_what_is_held(made: Application) -> None:
    who = employer(made, "Himal Builders Pvt. Ltd.")
    api = program(made, who)
    posted = api.create("/employer/vacancies", {"title": "Mason", "country": "NP", "description": FEE}).json()
    path = f"/employer/vacancies/{posted['id']}"
    assert posted["status"] == "held"
    renewed = api.post(f"{path}/renewal", json={"closes_on": "2027-01-31"}).json()
    assert (renewed["status"], renewed["closes_on"]) == ("held", "2027-01-31")
    check_problem(api.post(f"{path}/renewal", json={}), 409)
    check_problem(api.post(f"{path}/renewal", json={"closes_on": "2026-01-31"}), 422)
    check_problem(api.patch(path, json={"pay_min": -1}), 422)
    changed = api.patch(path, json={"description": "Walls of stone.", "openings": 2}).json()
    assert (changed["status"], changed["marks"], changed["title"]) == ("open", [], "Mason")
    assert (changed["closes_on"], changed["openings"]) == ("2027-01-31", 2)
    check_problem(api.patch(path, json={"description": "Other walls."}), 409)
    ended = api.post(f"{path}/status", json={"status": "withdrawn"}).json()
    assert ended["status"] == "withdrawn"
    assert api.post(f"{path}/renewal", json={}).json()["status"] == "open"
    # One that came with a file is its own to end, and that is where its words are changed.
    with made.session() as session:
        give_vacancy(session, "V-1", "Himal Builders Pvt. Ltd.")
        session.commit()
    given = f"/employer/vacancies/{id_of(made, 'V-1')}"
    check_problem(api.patch(given, json={"description": "Walls."}), 409)
    assert api.post(f"{given}/status", json={"status": "filled"}).json()["status"] == "filled"
