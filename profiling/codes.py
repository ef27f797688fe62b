"""Codes of public standards as types that are checked when they are made."""

from __future__ import annotations

import re

import pycountry
from babel import Locale

from profiling.errors import BadValue

#: ISCO-08 sub-major groups (ILO 2012), used to refuse codes whose first two digits do not exist.
_ISCO_SUB_MAJOR = frozenset(
    (
        "01 02 03 11 12 13 14 21 22 23 24 25 26 31 32 33 34 35 41 42 43 44 51 52 53 54 61 62 63 71 72 73"
        " 74 75 81 82 83 91 92 93 94 95 96"
    ).split()
)
_ISCO = re.compile(r"\d{1,4}")
_COUNTRY_NAMES = {
    "uae": "AE", "dubai": "AE", "abu dhabi": "AE", "emirates": "AE", "saudi": "SA", "ksa": "SA",
    "south korea": "KR", "korea": "KR", "hong kong": "HK", "uk": "GB", "usa": "US", "russia": "RU",
    "macau": "MO", "maldives": "MV", "brunei": "BN", "syria": "SY", "iran": "IR", "taiwan": "TW",
    "vietnam": "VN", "laos": "LA", "turkey": "TR", "czech republic": "CZ",
}  # fmt: skip


class IscoCode(str):
    """An ISCO-08 code of one to four digits, e.g. ``IscoCode("7115")``."""

    def __new__(cls, text: str) -> IscoCode:
        if not _ISCO.fullmatch(text) or (len(text) >= 2 and text[:2] not in _ISCO_SUB_MAJOR):
            raise BadValue("isco", text, "an ISCO-08 code of one to four digits, such as 7115")
        return super().__new__(cls, text)

    def closeness(self, other: IscoCode) -> float:
        """How near two groups are: 1 same unit group, .6 minor, .3 sub-major, .1 major, else 0."""
        for digits, value in ((4, 1.0), (3, 0.6), (2, 0.3), (1, 0.1)):
            if len(self) >= digits <= len(other) and self[:digits] == other[:digits]:
                return value
        return 0.0


class CountryCode(str):
    """An ISO 3166-1 alpha-2 code, read from the code, the name or a common short name."""

    def __new__(cls, text: str) -> CountryCode:
        return super().__new__(cls, _country(text))


def _country(text: str) -> str:
    name = text.strip()
    if known := _COUNTRY_NAMES.get(name.casefold()):
        return known
    try:
        found = pycountry.countries.lookup(name)
    except LookupError:
        raise BadValue("country", text, "a country name or two-letter code, such as Qatar or QA") from None
    return str(found.alpha_2)


def _language_names() -> dict[str, str]:
    names = {name.casefold(): code for code, name in Locale("en").languages.items() if "_" not in code}
    return names | {"bangla": "bn", "sinhalese": "si", "farsi": "fa", "dhivehi": "dv", "mandarin": "zh"}


_LANGUAGES = _language_names()
#: The two-letter codes of ISO 639-1.
_LANGUAGE_CODES = frozenset(
    language.alpha_2 for language in pycountry.languages if getattr(language, "alpha_2", None)
)


class LanguageCode(str):
    """An ISO 639 code (639-1 where it exists), read from the code or the English name."""

    def __new__(cls, text: str) -> LanguageCode:
        name = text.strip()
        code = name.casefold()
        # Codes before names: "En" is also the name of a language, and "ko" is Korean.
        if known := (code if code in _LANGUAGE_CODES else _LANGUAGES.get(code)):
            return super().__new__(cls, known)
        try:
            found = pycountry.languages.lookup(name)
        except LookupError:
            raise BadValue("language", text, "a language name or ISO 639 code, such as Nepali or ne") from None
        return super().__new__(cls, getattr(found, "alpha_2", None) or found.alpha_3)
