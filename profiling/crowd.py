"""Counting who holds what among the people shown to employers, so that what is rare can be coarsened."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from profiling.access import Principal
from profiling.matching_view import matchable_by
from profiling.models import Credential, Experience, Passport, Returnee, SkillClaim
from profiling.pseudonym import Crowd, Detail, group_of, level_key, place_key, region_of
from profiling.queries import pick
from profiling.taxonomy import Taxonomy

_Held = Iterator[tuple[Detail, str, uuid.UUID]]


def crowd_shown(session: Session, principal: Principal, taxonomy: Taxonomy, now: datetime) -> Crowd:
    """How many of those whom an employer may see at this moment hold each detail. A person counts once."""
    allowed = matchable_by(principal, now)
    holders: dict[Detail, dict[str, set[uuid.UUID]]] = defaultdict(lambda: defaultdict(set))
    for held in (_homes(session, allowed), _trades(session, allowed, taxonomy), _levels(session, allowed)):
        for detail, value, person in held:
            holders[detail][value].add(person)
    counts = {detail: {value: len(them) for value, them in held.items()} for detail, held in holders.items()}
    return Crowd({**counts, Detail.SKILL: _skills(session, allowed)})


def _homes(session: Session, allowed: sa.ColumnElement[bool]) -> _Held:
    query = pick(
        Passport.returnee_id, Passport.home_country, Passport.home_province, Passport.home_district,
        Passport.languages,
    ).join(Returnee, col(Returnee.id) == Passport.returnee_id)  # fmt: skip
    for person, country, province, district, languages in session.execute(query.where(allowed)):
        yield Detail.COUNTRY, country, person
        if province:
            yield Detail.PROVINCE, place_key(country, province), person
        if district:
            yield Detail.DISTRICT, place_key(country, district), person
        for code in languages:
            yield Detail.LANGUAGE, code, person


def _trades(session: Session, allowed: sa.ColumnElement[bool], taxonomy: Taxonomy) -> _Held:
    """Trades of jobs and of certificates, with their groups, and the regions of the jobs."""
    jobs = pick(Experience.returnee_id, Experience.occupation, Experience.country).join(
        Returnee, col(Returnee.id) == Experience.returnee_id
    )
    for person, occupation, country in session.execute(
        jobs.where(allowed, col(Experience.occupation).is_not(None))
    ):
        yield from _trade(occupation, person, taxonomy)
        if country is not None:
            yield Detail.REGION, region_of(country), person
    papers = pick(Credential.returnee_id, Credential.occupation).join(
        Returnee, col(Returnee.id) == Credential.returnee_id
    )
    for person, occupation in session.execute(papers.where(allowed, col(Credential.occupation).is_not(None))):
        yield from _trade(occupation, person, taxonomy)


def _trade(occupation: str, person: uuid.UUID, taxonomy: Taxonomy) -> _Held:
    yield Detail.TRADE, occupation, person
    group = group_of(occupation, taxonomy)
    if group is not None:
        yield Detail.GROUP, group, person


def _levels(session: Session, allowed: sa.ColumnElement[bool]) -> _Held:
    query = pick(Credential.returnee_id, Credential.framework, Credential.level).join(
        Returnee, col(Returnee.id) == Credential.returnee_id
    )
    for person, framework, level in session.execute(query.where(allowed, col(Credential.framework).is_not(None))):
        yield Detail.FRAMEWORK, framework, person
        if level is not None:
            yield Detail.LEVEL, level_key(framework, level), person


def _skills(session: Session, allowed: sa.ColumnElement[bool]) -> Mapping[str, int]:
    """Counted by the database: there are far more claims than anything else."""
    query = (
        pick(SkillClaim.skill)
        .add_columns(sa.func.count(sa.distinct(col(SkillClaim.returnee_id))))
        .join(Returnee, col(Returnee.id) == SkillClaim.returnee_id)
        .where(allowed)
        .group_by(col(SkillClaim.skill))
    )
    return {row[0]: row[1] for row in session.execute(query)}
