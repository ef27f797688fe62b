"""Reasons as message keys with parameters: what matched, what is missing, how strong, what to ask next.

Nothing here is prose; the page puts it into words in the reader's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from matching.gaps import Gap, GapKind
from matching.market import VacancyView
from matching.people import Person
from matching.ranking import Contribution, Scored
from matching.signals import Params
from profiling.models import Evidence

_MOST_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; ``amount`` is its part of the logit of the score, and its sign says for or against."""

    key: str
    params: Params
    feature: str
    amount: float


@dataclass(frozen=True, slots=True)
class MatchedSkill:
    """A skill on both sides: the person's words, the vacancy's words and the strength of the evidence."""

    code: str
    label: str
    said: str
    asked: str
    evidence: Evidence
    evidence_source: str | None
    essential: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next, and how many of the vacancies at hand the answer touches."""

    key: str
    params: Params
    vacancies: int


def reasons(scored: Scored) -> tuple[Reason, ...]:
    """The parts of a score as reasons, the weightiest first."""
    parts = sorted(scored.contributions, key=lambda part: -abs(part.amount))
    return tuple(_reason(part) for part in parts)


def _reason(part: Contribution) -> Reason:
    return Reason(part.signal.key, part.signal.params, part.feature, part.amount)


def matched_skills(person: Person, vacancy: VacancyView) -> tuple[MatchedSkill, ...]:
    """The skills that both sides name, essential and well proven ones first."""
    found = []
    for essential, asked in ((True, vacancy.essential), (False, vacancy.wished)):
        for code, words in asked.items():
            held = person.profile.skills.get(code)
            if held is not None:
                label = person.taxonomy.skills[code].label if code in person.taxonomy.skills else code
                found.append(
                    MatchedSkill(code, label, held.words, words, held.evidence, held.evidence_source, essential)
                )
    return tuple(sorted(found, key=lambda skill: (not skill.essential, -skill.evidence)))


def questions(person: Person, seen: Sequence[tuple[VacancyView, Sequence[Gap]]]) -> tuple[Question, ...]:
    """The few questions whose answers touch most of these vacancies."""
    count: Counter[tuple[str, str]] = Counter()
    for vacancy, gaps in seen:
        count.update({_ask_for(gap) for gap in gaps if gap.kind in (GapKind.UNCONFIRMED, GapKind.LICENCE)})
        count.update({(key, "") for key in _unknown(person, vacancy)})
    asked = sorted(count.items(), key=lambda item: (-item[1], item[0]))[:_MOST_QUESTIONS]
    return tuple(Question(key, _question_params(person, key, code), number) for (key, code), number in asked)


def _ask_for(gap: Gap) -> tuple[str, str]:
    return ("ask_skill" if gap.kind == GapKind.UNCONFIRMED else "ask_licence", gap.code)


def _unknown(person: Person, vacancy: VacancyView) -> list[str]:
    """What the vacancy asks for and nobody has asked the person yet."""
    profile = person.profile
    unknown = []
    if vacancy.languages and not profile.languages:
        unknown.append("ask_languages")
    if vacancy.education_level and not profile.education_level:
        unknown.append("ask_education")
    if vacancy.experience_years and profile.jobs and all(job.months is None for job in profile.jobs):
        unknown.append("ask_dates")
    if vacancy.pay and profile.expected_pay is None:
        unknown.append("ask_pay")
    if not person.knows_skills:
        unknown.append("ask_work")
    return unknown


def _question_params(person: Person, key: str, code: str) -> Params:
    if key == "ask_skill":
        trade = person.taxonomy.occupations.get(person.profile.implied.get(code, ""))
        return {"skill": person.taxonomy.skills[code].label, "trade": trade.label if trade else ""}
    if key == "ask_licence":
        return {"licence": person.taxonomy.licences[code].label}
    return {}
