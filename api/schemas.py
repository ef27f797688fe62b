"""Wire schemas: what ``--json`` prints. Codes and keys, no prose, and what made each result."""

from __future__ import annotations

import uuid
from datetime import date

from pydantic import BaseModel

from api.answers import NamedCandidate
from matching.explanation import MatchedSkill, Question, Reason
from matching.gaps import Gap
from matching.pipeline import CourseMatch, JobMatch, MatchList


class ReasonOut(BaseModel):
    """A reason as a message key with parameters and its part of the logit of the score."""

    key: str
    params: dict[str, str | int | float | tuple[str, ...]]
    feature: str
    amount: float

    @classmethod
    def of(cls, reason: Reason) -> ReasonOut:
        """From the internal value."""
        return cls(key=reason.key, params=dict(reason.params), feature=reason.feature, amount=reason.amount)


class SkillOut(BaseModel):
    """A skill on both sides, with the words of each."""

    code: str
    said: str
    asked: str
    evidence: str
    essential: bool

    @classmethod
    def of(cls, skill: MatchedSkill) -> SkillOut:
        """From the internal value."""
        return cls(
            code=skill.code,
            said=skill.said,
            asked=skill.asked,
            evidence=skill.evidence.name.lower(),
            essential=skill.essential,
        )


class GapOut(BaseModel):
    """Something asked for that the person is not known to have."""

    kind: str
    code: str
    words: str

    @classmethod
    def of(cls, gap: Gap) -> GapOut:
        """From the internal value."""
        return cls(kind=gap.kind, code=gap.code, words=gap.words)


class QuestionOut(BaseModel):
    """What to ask next and how many vacancies the answer touches."""

    key: str
    params: dict[str, str | int | float | tuple[str, ...]]
    vacancies: int

    @classmethod
    def of(cls, question: Question) -> QuestionOut:
        """From the internal value."""
        return cls(key=question.key, params=dict(question.params), vacancies=question.vacancies)


class JobOut(BaseModel):
    """A ranked vacancy."""

    id: uuid.UUID
    ref: str
    title: str
    employer: str | None
    country: str | None
    district: str | None
    occupation: str | None
    occupation_likeness: float | None
    closes_on: date | None
    score: float
    bias: float
    reasons: list[ReasonOut]
    matched: list[SkillOut]
    missing: list[GapOut]
    ask: list[QuestionOut]

    @classmethod
    def of(cls, job: JobMatch) -> JobOut:
        """From the internal value."""
        view = job.vacancy
        return cls(
            id=view.id, ref=view.ref, title=view.title, employer=view.employer, country=view.country,
            district=view.district, occupation=view.occupation,
            occupation_likeness=view.occupation_likeness, closes_on=view.closes_on,
            score=job.score, bias=job.bias,
            reasons=[ReasonOut.of(reason) for reason in job.reasons],
            matched=[SkillOut.of(skill) for skill in job.matched],
            missing=[GapOut.of(gap) for gap in job.missing],
            ask=[QuestionOut.of(question) for question in job.ask],
        )  # fmt: skip


class UnlockOut(BaseModel):
    """A vacancy that a course opens, wholly or in part."""

    id: uuid.UUID
    title: str
    whole: bool
    closes: list[GapOut]


class CourseOut(BaseModel):
    """A ranked course or RPL assessment."""

    id: uuid.UUID
    title: str
    provider: str | None
    kind: str
    weeks: float | None
    cost: float | None
    cost_currency: str | None
    district: str | None
    score: float
    bias: float
    reasons: list[ReasonOut]
    opens: list[UnlockOut]

    @classmethod
    def of(cls, found: CourseMatch) -> CourseOut:
        """From the internal value."""
        course = found.course
        return cls(
            id=course.id, title=course.title, provider=course.provider, kind=course.kind, weeks=course.weeks,
            cost=course.cost, cost_currency=course.cost_currency, district=course.district,
            score=found.score, bias=found.bias,
            reasons=[ReasonOut.of(reason) for reason in found.reasons],
            opens=[
                UnlockOut(
                    id=unlock.vacancy.id, title=unlock.vacancy.title, whole=unlock.whole,
                    closes=[GapOut.of(gap) for gap in unlock.closed],
                )
                for unlock in found.opens
            ],
        )  # fmt: skip


class MatchOut(BaseModel):
    """Jobs and courses for one returnee, and what made the list."""

    returnee: uuid.UUID
    ranker: str
    model: str
    market_revision: int
    taxonomy: str
    left_out: dict[str, int]
    jobs: list[JobOut]
    weaker: int
    courses: list[CourseOut]
    ask: list[QuestionOut]

    @classmethod
    def of(cls, found: MatchList) -> MatchOut:
        """From the internal value."""
        return cls(
            returnee=found.returnee_id, ranker=found.ranker, model=found.model,
            market_revision=found.market_revision, taxonomy=found.taxonomy,
            left_out={barrier.value: count for barrier, count in found.left_out.items()},
            jobs=[JobOut.of(job) for job in found.jobs],
            weaker=found.weaker,
            courses=[CourseOut.of(course) for course in found.courses],
            ask=[QuestionOut.of(question) for question in found.ask],
        )  # fmt: skip


class CandidateOut(BaseModel):
    """A returnee for a vacancy, under the centre's own number."""

    returnee: uuid.UUID
    ref: str
    score: float
    reasons: list[ReasonOut]
    matched: list[SkillOut]
    missing: list[GapOut]
    ask: list[QuestionOut]

    @classmethod
    def of(cls, named: NamedCandidate) -> CandidateOut:
        """From the internal value."""
        match = named.found.match
        return cls(
            returnee=named.found.returnee_id, ref=named.ref, score=match.score,
            reasons=[ReasonOut.of(reason) for reason in match.reasons],
            matched=[SkillOut.of(skill) for skill in match.matched],
            missing=[GapOut.of(gap) for gap in match.missing],
            ask=[QuestionOut.of(question) for question in match.ask],
        )  # fmt: skip
