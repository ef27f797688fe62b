"""Tables of the market. What a source does not say stays empty."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc


class VacancyStatus(StrEnum):
    """The life of a vacancy. Only an open one that has not expired is offered."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"
    FILLED = "filled"
    WITHDRAWN = "withdrawn"


class Employer(SQLModel, table=True):
    """An organisation that posts vacancies through accounts of its own."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    name: str = Field(unique=True)
    country: str
    created_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)


class Vacancy(SQLModel, table=True):
    """A vacancy as published, with what was read from it: occupation, essential and wished skills.

    ``essential`` and ``wished`` hold pairs of skill code and the words that named it. ``read`` holds for each value
    that its text told, and no column of the source, [field, value, words] (``jobs_ingest/readings.py``).
    """

    __table_args__ = (sa.UniqueConstraint("source", "ref"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    source: str
    ref: str
    ref_given: bool = True
    content_hash: str
    coding: str
    seen_run: uuid.UUID | None = None
    title: str
    employer: str | None = None
    employer_id: uuid.UUID | None = Field(
        default=None, foreign_key="employer.id", index=True, description="whose accounts answer for it"
    )
    description: str | None = None
    country: str | None = None
    province: str | None = None
    district: str | None = None
    place: str | None = None
    essential_text: list[str] = Field(default_factory=list, sa_type=JSON)
    wished_text: list[str] = Field(default_factory=list, sa_type=JSON)
    essential: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    wished: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    experience_years: float | None = None
    education_level: str | None = None
    languages: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    licences: list[str] = Field(default_factory=list, sa_type=JSON)
    read: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    framework: str | None = None
    level: int | None = None
    contract: str | None = None
    openings: int | None = None
    pay_min: float | None = None
    pay_max: float | None = None
    pay_currency: str | None = None
    pay_period: str | None = None
    accommodation: bool | None = None
    transport: bool | None = None
    posted_on: date | None = None
    closes_on: date | None = None
    status: str = VacancyStatus.OPEN
    held_reason: str | None = None
    occupation: str | None = Field(default=None, index=True)
    occupation_words: str | None = None
    occupation_likeness: float | None = Field(default=None, description="1: by name; less: as likely as that")
    created_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)


class Provider(SQLModel, table=True):
    """An organisation that teaches or assesses, at one place.

    ``name_key`` is its name as it is compared (``jobs_ingest/provider_names.py``); country and ``district_key``
    (``""``: not known) keep branches apart. ``described`` is False while only courses name it. What it teaches in
    trades is asked of its courses and not stored. The contact is the organisation's own, of no private person.
    """

    __table_args__ = (sa.UniqueConstraint("name_key", "country_key", "district_key"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    name_key: str
    country_key: str = Field(default="", description="ISO 3166 code, or empty")
    district_key: str = ""
    name: str
    country: str | None = None
    province: str | None = None
    district: str | None = None
    place: str | None = None
    specialisation: str | None = Field(default=None, description="in its own words")
    serves_text: list[str] = Field(default_factory=list, sa_type=JSON)
    area: list[str] = Field(default_factory=list, sa_type=JSON, description="where those it serves live")
    accreditation: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    described: bool = False
    source: str | None = None
    ref: str | None = None
    licence: str | None = Field(default=None, description="by what right the data are used")
    content_hash: str | None = None
    seen_run: uuid.UUID | None = None
    created_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)


class ProviderServed(SQLModel, table=True):
    """A group of people whom a provider says that it serves, coded (``jobs_ingest/data/providers.toml``)."""

    __tablename__: ClassVar[str] = "provider_served"

    provider_id: uuid.UUID = Field(foreign_key="provider.id", ondelete="CASCADE", primary_key=True)
    group: str = Field(primary_key=True)
    words: str


class Course(SQLModel, table=True):
    """A course, bridging course, apprenticeship or RPL assessment, and the skills it teaches or assesses.

    ``read`` is that of a vacancy. ``units`` are pairs of code (``""``: none given) and name. ``intakes`` are ISO
    dates as precise as they were given, or ``--03`` and ``--03-15`` for each year's; ``next_intake`` is the one
    that the source calls the next. Which one is next from a given day is asked of ``course_intakes.next_intake``.
    """

    __table_args__ = (sa.UniqueConstraint("source", "ref"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    source: str
    ref: str
    ref_given: bool = True
    content_hash: str
    coding: str
    seen_run: uuid.UUID | None = None
    title: str
    provider: str | None = None
    provider_key: str | None = Field(default=None, index=True, description="its name as it is compared")
    provider_id: uuid.UUID | None = Field(default=None, foreign_key="provider.id", index=True)
    kind: str
    trade: str | None = None
    description: str | None = None
    skills_text: list[str] = Field(default_factory=list, sa_type=JSON)
    teaches: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    read: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    framework: str | None = None
    level: int | None = None
    units: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    licence: str | None = None
    entry_conditions: str | None = None
    weeks: float | None = None
    hours: float | None = None
    cost: float | None = None
    cost_currency: str | None = None
    stipend: float | None = None
    stipend_currency: str | None = None
    stipend_period: str | None = Field(default=None, description="day, week, month, year, or course for all of it")
    country: str | None = None
    province: str | None = None
    district: str | None = None
    place: str | None = None
    language: str | None = None
    modes: list[str] = Field(default_factory=list, sa_type=JSON)
    next_intake: str | None = Field(default=None, description="as precise as it was given")
    intakes: list[str] = Field(default_factory=list, sa_type=JSON)
    seats: int | None = None
    childcare: bool | None = None
    lodging: bool | None = None
    occupation: str | None = Field(default=None, index=True)
    occupation_likeness: float | None = Field(default=None, description="as of a vacancy")
    created_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)


class SourceVisit(SQLModel, table=True):
    """An address (or file) of a source that was visited to its end, and what tells whether it has changed since.

    ``cursor`` is where a paged source goes on. ``fingerprint`` is of the source's configuration: under another one
    the address is read anew.
    """

    __tablename__: ClassVar[str] = "source_visit"

    source: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    fingerprint: str
    etag: str | None = None
    modified: str | None = None
    cursor: str | None = None
    visited_at: datetime = Field(sa_type=UtcDateTime)


class OfferOrigin(SQLModel, table=True):
    """Where a stored vacancy or course was found: one row for each source that offers it.

    A vacancy that several sources offer is stored once and has several origins. ``address`` is what was visited
    (None until it was visited to its end), ``url`` the offer's own page. ``expired_at`` is set when a run ended the
    offer because it was no longer seen or its last day had passed.
    """

    __tablename__: ClassVar[str] = "offer_origin"
    __table_args__ = (sa.UniqueConstraint("kind", "source", "ref"),)

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    kind: str
    offer_id: uuid.UUID = Field(index=True)
    source: str
    ref: str
    url: str | None = None
    address: str | None = None
    content_hash: str
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    run_id: uuid.UUID
    expired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    original: str = Field(description="what the source gave, as JSON, cut to 20,000 bytes")
