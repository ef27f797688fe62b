"""The starter taxonomy: what its files hold, what the checker refuses, and which titles it codes."""

from __future__ import annotations

import re
import shutil
import tomllib
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from profiling.coding import Coder
from profiling.taxonomy import NATIVE_LANGUAGES, STARTER, Taxonomy, TaxonomyError, read_starter
from profiling.wordforms import forms

#: Unicode ranges of the six scripts. Nepali and Hindi share one.
SCRIPTS = {
    "ne": (0x0900, 0x097F),
    "hi": (0x0900, 0x097F),
    "bn": (0x0980, 0x09FF),
    "si": (0x0D80, 0x0DFF),
    "ta": (0x0B80, 0x0BFF),
    "ur": (0x0600, 0x06FF),
}


@pytest.fixture(scope="module")
def starter() -> Taxonomy:
    return read_starter()


@pytest.fixture(scope="module")
def coder(starter: Taxonomy) -> Coder:
    return Coder(starter)


# --- What the files hold ---


def test_isco_08_has_its_four_levels(starter: Taxonomy) -> None:
    lengths = Counter(len(code) for code in starter.isco_groups)
    assert lengths == {1: 10, 2: 43, 3: 130, 4: 436}
    assert all(code[:-1] in starter.isco_groups for code in starter.isco_groups if len(code) > 1)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("7", "Craft and related trades workers"),
        ("71", "Building and related trades workers, excluding electricians"),
        ("7115", "Carpenters and joiners"),
        ("7411", "Building and related electricians"),
        ("9112", "Cleaners and helpers in offices, hotels and other establishments"),
    ],
)
def test_isco_titles_are_those_of_the_ilo(starter: Taxonomy, code: str, title: str) -> None:
    assert starter.isco_groups[code].casefold() == title.casefold()


def test_there_are_at_least_150_trades(starter: Taxonomy) -> None:
    assert len(starter.occupations) >= 150


def test_every_trade_has_a_label_and_8_to_20_known_skills(starter: Taxonomy) -> None:
    for trade in starter.occupations.values():
        assert trade.label
        assert 8 <= len(set(trade.skills)) <= 20, trade.code
        assert len(set(trade.skills)) == len(trade.skills), trade.code
        assert set(trade.skills) <= set(starter.skills), trade.code


def test_every_trade_has_names_in_english_and_six_languages() -> None:
    # Read from the files: a name that Nepali and Hindi write alike is kept once in the taxonomy.
    for path in sorted((STARTER / "trades").glob("*.toml")):
        for code, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert all(table[key] for key in ("label", "site", "home", *NATIVE_LANGUAGES)), code


def test_names_are_written_in_the_script_of_their_language(starter: Taxonomy) -> None:
    wrong = []
    for trade in starter.occupations.values():
        for name in trade.names:
            if name.language not in SCRIPTS:
                wrong += [(trade.code, name)] if not name.text.isascii() else []
                continue
            low, high = SCRIPTS[name.language]
            letters = [char for char in name.text if unicodedata.category(char)[0] in "LM"]
            if not letters or not all(low <= ord(char) <= high for char in letters):
                wrong.append((trade.code, name))
    assert wrong == []


def test_no_phrase_belongs_to_two_skills(starter: Taxonomy) -> None:
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for skill in starter.skills.values():
        for phrase in (*skill.phrases, skill.label):
            owners[forms(phrase)].add(skill.code)
    assert {key: codes for key, codes in owners.items() if len(codes) > 1} == {}
    assert () not in owners


def test_a_name_that_two_trades_compare_as_equal_is_marked_in_both(starter: Taxonomy) -> None:
    owners: dict[tuple[str, ...], dict[str, bool]] = defaultdict(dict)
    for trade in starter.occupations.values():
        for name in trade.names:
            key = forms(name.text, name=True)
            owners[key][trade.code] = owners[key].get(trade.code, False) or name.shared
    assert {k: v for k, v in owners.items() if len(v) > 1 and not all(v.values())} == {}


