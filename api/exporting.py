"""Everything held about one person as one document, for them to take away.

The tables are found by their columns, so that a table that is added later is in the document without anybody's
thinking of it. What the policy does not let somebody read is named in the document and left out.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from api.access_log import accounts_of, log_lines, log_sentence
from api.models import Account
from api.review import marks_in, said_once
from api.sealing import ALL_SEALED
from jobs_ingest.models import Employer, Vacancy
from matching.models import DocumentVector
from profiling.identity import place
from profiling.models import Centre, Returnee
from profiling.queries import pick
from profiling.vault import vault_of

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
Line = dict[str, Value]

WITHHELD = "Kept in confidence. Ask at your centre to be read this."
#: How a part is called for its reader. A table that is not named here stands under its own name.
TITLES = {
    "returnee": "Your case", "returnee_identity": "Who you are", "passport": "What you bring and want",
    "experience": "Your jobs", "credential": "Your certificates", "reference": "Who speaks for you",
    "skill_claim": "Your skills", "consent_event": "What you allowed and did not allow",
    "protection_note": "Notes kept in confidence", "contact_request": "What employers asked of you",
    "disclosure": "What employers were shown", "glass_break": "When your record was opened for a special reason",
    "account": "Your account", "sign_in": "Where you are signed in", "api_token": "Keys for programs",
    "activation_code": "Printed codes", "document_vector": "What the computer made of your words",
    "audit_event": "Who looked and who changed",
}  # fmt: skip
#: Tables with a column of a person or account that are not a part of the document, and why.
LEFT_OUT = {
    "idempotency_key": "copies of answers, kept for a day; what they say is in the other parts",
}
#: Columns that are not a part of the document, and why.
NOT_SHOWN = {
    "account.password_hash": "a secret", "account.one_time_secret": "a secret",
    "account.one_time_step": "part of a secret", "sign_in.token_hash": "a secret",
    "api_token.token_hash": "a secret", "activation_code.code_hash": "a secret",
    "glass_break.reason": "written for the centre's head; whoever holds the card must not read it here",
    "returnee.content_hash": "says only whether a file's row has changed", "returnee.coding": "a version of rules",
}  # fmt: skip
#: The sensitive field of the policy that a column, or a whole table, belongs to.
FIELD_OF = {
    "returnee_identity.given_name": "identity.name", "returnee_identity.family_name": "identity.name",
    "returnee_identity.sex": "identity.sex", "returnee_identity.birth_date": "identity.birth_date",
    "returnee_identity.phone": "identity.phone", "reference.name": "reference.name",
    "reference.contact": "reference.contact", "credential.number": "credential.number", "passport": "passport",
    "consent_event": "consent", "protection_note.text": "protection_note", "audit_event": "access_log",
}  # fmt: skip
_SEALED = {place(table, name): owner for table, names, owner in ALL_SEALED for name in names}
_OWNERS = {"returnee_id", "account_id"}


def tables_about_people() -> list[sa.Table]:
    """The tables that hold rows of a person or of the person's account, by their columns."""
    named = [
        table for table in SQLModel.metadata.sorted_tables
        if _OWNERS & set(table.columns.keys()) and table.name not in LEFT_OUT
    ]  # fmt: skip
    return [SQLModel.metadata.tables["returnee"], *named]


def export_person(session: Session, returnee: Returnee, shown: frozenset[str], now: datetime) -> bytes:
    """One JSON document (UTF-8) of everything held about a person, as far as the fields ``shown`` go."""
    accounts = list(session.exec(select(Account.id).where(Account.returnee_id == returnee.id)))
    centre = session.get_one(Centre, returnee.centre_id)
    parts: dict[str, Value] = {}
    for table in tables_about_people():
        parts[TITLES.get(table.name, table.name)] = _lines(session, table, returnee.id, accounts, shown)
    parts[TITLES["document_vector"]] = _vectors(session, returnee.id)
    parts[TITLES["audit_event"]] = _log(session, returnee.id) if "access_log" in shown else WITHHELD
    document: Line = {
        "title": "Everything that Hunar keeps about you",
        "made_at": now.isoformat(timespec="seconds"), "centre": centre.name,
        "kept_until": returnee.retain_until.isoformat(), "parts": parts,
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _lines(
    session: Session, table: sa.Table, owner: uuid.UUID, accounts: list[uuid.UUID], shown: frozenset[str]
) -> Value:
    if not _may(table.name, shown):
        return WITHHELD
    if "returnee_id" in table.columns:
        mine = table.columns["returnee_id"] == owner
    elif "account_id" in table.columns:
        mine = table.columns["account_id"].in_(accounts)
    else:
        mine = table.columns["id"] == owner
    order = [column for name in ("position", "sequence") if (column := table.columns.get(name)) is not None]
    rows = session.execute(sa.select(table).where(mine).order_by(*(order or table.primary_key.columns))).mappings()
    return [_line(session, table, dict(row), shown) for row in rows]


def _line(session: Session, table: sa.Table, row: dict[str, object], shown: frozenset[str]) -> Line:
    line: Line = {}
    for name, value in row.items():
        column = f"{table.name}.{name}"
        if column in NOT_SHOWN or name in _OWNERS - {"account_id"} or name == "id" or value is None:
            continue
        if not _may(column, shown):
            line[name] = WITHHELD
        elif column in _SEALED and isinstance(value, bytes):
            line[name] = vault_of(session).open(value, column, uuid.UUID(str(row[_SEALED[column]])))
        else:
            line[name] = _in_words(session, name, value)
    return line


def _may(column: str, shown: frozenset[str]) -> bool:
    field = FIELD_OF.get(column)
    return field is None or field in shown


def _in_words(session: Session, name: str, value: object) -> Value:
    """A value for a reader: of staff, employers and vacancies who and which they are instead of their ids."""
    if isinstance(value, uuid.UUID):
        return _named(session, name, value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [_in_words(session, name, each) for each in value]
    if isinstance(value, dict):
        return {str(key): _in_words(session, name, each) for key, each in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    raise TypeError(f"the export does not know how to show {name}")


def _named(session: Session, name: str, value: uuid.UUID) -> Value:
    if name in ("employer_id", "recipient"):
        employer = session.get(Employer, value)
        return employer.name if employer else str(value)
    if name == "vacancy_id":
        vacancy = session.get(Vacancy, value)
        marked = "; ".join(said_once(marks_in(session, [value]).get(value, ())))
        return f"{vacancy.title if vacancy else value}{f' (marked: {marked})' if marked else ''}"
    if name == "centre_id":
        return session.get_one(Centre, value).name
    known = accounts_of(session, [value]).get(value)
    return " ".join(filter(None, (known[1].who, known[1].where))) if known else str(value)


def _vectors(session: Session, owner: uuid.UUID) -> Value:
    query = pick(DocumentVector.model, DocumentVector.dimensions).where(
        col(DocumentVector.owner_kind) == "returnee", col(DocumentVector.owner_id) == owner
    )
    return [
        f"{row[1]} numbers made from your jobs without names, by the model {row[0]}, to find jobs alike"
        for row in session.execute(query)
    ]


def _log(session: Session, owner: uuid.UUID) -> Value:
    lines: Iterable[Line] = (
        {"number": line.sequence, "at": line.at.isoformat(timespec="seconds"), "what": log_sentence(line)}
        for line in log_lines(session, owner)
    )
    return list(lines)
