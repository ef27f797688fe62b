"""The words of an advert or a course to what it asks for or teaches, each with its span."""

from __future__ import annotations

import random
import re
import time
import tomllib
from dataclasses import fields
from pathlib import Path

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jobs_ingest
from jobs_ingest.demands import Demands, Option, SkillLevel, Wish, read_course, read_demands
from jobs_ingest.demands.lexicon import fold
from profiling.codes import CountryCode
from profiling.coding import Coder
from profiling.fields import EDUCATION_LEVELS, LANGUAGE_LEVELS

E, W = Wish.ESSENTIAL, Wish.WISHED
GCC = ("AE", "BH", "KW", "OM", "QA", "SA")
DATA = Path(jobs_ingest.__file__).parent / "data"


def check_spans(text: str, found: Demands) -> None:
    for kind in fields(Demands):
        for one in getattr(found, kind.name):
            assert one.words
            assert text[one.start : one.end] == one.words


@pytest.mark.parametrize(
    ("text", "least", "most", "wish"),
    [
        ("2-3 yrs", 24, 36, E),
        ("2 – 3 years of experience", 24, 36, E),
        ("min. 5 years experience", 60, None, E),
        ("Minimum of 2 years' experience as a waiter", 24, None, E),
        ("At least two (2) years of experience", 24, None, E),
        ("Experience: At least 10 year(s)", 120, None, E),
        ("Experience: At most 12 year(s)", None, 144, E),
        ("Experience: 8 to 13 year(s)", 96, 156, E),
        ("Exp: 2-3", 24, 36, E),
        ("Experience (in years): 5+", 60, None, E),
        ("5+ years experience in hotel kitchens", 60, None, E),
        ("3 years or more of experience required", 36, None, E),
        ("1.5 years experience", 18, None, E),
        ("6 months experience", 6, None, E),
        ("6 months to 2 years experience", 6, 24, E),
        ("up to 5 years experience", None, 60, E),
        ("5 years experience preferred", 60, None, W),
        ("Preferably 2 years experience in housekeeping", 24, None, W),
        ("2+ years of experience in sales, service, or leadership (preferred but not required)", 24, None, W),
        ("Experience: 3-4 Yrs\nBachelor level drawings", 36, 48, E),
        ("fresher ok", 0, None, E),
        ("Freshers can apply", 0, None, E),
        ("No experience needed", 0, None, E),
        ("Experience not required", 0, None, E),
        ("Experience: Not required", 0, None, E),
        ("Prior experience is not necessary", 0, None, E),
        ("experience is a must", None, None, E),
        ("कम्तिमा २ वर्षको अनुभव", 24, None, E),
        ("कम से कम दो साल का अनुभव", 24, None, E),
        ("अनुभव आवश्यक छैन", 0, None, E),
        ("अनुभव जरूरी नहीं", 0, None, E),
        ("কমপক্ষে ৩ বছরের অভিজ্ঞতা", 36, None, E),
        ("২-৩ বছরের অভিজ্ঞতা", 24, 36, E),
        ("অভিজ্ঞতার প্রয়োজন নেই", 0, None, E),
        ("کم از کم ۵ سال تجربہ", 60, None, E),
        ("تجربہ ضروری نہیں", 0, None, E),
        ("குறைந்தது 2 வருட அனுபவம்", 24, None, E),
        ("அனுபவம் தேவையில்லை", 0, None, E),
        ("අවම වශයෙන් අවුරුදු 2 ක පළපුරුද්ද", 24, None, E),
        ("පළපුරුද්ද අවශ්‍ය නැත", 0, None, E),
    ],
)
def test_experience(coder: Coder, text: str, least: int | None, most: int | None, wish: Wish) -> None:
    found = read_demands(text, coder)
    assert [(one.least, one.most, one.wish) for one in found.experience] == [(least, most, wish)]
    check_spans(text, found)


@pytest.mark.parametrize(
    "text",
    [
        "Age 25-35 years", "Age limit: 20 to 40 years", "18 years old and above", "Contract: 2 years",
        "2 years contract, renewable", "We have over 25 years of experience in catering", "3 years diploma course",
        "Passport valid for 2 years", "Our company, founded 30 years ago, serves hotels",
        "बयस १८ वर्ष, उमेर: २० वर्ष",
        "Duty 10 hours, 26 days a month", "15 years of full-time education", "probation period of 6 months", "",
    ],
)  # fmt: skip
def test_what_is_no_experience(coder: Coder, text: str) -> None:
    assert read_demands(text, coder).experience == ()


