"""Wire schemas of records: lines of the caseload, the case, corrections, matches."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.policy import FIELDS
from api.schemas import MatchOut
from api.v1.cursors import CURSOR_FORM, LONGEST_CURSOR, MOST, USUAL
from api.v1.schemas_common import NO_ZERO, Country, EvidenceName, Item, Line, Out, PartialDate, Sent
from api.v1.schemas_marks import MarkOut
from profiling.identity import Referee
from profiling.models import Evidence, SkillClaim
from profiling.repository import CaseFile, CaseSummary

Likeness = Annotated[
    float | None,
    Field(
        description="1: the trade is known by its name; less: read from the title, and as likely as that; null:"
        " no trade, or not read by the computer",
        examples=[0.82],
    ),
]
#: Sensitive fields of a case that are null for those who may not read them.
_HIDEABLE = tuple(name for name in FIELDS if name.split(".")[0] in ("identity", "reference", "credential"))


class CaseLine(Out):
    """A line of the caseload."""

    id: uuid.UUID
    ref: str = Field(examples=["DEMO-R-001"])
    name: str | None = Field(examples=["Dhan Bahadur Chepang"])
    home_country: str = Field(examples=["NP"])
    home_district: str | None = Field(examples=["Chitwan"])
    title: str | None = Field(description="the last job, as told", examples=["shuttering carpenter"])
    occupation: str | None = Field(description="its trade, as a code of the taxonomy", examples=["shuttering"])
    occupation_likeness: Likeness
    registered_on: PartialDate | None
    matching: bool = Field(description="whether the person agrees to matching now")

    @classmethod
    def of(cls, case: CaseSummary) -> CaseLine:
        """From the internal value."""
        return cls(
            id=case.id, ref=case.ref, name=case.name or None, home_country=case.home_country,
            home_district=case.home_district, title=case.title, occupation=case.occupation,
            occupation_likeness=case.occupation_likeness, registered_on=case.registered_on, matching=case.matching,
        )  # fmt: skip


class SearchIn(Sent):
    """Words that number, name, home, job or trade contain; in a body, because a name never stands in an address."""

    words: Line = Field(examples=["chepang"])
    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: Annotated[str, StringConstraints(max_length=LONGEST_CURSOR, pattern=CURSOR_FORM)] | None = Field(
        None, examples=[None]
    )


class IdentityOut(Out):
    """Who the person is."""

    given_name: str | None = Field(examples=["Dhan Bahadur"])
    family_name: str | None = Field(examples=["Chepang"])
    sex: str | None = Field(examples=["male"])
    birth_date: PartialDate | None
    phone: str | None = Field(examples=["+977 9800000000"])


class PassportOut(Out):
    """What the person brings and wants."""

    home_country: str = Field(examples=["NP"])
    home_province: str | None
    home_district: str | None = Field(examples=["Chitwan"])
    education_level: str | None = Field(examples=["secondary"])
    education_field: str | None
    skills_said: str | None
    languages: dict[str, str] = Field(examples=[{"ne": "native", "ar": "working"}])
    licences: list[str]
    aspirations: list[str]
    wanted_work: list[str] = Field(examples=[["formwork carpenter"]])
    not_wanted_work: list[str]
    work_districts: list[str] = Field(examples=[["Chitwan"]])
    work_countries: list[str] = Field(examples=[["NP"]])
    expected_pay: float | None
    expected_pay_currency: str | None
    expected_pay_period: str | None


class ExperienceOut(Out):
    """One job."""

    position: int
    title: str = Field(examples=["shuttering carpenter"])
    country: str | None = Field(examples=["QA"])
    employer: str | None
    started: PartialDate | None
    ended: PartialDate | None
    ongoing: bool
    duties: str | None
    tools: str | None
    document_seen: bool | None
    occupation: str | None = Field(examples=["shuttering"])
    occupation_likeness: Likeness
    occupation_by_hand: bool = Field(description="whether a person set the trade; it is then not read again")


class CredentialOut(Out):
    """A certificate, as printed."""

    position: int
    title: str = Field(examples=["Skill test, shuttering carpenter, level 2"])
    kind: str | None
    body: str | None
    framework: str | None
    level: int | None
    number: str | None
    issued_on: PartialDate | None
    expires_on: PartialDate | None
    country: str | None
    document_seen: bool | None
    occupation: str | None = Field(examples=["shuttering"])
    occupation_likeness: Likeness


class ReferenceOut(Out):
    """Somebody who speaks for the person."""

    position: int
    name: str | None = Field(examples=["Fictional Foreman"])
    relation: str | None = Field(examples=["foreman"])
    contact: str | None
    experience_position: int | None
    confirmed_on: PartialDate | None

    @classmethod
    def of(cls, known: Referee) -> ReferenceOut:
        """From the internal value; an empty name is a hidden one."""
        return cls(
            position=known.position, name=known.name or None, relation=known.relation, contact=known.contact,
            experience_position=known.experience_position, confirmed_on=known.confirmed_on,
        )  # fmt: skip


class ClaimOut(Out):
    """A skill that the person claims, with their words and its evidence."""

    skill: str = Field(examples=["formwork"])
    source_text: str = Field(examples=["read the shuttering drawing"])
    evidence: EvidenceName
    experience_position: int | None

    @classmethod
    def of(cls, claim: SkillClaim) -> ClaimOut:
        """From the row."""
        return cls.model_validate(
            {
                "skill": claim.skill, "source_text": claim.source_text,
                "evidence": Evidence(claim.evidence).name.lower(), "experience_position": claim.experience_position,
            }
        )  # fmt: skip


class CaseOut(Out):
    """What the caller may read of one person. ``hidden`` names the fields that are null because they may not."""

    id: uuid.UUID
    ref: str = Field(examples=["DEMO-R-001"])
    centre_id: uuid.UUID
    registered_on: PartialDate | None
    returned_on: PartialDate | None
    retain_until: date
    updated_at: datetime
    matching_allowed: bool
    identity: IdentityOut
    passport: PassportOut
    experiences: list[ExperienceOut]
    credentials: list[CredentialOut]
    references: list[ReferenceOut]
    claims: list[ClaimOut]
    hidden: list[str] = Field(examples=[["identity.sex"]])

    @classmethod
    def of(cls, case: CaseFile, shown: frozenset[str]) -> CaseOut:
        """From the internal value, read with the fields ``shown``."""
        person, known = case.returnee, case.identity
        return cls(
            id=person.id, ref=person.ref, centre_id=person.centre_id, registered_on=person.registered_on,
            returned_on=person.returned_on, retain_until=person.retain_until, updated_at=person.updated_at,
            matching_allowed=case.matching_allowed,
            identity=IdentityOut(
                given_name=known.given_name or None, family_name=known.family_name, sex=known.sex,
                birth_date=known.birth_date, phone=known.phone,
            ),
            passport=PassportOut.model_validate(case.passport),
            experiences=[ExperienceOut.model_validate(job) for job in case.experiences],
            credentials=[CredentialOut.model_validate(held) for held in case.credentials],
            references=[ReferenceOut.of(known) for known in case.references],
            claims=[ClaimOut.of(claim) for claim in case.claims],
            hidden=[name for name in _HIDEABLE if name not in shown],
        )  # fmt: skip


class IdentityChange(Sent):
    """Fields of the identity to set; null empties one. What is not sent stays."""

    given_name: Line = Field("", examples=["Dhan Bahadur"])
    family_name: Line | None = Field(None, examples=["Chepang"])
    sex: Literal["female", "male", "other"] | None = None
    birth_date: Annotated[str, StringConstraints(max_length=20, pattern=NO_ZERO)] | None = Field(
        None, examples=["1987-04"]
    )
    phone: Annotated[str, StringConstraints(max_length=50, pattern=NO_ZERO)] | None = Field(
        None, examples=["+977 9800000000"]
    )


class PassportChange(Sent):
    """Fields of the passport to set. What is not sent stays."""

    home_province: Line | None = Field(None, examples=["Bagmati"])
    home_district: Line | None = Field(None, examples=["Chitwan"])
    wanted_work: list[Item] = Field([], max_length=20, examples=[["formwork carpenter"]])
    not_wanted_work: list[Item] = Field([], max_length=20, examples=[[]])
    work_districts: list[Item] = Field([], max_length=50, examples=[["Chitwan"]])
    work_countries: list[Country] = Field([], max_length=50, examples=[["NP"]])


class TradeChange(Sent):
    """The trade of one job, set by hand."""

    position: int = Field(description="the number of the job", ge=1, le=99, examples=[1])
    occupation: Line = Field(
        description="a trade's name or code, or the number of an ISCO-08 group; empty when none is known",
        examples=["7115"],
    )


class Correction(Sent):
    """What to change in a record."""

    identity: IdentityChange = Field(
        default_factory=lambda: IdentityChange.model_validate({}), examples=[{"phone": "+977 9800000000"}]
    )
    passport: PassportChange = Field(
        default_factory=lambda: PassportChange.model_validate({}), examples=[{"home_district": "Chitwan"}]
    )
    trades: list[TradeChange] = Field([], max_length=20, examples=[[{"position": 1, "occupation": "7115"}]])


class MatchesOut(Out):
    """Ranked jobs and courses; ``found`` is null while the person does not agree to matching."""

    matching_allowed: bool
    found: MatchOut | None = Field(examples=[None])
    marks: list[MarkOut] = Field(description="what may be wrong with the vacancies that are named", examples=[[]])
