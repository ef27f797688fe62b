"""From gaps to courses: what stands between a person and a vacancy, and which course or RPL closes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matching.features import held_level, nearness
from matching.market import CourseView, VacancyView
from matching.people import SAME_TRADE, Person
from matching.ranking import Feature, Ranker, Scored
from matching.signals import Params, Signal
from profiling.fields import EDUCATION_LEVELS, LANGUAGE_LEVELS

#: A vacancy that a course opens only in part counts this much of one that it opens wholly.
_PART = 0.25
#: Teaching what is usual in the person's trade, and merely not told of yet, counts this much.
_UNSAID = 0.2


class GapKind(StrEnum):
    """What is missing. A skill that is usual in the person's trade but unsaid is *unconfirmed*."""

    SKILL = "skill"
    UNCONFIRMED = "unconfirmed"
    LICENCE = "licence"
    LEVEL = "level"
    EDUCATION = "education"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that the vacancy asks for and the person is not known to have. ``words``: as it was asked."""

    kind: GapKind
    code: str
    words: str
    level: int | None = None


def find_gaps(person: Person, vacancy: VacancyView) -> list[Gap]:
    """Everything essential that is missing or not confirmed; what is not known of the person is no gap."""
    profile = person.profile
    gaps = []
    if person.knows_skills:
        for code, words in vacancy.essential.items():
            if code in profile.implied:
                gaps.append(Gap(GapKind.UNCONFIRMED, code, words))
            elif code not in profile.skills:
                gaps.append(Gap(GapKind.SKILL, code, words))
    for code in sorted(vacancy.licences - profile.licences):
        gaps.append(Gap(GapKind.LICENCE, code, code))
    if vacancy.framework and vacancy.level is not None:
        held = held_level(person, vacancy.occupation, vacancy.framework)
        if held is None or held < vacancy.level:
            gaps.append(
                Gap(GapKind.LEVEL, vacancy.framework, f"{vacancy.framework} {vacancy.level}", vacancy.level)
            )
    return gaps + _unteachable(person, vacancy)


def _unteachable(person: Person, vacancy: VacancyView) -> list[Gap]:
    profile = person.profile
    gaps = []
    held, asked = profile.education_level, vacancy.education_level
    if held and asked and EDUCATION_LEVELS.index(held) < EDUCATION_LEVELS.index(asked):
        gaps.append(Gap(GapKind.EDUCATION, asked, asked))
    if profile.languages:
        for code, wanted in vacancy.languages.items():
            spoken = profile.languages.get(code)
            if spoken is None or LANGUAGE_LEVELS.index(spoken) < LANGUAGE_LEVELS.index(wanted):
                gaps.append(Gap(GapKind.LANGUAGE, code, f"{code}:{wanted}"))
    return gaps


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A vacancy within reach that something stands before: how well it fits otherwise, and the gaps."""

    vacancy: VacancyView
    fit: float
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Unlock:
    """A vacancy that a course opens, wholly or in part, and the gaps that it closes there."""

    vacancy: VacancyView
    fit: float
    closed: tuple[Gap, ...]
    whole: bool


def may_take(person: Person, course: CourseView) -> bool:
    """Whether a course is for this person: at home, and an RPL only in a trade they worked in."""
    if course.country is not None and course.country != person.profile.home_country:
        return False
    if course.kind == "rpl":
        return course.occupation is not None and person.closest_job(course.occupation)[0] >= SAME_TRADE
    if person.refuses(course.occupation):
        return False
    return not _adds_nothing(person, course)


def _adds_nothing(person: Person, course: CourseView) -> bool:
    """A course whose every listed skill, licence and level the person has already."""
    new_skill = not course.teaches or any(code not in person.profile.skills for code in course.teaches)
    new_licence = course.licence is not None and course.licence not in person.profile.licences
    new_level = False
    if course.framework is not None and course.level is not None:
        held = held_level(person, course.occupation, course.framework)
        new_level = held is None or held < course.level
    return not (new_skill or new_licence or new_level)


def closes(person: Person, course: CourseView, vacancy: VacancyView, gap: Gap) -> bool:
    """Whether a course closes a gap between a person and a vacancy."""
    if gap.kind in (GapKind.SKILL, GapKind.UNCONFIRMED):
        if gap.code in course.teaches and course.kind != "rpl":
            return True
        # An assessment teaches nothing new, but it confirms what is usual in the trade or listed.
        confirms = gap.code in course.teaches or gap.code in person.taxonomy.usual_skills(course.occupation)
        return course.kind == "rpl" and gap.kind == GapKind.UNCONFIRMED and confirms
    if gap.kind == GapKind.LICENCE:
        gives = person.taxonomy.with_implied(frozenset([course.licence])) if course.licence else frozenset()
        return gap.code in gives
    if gap.kind == GapKind.LEVEL:
        same_trade = (person.taxonomy.closeness(course.occupation, vacancy.occupation) or 0.0) >= SAME_TRADE
        high_enough = course.level is not None and gap.level is not None and course.level >= gap.level
        return course.framework == gap.code and same_trade and high_enough
    return False