@pytest.mark.parametrize(
    ("text", "countries", "wish"),
    [
        ("Gulf experience preferred", GCC, W),
        ("3 years Gulf experience must", GCC, E),
        ("5 years experience in Saudi Arabia or Qatar", ("QA", "SA"), E),
        ("UAE experience is a plus", ("AE",), W),
        ("Saudi return candidates preferred", ("SA",), W),
        ("खाडी अनुभव अनिवार्य", GCC, E),
    ],
)
def test_where_the_experience_was_had(coder: Coder, text: str, countries: tuple[str, ...], wish: Wish) -> None:
    assert [(one.countries, one.wish) for one in read_demands(text, coder).experience] == [(countries, wish)]


@pytest.mark.parametrize(
    ("text", "levels", "wish"),
    [
        ("8 pass", ["lower_secondary"], E), ("Class 5 pass", ["primary"], E), ("10th pass", ["secondary"], E),
        ("12th passed", ["higher_secondary"], E), ("SLC required", ["secondary"], E), ("Matric", ["secondary"], E),
        ("SLC/+2/SEE", ["secondary", "higher_secondary", "secondary"], E), ("SSC", ["secondary"], E),
        ("HSC", ["higher_secondary"], E), ("SSC, HSC", ["secondary", "higher_secondary"], E),
        ("FSc", ["higher_secondary"], E),
        ("GCE O/L", ["secondary"], E), ("A/L passed", ["higher_secondary"], E), ("10+2", ["higher_secondary"], E),
        ("ITI", ["vocational"], E), ("Diploma preferred", ["vocational"], W), ("B.E. or diploma", ["bachelor",
        "vocational"], E),
        ("BE/ B.Tech", ["bachelor", "bachelor"], E), ("Graduate in any discipline", ["bachelor"], E),
        ("Bachelor`s degree", ["bachelor"], E), ("Master/Bachelor`s degree", ["master", "bachelor"], E),
        ("MBA will be an added advantage", ["master"], W), ("Education: Not required", ["none"], E),
        ("Bachelor of Business Studies (BBS)", ["bachelor"], E), ("Qualification: BE MECH", ["bachelor"], E),
        ("HSC/ Equivalent Degree", ["higher_secondary"], E), ("High school diploma", ["higher_secondary"], E),
        ("एसएलसी पास", ["secondary"], E), ("८ कक्षा पास", ["lower_secondary"], E),
        ("आठवीं पास", ["lower_secondary"], E),
        ("কমপক্ষে এসএসসি পাশ", ["secondary"], E), ("অষ্টম শ্রেণী পাশ", ["lower_secondary"], E),
        ("میٹرک پاس", ["secondary"], E),
        ("10ம் வகுப்பு தேர்ச்சி", ["secondary"], E), ("සාමාන්‍ය පෙළ සමත්", ["secondary"], E),
        ("උසස් පෙළ", ["higher_secondary"], E),
        ("Graduate / Undergraduate", ["bachelor", "higher_secondary"], E),
        ("Under graduates or graduates", ["higher_secondary", "bachelor"], E),
        ("Undergraduate degree", ["bachelor"], E), ("Undergraduate", ["bachelor"], E),
    ],
)  # fmt: skip
def test_education(coder: Coder, text: str, levels: list[str], wish: Wish) -> None:
    found = read_demands(text, coder)
    assert [one.level for one in found.education] == levels
    assert {one.wish for one in found.education} == {wish}
    assert set(levels) <= set(EDUCATION_LEVELS)
    assert all(one.option for one in found.education) == (len(levels) > 1)
    check_spans(text, found)


def test_of_two_degrees_one_is_wished(coder: Coder) -> None:
    for text in ("Bachelor degree (Masters preferred)", "Bachelor's degree, preferably a Master's degree"):
        found = read_demands(text, coder).education
        assert [(one.level, one.wish, one.option) for one in found] == [("bachelor", E, None), ("master", W, None)]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("B.E. in Civil Engineering", "Civil Engineering"), ("Diploma (Electrical) with good marks", "Electrical"),
        ("Bachelor degree in any discipline", None), ("BE-Mechanical", "Mechanical"),
        ("Bachelor of Commerce", "Commerce"), ("Graduate in Commerce female candidates only", "Commerce"),
       
        ("Bachelor of Science (BSc) in Botany", "Botany"), ("ITI in Welding, male", "Welding"),
        ("Degree in a related field", None),
    ],
)  # fmt: skip
def test_field_of_study(coder: Coder, text: str, field: str | None) -> None:
    (one,) = read_demands(text, coder).education
    assert one.field == field
    assert field is None or field in one.words


