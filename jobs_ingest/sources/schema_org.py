"""schema.org JobPosting and Course to the cells of the layout, as they are written and unread.

The properties are those of https://schema.org/JobPosting, https://schema.org/Course and CourseInstance; older
spellings (``salaryCurrency``, ``skills`` as a list, ``experienceRequirements`` as an object) are common and taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from jobs_ingest.sources.json_values import Json, text_of
from jobs_ingest.sources.markup import plain_text

#: The item that each kind of offer is looked for as.
TYPE_OF: Mapping[str, str] = {"vacancies": "JobPosting", "courses": "Course"}
_UNITS = {"HOUR": "hour", "DAY": "day", "WEEK": "week", "MONTH": "month", "YEAR": "year"}
_WEEKS = re.compile(r"P(\d{1,3})W")
_TELECOMMUTE = "TELECOMMUTE"


def cells_of(item: Mapping[str, Json], offers: str) -> dict[str, str]:
    """The filled cells of an item."""
    made = {column: read(item) for column, read in _READERS[offers]}
    return {column: text.strip() for column, text in made.items() if text.strip()}


def ref_of(item: Mapping[str, Json]) -> str | None:
    """The source's own number: ``identifier`` as text or PropertyValue, else the item's id."""
    for value in _several(item.get("identifier")):
        text = _first(value, "value", "@id", "name") if isinstance(value, dict) else text_of(value)
        if text.strip():
            return text.strip()
    name = item.get("@id") or item.get("courseCode")
    return name.strip() or None if isinstance(name, str) else None


def url_of(item: Mapping[str, Json]) -> str | None:
    """The offer's own address as it is written, or None."""
    return next((text.strip() for value in _several(item.get("url")) if (text := text_of(value)).strip()), None)


def _several(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Json, *names: str) -> str:
    """The first filled text of these names, or the value itself when it is a text."""
    if isinstance(value, dict):
        return next((text for name in names if (text := _plain(value.get(name))).strip()), "")
    return _plain(value)


def _plain(value: Json) -> str:
    """A text without markup; of an object its name."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("value")
    if isinstance(value, list):
        return "; ".join(text for part in value if not isinstance(part, list) and (text := _plain(part)))
    return plain_text(text_of(value))


def _text(*names: str) -> Callable[[Mapping[str, Json]], str]:
    """A reader that gives the first of several properties that is filled."""
    return lambda item: next((text for name in names if (text := _plain(item.get(name))).strip()), "")


def _lines(*names: str) -> Callable[[Mapping[str, Json]], str]:
    """A reader that gives all of several properties, a line each, none twice."""
    return lambda item: "\n".join(dict.fromkeys(text for name in names if (text := _plain(item.get(name))).strip()))


def _addresses(item: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """The postal addresses of a job's places; ``address`` may be an object, a text or missing."""
    found: list[Mapping[str, Json]] = []
    for place in _several(item.get("jobLocation") or item.get("location")):
        if isinstance(place, dict):
            inner = _several(place.get("address")) or [place]
            found += [part if isinstance(part, dict) else {"name": part} for part in inner]
        elif isinstance(place, str):
            found.append({"name": place})
    return found


def _place(item: Mapping[str, Json]) -> str:
    """Each place as one line of an address, from street to country."""
    names = ("name", "streetAddress", "addressLocality", "addressRegion", "addressCountry")
    lines = []
    for address in _addresses(item):
        parts = [_plain(address.get(name)).replace("\n", ", ") for name in names]
        lines.append(", ".join(dict.fromkeys(part for part in parts if part.strip())))
    if not lines and _TELECOMMUTE in _plain(item.get("jobLocationType")).upper():
        return _lines("applicantLocationRequirements")(item)
    return "; ".join(dict.fromkeys(line for line in lines if line))


def _country(item: Mapping[str, Json]) -> str:
    """The country of the places when it is one."""
    told = dict.fromkeys(text for address in _addresses(item) if (text := _plain(address.get("addressCountry"))))
    return next(iter(told)) if len(told) == 1 else ""


def _pay(item: Mapping[str, Json]) -> str:
    """The pay as a text that names currency, range and unit: ``NPR 25000 - 30000 per month``."""
    told = []
    for salary in _several(item.get("baseSalary")) or _several(item.get("estimatedSalary")):
        if isinstance(salary, dict):
            told.append(_salary(salary, _plain(item.get("salaryCurrency"))))
        else:
            currency = _plain(item.get("salaryCurrency"))
            text = _plain(salary)
            told.append(f"{currency} {text}" if currency and text and currency not in text else text)
    return "; ".join(dict.fromkeys(text for text in told if text.strip()))


