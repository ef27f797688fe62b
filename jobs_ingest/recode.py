"""Coding stored vacancies and courses again after the taxonomy or the rules have changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.courses import code_course
from jobs_ingest.flags import look_again, look_at
from jobs_ingest.models import Course, Vacancy
from jobs_ingest.normalising import NORMALISED
from jobs_ingest.readings import COURSE_FIELDS, VACANCY_FIELDS, stated_values
from jobs_ingest.vacancies import code_vacancy
from profiling.coding import Coder
from profiling.repository import bump_revision


def recode_offers(session: Session, coder: Coder, limit: int) -> int:
    """Code up to ``limit`` vacancies and courses again whose codes are of another version; returns how many.

    Vacancies that were not looked at with the present safeguards are looked at again, and count too.
    """
    vacancies = session.exec(select(Vacancy).where(Vacancy.coding != coder.version).limit(limit)).all()
    coder.prepare(vacancy.title for vacancy in vacancies)
    for vacancy in vacancies:
        told = (vacancy.title, vacancy.description, vacancy.essential_text, vacancy.wished_text)
        codes = code_vacancy(coder, *told, stated_values(vacancy, VACANCY_FIELDS))
        codes |= _beside(vacancy, codes)
        session.execute(sa.update(Vacancy).where(col(Vacancy.id) == vacancy.id).values(**codes))
    look_at(session, coder.taxonomy, [vacancy.id for vacancy in vacancies])
    looked = look_again(session, coder.taxonomy, limit)
    courses = session.exec(select(Course).where(Course.coding != coder.version).limit(limit)).all()
    coder.prepare(course.trade or course.title for course in courses)
    for course in courses:
        about = (course.title, course.trade, course.skills_text, course.entry_conditions)
        codes = code_course(coder, *about, stated_values(course, COURSE_FIELDS))
        codes |= _beside(course, codes)
        session.execute(sa.update(Course).where(col(Course.id) == course.id).values(**codes))
    if vacancies or courses or looked:
        bump_revision(session, "market")
    return len(vacancies) + len(courses) + looked


def _beside(row: Vacancy | Course, codes: dict[str, object]) -> dict[str, object]:
    """What was read when the row was taken in is not read again; it stays beside the new readings."""
    kept = [entry for entry in row.read if entry[0] in NORMALISED]
    return {"read": [*kept, *codes["read"]]}  # type: ignore[misc]
