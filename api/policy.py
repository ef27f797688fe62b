"""Who may do what, in two tables. What stands in neither is refused.

``GRANTS`` says how far a role reaches with an action, ``FIELDS`` which roles may read or write a sensitive
field. ``can`` answers for one resource; whose rows a query finds is said by
``profiling.access.visible_returnees``. SECURITY.md shows both tables to readers.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from profiling.access import Principal, Role

RETURNEE, COUNSELLOR, HEAD, ASSESSOR = Role.RETURNEE, Role.COUNSELLOR, Role.HEAD, Role.ASSESSOR
EMPLOYER, ADMINISTRATOR = Role.EMPLOYER, Role.ADMINISTRATOR


class Action(StrEnum):
    """Everything that can be asked for. Reading and writing are never one action."""

    CASE_LIST = "case.list"
    CASE_READ = "case.read"
    CASE_WRITE = "case.write"
    CASE_MATCH = "case.match"
    CASE_EXPORT = "case.export"
    CASE_EXPORT_WHOLE = "case.export_whole"
    CASE_ERASE = "case.erase"
    CONSENT_READ = "consent.read"
    CONSENT_WRITE = "consent.write"
    NOTE_READ = "note.read"
    NOTE_WRITE = "note.write"
    LOG_READ = "log.read"
    CARD_ISSUE = "card.issue"
    REQUEST_READ = "request.read"
    REQUEST_ANSWER = "request.answer"
    VACANCY_READ = "vacancy.read"
    VACANCY_WRITE = "vacancy.write"
    VACANCY_REVIEW = "vacancy.review"
    SOURCE_READ = "source.read"
    PROVIDER_READ = "provider.read"
    FAIRNESS_READ = "fairness.read"
    CANDIDATE_LIST = "candidate.list"
    PSEUDONYM_LIST = "pseudonym.list"
    CONTACT_ASK = "contact.ask"
    CONTACT_READ = "contact.read"
    ACCOUNT_READ = "account.read"
    ACCOUNT_WRITE = "account.write"
    GLASS_READ = "glass.read"
    GLASS_BREAK = "glass.break"
    GLASS_ACKNOWLEDGE = "glass.acknowledge"
    SELF_READ = "self.read"
    SELF_WRITE = "self.write"


class Reach(StrEnum):
    """How far a grant reaches."""

    CENTRE = "clients of their centre"
    SELF = "their own record"
    OPENED = "a record for which they broke the glass"
    VACANCY = "their own vacancies"
    ACCOUNT = "their own account"
    ALL = "all"


_CENTRE, _SELF, _OPENED = Reach.CENTRE, Reach.SELF, Reach.OPENED
_COUNSELLING = {COUNSELLOR: _CENTRE, HEAD: _CENTRE}
_ANYBODY = dict.fromkeys((RETURNEE, COUNSELLOR, HEAD, ASSESSOR, EMPLOYER, ADMINISTRATOR), Reach.ALL)
_OWN_ACCOUNT = dict.fromkeys(_ANYBODY, Reach.ACCOUNT)

GRANTS: dict[Action, dict[Role, Reach]] = {
    Action.CASE_LIST: {COUNSELLOR: _CENTRE, HEAD: _CENTRE, ASSESSOR: _CENTRE},
    Action.CASE_READ: {
        RETURNEE: _SELF, COUNSELLOR: _CENTRE, HEAD: _CENTRE, ASSESSOR: _CENTRE, ADMINISTRATOR: _OPENED,
    },
    Action.CASE_WRITE: {RETURNEE: _SELF, **_COUNSELLING},
    Action.CASE_MATCH: {RETURNEE: _SELF, **_COUNSELLING},
    Action.CASE_EXPORT: {RETURNEE: _SELF, HEAD: _CENTRE},
    Action.CASE_EXPORT_WHOLE: {RETURNEE: _SELF},
    Action.CASE_ERASE: {RETURNEE: _SELF, HEAD: _CENTRE},
    Action.CONSENT_READ: {RETURNEE: _SELF, **_COUNSELLING, ADMINISTRATOR: _OPENED},
    Action.CONSENT_WRITE: {RETURNEE: _SELF, **_COUNSELLING},
    Action.NOTE_READ: _COUNSELLING,
    Action.NOTE_WRITE: _COUNSELLING,
    Action.LOG_READ: {RETURNEE: _SELF, HEAD: _CENTRE},
    Action.CARD_ISSUE: _COUNSELLING,
    Action.REQUEST_READ: {RETURNEE: _SELF, **_COUNSELLING},
    Action.REQUEST_ANSWER: {RETURNEE: _SELF, **_COUNSELLING},
    Action.VACANCY_READ: _ANYBODY,
    Action.VACANCY_WRITE: {EMPLOYER: Reach.VACANCY},
    # A vacancy belongs to no centre: whoever has looked into it has done so for all.
    Action.VACANCY_REVIEW: {COUNSELLOR: Reach.ALL, HEAD: Reach.ALL},
    Action.SOURCE_READ: {COUNSELLOR: Reach.ALL, HEAD: Reach.ALL},
    # Organisations with their own contact; a returnee finds them beside their courses.
    Action.PROVIDER_READ: {
        RETURNEE: Reach.ALL, COUNSELLOR: Reach.ALL, HEAD: Reach.ALL, ASSESSOR: Reach.ALL,
    },
    Action.FAIRNESS_READ: {HEAD: _CENTRE},
    Action.CANDIDATE_LIST: _COUNSELLING,
    Action.PSEUDONYM_LIST: {EMPLOYER: Reach.VACANCY},
    Action.CONTACT_ASK: {EMPLOYER: Reach.VACANCY},
    Action.CONTACT_READ: {EMPLOYER: Reach.VACANCY},
    Action.ACCOUNT_READ: {ADMINISTRATOR: Reach.ALL},
    Action.ACCOUNT_WRITE: {ADMINISTRATOR: Reach.ALL},
    Action.GLASS_READ: {HEAD: _CENTRE, ADMINISTRATOR: Reach.ACCOUNT},
    Action.GLASS_BREAK: {ADMINISTRATOR: Reach.ALL},
    Action.GLASS_ACKNOWLEDGE: {HEAD: _CENTRE},
    Action.SELF_READ: _OWN_ACCOUNT,
    Action.SELF_WRITE: _OWN_ACCOUNT,
}  # fmt: skip

_ALL_STAFF = frozenset({COUNSELLOR, HEAD})


@dataclass(frozen=True)
class FieldRule:
    """Which roles may read and write a sensitive field, within the reach of the action."""

    read: frozenset[Role]
    write: frozenset[Role]


FIELDS: dict[str, FieldRule] = {
    "identity.name": FieldRule(_ALL_STAFF | {RETURNEE, ASSESSOR, ADMINISTRATOR}, _ALL_STAFF),
    "identity.sex": FieldRule(_ALL_STAFF | {RETURNEE}, _ALL_STAFF),
    "identity.birth_date": FieldRule(_ALL_STAFF | {RETURNEE, ADMINISTRATOR}, _ALL_STAFF),
    "identity.phone": FieldRule(_ALL_STAFF | {RETURNEE, ADMINISTRATOR}, _ALL_STAFF | {RETURNEE}),
    "reference.name": FieldRule(_ALL_STAFF | {RETURNEE, ASSESSOR}, frozenset()),
    "reference.contact": FieldRule(_ALL_STAFF | {RETURNEE}, frozenset()),
    "credential.number": FieldRule(_ALL_STAFF | {RETURNEE, ASSESSOR}, frozenset()),
    "passport": FieldRule(_ALL_STAFF | {RETURNEE, ASSESSOR, ADMINISTRATOR}, _ALL_STAFF | {RETURNEE}),
    "consent": FieldRule(_ALL_STAFF | {RETURNEE, ADMINISTRATOR}, _ALL_STAFF | {RETURNEE}),
    "protection_note": FieldRule(_ALL_STAFF, _ALL_STAFF),
    "access_log": FieldRule(frozenset({RETURNEE, HEAD}), frozenset()),
}
WRITING = frozenset({Action.CASE_WRITE, Action.CONSENT_WRITE, Action.NOTE_WRITE})


@dataclass(frozen=True)
class Resource:
    """What an action aims at, as far as the policy must know it."""

    returnee_id: uuid.UUID | None = None
    centre_id: uuid.UUID | None = None
    employer_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None


def can(
    principal: Principal | None, action: Action, resource: Resource | None = None, field: str | None = None,
    now: datetime | None = None,
) -> bool:  # fmt: skip
    """Whether somebody may do something to a resource, or at all when none is named; the default is no.

    ``now`` is the moment of asking. Time limits (a session, a token, a broken glass) have been applied to the
    principal at that moment: an expired one is no principal, and a closed glass is not in ``people``.
    """
    if principal is None:
        return False
    reach = GRANTS.get(action, {}).get(principal.role)
    if reach is None or (principal.actions is not None and action not in principal.actions):
        return False
    if field is not None:
        rule = FIELDS.get(field)
        if rule is None or principal.role not in (rule.write if action in WRITING else rule.read):
            return False
    return resource is None or _within(principal, reach, resource)


def _within(principal: Principal, reach: Reach, resource: Resource) -> bool:
    if reach is Reach.ALL:
        return True
    if reach is Reach.CENTRE:
        return resource.centre_id is not None and resource.centre_id in principal.centres
    if reach in (Reach.SELF, Reach.OPENED):
        return resource.returnee_id is not None and resource.returnee_id in principal.people
    if reach is Reach.VACANCY:
        return resource.employer_id is not None and resource.employer_id == principal.employer_id
    return resource.account_id is not None and resource.account_id == principal.account_id


def readable(principal: Principal, action: Action = Action.CASE_READ) -> frozenset[str]:
    """The sensitive fields that somebody may read with an action."""
    return frozenset(field for field in FIELDS if can(principal, action, field=field))


def grants_text() -> str:
    """The table of grants as Markdown."""
    roles = list(_ANYBODY)
    lines = ["| action | " + " | ".join(roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for action, granted in GRANTS.items():
        lines.append(f"| `{action}` | " + " | ".join(granted.get(role, "") for role in roles) + " |")
    return "\n".join(lines)


def fields_text() -> str:
    """The table of fields as Markdown: r for reading, w for writing."""
    roles = list(_ANYBODY)
    lines = ["| field | " + " | ".join(roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for field, rule in FIELDS.items():
        cells = (("r" if role in rule.read else "") + ("w" if role in rule.write else "") for role in roles)
        lines.append(f"| `{field}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)
