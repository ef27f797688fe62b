"""Providers from files: a row of the documented layout to an entry of the directory."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs_ingest.models import Provider, ProviderServed
from jobs_ingest.normalise import place
from jobs_ingest.provider_names import district_key, name_key, read_served
from jobs_ingest.providers_linking import settle_providers
from profiling.coding import Coder
from profiling.errors import RowProblem
from profiling.fields import LONG_TEXT, Row
from profiling.importing import Stored, content_hash
from profiling.models import ImportRun
from profiling.repository import bump_revision

Fields = dict[str, object]
_COLUMNS = (
    "ref name country province district place specialisation serves area accreditation phone email website licence"
).split()
_EMAIL = re.compile(r"[^@\s<>\"'();:,]{1,64}@[^@\s<>\"'();:,]{1,190}\.[^@\s<>\"'();:,.]{2,24}")
_PHONE = re.compile(r"\+?[\d\s()./-]{5,30}(?:\s?(?:ext|x)\.?\s?\d{1,6})?")
_WEBSITE = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{2,63}(?::\d{1,5})?(?:/[^\s<>\"']{0,300})?", re.I
)
#: What makes an entry: other columns are its description.
_KEY = ("name_key", "country_key", "district_key")


class ProviderImporter:
    """Imports the providers of one source. Each row is kept or refused whole."""

    kind = "providers"
    required = frozenset({"name"})

    def __init__(self, source: str, coder: Coder) -> None:
        """``coder`` is not asked: a provider's trades are those of its courses."""
        self._source = source

    def knows(self, column: str) -> bool:
        """Whether the layout has such a column."""
        return column in _COLUMNS

    def columns(self) -> Iterable[str]:
        """The columns of the layout."""
        return _COLUMNS

    def parse(self, row: Row) -> Fields:
        """The fields of a row; problems are noted in the row."""
        name = row.needed("name")
        where = place(row)
        key = name_key(name)
        if name and key is None:
            row.reject("name", "holds no letter")
        return {
            "name": name,
            "name_key": key or "",
            "country_key": where["country"] or "",
            "district_key": district_key(where["district"]),
            **where,
            "specialisation": row.text("specialisation", LONG_TEXT),
            "serves_text": row.items("serves"),
            "area": row.items("area"),
            "accreditation": row.text("accreditation"),
            "phone": _shaped(row, "phone", _PHONE, "a telephone number such as +977 56 520000"),
            "email": _shaped(row, "email", _EMAIL, "an e-mail address such as office@example.org"),
            "website": _shaped(row, "website", _WEBSITE, "an address such as https://example.org"),
            "licence": row.text("licence"),
            "source": self._source,
            "ref": row.text("ref"),
            "content_hash": content_hash(row.cells),
        }

    def store(self, session: Session, batch: list[tuple[int, Fields]], run: ImportRun) -> Stored:
        """Write a batch of (line, fields), and link the courses of its providers.

        A row is the entry of its number in this source, else that of its name, country and district. An entry that
        another source described keeps what that one says; this one fills what it leaves empty.
        """
        stored = Stored()
        touched: set[str] = set()
        for line, fields in batch:
            held = self._held(session, fields)
            refusal = self._refusal(session, held, fields, run)
            if refusal:
                stored.refused.append(RowProblem(line, *refusal))
            elif held is None:
                session.add(_write(session, Provider(name="", name_key=""), fields, run))
                stored.new += 1
                touched.add(str(fields["name_key"]))
            elif self._same(held, fields):
                held.seen_run = run.id
                stored.unchanged += 1
            else:
                touched |= {held.name_key, str(fields["name_key"])}
                _write(session, held, fields, run)
                stored.changed += 1
            session.flush()
        if touched:
            settle_providers(session, touched)
            bump_revision(session, "market")
        return stored

    def _held(self, session: Session, fields: Fields) -> Provider | None:
        """The entry that a row is about."""
        if fields["ref"]:
            query = select(Provider).where(Provider.source == self._source, Provider.ref == fields["ref"])
            if found := session.exec(query).first():
                return found
        return session.exec(select(Provider).where(*_is(fields))).first()

    def _refusal(
        self, session: Session, held: Provider | None, fields: Fields, run: ImportRun
    ) -> tuple[str, str] | None:
        """Field and reason for which a row cannot be kept."""
        if held is None:
            return None
        if held.seen_run == run.id and held.content_hash != fields["content_hash"]:
            return "name", f"{fields['name']!r} stands twice in this file, for the same country and district"
        other = session.exec(
            select(Provider.id).where(*_is(fields), Provider.id != held.id, Provider.described)
        ).first()
        return ("name", f"{fields['name']!r} is described already, under another number") if other else None

    def _same(self, held: Provider, fields: Fields) -> bool:
        if not held.described:
            return False
        if held.source == self._source:
            return held.content_hash == fields["content_hash"]
        return not _missing(held, fields)


def _is(fields: Fields) -> list[sa.ColumnElement[bool]]:
    return [col(getattr(Provider, name)) == fields[name] for name in _KEY]


def _missing(held: Provider, fields: Fields) -> list[str]:
    """What another source left empty and this row tells."""
    names = (
        "province district place specialisation serves_text area accreditation phone email website licence"
    ).split()
    return [name for name in names if not getattr(held, name) and fields[name]]


def _write(session: Session, provider: Provider, fields: Fields, run: ImportRun) -> Provider:
    """Put a row's fields into an entry."""
    by_other = provider.described and provider.source != fields["source"]
    names = _missing(provider, fields) if by_other else list(fields)
    if not by_other:
        _make_room(session, provider, fields)
    for name in names:
        setattr(provider, name, fields[name])
    provider.described, provider.seen_run, provider.updated_at = True, run.id, run.started_at
    session.add(provider)
    session.flush()
    if "serves_text" in names:
        _write_served(session, provider.id, provider.serves_text)
    return provider


def _make_room(session: Session, provider: Provider, fields: Fields) -> None:
    """Take away an entry that only courses made, where a described one moves to its name and place."""
    query = select(Provider).where(*_is(fields), Provider.id != provider.id)
    for other in session.exec(query):
        session.execute(
            sa.text("UPDATE course SET provider_id = NULL WHERE provider_id = :id").bindparams(
                sa.bindparam("id", other.id, sa.Uuid())
            )
        )
        session.delete(other)
    session.flush()


def _write_served(session: Session, provider_id: uuid.UUID, items: list[str]) -> None:
    session.execute(sa.delete(ProviderServed).where(col(ProviderServed.provider_id) == provider_id))
    for served in read_served(items):
        session.add(ProviderServed(provider_id=provider_id, group=served.group, words=served.words))


def _shaped(row: Row, column: str, shape: re.Pattern[str], expected: str) -> str | None:
    text = row.text(column)
    if text is None or shape.fullmatch(text):
        return text
    row.reject(column, f"{text[:60]!r} is not {expected}")
    return None
