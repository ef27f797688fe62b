"""Words of an advert in the form in which they are compared."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer
from rapidfuzz import fuzz

from jobs_ingest.places.spelling import fold

#: A word with its signs; ``c++`` and ``c#`` keep theirs. Indic vowel signs belong to the word.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0dff\u200c\u200d\u064b-\u0652])+[+#]*")
#: The stem of one who does a work.
_DOER = re.compile(r"(\w{3,}?)(?:er|or)")
_ENGLISH = Stemmer.Stemmer("english")
#: Least likeness (0 to 100, rapidfuzz ratio) of two spellings of one word, and the shortest word compared so.
_ALIKE, _SHORTEST = 84, 5
#: A longer description is compared by its beginning.
LONGEST = 6_000
#: Lists of words with more pairs than this are compared without regard to spelling.
_MOST_COMPARED = 600


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word in lower case, without accents.

    Who does a work has the stem of the work (*sorter*, *sort*). Words of other scripts stay whole.
    """
    folded = fold(word)
    if not folded.isascii():
        return folded
    found = str(_ENGLISH.stemWord(folded))
    if len(folded) > _SHORTEST:
        doer = _DOER.fullmatch(found)
        found = doer[1] if doer else found
        found = found[:-1] if len(found) > 3 and found[-1] == found[-2] and found[-1] not in "sl" else found
    return found.removesuffix("e") if len(found) > 3 else found


def spelt(text: str) -> list[str]:
    """The whole words of a text, in order, in lower case and without accents."""
    return [fold(word) for word in _WORD.findall(text.replace("'s", "").replace("’s", ""))]


def told(text: str | None) -> list[str]:
    """The stems of a text, in order."""
    return [stem(word) for word in _WORD.findall((text or "")[:LONGEST].replace("'s", "").replace("’s", ""))]


def latin(words: frozenset[str]) -> bool:
    """Whether most of the words are written in Latin letters. True for none."""
    return 2 * sum(word.isascii() for word in words) >= len(words)


@lru_cache(maxsize=20_000)
def spelt_alike(one: str, other: str) -> bool:
    """Whether two words may be spellings of one. Short words, first letters and digits must be the same."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST or one[0] != other[0] or not (one.isalpha() and other.isalpha()):
        return False
    return fuzz.ratio(one, other) >= _ALIKE


def unmatched(ours: frozenset[str], theirs: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words of each side that the other lacks in any spelling; of long lists, in the same spelling."""
    left, right = ours - theirs, theirs - ours
    if not left or not right or len(left) * len(right) > _MOST_COMPARED:
        return left, right
    alike = [(one, other) for one in left for other in right if one[0] == other[0] and spelt_alike(one, other)]
    return left.difference(one for one, _ in alike), right.difference(other for _, other in alike)
