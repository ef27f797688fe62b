"""Contract kind, openings, hours and benefits of adverts: written cases, and a property."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.contract import read_contract
from jobs_ingest.reading.values import Figure
from jobs_ingest.vacancies import CONTRACTS

#: text | kind
KINDS = """
Full time, permanent | wage_work
Contract, Part Time | wage_work
daily wage helper | wage_work
स्थायी, पूर्णकालीन | wage_work
চুক্তিভিত্তিক | wage_work
Apprenticeship under NAPS, full time | apprenticeship
Looking for a Marketing Apprentice | apprenticeship
প্রতিষ্ঠানে শিক্ষানবিশ নিয়োগ | apprenticeship
अप्रेन्टिस आवश्यक | apprenticeship
OJT for 10 trainees | on_the_job_training
HR Intern | on_the_job_training
इन्टर्नसिप अवसर | on_the_job_training
On-the-job training will be provided. Permanent job | wage_work
We provide on the job training | -
Internship experience is welcome | -
Experience in handling apprentices, full time | wage_work
Cash for work programme, 100 days of work | public_works
कामका लागि पारिश्रमिक कार्यक्रम | public_works
মনে রাখুন: কাজের বিনিময়ে টাকা | public_works
Seasonal fruit picking in Korea | seasonal
मौसमी कामदार | seasonal
Be your own boss: franchise opportunity | self_employment
Independent Distributor | self_employment
स्वरोजगार कार्यक्रम | self_employment
Mason needed in Lalitpur | -
We keep a culture of care and apprenticeship | -
Culture of apprenticeship | -
Apprenticeship in a bakery with a culture of care | apprenticeship
Internship, Placement and Welfare Officer | -
Internship Coordinator | -
Internship for a store officer | on_the_job_training
Contract analysis of vendors | -
Technician (Maintenance Contract) | -
Contractual obligations are checked daily | -
Two year contract | wage_work
Employment: contract | wage_work
Contractual | wage_work
"""

#: text | openings
OPENINGS = """
12 hours duty, 30 nos shuttering carpenter | 30
Plumber (5 nos) | 5
No. of vacancies: 12 | 12
Number of Vacancies 24 Salary: $23.81/hr | 24
VACANCY:- 4 NO'S | 4
No Of Openings: 1 | 1
No of Positions : 5 . Bachelors | 5
two (2) positions | 2
Wanted 25 masons for Qatar | 25
१० जना आवश्यक | 10
৫ জন কর্মী | 5
1,200 workers needed | 1200
Skills Required: 1. A self-motivated candidate | -
remain fancy jargons on blog posts 3. | -
5 years experience | -
Age 25-35 | -
Responsible for 9 nos steam kettles | -
Operate and maintain the 6 nos. of pumps | -
9 nos kettle operators | 9
"""

#: text | hours a day | hours a week | days a week
HOURS = """
8 hours a day, 6 days a week | 8 | - | 6
8-10 hrs/day | 8-10 | - | -
12 hours duty | 12 | - | -
Duty: 8-10 hours | 8-10 | - | -
45 hours per week | - | 45 | -
5-6 days a week; 40 hours/week | - | 40 | 5-6
दैनिक ८ घण्टा, हप्तामा ६ दिन | 8 | - | 6
দৈনিক ৮ ঘণ্টা | 8 | - | -
දිනකට පැය 8, ආහාර නොමිලේ | 8 | - | -
Working hour: From 10 a.m. to 5 p.m. (6 days a week) | 7 | - | 6
Timings : 3PM TO 12 AM | 9 | - | -
Timing - 9:30 A.M.- 6:30 P.M | 9 | - | -
Office time: 9 to 6 pm | 9 | - | -
30 hours a day | - | - | -
8 hours experience | - | - | -
"""

#: text | accommodation | transport | food
BENEFITS = """
Food and accommodation provided. | yes | not_said | yes
Free food, accommodation and transport. | yes | yes | yes
Accommodation not provided. Own transport. | no | no | not_said
Food by self, accommodation by company | yes | not_said | no
Transport: Yes, Food: No, Accommodation: Yes | yes | yes | no
Free Lodging + Canteen Facilities | yes | not_said | yes
Dormitory facilities will not be provided. | no | not_said | not_said
Both side transport is available | not_said | yes | not_said
company bus available | not_said | yes | not_said
खाना र बस्ने सुविधा निःशुल्क | yes | not_said | yes
आवास सुविधा छैन | no | not_said | not_said
खाना नहुने | not_said | not_said | no
খাওয়া ও থাকা ফ্রি। | yes | not_said | yes
مفت رہائش اور کھانا | yes | not_said | yes
உணவு மற்றும் தங்குமிடம் இலவச | yes | not_said | yes
ආහාර සහ නවාතැන් නොමිලේ | yes | not_said | yes
Food industry company needs drivers. Transport company. | not_said | not_said | not_said
Hotel accommodation manager | not_said | not_said | not_said
Provide food and beverage service | not_said | not_said | not_said
reasonable accommodation available | not_said | not_said | not_said
Housing allowance | not_said | not_said | not_said
Accommodation / food allowance | not_said | not_said | yes
Housing loan available | not_said | not_said | not_said
Free accommodation, food allowance | yes | not_said | yes
Room No: 413, 5th floor | not_said | not_said | not_said
HVAC package with plant room including chillers | not_said | not_said | not_said
"""


def _rows(rows: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in rows.strip("\n").splitlines()]


def _told(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"{figure.least:g}" if figure.least == figure.most else f"{figure.least:g}-{figure.most:g}"


@pytest.mark.parametrize(("text", "kind"), _rows(KINDS))
def test_kind(text: str, kind: str) -> None:
    found = read_contract(text)
    assert found.kind == (None if kind == "-" else kind)
    assert found.kind is None or text[found.kind_start : found.kind_end] == found.kind_words


@pytest.mark.parametrize(("text", "openings"), _rows(OPENINGS))
def test_openings(text: str, openings: str) -> None:
    assert _told(read_contract(text).openings) == openings


@pytest.mark.parametrize(("text", "day", "week", "days"), _rows(HOURS))
def test_hours(text: str, day: str, week: str, days: str) -> None:
    found = read_contract(text)
    assert (_told(found.hours_a_day), _told(found.hours_a_week), _told(found.days_a_week)) == (day, week, days)


@pytest.mark.parametrize(("text", "accommodation", "transport", "food"), _rows(BENEFITS))
def test_benefits(text: str, accommodation: str, transport: str, food: str) -> None:
    found = read_contract(text)
    told = (found.accommodation, found.transport, found.food)
    assert tuple(benefit.told for benefit in told) == (accommodation, transport, food)
    assert all(benefit.words is None or text[benefit.start : benefit.end] == benefit.words for benefit in told)


def test_the_kinds_are_those_of_vacancies() -> None:
    assert set(table("contract")["kind"]) == set(CONTRACTS)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), st.text("0123456789 hoursdaywekftn:.-/().foodnavc२जना", max_size=70)))
def test_any_text_is_read(text: str) -> None:
    found = read_contract(text)
    for figure in (found.openings, found.hours_a_day, found.hours_a_week, found.days_a_week):
        if figure:
            assert 0 < figure.least <= figure.most
            assert text[figure.start : figure.end] == figure.words
