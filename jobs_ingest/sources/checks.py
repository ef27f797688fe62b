"""What makes a row unreadable whatever its columns hold: zero bytes, formulas, mixed encodings, legacy fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from jobs_ingest.demands.lexicon import table

#: Characters of one cell; a whole advert has below 20,000.
MAX_CELL = 1_000_000
#: A cell that a spreadsheet would calculate: ``=A1*2``, ``=HYPERLINK(...)``; not ``= 5`` or ``=``.
_FORMULA = re.compile(r"=[A-Za-z$(@+\-\d'\"]")
#: UTF-8 that was read as CP1252: a lead byte shown as a letter, then a shown continuation byte.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
)
_LEAST_MOJIBAKE = 3
#: Share of the words of a text that must be words of a legacy font, and how many at least.
_SHARE, _LEAST_WORDS = 0.12, 2


@cache
def _fonts() -> tuple[tuple[str, frozenset[str], re.Pattern[str] | None], ...]:
    """Fonts by name: words as they come out in Latin letters, and signs that only this font puts into words."""
    return tuple(
        (name, frozenset(font["words"]), re.compile(font["signs"]) if "signs" in font else None)
        for name, font in table("legacy_fonts").items()
    )


@cache
def _all_words() -> frozenset[str]:
    return frozenset(word for _, known, _ in _fonts() for word in known)


def legacy_font(text: str) -> str | None:
    """The legacy font (Preeti, Bijoy, ...) that a text was typed for: Latin letters that show as another script.

    None when the text is Unicode, or too short to tell.
    """
    words = text.split()
    if _all_words().isdisjoint(words):
        return None
    for name, known, signs in _fonts():
        if known.isdisjoint(words):
            continue
        sure = sum(1 for word in words if word in known)
        likely = sum(1 for word in words if signs.search(word) and word not in known) if signs else 0
        if sure + likely >= max(_LEAST_WORDS, _SHARE * len(words)):
            return name
    return None


def complaint(cells: Mapping[str, str]) -> tuple[str, str] | None:
    """The field and the plain sentence why these cells cannot be taken in, or None."""
    for field, text in cells.items():
        if reason := _of_cell(text):
            return field, reason
    joined = "\n".join(cells.values())
    if font := legacy_font(joined):
        return "row", (
            f"looks typed for the font {font}, not in Unicode; convert the text to Unicode "
            "(a converter for this font does it) and give it again"
        )
    return None


def _of_cell(text: str) -> str | None:
    if len(text) > MAX_CELL:
        return f"has {len(text):,} characters; at most {MAX_CELL:,} are read. Shorten it"
    if "\0" in text:
        return "holds a zero byte; it was damaged when it was saved. Save the file again as CSV in UTF-8"
    if _FORMULA.match(text):
        return f"is a formula ({text[:30]!r}); put its value there instead"
    if not text.isascii() and len(_MOJIBAKE.findall(text)) >= _LEAST_MOJIBAKE and _was_utf8(text):
        return "mixes encodings (letters show as signs such as à¤); save the file again as CSV in UTF-8"
    return None


def _was_utf8(text: str) -> bool:
    """Whether some run of the text is UTF-8 that was read as CP1252."""
    for run in re.findall("[\u0080-\uffff]{2,}", text):
        raw = b"".join(_byte(letter) for letter in run)
        if any(ord(letter) >= 0x80 for letter in raw.decode("utf-8", "ignore")):
            return True
    return False


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return bytes([ord(letter)]) if ord(letter) < 256 else b""
