"""Matching with next to nothing, or with what no longer fits: an honest list, or none with the reason."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from conftest import CsvWriter
from people import Browser, browser, counsellor, desk, id_of

from api.application import Application
from matching.pipeline import MatchList
from matching.ranker_file import SHIPPED_FILE, read_ranker
from matching.ranking import NAMES
from profiling.errors import OperatorError
from profiling.models import OccupationConcept, OccupationName, SkillConcept
from profiling.repository import bump_revision
from profiling.taxonomy_store import load_taxonomy

BARE = {
    "ref": "R-1",
    "given_name": "Maya",
    "home_country": "Nepal",
    "consent_matching": "yes",
    "consent_on": "2026-10-01",
}
MASON = {**BARE, "job1_title": "mason", "job1_country": "Qatar", "skills": "brick laying"}
OFFER = {"ref": "V-1", "title": "Mason", "country": "Nepal", "essential_skills": "brick laying; arc welding"}


def matched(
    application: Application, write_csv: CsvWriter, person: dict[str, str], *offers: dict[str, str]
) -> tuple[MatchList, str]:
    """The list of a person in a market of these offers, and the page that shows it."""
    application.settings.one_time_codes = False
    application.add_centre("Home", "NP")
    assert application.ingest("returnees", write_csv("people.csv", person)).new == 1
    if offers:
        assert application.ingest("vacancies", write_csv("offers.csv", *offers)).new == len(offers)
    application.refresh()
    page = pages(application).get(f"/returnees/{id_of(application, person['ref'])}/matches")
    assert page.status_code == 200, page.text
    return desk(application).match(person["ref"]), page.text


def pages(application: Application) -> Browser:
    return browser(application, counsellor(application))


NOTHING_NEAR = "No open vacancy is near enough today."


@pytest.mark.parametrize("said", ["mason", "bhyakuro", "कुक", "x"])
def test_a_person_of_one_word(application: Application, write_csv: CsvWriter, said: str) -> None:
    found, page = matched(application, write_csv, {**BARE, "job1_title": said}, OFFER)
    assert [job.vacancy.title for job in found.jobs] == (["Mason"] if said == "mason" else [])
    assert (NOTHING_NEAR in page) is (said != "mason")
    assert found.weaker == (0 if said == "mason" else 1)


def test_a_person_of_no_word(application: Application, write_csv: CsvWriter) -> None:
    found, page = matched(application, write_csv, BARE, OFFER)
    assert (found.jobs, found.courses, found.weaker) == ((), (), 1)
    assert NOTHING_NEAR in page


@pytest.mark.parametrize(("title", "listed"), [("Mason", True), ("Zzz", False), ("---", False), ("कुक", False)])
def test_a_vacancy_of_a_title_only(
    application: Application, write_csv: CsvWriter, title: str, listed: bool
) -> None:
    found, _ = matched(application, write_csv, MASON, {"ref": "V-1", "title": title})
    assert len(found.jobs) == listed
    candidates = desk(application).candidates("V-1")
    assert [one.ref for one in candidates] == ["R-1"]
    assert (candidates[0].found.match.score >= 0.45) or not listed


def test_an_empty_market(application: Application, write_csv: CsvWriter) -> None:
    found, page = matched(application, write_csv, MASON)
    assert (found.jobs, found.courses, found.weaker, dict(found.left_out)) == ((), (), 0, {})
    assert NOTHING_NEAR in page
    assert "No vacancy was left out." in page


def test_a_market_of_one_vacancy_that_is_closed(application: Application, write_csv: CsvWriter) -> None:
    found, page = matched(application, write_csv, MASON, {**OFFER, "status": "closed"})
    assert found.jobs == ()
    assert dict(found.left_out) == {"closed": 1}
    assert "filled, closed or withdrawn" in page


def test_the_shipped_ranker_is_refused_for_other_features() -> None:
    assert json.loads(SHIPPED_FILE.read_text(encoding="utf-8"))["features"] == list(NAMES)
    with pytest.raises(OperatorError, match=r"learned for other features \(age\).*hunar train ranker"):
        read_ranker(SHIPPED_FILE, [*NAMES, "age"])


def test_a_taxonomy_that_lost_what_was_coded(application: Application, write_csv: CsvWriter) -> None:
    """Vectors, codes of jobs, vacancies and skills are of the taxonomy before; the list is made all the same."""
    person, offer = {**MASON, "job1_title": "Bricklayer"}, {**OFFER, "title": "Bricklayer"}
    before, _ = matched(application, write_csv, person, offer)
    assert [job.vacancy.occupation in application.taxonomy().occupations for job in before.jobs] == [True]
    assert before.jobs[0].matched
    with application.session() as session:
        for table in (OccupationName, OccupationConcept, SkillConcept):
            session.execute(sa.delete(table))
        bump_revision(session, "taxonomy")
        session.commit()
        assert load_taxonomy(session).occupations == {}
    after = desk(application).match("R-1")
    assert [job.vacancy.title for job in after.jobs] == ["Bricklayer"]
    page = pages(application).get(f"/returnees/{id_of(application, 'R-1')}/matches")
    assert page.status_code == 200
