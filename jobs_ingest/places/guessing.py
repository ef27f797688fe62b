"""Misspelt names of places, read only where one place alone is near enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from jobs_ingest.places.gazetteer import Kind, Sense, gazetteer

_SHORTEST = 6
_LONG = 9
#: Ordinary words of adverts that are a letter or two from the name of a place.
_NOT_MISSPELT = frozenset(
    "anywhere manager market station factory office branch remote various hybrid onsite central western eastern"
    " southern northern location locations district province division national company limited permanent contract"
    " negotiable immediate experience graduate freshers fresher banking trading finance sales salary training"
    " industrial international corporate building plaza tower square garden college university hospital school"
    " housing society colony sector avenue street village municipality corporation executive officer engineer"
    " operations full-time fulltime nationwide country worldwide islands island region territory capital"
    " city".split()
)


@cache
def _spellings() -> dict[tuple[str, str], dict[str, tuple[Sense, ...]]]:
    """The long names of one word that are not weak, by country and first letter."""
    found: dict[tuple[str, str], dict[str, tuple[Sense, ...]]] = defaultdict(dict)
    for name, senses in gazetteer().senses.items():
        if len(name) < _SHORTEST or " " in name or not name.isascii():
            continue
        for country in {sense.country for sense in senses if sense.home and not sense.weak}:
            found[country, name[0]][name] = tuple(s for s in senses if s.country == country and not s.weak)
    return found


def guess(word: str, countries: Sequence[str]) -> tuple[Sense, ...]:
    """What a folded word may mean in one of some countries when a letter, in long words two, is wrong.

    Empty unless the nearest names are of one district.
    """
    if len(word) < _SHORTEST or not word.isascii() or not word.isalpha() or word in _NOT_MISSPELT:
        return ()
    wrong = 2 if len(word) >= _LONG else 1
    nearest: dict[int, set[tuple[Sense, ...]]] = defaultdict(set)
    for country in countries:
        names = _spellings().get((country, word[0]), {})
        for name, distance, _ in process.extract(
            word, names.keys(), scorer=OSA.distance, processor=None, limit=4, score_cutoff=wrong
        ):
            nearest[int(distance)].add(names[name])
    if not nearest:
        return ()
    senses = set().union(*nearest[min(nearest)])
    places = {
        (sense.country, sense.province, sense.district) for sense in senses if sense.kind is not Kind.PROVINCE
    }
    return tuple(senses) if len(places) == 1 else ()
