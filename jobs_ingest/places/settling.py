"""Names that may mean several places, settled by the country and by the names beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from jobs_ingest.places.gazetteer import HOME_COUNTRIES, Gazetteer, Kind, Sense

_SEGMENT_ENDS = re.compile(r"[,;/|()\[\]\n]")
#: A state of the USA or a province of Canada at the end: *Decatur, IL*, *Windsor, ON N9A*.
_LAST_ABBREVIATION = re.compile(r",\s*([A-Z]{2})(?:\s+[A-Z0-9 -]{3,10})?\s*(?:,\s*(?:US|USA|Canada))?\s*$")
#: What such an address looks like when nobody says that it is one: a few words of which the last has small letters.
_SHORT_ADDRESS = re.compile(r"\s*[A-Z](?:[^\W\d]|[ .'\u2013-]){0,40}[a-z],\s*[A-Z]{2}\s*")
#: States whose two letters are a degree or a profession as well.
_ALSO_DEGREES = ("MA", "MD", "ME", "MS", "PA")


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found: its span and what it may mean."""

    start: int
    end: int
    senses: tuple[Sense, ...]

    @property
    def country(self) -> str | None:
        """The country that is certain."""
        countries = {s.country for s in self.senses if not s.weak} or {s.country for s in self.senses}
        return next(iter(countries)) if len(countries) == 1 else None

    @property
    def weak(self) -> bool:
        """Whether it counts only beside another name."""
        return all(sense.weak for sense in self.senses)

    @property
    def is_country(self) -> bool:
        """Whether it can only be the name of a country."""
        return all(sense.kind is Kind.COUNTRY for sense in self.senses)


def settled(hits: Sequence[Hit], text: str, given: str | None, known: Gazetteer) -> list[Hit]:
    """The hits that are certain, each with one sense, left to right."""
    left = _paired(_in_named_country(_in_foreign_state(list(hits), text, given, known), given))
    named = {hit.country for hit in left if hit.is_country}
    left = [_in_countries(hit, named, given) for hit in left]
    sure = {hit.country for hit in left if not hit.weak} - {None}
    left = [_in_countries(hit, sure, None) for hit in left]
    left = [_kept(hit, lambda sense: not sense.weak) for hit in left if hit.country]
    found = [_settle(hit, left[number + 1 : number + 2] + left[max(0, number - 1) : number], left)
             for number, hit in enumerate(left)]  # fmt: skip
    found = [hit for hit in found if _borne_out(hit, found, text, given)]
    return _wholes(found, left)


def _kept(hit: Hit, wanted: Callable[[Sense], bool]) -> Hit:
    """With the senses that are wanted, or as it was where none is."""
    senses = tuple(filter(wanted, hit.senses))
    return replace(hit, senses=senses) if senses else hit


def _paired(hits: list[Hit]) -> list[Hit]:
    """With the senses that two neighbours bear out: a town and its district, in either order (*Tulsipur, Dang*).

    A lesser place is borne out by the district named behind it (*Sherpur, Bogura*), not by one before it, which
    may as well be the next of a list. A district that shares its province's name bears out nothing.
    """
    left = list(hits)
    for at, (first, second) in enumerate(pairwise(hits)):
        one, two = _towns_and_districts(first), _towns_and_districts(second)
        common = {s.district for s in one} & {s.district for s in two if not s.weak or s.kind is Kind.DISTRICT}
        kinds = {s.kind for s in (*one, *two) if s.district in common}
        if len(common) == 1 and kinds == {Kind.TOWN, Kind.DISTRICT}:
            left[at] = replace(first, senses=_sure(one, common))
            left[at + 1] = replace(second, senses=_sure(two, common))
    return left


def _towns_and_districts(hit: Hit) -> tuple[Sense, ...]:
    return () if any(sense.kind is Kind.PROVINCE for sense in hit.senses) else hit.senses


def _sure(senses: tuple[Sense, ...], districts: Set[str | None]) -> tuple[Sense, ...]:
    return tuple(replace(sense, weak=False) for sense in senses if sense.district in districts)


def _in_foreign_state(hits: list[Hit], text: str, given: str | None, known: Gazetteer) -> list[Hit]:
    """Only what lies in the USA or Canada, where the text ends with one of their states and names no home place."""
    last = _LAST_ABBREVIATION.search(text)
    country = known.abbreviations.get(last[1]) if last else None
    if last is None or country is None or given in HOME_COUNTRIES:
        return hits
    address = _SHORT_ADDRESS.fullmatch(text) and last[1] not in _ALSO_DEGREES
    if given != country and (not address or any(_at_home(hit) for hit in hits)):
        return hits
    kept = [_kept(hit, lambda sense: sense.country == country) for hit in hits]
    kept = [hit for hit in kept if hit.country == country]
    return kept or [Hit(last.start(1), last.end(1), (Sense(Kind.COUNTRY, country),))]


