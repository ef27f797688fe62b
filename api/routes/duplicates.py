"""Vacancies that may be one: the list of pairs, one pair side by side, what was decided, and back."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import duplicate_wording
from api.answers import standing
from api.duplicates import Duplicates
from api.policy import Action
from api.routes.visit import Allows, Visit
from profiling.errors import Conflict, HunarError, InputError

router = APIRouter()
# The desk lets reviewers only; what reads is never the action of what writes.
_Read = Annotated[Visit, Depends(Allows(Action.VACANCY_READ))]
_Review = Annotated[Visit, Depends(Allows(Action.VACANCY_REVIEW))]
_LIST = "/vacancies/duplicates"


def _desk(visit: Visit) -> Duplicates:
    return Duplicates(visit.pages.application, visit.principal)


@router.get("/vacancies/duplicates")
def list_pairs(visit: _Read, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1) -> HTMLResponse:
    """The pairs that a person should compare, the likeliest first, and what was decided lately."""
    desk = _desk(visit)
    return visit.show(
        "duplicates.html", page=desk.pairs(page), lately=desk.lately(), dup=duplicate_wording, wrong=""
    )


@router.get("/vacancies/duplicates/{pair_id}")
def read_pair(pair_id: uuid.UUID, visit: _Read) -> HTMLResponse:
    """Two vacancies side by side."""
    return _show_pair(visit, pair_id)


def _show_pair(visit: Visit, pair_id: uuid.UUID, status: int = 200, wrong: str = "") -> HTMLResponse:
    pair, today = _desk(visit).pair(pair_id), visit.casework.now.date()
    return visit.show(
        "duplicate.html", status, pair=pair, wrong=wrong, dup=duplicate_wording,
        both=duplicate_wording.compared(pair.keep, pair.other, pair.reasons, visit.pages.taxonomy),
        standings=(standing(pair.keep, today), standing(pair.other, today)),
    )  # fmt: skip


@router.post("/vacancies/duplicates/{pair_id}")
def post_answer(pair_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer's answer about two vacancies: one, two, or not now."""
    try:
        _desk(visit).decide(
            pair_id, visit.field("answer", 20), visit.field("note", 1000), visit.field("seen", 40) or None
        )
    except (InputError, Conflict) as error:
        return _show_pair(visit, pair_id, _status(error), str(error))
    return RedirectResponse(_LIST, 303)


@router.post("/vacancies/{vacancy_id}/compare")
def post_comparison(vacancy_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer wants to compare a vacancy with another one, by its number or address."""
    pair_id = _desk(visit).compare(vacancy_id, visit.field("with", 500))
    return RedirectResponse(f"{_LIST}/{pair_id}", 303)


@router.post("/vacancies/{vacancy_id}/origins/{origin_id}/split")
def post_split(vacancy_id: uuid.UUID, origin_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer takes what one source offers out of a vacancy, as another vacancy."""
    _desk(visit).split(vacancy_id, origin_id, visit.field("note", 1000))
    return RedirectResponse(f"/vacancies/{vacancy_id}#offers", 303)


@router.post("/vacancies/decisions/{act_id}/undo")
def post_undo(act_id: uuid.UUID, visit: _Review) -> Response:
    """A reviewer undoes what was decided about two vacancies."""
    act = _desk(visit).undo(act_id)
    return RedirectResponse(f"/vacancies/{act.kept[0]}#offers", 303)


def _status(error: HunarError) -> int:
    return 409 if isinstance(error, Conflict) else 400
