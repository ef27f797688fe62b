"""What texts tell of the columns that a source leaves empty, and that what a source states is never replaced."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from api.reading_wording import read_lines, read_shown
from jobs_ingest.courses import CourseImporter, CourseTold, code_course
from jobs_ingest.demands import read_demands, unglued, unglued_items
from jobs_ingest.demands.lexicon import fold, starts_of
from jobs_ingest.models import Vacancy
from jobs_ingest.readings import COURSE_FIELDS, VACANCY_FIELDS, stated_values
from jobs_ingest.vacancies import VacancyImporter, code_vacancy
from profiling.codes import LanguageCode
from profiling.coding import Coder
from profiling.fields import Row

ADVERT = (
    "Shuttering carpenter wanted. Min 3 years experience in column shuttering. SLC pass. Valid heavy licence must."
    " Fluent English, Arabic is a plus. Doka system is preferred."
)


def code(
    coder: Coder, description: str, stated: Mapping[str, object] | None = None, **more: object
) -> dict[str, Any]:
    told: dict[str, Any] = {"title": "Worker", "essential_text": [], "wished_text": [], **more}
    return code_vacancy(coder, description=description, stated=stated or {}, **told)


def test_what_the_source_leaves_empty_is_read_with_its_words(coder: Coder) -> None:
    found = code(coder, ADVERT)
    assert found["experience_years"] == 3.0
    assert found["education_level"] == "secondary"
    assert found["licences"] == ["heavy-vehicle"]
    assert found["languages"] == {"en": "fluent"}
    assert ["column-wall-formwork", "column shuttering"] in found["essential"]
    assert ["system-formwork", "Doka"] in found["wished"]
    read = found["read"]
    assert ["experience_years", "3", "Min 3 years experience"] in read
    assert ["education_level", "secondary", "SLC"] in read
    assert ["wished_languages", "ar", "Arabic"] in read
    assert ["languages", "en:fluent", "English"] in read
    assert all(words in ADVERT for _, _, words in read)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("experience_years", 1.0),
        ("education_level", "primary"),
        ("licences", ["forklift"]),
        ("languages", {"ne": "basic"}),
    ],
)
def test_what_the_source_states_is_not_answered_and_so_cannot_be_replaced(
    coder: Coder, field: str, value: object
) -> None:
    found = code(coder, ADVERT, {field: value})
    assert field not in found
    named = {entry[0] for entry in found["read"]}
    assert field not in named
    assert set(VACANCY_FIELDS) - {field} <= set(found)


def test_nothing_is_read_from_nothing(coder: Coder) -> None:
    found = code(coder, "")
    assert {name: found[name] for name in VACANCY_FIELDS} == dict(VACANCY_FIELDS)
    assert found["read"] == []
    assert code_vacancy(coder, "", None, [], [], {})["read"] == []


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("5 years experience in construction, of which 2 years in the Gulf", "experience_years", 5.0),
        ("Fresher can apply", "experience_years", 0.0),
        ("2 yrs UAE or 4 yrs home country experience", "experience_years", 2.0),
        ("B.E. or 10 years experience", "experience_years", None),
        ("Bachelor with 2 years or diploma with 5 years experience", "experience_years", 2.0),
        ("5 years experience preferred", "experience_years", None),
        ("up to 5 years experience", "experience_years", None),
        ("No supervisory experience", "experience_years", None),
        ("6 months experience", "experience_years", 0.5),
        ("Diploma or B.E.", "education_level", "vocational"),
        ("10th pass with ITI", "education_level", "vocational"),
        ("B.E. or 10 years experience", "education_level", None),
        ("10th pass/fail", "education_level", "lower_secondary"),
        ("Education doesn't matter", "education_level", "none"),
        ("Diploma preferred", "education_level", None),
        ("Up to G.C.E. O/L", "education_level", "secondary"),
        ("Education: Class V to VIII", "education_level", "primary"),
        ("तालिम प्राथमिकता", "education_level", None),
        ("LMV/HMV licence", "licences", []),
        ("valid driving licence", "licences", []),
        ("Motorcycle licence is a plus", "licences", []),
        ("crane operator certificate must", "licences", ["crane"]),
        ("हैवी लाइसेंस जरूरी", "licences", ["heavy-vehicle"]),
        ("Hindi or English speaking", "languages", {}),
        ("English must", "languages", {"en": "basic"}),
        ("Nepali bolna janne", "languages", {"ne": "basic"}),
        ("हिन्दी और थोड़ी अंग्रेजी बोलना आना चाहिए", "languages", {"hi": "basic", "en": "basic"}),
    ],
)  # fmt: skip
def test_a_value_of_a_column(coder: Coder, text: str, field: str, value: object) -> None:
    assert code(coder, text)[field] == value


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("LMV/HMV licence", ["licences", "heavy-vehicle|light-vehicle", "LMV/HMV licence"]),
        ("valid driving licence", ["licences", "driving", "driving licence"]),
        ("Hindi or English speaking", ["languages", "hi|en", "Hindi / English"]),
        ("B.E. or 10 years experience", ["education_level", "bachelor|experience", "B.E."]),
        ("5 years experience preferred", ["wished_experience", "5", "5 years experience"]),
    ],
)
def test_choices_and_wishes_are_told_and_fill_no_column(coder: Coder, text: str, entry: list[str]) -> None:
    found = code(coder, text)
    assert entry in found["read"]
    assert {name: found[name] for name in VACANCY_FIELDS} == dict(VACANCY_FIELDS)


def test_lists_and_title_are_read_too_and_lists_keep_their_skills(coder: Coder) -> None:
    found = code(
        coder,
        "MIG welding preferred. TIG welding must.",
        title="Welder with 4 years experience",
        essential_text=["MIG welding", "English"],
        wished_text=["TIG welding"],
    )
    assert found["experience_years"] == 4.0
    assert found["languages"] == {"en": "basic"}
    assert found["essential"] == [["weld-mig", "MIG welding"]]
    assert found["wished"] == [["weld-tig", "TIG welding"]]
    assert [entry[0] for entry in found["read"]] == ["experience_years", "languages"]


def test_beside_a_list_of_essential_skills_mere_duties_are_wished(coder: Coder) -> None:
    duties = "The team does arc welding of gates. Candidates must know MIG welding."
    alone, beside = code(coder, duties), code(coder, duties, essential_text=["gas cutting"])
    assert [skill for skill, _ in alone["essential"]] == ["weld-arc", "weld-mig"]
    assert [skill for skill, _ in beside["essential"]] == ["gas-cutting", "weld-mig"]
    assert ["wished", "weld-arc", "arc welding"] in beside["read"]


def test_a_title_says_where_somebody_teaches_and_not_what_they_passed(coder: Coder) -> None:
    assert code(coder, "", title="Teacher, Primary School")["education_level"] is None


def test_recoding_replaces_what_was_read_and_keeps_what_was_stated(coder: Coder) -> None:
    read = code(coder, ADVERT, {"licences": ["forklift"]})
    row = Vacancy(
        source="s", ref="1", content_hash="", title="Worker", description=ADVERT, licences=["forklift"],
        **{name: read[name] for name in ("read", "coding", "experience_years", "education_level", "languages")},
    )  # fmt: skip
    assert stated_values(row, VACANCY_FIELDS) == {"licences": ["forklift"]}
    again = code(coder, "No text any more.", stated_values(row, VACANCY_FIELDS))
    assert (again["experience_years"], again["education_level"], again["languages"]) == (None, None, {})
    assert "licences" not in again


def test_a_row_of_a_file_keeps_its_own_columns(coder: Coder) -> None:
    importer = VacancyImporter("s", coder)
    cells = {"title": "Worker", "description": ADVERT, "experience_years": "1", "languages": "Nepali:fluent"}
    fields = importer.parse(Row(2, cells))
    both = {**fields, **importer.code(fields)}
    assert (both["experience_years"], both["languages"]) == (1.0, {"ne": "fluent"})
    assert (both["education_level"], both["licences"]) == ("secondary", ["heavy-vehicle"])


def test_a_course_is_read(coder: Coder) -> None:
    found = code_course(
        coder,
        CourseTold("Arc welding course, 3 months", "Welder", [], "SLC pass or 2 years of work experience"),
        {},
    )
    assert found["weeks"] == 13.0
    assert found["hours"] is None
    assert found["teaches"] == [["weld-arc", "Arc welding"]]
    assert ["entry_education", "secondary|experience", "SLC"] in found["read"]
    stated = code_course(coder, CourseTold("Arc welding course, 3 months"), {"weeks": 10.0})
    assert set(COURSE_FIELDS) & set(stated) == {"hours"}


def test_a_row_of_a_course_keeps_its_own_columns(coder: Coder) -> None:
    importer = CourseImporter("s", coder)
    fields = importer.parse(Row(2, {"title": "Plumbing, 390 hours", "kind": "course", "weeks": "12"}))
    both = {**fields, **importer.code(fields)}
    assert (both["weeks"], both["hours"]) == (12.0, 390.0)


def test_pages_say_what_was_read_in_plain_words(coder: Coder) -> None:
    read = code(coder, "LMV/HMV licence. Min 3 years experience. Diploma preferred. English must.")["read"]
    lines = [(line.label, line.value) for line in read_lines(read, coder.taxonomy)]
    assert lines == [
        ("Experience", "3 years"),
        ("Schooling, welcome", "vocational"),
        ("Licence", "Driving licence, heavy truck or bus or Driving licence, car and light van"),
        ("Language", "English"),
    ]
    shown = read_shown(read, coder.taxonomy)
    assert [line.label for line in shown.welcome] == ["Schooling, welcome"]
    assert {field for field, told in shown.fields.items() if told} == {
        "experience_years",
        "wished_education",
        "licences",
        "languages",
    }


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Bachelor degree requiredMinimum 3 years", "Bachelor degree required\nMinimum 3 years"),
        ("JavaScript, AutoCAD and PowerPoint", "JavaScript, AutoCAD and PowerPoint"),
        ("English preferredFlexibility", "English preferred\nFlexibility"),
    ],
)
def test_lost_line_breaks_are_put_back(text: str, apart: str) -> None:
    assert unglued(text) == apart


@pytest.mark.parametrize(
    ("item", "apart"),
    [
        ("Team LeadingCash Handling", ["Team Leading", "Cash Handling"]),
        ("Customer ServiceEmailCalling", ["Customer Service", "Email", "Calling"]),
        ("JavaScript", ["JavaScript"]),
        ("PowerPoint", ["PowerPoint"]),
    ],
)
def test_glued_items_of_a_list_come_apart(item: str, apart: list[str]) -> None:
    assert unglued_items([item]) == apart


def test_skills_are_read_from_glued_items(coder: Coder) -> None:
    found = code(
        coder, "", essential_text=["Arc weldingForklift driving"], wished_text=["Tile layingCustomer service"]
    )
    assert ["weld-arc", "Arc welding"] in found["essential"]
    assert ["customer-service", "Customer service"] in found["wished"]


def test_a_management_team_is_nobodys_to_lead(coder: Coder) -> None:
    for text in ("You report to the management team.", "Management team, drivers and cooks"):
        assert "lead-team" not in [skill.code for skill in read_demands(text, coder).skills]
        assert "lead-team" not in [hit.what for hit in coder.skills(text)]
    for text in ("Manage a team of six cleaners", "Management of the kitchen team", "Management, lead a team"):
        assert "lead-team" in [hit.what for hit in coder.skills(text)]


def test_the_field_of_a_degree_is_no_repair_in_the_field(coder: Coder) -> None:
    found = read_demands("Diploma holder. Knowledge in the field of mechanical works.", coder)
    assert "field-repairs" not in {one.code for one in found.skills}


def test_how_words_begin() -> None:
    assert starts_of(fold("A/C Technician +2")) == {"a", "/", "c", "tec", "+", "2"}


#: Least share of the development set that is found. It was written to improve on, so it measures no quality.
DEVELOPMENT = {
    "essential": 0.88, "wished": 0.75, "min_years": 0.98, "education": 0.98, "licences": 0.9, "languages": 0.9,
}  # fmt: skip


def test_the_development_set_is_read(coder: Coder) -> None:
    path = Path(__file__).parents[1] / "data" / "reading" / "vacancies_dev.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) >= 60
    hits, wanted = dict.fromkeys(DEVELOPMENT, 0), dict.fromkeys(DEVELOPMENT, 0)
    for row in rows:
        found = read_demands(row["text"].replace("\\n", "\n"), coder)
        years = [one.least for one in found.experience if one.wish == "essential" and one.least]
        said = {
            "essential": {one.code for one in found.skills if one.wish == "essential"},
            "wished": {one.code for one in found.skills if one.wish == "wished"},
            "min_years": {f"{min(years) / 12:g}"} if years else set(),
            "education": {one.level for one in found.education if one.wish == "essential"},
            "licences": {one.code for one in found.licences},
            "languages": {str(LanguageCode(one.code)) for one in found.languages if one.wish == "essential"},
        }
        for kind, values in said.items():
            labels = set(filter(None, row[kind].split("|")))
            hits[kind] += len(labels & values)
            wanted[kind] += len(labels)
            assert labels <= set(coder.taxonomy.skills) or kind not in ("essential", "wished"), row["id"]
    short = {
        kind: (hits[kind], wanted[kind]) for kind, least in DEVELOPMENT.items() if hits[kind] < least * wanted[kind]
    }
    assert short == {}


def test_graduates_and_those_who_still_study_are_asked_for_school_alone(coder: Coder) -> None:
    assert code(coder, "Education: Graduate / Undergraduate")["education_level"] == "higher_secondary"
    assert code(coder, "Education: Graduate")["education_level"] == "bachelor"


def test_a_licence_that_can_be_got_later_is_not_asked_for(coder: Coder) -> None:
    assert code(coder, "Ability to obtain a heavy vehicle licence")["licences"] == []
    assert code(coder, "Heavy vehicle licence required")["licences"] == ["heavy-vehicle"]
