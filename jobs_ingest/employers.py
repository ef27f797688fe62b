"""Employers and the vacancies that are theirs to answer for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.flags_models import VacancyCheck
from jobs_ingest.models import Employer, Vacancy, VacancyStatus
from jobs_ingest.readings import VACANCY_FIELDS, stated_values
from jobs_ingest.repository import find_vacancy
from jobs_ingest.vacancies import VacancyImporter
from profiling.coding import Coder
from profiling.errors import Conflict, InputError, NotFound
from profiling.fields import Row
from profiling.models import ImportRun

#: Columns of the layout that an employer does not fill: Hunar gives them, or they are the operator's.
NOT_POSTED = frozenset({"ref", "employer", "posted_on", "status", "held_reason"})
#: Columns that hold what was filled in as it was.
_AS_FILLED = (
    "title description country province district place framework level contract openings pay_min pay_max"
    " pay_currency pay_period accommodation transport closes_on"
).split()


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


def post_vacancy(
    session: Session, coder: Coder, employer_id: uuid.UUID, fields: Mapping[str, str], now: datetime
) -> Vacancy:
    """A new vacancy of an employer, read and coded like a row of a file. Raises InputError, NotFound.

    The error names every field that does not fit. Number, employer's name and day of posting are not theirs to
    say.
    """
    return _write(session, coder, employer_id, fields, str(uuid.uuid4()), now.date(), now)


def change_vacancy(
    session: Session, coder: Coder, vacancy: Vacancy, fields: Mapping[str, str], now: datetime
) -> Vacancy:
    """An employer's own post with other words while it is held; it is read, coded and looked at again.

    An empty field of ``fields`` is emptied, what they do not name stays. Raises InputError, and Conflict for one
    that is not held because of its marks, or came with a file: that is where it is changed.
    """
    if vacancy.employer_id is None or vacancy.source != _source(vacancy.employer_id):
        raise Conflict("This vacancy came with a file. Let whoever sends the file correct it there.")
    check = session.get(VacancyCheck, vacancy.id)
    if vacancy.status != VacancyStatus.HELD or check is None or check.made != VacancyStatus.HELD:
        raise Conflict("Only a vacancy that is held for review can be changed. Withdraw this one and post it anew.")
    posted = vacancy.posted_on or now.date()
    told = {name: cell for name, cell in (posted_cells(vacancy) | dict(fields)).items() if cell}
    changed = _write(session, coder, vacancy.employer_id, told, vacancy.ref, posted, now)
    session.refresh(changed)
    return changed


def posted_cells(vacancy: Vacancy) -> dict[str, str]:
    """What an employer filled in, as cells of the layout; what was only read from the text is not among them."""
    stated = dict.fromkeys(VACANCY_FIELDS) | stated_values(vacancy, VACANCY_FIELDS)
    spoken = stated["languages"] or {}
    values: dict[str, object] = {
        **{name: getattr(vacancy, name) for name in _AS_FILLED},
        **{name: stated[name] for name in ("experience_years", "education_level")},
        "essential_skills": "; ".join(vacancy.essential_text),
        "wished_skills": "; ".join(vacancy.wished_text),
        "licences": "; ".join(stated["licences"] or ()),
        "languages": "; ".join(f"{code}:{level}" for code, level in spoken.items()),
    }
    return {name: _cell(value) for name, value in values.items()}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)


def _source(employer_id: uuid.UUID) -> str:
    return f"employer:{employer_id}"


def _write(
    session: Session, coder: Coder, employer_id: uuid.UUID, fields: Mapping[str, str], ref: str, posted: date,
    now: datetime,
) -> Vacancy:  # fmt: skip
    """Store a post as a row of the employer's own source."""
    employer = session.get(Employer, employer_id)
    if employer is None:
        raise NotFound("There is no such employer.")
    importer = VacancyImporter(_source(employer_id), coder)
    unknown = sorted(name for name in fields if not importer.knows(name) or name in NOT_POSTED)
    if unknown:
        raise InputError(f"{unknown[0][:60]!r} is not a field that can be posted. Leave it out.")
    row = Row(1, {**fields, "ref": ref, "posted_on": posted.isoformat()})
    read = importer.parse(row)
    if row.problems:
        raise InputError("; ".join(f"{problem.field}: {problem.reason}" for problem in row.problems))
    run = ImportRun(
        kind=importer.kind, source=_source(employer_id), file_name="", started_at=now, finished_at=now, rows_read=1
    )
    session.add(run)
    owned = {**read, "employer": employer.name, "employer_id": employer.id}
    stored = importer.store(session, [(1, owned)], run)
    run.rows_new, run.rows_changed, run.rows_unchanged = stored.new, stored.changed, stored.unchanged
    return session.exec(select(Vacancy).where(Vacancy.source == run.source, Vacancy.ref == ref)).one()
