"""Coding stored texts again after the taxonomy or the rules have changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from profiling.coding import Coder
from profiling.identity import Reference
from profiling.intake import code_passport
from profiling.models import Credential, Experience, Passport, Returnee, SkillClaim
from profiling.repository import bump_revision


def recode_returnees(session: Session, coder: Coder, limit: int) -> int:
    """Code up to ``limit`` people again whose codes are of another version; returns how many."""
    stale = session.exec(select(Returnee).where(Returnee.coding != coder.version).limit(limit)).all()
    owners = [returnee.id for returnee in stale]
    for table in (Experience, Credential):
        coder.prepare(session.exec(select(table.title).where(col(table.returnee_id).in_(owners))))
    for returnee in stale:
        passport = session.get_one(Passport, returnee.id)
        mine = returnee.id
        by_position = select(Experience).order_by(col(Experience.position))
        jobs = session.exec(by_position.where(Experience.returnee_id == mine)).all()
        credentials = session.exec(select(Credential).where(Credential.returnee_id == mine)).all()
        references = session.exec(select(Reference).where(Reference.returnee_id == mine)).all()
        session.execute(sa.delete(SkillClaim).where(col(SkillClaim.returnee_id) == returnee.id))
        claims = code_passport(coder, passport, jobs, credentials, references)
        returnee.coding = coder.version
        session.add(returnee)
        session.add_all(claims)
    if stale:
        bump_revision(session, "people")
    return len(stale)
