"""Candidates under hard filters. The filters bind in the search and once more after ranking.

``barriers`` is the rule, for one person and one vacancy; ``eligible`` is the same rule over the whole
market at once. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from jobs_ingest.models import VacancyStatus
from matching.market import Market, VacancyView
from matching.people import Person

#: How many candidates each retriever may bring.
DENSE, BY_OCCUPATION, BY_SKILL, BY_TITLE = 100, 80, 40, 60
_NO_ROWS = np.zeros(0, dtype=np.int32)


class Barrier(StrEnum):
    """Why a vacancy cannot be offered to a person."""

    CLOSED = "closed"
    HELD = "held"
    EXPIRED = "expired"
    COUNTRY = "country"
    UNWANTED = "unwanted"
    LICENCE = "licence"


@dataclass(frozen=True)
class Candidates:
    """Rows of the market that may be ranked, their cosine to the person, and how many were left out and why."""

    rows: npt.NDArray[np.int64]
    cosines: npt.NDArray[np.float32]
    left_out: Mapping[Barrier, int]


def barriers(person: Person, vacancy: VacancyView, today: date) -> list[Barrier]:
    """Every reason why a vacancy cannot be offered; an unknown country bars nothing."""
    profile = person.profile
    found = []
    if vacancy.status == VacancyStatus.HELD:
        found.append(Barrier.HELD)
    elif vacancy.status != VacancyStatus.OPEN:
        found.append(Barrier.CLOSED)
    if vacancy.closes_on is not None and vacancy.closes_on < today:
        found.append(Barrier.EXPIRED)
    if vacancy.country is not None and vacancy.country not in profile.work_countries:
        found.append(Barrier.COUNTRY)
    if _unwanted(person, vacancy):
        found.append(Barrier.UNWANTED)
    if not vacancy.licences <= profile.licences:
        found.append(Barrier.LICENCE)
    return found


def _unwanted(person: Person, vacancy: VacancyView) -> bool:
    if person.refuses(vacancy.occupation):
        return True
    return any(words <= vacancy.title_words for words in person.unwanted_words)


def masks(person: Person, market: Market, today: date) -> dict[Barrier, npt.NDArray[np.bool_]]:
    """For each barrier the rows of the market that it bars."""
    size = len(market.vacancies)
    allowed = np.zeros(len(market.country_numbers), dtype=bool)
    allowed[0] = True  # An unknown country bars nothing.
    for country in person.profile.work_countries & market.country_numbers.keys():
        allowed[market.country_numbers[country]] = True
    refused = [number for code, number in market.occupation_numbers.items() if person.refuses(code)]
    unwanted = np.isin(market.occupations, refused) if refused else np.zeros(size, dtype=bool)
    for words in person.unwanted_words:
        unwanted[_titled(market, words)] = True
    licence = np.zeros(size, dtype=bool)
    for licences, rows in market.licensed.items():
        licence[rows] = not licences <= person.profile.licences
    return {
        Barrier.HELD: market.held,
        Barrier.CLOSED: ~market.open & ~market.held,
        Barrier.EXPIRED: market.closes < today.toordinal(),
        Barrier.COUNTRY: ~allowed[market.countries],
        Barrier.UNWANTED: unwanted,
        Barrier.LICENCE: licence,
    }


def _titled(market: Market, words: frozenset[str]) -> npt.NDArray[np.int32]:
    """Rows whose title holds all these words."""
    first, *rest = (market.by_word.get(word, _NO_ROWS) for word in words)
    for rows in rest:
        first = np.intersect1d(first, rows, assume_unique=True)
    return first


def retrieve(
    person: Person, market: Market, today: date, *, ignore: frozenset[Barrier] = frozenset()
) -> Candidates:
    """Candidates by meaning, by occupation and by skill, all of them eligible.

    ``ignore`` lifts barriers (a course that leads to a licence asks what the licence would open).
    """
    barred = masks(person, market, today)
    eligible = np.ones(len(market.vacancies), dtype=bool)
    for barrier, rows in barred.items():
        if barrier not in ignore:
            eligible &= ~rows
    chosen = _union(person, market, eligible)
    cosines = market.vectors[chosen] @ person.vector
    return Candidates(chosen, cosines, _left_out(barred))


def _left_out(barred: Mapping[Barrier, npt.NDArray[np.bool_]]) -> dict[Barrier, int]:
    """How many vacancies each barrier leaves out; one that several bar is counted under the first."""
    counts = {}
    before = np.zeros(len(next(iter(barred.values()))), dtype=bool)
    for barrier, rows in barred.items():
        if number := int((rows & ~before).sum()):
            counts[barrier] = number
        before |= rows
    return counts


def _union(person: Person, market: Market, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    dense, _ = market.index.search(person.vector, DENSE, eligible)
    others = [find(person, market, eligible) for find in (_by_occupation, _by_skill, _by_title)]
    return np.unique(np.concatenate([dense, *others]))


def _by_occupation(person: Person, market: Market, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Vacancies in a trade that the person held or wants, or in its unit group; the nearest in meaning first."""
    wanted = {*person.profile.occupations, *person.profile.wanted_occupations}
    if not wanted:
        return np.zeros(0, dtype=np.int64)
    groups = {str(group) for code in wanted if (group := person.taxonomy.isco_of(code))}
    numbers = [market.occupation_numbers[code] for code, g in market.occupation_groups.items() if _akin(g, groups)]
    rows = np.flatnonzero(np.isin(market.occupations, numbers) & eligible)
    return _nearest(person, market, rows, BY_OCCUPATION)


def _akin(group: str, others: set[str]) -> bool:
    """Whether an ISCO-08 group is one of the others, or lies within one, or holds one."""
    return bool(group) and any(group.startswith(other) or other.startswith(group) for other in others)


def _by_skill(person: Person, market: Market, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Vacancies that ask for most of the person's claimed skills; rare skills count more."""
    return _weightiest(market.by_skill, person.profile.skills, eligible, BY_SKILL)


def _by_title(person: Person, market: Market, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Vacancies whose titles share words with the titles that the person held; rare words count more."""
    return _weightiest(market.by_word, person.words, eligible, BY_TITLE)


def _weightiest(
    postings: Mapping[str, npt.NDArray[np.int32]],
    terms: Iterable[str],
    eligible: npt.NDArray[np.bool_],
    count: int,
) -> npt.NDArray[np.int64]:
    """The eligible rows with the greatest sum of inverse document frequencies of these terms."""
    weight = np.zeros(len(eligible), dtype=np.float32)
    for term in terms:
        rows = postings.get(term)
        if rows is not None:
            weight[rows] += np.log1p(len(eligible) / len(rows))
    weight[~eligible] = 0.0
    count = min(count, int(np.count_nonzero(weight)))
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    return np.argpartition(-weight, count - 1)[:count]


def _nearest(person: Person, market: Market, rows: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    if len(rows) <= count:
        return rows
    cosines = market.vectors[rows] @ person.vector
    return rows[np.argpartition(-cosines, count - 1)[:count]]
