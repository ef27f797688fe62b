"""What is needed so that a word of a person counts, and writing it down with what follows from it.

A yes must be complete. A no is taken however little was said with it: what does not fit is left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.models import ContactRequest
from jobs_ingest.models import Employer, Vacancy
from matching.models import DocumentVector
from profiling.access import Principal, Role
from profiling.consent import CONSENT_WAYS, DISCLOSABLE, ConsentWord, add_consent
from profiling.errors import Conflict, InputError, NotFound
from profiling.models import ConsentEvent, FieldSet, Purpose, Returnee
from profiling.repository import bump_revision

#: How a person agrees who is signed in with their own card.
OWN_SESSION = "own session"
_LONGEST = 200
_TEXTS = ("notice_version", "language", "how", "assisted_by", "witness")
#: Ways in which a person signs who may not read: somebody must have read the notice to them.
_READ_OUT = ("thumbprint", "spoken")


def write_word(
    session: Session, principal: Principal, returnee_id: uuid.UUID, word: ConsentWord, now: datetime
) -> ConsentEvent:
    """Add what the person said, with what follows at once. Raises InputError, NotFound, Conflict, for a yes only.

    A no to matching removes the person's vector. A no to sharing takes back every yes that it covers: without
    a vacancy, all of that employer; without an employer, all. The caller has decided who may.
    """
    lock_person(session, returnee_id)
    clean = _tidy(word)
    if clean.granted:
        clean = _complete(session, principal, clean, now)
        _not_against_a_later_no(session, returnee_id, clean)
        event = add_consent(session, returnee_id, clean, now, principal.account_id)
        if clean.purpose is Purpose.SHARING:
            _narrow_requests(session, returnee_id, clean)
    else:
        clean = _least(principal, clean)
        for recipient, vacancy_id in _covered(session, returnee_id, clean):
            said = replace(clean, recipient=recipient, vacancy_id=vacancy_id)
            event = add_consent(session, returnee_id, said, now, principal.account_id)
        if clean.purpose is Purpose.MATCHING:
            forget_vector(session, returnee_id)
    bump_revision(session, "people")
    return event


def narrow_to_centre(
    session: Session, principal: Principal, returnee_id: uuid.UUID, now: datetime
) -> ConsentEvent | None:
    """Take employers out of a yes to matching that is in force; nothing else of that yes changes.

    None when there is no such yes, or it does not cover employers.
    """
    lock_person(session, returnee_id)
    said = _words(session, returnee_id, Purpose.MATCHING)
    last = said[-1] if said else None
    over = last is not None and last.expires_at is not None and last.expires_at <= now
    if last is None or not last.granted or over or last.field_set != FieldSet.EMPLOYERS:
        return None
    word = ConsentWord(
        Purpose.MATCHING, True, field_set=FieldSet.CENTRE, notice_version=last.notice_version or "",
        language=last.language, how=last.how, assisted_by=last.assisted_by, witness=last.witness,
        given_on=now.date(), expires_at=last.expires_at,
    )  # fmt: skip
    event = add_consent(session, returnee_id, word, now, principal.account_id)
    bump_revision(session, "people")
    return event


def lock_person(session: Session, returnee_id: uuid.UUID) -> None:
    """Let nobody else write words of this person meanwhile, so that the last word is the last one.

    To be called before other rows of the person are locked, which keeps two writers from waiting for each other.
    """
    session.execute(select(Returnee.id).where(Returnee.id == returnee_id).with_for_update())


def check_given(principal: Principal, how: str | None, witness: str | None) -> None:
    """Raise InputError when a counsellor does not say how the person gave an answer."""
    if principal.role is Role.RETURNEE:
        return
    if how not in CONSENT_WAYS:
        raise InputError(f"how: say how the person gave their word: {', '.join(CONSENT_WAYS)}.")
    if how == "spoken" and not (witness or "").strip():
        raise InputError("witness: a spoken word needs a witness.")


def forget_vector(session: Session, returnee_id: uuid.UUID) -> None:
    """Remove the vectors of a person."""
    session.execute(
        sa.delete(DocumentVector).where(
            col(DocumentVector.owner_kind) == "returnee", col(DocumentVector.owner_id) == returnee_id
        )
    )


def chosen_fields(fields: Iterable[str]) -> list[str]:
    """What the person chose to disclose, each once, in the usual order. Raises InputError."""
    wanted = {field.strip() for field in fields} - {""}
    unknown = sorted(wanted - set(DISCLOSABLE))
    if unknown:
        raise InputError(f"fields: {unknown[0]!r} is not one of {', '.join(DISCLOSABLE)}.")
    if not wanted:
        raise InputError(f"fields: choose at least one of {', '.join(DISCLOSABLE)}.")
    return [field for field in DISCLOSABLE if field in wanted]


def _tidy(word: ConsentWord) -> ConsentWord:
    texts = {name: (getattr(word, name) or "").strip() or None for name in _TEXTS}
    return replace(word, purpose=Purpose(word.purpose), **texts)  # type: ignore[arg-type]


def _least(principal: Principal, word: ConsentWord) -> ConsentWord:
    """A no counts from the day on which it is written down: an older date could let a file's yes win over it."""
    texts = {name: text[:_LONGEST] if (text := getattr(word, name)) else None for name in _TEXTS}
    if principal.role is Role.RETURNEE:
        texts |= {"how": OWN_SESSION, "assisted_by": None, "witness": None}
    elif texts["how"] not in CONSENT_WAYS:
        texts["how"] = None
    about = word.purpose is Purpose.SHARING
    least = ConsentWord(
        word.purpose, granted=False, notice_version=texts["notice_version"] or "", language=texts["language"],
        how=texts["how"], assisted_by=texts["assisted_by"], witness=texts["witness"],
    )  # fmt: skip
    return replace(least, recipient=word.recipient, vacancy_id=word.vacancy_id) if about else least


