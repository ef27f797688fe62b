"""Places and their names, from the tables in ``jobs_ingest/data/places`` (its README tells format and sources)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from jobs_ingest.places.spelling import key
from profiling.errors import NotFound

DATA = Path(__file__).parents[1] / "data" / "places"
#: The countries whose provinces and districts the gazetteer holds.
HOME_COUNTRIES = ("NP", "BD", "LK", "IN", "PK")
COLUMNS = ("kind", "code", "parent", "name", "spellings", "native", "latitude", "longitude")
#: Mean radius of the earth in kilometres (IUGG).
EARTH_RADIUS_KM = 6371.0088
_SHORTEST_CLOSED_UP = 7
#: The first and last code point of the script in which a language is written.
_SCRIPTS = {
    "hi": (0x0900, 0x097F), "mr": (0x0900, 0x097F), "ne": (0x0900, 0x097F), "as": (0x0980, 0x09FF),
    "bn": (0x0980, 0x09FF), "pa": (0x0A00, 0x0A7F), "gu": (0x0A80, 0x0AFF), "or": (0x0B00, 0x0B7F),
    "ta": (0x0B80, 0x0BFF), "te": (0x0C00, 0x0C7F), "kn": (0x0C80, 0x0CFF), "ml": (0x0D00, 0x0D7F),
    "si": (0x0D80, 0x0DFF), "ur": (0x0600, 0x06FF),
}  # fmt: skip


class Kind(StrEnum):
    """What a row of the tables is. A city holds several districts; a town lies in one, or in a foreign country."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    ABBREVIATION = "abbreviation"


class Mark(StrEnum):
    """What the last character of a spelling says of it."""

    SHARED = "?"  # several districts of the country bear this name
    WEAK = "~"  # counts only beside another name that bears it out, as it is an ordinary word or a lesser place


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; ``names`` are (spelling, its mark) in all scripts."""

    kind: Kind
    code: str
    parent: str
    name: str
    names: tuple[tuple[str, str], ...]
    native: tuple[str, ...]
    coordinates: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Sense:
    """What a name may mean."""

    kind: Kind
    country: str
    province: str | None = None
    district: str | None = None
    city: str | None = None
    weak: bool = False

    @property
    def home(self) -> bool:
        """Whether it lies in a country whose districts are known."""
        return self.country in HOME_COUNTRIES


@dataclass(frozen=True)
class Gazetteer:
    """Every row by its code, and every folded name with what it may mean."""

    rows: dict[str, Row]
    senses: dict[str, tuple[Sense, ...]]
    abbreviations: dict[str, str]

    def country(self, code: str) -> str:
        """The ISO code of the country in which a coded place lies."""
        row = self.rows[code]
        return code if row.kind is Kind.COUNTRY else self.country(row.parent)


def read_rows(country: str) -> Iterator[Row]:
    """The rows of one table, ``np`` to ``pk`` or ``world``, as written."""
    lines = (DATA / f"{country}.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        kind, code, parent, name, spellings, native, latitude, longitude = line.split("\t")
        own = tuple(part for part in native.split(";") if part)
        names = dict([_marked(name)] if name else [])
        names |= dict(_marked(part) for part in (*spellings.split(";"), *own) if part)
        yield Row(
            Kind(kind), code, parent, name, tuple(names.items()), tuple(_marked(part)[0] for part in own),
            (float(latitude), float(longitude)) if latitude else None,
        )  # fmt: skip


def _marked(spelling: str) -> tuple[str, str]:
    mark = spelling[-1] if spelling[-1] in tuple(Mark) else ""
    return spelling.removesuffix(mark) if mark else spelling, mark


@cache
def gazetteer() -> Gazetteer:
    """The tables, read once."""
    tables = {table: tuple(read_rows(table)) for table in (*map(str.lower, HOME_COUNTRIES), "world")}
    rows = {row.code: row for table in tables.values() for row in table if row.code}
    senses: dict[str, list[Sense]] = defaultdict(list)
    abbreviations: dict[str, str] = {}
    for row in (row for table in tables.values() for row in table):
        if row.kind is Kind.ABBREVIATION:
            abbreviations |= {name: row.parent for name, _ in row.names}
            continue
        for name, mark in row.names:
            sense = _sense(row, rows, mark == Mark.WEAK)
            for form in _forms(name):
                if sense not in senses[form]:
                    senses[form].append(sense)
    return Gazetteer(rows, {form: tuple(found) for form, found in senses.items()}, abbreviations)


def _forms(name: str) -> set[str]:
    folded = key(name)
    closed_up = folded.replace(" ", "")
    return {folded, closed_up} if len(closed_up) >= _SHORTEST_CLOSED_UP else {folded}


def _sense(row: Row, rows: dict[str, Row], weak: bool) -> Sense:
    kind, above = row.kind, row.code or row.parent
    found: dict[Kind, str] = {}
    while above:
        found[rows[above].kind] = above
        above = rows[above].parent
    district = found.get(Kind.DISTRICT)
    return Sense(kind, found[Kind.COUNTRY], found.get(Kind.PROVINCE), district, found.get(Kind.CITY), weak)


def name_of(code: str, language: str = "en") -> str:
    """The name of a country, province, city or district in a language (ISO 639-1); English where it is not known.

    ``NotFound`` for a code that the gazetteer does not hold.
    """
    row = gazetteer().rows.get(code)
    if row is None:
        raise NotFound(f"There is no place with the code {code!r}.")
    first, last = _SCRIPTS.get(language, (0, 0))
    return next((name for name in row.native if first <= ord(name[0]) <= last), row.name)


def distance_km(a: str, b: str) -> float | None:
    """Kilometres from one district to another, main town to main town; None where one has no coordinates.

    Provinces and cities are measured from their capital or centre. It is the great circle (haversine formula,
    R. W. Sinnott, *Sky and Telescope* 68, 1984), good to some 10 km for places of known coordinates; roads are
    longer, in hills often twice as long. ``NotFound`` for a code that the gazetteer does not hold.
    """
    ends = []
    for code in (a, b):
        if code not in gazetteer().rows:
            raise NotFound(f"There is no place with the code {code!r}.")
        ends.append(gazetteer().rows[code].coordinates)
    if ends[0] is None or ends[1] is None:
        return None
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(radians, end)) for end in (ends[0], ends[1]))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))
