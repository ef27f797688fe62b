"""Courses linked to the directory of providers, which is filled from them where nobody described a provider.

A provider is a name (``provider_names.name_key``) in a country and a district. A course that names no district
belongs to the only provider of its name; where there are several, or none, to an entry without a place. What is
made here depends on the courses and the described providers alone, not on the order in which they came.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.models import Course, Provider
from jobs_ingest.provider_names import district_key

_AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class _Group:
    """The courses that name one provider in the same words at the same place."""

    key: str
    name: str
    country: str | None
    province: str | None
    district: str | None
    place: str | None
    count: int

    @property
    def where(self) -> tuple[str, str]:
        return self.country or "", district_key(self.district)


def provider_keys(session: Session, source: str, refs: Collection[str]) -> set[str]:
    """The compared names of the providers of stored courses."""
    query = select(Course.provider_key).where(Course.source == source, col(Course.ref).in_(refs)).distinct()
    return {key for key in session.exec(query) if key}


def settle_providers(session: Session, keys: Collection[str]) -> None:
    """Link every course that names one of these providers (``name_key``), within the session's transaction.

    Entries that nobody described and no course names any more are removed.
    """
    session.flush()
    stale = sa.update(Course).where(col(Course.provider_key).is_(None), col(Course.provider_id).is_not(None))
    session.execute(stale.values(provider_id=None))
    ordered = sorted(keys)
    for at in range(0, len(ordered), _AT_ONCE):
        some = ordered[at : at + _AT_ONCE]
        groups: dict[str, list[_Group]] = defaultdict(list)
        for group in _groups(session, some):
            groups[group.key].append(group)
        held: dict[str, list[Provider]] = defaultdict(list)
        for provider in session.exec(select(Provider).where(col(Provider.name_key).in_(some))):
            held[provider.name_key].append(provider)
        for key in some:
            _settle(session, key, groups[key], held[key])


def _groups(session: Session, keys: Sequence[str]) -> Iterable[_Group]:
    names = (Course.provider_key, Course.provider, Course.country, Course.province, Course.district, Course.place)
    columns = [col(name) for name in names]
    query = sa.select(*columns, sa.func.count()).where(col(Course.provider_key).in_(keys)).group_by(*columns)
    return [_Group(*row) for row in session.execute(query)]


def _settle(session: Session, key: str, groups: Sequence[_Group], held: Sequence[Provider]) -> None:
    described = [provider for provider in held if provider.described]
    own = {(provider.country_key, provider.district_key): provider for provider in held}
    wanted = {one.where for one in groups} | {(one.country_key, one.district_key) for one in described}
    homes: dict[tuple[str, str], list[_Group]] = defaultdict(list)
    for group in groups:
        homes[_home(group.where, wanted, {(one.country_key, one.district_key) for one in described})].append(group)
    for where, members in homes.items():
        provider = own.get(where) or Provider(name_key=key, country_key=where[0], district_key=where[1], name="")
        if not provider.described:
            _fill(provider, members)
        session.add(provider)
        session.flush()
        for place in {(one.country, one.district) for one in members}:
            _link(session, key, place, provider.id)
    gone = [one.id for one in held if not one.described and (one.country_key, one.district_key) not in homes]
    if gone:
        session.execute(sa.update(Course).where(col(Course.provider_id).in_(gone)).values(provider_id=None))
        session.execute(sa.delete(Provider).where(col(Provider.id).in_(gone)))


def _home(
    where: tuple[str, str], known: Collection[tuple[str, str]], described: Collection[tuple[str, str]]
) -> tuple[str, str]:
    """The entry to which courses at a place belong.

    Their own; or, where nobody described that, the described one that names no district, which speaks for its name
    everywhere in its country; or, where the courses leave out their place, the only entry that it can be.
    """
    country, district = where
    if country and district:
        whole = [one for one in described if not one[1] and one[0] in (country, "")]
        return whole[0] if where not in described and len(whole) == 1 else where
    fitting = [one for one in known if one != where and country in ("", one[0]) and district in ("", one[1])]
    fitting = [one for one in fitting if all(one)] or fitting
    return fitting[0] if len(fitting) == 1 and where not in described else where


def _fill(provider: Provider, members: Sequence[_Group]) -> None:
    """Name and place from the courses: the name that most of them use, a place only if they agree on it."""
    names: dict[str, int] = defaultdict(int)
    for one in members:
        names[one.name.strip()] += one.count
    provider.name = min(names, key=lambda name: (-names[name], name))
    for field in ("country", "province", "district", "place"):
        told = {getattr(one, field) for one in members} - {None}
        if field == "district":
            told = set(sorted(told)[:1])
        setattr(provider, field, next(iter(told)) if len(told) == 1 else None)


def _link(session: Session, key: str, place: tuple[str | None, str | None], provider_id: uuid.UUID) -> None:
    country, district = place
    session.execute(
        sa.update(Course)
        .where(
            col(Course.provider_key) == key,
            col(Course.country).is_not_distinct_from(country),
            col(Course.district).is_not_distinct_from(district),
            col(Course.provider_id).is_distinct_from(provider_id),
        )
        .values(provider_id=provider_id)
    )
