"""Keeping the vectors of the database up to date: only texts that changed are embedded again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from jobs_ingest.models import Course, Vacancy
from matching.documents import (
    RULES,
    course_document,
    latin_part,
    person_document,
    text_hash,
    vacancy_document,
)
from matching.embeddings import Embedder, Progress, Vectors, no_progress
from matching.models import DocumentVector
from profiling.access import Principal
from profiling.matching_view import matchable_returnees, matching_profiles, scrubbed_accounts
from profiling.models import Returnee
from profiling.queries import pick
from profiling.taxonomy import Taxonomy

OpenSession = Callable[[], AbstractContextManager[Session]]
KINDS = ("returnee", "vacancy", "course")
_OWNERS = {"returnee": Returnee, "vacancy": Vacancy, "course": Course}
_BATCH = 1024


@dataclass(frozen=True)
class Refreshed:
    """What a refresh of one kind did."""

    kind: str
    embedded: int
    kept: int
    removed: int


def unpack(vector: bytes) -> Vectors:
    """A stored vector as float32, shape (dimensions,)."""
    return np.frombuffer(vector, dtype="<f4")


def owner_version(content_hash: str, coding: str) -> str:
    """What a document depends on: the owner's content, its coding and the rules of documents."""
    return f"{content_hash}/{coding}/{RULES}"


def refresh_vectors(
    open_session: OpenSession,
    kind: str,
    embedder: Embedder,
    taxonomy: Taxonomy,
    principal: Principal,
    now: datetime,
    *,
    begin: Callable[[str, int], None] = lambda kind, total: None,
    progress: Progress = no_progress,
) -> Refreshed:
    """Embed what is new or changed of one kind; each batch is committed, so that a kill loses little.

    People are embedded only while they agree to matching; the vector of one who withdrew, or of an
    owner that is gone, is removed.
    """
    with open_session() as session:
        wanted = _wanted(session, kind, principal, now)
        held = {
            row.owner_id: (row.owner_version, row.text_hash)
            for row in session.execute(
                pick(DocumentVector.owner_id, DocumentVector.owner_version, DocumentVector.text_hash).where(
                    col(DocumentVector.owner_kind) == kind, col(DocumentVector.model) == embedder.model
                )
            )
        }
        gone = [owner for owner in held if owner not in wanted]
        for some in _batched(gone):
            session.execute(
                sa.delete(DocumentVector).where(
                    col(DocumentVector.owner_kind) == kind, col(DocumentVector.owner_id).in_(some)
                )
            )
        session.commit()
    stale = [owner for owner, version in wanted.items() if held.get(owner, ("", ""))[0] != version]
    begin(kind, len(stale))
    embedded = 0
    for some in _batched(stale):
        with open_session() as session:
            embedded += _embed_batch(
                session, kind, some, wanted, held, embedder, taxonomy, principal, now, progress
            )
            session.commit()
    return Refreshed(kind, embedded, len(wanted) - embedded, len(gone))


def _batched(ids: Sequence[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    rest = iter(ids)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _wanted(session: Session, kind: str, principal: Principal, now: datetime) -> dict[uuid.UUID, str]:
    table = _OWNERS[kind]
    query = pick(table.id, table.content_hash, table.coding)  # type: ignore[attr-defined]
    rows = {row[0]: owner_version(row[1], row[2]) for row in session.execute(query)}
    if kind == "returnee":
        allowed = set(matchable_returnees(session, principal, now))
        return {owner: version for owner, version in rows.items() if owner in allowed}
    return rows


def _documents(
    session: Session, kind: str, ids: list[uuid.UUID], taxonomy: Taxonomy, principal: Principal, now: datetime
) -> dict[uuid.UUID, str]:
    if kind == "returnee":
        accounts = scrubbed_accounts(session, ids)
        profiles = matching_profiles(session, principal, ids, taxonomy, now)
        return {owner: person_document(p, accounts.get(owner, ()), taxonomy) for owner, p in profiles.items()}
    if kind == "vacancy":
        vacancies = session.scalars(sa.select(Vacancy).where(col(Vacancy.id).in_(ids)))
        return {vacancy.id: vacancy_document(vacancy, taxonomy) for vacancy in vacancies}
    courses = session.scalars(sa.select(Course).where(col(Course.id).in_(ids)))
    return {course.id: course_document(course, taxonomy) for course in courses}


def _embed_batch(
    session: Session,
    kind: str,
    ids: list[uuid.UUID],
    wanted: dict[uuid.UUID, str],
    held: dict[uuid.UUID, tuple[str, str]],
    embedder: Embedder,
    taxonomy: Taxonomy,
    principal: Principal,
    now: datetime,
    progress: Progress,
) -> int:
    texts = _documents(session, kind, ids, taxonomy, principal, now)
    if embedder.latin_only:
        texts = {owner: latin_part(text) for owner, text in texts.items()}
    hashes = {owner: text_hash(text) for owner, text in texts.items()}
    same = [owner for owner in texts if held.get(owner, ("", ""))[1] == hashes[owner]]
    for owner in same:
        session.execute(
            sa.update(DocumentVector)
            .where(col(DocumentVector.owner_kind) == kind, col(DocumentVector.owner_id) == owner)
            .where(col(DocumentVector.model) == embedder.model)
            .values(owner_version=wanted[owner])
        )
    progress(len(same))
    changed = [owner for owner in texts if owner not in set(same)]
    # Equal texts (thousands of postings share a title) are embedded once.
    distinct = {hashes[owner]: texts[owner] for owner in changed if texts[owner]}
    vectors = dict(zip(distinct, embedder.encode(list(distinct.values())), strict=True))
    # A text with nothing to read gets the zero vector: it is like nothing, and no feature speaks of it.
    vectors[text_hash("")] = np.zeros(embedder.dimensions, dtype=np.float32)
    session.execute(
        sa.delete(DocumentVector).where(
            col(DocumentVector.owner_kind) == kind, col(DocumentVector.owner_id).in_(changed)
        )
    )
    rows = [
        {
            "owner_kind": kind, "owner_id": owner, "model": embedder.model, "owner_version": wanted[owner],
            "text_hash": hashes[owner], "dimensions": embedder.dimensions,
            "vector": vectors[hashes[owner]].astype("<f4").tobytes(),
        }
        for owner in changed
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(DocumentVector), rows)
    progress(len(changed))
    return len(distinct)


_PERSON_VECTOR = (
    pick(DocumentVector.vector, DocumentVector.owner_version, Returnee.content_hash, Returnee.coding)
    .join(Returnee, col(Returnee.id) == DocumentVector.owner_id)
    .where(col(DocumentVector.owner_kind) == "returnee", col(DocumentVector.owner_id) == sa.bindparam("owner"))
    .where(col(DocumentVector.model) == sa.bindparam("model"))
)


def person_vector(
    session: Session, profile_id: uuid.UUID, embedder: Embedder, document: Callable[[], str]
) -> Vectors:
    """A person's stored vector if it is of their present record, else a fresh one (not stored)."""
    row = session.execute(_PERSON_VECTOR, {"owner": profile_id, "model": embedder.model}).first()
    if row is not None and row[1] == owner_version(row[2], row[3]):
        return unpack(row[0])
    text = latin_part(document()) if embedder.latin_only else document()
    return embedder.encode([text])[0] if text else np.zeros(embedder.dimensions, dtype=np.float32)
