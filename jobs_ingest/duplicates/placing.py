"""Places: by country, district and the names that tell the place more exactly, in any spelling of the gazetteer."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz

from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.values import Finding, OfferView, Part
from jobs_ingest.duplicates.words import spelt, unmatched
from jobs_ingest.places.gazetteer import HOME_COUNTRIES, Kind, gazetteer, read_rows
from jobs_ingest.places.spelling import key

#: A name of one of these says no more than the code of a district does.
_CODED = frozenset({Kind.CITY, Kind.DISTRICT})
#: A name of one of these tells no place at all.
_WIDE = frozenset({Kind.COUNTRY, Kind.PROVINCE, Kind.ABBREVIATION})
#: Which kind a name is that several places bear.
_FIRST = (Kind.DISTRICT, Kind.CITY, Kind.TOWN, Kind.PROVINCE, Kind.COUNTRY, Kind.ABBREVIATION)
_PARTS = re.compile(r"[,;/()|]")
_MOST_WORDS = 4
#: A longer place or title is read by its beginning.
_LONGEST = 300
#: Least likeness (0 to 100, rapidfuzz ratio) of names that are written in one word or several.
_ALIKE = 88


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A place taken apart.

    ``names``: all its names but countries and provinces; ``finer``: those within a district; ``titled``: the cities
    and districts that the title names.

    A name that the gazetteer knows stands there in one spelling, another one as its words.
    """

    country: str | None
    district: str | None
    written: str
    names: frozenset[str]
    finer: frozenset[str]
    titled: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Name:
    kind: Kind
    plain: str


def read_place_of(view: OfferView) -> PlaceReading:
    """The place of a vacancy, taken apart."""
    names, finer = _names_in((view.place or "").strip()[:_LONGEST], view.country)
    said = (view.place or "").strip() or view.district or view.province or view.country or ""
    return PlaceReading(
        view.country, view.district, said, names, finer, _titled(view.title[:_LONGEST], view.country)
    )


@lru_cache(maxsize=5_000)
def _titled(title: str, country: str | None) -> frozenset[str]:
    """The places of the gazetteer that a title names, in one spelling each; names that are ordinary words not."""
    found = {
        known.plain
        for words in (spelt(part) for part in _PARTS.split(title))
        for at in range(len(words))
        if (known := _longest(words[at : at + _MOST_WORDS], country)[1]) and known.plain not in _weak()
    }
    return frozenset(found)


@cache
def _weak() -> frozenset[str]:
    return frozenset(
        key(row.name)
        for tables in (*HOME_COUNTRIES, "world")
        for row in read_rows(tables.lower())
        if row.kind not in _CODED or any(mark for _, mark in row.names)
    )


@lru_cache(maxsize=5_000)
def _names_in(text: str, country: str | None) -> tuple[frozenset[str], frozenset[str]]:
    known = table()
    names, finer = list[str](), set()
    for part in _PARTS.split(text):
        words = [word.lstrip("0") if word.isdigit() else word for word in spelt(part)]
        words = known.short_places[words[0]].split() if words and words[0] in known.short_places else words
        at = 0
        while at < len(words):
            length, found = _longest(words[at : at + _MOST_WORDS], country)
            at += length
            found = found or _Name(Kind.TOWN, words[at - 1])
            plain = "".join(word for word in found.plain.split() if word not in known.words["place.noise"])
            if plain and found.kind not in _WIDE:
                names.append(plain)
                finer |= set() if found.kind in _CODED else {plain}
    if names and _is_whole(names[-1], names[: names.index(names[-1])]):
        names = [name for name in names if name != names[-1]]
    return frozenset(names), frozenset(finer)


def _is_whole(last: str, before: list[str]) -> bool:
    """Whether a name is a district's and its province's, and one before it is another district of that province.

    There it means the province, as in *Bogura, Rajshahi*.
    """
    senses = gazetteer().senses
    provinces = {sense.province for sense in senses.get(last, ()) if sense.kind is Kind.PROVINCE}
    own = {sense.district for sense in senses.get(last, ()) if sense.kind is Kind.DISTRICT}
    inside = (sense for name in before for sense in senses.get(name, ()) if sense.kind is Kind.DISTRICT)
    return bool(provinces and own) and any(
        sense.province in provinces and sense.district not in own for sense in inside
    )


def _longest(words: list[str], country: str | None) -> tuple[int, _Name | None]:
    """How many of the words are the longest known name at their beginning, and that name."""
    if words[0] not in _openings():
        return 1, None
    for length in range(len(words), 0, -1):
        name = " ".join(words[:length])
        known = _known().get((country or "", name)) or _known().get(("", name))
        if known:
            return length, known
    return 1, None


@cache
def _known() -> dict[tuple[str, str], _Name]:
    """What a name means in a country; under the country ``""`` the names of countries, and those of one country.

    A name of several places is kept as it is written, as a district if one of them is one.
    """
    bearers: dict[tuple[str, str], set[_Name]] = defaultdict(set)
    for tables in (*HOME_COUNTRIES, "world"):
        for row in read_rows(tables.lower()):
            country = "" if row.kind is Kind.COUNTRY else gazetteer().country(row.parent or row.code)
            for name, _ in row.names:
                bearers[country, key(name)].add(_Name(row.kind, key(row.name)))
    everywhere: dict[str, set[_Name]] = defaultdict(set)
    for (_, name), places in bearers.items():
        everywhere[name] |= places
    known = {at: _one(at[1], places) for at, places in bearers.items()}
    return known | {
        ("", name): _one(name, places) for name, places in everywhere.items() if ("", name) not in known
    }


@cache
def _openings() -> frozenset[str]:
    return frozenset(name.split(" ", 1)[0] for _, name in _known())


def _one(name: str, places: set[_Name]) -> _Name:
    if len(places) == 1:
        return next(iter(places))
    return _Name(next(kind for kind in _FIRST if any(place.kind is kind for place in places)), name)


def compare_places(ours: PlaceReading, theirs: PlaceReading) -> Finding | None:
    """How near two places are, or None when one is not known well enough."""
    level = _level(ours, theirs)
    return Finding(Part.PLACE, level, ours.written, theirs.written) if level else None


def _level(ours: PlaceReading, theirs: PlaceReading) -> str | None:
    if ours.country and theirs.country and ours.country != theirs.country:
        return "country"
    if ours.titled and theirs.titled and not ours.titled & theirs.titled:
        return "titled"
    one_district = ours.district is not None and ours.district == theirs.district
    if one_district:
        mine, others = unmatched(ours.finer, theirs.finer)
    elif not ours.names or not theirs.names:
        return None
    else:
        mine, others = unmatched(ours.names, theirs.names)
    if not mine and not others:
        return "same"
    if not mine or not others or fuzz.ratio("".join(sorted(mine)), "".join(sorted(others))) >= _ALIKE:
        return "near"
    return "quarter" if one_district or len(mine) < len(ours.names) else "differs"
