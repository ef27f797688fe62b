"""Codes are checked when they are made."""

from __future__ import annotations

import pytest

from profiling.codes import CountryCode, IscoCode, LanguageCode
from profiling.errors import BadValue


@pytest.mark.parametrize("code", ["7", "71", "711", "7115", "0110", "9629"])
def test_isco_codes_that_exist(code: str) -> None:
    assert IscoCode(code) == code


@pytest.mark.parametrize("code", ["", "71155", "7a", "10", "9999", "4599", " 7115", "71.15"])
def test_isco_codes_that_do_not(code: str) -> None:
    with pytest.raises(BadValue, match="ISCO-08 code of one to four digits"):
        IscoCode(code)


@pytest.mark.parametrize(
    ("one", "other", "closeness"),
    [
        ("7115", "7115", 1.0),
        ("7115", "7112", 0.6),
        ("7115", "7122", 0.3),
        ("7115", "7411", 0.1),
        ("7115", "8322", 0.0),
        ("7115", "711", 0.6),
        ("71", "7115", 0.3),
        ("7", "7", 0.1),
    ],
)
def test_isco_closeness(one: str, other: str, closeness: float) -> None:
    assert IscoCode(one).closeness(IscoCode(other)) == closeness
    assert IscoCode(other).closeness(IscoCode(one)) == closeness


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Qatar", "QA"), ("QA", "QA"), ("qa", "QA"), ("QAT", "QA"), ("UAE", "AE"), ("Dubai", "AE"),
        ("United Arab Emirates", "AE"), ("Saudi", "SA"), ("Saudi Arabia", "SA"), ("KSA", "SA"),
        ("South Korea", "KR"), ("korea", "KR"), (" Nepal ", "NP"), ("Bangladesh", "BD"), ("Sri Lanka", "LK"),
        ("Malaysia", "MY"), ("Maldives", "MV"), ("Vietnam", "VN"), ("UK", "GB"),
    ],
)  # fmt: skip
def test_countries(text: str, code: str) -> None:
    assert CountryCode(text) == code


@pytest.mark.parametrize("text", ["", "Gulf", "EG/GCC", "QQ", "Qatar; Kuwait"])
def test_words_that_are_no_country(text: str) -> None:
    with pytest.raises(BadValue, match="a country name or two-letter code"):
        CountryCode(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nepali", "ne"), ("ne", "ne"), ("Bangla", "bn"), ("Bengali", "bn"), ("Sinhalese", "si"), ("Sinhala", "si"),
        ("Tamil", "ta"), ("Urdu", "ur"), ("hindi", "hi"), ("Arabic", "ar"), ("Maithili", "mai"), ("Korean", "ko"),
        ("en", "en"), ("EN", "en"), ("eng", "en"), ("ko", "ko"), ("or", "or"), ("as", "as"), ("Odia", "or"),
        ("He", "he"), ("Bhojpuri", "bho"), ("bho", "bho"), ("Saraiki", "skr"),
    ],
)  # fmt: skip
def test_languages(text: str, code: str) -> None:
    assert LanguageCode(text) == code


def test_a_word_that_is_no_language() -> None:
    with pytest.raises(BadValue, match="a language name or ISO 639 code"):
        LanguageCode("Klingonese")
