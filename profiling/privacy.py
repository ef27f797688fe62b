"""What is taken out of a text before it may become a vector, and so a part of a comparison.

A vector must not carry who somebody is: names, numbers and addresses go, and so do words that tell sex, age,
marital state, faith or caste, because they must not move a ranking. The words stand in ``data/telling_words.tsv``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).parent / "data" / "telling_words.tsv"
_INDIC = "\u0900-\u0dff"
# Possessive, and begun only where a run of characters begins: a text without end must not take time without end.
_E_MAIL = re.compile(r"(?<![^\s@])[^\s@]++@\S+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,4}\d){6,}|\b[A-Z]{1,3}\d{5,}\b")
_AGE = re.compile(
    r"\b(?:aged?|born(?: (?:in|on))?)\s?:?\s?\d[\d/-]{1,9}\b|\b\d\d[\s-]?(?:years?|yrs?)[\s-]?old\b", re.IGNORECASE
)
#: A form of address and the name that it announces (MS is steel or software, SMT makes circuit boards); and what a
#: form writes for son, daughter or wife of.
_ADDRESSED = re.compile(
    r"\b(?:(?i:mr|mrs|miss|shri)\b|Ms\b|Smt\b|ms\.|smt\.)\.?(?: [A-Z][\w'-]*){0,2}"
    r"|\b[SsDd]/[Oo]\b\.?|\b[Ww]/[Oo]\b(?= [A-Z])|\b[Mm]a'am\b"
)
_WORD = re.compile(rf"[\w{_INDIC}]+")
_WOMAN = re.compile(r"(\w{3,})wom([ae]n)", re.IGNORECASE)
#: Case endings that the scripts of the region write onto a word. On a shorter stem they make other words.
_ENDINGS = re.compile(
    "(?:ले|लाई|को|का|की|के|मा|सँग|बाट|हरू|हरु|ने|से|में|को|কে|র|এর|ের|রা|দের|টি|গণ|ට|ගේ|ලා|க்கு|ுக்கு|ை|ின்|யை){1,2}$"
)
_LEAST_STEM = 3
#: Family names that are also the name of a trade: in small letters the word is the trade and stays, or whoever is
#: called so would lose their work.
_TRADE_NAMES = frozenset(
    "darzi damai damain lohar sonar sunar kami mochi sarki kumhar kumal nai hajam dhobi mistri mali teli kasai"
    " dhuniya majhi bhandari barhai badhai tamta chunara".split()
)


@cache
def telling_words() -> Mapping[str, str]:
    """Words that tell who somebody is, in lower case, and what stands in their place (mostly nothing)."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return MappingProxyType({row["word"]: row["instead"] for row in rows})


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, links, long numbers, ages, telling words and the given names."""
    for pattern in (_E_MAIL, _LINK, _NUMBER, _AGE, _ADDRESSED):
        text = pattern.sub(" ", text)
    text = _WORD.sub(_untold, text)
    for name in names:
        for part in re.split(r"[\s-]+", name):
            if len(part) > 2:
                # South Asian scripts write case endings onto a name.
                ending = "" if part.isascii() else f"[{_INDIC}]{{0,6}}"
                name_form = rf"(?<![\w{_INDIC}]){re.escape(part)}{ending}(?![\w{_INDIC}])"
                shown = part.casefold() in _TRADE_NAMES
                text = re.sub(
                    name_form,
                    lambda found, shown=shown: found[0] if shown and found[0].islower() else " ",  # type: ignore[misc]
                    text,
                    flags=re.IGNORECASE,
                )
    return " ".join(text.split())


def _untold(found: re.Match[str]) -> str:
    """A word as it may stay: a blank for a telling one, one form for two of a trade (*salesman*, *saleswoman*)."""
    word = found[0]
    instead = telling_words().get(word.casefold())
    if instead is None and not word.isascii():
        stem = _ENDINGS.sub("", word)
        if len(stem) >= _LEAST_STEM:
            instead = telling_words().get(stem)
    if instead is not None:
        return instead or " "
    if woman := _WOMAN.fullmatch(word):
        return f"{woman[1]}m{woman[2]}"
    return word