def _salary(salary: Mapping[str, Json], currency_beside: str) -> str:
    value = salary.get("value")
    inner: Mapping[str, Json] = value if isinstance(value, dict) else salary
    currency = _plain(salary.get("currency")) or _plain(inner.get("currency")) or currency_beside
    low, high = _plain(inner.get("minValue")), _plain(inner.get("maxValue"))
    amount = f"{low} - {high}" if low and high and low != high else low or high
    if low and not high:
        amount = f"from {low}"
    elif high and not low:
        amount = f"up to {high}"
    amount = amount or _plain(inner.get("value") if isinstance(value, dict) else value)
    if not amount:
        return _plain(salary.get("name"))
    unit = (
        _plain(inner.get("unitText")) or _plain(salary.get("unitText")) or _plain(salary.get("duration"))
    ).strip()
    per = f" per {_UNITS.get(unit.upper(), unit.lower())}" if unit else ""
    return f"{currency} {amount}{per}".strip()


def _requirements(item: Mapping[str, Json]) -> str:
    """What is asked for, under the words that say what it is."""
    lines = []
    for value in _several(item.get("experienceRequirements")):
        months = _first(value, "monthsOfExperience") if isinstance(value, dict) else ""
        text = f"{months} months" if months else _first(value, "description", "name")
        lines += [f"Experience: {text}"] if text else []
    for value in _several(item.get("educationRequirements")):
        text = _first(value, "credentialCategory", "description", "name")
        lines += [f"Education: {text}"] if text else []
    lines.append(_lines("qualifications", "specialCommitments")(item))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _openings(item: Mapping[str, Json]) -> str:
    return _first(item.get("totalJobOpenings"), "value")


def _instances(item: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """The dates at which a course is held."""
    return [value for value in _several(item.get("hasCourseInstance")) if isinstance(value, dict)]


def _of_instances(*names: str, every: bool = False) -> Callable[[Mapping[str, Json]], str]:
    """A reader of the first date of a course that tells, or of ``every`` one; else of the course itself."""

    def read(item: Mapping[str, Json]) -> str:
        told = [text for part in (*_instances(item), item) if (text := _text(*names)(part))]
        return "; ".join(dict.fromkeys(told)) if every else next(iter(told), "")

    return read


def _price(*names: str) -> Callable[[Mapping[str, Json]], str]:
    def read(item: Mapping[str, Json]) -> str:
        offers = (*_several(item.get("offers")), *(part.get("offers") for part in _instances(item)))
        return next((text for offer in offers if isinstance(offer, dict) and (text := _text(*names)(offer))), "")

    return read


def _held_at(read: Callable[[Mapping[str, Json]], str]) -> Callable[[Mapping[str, Json]], str]:
    """A reader of the first place at which a course is held."""
    return lambda item: next((text for part in (*_instances(item), item) if (text := read(part))), "")


def _weeks(item: Mapping[str, Json]) -> str:
    """Whole weeks where the duration is written as such (ISO 8601: ``P8W``)."""
    found = _WEEKS.fullmatch(_of_instances("duration", "timeRequired")(item).strip())
    return found[1] if found else ""


def _skills(item: Mapping[str, Json]) -> str:
    """Skills separated as the layout does it; one text stays one."""
    return "; ".join(text.replace("\n", "; ") for value in _several(item.get("skills")) if (text := _plain(value)))


_Reader = tuple[str, Callable[[Mapping[str, Json]], str]]
_READERS: Mapping[str, Iterable[_Reader]] = {
    "vacancies": (
        ("title", _text("title", "name")),
        ("employer", _text("hiringOrganization")),
        ("description", _lines("description", "responsibilities", "incentiveCompensation", "jobBenefits")),
        ("requirements", _requirements),
        ("essential_skills", _skills),
        ("place", _place),
        ("country", _country),
        ("pay", _pay),
        ("posted", _text("datePosted", "dateCreated")),
        ("deadline", _text("validThrough")),
        ("employment", _text("employmentType")),
        ("openings", _openings),
    ),
    "courses": (
        ("title", _text("name", "title")),
        ("provider", _text("provider", "creator")),
        ("skills", _lines("teaches")),
        ("description", _text("description")),
        ("trade", _text("occupationalCategory")),
        ("entry_conditions", _lines("coursePrerequisites")),
        ("duration", _of_instances("duration", "timeRequired", "courseWorkload", "courseSchedule")),
        ("weeks", _weeks),
        ("intakes", _of_instances("startDate", every=True)),
        ("deadline", _price("validThrough")),
        ("cost", _price("price")),
        ("cost_currency", _price("priceCurrency")),
        ("seats", _of_instances("maximumAttendeeCapacity")),
        ("language", _text("inLanguage")),
        ("place", _held_at(_place)),
        ("country", _held_at(_country)),
    ),
}
