"""What is remembered of a source: addresses visited, where each offer was found, and which are no longer there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.flags_models import VacancyCheck
from jobs_ingest.life_models import VacancyChange
from jobs_ingest.models import Course, OfferOrigin, SourceVisit, Vacancy, VacancyStatus
from jobs_ingest.sources.base import Validators, Visited
from profiling.models import ImportRun
from profiling.queries import pick
from profiling.repository import bump_revision

#: Bytes that are kept of what a source gave for one offer.
LONGEST_ORIGINAL = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """An offer that a run found: of which stored one it is an origin, and what to remember of it."""

    ref: str
    offer_id: uuid.UUID
    url: str | None
    address: str | None
    content_hash: str
    original: str


def seen_before(session: Session, source: str, fingerprint: str) -> dict[str, Validators]:
    """What is remembered of the addresses of a source, as far as it was read under the same configuration."""
    query = select(SourceVisit).where(SourceVisit.source == source, SourceVisit.fingerprint == fingerprint)
    return {row.address: Validators(row.etag, row.modified, row.cursor) for row in session.exec(query)}


def remember_visit(session: Session, source: str, fingerprint: str, visited: Visited, now: datetime) -> None:
    """Remember an address, in the transaction that stores the last of its offers."""
    session.merge(
        SourceVisit(
            source=source, address=visited.url, fingerprint=fingerprint, etag=visited.etag,
            modified=visited.modified, cursor=visited.cursor, visited_at=now,
        )
    )  # fmt: skip


def settle_address(session: Session, run: ImportRun, kind: str, visited: Visited, now: datetime) -> int:
    """Tie the offers that this run found since the last address to this one; returns how many still stand there.

    Of an address that did not change, all that it offered before is still offered; these alone are counted.
    """
    of_source = sa.and_(col(OfferOrigin.kind) == kind, col(OfferOrigin.source) == run.source)
    if visited.changed:
        loose = sa.and_(of_source, col(OfferOrigin.run_id) == run.id, col(OfferOrigin.address).is_(None))
        session.execute(sa.update(OfferOrigin).where(loose).values(address=visited.url))
        return 0
    there = sa.and_(of_source, col(OfferOrigin.address) == visited.url)
    done = session.execute(sa.update(OfferOrigin).where(there).values(last_seen_at=now, run_id=run.id))
    return int(done.rowcount)  # type: ignore[attr-defined]


def origins_of(session: Session, kind: str, source: str, refs: Collection[str]) -> dict[str, OfferOrigin]:
    """The origins of a source by its own numbers."""
    query = select(OfferOrigin).where(
        OfferOrigin.kind == kind, OfferOrigin.source == source, col(OfferOrigin.ref).in_(refs)
    )
    return {row.ref: row for row in session.exec(query)}


def remember_offers(
    session: Session, run: ImportRun, kind: str, known: Mapping[str, OfferOrigin], found: Sequence[Found],
    now: datetime,
) -> None:  # fmt: skip
    """Remember where offers were found; what is known already is only seen again."""
    table = OfferOrigin.__table__  # type: ignore[attr-defined]
    latest = {one.ref: one for one in found}
    seen = [
        {
            "its_id": known[ref].id, "offer_id": one.offer_id, "url": one.url, "address": one.address,
            "content_hash": one.content_hash, "last_seen_at": now, "run_id": run.id, "original": one.original,
        }
        for ref, one in latest.items() if ref in known
    ]  # fmt: skip
    fresh = [
        {
            "id": uuid.uuid4(), "kind": kind, "offer_id": one.offer_id, "source": run.source, "ref": ref,
            "url": one.url, "address": one.address, "content_hash": one.content_hash, "first_seen_at": now,
            "last_seen_at": now, "run_id": run.id, "original": one.original,
        }
        for ref, one in latest.items() if ref not in known
    ]  # fmt: skip
    if seen:
        values: dict[str, sa.BindParameter[object]] = {
            name: sa.bindparam(name) for name in seen[0] if name != "its_id"
        }
        session.connection().execute(
            sa.update(table).where(table.c.id == sa.bindparam("its_id")).values(**values), seen
        )
    if fresh:
        session.connection().execute(sa.insert(table), fresh)


def still_there(session: Session, run: ImportRun, origins: Collection[OfferOrigin], now: datetime) -> None:
    """Offers that stand in the source and could not be read this time have not gone away."""
    ids = [origin.id for origin in origins]
    if ids:
        seen = sa.update(OfferOrigin).where(col(OfferOrigin.id).in_(ids))
        session.execute(seen.values(last_seen_at=now, run_id=run.id))


def reopen(session: Session, kind: str, origins: Collection[OfferOrigin], today: date) -> int:
    """Open again what a run had ended and its source offers once more; returns how many vacancies."""
    gone = [origin for origin in origins if origin.expired_at]
    if kind != "vacancy" or not gone:
        return 0
    offers = [origin.offer_id for origin in gone]
    lasts = sa.or_(col(Vacancy.closes_on).is_(None), col(Vacancy.closes_on) >= today)
    closed = sa.and_(col(Vacancy.id).in_(offers), col(Vacancy.status) == VacancyStatus.CLOSED.value, lasts)
    opened = session.execute(sa.update(Vacancy).where(closed).values(status=VacancyStatus.OPEN.value))
    live = select(Vacancy.id).where(col(Vacancy.id).in_(offers), Vacancy.status != VacancyStatus.CLOSED.value)
    back = sa.and_(col(OfferOrigin.id).in_([origin.id for origin in gone]), col(OfferOrigin.offer_id).in_(live))
    session.execute(sa.update(OfferOrigin).where(back).values(expired_at=None))
    count = int(opened.rowcount)  # type: ignore[attr-defined]
    if count:
        bump_revision(session, "market")
    return count


def expire(session: Session, kind: str, source: str, expires_after: int | None, now: datetime) -> int:
    """Close the open vacancies of a source whose last day has passed, or which it no longer shows anywhere.

    ``expires_after`` is in days (None: a source that need not show what it still offers). A vacancy that another
    source still shows stays open. Returns how many were closed.
    """
    if kind != "vacancy":
        return 0
    is_open = col(Vacancy.status) == VacancyStatus.OPEN.value
    mine = sa.and_(col(OfferOrigin.kind) == kind, col(OfferOrigin.source) == source)
    ended = set(session.exec(select(Vacancy.id).where(
        is_open, Vacancy.source == source, col(Vacancy.closes_on) < now.date()
    )))  # fmt: skip
    if expires_after is not None:
        unseen = sa.and_(
            mine, col(OfferOrigin.last_seen_at) < now - timedelta(days=expires_after),
            col(OfferOrigin.expired_at).is_(None),
        )  # fmt: skip
        session.execute(sa.update(OfferOrigin).where(unseen).values(expired_at=now))
        shown = select(OfferOrigin.offer_id).where(OfferOrigin.kind == kind, col(OfferOrigin.expired_at).is_(None))
        once = select(OfferOrigin.offer_id).where(mine)
        # Somebody who opened it by hand has seen that it is still there.
        opened = select(VacancyChange.vacancy_id).where(
            VacancyChange.field == "status", VacancyChange.value == VacancyStatus.OPEN.value,
            col(VacancyChange.changed_at) >= now - timedelta(days=expires_after),
        )  # fmt: skip
        ended |= set(session.exec(select(Vacancy.id).where(
            is_open, col(Vacancy.id).in_(once), col(Vacancy.id).not_in(shown), col(Vacancy.id).not_in(opened)
        )))  # fmt: skip
    for part in _parts(sorted(ended)):
        close = sa.update(Vacancy).where(col(Vacancy.id).in_(part))
        session.execute(close.values(status=VacancyStatus.CLOSED.value, updated_at=now))
        session.execute(sa.update(OfferOrigin).where(col(OfferOrigin.offer_id).in_(part)).values(expired_at=now))
    if ended:
        bump_revision(session, "market")
    return len(ended)


def _parts(ids: Sequence[uuid.UUID], size: int = 500) -> list[Sequence[uuid.UUID]]:
    return [ids[at : at + size] for at in range(0, len(ids), size)]


@dataclass(frozen=True, slots=True)
class Standing:
    """A stored offer: its id, content and, of a vacancy, its status and the one that the safeguards made."""

    id: uuid.UUID
    content_hash: str
    status: str | None = None
    made: str | None = None


def standing(
    session: Session, table: type[Vacancy] | type[Course], source: str, refs: Collection[str]
) -> dict[str, Standing]:
    """The stored offers of a source by its own numbers."""
    query = pick(table.ref, table.id, table.content_hash)
    if table is Vacancy:
        query = pick(Vacancy.ref, Vacancy.id, Vacancy.content_hash, Vacancy.status, VacancyCheck.made)
        query = query.outerjoin(VacancyCheck, col(VacancyCheck.vacancy_id) == Vacancy.id)
    query = query.where(col(table.source) == source, col(table.ref).in_(refs))
    return {row[0]: Standing(*row[1:]) for row in session.execute(query)}


def bounded_json(original: Mapping[str, str]) -> str:
    """What a source gave as JSON of at most ``LONGEST_ORIGINAL`` bytes; long texts are cut, then left out."""
    limit = LONGEST_ORIGINAL
    original = {storable(name): storable(text) for name, text in original.items()}
    while True:
        told = {name[:limit]: text if len(text) <= limit else f"{text[:limit]}…" for name, text in original.items()}
        made = json.dumps(told, ensure_ascii=False)
        if len(made.encode()) <= LONGEST_ORIGINAL:
            return made
        if limit <= 8:
            return json.dumps({"…": f"{len(original)} values"}, ensure_ascii=False)
        limit //= 2


def storable(text: str) -> str:
    """Without what PostgreSQL does not store: zero bytes and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