def _complete(session: Session, principal: Principal, word: ConsentWord, now: datetime) -> ConsentWord:
    for name in _TEXTS:
        if len(getattr(word, name) or "") > _LONGEST:
            raise InputError(f"{name}: at most {_LONGEST} characters.")
    if word.notice_version is None:
        raise InputError("notice_version: say which notice the person was read.")
    today = now.astimezone(UTC).date()
    if word.given_on is not None and word.given_on > today:
        raise InputError(f"given_on: {word.given_on} lies in the future.")
    if word.expires_at is not None and (word.expires_at.tzinfo is None or word.expires_at <= now):
        raise InputError("expires_at: it must be a moment in the future, with its time zone.")
    check_given(principal, word.how, word.witness)
    word = _by_own_hand(word) if principal.role is Role.RETURNEE else _by_counsellor(word)
    word = replace(word, given_on=word.given_on or today)
    if word.purpose is Purpose.SHARING:
        return _shared(session, word)
    if word.recipient is not None or word.vacancy_id is not None:
        raise InputError("recipient: only sharing is with an employer, for a vacancy.")
    if word.purpose is Purpose.MATCHING and word.field_set not in list(FieldSet):
        raise InputError(f"field_set: {word.field_set!r} is not one of {', '.join(map(repr, FieldSet))}.")
    if word.purpose is not Purpose.MATCHING:
        return replace(word, field_set=FieldSet.CENTRE.value)
    return replace(word, field_set=FieldSet(word.field_set).value)


def _by_own_hand(word: ConsentWord) -> ConsentWord:
    if word.how not in (None, OWN_SESSION) or word.assisted_by or word.witness:
        raise InputError("how: who is signed in with their own card says nothing of how, helper or witness.")
    return replace(word, how=OWN_SESSION)


def _by_counsellor(word: ConsentWord) -> ConsentWord:
    if word.how in _READ_OUT and word.assisted_by is None:
        raise InputError("assisted_by: say who read the notice to the person.")
    if word.language is None:
        raise InputError("language: say in which language the notice was read.")
    return word


def _shared(session: Session, word: ConsentWord) -> ConsentWord:
    if word.recipient is None or word.vacancy_id is None:
        raise InputError("recipient: sharing is with one employer, for one vacancy. Name both.")
    vacancy = session.get(Vacancy, word.vacancy_id)
    if session.get(Employer, word.recipient) is None or vacancy is None or vacancy.employer_id != word.recipient:
        raise NotFound("There is no such vacancy of this employer.")
    return replace(word, field_set=",".join(chosen_fields(word.field_set.split(","))))


def _words(session: Session, returnee_id: uuid.UUID, purpose: Purpose) -> list[ConsentEvent]:
    query = select(ConsentEvent).where(ConsentEvent.returnee_id == returnee_id, ConsentEvent.purpose == purpose)
    return list(session.exec(query.order_by(col(ConsentEvent.sequence))))


def _not_against_a_later_no(session: Session, returnee_id: uuid.UUID, word: ConsentWord) -> None:
    """As with a file: an old paper that is found does not override a refusal."""
    said = [
        event
        for event in _words(session, returnee_id, word.purpose)
        if event.recipient in (None, word.recipient) and event.vacancy_id in (None, word.vacancy_id)
    ]
    if said and not said[-1].granted and word.given_on is not None:
        day = said[-1].given_on or said[-1].recorded_at.date()
        if word.given_on < day:
            raise Conflict(f"given_on: the person said no on {day}, after this yes. Ask the person again.")


def _covered(
    session: Session, returnee_id: uuid.UUID, word: ConsentWord
) -> list[tuple[uuid.UUID | None, uuid.UUID | None]]:
    """Employer and vacancy of each yes that a no takes back; what was named, when it takes back none."""
    if word.purpose is not Purpose.SHARING or (word.recipient is not None and word.vacancy_id is not None):
        return [(word.recipient, word.vacancy_id)]
    last = {(e.recipient, e.vacancy_id): e.granted for e in _words(session, returnee_id, word.purpose)}
    return [
        (recipient, vacancy_id)
        for (recipient, vacancy_id), granted in last.items()
        if granted and word.recipient in (None, recipient) and word.vacancy_id in (None, vacancy_id)
    ] or [(word.recipient, word.vacancy_id)]


def _narrow_requests(session: Session, returnee_id: uuid.UUID, word: ConsentWord) -> None:
    """What an employer may read follows the last word, also where it was said without a request."""
    session.execute(
        sa.update(ContactRequest)
        .where(
            col(ContactRequest.returnee_id) == returnee_id,
            col(ContactRequest.employer_id) == word.recipient,
            col(ContactRequest.vacancy_id) == word.vacancy_id,
            col(ContactRequest.accepted).is_(True),
        )
        .values(fields=word.field_set.split(","))
    )
