"""Two vacancies made one, or said to be two. Nothing is lost: the one that is merged is closed and can come back.

What refers to the closed one stays with it: its marks, what people changed in it, its vector. Requests for contact,
agreements and disclosures are about vacancies of employers' own accounts, and such a one is never closed here. Its
origins go to the one that stays, which is offered as long as any of its sources shows it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from jobs_ingest.duplicate_review import decide_offers, keys_of, merged_into, note_doubts, told_reasons
from jobs_ingest.duplicates.values import Reason
from jobs_ingest.duplicates_models import ActKind, DuplicateAct, OfferPair, PairDecision
from jobs_ingest.flags import flags_of, stands
from jobs_ingest.models import OfferOrigin, Vacancy, VacancyStatus
from jobs_ingest.safeguards import Severity
from profiling.errors import Conflict, NotFound
from profiling.repository import bump_revision

CHANGED = "Somebody has changed this meanwhile. Look at it again; nothing was done."
_JUDGED = (VacancyStatus.HELD, VacancyStatus.WITHDRAWN)


@dataclass(frozen=True)
class Hand:
    """Who decides (the account), when, and what they noted."""

    by: uuid.UUID | None
    at: datetime
    note: str = ""


# --- one vacancy ----------------------------------------------------------------------------------


def merge(session: Session, keep_id: uuid.UUID, other_id: uuid.UUID, hand: Hand) -> DuplicateAct:
    """Make two vacancies one: all origins of the other go to the kept one, and the other is closed.

    Raises NotFound, and Conflict when one was merged meanwhile or ``why_not_one`` says why not.
    """
    keep, other = locked(session, keep_id, other_id)
    if merged_into(session, [keep.id, other.id]):
        raise Conflict(CHANGED)
    if reason := why_not_one(session, keep, other):
        raise Conflict(reason)
    return merge_now(session, keep, other, hand)


def kept_of(one: Vacancy, other: Vacancy) -> tuple[Vacancy, Vacancy]:
    """Which of two vacancies stays, and which is closed: one of an employer's account, an open one, the older."""

    def place(vacancy: Vacancy) -> tuple[bool, bool, datetime, uuid.UUID]:
        is_open = vacancy.status == VacancyStatus.OPEN
        return vacancy.employer_id is None, not is_open, vacancy.created_at, vacancy.id

    first, second = sorted((one, other), key=place)
    return first, second


def why_not_one(session: Session, keep: Vacancy, other: Vacancy) -> str | None:
    """Why two vacancies cannot be made one now, as a sentence that says what to do; None when they can."""
    if other.employer_id is not None:
        return "The other vacancy is in an employer's own hands; it stays. Let the employer end it."
    if any(vacancy.status in _JUDGED for vacancy in (keep, other)):
        return "One of the two is held for review or withdrawn. Decide about that first, then come back."
    if other.status == VacancyStatus.OPEN and keep.status != VacancyStatus.OPEN:
        return "Only one of the two is open. Keep that one."
    flags = flags_of(session, [other.id]).get(other.id, [])
    if any(flag.severity == Severity.HOLD and stands(flag) for flag in flags):
        return "What may be a trap is marked in the vacancy that would be closed. Decide about its marks first."
    return None


def merge_now(session: Session, keep: Vacancy, other: Vacancy, hand: Hand) -> DuplicateAct:
    """``merge`` of two locked vacancies, without asking whether they may be one."""
    keys = keys_of(session, [keep.id, other.id])
    origins = _origins(session, other.id)
    pair = pair_of(session, keep.id, other.id)
    act = DuplicateAct(
        kind=ActKind.MERGE.value, kept_id=keep.id, other_id=other.id, pair_id=pair.id if pair else None,
        moved=[str(origin.id) for origin in origins], status_before=other.status, note=hand.note or None,
        done_by=hand.by, done_at=hand.at,
    )  # fmt: skip
    session.add(act)
    session.flush()
    decide_offers(session, act.id, keys[other.id], keys[keep.id], same=True)
    for origin in origins:
        origin.offer_id = keep.id
        session.add(origin)
    other.status, other.held_reason, other.updated_at = VacancyStatus.CLOSED.value, None, hand.at
    session.add(other)
    settle(session, pair, PairDecision.SAME, hand)
    written(session)
    return act


