"""Coding stored vacancies and courses again after the taxonomy or the rules have changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.courses import code_course
from jobs_ingest.models import Course, Vacancy
from jobs_ingest.vacancies import code_vacancy
from profiling.coding import Coder
from profiling.repository import bump_revision


def recode_offers(session: Session, coder: Coder, limit: int) -> int:
    """Code up to ``limit`` vacancies and courses again whose codes are of another version; returns how many."""
    vacancies = session.exec(select(Vacancy).where(Vacancy.coding != coder.version).limit(limit)).all()
    for vacancy in vacancies:
        codes = code_vacancy(coder, vacancy.title, vacancy.description, vacancy.essential_text, vacancy.wished_text)
        session.execute(sa.update(Vacancy).where(col(Vacancy.id) == vacancy.id).values(**codes))
    courses = session.exec(select(Course).where(Course.coding != coder.version).limit(limit)).all()
    for course in courses:
        codes = code_course(coder, course.title, course.trade, course.skills_text)
        session.execute(sa.update(Course).where(col(Course.id) == course.id).values(**codes))
    if vacancies or courses:
        bump_revision(session, "market")
    return len(vacancies) + len(courses)
