"""Message keys in English words. The text is the message id of the translation catalogues to come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

import pycountry
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from matching.explanation import Question, Reason
from matching.gaps import Gap, GapKind
from matching.signals import Params
from profiling.fields import first_day
from profiling.models import ConsentEvent, Evidence, Origin
from profiling.passport import months_between
from profiling.taxonomy import Taxonomy

_ENGLISH = Locale("en")

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
    "weeks": "Takes {weeks} weeks",
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

EVIDENCE = {
    Evidence.DECLARED: "declared",
    Evidence.DOCUMENT_SEEN: "document seen",
    Evidence.REFERENCE_CONFIRMED: "reference confirmed",
    Evidence.RPL_ASSESSED: "RPL assessed",
    Evidence.SIGNED_CREDENTIAL: "signed credential",
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


def amount(value: float) -> str:
    """A number with thousands set off."""
    return format_decimal(value, locale=_ENGLISH, decimal_quantization=False)


def language_name(code: str) -> str:
    """The English name of a language code."""
    known = _ENGLISH.languages.get(code)
    # Babel lacks some of the languages of the region, such as Saraiki (skr).
    listed = None if known else pycountry.languages.get(alpha_3=code)
    return str(known or (listed.name if listed else code))


def country_name(code: str | None) -> str:
    """The English name of a country code; empty when unknown."""
    return str(_ENGLISH.territories.get(code, code)) if code else ""


def plain(word: str) -> str:
    """A code word as it is read: ``on_the_job_training`` becomes ``on the job training``."""
    return word.replace("_", " ")


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
    months = params.get("months")
    shown["span"] = f" for {duration(int(months))}" if isinstance(months, int) and months else ""
    return REASONS[key].format(**shown)


def _some(items: list[str], count: int) -> str:
    different = list(dict.fromkeys(items))
    rest = len(different) - count
    return "; ".join(different[:count]) + (f"; and {rest} more" if rest > 0 else "")


def duration(months: int) -> str:
    """A length of time in words."""
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'s' if years > 1 else ''}"] if years else []
    parts += [f"{rest} month{'s' if rest > 1 else ''}"] if rest else []
    return " ".join(parts) or "less than a month"


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


def evidence_source(source: str | None) -> str:
    """What raised a claim's evidence, in words."""
    if not source:
        return ""
    kind, _, number = source.partition(":")
    return {
        "job": f"contract or pay slip of job {number} seen",
        "reference": f"reference {number} confirmed",
        "credential": f"certificate {number} seen",
    }.get(kind, source)


# --- pages ---------------------------------------------------------------------------------------

NOT_KNOWN = "not known"

STATUS = {
    "open": "open",
    "held": "held for review",
    "closed": "closed",
    "filled": "filled",
    "withdrawn": "withdrawn",
    "expired": "past the closing date",
}

#: Why nobody is proposed for a vacancy that is not open.
NO_CANDIDATES = {
    "held": "It is held for review, so nobody is proposed until the review is done.",
    "closed": "It is closed, so nobody is proposed for it.",
    "filled": "It is filled, so nobody is proposed for it.",
    "withdrawn": "The employer has withdrawn it, so nobody is proposed for it.",
    "expired": "Its closing date has passed, so nobody is proposed for it.",
    "not yours": "Candidates are shown to employment counsellors.",
    "unread": "It is not in the index yet. Run `hunar index`, then open this page again.",
}

COURSE_KINDS = {
    "course": "course",
    "bridging": "bridging course",
    "rpl": "recognition of prior learning",
    "apprenticeship": "apprenticeship",
    "soft_skills": "soft skills course",
}

CREDENTIAL_KINDS = {"certificate": "certificate", "training": "training", "rpl": "recognition of prior learning"}

ASPIRATIONS = {
    "wage_work": "work for a wage",
    "self_employment": "own business",
    "training": "training",
    "migrate_again": "go abroad again",
}

CONSENT_WAYS = {"signature": "by signature", "thumbprint": "by thumbprint", "spoken": "by word of mouth"}

ORIGINS = {
    Origin.STATED: "said as a skill",
    Origin.READ: "told of in job {job}",
    Origin.CREDENTIAL: "named by a certificate",
}

