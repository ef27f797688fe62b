"""A match as an employer may see it: codes instead of words, bands instead of numbers, nothing of a wish.

Reasons pass an allow-list: a key that is not named in ``_SAFE`` is dropped, and of the others only what is
built anew here is kept. Of a skill or language that is rare among the people shown, neither having nor lacking
it is told, so that a vacancy that asks for something rare does not single anybody out.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from api.match_wording import BANDS
from matching.explanation import Reason
from matching.gaps import Gap, GapKind
from matching.market import VacancyView
from matching.people import Person
from matching.pipeline import NEAR_ENOUGH, JobMatch, PersonMatch
from matching.signals import Params
from profiling.models import Evidence
from profiling.passport import MatchingProfile
from profiling.pseudonym import (
    BOUNDS,
    Crowd,
    Detail,
    PseudonymousProfile,
    Years,
    place_key,
    pseudonymous,
    shown_trade,
    years_of,
)
from profiling.taxonomy import Taxonomy

#: The words for these are the bands of ``api.match_wording``: strong, good, possible, weak.
FITS = ("strong", "good", "possible", "weak")
#: What a match must rest on to be shown: the agreement speaks of employers with a fitting vacancy.
_SUBSTANCE = frozenset({"occupation", "essential_skills", "wished_skills", "usual_skills"})


class RequestState(StrEnum):
    """Where a request to be put in touch stands. Ended: the yes was taken back, or its time is over."""

    WAITING = "waiting"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason without a word of the person. ``params`` holds codes, bands, counts and the vacancy's own words."""

    key: str
    params: Params
    speaks_for: bool


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A skill that the vacancy asks for (``asked``, in its own words) and the person claims."""

    code: str
    asked: str
    evidence: Evidence
    essential: bool


@dataclass(frozen=True, slots=True)
class ShownGap:
    """What the vacancy asks for (``asked``, in its own words) and the person is not known to have."""

    kind: GapKind
    code: str
    asked: str


@dataclass(frozen=True)
class PseudonymousCandidate:
    """A person who may fit a vacancy, as its employer may see them. ``fit``: one of FITS."""

    candidate: uuid.UUID
    fit: str
    reasons: tuple[ShownReason, ...]
    matched: tuple[ShownMatch, ...]
    missing: tuple[ShownGap, ...]
    profile: PseudonymousProfile
    request: RequestState | None = None


def is_shown(match: JobMatch) -> bool:
    """Whether a match is near enough to be shown to an employer, by trade or skills."""
    return match.score >= NEAR_ENOUGH and any(
        reason.feature in _SUBSTANCE and reason.amount > 0 for reason in match.reasons
    )


def shown_candidate(
    found: PersonMatch, candidate: uuid.UUID, request: RequestState | None, crowd: Crowd
) -> PseudonymousCandidate:
    """The match of a person as the vacancy's employer may see it."""
    person, match = found.person, found.match
    view = match.vacancy
    fit = next(fit for (least, _), fit in zip(BANDS, FITS, strict=True) if match.score >= least)
    seen = _Seen(person, view, crowd)
    reasons = (_shown_reason(reason, seen) for reason in match.reasons)
    matched = tuple(
        ShownMatch(skill.code, skill.asked, skill.evidence, skill.essential)
        for skill in match.matched
        if crowd.common(Detail.SKILL, skill.code)
    )
    return PseudonymousCandidate(
        candidate=candidate,
        fit=fit,
        reasons=tuple(reason for reason in reasons if reason is not None),
        matched=matched,
        missing=tuple(ShownGap(gap.kind, gap.code, gap.words) for gap in match.missing if _may_tell(gap, crowd)),
        profile=pseudonymous(person.profile, crowd, person.taxonomy),
        request=request,
    )


