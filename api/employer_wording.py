"""What an employer reads of a candidate, in words: nothing here knows more than ``api.candidates`` shows."""

from __future__ import annotations

from api.candidates import PseudonymousCandidate, ShownReason
from api.wording import country_name, language_name, skill_label
from profiling.pseudonym import Region, ShownCredential, ShownWork, Years
from profiling.taxonomy import Taxonomy

FITS = {"strong": "strong fit", "good": "good fit", "possible": "possible fit", "weak": "weak fit"}
YEARS = {
    Years.UNDER_1: "under 1 year",
    Years.FROM_1_TO_3: "1 to 3 years",
    Years.FROM_3_TO_5: "3 to 5 years",
    Years.FROM_5_TO_10: "5 to 10 years",
    Years.OVER_10: "over 10 years",
    Years.UNKNOWN: "length not known",
}
REGIONS = {
    Region.GULF: "Gulf states",
    Region.MALAYSIA: "Malaysia",
    Region.SOUTH_ASIA: "South Asia",
    Region.ELSEWHERE: "elsewhere",
}
REQUESTS = {
    "waiting": "You have asked; not answered yet",
    "declined": "Said no",
    "accepted": "Said yes",
    "ended": "The agreement is over",
}

#: The fields of the form by which an employer posts a vacancy.
POSTING = {
    "title": "Title", "country": "Country", "province": "Province or state", "district": "District",
    "place": "Place", "description": "What the work is",
    "essential_skills": "Skills that are needed", "wished_skills": "Skills that are welcome",
    "experience_years": "Years of experience asked for", "openings": "How many people",
    "pay_min": "Pay from", "pay_max": "Pay to", "pay_currency": "Currency, for instance NPR",
    "pay_period": "Pay for a (day, month, year)", "closes_on": "Closes on (2027-01-31)",
}  # fmt: skip


def trade_label(code: str, taxonomy: Taxonomy) -> str:
    """A trade, or the ISCO-08 group that stands for a rare one."""
    if code in taxonomy.occupations:
        return taxonomy.label(code)
    return taxonomy.isco_groups.get(code.removeprefix("isco:"), "another trade")


def reason_text(reason: ShownReason, taxonomy: Taxonomy) -> str:
    """A reason as a sentence."""
    told = reason.params
    years = YEARS[Years(str(told["years"]))] if "years" in told else ""
    asked = told.get("asked")
    words = {
        "trade": trade_label(str(told.get("trade", "")), taxonomy), "years": years,
        "asked": trade_label(str(asked), taxonomy) if reason.key.endswith("occupation") else asked,
        "count": told.get("count"), "where": told.get("where"), "evidence": _evidence(told.get("evidence")),
        "languages": _languages(told.get("missing") or told.get("matched")),
    }  # fmt: skip
    against = {} if reason.speaks_for else _AGAINST
    return (against.get(reason.key) or _REASONS[reason.key]).format(**words)


_REASONS = {
    "same_occupation": "Worked as {trade} ({years}): the same trade",
    "near_occupation": "Worked as {trade} ({years}): a near trade",
    "far_occupation": "Worked as {trade} ({years}): a trade of the same kind",
    "other_occupation": "Other work than {asked} until now",
    "essential_skills": "{count} of {asked} essential skills told of",
    "wished_skills": "{count} of {asked} wished skills told of",
    "usual_skills": "{count} of {asked} usual skills of the trade told of",
    "meaning": "The descriptions read alike",
    "experience_enough": "Experience enough ({years}; {asked} asked)",
    "experience_short": "Less experience than asked ({years}; {asked} asked)",
    "proof": "Best proof of the trade: {evidence}",
    "level_met": "Qualification {asked} held",
    "level_missing": "Qualification {asked} not held yet",
    "languages_met": "Languages asked for: {languages}",
    "languages_short": "Languages not known to be spoken: {languages}",
    "place_near": "Lives in {where}",
}


_AGAINST = {"meaning": "The descriptions read differently"}


def _evidence(value: object) -> str:
    return str(getattr(value, "name", value or "")).lower().replace("_", " ")


def _languages(codes: object) -> str:
    return ", ".join(language_name(str(code)) for code in codes) if isinstance(codes, tuple) else ""


def work_text(work: ShownWork, taxonomy: Taxonomy) -> str:
    """One trade held, how long about and where about."""
    where = ", ".join(REGIONS[region] for region in work.regions)
    return f"{trade_label(work.trade, taxonomy)}: {YEARS[work.years]}{f' ({where})' if where else ''}"


def credential_text(held: ShownCredential, taxonomy: Taxonomy) -> str:
    """A certificate without title, number and body."""
    level = f"{held.framework} level {held.level}" if held.framework and held.level is not None else held.framework
    trade = trade_label(held.trade, taxonomy) if held.trade else ""
    return ", ".join(filter(None, (held.kind or "certificate", trade, level, _evidence(held.evidence))))


def place_text(candidate: PseudonymousCandidate) -> str:
    """Where the person lives, as nearly as may be told."""
    profile = candidate.profile
    country = country_name(profile.home_country) if profile.home_country else ""
    return ", ".join(filter(None, (profile.home_district or profile.home_province, country)))


def skill_text(code: str, evidence: object, taxonomy: Taxonomy) -> str:
    """A skill with its evidence."""
    return f"{skill_label(code, taxonomy)} ({_evidence(evidence)})"
