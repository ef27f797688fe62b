"""What somebody could try with what they rightly hold: an old token, a repeated request, a form, a vacancy."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from api_client import Program
from conftest import NOW, CsvWriter, SqliteServer
from people import PASSWORD, Browser, counsellor, employer, id_of, token_of
from sqlmodel import select
from world import World, make_world

from api.accounts import LOCK, MOST_FAILURES, activate, count_failure, issue_code, locked
from api.app import make_app
from api.application import Application
from api.employers import EmployerDesk
from api.limits import Limits
from api.models import Account, ApiToken, AuditEvent, SignInFailure
from api.rights import Rights
from api.sessions import make_token, recognise_token, revoke_token
from jobs_ingest.models import Vacancy
from profiling.consent import ConsentWord, add_consent
from profiling.errors import Conflict
from profiling.models import ConsentEvent, FieldSet, Purpose, Returnee


@pytest.fixture
def world(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(sqlite_server, tmp_path_factory.mktemp("world"))
    yield made
    made.application.engine.dispose()


# --- consent --------------------------------------------------------------------------------------


def last_word(world: World) -> ConsentEvent:
    with world.application.reading() as session:
        query = select(ConsentEvent).where(ConsentEvent.purpose == Purpose.MATCHING)
        mine = query.where(ConsentEvent.returnee_id == world.ids["returnee_id"])
        return session.exec(mine.order_by(sa.desc(ConsentEvent.sequence))).all()[0]  # type: ignore[arg-type]


def test_a_no_to_employers_keeps_the_end_of_the_yes_to_the_centre(world: World) -> None:
    until, person = NOW + timedelta(days=1), world.ids["returnee_id"]
    word = ConsentWord(Purpose.MATCHING, True, field_set=FieldSet.EMPLOYERS, expires_at=until, how="thumbprint")
    with world.application.session() as session:
        add_consent(session, person, word, NOW, None)
        session.commit()
    Rights(world.application, world.people["couns"].principal).hide_from_employers(person)
    found = last_word(world)
    assert (found.granted, found.field_set, found.expires_at, found.how) == (
        True, FieldSet.CENTRE, until, "thumbprint",
    )  # fmt: skip


def test_a_no_to_employers_makes_no_yes(world: World) -> None:
    desk, person = Rights(world.application, world.people["self"].principal), world.ids["returnee_id"]
    desk.say(person, ConsentWord(Purpose.MATCHING, False))
    desk.hide_from_employers(person)
    assert last_word(world).granted is False


# --- tokens and repeated requests -----------------------------------------------------------------


def test_a_new_code_and_a_new_password_end_every_token(world: World) -> None:
    application, who = world.application, world.people["couns"]
    with application.session() as session:
        assert recognise_token(session, world.tokens["couns"], NOW) is not None
        account = session.exec(select(Account).where(Account.login == who.login)).one()
        code = issue_code(session, account, NOW).code
        assert activate(session, who.login, code, PASSWORD, NOW) is not None
        assert recognise_token(session, world.tokens["couns"], NOW) is None


def test_a_token_takes_along_what_was_made_with_it_and_outlives_nothing(world: World) -> None:
    principal = world.people["couns"].principal
    with world.application.session() as session:
        parent = session.get_one(ApiToken, world.ids["token_id"])
        secret, child = make_token(session, principal, "child", ["case.list"], 366, NOW, made_with=parent)
        assert child.expires_at == parent.expires_at
        _, grandchild = make_token(session, principal, "next", ["case.list"], 1, NOW, made_with=child)
        assert principal.account_id is not None
        revoke_token(session, principal.account_id, parent.id, NOW)
        assert recognise_token(session, secret, NOW) is None
        assert grandchild.revoked_at == NOW


def test_a_repeated_request_tells_no_secret_and_nothing_to_another_token(world: World) -> None:
    application = world.application
    app = make_app(application, limits=Limits(enforced=False))
    strong, weak = (Program(app, token_of(application, world.people["couns"], actions)) for actions in (
        ["self.write", "note.read", "case.read"], ["self.write"],
    ))  # fmt: skip
    body = {"name": "reader", "actions": ["note.read"], "days": 3}
    first = strong.create("/tokens", body, key="the-same-key")
    assert (first.status_code, first.json()["token"][:6]) == (201, "hunar_")
    for program in (strong, weak):
        again = program.create("/tokens", body, key="the-same-key")
        assert again.status_code == 409
        assert "hunar_" not in again.text


# --- forms and failures ---------------------------------------------------------------------------


def test_a_form_of_a_browser_without_cookies_is_never_believed(world: World) -> None:
    who = world.people["couns"]
    for cookie in ("no cookie", "x"):
        told = Browser(world.application)
        told.cookies.set("hunar_session", cookie, domain="127.0.0.1")
        token = told.form_token("/sign-in")
        bare = Browser(world.application)
        fields = {"form_token": token, "login": who.login, "password": who.password}
        for headers in ({}, {"Origin": "null"}):
            assert bare.post("/sign-in", data=fields, headers=headers).status_code == 403


def test_the_present_password_is_no_place_to_guess(world: World) -> None:
    page = Browser(world.application)
    page.cookies.set("hunar_session", world.cookies["couns"], domain="127.0.0.1")
    new = {"password": "quite another phrase", "again": "quite another phrase"}
    for _ in range(MOST_FAILURES):
        assert page.submit("/account/password", {"old": "wrong", **new}).status_code == 400
    assert page.submit("/account/password", {"old": PASSWORD, **new}).status_code == 400


@pytest.mark.parametrize("content", [b"&".join(b"a=1" for _ in range(300)), b"login=a%00b"])
def test_a_form_that_is_none_of_ours_is_a_plain_error(world: World, content: bytes) -> None:
    page = Browser(world.application)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert page.post("/sign-in", content=content, headers=headers).status_code == 400


def test_failures_at_the_same_moment_are_all_counted(application: Application) -> None:
    def fail(_: int) -> None:
        with application.session() as session:
            count_failure(session, "somebody", NOW)
            session.commit()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(fail, range(MOST_FAILURES - 1)))
    with application.reading() as session:
        assert session.exec(select(SignInFailure.failures)).all() == [MOST_FAILURES - 1]
        assert not locked(session, "somebody", NOW)
    fail(0)
    with application.reading() as session:
        assert locked(session, "somebody", NOW + LOCK - timedelta(seconds=1))


def test_signing_out_is_not_hindered_by_tries_to_sign_in(world: World) -> None:
    app = make_app(world.application)
    page = Browser(world.application)
    page.app = app
    page.cookies.set("hunar_session", world.cookies["couns"], domain="127.0.0.1")
    stranger = Browser(world.application)
    stranger.app = app
    for _ in range(80):
        stranger.post("/sign-in", data={"login": "x", "password": "y"})
    assert page.submit("/sign-out", {}).status_code == 303


# --- employers ------------------------------------------------------------------------------------


def test_an_employer_does_not_open_what_is_held(world: World) -> None:
    with world.application.session() as session:
        vacancy = session.get_one(Vacancy, world.ids["vacancy_id"])
        vacancy.status, vacancy.held_reason = "held", "somebody complained"
        session.commit()
    desk = EmployerDesk(world.application, world.people["empl"].principal)
    with pytest.raises(Conflict, match="held"):
        desk.renew(world.ids["vacancy_id"], "")
    with pytest.raises(Conflict):
        desk.contact(world.ids["request_id"])
    page = Browser(world.application)
    for who in ("self", "empl-2", "empl"):
        page.cookies.set("hunar_session", world.cookies[who], domain="127.0.0.1")
        assert "complained" not in page.get(f"/vacancies/{world.ids['vacancy_id']}").text
        assert "complained" not in page.get("/vacancies").text


def test_a_rare_skill_does_not_lift_its_one_holder(sqlite_application: Application, write_csv: CsvWriter) -> None:
    application = sqlite_application
    application.add_centre("Home", "NP")
    base = {
        "given_name": "Maya", "home_country": "Nepal", "consent_matching": "yes", "consent_employers": "yes",
        "job1_title": "mason", "job1_from": "2012", "job1_to": "2020",
    }  # fmt: skip
    rows = [{"ref": f"R-{n}", **base, "skills": "brick laying"} for n in range(6)]
    rows[5]["skills"] = "brick laying; welding"
    application.ingest("returnees", write_csv("people.csv", *rows), centre="Home")
    desk = EmployerDesk(application, employer(application, "Curious").principal)
    plain = desk.post({"title": "mason", "essential_skills": "brick laying"}).id
    probing = desk.post({"title": "mason", "essential_skills": "brick laying; welding"}).id
    fits = [sorted(one.fit for one in desk.candidates(vacancy)) for vacancy in (plain, probing)]
    assert fits[0] == fits[1]
    assert len(set(fits[1])) == 1


# --- what the person learns -----------------------------------------------------------------------


def test_the_person_sees_that_their_card_was_used_and_keeps_their_record(world: World) -> None:
    application, person = world.application, world.ids["returnee_id"]
    rights = Rights(application, world.people["couns"].principal)
    with application.session() as session:
        session.get_one(Returnee, person).retain_until = NOW.date()
        session.commit()
    issued = rights.issue_card(person)
    page = Browser(application)
    fields = {"login": issued.login, "code": issued.code, "password": PASSWORD, "again": PASSWORD}
    assert page.submit("/activate", fields, page="/activate").status_code == 200
    page.submit("/sign-in", {"login": issued.login, "password": PASSWORD}, page="/sign-in")
    told = page.get(f"/returnees/{person}/access-log").text
    assert "set a password for your account with a printed code" in told
    assert "signed in to your account" in told
    with application.reading() as session:
        assert session.get_one(Returnee, person).retain_until > NOW.date() + timedelta(days=5 * 365)
        rows = session.exec(select(AuditEvent).where(AuditEvent.action == "signed in")).all()
    assert [row.subject_id for row in rows] == [person]


def test_the_download_does_not_tell_why_a_glass_was_broken(world: World) -> None:
    content = Rights(world.application, world.people["self"].principal).export(world.ids["returnee_id"])
    assert b"special reason" in content
    assert b"the centre is closed" not in content


def test_what_was_said_in_confidence_is_downloaded_with_the_password_alone(world: World) -> None:
    person = world.ids["returnee_id"]
    Rights(world.application, world.people["couns"].principal).add_note(person, "owes a recruiter")
    page = Browser(world.application)
    page.cookies.set("hunar_session", world.cookies["self"], domain="127.0.0.1")
    assert "owes a recruiter" not in page.get(f"/returnees/{person}/download").text
    address, form = f"/returnees/{person}/download", {"password": "wrong"}
    refused = page.submit(address, form)
    assert (refused.status_code, "owes a recruiter" in refused.text) == (400, False)
    whole = page.submit(address, {"password": PASSWORD})
    assert (whole.status_code, "owes a recruiter" in whole.text) == (200, True)


def test_an_administrator_cannot_close_the_account_of_a_client(world: World) -> None:
    page = Browser(world.application)
    page.cookies.set("hunar_session", world.cookies["admin"], domain="127.0.0.1")
    with world.application.reading() as session:
        client = session.exec(select(Account.id).where(Account.login == world.people["self"].login)).one()
    assert page.submit(f"/accounts/{client}/close", {}).status_code == 404
    assert page.submit(f"/accounts/{uuid.uuid4()}/close", {}).status_code == 404
    assert id_of(world.application, "R-1") == world.ids["returnee_id"]
    assert counsellor(world.application, "A").principal.centres
