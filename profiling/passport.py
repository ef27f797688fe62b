"""The passport as values: what a person brings, strongest evidence first, ready to show or to match."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from profiling.fields import first_day, last_day
from profiling.models import Evidence
from profiling.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that the person held. ``months`` is None when the dates do not tell."""

    position: int
    title: str
    country: str | None
    months: int | None
    occupation: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class HeldSkill:
    """A claimed skill with its strongest evidence, the words it came from and the job they tell of."""

    code: str
    evidence: Evidence
    words: str
    evidence_source: str | None = None
    origin: str = "stated"
    job: int | None = None


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """A certificate; ``evidence`` is DECLARED until somebody has seen it."""

    title: str
    kind: str | None
    occupation: str | None
    framework: str | None
    level: int | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Pay:
    """An amount in a currency for a period."""

    amount: float
    currency: str
    period: str


@dataclass(frozen=True, slots=True)
class MatchingProfile:
    """All that matching may know of a person: no name, sex, age, contact, referee or note.

    ``implied`` holds the skills that are usual in an occupation the person held but that nobody has
    claimed yet: skill code to occupation code.
    """

    returnee_id: uuid.UUID
    home_country: str
    home_province: str | None
    home_district: str | None
    jobs: tuple[HeldJob, ...] = ()
    skills: Mapping[str, HeldSkill] = field(default_factory=dict)
    implied: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[HeldCredential, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    licences: frozenset[str] = frozenset()
    education_level: str | None = None
    aspirations: frozenset[str] = frozenset()
    wanted_work: tuple[str, ...] = ()
    wanted_occupations: tuple[str, ...] = ()
    not_wanted_work: tuple[str, ...] = ()
    not_wanted_occupations: tuple[str, ...] = ()
    work_districts: tuple[str, ...] = ()
    work_countries: frozenset[str] = frozenset()
    expected_pay: Pay | None = None

    @property
    def occupations(self) -> tuple[str, ...]:
        """The coded occupations that the person held, longest held first."""
        months: dict[str, int] = {}
        for job in self.jobs:
            if job.occupation:
                months[job.occupation] = months.get(job.occupation, 0) + (job.months or 0)
        return tuple(sorted(months, key=lambda code: -months[code]))


def months_between(started: str | None, ended: str | None) -> int | None:
    """Whole months from one date to another of any precision; None when one is not known.

    Dates that give the year alone are counted from year to year, so 2014 to 2023 is nine years.
    """
    if not started or not ended:
        return None
    if len(started) == 4 or len(ended) == 4:
        return max(0, (int(ended[:4]) - int(started[:4])) * 12)
    start, end = first_day(started), last_day(ended) if len(ended) < 10 else first_day(ended)
    return max(0, (end.year - start.year) * 12 + end.month - start.month)


def strongest(claims: Iterable[HeldSkill]) -> dict[str, HeldSkill]:
    """Of several claims to a skill the one with the strongest evidence; the first among equals."""
    best: dict[str, HeldSkill] = {}
    for claim in claims:
        held = best.get(claim.code)
        if held is None or claim.evidence > held.evidence:
            best[claim.code] = claim
    return best


def implied_skills(
    jobs: Iterable[HeldJob],
    credentials: Iterable[HeldCredential],
    held: Mapping[str, HeldSkill],
    taxonomy: Taxonomy,
) -> dict[str, str]:
    """Skills that are usual in the trades a person worked or was certified in, and that nobody claimed yet."""
    implied: dict[str, str] = {}
    trades = [job.occupation for job in jobs] + [c.occupation for c in credentials]
    for occupation in trades:
        for skill in taxonomy.usual_skills(occupation):
            if skill not in held and occupation:
                implied.setdefault(skill, occupation)
    return implied
