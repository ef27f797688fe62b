"""Features of a person and a vacancy. Each is one small pure function that gives a number and its evidence.

The first line of a function's docstring is what a counsellor reads about it. None means *no data*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from operator import attrgetter

from matching.market import VacancyView
from matching.people import EVIDENCE_WEIGHT, Person
from matching.signals import Params, Signal
from profiling.fields import EDUCATION_LEVELS, LANGUAGE_LEVELS

#: all-MiniLM-L6-v2: the cosine of unrelated and of closely related job texts (5th and 95th percentile of
#: demo people and postings); cosines outside are cut off.
_COSINE_LOW, _COSINE_HIGH = 0.10, 0.65
#: Working hours, days and weeks of a month, to compare pay of different periods (ILO: 48-hour week).
_PERIODS_A_MONTH = {"hour": 208.0, "day": 26.0, "week": 4.333, "month": 1.0, "year": 1 / 12}
#: What skills count where they say nothing: the middles of these features in the ranker.
SKILL_MIDDLES = {"essential_skills": 0.40, "wished_skills": 0.30, "usual_skills": 0.30}
_LANGUAGE_RANK = {level: rank for rank, level in enumerate(LANGUAGE_LEVELS)}
_EDUCATION_RANK = {level: rank for rank, level in enumerate(EDUCATION_LEVELS)}


_NO_SHARED_WORDS = Signal(0.0, "no_shared_words", {})

Feature = Callable[[Person, VacancyView, float | None], Signal | None]


def _once(*names: str) -> Callable[[Feature], Feature]:
    """Work out once for a person what depends on these fields of the vacancy alone."""
    fields = attrgetter(*names)

    def wrap(function: Feature) -> Feature:
        @wraps(function)
        def once(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
            memo, key = person.memo, (function, fields(vacancy))
            if key in memo:
                return memo[key]
            found = memo[key] = function(person, vacancy, cosine)
            return found

        return once

    return wrap


@_once("occupation")
def occupation(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Worked in this trade or one close to it."""
    if vacancy.occupation is None or not person.coded_jobs:
        return None
    near, job = person.closest_job(vacancy.occupation)
    label = person.taxonomy.label(vacancy.occupation)
    if job is None:
        return Signal(0.0, "other_occupation", {"occupation": label})
    held = person.taxonomy.label(job.occupation or "")
    key = "same_occupation" if near >= 0.95 else "near_occupation" if near >= 0.5 else "far_occupation"
    return Signal(near, key, {"said": job.title, "held": held, "occupation": label, "months": job.months or 0})


