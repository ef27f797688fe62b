"""What became of the offers of one run over a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: How many problems a report carries; the error file holds every rejected offer.
SHOWN_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    """What could not be taken in: where (file and line, or address), which field, why."""

    where: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did. ``kept + changed + held + duplicate + rejected == fetched``, always.

    ``held``: offers that stand held for review, be they new or not. ``unchanged_addresses`` answered that nothing
    changed; the ``still_offered`` offers that stood there were not fetched again. ``expired`` ones were closed at
    the end of the run. ``reasons`` counts the rejected by field and reason, ``unread`` what was told and could not
    be read. ``stopped`` says why the source was not read to its end; None when it was.
    """

    source: str
    offers: str
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    held: int = 0
    duplicate: int = 0
    rejected: int = 0
    fetched: int = 0
    unchanged_addresses: int = 0
    still_offered: int = 0
    expired: int = 0
    reopened: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Trouble, ...] = ()
    troubled_addresses: int = 0
    error_file: Path | None = None
    stopped: str | None = None

    @property
    def kept(self) -> int:
        """Offers that are stored as they were fetched: new ones and unchanged ones."""
        return self.new + self.unchanged


@dataclass
class Tally:
    """The counts of a batch, or of a run so far."""

    new: int = 0
    unchanged: int = 0
    changed: int = 0
    held: int = 0
    duplicate: int = 0
    rejected: int = 0
    fetched: int = 0
    unchanged_addresses: int = 0
    still_offered: int = 0
    expired: int = 0
    reopened: int = 0
    troubled_addresses: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[Trouble] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the counts of a batch that is stored."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unread += other.unread
        self.reasons += other.reasons
        self.problems += other.problems[: max(SHOWN_PROBLEMS - len(self.problems), 0)]

    def report(self, source: str, offers: str, error_file: Path | None, stopped: str | None) -> RunReport:
        """The counts as a report."""
        return RunReport(
            source, offers, **{name: getattr(self, name) for name in _NUMBERS}, unread=dict(self.unread),
            reasons=dict(self.reasons), problems=tuple(self.problems), error_file=error_file, stopped=stopped,
        )  # fmt: skip


_NUMBERS = (
    "new", "unchanged", "changed", "held", "duplicate", "rejected", "fetched", "unchanged_addresses",
    "still_offered", "expired", "reopened", "troubled_addresses",
)  # fmt: skip
