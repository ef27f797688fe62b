"""sources.toml: where offers come from. One table a source::

    [sources.chamber]
    licence = "Open data of the Demo Chamber, CC BY 4.0"   # by what right the offers are taken
    kind = "csv"                    # csv, xlsx, page, feed or api
    offers = "vacancies"            # vacancies or courses
    country = "NP"                  # optional: where the source is at home
    path = "chamber.csv"            # csv, xlsx: beside this file, or a whole path
    # address = "https://..."       # page, feed, api: one address, or a list of them
    schedule = "daily"              # daily, weekly or manual (also when it is missing)
    expires_after = 14              # days after which an offer that is no longer seen has expired; optional

    [sources.chamber.mapping]       # our column = their column (csv, xlsx) or the path in an item (api)
    title = "Job title"
    description = ["Duties", "Notes"]

    [sources.chamber.constants]     # our column = the same text in each offer that does not tell it
    contract = "wage_work"

Instead of a table, ``mapping`` may name a file in the format of ``profiling.mapping``. A page may also have
``follow`` (a pattern: links on the page whose address it fits are visited) and ``most_pages``; an api has a table
``paging``, see ``jobs_ingest.sources.paging``.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from jobs_ingest.sources.base import LAYOUTS, TEXT_CELLS
from jobs_ingest.sources.keys import Keys
from jobs_ingest.sources.paging import Paging, read_paging
from profiling.codes import CountryCode
from profiling.errors import BadValue, InputError
from profiling.tabular import column_key

FILE_KINDS, ADDRESS_KINDS = ("csv", "xlsx"), ("page", "feed", "api")
KINDS = FILE_KINDS + ADDRESS_KINDS
SCHEDULES = ("daily", "weekly", "manual")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_MOST_PAGES = 200
_LONGEST_PATTERN = 200
_MORE_OFTEN_THAN_THAT = 3650
#: What a mapping may fill beside the layout and the texts.
_LINK = "url"


class ConfigProblem(InputError):
    """sources.toml does not fit its format; the text names source and key and says what to do."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One source as it was configured and checked.

    ``mapping`` is our column to theirs (several are joined by line breaks); ``mapping_file`` stands instead of it.
    """

    name: str
    licence: str
    kind: str
    offers: str
    country: str | None = None
    path: Path | None = None
    addresses: tuple[str, ...] = ()
    mapping: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mapping_file: Path | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    schedule: str = "manual"
    expires_after: int | None = None
    follow: re.Pattern[str] | None = None
    most_pages: int = _MOST_PAGES
    paging: Paging | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with whatever decides what is read: then nothing that was fetched before is still good."""
        extra = self.mapping_file.read_bytes() if self.mapping_file and self.mapping_file.is_file() else b""
        told = (
            self.kind,
            self.offers,
            sorted(self.mapping.items()),
            self.follow and self.follow.pattern,
            self.paging,
        )
        return hashlib.sha256(repr(told).encode() + extra).hexdigest()


def mapped_columns(offers: str) -> frozenset[str]:
    """The columns that a mapping may fill."""
    return frozenset((*LAYOUTS[offers], *TEXT_CELLS, _LINK))


def read_sources(path: Path) -> dict[str, SourceConfig]:
    """The sources of a sources.toml by name, in its order. Raises ConfigProblem."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigProblem(f"{path.name}: cannot be opened ({error.strerror}).") from error
    except (UnicodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigProblem(f"{path.name}: cannot be read as TOML ({error}).") from error
    try:
        top = Keys("", content)
        tables = top.tables("sources")
        top.done()
        return {name: _source(name, Keys(f"sources.{name}", table), path.parent) for name, table in tables.items()}
    except (BadValue, InputError) as error:
        raise ConfigProblem(f"{path.name}: {error}") from error


def _source(name: str, keys: Keys, folder: Path) -> SourceConfig:
    if not _NAME.fullmatch(name):
        raise keys.wrong("", "has a name that is not lower-case letters, digits, - and _ (at most 60)")
    kind, offers = keys.choice("kind", KINDS), keys.choice("offers", tuple(LAYOUTS))
    is_file = kind in FILE_KINDS
    mapping, mapping_file = _mapping(keys, offers, folder) if is_file or kind == "api" else ({}, None)
    paging = read_paging(keys) if kind == "api" else None
    follow = _pattern(keys) if kind == "page" else None
    found = SourceConfig(
        name=name,
        licence=keys.text("licence"),
        kind=kind,
        offers=offers,
        country=_country(keys),
        path=folder / keys.text("path") if is_file else None,
        addresses=() if is_file else _addresses(keys),
        mapping=mapping,
        mapping_file=mapping_file,
        constants=_constants(keys, offers),
        schedule=keys.choice("schedule", SCHEDULES, "manual"),
        expires_after=keys.whole("expires_after", 1, _MORE_OFTEN_THAN_THAT),
        follow=follow,
        most_pages=(keys.whole("most_pages", 1, 10_000) if kind in ("page", "api") else None) or _MOST_PAGES,
        paging=paging,
    )
    keys.done(f"a source of kind {kind}")
    if kind == "api" and "title" not in mapping:
        raise keys.wrong("mapping", 'does not say where the title stands; add title = "..."')
    return found


def _country(keys: Keys) -> str | None:
    text = keys.text("country", needed=False)
    if not text:
        return None
    try:
        return CountryCode(text)
    except BadValue:
        raise keys.wrong("country", f"is {text!r}; give a country's name or code such as NP") from None


def _addresses(keys: Keys) -> tuple[str, ...]:
    found = keys.texts("address")
    for address in found:
        try:
            parts = urlsplit(address)
        except ValueError:
            raise keys.wrong("address", f"is {address!r}, which is no web address") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise keys.wrong("address", f"is {address!r}; give a whole address that begins with https://")
    return found


def _pattern(keys: Keys) -> re.Pattern[str] | None:
    text = keys.text("follow", needed=False)
    if not text:
        return None
    try:
        if len(text) > _LONGEST_PATTERN:
            raise re.error("it is too long")
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise keys.wrong("follow", f"is no pattern that can be read ({error})") from None


def _mapping(keys: Keys, offers: str, folder: Path) -> tuple[dict[str, tuple[str, ...]], Path | None]:
    value = keys.raw("mapping")
    if value is None:
        return {}, None
    if isinstance(value, str):
        return {}, folder / value
    if not isinstance(value, dict):
        raise keys.wrong("mapping", 'is no table; write a line such as title = "Job title" under it')
    inner = Keys(f"{keys.where}.mapping", value)
    return {column: inner.texts(column) for column in _columns(inner, value, offers)}, None


def _constants(keys: Keys, offers: str) -> dict[str, str]:
    value = keys.raw("constants")
    if not isinstance(value, dict | None):
        raise keys.wrong("constants", 'is no table; write a line such as kind = "course" under it')
    inner = Keys(f"{keys.where}.constants", value or {})
    return {column: inner.text(column) for column in _columns(inner, value or {}, offers)}


def _columns(inner: Keys, table: Mapping[str, object], offers: str) -> list[str]:
    known = mapped_columns(offers)
    for column in table:
        if column not in known:
            hint = inner.near(column, known)
            raise inner.wrong(column, f"is no column of {offers}; docs/layouts.md lists them. {hint}")
    return list(table)


def header_mapping(config: SourceConfig) -> dict[str, tuple[str, ...]]:
    """The mapping of a table, its headers as ``profiling.tabular`` compares them."""
    return {ours: tuple(column_key(name) for name in theirs) for ours, theirs in config.mapping.items()}
