"""Skills as adverts name them in short, beside the phrases of the taxonomy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jobs_ingest.demands.lexicon import Lexicon, fold, table
from profiling.coding import Coder, Found


@cache
def _phrases() -> Lexicon[tuple[str, ...]]:
    codes: dict[str, list[str]] = {}
    for code, phrases in table("skills")["phrases"].items():
        for phrase in phrases:
            codes.setdefault(fold(phrase), []).append(code)
    return Lexicon((phrase, tuple(named)) for phrase, named in codes.items())


@cache
def _not() -> dict[str, tuple[str, ...]]:
    return {code: tuple(map(fold, words)) for code, words in table("skills")["not"].items()}


def named_skills(text: str, folded: str, coder: Coder) -> list[Found[str]]:
    """The skills that a text names in the taxonomy's phrases or in an advert's shorthand, in their order."""
    found = [hit for hit in coder.skills(text) if not _means_something_else(folded, hit)]
    known = coder.taxonomy.skills
    for short in _phrases().find(folded):
        for code in short.what:
            if code in known and not _overlaps(found, code, short.start, short.end):
                found.append(Found(code, text[short.start : short.end], short.start, short.end))
    return sorted(found, key=lambda hit: (hit.start, hit.end, hit.what))


def _overlaps(found: Sequence[Found[str]], code: str, start: int, end: int) -> bool:
    return any(hit.what == code and hit.start < end and start < hit.end for hit in found)


def _means_something_else(folded: str, hit: Found[str]) -> bool:
    said = folded[hit.start : hit.end]
    return any(words in said for words in _not().get(hit.what, ()))
