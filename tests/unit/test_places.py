"""The gazetteer holds together, and places are read as people write them."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter, defaultdict
from math import cos, hypot, radians

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs_ingest.places import distance_km, name_of, read_place
from jobs_ingest.places.gazetteer import DATA, HOME_COUNTRIES, Kind, Mark, gazetteer, read_rows
from jobs_ingest.places.spelling import key
from profiling.errors import BadValue, NotFound

TABLES = (*map(str.lower, HOME_COUNTRIES), "world")
#: South, north, west and east edge in degrees.
BOXES = {
    "NP": (26.3, 30.5, 80.0, 88.3), "BD": (20.5, 26.7, 88.0, 92.8), "LK": (5.8, 9.9, 79.5, 82.0),
    "IN": (6.7, 35.6, 68.0, 97.5), "PK": (23.6, 37.1, 60.8, 77.9),
}  # fmt: skip
#: How far a district may lie from the mean of its province's; more in the states that are larger than that.
FARTHEST_KM = 400
LARGE = {
    "IN-AP": 420, "IN-KA": 420, "IN-MH": 510, "IN-MP": 465, "IN-PY": 540, "IN-RJ": 415, "IN-UP": 440, "PK-BA": 640,
}  # fmt: skip
#: And from the nearest other one; Puducherry is four towns on two coasts, Diu and the Nicobars are islands.
NEAREST_KM = 170
APART = {"in-diu", "in-mahe", "in-yanam", "in-nicobar"}


def test_divisions_are_all_there():
    counted = {table: Counter(row.kind for row in read_rows(table)) for table in map(str.lower, HOME_COUNTRIES)}
    assert {table: (kinds[Kind.PROVINCE], kinds[Kind.DISTRICT]) for table, kinds in counted.items()} == {
        "np": (7, 77), "bd": (8, 64), "lk": (9, 25), "in": (36, 780), "pk": (7, 168),
    }  # fmt: skip
    per_province = Counter(row.parent for row in read_rows("np") if row.kind is Kind.DISTRICT)
    assert per_province == {
        "NP-P1": 14, "NP-P2": 8, "NP-P3": 13, "NP-P4": 11, "NP-P5": 12, "NP-P6": 10, "NP-P7": 9,
    }  # fmt: skip
    divisions = Counter(row.parent for row in read_rows("bd") if row.kind is Kind.DISTRICT)
    assert divisions == {
        "BD-A": 6, "BD-B": 11, "BD-C": 13, "BD-D": 10, "BD-E": 8, "BD-F": 8, "BD-G": 4, "BD-H": 4,
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_codes_are_unique_and_parents_exist(table):
    rows = list(read_rows(table))
    codes = Counter(row.code for row in rows if row.code)
    assert [code for code, times in codes.items() if times > 1] == []
    countries = {row.code for row in read_rows("world")}
    assert [
        row for row in rows if row.kind is not Kind.COUNTRY and row.parent not in codes.keys() | countries
    ] == []
    assert [row.code for row in rows if (row.kind in (Kind.TOWN, Kind.ABBREVIATION)) == bool(row.code)] == []


def test_codes_are_those_of_the_standards():
    rows = gazetteer().rows.values()
    countries = {row.code for row in rows if row.kind is Kind.COUNTRY}
    assert countries == {country.alpha_2 for country in pycountry.countries}
    provinces = {row.code for row in rows if row.kind is Kind.PROVINCE}
    assert provinces <= {division.code for division in pycountry.subdivisions}
    slugs = [row.code for row in rows if row.kind in (Kind.DISTRICT, Kind.CITY)]
    assert [code for code in slugs if not re.fullmatch(r"(?:np|bd|lk|in|pk)(?:-[a-z]+)+", code)] == []


def test_coordinates_lie_in_the_country_and_near_the_province():
    known = gazetteer()
    by_province = defaultdict(list)
    for row in known.rows.values():
        if row.kind is Kind.COUNTRY:
            continue
        country = known.country(row.code)
        assert row.coordinates, row.code
        south, north, west, east = BOXES[country]
        latitude, longitude = row.coordinates
        assert south <= latitude <= north and west <= longitude <= east, row  # noqa: PT018
        if row.kind is Kind.DISTRICT:
            province = row.parent if known.rows[row.parent].kind is Kind.PROVINCE else known.rows[row.parent].parent
            by_province[province].append(row)
    for province, rows in by_province.items():
        middle = tuple(sum(axis) / len(rows) for axis in zip(*(row.coordinates for row in rows), strict=True))
        for row in rows:
            north, east = (row.coordinates[0] - middle[0], row.coordinates[1] - middle[1])
            km = 111.2 * hypot(north, east * cos(radians(middle[0])))
            assert km < LARGE.get(province, FARTHEST_KM), row
            nearest = min((distance_km(row.code, other.code) for other in rows if other is not row), default=0)
            assert nearest < NEAREST_KM or row.code in APART, row


@pytest.mark.parametrize("table", TABLES[:-1])
def test_spellings_shared_by_districts_are_marked_and_no_others(table):
    owners = defaultdict(set)
    marked = defaultdict(set)
    for row in read_rows(table):
        if row.kind not in (Kind.DISTRICT, Kind.TOWN):
            continue
        for name, mark in row.names:
            if mark != Mark.WEAK:
                owners[key(name)].add(row.code or row.parent)
                marked[key(name)].add(mark == Mark.SHARED)
    assert {
        name for name, places in owners.items() if (len(places) > 1) != marked[name].pop() or marked[name]
    } == set()


def test_every_district_has_a_name_in_a_local_script():
    rows = gazetteer().rows.values()
    assert [row.code for row in rows if row.kind is Kind.DISTRICT and not row.native] == []


def test_tables_are_plain():
    for table in TABLES:
        lines = (DATA / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
        assert {line.count("\t") for line in lines} == {7}
        assert [line for line in lines if "  " in line or " \t" in line or "\t " in line or ";;" in line] == []


def read(text, country=None):
    reading = read_place(text, country)
    return " ".join(filter(None, (reading.country, reading.province, reading.district))) or "-"


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Barishal, Dhaka, Khulna", "BD", "BD BD-A bd-barishal"),
        ("Savar, Dhaka", None, "BD BD-C bd-dhaka"),
        ("Gazipur (Kaliakair)", "BD", "BD BD-C bd-gazipur"),
        ("Chittagong", None, "BD BD-B bd-chattogram"),
        ("Coxs Bazar", None, "BD BD-B bd-coxs-bazar"),
        ("Rajshahi Division", None, "BD BD-E"),
        ("Damak-5, Jhapa, Nepal", None, "NP NP-P1 np-jhapa"),
        ("Bhaktapur, Bāgmatī, Nepal", None, "NP NP-P3 np-bhaktapur"),
        ("KATHMANDU", None, "NP NP-P3 np-kathmandu"),
        ("Province No. 2, Nepal", None, "NP NP-P2"),
        ("Far-Western Region", "NP", "NP NP-P7"),
        ("Nawalparasi (Bardaghat Susta East)", "NP", "NP NP-P4 np-nawalpur"),
        ("Colombo 03", "LK", "LK LK-1 lk-colombo"),
        ("Jaffna, Northern Province", "LK", "LK LK-4 lk-jaffna"),
        ("Kandy Road, Kadawatha", "LK", "LK LK-1 lk-gampaha"),
        ("Hybrid - Pune, Chennai", "IN", "IN IN-MH in-pune"),
        ("Bombay", None, "IN IN-MH in-mumbai"),
        ("Mumbai (All Areas)(Andheri East)", "IN", "IN IN-MH in-mumbai-suburban"),
        ("Delhi / NCR", "IN", "IN IN-DL in-delhi"),
        ("Okhla Phase III, New Delhi", None, "IN IN-DL in-south-east-delhi"),
        ("Sector 62, Noida, Uttar Pradesh", None, "IN IN-UP in-gautam-buddha-nagar"),
        ("Goa", "IN", "IN IN-GA"),
        ("DHA Phase 5, Karachi", "PK", "PK PK-SD pk-karachi"),
        ("Gulshan-e-Iqbal, Karachi", None, "PK PK-SD pk-karachi-east"),
        ("Rawalpindi/Islamabad", "PK", "PK PK-PB pk-rawalpindi"),
    ],
)
def test_home_places(text, country, expected):
    assert read(text, country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("नयाँ बानेश्वर, काठमाडौं", "NP NP-P3 np-kathmandu"),
        ("काठमाडौंमा", "NP NP-P3 np-kathmandu"),
        ("बिराटनगरको होटलमा", "NP NP-P1 np-morang"),
        ("वीरगञ्ज", "NP NP-P2 np-parsa"),
        ("ঢাকায়", "BD BD-C bd-dhaka"),
        ("ঢাকার মিরপুরে", "BD BD-C bd-dhaka"),
        ("চট্টগ্রামে", "BD BD-B bd-chattogram"),
        ("জেলা: গাজীপুর, কালিয়াকৈর", "BD BD-C bd-gazipur"),
        ("කොළඹ", "LK LK-1 lk-colombo"),
        ("මීගමුවේ", "LK LK-1 lk-gampaha"),
        ("යාපනය", "LK LK-4 lk-jaffna"),
        ("கொழும்பில்", "LK LK-1 lk-colombo"),
        ("யாழ்ப்பாணத்தில்", "LK LK-4 lk-jaffna"),
        ("சென்னையில்", "IN IN-TN in-chennai"),
        ("लखनऊ में", "IN IN-UP in-lucknow"),
        ("मुंबई के अंधेरी में", "IN IN-MH in-mumbai-suburban"),
        ("ಬೆಂಗಳೂರು", "IN IN-KA in-bengaluru-urban"),
        ("కర్నూలు", "IN IN-AP in-kurnool"),
        ("کراچی میں", "PK PK-SD pk-karachi"),
        ("حیدرآباد، سندھ", "PK PK-SD pk-hyderabad"),
        ("Kathmanduma kaam", "NP NP-P3 np-kathmandu"),
        ("साउदी अरबको रियाद", "SA"),
        ("கத்தாரில்", "QA"),
        ("মালয়েশিয়া", "MY"),
    ],
)
def test_local_scripts_and_endings(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Doha - Qatar", None, "QA"),
        ("Doha", "NP", "QA"),
        ("Jeddah, KSA", None, "SA"),
        ("uae dubai", None, "AE"),
        ("South Korea (EPS)", "NP", "KR"),
        ("Male, Maldives", "LK", "MV"),
        ("Decatur, IL", None, "US"),
        ("Windsor, ON", "CA", "CA"),
        ("Georgia, USA", None, "US"),
        ("Lucknow, Victoria, Australia", "AU", "AU"),
        ("Dokki, Giza", None, "EG"),
    ],
)
def test_posts_abroad_have_a_country_and_no_district(text, country, expected):
    assert read(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Hyderabad", None, "-"),
        ("Hyderabad", "PK", "PK PK-SD pk-hyderabad"),
        ("Hyderabad", "IN", "IN IN-TS in-hyderabad"),
        ("Hyderabad (Pakistan)", "IN", "PK PK-SD pk-hyderabad"),
        ("Hyderabad, Pune, Bengaluru", None, "IN IN-TS in-hyderabad"),
        ("Lalitpur", None, "-"),
        ("Patan, Lalitpur", None, "NP NP-P3 np-lalitpur"),
        ("Aurangabad", "IN", "IN"),
        ("Aurangabad, Bihar", None, "IN IN-BR in-aurangabad"),
        ("Nashik, Pune, Aurangabad", "IN", "IN IN-MH in-nashik"),
        ("Bilaspur, HP", "IN", "IN IN-HP in-bilaspur-hp"),
        ("Kaliganj", "BD", "BD"),
        ("Kaliganj, Dhaka", "BD", "BD BD-C bd-gazipur"),
        ("Sreepur, Dhaka", "BD", "BD BD-C bd-gazipur"),
        ("Sherpur", "BD", "BD BD-H bd-sherpur"),
        ("Sherpur, Bogura", "BD", "BD BD-E bd-bogura"),
        ("Rukum", "NP", "NP"),
        ("Mahendranagar, Kanchanpur", "NP", "NP NP-P7 np-kanchanpur"),
        ("Tulsipur, Dang", None, "NP NP-P5 np-dang"),
        ("Udaipur, Nepal", None, "NP NP-P1 np-udayapur"),
        ("Punjab", None, "-"),
        ("Lahore, Punjab", None, "PK PK-PB pk-lahore"),
        ("Ludhiana, Punjab", None, "IN IN-PB in-ludhiana"),
        ("Georgia", None, "-"),
    ],
)
def test_shared_names_are_settled_or_left_open(text, country, expected):
    assert read(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Kathmadnu", "NP", "NP NP-P3 np-kathmandu"),
        ("Bhaktpur, Nepal", None, "NP NP-P3 np-bhaktapur"),
        ("Chittagon", "BD", "BD BD-B bd-chattogram"),
        ("Manial, Cairo", None, "EG"),
        ("Mansheya, Alexandria", None, "EG"),
        ("Manager", "IN", "-"),
        ("Dhakq", "BD", "-"),
    ],
)
def test_misspelt_names(text, country, expected):
    assert read(text, country) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a", "5", "+977 9841234567", "????, ???????", "Full-time", "Mon - Fri", "Male/Female",
        "join us in our office", "Nice work in reading and mobile sales", "Any graduate with two years", "EMEA",
        "Java, Spring Boot, MySQL", "B.Sc. in EEE, ME", "Honours, MA", "Head Office", "\x00\u202e\ufffd", "🙂",
    ],
)  # fmt: skip
@pytest.mark.parametrize("country", [None, "NP", "BD", "IN", "LK", "PK"])
def test_what_names_no_place(text, country):
    reading = read_place(text, country)
    assert (reading.places, reading.country, reading.words) == ((), None, "")


def test_several_places_are_all_there_and_hold_their_words():
    text = "Chattogram (Mirsharai, Satkania), Cox's Bazar (Chakaria), Noakhali, Bangladesh"
    places = read_place(text).places
    assert [place.district for place in places] == ["bd-chattogram", "bd-coxs-bazar", "bd-noakhali"]
    assert [place.words for place in places] == ["Chattogram", "Cox's Bazar", "Noakhali"]
    assert [text[place.start : place.end] for place in places] == [place.words for place in places]
    assert [p.district or p.country for p in read_place("Ahmedabad, Bengaluru, Malaysia", "IN").places] == [
        "in-ahmedabad",
        "in-bengaluru-urban",
        "MY",
    ]
    assert [p.district for p in read_place("Pabna, Rajshahi", "BD").places] == ["bd-pabna"]
    assert [p.district for p in read_place("Natore, Pabna, Rajshahi", "BD").places] == [
        "bd-natore",
        "bd-pabna",
        "bd-rajshahi",
    ]


@pytest.mark.parametrize(
    ("text", "anywhere", "remote"),
    [
        ("Anywhere in Bangladesh", True, False),
        ("Any where in Bangladesh", True, False),
        ("Multiple locations", True, False),
        ("Pan India", True, False),
        ("नेपालभर", True, False),
        ("সারা বাংলাদেশ", True, False),
        ("Work from home", False, True),
        ("Remote", False, True),
        ("घरबाट काम", False, True),
        ("Remote areas of Dolpa", False, False),
        ("Hybrid (Remote & On-Site)", False, False),
        ("Dhaka", False, False),
        ("Anywhere in Nepal, or work from home", True, True),
    ],
)
def test_open_and_remote_places(text, anywhere, remote):
    reading = read_place(text)
    assert (reading.anywhere, reading.remote) == (anywhere, remote)


def test_anywhere_in_a_country_says_the_country_only():
    reading = read_place("Anywhere in Bangladesh", "BD")
    assert (reading.country, reading.province, reading.district, reading.words) == ("BD", None, None, "Bangladesh")


def test_the_country_given_is_a_code_or_a_name_and_is_not_taken_for_said():
    assert read("Hyderabad", "Pakistan") == "PK PK-SD pk-hyderabad"
    assert read("near the bus park", "NP") == "-"
    with pytest.raises(BadValue, match="Narnia"):
        read_place("Dhaka", "Narnia")


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        ("np-kathmandu", "np-kaski", 142),
        ("bd-dhaka", "bd-chattogram", 213),
        ("lk-colombo", "lk-jaffna", 305),
        ("in-mumbai", "in-delhi", 1148),
        ("pk-karachi", "pk-lahore", 1023),
        ("np-jhapa", "np-jhapa", 0),
    ],
)
def test_distances(a, b, km):
    assert distance_km(a, b) == pytest.approx(km, abs=max(6, km * 0.02))
    assert distance_km(a, b) == distance_km(b, a)


def test_distances_obey_the_triangle():
    some = ["np-ilam", "bd-sylhet", "lk-galle", "in-leh", "pk-gwadar", "in-nicobar"]
    for a, b, c in itertools.permutations(some, 3):
        assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-6


def test_distance_of_what_has_no_coordinates_or_does_not_exist():
    assert distance_km("np-kaski", "QA") is None
    with pytest.raises(NotFound, match="np-atlantis"):
        distance_km("np-kaski", "np-atlantis")


def test_names_in_languages():
    assert name_of("np-kaski") == "Kaski"
    assert name_of("np-kaski", "ne") == "कास्की"
    assert name_of("BD-B", "bn") == "চট্টগ্রাম"
    assert (name_of("lk-jaffna", "si"), name_of("lk-jaffna", "ta")) == ("යාපනය", "யாழ்ப்பாணம்")
    assert (name_of("in-mysuru", "hi"), name_of("in-mysuru", "kn")) == ("मैसूर", "ಮೈಸೂರು")
    assert name_of("pk-lahore", "ur") == "لاہور"
    assert name_of("QA", "ne") == "कतार"
    assert name_of("np-kaski", "ta") == "Kaski"
    with pytest.raises(NotFound, match="np-atlantis"):
        name_of("np-atlantis")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.sampled_from([None, *HOME_COUNTRIES, "QA"]))
def test_any_text_is_read_without_a_crash_and_words_stand_in_it(text, country):
    reading = read_place(text, country)
    for place in reading.places:
        assert text[place.start : place.end] == place.words
        assert place.district is None or gazetteer().country(place.district) == place.country


def test_a_line_is_read_in_well_under_a_millisecond():
    lines = ["Damak-5, Jhapa, Nepal", "Chattogram (Mirsharai), Cox's Bazar", "Hybrid - Pune, Chennai", "ঢাকার মিরপুরে"]
    read_place(lines[0])
    started = time.process_time()
    for _ in range(100):
        for line in lines:
            read_place(line)
    assert (time.process_time() - started) / 400 < 0.001


@pytest.mark.parametrize("text", ["a" * 100_000, "(," * 50_000, "Dhaka " * 20_000, "দ্" * 50_000])
def test_a_pasted_page_is_read_quickly(text):
    started = time.process_time()
    read_place(text)
    assert time.process_time() - started < 1
