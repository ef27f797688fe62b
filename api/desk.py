"""Where somebody asks. A desk knows its principal, asks the policy, and writes the audit trail.

Every method that touches a person's record writes its audit row in the same transaction and answers only
after the commit. What was aimed at a record and refused is written too.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from api.application import Application
from api.policy import Action, Resource, can, readable
from profiling.access import Principal, visible_returnees
from profiling.errors import Forbidden, NotFound
from profiling.models import Returnee
from profiling.retention import touched

#: Actions after which a record is kept anew for its whole time.
_WRITES = frozenset(
    {Action.CASE_WRITE, Action.CONSENT_WRITE, Action.NOTE_WRITE, Action.CARD_ISSUE, Action.REQUEST_ANSWER}
)


class Desk:
    """What all desks share."""

    def __init__(self, application: Application, principal: Principal) -> None:
        self.application = application
        self.principal = principal

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.application.now()

    def may(self, action: Action, field: str | None = None) -> bool:
        """Whether the principal may do something at all."""
        return can(self.principal, action, field=field, now=self.now)

    def require(self, action: Action, field: str | None = None) -> None:
        """Raise Forbidden when the principal may not do something, whoever it concerns."""
        if not self.may(action, field):
            raise Forbidden("Your account may not do this.")

    def shown(self, action: Action = Action.CASE_READ) -> frozenset[str]:
        """The sensitive fields that the principal may read."""
        return readable(self.principal, action)

    def record(
        self, session: Session, action: str, ids: Sequence[uuid.UUID | None], fields: str, kind: str = "returnee"
    ) -> None:
        """Add rows to the audit trail within the session's transaction."""
        self.application.record(session, self.principal.actor, action, kind, ids, fields)

    def aim(self, session: Session, action: Action, returnee_id: uuid.UUID) -> Returnee:
        """The case that an action aims at.

        Raises Forbidden when the principal may not do this at all and NotFound for a foreign or unknown id,
        in both cases with a row in the trail if there is such a person.
        """
        found = session.exec(
            select(Returnee).where(visible_returnees(self.principal), Returnee.id == returnee_id)
        ).first()
        allowed = found is not None and can(
            self.principal, action, Resource(returnee_id=found.id, centre_id=found.centre_id), now=self.now
        )
        if found is not None and allowed:
            if action in _WRITES:
                touched(session, found.id, self.now.date(), self.application.settings.retention_years)
            return found
        if session.get(Returnee, returnee_id) is not None:
            self.record(session, f"refused {action}", [returnee_id], "")
            session.commit()
        self.require(action)
        raise NotFound("There is no such person in your caseload.")


def note_refusal(application: Application, actor: str, action: str, returnee_id: uuid.UUID) -> None:
    """Write down that a request aimed at a person's record was turned away before it reached a desk."""
    with application.reading() as session:
        if session.get(Returnee, returnee_id) is None:
            return
    with application.session() as session:
        if session.get(Returnee, returnee_id) is not None:
            application.record(session, actor, f"refused {action}", "returnee", [returnee_id], "")
            session.commit()