# --- two vacancies --------------------------------------------------------------------------------


def keep_apart(session: Session, one_id: uuid.UUID, other_id: uuid.UUID, hand: Hand) -> DuplicateAct:
    """Write down that two vacancies are two: no run makes them one, nobody is asked again. Raises as ``merge``."""
    one, other = locked(session, one_id, other_id)
    if merged_into(session, [one.id, other.id]):
        raise Conflict(CHANGED)
    keys = keys_of(session, [one.id, other.id])
    pair = pair_of(session, one.id, other.id)
    act = DuplicateAct(
        kind=ActKind.APART.value, kept_id=one.id, other_id=other.id, pair_id=pair.id if pair else None,
        note=hand.note or None, done_by=hand.by, done_at=hand.at,
    )  # fmt: skip
    session.add(act)
    session.flush()
    decide_offers(session, act.id, keys[other.id], keys[one.id], same=False)
    settle(session, pair, PairDecision.DIFFERENT, hand)
    session.flush()
    return act


# --- inner ----------------------------------------------------------------------------------------


def locked(session: Session, *ids: uuid.UUID) -> list[Vacancy]:
    """The vacancies in this order, kept from other writers. Raises NotFound, and Conflict for one beside itself."""
    if len(set(ids)) != len(ids):
        raise Conflict("A vacancy cannot be compared with itself.")
    query = select(Vacancy).where(col(Vacancy.id).in_(ids)).order_by(col(Vacancy.id)).with_for_update()
    found = {row.id: row for row in session.exec(query.execution_options(populate_existing=True))}
    if len(found) != len(ids):
        raise NotFound("There is no such vacancy.")
    return [found[one] for one in ids]


def _origins(session: Session, vacancy_id: uuid.UUID) -> Sequence[OfferOrigin]:
    query = select(OfferOrigin).where(OfferOrigin.kind == "vacancy", OfferOrigin.offer_id == vacancy_id)
    return session.exec(query.order_by(col(OfferOrigin.id)).with_for_update()).all()


def pair_of(session: Session, one: uuid.UUID, other: uuid.UUID | None) -> OfferPair | None:
    """The pair of two vacancies, in whatever order, if somebody was asked about it."""
    if other is None:
        return None
    low, high = min(one, other), max(one, other)
    query = select(OfferPair).where(OfferPair.one_id == low, OfferPair.other_id == high)
    return session.exec(query.execution_options(populate_existing=True)).first()


def settle(session: Session, pair: OfferPair | None, decision: PairDecision | None, hand: Hand) -> None:
    """Write into a pair what was decided; None: it waits again."""
    if pair is None:
        return
    pair.decision = decision.value if decision else None
    pair.decided_by, pair.decided_at = (hand.by, hand.at) if decision else (None, None)
    pair.note = (hand.note or None) if decision else None
    session.add(pair)


def written(session: Session) -> None:
    """Write everything, and tell the index that the market has changed."""
    session.flush()
    bump_revision(session, "market")


def ask_about(
    session: Session, one: Vacancy, other: Vacancy, score: float, reasons: Sequence[Reason], now: datetime
) -> OfferPair:
    """The pair of two vacancies that a person wants to compare, made when nobody was asked about it.

    Raises Conflict for a vacancy beside itself.
    """
    locked(session, one.id, other.id)
    note_doubts(session, [(one.id, other.id, score, tuple(reasons))], now)
    pair = pair_of(session, one.id, other.id)
    if pair is None:
        # Their offers were parted before; whoever asks by hand wants to look at them again.
        low, high = min(one.id, other.id), max(one.id, other.id)
        pair = OfferPair(one_id=low, other_id=high, score=score, found_at=now)
    pair.score, pair.reasons = score, told_reasons(reasons, turned=one.id > other.id)
    session.add(pair)
    session.flush()
    return pair