@pytest.mark.parametrize(
    "text",
    [
        "no degree needed", "a degree is not required", "MS Office and MS Word", "360 degree feedback",
        "master mason",
        "Graduate trainee", "high degree of care", "pattern master", "YOU MUST BE IN DOHA", "to see the guests off",
        "grade 8 bolts", "keep the store at 10 degrees", "primary responsibility: cleaning",
        "certificate of fitness",
    ],
)  # fmt: skip
def test_what_is_no_schooling(coder: Coder, text: str) -> None:
    assert read_demands(text, coder).education == ()


@pytest.mark.parametrize(
    ("text", "code", "countries", "wish"),
    [
        ("valid driving licence", None, (), E),
        ("valid Indian driving licence", None, ("IN",), E),
        ("GCC / Saudi / UAE licence", None, GCC, E),
        ("Driver, Saudi licence required", None, ("SA",), E),
        ("Valid heavy driving licence (GCC) must", "heavy-vehicle", GCC, E),
        ("Indian driving license (LMV)", "light-vehicle", ("IN",), E),
        ("UAE light vehicle licence preferred", "light-vehicle", ("AE",), W),
        ("Motorcycle license will be an added advantage", "motorcycle", (), W),
        ("forklift licence", "forklift", (), E),
        ("must have driving license for car", "light-vehicle", (), E),
        ("हल्का सवारी चालक अनुमति पत्र अनिवार्य", "light-vehicle", (), E),
        ("ড্রাইভিং লাইসেন্স আবশ্যক", None, (), E),
        ("ڈرائیونگ لائسنس ضروری", None, (), E),
        ("ஓட்டுநர் உரிமம் கட்டாயம்", None, (), E),
        ("රියදුරු බලපත්‍රය අනිවාර්යයි", None, (), E),
    ],
)
def test_licences(coder: Coder, text: str, code: str | None, countries: tuple[str, ...], wish: Wish) -> None:
    found = read_demands(text, coder)
    assert [(one.code, one.countries, one.wish) for one in found.licences] == [(code, countries, wish)]
    check_spans(text, found)


def test_one_of_two_licences(coder: Coder) -> None:
    found = read_demands("LMV/HMV licence", coder).licences
    assert [one.code for one in found] == ["heavy-vehicle", "light-vehicle"]
    assert len({one.option.choice for one in found if one.option}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "software license management", "Licence not required", "Driving licence not needed",
        "Ability to obtain a driver's licence", "Must be willing to obtain and maintain a valid heavy licence",
        "Driving licence (for driving posts only)", "Driver's license, if applicable",
    ],
)  # fmt: skip
def test_what_is_no_licence_asked_for(coder: Coder, text: str) -> None:
    assert read_demands(text, coder).licences == ()


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Must speak English, Arabic a plus", [("en", None, E), ("ar", None, W)]),
        ("English must", [("en", None, E)]),
        ("English must, Hindi and Arabic a plus", [("en", None, E), ("hi", None, W), ("ar", None, W)]),
        ("Fluent in English", [("en", "fluent", E)]),
        ("Basic English", [("en", "basic", E)]),
        ("conversational Arabic preferred", [("ar", "conversational", W)]),
        ("Fluent in English (Arabic preferred)", [("en", "fluent", E), ("ar", None, W)]),
        ("Native Hindi speaker", [("hi", "native", E)]),
        ("Arabic not required, English required", [("en", None, E)]),
        ("Languages: English, Hindi, Malayalam", [("en", None, E), ("hi", None, E), ("ml", None, E)]),
        ("Knowledge of Sinhala is an advantage but not essential", [("si", None, W)]),
        ("Excellent communication skills in English", [("en", "fluent", E)]),
        ("IELTS is mandatory", [("en", None, E)]),
        ("अंग्रेजी बोल्न जान्ने", [("en", None, E)]),
        ("আরবি ভাষা জানা থাকলে অগ্রাধিকার", [("ar", None, W)]),
        ("انگریزی بولنا ضروری", [("en", None, E)]),
        ("ஆங்கிலம் பேச வேண்டும்", [("en", None, E)]),
        ("ඉංග්‍රීසි කතා කිරීමේ හැකියාව", [("en", None, E)]),
    ],
)
def test_languages(coder: Coder, text: str, languages: list[tuple[str, str | None, Wish]]) -> None:
    found = read_demands(text, coder)
    assert [(one.code, one.level, one.wish) for one in found.languages] == languages
    assert {one.scale_level for one in found.languages} <= {None, *LANGUAGE_LEVELS}
    check_spans(text, found)


