"""Whether a text denies what a phrase in it names: *I never welded*, *welding nahi aati*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profiling.wordforms import Word

_NEGATION = frozenset(
    ("not no never without didn't dont don't cannot can't nahi nahin chaina hoina छैन होइन नहीं").split()
)
#: Those that Nepali and Hindi set behind what they deny: "welding nahi aati", "वेल्डिङ छैन".
_NEGATION_BEHIND = frozenset("nahi nahin chaina hoina छैन होइन नहीं".split())
_NEGATION_REACH = 3
_SENTENCE_END = re.compile(r"[.!?;\n।॥۔]")


def denied(text: str, found_words: Sequence[Word], first: int, past: int) -> bool:
    """Whether a word shortly before a phrase, or one of another grammar shortly behind it, denies it."""
    for word in found_words[max(0, first - _NEGATION_REACH) : first]:
        if _SENTENCE_END.search(text, word.end, found_words[first].start):
            continue
        said = text[word.start : word.end].casefold()
        # "didn't" is read as two words, the second of them a "t" behind an apostrophe.
        if said in _NEGATION or word.form in _NEGATION or (said == "t" and text[word.start - 1] in "'’"):
            return True
    for word in found_words[past : past + _NEGATION_REACH]:
        if word.opens:
            return False
        if text[word.start : word.end].casefold() in _NEGATION_BEHIND:
            return True
    return False
