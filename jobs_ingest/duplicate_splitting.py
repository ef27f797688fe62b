"""An offer taken out of a vacancy, and decisions undone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.duplicate_merging import CHANGED, Hand, locked, merge_now, pair_of, settle, written
from jobs_ingest.duplicate_review import Key, decide_offers, keys_of
from jobs_ingest.duplicates_models import ActKind, DuplicateAct, OfferDecision
from jobs_ingest.flags import look_at
from jobs_ingest.models import OfferOrigin, SourceVisit, Vacancy, VacancyStatus
from jobs_ingest.offer_remaking import RemadeVacancies, fields_again
from jobs_ingest.sources.config import SourceConfig
from profiling.coding import Coder
from profiling.errors import Conflict, NotFound
from profiling.models import ImportRun


@dataclass(frozen=True)
class Sources:
    """What is needed to make an offer again: the coder, and how the sources are configured."""

    coder: Coder
    configs: Mapping[str, SourceConfig] = field(default_factory=dict)


def split(
    session: Session, vacancy_id: uuid.UUID, origin_id: uuid.UUID, hand: Hand, sources: Sources
) -> DuplicateAct:
    """Give an origin a vacancy of its own again, made from what its source gave.

    Where that was cut, or its source is configured otherwise by now, the next run makes it: then the act names no
    other vacancy. Raises NotFound, and Conflict when the origin has moved or is the one whose text is shown.
    """
    (vacancy,) = locked(session, vacancy_id)
    query = select(OfferOrigin).where(OfferOrigin.id == origin_id, OfferOrigin.kind == "vacancy")
    origin = session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
    if origin is None:
        raise NotFound("There is no such source of this vacancy.")
    if origin.offer_id != vacancy.id:
        raise Conflict(CHANGED)
    key = Key(origin.source, origin.ref)
    if key == Key(vacancy.source, vacancy.ref):
        raise Conflict("What is shown here is the text of this source. Take the other ones out instead.")
    others = [one for one in keys_of(session, [vacancy.id])[vacancy.id] if one != key]
    act = DuplicateAct(
        kind=ActKind.SPLIT.value, kept_id=vacancy.id, moved=[str(origin.id)], content_hash=origin.content_hash,
        note=hand.note or None, done_by=hand.by, done_at=hand.at,
    )  # fmt: skip
    session.add(act)
    session.flush()
    decide_offers(session, act.id, [key], others, same=False)
    made = _own_vacancy(session, origin, hand, sources)
    if made is None:
        _left_to_the_next_run(session, origin)
    else:
        act.other_id, origin.offer_id = made, made
        session.add(origin)
        session.add(act)
    written(session)
    return act


def _own_vacancy(session: Session, origin: OfferOrigin, hand: Hand, sources: Sources) -> uuid.UUID | None:
    """The vacancy with an origin's own text, made or opened again; None when it cannot be made now."""
    config = sources.configs.get(origin.source)
    fields = fields_again(origin, config, sources.coder) if config else None
    if fields is not None:
        if origin.expired_at is not None:
            fields["status"] = VacancyStatus.CLOSED.value
        importer = RemadeVacancies(origin.source, sources.coder)
        run = ImportRun(kind=importer.kind, source=origin.source, file_name="", started_at=hand.at)
        importer.store(session, [(1, fields)], run)
    query = select(Vacancy).where(Vacancy.source == origin.source, Vacancy.ref == origin.ref)
    own = session.exec(query.execution_options(populate_existing=True)).first()
    if own is None:
        return None
    before = _status_before(session, own.id)
    if own.status == VacancyStatus.CLOSED and not (origin.expired_at and before == VacancyStatus.OPEN):
        _open_again(session, own, before, hand, sources.coder)
    return own.id


def _status_before(session: Session, vacancy_id: uuid.UUID) -> str:
    """What a vacancy was before it was closed as a duplicate; open where it never was."""
    query = select(DuplicateAct.status_before).where(
        DuplicateAct.other_id == vacancy_id, DuplicateAct.kind == ActKind.MERGE.value
    )
    return session.exec(query.order_by(col(DuplicateAct.done_at).desc())).first() or VacancyStatus.OPEN.value


def _left_to_the_next_run(session: Session, origin: OfferOrigin) -> None:
    """Let the next run take the offer for a new one, and read the address anew at which it stands."""
    origin.offer_id, origin.content_hash = uuid.uuid4(), ""
    session.add(origin)
    there = col(SourceVisit.source) == origin.source
    if origin.address:
        there &= col(SourceVisit.address) == origin.address
    session.execute(sa.delete(SourceVisit).where(there))


