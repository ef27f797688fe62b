"""What was read from the text of a vacancy, in plain words, each beside the words that say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.wording import count, language_name, licence_label, plain, skill_label
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


#: What each field is called, and how its values are said.
FIELDS: Mapping[str, tuple[str, _Say]] = {
    "essential": ("Essential skill", skill_label),
    "wished": ("Skill also mentioned", skill_label),
    "experience_years": ("Experience", _years),
    "education_level": ("Schooling", _schooling),
    "licences": ("Licence", _licence),
    "languages": ("Language", _language),
    "wished_experience": ("Experience, welcome", _years),
    "wished_education": ("Schooling, welcome", _schooling),
    "wished_licences": ("Licence, welcome", _licence),
    "wished_languages": ("Language, welcome", _language),
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
    label, say = FIELDS[field]
    options = ["experience instead" if one == "experience" else say(one, taxonomy) for one in value.split(ANY)]
    return ReadLine(label, " or ".join(options), words)
