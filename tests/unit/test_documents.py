"""What becomes a vector: no text that is embedded tells who somebody is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from matching_cases import TAXONOMY, RecordingEmbedder, job, profile, skills
from people import desk

from api.application import Application
from jobs_ingest.models import Course, Vacancy
from matching.documents import course_document, person_document, text_hash, vacancy_document

TELLING = re.compile(
    r"\b(he|she|him|her|his|hers|male|female|man|woman|men|women|wife|husband|mother|father|son|daughter|married"
    r"|widow|muslim|hindu|dalit|brahmin|mr|mrs)\b",
    re.IGNORECASE,
)
PERSON = {
    "given_name": "Dhan Bahadur", "family_name": "Chepang", "sex": "male", "birth_date": "1989-04-07",
    "phone": "+977-980-1234567", "home_country": "Nepal", "home_district": "Chitwan", "consent_matching": "yes",
    "job1_title": "shuttering carpenter at Zahrat Sahil", "job1_country": "Qatar",
    "job1_employer": "Zahrat Sahil Contracting WLL",
    "job1_duties": (
        "I am Dhan Bahadur CHEPANG, a married Hindu man, born 1989-04-07. Call +977 980-1234567 or 9801234567, "
        "mail dhan.chepang@example.org, see https://example.org/dhan. Passport PA0123456, citizenship "
        "12-34-56-7890123. Foreman Rajan Kurup of Zahrat Sahil Contracting WLL says he is a good son and father. "
        "He made formwork for columns; his wife (she) stayed."
    ),
    "reference1_name": "Rajan Kurup", "reference1_contact": "rajan.kurup@example.org", "reference1_job": "1",
}  # fmt: skip
HIDDEN = (
    "Dhan Bahadur Chepang Rajan Kurup Zahrat Sahil Contracting WLL example.org 1234567 9801234567 PA0123456"
    " 7890123 @"
).split()


def embedded(application: Application, write: Callable[..., Path], *people: dict[str, str]) -> list[str]:
    """The texts of these people that reach the embedder."""
    recorder = RecordingEmbedder()
    application.embedder = recorder
    application.add_centre("Centre", "NP")
    rows = [{"ref": f"R-{at}", **row} for at, row in enumerate(people)]
    report = application.ingest("returnees", write("people.csv", *rows))
    assert report.new == len(people), report.problems
    application.refresh()
    return recorder.texts


def test_identity_is_never_embedded(sqlite_application: Application, write_csv: Callable[..., Path]) -> None:
    [text] = embedded(sqlite_application, write_csv, PERSON)
    assert "formwork" in text
    assert "columns" in text
    for word in HIDDEN:
        assert word.casefold() not in text.casefold(), word
    assert TELLING.findall(text) == []


def test_a_text_made_at_the_request_is_freed_too(
    sqlite_application: Application, write_csv: Callable[..., Path]
) -> None:
    """A person who was never indexed is embedded when matches are asked for."""
    application = sqlite_application
    recorder = RecordingEmbedder()
    application.embedder = recorder
    application.add_centre("Centre", "NP")
    application.ingest("returnees", write_csv("people.csv", {"ref": "R-0", **PERSON}))
    desk(application).match("R-0")
    [text] = recorder.texts
    assert not [word for word in HIDDEN if word.casefold() in text.casefold()]
    assert TELLING.findall(text) == []


def test_only_telling_words_apart_the_document_is_the_same(
    sqlite_application: Application, write_csv: Callable[..., Path]
) -> None:
    told = "{0} cooked for the family of {1} {2}, as {3} cook, {4} and unmarried."
    words = (
        ("He", "his", "wife", "male", "Hindu"),
        ("She", "her", "husband", "female", "Muslim"),
        ("SHE", "Her", "Mother", "Woman", "widow"),
    )
    people = [
        {
            "given_name": name, "home_country": "Nepal", "consent_matching": "yes", "sex": sex,
            "job1_title": f"{said[3]} cook", "job1_duties": told.format(*said),
        }
        for name, sex, said in zip(("Ram", "Sita", "Gita"), ("male", "female", "other"), words, strict=True)
    ]  # fmt: skip
    # Equal texts are embedded once.
    [text] = embedded(sqlite_application, write_csv, *people)
    assert text.endswith("cook. cooked for the family of , as cook, and .")


@pytest.mark.parametrize(
    ("given", "duties", "hidden"),
    [
        pytest.param(
            "Abdul-Karim",
            "Karim fixed pipes.",
            "Karim",
        ),
        pytest.param(
            "कुमार",
            "कुमारले पाइप जोडे।",
            "कुमार",
        ),
        ("O'Neil", "O'Neil fixed pipes.", "Neil"),
        ("Sita", "SITA's pipes.", "sita"),
    ],
)
def test_a_name_in_other_guises(
    sqlite_application: Application, write_csv: Callable[..., Path], given: str, duties: str, hidden: str
) -> None:
    person = {"given_name": given, "home_country": "Nepal", "consent_matching": "yes", "job1_title": "plumber"}
    [text] = embedded(sqlite_application, write_csv, {**person, "job1_duties": duties})
    assert hidden.casefold() not in text.casefold()


def test_without_consent_nothing_is_embedded(
    sqlite_application: Application, write_csv: Callable[..., Path]
) -> None:
    silent = {key: text for key, text in PERSON.items() if key != "consent_matching"}
    assert embedded(sqlite_application, write_csv, silent, {**PERSON, "consent_matching": "no"}) == []


def test_what_matters_most_stands_first_in_a_persons_document() -> None:
    who = profile(jobs=(job("x", "cook", 3), job("y", "mason", 90)), skills=skills("lay-bricks", "hygiene"))
    text = person_document(who, ["raj mistri. built walls", "helped cook"], TAXONOMY)
    assert text == "Mason, Cook. Lay bricks, Hygiene. raj mistri. built walls. helped cook"
    assert len(person_document(who, ["long " * 900], TAXONOMY)) == 700
    assert person_document(profile(), [], TAXONOMY) == ""


def a_vacancy(**given: object) -> Vacancy:
    return Vacancy(**{"source": "s", "ref": "r", "content_hash": "", "coding": "", **given})


def test_a_vacancys_document() -> None:
    full = a_vacancy(
        title="Bricklayer", occupation="mason", essential_text=["lay bricks"], wished_text=["plaster"],
        description="Work in Pokhara. Call 9801234567 or write to boss@example.org.",
    )  # fmt: skip
    assert (
        vacancy_document(full, TAXONOMY)
        == "Bricklayer. Mason. lay bricks, plaster. Work in Pokhara. Call or write to"
    )
    assert vacancy_document(a_vacancy(title="Masons", occupation="mason"), TAXONOMY) == "Masons"
    assert vacancy_document(a_vacancy(title="Male cook"), TAXONOMY) == vacancy_document(
        a_vacancy(title="Female cook"), TAXONOMY
    )


def test_a_vacancys_demands_are_freed_of_telling_words() -> None:
    text = vacancy_document(a_vacancy(title="Cook", essential_text=["cooking", "male, unmarried"]), TAXONOMY)
    assert TELLING.findall(text) == []


def test_a_courses_document() -> None:
    course = Course(
        source="s", ref="r", content_hash="", coding="", kind="course", title="Walls", occupation="mason",
        skills_text=["lay bricks", "plaster"],
    )  # fmt: skip
    assert course_document(course, TAXONOMY) == "Walls. Mason. lay bricks, plaster"


def test_the_hash_tells_texts_apart() -> None:
    assert text_hash("a") == text_hash("a") != text_hash("b")
