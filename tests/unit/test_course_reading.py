"""What the texts of courses tell: price, stipend, seats, intakes, level, units, lodging, or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from jobs_ingest.course_intakes import next_intake
from jobs_ingest.course_lengths import read_weeks
from jobs_ingest.course_reading import CourseText, course_columns, read_course_text
from jobs_ingest.course_units import read_unit
from jobs_ingest.course_values import Mode, Unit
from jobs_ingest.course_words import Text
from jobs_ingest.normalising import normalise
from jobs_ingest.sources.base import RawOffer
from jobs_ingest.sources.config import SourceConfig

TODAY = date(2026, 11, 25)


def facts(text: str, country: str | None = "NP", title: str = "Course", framework: str | None = None):  # type: ignore[no-untyped-def]
    return read_course_text(CourseText(title, text), country, framework)


@pytest.mark.parametrize(
    ("text", "country", "amount", "currency"),
    [
        ("Course fee: Rs. 12,000/-", "NP", 12000, "NPR"),
        ("Course fee: Rs. 12,000/-", "PK", 12000, "PKR"),
        ("Course fee: Rs. 12,000/-", None, 12000, None),
        ("Fee Tk 5 thousand", "BD", 5000, "BDT"),
        ("Fees: 1.5 lakh rupees", "IN", 150000, "INR"),
        ("Free of cost", "NP", 0, None),
        ("शुल्क: निःशुल्क", "NP", 0, None),
        ("Fee: nil", "LK", 0, None),
        ("Fee Rs 9,000. Exam fee Rs 900.", "NP", 9000, "NPR"),
    ],
)
def test_a_price_is_read(text: str, country: str | None, amount: float, currency: str | None) -> None:
    cost = facts(text, country).cost
    assert (cost.value.amount, cost.value.currency) == (amount, currency)


@pytest.mark.parametrize(
    "text",
    [
        "", "Free wifi and free lunch", "Free for women", "Free counselling before you enrol", "Feel free to call",
        "Fee Rs 10,000 to 15,000", "Fee Rs 2,000 per month", "Fee on request",
        "Salary Rs 20,000 after the course",
        "Fee Rs 8,000 for the day shift. Fee Rs 9,000 for the night shift.", "Exam fee Rs 900",
        "Fee: 3 instalments",
        "The training is not free of cost", "Registration is free of charge",
        "Deposit of Rs 5,000, returned at the end", "Toolkit worth Rs 6,000 is given",
    ],
)  # fmt: skip
def test_what_is_no_price_stays_unknown(text: str) -> None:
    assert facts(text).cost is None


@pytest.mark.parametrize(
    ("text", "amount", "per"),
    [
        ("Stipend Rs 3,000 per month", 3000, "month"), ("Daily allowance of Rs 250", 250, "day"),
        ("Bhatta dainik Rs 200", 200, "day"), ("Stipend Rs 5,000 on completion", 5000, "course"),
        ("Stipend Rs 4,000", 4000, None), ("No stipend.", 0, None),
    ],
)  # fmt: skip
def test_a_stipend_is_read_with_what_it_is_paid_for(text: str, amount: float, per: str | None) -> None:
    stipend = facts(text).stipend
    assert (stipend.value.amount, stipend.value.per) == (amount, per)


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("20 seats", 20), ("Seats: 24", 24), ("Batch size 15-20", 20), ("Twenty trainees", 20),
        ("सिट संख्या: ३०", 30),
        ("We trained 500 students last year", None),
        ("One instructor for 12 trainees", None),
        ("Seats: 12 or 24 seats", None),
        ("20 years of experience", None), ("10 seats reserved for Dalit youth", None), ("Seats available", None),
    ],
)  # fmt: skip
def test_seats_are_read(text: str, seats: int | None) -> None:
    found = facts(text).seats
    assert (found.value if found else None) == seats


@pytest.mark.parametrize(
    ("text", "intakes"),
    [
        ("Starts on 15 January 2027", ["2027-01-15"]),
        ("Intakes: November and February 2027", ["2026-11", "2027-02"]),
        ("Classes from 10 January to 9 April 2027", ["2027-01-10"]),
        ("New batch every year in July", ["--07"]),
        ("Batch starts 15 Magh 2083", ["2027-01-29"]),
        ("Apply by 1 January 2027", []), ("Established on 1 March 2010", []), ("Starts on 15 January", []),
        ("Starts soon", []), ("Starts 31 February 2027", []), ("Starts 03/04/2027", []),
    ],
)  # fmt: skip
def test_every_intake_is_read_and_none_is_invented(text: str, intakes: list[str]) -> None:
    country = None if "/" in text else "NP"
    assert [said.value for said in facts(text, country).intakes] == intakes


@pytest.mark.parametrize(
    ("intakes", "coming"),
    [
        ([], None), (["2026-11-24"], None), (["2026-11-25"], "2026-11-25"), (["2026-11"], "2026-11"),
        (["2026-10"], None), (["2026"], "2026"), (["--03", "--09"], "2027-03"), (["--11-24"], "2027-11-24"),
        (["--02-29"], "2028-02-29"), (["2027-05-01", "2026-12", "2025-01-01"], "2026-12"),
    ],
)  # fmt: skip
def test_the_next_intake_is_not_over(intakes: list[str], coming: str | None) -> None:
    assert next_intake(intakes, TODAY) == coming


@pytest.mark.parametrize(
    ("text", "country", "framework", "level"),
    [
        ("CTEVT level 2", "NP", "NP-NVQS", 2), ("सीप परीक्षण तह २", "NP", "NP-NVQS", 2),
        ("NVQ Level 4", "LK", "LK-NVQ", 4), ("NVQ-3", "PK", "PK-NVQF", 3), ("NVQ level 3", None, "NVQ", 3),
        ("NSQF Level-4.0", "IN", "IN-NSQF", 4), ("NSQF level 4.5", "IN", "IN-NSQF", None),
        ("NTVQF Level II", "BD", "BD-NTVQF", 2), ("NVQ level 3 to 5", "LK", "LK-NVQ", None),
    ],
)  # fmt: skip
def test_a_level_is_read_with_its_framework(text: str, country: str, framework: str, level: int | None) -> None:
    found = facts(text, country).level
    assert (found.value.framework, found.value.level) == (framework, level)


@pytest.mark.parametrize("text", ["Level 2", "English level 2", "CTEVT approved", "Entry: NVQ level 3 holders"])
def test_a_bare_or_asked_level_is_none(text: str) -> None:
    assert facts(text, "LK").level is None


def test_the_level_of_a_title_stands_for_a_stated_framework() -> None:
    found = facts("", "NP", "Shuttering carpenter L2", "NP-NVQS").level
    assert (found.value.framework, found.value.level) == ("NP-NVQS", 2)


@pytest.mark.parametrize(
    ("text", "lodging"),
    [
        ("Hostel available", True), ("Hostel: yes", True), ("Lodging and food provided", True),
        ("Residential course", True),
        ("No hostel", False), ("Hostel is not available", False), ("Hostel nahi hai", False),
        ("Non-residential course", False),
        ("Trainees arrange their own accommodation", False), ("थाकार", None), ("Residential wiring", None),
        ("Hostel management is taught", None), ("We provide residential customers with power", None),
        ("Hostel for men available. No hostel for women.", None),
    ],
)  # fmt: skip
def test_lodging_is_read(text: str, lodging: bool | None) -> None:
    found = facts(text).lodging
    assert (found.value if found else None) is lodging


def test_childcare_that_is_taught_is_not_offered() -> None:
    assert facts("Learn child care and day care skills").childcare is None
    assert facts("Childcare is available during classes").childcare.value is True
    assert facts("No childcare").childcare.value is False


def test_units_keep_code_and_name() -> None:
    assert read_unit("CON/N0101: Bend pipe") == Unit("CON/N0101", "Bend pipe")
    assert read_unit("2. Solder joints.") == Unit("", "Solder joints")
    assert read_unit("Fix formwork (SICIP-CON-02)") == Unit("SICIP-CON-02", "Fix formwork")
    assert read_unit("PVC pipe") == Unit("", "PVC pipe")
    assert read_unit("  ") is None
    text = "QP code PSC/Q0104.\nUnits:\n- Bend pipe\n- Solder joints\nFee: Rs 500"
    assert [said.value for said in facts(text).units] == [Unit("", "Bend pipe"), Unit("", "Solder joints")]


def test_language_and_time_of_day() -> None:
    found = facts("Taught in Nepali and Maithili. Evening classes, full time in the last month. Apply online.")
    assert [said.value for said in found.languages] == ["ne", "mai"]
    assert [said.value for said in found.modes] == [Mode.EVENING, Mode.FULL_TIME]
    assert facts("English language course. Basic English required.").languages == ()


def test_limits_are_noted_and_fill_no_column() -> None:
    values = course_columns(facts("Age limit 18 to 35 years. Only female candidates can apply."), {})
    noted = {entry.field for entry in values.read}
    assert noted == {"entry_age", "entry_sex"}
    assert not any(values.columns.values())


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("Avadhi: 3 mahina", 13),
        ("Muddat 6 months", 26),
        ("3 महीने", 13),
        ("45 din", 7.5),
        ("3 years experience", None),
    ],
)
def test_lengths_in_local_words(text: str, weeks: float | None) -> None:
    found = read_weeks(Text.of(text))
    assert (found.value if found else None) == weeks


def test_a_stated_column_wins() -> None:
    found = facts("Fee Rs 9,000. 20 seats. Hostel available. NVQ level 4.", "LK")
    stated = {"cost": 0.0, "seats": 5, "lodging": False, "level": 3}
    values = course_columns(found, stated)
    assert not {"cost", "cost_currency", "seats", "lodging", "level", "framework"} & {
        one.field for one in values.read
    }
    assert not set(stated) & set(values.columns)


def test_cells_in_words_become_lines_of_the_description() -> None:
    given = {
        "title": "Plumber", "kind": "course", "cost": "Rs 12,000 only", "seats": "20 trainees", "level": "Level 2",
        "framework": "NP-NVQS", "next_intake": "15 January 2027 and 1 March 2027", "lodging": "available",
        "stipend": "500", "description": "Pipes.",
    }  # fmt: skip
    config = SourceConfig("demo", "demo", "csv", "courses", country="NP")
    cells = normalise(RawOffer("course", None, None, given, given, "x"), config, TODAY).cells
    assert cells["stipend"] == "500"
    assert not {"cost", "seats", "level", "next_intake", "lodging"} & set(cells)
    assert cells["description"].split("\n") == [
        "Pipes.", "Course fee: Rs 12,000 only", "Seats: 20 trainees", "Certificate: NP-NVQS Level 2",
        "Intake: 15 January 2027 and 1 March 2027", "Hostel: available",
    ]  # fmt: skip
    found = facts(cells["description"], "NP", "Plumber", "NP-NVQS")
    assert (found.cost.value.amount, found.seats.value, found.level.value.level) == (12000, 20, 2)
    assert [said.value for said in found.intakes] == ["2027-01-15", "2027-03-01"]
    assert found.lodging.value is True


@pytest.mark.parametrize("text", ["\0", "9" * 500 + " seats", "fee " * 900, "(" * 3000, "unit 1: " * 600])
def test_no_text_breaks_the_reader(text: str) -> None:
    found = facts(text)
    assert (found.cost, found.seats, found.level) == (None, None, None)
