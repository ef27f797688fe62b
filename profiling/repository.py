"""Queries on a person's rows. The access rule is a part of each query; a foreign id finds nothing."""

from __future__ import annotations

import contextlib
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from profiling.access import Principal, Role, visible_parameters, visible_returnees
from profiling.consent import consents
from profiling.errors import InputError, NotFound
from profiling.identity import (
    IDENTITY_FIELDS,
    Identity,
    Referee,
    Reference,
    ReturneeIdentity,
    open_identity,
    open_reference,
    place,
)
from profiling.models import (
    Centre,
    ConsentEvent,
    Credential,
    Evidence,
    Experience,
    FieldSet,
    Passport,
    Purpose,
    Returnee,
    Revision,
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

#: By which field of the policy a column of the identity may be seen.
IDENTITY_AS = {
    "given_name": "identity.name",
    "family_name": "identity.name",
    "sex": "identity.sex",
    "birth_date": "identity.birth_date",
    "phone": "identity.phone",
}


@dataclass(frozen=True)
class CaseSummary:
    """A line of the caseload."""

    id: uuid.UUID
    ref: str
    name: str
    home_country: str
    home_district: str | None
    title: str | None
    occupation: str | None
    registered_on: str | None
    matching: bool


@dataclass(frozen=True)
class CaseFile:
    """Everything recorded of one person, for those who may see all of it."""

    returnee: Returnee
    identity: Identity
    passport: Passport
    experiences: Sequence[Experience]
    credentials: Sequence[Credential]
    references: Sequence[Referee]
    claims: Sequence[SkillClaim]
    consents: Sequence[ConsentEvent]
    matching_allowed: bool


def matchable_by(principal: Principal, now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """The condition under which a case may be matched for somebody: visible to them and agreed to matching.

    For an employer: anybody who agreed that employers see their work and skills without their name.
    """
    if principal.role is Role.EMPLOYER:
        return consents(Purpose.MATCHING, now, field_set=FieldSet.EMPLOYERS)
    return sa.and_(visible_returnees(principal), consents(Purpose.MATCHING, now))


def bump_revision(session: Session, name: str) -> None:
    """Tell caches that a part of the data (``people``, ``market``, ``taxonomy``) has changed."""
    # One statement, so that two writers who both make the first change do not collide.
    session.execute(
        sa.text(
            "INSERT INTO revision (name, number) VALUES (:name, 1)"
            " ON CONFLICT (name) DO UPDATE SET number = revision.number + 1"
        ),
        {"name": name},
    )


def revision_number(session: Session, name: str) -> int:
    """The present revision of a part of the data; 0 before the first change."""
    return session.exec(select(Revision.number).where(Revision.name == name)).first() or 0


def ensure_centre(session: Session, name: str, country: str, *, fictional: bool = False) -> Centre:
    """The centre of that name, made when it does not exist."""
    centre = session.exec(select(Centre).where(Centre.name == name)).first()
    if centre is None:
        centre = Centre(name=name, country=country, fictional=fictional)
        session.add(centre)
        session.flush()
    return centre


def all_centres(session: Session) -> list[Centre]:
    """Every centre, by name."""
    return list(session.exec(select(Centre).order_by(Centre.name)))


def find_returnee(session: Session, principal: Principal, key: str) -> uuid.UUID:
    """The id of the person with that id or reference number. Raises NotFound, also for a foreign one.

    A number that several centres use is refused (InputError): nobody must be taken for somebody else.
    """
    condition = Returnee.ref == key
    with contextlib.suppress(ValueError):
        condition = Returnee.id == uuid.UUID(key)
    found = session.exec(select(Returnee.id).where(visible_returnees(principal), condition).limit(2)).all()
    if not found:
        raise NotFound(f"No returnee {key!r} in this caseload. `hunar returnees` lists them.")
    if len(found) > 1:
        raise InputError(f"Several centres have a returnee {key!r}. Give the id instead of the number.")
    return found[0]


def list_cases(session: Session, principal: Principal, now: datetime, shown: frozenset[str]) -> list[CaseSummary]:
    """The caseload, by reference number; without the field ``identity.name`` the names stay empty."""
    vault, named = vault_of(session), "identity.name" in shown
    rows = session.execute(
        pick(
            Returnee.id, Returnee.ref, ReturneeIdentity.given_name, ReturneeIdentity.family_name,
            Passport.home_country, Passport.home_district, Returnee.registered_on,
        )
        .add_columns(consents(Purpose.MATCHING, now).label("matching"))
        .join(ReturneeIdentity, col(ReturneeIdentity.returnee_id) == Returnee.id)
        .join(Passport, col(Passport.returnee_id) == Returnee.id)
        .where(visible_returnees(principal))
        .order_by(Returnee.ref)
    ).all()  # fmt: skip
    jobs: dict[uuid.UUID, tuple[str, str | None]] = {}
    query = (
        pick(Experience.returnee_id, Experience.title, Experience.occupation)
        .join(Returnee, col(Returnee.id) == Experience.returnee_id)
        .where(visible_returnees(principal))
        .order_by(col(Experience.position))
    )
    for owner, title, occupation in session.execute(query):
        # The last job counts that was understood; where none was, the last.
        if owner not in jobs or occupation is not None or jobs[owner][1] is None:
            jobs[owner] = (title, occupation)

    def name(row: sa.Row[Any]) -> str:
        owner = row.id
        given = vault.open(row.given_name, place(ReturneeIdentity, "given_name"), owner)
        family = vault.open_or_none(row.family_name, place(ReturneeIdentity, "family_name"), owner)
        return " ".join(filter(None, (given, family)))

    return [
        CaseSummary(
            row[0], row[1], name(row) if named else "", row[4], row[5],
            jobs.get(row[0], (None, None))[0], jobs.get(row[0], (None, None))[1], row[6], bool(row[7]),
        )
        for row in rows
    ]  # fmt: skip


def read_case(
    session: Session, principal: Principal, returnee_id: uuid.UUID, now: datetime, shown: frozenset[str]
) -> CaseFile:
    """What is recorded of one person, as far as the fields ``shown`` go. Raises NotFound for a foreign id.

    A sensitive field that is not named is not opened: it comes back empty.
    """
    vault = vault_of(session)
    found = session.execute(
        sa.select(Returnee, ReturneeIdentity, Passport, consents(Purpose.MATCHING, now))
        .join(ReturneeIdentity, col(ReturneeIdentity.returnee_id) == Returnee.id)
        .join(Passport, col(Passport.returnee_id) == Returnee.id)
        .where(visible_returnees(principal), col(Returnee.id) == returnee_id)
    ).first()
    if found is None:
        raise NotFound("There is no such person in this caseload.")

    def parts(table: type[Any]) -> Sequence[Any]:
        return session.exec(select(table).where(table.returnee_id == returnee_id).order_by(table.position)).all()

    claims = session.exec(
        select(SkillClaim)
        .where(SkillClaim.returnee_id == returnee_id)
        .order_by(sa.desc(col(SkillClaim.evidence)), SkillClaim.skill)
    ).all()
    events = session.exec(
        select(ConsentEvent).where(ConsentEvent.returnee_id == returnee_id).order_by(ConsentEvent.sequence)  # type: ignore[arg-type]
    ).all()
    names = frozenset(name for name in IDENTITY_FIELDS if IDENTITY_AS[name] in shown)
    references = [
        open_reference(vault, row, name="reference.name" in shown, contact="reference.contact" in shown)
        for row in parts(Reference)
    ]
    credentials = parts(Credential)
    if "credential.number" not in shown:
        for credential in credentials:
            session.expunge(credential)
            credential.number = None
    return CaseFile(
        found[0], open_identity(vault, found[1], names), found[2], parts(Experience), credentials, references,
        claims, events if "consent" in shown else (), bool(found[3]),
    )  # fmt: skip


def matchable_returnees(session: Session, principal: Principal, now: datetime) -> list[uuid.UUID]:
    """The ids of those in scope who agree to matching at this moment."""
    return list(session.exec(select(Returnee.id).where(matchable_by(principal, now)).order_by(Returnee.ref)))


def references_of(session: Session, principal: Principal, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The centre's own numbers of several people, for lists that show no names."""
    rows = session.execute(
        pick(Returnee.id, Returnee.ref).where(visible_returnees(principal), col(Returnee.id).in_(ids))
    )
    return {row[0]: row[1] for row in rows}


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
