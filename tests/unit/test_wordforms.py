"""Words in the form in which they are compared."""

from __future__ import annotations

import pytest

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
