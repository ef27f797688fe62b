"""Words of place names in the form in which they are compared, in the scripts of South Asia."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = "\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d"
_TOKEN = re.compile(rf"(?:[^\W_]|[{_MARK}])+(?:['’`](?:[^\W_]|[{_MARK}])+)*")
#: What may stand between two words of one name.
_SOFT = re.compile(r"[\s.\-\u2010-\u2015&'’]{0,4}\(?")
_DROPPED = dict.fromkeys(map(ord, "'’`\u200c\u200d\u093c\u09bc\u0670"), None)
_ONE_LETTER = str.maketrans(
    {
        # Devanagari and Bengali: long and short vowels, sibilants, and b and v are written one for the other.
        "ी": "ि", "ू": "ु", "ँ": "ं", "व": "ब", "श": "स", "ष": "स", "ण": "न",
        "ী": "ি", "ূ": "ু", "ঁ": None, "শ": "স", "ষ": "স", "ণ": "ন", "ৰ": "র",
        # Arabic letters as they come from other keyboards.
        "ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۂ": "ہ", "ئ": "ی", "ؤ": "و", "أ": "ا", "إ": "ا",
    }
)  # fmt: skip
_NASALS = re.compile("[ङञनम]\u094d(?=[क-ह])")
_ASCII_ENDINGS = ("bata", "maa", "ma", "ko", "te", "mein")
#: Case endings that are written together with a name, and what they replace: (ending, stem's own ending).
_ENDINGS = (
    # Nepali
    "मा", "को", "का", "की", "बाट", "सम्म", "देखि", "स्थित", "तिर", "मै", "ले", "लाई",
    # Bengali
    "য়ের", "তে", "য়", "র", "ের", "ে", "েতে", "স্থ", "েও",
    # Sinhala
    "යේ", "ේ", "ට", "හි", "වල", "දී", "ෙහි", "යට",
    # Tamil
    "யில்", "வில்", "ில்", "லில்", "க்கு", "யிலும்",
)  # fmt: skip
_REPLACED = (("த்தில்", "ம்"), ("ில்", "ு"), ("ில்", "்"), ("ுக்கு", "ு"), ("த்துக்கு", "ம்"), ("ලේ", "ල"), ("යේ", "ය"))
_SHORTEST_STEM = 3
_SHORTEST_ASCII_STEM = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text with its span; ``joined``: nothing but a space or a hyphen parts it from the next one."""

    key: str
    start: int
    end: int
    joined: bool


def fold(word: str) -> str:
    """A word as it is compared: lower case, without accents and dots below, one letter for one sound."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    if not plain.isascii():
        kept = (c for c in plain if not (unicodedata.combining(c) and ord(c) < 0x0370) and not "ً" <= c <= "ٕ")
        plain = _NASALS.sub("ं", "".join(map(_digit, kept)).translate(_ONE_LETTER))
    return plain.translate(_DROPPED)


def _digit(character: str) -> str:
    return str(unicodedata.digit(character)) if unicodedata.category(character) == "Nd" else character


def words(text: str) -> list[Word]:
    """The words of a text, left to right."""
    spans = [match.span() for match in _TOKEN.finditer(text)]
    ends = [*(start for start, _ in spans[1:]), len(text)][: len(spans)]
    return [
        Word(fold(text[start:end]), start, end, _SOFT.fullmatch(text, end, after) is not None)
        for (start, end), after in zip(spans, ends, strict=True)
    ]


def key(name: str) -> str:
    """A name as it stands in the index: its words, folded, one space apart."""
    return " ".join(word.key for word in words(name))


def stems(word: str) -> Iterator[str]:
    """What a folded word may be without its case ending, likeliest first."""
    if word.isascii():
        for ending in _ASCII_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ASCII_STEM:
                yield word.removesuffix(ending)
        return
    for ending, own in _FOLDED:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            yield word.removesuffix(ending) + own


_FOLDED = tuple(
    sorted(
        {(fold(ending), "") for ending in _ENDINGS} | {(fold(ending), fold(own)) for ending, own in _REPLACED},
        key=lambda pair: (-len(pair[0]), pair),
    )
)
