"""Wire schemas of vacancies that may be one, and of what was decided about them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.duplicate_answers import ActLine, OffersOf, PairFile, PairLine
from api.v1.schemas_common import NO_ZERO, Out, Sent
from jobs_ingest.models import Vacancy

Note = Annotated[str, Field(max_length=500, pattern=NO_ZERO, examples=["I rang them."])]


class SideOut(Out):
    """One of two vacancies that may be one."""

    id: uuid.UUID
    source: str = Field(examples=["chamber"])
    ref: str = Field(examples=["A-17"])
    title: str = Field(examples=["Mason"])
    employer: str | None = Field(examples=["Fictional Builders"])
    status: str = Field(examples=["open"])


class ReasonOut(Out):
    """What the comparison found in one part; ``points`` above 0 speak for one vacancy, below 0 for two.

    ``part`` and ``level`` are those of jobs_ingest/data/duplicates.toml. ``keep`` and ``other`` are the words of
    both sides.
    """

    part: str = Field(examples=["title"])
    level: str = Field(examples=["same"])
    points: float = Field(examples=[2.2])
    keep: str = Field(examples=["mason"])
    other: str = Field(examples=["mason"])


class PairOut(Out):
    """Two vacancies that a person should compare: ``keep`` would stay, ``other`` would be closed."""

    id: uuid.UUID
    likeness: float = Field(description="0 to 1", examples=[0.62])
    keep: SideOut
    other: SideOut
    found_at: datetime
    put_off_at: datetime | None

    @classmethod
    def of(cls, line: PairLine) -> PairOut:
        """From the internal value."""
        return cls(
            id=line.id, likeness=line.likeness, keep=side(line.keep), other=side(line.other),
            found_at=line.found_at, put_off_at=line.put_off_at,
        )  # fmt: skip


class PairFileOut(Out):
    """Two vacancies side by side, and what was decided.

    ``can_be_one`` is false while they cannot be made one; the answer *one* then gets 409 with the reason. ``seen``
    goes back with the answer: it tells whether the two are still those that were read.
    """

    id: uuid.UUID
    likeness: float = Field(description="0 to 1", examples=[0.62])
    keep: SideOut
    other: SideOut
    reasons: list[ReasonOut]
    can_be_one: bool
    seen: str = Field(examples=["9f86d081884c7d65"])
    decision: Literal["same", "different"] | None
    decided_at: datetime | None
    decided_by: str = Field(examples=["Fictional Counsellor"])
    note: str = Field(examples=["I rang them."])

    @classmethod
    def of(cls, file: PairFile) -> PairFileOut:
        """From the internal value."""
        reasons = [
            ReasonOut(part=one.part.value, level=one.level, points=one.points, keep=one.ours, other=one.theirs)
            for one in file.reasons
        ]
        return cls(
            id=file.id, likeness=file.likeness, keep=side(file.keep), other=side(file.other), reasons=reasons,
            can_be_one=file.refused is None, seen=file.seen, decision=file.decision, decided_at=file.decided_at,  # type: ignore[arg-type]
            decided_by=file.decided_by, note=file.note,
        )  # fmt: skip


class PairIn(Sent):
    """Two vacancies to compare."""

    vacancy_id: uuid.UUID
    with_id: uuid.UUID


class AnswerIn(Sent):
    """What they are: one vacancy, two, or later; ``seen`` is that of the pair as it was read."""

    answer: Literal["one", "two", "later"]
    seen: str = Field(max_length=40, pattern=NO_ZERO, examples=["9f86d081884c7d65"])
    note: Note = ""


class NoteIn(Sent):
    """Why, in a few words."""

    note: Note = ""


class OriginOut(Out):
    """A source that offers a vacancy; ``shown``: the vacancy's text is the one of this source.

    ``ref`` is empty where the source gives no number, ``gone`` true where it offers the vacancy no more.
    """

    id: uuid.UUID
    source: str = Field(examples=["chamber"])
    ref: str = Field(examples=["A-17"])
    url: str | None
    first_seen: datetime
    last_seen: datetime
    gone: bool
    shown: bool


class ActOut(Out):
    """A decision: ``merge`` made two one (``kept_id`` stays), ``apart`` said two, ``split`` took an offer out.

    Of a split ``other_id`` is null until a run has made the vacancy; ``waits`` then says for what.
    """

    id: uuid.UUID
    kind: Literal["merge", "split", "apart"]
    kept_id: uuid.UUID
    other_id: uuid.UUID | None
    done_at: datetime
    done_by: str = Field(examples=["Fictional Counsellor"])
    note: str = Field(examples=["I rang them."])
    waits: Literal["next run", "no source"] | None

    @classmethod
    def of(cls, line: ActLine) -> ActOut:
        """From the internal value."""
        return cls(
            id=line.id, kind=line.kind, kept_id=line.kept[0], other_id=line.other[0] if line.other else None,  # type: ignore[arg-type]
            done_at=line.done_at, done_by=line.done_by, note=line.note, waits=line.waits,  # type: ignore[arg-type]
        )  # fmt: skip


class OffersOut(Out):
    """The sources that offer a vacancy, and the decisions about it that stand."""

    origins: list[OriginOut]
    decisions: list[ActOut]

    @classmethod
    def of(cls, found: OffersOf) -> OffersOut:
        """From the internal value."""
        origins = [OriginOut.model_validate(line) for line in found.origins]
        return cls(origins=origins, decisions=[ActOut.of(line) for line in found.acts])


def side(vacancy: Vacancy) -> SideOut:
    """A vacancy as one side of a pair."""
    return SideOut.model_validate(vacancy)
