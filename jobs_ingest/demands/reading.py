"""From the text of a vacancy or course to what it asks for or teaches. Pure: the same text, the same reading.

Neither sex, age, marriage nor faith is read here; no word list of this package holds a word for them
but to end the words of a field of study and to tell an age from experience.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from typing import TypeVar

from jobs_ingest.demands.choices import of_one_wish, options
from jobs_ingest.demands.clauses import (
    ABOUT,
    EDUCATION,
    EXPERIENCE,
    FACTS,
    LENGTH,
    OFFER,
    OPEN,
    REQUIREMENTS,
    WISHES,
    Clause,
    bare_clauses,
    weighed,
)
from jobs_ingest.demands.education import Schooling, schoolings
from jobs_ingest.demands.experience import Experience, experiences
from jobs_ingest.demands.languages import Language, languages
from jobs_ingest.demands.lexicon import Lexicon, fold, grouped, table
from jobs_ingest.demands.licences import Licence, licences, may_name_licence
from jobs_ingest.demands.look import Looked
from jobs_ingest.demands.shorthand import named_skills
from jobs_ingest.demands.values import (
    Demands,
    EducationDemand,
    ExperienceDemand,
    LanguageDemand,
    LicenceDemand,
    Option,
    SkillDemand,
    SkillLevel,
    Wish,
)
from jobs_ingest.demands.wanting import NOT_NEEDED, default_wish, wishes
from profiling.coding import Coder, Found

SILENT = frozenset({OFFER, ABOUT, FACTS, LENGTH})
#: "No supervisory experience" says nothing of other experience.
_OF_A_KIND = re.compile(
    r"\bno\s+(?!(?:prior|previous|work|any|specific|minimum|past|earlier|job|such|relevant)\s)[a-z]+\s+$"
)
_LEVEL_REACH, _YEARS_REACH = 40, 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SkillFound:
    """A skill as read."""

    start: int
    end: int
    code: str
    level: SkillLevel | None = None
    years: float | None = None
    kind: str = "skill"


Item = SkillFound | Experience | Schooling | Licence | Language


@dataclass(frozen=True, slots=True)
class Said:
    """A thing that a clause names, with how much it is wanted and the choice in which it stands."""

    item: Item
    wish: Wish
    explicit: bool
    clause: Clause
    option: Option | None


@cache
def _skill_levels() -> Lexicon[str]:
    return Lexicon(grouped(table("wishes")["skill_levels"]))


def read_demands(text: str, coder: Coder, *, skills: bool = True) -> Demands:
    """What a vacancy's text asks for, each with its words; ``skills`` can be left out where they are known."""
    said = [one for one in read_all(text, coder, skills=skills) if one.clause.section not in SILENT]
    return Demands(
        skills=tuple(skills_of(text, said)),
        experience=tuple(_open_to_beginners(once(experience_of(text, one) for one in said))),
        education=tuple(once(education_of(text, one) for one in said)),
        licences=tuple(once(_licence(text, one) for one in said)),
        languages=tuple(_merged(_language(text, one) for one in said)),
    )


def read_all(text: str, coder: Coder, *, skills: bool = True) -> list[Said]:
    if not text or text.isspace():
        return []
    folded = fold(text)
    named = named_skills(text, folded, coder) if skills else []
    permits = coder.licences(text) if may_name_licence(folded, coder) else []
    looked = Looked.at(folded)
    if not named and not permits and not looked.anything:
        return []
    skill_starts, permit_starts = [s.start for s in named], [p.start for p in permits]
    numbers = count(1)
    found: list[Said] = []
    for clause in bare_clauses(text, folded):
        inside = _within(named, skill_starts, clause), _within(permits, permit_starts, clause)
        if not (any(inside) or looked.anything):
            continue
        items = _items(text, folded, looked, clause, *inside)
        if not items:
            continue
        section, clause = clause.section, weighed(folded, clause)
        if clause.section != section:
            # Words that speak of the firm ask for less.
            items = _items(text, folded, looked, clause, *inside)
        if any(item.kind != "skill" for item in items):
            clause = replace(clause, cue=True)
        if not items:
            continue
        wanted = wishes(folded, clause, items)
        chosen = of_one_wish(options(folded, clause, items, numbers), wanted)
        for item, wish, option in zip(_own_levels(items, wanted), wanted, chosen, strict=True):
            if one := _said(folded, clause, item, wish, option):
                found.append(one)
    return found


