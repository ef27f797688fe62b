"""What is read of a vacancy's text, from the form to the pages and programs, and through coding it again."""

from __future__ import annotations

import people
import sqlalchemy as sa
from api_client import Program, mounted
from conftest import CsvWriter
from sqlmodel import select

from api.application import Application
from jobs_ingest.models import Course, Vacancy
from jobs_ingest.recode import recode_offers
from profiling.coding import Coder
from profiling.taxonomy import read_starter

TEXT = "Min 3 years experience. Valid heavy licence must. Fluent English. Diploma preferred."


def test_an_employer_sees_what_was_read_and_from_which_words(application: Application) -> None:
    application.add_centre("Home", "NP")
    who = people.employer(application, "Builders")
    page = people.browser(application, who)
    form = {"title": "Truck work", "country": "Nepal", "description": TEXT, "experience_years": "5"}
    answer = page.submit("/employer", form, page="/employer")
    assert answer.status_code == 303
    own = page.get(answer.headers["location"]).text
    understood = own.split('id="understood"')[1].split("</section>")[0]
    assert "Licence: Driving licence, heavy truck or bus" in understood
    assert '<q dir="auto">heavy licence</q>' in understood
    assert "Schooling, welcome: vocational" in understood
    assert "Experience" not in understood
    public = page.get(answer.headers["location"].replace("/employer", "")).text
    assert public.count("read from:") == 3
    assert "5 years" in public
    token = people.token_of(application, who, ["vacancy.read"])
    found = Program(mounted(application), token).get("/employer/vacancies").json()["items"][0]
    assert (found["experience_years"], found["licences"], found["languages"]) == (
        5,
        ["heavy-vehicle"],
        {"en": "fluent"},
    )
    assert {"field": "languages", "value": "en:fluent", "words": "English"} in found["read"]


def test_coding_again_replaces_what_was_read_and_nothing_that_was_stated(
    application: Application, write_csv: CsvWriter
) -> None:
    rows = [
        {"ref": "V-1", "title": "Truck work", "description": TEXT, "experience_years": "5"},
        {"ref": "V-2", "title": "Truck work", "description": TEXT},
    ]
    application.ingest("vacancies", write_csv("vacancies.csv", *rows))
    course = {"ref": "C-1", "title": "Arc welding (3 months)", "kind": "course", "entry_conditions": "SLC pass"}
    application.ingest("courses", write_csv("courses.csv", course))
    with application.session() as session:
        stale = {"coding": "old", "licences": ["forklift"], "education_level": "master"}
        session.execute(sa.update(Vacancy).values(**stale))
        session.execute(sa.update(Course).values(coding="old", weeks=99.0))
        session.commit()
        assert recode_offers(session, Coder(read_starter()), 10) == 3
        session.commit()
        found = {row.ref: row for row in session.exec(select(Vacancy))}
        taught = session.exec(select(Course)).one()
    assert {ref: row.experience_years for ref, row in found.items()} == {"V-1": 5.0, "V-2": 3.0}
    assert {tuple(row.licences) for row in found.values()} == {("heavy-vehicle",)}
    # Nothing says that "master" was read, so it counts as stated.
    assert {row.education_level for row in found.values()} == {"master"}
    assert (taught.weeks, taught.teaches) == (13.0, [["weld-arc", "Arc welding"]])
    assert ["entry_education", "secondary", "SLC"] in taught.read
