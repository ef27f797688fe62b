"""Wire schemas of vacancies, of candidates without names, and of employers' requests."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from api.candidates import PseudonymousCandidate, RequestState
from api.life import LifeShown
from api.review import Mark
from api.v1.schemas_common import Country, EvidenceName, Item, Language, Line, Long, Out, Sent
from api.v1.schemas_life import LifeOut
from api.v1.schemas_marks import MarkOut
from jobs_ingest.models import Vacancy
from profiling.models import Evidence

Education = Literal[
    "none", "primary", "lower_secondary", "secondary", "higher_secondary", "vocational", "bachelor", "master"
]  # fmt: skip
Contract = Literal[
    "wage_work", "apprenticeship", "on_the_job_training", "public_works", "seasonal", "self_employment"
]  # fmt: skip
_MOST_PAY = 1_000_000_000


class SkillRead(Out):
    """A skill that was understood, and the words that named it."""

    code: str = Field(examples=["formwork"])
    words: str = Field(examples=["read drawings"])


class ReadValue(Out):
    """A value read from the text where no field of the source states it, and the words it stands in.

    ``field`` is one of the vacancy's, or ``wished_...`` for what is only welcome. Values with ``|`` between are
    a choice: any one is enough, and the vacancy's own field stays empty. A language is ``code:level``, or the code.
    """

    field: str = Field(examples=["experience_years"])
    value: str = Field(examples=["3"])
    words: str = Field(examples=["min 3 yrs exp"])


class VacancyOut(Out):
    """A vacancy as published, and what was understood of it."""

    id: uuid.UUID
    ref: str = Field(examples=["DEMO-V-001"])
    title: str = Field(examples=["Shuttering carpenter"])
    employer: str | None = Field(examples=["Fictional Builders"])
    employer_id: uuid.UUID | None
    description: str | None
    country: str | None = Field(examples=["NP"])
    province: str | None
    district: str | None = Field(examples=["Chitwan"])
    place: str | None
    essential_text: list[str] = Field(examples=[["read drawings"]])
    wished_text: list[str]
    essential: list[SkillRead]
    wished: list[SkillRead]
    occupation: str | None = Field(examples=["shuttering"])
    occupation_likeness: float | None = Field(
        description="1: the trade is known by its name; less: read from the title, and as likely as that",
        examples=[0.82],
    )
    experience_years: float | None
    education_level: str | None
    languages: dict[str, str] = Field(examples=[{"ne": "working"}])
    licences: list[str]
    read: list[ReadValue] = Field(description="which values were read from the text, and from which words")
    framework: str | None
    level: int | None
    contract: str | None
    openings: int | None
    pay_min: float | None
    pay_max: float | None
    pay_currency: str | None
    pay_period: str | None
    accommodation: bool | None
    transport: bool | None
    posted_on: date | None
    closes_on: date | None
    status: Literal["open", "held", "closed", "filled", "withdrawn"]
    updated_at: datetime
    marks: list[MarkOut] = Field(description="what may be wrong with it", examples=[[]])

    @classmethod
    def of(cls, row: Vacancy, marks: Sequence[Mark] = ()) -> VacancyOut:
        """From the row and what stands against it."""
        pairs = {
            name: [{"code": pair[0], "words": pair[1]} for pair in getattr(row, name)]
            for name in ("essential", "wished")
        }
        read = [{"field": field, "value": value, "words": words} for field, value, words in row.read]
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "marks"}
        told = {"read": read, "marks": [MarkOut.of(row.id, mark) for mark in marks]}
        return cls.model_validate(plain | pairs | told)


class VacancyFileOut(Out):
    """A vacancy and how it stands. ``unread``: words asked for that no skill was found for."""

    vacancy: VacancyOut
    standing: str = Field(description="the status, or expired", examples=["open"])
    unread: list[str] = Field(examples=[[]])
    life: LifeOut

    @classmethod
    def from_parts(
        cls, row: Vacancy, standing: str, unread: Sequence[str], marks: Sequence[Mark], life: LifeShown
    ) -> VacancyFileOut:
        """From what the desks answer."""
        return cls(
            vacancy=VacancyOut.of(row, marks), standing=standing, unread=list(unread),
            life=LifeOut.model_validate(life),
        )  # fmt: skip


class LanguageAsked(Sent):
    """A language and how well it is needed."""

    language: Language = Field(examples=["ne"])
    level: Literal["basic", "working", "fluent", "native"]


class VacancyIn(Sent):
    """A vacancy to publish. Number, employer, status and day of posting are given by Hunar."""

    title: Annotated[Line, Field(min_length=1)] = Field(examples=["Shuttering carpenter"])
    description: Long | None = Field(None, examples=["Formwork for an apartment block."])
    country: Country | None = Field(None, examples=["NP"])
    province: Line | None = Field(None, examples=["Bagmati"])
    district: Line | None = Field(None, examples=["Chitwan"])
    place: Line | None = Field(None, examples=["Ratnanagar"])
    essential_skills: list[Item] = Field([], max_length=50, examples=[["formwork", "read drawings"]])
    wished_skills: list[Item] = Field([], max_length=50, examples=[["spirit level"]])
    experience_years: float | None = Field(None, ge=0, le=80, allow_inf_nan=False, examples=[3])
    education_level: Education | None = None
    languages: list[LanguageAsked] = Field([], max_length=20)
    licences: list[Item] = Field([], max_length=20, examples=[[]])
    framework: Line | None = Field(None, examples=["NP-NVQS"])
    level: int | None = Field(None, ge=0, le=20, examples=[2])
    contract: Contract | None = None
    openings: int | None = Field(None, ge=0, le=100_000, examples=[5])
    pay_min: float | None = Field(None, ge=0, le=_MOST_PAY, allow_inf_nan=False, examples=[30000])
    pay_max: float | None = Field(None, ge=0, le=_MOST_PAY, allow_inf_nan=False, examples=[40000])
    pay_currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(None, examples=["NPR"])
    pay_period: Literal["hour", "day", "week", "month", "year"] | None = Field(None, examples=["month"])
    accommodation: StrictBool | None = None
    transport: StrictBool | None = None
    closes_on: date | None = Field(None, examples=["2026-12-31"])

    def cells(self) -> dict[str, str]:
        """As a row of the documented layout."""
        found: dict[str, str] = {}
        for name in self.model_fields_set:
            value = getattr(self, name)
            if isinstance(value, bool):
                found[name] = "yes" if value else "no"
            elif isinstance(value, float):
                found[name] = f"{value:.2f}"
            elif isinstance(value, list):
                found[name] = "; ".join(map(_cell, value))
            elif value is not None:
                found[name] = str(value)
        return {name: cell for name, cell in found.items() if cell}


def _cell(item: str | LanguageAsked) -> str:
    return item if isinstance(item, str) else f"{item.language}:{item.level}"


class VacancyChangeIn(VacancyIn):
    """Other words for a vacancy that is held. Null or empty empties a field; what is not sent stays."""

    title: Line = Field("", examples=["Shuttering carpenter"])

    def cells(self) -> dict[str, str]:
        """As cells of the documented layout, empty ones too."""
        return dict.fromkeys(self.model_fields_set, "") | super().cells()


class RenewIn(Sent):
    """Until when a vacancy is open; null: as it is."""

    closes_on: date | None = Field(None, examples=["2027-01-31"])


class StatusIn(Sent):
    """How a vacancy ends."""

    status: Literal["closed", "filled", "withdrawn"]


class ReasonShown(Out):
    """A reason for or against, without a word of the person."""

    key: str = Field(examples=["same_trade"])
    params: dict[str, str | int | float | list[str]] = Field(examples=[{}])
    speaks_for: bool


class SkillShown(Out):
    """A skill that the vacancy asks for and the person claims."""

    code: str = Field(examples=["formwork"])
    asked: str = Field(examples=["formwork"])
    evidence: EvidenceName
    essential: bool


class GapShown(Out):
    """What the vacancy asks for and the person is not known to have."""

    kind: str = Field(examples=["skill"])
    code: str = Field(examples=["read_drawings"])
    asked: str = Field(examples=["read drawings"])


class WorkShown(Out):
    """Work in a trade, in bands and regions."""

    trade: str = Field(examples=["shuttering"])
    years: str = Field(examples=["5-10"])
    regions: list[str] = Field(examples=[["gulf"]])


class SkillHeld(Out):
    """A skill and how well it is proven."""

    code: str = Field(examples=["formwork"])
    evidence: EvidenceName


class CredentialShown(Out):
    """What a certificate counts as."""

    kind: str | None
    trade: str | None
    framework: str | None
    level: int | None
    evidence: EvidenceName


class ProfileShown(Out):
    """The profile, coarsened. ``more_...``: how many details were left out because they are rare."""

    home_country: str | None = Field(examples=["NP"])
    home_province: str | None
    home_district: str | None
    work: list[WorkShown]
    more_work: int
    skills: list[SkillHeld]
    more_skills: int
    credentials: list[CredentialShown]
    languages: list[tuple[str, str]] = Field(examples=[[["ne", "fluent"]]])
    more_languages: int


class PseudonymOut(Out):
    """A person who may fit a vacancy, as its employer may see them."""

    candidate: uuid.UUID
    fit: Literal["strong", "good", "possible", "weak"]
    reasons: list[ReasonShown]
    matched: list[SkillShown]
    missing: list[GapShown]
    profile: ProfileShown
    request: RequestState | None

    @classmethod
    def of(cls, found: PseudonymousCandidate) -> PseudonymOut:
        """From the internal value."""
        return cls.model_validate(_codes(found))


class AskIn(Sent):
    """Whom to ask, by what the vacancy's list calls them."""

    candidate: uuid.UUID


