"""Wire schemas of plans: what ``--json`` prints. Codes and numbers, no prose; null is not known."""

from __future__ import annotations

import uuid
from datetime import date

from pydantic import BaseModel

from api.plans import PersonPlans
from api.schemas import GapOut
from matching.plans import Plan, Step
from matching.prospects import Opening, Prospect
from matching.ranking import VACANCY_RANKER
from matching.unlocking import CaseloadUnlocks, CourseUnlock


class StepOut(BaseModel):
    """A course or assessment; ``near`` from 0.1 to 1, ``km`` as the crow flies from the home district."""

    id: uuid.UUID
    title: str
    provider: str | None
    kind: str
    district: str | None
    weeks: float | None
    cost: float | None
    cost_currency: str | None
    next_intake: str | None
    seats: int | None
    near: float | None
    km: float | None

    @classmethod
    def of(cls, step: Step) -> StepOut:
        """From the internal value."""
        course = step.course
        return cls(
            id=course.id, title=course.title, provider=course.provider, kind=course.kind, district=course.district,
            weeks=course.weeks, cost=course.cost, cost_currency=course.cost_currency, next_intake=step.intake,
            seats=course.seats, near=step.near, km=step.km,
        )  # fmt: skip


class OpeningOut(BaseModel):
    """A vacancy with its score before and after; ``barred``: a licence that it asks for was missing before."""

    id: uuid.UUID
    title: str
    employer: str | None
    closes_on: date | None
    before: float
    after: float
    barred: bool
    closes: list[GapOut]

    @classmethod
    def of(cls, opening: Opening) -> OpeningOut:
        """From the internal value."""
        view = opening.vacancy
        return cls(
            id=view.id, title=view.title, employer=view.employer, closes_on=view.closes_on, before=opening.before,
            after=opening.after, barred=opening.barred, closes=[GapOut.of(gap) for gap in opening.closed],
        )  # fmt: skip


class PlanOut(BaseModel):
    """Steps in their order, the vacancies that they open wholly, and what they take in all."""

    steps: list[StepOut]
    jobs: list[OpeningOut]
    gain: float
    weeks: float | None
    cost: float | None
    currency: str | None
    earliest: date
    repeats: bool

    @classmethod
    def of(cls, plan: Plan) -> PlanOut:
        """From the internal value."""
        return cls(
            steps=[StepOut.of(step) for step in plan.steps], jobs=[OpeningOut.of(job) for job in plan.jobs],
            gain=plan.gain, weeks=plan.weeks, cost=plan.cost, currency=plan.currency, earliest=plan.earliest,
            repeats=plan.repeats,
        )  # fmt: skip


class ProspectOut(BaseModel):
    """One course or assessment: what it opens wholly, what it brings nearer, the gain in expected shortlists."""

    step: StepOut
    opens: list[OpeningOut]
    nearer: list[OpeningOut]
    gain: float

    @classmethod
    def of(cls, prospect: Prospect, step: Step) -> ProspectOut:
        """From the internal value."""
        return cls(
            step=StepOut.of(step), opens=[OpeningOut.of(one) for one in prospect.opens],
            nearer=[OpeningOut.of(one) for one in prospect.nearer], gain=prospect.gain,
        )  # fmt: skip


class PlansOut(BaseModel):
    """Plans and single options of one person, and what made them."""

    returnee: uuid.UUID
    ranker: str
    today: date
    within_reach: int
    plans: list[PlanOut]
    left_out: int
    options: list[ProspectOut]

    @classmethod
    def of(cls, found: PersonPlans) -> PlansOut:
        """From the internal value."""
        return cls(
            returnee=found.returnee_id, ranker=VACANCY_RANKER.version, today=found.today,
            within_reach=found.within_reach, plans=[PlanOut.of(plan) for plan in found.plans],
            left_out=found.left_out, options=[ProspectOut.of(*option) for option in found.options],
        )  # fmt: skip


class CourseUnlockOut(BaseModel):
    """A course or assessment for a caseload; people, gain and vacancies are null for fewer than five people."""

    id: uuid.UUID
    title: str
    provider: str | None
    kind: str
    district: str | None
    seats: int | None
    people: int | None
    gain: float | None
    vacancies: int | None

    @classmethod
    def of(cls, found: CourseUnlock) -> CourseUnlockOut:
        """From the internal value."""
        course = found.course
        return cls(
            id=course.id, title=course.title, provider=course.provider, kind=course.kind, district=course.district,
            seats=course.seats, people=found.people, gain=found.gain, vacancies=found.vacancies,
        )  # fmt: skip


class UnlocksOut(BaseModel):
    """What would unlock most for a caseload; ``people`` is null, and no option is told, for fewer than five."""

    ranker: str
    people: int | None
    options: list[CourseUnlockOut]

    @classmethod
    def of(cls, found: CaseloadUnlocks) -> UnlocksOut:
        """From the internal value."""
        return cls(
            ranker=VACANCY_RANKER.version, people=found.people,
            options=[CourseUnlockOut.of(option) for option in found.options],
        )  # fmt: skip
