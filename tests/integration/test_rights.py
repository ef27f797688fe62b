"""What a person may ask of their own record, and what a counsellor may write down for them."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import people
import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter
from sqlmodel import SQLModel, select

from api import exporting
from api.access_log import LogLine, log_sentence
from api.application import Application
from api.models import AuditEvent, ContactRequest, Disclosure
from api.policy import Action
from api.rights import Rights
from jobs_ingest.models import Employer, Vacancy
from matching.models import DocumentVector
from profiling.access import Role
from profiling.consent import ConsentWord
from profiling.errors import Conflict, Forbidden, InputError, NotFound
from profiling.identity import ProtectionNote
from profiling.matching_view import matchable_returnees
from profiling.models import ConsentEvent, FieldSet, Purpose

ROW = {
    "ref": "R-1", "given_name": "Qzgiven", "family_name": "Qzfamily", "sex": "male", "birth_date": "1990-04-02",
    "phone": "980-QZPHONE", "home_country": "NP", "home_district": "Kaski", "registered_on": "2026-10-01",
    "job1_title": "Mason", "job1_country": "QA", "job1_employer": "Qzboss Ltd", "job1_duties": "laid bricks",
    "skills": "bricklaying",
    "credential1_title": "Masonry level 2", "credential1_number": "QZNUMBER-7",
    "reference1_name": "Qzreferee", "reference1_contact": "qz@example.org", "reference1_job": "1",
    "consent_matching": "yes", "consent_on": "2026-10-01",
}  # fmt: skip
SPOKEN = {"how": "spoken", "witness": "A neighbour", "assisted_by": "Staff", "language": "ne"}
MATCHING = ConsentWord(Purpose.MATCHING, True, how="signature", language="ne")
DAY = timedelta(days=1)


@pytest.fixture
def person(application: Application, write_csv: CsvWriter) -> uuid.UUID:
    application.add_centre("Home", "NP")
    application.add_centre("Away", "NP")
    other = {**ROW, "ref": "R-2", "given_name": "Other"}
    report = application.ingest("returnees", write_csv("people.csv", ROW, other), centre="Home")
    assert report.new == 2
    return people.id_of(application, "R-1")


@pytest.fixture
def desk(application: Application, person: uuid.UUID) -> Rights:
    return Rights(application, people.counsellor(application, "Home").principal)


@pytest.fixture
def own(application: Application, person: uuid.UUID) -> Rights:
    return Rights(application, people.returnee(application, "R-1").principal)


def head(application: Application, centre: str = "Home") -> Rights:
    return Rights(application, people.counsellor(application, centre, Role.HEAD).principal)


def offer(application: Application, name: str = "Builders") -> tuple[uuid.UUID, uuid.UUID]:
    """An employer and a vacancy of theirs."""
    with application.session() as session:
        employer = Employer(name=name, country="NP")
        session.add(employer)
        session.flush()
        vacancy = Vacancy(
            source=name, ref="V-1", content_hash="", coding="", title="Mason wanted", district="Kaski",
            country="NP", employer_id=employer.id,
        )  # fmt: skip
        session.add(vacancy)
        session.commit()
        return employer.id, vacancy.id


def ask(application: Application, person: uuid.UUID, offered: tuple[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    with application.session() as session:
        request = ContactRequest(
            returnee_id=person, employer_id=offered[0], vacancy_id=offered[1], candidate=uuid.uuid4(),
            asked_by=uuid.uuid4(), asked_at=NOW,
        )  # fmt: skip
        session.add(request)
        session.commit()
        return request.id


def matchable(application: Application, desk: Rights) -> list[uuid.UUID]:
    with application.reading() as session:
        return matchable_returnees(session, desk.principal, NOW)


def trail(application: Application) -> list[tuple[str, str]]:
    with application.reading() as session:
        found = session.exec(select(AuditEvent).order_by(AuditEvent.sequence))  # type: ignore[arg-type]
        return [(event.action, event.fields) for event in found]


# --- consent --------------------------------------------------------------------------------------


def test_a_withdrawal_with_the_least_data_acts_at_once_and_takes_the_vector(
    application: Application, desk: Rights, person: uuid.UUID
) -> None:
    application.refresh()
    other = people.id_of(application, "R-2")
    event = desk.say(person, ConsentWord(Purpose.MATCHING, False))
    assert (event.granted, event.recorded_by, event.given_on) == (False, desk.principal.account_id, None)
    with application.reading() as session:
        assert matchable_returnees(session, desk.principal, NOW) == [other]
        assert list(session.scalars(sa.select(DocumentVector.owner_id))) == [other]  # type: ignore[call-overload]
    assert [word.granted for word in desk.consents(person)] == [True, False]
    assert trail(application)[-2:] == [("consent", "matching"), ("read", "consent")]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"how": None}, "how"),
    ({"how": "telepathy"}, "how"),
    ({"how": "own session"}, "how"),
    ({"how": "spoken", "assisted_by": "Staff"}, "witness"),
    ({"how": "spoken", "witness": " ", "assisted_by": "Staff"}, "witness"),
    ({"how": "spoken", "witness": "W"}, "assisted_by"),
    ({"how": "thumbprint"}, "assisted_by"),
    ({"language": None}, "language"),
    ({"language": "x" * 201}, "language"),
    ({"notice_version": ""}, "notice_version"),
    ({"given_on": date(2026, 11, 21)}, "given_on"),
    ({"expires_at": NOW}, "expires_at"),
    ({"expires_at": (NOW + DAY).replace(tzinfo=None)}, "expires_at"),
    ({"field_set": "everything"}, "field_set"),
    ({"recipient": uuid.uuid4()}, "recipient"),
    ({"purpose": Purpose.SHARING}, "recipient"),
]


def test_a_yes_that_is_not_complete_is_refused_and_changes_nothing(
    application: Application, desk: Rights, person: uuid.UUID
) -> None:
    for change, field in WRONG:
        with pytest.raises(InputError, match=rf"^{field}: "):
            desk.say(person, replace(MATCHING, **change))
    assert len(desk.consents(person)) == 1
    assert not [what for what, _ in trail(application) if what == "consent"]


def test_a_no_is_taken_whatever_else_is_wrong_with_it(
    application: Application, desk: Rights, person: uuid.UUID
) -> None:
    for change, _ in WRONG:
        desk.say(person, MATCHING)
        event = desk.say(person, replace(MATCHING, **{**change, "granted": False, "purpose": Purpose.MATCHING}))
        assert (event.granted, event.given_on, event.expires_at, event.recipient) == (False, None, None, None)
        assert matchable(application, desk) == [people.id_of(application, "R-2")]


def test_ways_of_saying_yes(application: Application, desk: Rights, own: Rights, person: uuid.UUID) -> None:
    spoken = desk.say(person, ConsentWord(Purpose.STATISTICS, True, **SPOKEN))
    assert (spoken.how, spoken.witness, spoken.assisted_by, spoken.given_on) == (
        "spoken", "A neighbour", "Staff", NOW.date(),
    )  # fmt: skip
    until = NOW + 30 * DAY
    mine = own.say(
        person, ConsentWord(Purpose.MATCHING, True, field_set=FieldSet.EMPLOYERS.value, expires_at=until)
    )
    assert (mine.how, mine.field_set, mine.expires_at) == ("own session", "passport,pseudonymous", until)
    assert mine.recorded_by == own.principal.account_id
    with pytest.raises(InputError, match="card"):
        own.say(person, ConsentWord(Purpose.FOLLOW_UP, True, how="spoken", witness="W"))


def test_an_old_paper_does_not_win_over_a_later_no(desk: Rights, person: uuid.UUID) -> None:
    desk.say(person, ConsentWord(Purpose.MATCHING, False))
    with pytest.raises(Conflict, match="2026-11-20"):
        desk.say(person, replace(MATCHING, given_on=date(2026, 11, 19)))
    assert desk.say(person, replace(MATCHING, given_on=date(2026, 11, 20))).granted


def test_a_no_is_dated_by_the_day_it_is_written_down_so_that_a_file_does_not_win(
    application: Application, desk: Rights, person: uuid.UUID, write_csv: CsvWriter
) -> None:
    event = desk.say(person, ConsentWord(Purpose.MATCHING, False, given_on=date(2026, 1, 1)))
    assert event.given_on is None
    late = write_csv("late.csv", {**ROW, "home_district": "Gorkha", "consent_on": "2026-11-19"})
    with application.session() as session:
        held = session.get_one(ConsentEvent, event.sequence)
        assert held.recorded_at == NOW
    assert application.ingest("returnees", late, centre="Home").changed == 1
    assert [word.granted for word in desk.consents(person)] == [True, False]


def test_sharing_names_one_employer_one_vacancy_and_fields(
    application: Application, desk: Rights, person: uuid.UUID
) -> None:
    one, two = offer(application), offer(application, "Painters")
    word = ConsentWord(
        Purpose.SHARING, True, field_set="phone, name,phone", recipient=one[0], vacancy_id=one[1], **SPOKEN
    )
    assert desk.say(person, word).field_set == "name,phone"
    for fields in ("", "passport", "name,birth_date"):
        with pytest.raises(InputError, match=r"^fields: "):
            desk.say(person, replace(word, field_set=fields))
    for change in ({"vacancy_id": two[1]}, {"recipient": uuid.uuid4()}, {"vacancy_id": uuid.uuid4()}):
        with pytest.raises(NotFound):
            desk.say(person, replace(word, **change))
    desk.say(person, replace(word, recipient=two[0], vacancy_id=two[1]))
    # Without naming anybody, everything is taken back.
    desk.say(person, ConsentWord(Purpose.SHARING, False))
    last = [(word.recipient, word.vacancy_id, word.granted) for word in desk.consents(person)][-2:]
    assert sorted(last, key=str) == sorted([(*one, False), (*two, False)], key=str)


def test_who_may_say(application: Application, own: Rights, person: uuid.UUID) -> None:
    foreign = Rights(application, people.counsellor(application, "Away").principal)
    with pytest.raises(NotFound):
        foreign.say(person, ConsentWord(Purpose.MATCHING, False))
    assessor = Rights(application, people.counsellor(application, "Home", Role.ASSESSOR).principal)
    with pytest.raises(Forbidden):
        assessor.say(person, ConsentWord(Purpose.MATCHING, False))
    with pytest.raises(NotFound):
        own.say(people.id_of(application, "R-2"), ConsentWord(Purpose.MATCHING, False))
    assert [what for what, _ in trail(application)].count(f"refused {Action.CONSENT_WRITE}") == 3


# --- notes ----------------------------------------------------------------------------------------


def test_notes_are_sealed_and_for_the_centre_alone(
    application: Application, desk: Rights, own: Rights, person: uuid.UUID
) -> None:
    desk.add_note(person, "  Owes the agent QZDEBT. ")
    desk.add_note(person, "Second.")
    # The clock of the test stands still, so that the two are of the same moment.
    assert {note.text for note in desk.notes(person)} == {"Owes the agent QZDEBT.", "Second."}
    assert desk.notes(person)[0].author_id == desk.principal.account_id
    with application.reading() as session:
        assert all(b"QZDEBT" not in row.text for row in session.exec(select(ProtectionNote)))
    with pytest.raises(Forbidden):
        own.notes(person)
    with pytest.raises(NotFound):
        Rights(application, people.counsellor(application, "Away").principal).notes(person)
    for text in (" ", "x" * 10_001):
        with pytest.raises(InputError, match=r"^text: "):
            desk.add_note(person, text)


# --- the log --------------------------------------------------------------------------------------


def test_the_person_sees_who_looked_in_plain_words(
    application: Application, desk: Rights, own: Rights, person: uuid.UUID
) -> None:
    desk.consents(person)
    with pytest.raises(NotFound):
        Rights(application, people.counsellor(application, "Away").principal).consents(person)
    own.consents(person)
    lines = own.access_log(person)
    assert [log_sentence(line) for line in lines] == [
        "You looked at what you allow.",
        "A counsellor (Away) tried to open your record and was turned away; nothing was shown.",
        "A counsellor (Home) looked at what you allow.",
        "The computer took your record in from a file.",
    ]
    assert [line.who for line in lines] == ["you", "counsellor", "counsellor", "machine"]
    assert log_sentence(own.access_log(person)[0]) == "You looked at this list."
    assert [line.sequence for line in own.access_log(person, count=1, before_sequence=lines[2].sequence)] == [
        lines[3].sequence
    ]
    with pytest.raises(InputError, match=r"^count: "):
        own.access_log(person, count=0)
    with pytest.raises(Forbidden):
        desk.access_log(person)
    assert len(head(application).access_log(person)) == 8


def test_the_log_names_no_member_of_staff(
    application: Application, desk: Rights, own: Rights, person: uuid.UUID
) -> None:
    desk.consents(person)
    text = repr(own.access_log(person))
    assert "Fictional" not in text
    assert "@example.org" not in text
    assert str(desk.principal.account_id) not in text


def test_every_action_of_the_trail_has_its_words() -> None:
    assert log_sentence(LogLine(1, NOW, "counsellor", "Home", "?")) == (
        "A counsellor (Home) did something with your record."
    )
    # What is recorded of a returnee anywhere in the program, as it stands in the source.
    source = "".join(path.read_text() for path in sorted(Path(exporting.__file__).parent.rglob("*.py")))
    lines = re.findall(r'\brecord\(\s*session, (?:actor, |_SYSTEM, |"system", )?"([^"]+)", (.+)', source)
    actions = {action for action, rest in lines if not re.search('"(account|vacancy)"', rest)}
    assert {"read", "list", "change", "import", "consent", "erase", "glass broken"} <= actions
    assert not {a for a in actions if "did something" in log_sentence(LogLine(1, NOW, "head", "", a))}


# --- card -----------------------------------------------------------------------------------------


def test_a_card_is_issued_and_a_second_one_replaces_its_code(
    application: Application, desk: Rights, own: Rights, person: uuid.UUID
) -> None:
    first, second = desk.issue_card(person), desk.issue_card(person)
    assert (first.account_id, first.login) == (second.account_id, second.login)
    assert first.code != second.code
    assert own.principal.account_id == first.account_id
    with pytest.raises(Forbidden):
        own.issue_card(person)


# --- employers ------------------------------------------------------------------------------------


def test_a_person_answers_an_employer_and_takes_it_back(
    application: Application, own: Rights, person: uuid.UUID
) -> None:
    offered = offer(application)
    request = ask(application, person, offered)
    assert [(r.employer, r.vacancy, r.place, r.state) for r in own.requests(person)] == [
        ("Builders", "Mason wanted", "Kaski, NP", "open")
    ]
    with pytest.raises(InputError, match=r"^fields: "):
        own.answer(person, request, accepted=True)
    with pytest.raises(Conflict):
        own.take_back(person, request)
    answered = own.answer(person, request, accepted=True, fields=["phone", "name"])
    assert (answered.state, answered.fields, answered.answered_at) == ("accepted", ("name", "phone"), NOW)
    with pytest.raises(Conflict):
        own.answer(person, request, accepted=False)
    word = own.consents(person)[-1]
    assert (word.purpose, word.granted, word.recipient, word.vacancy_id, word.field_set, word.how) == (
        "sharing", True, *offered, "name,phone", "own session",
    )  # fmt: skip
    assert own.take_back(person, request).state == "taken back"
    assert not own.consents(person)[-1].granted
    # A later word without a request opens it again, with what that word says.
    again = own.say(person, ConsentWord(Purpose.SHARING, True, "name", recipient=offered[0], vacancy_id=offered[1]))
    assert again.granted
    assert [(r.state, r.fields) for r in own.requests(person)] == [("accepted", ("name",))]
    own.say(person, ConsentWord(Purpose.SHARING, False, recipient=offered[0]))
    assert own.requests(person)[0].state == "taken back"


def test_a_counsellor_answers_with_the_recorded_word_of_the_person(
    application: Application, desk: Rights, person: uuid.UUID
) -> None:
    request = ask(application, person, offer(application))
    for given in ({}, {"how": "spoken"}, {"how": "no"}):
        for accepted in (True, False):
            with pytest.raises(InputError):
                desk.answer(person, request, accepted=accepted, fields=["name"], **given)
    with pytest.raises(NotFound):
        desk.answer(people.id_of(application, "R-2"), request, accepted=False, **SPOKEN)
    with pytest.raises(NotFound):
        desk.answer(person, uuid.uuid4(), accepted=False, **SPOKEN)
    assert desk.requests(person)[0].state == "open"
    assert desk.answer(person, request, accepted=False, how="spoken", witness="W").state == "declined"
    assert desk.consents(person)[-1].witness == "W"
    with pytest.raises(Conflict):
        desk.take_back(person, request)


def test_of_answers_at_once_one_counts(application: Application, own: Rights, person: uuid.UUID) -> None:
    request = ask(application, person, offer(application))

    def answer(accepted: bool) -> str:
        try:
            return own.answer(person, request, accepted=accepted, fields=["name"]).state
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(6) as pool:
        states = sorted(pool.map(answer, [True, False] * 3))
    assert states.count("conflict") == 5
    assert len([word for word in own.consents(person) if word.purpose == Purpose.SHARING]) == 1


def test_what_employers_were_shown(application: Application, own: Rights, person: uuid.UUID) -> None:
    offered = offer(application)
    request = ask(application, person, offered)
    with application.session() as session:
        session.add(
            Disclosure(
                returnee_id=person, request_id=request, employer_id=offered[0], vacancy_id=offered[1],
                fields=["name"], shown_to=uuid.uuid4(), shown_at=NOW,
            )
        )  # fmt: skip
        session.commit()
    assert [(d.request_id, d.employer, d.vacancy, d.fields) for d in own.disclosures(person)] == [
        (request, "Builders", "Mason wanted", ("name",))
    ]


# --- everything held ------------------------------------------------------------------------------


def test_the_export_holds_everything_and_no_secret(
    application: Application, desk: Rights, own: Rights, person: uuid.UUID
) -> None:
    application.refresh()
    desk.add_note(person, "QZSECRET")
    offered = offer(application)
    own.answer(person, ask(application, person, offered), accepted=True, fields=["phone"])
    document = own.export(person)
    held = json.loads(document)
    parts = held["parts"]
    assert set(parts) == set(exporting.TITLES.values())
    assert held["kept_until"] == "2031-11-20"
    assert parts["Who you are"] == [
        {
            "given_name": "Qzgiven", "family_name": "Qzfamily", "sex": "male", "birth_date": "1990-04-02",
            "phone": "980-QZPHONE",
        }
    ]  # fmt: skip
    assert parts["Your jobs"][0]["employer"] == "Qzboss Ltd"
    assert parts["Your certificates"][0]["number"] == "QZNUMBER-7"
    assert parts["Who speaks for you"][0]["contact"] == "qz@example.org"
    assert parts["What employers asked of you"][0]["employer_id"] == "Builders"
    assert parts["What you allowed and did not allow"][-1]["recorded_by"] == "returnee"
    model = application.embedder.model
    assert parts["What the computer made of your words"] == [
        f"{application.embedder.dimensions} numbers made from your jobs without names, by the model {model}, to "
        "find jobs alike"
    ]
    assert parts["Who looked and who changed"][-1]["what"] == "The computer took your record in from a file."
    # Only staff read notes (api.policy.FIELDS); the document says that there is one.
    assert parts["Notes kept in confidence"][0]["text"] == exporting.WITHHELD
    assert parts["Notes kept in confidence"][0]["author_id"] == "counsellor Home"
    for secret in (b"QZSECRET", b"argon2", b"Other", b"Fictional"):
        assert secret not in document
    assert b"QZSECRET" in head(application).export(person)
    with pytest.raises(Forbidden):
        desk.export(person)
    assert ("export", "") in trail(application)


PERSONAL = {"returnee_id", "owner_id", "subject_id", "account_id"}


def test_no_table_about_people_is_forgotten_in_the_export() -> None:
    exported = {table.name for table in exporting.tables_about_people()} | {"document_vector", "audit_event"}
    tables = {t.name for t in SQLModel.metadata.sorted_tables if PERSONAL & set(t.columns.keys())} | {"returnee"}
    assert tables - exported == set(exporting.LEFT_OUT)
    assert exported - set(exporting.TITLES) == set()
    assert all(exporting.LEFT_OUT.values())


def test_no_column_of_the_export_is_raw_bytes_or_names_nothing() -> None:
    columns = {
        f"{table.name}.{column.name}": column
        for table in exporting.tables_about_people()
        for column in table.columns
    }
    raw = {name for name, column in columns.items() if isinstance(column.type, sa.LargeBinary)}
    assert raw - set(exporting._SEALED) - set(exporting.NOT_SHOWN) == set()
    assert set(exporting.NOT_SHOWN) - set(columns) == set()
    known = set(columns) | set(SQLModel.metadata.tables)
    assert set(exporting.FIELD_OF) - known == set()


Method = Callable[[Rights, uuid.UUID], object]
METHODS: dict[str, Method] = {
    "consents": lambda desk, person: desk.consents(person),
    "notes": lambda desk, person: desk.notes(person),
    "add_note": lambda desk, person: desk.add_note(person, "x"),
    "access_log": lambda desk, person: desk.access_log(person),
    "issue_card": lambda desk, person: desk.issue_card(person),
    "requests": lambda desk, person: desk.requests(person),
    "disclosures": lambda desk, person: desk.disclosures(person),
    "export": lambda desk, person: desk.export(person),
    "erase": lambda desk, person: desk.erase(person),
}


def test_a_foreign_desk_reaches_nobody_and_each_try_is_written_down(
    application: Application, person: uuid.UUID
) -> None:
    away = head(application, "Away")
    employer = Rights(application, people.employer(application, "Nosy").principal)
    for method in METHODS.values():
        with pytest.raises(NotFound):
            method(away, person)
        with pytest.raises(Forbidden):
            method(employer, person)
        with pytest.raises(NotFound):
            method(away, uuid.uuid4())
    refused = [what for what, _ in trail(application) if what.startswith("refused")]
    assert len(refused) == 2 * len(METHODS)
