"""The keys by which near vacancies are found, in the database: asked and written for a batch at a time.

Keys stand for vacancies that are open or held. A run brings them up to date before its first batch: those of what
was closed go, and what came or changed by another way gets new ones.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from jobs_ingest.duplicates.index import LARGEST
from jobs_ingest.duplicates.keys import KEYS_VERSION
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.offer_keys_models import OfferKey, OfferSketch
from jobs_ingest.offer_views import COLUMNS, Post
from profiling.coding import Coder
from profiling.importing import OpenSession
from profiling.queries import pick

#: Vacancies that are worth a comparison.
LIVE = (VacancyStatus.OPEN.value, VacancyStatus.HELD.value)
#: Characters of a content hash that tell whether keys are of the present text.
_CONTENT = 16
#: Keys, numbers or ids of one query, and vacancies that get their keys at once.
_CHUNK, _FILL = 900, 500
#: Candidates of one vacancy that are looked at. One of 308 labelled duplicates shares only place and title.
_MOST = 20
T = TypeVar("T")


class Keyed(NamedTuple):
    """The keys of a vacancy, and the content hash that they were made of."""

    vacancy_id: uuid.UUID
    keys: frozenset[int]
    content_hash: str


def store_keys(session: Session, posts: Sequence[Keyed]) -> None:
    """Write the keys of vacancies in place of those that they had."""
    if not posts:
        return
    forget_keys(session, [post.vacancy_id for post in posts])
    rows = [
        {"vacancy_id": post.vacancy_id, "content": post.content_hash[:_CONTENT], "rules": KEYS_VERSION}
        for post in posts
    ]
    session.execute(sa.insert(OfferSketch), rows)
    numbers: dict[uuid.UUID, int] = {}
    for part in parts([post.vacancy_id for post in posts]):
        query = pick(OfferSketch.vacancy_id, OfferSketch.number).where(col(OfferSketch.vacancy_id).in_(part))
        numbers |= dict(session.execute(query).all())
    # In the order of the index they touch fewest pages.
    keys = sorted((key, numbers[post.vacancy_id]) for post in posts for key in post.keys)
    if keys:
        session.execute(sa.insert(OfferKey), [{"key": key, "number": number} for key, number in keys])


def forget_keys(session: Session, ids: Sequence[uuid.UUID]) -> None:
    """Take the keys of vacancies away."""
    for part in parts(ids):
        session.execute(sa.delete(OfferSketch).where(col(OfferSketch.vacancy_id).in_(part)))


def likeliest(keys: Iterable[int], members: Mapping[int, Sequence[int]]) -> list[int]:
    """At most ``_MOST`` of those that share keys with a vacancy: who shares most, and what fewest others have."""
    shared: dict[int, float] = defaultdict(float)
    for key in keys:
        if found := members.get(key):
            for number in found:
                shared[number] += 1 / len(found)
    if len(shared) <= _MOST:
        return list(shared)
    return [number for _, number in sorted(zip(shared.values(), shared, strict=True), reverse=True)[:_MOST]]


class KeyTable:
    """The table of keys as one run asks it. It remembers which keys tell nothing because too many share them."""

    def __init__(self) -> None:
        self._crowded: set[int] = set()

    def members(self, session: Session, keys: Iterable[int]) -> dict[int, list[int]]:
        """The numbers of the vacancies of each of these keys that at most ``LARGEST`` share."""
        wanted = [key for key in set(keys) if key not in self._crowded]
        shared: list[int] = []
        for part in parts(sorted(wanted)):
            count = sa.func.count()
            query = sa.select(col(OfferKey.key), count).where(col(OfferKey.key).in_(part))
            for key, members in session.execute(query.group_by(col(OfferKey.key))):
                if members <= LARGEST:
                    shared.append(key)
                else:
                    self._crowded.add(key)
        found: dict[int, list[int]] = {}
        for part in parts(shared):
            rows = session.execute(pick(OfferKey.key, OfferKey.number).where(col(OfferKey.key).in_(part)))
            for key, number in rows:
                found.setdefault(key, []).append(number)
        return found


def posts_of(
    session: Session, numbers: Sequence[int], coder: Coder, names: Sequence[str] = COLUMNS
) -> Iterator[tuple[int, uuid.UUID, Post]]:
    """The open and held vacancies of these numbers, some at a time, with these columns."""
    columns = [getattr(Vacancy, name) for name in names]
    for part in parts(numbers, _FILL):
        query = pick(OfferSketch.number, Vacancy.id, *columns).join(
            Vacancy, col(OfferSketch.vacancy_id) == Vacancy.id
        )
        live = query.where(col(OfferSketch.number).in_(part), col(Vacancy.status).in_(LIVE))
        for row in session.execute(live):
            yield row[0], row[1], Post("", dict(zip(names, row[2:], strict=True)), coder)


def refresh_keys(open_session: OpenSession, coder: Coder) -> int:
    """Bring the keys of all vacancies up to date; returns how many got new ones.

    Each batch is a transaction, so that nobody waits long.
    """
    live = col(Vacancy.status).in_(LIVE)
    ended = sa.select(col(Vacancy.id)).where(~live)
    with open_session() as session:
        session.execute(sa.delete(OfferSketch).where(col(OfferSketch.vacancy_id).in_(ended)))
        session.commit()
    stale = sa.or_(
        col(OfferSketch.number).is_(None), col(OfferSketch.rules) != KEYS_VERSION,
        col(OfferSketch.content) != sa.func.substr(col(Vacancy.content_hash), 1, _CONTENT),
    )  # fmt: skip
    query = (
        pick(Vacancy.id)
        .outerjoin(OfferSketch, col(OfferSketch.vacancy_id) == Vacancy.id)
        .where(live, stale)
        .order_by(col(Vacancy.id))
        .limit(_FILL)
    )
    filled = 0
    last: uuid.UUID | None = None
    while True:
        with open_session() as session:
            ids = session.scalars(query if last is None else query.where(col(Vacancy.id) > last)).all()
            if not ids:
                return filled
            _fill(session, ids, coder)
            session.commit()
        filled, last = filled + len(ids), ids[-1]


def _fill(session: Session, ids: Sequence[uuid.UUID], coder: Coder) -> None:
    columns = [getattr(Vacancy, name) for name in COLUMNS]
    query = pick(Vacancy.id, Vacancy.content_hash, *columns).where(col(Vacancy.id).in_(ids))
    made = []
    for row in session.execute(query):
        post = Post(str(row[0]), dict(zip(COLUMNS, row[2:], strict=True)), coder)
        made.append(Keyed(row[0], post.keys, row[1]))
    store_keys(session, made)


def parts(items: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Some of them at a time, as many as a query takes."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
