"""Thousands of answers to employers, with a canary in every personal field: none may come out, nor reach a log.

Words carry a canary (``ZQ7X03QZ``: person 7, field 3); dates, amounts and ids are canaries by themselves. People
who did not agree to be seen must not show at all; of those who did, only codes and bands may.
"""

from __future__ import annotations

import json
import logging
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, is_dataclass, replace
from datetime import timedelta
from typing import Any

import people
import pytest
from conftest import NOW, CsvWriter
from sizes import SEED, size
from sqlmodel import SQLModel, select

from api import employers
from api.application import Application
from api.candidates import ShownReason, shown_candidate
from api.employers import EmployerDesk, RequestLine
from api.models import ContactRequest, Disclosure
from api.rights import Rights
from profiling.access import Role
from profiling.coding import Coder
from profiling.consent import ConsentWord, add_consent
from profiling.errors import HunarError
from profiling.intake_rows import _GROUPS, _PLAIN
from profiling.models import FieldSet, Purpose, Returnee
from profiling.pseudonym import Crowd, Detail, pseudonym

ANSWERS = size(400, 20_000)
#: Texts of a row: what stands before the canary lets the coder understand the text.
TEXTS = {
    "ref": "", "given_name": "", "family_name": "", "phone": "98", "home_province": "", "home_district": "",
    "education_field": "", "skills": "brick laying ", "wanted_work": "bricklayer for ", "not_wanted_work": "",
    "work_districts": "", "consent_language": "", "consent_assisted_by": "", "job1_title": "bricklayer at ",
    "job1_employer": "", "job1_duties": "brick laying and plastering of walls for ", "job1_tools": "trowel ",
    "job1_language": "", "credential1_title": "bricklayer at ", "credential1_body": "",
    "credential1_framework": "", "credential1_number": "", "reference1_name": "", "reference1_relation": "",
    "reference1_contact": "",
}  # fmt: skip
#: Dates and amounts of a row: each person has a day or a number of their own.
DATES = {
    "birth_date": 1971, "registered_on": 2024, "returned_on": 2023, "job1_from": 2012, "job1_to": 2017,
    "credential1_issued_on": 2018, "credential1_expires_on": 2031, "reference1_confirmed_on": 2025,
    "consent_on": 2022,
}  # fmt: skip
#: Fields whose few values cannot carry a canary. Nothing of an answer is named after them but what is listed in
#: ``SHOWN`` below.
CHOICES = {
    "sex": "other", "home_country": "NP", "languages": "Nepali:native", "licences": "light-vehicle",
    "education_level": "secondary", "aspirations": "self_employment", "work_countries": "NP",
    "expected_pay_currency": "NPR", "expected_pay_period": "month", "job1_country": "QA",
    "job1_document_seen": "yes", "credential1_kind": "training", "credential1_level": "2",
    "credential1_country": "QA", "credential1_document_seen": "yes", "reference1_job": "1",
}  # fmt: skip
CONSENTS = {"consent_matching", "consent_employers", "consent_how"}
#: Words of choices that must never be told of anybody.
NEVER = ("self_employment", "light-vehicle", '"other"')
#: Each person: what the file says of matching and of employers.
SEEN = ("yes", "yes")
PEOPLE = {
    "unasked": ("", ""), "refused": ("no", "no"), "centre": ("yes", "no"), "withdrawn": SEEN, "narrowed": SEEN,
    "expired": SEEN, "moody": SEEN, "seen 1": SEEN, "seen 2": SEEN, "seen 3": SEEN, "seen 4": SEEN,
}  # fmt: skip
AGREED = frozenset(name for name in PEOPLE if name.startswith("seen"))
CANARY = re.compile(r"zq(\d+)x(\d+)qz")
POSTED = ("Bricklayer", "Mason for brick laying", "Plasterer", "Helper on a building site", "Staff nurse")


def canary(person: int, field: str) -> str:
    return f"ZQ{person}X{list(TEXTS).index(field) if field in TEXTS else 90:02d}QZ"


