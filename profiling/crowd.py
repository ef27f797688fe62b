"""Counting who holds what among the people shown to employers, so that what is rare can be coarsened."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col

from profiling.access import Principal
from profiling.models import Credential, Experience, Passport, Returnee, SkillClaim
from profiling.pseudonym import Crowd, Detail, group_of, level_key, place_key, region_of
from profiling.queries import pick
from profiling.repository import matchable_by
from profiling.taxonomy import Taxonomy


def crowd_shown(session: Session, principal: Principal, taxonomy: Taxonomy, now: datetime) -> Crowd:
    """How many of those whom an employer may see at this moment hold each detail. A person counts once."""

    def rows(*columns: Any) -> Sequence[Any]:
        table = columns[0].class_
        query = pick(table.returnee_id, *columns).distinct() if table is not Passport else pick(*columns)
        query = query.join(Returnee, col(Returnee.id) == table.returnee_id)
        return session.execute(query.where(matchable_by(principal, now))).all()

    found: dict[tuple[Detail, str], set[uuid.UUID]] = defaultdict(set)
    homes = rows(
        Passport.returnee_id, Passport.home_country, Passport.home_province, Passport.home_district,
        Passport.languages,
    )  # fmt: skip
    for person, country, province, district, languages in homes:
        found[Detail.COUNTRY, country].add(person)
        for detail, place in ((Detail.PROVINCE, province), (Detail.DISTRICT, district)):
            if place:
                found[detail, place_key(country, place)].add(person)
        for code in languages:
            found[Detail.LANGUAGE, code].add(person)
    trades = set()
    for person, occupation, country in rows(Experience.occupation, Experience.country):
        trades.add((person, occupation))
        if country and occupation:
            found[Detail.REGION, region_of(country)].add(person)
    for person, occupation, framework, level in rows(Credential.occupation, Credential.framework, Credential.level):
        trades.add((person, occupation))
        if framework:
            found[Detail.FRAMEWORK, framework].add(person)
            if level is not None:
                found[Detail.LEVEL, level_key(framework, level)].add(person)
    for person, occupation in trades:
        if occupation:
            found[Detail.TRADE, occupation].add(person)
            group = group_of(occupation, taxonomy)
            if group is not None:
                found[Detail.GROUP, group].add(person)
    for person, skill in rows(SkillClaim.skill):
        found[Detail.SKILL, skill].add(person)
    held: dict[Detail, dict[str, int]] = defaultdict(dict)
    for (detail, value), holders in found.items():
        held[detail][value] = len(holders)
    return Crowd(held)
