"""Consent is asked of the database at the moment it is needed."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter
from people import desk
from sqlmodel import Session, select

from api.application import Application
from api.database import open_session
from profiling.access import Principal, Role
from profiling.consent import NOTICE_VERSION, consents, record_consent_from_file
from profiling.matching_view import matchable_returnees, matching_profiles
from profiling.models import Centre, ConsentEvent, Purpose, Returnee

SECOND = timedelta(seconds=1)
Word = tuple[bool, date | None]


@pytest.fixture
def person(engine: sa.Engine) -> uuid.UUID:
    with open_session(engine) as session:
        centre = Centre(name="Demo", country="NP")
        session.add(centre)
        session.flush()
        found = Returnee(centre_id=centre.id, ref="R-1", content_hash="", coding="", retain_until=NOW.date())
        session.add(found)
        session.commit()
        return found.id


def counsellor_of(*centres: uuid.UUID) -> Principal:
    return Principal(Role.COUNSELLOR, uuid.uuid4(), frozenset(centres))


def say(
    session: Session, person: uuid.UUID, granted: bool, *, purpose: Purpose = Purpose.MATCHING,
    expires: datetime | None = None,
) -> None:  # fmt: skip
    session.add(
        ConsentEvent(returnee_id=person, purpose=purpose, granted=granted, expires_at=expires, recorded_at=NOW)
    )
    session.flush()


def agrees(session: Session, now: datetime = NOW, purpose: Purpose = Purpose.MATCHING) -> bool:
    return session.execute(sa.select(Returnee.id).where(consents(purpose, now))).first() is not None


def test_the_last_word_holds(engine: sa.Engine, person: uuid.UUID) -> None:
    with open_session(engine) as session:
        assert not agrees(session)
        for granted in (True, False, True, False):
            say(session, person, granted)
            assert agrees(session) is granted


def test_one_purpose_is_not_another(engine: sa.Engine, person: uuid.UUID) -> None:
    with open_session(engine) as session:
        say(session, person, True)
        say(session, person, False, purpose=Purpose.SHARING)
        assert agrees(session)
        for purpose in (Purpose.SHARING, Purpose.STATISTICS, Purpose.FOLLOW_UP):
            assert not agrees(session, purpose=purpose)


def test_a_consent_ends_at_its_moment(engine: sa.Engine, person: uuid.UUID) -> None:
    with open_session(engine) as session:
        say(session, person, True, expires=NOW)
        assert agrees(session, NOW - SECOND)
        assert not agrees(session, NOW)
        assert not agrees(session, NOW + SECOND)


def test_an_expired_consent_does_not_bring_an_older_one_back(engine: sa.Engine, person: uuid.UUID) -> None:
    with open_session(engine) as session:
        say(session, person, True)
        say(session, person, True, expires=NOW)
        assert not agrees(session, NOW + SECOND)


def test_a_person_without_a_word_is_not_covered_by_anothers(engine: sa.Engine, person: uuid.UUID) -> None:
    with open_session(engine) as session:
        say(session, person, True)
        centre = session.exec(select(Returnee)).one().centre_id
        session.add(Returnee(centre_id=centre, ref="R-2", content_hash="", coding="", retain_until=NOW.date()))
        session.flush()
        assert matchable_returnees(session, counsellor_of(centre), NOW) == [person]
        assert matchable_returnees(session, counsellor_of(uuid.uuid4()), NOW) == []


MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("told", "events"),
    [
        ([(True, MAY)], [True]),
        ([(False, MAY)], [False]),
        ([(True, MAY), (True, JUNE)], [True]),
        ([(True, MAY), (False, None)], [True, False]),
        ([(True, JUNE), (False, MAY)], [True, False]),  # a withdrawal is taken whatever its date
        ([(False, MAY), (True, JUNE)], [False, True]),
        ([(False, MAY), (True, MAY)], [False]),
        ([(False, JUNE), (True, MAY)], [False]),
        ([(False, MAY), (True, None)], [False]),
        ([(False, None), (True, JUNE)], [False]),  # said today, and June is past
    ],
)
def test_what_files_say(engine: sa.Engine, person: uuid.UUID, told: list[Word], events: list[bool]) -> None:
    with open_session(engine) as session:
        for granted, day in told:
            record_consent_from_file(
                session, person, granted=granted, given_on=day, how="spoken", language="ne", assisted_by="S. A."
            )
            session.flush()
        found = session.exec(select(ConsentEvent).order_by(ConsentEvent.sequence)).all()  # type: ignore[arg-type]
        assert [event.granted for event in found] == events
        assert {(e.how, e.language, e.assisted_by, e.notice_version) for e in found} == {
            ("spoken", "ne", "S. A.", NOTICE_VERSION)
        }


PERSON = {"ref": "R-1", "given_name": "Maya", "home_country": "Nepal"}


def profiles(application: Application) -> int:
    taxonomy = application.taxonomy()
    with application.reading() as session:
        people = session.exec(select(Returnee)).all()
        scope = counsellor_of(*(person.centre_id for person in people))
        return len(matching_profiles(session, scope, [p.id for p in people], taxonomy, NOW))


def test_matching_sees_a_person_only_while_they_agree(application: Application, write_csv: CsvWriter) -> None:
    application.add_centre("Demo", "NP")
    steps = [
        ({}, 0),
        ({"consent_matching": "no", "consent_on": "2026-02-01"}, 0),
        ({"consent_matching": "yes", "consent_on": "2026-01-01"}, 0),
        ({"consent_matching": "yes", "consent_on": "2026-03-01"}, 1),
        ({"phone": "1", "consent_matching": ""}, 1),
        ({"consent_matching": "no"}, 0),
        ({"consent_matching": "yes", "consent_on": "2026-03-01", "phone": "2"}, 0),
    ]
    for number, (cells, seen) in enumerate(steps):
        report = application.ingest("returnees", write_csv(f"{number}.csv", PERSON | cells))
        assert report.kept == 1
        assert profiles(application) == seen, cells
        assert desk(application).case("R-1").matching_allowed is bool(seen)


def test_a_consent_of_tomorrow_is_refused(application: Application, write_csv: CsvWriter) -> None:
    application.add_centre("Demo", "NP")
    row = PERSON | {"consent_matching": "yes", "consent_on": "2026-11-21"}
    report = application.ingest("returnees", write_csv("a.csv", row))
    assert [(p.field, p.reason) for p in report.problems] == [("consent_on", "2026-11-21 lies in the future")]


def test_a_moment_needs_its_zone(engine: sa.Engine, person: uuid.UUID) -> None:
    with open_session(engine) as session:
        session.add(
            ConsentEvent(returnee_id=person, purpose="matching", granted=True, expires_at=NOW.replace(tzinfo=None))
        )
        with pytest.raises(sa.exc.StatementError, match="a moment needs a zone"):
            session.flush()
    with open_session(engine) as session:
        say(session, person, True, expires=NOW)
        session.commit()
        session.expire_all()
        assert session.exec(select(ConsentEvent.expires_at)).one() == datetime(2026, 11, 20, 9, tzinfo=UTC)
