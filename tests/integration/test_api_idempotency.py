"""A request that creates, sent again under its key, does its work once, on both databases and from threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from api_client import Program, check_problem, mounted
from conftest import NOW, CsvWriter
from people import Somebody, counsellor, id_of, token_of
from sqlmodel import col, select

from api.application import Application
from api.models import AuditEvent, IdempotencyKey
from api.policy import GRANTS
from api.rights import Rights
from api.sealing import seal_anew
from api.v1.idempotency import OTHER, UNDER_WAY
from profiling.access import Role
from profiling.identity import ProtectionNote

KEY = "0b1e2b7c-key"


def program(application: Application, who: Somebody) -> Program:
    actions = [action for action, roles in GRANTS.items() if who.principal.role in roles]
    return Program(mounted(application), token_of(application, who, list(actions)))


@pytest.fixture
def peopled(application: Application, write_csv: CsvWriter) -> Application:
    application.add_centre("Demo", "NP")
    rows = [{"ref": ref, "given_name": "Maya", "home_country": "Nepal"} for ref in ("R-1", "R-2")]
    application.ingest("returnees", write_csv("people.csv", *rows))
    return application


def notes_path(application: Application, ref: str = "R-1") -> str:
    return f"/returnees/{id_of(application, ref)}/notes"


def note_count(application: Application) -> int:
    with application.reading() as session:
        return len(session.exec(select(ProtectionNote.id)).all())


def kept(application: Application) -> list[IdempotencyKey]:
    with application.reading() as session:
        return list(session.exec(select(IdempotencyKey).order_by(IdempotencyKey.key)))


def test_the_same_request_is_answered_alike_and_done_once(peopled: Application) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled)
    first = caller.create(path, {"text": "said in confidence"}, KEY)
    again = caller.post(
        path, content=b'{ "text" : "said in confidence" }',
        headers={"Idempotency-Key": KEY, "Content-Type": "application/json"},
    )  # fmt: skip
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert note_count(peopled) == 1
    row = kept(peopled)[0]
    assert row.returnee_id == id_of(peopled, "R-1")
    assert b"confidence" not in row.answer
    with peopled.reading() as session:
        done = [event.action for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence)))]
    assert done[-2:] == ["note", "read"]


@pytest.mark.parametrize("change", ["body", "person", "operation"])
def test_the_same_key_for_another_request_is_refused(peopled: Application, change: str) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled)
    assert caller.create(path, {"text": "one"}, KEY).status_code == 201
    other = {
        "body": (path, {"text": "two"}), "person": (notes_path(peopled, "R-2"), {"text": "one"}),
        "operation": (path.replace("notes", "card"), None),
    }[change]  # fmt: skip
    assert check_problem(caller.create(*other, KEY), 409)["detail"] == OTHER
    assert note_count(peopled) == 1


def test_keys_of_two_accounts_never_meet(peopled: Application) -> None:
    for _ in range(2):
        answer = program(peopled, counsellor(peopled)).create(notes_path(peopled), {"text": "one"}, KEY)
        assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)
    assert note_count(peopled) == 2


@pytest.mark.parametrize("key", [None, "", "short", "x" * 101, "with blank in", "été-été-été", "tab\tkey-12"])
def test_a_key_is_needed_and_of_its_form(peopled: Application, key: str | None) -> None:
    caller = program(peopled, counsellor(peopled))
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    answer = caller.post(notes_path(peopled), json={"text": "one"}, headers=headers)  # type: ignore[arg-type]
    found = check_problem(answer, 422)
    assert [each["pointer"] for each in found["errors"]] == ["/header/Idempotency-Key"]
    assert note_count(peopled) == 0


def test_a_refusal_leaves_the_key_free(peopled: Application) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled).replace("notes", "consents")
    wanting = {"purpose": "matching", "granted": True}
    check_problem(caller.create(path, wanting, KEY), 422)
    assert kept(peopled) == []
    assert caller.create(path, {"purpose": "matching", "granted": False}, KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(peopled: Application) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled)
    clock = NOW
    peopled.now = lambda: clock
    assert caller.create(path, {"text": "one"}, KEY).status_code == 201
    clock = NOW + timedelta(hours=24, seconds=-1)
    assert caller.create(path, {"text": "one"}, KEY).headers["idempotency-replayed"] == "true"
    clock = NOW + timedelta(hours=24)
    assert "idempotency-replayed" not in caller.create(path, {"text": "one"}, KEY).headers
    assert note_count(peopled) == 2
    assert len(kept(peopled)) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before the work was done", "after it was done"])
def test_a_crash_between_leaves_a_key_that_does_the_work_never_again(
    peopled: Application, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled)
    real = Rights.add_note

    def crash(*args: Any) -> None:
        if after:
            real(*args)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Rights, "add_note", crash)
        check_problem(caller.create(path, {"text": "one"}, KEY), 500)
    assert check_problem(caller.create(path, {"text": "one"}, KEY), 409)["detail"] == UNDER_WAY
    assert note_count(peopled) == int(after)


def test_an_answer_about_a_person_goes_with_the_person(peopled: Application) -> None:
    caller, path = program(peopled, counsellor(peopled, role=Role.HEAD)), notes_path(peopled)
    assert caller.create(path, {"text": "one"}, KEY).status_code == 201
    assert caller.create(notes_path(peopled, "R-2"), {"text": "two"}, "another-key").status_code == 201
    assert caller.delete(path.removesuffix("/notes")).status_code == 204
    assert [row.key for row in kept(peopled)] == ["another-key"]
    check_problem(caller.create(path, {"text": "one"}, KEY), 404)


def test_an_answer_is_not_shown_again_to_who_may_no_longer_see_the_person(peopled: Application) -> None:
    who = counsellor(peopled)
    caller, path = program(peopled, who), notes_path(peopled)
    assert caller.create(path, {"text": "one"}, KEY).status_code == 201
    elsewhere = peopled.add_centre("Elsewhere", "NP")
    with peopled.session() as session:
        account = who.principal.account_id
        session.execute(sa.text("UPDATE account SET centre_id = :centre WHERE id = :id").bindparams(
            sa.bindparam("centre", elsewhere.id, sa.Uuid), sa.bindparam("id", account, sa.Uuid)))  # fmt: skip
        session.commit()
    check_problem(caller.create(path, {"text": "one"}, KEY), 404)


def test_a_secret_is_given_once_and_no_second_one_made(peopled: Application) -> None:
    caller = program(peopled, counsellor(peopled))
    body = {"name": "program", "actions": ["self.read"]}
    first = caller.create("/tokens", body, KEY)
    assert first.status_code == 201
    secret = first.json()["token"]
    assert secret not in check_problem(caller.create("/tokens", body, KEY), 409)["detail"]
    assert len(caller.get("/tokens").json()["items"]) == 2


def test_an_answer_is_replayed_after_the_keys_were_rotated(peopled: Application) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled)
    first = caller.create(path, {"text": "one"}, KEY)
    peopled.rotate_keys()
    assert caller.create(path, {"text": "one"}, KEY).json() == first.json()
    assert seal_anew(peopled.session, lambda rows: None) == 0


def test_threads_with_one_key_do_the_work_once(peopled: Application) -> None:
    caller, path = program(peopled, counsellor(peopled)), notes_path(peopled)
    for turn in range(4):
        gate = Barrier(8)

        def ask(_: int, turn: int = turn, gate: Barrier = gate) -> tuple[int, bytes]:
            gate.wait()
            answer = caller.create(path, {"text": "one"}, f"threads-{turn}")
            return answer.status_code, answer.content

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(8)))
        made = {content for status, content in answers if status == 201}
        assert len(made) == 1
        assert {status for status, _ in answers} <= {201, 409}
        assert note_count(peopled) == turn + 1
