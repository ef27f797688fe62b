"""What matching found, in English words: reasons, gaps, questions, barriers and how well something fits.

The text is the message id of the translation catalogues to come; the keys are those that matching gives.
"""

from __future__ import annotations

from api.wording import amount, count, duration, language_name, plain
from matching.explanation import Question, Reason
from matching.gaps import Gap, GapKind
from matching.signals import Params
from profiling.taxonomy import Taxonomy

REASONS = {
    "same_occupation": "Worked as “{said}” ({held}){span}: the same trade",
    "near_occupation": "Worked as “{said}” ({held}){span}: close to {occupation}",
    "far_occupation": "Worked as “{said}” ({held}){span}: some way from {occupation}",
    "other_occupation": "No work as {occupation} is recorded",
    "essential_skills": "{count} of {asked} essential skills told of",
    "wished_skills": "Also mentioned: {count} of {asked} skills told of",
    "usual_skills": "Skills told of that are usual in this trade: {count}",
    "title_overlap": "“{said}” and “{title}” share words",
    "no_shared_words": "The titles share no words",
    "meaning_high": "The two descriptions read alike",
    "meaning_low": "The two descriptions read differently",
    "experience_enough": "{years} years of the {asked} years asked for, or more",
    "experience_short": "{years} of the {asked} years asked for",
    "skill_level_kept": "Keeps the skill level of the work done so far",
    "skill_level_below": "Below the skill level of the work done so far",
    "skill_level_next": "One step above the skill level of the work done so far",
    "skill_level_above": "Far above the skill level of the work done so far",
    "proof": "Proof of work in this trade: {evidence}",
    "level_met": "Holds the level asked for ({asked})",
    "level_missing": "The level asked for is not recorded ({asked})",
    "education_met": "Schooling meets what is asked ({asked})",
    "education_short": "Schooling is {held}, asked is {asked}",
    "languages_met": "Speaks the languages asked for ({matched})",
    "languages_short": "Languages asked for and not yet recorded at that level: {missing}",
    "pay_enough": "Pays {currency} {offered} a {offered_period}; hoped for: {hoped} a {hoped_period}",
    "pay_short": "Pays {currency} {offered} a {offered_period}, less than the {hoped} a {hoped_period} hoped for",
    "place_near": "In a district where the person can work ({where})",
    "place_province": "In the home province ({where})",
    "place_far": "Away from home ({where})",
    "place_lodging": "Away from home ({where}), with lodging",
    "wish_met": "The kind of work wished for ({wish})",
    "wish_other": "Another kind of work was wished for ({wish})",
    "aspiration_met": "The form of work aspired to ({form})",
    "aspiration_other": "Another form of work was aspired to than this ({form})",
    "opens_vacancies": "Would close every gap to {count} open {vacancies}: {titles}{more}",
    "opens_in_part": "Would bring {count} {vacancies} nearer: {titles}",
    "course_focus": "{count} of the {asked} things it teaches are what is missing",
    "opens_none": "No open vacancy within reach waits for this today",
    "course_builds": "Builds on the work as “{said}” ({trade})",
    "course_wish": "Leads to work that is wished for ({trade})",
    "course_new_trade": "A trade that is new to the person ({trade})",
    "weeks": "Takes {length}",
    "free": "Costs nothing",
    "cost": "Costs {currency} {cost}",
    "gives_proof": "Turns what was told into a certificate",
    "has_proof": "The trade is certified already",
}

GAPS = {
    GapKind.SKILL: "{label} (asked for as “{words}”)",
    GapKind.UNCONFIRMED: "{label}: usual in the person's trade, not told of yet",
    GapKind.LICENCE: "{label}",
    GapKind.LEVEL: "Qualification level {words}",
    GapKind.EDUCATION: "Schooling: {label}",
    GapKind.LANGUAGE: "Language: {label}",
}

QUESTIONS = {
    "ask_skill": "Ask about “{skill}”: usual in their trade ({trade}), and nobody has told of it yet",
    "ask_licence": "Ask whether they hold: {licence}",
    "ask_languages": "Ask which languages they speak, and how well",
    "ask_education": "Ask how far they went in school",
    "ask_dates": "Ask from when to when they worked abroad",
    "ask_pay": "Ask what pay they would work for",
    "ask_work": "Ask what they did abroad, job by job",
}

BARRIERS = {
    "closed": "filled, closed or withdrawn",
    "held": "held for review",
    "expired": "past the closing date",
    "country": "in a country that the person has not named as a place to work",
    "unwanted": "work that the person does not want",
    "licence": "a licence is asked for that is not recorded",
}

#: Score bands. A score is no probability yet, so that people see words instead of per cents.
BANDS = ((0.8, "strong fit"), (0.6, "good fit"), (0.4, "possible fit"), (0.0, "weak fit"))
#: Below this a fit is weak.
WEAK = BANDS[-2][0]


def band(score: float) -> str:
    """A score in words."""
    return next(words for least, words in BANDS if score >= least)


def _shown(params: Params) -> dict[str, str]:
    shown = {}
    for name, value in params.items():
        if isinstance(value, tuple):
            codes = [language_name(item) if name == "missing" else item for item in value]
            shown[name] = ", ".join(codes)
        elif isinstance(value, str):
            shown[name] = plain(value) if name in ("form", "held", "asked", "evidence") else value
        else:
            shown[name] = amount(value)
    return shown


def reason_text(reason: Reason) -> str:
    """A reason in words."""
    params = dict(reason.params)
    shown = _shown(params)
    key = reason.key
    if key == "meaning":
        key = "meaning_high" if reason.amount > 0 else "meaning_low"
    if key in ("essential_skills", "wished_skills", "usual_skills"):
        matched = params["matched"]
        shown["count"] = str(len(matched)) if isinstance(matched, tuple) else "0"
    if key == "languages_met" and isinstance(params["matched"], tuple):
        shown["matched"] = ", ".join(language_name(code) for code in params["matched"])
    if key in ("opens_vacancies", "opens_in_part") and isinstance(params["titles"], tuple):
        shown["titles"] = _some([title.strip() for title in params["titles"]], 3)
        shown["vacancies"] = "vacancy" if params["count"] == 1 else "vacancies"
        shown["more"] = f" (and bring {shown['nearer']} nearer)" if params["nearer"] else ""
    if key == "weeks" and isinstance(params["weeks"], int | float):
        shown["length"] = count(params["weeks"], "week", "weeks")
    months = params.get("months")
    shown["span"] = f" for {duration(int(months))}" if isinstance(months, int) and months else ""
    return REASONS[key].format(**shown)


def _some(items: list[str], count: int) -> str:
    different = list(dict.fromkeys(items))
    rest = len(different) - count
    return "; ".join(different[:count]) + (f"; and {rest} more" if rest > 0 else "")


def gap_text(gap: Gap, taxonomy: Taxonomy) -> str:
    """A gap in words."""
    label = gap.code
    if gap.kind in (GapKind.SKILL, GapKind.UNCONFIRMED) and gap.code in taxonomy.skills:
        label = taxonomy.skills[gap.code].label
    elif gap.kind == GapKind.LICENCE and gap.code in taxonomy.licences:
        label = taxonomy.licences[gap.code].label
    elif gap.kind == GapKind.LANGUAGE:
        label = f"{language_name(gap.code)} ({gap.words.partition(':')[2]})"
    elif gap.kind == GapKind.EDUCATION:
        label = plain(gap.code)
    return GAPS[gap.kind].format(label=label, words=gap.words)


def question_text(question: Question) -> str:
    """A question to ask next in words."""
    return QUESTIONS[question.key].format(**_shown(question.params))
