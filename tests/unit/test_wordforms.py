"""Words in the form in which they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.wordforms import Word, forms, word_form, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("welding", "Weld"), ("pipes", "pipe"), ("Ｐｌｕｍｂｅｒ", "plumber"), ("सटरिङको", "सटरिङ"),
        ("मिस्त्रीहरू", "मिस्त्री"), ("पाइपलाई", "पाइप"), ("ක්‍රේන්", "ක්රේන්"),
    ],
)  # fmt: skip
def test_forms_that_are_the_same(one: str, other: str) -> None:
    assert word_form(one) == word_form(other)


@pytest.mark.parametrize(
    "words_of_one",
    [
        "लगाया लगाई लगाए लगाता लगाते लगाना लगाने लगाकर लगाएँ लगाउँथेँ लगाउने लगाएको",
        "काटा काटी काटता काटना काट्ने काटें काट्थें",
        "दरवाजा दरवाजे दरवाजों दरवाज़े", "गर्छु गर्थें गरेँ गरेको गर्ने गर्न गरेर", "घर घरमा घरको",
        "কাটি কেটেছি কাটতাম কাটা কাটার কেটে", "লাগাই লাগিয়েছি লাগাতাম লাগানো লাগিয়ে", "ধুয়েছি ধুতাম ধোয়া ধুই", "দেয়াল দেয়ালে দেয়ালের",
        "কাপড় কাপড়ের কাপড়গুলো কাপড়ও", "කැපුවා කපනවා කපන්න කපලා කැපීම",
        "කළා කරනවා කරලා කරන්න", "හේදුවා හෝදනවා හෝදලා සේදුවා", "බැන්දා බඳිනවා බඳින්න",
        "வெட்டினேன் வெட்டுகிறேன் வெட்டுவேன் வெட்டி வெட்ட வெட்டும் வெட்டுனேன்", "துவைத்தேன் துவைக்கிறேன் துவைப்பேன் துவைத்து துவைக்க",
        "சுவர் சுவரை சுவரில் சுவருக்கு",
        "பாத்திரம் பாத்திரங்கள் பாத்திரங்களை பாத்திரங்களைக் பாத்திரத்தை", "போட்டேன் போடுகிறேன் போடு போட்டு",
        "لگایا لگائی لگائے لگاتا لگاتی لگانا لگائیں", "کپڑا کپڑے کپڑوں", "روٹی روٹیاں روٹیوں", "گاڑي گاڑی",
        "lagaya lagata lagati lagana lagauthe", "bandha bandhta bandhna badhne",
    ],
)  # fmt: skip
def test_forms_of_one_word_are_one(words_of_one: str) -> None:
    assert len({word_form(word) for word in words_of_one.split()}) == 1


@pytest.mark.parametrize(
    "words_of_several",
    [
        "सिकें सिकाएँ", "पढ़ा पढ़ाया", "پڑھا پڑھایا", "भट्टी भट्टा", "बाल बाली",
        "भर्ती भरा", "کمانی کمایا", "மட்டம் மட்டும்", "vettinen kattinen", "banana bana",
        "much mud", "கல் கலவை",
    ],
)  # fmt: skip
def test_words_that_only_look_alike_stay_apart(words_of_several: str) -> None:
    one, other = words_of_several.split()
    assert word_form(one) != word_form(other)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("लगाया", "लगाया"), ("मिस्त्रीहरूको", "मिस्त्री"), ("दरवाज़े", "दरवाज़े"),
        ("মিস্ত্রির", "মিস্ত্রির"), ("මේසන්", "මේසන්"), ("கொத்தனார்", "கொத்தனார்"),
        ("کاریگروں", "کاریگروں"), ("accountants", "accountant"), ("lagane", "lagane"),
    ],
)  # fmt: skip
def test_names_of_trades_keep_their_endings(text: str, form: str) -> None:
    assert word_form(text, name=True) == form


@given(st.text(alphabet=st.characters(min_codepoint=0x600, max_codepoint=0xDFF), min_size=1, max_size=20))
def test_every_word_keeps_a_form(text: str) -> None:
    assert all(form for form in forms(text))


@pytest.mark.parametrize(("one", "other"), [("tig", "tie"), ("c", "c++"), ("काम", "का"), ("bar", "bars1")])
def test_forms_that_are_not(one: str, other: str) -> None:
    assert word_form(one) != word_form(other)


def test_short_words_and_codes_stay_as_they_are() -> None:
    assert forms("6G and TIG, C++") == ("6g", "and", "tig", "c++")


def test_words_have_spans_and_marks() -> None:
    text = "Cut rods, tie them"
    assert words(text) == [
        Word("cut", 0, 3), Word("rod", 4, 8), Word("tie", 10, 13, opens=True), Word("them", 14, 18),
    ]  # fmt: skip
    assert [text[w.start : w.end] for w in words(text)] == ["Cut", "rods", "tie", "them"]


def test_vowel_signs_belong_to_the_word() -> None:
    assert len(words("बिजुली मिस्त्री")) == 2
    assert len(words("রাজমিস্ত্রি")) == 1
    assert len(words("கொத்தனார்")) == 1


@pytest.mark.parametrize("text", ["", "   ", "...", "—", "\n\n"])
def test_texts_without_words(text: str) -> None:
    assert words(text) == []
    assert forms(text) == ()


def test_danda_is_a_full_stop() -> None:
    assert [w.opens for w in words("वेल्डिङ गर्छु। पाइप")] == [False, False, True]
