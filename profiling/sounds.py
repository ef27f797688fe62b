"""How a word sounds, in Latin consonants, whatever script it is written in: *welder*, वेल्डर and ওয়েল্ডার alike.

Borrowed trade words travel between scripts by ear. A sound keeps the consonants, folds those that the scripts of
South Asia write for one another (aspirated and plain, *v* and *b*, *z* and *j*), and marks a vowel at the start.
It is a key for likeness, never a transliteration to show. Sinhala and the Indian scripts follow the Unicode code
charts; Bengali and Tamil lie in the same order as Devanagari.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: From U+0915: the consonants of Devanagari in the order of the code chart, which Bengali and Tamil share.
_INDIC = "kkggn" + "ccjjn" + "ttddn" + "ttddnn" + "pfbbm" + "yrrlllb" + "sssh"
#: U+0958 to U+095F: consonants with a dot.
_DOTTED = "kkgjrrfy"
#: From U+0D9A: the consonants of Sinhala, "-" where no letter is.
_SINHALA = "kkggnn" + "ccjjnnn" + "ttddnn" + "ttddn-n" + "ppbbmm" + "yr-l--b" + "sssh" + "lf"
_ARABIC = dict(
    zip(
        "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکكگلمنںوہھهیےيئءآؤة",
        "abpttsjchkddjrrjjsssjtj'gfkkkglmnnbhhhyyyyaabh",
        strict=True,
    )
)
_BLOCKS = {0x0900: "devanagari", 0x0980: "bengali", 0x0B80: "tamil"}
_OF_ENGLISH = (
    ("tech", "tek"), ("mech", "mek"), ("chem", "kem"), ("arch", "ark"), ("psych", "syk"), ("chr", "kr"),
    ("tion", "sn"), ("sion", "sn"), ("cian", "sn"), ("ture", "cr"), ("dge", "j"), ("tch", "c"), ("sch", "sk"),
    ("ph", "f"), ("sh", "s"), ("ch", "c!"), ("th", "t"), ("kh", "k"), ("gh", "g"), ("bh", "b"), ("dh", "d"),
    ("jh", "j"), ("ck", "k"), ("qu", "kb"), ("x", "ks"), ("z", "j"), ("q", "k"), ("w", "b"), ("v", "b"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_SOFT_G = re.compile(r"(?<!^)g(?=[eiy])(?!g)")
_HARD_C = re.compile(r"c(?!!)")
_NUKTA = "\u093c\u09bc"


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """The sound of one word; empty for digits and for scripts that are not known."""
    word = unicodedata.normalize("NFKC", word).casefold()
    if word.isascii():
        return _folded(_latin(word), vowel_first=word[:1] in tuple("aeiou"))
    first = unicodedata.normalize("NFKD", word[0])[0]
    if first.isascii():
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", word) if letter.isascii())
        return _folded(_latin(plain), vowel_first=plain[:1] in tuple("aeiou"))
    if "\u0600" <= first <= "\u06ff":
        return _folded(_arabic(word), vowel_first=first in "اآعأإ")
    return _indic(word)


def _latin(word: str) -> str:
    if word.startswith(("kn", "wr")):
        word = word[1:]
    word = _SOFT_G.sub("j", _SOFT_C.sub("s", word)) if not word.startswith("ch") else word
    for written, heard in _OF_ENGLISH:
        word = word.replace(written, heard)
    return _HARD_C.sub("k", word).replace("!", "")


def _arabic(word: str) -> str:
    return "".join(_ARABIC.get(letter, "") for letter in word[:1]) + "".join(
        "" if letter in "اعوہھهیےيئءآؤ" else _ARABIC.get(letter, "") for letter in word[1:]
    )


def _indic(word: str) -> str:
    # Bengali has no letter for w: it writes a vowel and a dotted y for it.
    word = unicodedata.normalize("NFD", word).replace("\u0993\u09af\u09bc", "\u09ac")
    heard = []
    for at, letter in enumerate(word):
        code = ord(letter)
        dotted = word[at + 1 : at + 2] in tuple(_NUKTA)
        if 0x0D80 <= code <= 0x0DFF:
            heard.append(_in(_SINHALA, code - 0x0D9A))
            continue
        block = code & ~0x7F
        if block not in _BLOCKS:
            continue
        offset = code - block - 0x15
        if 0 <= offset < len(_INDIC):
            heard.append(_dotted(block, offset) if dotted else _INDIC[offset])
        elif 0x58 <= code - block <= 0x5F:
            heard.append(_DOTTED[code - block - 0x58])
        elif code - block == 0x02:
            heard.append("n")
    return _folded("".join(heard), vowel_first=_starts_with_vowel(word))


def _dotted(block: int, offset: int) -> str:
    if block == 0x0980:
        return {0x1A: "y", 0x0D: "r", 0x0E: "r"}.get(offset, _INDIC[offset])
    return {0x07: "j", 0x0D: "r", 0x0E: "r"}.get(offset, _INDIC[offset])


def _in(table: str, offset: int) -> str:
    return table[offset].replace("-", "") if 0 <= offset < len(table) else ""


def _starts_with_vowel(word: str) -> bool:
    code = ord(word[0])
    return 0x0D85 <= code <= 0x0D96 if code >= 0x0D80 else 0x05 <= code & 0x7F <= 0x14


def _folded(heard: str, *, vowel_first: bool) -> str:
    """Consonants alone, none twice running, without *h* and *y* behind the first letter."""
    kept = "a" if vowel_first else ""
    for at, letter in enumerate(heard):
        if letter not in "bcdfgjklmnprst" and not (letter in "hy" and at == 0 and not vowel_first):
            continue
        if letter == kept[-1:]:
            continue
        kept += letter
    return kept
