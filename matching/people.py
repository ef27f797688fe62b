"""A person in a comparison: the matching profile with what is asked of it again and again, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from matching.embeddings import Vectors
from matching.market import SKILL_LEVEL, title_words
from matching.signals import Signal
from profiling.models import Evidence
from profiling.passport import HeldCredential, HeldJob, MatchingProfile
from profiling.taxonomy import Taxonomy

#: How much a claimed skill counts by its evidence; an implied one counts less than any claim.
EVIDENCE_WEIGHT = {
    Evidence.DECLARED: 0.70,
    Evidence.DOCUMENT_SEEN: 0.78,
    Evidence.REFERENCE_CONFIRMED: 0.86,
    Evidence.RPL_ASSESSED: 0.95,
    Evidence.SIGNED_CREDENTIAL: 1.0,
}
IMPLIED_WEIGHT = 0.45
_A_YEAR = 12
_HIGHER_EDUCATION = frozenset({"bachelor", "master"})
#: From this closeness on (the same ISCO-08 unit group), work counts as work in the same trade.
SAME_TRADE = 0.85


@dataclass(frozen=True)
class Person:
    """A matching profile, its vector and the taxonomy to read it by."""

    profile: MatchingProfile
    vector: Vectors
    taxonomy: Taxonomy

    @cached_property
    def memo(self) -> dict[tuple[object, ...], Signal | None]:
        """Signals by the feature and what of the vacancy they depend on."""
        return {}

    @cached_property
    def skill_weights(self) -> dict[str, float]:
        """How much each known skill counts: a claim by its evidence, an implied one less."""
        claimed = {code: EVIDENCE_WEIGHT[held.evidence] for code, held in self.profile.skills.items()}
        return {**dict.fromkeys(self.profile.implied, IMPLIED_WEIGHT), **claimed}

    @cached_property
    def _closest(self) -> dict[str, tuple[float, HeldJob | None]]:
        return {}

    @cached_property
    def coded_jobs(self) -> tuple[HeldJob, ...]:
        """The jobs whose title was understood."""
        return tuple(job for job in self.profile.jobs if job.occupation)

    def closest_job(self, occupation: str) -> tuple[float, HeldJob | None]:
        """How close the nearest job held is to an occupation, and which job that is; the longest among equals."""
        found = self._closest.get(occupation)
        if found is None:
            found = (0.0, None)
            for job in self.coded_jobs:
                near = self.taxonomy.closeness(job.occupation, occupation) or 0.0
                better = near > found[0] or (
                    near == found[0] and found[1] is not None and (job.months or 0) > (found[1].months or 0)
                )
                if near and better:
                    found = (near, job)
            self._closest[occupation] = found
        return found

    @cached_property
    def _wishes(self) -> dict[str, float]:
        return {}

    def closeness_to_wishes(self, occupation: str) -> float:
        """How close an occupation is to the nearest one the person wishes for."""
        found = self._wishes.get(occupation)
        if found is None:
            wishes = self.profile.wanted_occupations
            found = max((self.taxonomy.closeness(wish, occupation) or 0.0 for wish in wishes), default=0.0)
            self._wishes[occupation] = found
        return found

    @cached_property
    def refused_groups(self) -> tuple[str, ...]:
        """The ISCO-08 groups of the occupations that the person refused."""
        groups = (self.taxonomy.isco_of(code) for code in self.profile.not_wanted_occupations)
        return tuple(str(group) for group in groups if group is not None)

    def refuses(self, occupation: str | None) -> bool:
        """Whether the person refused an occupation, or another of the same ISCO-08 group."""
        if occupation is None or not self.refused_groups:
            return False
        group = self.taxonomy.isco_of(occupation)
        return group is not None and group.startswith(self.refused_groups)

    @cached_property
    def unwanted_words(self) -> tuple[frozenset[str], ...]:
        """The words of each refused kind of work; a title that holds all of them must not be offered."""
        found = (title_words(text) for text in self.profile.not_wanted_work)
        return tuple(words for words in found if words)

    @cached_property
    def places(self) -> frozenset[str]:
        """Districts where the person lives or would work, case folded."""
        names = (*self.profile.work_districts, self.profile.home_district or "")
        return frozenset(name.casefold() for name in names if name)

    @cached_property
    def words(self) -> dict[str, str]:
        """Words of the person's trades, of titles as they said them: word form to the title."""
        found: dict[str, str] = {}
        for job in self.profile.jobs:
            for word in title_words(job.title):
                found.setdefault(word, job.title)
        for code in self.profile.occupations:
            if code in self.taxonomy.occupations:
                for word in title_words(self.taxonomy.label(code)):
                    found.setdefault(word, self.taxonomy.label(code))
        for wish in self.profile.wanted_work:
            for word in title_words(wish):
                found.setdefault(word, wish)
        return found

    def months_in(self, occupation: str) -> int | None:
        """Months worked in an occupation or its ISCO-08 unit group; None when no such job has dates."""
        months = [job.months for job in self.jobs_in(occupation) if job.months is not None]
        return sum(months) if months else None

    def jobs_in(self, occupation: str) -> list[HeldJob]:
        """The jobs held in an occupation or its ISCO-08 unit group."""
        if self.closest_job(occupation)[0] < SAME_TRADE:
            return []
        return [job for job in self.coded_jobs if self._same_trade(job.occupation, occupation)]

    def credentials_in(self, occupation: str) -> list[HeldCredential]:
        """The certificates in an occupation or its ISCO-08 unit group."""
        return [c for c in self.profile.credentials if self._same_trade(c.occupation, occupation)]

    def _same_trade(self, one: str | None, other: str) -> bool:
        return (self.taxonomy.closeness(one, other) or 0.0) >= SAME_TRADE

    @cached_property
    def skill_level(self) -> int | None:
        """The highest ISCO-08 skill level of a job held for a year or more (or of unknown length)."""
        levels = [
            SKILL_LEVEL[group[0]]
            for job in self.coded_jobs
            if (job.months is None or job.months >= _A_YEAR)
            and (group := self.taxonomy.isco_of(job.occupation)) is not None
            and group[0] in SKILL_LEVEL
        ]
        return max(levels, default=None)

    @property
    def skill_level_in_reach(self) -> int | None:
        """The skill level of the work done, or 4 with a university degree, whatever the work was."""
        return 4 if self.profile.education_level in _HIGHER_EDUCATION else self.skill_level

    def proof_in(self, occupation: str) -> Evidence | None:
        """The strongest evidence of work in an occupation or its unit group; None without such work."""
        near = [job.evidence for job in self.jobs_in(occupation)]
        near += [credential.evidence for credential in self.credentials_in(occupation)]
        return max(near, default=None)

    @cached_property
    def knows_skills(self) -> bool:
        """Whether anything is known of the person's skills at all."""
        return bool(self.profile.skills or self.profile.implied)
