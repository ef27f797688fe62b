"""The safeguards on stored vacancies: what was found, what it makes of a vacancy, and what a person decided.

A vacancy that its source has open is held while a flag of severity *hold* stands, and open again when none does. A
flag stands until a person says that it is harmless. Only the vacancy is looked at, and nobody who might want it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, col, select

from jobs_ingest.flag_carrying import NewFlag, carried
from jobs_ingest.flag_finding import COLUMNS, find_flags, key_of, rules_version
from jobs_ingest.flags_models import Decision, VacancyCheck, VacancyFlag
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.safeguards import Kind, Severity, wording
from profiling.errors import Conflict, InputError, NotFound
from profiling.models import Centre, now_utc
from profiling.queries import pick
from profiling.repository import bump_revision
from profiling.taxonomy import Taxonomy

_BATCH = 500


# --- keeping --------------------------------------------------------------------------------------


def look_at(session: Session, taxonomy: Taxonomy, ids: Sequence[uuid.UUID], *, from_source: bool = False) -> int:
    """Look at stored vacancies, keep what is found and hold or open them; returns how many changed their status.

    What a person decided stays for the same words; for what is missing it stays while employer and country do.
    ``from_source``: their status was written from the source just now. Otherwise a vacancy that is held may be
    held by its source, and then it stays so.
    """
    homes = _homes(session)
    changed = 0
    for at in range(0, len(ids), _BATCH):
        changed += _look_at_some(session, taxonomy, homes, ids[at : at + _BATCH], from_source=from_source)
    return changed


def look_again(session: Session, taxonomy: Taxonomy, limit: int) -> int:
    """Look at up to ``limit`` vacancies that were not looked at with the present rules; returns how many."""
    known = select(VacancyCheck.vacancy_id).where(VacancyCheck.rules == rules_version(_homes(session)))
    ids = session.exec(
        select(Vacancy.id).where(col(Vacancy.id).not_in(known)).limit(limit).with_for_update(skip_locked=True)
    ).all()
    look_at(session, taxonomy, ids)
    return len(ids)


def _homes(session: Session) -> frozenset[str]:
    """The countries of the centres: where the people are to whom vacancies are shown."""
    return frozenset(session.exec(select(Centre.country).distinct()))


def _look_at_some(
    session: Session, taxonomy: Taxonomy, homes: Collection[str], ids: Sequence[uuid.UUID], *, from_source: bool
) -> int:
    columns = (getattr(Vacancy, name) for name in (*COLUMNS, "status", "held_reason"))
    rows = session.execute(pick(*columns).where(col(Vacancy.id).in_(ids)))
    query = select(VacancyCheck).where(col(VacancyCheck.vacancy_id).in_(ids))
    checks = {held.vacancy_id: held for held in session.exec(query)}
    before = flags_of(session, checks)
    checked: list[dict[str, object]] = []
    added: list[dict[str, object]] = []
    rules, now = rules_version(homes), now_utc()
    written: list[dict[str, object]] = []
    changed = 0
    for row in rows.all():
        held, about = checks.get(row.id), _about(row.employer, row.country)
        old = before.get(row.id, [])
        flags, new = carried(find_flags(row, taxonomy, homes), old, same=held is None or held.about == about)
        added += [flag.row(row.id, now) for flag in new]
        flags += _gone(session, old, flags, withdrawn=held is not None and held.made == VacancyStatus.WITHDRAWN)
        result = _settled(row.status, held.made if held else None, [*flags, *new], from_source=from_source)
        values = {"rules": rules, "about": about, "made": result.made}
        if held is None:
            checked.append({"vacancy_id": row.id, **values})
        else:
            held.sqlmodel_update(values)
            session.add(held)
        if values_now := _to_write(row, result):
            written.append(values_now)
            changed += result.status != row.status
    session.flush()
    _write(session, written)
    for table, new_rows in ((VacancyCheck, checked), (VacancyFlag, added)):
        if new_rows:
            session.connection().execute(sa.insert(table.__table__), new_rows)  # type: ignore[union-attr]
    return changed


def _gone(
    session: Session, old: Sequence[VacancyFlag], kept: Sequence[VacancyFlag], *, withdrawn: bool
) -> list[VacancyFlag]:
    """Forget the flags whose words are gone, but for those for which a person withdrew the vacancy: they stay.

    Else another wording would bring back what a reviewer took out.
    """
    found = {flag.id for flag in kept}
    staying: list[VacancyFlag] = []
    for flag in old:
        if flag.id in found:
            continue
        if withdrawn and flag.decision == Decision.CONFIRMED:
            flag.start = flag.end = 0
            staying.append(flag)
        else:
            session.delete(flag)
    return staying


def flags_of(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[VacancyFlag]]:
    """The flags of several vacancies, worst first and then in the order of the text."""
    query = select(VacancyFlag).where(col(VacancyFlag.vacancy_id).in_(list(ids)))
    found: dict[uuid.UUID, list[VacancyFlag]] = defaultdict(list)
    for flag in session.exec(
        query.order_by(col(VacancyFlag.severity), col(VacancyFlag.start), col(VacancyFlag.id))
    ):
        found[flag.vacancy_id].append(flag)
    return found


def stands(flag: VacancyFlag | NewFlag) -> bool:
    """Whether a flag counts: nobody has said that it is harmless."""
    return flag.decision != Decision.HARMLESS


# --- what it makes of a vacancy -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status of a vacancy, why it is held, and whether safeguards or a reviewer ``made`` the status."""

    status: str
    reason: str | None
    made: str | None


