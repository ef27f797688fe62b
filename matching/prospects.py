"""What a course or an assessment would change: the person as they would be, and the vacancies that this opens.

A score is read as the probability that a counsellor would put the person on the shortlist of a vacancy; as long as
the ranker's weights are written by hand it is a number like a probability and no measured one. Summed over
vacancies it is an expected number of shortlists.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matching.features import nearness
from matching.gaps import Gap, GapKind, closes, find_gaps, may_take
from matching.market import CourseView, Market, VacancyView
from matching.people import SAME_TRADE, Person
from matching.pipeline import GAP_DEPTH, WITHIN_REACH, near_enough, rank
from matching.ranking import VACANCY_RANKER
from matching.retrieval import Barrier, barriers, retrieve
from profiling.models import Evidence
from profiling.passport import HeldCredential, HeldSkill
from profiling.taxonomy import Taxonomy

#: From this closeness on (the same ISCO-08 minor group) a course is for the work that the vacancy offers.
RELATED_TRADE = 0.5
#: A skill that is usual in this share of all trades is a general one (in the starter taxonomy: 11 of 257).
_GENERAL = 0.04
#: Training for newcomers, and the months of work in its trade from which on nobody is one.
_NEWCOMER_MONTHS = {"apprenticeship": 12, "course": 24}
#: A smaller gain in expected shortlists is none, unless a licence, a level or a skill was missing.
LEAST_GAIN = 0.02
#: Gaps that no answer of the person can close: somebody has to hand out a paper.
FORMAL = frozenset({GapKind.LICENCE, GapKind.LEVEL})

#: The features of the ranker that skills, licences and certificates can change.
_LEARNED = {
    feature.name: feature
    for feature in VACANCY_RANKER.table
    if feature.name in ("essential_skills", "wished_skills", "usual_skills", "proof", "level")
}
_LICENCE_ONLY = frozenset({Barrier.LICENCE})


@dataclass(frozen=True, slots=True)
class Reachable:
    """A vacancy within reach: its score today, what stands before it, and whether a missing licence bars it.

    ``fixed`` is the part of the score's logit that no learning changes.
    """

    vacancy: VacancyView
    score: float
    fixed: float
    gaps: tuple[Gap, ...]
    barred: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What learning does for one vacancy: scores (0 to 1) before and after, the gaps closed, whether all are.

    ``barred``: a licence was missing before, so that the person could not be put forward.
    """

    vacancy: VacancyView
    before: float
    after: float
    closed: tuple[Gap, ...]
    whole: bool
    barred: bool

    @property
    def gain(self) -> float:
        """What this vacancy adds to the expected shortlists; never negative."""
        return self.after - (0.0 if self.barred else self.before)


@dataclass(frozen=True, slots=True)
class Prospect:
    """A course or an assessment and what it would open, best after it first. ``gain``: in expected shortlists.

    ``near`` is 1 at home to .1 elsewhere in the country, None when not known (``features.nearness``).
    """

    course: CourseView
    opens: tuple[Opening, ...]
    nearer: tuple[Opening, ...]
    gain: float
    near: float | None


def reachable(person: Person, market: Market, today: date) -> tuple[Reachable, ...]:
    """The nearest vacancies that only gaps or a licence may keep from the person, best first."""
    found = retrieve(person, market, today, ignore=_LICENCE_ONLY)
    near = []
    for view, scored in rank(person, market, found)[:GAP_DEPTH]:
        barred = barriers(person, view, today)
        if near_enough(scored, WITHIN_REACH) and set(barred) <= _LICENCE_ONLY:
            gaps = tuple(find_gaps(person, view))
            fixed = scored.bias + sum(part.amount for part in scored.contributions if part.feature not in _LEARNED)
            near.append(Reachable(view, scored.score, fixed, gaps, bool(barred)))
    return tuple(near)


def after(person: Person, course: CourseView) -> Person:
    """The person as they would be after a course or an assessment; what they hold already stays.

    A course gives its skills as declared, its licence, and its level as a certificate. An assessment teaches
    nothing: it lifts what the person says, or what is usual in the trade that they worked in, to RPL assessed.
    """
    profile = person.profile
    skills = dict(profile.skills)
    if course.kind == "rpl":
        assessed = {*course.teaches, *person.taxonomy.usual_skills(course.occupation)}
        for code in assessed & (profile.skills.keys() | profile.implied.keys()):
            held = skills.get(code)
            if held is None or held.evidence < Evidence.RPL_ASSESSED:
                words = held.words if held else course.teaches.get(code, code)
                skills[code] = HeldSkill(code, Evidence.RPL_ASSESSED, words)
    else:
        for code, words in course.teaches.items():
            skills.setdefault(code, HeldSkill(code, Evidence.DECLARED, words))
    licences = profile.licences | ({course.licence} if course.licence else frozenset())
    return Person(
        replace(
            profile,
            skills=skills,
            implied={code: trade for code, trade in profile.implied.items() if code not in skills},
            credentials=(*profile.credentials, *_certificate(course)),
            licences=person.taxonomy.with_implied(licences),
        ),
        person.vector,
        person.taxonomy,
    )


