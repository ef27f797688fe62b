"""Which vacancies a person should compare, and what a person decided: asked by every run that finds duplicates.

Decisions are kept between offers, each known by its source and its number there, and not between vacancies: so they
outlast changed texts and further runs. What is decided is done in ``jobs_ingest.duplicate_merging``.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from jobs_ingest.duplicates.values import Reason
from jobs_ingest.duplicates_models import OfferDecision, OfferPair
from jobs_ingest.models import OfferOrigin, Vacancy, VacancyStatus
from profiling.models import now_utc
from profiling.queries import pick

#: Keys, pairs or ids that are asked for at once; a key takes four parameters of a statement.
_BATCH = 400
#: Vacancies of which each was merged into the next; more of them are no honest chain.
_LONGEST_CHAIN = 20


class Key(NamedTuple):
    """An offer as it stays known: by its source and its number there."""

    source: str
    ref: str


T = TypeVar("T")
#: A reason as it is kept, see ``OfferPair``.
Told = list[str | float]
Doubt = tuple[uuid.UUID, uuid.UUID, float, tuple[Reason, ...]]


# --- what a run asks ------------------------------------------------------------------------------


def told_same(session: Session, keys: Collection[tuple[str, str]]) -> dict[Key, uuid.UUID]:
    """Of these offers (source, number) those that a person put into another one's vacancy, with that vacancy.

    It goes before everything that a comparison says, and also before a vacancy of the offer's own: that one was
    closed when it was merged.
    """
    wanted = {Key(*key) for key in keys}
    target: dict[Key, Key] = {}
    ask = set(wanted)
    for _ in range(_LONGEST_CHAIN):
        found = _put_into(session, ask)
        target |= found
        ask = set(found.values()) - target.keys()
        if not ask:
            break
    ends = {key: _end(target, key) for key in wanted if key in target}
    # A vacancy that its source renumbered has another number now, and is still held by the origin of the old one.
    homes = _holders(session, set(ends.values())) | _homes(session, set(ends.values()))
    return {key: homes[end] for key, end in ends.items() if end in homes and end != key}


def told_apart(session: Session, keys: Collection[tuple[str, str]]) -> dict[Key, frozenset[uuid.UUID]]:
    """Of these offers (source, number) those that a person parted from others, with the vacancies of the others.

    Such an offer never becomes an origin of these vacancies by itself.
    """
    wanted = {Key(*key) for key in keys}
    newest = _newest(session, wanted)
    parted: dict[Key, set[Key]] = defaultdict(set)
    for (one, other), same in newest.items():
        if not same:
            for ours, theirs in ((one, other), (other, one)):
                if ours in wanted:
                    parted[ours].add(theirs)
    if not parted:
        return {}
    others = set().union(*parted.values())
    homes, held = _homes(session, others), _holders(session, others)
    joined = told_same(session, parted.keys())
    found: dict[Key, frozenset[uuid.UUID]] = {}
    for key, partners in parted.items():
        ids = {place[other] for other in partners for place in (homes, held) if other in place}
        if ids := ids - {joined.get(key)}:
            found[key] = frozenset(ids)
    return found


def note_doubts(session: Session, pairs: Iterable[Doubt], now: datetime | None = None) -> int:
    """Note pairs of vacancies that a person should compare; returns how many are new.

    Each pair is two vacancy ids, the score (0 to 1) and the reasons. A pair that waits gets the new score and
    reasons; one that a person has decided, as a pair or by parting their offers, is not asked again.
    """
    asked: dict[tuple[uuid.UUID, uuid.UUID], tuple[float, list[Told]]] = {}
    for one, other, score, reasons in pairs:
        if one != other:
            asked[min(one, other), max(one, other)] = score, told_reasons(reasons, turned=one > other)
    added = 0
    for part in _parts(sorted(asked)):
        added += _note(session, {pair: asked[pair] for pair in part}, now or now_utc())
    return added


def _note(
    session: Session, asked: Mapping[tuple[uuid.UUID, uuid.UUID], tuple[float, list[Told]]], now: datetime
) -> int:
    ids = {vacancy_id for pair in asked for vacancy_id in pair}
    keys = keys_of(session, ids)
    newest = _newest(session, {key for found in keys.values() for key in found})
    parted = {pair for pair, same in newest.items() if not same}
    query = select(OfferPair).where(sa.tuple_(col(OfferPair.one_id), col(OfferPair.other_id)).in_(list(asked)))
    known = {(row.one_id, row.other_id): row for row in session.exec(query)}
    fresh: list[dict[str, object]] = []
    for (one, other), (score, told) in asked.items():
        if row := known.get((one, other)):
            if row.decision is None:
                row.score, row.reasons = score, told
                session.add(row)
        elif one in keys and other in keys and not _any_parted(parted, keys[one], keys[other]):
            fresh.append(
                {
                    "id": uuid.uuid4(),
                    "one_id": one,
                    "other_id": other,
                    "score": score,
                    "reasons": told,
                    "found_at": now,
                }
            )
    session.flush()
    if fresh:
        postgres = session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert(OfferPair) if postgres else sqlite.insert(OfferPair)
        # Another run may note the same pair at the same moment.
        session.connection().execute(insert.on_conflict_do_nothing(), fresh)
    return len(fresh)


def told_reasons(reasons: Iterable[Reason], *, turned: bool) -> list[Told]:
    """Reasons as a pair keeps them; ``turned``: their first side is the second of the pair."""
    return [
        [one.part.value, one.level, one.points, *((one.theirs, one.ours) if turned else (one.ours, one.theirs))]
        for one in reasons
    ]


def _any_parted(parted: Collection[tuple[Key, Key]], ours: Iterable[Key], theirs: Collection[Key]) -> bool:
    return any((min(one, other), max(one, other)) in parted for one in ours for other in theirs)


# --- what is decided ------------------------------------------------------------------------------


def keys_of(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Key]]:
    """The offers of these vacancies: first the one whose text is shown, then the other origins, oldest first."""
    found: dict[uuid.UUID, list[Key]] = {}
    for part in _parts(sorted(ids)):
        homes = pick(Vacancy.id, Vacancy.source, Vacancy.ref).where(col(Vacancy.id).in_(part))
        for row in session.execute(homes):
            found[row[0]] = [Key(row[1], row[2])]
        origins = pick(OfferOrigin.offer_id, OfferOrigin.source, OfferOrigin.ref).where(
            col(OfferOrigin.kind) == "vacancy", col(OfferOrigin.offer_id).in_(part)
        )
        for row in session.execute(origins.order_by(col(OfferOrigin.first_seen_at), col(OfferOrigin.id))):
            keys = found.get(row[0])
            if keys is not None and Key(row[1], row[2]) not in keys:
                keys.append(Key(row[1], row[2]))
    return found


def merged_into(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Of these vacancies those that a person merged into another one, with that one."""
    homes: dict[Key, uuid.UUID] = {}
    for part in _parts(sorted(ids)) if _any_decision(session) else ():
        query = pick(Vacancy.id, Vacancy.source, Vacancy.ref).where(col(Vacancy.id).in_(part))
        homes |= {Key(row[1], row[2]): row[0] for row in session.execute(query)}
    into = told_same(session, homes.keys())
    return {homes[key]: kept for key, kept in into.items()}


