"""The demands of a vacancy as values. Each holds its words and their span: ``text[start:end] == words``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """Whether something must be there or is welcome."""

    ESSENTIAL = "essential"
    WISHED = "wished"


class SkillLevel(StrEnum):
    """How well a skill must be mastered."""

    BASIC = "basic"
    GOOD = "good"
    EXPERT = "expert"


#: The levels in which adverts ask for languages, and what each is on ``profiling.fields.LANGUAGE_LEVELS``.
LANGUAGE_SCALE = {"basic": "basic", "conversational": "working", "fluent": "fluent", "native": "native"}


@dataclass(frozen=True, slots=True)
class Option:
    """Where a demand stands in a choice: of all options of one choice, one is enough.

    *B.E. with 2 years or 10 years*: the first two share option 0, the last one is option 1 of the same choice.
    """

    choice: int
    number: int


@dataclass(frozen=True, slots=True)
class SkillDemand:
    """A skill asked for. ``years``: of experience in it; ``from_duties``: told as a duty, not as a requirement.

    ``wish`` is None for a skill that a course teaches.
    """

    code: str
    words: str
    start: int
    end: int
    wish: Wish | None
    level: SkillLevel | None = None
    years: float | None = None
    from_duties: bool = False


@dataclass(frozen=True, slots=True)
class ExperienceDemand:
    """Experience in months. Nought says that none is needed; no number, that some is.

    ``countries`` (ISO codes): experience in any one of them.
    """

    least: int | None
    most: int | None
    words: str
    start: int
    end: int
    wish: Wish | None
    countries: tuple[str, ...] = ()
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class EducationDemand:
    """Schooling on ``profiling.fields.EDUCATION_LEVELS``; ``field`` are the words of the field of study."""

    level: str
    field: str | None
    words: str
    start: int
    end: int
    wish: Wish | None
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class LicenceDemand:
    """A licence of the taxonomy, or (no code) a driving licence whose class is not said.

    ``countries`` (ISO codes): issued by any one of them; empty when it is not said.
    """

    code: str | None
    countries: tuple[str, ...]
    words: str
    start: int
    end: int
    wish: Wish | None
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class LanguageDemand:
    """A language (ISO 639), the level where it is said, and of read, write, speak what is said."""

    code: str
    level: str | None
    skills: tuple[str, ...]
    words: str
    start: int
    end: int
    wish: Wish | None
    option: Option | None = None

    @property
    def scale_level(self) -> str | None:
        """The level on ``profiling.fields.LANGUAGE_LEVELS``."""
        return LANGUAGE_SCALE[self.level] if self.level else None


@dataclass(frozen=True, slots=True)
class Demands:
    """All that a vacancy's text asks for, each kind in the order of the text."""

    skills: tuple[SkillDemand, ...] = ()
    experience: tuple[ExperienceDemand, ...] = ()
    education: tuple[EducationDemand, ...] = ()
    licences: tuple[LicenceDemand, ...] = ()
    languages: tuple[LanguageDemand, ...] = ()


@dataclass(frozen=True, slots=True)
class Length:
    """How long a course takes; ``weeks`` from days, weeks, months or years, ``hours`` as told."""

    weeks: float | None
    hours: float | None
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CourseReading:
    """What a course teaches (skills without a wish), what it asks for at entry, and its lengths as told."""

    taught: tuple[SkillDemand, ...] = ()
    entry_education: tuple[EducationDemand, ...] = ()
    entry_experience: tuple[ExperienceDemand, ...] = ()
    lengths: tuple[Length, ...] = ()