def _certificate(course: CourseView) -> tuple[HeldCredential, ...]:
    """What the person would hold: an assessment's result, or a certificate of a level."""
    if course.kind == "rpl":
        evidence = Evidence.RPL_ASSESSED
    elif course.framework is not None and course.level is not None:
        evidence = Evidence.DOCUMENT_SEEN
    else:
        return ()
    kind = "rpl" if course.kind == "rpl" else "certificate"
    return (HeldCredential(course.title, kind, course.occupation, course.framework, course.level, evidence),)


def suits(person: Person, course: CourseView) -> bool:
    """Whether a course is for this person, and no training for newcomers to a trade that they have worked in.

    Whoever worked in a trade for a year or more needs no apprenticeship in it, and after two years no course either
    unless it leads to a licence: an assessment, a bridging course or a question does more.
    """
    if not may_take(person, course):
        return False
    least = _NEWCOMER_MONTHS.get(course.kind)
    if least is None or course.occupation is None or course.licence is not None:
        return True
    return (person.months_in(course.occupation) or 0) < least


def closed_by(person: Person, course: CourseView, seen: Reachable) -> tuple[Gap, ...]:
    """The gaps of a vacancy that a course closes and for which it makes sense there; none else.

    Left out are a course that only teaches what is usual in the person's trade and merely unsaid, and one that
    shares a general skill with work of another kind: a farming course is no way to a post on a site.
    """
    closed = tuple(gap for gap in seen.gaps if closes(person, course, seen.vacancy, gap))
    if not closed or (course.kind != "rpl" and all(gap.kind == GapKind.UNCONFIRMED for gap in closed)):
        return ()
    return closed if _is_for(person.taxonomy, course, seen.vacancy, closed) else ()


def _is_for(taxonomy: Taxonomy, course: CourseView, vacancy: VacancyView, closed: Sequence[Gap]) -> bool:
    if any(gap.kind in FORMAL for gap in closed):
        return True
    if course.occupation is None:
        missing = [gap for gap in closed if gap.kind == GapKind.SKILL]
        return all(_is_general(taxonomy, gap.code) for gap in missing)
    if course.kind in _NEWCOMER_MONTHS and all(_is_general(taxonomy, gap.code) for gap in closed):
        return False
    return near_trade(taxonomy, course, vacancy)


def near_trade(taxonomy: Taxonomy, course: CourseView, vacancy: VacancyView) -> bool:
    """Whether a course is of the vacancy's line of work; an assessment speaks for its own trade alone."""
    least = SAME_TRADE if course.kind == "rpl" else RELATED_TRADE
    return (taxonomy.closeness(course.occupation, vacancy.occupation) or 0.0) >= least


def _is_general(taxonomy: Taxonomy, skill: str) -> bool:
    """Whether a skill is usual in many trades, so that a course of no trade can teach it."""
    return taxonomy.skill_use.get(skill, 0) >= max(2.0, _GENERAL * len(taxonomy.occupations))


def score_after(then: Person, seen: Reachable) -> float:
    """What the ranker gives to a person after learning, without working out again what learning does not change."""
    logit = seen.fixed
    for feature in _LEARNED.values():
        signal = feature.function(then, seen.vacancy, None)
        if signal is not None:
            logit += feature.weight * (signal.value - feature.middle)
    return 1.0 / (1.0 + math.exp(-logit))


def open_after(then: Person, seen: Reachable, closed: tuple[Gap, ...]) -> Opening | None:
    """What learning does for one vacancy, ``then`` being the person after it; None when it stays barred.

    It is opened wholly when nothing is missing any more, and when that is worth something: a licence, a level or
    a skill was missing, or the score rises by LEAST_GAIN.
    """
    if not seen.vacancy.licences <= then.profile.licences:
        return None
    # Of somebody of whom nothing was known, a first skill tells what others are missing. That is no loss.
    better = max(score_after(then, seen), seen.score)
    complete = len(closed) == len(seen.gaps) > 0 and not find_gaps(then, seen.vacancy)
    lacked = any(gap.kind != GapKind.UNCONFIRMED for gap in closed)
    whole = complete and (lacked or better - seen.score >= LEAST_GAIN)
    return Opening(seen.vacancy, seen.score, better, closed, whole, seen.barred)


def prospects(person: Person, courses: Sequence[CourseView], within: Sequence[Reachable]) -> list[Prospect]:
    """Each course or assessment that closes a gap within reach, the greatest gain first."""
    found = []
    for course in courses:
        if not suits(person, course):
            continue
        closed = [closed_by(person, course, seen) for seen in within]
        if not any(closed):
            continue
        then = after(person, course)
        changed = [
            opening
            for seen, gaps in zip(within, closed, strict=True)
            if gaps or near_trade(person.taxonomy, course, seen.vacancy)
            if (opening := open_after(then, seen, gaps)) is not None
        ]
        prospect = _prospect(person, course, changed)
        if prospect.opens or (prospect.nearer and prospect.gain >= LEAST_GAIN):
            found.append(prospect)
    return sorted(found, key=lambda one: (-one.gain, str(one.course.id)))


def _prospect(person: Person, course: CourseView, changed: Sequence[Opening]) -> Prospect:
    ordered = sorted(changed, key=lambda one: (-one.after, str(one.vacancy.id)))
    return Prospect(
        course,
        tuple(one for one in ordered if one.whole),
        tuple(one for one in ordered if one.closed and not one.whole and one.gain >= LEAST_GAIN),
        sum(one.gain for one in ordered),
        nearness(person, course.country, course.province, course.district),
    )