def _at_home(hit: Hit) -> bool:
    return any(sense.home and not sense.weak for sense in hit.senses)


def _in_named_country(hits: list[Hit], given: str | None) -> list[Hit]:
    """Only what lies in the given country, where the text ends by naming it: *Perth, Ontario, Canada*."""
    if not (hits and given and hits[-1].is_country and hits[-1].country == given):
        return hits
    kept = [_kept(hit, lambda sense: sense.country == given) for hit in hits]
    return [hit for hit in kept if hit.country == given or (given in HOME_COUNTRIES and _at_home(hit))]


def _in_countries(hit: Hit, named: Set[str | None], given: str | None) -> Hit:
    """With the senses in a country that the text names, else in the given one; two settle nothing."""
    countries = {sense.country for sense in hit.senses}
    both = named & countries
    country = next(iter(both)) if len(both) == 1 else given
    return _kept(hit, lambda sense: sense.country == country)


def _settle(hit: Hit, beside: Sequence[Hit], hits: Sequence[Hit]) -> Hit:
    """With the one sense that is certain: the place itself, else the province or country of all senses."""
    senses = _inner(hit.senses)
    for evidence in ([other] for other in beside):
        senses = _fitting(senses, evidence)
    senses = _fitting(senses, [other for other in hits if other is not hit])
    places = {(sense.province, sense.district or sense.city) for sense in senses}
    if len(places) == 1:
        return replace(hit, senses=(min(senses, key=lambda sense: list(Kind).index(sense.kind)),))
    provinces = {sense.province for sense in senses}
    province = next(iter(provinces)) if len(provinces) == 1 else None
    return replace(hit, senses=(Sense(Kind.TOWN, senses[0].country, province, weak=hit.weak),))


def _inner(senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
    """Without a province or country in which another place of the same name lies (*Dhaka*)."""
    inner = tuple(sense for sense in senses if sense.district or sense.city)
    return inner or tuple(sense for sense in senses if sense.province) or senses


def _fitting(senses: tuple[Sense, ...], evidence: Sequence[Hit]) -> tuple[Sense, ...]:
    """The senses in a district that the other names bear out, else in a province; all where none is."""
    if len(senses) == 1:
        return senses
    beside = [sense for other in evidence for sense in _evident(other)]
    districts = {sense.district for sense in beside if sense.district}
    provinces = {sense.province for sense in beside if sense.province}
    fitting = tuple(sense for sense in senses if sense.district in districts)
    return fitting or tuple(sense for sense in senses if sense.province in provinces) or senses


def _evident(hit: Hit) -> tuple[Sense, ...]:
    """What a name says of its neighbours: nothing when it is itself open between districts."""
    inner = _inner(hit.senses)
    return hit.senses if len({(sense.province, sense.district) for sense in inner}) == 1 else ()


def _borne_out(hit: Hit, hits: Sequence[Hit], text: str, given: str | None) -> bool:
    """Whether a name counts: an ordinary word or a lesser place only beside what bears it out."""
    sense = hit.senses[0]
    foreign = given is not None and sense.country != given and sense.kind is Kind.TOWN
    if not sense.weak and not foreign:
        return True
    others = [other.senses[0] for other in hits if other is not hit and not other.senses[0].weak]
    if any(other.province == sense.province for other in others if other.province):
        return True
    in_country = given == sense.country or any(other.country == sense.country for other in others)
    if foreign and in_country and not sense.weak:
        return True
    return _fills_its_segment(hit, text) and (in_country or (foreign and not sense.weak and not sense.home))


def _fills_its_segment(hit: Hit, text: str) -> bool:
    before = _SEGMENT_ENDS.split(text[: hit.start])[-1]
    behind = _SEGMENT_ENDS.split(text[hit.end :])[0]
    return not before.strip(" .-:") and not behind.strip(" .-:")


def _wholes(found: Sequence[Hit], read: Sequence[Hit]) -> list[Hit]:
    """The last name as a province, where it is one in which the district before it lies: *Pabna, Rajshahi*."""
    local = [hit for hit in found if hit.senses[0].district]
    if len(local) < 2 or len({hit.senses[0].district for hit in local[:-1]}) > 1:
        return list(found)
    last, inside = local[-1], local[-2].senses[0]
    before = next(hit for hit in read if hit.start == last.start)
    whole = next((s for s in before.senses if s.kind is Kind.PROVINCE and s.province == inside.province), None)
    if whole is None or last.senses[0].district == inside.district:
        return list(found)
    return [replace(hit, senses=(whole,)) if hit is last else hit for hit in found]
