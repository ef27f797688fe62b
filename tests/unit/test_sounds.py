"""Borrowed words sound alike in all the scripts; what differs to the ear stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.sounds import sound
from profiling.wordforms import forms


@pytest.mark.parametrize(
    "words",
    [
        "welder वेल्डर ওয়েল্ডার ویلڈر වෙල්ඩර්", "driver ड्राइवर ड्राइभर ড্রাইভার",
        "electrician इलेक्ट्रीशियन इलेक्ट्रिसियन ইলেকট্রিশিয়ান الیکٹریشن", "operator ऑपरेटर অপারেটর آپریٹر",
        "manager मैनेजर म्यानेजर ম্যানেজার منیجر මැනේජර්", "technician टेक्नीशियन ٹیکنیشن",
        "plumber प्लम्बर প্লাম্বার پلمبر", "teacher टीचर ٹیچر", "engineer इंजीनियर انجینئر", "mechanic मैकेनिक مکینک",
        "nurse नर्स", "security सिक्योरिटी", "guard गार्ड", "mistri मिस्त्री মিস্ত্রি مستری මිස්ත්‍රි",
        "carpenter कारपेंटर", "photographer फोटोग्राफर", "tailor टेलर",
    ],
)  # fmt: skip
def test_borrowed_words_sound_alike_in_every_script(words: str) -> None:
    assert len({sound(word) for word in words.split()}) == 1


@pytest.mark.parametrize("pair", ["mason nurse", "वेल्डर ड्राइवर", "cook guard", "অপারেটর ওয়েল্ডার"])
def test_other_words_sound_otherwise(pair: str) -> None:
    one, other = pair.split()
    assert sound(one) != sound(other)


def test_digits_and_unknown_scripts_have_no_sound() -> None:
    assert sound("2019") == ""
    assert [sound(form) for form in forms("กรรมกร 建筑", name=True) if sound(form)] == []


def test_an_accent_is_not_heard() -> None:
    assert [sound(form) for form in forms("Électricien", name=True)] == ["alktrsn"]


@given(st.text(max_size=60))
def test_any_text_has_sounds_of_latin_consonants(text: str) -> None:
    for form in forms(text, name=True):
        assert set(sound(form)) <= set("abcdfghjklmnprsty")
