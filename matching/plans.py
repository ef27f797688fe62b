"""Ways to a job in up to three steps: an assessment of what the person can do, a course, the job.

A plan names only vacancies that it opens wholly: nothing that they ask for is missing after it, and nothing bars
them. Unknown weeks or costs stay unknown; a plan that has them is left out where a limit is set, unless it is asked
for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from jobs_ingest.course_intakes import next_intake
from jobs_ingest.places import distance_km, read_place
from matching.features import nearness
from matching.gaps import Gap
from matching.market import CourseView
from matching.people import Person
from matching.prospects import (
    FORMAL,
    LEAST_GAIN,
    Opening,
    Reachable,
    after,
    closed_by,
    near_trade,
    open_after,
    suits,
)
from profiling.errors import InputError
from profiling.fields import first_day

_RPL = "rpl"
#: How many assessments before a vacancy, and courses after each, are tried together.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person can give: weeks of learning in all, and money in one currency. None: no limit.

    ``unknown``: show plans too whose weeks or cost are not known, or are in another currency. Raises InputError
    for a negative limit and for money without its currency.
    """

    weeks: float | None = None
    money: float | None = None
    currency: str | None = None
    unknown: bool = False

    def __post_init__(self) -> None:
        if (self.weeks or 0) < 0 or (self.money or 0) < 0:
            raise InputError("A limit of weeks or money cannot be below 0.")
        if self.money is not None and not self.currency:
            raise InputError("Say in which currency the money is.")

    def allow(self, courses: Sequence[CourseView]) -> bool:
        """Whether courses together stay within the limits. What is known of them never exceeds one."""
        weeks = [course.weeks for course in courses]
        costs = [course.cost if not course.cost or course.cost_currency == self.currency else None
                 for course in courses]  # fmt: skip
        return self._within(weeks, self.weeks) and self._within(costs, self.money)

    def _within(self, amounts: Sequence[float | None], limit: float | None) -> bool:
        if limit is None:
            return True
        known = [amount for amount in amounts if amount is not None]
        return sum(known) <= limit and (self.unknown or len(known) == len(amounts))


