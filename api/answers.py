"""What a page is told: small values that the application fills and the routes show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from jobs_ingest.models import Course, Vacancy, VacancyStatus
from matching import pipeline
from profiling.repository import CaseFile, CaseSummary
from profiling.taxonomy import Taxonomy

PAGE = 50
Line = TypeVar("Line")


@dataclass(frozen=True)
class NamedCandidate:
    """A candidate with the centre's own number, for the counsellor's list."""

    ref: str
    found: pipeline.PersonMatch


@dataclass(frozen=True)
class Page(Generic[Line]):
    """One page of a list: its lines, its number from 1, and how many pages and lines there are."""

    lines: Sequence[Line]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class PersonMatches:
    """One person's matches, or None without consent; vacancies and courses hold the offered ones as published."""

    case: CaseFile
    found: pipeline.MatchList | None
    vacancies: Mapping[uuid.UUID, Vacancy]
    courses: Mapping[uuid.UUID, Course]


@dataclass(frozen=True)
class VacancyFile:
    """A vacancy, how it stands, the asked words that no skill was found for, and its candidates.

    ``refused`` says why there are no candidates: a standing other than open, or ``unread``.
    """

    vacancy: Vacancy
    standing: str
    unread: Sequence[str]
    refused: str | None
    candidates: Sequence[NamedCandidate]


def page_count(total: int) -> int:
    """How many pages so many lines fill; an empty list is one page."""
    return max(1, -(-total // PAGE))


def standing(vacancy: Vacancy, today: date) -> str:
    """The status of a vacancy, or ``expired`` for an open one whose closing date has passed."""
    if vacancy.status == VacancyStatus.OPEN and vacancy.closes_on is not None and vacancy.closes_on < today:
        return "expired"
    return vacancy.status


def case_answers(case: CaseSummary, words: str, taxonomy: Taxonomy) -> bool:
    """Whether number, name, home, job as told or trade of a case contain the words, in whatever case."""
    trade = taxonomy.label(case.occupation) if case.occupation else None
    said = (case.ref, case.name, case.home_district, case.title, trade)
    return any(words.casefold() in text.casefold() for text in said if text)


def trades_named(words: str, taxonomy: Taxonomy) -> list[str]:
    """The trades one of whose names contains the words."""
    wanted = words.casefold()
    return [
        trade.code
        for trade in taxonomy.occupations.values()
        if wanted in trade.label.casefold() or any(wanted in name.text.casefold() for name in trade.names)
    ]
