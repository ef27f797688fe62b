"""What an ESCO download holds, as values. Labels and relations name concepts by their numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from profiling.errors import BadValue

_URI = re.compile(r"https?://data\.europa\.eu/esco/[a-z][a-z-]*/[\w.-]+", re.ASCII)


class EscoUri(str):
    """The address of an ESCO concept, e.g. ``http://data.europa.eu/esco/skill/...``."""

    def __new__(cls, text: str) -> EscoUri:
        if not _URI.fullmatch(text):
            raise BadValue("uri", text, "an address of ESCO, such as http://data.europa.eu/esco/occupation/...")
        return super().__new__(cls, text)


@dataclass(frozen=True)
class Occupation:
    """An occupation; ``label`` is the preferred one of the download's first language."""

    number: int
    uri: str
    isco: str
    code: str | None
    label: str


@dataclass(frozen=True)
class Skill:
    """A skill, or a group of skills."""

    number: int
    uri: str
    label: str
    skill_type: str | None = None
    reuse_level: str | None = None
    is_group: bool = False
    code: str | None = None


@dataclass(frozen=True)
class OccupationLabel:
    """A name of an occupation in one language; ``kind`` is preferred, alternative or hidden."""

    occupation: int
    language: str
    position: int
    kind: str
    text: str


@dataclass(frozen=True)
class SkillLabel:
    """A name of a skill or group in one language."""

    skill: int
    language: str
    position: int
    kind: str
    text: str


@dataclass(frozen=True)
class OccupationSkill:
    """A skill that an occupation needs, or may use."""

    occupation: int
    skill: int
    essential: bool


@dataclass(frozen=True)
class Broader:
    """A skill or group, and what it lies under."""

    skill: int
    broader: int


@dataclass(frozen=True)
class IscoTitle:
    """ESCO's title of an ISCO-08 group, where it is not the ILO's."""

    code: str
    language: str
    title: str


Value = Occupation | Skill | OccupationLabel | SkillLabel | OccupationSkill | Broader | IscoTitle
