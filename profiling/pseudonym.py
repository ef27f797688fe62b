"""A person as an employer may see them before the person has agreed to be put in touch.

What is shown: trades with rough experience and region, skills with their evidence, what a certificate counts
as, languages, the district. All of it is codes; no word that the person said is among them, and neither is
schooling, pay or a wish, which the agreement to be seen by employers does not name.

Rare details are coarsened. A detail that fewer than ``LEAST`` of the people shown to employers hold could tell
an employer who somebody is, so a district becomes its province, a trade its ISCO-08 sub-major group, and a
skill or language is only counted. That is the idea of k-anonymity (Sweeney 2002) for each detail by itself:
several common details together can still be rare, which is why names, dates and numbers never stand beside them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from profiling.models import Evidence
from profiling.passport import HeldCredential, MatchingProfile
from profiling.taxonomy import GROUP, Taxonomy
from profiling.vault import Vault

#: How many people must hold a detail before it is shown: the least number at which a holder cannot tell which
#: one other holder is meant.
LEAST = 3
_SUB_MAJOR = 2
#: The six member states by the charter of the Gulf Cooperation Council, Abu Dhabi 1981.
GULF = frozenset({"AE", "BH", "KW", "OM", "QA", "SA"})
#: The eight member states of the South Asian Association for Regional Cooperation (charter, Dhaka 1985;
#: Afghanistan since 2007). Work at home is among it.
SOUTH_ASIA = frozenset({"AF", "BD", "BT", "IN", "LK", "MV", "NP", "PK"})


class Region(StrEnum):
    """Where work was, roughly."""

    GULF = "gulf"
    MALAYSIA = "malaysia"
    SOUTH_ASIA = "south_asia"
    ELSEWHERE = "elsewhere"


class Years(StrEnum):
    """How long work lasted, roughly. The lower bound belongs to a band, the upper one to the next."""

    UNDER_1 = "under_1"
    FROM_1_TO_3 = "1_to_3"
    FROM_3_TO_5 = "3_to_5"
    FROM_5_TO_10 = "5_to_10"
    OVER_10 = "over_10"
    UNKNOWN = "unknown"


#: Band to its bounds in months.
BOUNDS: dict[Years, tuple[int, float]] = {
    Years.UNDER_1: (0, 12),
    Years.FROM_1_TO_3: (12, 36),
    Years.FROM_3_TO_5: (36, 60),
    Years.FROM_5_TO_10: (60, 120),
    Years.OVER_10: (120, float("inf")),
}


class Detail(StrEnum):
    """The kinds of detail whose holders are counted."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    TRADE = "trade"
    GROUP = "group"
    REGION = "region"
    SKILL = "skill"
    LANGUAGE = "language"
    FRAMEWORK = "framework"
    LEVEL = "level"


@dataclass(frozen=True)
class Crowd:
    """How many of the people shown to employers hold each detail."""

    held: Mapping[Detail, Mapping[str, int]] = field(default_factory=dict)

    def common(self, detail: Detail, value: str) -> bool:
        """Whether enough people hold a detail for it to be shown."""
        return self.held.get(detail, {}).get(value, 0) >= LEAST


@dataclass(frozen=True, slots=True)
class ShownWork:
    """Work in a trade (or the code of its ISCO-08 group), the longest first."""

    trade: str
    years: Years
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """A skill and how well it is proven."""

    code: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """What a certificate counts as: never its number, title or who gave it."""

    kind: str | None
    trade: str | None
    framework: str | None
    level: int | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PseudonymousProfile:
    """What an employer may see. ``more_...``: how many were left out because they are rare."""

    home_country: str | None
    home_province: str | None
    home_district: str | None
    work: tuple[ShownWork, ...]
    more_work: int
    skills: tuple[ShownSkill, ...]
    more_skills: int
    credentials: tuple[ShownCredential, ...]
    languages: tuple[tuple[str, str], ...]
    more_languages: int


def pseudonym(vault: Vault, vacancy_id: uuid.UUID, returnee_id: uuid.UUID) -> uuid.UUID:
    """By what an employer knows a person for one vacancy. Those of two vacancies cannot be linked."""
    return uuid.UUID(hex=vault.fingerprint("candidate", str(vacancy_id), str(returnee_id))[:32])


def years_of(months: int | None) -> Years:
    """The band of a length of time; what is not known stays unknown."""
    if months is None:
        return Years.UNKNOWN
    return next(years for years, (low, high) in BOUNDS.items() if low <= months < high)


def region_of(country: str) -> Region:
    """The region of a country code."""
    if country in GULF:
        return Region.GULF
    if country == "MY":
        return Region.MALAYSIA
    return Region.SOUTH_ASIA if country in SOUTH_ASIA else Region.ELSEWHERE


