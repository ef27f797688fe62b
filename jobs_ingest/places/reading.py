"""A free-text place of a vacancy, a course or a person to country, province and district."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from jobs_ingest.demands.lexicon import closed
from jobs_ingest.places.gazetteer import HOME_COUNTRIES, Gazetteer, Kind, Sense, gazetteer
from jobs_ingest.places.guessing import guess
from jobs_ingest.places.phrases import from_home, leaves_open
from jobs_ingest.places.settling import Hit, settled
from jobs_ingest.places.spelling import Word, stems, words
from jobs_ingest.places.values import Place, PlaceReading
from profiling.codes import CountryCode

#: A place is a line of an address; a pasted page is read up to here.
_LONGEST_TEXT = 1_000
_MOST_WORDS_OF_A_NAME = 6
_MOST_WORDS_TO_GUESS = 12
#: A name before one of these is where a road leads, not where the place is: *Kandy Road, Kadawatha*.
_ROADS = frozenset("road rd street highway expressway lane marg sadak sarak".split())


def read_place(text: str, country: str | None = None) -> PlaceReading:
    """The places that a text names, the first one leading.

    ``country`` (a code or a name; ``BadValue`` if it is neither) is where the text comes from: it settles names
    that several countries share and is not itself taken for a place that was said. A name that several districts
    share is settled by the country or by another place beside it; else only what is certain is returned.
    """
    return _read(text[:_LONGEST_TEXT], str(CountryCode(country)) if country else None)


@lru_cache(maxsize=4_096)
def _read(told: str, given: str | None) -> PlaceReading:
    """The last are kept: most vacancies of a source lie at few places."""
    known = gazetteer()
    places = tuple(_places(told, settled(_hits(told, known, given), told, given, known)))
    lead = places[0] if places else None
    return PlaceReading(
        lead.country if lead else None, lead.province if lead else None, lead.district if lead else None,
        lead.words if lead else "", places, leaves_open(told), from_home(told),
    )  # fmt: skip


def _hits(text: str, known: Gazetteer, given: str | None) -> list[Hit]:
    """The names in a text, at each word the longest; then, in a short text, misspelt ones near them."""
    told = words(text)
    hits: list[Hit] = []
    unread: list[Word] = []
    at = 0
    while at < len(told):
        found = _longest(text, told, at, known)
        hits += [found[0]] if found else []
        unread += [] if found else [told[at]]
        at += found[1] if found else 1
    if len(told) <= _MOST_WORDS_TO_GUESS:
        countries = _where_to_guess(hits, given, alone=len(told) == 1)
        provinces = {sense.province for hit in hits for sense in hit.senses if sense.province}
        for word in unread:
            senses = guess(word.key, countries) if text[word.start].isupper() or len(told) == 1 else ()
            if senses and (not provinces or any(sense.province in provinces for sense in senses)):
                hits.append(Hit(word.start, word.end, senses))
    return sorted(hits, key=lambda hit: hit.start)


def _where_to_guess(hits: Sequence[Hit], given: str | None, alone: bool) -> Sequence[str]:
    """The countries in which a misspelt name may lie: the given one, else a named one, else any for a lone word."""
    if given:
        return (given,)
    named = {hit.country for hit in hits if hit.country and not hit.weak}
    return HOME_COUNTRIES if alone else sorted(named)


def _longest(text: str, told: list[Word], at: int, known: Gazetteer) -> tuple[Hit, int] | None:
    """The longest name that starts at a word, and of how many words it is."""
    most = 1
    while most < _MOST_WORDS_OF_A_NAME and at + most < len(told) and told[at + most - 1].joined:
        most += 1
    for count in range(most, 0, -1):
        run = told[at : at + count]
        start = run[0].start
        end = closed(text, start, run[-1].end)
        before = "".join(f"{word.key} " for word in run[:-1])
        for last in (run[-1].key, *stems(run[-1].key)):
            senses = known.senses.get(before + last)
            if senses and not _a_small_word(text[start:end]):
                road = run[-1].joined and any(word.key in _ROADS for word in told[at + count : at + count + 1])
                return Hit(start, end, _made_weak(senses) if road else senses), count
    return None


def _made_weak(senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
    return tuple(replace(sense, weak=True) for sense in senses)


def _a_small_word(said: str) -> bool:
    """Whether two letters are not written as an abbreviation: *us* is not the USA."""
    return len(said) <= 2 and said.isascii() and not said.isupper()


def _places(text: str, hits: Sequence[Hit]) -> Iterator[Place]:
    """Each place once, without those that only say in what the others lie (*Savar, Dhaka, Bangladesh*)."""
    told: set[tuple[str, str | None, str | None]] = set()
    for number, hit in enumerate(hits):
        sense = hit.senses[0]
        district = sense.district or sense.city
        if (sense.country, sense.province, district) in told or _is_whole(sense, hits[:number], hits[number + 1 :]):
            continue
        told.add((sense.country, sense.province, district))
        yield Place(sense.country, sense.province, district, text[hit.start : hit.end], hit.start, hit.end)


def _is_whole(sense: Sense, before: Sequence[Hit], behind: Sequence[Hit]) -> bool:
    """Whether another name lies in this one; in a city, one named before it or a quarter named behind it."""
    others = [hit.senses[0] for hit in (*before, *behind)]
    if sense.kind is Kind.COUNTRY:
        return any(other.country == sense.country and other.kind is not Kind.COUNTRY for other in others)
    if sense.kind is Kind.PROVINCE:
        inside = (other for other in others if other.kind is not Kind.PROVINCE)
        return any(other.province == sense.province for other in inside)
    if sense.kind is not Kind.CITY:
        return False
    quarters = (hit.senses[0] for hit in behind if hit.senses[0].kind is Kind.TOWN)
    inside = (other for other in (*(hit.senses[0] for hit in before), *quarters) if other.district)
    return any(other.city == sense.city for other in inside)
