"""What matching may know of people: queries that carry consent and visibility, and read no identity."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from profiling.access import Principal, Role, visible_parameters, visible_returnees
from profiling.consent import consents
from profiling.identity import Reference, ReturneeIdentity, open_identity, open_reference
from profiling.models import (
    Credential,
    Evidence,
    Experience,
    FieldSet,
    Passport,
    Purpose,
    Returnee,
    SkillClaim,
    UtcDateTime,
)
from profiling.passport import (
    HeldCredential,
    HeldJob,
    HeldSkill,
    MatchingProfile,
    Pay,
    implied_skills,
    months_between,
    strongest,
)
from profiling.privacy import scrub
from profiling.queries import pick
from profiling.recognition import credential_level
from profiling.taxonomy import Taxonomy
from profiling.vault import vault_of


def matchable_by(principal: Principal, now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """The condition under which a case may be matched for somebody: visible to them and agreed to matching.

    For an employer: anybody who agreed that employers see their work and skills without their name.
    """
    if principal.role is Role.EMPLOYER:
        return consents(Purpose.MATCHING, now, field_set=FieldSet.EMPLOYERS)
    return sa.and_(visible_returnees(principal), consents(Purpose.MATCHING, now))


def matchable_returnees(session: Session, principal: Principal, now: datetime) -> list[uuid.UUID]:
    """The ids of those in scope who agree to matching at this moment."""
    return list(session.exec(select(Returnee.id).where(matchable_by(principal, now)).order_by(Returnee.ref)))


def _of_people(
    table: type[Experience] | type[Credential] | type[SkillClaim] | type[Reference], names: str
) -> sa.Select[Any]:
    """Columns of some people's parts, in the order of the file where the part has one."""
    query = pick(table.returnee_id, *(getattr(table, name) for name in names.split()))
    query = query.where(col(table.returnee_id).in_(sa.bindparam("ids", expanding=True)))
    return query.order_by(sa.column("position")) if "position" in names.split() else query


def _passports(*allowed: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(*Passport.__table__.columns)  # type: ignore[attr-defined]
        .join(Returnee, col(Returnee.id) == Passport.returnee_id)
        .where(*allowed, col(Returnee.id).in_(sa.bindparam("ids", expanding=True)))
    )


_NOW = sa.bindparam("now", type_=UtcDateTime)
# Built once: building these statements anew took longer than running them. The two say for prepared
# statements what ``matchable_by`` says.
_ALLOWED_PASSPORTS = _passports(visible_returnees(None), consents(Purpose.MATCHING, _NOW))
_SHOWN_PASSPORTS = _passports(consents(Purpose.MATCHING, _NOW, field_set=FieldSet.EMPLOYERS))
_JOBS = _of_people(Experience, "position title country started ended occupation document_seen")
_CREDENTIALS = _of_people(Credential, "position title kind occupation framework level document_seen")
_CLAIMS = _of_people(SkillClaim, "skill evidence source_text evidence_source origin experience_position").order_by(
    col(SkillClaim.experience_position), col(SkillClaim.start), col(SkillClaim.skill)
)
_CONFIRMED = _of_people(Reference, "experience_position").where(col(Reference.confirmed_on).is_not(None))


def matching_profiles(
    session: Session, principal: Principal, ids: Sequence[uuid.UUID], taxonomy: Taxonomy, now: datetime
) -> dict[uuid.UUID, MatchingProfile]:
    """The matching view of several people who are in scope and agree to matching at this moment.

    Only columns that matching may know are read: no identity, no referee's name, no note.
    """
    asked: dict[str, Any] = {"ids": list(ids), "now": now}
    if principal.role is Role.EMPLOYER:
        passports = session.execute(_SHOWN_PASSPORTS, asked).all()
    else:
        passports = session.execute(_ALLOWED_PASSPORTS, asked | visible_parameters(principal)).all()
    permitted = {"ids": [row.returnee_id for row in passports]}
    if not passports:
        return {}
    jobs, credentials, claims = (_by_owner(session, query, permitted) for query in (_JOBS, _CREDENTIALS, _CLAIMS))
    confirmed = {(row[0], row[1]) for row in session.execute(_CONFIRMED, permitted)}
    return {
        row.returnee_id: _profile(
            row, jobs[row.returnee_id], credentials[row.returnee_id], claims[row.returnee_id], confirmed, taxonomy
        )
        for row in passports
    }