class RequestLineOut(Out):
    """A request of the employer, and where it stands."""

    id: uuid.UUID
    vacancy_id: uuid.UUID
    vacancy: str = Field(examples=["Shuttering carpenter"])
    candidate: uuid.UUID
    state: RequestState
    asked_at: datetime


class ContactReferenceOut(Out):
    """Somebody who speaks for the person."""

    name: str = Field(examples=["Fictional Foreman"])
    relation: str | None
    contact: str | None


class ContactCredentialOut(Out):
    """A certificate as printed."""

    title: str = Field(examples=["Skill test, shuttering carpenter, level 2"])
    kind: str | None
    framework: str | None
    level: int | None
    number: str | None


class ContactOut(Out):
    """What a person chose to disclose (``fields``). What was not chosen is null or empty."""

    request_id: uuid.UUID
    vacancy_id: uuid.UUID
    vacancy: str = Field(examples=["Shuttering carpenter"])
    candidate: uuid.UUID
    fields: list[str] = Field(examples=[["name", "phone"]])
    name: str | None = Field(examples=["Dhan Bahadur Chepang"])
    phone: str | None = Field(examples=["+977 9800000000"])
    references: list[ContactReferenceOut]
    credentials: list[ContactCredentialOut]


def _codes(value: object) -> object:
    """Values as codes: a strength of evidence by its name, everything else as it is, all the way down."""
    if isinstance(value, Evidence):
        return value.name.lower()
    if is_dataclass(value):
        return {field.name: _codes(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_codes(each) for each in value]
    return {key: _codes(each) for key, each in value.items()} if isinstance(value, Mapping) else value