def a_row(number: int, matching: str, shown: str) -> dict[str, str]:
    row = {field: before + canary(number, field) for field, before in TEXTS.items()}
    row |= {field: f"{year}-{1 + number % 12:02d}-{11 + at:02d}" for at, (field, year) in enumerate(DATES.items())}
    row |= CHOICES | {"expected_pay": str(31_007 + 17 * number)}
    return row | {"consent_matching": matching, "consent_employers": shown, "consent_how": "signature"}


class Stage:
    """The people, two employers, and what must not be told of whom."""

    def __init__(self, application: Application, write_csv: CsvWriter) -> None:
        self.application = application
        application.add_centre("Home", "NP")
        rows = {name: a_row(at, *said) for at, (name, said) in enumerate(PEOPLE.items())}
        report = application.ingest("returnees", write_csv("people.csv", *rows.values()), centre="Home")
        assert (report.new, report.rejected) == (len(PEOPLE), 0), report.problems
        with application.reading() as session:
            held = {person.ref: person.id for person in session.exec(select(Returnee))}
        self.ids = {name: held[row["ref"]] for name, row in rows.items()}
        application.refresh()
        self.literals = _literals(rows, self.ids)
        self._notes()
        self.a = EmployerDesk(application, people.employer(application, "Employer A").principal)
        self.b = EmployerDesk(application, people.employer(application, "Employer B").principal)
        self.vacancies = {desk: [desk.post({"title": t}).id for t in POSTED] for desk in (self.a, self.b)}
        self.say("withdrawn", False)
        self.say("narrowed", True, FieldSet.CENTRE)
        self.say("expired", True, FieldSet.EMPLOYERS, until=NOW - timedelta(seconds=1))
        self.agreed = set(AGREED) | {"moody"}
        self.disclosed = self._requests()

    def _notes(self) -> None:
        rights = Rights(self.application, people.counsellor(self.application, "Home", Role.COUNSELLOR).principal)
        for at, who in enumerate(self.ids.values()):
            rights.add_note(who, f"told in confidence {canary(at, 'note')}")

    def say(self, name: str, granted: bool, field_set: str = FieldSet.EMPLOYERS, *, until: Any = None) -> None:
        word = ConsentWord(
            Purpose.MATCHING, granted, field_set=field_set, expires_at=until, witness=canary(0, "witness")
        )
        with self.application.session() as session:
            add_consent(session, self.ids[name], word, NOW, None)
            session.commit()

    def flip(self) -> None:
        """Let the moody one change their mind."""
        self.say("moody", "moody" not in self.agreed)
        self.agreed ^= {"moody"}

    def _requests(self) -> dict[uuid.UUID, set[str]]:
        """Requests in every state, of people who agreed and who withdrew; which canaries each may tell."""
        states: list[tuple[str, bool | None, str, bool]] = [
            ("seen 1", None, "", True), ("seen 2", False, "", True), ("seen 3", True, "name", False),
            ("withdrawn", None, "", True), ("seen 4", True, "phone", True),
        ]  # fmt: skip
        allowed: dict[uuid.UUID, set[str]] = {}
        vault = self.application.vault
        for desk in (self.a, self.b):
            vacancy_id = self.vacancies[desk][0]
            for name, accepted, fields, holds in states:
                request = ContactRequest(
                    returnee_id=self.ids[name], employer_id=desk.employer_id, vacancy_id=vacancy_id,
                    candidate=pseudonym(vault, vacancy_id, self.ids[name]), asked_by=desk.account_id,
                    asked_at=NOW - timedelta(days=2), accepted=accepted, fields=list(filter(None, [fields])),
                )  # fmt: skip
                words = (
                    [ConsentWord(Purpose.SHARING, True, fields, desk.employer_id, vacancy_id)] if accepted else []
                )
                words += [] if holds else [replace(words[0], granted=False)]
                with self.application.session() as session:
                    session.add(request)
                    for word in words:
                        add_consent(session, request.returnee_id, word, NOW, None)
                    session.commit()
                number = list(PEOPLE).index(name)
                allowed[request.id] = {canary(number, "phone").lower()} if accepted and holds else set()
        return allowed