@pytest.mark.parametrize(
    ("trade", "isco"),
    [
        ("shuttering-carpenter", "7115"),
        ("hvac-technician", "7127"),
        ("heavy-truck-driver", "8332"),
        ("security-guard", "5414"),
        ("domestic-worker", "9111"),
        ("building-structure-cleaner", "7133"),
        ("window-and-facade-cleaner", "9123"),
        ("garment-presser", "9121"),
        ("banksman", "7215"),
        ("receptionist", "4226"),
        ("telesales-agent", "5244"),
        ("nurse", "2221"),
    ],
)
def test_trades_stand_in_their_isco_group(starter: Taxonomy, trade: str, isco: str) -> None:
    assert str(starter.isco_of(trade)) == isco


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("I made shuttering for slabs: formwork, acrow props, stripping", {"make-formwork", "prop-and-brace"}),
        ("धारा जडान र पाइप जोड्ने काम", {"join-plastic-pipes"}),
        (
            "Used a forklift and did stock taking in the cold store",
            {"use-forklift", "stock-keeping", "work-in-cold-store"},
        ),
        ("I read the shuttering drawing and welded brackets", {"read-drawings", "weld-metal"}),
        ("measuring tape; spirit level; drill machine", {"measuring", "line-and-level", "power-drill"}),
    ],
)
def test_a_story_tells_of_skills(coder: Coder, text: str, skills: set[str]) -> None:
    assert skills <= {found.what for found in coder.skills(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Excellent communication and a positive attitude",
        "An attractive salary package and other benefits",
        "We measure success and transform the business",
        "Ability to work under minimal supervision in a challenging position",
        "Interpret data and travel as required",
        "All applications are confidential, email your CV",
        "Kept count of panels for the foreman",
        "हाइड्रोलिक",
    ],
)
def test_the_usual_words_of_adverts_are_no_skills(coder: Coder, text: str) -> None:
    assert coder.skills(text) == []


# --- What the checker refuses ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small taxonomy that holds together: two trades, ten skills, real ISCO groups."""
    shutil.copy(STARTER / "isco08.csv", tmp_path / "isco08.csv")
    shutil.copy(STARTER / "licences.toml", tmp_path / "licences.toml")
    shutil.copy(STARTER / "other_titles.toml", tmp_path / "other_titles.toml")
    (tmp_path / "skills").mkdir()
    (tmp_path / "trades").mkdir()
    skills = "".join(f'[skill-{n}]\nlabel = "Skill {n}"\nphrases = ["phrase {n}"]\n' for n in range(10))
    (tmp_path / "skills" / "small.toml").write_text(skills, encoding="utf-8")
    trades = _trade("potter", "7314", range(8)) + _trade("weaver", "7318", range(2, 10))
    (tmp_path / "trades" / "small.toml").write_text(trades, encoding="utf-8")
    return tmp_path


def _trade(code: str, isco: str, skills: range) -> str:
    words = {"ne": "कुम्हाले", "hi": "कुम्हार", "bn": "কুমার", "si": "කුඹල්", "ta": "குயவர்", "ur": "کمہار"}
    names = "".join(f'{lang} = ["{word} {code}"]\n' for lang, word in words.items())
    wanted = ", ".join(f'"skill-{n}"' for n in skills)
    return (
        f'[{code}]\nisco = "{isco}"\nlabel = "{code.title()}"\nsite = ["{code} on site"]\nhome = ["{code} ghar"]\n'
        f"{names}skills = [{wanted}]\n\n"
    )


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _problems(folder: Path) -> str:
    with pytest.raises(TaxonomyError) as raised:
        read_starter(folder)
    assert all(problem in str(raised.value) for problem in raised.value.problems)
    return "\n".join(raised.value.problems)


def test_the_small_taxonomy_holds_together(folder: Path) -> None:
    small = read_starter(folder)
    assert list(small.occupations) == ["potter", "weaver"]
    assert len(small.skills) == 10


@pytest.mark.parametrize("isco", ["7399", "731", "0000", "pottery"])
def test_an_invalid_isco_code_is_named(folder: Path, isco: str) -> None:
    _change(folder / "trades" / "small.toml", 'isco = "7314"', f'isco = "{isco}"')
    problems = _problems(folder)
    assert f"potter has '{isco}', which is no ISCO-08 unit group" in problems


def test_an_unknown_skill_is_named(folder: Path) -> None:
    _change(folder / "trades" / "small.toml", '"skill-0"', '"fly"')
    assert "potter names unknown skill fly" in _problems(folder)


def test_an_orphan_skill_is_named(folder: Path) -> None:
    with (folder / "skills" / "small.toml").open("a", encoding="utf-8") as file:
        file.write('[juggle]\nlabel = "Juggle"\nphrases = ["juggling"]\n')
    assert "skill juggle belongs to no trade" in _problems(folder)


def test_an_unmarked_two_way_name_is_named(folder: Path) -> None:
    for code in ("potter", "weaver"):
        _change(folder / "trades" / "small.toml", f'"{code} ghar"', '"karigar"')
    problems = _problems(folder)
    assert "name 'karigar' points to potter, weaver" in problems