@dataclass(frozen=True, slots=True)
class Step:
    """A course or assessment as a step: its next intake (ISO, as precise as told), how near it is.

    ``near`` as ``features.nearness``; ``km`` from the home district to the course's, None if one is not known.
    """

    course: CourseView
    intake: str | None
    near: float | None
    km: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps, the vacancies that they open wholly (best first), and what they take.

    ``gain``: in expected shortlists, over everything within reach. ``weeks`` and ``cost`` are None when one step's
    is not known, or when the currencies differ. ``earliest``: the first day on which the last step may be over, as
    far as intakes and weeks are known. ``repeats``: it teaches what an assessment would confirm for the same jobs.
    """

    steps: tuple[Step, ...]
    jobs: tuple[Opening, ...]
    gain: float
    weeks: float | None
    cost: float | None
    currency: str | None
    earliest: date
    repeats: bool

    def late(self, job: Opening) -> bool:
        """Whether a vacancy closes before the plan can be over."""
        closes = job.vacancy.closes_on
        return closes is not None and closes < self.earliest


#: Courses by their numbers in the search, in the order in which they are taken.
_Steps = tuple[int, ...]


def plans(
    person: Person,
    courses: Sequence[CourseView],
    within: Sequence[Reachable],
    today: date,
    limits: Limits | None = None,
    count: int = 5,
) -> list[Plan]:
    """The cheapest plans that open a vacancy wholly, an assessment before a course that teaches the same.

    Among equal costs the shorter comes first; a cost that is not known comes after all that are.
    """
    search = _Search(person, courses, within, today, limits or Limits())
    found = {
        steps: tuple(sorted(jobs, key=lambda job: (-job.after, str(job.vacancy.id))))
        for steps, jobs in search.opened().items()
    }
    confirmed = {job.vacancy.id for steps, jobs in found.items() if search.only_assesses(steps) for job in jobs}
    repeating = {
        steps
        for steps, jobs in found.items()
        if not search.only_assesses(steps) and all(job.vacancy.id in confirmed for job in jobs)
    }
    chosen = sorted(found, key=lambda steps: (steps in repeating, *_price(search.courses(steps)), steps))[:count]
    return [search.plan(steps, found[steps], steps in repeating) for steps in chosen]


class _Search:
    """The courses that one person may take within the limits, cheapest first, and the person after some of them."""

    def __init__(
        self,
        person: Person,
        courses: Sequence[CourseView],
        within: Sequence[Reachable],
        today: date,
        limits: Limits,
    ) -> None:
        fitting = (course for course in courses if suits(person, course) and limits.allow([course]))
        self._courses = sorted(fitting, key=lambda course: (_price([course]), str(course.id)))
        self._within, self._today, self._limits = within, today, limits
        self._became: dict[_Steps, Person] = {(): person}
        self._closing = [
            {
                number: gaps
                for number, course in enumerate(self._courses)
                if (gaps := closed_by(person, course, seen))
            }
            for seen in within
        ]

    def courses(self, steps: _Steps) -> list[CourseView]:
        return [self._courses[number] for number in steps]

    def only_assesses(self, steps: _Steps) -> bool:
        return all(self._courses[number].kind == _RPL for number in steps)

    def opened(self) -> dict[_Steps, list[Opening]]:
        """Steps within the limits of which none can be spared, and the vacancies that they open."""
        found: dict[_Steps, list[Opening]] = defaultdict(list)
        for seen, closing in zip(self._within, self._closing, strict=True):
            for steps in self._complete(closing, seen.gaps):
                opening = open_after(self._after(steps), seen, seen.gaps)
                if opening is not None and opening.whole and self._all_needed(steps, seen, closing, opening):
                    found[steps].append(opening)
        return found

    def _complete(self, closing: Mapping[int, tuple[Gap, ...]], gaps: tuple[Gap, ...]) -> Iterator[_Steps]:
        """Single courses that close every gap, and pairs of an assessment and a course that do so only together.

        Of the pairs only those of the _FEW cheapest assessments with the _FEW cheapest courses to each.
        """
        yield from ((number,) for number, closed in closing.items() if len(closed) == len(gaps))
        partly = [number for number, closed in closing.items() if len(closed) < len(gaps)]
        teaching = [number for number in partly if self._courses[number].kind != _RPL]
        for first in islice((number for number in partly if self._courses[number].kind == _RPL), _FEW):
            both = (
                (first, second)
                for second in teaching
                if len(closing[first]) + len(closing[second]) >= len(gaps)
                and {*closing[first], *closing[second]} == {*gaps}
                and self._limits.allow(self.courses((first, second)))
            )
            yield from islice(both, _FEW)

    def _all_needed(
        self, steps: _Steps, seen: Reachable, closing: Mapping[int, tuple[Gap, ...]], opening: Opening
    ) -> bool:
        """Whether an assessment before a course adds something: a level, or LEAST_GAIN of score."""
        if len(steps) == 1 or any(gap.kind in FORMAL for gap in closing[steps[0]]):
            return True
        without = open_after(self._after(steps[1:]), seen, closing[steps[1]])
        return without is None or opening.after - without.after >= LEAST_GAIN

    def _after(self, steps: _Steps) -> Person:
        if steps not in self._became:
            self._became[steps] = after(self._after(steps[:-1]), self._courses[steps[-1]])
        return self._became[steps]

    def plan(self, steps: _Steps, jobs: tuple[Opening, ...], repeats: bool) -> Plan:
        person, courses = self._became[()], self.courses(steps)
        then = self._after(steps)
        gains = [
            opening.gain
            for seen, closing in zip(self._within, self._closing, strict=True)
            if not closing.keys().isdisjoint(steps)
            or any(near_trade(person.taxonomy, course, seen.vacancy) for course in courses)
            if (opening := open_after(then, seen, ())) is not None
        ]
        taken, day = [], self._today
        for course in courses:
            taken.append(as_step(person, course, day))
            day = _over(taken[-1], day)
        cost, currency = total_cost(courses)
        return Plan(tuple(taken), jobs, sum(gains), total_weeks(courses), cost, currency, day, repeats)


def _price(courses: Sequence[CourseView]) -> tuple[bool, str, float, bool, float, int]:
    cost, currency = total_cost(courses)
    weeks = total_weeks(courses)
    return cost is None, (currency or "") if cost else "", cost or 0.0, weeks is None, weeks or 0.0, len(courses)


def total_weeks(courses: Sequence[CourseView]) -> float | None:
    """The weeks of all courses; None when one is not known."""
    known = [course.weeks for course in courses if course.weeks is not None]
    return sum(known) if len(known) == len(courses) else None


def total_cost(courses: Sequence[CourseView]) -> tuple[float | None, str | None]:
    """What all courses cost and the currency; both None when one cost is not known or the currencies differ."""
    known = [course.cost for course in courses if course.cost is not None]
    currencies = {course.cost_currency for course in courses if course.cost}
    if len(known) < len(courses) or len(currencies) > 1 or None in currencies:
        return None, None
    return sum(known), next(iter(currencies), None)


def _over(step: Step, day: date) -> date:
    """The first day on which a step may be over that can begin on a day at the earliest."""
    begins = max(day, first_day(step.intake)) if step.intake else day
    return begins + timedelta(weeks=step.course.weeks or 0)


def as_step(person: Person, course: CourseView, day: date) -> Step:
    """A course as a step that begins on a day at the earliest."""
    stated = (course.next_intake,) if course.next_intake else ()
    intake = next_intake(course.intakes or stated, day)
    near = nearness(person, course.country, course.province, course.district)
    return Step(course, intake, near, kilometres(person, course))


def kilometres(person: Person, course: CourseView) -> float | None:
    """Kilometres as the crow flies from the home district to that of the course; None if one is not known."""
    home, there = person.profile.home_district, course.district
    if not home or not there or course.country is None:
        return None
    ends = read_place(home, person.profile.home_country).district, read_place(there, course.country).district
    return distance_km(ends[0], ends[1]) if ends[0] and ends[1] else None