def _settled(
    status: str, made: str | None, flags: Sequence[VacancyFlag | NewFlag], *, from_source: bool
) -> Outcome:
    is_open = status == VacancyStatus.OPEN or (not from_source and made is not None and status == made)
    if not is_open:
        return Outcome(status, None, None)
    if made == VacancyStatus.WITHDRAWN and any(flag.decision == Decision.CONFIRMED for flag in flags):
        return Outcome(VacancyStatus.WITHDRAWN.value, None, VacancyStatus.WITHDRAWN.value)
    if holding := [flag for flag in flags if flag.severity == Severity.HOLD and stands(flag)]:
        return Outcome(VacancyStatus.HELD.value, held_reason(holding), VacancyStatus.HELD.value)
    return Outcome(VacancyStatus.OPEN.value, None, None)


def held_reason(holding: Iterable[VacancyFlag | NewFlag]) -> str:
    """Why a vacancy is held, in plain words: each kind of flag once."""
    kinds = dict.fromkeys(Kind(flag.kind) for flag in holding)
    return "; ".join(wording()[kind].name for kind in kinds)


def _to_write(row: sa.Row[Any], result: Outcome) -> dict[str, object] | None:
    """What came out for a vacancy, if it is new."""
    ours = result.made is not None or result.status != row.status
    if not ours or (result.status, result.reason) == (row.status, row.held_reason):
        return None
    return {"its_id": row.id, "status": result.status, "held_reason": result.reason, "updated_at": now_utc()}


def _write(session: Session, results: Sequence[dict[str, object]]) -> None:
    """Write all of it at once, and let what the session holds of these vacancies be read again."""
    if not results:
        return
    table = Vacancy.__table__  # type: ignore[attr-defined]
    names = [name for name in results[0] if name != "its_id"]
    values: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(name) for name in names}
    session.connection().execute(
        sa.update(table).where(table.c.id == sa.bindparam("its_id")).values(**values), results
    )
    for one in results:
        if held := session.identity_map.get(identity_key(Vacancy, one["its_id"])):
            session.expire(held, names)


def _about(employer: str | None, country: str | None) -> str:
    said = f"{' '.join((employer or '').casefold().split())}|{country or ''}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


# --- deciding -------------------------------------------------------------------------------------


def decide(
    session: Session, vacancy_id: uuid.UUID, flag_id: uuid.UUID, decision: Decision, note: str, *,
    by: uuid.UUID | None, now: datetime, withdraw: bool = False,
) -> VacancyFlag:  # fmt: skip
    """A person decides about a flag, and about every other of the same kind and words in the vacancy.

    A harmless one needs a note. With the last hold gone a vacancy is open again; a confirmed one stays held, or
    with ``withdraw`` is withdrawn. Deciding again undoes. Raises NotFound, InputError.
    """
    flags = flags_of(session, [vacancy_id]).get(vacancy_id, [])
    chosen = next((flag for flag in flags if flag.id == flag_id), None)
    if chosen is None:
        raise NotFound("There is no such mark on this vacancy. Its text may have changed: open the page again.")
    if decision is Decision.HARMLESS and not note:
        raise InputError("Say in a few words why it is harmless.")
    key = key_of(chosen.kind, chosen.field, chosen.words)
    for flag in flags:
        if key_of(flag.kind, flag.field, flag.words) == key:
            flag.decision, flag.note = decision.value, note or None
            flag.decided_at, flag.decided_by = now, by
            session.add(flag)
    _apply(session, vacancy_id, flags, decision, withdraw=withdraw)
    return chosen


def _apply(
    session: Session, vacancy_id: uuid.UUID, flags: Sequence[VacancyFlag], decision: Decision, *, withdraw: bool
) -> None:
    """Write what a decision makes of the vacancy."""
    held = session.get_one(VacancyCheck, vacancy_id)
    columns = pick(Vacancy.id, Vacancy.status, Vacancy.held_reason).where(col(Vacancy.id) == vacancy_id)
    row = session.execute(columns).one()
    ours = row.status in (VacancyStatus.OPEN, held.made)
    if withdraw and not ours:
        raise Conflict("Only a vacancy that is open, or held because of its marks, can be withdrawn here.")
    if withdraw:
        made = VacancyStatus.WITHDRAWN.value
        result = Outcome(made, None, made)
    else:
        made_before = None if decision is Decision.CONFIRMED else held.made
        status = VacancyStatus.OPEN.value if ours else row.status
        result = _settled(status, made_before, flags, from_source=True)
    held.made = result.made
    session.add(held)
    now_written = _to_write(row, result)
    _write(session, [now_written] if now_written else [])
    if now_written and result.status != row.status:
        bump_revision(session, "market")
    session.flush()
