"""ESCO versions in the database: taken in whole or not at all, side by side, switched and removed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from profiling import esco_values as values
from profiling.errors import BadValue, NotFound, OperatorError
from profiling.esco import EscoReader
from profiling.esco_links import LinkFiles, store_links
from profiling.esco_models import (
    ESCO_SCHEME,
    EscoBroader,
    EscoIscoTitle,
    EscoOccupation,
    EscoOccupationLabel,
    EscoOccupationSkill,
    EscoSkill,
    EscoSkillLabel,
    EscoSkillLink,
    EscoTradeLink,
    EscoVersion,
)
from profiling.esco_source import Download, open_download
from profiling.models import IscoGroup
from profiling.queries import pick
from profiling.repository import bump_revision

#: Values to tables, each after what it names.
_TABLES: dict[type, type[SQLModel]] = {
    values.IscoTitle: EscoIscoTitle,
    values.Occupation: EscoOccupation,
    values.Skill: EscoSkill,
    values.OccupationLabel: EscoOccupationLabel,
    values.SkillLabel: EscoSkillLabel,
    values.OccupationSkill: EscoOccupationSkill,
    values.Broader: EscoBroader,
}
_BATCH = 5000
_RELEASE = re.compile(r"\w[\w.-]{0,39}", re.ASCII)
_COUNTED = {
    values.Occupation: "occupations",
    values.OccupationLabel: "occupation labels",
    values.Skill: "skills",
    values.SkillLabel: "skill labels",
    values.OccupationSkill: "relations",
    values.Broader: "broader",
    values.IscoTitle: "ISCO titles",
}
_PACKAGED = LinkFiles()
OpenSession = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class EscoImport:
    """What an import did; ``outcome`` is new, replaced or unchanged."""

    version: str
    outcome: str
    languages: tuple[str, ...]
    active: bool
    counts: dict[str, int]


def no_progress(step: str, done: int, total: int | None) -> None:
    """Say nothing."""


def import_esco(
    open_session: OpenSession,
    path: Path,
    now: datetime,
    *,
    release: str | None = None,
    links: Path = _PACKAGED.trades,
    skill_links: Path = _PACKAGED.skills,
    progress: Progress = no_progress,
) -> EscoImport:
    """Take an ESCO download in. Raises EscoProblem at the first thing that does not hold together.

    An import of the same files and links again changes nothing. The whole download is checked before the database
    is locked, and checked again while it is written, in one transaction: other programs wait for the writing only,
    and a kill leaves what stood before.
    """
    if release is not None and not _RELEASE.fullmatch(release):
        raise BadValue("release", release, "a version such as 1.2.0")
    with open_download(path) as download:
        files, downloaded = LinkFiles(links, skill_links), download.content_hash()
        found = files.content_hash(downloaded)
        version = release or download.release or f"unnamed-{downloaded[:8]}"
        with open_session() as session:
            groups = {row.code: row.title for row in session.execute(pick(IscoGroup.code, IscoGroup.title))}
            held = _find(session, version)
            if held is not None and held.content_hash == found:
                return _report(held, "unchanged")
        if not groups:
            raise OperatorError("The database holds no ISCO-08 groups yet. Run `hunar taxonomy load`.")
        total = _check(download, groups, progress)
        with open_session() as session:
            _lock(session)
            stored, outcome = _renew(session, version, found, download, now)
            if outcome != "unchanged":
                _fill(session, stored, EscoReader(download, groups), files, total, progress)
                bump_revision(session, ESCO_SCHEME)
            session.commit()
            return _report(stored, outcome)


def _check(download: Download, groups: dict[str, str], progress: Progress) -> int:
    total = 0
    for total, _ in enumerate(EscoReader(download, groups).values(), 1):
        if total % _BATCH == 0:
            progress("checking", total, None)
    return total


def _lock(session: Session) -> None:
    # SQLite's sessions hold the lock from their beginning.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("LOCK TABLE esco_version IN SHARE ROW EXCLUSIVE MODE"))


def _renew(
    session: Session, version: str, found: str, download: Download, now: datetime
) -> tuple[EscoVersion, str]:
    """The version's row with nothing under it. The first version that comes is taken into use."""
    held = _find(session, version)
    if held is not None and held.content_hash == found:
        return held, "unchanged"
    outcome = "new" if held is None else "replaced"
    if held is None:
        in_use = session.exec(select(EscoVersion).where(col(EscoVersion.active))).first()
        held = EscoVersion(version=version, content_hash=found, active=in_use is None)
    else:
        _empty(session, held)
    held.content_hash, held.languages, held.imported_at = found, list(download.languages), now
    session.add(held)
    session.flush()
    return held, outcome


def _fill(
    session: Session, version: EscoVersion, reader: EscoReader, links: LinkFiles, total: int, progress: Progress
) -> None:
    waiting: dict[type, list[dict[str, object]]] = {kind: [] for kind in _TABLES}
    counts: Counter[str] = Counter()
    done = 0

    def flush() -> None:
        for kind, rows in waiting.items():
            if rows:
                session.execute(sa.insert(_TABLES[kind]), rows)
                rows.clear()
        progress("storing", done, total)

    for done, value in enumerate(reader.values(), 1):
        kind = type(value)
        counts["skill groups" if isinstance(value, values.Skill) and value.is_group else _COUNTED[kind]] += 1
        waiting[kind].append({"version_id": version.id, **vars(value)})
        if done % _BATCH == 0:
            flush()
    flush()
    linked = store_links(session, version.id, reader, links)
    left_out = {f"{kind} left out": number for kind, number in reader.left_out.items()}
    version.counts = {**counts, **linked, **left_out}
    session.add(version)
    session.flush()


def list_versions(session: Session) -> list[EscoVersion]:
    """The imported versions, oldest import first."""
    return list(session.exec(select(EscoVersion).order_by(col(EscoVersion.imported_at), col(EscoVersion.id))))


def use_version(session: Session, version: str) -> EscoVersion:
    """Take a version into use, and no other. Raises NotFound when it was never imported."""
    _lock(session)
    chosen = _get(session, version)
    for held in list_versions(session):
        held.active = held.id == chosen.id
        session.add(held)
    session.flush()
    bump_revision(session, ESCO_SCHEME)
    return chosen


def remove_version(session: Session, version: str) -> bool:
    """Remove a version with all that belongs to it. Returns whether it was the one in use."""
    _lock(session)
    held = _get(session, version)
    active = held.active
    _empty(session, held)
    session.delete(held)
    session.flush()
    bump_revision(session, ESCO_SCHEME)
    return active


def _empty(session: Session, version: EscoVersion) -> None:
    for table in (EscoTradeLink, EscoSkillLink, *reversed(_TABLES.values())):
        held = sa.inspect(table).local_table
        session.execute(sa.delete(held).where(held.c.version_id == version.id))


def _find(session: Session, version: str) -> EscoVersion | None:
    return session.exec(
        select(EscoVersion).where(EscoVersion.name == ESCO_SCHEME, EscoVersion.version == version)
    ).first()


def _get(session: Session, version: str) -> EscoVersion:
    found = _find(session, version)
    if found is None:
        names = ", ".join(held.version for held in list_versions(session)) or "none"
        raise NotFound(f"There is no ESCO version {version!r} (imported: {names}).")
    return found


def _report(version: EscoVersion, outcome: str) -> EscoImport:
    return EscoImport(version.version, outcome, tuple(version.languages), version.active, dict(version.counts))
