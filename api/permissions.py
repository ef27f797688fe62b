"""Who may see what. Until accounts exist there is one principal: the operator of this machine.

The operator acts for every centre in the database, on the loopback address only. Each query takes the
scope from here, so that accounts can narrow it in one place.
"""

from __future__ import annotations

from sqlmodel import Session

from profiling.repository import Scope, all_centres


def operator_scope(session: Session) -> Scope:
    """The clients that the operator of this machine may see."""
    return Scope(frozenset(centre.id for centre in all_centres(session)))
