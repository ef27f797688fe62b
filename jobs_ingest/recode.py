"""Coding stored vacancies and courses again after the taxonomy or the rules have changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.courses import code_stored_course
from jobs_ingest.flags import look_again, look_at
from jobs_ingest.life import carry_values
from jobs_ingest.models import Course, Vacancy
from jobs_ingest.normalising import NORMALISED
from jobs_ingest.providers_linking import settle_providers
from jobs_ingest.readings import VACANCY_FIELDS, stated_values
from jobs_ingest.vacancies import code_vacancy
from profiling.coding import Coder
from profiling.queries import pick
from profiling.repository import bump_revision


def recode_offers(session: Session, coder: Coder, limit: int) -> int:
    """Code up to ``limit`` vacancies and courses again whose codes are of another version; returns how many.

    Vacancies that were not looked at with the present safeguards are looked at again, and count too.
    """
    titles = _read_titles(session, coder, limit)
    vacancies = session.exec(select(Vacancy).where(Vacancy.coding != coder.version).limit(limit - titles)).all()
    coder.prepare(vacancy.title for vacancy in vacancies)
    for vacancy in vacancies:
        told = (vacancy.title, vacancy.description, vacancy.essential_text, vacancy.wished_text)
        codes = code_vacancy(coder, *told, stated_values(vacancy, VACANCY_FIELDS))
        codes |= _beside(vacancy, codes)
        session.execute(sa.update(Vacancy).where(col(Vacancy.id) == vacancy.id).values(**codes))
    carry_values(session, [vacancy.id for vacancy in vacancies])
    look_at(session, coder.taxonomy, [vacancy.id for vacancy in vacancies])
    looked = look_again(session, coder.taxonomy, limit)
    courses = session.exec(select(Course).where(Course.coding != coder.version).limit(limit)).all()
    coder.prepare(course.trade or course.title for course in courses)
    keys: set[str] = set()
    for course in courses:
        codes = code_stored_course(coder, course)
        codes |= _beside(course, codes)
        keys |= {str(key) for key in (course.provider_key, codes["provider_key"]) if key}
        session.execute(sa.update(Course).where(col(Course.id) == course.id).values(**codes))
    settle_providers(session, keys)
    if titles or vacancies or courses or looked:
        bump_revision(session, "market")
    return titles + len(vacancies) + len(courses) + looked


def _read_titles(session: Session, coder: Coder, limit: int) -> int:
    """Ask the reader of titles about those that the rules did not know when they came in; returns how many.

    All else that these vacancies say was read then, by the same rules.
    """
    waiting = coder.by_rules().version
    if waiting == coder.version:
        return 0
    query = pick(Vacancy.id, Vacancy.title).where(col(Vacancy.coding) == waiting, col(Vacancy.occupation).is_(None))
    rows = session.execute(query.limit(limit)).all()
    coder.prepare(row.title for row in rows)
    table = Vacancy.__table__  # type: ignore[attr-defined]
    found = []
    for row in rows:
        coded = coder.occupation(row.title)
        found.append(
            {
                "its_id": row.id,
                "occupation": coded.occupation if coded else None,
                "occupation_words": coded.words if coded else None,
                "occupation_likeness": coded.likeness if coded else None,
                "coding": coder.version,
            }
        )
    if found:
        names = [name for name in found[0] if name != "its_id"]
        values: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(name) for name in names}
        session.connection().execute(
            sa.update(table).where(table.c.id == sa.bindparam("its_id")).values(**values), found
        )
        # What is too good a pay depends on the trade.
        look_at(session, coder.taxonomy, [row["its_id"] for row in found if row["occupation"]])
    return len(found)


def _beside(row: Vacancy | Course, codes: dict[str, object]) -> dict[str, object]:
    """What was read when the row was taken in is not read again; it stays beside the new readings."""
    kept = [entry for entry in row.read if entry[0] in NORMALISED]
    return {"read": [*kept, *codes["read"]]}  # type: ignore[misc]
