"""Wire schemas of a person's rights: consent, notes, access log, card, requests of employers, disclosures."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Literal

from pydantic import Field, StrictBool

from api.rights import DisclosureLine, PersonRequest
from api.v1.schemas_common import Language, Line, Long, Moment, Out, Sent
from api.v1.schemas_marks import MarkOut
from profiling.consent import NOTICE_VERSION
from profiling.models import Purpose

How = Literal["signature", "thumbprint", "spoken"]
Disclosable = Literal["name", "phone", "references", "credentials"]


class ConsentOut(Out):
    """What the person said of one purpose."""

    sequence: int
    purpose: Purpose
    granted: bool
    recipient: uuid.UUID | None = Field(description="the employer, when sharing", examples=[None])
    vacancy_id: uuid.UUID | None = Field(description="the vacancy, when sharing", examples=[None])
    field_set: str = Field(examples=["passport"])
    notice_version: str | None = Field(examples=[NOTICE_VERSION])
    language: str | None = Field(examples=["ne"])
    how: str | None = Field(examples=["thumbprint"])
    assisted_by: str | None
    witness: str | None
    given_on: date | None
    expires_at: datetime | None = Field(examples=[None])
    recorded_at: datetime


class ConsentIn(Sent):
    """What the person says of one purpose. A no is always taken; a yes must be complete."""

    purpose: Purpose
    granted: StrictBool
    field_set: Line = Field("passport", examples=["passport"])
    recipient: uuid.UUID | None = Field(None, examples=[None])
    vacancy_id: uuid.UUID | None = Field(None, examples=[None])
    notice_version: Line = Field(NOTICE_VERSION, examples=[NOTICE_VERSION])
    language: Language | None = Field(None, examples=["ne"])
    how: How | None = Field(None, examples=["thumbprint"])
    assisted_by: Line | None = Field(None, examples=["Fictional Counsellor"])
    witness: Line | None = Field(None, examples=[None])
    given_on: date | None = Field(None, examples=[None])
    expires_at: Moment | None = Field(None, examples=[None])


class NoteIn(Sent):
    """What was said in confidence."""

    text: Long = Field(min_length=1, examples=["Owes a recruiter in Doha."])


class NoteOut(Out):
    """A note kept in confidence."""

    id: uuid.UUID
    author_id: uuid.UUID | None
    written_at: datetime
    text: str = Field(examples=["Owes a recruiter in Doha."])


class LogOut(Out):
    """A line of the access log: a role and an office, never a member of staff."""

    sequence: int
    at: datetime
    who: str = Field(examples=["counsellor"])
    where: str = Field(examples=["Demo centre"])
    what: str = Field(examples=["read"])
    fields: list[str] = Field(examples=[["passport"]])


class CardOut(Out):
    """The number and code to print. The code is shown once."""

    account_id: uuid.UUID
    login: str = Field(examples=["7k2mq9rwx4hd"])
    code: str = Field(examples=["K3MW-9QRX-7HDT-4PNV"])
    expires_at: datetime


class PersonRequestOut(Out):
    """What an employer asked of a person, and what they answered."""

    id: uuid.UUID
    employer_id: uuid.UUID
    employer: str = Field(examples=["Fictional Builders"])
    vacancy_id: uuid.UUID
    vacancy: str = Field(examples=["Shuttering carpenter"])
    place: str = Field(examples=["Chitwan, NP"])
    state: Literal["open", "accepted", "declined", "taken back"]
    fields: list[Disclosable] = Field(examples=[["name", "phone"]])
    asked_at: datetime
    answered_at: datetime | None
    marks: list[MarkOut] = Field(description="what may be wrong with the vacancy", examples=[[]])

    @classmethod
    def of(cls, line: PersonRequest) -> PersonRequestOut:
        """From the internal value."""
        told = {name: getattr(line, name) for name in cls.model_fields if name != "marks"}
        return cls(**told, marks=[MarkOut.of(line.vacancy_id, mark) for mark in line.marks])


class AnswerIn(Sent):
    """The person's answer to an employer, and for a yes what may be disclosed."""

    accepted: StrictBool
    fields: list[Disclosable] = Field([], max_length=4, examples=[["name", "phone"]])
    how: How | None = Field(None, examples=["spoken"])
    witness: Line | None = Field(None, examples=["Fictional Witness"])
    assisted_by: Line | None = Field(None, examples=["Fictional Counsellor"])
    language: Language | None = Field(None, examples=["ne"])


class DisclosureOut(Out):
    """That an employer was shown fields of a person."""

    request_id: uuid.UUID
    employer: str = Field(examples=["Fictional Builders"])
    vacancy: str = Field(examples=["Shuttering carpenter"])
    fields: list[str] = Field(examples=[["name"]])
    shown_at: datetime
    marks: list[MarkOut] = Field(description="what may be wrong with the vacancy", examples=[[]])

    @classmethod
    def of(cls, line: DisclosureLine) -> DisclosureOut:
        """From the internal value."""
        told = {name: getattr(line, name) for name in cls.model_fields if name != "marks"}
        return cls(**told, marks=[MarkOut.of(line.vacancy_id, mark) for mark in line.marks])
