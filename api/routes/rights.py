"""What a person may decide and see: consent, requests of employers, who looked, download, erasure; and notes."""

from __future__ import annotations

import uuid
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from api.accounts import admitted
from api.passwords import password_fits
from api.policy import Action
from api.rights import Rights
from api.routes.visit import Allows, Visit
from profiling.access import Role
from profiling.consent import CONSENT_WAYS, DISCLOSABLE, ConsentWord
from profiling.errors import Conflict, InputError
from profiling.models import FieldSet, Purpose

router = APIRouter()
_Consents = Annotated[Visit, Depends(Allows(Action.CONSENT_READ))]
_Answer = Annotated[Visit, Depends(Allows(Action.REQUEST_ANSWER))]
#: What a person is asked about one by one; sharing is asked for each request of an employer.
ASKED = {
    "matching": (Purpose.MATCHING, FieldSet.CENTRE),
    "employers": (Purpose.MATCHING, FieldSet.EMPLOYERS),
    "statistics": (Purpose.STATISTICS, FieldSet.CENTRE),
    "follow_up": (Purpose.FOLLOW_UP, FieldSet.CENTRE),
}


def _desk(visit: Visit) -> Rights:
    return Rights(visit.pages.application, visit.principal)


@router.get("/returnees/{returnee_id}/rights")
def read_rights(returnee_id: uuid.UUID, visit: _Consents) -> Response:
    """Consents in force and their history, requests, disclosures, and what else the person may ask for."""
    return _show(visit, returnee_id)


def _show(visit: Visit, returnee_id: uuid.UUID, status: int = 200, wrong: str = "") -> Response:
    desk = _desk(visit)
    case = visit.casework.case(returnee_id)
    told = desk.may(Action.REQUEST_READ)
    return visit.show(
        "rights.html", status, case=case, consents=desk.consents(returnee_id),
        requests=desk.requests(returnee_id) if told else [],
        disclosures=desk.disclosures(returnee_id) if told else [],
        ways=CONSENT_WAYS, disclosable=DISCLOSABLE, wrong=wrong, Action=Action, may=desk.may,
    )  # fmt: skip


@router.post("/returnees/{returnee_id}/consents")
def post_consent(
    returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CONSENT_WRITE))]
) -> Response:
    """Record what the person says now. A withdrawal acts on the next request."""
    about, granted = ASKED.get(visit.field("about")), visit.field("answer") == "yes"
    if about is None or visit.field("answer") not in ("yes", "no"):
        return _show(visit, returnee_id, 400, "Choose what the person says yes or no to.")
    purpose, field_set = about
    allowed = visit.casework.case(returnee_id).matching_allowed
    if purpose is Purpose.MATCHING and field_set is FieldSet.EMPLOYERS and not granted:
        _desk(visit).hide_from_employers(returnee_id)
        return RedirectResponse(f"/returnees/{returnee_id}/rights", 303)
    if field_set is FieldSet.EMPLOYERS and not allowed:
        return _show(visit, returnee_id, 400, "First ask whether the centre may match.")
    if purpose is Purpose.MATCHING and granted and allowed and field_set is FieldSet.CENTRE:
        # Said again, it takes nothing back of what was agreed besides.
        return RedirectResponse(f"/returnees/{returnee_id}/rights", 303)
    given = _how(visit)
    word = ConsentWord(
        purpose, granted, field_set=field_set, language=given.language, how=given.how,
        assisted_by=given.assisted_by, witness=given.witness,
    )  # fmt: skip
    try:
        _desk(visit).say(returnee_id, word)
    except InputError as error:
        return _show(visit, returnee_id, 400, str(error))
    return RedirectResponse(f"/returnees/{returnee_id}/rights", 303)


class _Given(NamedTuple):
    how: str | None = None
    witness: str | None = None
    assisted_by: str | None = None
    language: str | None = None


def _how(visit: Visit) -> _Given:
    """How the word was given; a person who is signed in themselves gives it by that."""
    if visit.principal.role is Role.RETURNEE:
        return _Given()
    return _Given(
        visit.field("how", 20) or None, visit.field("witness", 100) or None,
        visit.field("assisted_by", 100) or visit.account.name or None, visit.field("language", 60) or None,
    )  # fmt: skip


