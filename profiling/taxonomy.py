"""The taxonomy as a value: ISCO-08 groups, occupations (starter trades), skills, licences.

The starter taxonomy lives in ``profiling/data`` as TOML that people can read and correct.
This module reads it, refuses what does not hold together, and offers look-ups.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from profiling.codes import IscoCode
from profiling.errors import InputError

STARTER = Path(__file__).parent / "data"
STARTER_SCHEME = "starter"
NATIVE_LANGUAGES = ("ne", "hi", "bn", "si", "ta", "ur")
#: An occupation code that stands for a whole ISCO-08 group: a title such as "driver" names no single trade.
GROUP = "isco:"
#: Closeness of two titles that name the same group, by the digits of its code.
_SAME_GROUP = {4: 0.95, 3: 0.8, 2: 0.6}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TaxonomyError(InputError):
    """The taxonomy files contradict themselves; each problem is one line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The taxonomy does not hold together:\n  " + "\n  ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Name:
    """One name of an occupation. ``shared`` marks a name that several occupations carry."""

    text: str
    language: str
    shared: bool = False


@dataclass(frozen=True)
class Occupation:
    """An occupation; ``skills`` are the codes of the skills that are usual in it."""

    code: str
    isco: IscoCode
    label: str
    names: tuple[Name, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Skill:
    """A skill; ``phrases`` are the words by which it is recognised in a text."""

    code: str
    label: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Licence:
    """A permit required by law; ``implies`` names the permits that it includes."""

    code: str
    label: str
    phrases: tuple[str, ...]
    implies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taxonomy:
    """What the rest of Hunar asks: occupations, skills, licences and ISCO titles by code."""

    version: str
    isco_groups: dict[str, str]
    occupations: dict[str, Occupation]
    skills: dict[str, Skill]
    licences: dict[str, Licence] = field(default_factory=dict)
    #: Titles that hold a trade's name and are none: *information security officer*.
    other_titles: tuple[str, ...] = ()

    def usual_skills(self, occupation: str | None) -> tuple[str, ...]:
        """Codes of the skills that are usual in an occupation; empty when it is not coded."""
        found = self.occupations.get(occupation or "")
        return found.skills if found else ()

    def isco_of(self, occupation: str | None) -> IscoCode | None:
        """The ISCO-08 group of an occupation (or of a group's own code), or None when it is not coded."""
        if occupation is None:
            return None
        if occupation.startswith(GROUP):
            return IscoCode(occupation.removeprefix(GROUP))
        found = self.occupations.get(occupation)
        return found.isco if found else None

    def label(self, occupation: str) -> str:
        """The English name of an occupation or of a group."""
        found = self.occupations.get(occupation)
        if found:
            return found.label
        return self.isco_groups.get(occupation.removeprefix(GROUP), occupation)

    def closeness(self, one: str | None, other: str | None) -> float | None:
        """1 for the same occupation, .85 for the same ISCO-08 unit group, then by ISCO distance."""
        if one is None or other is None:
            return None
        if one == other:
            return _SAME_GROUP[len(one) - len(GROUP)] if one.startswith(GROUP) else 1.0
        a, b = self.isco_of(one), self.isco_of(other)
        if a is None or b is None:
            return None
        return 0.85 * a.closeness(b)

    def with_implied(self, licences: frozenset[str]) -> frozenset[str]:
        """The licences and all that they include."""
        held = set(licences)
        for code in licences:
            if code in self.licences:
                held.update(self.licences[code].implies)
        return frozenset(held)

    @cached_property
    def skill_use(self) -> dict[str, int]:
        """In how many occupations each skill is usual."""
        use: dict[str, int] = defaultdict(int)
        for occupation in self.occupations.values():
            for code in occupation.skills:
                use[code] += 1
        return dict(use)


def read_starter(folder: Path = STARTER) -> Taxonomy:
    """Read and check the starter taxonomy. Raises TaxonomyError with every problem found."""
    problems: list[str] = []
    groups = _read_isco(folder / "isco08.csv")
    skills = _with_words(_read_skills(folder, problems), folder / "skill_words", problems)
    occupations = _read_trades(folder, groups, skills, problems)
    licences = _read_licences(folder, problems)
    problems += _orphans(occupations, skills) + _unmarked_names(occupations)
    if problems:
        raise TaxonomyError(problems)
    return Taxonomy("starter-1", groups, occupations, skills, licences, _read_other_titles(folder))


def _read_other_titles(folder: Path) -> tuple[str, ...]:
    path = folder / "other_titles.toml"
    return tuple(str(title) for title in tomllib.loads(path.read_text(encoding="utf-8"))["titles"])


def _read_isco(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {str(IscoCode(row["code"])): row["title"] for row in csv.DictReader(file)}


def _tables(folder: Path) -> Iterator[tuple[str, str, dict[str, object]]]:
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise TaxonomyError([f"{path.name}: {error}"]) from error
        for code, table in content.items():
            yield path.name, code, table


def _texts(table: dict[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    return tuple(str(item).strip() for item in value) if isinstance(value, list) else ()


def _read_skills(folder: Path, problems: list[str]) -> dict[str, Skill]:
    skills: dict[str, Skill] = {}
    for file, code, table in _tables(folder / "skills"):
        if not _CODE.fullmatch(code):
            problems.append(f"{file}: skill code {code!r} is not lower-case words joined by hyphens")
        if code in skills:
            problems.append(f"{file}: skill {code} stands twice")
        skills[code] = Skill(code, str(table.get("label", "")), _texts(table, "phrases"))
        if not skills[code].label or not skills[code].phrases:
            problems.append(f"{file}: skill {code} needs a label and phrases")
    return skills


def _with_words(skills: dict[str, Skill], folder: Path, problems: list[str]) -> dict[str, Skill]:
    """The skills with the phrases of other languages: a file each, so that a speaker can correct one language."""
    found = dict(skills)
    for path in sorted(folder.glob("*.tsv")):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code, tab, phrases = text.partition("\t")
            if not text or text.startswith("#"):
                continue
            if code not in found or not tab:
                problems.append(f"{path.name}, line {line}: {code[:40]!r} is no skill, or has no phrases")
                continue
            skill = found[code]
            more = (phrase.strip() for phrase in phrases.split("|"))
            kept = dict.fromkeys((*skill.phrases, *filter(None, more)))
            found[code] = Skill(code, skill.label, tuple(kept))
    return found


def _read_licences(folder: Path, problems: list[str]) -> dict[str, Licence]:
    path = folder / "licences.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    licences = {
        code: Licence(code, str(table["label"]), _texts(table, "phrases"), _texts(table, "implies"))
        for code, table in content.items()
    }
    for licence in licences.values():
        problems += [
            f"licences.toml: {licence.code} implies unknown {other}"
            for other in licence.implies
            if other not in licences
        ]
    return licences


def _read_trades(
    folder: Path, groups: dict[str, str], skills: dict[str, Skill], problems: list[str]
) -> dict[str, Occupation]:
    trades: dict[str, Occupation] = {}
    for file, code, table in _tables(folder / "trades"):
        isco = str(table.get("isco", ""))
        if isco not in groups or len(isco) != 4:
            problems.append(f"{file}: {code} has {isco!r}, which is no ISCO-08 unit group")
            continue
        if code in trades or not _CODE.fullmatch(code):
            problems.append(f"{file}: trade code {code!r} stands twice or is misspelt")
        wanted = _texts(table, "skills")
        problems += [f"{file}: {code} names unknown skill {s}" for s in wanted if s not in skills]
        if not 8 <= len(set(wanted)) <= 20 or len(set(wanted)) != len(wanted):
            problems.append(f"{file}: {code} has {len(set(wanted))} different skills; 8 to 20 are asked")
        names = tuple(_names(table))
        missing = [lang for lang in NATIVE_LANGUAGES if not _texts(table, lang)]
        if missing or not _texts(table, "site"):
            problems.append(f"{file}: {code} has no names for {missing or 'site'}")
        trades[code] = Occupation(code, IscoCode(isco), str(table.get("label", "")), names, wanted)
    return trades


def _names(table: dict[str, object]) -> Iterator[Name]:
    shared = {name.casefold() for name in _texts(table, "shared_names")}
    listed = [("en", str(table.get("label", "")))]
    listed += [("en", text) for text in _texts(table, "site")]
    listed += [("roman", text) for text in _texts(table, "home")]
    listed += [(lang, text) for lang in NATIVE_LANGUAGES for text in _texts(table, lang)]
    seen: set[str] = set()
    for language, text in listed:
        if text and text.casefold() not in seen:
            seen.add(text.casefold())
            yield Name(text, language, text.casefold() in shared)
    for text in _texts(table, "shared_names"):
        if text.casefold() not in seen:
            yield Name(text, "roman", True)


def _orphans(occupations: dict[str, Occupation], skills: dict[str, Skill]) -> list[str]:
    used = {code for occupation in occupations.values() for code in occupation.skills}
    return [f"skill {code} belongs to no trade" for code in skills if code not in used]


def _unmarked_names(occupations: dict[str, Occupation]) -> list[str]:
    owners: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for occupation in occupations.values():
        for name in occupation.names:
            owners[name.text.casefold()].append((occupation.code, name.shared))
    return [
        f"name {text!r} points to {', '.join(code for code, _ in found)} and is not in shared_names of each"
        for text, found in owners.items()
        if len(found) > 1 and not all(shared for _, shared in found)
    ]