def _by_owner(
    session: Session, query: sa.Select[Any], people: dict[str, list[uuid.UUID]]
) -> dict[uuid.UUID, list[sa.Row[tuple[object, ...]]]]:
    found: dict[uuid.UUID, list[sa.Row[tuple[object, ...]]]] = defaultdict(list)
    for row in session.execute(query, people):
        found[row[0]].append(row)
    return found


def _job(row: sa.Row[tuple[object, ...]], owner: uuid.UUID, confirmed: set[tuple[uuid.UUID, int]]) -> HeldJob:
    evidence = Evidence.DOCUMENT_SEEN if row.document_seen else Evidence.DECLARED
    if (owner, row.position) in confirmed:
        evidence = Evidence.REFERENCE_CONFIRMED
    months = months_between(row.started, row.ended)
    return HeldJob(row.position, row.title, row.country, months, row.occupation, evidence)


def _profile(
    row: sa.Row[tuple[object, ...]],
    job_rows: list[sa.Row[tuple[object, ...]]],
    credential_rows: list[sa.Row[tuple[object, ...]]],
    claim_rows: list[sa.Row[tuple[object, ...]]],
    confirmed: set[tuple[uuid.UUID, int]],
    taxonomy: Taxonomy,
) -> MatchingProfile:
    jobs = tuple(_job(job, row.returnee_id, confirmed) for job in job_rows)
    credentials = tuple(
        HeldCredential(c.title, c.kind, c.occupation, c.framework, c.level, credential_level(c))  # type: ignore[arg-type]
        for c in credential_rows
    )
    skills = strongest(
        HeldSkill(c.skill, Evidence(c.evidence), c.source_text, c.evidence_source, c.origin, c.experience_position)
        for c in claim_rows
    )
    pay = None
    if row.expected_pay is not None and row.expected_pay_currency and row.expected_pay_period:
        pay = Pay(row.expected_pay, row.expected_pay_currency, row.expected_pay_period)
    return MatchingProfile(
        returnee_id=row.returnee_id,
        home_country=row.home_country,
        home_province=row.home_province,
        home_district=row.home_district,
        jobs=jobs,
        skills=skills,
        implied=implied_skills(jobs, credentials, skills, taxonomy),
        credentials=credentials,
        languages=row.languages,
        licences=taxonomy.with_implied(frozenset(row.licences)),
        education_level=row.education_level,
        aspirations=frozenset(row.aspirations),
        wanted_work=tuple(row.wanted_work),
        wanted_occupations=tuple(row.wanted_occupations),
        not_wanted_work=tuple(row.not_wanted_work),
        not_wanted_occupations=tuple(row.not_wanted_occupations),
        work_districts=tuple(row.work_districts),
        work_countries=frozenset(row.work_countries) | {row.home_country},
        expected_pay=pay,
    )


def scrubbed_accounts(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Each person's job titles and duties, freed of names, numbers and telling words (``privacy.scrub``).

    Identity is read here only to be taken out of the texts; none of it is returned.
    """
    vault = vault_of(session)
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in session.exec(select(ReturneeIdentity).where(col(ReturneeIdentity.returnee_id).in_(ids))):
        known = open_identity(vault, row, frozenset({"given_name", "family_name"}))
        names[row.returnee_id] += [known.given_name, known.family_name or ""]
    for referee in session.exec(select(Reference).where(col(Reference.returnee_id).in_(ids))):
        names[referee.returnee_id].append(open_reference(vault, referee, contact=False).name)
    accounts: dict[uuid.UUID, list[str]] = defaultdict(list)
    jobs = (
        pick(Experience.returnee_id, Experience.title, Experience.duties, Experience.employer)
        .where(col(Experience.returnee_id).in_(ids))
        .order_by(col(Experience.returnee_id), col(Experience.position))
    )
    for owner, title, duties, employer in session.execute(jobs):
        hidden = [*names[owner], employer or ""]
        accounts[owner].append(". ".join(scrub(text, hidden) for text in (title, duties) if text))
    return accounts
