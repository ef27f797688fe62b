"""Words of a text in the form in which they are compared: case, width, plural and case endings removed."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import Stemmer

#: Letters, digits and the vowel signs of the Indic and Arabic scripts, which Python's \w leaves out.
_WORD = re.compile(
    r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d])+(?:[+#]+)?"
)
_MARKS = frozenset(".,;:!?()\n।॥۔")
_ENGLISH = Stemmer.Stemmer("english")
#: Case endings that Nepali and Hindi write onto the word, longest first: those cut from names of trades.
_NAME_ENDINGS = ("हरूको", "हरुको", "हरू", "हरु", "लाई", "बाट", "सँग", "को", "मा", "ले", "का", "की")  # fmt: skip
_ENDINGS_FILE = Path(__file__).parent / "data" / "endings.toml"
#: Endings are cut one behind the other, at most so many.
_MOST_ENDINGS = 4
#: Longer words are no words, and their forms are not remembered.
_LONG = 40


class Word(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class _Ending:
    """An ending, the least number of signs that it leaves, and whether a verb carries it."""

    text: str
    least: int
    of_verb: bool


@dataclass(frozen=True)
class _Script:
    """How the words of one script are brought to a stem; ``profiling/data/endings.toml`` tells each part."""

    first: str
    last: str
    letters: dict[int, str]
    whole: frozenset[str]
    endings: tuple[_Ending, ...]
    vowels: dict[int, str]
    same: dict[str, str]

    def stem(self, word: str) -> str:
        """The word without its endings, one stem for all forms of it as far as the table knows them."""
        if word in self.whole:
            return word
        word = word.translate(self.letters)
        for _ in range(_MOST_ENDINGS):
            word = self.same.get(word, word)
            ending = next((e for e in self.endings if _fits(e, word)), None)
            if ending is None:
                return word
            word = word[: -len(ending.text)]
            if ending.of_verb:
                word = word.translate(self.vowels)
                break
        return self.same.get(word, word)


def _fits(ending: _Ending, word: str) -> bool:
    return word.endswith(ending.text) and len(word) - len(ending.text) >= ending.least


@lru_cache(maxsize=1)
def _tables() -> tuple[tuple[_Script, ...], dict[str, str]]:
    """The scripts, and the verbs that are typed in Latin letters with their roots."""
    content = tomllib.loads(unicodedata.normalize("NFKC", _ENDINGS_FILE.read_text(encoding="utf-8")))
    latin = content.pop("latin")
    typed = {
        root + ending: name
        for name, roots in latin["roots"].items()
        for root in roots
        for ending in latin["endings"]
        if root + ending not in latin["english"]
    }
    typed |= {word: stem for stem, others in latin["words"].items() for word in others}
    return tuple(_script(table) for table in content.values()), typed


def _script(table: dict[str, Any]) -> _Script:
    endings = {
        text: _Ending(text, table[kind]["least"], kind == "verbs")
        for kind in ("nouns", "cases", "verbs")
        if kind in table
        for text in table[kind]["endings"]
    }
    first, last = table["letters"]
    return _Script(
        first,
        last,
        str.maketrans(table["alike"] | dict.fromkeys(table["dropped"], "")),
        frozenset(table["whole"]),
        tuple(sorted(endings.values(), key=lambda ending: -len(ending.text))),
        str.maketrans(table["verbs"].get("vowels", {})),
        {other: stem for stem, others in table["same"].items() for other in others},
    )


def word_form(text: str, *, name: bool = False) -> str:
    """The compared form of one word; in names of trades only the plural and some cases go.

    A stem is too coarse for names: *accountant*, *accounts* and *accountability* share one.
    """
    return _kept_form(text, name=name) if len(text) <= _LONG else _form(text, name=name)


@lru_cache(maxsize=65_536)
def _kept_form(text: str, *, name: bool) -> str:
    return _form(text, name=name)


def _form(text: str, *, name: bool) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u200d", "").replace("\u200c", "")
    if folded.isascii():
        if len(folded) <= 3 or not folded.isalpha() or folded in _WHOLE:
            return folded
        return _singular(folded) if name else _latin_stem(folded)
    return _name_form(folded) if name else _stem(folded)


def _latin_stem(word: str) -> str:
    typed = _tables()[1].get(word)
    return typed or str(_ENGLISH.stemWord(_PAST.get(word, word)))


def _stem(word: str) -> str:
    script = next((script for script in _tables()[0] if script.first <= word[0] <= script.last), None)
    return (script.stem(word) if script else "") or word


def _name_form(word: str) -> str:
    if "\u0900" <= word[0] <= "\u097f":
        for ending in _NAME_ENDINGS:
            if word.endswith(ending) and len(word) >= len(ending) + 2:
                return word[: -len(ending)]
    return word


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def words(text: str, *, name: bool = False) -> list[Word]:
    """The words of a text in order; ``name`` as in ``word_form``."""
    found = []
    last = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        opens = not _MARKS.isdisjoint(text[last:start])
        found.append(Word(word_form(match[0], name=name), start, end, opens))
        last = end
    return found


@lru_cache(maxsize=4)
def kept_words(text: str, *, name: bool = False) -> tuple[Word, ...]:
    """As ``words``; the last texts are kept, for several things are looked for in the same one."""
    return tuple(words(text, name=name))


def forms(text: str, *, name: bool = False) -> tuple[str, ...]:
    """The compared forms of a text's words, without their places; ``name`` as in ``word_form``."""
    return tuple(word_form(m[0], name=name) for m in _WORD.finditer(text))