def test_read_write_and_speak(coder: Coder) -> None:
    (one,) = read_demands("Able to read and write Nepali", coder).languages
    assert (one.code, one.skills) == ("ne", ("read", "write"))
    assert [one.skills for one in read_demands("Hindi/Urdu speaking", coder).languages] == [("speak",), ("speak",)]


@pytest.mark.parametrize(
    "text",
    [
        "Cook for Indian and Chinese cuisine", "Arabic food", "English teacher", "Bachelor in English",
        "Nepali workers",
        "Japanese restaurant in Doha", "English medium school", "Thai massage",
    ],
)  # fmt: skip
def test_what_is_no_language_asked_for(coder: Coder, text: str) -> None:
    assert read_demands(text, coder).languages == ()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("B.E. or 10 years experience", {"bachelor": (0,), 120: (1,)}),
        (
            "Bachelor with 2 years or diploma with 5 years experience",
            {"bachelor": (0,), 24: (0,), "vocational": (1,), 60: (1,)},
        ),
        (
            "ITI + 2 years exp. or 8th pass + 5 yrs exp.",
            {"vocational": (0,), 24: (0,), "lower_secondary": (1,), 60: (1,)},
        ),
        ("Diploma or B.E. with 3 years experience", {"vocational": (0,), "bachelor": (1,), 36: ()}),
        ("Matric or FSc with 1 year experience", {"secondary": (0,), "higher_secondary": (1,), 12: ()}),
        ("SSC, HSC or Diploma", {"secondary": (0,), "higher_secondary": (1,), "vocational": (2,)}),
        ("Hindi/Urdu speaking", {"hi": (0,), "ur": (1,)}),
        ("read, write and speak English and/or French", {"en": (0,), "fr": (1,)}),
        ("Hindi and English speaking", {"hi": (), "en": ()}),
    ],
)  # fmt: skip
def test_alternatives_stay_alternatives(coder: Coder, text: str, options: dict[str | int, tuple[int, ...]]) -> None:
    found = read_demands(text, coder)
    got: dict[str | int | None, Option | None] = {one.level: one.option for one in found.education}
    got |= {one.least: one.option for one in found.experience}
    got |= {one.code: one.option for one in found.languages}
    assert {name: (option.number,) if option else () for name, option in got.items()} == options
    assert len({option.choice for option in got.values() if option}) <= 1


def test_schooling_or_the_bare_word_experience(coder: Coder) -> None:
    found = read_demands("Bachelor's degree or equivalent practical experience", coder)
    assert [one.option for one in found.education] == [Option(1, 0)]
    assert [(one.least, one.option) for one in found.experience] == [(None, Option(1, 1))]


def test_sentences_of_the_law_ask_for_nothing(coder: Coder) -> None:
    text = "An equal opportunity employer, without regard to religion, sex, age, special need or spoken English."
    assert read_demands(text, coder) == Demands()


def test_a_language_asked_for_alone_answers_the_choice_it_stands_in(coder: Coder) -> None:
    found = read_demands("English essential. Able to speak English or French.", coder).languages
    assert [(one.code, one.option) for one in found] == [("en", None)]


ADVERT = """Duties and Responsibilities:
- Arc welding of gates and grills
- gas cutting
Requirements:
- ITI or 3 years as welder
- good knowledge of MIG welding
- Basic English
Nice to have:
- TIG welding
- Arabic
We offer:
- 2 years contract, training in forklift operation
"""


def test_sections_decide_where_the_clause_says_nothing(coder: Coder) -> None:
    found = read_demands(ADVERT, coder)
    skills = {one.code: (one.wish, one.from_duties) for one in found.skills}
    assert skills["weld-arc"] == (E, True)
    assert skills["gas-cutting"] == (E, True)
    assert skills["weld-mig"] == (E, False)
    assert skills["weld-tig"] == (W, False)
    assert "use-forklift" not in skills
    assert {one.code: one.wish for one in found.languages} == {"en": E, "ar": W}
    assert [(one.least, one.option is not None) for one in found.experience] == [(36, True)]
    assert {one.level for one in found.skills if one.code == "weld-mig"} == {SkillLevel.GOOD}
    check_spans(ADVERT, found)