def keep_merged(session: Session, ids: Collection[uuid.UUID]) -> int:
    """Close again those of these vacancies that a person merged into another one and a file brought back."""
    closed = [vacancy_id for part in _parts(sorted(ids)) for vacancy_id in merged_into(session, part)]
    for part in _parts(closed):
        again = sa.update(Vacancy).where(col(Vacancy.id).in_(part))
        session.execute(again.values(status=VacancyStatus.CLOSED.value, held_reason=None))
    return len(closed)


def decide_offers(
    session: Session, act_id: uuid.UUID, ours: Iterable[Key], theirs: Sequence[Key], *, same: bool
) -> None:
    """Write down, between each of our offers and each of theirs, that they are one vacancy or two.

    The first of theirs is the one whose vacancy is meant; it is written last, so that it is the newest.
    """
    for one in ours:
        for other in reversed(theirs):
            if one != other:
                row = OfferDecision(
                    act_id=act_id, same=same, source=one.source, ref=one.ref, other_source=other.source,
                    other_ref=other.ref,
                )  # fmt: skip
                session.add(row)
                # One by one: the order is what tells the newest.
                session.flush()


def _rows(session: Session, keys: Collection[Key]) -> Iterator[OfferDecision]:
    """The decisions that name one of these offers on either side, the oldest first."""
    if not keys or not _any_decision(session):
        return
    found: dict[int, OfferDecision] = {}
    first = sa.tuple_(col(OfferDecision.source), col(OfferDecision.ref))
    second = sa.tuple_(col(OfferDecision.other_source), col(OfferDecision.other_ref))
    for part in _parts(sorted(keys)):
        query = select(OfferDecision).where(sa.or_(first.in_(part), second.in_(part)))
        found |= {row.sequence or 0: row for row in session.exec(query)}
    yield from (found[number] for number in sorted(found))


