"""Signing in: passwords, one-time codes, locks, sessions, forms, and what a stranger learns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from conftest import NOW, SqliteServer
from people import PASSWORD, Browser, Somebody, browser, counsellor, returnee, somebody
from sqlmodel import select

from api.accounts import LOCK, MOST_FAILURES, WRONG, activate, issue_code
from api.application import Application
from api.models import Account, ActivationCode, SignIn
from api.passwords import one_time_step, password_fits, printed_code
from api.routes.visit import SESSION_COOKIE
from api.sessions import ABSOLUTE, IDLE, form_token, give_code, offer_one_time_secret, recognise, sign_in
from api.settings import Settings
from matching.embeddings import HashingEmbedder
from profiling.access import Role
from profiling.errors import InputError

SECOND = timedelta(seconds=1)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make(server: SqliteServer, folder: Path, clock: Clock, *, codes: bool) -> Application:
    settings = Settings(data=folder, DATABASE_URL=server.create("starter", folder), one_time_codes=codes)
    made = Application(settings, embedder=HashingEmbedder(), clock=clock)
    made.prepare()
    made.add_centre("Demo", "NP")
    return made


@pytest.fixture
def application(sqlite_server: SqliteServer, tmp_path: Path, clock: Clock) -> Iterator[Application]:
    """Without one-time codes."""
    made = make(sqlite_server, tmp_path, clock, codes=False)
    yield made
    made.engine.dispose()


@pytest.fixture
def guarded(sqlite_server: SqliteServer, tmp_path: Path, clock: Clock) -> Iterator[Application]:
    """With one-time codes for staff."""
    made = make(sqlite_server, tmp_path, clock, codes=True)
    yield made
    made.engine.dispose()


def try_in(page: Browser, login: str, password: str) -> int:
    return int(page.submit("/sign-in", {"login": login, "password": password}, page="/sign-in").status_code)


def test_a_password_is_kept_as_argon2id_of_the_written_cost(application: Application) -> None:
    counsellor(application)
    with application.reading() as session:
        held = session.exec(select(Account.password_hash)).one()
    assert str(held).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_fits(PASSWORD, held)
    assert not password_fits(PASSWORD + " ", held)
    assert not password_fits(PASSWORD, None)


def test_the_sixth_failure_locks_for_half_an_hour(application: Application, clock: Clock) -> None:
    who, page = counsellor(application), Browser(application)
    for _ in range(MOST_FAILURES):
        assert try_in(page, who.login, "wrong") == 401
    assert try_in(page, who.login, PASSWORD) == 401
    clock.now += LOCK - SECOND
    assert try_in(page, who.login, PASSWORD) == 401
    clock.now += SECOND
    assert try_in(page, who.login, PASSWORD) == 303


def test_five_failures_do_not_lock_and_a_right_password_forgives(application: Application) -> None:
    who = counsellor(application)
    for _ in range(3):
        page = Browser(application)
        for _ in range(MOST_FAILURES - 1):
            assert try_in(page, who.login, "wrong") == 401
        assert try_in(page, who.login, PASSWORD) == 303


def test_unknown_known_and_locked_look_the_same(application: Application) -> None:
    who, page = counsellor(application), Browser(application)
    answers = []
    for login in (who.login, "nobody@example.org"):
        for _ in range(MOST_FAILURES + 1):
            answer = page.submit("/sign-in", {"login": login, "password": "x" * 12}, page="/sign-in")
            answers.append((answer.status_code, answer.text, sorted(answer.headers)))
    assert len(set(map(str, answers))) == 1
    assert WRONG in answers[0][1]


def test_a_code_activates_once_and_for_a_fortnight(application: Application, clock: Clock) -> None:
    who = counsellor(application)
    with application.session() as session:
        account = session.exec(select(Account)).one()
        first = issue_code(session, account, clock.now)
        second = issue_code(session, account, clock.now)
        assert activate(session, who.login, first.code, "another long phrase", clock.now) is None
        late = second.expires_at
        assert activate(session, who.login, second.code, "another long phrase", late) is None
        typed = second.code.lower().replace("-", " ")
        assert activate(session, who.login, typed, "another long phrase", late - SECOND) is not None
        assert activate(session, who.login, second.code, "another long phrase", clock.now) is None
        assert second.code not in str(session.exec(select(ActivationCode.code_hash)).all())


@pytest.mark.parametrize("bad", ["short", "a" * 201, "aaaaaaaaaaaaaa", "hunar hunar hunar", "my password is good"])
def test_weak_passwords_are_refused_and_the_code_still_works(application: Application, bad: str) -> None:
    counsellor(application)
    with application.session() as session:
        issued = issue_code(session, session.exec(select(Account)).one(), NOW)
        with pytest.raises(InputError):
            activate(session, issued.login, issued.code, bad, NOW)
        assert activate(session, issued.login, issued.code, "four plain words here", NOW) is not None


def test_printed_codes_hold_no_letters_that_are_mistaken() -> None:
    codes = {printed_code(4) for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01OILU")


def test_a_session_ends_when_idle_and_in_any_case(application: Application, clock: Clock) -> None:
    who = counsellor(application)
    page = browser(application, who)
    start = clock.now
    while clock.now + IDLE - SECOND < start + ABSOLUTE:
        clock.now += IDLE - SECOND
        assert page.get("/account").status_code == 200
    clock.now = start + ABSOLUTE
    assert (page.get("/account").status_code, page.get("/account").headers["location"]) == (303, "/sign-in")
    page = browser(application, who)
    clock.now += IDLE
    assert page.get("/account").status_code == 303


def test_the_session_secret_is_new_at_each_sign_in_and_kept_only_as_a_hash(application: Application) -> None:
    who = counsellor(application)
    page = browser(application, who)
    first = page.cookies[SESSION_COOKIE]
    with application.reading() as session:
        assert first not in str(session.exec(select(SignIn)).all())
    with application.session() as session:
        again = sign_in(session, who.login, PASSWORD, "", NOW, one_time_codes=False, former=first)
        session.commit()
        assert again is not None
        assert again.token != first
        assert recognise(session, first, NOW) is None
        assert recognise(session, again.token, NOW) is not None


def test_cookies_are_closed_to_scripts_and_other_sites(application: Application) -> None:
    who, page = counsellor(application), Browser(application)
    answer = page.submit("/sign-in", {"login": who.login, "password": PASSWORD}, page="/sign-in")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    secure = Browser(application)
    secure.base_url = "https://127.0.0.1"
    token = secure.form_token("/sign-in")
    answer = secure.post("/sign-in", data={"form_token": token, "login": who.login, "password": PASSWORD})
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie") if "Max-Age=0" not in cookie)
    assert answer.headers["Strict-Transport-Security"]


def test_own_sessions_are_listed_and_ended(application: Application) -> None:
    who = counsellor(application)
    here, there = browser(application, who), browser(application, who)
    assert here.get("/account").text.count("/end") == 2
    with application.reading() as session:
        other = session.exec(select(SignIn).order_by(SignIn.created_at, SignIn.id)).all()
    mine = here.cookies[SESSION_COOKIE]
    with application.reading() as session:
        kept = recognise(session, mine, NOW)
    assert kept is not None
    assert kept.sign_in is not None
    gone = next(row.id for row in other if row.id != kept.sign_in.id)
    assert here.submit(f"/account/sessions/{gone}/end", {}).status_code == 303
    assert (there.get("/account").status_code, here.get("/account").status_code) == (303, 200)
    stranger = browser(application, counsellor(application))
    assert stranger.submit(f"/account/sessions/{kept.sign_in.id}/end", {}).status_code == 404
    assert here.get("/account").status_code == 200


def test_a_new_password_signs_the_others_out(application: Application) -> None:
    who = counsellor(application)
    here, there = browser(application, who), browser(application, who)
    new = {"old": PASSWORD, "password": "quite another phrase", "again": "quite another phrase"}
    wrong = here.submit("/account/password", {**new, "old": "no"})
    assert (wrong.status_code, there.get("/account").status_code) == (400, 200)
    assert here.submit("/account/password", new).status_code == 200
    assert (there.get("/account").status_code, here.get("/account").status_code) == (303, 200)


def test_signing_out_ends_the_session_on_the_server(application: Application) -> None:
    page = browser(application, counsellor(application))
    kept = page.cookies[SESSION_COOKIE]
    assert page.submit("/sign-out", {}).status_code == 303
    page.cookies.set(SESSION_COOKIE, kept, domain="127.0.0.1")
    assert page.get("/account").status_code == 303


def test_a_closed_account_is_out_at_the_next_request(application: Application) -> None:
    who = counsellor(application)
    page, admin = browser(application, who), browser(application, somebody(application, Role.ADMINISTRATOR))
    with application.reading() as session:
        account = session.exec(select(Account).where(Account.login == who.login)).one()
    assert admin.submit(f"/accounts/{account.id}/close", {}).status_code == 303
    assert page.get("/account").status_code == 303
    assert try_in(Browser(application), who.login, PASSWORD) == 401
    assert admin.submit(f"/accounts/{account.id}/open", {}).status_code == 303
    assert try_in(Browser(application), who.login, PASSWORD) == 303


# --- one-time codes -------------------------------------------------------------------------------


def enter(page: Browser, who: Somebody) -> pyotp.TOTP:
    """Sign in by password and set the app up."""
    page.submit("/sign-in", {"login": who.login, "password": PASSWORD}, page="/sign-in")
    text = page.get("/code").text
    secret = (
        text.split("Key:</")[0].split("<code>")[-1] if "Key:</" in text else text.split("<code>")[1].split("<")[0]
    )
    return pyotp.TOTP(secret.replace(" ", ""))


def test_staff_need_a_code_before_anything_else(guarded: Application, clock: Clock) -> None:
    who, page = counsellor(guarded), Browser(guarded)
    totp = enter(page, who)
    assert page.get("/").status_code == 303
    assert page.get("/account").status_code == 303
    half = page.cookies[SESSION_COOKIE]
    wrong = page.submit("/code", {"code": "000000"}, page="/code")
    assert wrong.status_code == 401
    right = page.submit("/code", {"code": totp.at(clock.now)}, page="/code")
    assert (right.status_code, right.headers["location"]) == (303, "/")
    assert page.cookies[SESSION_COOKIE] != half
    assert page.get("/account").status_code == 200
    assert page.get("/code").status_code == 303


def test_a_replayed_code_is_refused(guarded: Application, clock: Clock) -> None:
    who, page = counsellor(guarded), Browser(guarded)
    totp = enter(page, who)
    code = totp.at(clock.now)
    assert page.submit("/code", {"code": code}, page="/code").status_code == 303
    again = Browser(guarded)
    again.submit("/sign-in", {"login": who.login, "password": PASSWORD}, page="/sign-in")
    assert "Key:" not in again.get("/code").text
    assert again.submit("/code", {"code": code}, page="/code").status_code == 401
    clock.now += timedelta(seconds=30)
    assert again.submit("/code", {"code": totp.at(clock.now)}, page="/code").status_code == 303


def test_codes_of_a_neighbouring_step_are_taken_and_older_ones_not(guarded: Application) -> None:
    secret = pyotp.random_base32()
    totp, at = pyotp.TOTP(secret), int(NOW.timestamp()) // 30
    for shift, taken in ((-2, None), (-1, at - 1), (0, at), (1, at + 1), (2, None)):
        assert one_time_step(secret, totp.at((at + shift) * 30), NOW, 0) == taken
    assert one_time_step(secret, totp.at(at * 30), NOW, at) is None
    assert one_time_step(secret, "", NOW, 0) is None
    assert one_time_step(secret, "no code", NOW, 0) is None
    devanagari = totp.at(at * 30).translate({ord("0") + n: 0x0966 + n for n in range(10)})
    assert one_time_step(secret, devanagari, NOW, 0) == at


def test_wrong_codes_lock_the_login(guarded: Application, clock: Clock) -> None:
    who, page = counsellor(guarded), Browser(guarded)
    totp = enter(page, who)
    for _ in range(MOST_FAILURES):
        assert page.submit("/code", {"code": "000000"}, page="/code").status_code == 401
    assert page.submit("/code", {"code": totp.at(clock.now)}, page="/code").status_code == 401


def test_two_requests_with_one_code_open_one_session(guarded: Application, clock: Clock) -> None:
    who = counsellor(guarded)
    with guarded.session() as session:
        opened = sign_in(session, who.login, PASSWORD, "", clock.now, one_time_codes=True)
        assert opened is not None
        visitor = recognise(session, opened.token, clock.now)
        assert visitor is not None
        secret = offer_one_time_secret(session, visitor.account)
        code = pyotp.TOTP(str(secret)).at(clock.now)
        assert give_code(session, visitor, code, clock.now) is not None
        assert give_code(session, visitor, code, clock.now) is None


def test_returnees_need_no_code_and_a_lost_telephone_is_replaced(guarded: Application, clock: Clock) -> None:
    who, page = counsellor(guarded), Browser(guarded)
    totp = enter(page, who)
    page.submit("/code", {"code": totp.at(clock.now)}, page="/code")
    with guarded.session() as session:
        issued = issue_code(session, session.exec(select(Account)).one(), clock.now)
        assert activate(session, issued.login, issued.code, PASSWORD, clock.now) is not None
        session.commit()
    assert page.get("/account").status_code == 303
    fresh = enter(Browser(guarded), who)
    assert fresh.secret != totp.secret


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "x", "other"])
def test_a_form_without_its_token_changes_nothing(application: Application, token: str | None) -> None:
    who = counsellor(application)
    page = browser(application, who)
    fields = {"old": PASSWORD, "password": "quite another phrase", "again": "quite another phrase"}
    if token == "other":
        token = browser(application, who).form_token("/account")
    answer = page.post("/account/password", data=fields | ({"form_token": token} if token is not None else {}))
    assert answer.status_code == 403
    assert "Open the page again" in answer.text
    assert try_in(Browser(application), who.login, PASSWORD) == 303


@pytest.mark.parametrize("header", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_from_another_site_is_refused(application: Application, header: dict[str, str]) -> None:
    page = browser(application, counsellor(application))
    token = page.form_token("/account")
    answer = page.post("/sign-out", data={"form_token": token}, headers=header)
    assert answer.status_code == 403
    assert page.get("/account").status_code == 200


def test_signing_in_needs_a_form_of_this_browser(application: Application) -> None:
    who = counsellor(application)
    token = Browser(application).form_token("/sign-in")
    answer = Browser(application).post(
        "/sign-in", data={"form_token": token, "login": who.login, "password": PASSWORD}
    )
    assert answer.status_code == 403
    with application.reading() as session:
        assert form_token(session, "a") != form_token(session, "b")


def test_a_card_is_typed_with_or_without_hyphens(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("ref,given_name,home_country\nR-1,Maya,Nepal\n", encoding="utf-8")
    application.ingest("returnees", file)
    who = returnee(application, "R-1")
    card = "-".join(who.login[at : at + 4] for at in (0, 4, 8)).upper()
    page = Browser(application)
    assert try_in(page, card, PASSWORD) == 303
    first = page.get("/")
    (own,) = who.principal.people
    assert (first.status_code, first.headers["location"]) == (303, f"/returnees/{own}")
    with application.reading() as session:
        account = session.exec(select(Account).where(Account.login == who.login)).one()
    assert account.name == ""


def test_one_login_one_account(application: Application) -> None:
    who = counsellor(application)
    admin = browser(application, somebody(application, Role.ADMINISTRATOR))
    fields = {"role": "counsellor", "login": who.login.upper(), "name": "", "belongs": "Demo"}
    answer = admin.submit("/accounts", fields, page="/accounts")
    assert (answer.status_code, "There is an account" in answer.text) == (400, True)
    with application.reading() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(Account)).scalar_one() == 2
