"""The directory of providers: finding them by words, trade, district and whom they serve, with their courses."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.models import Course, Provider, ProviderServed
from jobs_ingest.provider_names import district_key, name_key
from profiling.errors import NotFound


@dataclass(frozen=True, slots=True)
class ProviderQuery:
    """What is looked for; an empty part asks nothing.

    ``words`` stand in name, place or its own words; ``trades`` are codes of occupations of which its courses teach
    one (None: not asked); ``district`` is its own, one of its area or one of its courses'; ``serves`` is a group
    of ``provider_names.groups``.
    """

    words: str = ""
    trades: Collection[str] | None = None
    district: str = ""
    serves: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider as a list shows it: the trades that its courses teach, whom it serves, how many courses it has."""

    provider: Provider
    trades: tuple[str, ...]
    serves: tuple[tuple[str, str], ...]
    courses: int


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """A provider, its courses by title, and the entries of the same name in other places."""

    line: ProviderLine
    courses: tuple[Course, ...]
    namesakes: tuple[Provider, ...]


def search_providers(
    session: Session, asked: ProviderQuery, *, skip: int = 0, count: int
) -> tuple[list[ProviderLine], int]:
    """Some of the providers that fit, by name, and how many do in all."""
    condition = _fits(asked)
    total = session.exec(select(sa.func.count()).select_from(Provider).where(condition)).one()
    query = select(Provider).where(condition).order_by(*_ORDER).offset(skip).limit(count)
    return _lines(session, session.exec(query).all()), total


def providers_after(
    session: Session, asked: ProviderQuery, after: tuple[str, uuid.UUID] | None, *, count: int
) -> list[ProviderLine]:
    """As ``search_providers``: those after a place (compared name, id) in that order."""
    query = select(Provider).where(_fits(asked))
    if after is not None:
        key, last = after
        same = sa.and_(col(Provider.name_key) == key, col(Provider.id) > last)
        query = query.where(sa.or_(col(Provider.name_key) > key, same))
    return _lines(session, session.exec(query.order_by(*_ORDER).limit(count)).all())


def find_provider(session: Session, provider_id: uuid.UUID) -> ProviderFile:
    """One provider with its courses. Raises NotFound."""
    provider = session.get(Provider, provider_id)
    if provider is None:
        raise NotFound("There is no such provider.")
    courses = session.exec(
        select(Course).where(Course.provider_id == provider_id).order_by(col(Course.title), col(Course.id))
    ).all()
    others = select(Provider).where(Provider.name_key == provider.name_key, Provider.id != provider_id)
    return ProviderFile(
        _lines(session, [provider])[0], tuple(courses), tuple(session.exec(others.order_by(*_ORDER)).all())
    )


_ORDER = (col(Provider.name_key), col(Provider.id))


def _fits(asked: ProviderQuery) -> sa.ColumnElement[bool]:
    own = col(Course.provider_id) == col(Provider.id)
    condition: sa.ColumnElement[bool] = sa.true()
    if words := asked.words.strip():
        fields = (Provider.name, Provider.place, Provider.district, Provider.specialisation, Provider.accreditation)
        told = [col(field).icontains(words, autoescape=True) for field in fields]
        if key := name_key(words):
            told.append(col(Provider.name_key).contains(key, autoescape=True))
        title = col(Course.title).icontains(words, autoescape=True)
        condition &= sa.or_(*told, sa.exists().where(own, title))
    if asked.trades is not None:
        condition &= sa.exists().where(own, col(Course.occupation).in_(asked.trades))
    if district := district_key(asked.district):
        condition &= sa.or_(
            col(Provider.district_key) == district,
            sa.cast(col(Provider.area), sa.String).icontains(asked.district.strip(), autoescape=True),
            sa.exists().where(own, sa.func.lower(col(Course.district)) == asked.district.strip().lower()),
        )
    if asked.serves:
        served = col(ProviderServed.provider_id) == col(Provider.id)
        condition &= sa.exists().where(served, col(ProviderServed.group) == asked.serves)
    if asked.country:
        condition &= col(Provider.country) == asked.country
    return condition


def _lines(session: Session, providers: Sequence[Provider]) -> list[ProviderLine]:
    ids = [provider.id for provider in providers]
    trades: dict[uuid.UUID, list[str]] = defaultdict(list)
    numbers: dict[uuid.UUID, int] = defaultdict(int)
    columns = (col(Course.provider_id), col(Course.occupation))
    query = sa.select(*columns, sa.func.count()).where(columns[0].in_(ids)).group_by(*columns).order_by(*columns)
    for provider_id, trade, count in session.execute(query):
        numbers[provider_id] += count
        trades[provider_id] += [trade] if trade else []
    serves: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    for one in session.exec(
        select(ProviderServed).where(col(ProviderServed.provider_id).in_(ids)).order_by(col(ProviderServed.group))
    ):
        serves[one.provider_id].append((one.group, one.words))
    return [ProviderLine(one, tuple(trades[one.id]), tuple(serves[one.id]), numbers[one.id]) for one in providers]