def _literals(rows: dict[str, dict[str, str]], ids: dict[str, uuid.UUID]) -> re.Pattern[str]:
    """Dates and amounts of people, and their ids, as one pattern."""
    found = [row[field] for row in rows.values() for field in (*DATES, "expected_pay")]
    found += [text for who in ids.values() for text in (str(who), who.hex)]
    return re.compile("|".join(re.escape(text) for text in (*dict.fromkeys(found), *NEVER)))


@pytest.fixture
def stage(sqlite_application: Application, write_csv: CsvWriter) -> Stage:
    return Stage(sqlite_application, write_csv)


def plain(answer: object) -> object:
    """An answer as JSON would carry it: every field of every value."""
    if isinstance(answer, SQLModel):
        return answer.model_dump(mode="json")
    if is_dataclass(answer) and not isinstance(answer, type):
        return {key: plain(value) for key, value in vars_of(answer).items()}
    if isinstance(answer, list | tuple | set | frozenset):
        return [plain(item) for item in answer]
    if isinstance(answer, dict):
        return {str(key): plain(value) for key, value in answer.items()}
    return answer


def vars_of(answer: Any) -> dict[str, object]:
    return {name: getattr(answer, name) for name in answer.__dataclass_fields__}


def serialised(answer: object) -> str:
    """Everything that an answer could carry outside: its JSON and its repr, errors with their words."""
    if isinstance(answer, HunarError):
        return f"{answer!r} {answer} {answer.args} {vars(answer)}"
    return json.dumps(plain(answer), default=str, ensure_ascii=False) + repr(answer)


