"""A vacancy that is marked reaches nobody unmarked: every surface that names one, listed and looked at."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api_client import Program, mounted
from conftest import NOW, CsvWriter
from people import Browser, Somebody, browser, counsellor, employer, id_of, returnee, token_of
from rich.console import Console
from sqlmodel import select

from api import printing
from api.application import Application
from api.casework import Casework
from api.models import Account, ContactRequest, Disclosure
from api.policy import GRANTS
from api.review import marks_of, offered_ids
from jobs_ingest.employers import give_vacancy
from jobs_ingest.models import Vacancy
from profiling.consent import ConsentWord, add_consent
from profiling.models import Purpose

NAME, WORDS, TITLE = "Only for one sex", "male preferred", "Bricklayer of Lumle (male preferred)"
MARKED = {
    "ref": "V-1", "title": TITLE, "employer": "Himal", "country": "Nepal", "district": "Kaski",
    "essential_skills": "brick laying; arc welding", "posted_on": "2026-11-01",
}  # fmt: skip
PERSON = {
    "ref": "R-1", "given_name": "Maya", "home_country": "NP", "home_district": "Kaski", "job1_title": "Bricklayer",
    "job1_country": "QA", "job1_from": "2018-01", "job1_to": "2021-06", "skills": "brick laying",
    "consent_matching": "yes", "consent_employers": "yes", "consent_on": "2026-10-01",
}  # fmt: skip
COURSE = {"ref": "C-1", "title": "Arc welding", "kind": "course", "skills": "arc welding", "country": "Nepal"}


@dataclass
class Shown:
    """One small market, and everybody who may be shown its marked vacancy."""

    application: Application
    person: Somebody
    couns: Somebody
    firm: Somebody
    about: uuid.UUID
    person_id: uuid.UUID

    def page(self, who: Somebody, address: str) -> str:
        shown: Browser = browser(self.application, who)
        answer = shown.get(address.format(person=self.person_id, about=self.about))
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def answer(self, who: Somebody, address: str) -> Any:
        actions = [str(action) for action, roles in GRANTS.items() if who.principal.role in roles]
        program = Program(mounted(self.application), token_of(self.application, who, actions))
        got = program.get(address.format(person=self.person_id, about=self.about))
        assert got.status_code == 200, got.text
        return got.json()

    def printed(self) -> str:
        desk = Casework(self.application, self.couns.principal)
        found = desk.match("R-1")
        paper = io.StringIO()
        marks = marks_of(self.application, offered_ids(found))
        printing.print_matches(Console(width=200, file=paper), found, self.application.taxonomy(), marks)
        return paper.getvalue()


@pytest.fixture(scope="module")
def shown(sqlite_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    from conftest import csv_file, make_application

    folder: Path = tmp_path_factory.mktemp("marked")
    made = make_application(sqlite_server.create("starter", folder), folder)
    made.settings.one_time_codes = False
    made.prepare()
    made.add_centre("Home", "NP")
    made.ingest("returnees", csv_file(folder / "p.csv", [PERSON]), centre="Home")
    made.ingest("vacancies", csv_file(folder / "v.csv", [MARKED]), source="portal")
    made.ingest("courses", csv_file(folder / "c.csv", [COURSE]), source="board")
    made.refresh()
    firm = employer(made, "Himal")
    person = id_of(made, "R-1")
    with made.session() as session:
        give_vacancy(session, "V-1", "Himal")
        about = session.exec(select(Vacancy.id)).one()
        account = session.exec(select(Account).where(Account.login == firm.login)).one()
        assert account.employer_id is not None
        request = ContactRequest(
            returnee_id=person, employer_id=account.employer_id, vacancy_id=about, candidate=uuid.uuid4(),
            asked_by=account.id, asked_at=NOW, accepted=True, fields=["name"], answered_at=NOW,
        )  # fmt: skip
        session.add(request)
        word = ConsentWord(Purpose.SHARING, True, field_set="name", recipient=account.employer_id, vacancy_id=about)
        add_consent(session, person, word, NOW, None)
        session.flush()
        session.add(
            Disclosure(
                returnee_id=person, request_id=request.id, employer_id=account.employer_id, vacancy_id=about,
                fields=["name"], shown_to=account.id, shown_at=NOW,
            )
        )  # fmt: skip
        session.commit()
    yield Shown(made, returnee(made, "R-1"), counsellor(made, "Home"), firm, about, person)
    made.engine.dispose()


PAGES = {
    "own matches": ("person", "/returnees/{person}/matches"),
    "matches at the desk": ("couns", "/returnees/{person}/matches"),
    "vacancies": ("person", "/vacancies"),
    "one vacancy": ("person", "/vacancies/{about}"),
    "one vacancy at the desk": ("couns", "/vacancies/{about}"),
    "requests of employers": ("person", "/returnees/{person}/rights"),
    "requests at the desk": ("couns", "/returnees/{person}/rights"),
    "the employer's vacancy": ("firm", "/employer/vacancies/{about}"),
}


@pytest.mark.parametrize("surface", PAGES)
def test_a_page_that_names_the_vacancy_says_what_it_is_marked_for(shown: Shown, surface: str) -> None:
    who, address = PAGES[surface]
    text = shown.page(getattr(shown, who), address)
    assert "Bricklayer of Lumle" in text
    assert "marked" in text.lower() or NAME in text
    if surface != "vacancies":
        assert NAME in text


#: Each answer of the API that names the vacancy, and where its marks stand.
ANSWERS: dict[str, tuple[str, str, Callable[[Any], list[Any]]]] = {
    "own matches": ("person", "/returnees/{person}/matches", lambda told: told["marks"]),
    "matches": ("couns", "/returnees/{person}/matches", lambda told: told["marks"]),
    "vacancies": ("person", "/vacancies", lambda told: told["items"][0]["marks"]),
    "one vacancy": ("person", "/vacancies/{about}", lambda told: told["vacancy"]["marks"]),
    "marks": ("person", "/vacancies/{about}/marks", lambda told: told["items"]),
    "requests": ("person", "/returnees/{person}/contact-requests", lambda told: told["items"][0]["marks"]),
    "disclosures": ("person", "/returnees/{person}/disclosures", lambda told: told["items"][0]["marks"]),
    "own vacancies": ("firm", "/employer/vacancies", lambda told: told["items"][0]["marks"]),
}


@pytest.mark.parametrize("surface", ANSWERS)
def test_an_answer_that_names_the_vacancy_has_its_marks(shown: Shown, surface: str) -> None:
    who, address, marks = ANSWERS[surface]
    told = shown.answer(getattr(shown, who), address)
    assert str(shown.about) in json.dumps(told)
    [mark] = marks(told)
    assert (mark["kind"], mark["severity"], mark["field"], mark["words"]) == ("sex", "note", "title", WORDS)
    assert mark["vacancy_id"] == str(shown.about)


def test_the_terminal_says_it_at_the_job_and_at_the_course_that_opens_it(shown: Shown) -> None:
    lines = shown.printed().splitlines()
    at = next(n for n, line in enumerate(lines) if f" 1. {TITLE}" in line)
    until = next(n for n, line in enumerate(lines) if "more were compared" in line or "Left out" in line)
    assert f"      ! Marked: {NAME}: “{WORDS}”" in lines[at:until]
    course = next(n for n, line in enumerate(lines) if "Arc welding" in line and "1." in line)
    assert f"      ! “{TITLE}” is marked: {NAME}: “{WORDS}”" in lines[course:]


def test_the_person_s_download_says_it(shown: Shown) -> None:
    told = json.dumps(shown.answer(shown.person, "/returnees/{person}/export"), ensure_ascii=False)
    assert told.count("Bricklayer of Lumle") == told.count(f"{TITLE} (marked: {NAME})") >= 2


def test_every_surface_that_names_a_vacancy_is_listed_here() -> None:
    """Whoever adds a template, a schema or a printer that names a vacancy adds it above."""
    api = Path(printing.__file__).parent
    templates = {path.name for path in (api / "templates").glob("*.html") if "vacancy" in path.read_text()}
    assert templates <= {
        "vacancies.html", "vacancy.html", "matches.html", "rights.html", "employer.html", "employer_vacancy.html",
        # Parts of these, or without a vacancy's name:
        "marks.html", "life.html", "parts.html", "contact.html", "read.html", "posting.html", "duplicates.html",
        "duplicate.html", "sources.html",
        # For reviewers alone:
        "offers.html",
    }  # fmt: skip


def test_the_command_line_prints_marks_as_json_too(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from api import cli

    monkeypatch.setattr(cli, "_application", lambda **_: shown.application)
    cli.match("R-1", shown.couns.login, jobs=10, courses=5, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [job["ref"] for job in told["jobs"]] == ["V-1"]
    assert [(mark["kind"], mark["words"]) for mark in told["marks"]] == [("sex", WORDS)]


def test_held_it_reaches_no_returnee(shown: Shown, write_csv: CsvWriter) -> None:
    fee = MARKED | {"description": "Candidates pay a registration fee of Rs 2,000 before joining."}
    made = shown.application
    made.ingest("vacancies", write_csv("v.csv", fee), source="portal")
    made.refresh()
    try:
        assert shown.answer(shown.person, "/returnees/{person}/matches")["found"]["jobs"] == []
        assert shown.answer(shown.person, "/vacancies")["items"] == []
        assert TITLE not in shown.page(shown.person, "/returnees/{person}/matches")
        assert TITLE not in shown.page(shown.person, "/vacancies")
        # What an employer asked before stays, with what is now said of it.
        assert "The worker is asked to pay" in shown.page(shown.person, "/returnees/{person}/rights")
    finally:
        made.ingest("vacancies", write_csv("v.csv", MARKED), source="portal")
        made.refresh()
