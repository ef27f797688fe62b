"""A batch of vacancies sorted out: which stand already; and what is kept so that later ones meet them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from jobs_ingest.duplicate_review import Key, note_doubts, told_same
from jobs_ingest.importer import Fields
from jobs_ingest.life_models import VacancyChange
from jobs_ingest.models import OfferOrigin, Vacancy
from jobs_ingest.offer_keys import Keyed, store_keys
from jobs_ingest.origins import Standing
from jobs_ingest.same_offers import Asked, Found, SameOffers, Target
from profiling.repository import bump_revision


@dataclass(frozen=True, slots=True)
class Incoming:
    """A vacancy that a source offers: its number in the run, its number there, its content hash and its columns."""

    line: int
    ref: str
    content: str
    fields: Fields


class BatchDuplicates:
    """The duplicates of one batch."""

    def __init__(self, search: SameOffers, session: Session, source: str, offers: Sequence[Incoming]) -> None:
        self._search = search
        self._session = session
        self._source = source
        self._offers = {one.line: one for one in offers}
        self._target: dict[int, Target] = {}
        self._found = Found()

    def sort_out(self, origins: Mapping[str, OfferOrigin], before: Mapping[str, Standing]) -> set[int]:
        """The lines of those that are a vacancy that stands, or one that comes before them in the batch.

        What a person decided goes before all; an offer that did not change stays what it was.
        """
        decided = told_same(self._session, [(self._source, one.ref) for one in self._offers.values()])
        asked: list[Asked] = []
        first: dict[str, Incoming] = {}
        again: list[tuple[Incoming, Incoming]] = []
        for one in self._offers.values():
            origin, stood = origins.get(one.ref), before.get(one.ref)
            if home := decided.get(Key(self._source, one.ref)):
                self._target[one.line] = home
            elif stood is None and origin and origin.content_hash == one.content:
                self._target[one.line] = origin.offer_id
            elif one.ref in first:
                again.append((one, first[one.ref]))
            elif stood is None or stood.content_hash != one.content:
                first[one.ref] = one
                knew = origin.offer_id if origin and stood is None else None
                asked.append(Asked(one.line, one.ref, one.fields, stood.id if stood else None, knew))
        self._found = self._search.find(self._session, asked)
        self._target |= self._found.same
        for one, earlier in again:
            # The same row twice is what it was the first time.
            if one.content == earlier.content and earlier.line in self._target:
                self._target[one.line] = self._target[earlier.line]
        return set(self._target)

    def homes(self, stored: Mapping[int, uuid.UUID]) -> dict[int, uuid.UUID]:
        """By line the vacancy that each duplicate is; ``stored``: those of the batch that stand by themselves."""
        return {
            line: target if isinstance(target, uuid.UUID) else stored[target]
            for line, target in self._target.items()
        }

    def keep(self, stored: Mapping[int, uuid.UUID], now: datetime) -> None:
        """Write the keys of what is new or changed, what a person should compare, and later last days."""
        keyed = [
            Keyed(stored[line], keys, self._offers[line].content)
            for line, keys in self._found.keys.items()
            if line in stored
        ]
        store_keys(self._session, keyed)
        pairs = [
            (stored[doubt.line], stored[doubt.other] if isinstance(doubt.other, int) else doubt.other,
             doubt.score, doubt.reasons)
            for doubt in self._found.doubts
            if doubt.line in stored
        ]  # fmt: skip
        if pairs:
            note_doubts(self._session, pairs, now)
        last = [(home, self._offers[line].fields.get("closes_on")) for line, home in self.homes(stored).items()]
        lengthen(self._session, [(home, day) for home, day in last if isinstance(day, date)], now)


def lengthen(session: Session, days: Sequence[tuple[uuid.UUID, date]], now: datetime) -> int:
    """Let vacancies stand until the last day that any of their origins tells; returns how many got a later one.

    A vacancy without a last day, and one whose day a person set, stay as they are.
    """
    latest: dict[uuid.UUID, date] = {}
    for home, day in days:
        latest[home] = max(day, latest.get(home, day))
    by_hand = sa.select(col(VacancyChange.vacancy_id)).where(col(VacancyChange.field) == "closes_on")
    count = 0
    for home, day in latest.items():
        later = sa.update(Vacancy).where(
            col(Vacancy.id) == home, col(Vacancy.closes_on) < day, col(Vacancy.id).not_in(by_hand)
        )
        done = session.execute(later.values(closes_on=day, updated_at=now))
        count += int(done.rowcount)  # type: ignore[attr-defined]
    if count:
        bump_revision(session, "market")
    return count