def test_sections_in_a_text_that_lost_its_line_breaks(coder: Coder) -> None:
    text = (
        "Job Responsibilities Arc welding of pipes. Keep the shop clean Educational Requirements ITI"
        " Additional Requirements 2 years experience. Preferred Skills TIG welding. Benefits: gas cutting course."
    )
    found = read_demands(text, coder)
    assert {one.code: (one.wish, one.from_duties) for one in found.skills if one.code.startswith("weld")} == {
        "weld-arc": (E, True),
        "weld-tig": (W, False),
    }
    assert [one.level for one in found.education] == ["vocational"]
    assert "gas-cutting" not in {one.code for one in found.skills}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("MIG welding is a must", E), ("MIG welding preferred", W), ("MIG welding will be an asset", W),
        ("Nice to have: MIG welding", W), ("knowledge of MIG welding is desirable", W),
        ("must know MIG welding, Arabic a plus", E), ("MIG welding is preferred but not required", W),
        ("MIG welding is not mandatory but a plus", W), ("Gas cutting, MIG welding and arc welding preferred", W),
        ("English required, MIG welding an added advantage", W), ("MIG welding अनिवार्य", E),
        ("MIG welding জানা থাকলে অগ্রাধিকার", W), ("MIG welding کو ترجیح", W), ("MIG welding முன்னுரிமை", W),
    ],
)  # fmt: skip
def test_the_clause_decides_before_the_section(coder: Coder, text: str, wish: Wish) -> None:
    found = [one.wish for one in read_demands(text, coder).skills if one.code == "weld-mig"]
    assert found == [wish]


@pytest.mark.parametrize("text", ["MIG welding not required", "no MIG welding", "MIG welding is not necessary"])
def test_a_skill_that_is_denied_is_not_asked_for(coder: Coder, text: str) -> None:
    assert "weld-mig" not in {one.code for one in read_demands(text, coder).skills}


def test_years_and_level_of_a_skill(coder: Coder) -> None:
    (one,) = (s for s in read_demands("Minimum 5 years of experience in MIG welding", coder).skills)
    assert (one.code, one.years) == ("weld-mig", 5.0)
    levels = {
        text: {s.level for s in read_demands(f"{text} arc welding", coder).skills if s.code == "weld-arc"}
        for text in ("basic knowledge of", "good knowledge of", "expert in", "")
    }
    assert levels == {
        "basic knowledge of": {SkillLevel.BASIC}, "good knowledge of": {SkillLevel.GOOD},
        "expert in": {SkillLevel.EXPERT}, "": {None},
    }  # fmt: skip


def test_where_beginners_may_come_years_are_a_wish(coder: Coder) -> None:
    found = read_demands("1-2 years experience. Freshers can also apply.", coder).experience
    assert [(one.least, one.wish) for one in found] == [(12, W), (0, E)]


@pytest.mark.parametrize(
    "text",
    [
        "Male only, age 20-35, unmarried, Muslim preferred", "Female candidates between 25 and 30 years of age",
        "Christian, single, no children", "केवल महिला, उमेर २० देखि ३५ वर्ष", "শুধুমাত্র পুরুষ, বয়স ২০-৩৫ বছর",
        "صرف مرد، عمر 25 سے 35 سال",
        "Boys and girls, Hindu or Sikh, 18+ years", "Married couples preferred",
    ],
)  # fmt: skip
def test_sex_age_marriage_and_faith_never_become_demands(coder: Coder, text: str) -> None:
    assert read_demands(text, coder) == Demands()


_TELLING = re.compile(
    r"(?:fe)?males?|m[ae]n|wom[ae]n|lad(?:y|ies)|boys?|girls?|single|(?:un)?married|muslim|hindu|christian|islamic"
    r"|sikh|buddhist|religio\w*|gender|sex",
    re.IGNORECASE,
)


def test_no_demand_of_a_mixed_advert_holds_a_word_of_sex_or_faith(coder: Coder) -> None:
    text = (
        "Female Muslim graduate in Commerce female only with 2 years experience, male driver's licence,"
        " men speaking Hindi"
    )
    found = read_demands(text, coder)
    said = [one.words for kind in fields(Demands) for one in getattr(found, kind.name)]
    assert said
    assert not [words for words in said if any(_TELLING.fullmatch(word) for word in words.split())]


