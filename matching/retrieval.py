"""Candidates under hard filters. The filters bind in the search and once more after ranking.

``barriers`` is the rule, for one person and one vacancy; ``eligible`` is the same rule over the whole
market at once. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from jobs_ingest.models import VacancyStatus
from matching.embeddings import Vectors
from matching.market import Market, VacancyView
from matching.people import Person

#: How many candidates each retriever may bring.
DENSE, BY_OCCUPATION, BY_SKILL, BY_TITLE = 100, 80, 40, 60
#: How many people are searched for with one matrix product, and how many rows are one block of a search.
_AT_ONCE, _BLOCK = 64, 64
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
    unwanted = np.zeros(size, dtype=bool)
    if person.refused_groups:
        unwanted = _in_groups(market, lambda group: group.startswith(person.refused_groups))
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


def _in_groups(market: Market, wanted: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
    """Rows whose occupation is of an ISCO-08 group that is wanted."""
    # One place more than there are occupations: a row without one has the number -1, which is the last place.
    found = np.zeros(len(market.occupation_numbers) + 1, dtype=bool)
    for code, group in market.occupation_groups.items():
        if group and wanted(group):
            found[market.occupation_numbers[code]] = True
    return found[market.occupations]


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
    eligible = _eligible(barred, ignore)
    dense, _ = market.index.search(person.vector, DENSE, eligible)
    return _candidates(person, market, barred, eligible, dense)


def retrieve_all(people: Sequence[Person], market: Market, today: date) -> list[Candidates]:
    """The candidates of many people, as ``retrieve`` finds them, searched for with one matrix product."""
    found = []
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        barred = [masks(person, market, today) for person in some]
        eligible = np.stack([_eligible(each) for each in barred])
        nearest = nearest_of_all(np.stack([person.vector for person in some]), market.vectors, eligible)
        rows = zip(some, barred, eligible, nearest, strict=True)
        found += [_candidates(person, market, each, open_to, dense) for person, each, open_to, dense in rows]
    return found


def nearest_of_all(
    queries: Vectors, vectors: Vectors, eligible: npt.NDArray[np.bool_], count: int = DENSE
) -> list[npt.NDArray[np.int64]]:
    """The eligible rows of the greatest inner products with each query, in no order.

    ``queries``: shape (n, dimensions), ``vectors``: (rows, dimensions), ``eligible``: (n, rows). Exact: as many
    blocks as rows are asked for each hold one row at least as great as the least of their greatest, so that only
    rows as great as that one can be among the nearest.
    """
    scores = queries @ vectors.T
    np.copyto(scores, -np.inf, where=~eligible)
    starts = np.arange(0, scores.shape[1], _BLOCK)
    return [_greatest(row, starts, count) for row in scores]


def _greatest(scores: npt.NDArray[np.float32], starts: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    least = np.float32(-np.inf)
    if len(starts) > count:
        least = np.partition(np.maximum.reduceat(scores, starts), -count)[-count]
    rows = np.flatnonzero((scores >= least) & (scores > -np.inf))
    return rows if len(rows) <= count else rows[np.argpartition(scores[rows], -count)[-count:]]


def _eligible(
    barred: Mapping[Barrier, npt.NDArray[np.bool_]], ignore: frozenset[Barrier] = frozenset()
) -> npt.NDArray[np.bool_]:
    """Rows that no barrier bars but those that are lifted."""
    found = np.ones(len(barred[Barrier.HELD]), dtype=bool)
    for barrier, rows in barred.items():
        if barrier not in ignore:
            found &= ~rows
    return found


def _candidates(
    person: Person, market: Market, barred: Mapping[Barrier, npt.NDArray[np.bool_]],
    eligible: npt.NDArray[np.bool_], dense: npt.NDArray[np.int64],
) -> Candidates:  # fmt: skip
    others = [find(person, market, eligible) for find in (_by_occupation, _by_skill, _by_title)]
    chosen = np.unique(np.concatenate([dense, *others]))
    return Candidates(chosen, market.vectors[chosen] @ person.vector, _left_out(barred))


def _left_out(barred: Mapping[Barrier, npt.NDArray[np.bool_]]) -> dict[Barrier, int]:
    """How many vacancies each barrier leaves out; one that several bar is counted under the first."""
    counts = {}
    before = np.zeros(len(next(iter(barred.values()))), dtype=bool)
    for barrier, rows in barred.items():
        if number := int(np.count_nonzero(rows & ~before)):
            counts[barrier] = number
        before |= rows
    return counts


def _by_occupation(person: Person, market: Market, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Vacancies in a trade that the person held or wants, or in its unit group; the nearest in meaning first."""
    wanted = {*person.profile.occupations, *person.profile.wanted_occupations}
    if not wanted:
        return np.zeros(0, dtype=np.int64)
    groups = {str(group) for code in wanted if (group := person.taxonomy.isco_of(code))}
    # Of a group, one of the others, one within them, or one that holds them.
    wider = {group[:digits] for group in groups for digits in range(1, len(group) + 1)}
    within = tuple(groups)
    akin = _in_groups(market, lambda group: group in wider or group.startswith(within))
    rows = np.flatnonzero(akin & eligible)
    return _nearest(person, market, rows, BY_OCCUPATION)


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
