"""English glosses of texts in other scripts, word by word, so that what reads English reads them too.

A gloss is rough: a key for likeness, never a translation to show. Words come from ``data/glossary.tsv``; borrowed
words (*वेल्डर*, *ড্রাইভার*) are found by how they sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from profiling.errors import InputError
from profiling.sounds import sound
from profiling.wordforms import forms, word_form

TABLE = Path(__file__).parent / "data" / "glossary.tsv"
LANGUAGES = ("hi", "ne", "bn", "ur", "ta", "si")
#: Consonants that a borrowed word needs to be known by its sound.
_ENOUGH_SOUND = 3
#: Signs of a word's end that an unknown word may lose, at most this many letters.
_MOST_LOST = 3
_LEAST_LEFT = 3
_MAX_WORDS = 24


@dataclass(frozen=True)
class Glossary:
    """``words``: English by foreign words in compared form; ``phrases`` the same for several words; ``heard``:
    English words by their sound.
    """

    words: dict[str, str] = field(default_factory=dict)
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)

    def english(self, text: str) -> str:
        """The gloss of a text; empty when nothing in it is known. Words in Latin letters stay as they are."""
        found = forms(text, name=True)[:_MAX_WORDS]
        made: list[str] = []
        at = 0
        while at < len(found):
            for length in (3, 2):
                if (said := self.phrases.get(found[at : at + length])) and len(found[at : at + length]) == length:
                    break
            else:
                length, said = 1, self._word(found[at])
            if said:
                made.append(said)
            at += length
        return " ".join(made)

    def _word(self, word: str) -> str:
        if word.isascii():
            return word
        for lost in range(max(0, min(_MOST_LOST, len(word) - _LEAST_LEFT)) + 1):
            if said := self.words.get(word[: len(word) - lost]):
                return said
        heard = sound(word)
        return self.heard.get(heard, "") if len(heard.lstrip("a")) >= _ENOUGH_SOUND else ""


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    """Hunar's glossary, read once. The first line that names a foreign word decides: commoner words stand first.

    Raises InputError with the line when the table does not hold together.
    """
    words: dict[str, str] = {}
    phrases: dict[tuple[str, ...], str] = {}
    heard: dict[str, str] = {}
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    if lines[0].split("\t") != ["en", *LANGUAGES]:
        raise InputError(f"{TABLE.name}, line 1: the columns are not en, {', '.join(LANGUAGES)}.")
    for number, line in enumerate(lines[1:], 2):
        english, *cells = line.split("\t")
        if len(cells) != len(LANGUAGES):
            raise InputError(f"{TABLE.name}, line {number}: has {len(cells) + 1} cells.")
        heard.setdefault(sound(word_form(english, name=True)), english)
        for cell in cells:
            for variant in filter(None, map(str.strip, cell.split("|"))):
                key = forms(variant, name=True)
                if len(key) == 1:
                    words.setdefault(key[0], english)
                elif key:
                    phrases.setdefault(key, english)
    return Glossary(words, phrases, heard)


def gloss(text: str) -> str:
    """The English gloss of a text (see ``Glossary.english``)."""
    return glossary().english(text)
