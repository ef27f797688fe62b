"""Employers and the vacancies that are theirs to answer for."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.models import Employer, Vacancy
from jobs_ingest.repository import find_vacancy
from profiling.errors import Conflict, InputError, NotFound


def add_employer(session: Session, name: str, country: str) -> Employer:
    """A new employer. Raises InputError without a name, Conflict when there is one of that name."""
    name = name.strip()
    if not name:
        raise InputError("Give the employer's name.")
    if session.exec(select(Employer.id).where(Employer.name == name)).first():
        raise Conflict(f"There is an employer {name!r} already.")
    employer = Employer(name=name, country=country)
    session.add(employer)
    session.flush()
    return employer


def list_employers(session: Session) -> list[Employer]:
    """Every employer, by name."""
    return list(session.exec(select(Employer).order_by(Employer.name)))


def find_employer(session: Session, name: str) -> Employer:
    """The employer of that name. Raises NotFound."""
    found = session.exec(select(Employer).where(Employer.name == name.strip())).first()
    if found is None:
        raise NotFound(f"There is no employer {name!r}. `hunar employer list` shows them.")
    return found


def own_vacancies(session: Session, employer_id: uuid.UUID) -> list[Vacancy]:
    """The vacancies of an employer, newest first."""
    newest = (sa.desc(col(Vacancy.posted_on)).nulls_last(), col(Vacancy.created_at).desc(), col(Vacancy.id))
    return list(session.exec(select(Vacancy).where(Vacancy.employer_id == employer_id).order_by(*newest)))


def own_vacancy(session: Session, employer_id: uuid.UUID, vacancy_id: uuid.UUID) -> Vacancy:
    """One vacancy of an employer. Raises NotFound, also for one of somebody else."""
    query = select(Vacancy).where(Vacancy.id == vacancy_id, Vacancy.employer_id == employer_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound("There is no such vacancy among yours.")
    return found


def give_vacancy(session: Session, key: str, employer: str) -> Vacancy:
    """Hand a vacancy, by id or source number, to an employer. Raises NotFound."""
    vacancy, owner = find_vacancy(session, key), find_employer(session, employer)
    vacancy.employer_id = owner.id
    session.add(vacancy)
    session.flush()
    return vacancy
