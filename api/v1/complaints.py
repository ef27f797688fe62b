"""What does not fit in a request, said without repeating what was sent: it may be somebody's personal data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import URL

from api.policy import Action
from jobs_ingest.models import VacancyStatus
from profiling.access import Role
from profiling.consent import CONSENT_WAYS, DISCLOSABLE
from profiling.fields import EDUCATION_LEVELS, LANGUAGE_LEVELS, PAY_PERIODS
from profiling.models import FieldSet, Purpose, Sex

#: Values that are words of the API and say nothing of a person; a sentence may name them.
_CODES = frozenset(
    word
    for words in (
        Action, VacancyStatus, Role, CONSENT_WAYS, DISCLOSABLE, EDUCATION_LEVELS, LANGUAGE_LEVELS, PAY_PERIODS,
        FieldSet, Purpose, Sex,
    )
    for word in map(str, words)
)  # fmt: skip
#: Shorter words stand in many sentences by chance; they are looked for as a quotation.
_TELLING = 4
_EXPECTED = {
    "missing": "It is needed.",
    "extra_forbidden": "It has a field that is not one of its fields. Leave that out.",
    "string_type": "Expected: text.",
    "string_unicode": "Expected: text in Unicode.",
    "string_pattern_mismatch": "Expected: text of the documented form, without control characters.",
    "uuid_type": "Expected: an id (UUID).",
    "uuid_parsing": "Expected: an id (UUID).",
    "bool_type": "Expected: true or false.",
    "bool_parsing": "Expected: true or false.",
    "int_type": "Expected: a whole number.",
    "int_parsing": "Expected: a whole number.",
    "int_from_float": "Expected: a whole number.",
    "float_type": "Expected: a number.",
    "float_parsing": "Expected: a number.",
    "finite_number": "Expected: a number.",
    "list_type": "Expected: a list.",
    "dict_type": "Expected: an object.",
    "model_type": "Expected: an object.",
    "model_attributes_type": "Expected: an object.",
    "date_type": "Expected: a date such as 2026-11-30.",
    "date_parsing": "Expected: a date such as 2026-11-30.",
    "date_from_datetime_parsing": "Expected: a date such as 2026-11-30.",
    "date_from_datetime_inexact": "Expected: a date such as 2026-11-30.",
    "datetime_type": "Expected: a moment such as 2026-11-30T09:00:00Z.",
    "datetime_parsing": "Expected: a moment such as 2026-11-30T09:00:00Z.",
    "datetime_from_date_parsing": "Expected: a moment such as 2026-11-30T09:00:00Z.",
    "timezone_aware": "Expected: a moment with its time zone, such as 2026-11-30T09:00:00Z.",
}
#: Sentences with bounds, which are ours and not the caller's.
_BOUNDED = {
    "string_too_short": "Expected: at least {min_length} characters.",
    "string_too_long": "Expected: at most {max_length} characters.",
    "too_short": "Expected: at least {min_length} items.",
    "too_long": "Expected: at most {max_length} items.",
    "greater_than_equal": "Expected: {ge} or more.",
    "less_than_equal": "Expected: {le} or less.",
    "greater_than": "Expected: more than {gt}.",
    "less_than": "Expected: less than {lt}.",
    "enum": "Expected: one of {expected}.",
    "literal_error": "Expected: one of {expected}.",
}


@dataclass(frozen=True)
class Complaint:
    """Which part of a request does not fit, and what is expected."""

    pointer: str
    detail: str


def complaints(found: Sequence[Mapping[str, Any]]) -> tuple[Complaint, ...]:
    """What FastAPI has found, in our words; each once. A name that the caller made up is not repeated."""
    made: dict[Complaint, None] = {}
    for each in found:
        kind, where = str(each["type"]), list(each["loc"])
        if kind == "extra_forbidden":
            where.pop()
        if kind in _BOUNDED:
            detail = _BOUNDED[kind].format_map(each.get("ctx", {}))
        else:
            detail = _EXPECTED.get(kind, "Expected: a value of the documented form.")
        made[Complaint("".join(f"/{_escaped(str(part))}" for part in where), detail)] = None
    return tuple(made)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def unsaid(text: str, body: bytes, url: URL) -> str | None:
    """A sentence as it is, or None when it repeats something that was sent."""
    plain = _letters(text)
    for sent in (*_strings(_read(body)), *_query(url)):
        if sent not in _CODES and _repeats(text, plain, sent):
            return None
    return text


def named_fields(text: str, body: bytes) -> list[str]:
    """The fields of a body that a sentence of the form ``field: reason; field: reason`` speaks of.

    By now the body has only fields of its schema, so their names are ours.
    """
    sent = _read(body)
    names = re.findall(r"(?:^|; )([a-z_]+): ", text)
    return [name for name in dict.fromkeys(names) if isinstance(sent, dict) and name in sent]


def _repeats(text: str, plain: str, sent: str) -> bool:
    # Long values are cut where they are quoted.
    letters = _letters(sent)[:40]
    return repr(sent) in text or (len(letters) >= _TELLING and letters in plain)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _read(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def _query(url: URL) -> Iterator[str]:
    for _, value in parse_qsl(url.query):
        yield value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
