"""Vacancies that may be one, on the pages and for programs: who may, what is said, and what is stale."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from api_client import Program, check_problem
from conftest import NOW, CsvWriter
from people import Browser, browser, counsellor, returnee, somebody, token_of
from sqlmodel import Session, col, select

from api.app import make_app
from api.application import Application
from api.duplicates import Duplicates
from api.limits import Limits
from api.models import AuditEvent
from jobs_ingest.models import OfferOrigin, Vacancy
from profiling.access import Role
from profiling.errors import Forbidden

ROW = {
    "ref": "V-1", "title": "Shuttering carpenter", "employer": "Himal Builders", "country": "Nepal",
    "district": "Kaski", "description": "Make formwork for slabs and columns on a site.", "posted_on": "2026-11-01",
}  # fmt: skip
OTHER = ROW | {"ref": "V-2", "title": "Shuttering foreman", "description": "Lead ten carpenters on a site."}
PERSON = {"ref": "R-1", "given_name": "Maya", "home_country": "NP"}


@pytest.fixture
def made(sqlite_application: Application, write_csv: CsvWriter) -> Application:
    """Two vacancies of a file and a person, in one centre."""
    application = sqlite_application
    application.settings.one_time_codes = False
    application.add_centre("Home", "NP")
    application.ingest("returnees", write_csv("people.csv", PERSON), centre="Home")
    application.ingest("vacancies", write_csv("v.csv", ROW, OTHER), source="portal")
    application.refresh()
    return application


def vacancy(application: Application, ref: str) -> Vacancy:
    with application.reading() as session:
        return session.exec(select(Vacancy).where(Vacancy.ref == ref)).one()


def read(page: Browser, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200
    return str(answer.text)


def ask(application: Application, page: Browser) -> str:
    """A pair of the two vacancies; returns its address."""
    here = f"/vacancies/{vacancy(application, 'V-1').id}"
    answer = page.submit(f"{here}/compare", {"with": "V-2"}, page=here)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def with_origin(session: Session, about: uuid.UUID) -> uuid.UUID:
    row = OfferOrigin(
        kind="vacancy", offer_id=about, source="board", ref="B-1", url="https://jobs.example.org/1",
        content_hash="x", first_seen_at=NOW, last_seen_at=NOW, run_id=uuid.uuid4(), original="{}",
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row.id


# --- the pages ------------------------------------------------------------------------------------


def test_a_reviewer_compares_and_makes_two_one_and_back(made: Application) -> None:
    page = browser(made, counsellor(made, "Home"))
    assert "No pair waits" in read(page, "/vacancies/duplicates")
    address = ask(made, page)
    assert "One or two? (1)" in read(page, "/vacancies")
    assert "Shuttering foreman" in read(page, "/vacancies/duplicates")
    text = read(page, address)
    for words in ("<mark>carpenter</mark>", "<mark>foreman</mark>", "the same employer", "One vacancy</button>"):
        assert words in text
    done = page.submit(address, {"answer": "one", "note": "<b>rang</b>"}, page=address)
    assert (done.status_code, done.headers["location"]) == (303, "/vacancies/duplicates")
    text = read(page, "/vacancies/duplicates")
    assert "&lt;b&gt;rang&lt;/b&gt;" in text
    assert "is part of" in text
    refs = {ref: vacancy(made, ref) for ref in ("V-1", "V-2")}
    (kept,) = (row for row in refs.values() if row.status == "open")
    (closed,) = (row for row in refs.values() if row.status == "closed")
    assert "They were made one vacancy." in read(page, address)
    assert f'It is part of another vacancy: <a href="/vacancies/{kept.id}">' in read(
        page, f"/vacancies/{closed.id}"
    )
    action = page.get("/vacancies/duplicates").text.partition('action="/vacancies/decisions/')[2].partition('"')[0]
    undone = page.submit(f"/vacancies/decisions/{action}", {}, page="/vacancies/duplicates")
    assert (undone.status_code, undone.headers["location"]) == (303, f"/vacancies/{kept.id}#offers")
    assert [vacancy(made, ref).status for ref in ("V-1", "V-2")] == ["open", "open"]
    assert "Decided lately" not in read(page, "/vacancies/duplicates")
    with made.reading() as session:
        rows = session.exec(
            select(AuditEvent).where(AuditEvent.subject_id == kept.id).order_by(col(AuditEvent.sequence))
        )
        assert [(row.action, row.subject_kind, row.fields) for row in rows] == [
            ("compare", "vacancy", ""), ("duplicate one", "vacancy", ""), ("duplicate undo", "vacancy", "merge"),
        ]  # fmt: skip


def test_two_vacancies_and_not_now(made: Application) -> None:
    page = browser(made, counsellor(made, "Home"))
    address = ask(made, page)
    assert page.submit(address, {"answer": "later"}, page=address).status_code == 303
    assert "put off" in read(page, "/vacancies/duplicates")
    assert page.submit(address, {"answer": "two"}, page=address).status_code == 303
    text = read(page, "/vacancies/duplicates")
    assert ("No pair waits" in text, "are two vacancies." in text) == (True, True)
    assert "Another vacancy than" in read(page, f"/vacancies/{vacancy(made, 'V-1').id}")


def test_what_has_changed_since_it_was_shown_is_not_decided(made: Application) -> None:
    page = browser(made, counsellor(made, "Home"))
    address = ask(made, page)
    seen = page.get(address).text.partition('name="seen" value="')[2].partition('"')[0]
    wrong = page.submit(address, {"answer": "perhaps", "seen": seen}, page=address)
    assert (wrong.status_code, "Say one, two or later." in wrong.text) == (400, True)
    with made.session() as session:
        session.execute(sa.update(Vacancy).where(col(Vacancy.ref) == "V-2").values(content_hash="another"))
        session.commit()
    stale = page.submit(address, {"answer": "one", "seen": seen}, page=address)
    assert (stale.status_code, "Compare them again." in stale.text) == (409, True)
    assert page.submit(address, {"answer": "two"}, page=address).status_code == 303
    late = page.submit(address, {"answer": "one"}, page=address)
    assert (late.status_code, "has decided about these two meanwhile" in late.text) == (409, True)
    assert vacancy(made, "V-2").status == "open"


def test_what_cannot_be_one_now_says_why(made: Application) -> None:
    page = browser(made, counsellor(made, "Home"))
    address = ask(made, page)
    with made.session() as session:
        session.execute(sa.update(Vacancy).where(col(Vacancy.ref) == "V-2").values(status="held"))
        session.commit()
    text = read(page, address)
    assert ("held for review or withdrawn" in text, "One vacancy</button>" in text) == (True, False)
    refused = page.submit(address, {"answer": "one"}, page=address)
    assert (refused.status_code, "Decide about that first" in refused.text) == (409, True)


def test_a_source_is_taken_out_and_comes_with_the_next_run(made: Application) -> None:
    about = vacancy(made, "V-1").id
    with made.session() as session:
        origin = with_origin(session, about)
    page, here = browser(made, counsellor(made, "Home")), f"/vacancies/{about}"
    text = read(page, here)
    assert '<a href="https://jobs.example.org/1" rel="noopener noreferrer nofollow">board' in text
    done = page.submit(f"{here}/origins/{origin}/split", {"note": "another site"}, page=here)
    assert done.status_code == 303
    assert "stands in sources.toml no more" in read(page, here)
    (made.settings.data / "sources.toml").write_text(
        '[sources.board]\nlicence = "demo"\nkind = "csv"\noffers = "vacancies"\npath = "b.csv"\n', encoding="utf-8"
    )
    assert "The next run over “board”" in read(page, here)
    again = page.submit(f"{here}/origins/{origin}/split", {}, page=here)
    assert (again.status_code, "changed this meanwhile" in again.text) == (409, True)


def test_who_may_not(made: Application) -> None:
    address = ask(made, browser(made, counsellor(made, "Home")))
    for who in (returnee(made, "R-1"), somebody(made, Role.ASSESSOR, centre="Home")):
        page = browser(made, who)
        assert page.get("/vacancies/duplicates").status_code == 403
        assert page.get(address).status_code == 403
        assert "Who offers it" not in read(page, f"/vacancies/{vacancy(made, 'V-1').id}")
        assert "One or two?" not in read(page, "/vacancies")
        with pytest.raises(Forbidden):
            Duplicates(made, who.principal).decide(uuid.UUID(address.rpartition("/")[2]), "one")


@pytest.mark.parametrize(("key", "status"), [("", 400), ("V-9", 404), ("V-1", 409)])
def test_what_cannot_be_compared(made: Application, key: str, status: int) -> None:
    here = f"/vacancies/{vacancy(made, 'V-1').id}"
    page = browser(made, counsellor(made, "Home"))
    assert page.submit(f"{here}/compare", {"with": key}, page=here).status_code == status


def test_another_vacancy_is_named_by_its_address_too(made: Application) -> None:
    one, other = (f"http://127.0.0.1/vacancies/{vacancy(made, ref).id}" for ref in ("V-1", "V-2"))
    page, here = browser(made, counsellor(made, "Home")), one.removeprefix("http://127.0.0.1")
    assert page.submit(f"{here}/compare", {"with": f"{other}/"}, page=here).status_code == 303


# --- programs -------------------------------------------------------------------------------------


def test_a_program_asks_decides_and_undoes(made: Application) -> None:
    actions = ["vacancy.read", "vacancy.review"]
    program = Program(
        make_app(made, limits=Limits(enforced=False)), token_of(made, counsellor(made, "Home"), actions)
    )
    one, other = (str(vacancy(made, ref).id) for ref in ("V-1", "V-2"))
    asked = program.create("/duplicates", {"vacancy_id": one, "with_id": other})
    assert asked.status_code == 201
    pair = asked.json()
    assert {pair["keep"]["ref"], pair["other"]["ref"], pair["decision"], pair["can_be_one"]} == {
        "V-1", "V-2", None, True,
    }  # fmt: skip
    assert {"employer", "title"} <= {reason["part"] for reason in pair["reasons"]}
    (listed,) = program.get("/duplicates").json()["items"]
    assert (listed["id"], listed["put_off_at"]) == (pair["id"], None)
    stale = program.create(f"/duplicates/{pair['id']}/decision", {"answer": "one", "seen": "x"})
    check_problem(stale, 409)
    body = {"answer": "one", "seen": pair["seen"], "note": "I rang them."}
    done = program.create(f"/duplicates/{pair['id']}/decision", body)
    assert (done.status_code, done.json()["decision"], done.json()["note"]) == (200, "same", "I rang them.")
    kept = pair["keep"]["id"]
    (act,) = program.get(f"/vacancies/{kept}/origins").json()["decisions"]
    assert (act["kind"], act["kept_id"], act["other_id"], act["waits"]) == (
        "merge",
        kept,
        pair["other"]["id"],
        None,
    )
    undone = program.create(f"/duplicates/decisions/{act['id']}/undo")
    assert (undone.status_code, undone.json()["id"]) == (200, act["id"])
    check_problem(program.create(f"/duplicates/decisions/{act['id']}/undo"), 409)
    assert program.get(f"/duplicates/{pair['id']}").json()["decision"] is None
    check_problem(program.get(f"/duplicates/{uuid.uuid4()}"), 404)


def test_a_program_takes_a_source_out(made: Application) -> None:
    about = vacancy(made, "V-1").id
    with made.session() as session:
        origin = with_origin(session, about)
    token = token_of(made, counsellor(made, "Home"), ["vacancy.read", "vacancy.review"])
    program = Program(make_app(made, limits=Limits(enforced=False)), token)
    (listed,) = program.get(f"/vacancies/{about}/origins").json()["origins"]
    assert (listed["source"], listed["ref"], listed["shown"], listed["gone"]) == ("board", "B-1", False, False)
    act = program.create(f"/vacancies/{about}/origins/{origin}/split", {"note": "another site"}).json()
    assert (act["kind"], act["other_id"], act["waits"], act["note"]) == ("split", None, "no source", "another site")
    assert program.get(f"/vacancies/{about}/origins").json()["origins"] == []
