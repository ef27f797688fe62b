"""Which flags of a vacancy stay, with what was decided of them, and which are new, when it is looked at again."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs_ingest.flag_finding import Found, key_of
from jobs_ingest.flags_models import VacancyFlag


@dataclass(frozen=True, slots=True)
class NewFlag:
    """A flag that was not there before, with what was decided of another one that says the same."""

    found: Found
    like: VacancyFlag | None

    @property
    def kind(self) -> str:
        """As of a stored flag."""
        return self.found.kind.value

    @property
    def severity(self) -> str:
        """As of a stored flag."""
        return self.found.severity.value

    @property
    def decision(self) -> str | None:
        """What was decided of the same words before."""
        return self.like.decision if self.like else None

    def row(self, vacancy_id: uuid.UUID, now: datetime) -> dict[str, object]:
        """The columns of the table."""
        one, like = self.found, self.like
        return {
            "id": uuid.uuid4(), "vacancy_id": vacancy_id, "kind": self.kind, "severity": self.severity,
            "field": one.field, "words": one.words, "start": one.start, "end": one.end, "found_at": now,
            "decision": self.decision, "note": like.note if like else None,
            "decided_at": like.decided_at if like else None, "decided_by": like.decided_by if like else None,
        }  # fmt: skip


def carried(
    found: Iterable[Found], old: Sequence[VacancyFlag], *, same: bool
) -> tuple[list[VacancyFlag], list[NewFlag]]:
    """The old flags that are found again, at their new places, and the new ones, each with what was decided.

    ``same``: employer and country are as they were, so that what was decided of something missing still holds.
    """
    waiting: dict[tuple[str, str, str], list[VacancyFlag]] = defaultdict(list)
    decided: dict[tuple[str, str, str], VacancyFlag] = {}
    for flag in old:
        if not same and not flag.words:
            continue
        waiting[key_of(flag.kind, flag.field, flag.words)].append(flag)
        if flag.decision is not None:
            decided[key_of(flag.kind, flag.field, flag.words)] = flag
    kept: list[VacancyFlag] = []
    new: list[NewFlag] = []
    for one in found:
        like = decided.get(one.key)
        if not waiting[one.key]:
            new.append(NewFlag(one, like))
            continue
        flag = waiting[one.key].pop(0)
        kept.append(flag)
        flag.severity, flag.words = one.severity.value, one.words
        flag.start, flag.end = one.start, one.end
        if flag.decision is None and like:
            flag.decision, flag.note = like.decision, like.note
            flag.decided_at, flag.decided_by = like.decided_at, like.decided_by
    return kept, new