def _open_again(session: Session, vacancy: Vacancy, status: str, hand: Hand, coder: Coder) -> None:
    """Give a vacancy back its status; the safeguards look at it before anybody sees it."""
    vacancy.status, vacancy.updated_at = status, hand.at
    session.add(vacancy)
    session.flush()
    look_at(session, coder.taxonomy, [vacancy.id], from_source=status == VacancyStatus.OPEN)
    session.refresh(vacancy)


# --- back -----------------------------------------------------------------------------------------


def undo(session: Session, act_id: uuid.UUID, hand: Hand, sources: Sources) -> DuplicateAct:
    """Undo what was decided. A split is undone by making the two one again, which can be undone itself.

    Raises NotFound, and Conflict when it is undone already or what came later must be undone first.
    """
    query = select(DuplicateAct).where(DuplicateAct.id == act_id)
    act = session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
    if act is None:
        raise NotFound("There is no such decision.")
    ids = [one for one in (act.kept_id, act.other_id) if one]
    found = locked(session, *ids)
    if act.undone_at is not None:
        raise Conflict("This was undone already.")
    if _later(session, act):
        raise Conflict("Something was decided about these vacancies after it. Undo that first.")
    act.undone_at, act.undone_by = hand.at, hand.by
    session.add(act)
    if act.kind == ActKind.SPLIT:
        _undo_split(session, act, found[0], hand)
    else:
        _forget_decisions(session, act)
        settle(session, pair_of(session, act.kept_id, act.other_id), None, hand)
    if act.kind == ActKind.MERGE:
        _move_back(session, act, found[1], hand, sources.coder)
    written(session)
    return act


def _move_back(session: Session, act: DuplicateAct, other: Vacancy, hand: Hand, coder: Coder) -> None:
    back = sa.and_(
        col(OfferOrigin.id).in_([uuid.UUID(one) for one in act.moved]), col(OfferOrigin.offer_id) == act.kept_id
    )
    session.execute(sa.update(OfferOrigin).where(back).values(offer_id=other.id))
    status = act.status_before or VacancyStatus.OPEN.value
    shown = [
        one is None for one in session.exec(select(OfferOrigin.expired_at).where(OfferOrigin.offer_id == other.id))
    ]
    if status == VacancyStatus.OPEN and shown and not any(shown):
        # No source offers it any more.
        return
    _open_again(session, other, status, hand, coder)


def _undo_split(session: Session, act: DuplicateAct, kept: Vacancy, hand: Hand) -> None:
    origin = session.get(OfferOrigin, uuid.UUID(act.moved[0]), with_for_update=True)
    key = Key(origin.source, origin.ref) if origin else None
    own = session.exec(select(Vacancy).where(Vacancy.id == origin.offer_id)).first() if origin else None
    if own is not None and Key(own.source, own.ref) == key:
        if own.employer_id is not None:
            raise Conflict("The vacancy is in an employer's own hands by now; it stays.")
        merge_now(session, kept, own, hand)
        return
    _forget_decisions(session, act)
    if origin is not None:
        if own is None:
            origin.content_hash = act.content_hash or ""
        origin.offer_id = kept.id
        session.add(origin)


def _forget_decisions(session: Session, act: DuplicateAct) -> None:
    session.execute(sa.delete(OfferDecision).where(col(OfferDecision.act_id) == act.id))


def _later(session: Session, act: DuplicateAct) -> bool:
    """Whether an act that stands was built on this one."""
    number = sa.func.min(OfferDecision.sequence)
    mine = session.exec(select(number).where(OfferDecision.act_id == act.id)).one() or 0
    after = (
        select(OfferDecision.act_id).group_by(col(OfferDecision.act_id)).having(number > mine)
    )  # fmt: skip
    touched = [act.kept_id, *([act.other_id] if act.other_id else [])]
    query = select(DuplicateAct).where(
        col(DuplicateAct.id).in_(after), col(DuplicateAct.undone_at).is_(None),
        col(DuplicateAct.kind) != ActKind.APART.value,
        sa.or_(col(DuplicateAct.kept_id).in_(touched), col(DuplicateAct.other_id).in_(touched)),
    )  # fmt: skip
    for later in session.exec(query):
        on_other = act.other_id is not None and act.other_id in (later.kept_id, later.other_id)
        if on_other or later.other_id == act.kept_id or set(later.moved) & set(act.moved):
            return True
    return False
