"""The desk of plans: ways of one person to a job, and what would unlock most for a caseload."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from api.desk import Desk
from api.policy import Action
from matching.pipeline import load_person
from matching.plans import Limits, Plan, Step, as_step, plans
from matching.prospects import Prospect, prospects, reachable
from matching.unlocking import CaseloadUnlocks, caseload_people, unlock_most
from profiling.repository import find_returnee
from profiling.taxonomy import Taxonomy

#: More plans than this nobody compares; it bounds the search too.
_MOST = 50


@dataclass(frozen=True, slots=True)
class PersonPlans:
    """Plans and single options of one person. ``left_out``: plans that the limits exclude.

    ``within_reach``: how many vacancies were looked at. ``today``: the day from which intakes count.
    """

    returnee_id: uuid.UUID
    today: date
    within_reach: int
    plans: tuple[Plan, ...]
    left_out: int
    options: tuple[tuple[Prospect, Step], ...]
    taxonomy: Taxonomy


class Planning(Desk):
    """What counsellors, heads and returnees ask of plans."""

    def plan(self, key: str, limits: Limits, *, count: int = 5) -> PersonPlans:
        """Plans and options of one person, by id or reference number. Raises NotFound for want of consent."""
        self.require(Action.CASE_READ)
        market, now = self.application.market(), self.now
        today = now.date()
        with self.application.session() as session:
            returnee_id = find_returnee(session, self.principal, key)
            self.aim(session, Action.CASE_MATCH, returnee_id)
            self.record(session, "match", [returnee_id], "matching_profile")
            person = load_person(session, self.principal, returnee_id, market, self.application.embedder, now)
            session.commit()
        within = reachable(person, market, today)
        allowed = plans(person, market.courses, within, today, limits, _MOST)
        free = limits.weeks is None and limits.money is None
        every = allowed if free else plans(person, market.courses, within, today, None, _MOST)
        found = prospects(person, market.courses, within)[:count]
        return PersonPlans(
            returnee_id=returnee_id,
            today=today,
            within_reach=len(within),
            plans=tuple(allowed[:count]),
            left_out=len(every) - len(allowed),
            options=tuple((one, as_step(person, one.course, today)) for one in found),
            taxonomy=market.taxonomy,
        )

    def unlock(self, district: str | None = None) -> CaseloadUnlocks:
        """Which course or assessment would unlock most for those of the caseload who agree to matching."""
        self.require(Action.CASE_LIST)
        self.require(Action.CASE_MATCH)
        market, now = self.application.market(), self.now
        today = now.date()
        with self.application.session() as session:
            people = list(
                caseload_people(session, self.principal, market, self.application.embedder, now, district)
            )
            ids = [person.profile.returnee_id for person in people]
            self.record(session, "match", ids or [None], "matching_profile")
            session.commit()
        return unlock_most(prospects(person, market.courses, reachable(person, market, today)) for person in people)
