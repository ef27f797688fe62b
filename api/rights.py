"""The rights of the person: what they allow, who looked, what employers ask, everything held, and its end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.access_log import LogLine, log_lines
from api.accounts import Issued, card_account
from api.consenting import check_given, chosen_fields, lock_person, narrow_to_centre, write_word
from api.desk import Desk
from api.erasures import erase_person
from api.exporting import export_person
from api.models import ContactRequest, Disclosure
from api.policy import Action
from api.review import Mark, marks_in
from jobs_ingest.models import Employer, Vacancy
from profiling.access import visible_returnees
from profiling.consent import ConsentWord, consents
from profiling.errors import Conflict, InputError, NotFound
from profiling.identity import Note
from profiling.models import ConsentEvent, Purpose, Returnee
from profiling.notes import notes_of, write_note
from profiling.queries import pick
from profiling.retention import ErasureReason

#: A page of the access log has at most so many lines.
MOST_LINES = 200
OPEN, ACCEPTED, DECLINED, TAKEN_BACK = "open", "accepted", "declined", "taken back"


@dataclass(frozen=True)
class PersonRequest:
    """What an employer asked of a person. ``state``: open, accepted, declined or taken back.

    Taken back is also a yes whose time is over. ``fields``: what the person chose to disclose. ``marks``: what
    stands against the vacancy.
    """

    id: uuid.UUID
    employer_id: uuid.UUID
    employer: str
    vacancy_id: uuid.UUID
    vacancy: str
    place: str
    state: str
    fields: tuple[str, ...]
    asked_at: datetime
    answered_at: datetime | None
    marks: Sequence[Mark]


@dataclass(frozen=True)
class DisclosureLine:
    """That an employer was shown fields of a person. ``marks``: what stands against the vacancy."""

    request_id: uuid.UUID
    employer: str
    vacancy_id: uuid.UUID
    vacancy: str
    fields: tuple[str, ...]
    shown_at: datetime
    marks: Sequence[Mark]


class Rights(Desk):
    """What a person may do with their own record, and a counsellor with the person's word."""

    # --- consent ----------------------------------------------------------------------------------

    def consents(self, returnee_id: uuid.UUID) -> list[ConsentEvent]:
        """Everything that the person has agreed to and withdrawn, oldest first."""
        with self.application.session() as session:
            self.aim(session, Action.CONSENT_READ, returnee_id)
            query = (
                select(ConsentEvent)
                .join(Returnee, col(Returnee.id) == ConsentEvent.returnee_id)
                .where(visible_returnees(self.principal), ConsentEvent.returnee_id == returnee_id)
            )
            found = list(session.exec(query.order_by(col(ConsentEvent.sequence))))
            self.record(session, "read", [returnee_id], "consent")
            session.commit()
            return found

    def say(self, returnee_id: uuid.UUID, word: ConsentWord) -> ConsentEvent:
        """Write down what the person agrees to or withdraws; it acts on the next request.

        A withdrawal is always taken. Raises InputError, NotFound or Conflict for a yes that is not complete.
        """
        with self.application.session() as session:
            self.aim(session, Action.CONSENT_WRITE, returnee_id)
            event = write_word(session, self.principal, returnee_id, word, self.now)
            self.record(session, "consent", [returnee_id], event.purpose)
            session.commit()
            return event

    def hide_from_employers(self, returnee_id: uuid.UUID) -> None:
        """A no to employers that leaves the yes to the centre as it is, its end included; it is always taken.

        Without a yes to the centre there is nothing to leave, and nothing is written.
        """
        with self.application.session() as session:
            self.aim(session, Action.CONSENT_WRITE, returnee_id)
            if narrow_to_centre(session, self.principal, returnee_id, self.now) is not None:
                self.record(session, "consent", [returnee_id], Purpose.MATCHING)
            session.commit()

    # --- notes kept in confidence -----------------------------------------------------------------

    def notes(self, returnee_id: uuid.UUID) -> list[Note]:
        """What was said in confidence, oldest first."""
        with self.application.session() as session:
            self.aim(session, Action.NOTE_READ, returnee_id)
            self.require(Action.NOTE_READ, "protection_note")
            found = notes_of(session, self.principal, returnee_id)
            self.record(session, "read", [returnee_id], "protection_note")
            session.commit()
            return found

    def add_note(self, returnee_id: uuid.UUID, text: str) -> Note:
        """Write down what was said in confidence. Raises InputError."""
        with self.application.session() as session:
            self.aim(session, Action.NOTE_WRITE, returnee_id)
            self.require(Action.NOTE_WRITE, "protection_note")
            note = write_note(session, returnee_id, text, self.principal.account_id, self.now)
            self.record(session, "note", [returnee_id], "protection_note")
            session.commit()
            return note

    # --- who looked, and the card -----------------------------------------------------------------

    def access_log(
        self, returnee_id: uuid.UUID, *, count: int = 50, before_sequence: int | None = None
    ) -> list[LogLine]:
        """Who did what with the record, newest first; this reading is the newest line of the next one."""
        if not 1 <= count <= MOST_LINES:
            raise InputError(f"count: ask for 1 to {MOST_LINES} lines.")
        with self.application.session() as session:
            self.aim(session, Action.LOG_READ, returnee_id)
            self.require(Action.LOG_READ, "access_log")
            found = log_lines(session, returnee_id, count=count, before_sequence=before_sequence)
            self.record(session, "read", [returnee_id], "access_log")
            session.commit()
            return found

    def issue_card(self, returnee_id: uuid.UUID) -> Issued:
        """The number and code to print, by which the person activates their account."""
        with self.application.session() as session:
            self.aim(session, Action.CARD_ISSUE, returnee_id)
            issued = card_account(session, returnee_id, self.now)
            self.record(session, "card", [returnee_id], "")
            session.commit()
            return issued

    # --- employers --------------------------------------------------------------------------------

    def requests(self, returnee_id: uuid.UUID) -> list[PersonRequest]:
        """What employers asked of the person, newest first."""
        with self.application.session() as session:
            self.aim(session, Action.REQUEST_READ, returnee_id)
            found = self._requests(session, returnee_id)
            self.record(session, "read", [returnee_id], "contact_request")
            session.commit()
            return found

    def answer(
        self, returnee_id: uuid.UUID, request_id: uuid.UUID, *, accepted: bool, fields: Sequence[str] = (),
        how: str | None = None, witness: str | None = None, assisted_by: str | None = None,
        language: str | None = None,
    ) -> PersonRequest:  # fmt: skip
        """Answer an employer with the person's word, and choose what to disclose.

        Raises NotFound, InputError for a yes that is not complete, and Conflict when it is answered already.
        """
        with self.application.session() as session:
            self.aim(session, Action.REQUEST_ANSWER, returnee_id)
            lock_person(session, returnee_id)
            request = self._request(session, returnee_id, request_id)
            if request.accepted is not None:
                raise Conflict("This request is answered already. A yes can be taken back.")
            check_given(self.principal, how, witness)
            chosen = chosen_fields(fields) if accepted else []
            word = ConsentWord(
                Purpose.SHARING, accepted, field_set=",".join(chosen), recipient=request.employer_id,
                vacancy_id=request.vacancy_id, how=how, witness=witness, assisted_by=assisted_by,
                language=language,
            )  # fmt: skip
            write_word(session, self.principal, returnee_id, word, self.now)
            request.accepted, request.fields = accepted, chosen
            request.answered_at, request.answered_by = self.now, self.principal.account_id
            session.add(request)
            self.record(session, "answer", [returnee_id], ",".join(chosen))
            session.flush()
            found = self._requests(session, returnee_id, request_id)[0]
            session.commit()
            return found

    def take_back(self, returnee_id: uuid.UUID, request_id: uuid.UUID) -> PersonRequest:
        """Take back a yes to an employer; it acts on the employer's next request.

        Raises NotFound, and Conflict when there is no yes. What was shown until then stays on record.
        """
        with self.application.session() as session:
            self.aim(session, Action.REQUEST_ANSWER, returnee_id)
            lock_person(session, returnee_id)
            request = self._request(session, returnee_id, request_id)
            if not request.accepted:
                raise Conflict("There is no yes to take back. An open request can be declined.")
            word = ConsentWord(Purpose.SHARING, False, recipient=request.employer_id, vacancy_id=request.vacancy_id)
            write_word(session, self.principal, returnee_id, word, self.now)
            self.record(session, "take back", [returnee_id], "sharing")
            found = self._requests(session, returnee_id, request_id)[0]
            session.commit()
            return found

    def disclosures(self, returnee_id: uuid.UUID) -> list[DisclosureLine]:
        """What employers were shown, newest first."""
        with self.application.session() as session:
            self.aim(session, Action.REQUEST_READ, returnee_id)
            rows = session.execute(
                pick(
                    Disclosure.request_id, Employer.name, Vacancy.id, Vacancy.title, Disclosure.fields,
                    Disclosure.shown_at,
                )
                .join(Employer, col(Employer.id) == Disclosure.employer_id)
                .join(Vacancy, col(Vacancy.id) == Disclosure.vacancy_id)
                .join(Returnee, col(Returnee.id) == Disclosure.returnee_id)
                .where(visible_returnees(self.principal), col(Disclosure.returnee_id) == returnee_id)
                .order_by(col(Disclosure.shown_at).desc(), col(Disclosure.id))
            ).all()  # fmt: skip
            marks = marks_in(session, {row[2] for row in rows})
            found = [
                DisclosureLine(request, employer, about, title, tuple(shown), at, marks.get(about, ()))
                for request, employer, about, title, shown, at in rows
            ]
            self.record(session, "read", [returnee_id], "disclosure")
            session.commit()
            return found

    def _request(self, session: Session, returnee_id: uuid.UUID, request_id: uuid.UUID) -> ContactRequest:
        # Locked, so that of two answers at once the second meets the first.
        query = select(ContactRequest).where(
            ContactRequest.id == request_id, ContactRequest.returnee_id == returnee_id
        )
        found = session.exec(query.with_for_update()).first()
        if found is None:
            raise NotFound("There is no such request.")
        return found

    def _requests(
        self, session: Session, returnee_id: uuid.UUID, request_id: uuid.UUID | None = None
    ) -> list[PersonRequest]:
        asked = ContactRequest.__table__.c  # type: ignore[attr-defined]
        agreed = consents(Purpose.SHARING, self.now, recipient=asked.employer_id, vacancy_id=asked.vacancy_id)
        query = (
            sa.select(ContactRequest, Employer, Vacancy, agreed)
            .join(Employer, col(Employer.id) == ContactRequest.employer_id)
            .join(Vacancy, col(Vacancy.id) == ContactRequest.vacancy_id)
            .join(Returnee, col(Returnee.id) == ContactRequest.returnee_id)
            .where(visible_returnees(self.principal), col(ContactRequest.returnee_id) == returnee_id)
            .order_by(col(ContactRequest.asked_at).desc(), col(ContactRequest.id))
        )
        if request_id is not None:
            query = query.where(col(ContactRequest.id) == request_id)
        rows = session.execute(query).all()
        marks = marks_in(session, {row[2].id for row in rows})
        return [
            PersonRequest(
                request.id, employer.id, employer.name, vacancy.id, vacancy.title,
                ", ".join(filter(None, (vacancy.place, vacancy.district, vacancy.province, vacancy.country))),
                _state(request.accepted, bool(holds)), tuple(request.fields), request.asked_at,
                request.answered_at, marks.get(vacancy.id, ()),
            )
            for request, employer, vacancy, holds in rows
        ]  # fmt: skip

    # --- everything, and its end ------------------------------------------------------------------

    def export(self, returnee_id: uuid.UUID, *, whole: bool = False) -> bytes:
        """Everything held about the person as one JSON document; ``whole``: what was said in confidence too.

        The caller has asked the person for their password before the whole: a card may lie in other hands.
        """
        action = Action.CASE_EXPORT_WHOLE if whole else Action.CASE_EXPORT
        with self.application.session() as session:
            returnee = self.aim(session, action, returnee_id)
            shown = self.shown(Action.CASE_EXPORT) | ({"protection_note"} if whole else set())
            document = export_person(session, returnee, shown, self.now)
            self.record(session, "export", [returnee_id], "protection_note" if whole else "")
            session.commit()
            return document

    def erase(self, returnee_id: uuid.UUID, reason: ErasureReason = ErasureReason.REQUESTED) -> None:
        """Erase the person's record, their account and all that hangs on it. It does not come back."""
        with self.application.session() as session:
            self.aim(session, Action.CASE_ERASE, returnee_id)
            erase_person(self.application, session, returnee_id, reason, actor=self.principal.actor)
        self.application.forget_deleted()


def _state(accepted: bool | None, holds: bool) -> str:
    if accepted is None:
        return OPEN
    if not accepted:
        return DECLINED
    return ACCEPTED if holds else TAKEN_BACK
