"""What a vacancy's and a course's own words say of fields that the source leaves empty, each with those words.

A reading never stands in for what a source states: the list ``read`` of a row names every value that was read, and
only those may be read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from jobs_ingest.demands import (
    CourseReading,
    Demands,
    EducationDemand,
    ExperienceDemand,
    LanguageDemand,
    LicenceDemand,
    Wish,
)
from profiling.fields import EDUCATION_LEVELS

#: The columns of a vacancy that are read where the source leaves them empty, and what empty is.
VACANCY_FIELDS: Mapping[str, object] = {
    "experience_years": None,
    "education_level": None,
    "licences": [],
    "languages": {},
}
#: The same of a course.
COURSE_FIELDS: Mapping[str, object] = {"weeks": None, "hours": None}
#: Between values of which any one is enough.
ANY = "|"
#: A licence to drive whose class is not said: it is shown, and is no code of the taxonomy.
DRIVING = "driving"
#: A language that is asked for without a level is asked for at the least level there is.
_LEAST_LEVEL = "basic"
#: Characters between two levels of schooling that are said together.
_ONE_BREATH = 30
#: What is wished beside the column of the same thing.
_WISHED = {
    "wished_experience": "experience_years", "wished_education": "education_level",
    "wished_licences": "licences", "wished_languages": "languages",
}  # fmt: skip
_ENTRY = {"education_level": "entry_education", "experience_years": "entry_experience"}


class Read(NamedTuple):
    """One value that was read: the field, the value as text and the words that say it.

    Fields are columns, or name what has no column: ``wished_education``, ``wished_experience``,
    ``wished_licences``, ``wished_languages``; of a course ``entry_education``, ``entry_experience``. Experience is
    in years. Values with ``|`` between them are a choice: any one is enough, and no column holds it.
    """

    field: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Values:
    """The values of columns, and from which words they were read."""

    columns: dict[str, object]
    read: tuple[Read, ...]


Asked = EducationDemand | ExperienceDemand | LanguageDemand | LicenceDemand
A = TypeVar("A", EducationDemand, ExperienceDemand, LanguageDemand, LicenceDemand)


def stated_values(row: object, fields: Mapping[str, object]) -> dict[str, object]:
    """Of a stored row, the values of those columns that its source states: not empty, and not read."""
    read = {entry[0] for entry in getattr(row, "read", ())}
    return {name: getattr(row, name) for name in fields if name not in read and not _empty(getattr(row, name))}


def stated_cells(row: Mapping[str, object], fields: Mapping[str, object]) -> dict[str, object]:
    """Of a row of a file, the values of those columns that it fills."""
    return {name: row[name] for name in fields if not _empty(row[name])}


def _empty(value: object) -> bool:
    return value is None or value in ([], {})


def vacancy_values(demands: Sequence[Demands], stated: Mapping[str, object]) -> Values:
    """What several texts of one vacancy ask for, for the columns that the source leaves empty.

    Of experience and of schooling the first text that tells decides; licences and languages are put together.
    """
    columns = {name: empty for name, empty in VACANCY_FIELDS.items() if name not in stated}
    demands = [one for one in demands if one.experience or one.education or one.licences or one.languages]
    read = [
        *_first(_years(one.experience, one.education) for one in demands),
        *_first(_schooling(one.education, one.experience) for one in demands),
        *(entry for one in demands for entry in _listed(one.licences, "licences", _licence)),
        *(entry for one in demands for entry in _listed(one.languages, "languages", _language)),
    ]
    kept = _once(entry for entry in read if _WISHED.get(entry.field, entry.field) in columns)
    single = [entry for entry in kept if ANY not in entry.value]
    for entry in single:
        if entry.field == "experience_years":
            columns[entry.field] = float(entry.value)
        elif entry.field == "education_level":
            columns[entry.field] = entry.value
    if "licences" in columns:
        columns["licences"] = [e.value for e in single if e.field == "licences" and e.value != DRIVING]
    if "languages" in columns:
        pairs = (entry.value.partition(":") for entry in single if entry.field == "languages")
        columns["languages"] = {code: level or _LEAST_LEVEL for code, _, level in pairs}
    return Values(columns, tuple(kept))


def course_values(reading: CourseReading, stated: Mapping[str, object]) -> Values:
    """What the text of a course says of its length and entry, for the columns that the source leaves empty."""
    columns = {name: empty for name, empty in COURSE_FIELDS.items() if name not in stated}
    read: list[Read] = []
    for name in columns:
        told = ((getattr(length, name), length.words) for length in reading.lengths)
        for value, words in told:
            if value is not None:
                columns[name] = value
                read.append(Read(name, f"{value:g}", words))
                break
    entry = [
        *_schooling(reading.entry_education, reading.entry_experience),
        *_years(reading.entry_experience, reading.entry_education),
    ]
    read += [Read(_ENTRY[one.field], one.value, one.words) for one in entry if one.field in _ENTRY]
    return Values(columns, tuple(read))


def _first(found: Iterable[list[Read]]) -> list[Read]:
    return next((one for one in found if one), [])


def _once(read: Iterable[Read]) -> list[Read]:
    """Without a second reading of the same thing; a language that is read twice keeps the higher of its words."""
    kept: dict[tuple[str, str], Read] = {}
    for entry in read:
        kept.setdefault((entry.field, entry.value.partition(":")[0]), entry)
    return list(kept.values())


def _essential(asked: Iterable[A]) -> list[A]:
    return [one for one in asked if one.wish is not Wish.WISHED]


def _wished(asked: Iterable[A]) -> list[A]:
    return [one for one in asked if one.wish is Wish.WISHED]


def _choices(asked: Iterable[A]) -> dict[int, list[A]]:
    """What stands in choices, by the number of the choice."""
    found: dict[int, list[A]] = defaultdict(list)
    for one in asked:
        if one.option:
            found[one.option.choice].append(one)
    return found


def _options(asked: Iterable[Asked], choice: int) -> set[int]:
    return {one.option.number for one in asked if one.option and one.option.choice == choice}


def _years(experience: Sequence[ExperienceDemand], education: Sequence[EducationDemand]) -> list[Read]:
    """The years asked for: the first that are said alone, else the fewest of a choice if each option has some."""
    counted = [one for one in experience if one.least is not None]
    asked = _essential(counted)
    alone = [one for one in asked if not one.option]
    found = next((one for one in alone if not one.countries), alone[0] if alone else None)
    for choice, options in _choices(asked).items():
        # "B.E. or 10 years": whoever has the degree needs no years.
        if found is None and not _options(education, choice) - _options(options, choice):
            found = min(options, key=lambda one: one.least or 0)
    read = [Read("experience_years", _in_years(found), found.words)] if found else []
    wished = [one for one in _wished(counted) if one.least]
    return read + [Read("wished_experience", _in_years(one), one.words) for one in wished[:1]]


def _in_years(one: ExperienceDemand) -> str:
    return f"{round((one.least or 0) / 12, 2):g}"


def _schooling(education: Sequence[EducationDemand], experience: Sequence[ExperienceDemand]) -> list[Read]:
    """The schooling asked for: of a choice, and of several far from each other, the lowest level.

    What is said in one breath is asked for together: "10th pass with ITI".
    """
    asked = _essential(education)
    found = [one for one in asked if not one.option]
    read: list[Read] = []
    for choice, options in _choices(asked).items():
        lowest = min(options, key=_rank)
        if _options(experience, choice) - _options(options, choice):
            read.append(Read("education_level", f"{lowest.level}{ANY}experience", lowest.words))
        else:
            found.append(lowest)
    if found:
        lowest = min(found, key=_rank)
        near = [one for one in found if abs(one.start - lowest.start) <= _ONE_BREATH]
        highest = max(near, key=_rank)
        read = [Read("education_level", highest.level, highest.words)]
    return read[:1] + [Read("wished_education", one.level, one.words) for one in _wished(education)[:1]]


def _rank(one: EducationDemand) -> int:
    return EDUCATION_LEVELS.index(one.level)


def _licence(one: LicenceDemand) -> str:
    return one.code or DRIVING


def _language(one: LanguageDemand) -> str:
    return f"{one.code}:{one.scale_level}" if one.scale_level else one.code


def _listed(asked: Sequence[A], field: str, value: Callable[[A], str]) -> Iterator[Read]:
    """Each essential one, each choice with its values side by side, then the wished ones."""
    done: set[int] = set()
    choices = _choices(asked)
    for one in asked:
        name = f"wished_{field}" if one.wish is Wish.WISHED else field
        if one.option is None:
            yield Read(name, value(one), one.words)
        elif one.option.choice not in done:
            done.add(one.option.choice)
            options = choices[one.option.choice]
            words = " / ".join(dict.fromkeys(option.words for option in options))
            yield Read(name, ANY.join(dict.fromkeys(map(value, options))), words)