def _may_tell(gap: Gap, crowd: Crowd) -> bool:
    """Whether a gap may be told: schooling is not among what the person agreed to show."""
    if gap.kind in (GapKind.SKILL, GapKind.UNCONFIRMED):
        return crowd.common(Detail.SKILL, gap.code)
    if gap.kind is GapKind.LANGUAGE:
        return crowd.common(Detail.LANGUAGE, gap.code)
    return gap.kind in (GapKind.LEVEL, GapKind.LICENCE)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What reasons are built anew from."""

    person: Person
    view: VacancyView
    crowd: Crowd

    @property
    def profile(self) -> MatchingProfile:
        return self.person.profile

    @property
    def taxonomy(self) -> Taxonomy:
        return self.person.taxonomy


def _shown_reason(reason: Reason, seen: _Seen) -> ShownReason | None:
    safe = _SAFE.get(reason.key)
    found = safe(reason, seen) if safe is not None else None
    return None if found is None else ShownReason(found[0], found[1], reason.amount > 0)


_Safe = Callable[[Reason, _Seen], tuple[str, Params] | None]


def _trade(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    """The nearest work as its trade may be shown; of a rare trade only that it is near."""
    asked = seen.view.occupation
    if asked is None:
        return None
    if reason.key == "other_occupation":
        return reason.key, {"asked": asked}
    job = seen.person.closest_job(asked)[1]
    trade = shown_trade(job.occupation, seen.crowd, seen.taxonomy) if job is not None else None
    if job is None or trade is None:
        return None
    key = "near_occupation" if reason.key == "same_occupation" and trade != job.occupation else reason.key
    return key, {"trade": trade, "asked": asked, "years": years_of(job.months)}


def _skills(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    """How many of the skills asked for are claimed, rare ones left out on both sides."""
    codes = {
        "essential_skills": tuple(seen.view.essential),
        "wished_skills": tuple(seen.view.wished),
        "usual_skills": seen.taxonomy.usual_skills(seen.view.occupation),
    }[reason.key]
    common = [code for code in codes if seen.crowd.common(Detail.SKILL, code)]
    if not common:
        return None
    return reason.key, {"count": sum(code in seen.profile.skills for code in common), "asked": len(common)}


def _experience(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    """Enough or too short only where the band alone says so: else asking again and again would find the month."""
    asked, trade = seen.view.experience_years, seen.view.occupation
    if asked is None or trade is None or not _trade_is_common(seen):
        return None
    years = years_of(seen.person.months_in(trade))
    if years is Years.UNKNOWN:
        return None
    low, high = BOUNDS[years]
    if asked * 12 <= low:
        return "experience_enough", {"years": years, "asked": asked}
    return ("experience_short", {"years": years, "asked": asked}) if asked * 12 >= high else None


def _trade_is_common(seen: _Seen) -> bool:
    """Whether the work that counts for the vacancy's trade is in trades that may be named."""
    asked = seen.view.occupation or ""
    held = [job.occupation or "" for job in seen.person.jobs_in(asked)]
    held += [credential.occupation or "" for credential in seen.person.credentials_in(asked)]
    return bool(held) and all(seen.crowd.common(Detail.TRADE, trade) for trade in held)


def _proof(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    evidence = reason.params["evidence"]
    return (reason.key, {"evidence": evidence}) if _trade_is_common(seen) else None


def _level(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    """The level asked for, which the vacancy names, when enough people hold one of that framework."""
    framework = seen.view.framework or ""
    if not seen.crowd.common(Detail.FRAMEWORK, framework):
        return None
    return reason.key, {"asked": f"{framework} {seen.view.level}"}


def _languages(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    if not all(seen.crowd.common(Detail.LANGUAGE, code) for code in seen.view.languages):
        return None
    missing = reason.params["missing"]
    if isinstance(missing, tuple) and missing:
        return reason.key, {"missing": missing}
    return reason.key, {"matched": tuple(seen.view.languages)}


def _same_district(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    """Only that the person lives in the vacancy's district: where else they would work is a wish."""
    home, where = seen.profile.home_district, seen.view.district
    if home is None or where is None or home.strip().casefold() != where.strip().casefold():
        return None
    if not seen.crowd.common(Detail.DISTRICT, place_key(seen.profile.home_country, home)):
        return None
    return reason.key, {"where": where}


def _as_it_is(reason: Reason, seen: _Seen) -> tuple[str, Params] | None:
    return reason.key, {}


_SAFE: dict[str, _Safe] = {
    "same_occupation": _trade, "near_occupation": _trade, "far_occupation": _trade, "other_occupation": _trade,
    "essential_skills": _skills, "wished_skills": _skills, "usual_skills": _skills,
    "meaning": _as_it_is, "experience_enough": _experience, "experience_short": _experience, "proof": _proof,
    "level_met": _level, "level_missing": _level, "languages_met": _languages, "languages_short": _languages,
    "place_near": _same_district,
}  # fmt: skip