def essential_skills(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Has the skills that the vacancy says are essential."""
    if not vacancy.essential or not person.knows_skills:
        return None
    return _coverage(person, vacancy, vacancy.essential, "essential_skills")


def wished_skills(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Has skills that the vacancy also mentions."""
    if not vacancy.wished or not person.knows_skills:
        return None
    return _coverage(person, vacancy, vacancy.wished, "wished_skills")


def _coverage(person: Person, vacancy: VacancyView, asked: dict[str, str], key: str) -> Signal:
    total, matched = _held(person, asked)
    signal = Signal(total / len(asked), key, {"matched": matched, "asked": len(asked)})
    return _told_little(person, vacancy, signal)


def _told_little(person: Person, vacancy: VacancyView, signal: Signal) -> Signal:
    """The signal, not below its middle when nothing is known of the person but skills that the vacancy asks for.

    The others were not told of yet; else the first essential skill that somebody tells of would lower the score.
    """
    profile = person.profile
    if (
        profile.implied
        or signal.value >= SKILL_MIDDLES[signal.key]
        or not profile.skills.keys() <= vacancy.essential.keys()
    ):
        return signal
    return replace(signal, value=SKILL_MIDDLES[signal.key])


def _held(person: Person, codes: Iterable[str]) -> tuple[float, tuple[str, ...]]:
    """The weights of those skills that the person has, summed, and which of them were claimed."""
    weights, claimed = person.skill_weights, person.profile.skills
    total = 0.0
    matched = []
    for code in codes:
        if code in weights:
            total += weights[code]
            if code in claimed:
                matched.append(code)
    return total, tuple(matched)


def usual_skills(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Has the skills that are usual in the vacancy's trade."""
    signal = _usual_skills(person, vacancy, cosine)
    return None if signal is None else _told_little(person, vacancy, signal)


@_once("occupation")
def _usual_skills(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    usual = person.taxonomy.usual_skills(vacancy.occupation)
    if not usual or not person.knows_skills:
        return None
    total, matched = _held(person, usual)
    # A few of the usual skills already tell a person of the trade: nobody recounts all of them.
    value = min(1.0, total / min(len(usual), 8))
    return Signal(value, "usual_skills", {"matched": matched, "asked": len(usual)})


def title_overlap(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """The title of the vacancy and the titles the person held share words."""
    if not vacancy.title_words or not person.words:
        return None
    shared = [word for word in vacancy.title_words if word in person.words]
    if not shared:
        return _NO_SHARED_WORDS
    # The first of the person's titles, for a set has another order in each process.
    said = next(title for word, title in person.words.items() if word in vacancy.title_words)
    # A word that rarely stands in titles says more; the share of the title's own words decides.
    value = len(shared) / len(vacancy.title_words)
    return Signal(value, "title_overlap", {"said": said, "title": vacancy.title})


def meaning(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """The two texts read alike (calibrated likeness of sentence vectors)."""
    if cosine is None:
        return None
    value = (cosine - _COSINE_LOW) / (_COSINE_HIGH - _COSINE_LOW)
    return Signal(min(1.0, max(0.0, value)), "meaning", {})


@_once("occupation", "experience_years")
def experience(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Has the years of experience that are asked for."""
    if not vacancy.experience_years or vacancy.occupation is None:
        return None
    months = person.months_in(vacancy.occupation)
    if months is None:
        return None
    years = months / 12
    value = 1.0 if years >= vacancy.experience_years else 0.7 * years / vacancy.experience_years
    key = "experience_enough" if value >= 1 else "experience_short"
    return Signal(value, key, {"years": round(years, 1), "asked": vacancy.experience_years})


def skill_level(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Lies neither below the skill level (ISCO-08) of the work done so far nor far above it."""
    asked, held, reach = vacancy.skill_level, person.skill_level, person.skill_level_in_reach
    if asked is None or held is None or reach is None:
        return None
    if asked < held:
        return Signal(0.2, "skill_level_below", {})
    if asked <= reach:
        return Signal(1.0, "skill_level_kept", {})
    return Signal(0.85, "skill_level_next", {}) if asked == reach + 1 else Signal(0.0, "skill_level_above", {})


@_once("occupation")
def proof(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """How well the work in this trade is proven."""
    if vacancy.occupation is None:
        return None
    strongest = person.proof_in(vacancy.occupation)
    if strongest is None:
        return None
    return Signal(EVIDENCE_WEIGHT[strongest], "proof", {"evidence": strongest.name.lower()})


@_once("occupation", "framework", "level")
def level(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Holds the qualification level that is asked for, in the same framework and trade."""
    if vacancy.level is None or vacancy.framework is None:
        return None
    held = held_level(person, vacancy.occupation, vacancy.framework)
    asked = f"{vacancy.framework} {vacancy.level}"
    if held is None:
        return Signal(0.0, "level_missing", {"asked": asked})
    key = "level_met" if held >= vacancy.level else "level_missing"
    return Signal(1.0 if held >= vacancy.level else 0.0, key, {"asked": asked, "held": held})


def held_level(person: Person, wanted: str | None, framework: str) -> int | None:
    """The highest level held in a framework, for an occupation or its unit group."""
    held = person.profile.credentials if wanted is None else person.credentials_in(wanted)
    levels = [c.level for c in held if c.framework == framework and c.level is not None]
    return max(levels, default=None)


def education(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Has the schooling that is asked for."""
    if vacancy.education_level is None or person.profile.education_level is None:
        return None
    held, asked = _EDUCATION_RANK[person.profile.education_level], _EDUCATION_RANK[vacancy.education_level]
    key = "education_met" if held >= asked else "education_short"
    value = 1.0 if held >= asked else max(0.0, 1.0 - (asked - held) / 3)
    return Signal(value, key, {"held": person.profile.education_level, "asked": vacancy.education_level})


def languages(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Speaks the languages that are asked for."""
    if not vacancy.languages or not person.profile.languages:
        return None
    total = 0.0
    matched, missing = [], []
    for code, wanted in vacancy.languages.items():
        held = person.profile.languages.get(code)
        if held is not None and _LANGUAGE_RANK[held] >= _LANGUAGE_RANK[wanted]:
            total += 1.0
            matched.append(code)
        else:
            total += 0.5 if held is not None else 0.0
            missing.append(code)
    key = "languages_met" if not missing else "languages_short"
    value = total / len(vacancy.languages) * (0.6 if missing else 1.0)
    return Signal(value, key, {"matched": tuple(matched), "missing": tuple(missing)})


def pay(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Pays what the person hopes for (compared only in the same currency)."""
    offered, hoped = vacancy.pay, person.profile.expected_pay
    if offered is None or hoped is None or offered.currency != hoped.currency:
        return None
    wanted = hoped.amount * _PERIODS_A_MONTH[hoped.period]
    if wanted <= 0:
        return None
    share = offered.amount * _PERIODS_A_MONTH[offered.period] / wanted
    key = "pay_enough" if share >= 1 else "pay_short"
    amounts: Params = {"offered": offered.amount, "offered_period": offered.period, "hoped": hoped.amount,
               "hoped_period": hoped.period, "currency": hoped.currency}  # fmt: skip
    return Signal(1.0 if share >= 1 else 0.7 * max(0.0, 2 * share - 1), key, amounts)


@_once("country", "province", "district", "place", "accommodation")
def place(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Is where the person can work."""
    value = nearness(person, vacancy.country, vacancy.province, vacancy.district)
    if value is None:
        return None
    where = vacancy.district or vacancy.province or vacancy.place or vacancy.country or ""
    if value < 0.5 and vacancy.accommodation:
        return Signal(0.5, "place_lodging", {"where": where})
    key = "place_near" if value == 1.0 else "place_province" if value >= 0.5 else "place_far"
    return Signal(value, key, {"where": where})


def nearness(person: Person, country: str | None, province: str | None, district: str | None) -> float | None:
    """1 in a district where the person lives or would work, .6 in the home province, .1 elsewhere at home.

    None when the place is not known, or abroad (where the person agreed to go, or would not see it).
    """
    profile = person.profile
    if country is not None and country != profile.home_country:
        return None
    if district is not None and person.places:
        if district.casefold() in person.places:
            return 1.0
        near = province and profile.home_province and province.casefold() == profile.home_province.casefold()
        return 0.6 if near else 0.1
    if province is not None and profile.home_province is not None:
        return 0.6 if province.casefold() == profile.home_province.casefold() else 0.1
    return None


@_once("occupation")
def wish(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Is the kind of work the person wishes for."""
    if vacancy.occupation is None or not person.profile.wanted_occupations:
        return None
    value = person.closeness_to_wishes(vacancy.occupation)
    key = "wish_met" if value >= 0.5 else "wish_other"
    return Signal(value, key, {"wish": ", ".join(person.profile.wanted_work)})


#: Which contracts answer which aspiration.
_ANSWERS = {
    "wage_work": {"wage_work", "seasonal", "public_works"},
    "training": {"apprenticeship", "on_the_job_training"},
    "self_employment": {"self_employment"},
    "migrate_again": set(),
}


def aspiration(person: Person, vacancy: VacancyView, cosine: float | None) -> Signal | None:
    """Is the form of work the person aspires to: a wage, a training place, an own business, work abroad."""
    if not person.profile.aspirations:
        return None
    abroad = vacancy.country is not None and vacancy.country != person.profile.home_country
    if abroad:
        met = "migrate_again" in person.profile.aspirations
        return Signal(1.0 if met else 0.0, "aspiration_met" if met else "aspiration_other", {"form": "abroad"})
    if vacancy.contract is None:
        return None
    met = any(vacancy.contract in _ANSWERS[wish] for wish in person.profile.aspirations)
    return Signal(1.0 if met else 0.0, "aspiration_met" if met else "aspiration_other", {"form": vacancy.contract})
