"""What ties starter trades and skills to ESCO: read from the packaged tables, stored with each version."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from profiling.errors import BadValue
from profiling.esco import EscoReader
from profiling.esco_models import EscoSkillLink, EscoTradeLink
from profiling.taxonomy import STARTER

EXACT, BROADER, NARROWER = RELATIONS = ("exact", "broader", "narrower")


@dataclass(frozen=True)
class LinkFiles:
    """The tables of links. A file that is not there links nothing."""

    trades: Path = STARTER / "esco_links.csv"
    skills: Path = STARTER / "esco_skill_links.csv"

    def content_hash(self, download: str) -> str:
        """SHA-256 of a download's hash and of both files: it changes when what an import stores would."""
        found = hashlib.sha256(download.encode())
        for path in (self.trades, self.skills):
            found.update(hashlib.sha256(path.read_bytes() if path.exists() else b"").digest())
        return found.hexdigest()


@dataclass(frozen=True)
class SkillLink:
    """A starter skill's code and the address of an ESCO skill.

    ``relation`` is SKOS's mapping of the starter skill to ESCO's: ``exact`` (who has the one has the other),
    ``broader`` (ESCO's skill is the wider one) or ``narrower`` (ESCO's skill is a part).
    """

    skill: str
    relation: str
    uri: str


def read_trade_links(path: Path) -> list[tuple[str, str]]:
    """Pairs of a starter trade and the address of an ESCO occupation that means the same; none without the file."""
    return [(row["trade"], row["uri"]) for row in _rows(path)]


def read_skill_links(path: Path) -> list[SkillLink]:
    """The links of starter skills; none without the file. Raises BadValue for an unknown relation."""
    found = [SkillLink(row["skill"], row["relation"], row["uri"]) for row in _rows(path)]
    for link in found:
        if link.relation not in RELATIONS:
            raise BadValue("relation", link.relation, f"one of {', '.join(RELATIONS)}")
    return found


def store_links(session: Session, version_id: int | None, reader: EscoReader, files: LinkFiles) -> dict[str, int]:
    """Store the links to concepts that the version has, and count them and those that it lacks."""
    trades, skills = read_trade_links(files.trades), read_skill_links(files.skills)
    trade_rows: list[Mapping[str, object]] = [
        {"version_id": version_id, "trade": trade, "occupation": reader.occupations[uri]}
        for trade, uri in trades
        if uri in reader.occupations
    ]
    skill_rows: list[Mapping[str, object]] = [
        {
            "version_id": version_id,
            "starter_skill": link.skill,
            "skill": reader.skills[link.uri],
            "relation": link.relation,
        }
        for link in skills
        if link.uri in reader.skills
    ]
    _insert(session, EscoTradeLink, trade_rows)
    _insert(session, EscoSkillLink, skill_rows)
    left_out = {
        "trade links left out": len(trades) - len(trade_rows),
        "skill links left out": len(skills) - len(skill_rows),
    }
    return {
        "linked trades": len({row["trade"] for row in trade_rows}),
        "linked skills": len({row["starter_skill"] for row in skill_rows}),
        **{kind: number for kind, number in left_out.items() if number},
    }


def _insert(session: Session, table: type[SQLModel], rows: list[Mapping[str, object]]) -> None:
    if rows:
        session.execute(sa.insert(table), rows)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
