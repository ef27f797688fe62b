"""Coding stored texts again after the taxonomy or the rules have changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from profiling.coding import Coder
from profiling.intake import code_passport
from profiling.models import Credential, Experience, Passport, Reference, Returnee, SkillClaim
from profiling.repository import bump_revision


def recode_returnees(session: Session, coder: Coder, limit: int) -> int:
    """Code up to ``limit`` people again whose codes are of another version; returns how many."""
    stale = session.exec(select(Returnee).where(Returnee.coding != coder.version).limit(limit)).all()
    for returnee in stale:
        passport = session.get_one(Passport, returnee.id)
        jobs = _parts(session, Experience, returnee)
        credentials = _parts(session, Credential, returnee)
        references = _parts(session, Reference, returnee)
        session.execute(sa.delete(SkillClaim).where(col(SkillClaim.returnee_id) == returnee.id))
        claims = code_passport(coder, passport, jobs, credentials, references)  # type: ignore[arg-type]
        returnee.coding = coder.version
        session.add_all([returnee, passport, *jobs, *credentials, *claims])  # type: ignore[list-item]
    if stale:
        bump_revision(session, "people")
    return len(stale)


def _parts(
    session: Session, table: type[Experience] | type[Credential] | type[Reference], returnee: Returnee
) -> list[object]:
    query = select(table).where(table.returnee_id == returnee.id).order_by(table.position)  # type: ignore[arg-type]
    return list(session.exec(query))
