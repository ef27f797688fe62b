"""Wire schemas of providers and of courses with all their terms."""

from __future__ import annotations

import uuid
from datetime import date

from pydantic import Field

from api.v1.schemas_common import Out
from api.v1.schemas_market import ReadValue, SkillRead
from jobs_ingest.course_intakes import next_intake
from jobs_ingest.models import Course
from jobs_ingest.providers import ProviderFile, ProviderLine


class ServedOut(Out):
    """A group of people whom a provider says that it serves, and the words that name it."""

    group: str = Field(examples=["returnees"])
    words: str = Field(examples=["returned workers"])


class ProviderOut(Out):
    """A provider of courses or assessments at one place."""

    id: uuid.UUID
    name: str = Field(examples=["Narayani Trades Demo Institute"])
    country: str | None = Field(examples=["NP"])
    province: str | None
    district: str | None = Field(examples=["Chitwan"])
    place: str | None
    trades: list[str] = Field(description="trades that its courses teach", examples=[["mason"]])
    specialisation: str | None = Field(description="in its own words")
    serves: list[ServedOut]
    serves_text: list[str] = Field(examples=[["returned workers"]])
    area: list[str] = Field(description="where those it serves live", examples=[["Chitwan"]])
    accreditation: str | None = Field(description="as it says itself")
    phone: str | None = Field(description="of the organisation")
    email: str | None
    website: str | None
    described: bool = Field(description="false: known from its courses alone")
    licence: str | None = Field(description="by what right the data are used")
    courses: int = Field(examples=[2])

    @classmethod
    def of(cls, line: ProviderLine) -> ProviderOut:
        """From a line of the directory."""
        own = {"trades", "serves", "courses"}
        plain = {name: getattr(line.provider, name) for name in cls.model_fields if name not in own}
        serves = [{"group": group, "words": words} for group, words in line.serves]
        return cls.model_validate(plain | {"trades": list(line.trades), "serves": serves, "courses": line.courses})


class UnitOut(Out):
    """A unit of competency; ``code`` is empty where none is given."""

    code: str = Field(examples=["CON/N0101"])
    name: str = Field(examples=["Bend pipe"])


class CourseTermsOut(Out):
    """A course or assessment with all that is known of its terms."""

    id: uuid.UUID
    title: str = Field(examples=["Plumber, level 2"])
    kind: str = Field(examples=["course"])
    occupation: str | None = Field(examples=["plumber"])
    teaches: list[SkillRead]
    description: str | None
    framework: str | None = Field(examples=["NP-NVQS"])
    level: int | None
    units: list[UnitOut]
    licence: str | None
    entry_conditions: str | None
    weeks: float | None
    hours: float | None
    cost: float | None
    cost_currency: str | None = Field(examples=["NPR"])
    stipend: float | None
    stipend_currency: str | None
    stipend_period: str | None = Field(description="day, week, month, year or course; null: not said")
    district: str | None
    place: str | None
    language: str | None
    modes: list[str] = Field(examples=[["evening"]])
    intakes: list[str] = Field(
        description="ISO dates as precise as they are given; `--07` and `--07-15` for each year's",
        examples=[["2027-01-15"]],
    )
    next_intake: str | None = Field(description="the first that is not over today", examples=["2027-01-15"])
    seats: int | None
    lodging: bool | None
    childcare: bool | None
    read: list[ReadValue] = Field(
        description="values read from the text; `entry_age` and `entry_sex` are noted and used for nothing"
    )

    @classmethod
    def of(cls, row: Course, today: date) -> CourseTermsOut:
        """From the row, as it stands on a day."""
        own = {"teaches", "units", "read", "next_intake"}
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in own}
        told = {
            "teaches": [{"code": code, "words": words} for code, words in row.teaches],
            "units": [{"code": code, "name": name} for code, name in row.units],
            "read": [{"field": field, "value": value, "words": words} for field, value, words in row.read],
            "next_intake": next_intake(row.intakes, today),
        }
        return cls.model_validate(plain | told)


class ProviderFileOut(Out):
    """A provider, its courses by title, and the ids of entries of the same name in other places."""

    provider: ProviderOut
    courses: list[CourseTermsOut]
    namesakes: list[uuid.UUID] = Field(examples=[[]])

    @classmethod
    def from_parts(cls, found: ProviderFile, today: date) -> ProviderFileOut:
        """From what the desk answers."""
        return cls(
            provider=ProviderOut.of(found.line),
            courses=[CourseTermsOut.of(course, today) for course in found.courses],
            namesakes=[other.id for other in found.namesakes],
        )
