"""Vacancies that their own source renumbered: gone under one number, and there since under another.

Whether a number is gone is known at the end of a run alone. What is asked is in the database, so that a run that
was killed before loses nothing. The rule is told in docs/ingest.md, *Duplicates*.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from jobs_ingest.batch_duplicates import lengthen
from jobs_ingest.duplicate_review import Key, keys_of, told_apart
from jobs_ingest.duplicates import Answer
from jobs_ingest.duplicates.deciding import compare, settled_unread
from jobs_ingest.flags import look_at
from jobs_ingest.flags_models import VacancyCheck
from jobs_ingest.models import OfferOrigin, Vacancy, VacancyStatus
from jobs_ingest.offer_keys import LIVE, KeyTable, forget_keys, likeliest, parts, posts_of
from jobs_ingest.offer_keys_models import OfferSketch
from jobs_ingest.offer_views import COLUMNS, Post
from profiling.coding import Coder
from profiling.models import ImportRun
from profiling.queries import pick
from profiling.repository import bump_revision

#: Vacancies that are looked at together.
_BATCH = 100
#: What a vacancy keeps when it takes the text of its newer number.
_KEPT = frozenset({"id", "created_at", "employer_id"})


@dataclass(frozen=True, slots=True)
class Renumbered:
    """How many vacancies that this run had counted as new, and as held, are older ones under a new number."""

    new: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Gone:
    vacancy_id: uuid.UUID
    last_seen_at: datetime
    post: Post


def settle_renumbered(session: Session, run: ImportRun, coder: Coder, now: datetime) -> Renumbered:
    """Make one of each vacancy that is no longer offered and the new one that is the same; for a complete run.

    The older one stays, with the text and the number of the newer one, which goes. Each is taken once, the
    likeliest pairs first.
    """
    since = _begun(session, run)
    table = KeyTable()
    new = held = 0
    for gone in _gone(session, run.source, since, coder):
        joined = _Joining(session, run, coder, since, now)
        for older, newer in joined.pairs(gone, table):
            counted = joined.join(older, newer)
            if counted is not None and counted == VacancyStatus.HELD:
                held += 1
            elif counted is not None:
                new += 1
        if joined.done:
            bump_revision(session, "market")
    return Renumbered(new, held)


def _begun(session: Session, run: ImportRun) -> datetime:
    """When the present reading of the source began: with this run, or the first that broke off before it."""
    mine = sa.and_(col(ImportRun.source) == run.source, col(ImportRun.kind) == run.kind)
    whole = sa.and_(mine, col(ImportRun.finished_at).is_not(None), col(ImportRun.problem).is_(None))
    last = session.scalar(
        sa.select(sa.func.max(col(ImportRun.started_at))).where(whole, col(ImportRun.id) != run.id)
    )
    begun = sa.select(sa.func.min(col(ImportRun.started_at))).where(mine)
    if last is not None:
        begun = begun.where(col(ImportRun.started_at) > last)
    return min(session.scalar(begun) or run.started_at, run.started_at)


def _gone(session: Session, source: str, since: datetime, coder: Coder) -> Iterator[list[_Gone]]:
    """The open and held vacancies that the source offered and has not shown since, some at a time."""
    seen = sa.func.max(col(OfferOrigin.last_seen_at))
    query = (
        sa.select(col(OfferOrigin.offer_id), seen)
        .join(Vacancy, col(Vacancy.id) == col(OfferOrigin.offer_id))
        .where(col(OfferOrigin.kind) == "vacancy", col(OfferOrigin.source) == source)
        .where(col(Vacancy.status).in_(LIVE))
        .group_by(col(OfferOrigin.offer_id))
        .having(seen < since)
        .order_by(col(OfferOrigin.offer_id))
        .limit(_BATCH)
    )
    columns = [getattr(Vacancy, name) for name in COLUMNS]
    last: uuid.UUID | None = None
    while True:
        after = query if last is None else query.where(col(OfferOrigin.offer_id) > last)
        shown = dict(session.execute(after).all())
        if not shown:
            return
        rows = session.execute(pick(Vacancy.id, *columns).where(col(Vacancy.id).in_(list(shown))))
        yield [
            _Gone(row[0], shown[row[0]], Post(str(row[0]), dict(zip(COLUMNS, row[1:], strict=True)), coder))
            for row in rows.all()
        ]
        last = max(shown)


class _Joining:
    """Some vacancies that are gone, and what became of them."""

    def __init__(self, session: Session, run: ImportRun, coder: Coder, since: datetime, now: datetime) -> None:
        self._session = session
        self._run = run
        self._coder = coder
        self._since = since
        self._now = now
        self.done = 0

    def pairs(self, gone: Sequence[_Gone], table: KeyTable) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Which is which: the older vacancy and the newer one."""
        members = table.members(self._session, (key for one in gone for key in one.post.keys))
        asking: dict[int, list[_Gone]] = defaultdict(list)
        for one in gone:
            for number in likeliest(one.post.keys, members):
                asking[number].append(one)
        created = self._created(asking)
        likely: list[tuple[float, uuid.UUID, uuid.UUID]] = []
        for number, newer, post in posts_of(self._session, sorted(set(asking) & set(created)), self._coder):
            for one in asking[number]:
                if newer == one.vacancy_id or created[number] <= one.last_seen_at:
                    continue
                if settled_unread(one.post.reading, post.view):
                    continue
                verdict = compare(one.post.reading, post.reading)
                if verdict.answer is Answer.SAME:
                    likely.append((verdict.score, one.vacancy_id, newer))
        return self._each_once(sorted(likely, reverse=True))

    def _created(self, asking: Mapping[int, object]) -> dict[int, datetime]:
        """When those of the candidates came that this source offers since it was last read whole."""
        found: dict[int, datetime] = {}
        for part in parts(sorted(asking)):
            query = pick(OfferSketch.number, Vacancy.created_at).join(
                Vacancy, col(OfferSketch.vacancy_id) == Vacancy.id
            )
            here = query.where(
                col(OfferSketch.number).in_(part), col(Vacancy.source) == self._run.source,
                col(Vacancy.created_at) >= self._since,
            )  # fmt: skip
            found |= dict(self._session.execute(here).all())
        return found

    def _each_once(self, likely: Sequence[tuple[float, uuid.UUID, uuid.UUID]]) -> list[tuple[uuid.UUID, uuid.UUID]]:
        if not likely:
            return []
        offers = keys_of(self._session, {newer for _, _, newer in likely})
        apart = told_apart(self._session, [key for keys in offers.values() for key in keys])
        used: set[uuid.UUID] = set()
        chosen: list[tuple[uuid.UUID, uuid.UUID]] = []
        for _, older, newer in likely:
            parted = any(older in apart.get(Key(*key), ()) for key in offers.get(newer, ()))
            if not parted and not used & {older, newer}:
                used |= {older, newer}
                chosen.append((older, newer))
        return chosen

    def join(self, older: uuid.UUID, newer: uuid.UUID) -> str | None:
        """Make one of two vacancies; returns the status of the newer one where this run had counted it as new.

        A newer one that somebody has used already stays.
        """
        session = self._session
        stays, goes = session.get_one(Vacancy, older), session.get_one(Vacancy, newer)
        check = session.get(VacancyCheck, newer)
        made = check is not None and check.made == goes.status
        told = {name: value for name, value in goes.model_dump().items() if name not in _KEPT}
        own = stays.source == self._run.source
        counted = goes.status if goes.created_at == self._run.started_at else None
        try:
            with session.begin_nested():
                session.execute(
                    sa.update(OfferOrigin)
                    .where(col(OfferOrigin.kind) == "vacancy", col(OfferOrigin.offer_id) == newer)
                    .values(offer_id=older)
                )
                if own:
                    forget_keys(session, [older])
                    session.execute(
                        sa.update(OfferSketch).where(col(OfferSketch.vacancy_id) == newer).values(vacancy_id=older)
                    )
                session.expunge(goes)
                session.execute(sa.delete(Vacancy).where(col(Vacancy.id) == newer))
        except IntegrityError:
            return None
        if own:
            # Held for its marks it is held again by looking at it; what a person said of them stands.
            told |= {"status": VacancyStatus.OPEN.value, "held_reason": None} if made else {}
            session.execute(
                sa.update(Vacancy).where(col(Vacancy.id) == older).values(**{**told, "updated_at": self._now})
            )
            session.expire(stays)
            look_at(session, self._coder.taxonomy, [older], from_source=True)
        elif goes.closes_on:
            lengthen(session, [(older, goes.closes_on)], self._now)
        self.done += 1
        return counted
