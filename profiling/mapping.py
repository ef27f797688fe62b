"""A mapping file: how the columns of somebody else's file become Hunar's.

TOML with these tables, all optional but ``columns``::

    source = "chamber-of-commerce"      # name under which the rows are kept apart
    ignore = ["Serial"]                 # columns that are left out on purpose

    [columns]                           # our column = their column, or a list that is joined by line breaks
    title = "Job title"
    description = ["Duties", "Notes"]

    [constants]                         # our column = the same text in each row
    country = "Nepal"

    [values.status]                     # their cell = our cell
    "Live" = "open"

    [extract]                           # our column = a pattern; its first group is kept, else the cell is empty
    experience_years = '(\\d+)'

    [split]                             # our list column = the separator that they use
    wished_skills = ","

    [drop]                              # our list column = a pattern of items that are noise
    wished_skills = '\\d+ days? ago'

    [[when]]                            # fills our columns that are still empty when a column fits a pattern
    column = "place"
    matches = 'Cairo|Giza'
    set = { country = "EG" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from profiling.errors import InputError
from profiling.tabular import column_key

_TABLES = {"source", "ignore", "columns", "constants", "values", "extract", "split", "drop", "when"}


class MappingProblem(InputError):
    """The mapping file does not fit its format or the file that it maps."""


@dataclass(frozen=True)
class Rule:
    """Fills empty columns when another column fits a pattern."""

    column: str
    matches: re.Pattern[str]
    fills: dict[str, str]


@dataclass(frozen=True)
class Mapping:
    """A mapping that has been read and checked."""

    source: str | None = None
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    extract: dict[str, re.Pattern[str]] = field(default_factory=dict)
    split: dict[str, str] = field(default_factory=dict)
    drop: dict[str, re.Pattern[str]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    ignore: frozenset[str] = frozenset()

    def targets(self) -> set[str]:
        """Our columns that this mapping fills."""
        return set(self.columns) | set(self.constants) | {name for rule in self.rules for name in rule.fills}

    def check(self, theirs: tuple[str, ...]) -> None:
        """Refuse a mapping that names columns the file lacks, or leaves some of the file unnamed."""
        used = {name for names in self.columns.values() for name in names}
        missing = sorted((used | self.ignore) - set(theirs))
        if missing:
            raise MappingProblem(
                f"The mapping names {', '.join(missing)}, but the file has only {', '.join(theirs)}."
            )
        unnamed = [name for name in theirs if name not in used | self.ignore]
        if unnamed:
            raise MappingProblem(
                f"The mapping says nothing of the file's {', '.join(unnamed)}. "
                "Map each of them or list it under ignore."
            )

    def apply(self, cells: dict[str, str]) -> dict[str, str]:
        """Their cells as ours."""
        ours = dict(self.constants)
        for name, theirs in self.columns.items():
            text = "\n".join(cells[t] for t in theirs if cells.get(t))
            ours[name] = self._clean(name, text)
        for rule in self.rules:
            if rule.matches.search(ours.get(rule.column, "")):
                for name, text in rule.fills.items():
                    ours[name] = ours.get(name) or text
        return ours

    def _clean(self, name: str, text: str) -> str:
        text = self.values.get(name, {}).get(text, text)
        if name in self.extract:
            found = self.extract[name].search(text)
            text = found[1] if found else ""
        if name in self.split:
            separator = self.split[name]
            # A semicolon within their item would end ours.
            plain = text if separator == ";" else text.replace(";", ",")
            items = [item.strip() for item in plain.split(separator)]
            noise = self.drop.get(name)
            text = ";".join(item for item in items if item and not (noise and noise.fullmatch(item)))
        return text


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises MappingProblem with the place."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise MappingProblem(f"{path.name}: cannot be read as TOML ({error}).") from error
    unknown = sorted(set(content) - _TABLES)
    if unknown:
        raise MappingProblem(f"{path.name}: unknown {', '.join(unknown)}; known are {', '.join(sorted(_TABLES))}.")
    try:
        mapping = Mapping(
            source=content.get("source"),
            columns={name: _names(value) for name, value in content.get("columns", {}).items()},
            constants={name: str(value) for name, value in content.get("constants", {}).items()},
            values={
                name: {their: str(ours) for their, ours in table.items()}
                for name, table in content.get("values", {}).items()
            },
            extract={n: re.compile(p, re.IGNORECASE) for n, p in content.get("extract", {}).items()},
            split=dict(content.get("split", {})),
            drop={n: re.compile(p, re.IGNORECASE) for n, p in content.get("drop", {}).items()},
            rules=tuple(
                Rule(rule["column"], re.compile(rule["matches"], re.IGNORECASE), dict(rule["set"]))
                for rule in content.get("when", [])
            ),
            ignore=frozenset(column_key(name) for name in content.get("ignore", [])),
        )
    except (re.error, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MappingProblem(f"{path.name}: {error}.") from error
    if problem := _contradiction(mapping):
        raise MappingProblem(f"{path.name}: {problem}.")
    return mapping


def _contradiction(mapping: Mapping) -> str | None:
    if not isinstance(mapping.source, str | None):
        return "source must be a text in quotes"
    tables: dict[str, Collection[str]] = {
        "values": mapping.values,
        "extract": mapping.extract,
        "split": mapping.split,
        "drop": mapping.drop,
    }
    for table, entries in tables.items():
        if foreign := sorted(name for name in entries if name not in mapping.columns):
            return f"[{table}] names {', '.join(foreign)}, which [columns] does not map"
    if groupless := [name for name, pattern in mapping.extract.items() if not pattern.groups]:
        return f"the pattern of {groupless[0]} under [extract] needs a group in parentheses"
    if empty := [name for name, text in mapping.split.items() if not isinstance(text, str) or not text]:
        return f"the separator of {empty[0]} under [split] must be a text"
    if unsplit := sorted(set(mapping.drop) - set(mapping.split)):
        return f"[drop] names {unsplit[0]}, which [split] does not separate"
    return None


def _names(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(column_key(str(name)) for name in names)
