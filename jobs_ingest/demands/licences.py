"""Licences, with their class and the country that issued them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from jobs_ingest.demands.clauses import Clause
from jobs_ingest.demands.lexicon import Hit, Lexicon, alternatives, closed, fold, grouped, starts_of, table
from profiling.coding import Coder, Found

GCC = ("AE", "BH", "KW", "OM", "QA", "SA")
_MARK = re.compile(r"[\s/,()&+.:-]+")
_STEPS = 9
#: Words that a phrase can do without.
_GLUE = frozenset(("and", "or", "the", "of", "a", "an", "s"))


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as read; no code where the class is not said."""

    start: int
    end: int
    code: str | None
    countries: tuple[str, ...]
    kind: str = "licence"


@cache
def countries() -> Lexicon[str]:
    """Names of the countries whose licence or experience is asked for."""
    return Lexicon(grouped(table("licences")["countries"]))


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """ISO codes, sorted, with the Gulf as its six countries."""
    codes: set[str] = set()
    for name in names:
        codes.update(GCC if name == "GCC" else (name,))
    return tuple(sorted(codes))


@cache
def _licences() -> Lexicon[str]:
    lists = table("licences")
    ways = {"driving": [*lists["driving"], *lists["short"]], "bare": lists["bare"]}
    return Lexicon(grouped(ways))


@cache
def _papers() -> Lexicon[str]:
    return Lexicon(grouped(table("licences")["papers"]))


@cache
def _beside() -> Lexicon[tuple[str, str]]:
    """Classes, countries and little words: what may stand beside the word licence."""
    lists = table("licences")
    entries = [(p, ("class", code)) for p, code in grouped(lists["classes"])]
    entries += [(p, ("country", code)) for p, code in grouped(lists["countries"])]
    return Lexicon(entries + [(p, ("", "")) for p in lists["between"]["words"]])


@lru_cache(maxsize=4)
def _beginnings(coder: Coder) -> frozenset[frozenset[str]]:
    """How the words of each phrase of the taxonomy's licences begin: endings differ, beginnings do not."""
    known = coder.taxonomy.licences.values()
    phrases = (phrase for licence in known for phrase in (*licence.phrases, licence.label))
    return frozenset(starts_of(" ".join(re.findall(r"[a-z0-9]+", fold(phrase)))) - _GLUE for phrase in phrases)


def may_name_licence(folded: str, coder: Coder) -> bool:
    """Whether a whole text can name one of the taxonomy's licences; a quick look before they are searched."""
    if not folded.isascii():
        return True
    starts = starts_of(folded)
    return any(begins <= starts for begins in _beginnings(coder))


def may_name_permit(folded: str) -> bool:
    """Whether a whole text can name a licence by the words of the lists; a quick look before ``licences``."""
    return _licences().stands_in(folded) or _papers().stands_in(folded)


@cache
def _not_held() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before a licence or behind it where nobody who applies must hold it."""
    lists = table("licences")["not_held"]
    articles = r"(?:(?:a|an|the|your|valid|own|and|or|maintain|keep)\s+){0,4}"
    return (
        re.compile(rf"(?<!\w)(?:{alternatives(lists['before'])})\s+{articles}$"),
        re.compile(rf"[\s(,:-]{{0,3}}(?:{alternatives(lists['behind'])})(?!\w)"),
    )


def _is_held(folded: str, clause: Clause, one: Licence) -> bool:
    before, behind = _not_held()
    said = folded[max(clause.start, one.start - 60) : one.start]
    return not before.search(said) and not behind.match(folded, one.end)


def licences(folded: str, clause: Clause, coded: Iterable[Found[str]]) -> list[Licence]:
    """The licences that a clause asks for; ``coded`` are those that the taxonomy's phrases found there.

    A licence that is still to be got, or is for other posts only, is none of them.
    """
    known = [hit for hit in coded if clause.start <= hit.start and hit.end <= clause.end]
    found: list[Licence] = []
    covered = clause.start
    for hit in _licences().find(folded, clause.start, clause.end):
        if hit.end <= covered:
            continue
        start, end, beside = _around(folded, max(clause.start, covered), clause.end, hit)
        classes: list[str | None] = list(dict.fromkeys(h.what[1] for h in beside if h.what[0] == "class"))
        classes += [k.what for k in known if k.start < end and k.end > start and k.what not in classes]
        where = expand(h.what[1] for h in beside if h.what[0] == "country")
        if hit.what == "bare" and not classes and not where:
            continue
        spans = [h for h in beside if h.what[0]]
        inner = [k for k in known if k.start < end and k.end > start]
        first = min([hit.start, *(h.start for h in spans), *(k.start for k in inner)])
        last = max([hit.end, *(h.end for h in spans), *(k.end for k in inner)])
        last = closed(folded, first, last)
        found += [Licence(first, last, code, where) for code in classes or [None]]
        covered = last
    seen = [(one.start, one.end) for one in found]
    named = [(k.start, k.end, k.what) for k in known]
    named += [(p.start, p.end, p.what) for p in _papers().find(folded, clause.start, clause.end)]
    for start, end, code in named:
        if not any(start < there[1] and end > there[0] for there in seen):
            found.append(Licence(start, end, code, ()))
            seen.append((start, end))
    return sorted(
        (one for one in found if _is_held(folded, clause, one)), key=lambda one: (one.start, one.code or "")
    )


def _around(folded: str, floor: int, ceiling: int, hit: Hit[str]) -> tuple[int, int, list[Hit[tuple[str, str]]]]:
    """How far words of class, country and glue reach on both sides of a licence, and which they are."""
    window = max(floor, hit.start - 70)
    words = list(_beside().find(folded, window, hit.start))
    beside: list[Hit[tuple[str, str]]] = []
    start, end = hit.start, hit.end
    for word in reversed(words[-_STEPS:]):
        if folded[word.end : start].strip(" /,()&+.:-"):
            break
        start = word.start
        beside.insert(0, word)
    for _ in range(_STEPS):
        gap = _MARK.match(folded, end)
        place = gap.end() if gap else end
        word_at = _beside().at(folded, place)
        # A comma begins another thing: "licence, Gulf experience".
        if word_at is None or word_at.end > ceiling or "," in folded[end:place]:
            break
        if word_at.what[0] == "" and folded[word_at.start : word_at.end] in (
            "must",
            "with",
            "and",
            "have",
            "having",
        ):
            break
        end = word_at.end
        beside.append(word_at)
    return start, end, beside
