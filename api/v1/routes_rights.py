"""A person's rights: consent, notes, who looked, the card, what employers ask and were shown."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.access_log import LogLine
from api.policy import Action
from api.rights import PersonRequest, Rights
from api.v1.cursors import Key, Listed, Paged, cursor_at, listed, moment, place_after
from api.v1.guard import Allows, Caller, GuardedRoute
from api.v1.idempotency import IdempotencyHeader, Made, once
from api.v1.schemas_rights import (
    AnswerIn,
    CardOut,
    ConsentIn,
    ConsentOut,
    DisclosureOut,
    LogOut,
    NoteIn,
    NoteOut,
    PersonRequestOut,
)
from profiling.consent import ConsentWord
from profiling.models import ConsentEvent

router = APIRouter(route_class=GuardedRoute, tags=["rights of the person"], prefix="/returnees/{returnee_id}")
_Answer = Annotated[Caller, Depends(Allows(Action.REQUEST_ANSWER))]
_Asked = Annotated[Caller, Depends(Allows(Action.REQUEST_READ))]


@router.get("/consents")
def list_consents(
    returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.CONSENT_READ))], page: Paged
) -> Listed[ConsentOut]:
    """Everything that the person has agreed to and withdrawn, oldest first."""

    def key(event: ConsentEvent) -> Key:
        return (event.sequence or 0,)

    return listed(caller, page, caller.desk(Rights).consents(returnee_id), key, ConsentOut.model_validate)


@router.post("/consents", status_code=201, response_model=ConsentOut)
def add_consent(
    returnee_id: uuid.UUID, sent: ConsentIn, request: Request, key: IdempotencyHeader,
    caller: Annotated[Caller, Depends(Allows(Action.CONSENT_WRITE))],
) -> Response:  # fmt: skip
    """Write down what the person agrees to or withdraws. It acts on the next request."""

    def work() -> Made:
        event = caller.desk(Rights).say(returnee_id, ConsentWord(**dict(sent)))
        return Made(ConsentOut.model_validate(event), returnee_id)

    return once(caller, request, key, sent, work)


@router.get("/notes")
def list_notes(
    returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.NOTE_READ))], page: Paged
) -> Listed[NoteOut]:
    """What was said in confidence, oldest first."""
    found = caller.desk(Rights).notes(returnee_id)
    return listed(caller, page, found, lambda note: (moment(note.written_at), str(note.id)), NoteOut.model_validate)


@router.post("/notes", status_code=201, response_model=NoteOut)
def add_note(
    returnee_id: uuid.UUID, sent: NoteIn, request: Request, key: IdempotencyHeader,
    caller: Annotated[Caller, Depends(Allows(Action.NOTE_WRITE))],
) -> Response:  # fmt: skip
    """Write down what was said in confidence."""

    def work() -> Made:
        note = caller.desk(Rights).add_note(returnee_id, sent.text)
        return Made(NoteOut.model_validate(note), returnee_id)

    return once(caller, request, key, sent, work)


@router.get("/access-log")
def read_access_log(
    returnee_id: uuid.UUID, caller: Annotated[Caller, Depends(Allows(Action.LOG_READ))], page: Paged
) -> Listed[LogOut]:
    """Who did what with the record, newest first. This reading is the newest line of the next one."""
    place = place_after(caller, page)
    before = int(place[0]) if place else None
    found: list[LogLine] = caller.desk(Rights).access_log(returnee_id, count=page.limit + 1, before_sequence=before)
    shown = found[: page.limit]
    return Listed[LogOut](
        items=[LogOut.model_validate(line) for line in shown],
        next_cursor=cursor_at(caller, page, (shown[-1].sequence,)) if len(found) > page.limit else None,
    )


@router.post("/card", status_code=201, response_model=CardOut)
def issue_card(
    returnee_id: uuid.UUID, request: Request, key: IdempotencyHeader,
    caller: Annotated[Caller, Depends(Allows(Action.CARD_ISSUE))],
) -> Response:  # fmt: skip
    """The number and code by which the person activates an account. A new card ends the code of the one before."""

    def work() -> Made:
        card = caller.desk(Rights).issue_card(returnee_id)
        return Made(CardOut.model_validate(card), returnee_id, secret=True)

    return once(caller, request, key, None, work)


@router.get("/contact-requests")
def list_requests(returnee_id: uuid.UUID, caller: _Asked, page: Paged) -> Listed[PersonRequestOut]:
    """What employers asked of the person, newest first."""

    def key(line: PersonRequest) -> Key:
        return moment(line.asked_at), str(line.id)

    found = caller.desk(Rights).requests(returnee_id)
    return listed(caller, page, found, key, PersonRequestOut.of, newest_first=True)


@router.post("/contact-requests/{request_id}/answer", response_model=PersonRequestOut)
def answer_request(
    returnee_id: uuid.UUID, request_id: uuid.UUID, sent: AnswerIn, request: Request, key: IdempotencyHeader,
    caller: _Answer,
) -> Response:  # fmt: skip
    """Answer an employer with the person's word, and choose what to disclose."""

    def work() -> Made:
        found = caller.desk(Rights).answer(
            returnee_id, request_id, accepted=sent.accepted, fields=list(sent.fields), how=sent.how,
            witness=sent.witness, assisted_by=sent.assisted_by, language=sent.language,
        )  # fmt: skip
        return Made(PersonRequestOut.of(found), returnee_id)

    return once(caller, request, key, sent, work, status=200)


@router.post("/contact-requests/{request_id}/take-back", response_model=PersonRequestOut)
def take_back_request(
    returnee_id: uuid.UUID, request_id: uuid.UUID, request: Request, key: IdempotencyHeader, caller: _Answer
) -> Response:
    """Take back a yes to an employer. It acts on the employer's next request."""

    def work() -> Made:
        found = caller.desk(Rights).take_back(returnee_id, request_id)
        return Made(PersonRequestOut.of(found), returnee_id)

    return once(caller, request, key, None, work, status=200)


@router.get("/disclosures")
def list_disclosures(returnee_id: uuid.UUID, caller: _Asked, page: Paged) -> Listed[DisclosureOut]:
    """What employers were shown of the person, newest first."""
    found = caller.desk(Rights).disclosures(returnee_id)
    return listed(
        caller, page, found, lambda line: (moment(line.shown_at), str(line.request_id)),
        DisclosureOut.of, newest_first=True,
    )  # fmt: skip
