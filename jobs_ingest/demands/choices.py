"""Which demands are alternatives to each other: *B.E. or 10 years*, *Hindi/Urdu*, *SSC, HSC or diploma*."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count, pairwise

from jobs_ingest.demands.clauses import EDUCATION, EXPERIENCE, Clause
from jobs_ingest.demands.lexicon import tokens, word_set
from jobs_ingest.demands.values import Option
from jobs_ingest.demands.wanting import Named

_BRACKETED = re.compile(r"\([^()]*\)")
_REACH = 60


def options(folded: str, clause: Clause, named: Sequence[Named], numbers: count[int]) -> list[Option | None]:
    """The option of each thing named in a clause; ``numbers`` gives each choice its number."""
    found: list[Option | None] = [None] * len(named)
    for kinds in ((EDUCATION, EXPERIENCE), ("language",), ("licence",)):
        chain: list[int] = []
        links: list[str] = []
        for at, item in enumerate(named):
            if item.kind not in kinds:
                continue
            link = _link(folded, named, chain[-1], at) if chain else None
            if link:
                links.append(link)
            elif chain:
                _choose(named, chain, links, found, numbers)
                chain, links = [], []
            chain.append(at)
        if chain:
            _choose(named, chain, links, found, numbers)
    return found


def _link(folded: str, named: Sequence[Named], one: int, other: int) -> str | None:
    """How two neighbours hang together: or, with, a comma; None when they do not."""
    start, end = named[one].end, named[other].start
    if end - start > _REACH:
        return None
    if end <= start:
        return "or" if named[one].kind == named[other].kind == "licence" else None
    said = set(tokens(_BRACKETED.sub(" ", folded[start:end])))
    either, both = word_set("links", "choice", "or"), word_set("links", "choice", "with")
    if not said or said - either - both - word_set("links", "choice", "between"):
        return None
    if said & either:
        return "or"
    if said & both:
        return "with"
    if said == {","}:
        return "comma"
    return None


def _choose(
    named: Sequence[Named], chain: list[int], links: list[str], found: list[Option | None], numbers: count[int]
) -> None:
    schooling = named[chain[0]].kind in (EDUCATION, EXPERIENCE)
    if "or" not in links and not (schooling and _only_levels(named, chain, links)):
        return
    groups: list[list[int]] = [[chain[0]]]
    for (before, at), link in zip(pairwise(chain), links, strict=True):
        same = named[before].kind == named[at].kind
        if link == "or" or (link == "comma" and same):
            groups.append([at])
        else:
            groups[-1].append(at)
    kinds = [{named[at].kind for at in group} for group in groups]
    # "Diploma or B.E. with 3 years": what only the last option adds belongs to all of them.
    if len(groups) > 1 and len(kinds[-1]) > 1 and all(kind == kinds[0] and len(kind) == 1 for kind in kinds[:-1]):
        groups[-1] = [at for at in groups[-1] if named[at].kind in kinds[0]]
    if len(groups) < 2 or any(not group for group in groups):
        return
    choice = next(numbers)
    for number, group in enumerate(groups):
        for at in group:
            found[at] = Option(choice, number)


def _only_levels(named: Sequence[Named], chain: list[int], links: list[str]) -> bool:
    """A plain list of levels, "SSC, HSC", is a choice: nobody is asked for both."""
    levels = len(chain) > 1 and all(named[at].kind == EDUCATION for at in chain)
    return levels and "comma" in links and "with" not in links


def of_one_wish(chosen: list[Option | None], wanted: list[str | None]) -> list[Option | None]:
    """Without the choices of which one option is wished more than another: "diploma, preferably a degree"."""
    wishes_of: dict[int, set[str | None]] = {}
    for option, wish in zip(chosen, wanted, strict=True):
        if option:
            wishes_of.setdefault(option.choice, set()).add(wish)
    return [option if option and len(wishes_of[option.choice]) == 1 else None for option in chosen]
