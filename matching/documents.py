"""The text of a person, a vacancy or a course that is embedded. What matters most stands first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from jobs_ingest.models import Course, Vacancy
from profiling.passport import MatchingProfile
from profiling.privacy import scrub
from profiling.taxonomy import Taxonomy

#: Grows with every change of the rules below, so that documents are made again.
RULES = "documents-4"
_LONGEST = 700
_LATIN_END = 0x250


def text_hash(text: str) -> str:
    """The hash by which it is known whether a text was embedded already."""
    return hashlib.sha256(text.encode()).hexdigest()


def person_document(profile: MatchingProfile, accounts: Sequence[str], taxonomy: Taxonomy) -> str:
    """Trades, skills, then the person's own accounts (already freed of names and telling words)."""
    trades = [taxonomy.label(code) for code in profile.occupations]
    skills = [taxonomy.skills[code].label for code in profile.skills if code in taxonomy.skills]
    return _join([", ".join(trades), ", ".join(skills), *accounts])


def vacancy_document(vacancy: Vacancy, taxonomy: Taxonomy) -> str:
    """Title, trade, what is asked for, description."""
    trade = taxonomy.occupations.get(vacancy.occupation or "")
    label = trade.label if trade and trade.label.casefold() not in vacancy.title.casefold() else ""
    asked = scrub(", ".join([*vacancy.essential_text, *vacancy.wished_text]))
    return _join([scrub(vacancy.title), label, asked, scrub((vacancy.description or "")[: 2 * _LONGEST])])


def course_document(course: Course, taxonomy: Taxonomy) -> str:
    """Title, trade, what is taught."""
    trade = taxonomy.occupations.get(course.occupation or "")
    return _join([course.title, trade.label if trade else (course.trade or ""), ", ".join(course.skills_text)])


def latin_part(text: str) -> str:
    """What a model that knows only Latin script can read: the words that hold no letter of another script."""
    kept = [word for word in text.split() if all(ord(letter) < _LATIN_END for letter in word)]
    return " ".join(kept) if any(letter.isalpha() for word in kept for letter in word) else ""


def _join(parts: Sequence[str]) -> str:
    return ". ".join(part for part in parts if part)[:_LONGEST]