def place_key(country: str, place: str) -> str:
    """By what the people of a place are counted: districts of two countries may share a name."""
    return f"{country}/{place.strip()}"


def level_key(framework: str, level: int) -> str:
    """By what the holders of a qualification level are counted."""
    return f"{framework} {level}"


def group_of(trade: str, taxonomy: Taxonomy) -> str | None:
    """The code of the ISCO-08 sub-major group of a trade; None when it is not known so precisely."""
    isco = taxonomy.isco_of(trade)
    return None if isco is None or len(isco) < _SUB_MAJOR else f"{GROUP}{isco[:_SUB_MAJOR]}"


def shown_trade(trade: str | None, crowd: Crowd, taxonomy: Taxonomy) -> str | None:
    """A trade as it may be shown: itself, or its group when it is rare, or nothing when that is rare too."""
    if trade is None or crowd.common(Detail.TRADE, trade):
        return trade
    group = group_of(trade, taxonomy)
    return group if group is not None and crowd.common(Detail.GROUP, group) else None


def pseudonymous(profile: MatchingProfile, crowd: Crowd, taxonomy: Taxonomy) -> PseudonymousProfile:
    """The profile as an employer may see it, with rare details coarsened."""
    work, more_work = _work(profile, crowd, taxonomy)
    skills = [
        ShownSkill(code, held.evidence) for code, held in profile.skills.items() if crowd.common(Detail.SKILL, code)
    ]
    # A mother tongue tells a people or a faith where a fluent one tells a skill.
    languages = [
        (code, "fluent" if level == "native" else level)
        for code, level in profile.languages.items()
        if crowd.common(Detail.LANGUAGE, code)
    ]
    country, province, district = _home(profile, crowd)
    # Sorted by what is shown, so that the order tells nothing of the record.
    return PseudonymousProfile(
        home_country=country,
        home_province=province,
        home_district=district,
        work=work,
        more_work=more_work,
        skills=tuple(sorted(skills, key=lambda skill: (-skill.evidence, skill.code))),
        more_skills=len(profile.skills) - len(skills),
        credentials=_credentials(profile.credentials, crowd, taxonomy),
        languages=tuple(sorted(languages)),
        more_languages=len(profile.languages) - len(languages),
    )


def _home(profile: MatchingProfile, crowd: Crowd) -> tuple[str | None, str | None, str | None]:
    """Country, province and district, each only when enough people live there."""
    country = profile.home_country

    def shown(detail: Detail, name: str | None) -> str | None:
        return name.strip() if name and crowd.common(detail, place_key(country, name)) else None

    return (
        country if crowd.common(Detail.COUNTRY, country) else None,
        shown(Detail.PROVINCE, profile.home_province),
        shown(Detail.DISTRICT, profile.home_district),
    )


def _work(profile: MatchingProfile, crowd: Crowd, taxonomy: Taxonomy) -> tuple[tuple[ShownWork, ...], int]:
    """Work by trade as shown, and how many trades were left out.

    Jobs whose title was not understood are left out: there is nothing of them but the person's own words.
    Months add up where they are known, as in matching.
    """
    months: dict[str, int | None] = {}
    regions: dict[str, set[Region]] = {}
    hidden: set[str] = set()
    for job in profile.jobs:
        if job.occupation is None:
            continue
        trade = shown_trade(job.occupation, crowd, taxonomy)
        if trade is None:
            hidden.add(job.occupation)
            continue
        held = months.setdefault(trade, None)
        if job.months is not None:
            months[trade] = (held or 0) + job.months
        where = regions.setdefault(trade, set())
        if job.country is not None:
            region = region_of(job.country)
            where.add(region if crowd.common(Detail.REGION, region) else Region.ELSEWHERE)
    order = list(Years)
    shown = [ShownWork(trade, years_of(months[trade]), tuple(sorted(regions[trade]))) for trade in months]
    known = [work for work in shown if work.years is not Years.UNKNOWN]
    unknown = [work for work in shown if work.years is Years.UNKNOWN]
    known.sort(key=lambda work: (-order.index(work.years), work.trade))
    return (*known, *sorted(unknown, key=lambda work: work.trade)), len(hidden)


def _credentials(held: Iterable[HeldCredential], crowd: Crowd, taxonomy: Taxonomy) -> tuple[ShownCredential, ...]:
    shown = []
    for credential in held:
        framework, level = credential.framework, credential.level
        if framework is None or not crowd.common(Detail.FRAMEWORK, framework):
            framework, level = None, None
        elif level is not None and not crowd.common(Detail.LEVEL, level_key(framework, level)):
            level = None
        trade = shown_trade(credential.occupation, crowd, taxonomy)
        shown.append(ShownCredential(credential.kind, trade, framework, level, credential.evidence))
    return tuple(
        sorted(shown, key=lambda one: (-one.evidence, one.trade or "", one.framework or "", one.level or 0))
    )
