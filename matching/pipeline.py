"""The whole way on one screen: record -> passport -> document -> vector -> candidates -> matches -> reasons.

``match`` goes it for one returnee, ``candidates`` for one vacancy, with the same features.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from matching.documents import person_document
from matching.embeddings import Embedder
from matching.explanation import MatchedSkill, Question, Reason, matched_skills, questions, reasons
from matching.gaps import Gap, NearMiss, Unlock, find_gaps, rank_courses
from matching.market import CourseView, Market, VacancyView
from matching.people import Person
from matching.ranking import VACANCY_RANKER, Scored
from matching.retrieval import Barrier, Candidates, barriers, retrieve
from matching.reverse import likely_people
from matching.vectors import person_vector
from profiling.access import Principal
from profiling.errors import NotFound
from profiling.matching_view import matching_profiles, scrubbed_accounts

#: Of how many of the best vacancies the gaps are looked at for courses and questions.
GAP_DEPTH = 60
#: A vacancy below this score is not near enough to learn something for it.
WITHIN_REACH = 0.5
#: Below this score a vacancy is counted and not shown: an honest short list beats a long silly one.
NEAR_ENOUGH = 0.45
#: At least this share of a title's words must be shared for the title to carry a match.
_TITLE_SHARE = 0.5
_SUBSTANCE = frozenset({"occupation", "essential_skills", "wished_skills", "usual_skills", "title_overlap", "wish"})


@dataclass(frozen=True)
class JobMatch:
    """A ranked vacancy with everything that explains it."""

    vacancy: VacancyView
    score: float
    bias: float
    reasons: tuple[Reason, ...]
    matched: tuple[MatchedSkill, ...]
    missing: tuple[Gap, ...]
    ask: tuple[Question, ...]


@dataclass(frozen=True)
class CourseMatch:
    """A ranked course with the vacancies that it would open."""

    course: CourseView
    score: float
    bias: float
    reasons: tuple[Reason, ...]
    opens: tuple[Unlock, ...]


@dataclass(frozen=True)
class MatchList:
    """Jobs and courses for one returnee, and what made the list."""

    returnee_id: uuid.UUID
    jobs: tuple[JobMatch, ...]
    weaker: int
    courses: tuple[CourseMatch, ...]
    ask: tuple[Question, ...]
    left_out: Mapping[Barrier, int]
    ranker: str
    model: str
    market_revision: int
    taxonomy: str


@dataclass(frozen=True)
class PersonMatch:
    """A returnee for a vacancy: the same score and reasons, seen from the other side."""

    returnee_id: uuid.UUID
    person: Person
    match: JobMatch


def match(
    session: Session, principal: Principal, returnee_id: uuid.UUID, market: Market, embedder: Embedder,
    now: datetime, *, jobs: int = 10, courses: int = 5,
) -> MatchList:  # fmt: skip
    """Jobs and courses for one returnee. Raises NotFound for a foreign id and for want of consent."""
    person = load_person(session, principal, returnee_id, market, embedder, now)
    today = now.date()
    candidates = retrieve(person, market, today, ignore=frozenset({Barrier.LICENCE}))
    ranked = rank(person, market, candidates)
    offered = [(view, scored) for view, scored in ranked if not barriers(person, view, today)]
    near = [pair for pair in offered if near_enough(pair[1])]
    misses, seen = _near_misses(person, ranked)
    return MatchList(
        returnee_id=returnee_id,
        jobs=tuple(explain(person, view, scored) for view, scored in near[:jobs]),
        weaker=len(offered) - len(near),
        courses=tuple(
            CourseMatch(option.course, scored.score, scored.bias, reasons(scored), option.opens)
            for option, scored in rank_courses(person, market.courses, misses, courses)
        ),
        ask=questions(person, seen),
        left_out=candidates.left_out,
        ranker=VACANCY_RANKER.version,
        model=market.model,
        market_revision=market.revision,
        taxonomy=market.taxonomy.version,
    )


def load_person(
    session: Session,
    principal: Principal,
    returnee_id: uuid.UUID,
    market: Market,
    embedder: Embedder,
    now: datetime,
) -> Person:
    """The matching view of one person with their vector. Raises NotFound."""
    profile = matching_profiles(session, principal, [returnee_id], market.taxonomy, now).get(returnee_id)
    if profile is None:
        raise NotFound("This person is not in your caseload, or has not agreed to be matched.")

    def document() -> str:
        accounts = scrubbed_accounts(session, [returnee_id]).get(returnee_id, ())
        return person_document(profile, accounts, market.taxonomy)

    return Person(profile, person_vector(session, returnee_id, embedder, document), market.taxonomy)


def rank(person: Person, market: Market, candidates: Candidates) -> list[tuple[VacancyView, Scored]]:
    """Candidates by score, best first; equal scores by id, so that the order is repeatable."""
    scored = []
    for row, cosine in zip(candidates.rows.tolist(), candidates.cosines.tolist(), strict=True):
        view = market.vacancies[row]
        # Exactly 0 comes only from the zero vector of a text that the model could not read.
        scored.append((view, VACANCY_RANKER.score(person, view, cosine or None)))
    scored.sort(key=lambda pair: (-pair[1].score, pair[0].row))
    return scored


def near_enough(scored: Scored, least: float = NEAR_ENOUGH) -> bool:
    """Whether a vacancy may be listed: a fair score that rests on trade, skills, title or wish.

    That two texts read alike is no reason by itself; with it alone, a list would fill with chance likeness.
    """
    rests = any(
        part.feature in _SUBSTANCE
        and part.amount > 0
        and (part.feature != "title_overlap" or part.signal.value >= _TITLE_SHARE)
        for part in scored.contributions
    )
    return rests and scored.score >= least


def _near_misses(
    person: Person, ranked: Sequence[tuple[VacancyView, Scored]]
) -> tuple[list[NearMiss], list[tuple[VacancyView, list[Gap]]]]:
    reachable = [view for view, scored in ranked[:GAP_DEPTH] if near_enough(scored, WITHIN_REACH)]
    seen = [(view, find_gaps(person, view)) for view in reachable]
    fits = {view.id: scored.score for view, scored in ranked[:GAP_DEPTH]}
    misses = [NearMiss(view, fits[view.id], tuple(gaps)) for view, gaps in seen if gaps]
    return misses, seen


def explain(person: Person, view: VacancyView, scored: Scored) -> JobMatch:
    """A scored vacancy with its reasons, matched words, gaps and the question that helps most."""
    gaps = find_gaps(person, view)
    return JobMatch(
        vacancy=view,
        score=scored.score,
        bias=scored.bias,
        reasons=reasons(scored),
        matched=matched_skills(person, view),
        missing=tuple(gaps),
        ask=questions(person, [(view, gaps)])[:1],
    )


def candidates(
    session: Session, principal: Principal, vacancy_id: uuid.UUID, market: Market, now: datetime, *,
    count: int = 10, skills: Callable[[str], bool] = lambda code: True,
) -> list[PersonMatch]:  # fmt: skip
    """Returnees of the scope who agree to matching, ranked for one vacancy by the same features.

    Of the skills that the vacancy asks for only those count for which ``skills`` says yes.
    An empty list when the vacancy is closed, held or expired. Raises NotFound for an unknown vacancy.
    """
    row = market.row_of.get(vacancy_id)
    if row is None:
        raise NotFound("There is no such vacancy in the index. Run `hunar index` if it was just imported.")
    view = market.vacancies[row]
    view = replace(
        view,
        essential={code: words for code, words in view.essential.items() if skills(code)},
        wished={code: words for code, words in view.wished.items() if skills(code)},
    )
    ranked = []
    for person in likely_people(session, principal, view, market, now):
        if not barriers(person, view, now.date()):
            cosine = float(market.vectors[row] @ person.vector)
            ranked.append((person, VACANCY_RANKER.score(person, view, cosine or None)))
    ranked.sort(key=lambda pair: (-pair[1].score, str(pair[0].profile.returnee_id)))
    return [
        PersonMatch(person.profile.returnee_id, person, explain(person, view, scored))
        for person, scored in ranked[:count]
    ]
