"""Consent as a state machine: whatever is said, by whom and when, the next request knows it.

Random steps (yes, no, files, time, erasure) run against the database and against a plain model. After each step
every query that consent guards must answer what the model says.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import NOW, CsvWriter
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sizes import size
from sqlmodel import col

from api.application import Application
from api.consenting import OWN_SESSION
from api.rights import Rights
from jobs_ingest.models import Employer, Vacancy
from matching.models import DocumentVector
from matching.reverse import likely_people
from profiling.access import Principal, Role
from profiling.consent import DISCLOSABLE, ConsentWord, consents, record_consent_from_file
from profiling.errors import Conflict
from profiling.matching_view import matchable_returnees, matching_profiles
from profiling.models import Experience, FieldSet, Passport, Purpose, Returnee, UtcDateTime

RUNS, STEPS = size(30, 1000), size(25, 50)
PEOPLE = 3
HOW = {"how": "signature", "language": "ne"}
Key = tuple[Purpose, int | None]  # the purpose and, when sharing, the number of the offer


@dataclass(frozen=True)
class Said:
    granted: bool
    field_set: str
    expires: datetime | None
    day: date

    def holds(self, now: datetime) -> bool:
        return self.granted and (self.expires is None or now < self.expires)


@dataclass
class Known:
    """What the model knows of a person: the last word for each purpose."""

    id: uuid.UUID
    last: dict[Key, Said] = field(default_factory=dict)
    vector: bool = True

    def agrees(self, now: datetime, purpose: Purpose, offer: int | None = None) -> bool:
        said = self.last.get((purpose, offer))
        return said is not None and said.holds(now)

    def shows_employers(self, now: datetime) -> bool:
        said = self.last.get((Purpose.MATCHING, None))
        return said is not None and said.holds(now) and said.field_set == FieldSet.EMPLOYERS


@dataclass
class World:
    """What all runs share: the database, two employers with three vacancies, a clock that the runs set."""

    application: Application
    centre_id: uuid.UUID
    offers: list[tuple[uuid.UUID, uuid.UUID]]
    now: datetime = NOW
    steps: int = 0
    runs: int = 0
    taken: dict[str, int] = field(default_factory=dict)

    @property
    def counsellor(self) -> Principal:
        return Principal(Role.COUNSELLOR, centres=frozenset({self.centre_id}))

    @property
    def employer(self) -> Principal:
        return Principal(Role.EMPLOYER, employer_id=self.offers[0][0])


def make_world(application: Application, write_csv: CsvWriter) -> World:
    centre = application.add_centre("Home", "NP")
    rows = [{"ref": f"V-{n}", "title": "Mason", "country": "NP", "district": "Kaski"} for n in range(3)]
    assert application.ingest("vacancies", write_csv("vacancies.csv", *rows)).new == 3
    application.refresh()
    with application.session() as session:
        employers = [Employer(name=name, country="NP") for name in "AB"]
        session.add_all(employers)
        session.flush()
        vacancies = list(session.scalars(sa.select(Vacancy).order_by(col(Vacancy.ref))))
        for vacancy, whose in zip(vacancies, (0, 0, 1), strict=True):
            vacancy.employer_id = employers[whose].id
        session.commit()
        offers = [(vacancy.employer_id, vacancy.id) for vacancy in vacancies]
    world = World(application, centre.id, offers)  # type: ignore[arg-type]
    application.now = lambda: world.now
    application.market()
    return world


def others(world: World) -> sa.Select[Any]:
    """Every purpose that no view of a list guards, one column each."""
    now = sa.bindparam("now", type_=UtcDateTime)
    asked = [consents(Purpose.SHARING, now, recipient=one, vacancy_id=two) for one, two in world.offers]
    asked += [consents(purpose, now) for purpose in (Purpose.STATISTICS, Purpose.FOLLOW_UP)]
    return sa.select(col(Returnee.id), *asked)


PERSON = st.integers(0, PEOPLE - 1)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LIFE = st.sampled_from([SECOND, DAY, None, 9 * DAY])
AGO = st.sampled_from([0, 0, 0, 1, 5])
OWN = st.booleans()


def machine_of(world: World) -> type[RuleBasedStateMachine]:
    """The state machine on one database."""
    application = world.application
    others_query = others(world)
    market = application.market()
    view = market.vacancies[0]

    class Consents(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            world.now, world.runs = NOW, world.runs + 1
            self.people = [self._new() for _ in range(PEOPLE)]
            self.gone: list[uuid.UUID] = []

        def _new(self) -> Known:
            with application.session() as session:
                person = Returnee(
                    centre_id=world.centre_id, ref=uuid.uuid4().hex, content_hash="", coding="",
                    retain_until=date(2040, 1, 1),
                )  # fmt: skip
                session.add(person)
                session.flush()
                session.add(Passport(returnee_id=person.id, home_country="NP"))
                session.add(Experience(returnee_id=person.id, position=1, title="Mason"))
                session.add(
                    DocumentVector(
                        owner_kind="returnee", owner_id=person.id, model=market.model, owner_version="",
                        text_hash="", dimensions=market.vectors.shape[1],
                        vector=market.vectors[0].astype("<f4").tobytes(),
                    )
                )  # fmt: skip
                session.commit()
                return Known(person.id)

        def teardown(self) -> None:
            with application.session() as session:
                session.execute(sa.delete(DocumentVector).where(col(DocumentVector.owner_kind) == "returnee"))
                session.execute(sa.delete(Returnee))
                session.commit()

        def _desk(self, person: Known, own: bool) -> Rights:
            mine = Principal(Role.RETURNEE, people=frozenset({person.id}))
            return Rights(application, mine if own else world.counsellor)

        def _count(self, what: str) -> None:
            world.taken[what] = world.taken.get(what, 0) + 1

        def _yes(
            self, person: Known, offer: int | None, own: bool, ago: int, life: timedelta | None, purpose: Purpose,
            field_set: str,
        ) -> None:  # fmt: skip
            given = (world.now - timedelta(days=ago)).date()
            expires = None if life is None else world.now + life
            one, two = (None, None) if offer is None else world.offers[offer]
            how = {"how": OWN_SESSION} if own else HOW
            word = ConsentWord(
                purpose,
                True,
                field_set,
                one,
                two,
                given_on=given,
                expires_at=expires,
                **how,  # type: ignore[arg-type]
            )
            held = person.last.get((purpose, offer))
            if held is not None and not held.granted and given < held.day:
                with pytest.raises(Conflict):
                    self._desk(person, own).say(person.id, word)
                self._count("old yes refused")
                return
            self._desk(person, own).say(person.id, word)
            person.last[purpose, offer] = Said(True, field_set, expires, given)
            self._count("yes")

        @rule(at=PERSON, own=OWN, ago=AGO, life=LIFE, field_set=st.sampled_from(list(FieldSet)))
        def agree_to_matching(
            self, at: int, own: bool, ago: int, life: timedelta | None, field_set: FieldSet
        ) -> None:
            self._yes(self.people[at], None, own, ago, life, Purpose.MATCHING, field_set.value)

        @rule(
            at=PERSON, own=OWN, ago=AGO, life=LIFE, offer=st.integers(0, 2),
            fields=st.sets(st.sampled_from(DISCLOSABLE), min_size=1),
        )  # fmt: skip
        def agree_to_sharing(
            self, at: int, own: bool, ago: int, life: timedelta | None, offer: int, fields: set[str]
        ) -> None:
            self._yes(self.people[at], offer, own, ago, life, Purpose.SHARING, ",".join(sorted(fields)))

        @rule(
            at=PERSON, own=OWN, ago=AGO, life=LIFE,
            purpose=st.sampled_from([Purpose.STATISTICS, Purpose.FOLLOW_UP]),
        )  # fmt: skip
        def agree_to_another_purpose(
            self, at: int, own: bool, ago: int, life: timedelta | None, purpose: Purpose
        ) -> None:
            self._yes(self.people[at], None, own, ago, life, purpose, FieldSet.CENTRE.value)

        @rule(at=PERSON, own=OWN, purpose=st.sampled_from([p for p in Purpose if p is not Purpose.SHARING]))
        def withdraw(self, at: int, own: bool, purpose: Purpose) -> None:
            person = self.people[at]
            self._desk(person, own).say(person.id, ConsentWord(purpose, False))
            person.last[purpose, None] = Said(False, "", None, world.now.date())
            if purpose is Purpose.MATCHING:
                person.vector = False
            self._count("no")

        @rule(at=PERSON, own=OWN, about=st.sampled_from([0, 1, 2, "employer A", "everybody"]))
        def stop_sharing(self, at: int, own: bool, about: int | str) -> None:
            person = self.people[at]
            one, two = world.offers[about] if isinstance(about, int) else (None, None)
            if about == "employer A":
                one = world.offers[0][0]
            self._desk(person, own).say(
                person.id, ConsentWord(Purpose.SHARING, False, recipient=one, vacancy_id=two)
            )
            meant = {"employer A": (0, 1), "everybody": (0, 1, 2)}.get(str(about), (about,))
            for offer in meant:
                key = (Purpose.SHARING, offer)
                # Without a vacancy only a yes is taken back; there is nothing to say of the others.
                if isinstance(about, int) or (key in person.last and person.last[key].granted):
                    person.last[key] = Said(False, "", None, world.now.date())  # type: ignore[index]
            self._count("no")

        @rule(at=PERSON, granted=st.booleans(), employers=st.booleans(), ago=st.integers(0, 6))
        def import_a_file(self, at: int, granted: bool, employers: bool, ago: int) -> None:
            person, day = self.people[at], (world.now - timedelta(days=ago)).date()
            field_set = FieldSet.EMPLOYERS if granted and employers else FieldSet.CENTRE
            with application.session() as session:
                record_consent_from_file(
                    session, person.id, granted=granted, given_on=day, how=None, language=None, assisted_by=None,
                    field_set=field_set,
                )  # fmt: skip
                session.commit()
            held = person.last.get((Purpose.MATCHING, None))
            if held is not None:
                if held.granted == granted and (not granted or held.field_set == field_set):
                    return
                narrows = held.granted and granted and field_set == FieldSet.CENTRE
                if granted and not narrows and day <= held.day:
                    return
            person.last[Purpose.MATCHING, None] = Said(granted, field_set.value, None, day)
            self._count("file")

        @rule(by=st.sampled_from([SECOND, DAY, 8 * DAY, timedelta(microseconds=1)]))
        def let_time_pass(self, by: timedelta) -> None:
            world.now += by
            self._count("time")
            yes = [said for p in self.people if (said := p.last.get((Purpose.MATCHING, None))) and said.granted]
            if any(not said.holds(world.now) for said in yes):
                self._count("seen to end")

        @rule(at=PERSON)
        def erase(self, at: int) -> None:
            person = self.people[at]
            self._desk(person, own=True).erase(person.id)
            self.gone.append(person.id)
            self.people[at] = self._new()
            self._count("erased")

        @invariant()
        def every_query_knows_the_last_word(self) -> None:
            now, ids = world.now, [person.id for person in self.people] + self.gone
            agreed = {p.id for p in self.people if p.agrees(now, Purpose.MATCHING)}
            shown = {p.id for p in self.people if p.shows_employers(now)}
            vectors = {p.id for p in self.people if p.vector}
            with application.reading() as session:
                for who, allowed in ((world.counsellor, agreed), (world.employer, shown)):
                    assert set(matchable_returnees(session, who, now)) == allowed
                    assert set(matching_profiles(session, who, ids, market.taxonomy, now)) == allowed
                    if (world.steps % 2 == 0) == (who.role is Role.EMPLOYER):
                        likely = likely_people(session, who, view, market, now)
                        assert {person.profile.returnee_id for person in likely} == allowed & vectors
                rows = {row[0]: tuple(map(bool, row[1:])) for row in session.execute(others_query, {"now": now})}
                expected = {
                    p.id: (
                        *(p.agrees(now, Purpose.SHARING, offer) for offer in range(3)),
                        p.agrees(now, Purpose.STATISTICS), p.agrees(now, Purpose.FOLLOW_UP),
                    )
                    for p in self.people
                }  # fmt: skip
                assert rows == expected
                held = sa.select(col(DocumentVector.owner_id)).where(col(DocumentVector.owner_kind) == "returnee")
                assert set(session.scalars(held)) == vectors
            world.steps += 1

    return Consents


def run(world: World, runs: int, steps: int, *, shrink: bool = True) -> None:
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine_of(world),
        settings=settings(
            max_examples=runs, stateful_step_count=steps, derandomize=True, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), phases=phases, print_blob=False, report_multiple_bugs=False,
        ),
    )  # fmt: skip


@pytest.fixture
def world(application: Application, write_csv: CsvWriter) -> World:
    if application.engine.dialect.name == "sqlite":
        # Nothing here must outlive a power cut.
        sa.event.listen(application.engine, "connect", lambda held, _: held.execute("PRAGMA synchronous = OFF"))
        application.engine.dispose()
    return make_world(application, write_csv)


def test_the_last_word_holds_at_the_next_request(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.perf_counter()
    # Hypothesis ends a few runs before their last step, so some more are made.
    run(world, RUNS * 11 // 10 + 3, STEPS)
    seconds = time.perf_counter() - start
    name = world.application.engine.dialect.name
    said = ", ".join(f"{count} {what}" for what, count in sorted(world.taken.items()))
    with capsys.disabled():
        print(
            f"\nconsent on {name}: {world.runs} runs, {world.steps} steps, no difference, {seconds:.0f} s ({said})"
        )
    assert world.runs >= RUNS
    assert world.steps >= RUNS * STEPS
    assert {"yes", "no", "file", "time", "erased", "old yes refused", "seen to end"} <= set(world.taken)


Query = Callable[..., sa.ColumnElement[bool]]


def forgets_expiry(purpose: Purpose, now: object, **about: Any) -> sa.ColumnElement[bool]:
    return consents(purpose, NOW - timedelta(days=9999), **about)


def forgets_what_was_agreed(purpose: Purpose, now: Any, *, field_set: object = None) -> sa.ColumnElement[bool]:
    return consents(purpose, now)


def forgets_nothing(session: object, returnee_id: uuid.UUID) -> None:
    """The vector stays when somebody withdraws."""


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        ("profiling.matching_view.consents", forgets_expiry),
        ("profiling.matching_view.consents", forgets_what_was_agreed),
        ("api.consenting.forget_vector", forgets_nothing),
    ],
)
def test_the_machine_finds_a_fault(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str, broken: Query
) -> None:
    monkeypatch.setattr(place, broken)
    with pytest.raises(AssertionError):
        run(world, 30, 25, shrink=False)
    assert world.runs <= 30
