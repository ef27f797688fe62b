"""What the wire schemas share: texts without zero bytes, bodies without unknown fields, lines of text."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

NO_ZERO = r"^[^\x00]*$"
#: A place, a title, a name.
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_ZERO)]
Long = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_ZERO)]
#: An item of a list that is kept with semicolons between the items.
Item = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^;\x00]*$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]+$")]
_YEARS = range(2000, 2200)


def _near(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError("a moment of this or the next century")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_near)]
#: A date as precise as it was given.
PartialDate = Annotated[str, Field(examples=["2019-05"])]
EvidenceName = Literal[
    "declared", "document_seen", "reference_confirmed", "rpl_assessed", "signed_credential"
]  # fmt: skip


class Sent(BaseModel):
    """A body. A field that is not one of its fields is refused, so nothing else can be set."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """An answer: codes, no prose; null is not known, or hidden."""

    model_config = ConfigDict(from_attributes=True)
