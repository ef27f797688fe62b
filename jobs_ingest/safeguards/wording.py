"""The plain words for each kind, read from ``jobs_ingest/data/safeguards/kinds.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import DATA
from jobs_ingest.safeguards.values import Kind


@dataclass(frozen=True, slots=True)
class KindWords:
    """What to tell a counsellor: what was found, why it matters, what to do.

    ``principle`` is the number (1 to 13) of the ILO's general principle for fair recruitment, ``subject`` what it
    says in our own words.
    """

    name: str
    found: str
    why: str
    do: str
    principle: int
    subject: str


@cache
def wording() -> Mapping[Kind, KindWords]:
    """The words of every kind. Raises ``ValueError`` when a kind has none."""
    path = DATA / "safeguards" / "kinds.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    if missing := {kind.value for kind in Kind} - set(tables):
        raise ValueError(f"kinds.toml has no words for {', '.join(sorted(missing))}")
    return {Kind(name): KindWords(**table) for name, table in tables.items()}
