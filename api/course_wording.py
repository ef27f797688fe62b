"""The terms of a course in plain words, those that were read from its text with the words that say them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from api.wording import amount, count, day, language_name, pay, plain
from jobs_ingest.course_intakes import next_intake
from jobs_ingest.models import Course
from profiling.errors import BadValue

#: Whom a provider serves, by the code of the group.
GROUPS: Mapping[str, str] = {
    "women": "women",
    "returnees": "returned migrants",
    "aspiring_migrants": "people who want to go abroad",
    "migrant_families": "families of migrants",
    "disabilities": "people with disabilities",
    "youth": "young people",
    "minorities": "Dalits, indigenous people and minorities",
    "low_income": "people of low income",
    "rural": "people in villages",
    "survivors": "survivors of violence, trafficking or conflict",
    "refugees": "refugees and displaced people",
    "older_workers": "older workers",
    "out_of_school": "people without schooling",
    "workers": "working people",
    "jobseekers": "jobseekers",
    "everybody": "everybody",
}
MODES: Mapping[str, str] = {
    "full_time": "full time", "part_time": "part time", "evening": "in the evening", "morning": "in the morning",
    "weekend": "at weekends", "online": "online",
}  # fmt: skip
#: So many passages are shown beside one value; more would say the list of units twice.
_SAID = 3
_PER = {"course": "for the whole course"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One term: what it is, its value (empty when it is not known), and the words it was read from, if any."""

    label: str
    value: str
    words: str = ""


def course_facts(course: Course, today: date) -> list[Fact]:
    """Everything that is known of a course's terms; what is not known is left out, but for the main ones."""
    words = _words(course)
    facts = [
        Fact(label, value, words(fields))
        for label, value, fields in _terms(course, today)
        if value or label in _MAIN
    ]
    limits = (
        Fact("Says on age or sex (noted, leaves nobody out)", f"“{said}”")
        for field, _, said in course.read
        if field in ("entry_age", "entry_sex")
    )
    return [*facts, *limits]


_MAIN = frozenset({"Length", "Cost", "Next intake", "Lodging", "Childcare"})


def _terms(course: Course, today: date) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    coming = next_intake(course.intakes, today)
    dates = ", ".join(_intake(one) for one in course.intakes)
    yield "Length", _length(course), ("weeks", "hours", "duration")
    yield "When", ", ".join(MODES.get(mode, mode) for mode in course.modes), ("modes",)
    yield "Cost", _cost(course), ("cost",)
    yield "Stipend", _stipend(course), ("stipend",)
    yield "Next intake", day(coming), ("intakes",)
    yield "All intakes", dates if len(course.intakes) > 1 or not coming else "", ("intakes",)
    yield "Seats", f"{course.seats:,}" if course.seats is not None else "", ("seats",)
    yield "Level", " level ".join(filter(None, (course.framework, _number(course.level)))), ("framework", "level")
    yield "Units", "; ".join(" ".join(filter(None, unit)) for unit in course.units), ("units",)
    yield "Entry", course.entry_conditions or "", ()
    yield "Language", language(course.language), ("language",)
    yield "Lodging", _yes(course.lodging), ("lodging",)
    yield "Childcare", _yes(course.childcare), ("childcare",)


def next_of(course: Course, today: date) -> str:
    """The next intake in words; empty when none is coming."""
    return day(next_intake(course.intakes, today))


def language(said: str | None) -> str:
    """A language of instruction; a code is spelt out."""
    if not said or len(said) > 3:
        return said or ""
    try:
        return language_name(said)
    except BadValue:
        return said


def group(code: str) -> str:
    """Whom a provider serves, in words."""
    return GROUPS.get(code, plain(code))


def _words(course: Course) -> Callable[[tuple[str, ...]], str]:
    found: dict[str, list[str]] = {}
    for field, _, words in course.read:
        found.setdefault(field, []).append(words)
    return lambda fields: "; ".join(
        list(dict.fromkeys(said for field in fields for said in found.get(field, ())))[:_SAID]
    )


def _length(course: Course) -> str:
    weeks = count(course.weeks, "week", "weeks") if course.weeks is not None else ""
    hours = count(course.hours, "hour", "hours") if course.hours is not None else ""
    return ", ".join(filter(None, (weeks, hours)))


def _cost(course: Course) -> str:
    if course.cost is None:
        return ""
    return pay(course.cost, None, course.cost_currency, "") if course.cost else "free"


def _stipend(course: Course) -> str:
    if course.stipend is None:
        return ""
    if not course.stipend:
        return "none"
    sum_ = " ".join(filter(None, (course.stipend_currency, amount(course.stipend))))
    if course.stipend_period is None:
        return f"{sum_} (not said per what)"
    return f"{sum_} {_PER.get(course.stipend_period, f'a {course.stipend_period}')}"


def _intake(text: str) -> str:
    """An intake as precise as it is known; ``--07`` is every July."""
    if not text.startswith("--"):
        return day(text)
    # A leap year, so that every day of a year exists in it.
    said = day(f"2024{text[1:]}").replace(" 2024", "")
    return f"every {said}"


def _number(level: int | None) -> str:
    return "" if level is None else str(level)


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
