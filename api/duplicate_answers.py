"""What the desk of duplicates answers: small values for pages and API."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs_ingest.duplicates import Reason
from jobs_ingest.models import Vacancy


@dataclass(frozen=True)
class PairLine:
    """A pair that waits, as a line of the list. ``likeness`` is 0 to 1."""

    id: uuid.UUID
    likeness: float
    keep: Vacancy
    other: Vacancy
    found_at: datetime
    put_off_at: datetime | None


@dataclass(frozen=True)
class PairFile:
    """Two vacancies to be compared: ``keep`` would stay, ``other`` would be closed.

    ``refused`` says why they cannot be made one now. ``seen`` tells, when it comes back with the answer, whether
    the two are still those that were shown.
    """

    id: uuid.UUID
    likeness: float
    keep: Vacancy
    other: Vacancy
    reasons: Sequence[Reason]
    refused: str | None
    seen: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str
    note: str


@dataclass(frozen=True)
class OriginLine:
    """A source that offers a vacancy. ``shown``: its text is what is shown; ``gone``: it offers it no more."""

    id: uuid.UUID
    source: str
    ref: str
    url: str | None
    first_seen: datetime
    last_seen: datetime
    gone: bool
    shown: bool


@dataclass(frozen=True)
class ActLine:
    """A decision that stands. ``kept`` and ``other`` are the vacancies by id and title.

    Of one taken out that does not stand yet, ``other`` is None and ``waits`` says why
    (``duplicate_wording.WAITS``).
    """

    id: uuid.UUID
    kind: str
    kept: tuple[uuid.UUID, str]
    other: tuple[uuid.UUID, str] | None
    source: str
    done_at: datetime
    done_by: str
    note: str
    waits: str | None = None


@dataclass(frozen=True)
class OffersOf:
    """Where a vacancy comes from, and the decisions about it that stand."""

    origins: Sequence[OriginLine]
    acts: Sequence[ActLine]
