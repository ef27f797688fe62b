"""Who asks. What a principal may do is decided by ``api.policy``; whose rows they may see, in the query.

``visible_returnees`` is the one condition that every query on people's rows carries, so that a list, a
count, a search, a match, an export and the command line cannot differ.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import col

from profiling.models import Returnee


class Role(StrEnum):
    """What somebody is to Hunar. Nobody is almighty."""

    RETURNEE = "returnee"
    COUNSELLOR = "counsellor"
    HEAD = "head"
    ASSESSOR = "assessor"
    EMPLOYER = "employer"
    ADMINISTRATOR = "administrator"
    #: The machine itself: imports, embeds, erases what is due. It shows nothing to anybody.
    SYSTEM = "system"


STAFF = frozenset({Role.COUNSELLOR, Role.HEAD, Role.ASSESSOR, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Principal:
    """Somebody who was recognised, and whose rows they can reach.

    ``centres``: the clients of these centres. ``people``: these clients besides: the returnee themselves,
    or the records for which an administrator has broken the glass. ``actions``: of a token that may do
    less than its owner; None means everything that the role may do.
    """

    role: Role
    account_id: uuid.UUID | None = None
    centres: frozenset[uuid.UUID] = frozenset()
    people: frozenset[uuid.UUID] = frozenset()
    employer_id: uuid.UUID | None = None
    actions: frozenset[str] | None = None

    @property
    def actor(self) -> str:
        """How the audit trail names them: role and account, never a name."""
        return f"{self.role}:{self.account_id}" if self.account_id else str(self.role)


def visible_returnees(principal: Principal | None) -> sa.ColumnElement[bool]:
    """The condition under which a case may be seen; without principal, for a prepared statement
    that is given ``visible_parameters``."""
    if principal is None:
        return sa.or_(
            col(Returnee.centre_id).in_(sa.bindparam("centres", expanding=True)),
            col(Returnee.id).in_(sa.bindparam("people", expanding=True)),
        )
    return sa.or_(col(Returnee.centre_id).in_(principal.centres), col(Returnee.id).in_(principal.people))


def visible_parameters(principal: Principal) -> dict[str, list[uuid.UUID]]:
    """The parameters of a statement made with ``visible_returnees(None)``."""
    return {"centres": list(principal.centres), "people": list(principal.people)}
