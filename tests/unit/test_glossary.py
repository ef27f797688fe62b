"""Glosses of titles in other scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.title_model import as_english
from profiling import glossary as module
from profiling.errors import InputError
from profiling.glossary import Glossary, gloss, glossary


@pytest.mark.parametrize(
    ("title", "english"),
    [
        ("कपड़ा बुनाई मशीन ऑपरेटर", "textile weaving machine operator"),
        ("ভারী ট্রাক ড্রাইভার", "heavy truck driver"),
        ("پلمبر", "plumber"),
        ("மின்சார தொழிலாளி", "electrical worker"),
        ("කර්මාන්තශාලා සේවක", "factory worker"),
        ("qqq xyz", "qqq xyz"),
        ("", ""),
        ("१२३", ""),
    ],
)
def test_titles_are_glossed(title: str, english: str) -> None:
    assert gloss(title) == english


def test_a_title_in_latin_letters_is_its_own_english() -> None:
    assert as_english("Mason, café") == "Mason, café"
    assert as_english("वेल्डर 6G Qatar") == "welder 6g qatar"
    assert as_english("ЖЖЖ") == ""


def test_phrases_come_before_words_and_endings_may_be_lost() -> None:
    known = Glossary({"a": "one", "b": "two", "राजमिस्त्र": "mason"}, {("a", "b"): "both"}, {})
    assert known.english("राजमिस्त्री") == "mason"
    assert Glossary({"घर": "house"}, {("घर", "काम"): "housework"}, {}).english("घर काम घर") == "housework house"


def test_the_table_holds_together() -> None:
    lines = module.TABLE.read_text(encoding="utf-8").splitlines()
    english = [line.split("\t")[0] for line in lines[1:]]
    assert len(english) == len(set(english)) == 2700
    # A cell holds its language's script alone: a Latin letter would be a slip.
    for line in lines[1:]:
        for cell in line.split("\t")[1:]:
            assert not any(letter.isascii() and letter.isalpha() for letter in cell), line
    known = glossary()
    assert len(known.words) > 10_000


def test_a_broken_table_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "glossary.tsv"
    monkeypatch.setattr(module, "TABLE", broken)
    heading = "\t".join(("en", *module.LANGUAGES))
    for text, reason in (("en\thi\n", "line 1: the columns"), (f"{heading}\nx\ty\n", "line 2: has 2")):
        broken.write_text(text, encoding="utf-8")
        module.glossary.cache_clear()
        with pytest.raises(InputError, match=reason):
            glossary()
    module.glossary.cache_clear()
