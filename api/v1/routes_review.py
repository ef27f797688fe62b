"""What counsellors and heads see and set around vacancies: marks, status, misread values, and the sources."""

from __future__ import annotations

import uuid
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.casework import Casework
from api.life import LifeDesk
from api.policy import Action
from api.review import Mark, Review, marks_of
from api.sources import SourceDesk
from api.v1.cursors import Key, Listed, Paged, listed
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.idempotency import IdempotencyHeader, Made, once
from api.v1.routes_market import marked_out
from api.v1.schemas_life import LifeIn, ReadingIn
from api.v1.schemas_market import VacancyOut
from api.v1.schemas_marks import DecisionIn, ReviewMarkOut
from api.v1.schemas_sources import SourceOut

router = APIRouter(route_class=GuardedRoute)
_VACANCIES: list[str | Enum] = ["vacancies"]
_Review = Annotated[Caller, Depends(Allows(Action.VACANCY_REVIEW))]


@router.get("/vacancies/{vacancy_id}/marks", tags=_VACANCIES)
def list_marks(
    vacancy_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.VACANCY_READ))], page: Paged
) -> Listed[ReviewMarkOut]:
    """What a vacancy is marked for; for reviewers also what was judged harmless, and who decided."""
    found = caller.desk(Casework).vacancy(vacancy_id).vacancy
    review = Review(caller.application, caller.whole)
    if review.may(Action.VACANCY_REVIEW):
        marks = review.all_marks(found.id)
    else:
        marks = marks_of(caller.application, [found.id]).get(found.id, [])

    def key(mark: Mark) -> Key:
        return int(not mark.holds), mark.start, str(mark.id)

    return listed(caller, page, marks, key, lambda mark: ReviewMarkOut.of(found.id, mark))


@router.post("/vacancies/{vacancy_id}/marks/{mark_id}/decision", tags=_VACANCIES, response_model=ReviewMarkOut)
def decide_mark(
    vacancy_id: uuid.UUID, mark_id: uuid.UUID, sent: DecisionIn, request: Request, key: IdempotencyHeader,
    caller: _Review,
) -> Response:  # fmt: skip
    """Decide about a mark, and every other of the same words. With the last hold gone the vacancy is open again."""

    def work() -> Made:
        desk = caller.desk(Review)
        desk.decide(vacancy_id, mark_id, sent.answer, sent.note)
        mark = next(mark for mark in desk.all_marks(vacancy_id) if mark.id == mark_id)
        return Made(ReviewMarkOut.of(vacancy_id, mark))

    return once(caller, request, key, sent, work, status=200)


@router.post("/vacancies/{vacancy_id}/status", tags=_VACANCIES, response_model=VacancyOut)
def set_status(
    vacancy_id: uuid.UUID, sent: LifeIn, request: Request, key: IdempotencyHeader, caller: _Review
) -> Response:
    """End a vacancy, open it again, or give an open one another last day; the reason is kept."""

    def work() -> Made:
        last = sent.closes_on.isoformat() if sent.closes_on else ""
        vacancy = caller.desk(LifeDesk).set_status(vacancy_id, sent.status, last, sent.reason)
        return Made(marked_out(caller, [vacancy])[0])

    return once(caller, request, key, sent, work, status=200)


@router.post("/vacancies/{vacancy_id}/readings", tags=_VACANCIES, response_model=VacancyOut)
def correct_reading(
    vacancy_id: uuid.UUID, sent: ReadingIn, request: Request, key: IdempotencyHeader, caller: _Review
) -> Response:
    """Set right a value that was read from the text. It stays until the source says something else there."""

    def work() -> Made:
        vacancy = caller.desk(LifeDesk).correct(vacancy_id, sent.field, sent.value or "", sent.reason)
        return Made(marked_out(caller, [vacancy])[0])

    return once(caller, request, key, sent, work, status=200)


@router.get("/sources", tags=["sources"])
def list_sources(caller: Annotated[Caller, Depends(Allows(Action.SOURCE_READ))], page: Paged) -> Listed[SourceOut]:
    """Where vacancies and courses come from: licence, last run, its counts, when the next one is due, problems."""
    found = caller.desk(SourceDesk).standings()
    return listed(caller, page, found, lambda one: (one.source,), SourceOut.model_validate)
