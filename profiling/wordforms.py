"""Words of a text in the form in which they are compared: case, width, plural and case endings removed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

#: Letters, digits and the vowel signs of the Indic and Arabic scripts, which Python's \w leaves out.
_WORD = re.compile(
    r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d])+(?:[+#]+)?"
)
_MARK = re.compile(r"[.,;:!?()\n।॥۔]")
_ENGLISH = Stemmer.Stemmer("english")
#: Case endings that Nepali and Hindi write onto the word, longest first.
_ENDINGS = ("हरूको", "हरुको", "हरू", "हरु", "लाई", "बाट", "सँग", "को", "मा", "ले", "का", "की")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its compared form and the span of characters where it stands.

    ``opens``: whether a mark such as a comma or full stop separates it from the word before.
    """

    form: str
    start: int
    end: int
    opens: bool = False


#: Words that the stemmer would make equal to a skill's word although they say something else.
_WHOLE = frozenset("excellent excellence".split())


#: Past forms of verbs of work that no stemmer knows. *Ground*, *left* and *saw* are left out: they name things too.
_PAST = dict(
    pair.split(":")
    for pair in (
        "laid:lay drove:drive driven:drive built:build made:make taught:teach wove:weave woven:weave dug:dig"
        " fed:feed swept:sweep bent:bend ran:run wrote:write written:write kept:keep sold:sell bought:buy"
        " took:take taken:take"
        " gave:give given:give hung:hang shook:shake wound:wind caught:catch sewn:sew tied:tie tying:tie dealt:deal"
    ).split()
)


@lru_cache(maxsize=65_536)
def word_form(text: str, *, name: bool = False) -> str:
    """The compared form of one word; in names of trades only the plural goes.

    A stem is too coarse for names: *accountant*, *accounts* and *accountability* share one.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u200d", "").replace("\u200c", "")
    if folded.isascii():
        if len(folded) <= 3 or not folded.isalpha() or folded in _WHOLE:
            return folded
        return _singular(folded) if name else str(_ENGLISH.stemWord(_PAST.get(folded, folded)))
    if "\u0900" <= folded[0] <= "\u097f":
        for ending in _ENDINGS:
            if folded.endswith(ending) and len(folded) >= len(ending) + 2:
                return folded[: -len(ending)]
    return folded


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def words(text: str, *, name: bool = False) -> list[Word]:
    """The words of a text in order; ``name`` as in ``word_form``."""
    found = []
    last = 0
    for match in _WORD.finditer(text):
        opens = _MARK.search(text, last, match.start()) is not None
        found.append(Word(word_form(match[0], name=name), match.start(), match.end(), opens))
        last = match.end()
    return found


def forms(text: str, *, name: bool = False) -> tuple[str, ...]:
    """The compared forms of a text's words, without their places; ``name`` as in ``word_form``."""
    return tuple(word_form(m[0], name=name) for m in _WORD.finditer(text))
