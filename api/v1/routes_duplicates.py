"""Vacancies that may be one: pairs to compare, decisions, the origins of a vacancy, and back."""

from __future__ import annotations

import uuid
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.duplicate_answers import PairLine
from api.duplicates import Duplicates
from api.policy import Action
from api.v1.cursors import Key, Listed, Paged, listed
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.idempotency import IdempotencyHeader, Made, once
from api.v1.schemas_duplicates import ActOut, AnswerIn, NoteIn, OffersOut, PairFileOut, PairIn, PairOut

router = APIRouter(route_class=GuardedRoute)
_TAGS: list[str | Enum] = ["vacancies"]
_Read = Annotated[Caller, Depends(Allows(Action.VACANCY_READ, Action.VACANCY_REVIEW))]
_Review = Annotated[Caller, Depends(Allows(Action.VACANCY_REVIEW))]


@router.get("/duplicates", tags=_TAGS)
def list_pairs(caller: _Read, page: Paged) -> Listed[PairOut]:
    """The pairs of vacancies that a person should compare, the likeliest first, those that were put off last."""

    def key(line: PairLine) -> Key:
        return int(line.put_off_at is not None), round((1 - line.likeness) * 1_000_000), str(line.id)

    return listed(caller, page, caller.desk(Duplicates).all_pairs(), key, PairOut.of)


@router.post("/duplicates", tags=_TAGS, status_code=201, response_model=PairFileOut)
def ask_about_pair(sent: PairIn, request: Request, key: IdempotencyHeader, caller: _Review) -> Response:
    """Compare two vacancies; a pair that stands already is compared anew."""

    def work() -> Made:
        desk = caller.desk(Duplicates)
        return Made(PairFileOut.of(desk.pair(desk.compare(sent.vacancy_id, str(sent.with_id)))))

    return once(caller, request, key, sent, work)


@router.get("/duplicates/{pair_id}", tags=_TAGS)
def read_pair(pair_id: uuid.UUID, caller: _Read) -> PairFileOut:
    """Two vacancies side by side, with what agrees and what differs."""
    return PairFileOut.of(caller.desk(Duplicates).pair(pair_id))


@router.post("/duplicates/{pair_id}/decision", tags=_TAGS, response_model=PairFileOut)
def decide_pair(
    pair_id: uuid.UUID, sent: AnswerIn, request: Request, key: IdempotencyHeader, caller: _Review
) -> Response:
    """Say that two vacancies are one, or two, or put it off. It lasts through every further run."""

    def work() -> Made:
        return Made(PairFileOut.of(caller.desk(Duplicates).decide(pair_id, sent.answer, sent.note, sent.seen)))

    return once(caller, request, key, sent, work, status=200)


@router.get("/vacancies/{vacancy_id}/origins", tags=_TAGS)
def list_origins(vacancy_id: uuid.UUID, caller: _Read) -> OffersOut:
    """The sources that offer a vacancy, and the decisions about it that stand, newest first."""
    return OffersOut.of(caller.desk(Duplicates).offers(vacancy_id))


@router.post("/vacancies/{vacancy_id}/origins/{origin_id}/split", tags=_TAGS, response_model=ActOut)
def split_origin(
    vacancy_id: uuid.UUID, origin_id: uuid.UUID, sent: NoteIn, request: Request, key: IdempotencyHeader,
    caller: _Review,
) -> Response:  # fmt: skip
    """Take what one source offers out of a vacancy, as another vacancy."""

    def work() -> Made:
        return Made(ActOut.of(caller.desk(Duplicates).split(vacancy_id, origin_id, sent.note)))

    return once(caller, request, key, sent, work, status=200)


@router.post("/duplicates/decisions/{act_id}/undo", tags=_TAGS, response_model=ActOut)
def undo_decision(act_id: uuid.UUID, request: Request, key: IdempotencyHeader, caller: _Review) -> Response:
    """Undo a decision; what was decided later about the same vacancies must be undone first."""

    def work() -> Made:
        return Made(ActOut.of(caller.desk(Duplicates).undo(act_id)))

    return once(caller, request, key, None, work, status=200)