def _own_levels(items: Sequence[Item], wanted: Sequence[str | None]) -> Iterable[Item]:
    """The items, without a level that was said of a language wanted otherwise: "Fluent English, Arabic a plus"."""
    first: str | None = None
    for item, wish in zip(items, wanted, strict=True):
        if isinstance(item, Language):
            if not item.shared:
                first = wish
            elif wish != first:
                item = replace(item, level=None)
        yield item


def _within(found: Sequence[Found[str]], starts: list[int], clause: Clause) -> Sequence[Found[str]]:
    return found[bisect_left(starts, clause.start) : bisect_left(starts, clause.end)]


def _items(
    text: str,
    folded: str,
    looked: Looked,
    clause: Clause,
    skills: Sequence[Found[str]],
    permits: Sequence[Found[str]],
) -> list[Item]:
    schooled = schoolings(text, folded, clause) if looked.schooling or clause.topic == EDUCATION else []
    known = experiences(text, folded, clause) if looked.experience or clause.topic == EXPERIENCE else []
    spoken = languages(folded, clause, [(s.start, s.end) for s in schooled]) if looked.language else []
    held = licences(folded, clause, permits) if looked.licence or permits else []
    items: list[Item] = [*schooled, *known, *spoken, *held]
    # "forklift licence" asks for the licence, "Diploma in welding" for the diploma, "fluent English" for English.
    holders: list[Licence | Schooling] = [*held, *schooled]
    named = [(h.start, h.end) for h in holders]
    alone = [s for s in skills if not any(start <= s.start and s.end <= end for start, end in named)]
    alone = [s for s in alone if not any(one.start < s.end and s.start < one.end for one in spoken)]
    items += _levelled(folded, clause, alone, known)
    return sorted(items, key=lambda item: (item.start, item.end))


def _levelled(
    folded: str, clause: Clause, skills: Sequence[Found[str]], known: Sequence[Experience]
) -> Iterable[SkillFound]:
    """Skills with the level said before them and the years said of them."""
    last = clause.start
    for skill in skills:
        floor = max(
            clause.start, skill.start - _LEVEL_REACH, last, folded.rfind(",", clause.start, skill.start) + 1
        )
        words = list(_skill_levels().find(folded, floor, skill.start))
        years = None
        for one in known:
            counted = one.quantity and one.quantity.unit == "years"
            if counted and 0 <= skill.start - one.end <= _YEARS_REACH and "," not in folded[one.end : skill.start]:
                years = one.quantity.least if one.quantity else None
        yield SkillFound(skill.start, skill.end, skill.what, SkillLevel(words[-1].what) if words else None, years)
        last = skill.end if skill.end > last else last


def _said(folded: str, clause: Clause, item: Item, wish: str | None, option: Option | None) -> Said | None:
    if wish == NOT_NEEDED:
        before = folded[max(clause.start, item.start - 40) : item.start]
        if isinstance(item, Experience) and not item.countries and not _OF_A_KIND.search(before):
            item = replace(item, least=0, most=None)
            return Said(item, Wish.ESSENTIAL, True, clause, None)
        return None
    # The bare word "experience" is a demand only where somebody says that it is.
    bare = isinstance(item, Experience) and (item.least, item.most, item.countries) == (None, None, ())
    if bare and wish is None and option is None:
        return None
    explicit = wish is not None or clause.section in (REQUIREMENTS, WISHES)
    return Said(item, Wish(wish) if wish else default_wish(clause), explicit, clause, option)