def _any_decision(session: Session) -> bool:
    return session.exec(select(OfferDecision.sequence).limit(1)).first() is not None


def _newest(session: Session, keys: Collection[Key]) -> dict[tuple[Key, Key], bool]:
    """What holds between these offers and any other: by pair, the smaller key first, whether they are one."""
    newest: dict[tuple[Key, Key], bool] = {}
    for row in _rows(session, keys):
        one, other = Key(row.source, row.ref), Key(row.other_source, row.other_ref)
        newest[min(one, other), max(one, other)] = row.same
    return newest


def _put_into(session: Session, keys: Collection[Key]) -> dict[Key, Key]:
    """Into whose vacancy each of these offers was put last, as far as nobody parted the two again."""
    put: dict[Key, Key] = {}
    for row in _rows(session, keys):
        one, other = Key(row.source, row.ref), Key(row.other_source, row.other_ref)
        if row.same and one in keys:
            put[one] = other
        elif not row.same:
            for ours, theirs in ((one, other), (other, one)):
                if put.get(ours) == theirs:
                    del put[ours]
    return put


def _end(target: Mapping[Key, Key], key: Key) -> Key:
    seen = {key}
    while (following := target.get(key)) and following not in seen:
        seen.add(following)
        key = following
    return key


def _homes(session: Session, keys: Collection[Key]) -> dict[Key, uuid.UUID]:
    """The vacancies whose text is that of these offers."""
    return _by_key(session, Vacancy, Vacancy.id, keys)


def _holders(session: Session, keys: Collection[Key]) -> dict[Key, uuid.UUID]:
    """The vacancies that these offers are origins of."""
    return _by_key(session, OfferOrigin, OfferOrigin.offer_id, keys)


def _by_key(
    session: Session, table: type[Vacancy] | type[OfferOrigin], wanted: object, keys: Collection[Key]
) -> dict[Key, uuid.UUID]:
    found: dict[Key, uuid.UUID] = {}
    for part in _parts(sorted(keys)):
        query = pick(table.source, table.ref, wanted).where(sa.tuple_(col(table.source), col(table.ref)).in_(part))
        if table is OfferOrigin:
            there = sa.exists().where(col(Vacancy.id) == col(OfferOrigin.offer_id))
            query = query.where(col(OfferOrigin.kind) == "vacancy", there)
        found |= {Key(row[0], row[1]): row[2] for row in session.execute(query)}
    return found


def _parts(items: Sequence[T]) -> Iterator[list[T]]:
    for at in range(0, len(items), _BATCH):
        yield list(items[at : at + _BATCH])
