"""What would unlock most for a caseload: each course or assessment with the gain of everybody whom it would help.

Counts of fewer than five people are hidden, as in other published counts of small groups: with the district they
could point to one person.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from jobs_ingest.places import read_place
from matching.documents import person_document
from matching.embeddings import Embedder
from matching.market import CourseView, Market
from matching.people import Person
from matching.prospects import Prospect
from matching.vectors import person_vector
from profiling.access import Principal
from profiling.matching_view import matchable_returnees, matching_profiles, scrubbed_accounts
from profiling.passport import MatchingProfile

#: Fewer people than this are not counted aloud.
LEAST_PEOPLE = 5
_BATCH = 200


@dataclass(frozen=True, slots=True)
class CourseUnlock:
    """A course or assessment, how many people of a caseload it would help, and what it would do for them together.

    ``gain``: in expected shortlists, summed over the people. ``vacancies``: how many different ones it opens wholly
    for somebody. All three are None where it helps fewer than LEAST_PEOPLE.
    """

    course: CourseView
    people: int | None
    gain: float | None
    vacancies: int | None


@dataclass(frozen=True, slots=True)
class CaseloadUnlocks:
    """What would unlock most, the greatest gain first, then by title what helps only a few.

    ``people`` were looked at; None, and no options at all, when these are fewer than LEAST_PEOPLE.
    """

    people: int | None
    options: tuple[CourseUnlock, ...]


def unlock_most(caseload: Iterable[Sequence[Prospect]]) -> CaseloadUnlocks:
    """Add up the prospects of a caseload, one sequence a person."""
    people = 0
    of_course: dict[uuid.UUID, list[Prospect]] = defaultdict(list)
    for found in caseload:
        people += 1
        for prospect in found:
            of_course[prospect.course.id].append(prospect)
    if people < LEAST_PEOPLE:
        return CaseloadUnlocks(None, ())
    options = [_added_up(prospects) for prospects in of_course.values()]
    options.sort(key=lambda one: (one.gain is None, -(one.gain or 0.0), one.course.title, str(one.course.id)))
    return CaseloadUnlocks(people, tuple(options))


def _added_up(prospects: Sequence[Prospect]) -> CourseUnlock:
    course = prospects[0].course
    if len(prospects) < LEAST_PEOPLE:
        return CourseUnlock(course, None, None, None)
    opened = {opening.vacancy.id for prospect in prospects for opening in prospect.opens}
    return CourseUnlock(course, len(prospects), sum(one.gain for one in prospects), len(opened))


def caseload_people(
    session: Session, principal: Principal, market: Market, embedder: Embedder, now: datetime, district: str | None
) -> Iterator[Person]:
    """Everybody in scope who agrees to matching, of one home district when it is named."""
    rest = iter(matchable_returnees(session, principal, now))
    while ids := list(islice(rest, _BATCH)):
        for profile in matching_profiles(session, principal, ids, market.taxonomy, now).values():
            if district is None or _lives_in(profile, district):
                yield _person(session, profile, market, embedder)


def _lives_in(profile: MatchingProfile, district: str) -> bool:
    home = profile.home_district
    if not home:
        return False
    if home.strip().casefold() == district.strip().casefold():
        return True
    asked = read_place(district, profile.home_country).district
    return asked is not None and asked == read_place(home, profile.home_country).district


def _person(session: Session, profile: MatchingProfile, market: Market, embedder: Embedder) -> Person:
    def document() -> str:
        accounts = scrubbed_accounts(session, [profile.returnee_id]).get(profile.returnee_id, ())
        return person_document(profile, accounts, market.taxonomy)

    return Person(profile, person_vector(session, profile.returnee_id, embedder, document), market.taxonomy)
