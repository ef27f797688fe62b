"""Tables of the person and of the taxonomy, split by sensitivity.

Who the person is lies in ``profiling.identity``. Matching reads the passport tables through
``profiling.matching_view.matching_profiles`` alone.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.types import JSON, TypeDecorator
from sqlmodel import Field, SQLModel


def now_utc() -> datetime:
    """The present moment with its zone."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment that keeps its zone on SQLite too, which stores none."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a moment without zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back UTC."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Evidence(IntEnum):
    """How strong the proof of a skill is; a higher number is stronger."""

    DECLARED = 0
    DOCUMENT_SEEN = 1
    REFERENCE_CONFIRMED = 2
    RPL_ASSESSED = 3
    SIGNED_CREDENTIAL = 4


class Origin(StrEnum):
    """How a claim came about: said as a skill, read in the account of a job, or named by a certificate."""

    STATED = "stated"
    READ = "read"
    CREDENTIAL = "credential"


class Sex(StrEnum):
    """As the person gave it; empty when not given."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Purpose(StrEnum):
    """What a consent is for."""

    MATCHING = "matching"
    SHARING = "sharing"
    STATISTICS = "statistics"
    FOLLOW_UP = "follow_up"


def _id() -> uuid.UUID:
    return uuid.uuid4()


class FieldSet(StrEnum):
    """What an agreement to matching covers."""

    #: The centre's counsellors compare the passport with vacancies.
    CENTRE = "passport"
    #: Besides, employers with a fitting vacancy see work, skills and district without name.
    EMPLOYERS = "passport,pseudonymous"


class Centre(SQLModel, table=True):
    """An employment service centre, migrant resource centre or welfare centre."""

    id: uuid.UUID = Field(default_factory=_id, primary_key=True)
    name: str = Field(unique=True)
    country: str
    fictional: bool = False


class Returnee(SQLModel, table=True):
    """The case: which centre, which reference number. Nothing here names the person."""

    __table_args__ = (sa.UniqueConstraint("centre_id", "ref"),)

    id: uuid.UUID = Field(default_factory=_id, primary_key=True)
    centre_id: uuid.UUID = Field(foreign_key="centre.id", index=True)
    ref: str
    registered_on: str | None = None
    returned_on: str | None = None
    content_hash: str
    coding: str = Field(description="version of the taxonomy and rules that coded the texts")
    created_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    retain_until: date = Field(index=True, description="after this day the record is erased")


def owner_column(*, primary_key: bool = False) -> uuid.UUID:
    """The column that ties a row to its person; it goes when the person goes."""
    return Field(  # type: ignore[no-any-return]
        sa_column=sa.Column(
            "returnee_id",
            sa.Uuid,
            sa.ForeignKey("returnee.id", ondelete="CASCADE"),
            primary_key=primary_key,
            index=not primary_key,
            nullable=False,
        )
    )


class Passport(SQLModel, table=True):
    """What the person brings and wants, as recorded. Empty means not known."""

    returnee_id: uuid.UUID = owner_column(primary_key=True)
    home_country: str
    home_province: str | None = None
    home_district: str | None = None
    education_level: str | None = None
    education_field: str | None = None
    skills_said: str | None = None
    languages: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    licences: list[str] = Field(default_factory=list, sa_type=JSON)
    aspirations: list[str] = Field(default_factory=list, sa_type=JSON)
    wanted_work: list[str] = Field(default_factory=list, sa_type=JSON)
    wanted_occupations: list[str] = Field(default_factory=list, sa_type=JSON)
    not_wanted_work: list[str] = Field(default_factory=list, sa_type=JSON)
    not_wanted_occupations: list[str] = Field(default_factory=list, sa_type=JSON)
    work_districts: list[str] = Field(default_factory=list, sa_type=JSON)
    work_countries: list[str] = Field(default_factory=list, sa_type=JSON)
    expected_pay: float | None = None
    expected_pay_currency: str | None = None
    expected_pay_period: str | None = None


class Experience(SQLModel, table=True):
    """One job, abroad or at home, paid or unpaid, with the title and duties as the person said them."""

    id: uuid.UUID = Field(default_factory=_id, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    position: int
    title: str
    country: str | None = None
    employer: str | None = None
    started: str | None = None
    ended: str | None = None
    ongoing: bool = False
    duties: str | None = None
    tools: str | None = None
    language: str | None = None
    document_seen: bool | None = None
    occupation: str | None = Field(default=None, index=True)
    occupation_words: str | None = Field(default=None, description="the words by which it was coded")
    occupation_likeness: float | None = Field(default=None, description="1: by name; less: as likely as that")
    occupation_by_hand: bool = Field(default=False, description="a person set it; it is not coded again")


class Credential(SQLModel, table=True):
    """A certificate, training or RPL result, recorded as it is printed."""

    id: uuid.UUID = Field(default_factory=_id, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    position: int
    title: str
    kind: str | None = None
    body: str | None = None
    framework: str | None = None
    level: int | None = None
    number: str | None = None
    issued_on: str | None = None
    expires_on: str | None = None
    country: str | None = None
    document_seen: bool | None = None
    occupation: str | None = None
    occupation_likeness: float | None = Field(default=None, description="as of a job")


class SkillClaim(SQLModel, table=True):
    """One skill that the person claims, with the words it came from and its evidence."""

    __tablename__: ClassVar[str] = "skill_claim"

    id: uuid.UUID = Field(default_factory=_id, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    skill: str = Field(index=True)
    origin: str
    source_text: str
    start: int
    end: int
    experience_position: int | None = None
    evidence: int = int(Evidence.DECLARED)
    evidence_source: str | None = Field(default=None, description="what raised the evidence, in its own words")


class ConsentEvent(SQLModel, table=True):
    """An agreement or its withdrawal. Rows are only ever added."""

    __tablename__: ClassVar[str] = "consent_event"

    sequence: int | None = Field(default=None, primary_key=True)
    returnee_id: uuid.UUID = owner_column()
    purpose: str
    granted: bool
    recipient: uuid.UUID | None = Field(default=None, description="the employer, when sharing")
    vacancy_id: uuid.UUID | None = Field(default=None, description="the vacancy, when sharing")
    field_set: str = FieldSet.CENTRE
    notice_version: str | None = None
    language: str | None = None
    how: str | None = None
    assisted_by: str | None = None
    witness: str | None = None
    recorded_by: uuid.UUID | None = Field(default=None, description="account of who wrote it down")
    given_on: date | None = None
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)


class TaxonomyScheme(SQLModel, table=True):
    """A loaded taxonomy and its version; ``content_hash`` tells whether the files changed."""

    __tablename__: ClassVar[str] = "taxonomy_scheme"

    name: str = Field(primary_key=True)
    version: str
    content_hash: str
    other_titles: list[str] = Field(default_factory=list, sa_type=JSON)
    loaded_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)


class IscoGroup(SQLModel, table=True):
    """A group of ISCO-08; the length of the code is its level."""

    __tablename__: ClassVar[str] = "isco_group"

    code: str = Field(primary_key=True)
    title: str


class OccupationConcept(SQLModel, table=True):
    """An occupation of a scheme with its ISCO-08 unit group and usual skills, most typical first."""

    __tablename__: ClassVar[str] = "occupation"

    code: str = Field(primary_key=True)
    scheme: str = Field(foreign_key="taxonomy_scheme.name", index=True)
    isco: str
    label: str
    skills: list[str] = Field(default_factory=list, sa_type=JSON)


class OccupationName(SQLModel, table=True):
    """One name of an occupation in one language (``roman``: romanised)."""

    __tablename__: ClassVar[str] = "occupation_name"

    occupation: str = Field(foreign_key="occupation.code", primary_key=True)
    text: str = Field(primary_key=True)
    language: str
    shared: bool = False


class SkillConcept(SQLModel, table=True):
    """A skill of a scheme and the phrases by which it is recognised."""

    __tablename__: ClassVar[str] = "skill"

    code: str = Field(primary_key=True)
    scheme: str = Field(foreign_key="taxonomy_scheme.name", index=True)
    label: str
    phrases: list[str] = Field(default_factory=list, sa_type=JSON)


class LicenceConcept(SQLModel, table=True):
    """A permit that a vacancy may require by law."""

    __tablename__: ClassVar[str] = "licence"

    code: str = Field(primary_key=True)
    label: str
    phrases: list[str] = Field(default_factory=list, sa_type=JSON)
    implies: list[str] = Field(default_factory=list, sa_type=JSON)


class Revision(SQLModel, table=True):
    """A counter that grows with every change of a part of the data, so that caches know they are old."""

    name: str = Field(primary_key=True)
    number: int = 0


class ImportRun(SQLModel, table=True):
    """One run of an importer and what it did with each row."""

    __tablename__: ClassVar[str] = "import_run"

    id: uuid.UUID = Field(default_factory=_id, primary_key=True)
    kind: str
    source: str
    file_name: str
    started_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_rejected: int = 0
    rows_held: int = 0
    rows_duplicate: int = 0
    problem: str | None = Field(default=None, description="why it ended before the end of its source")