def unlocks(person: Person, course: CourseView, misses: Iterable[NearMiss]) -> list[Unlock]:
    """The vacancies that a course opens, wholly ones first, then by fit."""
    found = []
    for miss in misses:
        closed = tuple(gap for gap in miss.gaps if closes(person, course, miss.vacancy, gap))
        # What is usual in the person's trade and only unsaid needs a question; a course for it alone is no help.
        if any(gap.kind != GapKind.UNCONFIRMED for gap in closed) or (closed and course.kind == "rpl"):
            found.append(Unlock(miss.vacancy, miss.fit, closed, len(closed) == len(miss.gaps)))
    return sorted(found, key=lambda unlock: (not unlock.whole, -unlock.fit, str(unlock.vacancy.id)))


@dataclass(frozen=True, slots=True)
class CourseOption:
    """A course together with what it would open for the person."""

    course: CourseView
    opens: tuple[Unlock, ...]


def opening(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Opens vacancies within reach."""
    if not option.opens:
        return Signal(0.0, "opens_none", {})
    worth = sum(_worth(unlock, option.course) for unlock in option.opens)
    whole = tuple(unlock.vacancy.title for unlock in option.opens if unlock.whole)
    nearer = tuple(unlock.vacancy.title for unlock in option.opens if not unlock.whole)
    key = "opens_vacancies" if whole else "opens_in_part"
    shown = whole or nearer
    params: Params = {"count": len(shown), "titles": shown, "nearer": len(nearer) if whole else 0}
    return Signal(1.0 - math.exp(-worth / 1.5), key, params)


def _worth(unlock: Unlock, course: CourseView) -> float:
    """How much opening one vacancy counts. What is usual in the person's trade and only unsaid needs no course."""
    taught = [gap for gap in unlock.closed if gap.kind != GapKind.UNCONFIRMED or course.kind == "rpl"]
    share = (len(taught) + _UNSAID * (len(unlock.closed) - len(taught))) / len(unlock.closed)
    return unlock.fit * (1.0 if unlock.whole else _PART) * share


def focus(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Teaches what is missing, and little else."""
    if not option.course.teaches or not option.opens or option.course.kind == "rpl":
        return None
    used = {gap.code for unlock in option.opens for gap in unlock.closed} & set(option.course.teaches)
    params = {"count": len(used), "asked": len(option.course.teaches)}
    return Signal(len(used) / len(option.course.teaches), "course_focus", params)


def course_trade(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Builds on work that the person did or wishes to do."""
    code = option.course.occupation
    if code is None or not (person.coded_jobs or person.profile.wanted_occupations):
        return None
    near, job = person.closest_job(code)
    wish = person.closeness_to_wishes(code)
    label = person.taxonomy.label(code)
    if wish > near:
        return Signal(wish, "course_wish", {"trade": label})
    if job is None or near < 0.5:
        return Signal(near, "course_new_trade", {"trade": label})
    return Signal(near, "course_builds", {"trade": label, "said": job.title})


def duration(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Is short."""
    weeks = option.course.weeks
    return None if weeks is None else Signal(1.0 / (1.0 + weeks / 8.0), "weeks", {"weeks": weeks})


def cost(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Costs little, set against a month of the pay that the person hopes for."""
    price, currency = option.course.cost, option.course.cost_currency
    if price == 0:
        return Signal(1.0, "free", {})
    hoped = person.profile.expected_pay
    if price is None or hoped is None or currency != hoped.currency or hoped.period != "month" or not hoped.amount:
        return None
    return Signal(1.0 / (1.0 + price / hoped.amount), "cost", {"cost": price, "currency": currency or ""})


def course_place(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Is near, or offers lodging."""
    course = option.course
    value = nearness(person, course.country, course.province, course.district)
    if value is None:
        return None
    where = course.district or course.province or course.place or ""
    if value < 0.5 and course.lodging:
        return Signal(0.5, "place_lodging", {"where": where})
    key = "place_near" if value == 1.0 else "place_province" if value >= 0.5 else "place_far"
    return Signal(value, key, {"where": where})


def recognition(person: Person, option: CourseOption, cosine: float | None) -> Signal | None:
    """Gives proof of skills that so far are only told of."""
    if option.course.kind != "rpl" or option.course.occupation is None:
        return None
    strongest = person.proof_in(option.course.occupation)
    value = 1.0 if strongest is not None and strongest < 3 else 0.0
    return Signal(value, "gives_proof" if value else "has_proof", {})


COURSE_RANKER: Ranker[CourseOption] = Ranker(
    "course-weights-3",
    -1.6,
    [
        Feature(opening, 3.0, 0.0),
        Feature(course_trade, 1.6, 0.40),
        Feature(focus, 0.8, 0.40),
        Feature(recognition, 0.8, 0.50),
        Feature(duration, 0.8, 0.50),
        Feature(cost, 0.8, 0.50),
        Feature(course_place, 1.0, 0.50),
    ],
)


def rank_courses(
    person: Person, courses: Sequence[CourseView], misses: Sequence[NearMiss], count: int
) -> list[tuple[CourseOption, Scored]]:
    """The courses that would help most; one that opens nothing and leads nowhere wished for is left out."""
    ranked = []
    for course in courses:
        if not may_take(person, course):
            continue
        option = CourseOption(course, tuple(unlocks(person, course, misses)))
        near = course.occupation is not None and (
            person.closest_job(course.occupation)[0] >= SAME_TRADE
            or person.closeness_to_wishes(course.occupation) >= SAME_TRADE
        )
        if option.opens or near:
            ranked.append((option, COURSE_RANKER.score(person, option, None)))
    ranked.sort(key=lambda pair: (-pair[1].score, str(pair[0].course.id)))
    return ranked[:count]
