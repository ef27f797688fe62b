"""Wire schemas of accounts: one's own, and those that an administrator keeps."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.models import ApiToken, SignIn
from api.policy import Action
from api.v1.schemas_common import NO_ZERO, Line, Out, Sent
from profiling.access import Role


class MeOut(Out):
    """Who the token stands for, and what it may do."""

    account_id: uuid.UUID
    role: Role
    actions: list[Action] = Field(description="what this token may do", examples=[["case.list", "case.read"]])
    centres: list[uuid.UUID]
    returnee_id: uuid.UUID | None = Field(description="of a returnee, their own record", examples=[None])
    opened: list[uuid.UUID] = Field(description="records for which the glass is broken now", examples=[[]])
    employer_id: uuid.UUID | None = Field(examples=[None])
    token: TokenOut


class TokenOut(Out):
    """A token without its secret."""

    id: uuid.UUID
    name: str = Field(examples=["payroll import"])
    actions: list[str] = Field(examples=[["case.list"]])
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = Field(examples=[None])
    used_at: datetime | None

    @classmethod
    def of(cls, row: ApiToken) -> TokenOut:
        """From the row."""
        return cls.model_validate(row)


class TokenMade(TokenOut):
    """A new token. The secret is shown in this answer and nowhere else."""

    token: str = Field(examples=["hunar_c2VjcmV0LXRoYXQtaXMtc2hvd24tb25jZS1vbmx5LTEyMzQ"])


class TokenIn(Sent):
    """What a new token may do; never more than the one it is made with."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_ZERO)] = Field(
        examples=["payroll import"]
    )
    actions: list[Action] = Field(min_length=1, max_length=100, examples=[["case.list"]])
    days: int = Field(30, ge=1, le=366)


class SessionOut(Out):
    """A browser in which the account is signed in."""

    id: uuid.UUID
    device: str = Field(examples=["Firefox on Linux"])
    created_at: datetime
    seen_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: SignIn) -> SessionOut:
        """From the row."""
        return cls.model_validate(row)


class AccountOut(Out):
    """An account as an administrator sees it."""

    id: uuid.UUID
    login: str = Field(examples=["counsellor@example.org"])
    role: Role
    name: str = Field(examples=["Fictional Counsellor"])
    belongs_to: str = Field(description="centre or employer", examples=["Demo centre"])
    activated: bool
    disabled: bool
    created_at: datetime


class AccountIn(Sent):
    """A new account. Staff of a centre need its name, employers theirs."""

    role: Literal["counsellor", "head", "assessor", "employer", "administrator"]
    login: Annotated[str, StringConstraints(min_length=3, max_length=100, pattern=NO_ZERO)] = Field(
        examples=["counsellor@example.org"]
    )
    name: Line = Field("", examples=["Fictional Counsellor"])
    centre: Line | None = Field(None, examples=["Demo centre"])
    employer: Line | None = Field(None, examples=[None])


class IssuedOut(Out):
    """An account and the code to hand over. The code is shown once."""

    account_id: uuid.UUID
    login: str = Field(examples=["counsellor@example.org"])
    code: str = Field(examples=["K3MW-9QRX-7HDT-4PNV"])
    expires_at: datetime


class GlassIn(Sent):
    """Which record to open, by id or number, and why. The centre's head reads the reason."""

    returnee: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_ZERO)] = Field(
        examples=["DEMO-R-001"]
    )
    reason: Annotated[str, StringConstraints(min_length=15, max_length=1000, pattern=NO_ZERO)] = Field(
        examples=["The person asks why a date is wrong and the centre is closed."]
    )


class GlassOut(Out):
    """A broken glass: who, whose record, why, and until when."""

    id: uuid.UUID
    by: str = Field(examples=["administrator@example.org"])
    returnee_id: uuid.UUID
    ref: str = Field(examples=["DEMO-R-001"])
    reason: str = Field(examples=["The person asks why a date is wrong and the centre is closed."])
    opened_at: datetime
    until: datetime
    seen_at: datetime | None
