"""Providers: from files and from courses, found and shown; and the terms of courses in pages and the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CsvWriter
from sqlmodel import select

from api.application import Application
from api.course_wording import GROUPS, course_facts
from jobs_ingest.models import Course, Provider
from jobs_ingest.provider_names import groups, name_key, read_served
from jobs_ingest.providers import ProviderQuery, find_provider, providers_after, search_providers

COURSE = {"kind": "course", "country": "NP"}
SCHOOL = {
    "ref": "P-1", "name": "Narayani Institute Pvt. Ltd.", "country": "NP", "district": "Chitwan",
    "serves": "returned workers; not for women; people with disabilities", "area": "Chitwan; Makwanpur",
    "phone": "+977 56 500002", "email": "info@narayani.example", "website": "https://narayani.example",
    "specialisation": "Masonry", "accreditation": "CTEVT", "licence": "by letter",
}  # fmt: skip


def course(ref: str, provider: str, district: str = "", **cells: str) -> dict[str, str]:
    return {
        "ref": ref,
        "title": f"Mason course {ref}",
        "provider": provider,
        "district": district,
        **COURSE,
        **cells,
    }


def entries(application: Application) -> list[tuple[str, str | None, bool, list[str]]]:
    """Each provider's name, district, whether it is described, and the numbers of its courses."""
    with application.reading() as session:
        found = [
            (one.name, one.district, one.described,
             sorted(session.exec(select(Course.ref).where(Course.provider_id == one.id))))
            for one in session.exec(select(Provider))
        ]  # fmt: skip
        return sorted(found, key=str)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Narayani Institute", "NARAYANI  institute Pvt. Ltd.", True),
        ("Narayani Institute (CTEVT affiliated)", "Narayani Institute", True),
        ("Narayani Training Center", "Narayani Training Centre, approved by NSTB", True),
        ("Bagmati Tech. Inst. (P.) Ltd", "Bagmati Technical Institute", True),
        ("नारायणी प्रशिक्षण केन्द्र प्रा. लि.", "नारायणी प्रशिक्षण केन्द्र", True),
        ("Narayani Institute, Butwal", "Narayani Institute, Dharan", False),
        ("Narayani Institute (Butwal branch)", "Narayani Institute", False),
        ("Narayani Institute (Women)", "Narayani Institute", False),
        ("Narayani Institute (Training)", "Narayani Institute", False),
        ("Government Technical School", "Technical School", False),
    ],
)
def test_two_spellings_of_one_provider_are_one(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) is same


def test_a_name_of_form_and_approval_alone_stays_a_name() -> None:
    assert name_key("CTEVT") == "ctevt"
    assert name_key("Pvt. Ltd.") == "pvt ltd"
    assert name_key("  ") is None
    assert name_key("...") is None


def test_whom_a_provider_serves_is_coded_with_its_words() -> None:
    found = read_served(["Returned workers and their wives", "not for women", "deaf youth", "gold smiths"])
    assert [(one.group, one.words) for one in found] == [
        ("returnees", "Returned workers"), ("disabilities", "deaf"), ("youth", "youth"),
    ]  # fmt: skip
    assert set(GROUPS) == set(groups())


def test_courses_fill_the_directory(application: Application, write_csv: CsvWriter) -> None:
    rows = [
        course("1", "Narayani Institute", "Chitwan"), course("2", "narayani institute (CTEVT)", "Chitwan"),
        course("3", "Narayani Institute", "Morang"), course("4", "Narayani Institute"),
        course("5", "Sole School", "Kaski"), course("6", "Sole School"), course("7", ""),
    ]  # fmt: skip
    application.ingest("courses", write_csv("c.csv", *rows))
    made = [
        # Which of two branches is meant by a course without a district is not known.
        ("Narayani Institute", "Chitwan", False, ["1", "2"]), ("Narayani Institute", "Morang", False, ["3"]),
        ("Narayani Institute", None, False, ["4"]), ("Sole School", "Kaski", False, ["5", "6"]),
    ]  # fmt: skip
    assert sorted(entries(application), key=str) == sorted(made, key=str)
    application.ingest("courses", write_csv("c.csv", *rows))
    assert sorted(entries(application), key=str) == sorted(made, key=str)
    application.ingest("courses", write_csv("c.csv", {**rows[2], "provider": "Other School"}))
    assert ("Other School", "Morang", False, ["3"]) in entries(application)
    assert ("Narayani Institute", "Chitwan", False, ["1", "2", "4"]) in entries(application)
    assert len(entries(application)) == 3


@pytest.mark.parametrize("first", ["courses", "providers"])
def test_a_described_provider_takes_its_courses(application: Application, write_csv: CsvWriter, first: str) -> None:
    files = {
        "courses": write_csv(
            "c.csv", course("1", "NARAYANI INSTITUTE", "Chitwan"), course("2", "Narayani Institute")
        ),
        "providers": write_csv("p.csv", SCHOOL),
    }
    for kind in sorted(files, reverse=first == "providers"):
        assert application.ingest(kind, files[kind], source="board").rejected == 0
    assert entries(application) == [("Narayani Institute Pvt. Ltd.", "Chitwan", True, ["1", "2"])]