def test_a_two_way_name_marked_in_both_is_accepted(folder: Path) -> None:
    for code in ("potter", "weaver"):
        _change(folder / "trades" / "small.toml", f'home = ["{code} ghar"]', 'shared_names = ["karigar"]')
    assert all(
        any(name.text == "karigar" and name.shared for name in trade.names)
        for trade in read_starter(folder).occupations.values()
    )


def test_a_doubled_trade_code_is_named(folder: Path) -> None:
    (folder / "trades" / "other.toml").write_text(_trade("potter", "7314", range(8)), encoding="utf-8")
    assert "trade code 'potter' stands twice" in _problems(folder)


def test_a_doubled_skill_code_is_named(folder: Path) -> None:
    text = '[skill-3]\nlabel = "Again"\nphrases = ["again"]\n'
    (folder / "skills" / "other.toml").write_text(text, encoding="utf-8")
    assert "skill skill-3 stands twice" in _problems(folder)


def test_too_few_skills_are_named(folder: Path) -> None:
    _change(folder / "trades" / "small.toml", '"skill-0", ', "")
    assert "potter has 7 different skills" in _problems(folder)


def test_a_missing_language_is_named(folder: Path) -> None:
    _change(folder / "trades" / "small.toml", 'ta = ["குயவர் potter"]\n', "")
    assert re.search(r"potter has no names for \['ta'\]", _problems(folder))


def test_a_broken_toml_file_is_named(folder: Path) -> None:
    (folder / "trades" / "broken.toml").write_text("[potter\nisco =", encoding="utf-8")
    assert "broken.toml" in _problems(folder)


# --- Which titles are coded ---

