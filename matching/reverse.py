"""From a vacancy to the returnees who may fit it: consent and caseload are part of the query."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from matching.market import Market, VacancyView
from matching.models import DocumentVector
from matching.people import Person
from matching.vectors import unpack
from profiling.access import Principal
from profiling.matching_view import matchable_by, matching_profiles
from profiling.models import Experience, Returnee, SkillClaim
from profiling.queries import pick

#: How many people are compared feature by feature, of those nearest in meaning.
NEAREST = 200


def likely_people(
    session: Session, principal: Principal, vacancy: VacancyView, market: Market, now: datetime
) -> Iterator[Person]:
    """People in scope who agree to matching: the nearest in meaning, those of the trade, those with a skill."""
    query = (
        pick(Returnee.id, DocumentVector.vector)
        .join(DocumentVector, col(DocumentVector.owner_id) == Returnee.id)
        .where(col(DocumentVector.owner_kind) == "returnee", col(DocumentVector.model) == market.model)
        .where(matchable_by(principal, now))
        .order_by(col(Returnee.id))
    )
    rows = session.execute(query).all()
    if not rows:
        return
    vectors = {row[0]: unpack(row[1]) for row in rows}
    cosines = np.stack(list(vectors.values())) @ market.vectors[vacancy.row]
    nearest = np.argsort(-cosines, kind="stable")[:NEAREST]
    chosen = {rows[at][0] for at in nearest} | _of_trade_or_skill(session, vacancy, market)
    profiles = matching_profiles(session, principal, [i for i in vectors if i in chosen], market.taxonomy, now)
    for returnee_id, profile in profiles.items():
        yield Person(profile, vectors[returnee_id], market.taxonomy)


def _of_trade_or_skill(session: Session, vacancy: VacancyView, market: Market) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    isco = market.taxonomy.isco_of(vacancy.occupation)
    if isco is not None:
        trades = [code for code, o in market.taxonomy.occupations.items() if o.isco == isco]
        jobs = pick(Experience.returnee_id).where(col(Experience.occupation).in_(trades)).distinct()
        found |= set(session.scalars(jobs.limit(5 * NEAREST)))
    if vacancy.essential:
        claims = (
            pick(SkillClaim.returnee_id)
            .where(col(SkillClaim.skill).in_(list(vacancy.essential)))
            .group_by(col(SkillClaim.returnee_id))
            .order_by(sa.func.count(sa.distinct(col(SkillClaim.skill))).desc(), col(SkillClaim.returnee_id))
        )
        found |= set(session.scalars(claims.limit(NEAREST)))
    return found
