"""What a vacancy's or a course's own words ask for or teach, each with the words that say so."""

from jobs_ingest.demands.course import read_course
from jobs_ingest.demands.lexicon import unglued, unglued_items
from jobs_ingest.demands.reading import read_demands
from jobs_ingest.demands.values import (
    CourseReading,
    Demands,
    EducationDemand,
    ExperienceDemand,
    LanguageDemand,
    Length,
    LicenceDemand,
    Option,
    SkillDemand,
    SkillLevel,
    Wish,
)

__all__ = [
    "CourseReading",
    "Demands",
    "EducationDemand",
    "ExperienceDemand",
    "LanguageDemand",
    "Length",
    "LicenceDemand",
    "Option",
    "SkillDemand",
    "SkillLevel",
    "Wish",
    "read_course",
    "read_demands",
    "unglued",
    "unglued_items",
]
