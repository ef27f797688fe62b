"""Queries on protection notes: what a person said in confidence. Sealed; notes are only ever added."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlmodel import Session, col, select

from profiling.access import Principal, visible_returnees
from profiling.errors import InputError
from profiling.identity import Note, ProtectionNote, place
from profiling.models import Returnee
from profiling.vault import vault_of

LONGEST_NOTE = 10_000
_TEXT = place(ProtectionNote, "text")


def notes_of(session: Session, principal: Principal, returnee_id: uuid.UUID) -> list[Note]:
    """The notes of one person, oldest first; none for a foreign id."""
    rows = session.exec(
        select(ProtectionNote)
        .join(Returnee, col(Returnee.id) == ProtectionNote.returnee_id)
        .where(visible_returnees(principal), ProtectionNote.returnee_id == returnee_id)
        .order_by(col(ProtectionNote.written_at), col(ProtectionNote.id))
    )
    vault = vault_of(session)
    return [Note(row.id, row.author_id, row.written_at, vault.open(row.text, _TEXT, returnee_id)) for row in rows]


def write_note(
    session: Session, returnee_id: uuid.UUID, text: str, author_id: uuid.UUID | None, now: datetime
) -> Note:
    """Add a note, sealed. Raises InputError for an empty or endless one. The caller has decided who may."""
    text = text.strip()
    if not text:
        raise InputError("text: write what was said.")
    if len(text) > LONGEST_NOTE:
        raise InputError(f"text: a note has at most {LONGEST_NOTE} characters; write two.")
    sealed = vault_of(session).seal(text, _TEXT, returnee_id)
    row = ProtectionNote(returnee_id=returnee_id, author_id=author_id, text=sealed, written_at=now)
    session.add(row)
    session.flush()
    return Note(row.id, row.author_id, row.written_at, text)