#: Title and text of each error page; ``{detail}`` is the one sentence of an expected error.
ERRORS = {
    400: ("That could not be read", "{detail}"),
    401: ("Please sign in", "{detail}"),
    403: ("Not allowed", "{detail}"),
    404: ("Not found", "There is no such page, or it is not in your caseload. Nothing was opened or changed."),
    405: ("Not found", "There is no such page. Nothing was opened or changed."),
    409: ("That has changed meanwhile", "{detail}"),
    413: ("Too long", "{detail}"),
    421: ("Another address", "Hunar does not answer under this name. Use the address that you were given."),
    429: ("Too many requests", "{detail}"),
    500: (
        "Something went wrong",
        "Nothing was changed. Try again; if it happens again, tell whoever runs this machine and give the time: "
        "the cause is in the window where Hunar was started.",
    ),
    503: ("Hunar cannot answer just now", "{detail}"),
}


class Dated(Protocol):
    """Something that lasted from one date to another."""

    started: str | None
    ended: str | None
    ongoing: bool


def day(value: str | date | None) -> str:
    """A date as precisely as it is known: 31 May 2019, May 2019 or 2019; empty when unknown."""
    if value is None or value == "":
        return ""
    text = value.isoformat() if isinstance(value, date) else value
    pattern = {4: "y", 7: "MMM y"}.get(len(text), "d MMM y")
    return str(format_date(first_day(text), pattern, locale=_ENGLISH))


def period(job: Dated) -> str:
    """When a job was held and for how long."""
    start, end = day(job.started), "now" if job.ongoing else day(job.ended)
    months = months_between(job.started, job.ended)
    length = f", {duration(months)}" if months else ""
    if start and end:
        return f"{start} to {end}{length}"
    if start:
        return f"from {start}, end not known"
    return f"until {end}, start not known" if end else "dates not known"


def place(*parts: str | None, country: str | None = None) -> str:
    """Parts of a place from small to large, said once each, then the country."""
    named = [part for part in (*parts, country_name(country)) if part]
    return ", ".join(dict.fromkeys(named))


def pay(low: float | None, high: float | None, currency: str | None, every: str | None) -> str:
    """Pay as published; empty when none is."""
    if low is None and high is None:
        return ""
    if low is not None and high is not None and low != high:
        sum_ = f"{amount(low)} to {amount(high)}"
    elif low is None and high is not None:
        sum_ = f"up to {amount(high)}"
    else:
        sum_ = amount(low or 0)
    return " ".join(filter(None, (currency, sum_, f"a {every}" if every else "")))


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{amount(number)} {one if number == 1 else many}"


def spoken(languages: dict[str, str]) -> list[str]:
    """Languages with how well each is spoken."""
    return [f"{language_name(code)} ({level})" for code, level in languages.items()]


def title_case(text: str) -> str:
    """The first letter raised, the rest left as it is."""
    return text[:1].upper() + text[1:]


def trade(code: str | None, taxonomy: Taxonomy) -> str:
    """A trade with its ISCO-08 group; empty when the words were not understood."""
    group = taxonomy.isco_of(code)
    if code is None or group is None:
        return ""
    title = f"ISCO-08 {group} {taxonomy.isco_groups[group]}"
    return f"{taxonomy.label(code)} · {title}" if code in taxonomy.occupations else title


def skill_label(code: str, taxonomy: Taxonomy) -> str:
    """The name of a skill; its code when the taxonomy no longer has it."""
    found = taxonomy.skills.get(code)
    return found.label if found else code


def licence_label(code: str, taxonomy: Taxonomy) -> str:
    """The name of a licence."""
    found = taxonomy.licences.get(code)
    return found.label if found else plain(code)


def origin(kind: str, job: int | None) -> str:
    """How a claim came about."""
    return ORIGINS[Origin(kind)].format(job=job)


def consent(event: ConsentEvent) -> str:
    """One answer about matching: what was said, when, how, in which language and who assisted."""
    said = "Agreed" if event.granted else "Said no"
    parts = [
        f"on {day(event.given_on)}" if event.given_on else "on a day that is not recorded",
        CONSENT_WAYS.get(event.how or "", ""),
        f"in {language_name(event.language)}" if event.language else "",
        f"assisted by {event.assisted_by}" if event.assisted_by else "",
        f"until {day(event.expires_at.date())}" if event.expires_at else "",
    ]
    return f"{said} {', '.join(filter(None, parts))}"


ROLES = {
    "returnee": "returnee",
    "counsellor": "employment counsellor",
    "head": "head of the centre",
    "assessor": "RPL assessor",
    "employer": "employer",
    "administrator": "administrator",
}


def moment(value: datetime) -> str:
    """A moment to the minute, in UTC."""
    return str(format_datetime(value, "d MMM y, HH:mm", locale=_ENGLISH)) + " UTC"


def card_number(login: str) -> str:
    """A card's number in groups of four, as it is printed; another login as it is."""
    if len(login) == 12 and login.isalnum():
        return "-".join(login[at : at + 4] for at in range(0, 12, 4)).upper()
    return login