@router.post("/returnees/{returnee_id}/requests/{request_id}")
def post_answer(returnee_id: uuid.UUID, request_id: uuid.UUID, visit: _Answer) -> Response:
    """The person's answer to an employer, with the fields that they choose."""
    given = _how(visit)
    try:
        _desk(visit).answer(
            returnee_id, request_id, accepted=visit.field("answer") == "yes", fields=visit.form.get("field", []),
            how=given.how, witness=given.witness, assisted_by=given.assisted_by, language=given.language,
        )  # fmt: skip
    except (InputError, Conflict) as error:
        return _show(visit, returnee_id, 400, str(error))
    return RedirectResponse(f"/returnees/{returnee_id}/rights", 303)


@router.post("/returnees/{returnee_id}/requests/{request_id}/take-back")
def post_take_back(returnee_id: uuid.UUID, request_id: uuid.UUID, visit: _Answer) -> Response:
    """The person takes an agreement back; the employer sees nothing from the next request on."""
    try:
        _desk(visit).take_back(returnee_id, request_id)
    except Conflict as error:
        return _show(visit, returnee_id, 409, str(error))
    return RedirectResponse(f"/returnees/{returnee_id}/rights", 303)


@router.get("/returnees/{returnee_id}/access-log")
def read_log(returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.LOG_READ))]) -> Response:
    """Who looked and what they did, in plain words."""
    case = visit.casework.case(returnee_id)
    lines = _desk(visit).access_log(returnee_id, count=200)
    return visit.show("access_log.html", case=case, lines=lines)


@router.get("/returnees/{returnee_id}/download")
def read_download(returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CASE_EXPORT))]) -> Response:
    """Everything held about the person, as a file."""
    return _file(_desk(visit).export(returnee_id))


@router.post("/returnees/{returnee_id}/download")
def post_download(
    returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CASE_EXPORT_WHOLE))]
) -> Response:
    """Everything, with what was said in confidence; the password guards against other hands."""
    application, login = visit.pages.application, visit.account.login
    right = password_fits(visit.form.get("password", [""])[0][:400], visit.account.password_hash)
    with application.session() as session:
        if not admitted(session, login, application.now(), right=right):
            session.commit()
            return _show(visit, returnee_id, 400, "The password is wrong or was tried too often.")
    return _file(_desk(visit).export(returnee_id, whole=True))


def _file(content: bytes) -> Response:
    # The name of the file says nothing about whose it is.
    headers = {"Content-Disposition": 'attachment; filename="hunar-record.json"'}
    return Response(content, media_type="application/json", headers=headers)


@router.post("/returnees/{returnee_id}/card")
def post_card(returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CARD_ISSUE))]) -> Response:
    """A card number and a fresh code for the person, to print."""
    issued = _desk(visit).issue_card(returnee_id)
    return visit.show("issued.html", issued=issued, back=f"/returnees/{returnee_id}/rights")


@router.post("/returnees/{returnee_id}/erase")
def post_erase(returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.CASE_ERASE))]) -> Response:
    """Erase the person for good; the word typed on the page guards against a slip."""
    if visit.field("confirm").casefold() != "erase":
        return _show(visit, returnee_id, 400, "Type the word ERASE to confirm. Nothing was erased.")
    _desk(visit).erase(returnee_id)
    return RedirectResponse("/sign-in" if visit.principal.role is Role.RETURNEE else "/", 303)


@router.get("/returnees/{returnee_id}/notes")
def read_notes(returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.NOTE_READ))]) -> Response:
    """What was said in confidence."""
    case = visit.casework.case(returnee_id)
    return visit.show("notes.html", case=case, notes=_desk(visit).notes(returnee_id), wrong="")


@router.post("/returnees/{returnee_id}/notes")
def post_note(returnee_id: uuid.UUID, visit: Annotated[Visit, Depends(Allows(Action.NOTE_WRITE))]) -> Response:
    """Add a note."""
    desk = _desk(visit)
    try:
        desk.add_note(returnee_id, visit.field("text", 10_000))
    except InputError as error:
        case = visit.casework.case(returnee_id)
        return visit.show("notes.html", 400, case=case, notes=desk.notes(returnee_id), wrong=str(error))
    return RedirectResponse(f"/returnees/{returnee_id}/notes", 303)
