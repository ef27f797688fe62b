"""Values and what a record holds, in English words: the message ids of the translation catalogues to come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

import pycountry
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from profiling.fields import first_day
from profiling.models import ConsentEvent, Evidence, Origin
from profiling.passport import months_between
from profiling.taxonomy import Taxonomy

_ENGLISH = Locale("en")

EVIDENCE = {
    Evidence.DECLARED: "declared",
    Evidence.DOCUMENT_SEEN: "document seen",
    Evidence.REFERENCE_CONFIRMED: "reference confirmed",
    Evidence.RPL_ASSESSED: "RPL assessed",
    Evidence.SIGNED_CREDENTIAL: "signed credential",
}


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


def yes_no(value: bool | None) -> str:
    """Yes or no; empty when unknown."""
    return "" if value is None else "yes" if value else "no"


def duration(months: int) -> str:
    """A length of time in words."""
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'s' if years > 1 else ''}"] if years else []
    parts += [f"{rest} month{'s' if rest > 1 else ''}"] if rest else []
    return " ".join(parts) or "less than a month"


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
    told = ",".join(part for part in (*parts, country_name(country)) if part).split(",")
    # Of what stands twice the larger place's word stays: "Pokhara, Nepal" in Kaski.
    named = {piece.strip().casefold(): piece.strip() for piece in reversed(told) if piece.strip()}
    return ", ".join(reversed(named.values()))


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


def count(number: float, one: str, many: str) -> str:
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
