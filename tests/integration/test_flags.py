"""Vacancies that may be a trap: held or marked when they are stored, decided by people, never shown unmarked."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from api_client import Program
from conftest import NOW, CsvWriter
from people import Browser, browser, counsellor, desk, employer, id_of, returnee, somebody, token_of
from sqlmodel import SQLModel, col, select

from api.app import make_app
from api.application import Application
from api.employers import EmployerDesk
from api.limits import Limits
from api.models import AuditEvent
from api.review import Review
from api.review_wording import CHANGE, FIELDS, marked_texts, segments
from jobs_ingest import flag_finding
from jobs_ingest.flag_finding import is_overseas
from jobs_ingest.flags import flags_of
from jobs_ingest.flags_models import VacancyCheck, VacancyFlag
from jobs_ingest.models import Vacancy
from jobs_ingest.safeguards import Kind, Where
from profiling.access import Role
from profiling.errors import Conflict, Forbidden, InputError, NotFound

FEE = "Candidates pay a registration fee of Rs 2,000 before joining."
ROW = {
    "ref": "V-1", "title": "Bricklayer", "employer": "Himal Builders Pvt. Ltd.", "country": "Nepal",
    "district": "Kaski", "essential_skills": "brick laying", "posted_on": "2026-11-01",
}  # fmt: skip
PERSON = {
    "ref": "R-1", "given_name": "Maya", "family_name": "Family", "sex": "female",
    "home_country": "NP", "home_district": "Kaski",
    "job1_title": "Bricklayer", "job1_country": "QA", "job1_from": "2018-01", "job1_to": "2021-06",
    "consent_matching": "yes", "consent_employers": "yes", "consent_on": "2026-10-01",
}  # fmt: skip


@pytest.fixture
def made(application: Application, write_csv: CsvWriter) -> Application:
    """A centre in Nepal with one person who agreed to everything."""
    application.settings.one_time_codes = False
    application.add_centre("Home", "NP")
    application.ingest("returnees", write_csv("people.csv", PERSON), centre="Home")
    return application


def take(application: Application, write_csv: CsvWriter, *rows: dict[str, str]) -> None:
    report = application.ingest("vacancies", write_csv("v.csv", *rows), source="portal")
    assert report.rejected == 0
    application.refresh()


def state(application: Application, ref: str = "V-1") -> tuple[str, str | None]:
    with application.reading() as session:
        row = session.exec(select(Vacancy).where(Vacancy.ref == ref)).one()
        return row.status, row.held_reason


def vacancy_id(application: Application, ref: str = "V-1") -> uuid.UUID:
    with application.reading() as session:
        return session.exec(select(Vacancy.id).where(Vacancy.ref == ref)).one()


def flags(application: Application, ref: str = "V-1") -> list[VacancyFlag]:
    with application.reading() as session:
        about = session.exec(select(Vacancy.id).where(Vacancy.ref == ref)).one()
        return flags_of(session, [about]).get(about, [])


def found(application: Application, ref: str = "V-1") -> list[tuple[str, str, str, str]]:
    return [(flag.kind, flag.severity, flag.field, flag.words) for flag in flags(application, ref)]


def reviewer(application: Application) -> Review:
    return Review(application, counsellor(application, "Home").principal)


def jobs(application: Application) -> list[str]:
    answer = desk(application, "Home").match("R-1", jobs=50)
    return sorted(job.vacancy.ref for job in answer.jobs)


# --- found when it is stored ----------------------------------------------------------------------


def test_a_fee_holds_an_open_vacancy_and_names_why(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE}, ROW | {"ref": "V-2"})
    assert state(made) == ("held", "The worker is asked to pay")
    (flag,) = flags(made)
    assert (flag.kind, flag.severity, flag.field) == ("fee", "hold", "description")
    assert FEE[flag.start : flag.end] == flag.words != ""
    assert (state(made, "V-2"), found(made, "V-2")) == (("open", None), [])


def test_a_sex_restriction_marks_and_filters_nobody(made: Application, write_csv: CsvWriter) -> None:
    take(
        made,
        write_csv,
        ROW | {"title": "Bricklayer (male preferred)"},
        ROW | {"ref": "V-2", "title": "Bricklayer (male only)"},
    )
    assert [state(made, ref)[0] for ref in ("V-1", "V-2")] == ["open", "held"]
    assert found(made) == [("sex", "note", "title", "male preferred")]
    (only,) = flags(made, "V-2")
    reviewer(made).decide(only.vacancy_id, only.id, "harmless", "a night post in a hostel for men, by law")
    assert jobs(made) == ["V-1", "V-2"]  # for a woman


@pytest.mark.parametrize("column", ["essential_skills", "wished_skills"])
def test_words_in_a_list_are_found_in_their_item(made: Application, write_csv: CsvWriter, column: str) -> None:
    take(made, write_csv, ROW | {"description": "Walls.", column: f"brick laying; {FEE}; plastering"})
    field = column.replace("skills", "text")
    (flag,) = flags(made)
    assert flag.field == field
    with made.reading() as session:
        row = session.exec(select(Vacancy)).one()
        assert "\n".join(getattr(row, field))[flag.start : flag.end] == flag.words
        texts = marked_texts(row, [(flag.field, flag.start, flag.end)])
    items = texts.essential if field == "essential_text" else texts.wished
    assert [[piece for piece, marked in item if marked] for item in items] == [[], [flag.words], []]


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"country": "Qatar"}, [("licence", "note")]),
        ({"country": "Qatar", "description": "Licence No. 123/064/065. Demand approved, LT No. 234567."}, []),
        ({"country": "India"}, []),
        ({"country": ""}, []),
        ({"employer": ""}, [("no_employer", "note")]),
        ({"pay_max": "90000", "pay_currency": "NPR", "pay_period": "month"}, []),
        ({"pay_max": "90000", "pay_currency": "NPR", "pay_period": "day"}, [("pay", "hold")]),
    ],
)
def test_fields_are_read_with_what_is_known(
    made: Application, write_csv: CsvWriter, change: dict[str, str], kinds: list[tuple[str, str]]
) -> None:
    take(made, write_csv, ROW | change)
    assert [(kind, severity) for kind, severity, _, _ in found(made)] == kinds
    assert state(made)[0] == ("held" if ("hold" in dict(kinds).values()) else "open")


def test_overseas_is_where_no_centre_is() -> None:
    assert is_overseas("QA", {"NP", "BD"}) is True
    assert is_overseas("BD", {"NP", "BD"}) is False
    assert is_overseas("IN", {"NP"}) is False
    assert is_overseas("IN", {"BD"}) is True
    assert is_overseas(None, {"NP"}) is None
    assert is_overseas("QA", set()) is None


def test_what_its_source_has_not_open_stays_as_it_is(made: Application, write_csv: CsvWriter) -> None:
    closed = ROW | {"description": FEE, "status": "closed"}
    held = ROW | {"ref": "V-2", "status": "held", "held_reason": "asks for a copy of the passport"}
    take(made, write_csv, closed, held)
    assert (state(made), found(made)[0][0]) == (("closed", None), "fee")
    assert state(made, "V-2") == ("held", "asks for a copy of the passport")
    with made.session() as session:
        session.execute(sa.update(VacancyCheck).values(rules="older"))
        session.commit()
    made.refresh()
    assert state(made, "V-2") == ("held", "asks for a copy of the passport")


def test_other_rules_look_at_everything_again(
    made: Application, write_csv: CsvWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    with made.session() as session:
        session.execute(sa.delete(VacancyFlag))
        session.execute(sa.update(Vacancy).values(status="open", held_reason=None))
        session.execute(sa.update(VacancyCheck).values(made=None))
        session.commit()
    assert made.refresh().recoded == 0
    assert state(made)[0] == "open"
    monkeypatch.setattr(flag_finding, "_rules", lambda: "other")
    assert made.refresh().recoded == 1
    assert (state(made)[0], len(found(made))) == ("held", 1)
    assert jobs(made) == []
    assert made.refresh().recoded == 0


def test_a_new_centre_abroad_looks_again(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"country": "Bangladesh"})
    assert state(made) == ("open", None)
    assert [(flag.kind, flag.severity) for flag in flags(made)] == [("licence", "note")]
    made.add_centre("Dhaka", "BD")
    made.refresh()
    assert (state(made), found(made)) == (("open", None), [])


# --- decided by people ----------------------------------------------------------------------------


def test_release_opens_and_confirming_holds_again(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    about, review = vacancy_id(made), reviewer(made)
    assert jobs(made) == []
    review.decide(about, flags(made)[0].id, "harmless", "The firm pays it back in cash the same day; I saw it.")
    assert (state(made), jobs(made)) == (("open", None), ["V-1"])
    (flag,) = flags(made)
    assert (flag.decision, flag.decided_at, flag.decided_by) == ("harmless", NOW, review.principal.account_id)
    review.decide(about, flag.id, "confirmed", "")
    assert (state(made), jobs(made)) == (("held", "The worker is asked to pay"), [])
    with made.reading() as session:
        rows = session.exec(
            select(AuditEvent).where(AuditEvent.subject_id == about).order_by(col(AuditEvent.sequence))
        )
        assert [(row.action, row.subject_kind, row.fields) for row in rows] == [
            ("review harmless", "vacancy", "fee:description"), ("review confirmed", "vacancy", "fee:description"),
        ]  # fmt: skip
        assert made.verify_audit() > 0


def test_it_is_open_only_when_no_other_hold_stands(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": f"{FEE} The company keeps the passports of all workers."})
    review = reviewer(made)
    documents, fee = sorted(flags(made), key=lambda flag: flag.kind)
    review.decide(fee.vacancy_id, fee.id, "harmless", "asked")
    assert state(made)[0] == "held"
    review.decide(fee.vacancy_id, documents.id, "harmless", "a copy is meant")
    assert state(made) == ("open", None)


def test_withdrawing_and_back(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    (flag,), review = flags(made), reviewer(made)
    review.decide(flag.vacancy_id, flag.id, "withdrawn", "the firm insists")
    assert state(made) == ("withdrawn", None)
    for again in ({"openings": "5"}, {"description": "Walls."}):
        take(made, write_csv, ROW | {"description": FEE} | again)
        assert state(made) == ("withdrawn", None)
    assert found(made) == [("fee", "hold", "description", flag.words)]
    review.decide(flag.vacancy_id, flag.id, "confirmed", "")
    assert state(made) == ("held", "The worker is asked to pay")
    review.decide(flag.vacancy_id, flag.id, "withdrawn", "")
    review.decide(flag.vacancy_id, flag.id, "harmless", "they changed their mind")
    assert state(made) == ("open", None)


def test_a_decision_stays_for_the_same_words_and_no_longer(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    (flag,), review = flags(made), reviewer(made)
    review.decide(flag.vacancy_id, flag.id, "harmless", "asked")
    take(made, write_csv, ROW | {"description": f"Walls in Pokhara. {FEE}", "openings": "3"})
    (again,) = flags(made)
    assert (again.decision, again.note, again.decided_at) == ("harmless", "asked", NOW)
    assert (again.start > flag.start, state(made)) == (True, ("open", None))
    take(made, write_csv, ROW | {"description": "Candidates pay a visa charge of Rs 90,000 before joining."})
    (other,) = flags(made)
    assert (other.decision, state(made)[0]) == (None, "held")
    take(made, write_csv, ROW | {"description": "Walls in Pokhara."})
    assert (flags(made), state(made)) == ([], ("open", None))


@pytest.mark.parametrize(
    ("change", "decision"),
    [({"openings": "7"}, "harmless"), ({"employer": "Gulf Dreams"}, None), ({"country": "SA"}, None)],
)
def test_what_is_missing_was_judged_for_one_employer_and_country(
    made: Application, write_csv: CsvWriter, change: dict[str, str], decision: str | None
) -> None:
    take(made, write_csv, ROW | {"country": "Qatar"})
    (flag,) = flags(made)
    reviewer(made).decide(flag.vacancy_id, flag.id, "harmless", "hires itself, seen")
    take(made, write_csv, ROW | {"country": "Qatar"} | change)
    (again,) = flags(made)
    assert again.decision == decision


def test_a_source_that_closes_a_held_vacancy_is_believed(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    take(made, write_csv, ROW | {"description": FEE, "status": "filled"})
    assert state(made) == ("filled", None)
    (flag,) = flags(made)
    reviewer(made).decide(flag.vacancy_id, flag.id, "harmless", "asked")
    assert state(made) == ("filled", None)
    with pytest.raises(Conflict, match="can be withdrawn here"):
        reviewer(made).decide(flag.vacancy_id, flag.id, "withdrawn", "")


def test_who_may_not_and_what_is_wrong(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    (flag,), review = flags(made), reviewer(made)
    with pytest.raises(InputError, match="why it is harmless"):
        review.decide(flag.vacancy_id, flag.id, "harmless", "  ")
    with pytest.raises(InputError, match="harmless or confirmed"):
        review.decide(flag.vacancy_id, flag.id, "perhaps", "x")
    with pytest.raises(InputError, match="under 500"):
        review.decide(flag.vacancy_id, flag.id, "harmless", "x" * 501)
    with pytest.raises(NotFound, match="no such mark"):
        review.decide(flag.vacancy_id, uuid.uuid4(), "harmless", "x")
    for role in (Role.ASSESSOR, Role.ADMINISTRATOR):
        who = somebody(made, role, centre="Home" if role is Role.ASSESSOR else None)
        with pytest.raises(Forbidden):
            Review(made, who.principal).decide(flag.vacancy_id, flag.id, "harmless", "x")
    assert (flags(made)[0].decision, state(made)[0]) == (None, "held")


# --- who sees what --------------------------------------------------------------------------------


def read(page: Browser, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_reviewer_reads_the_words_and_decides_on_the_page(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE}, ROW | {"ref": "V-2", "title": "Mason (male preferred)"})
    (flag,), who = flags(made), counsellor(made, "Home")
    page = browser(made, who)
    listing = read(page, "/vacancies")
    assert "Held for review (1)" in listing
    assert "Open and marked (1)" in listing
    held = read(page, "/vacancies?show=held")
    assert (held.count('<th scope="row">'), "Bricklayer" in held, "The worker is asked to pay" in held) == (
        1,
        True,
        True,
    )
    assert "Mason (male preferred)" in read(page, "/vacancies?show=marked")
    assert page.get("/vacancies?show=other").status_code == 400
    text = read(page, f"/vacancies/{flag.vacancy_id}")
    assert f"<mark>{flag.words}</mark>" in text
    for words in ("The worker is asked to pay", "Nobody should have to buy a job", "Ask the employer in writing"):
        assert words in text
    address = f"/vacancies/{flag.vacancy_id}/marks/{flag.id}"
    refused = page.submit(address, {"answer": "harmless", "note": ""}, page=f"/vacancies/{flag.vacancy_id}")
    assert (refused.status_code, "why it is harmless" in refused.text) == (400, True)
    done = page.submit(address, {"answer": "harmless", "note": "<b>seen</b>"}, page=f"/vacancies/{flag.vacancy_id}")
    assert done.status_code == 303
    text = read(page, f"/vacancies/{flag.vacancy_id}")
    assert "&lt;b&gt;seen&lt;/b&gt;" in text
    assert "Decide again to undo it" in text
    assert "<mark>" not in text.partition("As published")[2]
    assert "No vacancy waits here" in read(page, "/vacancies?show=held")


def test_a_returnee_never_sees_a_held_one_and_sees_what_is_marked(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE}, ROW | {"ref": "V-2", "title": "Mason (male preferred)"})
    page = browser(made, returnee(made, "R-1"))
    (fee,), (sex,) = flags(made), flags(made, "V-2")
    matches = read(page, f"/returnees/{id_of(made, 'R-1')}/matches")
    assert (str(fee.vacancy_id) in matches, str(sex.vacancy_id) in matches) == (False, True)
    assert "Only for one sex" in matches
    listing = read(page, "/vacancies?show=held")
    assert ("Bricklayer" in listing, "Mason (male preferred)" in listing, "Held for review (" in listing) == (
        False, True, False,
    )  # fmt: skip
    assert '<span class="status held">marked</span>' in listing
    assert page.get(f"/vacancies/{fee.vacancy_id}").status_code == 404
    text = read(page, f"/vacancies/{sex.vacancy_id}")
    assert ("Only for one sex" in text, f"<mark>{sex.words}</mark>" in text, "/marks/" in text) == (
        True,
        True,
        False,
    )


def test_a_returnees_program_reads_marks_and_no_held_one(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE}, ROW | {"ref": "V-2", "title": "Mason (male preferred)"})
    who, (fee,), (sex,) = returnee(made, "R-1"), flags(made), flags(made, "V-2")
    app = make_app(made, limits=Limits(enforced=False))
    program = Program(app, token_of(made, who, ["vacancy.read", "case.match"]))
    told = {
        "vacancy_id": str(sex.vacancy_id), "kind": "sex", "severity": "note", "field": "title",
        "words": "male preferred",
    }  # fmt: skip
    (listed,) = program.get("/vacancies").json()["items"]
    assert (listed["ref"], listed["marks"]) == ("V-2", [told])
    assert program.get(f"/vacancies/{fee.vacancy_id}").status_code == 404
    assert program.get(f"/vacancies/{sex.vacancy_id}").json()["vacancy"]["marks"] == [told]
    answer = program.get(f"/returnees/{id_of(made, 'R-1')}/matches").json()
    assert ([job["ref"] for job in answer["found"]["jobs"]], answer["marks"]) == (["V-2"], [told])


def test_harmless_is_no_longer_told(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"title": "Mason (male preferred)"})
    (flag,) = flags(made)
    reviewer(made).decide(flag.vacancy_id, flag.id, "harmless", "a hostel for men, agreed")
    page = browser(made, returnee(made, "R-1"))
    assert "Only for one sex" not in read(page, f"/returnees/{id_of(made, 'R-1')}/matches")
    assert "Only for one sex" not in read(page, f"/vacancies/{flag.vacancy_id}")


# --- the employer ---------------------------------------------------------------------------------

POST = {"title": "Bricklayer", "country": "Nepal", "district": "Kaski", "essential_skills": "brick laying"}


def test_an_employer_reads_why_and_changes_it(made: Application) -> None:
    who = employer(made, "Builders")
    page = browser(made, who)
    answer = page.submit("/employer", POST | {"description": FEE, "openings": "4"}, page="/employer")
    address = answer.headers["location"]
    about = uuid.UUID(address.rpartition("/")[2])
    text = read(page, address)
    for words in ("Why it is held", "The worker is asked to pay", "take the charge out of the text", "Change it"):
        assert words in text
    assert "Ask to be put in touch</button>" not in text
    assert f'maxlength="4000">{FEE}</textarea>' in text
    assert 'name="openings" value="4"' in text
    assert EmployerDesk(made, who.principal).candidates(about) == []
    still = page.submit(address, POST | {"description": f"Walls. {FEE}"}, page=address)
    assert (still.status_code, "Why it is held" in read(page, address)) == (303, True)
    wrong = page.submit(address, POST | {"description": "Walls.", "pay_min": "much"}, page=address)
    assert (wrong.status_code, "pay_min" in wrong.text) == (400, True)
    done = page.submit(address, POST | {"description": "Walls."}, page=address)
    assert done.status_code == 303
    text = read(page, address)
    assert ("Why it is held" in text, "Ask to be put in touch" in text) == (False, True)
    with made.reading() as session:
        row = session.exec(select(Vacancy)).one()
        assert (row.id, row.status, row.held_reason, row.description, row.openings) == (
            about,
            "open",
            None,
            "Walls.",
            None,
        )
    late = page.submit(address, POST | {"description": "Other walls."}, page="/employer")
    assert (late.status_code, "Only a vacancy that is held" in late.text) == (409, True)


def test_a_change_keeps_what_the_form_does_not_name(made: Application) -> None:
    own = EmployerDesk(made, employer(made, "Builders").principal)
    told = POST | {
        "description": FEE, "languages": "Nepali:working; Hindi:basic", "accommodation": "yes",
        "contract": "seasonal", "experience_years": "1.5", "pay_min": "30000", "pay_currency": "NPR",
        "pay_period": "month",
    }  # fmt: skip
    about = own.post(told).id
    changed = own.change(about, {"description": "Walls.", "experience_years": ""})
    assert (changed.status, changed.languages, changed.contract) == (
        "open", {"ne": "working", "hi": "basic"}, "seasonal",
    )  # fmt: skip
    assert (changed.accommodation, changed.experience_years) == (True, None)
    assert (changed.pay_min, changed.pay_currency, changed.essential_text) == (30000.0, "NPR", ["brick laying"])


def test_only_own_posts_that_are_held_can_be_changed(made: Application, write_csv: CsvWriter) -> None:
    first, second = (EmployerDesk(made, employer(made, name).principal) for name in ("First", "Second"))
    about = first.post(POST | {"description": FEE}).id
    with pytest.raises(NotFound):
        second.change(about, {"description": "Walls."})
    with pytest.raises(Conflict):
        first.ask(about, uuid.uuid4())
    open_one = first.post(POST | {"title": "Mason"}).id
    with pytest.raises(Conflict, match="Only a vacancy that is held"):
        first.change(open_one, {"description": "Walls."})
    (flag,) = flags(made, ref_of(made, about))
    reviewer(made).decide(about, flag.id, "withdrawn", "")
    with pytest.raises(Conflict, match="Only a vacancy that is held"):
        first.change(about, {"description": "Walls."})


def ref_of(application: Application, about: uuid.UUID) -> str:
    with application.reading() as session:
        return session.get_one(Vacancy, about).ref


def test_an_employer_sees_no_held_vacancy_of_others(made: Application, write_csv: CsvWriter) -> None:
    take(made, write_csv, ROW | {"description": FEE})
    page = browser(made, employer(made, "Builders"))
    assert page.get(f"/vacancies/{vacancy_id(made)}").status_code == 404
    assert "Bricklayer" not in read(page, "/vacancies")


# --- words ----------------------------------------------------------------------------------------


def test_every_kind_and_field_has_its_words() -> None:
    assert set(CHANGE) == set(Kind)
    assert set(FIELDS) == {where.value for where in Where} | {"essential_text", "wished_text"}


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], [("abcdef", False)]),
        ([(0, 2)], [("ab", True), ("cdef", False)]),
        ([(1, 3), (2, 5)], [("a", False), ("bc", True), ("de", True), ("f", False)]),
        ([(4, 90)], [("abcd", False), ("ef", True)]),
        ([(-5, -1), (7, 9), (3, 3)], [("abcdef", False)]),
    ],
)
def test_a_text_is_cut_at_its_marks(spans: list[tuple[int, int]], pieces: list[tuple[str, bool]]) -> None:
    assert list(segments("abcdef", spans)) == pieces


def test_nothing_of_a_returnee_is_kept() -> None:
    tables = [SQLModel.metadata.tables[name] for name in ("vacancy_flag", "vacancy_check")]
    names = {column.name for table in tables for column in table.columns}
    assert not {name for name in names if "returnee" in name or "person" in name}
    keys = {key.target_fullname for table in tables for key in table.foreign_keys}
    assert keys == {"vacancy.id"}
