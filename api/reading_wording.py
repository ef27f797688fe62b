"""What was read from the text of a vacancy or course, in plain words, each beside the words that say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.wording import amount, count, country_name, day, language_name, licence_label, plain, skill_label
from jobs_ingest.readings import ANY, DRIVING
from profiling.taxonomy import Taxonomy

_Say = Callable[[str, Taxonomy], str]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One thing that was read: what it is, its value and the words it was read from."""

    label: str
    value: str
    words: str


def _years(value: str, taxonomy: Taxonomy) -> str:
    return count(float(value), "year", "years") if float(value) else "none needed"


def _schooling(value: str, taxonomy: Taxonomy) -> str:
    return "none needed" if value == "none" else plain(value)


def _licence(value: str, taxonomy: Taxonomy) -> str:
    return "driving licence, class not said" if value == DRIVING else licence_label(value, taxonomy)


def _language(value: str, taxonomy: Taxonomy) -> str:
    code, _, level = value.partition(":")
    return f"{language_name(code)} ({level})" if level else language_name(code)


def _as_it_is(value: str, taxonomy: Taxonomy) -> str:
    return plain(value)


def _country(value: str, taxonomy: Taxonomy) -> str:
    return country_name(value)


def _number(value: str, taxonomy: Taxonomy) -> str:
    return amount(float(value))


def _period(value: str, taxonomy: Taxonomy) -> str:
    return f"a {value}"


def _day(value: str, taxonomy: Taxonomy) -> str:
    # Of each year: --03 or --03-15.
    return f"{day(f'2000{value[1:]}').removesuffix(' 2000')}, each year" if value.startswith("--") else day(value)


def _weeks(value: str, taxonomy: Taxonomy) -> str:
    return count(float(value), "week", "weeks")


def _hours(value: str, taxonomy: Taxonomy) -> str:
    return count(float(value), "hour", "hours")


#: What each field is called, and how its values are said.
FIELDS: Mapping[str, tuple[str, _Say]] = {
    "essential": ("Essential skill", skill_label),
    "wished": ("Skill also mentioned", skill_label),
    "country": ("Country", _country),
    "province": ("Province or state", _as_it_is),
    "district": ("District", _as_it_is),
    "pay_min": ("Pay from", _number),
    "pay_max": ("Pay to", _number),
    "pay_currency": ("Currency", _as_it_is),
    "pay_period": ("Pay for", _period),
    "posted_on": ("Posted", _day),
    "closes_on": ("Closes", _day),
    "contract": ("Contract", _as_it_is),
    "openings": ("Openings", _number),
    "accommodation": ("Lodging", _as_it_is),
    "transport": ("Transport", _as_it_is),
    "duration": ("Length", _as_it_is),
    "experience_years": ("Experience", _years),
    "education_level": ("Schooling", _schooling),
    "licences": ("Licence", _licence),
    "languages": ("Language", _language),
    "wished_experience": ("Experience, welcome", _years),
    "wished_education": ("Schooling, welcome", _schooling),
    "wished_licences": ("Licence, welcome", _licence),
    "wished_languages": ("Language, welcome", _language),
    "teaches": ("Teaches", skill_label),
    "entry_education": ("Schooling at entry", _schooling),
    "entry_experience": ("Experience at entry", _years),
    "weeks": ("Length", _weeks),
    "hours": ("Hours", _hours),
    "cost": ("Cost", _number),
    "cost_currency": ("Currency of the cost", _as_it_is),
    "stipend": ("Stipend", _number),
    "stipend_currency": ("Currency of the stipend", _as_it_is),
    "stipend_period": ("Stipend for", _period),
    "next_intake": ("Next intake", _day),
    "intakes": ("Intake", _day),
    "seats": ("Seats", _number),
    "childcare": ("Childcare", _as_it_is),
    "lodging": ("Lodging", _as_it_is),
    "framework": ("Qualification framework", _as_it_is),
    "level": ("Level", _as_it_is),
    "units": ("Unit", _as_it_is),
    "language": ("Taught in", _language),
    "mode": ("How it is taught", _as_it_is),
    "modes": ("How it is taught", _as_it_is),
}
_WELCOME = ("wished_experience", "wished_education", "wished_licences", "wished_languages")


@dataclass(frozen=True, slots=True)
class ReadShown:
    """What was read of a vacancy, for its page: lines by field, those that are only welcome, and skill codes."""

    fields: Mapping[str, list[ReadLine]]
    welcome: list[ReadLine]
    skills: frozenset[tuple[str, str]]


def read_lines(read: Sequence[Sequence[str]], taxonomy: Taxonomy) -> list[ReadLine]:
    """Everything that was read, in plain words."""
    return [_line(field, value, words, taxonomy) for field, value, words in read if field in FIELDS]


def read_shown(read: Sequence[Sequence[str]], taxonomy: Taxonomy) -> ReadShown:
    """What was read, sorted for a page that shows stated values too."""
    fields: dict[str, list[ReadLine]] = {field: [] for field in FIELDS}
    for field, value, words in read:
        if field in FIELDS:
            fields[field].append(_line(field, value, words, taxonomy))
    skills = frozenset((field, value) for field, value, _ in read if field in ("essential", "wished"))
    return ReadShown(fields, [line for field in _WELCOME for line in fields[field]], skills)


def _line(field: str, value: str, words: str, taxonomy: Taxonomy) -> ReadLine:
    return ReadLine(field_label(field), value_text(field, value, taxonomy), words)


def field_label(field: str) -> str:
    """What a field is called."""
    return FIELDS[field][0] if field in FIELDS else plain(field)


def value_text(field: str, value: str, taxonomy: Taxonomy) -> str:
    """A value in words; one that is not of its kind as it stands."""
    say = FIELDS[field][1] if field in FIELDS else _as_it_is
    options = []
    for one in value.split(ANY):
        try:
            options.append("experience instead" if one == "experience" else say(one, taxonomy))
        except ValueError:
            options.append(one)
    return " or ".join(options)