def test_importing_providers_twice_changes_nothing(application: Application, write_csv: CsvWriter) -> None:
    rows = [SCHOOL, {"name": "Sole School", "country": "NP"}]
    first = application.ingest("providers", write_csv("p.csv", *rows), source="board")
    again = application.ingest("providers", write_csv("p.csv", *rows), source="board")
    assert (first.new, again.new, again.unchanged) == (2, 0, 2)
    changed = application.ingest("providers", write_csv("p.csv", {**SCHOOL, "phone": ""}), source="board")
    assert (changed.changed, changed.rejected) == (1, 0)
    # Another source fills what the first leaves empty, and changes nothing else.
    other = {
        "name": "narayani institute",
        "country": "NP",
        "district": "Chitwan",
        "phone": "056-1",
        "email": "a@b.example",
    }
    other["phone"] = "056-500009"
    for counted in ((1, 0), (0, 1)):
        report = application.ingest("providers", write_csv("o.csv", other), source="other")
        assert (report.changed, report.unchanged) == counted
    with application.reading() as session:
        held = session.exec(select(Provider).where(Provider.ref == "P-1")).one()
    assert (held.name, held.phone, held.email) == (SCHOOL["name"], "056-500009", "info@narayani.example")
    assert len(entries(application)) == 2


def test_bad_rows_of_providers_stand_in_the_error_file(
    application: Application, write_csv: CsvWriter, tmp_path: Path
) -> None:
    rows = [
        {"name": "", "phone": "01-555555"}, {"name": "A School", "phone": "ask Ram at the desk"},
        {"name": "B School", "email": "nobody"}, {"name": "C School", "website": "javascript:alert(1)"},
        {"name": "D School"}, {"name": "d school", "phone": "01-555555"},
    ]  # fmt: skip
    report = application.ingest("providers", write_csv("p.csv", *rows), source="board", errors_to=tmp_path)
    assert (report.read, report.new, report.rejected) == (6, 1, 5)
    assert [(one.line, one.field) for one in report.problems] == [
        (2, "name"), (3, "phone"), (4, "email"), (5, "website"), (7, "name"),
    ]  # fmt: skip
    assert report.error_file is not None
    assert "stands twice in this file" in report.error_file.read_text(encoding="utf-8-sig")


def test_providers_are_found(application: Application, write_csv: CsvWriter) -> None:
    application.ingest("providers", write_csv("p.csv", SCHOOL), source="board")
    application.ingest(
        "courses",
        write_csv("c.csv", course("1", "Narayani Institute", "Chitwan", trade="tile layer"),
                  course("2", "Sole School", "Kaski", trade="plumber")),
    )  # fmt: skip

    def names(**asked: object) -> list[str]:
        with application.reading() as session:
            found, total = search_providers(session, ProviderQuery(**asked), count=10)  # type: ignore[arg-type]
            assert total == len(found)
            return [one.provider.name for one in found]

    school = SCHOOL["name"]
    assert names() == [school, "Sole School"]
    assert names(trades=["plumber"]) == ["Sole School"]
    assert names(trades=[]) == []
    assert names(district="chitwan district") == [school]
    assert names(district="Makwanpur") == [school]
    assert names(serves="returnees") == [school]
    assert names(serves="women") == []
    assert names(words="NARAYANI institute pvt") == [school]
    assert names(words="course 2") == ["Sole School"]
    assert names(words="100%") == []
    with application.reading() as session:
        (line,) = providers_after(session, ProviderQuery(), None, count=1)
        (rest,) = providers_after(session, ProviderQuery(), (line.provider.name_key, line.provider.id), count=9)
        told = find_provider(session, line.provider.id)
    assert rest.provider.name == "Sole School"
    assert (line.trades, line.courses, [group for group, _ in line.serves]) == (
        ("tile-fixer",),
        1,
        ["disabilities", "returnees"],
    )
    assert [one.ref for one in told.courses] == ["1"]


def test_what_a_course_says_is_read_and_what_it_states_stays(
    application: Application, write_csv: CsvWriter
) -> None:
    text = (
        "Fee: Rs 12,000 only. Stipend Rs 300 per day. 20 trainees. Intakes: 15 January 2027 and 1 July 2026. "
        "Hostel available, no childcare. Women aged 18 to 35."
    )
    rows = [
        course("1", "A", description=text),
        course("2", "A", description=text, cost="0", seats="12", next_intake="2026-12-01", lodging="no",
               stipend="500", stipend_period="week"),
    ]  # fmt: skip
    application.ingest("courses", write_csv("c.csv", *rows))
    application.refresh()
    with application.reading() as session:
        one, other = session.exec(select(Course).order_by(Course.ref)).all()
    assert (one.cost, one.cost_currency, one.seats, one.lodging, one.childcare) == (12000, "NPR", 20, True, False)
    assert (one.stipend, one.stipend_currency, one.stipend_period) == (300, "NPR", "day")
    assert one.intakes == ["2026-07-01", "2027-01-15"]
    assert (other.cost, other.cost_currency, other.seats, other.lodging) == (0, None, 12, False)
    assert (other.stipend, other.stipend_period, other.intakes) == (500, "week", ["2026-12-01"])
    facts = {fact.label: (fact.value, fact.words) for fact in course_facts(one, application.now().date())}
    assert facts["Cost"] == ("NPR 12,000", "Fee: Rs 12,000")
    assert facts["Stipend"] == ("NPR 300 a day", "Stipend Rs 300 per day")
    assert facts["Next intake"] == ("15 Jan 2027", "1 July 2026; 15 January 2027")
    assert facts["Lodging"] == ("yes", "Hostel available")
    stated = {fact.label: fact for fact in course_facts(other, application.now().date())}
    assert (stated["Cost"].value, stated["Cost"].words) == ("free", "")


def test_the_demo_describes_providers(application: Application) -> None:
    folder = Path(__file__).parents[2] / "api" / "demo"
    application.ingest("courses", folder / "courses.csv", source="demo")
    report = application.ingest("providers", folder / "providers.csv", source="demo")
    assert (report.read, report.kept, report.rejected) == (12, 12, 0)
    described = [entry for entry in entries(application) if entry[2]]
    assert len(described) == 12
    assert all(entry[3] for entry in described)