def test_a_course_teaches_and_asks_nothing_of_what_it_teaches(coder: Coder) -> None:
    text = "Arc welding course, 390 hours (3 months). Entry: 8 pass. Course content: MIG welding, gas cutting."
    found = read_course(text, coder)
    assert {one.code for one in found.taught} == {"weld-arc", "weld-mig", "gas-cutting"}
    assert {one.wish for one in found.taught} == {None}
    assert [one.level for one in found.entry_education] == ["lower_secondary"]
    assert [(one.weeks, one.hours) for one in found.lengths] == [(None, 390.0), (13.0, None)]
    check_spans(text, Demands(skills=found.taught, education=found.entry_education))
    assert [one.words for one in found.lengths] == ["390 hours", "3 months"]


@pytest.mark.parametrize(
    ("text", "weeks", "hours"),
    [
        ("Duration: 12 weeks\nFee: 5000", 12.0, None), ("Training of 160 hours", None, 160.0),
        ("तालिम अवधि: ३ महिना", 13.0, None), ("6 days training", 1.0, None), ("2 year programme", 104.0, None),
    ],
)  # fmt: skip
def test_length_of_a_course(coder: Coder, text: str, weeks: float | None, hours: float | None) -> None:
    assert [(one.weeks, one.hours) for one in read_course(text, coder).lengths] == [(weeks, hours)]


def test_experience_at_entry_is_no_length(coder: Coder) -> None:
    found = read_course("Duration: 2 weeks\nEligibility: SLC or 2 years experience as electrician", coder)
    assert [one.weeks for one in found.lengths] == [2.0]
    assert [one.least for one in found.entry_experience] == [24]
    assert [one.level for one in found.entry_education] == ["secondary"]


def test_a_degree_that_the_course_leads_to_is_not_asked_for(coder: Coder) -> None:
    text = "Diploma in Welding Technology, 2 year programme for applicants with SEE pass."
    assert [one.level for one in read_course(text, coder).entry_education] == ["secondary"]


WORDS = tuple(
    (
        "2 3-5 years experience minimum min. English Arabic a plus must preferred B.E. BE or and / , . ; : ( ) - \n"
        " • SSC HSC diploma in Civil driving licence GCC valid arc welding Requirements: Responsibilities not no"
        " required fresher"
        " २ वर्ष अनुभव अनिवार्य বছর অভিজ্ঞতা تجربہ سال அனுபவம் වසර 10 pass"
        " + & İ ß age Nice to have: \u200d \u0000 |"
    ).split(" ")
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)))
def test_any_text_is_read_and_its_spans_hold(coder: Coder, text: str) -> None:
    found = read_demands(text, coder)
    check_spans(text, found)
    assert found == read_demands(text, coder)
    for one in found.experience:
        assert one.least is None or one.most is None or 0 <= one.least <= one.most
    course = read_course(text, coder)
    check_spans(text, Demands(course.taught, course.entry_experience, course.entry_education))
    assert all(text[one.start : one.end] == one.words for one in course.lengths)


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "Arabic a plus ",
        "SSC or ",
        "2 years ",
        "must ",
        "English, ",
        " ( ",
        "x",
        " ",
        "- ",
        "experience ",
        "licence GCC ",
        "\n",
        ".",
    ],
)
def test_long_texts_take_no_long_time(coder: Coder, piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    start = time.process_time()
    read_demands(text, coder)
    assert time.process_time() - start < 1


def test_a_long_mixed_text_takes_no_long_time(coder: Coder) -> None:
    text = " ".join(random.Random(7).choices(WORDS, k=6_000))[:20_000]
    start = time.process_time()
    read_demands(text, coder)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("path", sorted(DATA.glob("*.toml")), ids=lambda path: path.name)
def test_word_lists_can_be_read(path: Path) -> None:
    assert tomllib.loads(path.read_text(encoding="utf-8"))


def test_word_lists_name_only_codes_that_exist(coder: Coder) -> None:
    lists = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in DATA.glob("*.toml")}
    assert set(lists["licences"]["classes"]) <= set(coder.taxonomy.licences)
    assert set(EDUCATION_LEVELS) <= set(lists["education"])
    for code in lists["languages"]["names"]:
        assert pycountry.languages.get(**{"alpha_2" if len(code) == 2 else "alpha_3": code}), code
    for code in set(lists["licences"]["countries"]) - {"GCC"}:
        assert CountryCode(code) == code
