"""Writing and reading the market's rows."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.models import Course, Vacancy, VacancyStatus
from profiling.errors import NotFound, RowProblem
from profiling.importing import Stored
from profiling.models import ImportRun, now_utc
from profiling.queries import pick
from profiling.repository import bump_revision


def store_offers(
    session: Session,
    table: type[Vacancy] | type[Course],
    batch: Sequence[tuple[int, dict[str, object]]],
    run: ImportRun,
    code: Callable[[dict[str, object]], dict[str, object]],
    stored_now: Callable[[list[uuid.UUID]], object] = lambda ids: None,
) -> Stored:
    """Insert new rows, update changed ones, leave the rest; (source, ref) tells which row is which.

    A number that stands twice in one file with different content is refused the second time. A row
    without number is known by its content, so a repeated one is unchanged. ``code`` tells what is
    understood of a row; it is asked only for rows that are new or changed. ``stored_now`` is told the ids of
    the new and changed ones when they are written.
    """
    refs = [row["ref"] for _, row in batch]
    source = batch[0][1]["source"] if batch else ""
    query = pick(table.id, table.ref, table.content_hash, table.seen_run).where(
        col(table.source) == source, col(table.ref).in_(refs)
    )
    known = {row.ref: (row.id, row.content_hash, row.seen_run) for row in session.execute(query)}
    stored = Stored()
    new: list[dict[str, object]] = []
    seen: list[uuid.UUID] = []
    changed_ids: list[uuid.UUID] = []
    for line, row in batch:
        held = known.get(row["ref"])
        if held is None:
            # A bulk insert does not fill the defaults of the table class.
            row |= code(row) | {
                "id": uuid.uuid4(),
                "seen_run": run.id,
                "created_at": run.started_at,
                "updated_at": run.started_at,
            }
            new.append(row)
            known[str(row["ref"])] = (row["id"], row["content_hash"], run.id)
        elif held[1] == row["content_hash"]:
            stored.unchanged += 1
            seen.append(held[0])
            known[str(row["ref"])] = (held[0], held[1], run.id)
        elif held[2] == run.id:
            stored.refused.append(RowProblem(line, "ref", f"{row['ref']!r} stands twice in this file"))
        else:
            stored.changed += 1
            changed_ids.append(held[0])
            known[str(row["ref"])] = (held[0], row["content_hash"], run.id)
            changed = {**row, **code(row), "seen_run": run.id, "updated_at": now_utc()}
            session.execute(sa.update(table).where(col(table.id) == held[0]).values(**changed))
    if new:
        session.connection().execute(sa.insert(table.__table__), new)  # type: ignore[union-attr]
    if seen:
        session.execute(sa.update(table).where(col(table.id).in_(seen)).values(seen_run=run.id))
    stored.new = len(new)
    if stored.new or stored.changed:
        stored_now([*(uuid.UUID(str(row["id"])) for row in new), *changed_ids])
        bump_revision(session, "market")
    return stored


def find_vacancy(session: Session, key: str) -> Vacancy:
    """The vacancy with that id or source number. Raises NotFound."""
    condition = Vacancy.ref == key
    with contextlib.suppress(ValueError):
        condition = Vacancy.id == uuid.UUID(key)
    found = session.exec(select(Vacancy).where(condition)).first()
    if found is None:
        raise NotFound(f"There is no vacancy {key!r}.")
    return found


def search_vacancies(
    session: Session,
    words: str,
    occupations: Collection[str],
    *,
    skip: int,
    count: int,
    held: bool = True,
    only: sa.ColumnElement[bool] | None = None,
) -> tuple[list[Vacancy], int]:
    """Some vacancies of whatever status, newest first, and how many there are in all.

    ``words`` must stand in title, employer, place or source number, or the trade be one of ``occupations``.
    Without ``held``, those that are held for review are left out; ``only`` narrows them further.
    """
    condition = _says(words, occupations, held=held)
    if only is not None:
        condition &= only
    total = session.exec(select(sa.func.count()).select_from(Vacancy).where(condition)).one()
    newest = (sa.desc(col(Vacancy.posted_on)).nulls_last(), Vacancy.id)
    page = select(Vacancy).where(condition).order_by(*newest).offset(skip).limit(count)  # type: ignore[arg-type]
    return list(session.exec(page)), total


def _says(words: str, occupations: Collection[str], *, held: bool) -> sa.ColumnElement[bool]:
    condition: sa.ColumnElement[bool] = sa.true() if held else col(Vacancy.status) != VacancyStatus.HELD
    if words:
        fields = (Vacancy.title, Vacancy.employer, Vacancy.place, Vacancy.district, Vacancy.province, Vacancy.ref)
        condition &= sa.or_(
            col(Vacancy.occupation).in_(occupations),
            *(col(field).icontains(words, autoescape=True) for field in fields),
        )
    return condition


def vacancies_after(
    session: Session, words: str, occupations: Collection[str], after: tuple[date | None, uuid.UUID] | None,
    *, count: int, held: bool = True, only: sa.ColumnElement[bool] | None = None,
) -> list[Vacancy]:  # fmt: skip
    """As ``search_vacancies``: those after a place (day of posting, id) in that order."""
    posted = col(Vacancy.posted_on)
    query = select(Vacancy).where(_says(words, occupations, held=held))
    if only is not None:
        query = query.where(only)
    if after is not None:
        day, last = after
        undated = sa.and_(posted.is_(None), col(Vacancy.id) > last)
        same_day = sa.and_(posted == day, col(Vacancy.id) > last)
        query = query.where(undated if day is None else sa.or_(posted < day, posted.is_(None), same_day))
    return list(session.exec(query.order_by(sa.desc(posted).nulls_last(), col(Vacancy.id)).limit(count)))


def vacancies_by_id(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Vacancy]:
    """Several vacancies as published."""
    return {vacancy.id: vacancy for vacancy in session.exec(select(Vacancy).where(col(Vacancy.id).in_(ids)))}


def courses_by_id(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Course]:
    """Several courses as published."""
    return {course.id: course for course in session.exec(select(Course).where(col(Course.id).in_(ids)))}


def count_offers(session: Session) -> tuple[int, int]:
    """How many vacancies and courses there are, of whatever status."""
    vacancies = session.exec(select(sa.func.count()).select_from(Vacancy)).one()
    courses = session.exec(select(sa.func.count()).select_from(Course)).one()
    return vacancies, courses
