"""What is taken out of a text before it may become a vector, and so a part of a comparison.

A vector must not carry who somebody is: names, numbers and addresses go, and so do words that tell sex,
marital state, faith or caste, because they must not move a ranking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Possessive, and begun only where a run of characters begins: a text without end must not take time without end.
_E_MAIL = re.compile(r"(?<![^\s@])[^\s@]++@\S+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,4}\d){6,}|\b[A-Z]{1,3}\d{5,}\b")
_TELLING = re.compile(
    r"\b(?:he|she|him|her|his|hers|himself|herself|mr|mrs|miss|ms|sir|madam|male|female|man|men|woman|women|boy|girl"
    r"|ladies|lady|gents|gentleman|wife|husband|mother|father|son|daughter|sister|brother|widow|widower|married"
    r"|unmarried|single|divorced|pregnant|hindu|muslim|islam|christian|buddhist|sikh|dalit|brahmin|chhetri|caste)\b",
    re.IGNORECASE,
)


_INDIC = "\u0900-\u0dff"


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, links, long numbers, telling words and the given names."""
    for pattern in (_E_MAIL, _LINK, _NUMBER, _TELLING):
        text = pattern.sub(" ", text)
    for name in names:
        for part in re.split(r"[\s-]+", name):
            if len(part) > 2:
                # South Asian scripts write case endings onto a name.
                ending = "" if part.isascii() else f"[{_INDIC}]{{0,6}}"
                name_form = rf"(?<![\w{_INDIC}]){re.escape(part)}{ending}(?![\w{_INDIC}])"
                text = re.sub(name_form, " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())