def skills_of(text: str, said: Iterable[Said]) -> Iterable[SkillDemand]:
    """Each skill once: where it is said most clearly, else where it is wanted most, else where it comes first."""
    best: dict[str, SkillDemand] = {}
    rank: dict[str, tuple[bool, bool]] = {}
    for one in said:
        item = one.item
        if not isinstance(item, SkillFound):
            continue
        duty = not one.explicit and not (one.clause.section == OPEN and one.clause.cue)
        new = SkillDemand(
            item.code, text[item.start : item.end], item.start, item.end, one.wish, item.level, item.years, duty
        )
        place = (not duty, one.wish is Wish.ESSENTIAL)
        old = best.get(item.code)
        if old is None or place > rank[item.code]:
            best[item.code] = new
            rank[item.code] = place
        kept, other = best[item.code], old if best[item.code] is new and old else new
        if (kept.level or other.level, kept.years or other.years) != (kept.level, kept.years):
            kept = replace(kept, level=kept.level or other.level, years=kept.years or other.years)
        best[item.code] = kept
    return sorted(best.values(), key=lambda skill: (skill.start, skill.code))


def experience_of(text: str, one: Said) -> ExperienceDemand | None:
    item = one.item
    if not isinstance(item, Experience):
        return None
    words = text[item.start : item.end]
    return ExperienceDemand(
        item.least, item.most, words, item.start, item.end, one.wish, item.countries, one.option
    )


def education_of(text: str, one: Said) -> EducationDemand | None:
    item = one.item
    if not isinstance(item, Schooling):
        return None
    return EducationDemand(
        item.level, item.field, text[item.start : item.end], item.start, item.end, one.wish, one.option
    )


def _licence(text: str, one: Said) -> LicenceDemand | None:
    item = one.item
    if not isinstance(item, Licence):
        return None
    return LicenceDemand(
        item.code, item.countries, text[item.start : item.end], item.start, item.end, one.wish, one.option
    )


def _language(text: str, one: Said) -> LanguageDemand | None:
    item = one.item
    if not isinstance(item, Language):
        return None
    words = text[item.start : item.end]
    return LanguageDemand(item.code, item.level, item.skills, words, item.start, item.end, one.wish, one.option)


def once(found: Iterable[T | None]) -> Iterable[T]:
    """Without what only repeats an earlier demand; what stands in a choice is always kept."""
    seen: set[object] = set()
    for one in [one for one in found if one is not None]:
        key = replace(one, words="", start=0, end=0, option=None)  # type: ignore[type-var]
        alone = getattr(one, "option", None) is None
        if alone and key in seen:
            continue
        seen.add(key)
        yield one


def _open_to_beginners(found: Iterable[ExperienceDemand]) -> Iterable[ExperienceDemand]:
    """Where beginners may come as well, the years that are named are a wish."""
    listed = list(found)
    if not any(one.least == 0 and one.most is None for one in listed):
        return listed
    return [replace(one, wish=Wish.WISHED) if one.least != 0 and one.option is None else one for one in listed]


def _merged(found: Iterable[LanguageDemand | None]) -> Iterable[LanguageDemand]:
    """Each language once; a second mention adds the level and the uses that the first did not say."""
    known: dict[str, LanguageDemand] = {}
    met: set[int] = set()
    for one in found:
        if one is None:
            continue
        old = known.get(one.code)
        if old is None:
            known[one.code] = one
            continue
        wish = Wish.ESSENTIAL if Wish.ESSENTIAL in (old.wish, one.wish) else old.wish
        uses = tuple(use for use in ("read", "write", "speak") if use in (*old.skills, *one.skills))
        # A language asked for on its own is no longer one of several that would do.
        option = old.option if one.option else None
        known[one.code] = replace(old, level=old.level or one.level, skills=uses, wish=wish, option=option)
        if old.option or one.option:
            met |= {o.choice for o in (old.option, one.option) if o and option is None}
    # "English essential" answers "English or French" too.
    return [one for one in known.values() if not (one.option and one.option.choice in met)]