def canaries(stage: Stage, text: str, allowed: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """The canaries in a text."""
    words = [found[0] for found in CANARY.finditer(text.lower())]
    return [word for word in words if word not in allowed] + stage.literals.findall(text)


# --- what employers try ---------------------------------------------------------------------------

Try = Callable[[Stage, random.Random, EmployerDesk, EmployerDesk], tuple[object, set[str]]]


def _candidates(
    stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk
) -> tuple[object, set[str]]:
    vacancy_id = rng.choice(stage.vacancies[desk])
    shown = desk.candidates(vacancy_id, count=rng.randint(1, 50))
    vault = stage.application.vault
    allowed = {pseudonym(vault, vacancy_id, stage.ids[name]) for name in stage.agreed}
    assert {one.candidate for one in shown} <= allowed
    for one in shown:
        # Districts, provinces and frameworks are each one person's alone here.
        profile = one.profile
        assert (profile.home_province, profile.home_district) == (None, None)
        assert {paper.framework for paper in profile.credentials} <= {None}
    return shown, set()


def _foreign(stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk) -> tuple[object, set[str]]:
    return desk.candidates(rng.choice([rng.choice(stage.vacancies[other]), an_id(rng)])), set()


def _vacancies(
    stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk
) -> tuple[object, set[str]]:
    return desk.vacancies(), set()


def _requests(stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk) -> tuple[object, set[str]]:
    found = desk.requests()
    assert all(isinstance(line, RequestLine) for line in found)
    return found, set()


def _contact(stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk) -> tuple[object, set[str]]:
    """A request of anybody, or a guessed id; only an own one with a yes in force may tell what was chosen."""
    request_id = rng.choice([*stage.disclosed, an_id(rng), rng.choice(list(stage.ids.values()))])
    own = {line.id for line in desk.requests()}
    return desk.contact(request_id), stage.disclosed.get(request_id, set()) if request_id in own else set()


def _ask(stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk) -> tuple[object, set[str]]:
    """A request with a pseudonym of somebody shown or not shown, here or elsewhere, with an id, with a guess."""
    vault, mine, theirs = stage.application.vault, stage.vacancies[desk], stage.vacancies[other]
    vacancy_id, about = rng.choice(mine), rng.choice([*mine, *theirs])
    who = rng.choice(list(stage.ids.values()))
    candidate = rng.choice([pseudonym(vault, vacancy_id, who), pseudonym(vault, about, who), who, an_id(rng)])
    return desk.ask(rng.choice([vacancy_id, vacancy_id, rng.choice(theirs), an_id(rng)]), candidate), set()


def _ask_shown(
    stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk
) -> tuple[object, set[str]]:
    """A request as it should be."""
    vacancy_id = rng.choice(stage.vacancies[desk])
    shown = desk.candidates(vacancy_id)
    return desk.ask(vacancy_id, rng.choice(shown).candidate if shown else an_id(rng)), set()


def _close(stage: Stage, rng: random.Random, desk: EmployerDesk, other: EmployerDesk) -> tuple[object, set[str]]:
    return desk.close(rng.choice([*stage.vacancies[other], an_id(rng)]), "filled"), set()


TRIES: tuple[tuple[Try, int], ...] = (
    (_candidates, 8), (_foreign, 2), (_vacancies, 1), (_requests, 2), (_contact, 4), (_ask, 4), (_ask_shown, 2),
    (_close, 1),
)  # fmt: skip


def an_id(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def answers(stage: Stage, count: int) -> Iterator[tuple[str, str, list[str]]]:
    """What was tried, how it ended, and the canaries in each of so many answers."""
    rng = random.Random(SEED)
    tries, weights = [one for one, _ in TRIES], [weight for _, weight in TRIES]
    for at in range(count):
        if at % 25 == 24:
            stage.flip()
        chosen = rng.choices(tries, weights)[0]
        desk, other = rng.choice([(stage.a, stage.b), (stage.b, stage.a)])
        allowed: set[str] = set()
        try:
            answer, allowed = chosen(stage, rng, desk, other)
        except HunarError as error:
            answer = error
        end = type(answer).__name__ if isinstance(answer, HunarError) else "answered"
        yield chosen.__name__.strip("_"), end, canaries(stage, serialised(answer), allowed)


class Log(logging.Handler):
    """Keeps what a log would have written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record with its arguments."""
        self.lines.append(self.format(record))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    """Everything that any logger writes from DEBUG on; SQLAlchemy's own echo is off, as it is in service."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "sqlalchemy")
    kept = Log()
    loggers = [
        logging.getLogger(),
        *map(logging.getLogger, ("hunar", "uvicorn", "uvicorn.access", "uvicorn.error")),
    ]
    held = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(kept)
        logger.setLevel(logging.DEBUG)
    yield kept
    for logger, level in held:
        logger.removeHandler(kept)
        logger.setLevel(level)


# --- the campaign ---------------------------------------------------------------------------------


def test_every_field_of_the_layout_carries_a_canary_or_is_a_choice() -> None:
    layout = set(_PLAIN) | {f"{group}1_{name}" for group, names in _GROUPS.items() for name in names}
    assert set(TEXTS) | set(DATES) | set(CHOICES) | CONSENTS | {"expected_pay"} == layout
    assert len({canary(person, field) for person in range(20) for field in TEXTS}) == 20 * len(TEXTS)


def test_no_canary_in_any_answer_to_an_employer(stage: Stage, log: Log) -> None:
    ends: Counter[tuple[str, str]] = Counter()
    found: list[tuple[str, list[str]]] = []
    for tried, end, told in answers(stage, ANSWERS):
        ends[tried, end] += 1
        found += [(tried, told)] if told else []
    logged = [line for line in log.lines if canaries(stage, line)]
    with stage.application.reading() as session:
        disclosures = len(session.exec(select(Disclosure)).all())
    print(
        f"\n{ANSWERS} answers to employers: {len(found)} with a canary, {len(logged)} log lines with one;", end=" "
    )
    print(", ".join(f"{tried} {end} {count}" for (tried, end), count in sorted(ends.items())))
    assert found == []
    assert logged == []
    assert sum(ends.values()) == ANSWERS
    # Every kind of answer was given, and what was agreed to was handed over each time it was asked for.
    for tried in ("candidates", "vacancies", "requests", "contact", "ask_shown"):
        assert ends[tried, "answered"], tried
    for tried in ("foreign", "contact", "ask", "close"):
        assert ends[tried, "NotFound"], tried
    assert ends["contact", "Conflict"]
    assert disclosures == ends["contact", "answered"]


def test_those_who_agreed_are_shown(stage: Stage) -> None:
    vacancy_id = stage.vacancies[stage.a][0]
    shown = {one.candidate for one in stage.a.candidates(vacancy_id)}
    vault = stage.application.vault
    assert shown == {pseudonym(vault, vacancy_id, stage.ids[name]) for name in (*AGREED, "moody")}


def test_the_canaries_are_in_what_a_counsellor_reads(stage: Stage) -> None:
    """Were they not stored, nobody could find them."""
    rights = Rights(stage.application, people.counsellor(stage.application, "Home", Role.HEAD).principal)
    for at, name in enumerate(PEOPLE):
        document = rights.export(stage.ids[name]).decode() + repr(rights.notes(stage.ids[name]))
        missing = [field for field in (*TEXTS, "note") if canary(at, field) not in document]
        assert missing == ([] if PEOPLE[name][0] else ["consent_language", "consent_assisted_by"]), name
        assert a_row(at, "", "")["birth_date"] in document


# --- planted leaks --------------------------------------------------------------------------------


def leaks(stage: Stage) -> list[str]:
    return [word for _, _, told in answers(stage, 60) for word in told]


def test_words_of_the_person_in_a_reason_are_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(found: Any, *rest: Any) -> Any:
        raw = tuple(ShownReason(reason.key, reason.params, True) for reason in found.match.reasons)
        return replace(shown_candidate(found, *rest), reasons=raw)

    monkeypatch.setattr(employers, "shown_candidate", leaky)
    told = Counter(leaks(stage))
    title = canary(list(PEOPLE).index("seen 1"), "job1_title").lower()
    wish = canary(list(PEOPLE).index("seen 1"), "wanted_work").lower()
    assert told[title]
    assert told[wish]


def test_an_id_in_the_place_of_a_pseudonym_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(found: Any, candidate: uuid.UUID, *rest: Any) -> Any:
        shown = shown_candidate(found, candidate, *rest)
        return replace(shown, reasons=(ShownReason("meaning", {"id": str(found.returnee_id)}, True),))

    monkeypatch.setattr(employers, "shown_candidate", leaky)
    assert {str(stage.ids[name]) for name in AGREED} <= set(leaks(stage))


def test_a_rare_district_that_is_not_coarsened_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(Crowd):
        def common(self, detail: Detail, value: str) -> bool:
            return True

    monkeypatch.setattr(employers, "crowd_shown", lambda *_: Careless())
    with pytest.raises(AssertionError):
        leaks(stage)


def test_a_person_who_did_not_agree_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from matching import reverse
    from profiling import matching_view
    from profiling.consent import consents

    anybody = matching_view._passports(consents(Purpose.MATCHING, matching_view._NOW))
    monkeypatch.setattr(matching_view, "_SHOWN_PASSPORTS", anybody)
    monkeypatch.setattr(reverse, "matchable_by", lambda principal, now: consents(Purpose.MATCHING, now))
    with pytest.raises(AssertionError):
        leaks(stage)


def test_a_canary_in_a_log_line_is_found(stage: Stage, log: Log) -> None:
    logging.getLogger("hunar.some").debug("shown to %s", stage.ids["seen 1"])
    logging.getLogger("uvicorn.access").info("GET /%s", canary(3, "phone"))
    assert len([line for line in log.lines if canaries(stage, line)]) >= 2


def test_the_words_before_a_canary_are_understood(coder: Coder) -> None:
    row = a_row(1, *SEEN)
    trade = coder.occupation(row["job1_title"], set())
    assert trade is not None
    assert trade.occupation == "mason-bricklayer"
    assert {hit.what for hit in coder.skills(row["job1_duties"])} >= {"lay-bricks", "plaster-walls"}
    assert asdict(trade)