CODED = [
    ("Shuttering Carpenter", "shuttering-carpenter"),
    ("URGENT - Shuttering Carpenter (5 nos) Qatar", "shuttering-carpenter"),
    ("Finishing Carpenter for Dubai", "carpenter-joiner"),
    ("Block Mason", "mason-bricklayer"),
    ("raj mistri", "mason-bricklayer"),
    ("Steel Fixer - 20 Nos", "steel-fixer"),
    ("Stel Fixer", "steel-fixer"),
    ("Scaffolder Level 2", "scaffolder"),
    ("Scafolder", "scaffolder"),
    ("Tile Mason / Tile Fixer", "tile-fixer"),
    ("Senior Electrician", "building-electrician"),
    ("Electritian", "building-electrician"),
    ("bijuli mistri", "building-electrician"),
    ("Plumber (2 years experience) Kuwait", "plumber"),
    ("dhara mistri", "plumber"),
    ("AC Technician - Dubai", "hvac-technician"),
    ("HVAC Technician, Night Shift", "hvac-technician"),
    ("Pipe Fitter cum Fabricator", "industrial-pipe-fitter"),
    ("6G Welder", "tig-mig-welder"),
    ("Gas Cutter", "gas-cutter"),
    ("Tower Crane Operator", "tower-crane-operator"),
    ("Fork Lift Operator", "forklift-operator"),
    ("Forklfit Operator", "forklift-operator"),
    ("Excavator Operator - Saudi", "excavator-operator"),
    ("JCB operator", "backhoe-operator"),
    ("House Driver", "house-driver"),
    ("Heavy Bus Driver", "bus-driver"),
    ("Trailer Driver (GCC licence)", "trailer-driver"),
    ("Delivery Rider", "delivery-rider"),
    ("Store Keeper - Factory", "storekeeper"),
    ("Security Guard (Male/Female)", "security-guard"),
    ("Secuirity Guard", "security-guard"),
    ("Housemaid", "domestic-worker"),
    ("Baby Sitter", "nanny"),
    ("Staff Nurse - ICU", "nurse"),
    ("Shawarma Maker", "shawarma-maker"),
    ("Chef de Partie", "chef-de-partie"),
    ("Commis II - Bakery", "commis-cook"),
    ("Barista", "barista"),
    ("Waitress", "waiter"),
    ("Room Attendant", "hotel-room-attendant"),
    ("Front Desk Receptionist", "receptionist"),
    ("Office Boy cum Tea Boy", "office-attendant"),
    ("Office Cleaner", "building-cleaner"),
    ("Car Washer", "car-washer"),
    ("Sales Executive", "sales-representative"),
    ("Showroom Salesman", "shop-salesperson"),
    ("Junior Accountant", "accounts-clerk"),
    ("Call Center Agent, Part Time", "call-centre-agent"),
    ("Data Entry Operator at Head Office", "data-entry-clerk"),
    ("Sewing Machine Operator", "sewing-machine-operator"),
    ("Cutting Master", "fabric-cutter"),
    ("darji", "tailor"),
    ("Oil palm harvester, Malaysia", "oil-palm-harvester"),
    ("Dairy Farm Worker", "dairy-farm-worker"),
    ("gothalo", "shepherd-camel-goat-herder"),
    ("CNC Machine Operator", "cnc-operator"),
    ("Glove factory worker", "rubber-glove-worker"),
    ("Fasad klinar", "building-structure-cleaner"),
    ("Window Cleaner", "window-and-facade-cleaner"),
    ("Banksman", "banksman"),
    ("सटरिङ कार्पेन्टर", "shuttering-carpenter"),
    ("डकर्मी", "mason-bricklayer"),
    ("हाउस ड्राइभर", "house-driver"),
    ("राजमिस्त्री", "mason-bricklayer"),
    ("हल्के वाहन चालक", "light-vehicle-driver"),
    ("कैशियर", "supermarket-cashier"),
    ("কাঠমিস্ত্রি", "carpenter-joiner"),
    ("রাজমিস্ত্রি (সৌদি আরব)", "mason-bricklayer"),
    ("বাসার ড্রাইভার", "house-driver"),
    ("වඩු කාර්මික", "carpenter-joiner"),
    ("නිවාස රියදුරු", "house-driver"),
    ("කැෂියර්", "supermarket-cashier"),
    ("கொத்தனார்", "mason-bricklayer"),
    ("வீட்டு ஓட்டுநர்", "house-driver"),
    ("காசாளர்", "supermarket-cashier"),
    ("house work", "domestic-worker"),
    ("domestic helper", "domestic-worker"),
    ("electronics operator", "electronics-assembler"),
    ("krishi kamdar, greenhouse", "vegetable-greenhouse-worker"),
    ("dairy goth ko kaam", "dairy-farm-worker"),
    ("glove factory operator", "rubber-glove-worker"),
    ("kaigo worker, care home", "health-care-assistant"),
    ("welder 6G", "tig-mig-welder"),
    ("palm garden worker", "oil-palm-harvester"),
    ("safety assistant", "hse-safety-officer"),
    ("Steel fixer foremen", "construction-foreman"),
    ("Security Guard cum Driver", "security-guard"),
    ("Biscuit factory machine attendant", "food-processing-operator"),
    ("Fish Pond Caretaker", "fish-farm-worker"),
    ("बृद्ध हेरचाह", "elder-caregiver"),
    ("चिया बगानमा काम", "tea-plucker"),
    ("ගෘහ සේවිකාව", "domestic-worker"),
    ("கடல் மீன்பிடி தொழிலாளி", "deep-sea-fisher"),
    ("بڑھئی", "carpenter-joiner"),
    ("گھریلو ڈرائیور", "house-driver"),
    ("کیشیئر", "supermarket-cashier"),
]
UNCODED = [
    "Project Manager",
    "Java Developer",
    "Data Scientist",
    "Business Development Executive",
    "Information Security Analyst",
    "Interior Designer",
    "Chartered Financial Analyst",
    "Scrum Master",
    "Immediate Joiner",
    "Head of Operations",
    "Soft Skills Trainer",
    "Mechanical Engineer",
    "Assistant Professor",
    "HR Manager",
    "Real Estate Agent",
    "Linux Server",
    "Yoga Instructor",
    "Supervisor",
    "Regional Information Security Officer",
    "Sales Engineer",
    "Cabin Crew",
    "Company Secretary",
]
#: A title that many trades share stands for the ISCO-08 group of most of them.
GROUPED = [
    ("mistri", "isco:71"),
    ("Helper", "isco:93"),
    ("Driver", "isco:83"),
    ("Cook", "isco:5120"),
    ("Painter", "isco:713"),
    ("Heavy Driver (Tipper)", "isco:8332"),
    ("Chef", "isco:5120"),
    ("Housekeeping", "isco:9112"),
    ("Quality supervisor", "isco:7543"),
]


def test_the_tables_are_long_enough() -> None:
    assert len({title for title, _ in CODED}) >= 60
    assert len(set(UNCODED)) >= 15


@pytest.mark.parametrize(("title", "trade"), CODED)
def test_a_title_is_coded(coder: Coder, title: str, trade: str) -> None:
    coded = coder.occupation(title)
    assert coded is not None
    assert coded.occupation == trade


@pytest.mark.parametrize(("title", "group"), GROUPED)
def test_a_shared_title_is_coded_to_its_group(coder: Coder, title: str, group: str) -> None:
    coded = coder.occupation(title)
    assert coded is not None
    assert coded.occupation == group


@pytest.mark.parametrize("title", UNCODED)
def test_a_title_stays_uncoded(coder: Coder, title: str) -> None:
    assert coder.occupation(title) is None
