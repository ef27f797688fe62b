"""What an employer sees and does: own vacancies, candidates without names, requests, and what was agreed to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import people
import pytest
from conftest import NOW, CsvWriter, SqliteServer, make_application
from sqlmodel import col, select

from api.application import Application
from api.candidates import RequestState
from api.employers import MOST_REQUESTS, EmployerDesk
from api.models import AuditEvent, ContactRequest, Disclosure
from api.policy import Action
from jobs_ingest.employers import add_employer, find_employer, give_vacancy, list_employers
from jobs_ingest.models import Vacancy
from profiling.access import Principal
from profiling.consent import ConsentWord, add_consent
from profiling.errors import Conflict, Forbidden, InputError, NotFound, TooMany
from profiling.models import FieldSet, Purpose
from profiling.pseudonym import pseudonym

POSTED = {
    "title": "Bricklayer", "country": "Nepal", "district": "Kaski", "essential_skills": "brick laying; plastering",
    "experience_years": "2", "closes_on": "2026-12-31",
}  # fmt: skip
SEEN = ("R-1", "R-2", "R-3", "R-4")
UNSEEN = ("R-5", "R-6", "R-7")


def row(ref: str, consent: str = "yes", employers: str = "yes") -> dict[str, str]:
    return {
        "ref": ref, "given_name": f"Given-{ref}", "family_name": "Family", "phone": f"98{ref}",
        "home_country": "NP", "home_province": "Gandaki", "home_district": "Kaski", "languages": "Nepali:native",
        "job1_title": "Bricklayer", "job1_country": "QA", "job1_from": "2018-01", "job1_to": "2021-06",
        "job1_duties": "brick laying and plastering of walls", "credential1_title": f"Masonry of {ref}",
        "credential1_number": f"NO-{ref}", "credential1_framework": "NP-NVQS", "credential1_level": "2",
        "reference1_name": f"Boss of {ref}", "reference1_relation": "foreman", "reference1_contact": "97-1",
        "reference1_confirmed_on": "2026-10-01", "reference1_job": "1", "reference2_name": f"Friend of {ref}",
        "reference2_contact": "97-2", "consent_matching": consent, "consent_employers": employers,
        "consent_on": "2026-10-01",
    }  # fmt: skip


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


def fill(application: Application, write_csv: CsvWriter) -> Application:
    application.add_centre("Home", "NP")
    rows = [row(ref) for ref in SEEN]
    rows += [row("R-5", employers="no"), row("R-6", "no", "no"), row("R-7", "", "")]
    report = application.ingest("returnees", write_csv("people.csv", *rows), centre="Home")
    assert (report.new, report.rejected) == (7, 0)
    application.refresh()
    return application


@pytest.fixture
def filled(application: Application, write_csv: CsvWriter) -> Application:
    return fill(application, write_csv)


@pytest.fixture
def desk(filled: Application) -> EmployerDesk:
    return EmployerDesk(filled, people.employer(filled, "Builders").principal)


@pytest.fixture
def foreign(filled: Application) -> EmployerDesk:
    return EmployerDesk(filled, people.employer(filled, "Others").principal)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(
    sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory, write_csv: CsvWriter, clock: Clock
) -> Iterator[EmployerDesk]:
    """A desk on SQLite whose clock a test sets."""
    folder = tmp_path_factory.mktemp("timed")
    made = make_application(sqlite_server.create("starter", folder), folder, clock)
    made.prepare()
    fill(made, write_csv)
    yield EmployerDesk(made, people.employer(made, "Builders").principal)
    made.engine.dispose()


def person_of(desk: EmployerDesk, vacancy_id: uuid.UUID, candidate: uuid.UUID) -> uuid.UUID:
    ids = [people.id_of(desk.application, ref) for ref in (*SEEN, *UNSEEN)]
    return next(who for who in ids if pseudonym(desk.application.vault, vacancy_id, who) == candidate)


def say(
    desk: EmployerDesk, person: uuid.UUID, vacancy_id: uuid.UUID, fields: str, *, granted: bool = True,
    expires_at: datetime | None = None, recipient: uuid.UUID | None = None,
) -> None:  # fmt: skip
    word = ConsentWord(
        Purpose.SHARING, granted, field_set=fields, recipient=recipient or desk.employer_id, vacancy_id=vacancy_id,
        expires_at=expires_at,
    )  # fmt: skip
    with desk.application.session() as session:
        add_consent(session, person, word, desk.now, None)
        session.commit()


def answer(desk: EmployerDesk, request_id: uuid.UUID, fields: str, *, accepted: bool = True) -> uuid.UUID:
    """What ``Rights.answer`` writes; returns the person."""
    with desk.application.session() as session:
        request = session.get_one(ContactRequest, request_id)
        request.accepted, request.fields, request.answered_at = accepted, fields.split(","), desk.now
        session.add(request)
        session.commit()
    say(desk, request.returnee_id, request.vacancy_id, fields, granted=accepted)
    return request.returnee_id


def matching_consent(desk: EmployerDesk, ref: str, granted: bool, field_set: str = FieldSet.CENTRE) -> None:
    with desk.application.session() as session:
        word = ConsentWord(Purpose.MATCHING, granted, field_set=field_set)
        add_consent(session, people.id_of(desk.application, ref), word, desk.now, None)
        session.commit()


def trail(desk: EmployerDesk) -> list[tuple[str, uuid.UUID | None, str]]:
    with desk.application.reading() as session:
        found = session.exec(
            select(AuditEvent).where(AuditEvent.actor == desk.principal.actor).order_by(col(AuditEvent.sequence))
        )
        return [(event.action, event.subject_id, event.fields) for event in found]


def asked(desk: EmployerDesk) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """A posted vacancy, a candidate of it who was asked, and the request."""
    vacancy_id = desk.post(POSTED).id
    candidate = desk.candidates(vacancy_id)[0].candidate
    return vacancy_id, candidate, desk.ask(vacancy_id, candidate).id


# --- vacancies ------------------------------------------------------------------------------------


def test_a_posted_vacancy_is_read_like_a_row_and_indexed_at_once(desk: EmployerDesk) -> None:
    vacancy = desk.post(POSTED)
    assert (vacancy.employer, vacancy.employer_id) == ("Builders", desk.employer_id)
    assert (vacancy.source, vacancy.status) == (f"employer:{desk.employer_id}", "open")
    assert (vacancy.occupation, vacancy.experience_years, vacancy.posted_on) == (
        "mason-bricklayer",
        2.0,
        NOW.date(),
    )
    assert uuid.UUID(vacancy.ref)
    assert vacancy.id in desk.application.market().row_of
    assert [held.id for held in desk.vacancies()] == [vacancy.id]
    assert ("post", vacancy.id, "") in trail(desk)


def test_the_same_vacancy_posted_twice_stands_twice(desk: EmployerDesk) -> None:
    assert desk.post(POSTED).id != desk.post(POSTED).id
    assert len(desk.vacancies()) == 2


WRONG = (
    ({}, "title: is empty"),
    ({"title": "Mason", "pay_min": "much"}, "pay_min: 'much' is not a number"),
    ({"title": "Mason", "country": "Nowhere", "licences": "wings"}, "country: .*licences: "),
    ({"title": "Mason", "pay_min": "9", "pay_max": "8"}, "pay_max: "),
    ({"title": "Mason", "closes_on": "2026-11-19"}, "closes_on: "),
    ({"title": "Mason", "employer": "Another"}, "'employer' is not a field"),
    ({"title": "Mason", "employer_id": str(uuid.uuid4())}, "'employer_id' is not a field"),
    ({"title": "Mason", "status": "closed"}, "'status' is not a field"),
    ({"title": "Mason", "ref": "V-1"}, "'ref' is not a field"),
    ({"title": "Mason", "colour": "red"}, "'colour' is not a field"),
    ({"title": "M" * 501}, "title: "),
)


def test_a_vacancy_that_does_not_fit_is_refused_by_field(desk: EmployerDesk) -> None:
    for fields, said in WRONG:
        with pytest.raises(InputError, match=said):
            desk.post(fields)
    assert desk.vacancies() == []


def test_an_own_vacancy_is_ended_and_nobody_is_shown_for_it(desk: EmployerDesk) -> None:
    vacancy_id, candidate, _ = asked(desk)
    for status in ("open", "held", "", "gone"):
        with pytest.raises(InputError, match="closed, filled or withdrawn"):
            desk.close(vacancy_id, status)
    assert len(desk.candidates(vacancy_id)) == len(SEEN)
    for status in ("closed", "filled", "withdrawn"):
        assert desk.close(vacancy_id, status).status == status
        assert desk.candidates(vacancy_id) == []
        with pytest.raises(Conflict, match="not open"):
            desk.ask(vacancy_id, candidate)


def test_a_foreign_vacancy_is_no_vacancy(desk: EmployerDesk, foreign: EmployerDesk) -> None:
    vacancy_id, candidate, _ = asked(desk)
    texts = set()
    for unknown in (vacancy_id, uuid.uuid4()):
        for act in (
            lambda key: foreign.candidates(key), lambda key: foreign.ask(key, candidate),
            lambda key: foreign.close(key, "filled"),
        ):  # fmt: skip
            with pytest.raises(NotFound) as refusal:
                act(unknown)
            texts.add(str(refusal.value))
    assert texts == {"There is no such vacancy among yours."}
    assert foreign.vacancies() == []
    assert desk.vacancies()[0].status == "open"


def test_an_operator_hands_an_imported_vacancy_to_an_employer(
    desk: EmployerDesk, foreign: EmployerDesk, write_csv: CsvWriter
) -> None:
    application = desk.application
    application.ingest("vacancies", write_csv("v.csv", {"ref": "V-9", "title": "Bricklayer", "country": "NP"}))
    application.refresh()
    with application.session() as session:
        given = give_vacancy(session, "V-9", "Builders")
        session.commit()
    assert [vacancy.id for vacancy in desk.vacancies()] == [given.id]
    assert foreign.vacancies() == []
    assert len(desk.candidates(given.id)) == len(SEEN)


def test_employers_are_added_once_and_listed_by_name(filled: Application) -> None:
    with filled.session() as session:
        assert add_employer(session, " Zeta ", "NP").name == "Zeta"
        add_employer(session, "Alpha", "NP")
        with pytest.raises(Conflict, match="already"):
            add_employer(session, "Zeta", "NP")
        with pytest.raises(InputError, match="name"):
            add_employer(session, "  ", "NP")
        with pytest.raises(NotFound, match="no employer 'Beta'"):
            find_employer(session, "Beta")
        assert [employer.name for employer in list_employers(session)] == ["Alpha", "Zeta"]


# --- candidates -----------------------------------------------------------------------------------


def test_only_people_are_shown_who_agreed_to_be_seen_by_employers(desk: EmployerDesk) -> None:
    vacancy_id = desk.post(POSTED).id
    shown = desk.candidates(vacancy_id)
    seen = {people.id_of(desk.application, ref) for ref in SEEN}
    assert {person_of(desk, vacancy_id, one.candidate) for one in shown} == seen
    assert len(shown) == len(SEEN)
    assert {(action, who) for action, who, _ in trail(desk) if action == "shown"} == {("shown", w) for w in seen}
    assert {fields for action, _, fields in trail(desk) if action == "shown"} == {"pseudonymous"}


def test_a_candidate_is_shown_in_codes_and_bands(desk: EmployerDesk) -> None:
    first = desk.candidates(desk.post(POSTED).id)[0]
    assert first.profile.home_district == "Kaski"
    assert [(work.trade, work.years.value, work.regions) for work in first.profile.work] == [
        ("mason-bricklayer", "3_to_5", ("gulf",)),
    ]  # fmt: skip
    assert first.profile.languages == (("ne", "fluent"),)
    assert [(paper.framework, paper.level) for paper in first.profile.credentials] == [("NP-NVQS", 2)]
    reasons = {reason.key: dict(reason.params) for reason in first.reasons}
    assert reasons["same_occupation"] == {
        "trade": "mason-bricklayer",
        "asked": "mason-bricklayer",
        "years": "3_to_5",
    }
    assert reasons["experience_enough"] == {"years": "3_to_5", "asked": 2.0}
    assert reasons["place_near"] == {"where": "Kaski"}
    assert first.request is None
    assert "R-" not in repr(first)


def test_what_only_two_people_hold_is_coarsened(desk: EmployerDesk) -> None:
    vacancy_id = desk.post(POSTED).id
    for ref in ("R-1", "R-2"):
        matching_consent(desk, ref, False)
    shown = desk.candidates(vacancy_id)
    assert len(shown) == 2
    for one in shown:
        assert (one.profile.home_country, one.profile.home_district, one.profile.work) == (None, None, ())
        assert (one.profile.skills, one.profile.languages, one.matched) == ((), (), ())
        assert one.profile.more_skills > 0
    # Once a third person agrees, the three look alike and are shown again.
    matching_consent(desk, "R-5", True, FieldSet.EMPLOYERS)
    assert [one.profile.home_district for one in desk.candidates(vacancy_id)] == ["Kaski"] * 3


@pytest.mark.parametrize(("granted", "field_set"), [(False, FieldSet.EMPLOYERS), (True, FieldSet.CENTRE)])
def test_who_withdraws_or_narrows_is_gone_at_the_next_request(
    desk: EmployerDesk, granted: bool, field_set: str
) -> None:
    vacancy_id = desk.post(POSTED).id
    one = next(
        c.candidate
        for c in desk.candidates(vacancy_id)
        if person_of(desk, vacancy_id, c.candidate) == people.id_of(desk.application, "R-2")
    )
    matching_consent(desk, "R-2", granted, field_set)
    assert one not in {c.candidate for c in desk.candidates(vacancy_id)}
    with pytest.raises(NotFound, match="no such candidate"):
        desk.ask(vacancy_id, one)


def test_pseudonyms_last_and_cannot_be_linked_between_vacancies(desk: EmployerDesk) -> None:
    first, second = desk.post(POSTED).id, desk.post(POSTED).id
    names = [{one.candidate for one in desk.candidates(key)} for key in (first, first, second)]
    assert names[0] == names[1]
    assert not names[0] & names[2]
    with pytest.raises(NotFound, match="no such candidate"):
        desk.ask(second, next(iter(names[0])))


def test_a_list_has_1_to_50_candidates(desk: EmployerDesk) -> None:
    vacancy_id = desk.post(POSTED).id
    for count in (0, -1, 51):
        with pytest.raises(InputError, match="1 to 50"):
            desk.candidates(vacancy_id, count=count)
    assert len(desk.candidates(vacancy_id, count=1)) == 1


def test_a_vacancy_of_another_trade_shows_nobody(desk: EmployerDesk) -> None:
    vacancy_id = desk.post({"title": "Staff nurse", "essential_skills": "first aid"}).id
    assert desk.candidates(vacancy_id) == []
    assert trail(desk)[-1] == ("shown", None, "pseudonymous")


# --- requests -------------------------------------------------------------------------------------


def test_a_request_waits_for_the_person(desk: EmployerDesk) -> None:
    vacancy_id, candidate, request_id = asked(desk)
    line = desk.requests()[0]
    assert (line.id, line.vacancy, line.candidate, line.state) == (request_id, "Bricklayer", candidate, "waiting")
    shown = {one.candidate: one.request for one in desk.candidates(vacancy_id)}
    assert shown[candidate] is RequestState.WAITING
    assert set(shown.values()) == {RequestState.WAITING, None}
    person = person_of(desk, vacancy_id, candidate)
    assert ("ask", person, "contact_request") in trail(desk)
    assert ("read", person, "contact_request") in trail(desk)
    with pytest.raises(Conflict, match="not answered yet"):
        desk.ask(vacancy_id, candidate)
    with pytest.raises(Conflict, match="not answered yet"):
        desk.contact(request_id)
    assert trail(desk)[-1] == ("refused contact.read", person, "")


def test_a_no_stands_for_that_vacancy(desk: EmployerDesk) -> None:
    vacancy_id, candidate, request_id = asked(desk)
    answer(desk, request_id, "", accepted=False)
    assert desk.requests()[0].state is RequestState.DECLINED
    with pytest.raises(Conflict, match="said no"):
        desk.ask(vacancy_id, candidate)
    with pytest.raises(Conflict, match="does not wish"):
        desk.contact(request_id)


def test_of_requests_at_once_one_is_made(desk: EmployerDesk) -> None:
    vacancy_id = desk.post(POSTED).id
    candidate = desk.candidates(vacancy_id)[0].candidate

    def ask(_: int) -> str:
        try:
            return desk.ask(vacancy_id, candidate).state.value
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(4))) == ["conflict"] * 3 + ["waiting"]
    assert len(desk.requests()) == 1


def test_twenty_requests_in_24_hours_and_no_more(timed: EmployerDesk, clock: Clock) -> None:
    for _ in range(MOST_REQUESTS // len(SEEN)):
        vacancy_id = timed.post(POSTED).id
        for one in timed.candidates(vacancy_id):
            timed.ask(vacancy_id, one.candidate)
            clock.now += timedelta(minutes=1)
    vacancy_id = timed.post(POSTED).id
    one = timed.candidates(vacancy_id)[0].candidate
    with pytest.raises(TooMany, match="20 people") as refusal:
        timed.ask(vacancy_id, one)
    # The first of the 20 was asked 20 minutes ago.
    assert refusal.value.retry_after == 24 * 3600 - 20 * 60
    clock.now += timedelta(seconds=refusal.value.retry_after)
    assert timed.ask(vacancy_id, one).state is RequestState.WAITING
    with pytest.raises(TooMany):
        timed.ask(vacancy_id, timed.candidates(vacancy_id)[1].candidate)


# --- what was agreed to ---------------------------------------------------------------------------


def test_only_the_chosen_fields_are_handed_over(desk: EmployerDesk) -> None:
    vacancy_id, candidate, request_id = asked(desk)
    person = answer(desk, request_id, "phone,credentials")
    contact = desk.contact(request_id)
    assert contact.fields == ("phone", "credentials")
    assert (contact.vacancy, contact.candidate, contact.vacancy_id) == ("Bricklayer", candidate, vacancy_id)
    assert (contact.name, contact.references) == (None, ())
    assert contact.phone is not None
    ref = contact.phone.removeprefix("98")
    assert people.id_of(desk.application, ref) == person
    paper = contact.credentials[0]
    assert (paper.title, paper.framework, paper.level, paper.number) == (
        f"Masonry of {ref}", "NP-NVQS", 2, f"NO-{ref}",
    )  # fmt: skip
    assert trail(desk)[-1] == ("disclosed", person, "phone,credentials")
    with desk.application.reading() as session:
        shown = session.exec(select(Disclosure)).one()
    assert (shown.returnee_id, shown.fields, shown.shown_at) == (person, ["phone", "credentials"], NOW)
    assert (shown.employer_id, shown.shown_to) == (desk.employer_id, desk.principal.account_id)


def test_an_unconfirmed_referee_is_named_without_contact(desk: EmployerDesk) -> None:
    _, _, request_id = asked(desk)
    answer(desk, request_id, "name,references")
    contact = desk.contact(request_id)
    assert contact.name is not None
    ref = contact.name.removeprefix("Given-").removesuffix(" Family")
    assert [(r.name, r.relation, r.contact) for r in contact.references] == [
        (f"Boss of {ref}", "foreman", "97-1"), (f"Friend of {ref}", None, None),
    ]  # fmt: skip
    assert (contact.phone, contact.credentials) == (None, ())


def test_a_yes_that_is_taken_back_shows_nothing_at_the_next_request(desk: EmployerDesk) -> None:
    vacancy_id, candidate, request_id = asked(desk)
    person = answer(desk, request_id, "name")
    assert desk.contact(request_id).name is not None
    assert desk.requests()[0].state is RequestState.ACCEPTED
    with pytest.raises(Conflict, match="agreed already"):
        desk.ask(vacancy_id, candidate)
    say(desk, person, vacancy_id, "", granted=False)
    assert desk.requests()[0].state is RequestState.ENDED
    with pytest.raises(Conflict, match="no longer agrees"):
        desk.contact(request_id)
    with pytest.raises(Conflict, match="said no"):
        desk.ask(vacancy_id, candidate)
    with desk.application.reading() as session:
        assert len(session.exec(select(Disclosure)).all()) == 1


def test_the_last_yes_names_the_fields(desk: EmployerDesk) -> None:
    vacancy_id, _, request_id = asked(desk)
    person = answer(desk, request_id, "name,phone")
    say(desk, person, vacancy_id, "phone")
    contact = desk.contact(request_id)
    assert (contact.fields, contact.name) == (("phone",), None)


def test_a_yes_to_another_employer_or_vacancy_is_no_yes(desk: EmployerDesk, foreign: EmployerDesk) -> None:
    vacancy_id, _, request_id = asked(desk)
    person = answer(desk, request_id, "name", accepted=True)
    say(desk, person, vacancy_id, "", granted=False)
    other = desk.post(POSTED).id
    say(desk, person, other, "name")
    say(desk, person, vacancy_id, "name", recipient=foreign.employer_id)
    with pytest.raises(Conflict, match="no longer agrees"):
        desk.contact(request_id)


def test_a_yes_ends_with_its_time(timed: EmployerDesk, clock: Clock) -> None:
    vacancy_id, _, request_id = asked(timed)
    person = answer(timed, request_id, "name")
    say(timed, person, vacancy_id, "name", expires_at=NOW + timedelta(days=1))
    clock.now = NOW + timedelta(days=1) - timedelta(seconds=1)
    assert timed.contact(request_id).name is not None
    clock.now = NOW + timedelta(days=1)
    with pytest.raises(Conflict, match="no longer agrees"):
        timed.contact(request_id)


def test_a_foreign_request_is_no_request_and_the_try_is_written_down(
    desk: EmployerDesk, foreign: EmployerDesk
) -> None:
    _, _, request_id = asked(desk)
    person = answer(desk, request_id, "name,phone,references,credentials")
    for key in (request_id, uuid.uuid4()):
        with pytest.raises(NotFound, match="no such request among yours"):
            foreign.contact(key)
    assert trail(foreign)[-1] == ("refused contact.read", person, "")
    assert foreign.requests() == []


# --- who may --------------------------------------------------------------------------------------


def acts(desk: EmployerDesk) -> list[tuple[Action, object]]:
    key = uuid.uuid4()
    return [
        (Action.VACANCY_WRITE, lambda: desk.post(POSTED)),
        (Action.VACANCY_WRITE, lambda: desk.close(key, "filled")),
        (Action.PSEUDONYM_LIST, lambda: desk.candidates(key)), (Action.CONTACT_ASK, lambda: desk.ask(key, key)),
        (Action.CONTACT_READ, lambda: desk.requests()), (Action.CONTACT_READ, lambda: desk.contact(key)),
        (Action.VACANCY_READ, lambda: desk.vacancies()),
    ]  # fmt: skip


def test_nobody_but_an_employer_has_this_desk(filled: Application) -> None:
    for who in (people.counsellor(filled, "Home").principal, people.returnee(filled, "R-1").principal):
        for _, act in acts(EmployerDesk(filled, who)):
            with pytest.raises(Forbidden):
                act()  # type: ignore[operator]


def test_a_token_does_no_more_than_its_actions(desk: EmployerDesk) -> None:
    whole = desk.principal
    for action, act in acts(EmployerDesk(desk.application, narrowed(whole, frozenset()))):
        with pytest.raises(Forbidden):
            act()  # type: ignore[operator]
        assert action in Action
    reader = EmployerDesk(desk.application, narrowed(whole, frozenset({Action.VACANCY_READ.value})))
    assert reader.vacancies() == []


def narrowed(principal: Principal, actions: frozenset[str]) -> Principal:
    return Principal(principal.role, principal.account_id, employer_id=principal.employer_id, actions=actions)


def test_nothing_is_left_of_a_request_that_was_refused(desk: EmployerDesk) -> None:
    vacancy_id = desk.post(POSTED).id
    with pytest.raises(NotFound):
        desk.ask(vacancy_id, uuid.uuid4())
    with desk.application.reading() as session:
        assert session.exec(select(ContactRequest)).all() == []
        assert len(session.exec(select(Vacancy)).all()) == 1
