"""Tables of imported ESCO versions. Several stand side by side; at most one is in use."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.types import JSON
from sqlmodel import Field, SQLModel

from profiling.models import UtcDateTime, now_utc

ESCO_SCHEME = "esco"


def _version() -> int:
    return Field(foreign_key="esco_version.id", primary_key=True)  # type: ignore[no-any-return]


def _concept(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["version_id", column], [f"{table}.version_id", f"{table}.number"])


class EscoVersion(SQLModel, table=True):
    """One imported ESCO release; ``content_hash`` tells whether the same files and links were read before."""

    __tablename__: ClassVar[str] = "esco_version"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = ESCO_SCHEME
    version: str
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    imported_at: datetime = Field(default_factory=now_utc, sa_type=UtcDateTime)
    active: bool = False
    content_hash: str
    counts: dict[str, int] = Field(
        default_factory=dict, sa_type=JSON, description="rows kept and left out, by kind"
    )


class EscoOccupation(SQLModel, table=True):
    """An occupation of ESCO with its ISCO-08 unit group; ``label`` is in the version's first language."""

    __tablename__: ClassVar[str] = "esco_occupation"
    __table_args__ = (sa.UniqueConstraint("version_id", "uri"),)

    version_id: int = _version()
    number: int = Field(primary_key=True, description="position in the download")
    uri: str
    isco: str
    code: str | None = None
    label: str


class EscoOccupationLabel(SQLModel, table=True):
    """One name of an ESCO occupation: preferred, alternative or hidden (good for search, not for display)."""

    __tablename__: ClassVar[str] = "esco_occupation_label"
    __table_args__ = (_concept("occupation", "esco_occupation"),)

    version_id: int = Field(primary_key=True)
    occupation: int = Field(primary_key=True)
    language: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    kind: str
    text: str


class EscoSkill(SQLModel, table=True):
    """A skill of ESCO, or a group of skills (``is_group``), which stands in the hierarchy only."""

    __tablename__: ClassVar[str] = "esco_skill"
    __table_args__ = (sa.UniqueConstraint("version_id", "uri"),)

    version_id: int = _version()
    number: int = Field(primary_key=True, description="position in the download")
    uri: str
    label: str
    skill_type: str | None = None
    reuse_level: str | None = None
    is_group: bool = False
    code: str | None = Field(default=None, description="of groups only")


class EscoSkillLabel(SQLModel, table=True):
    """One name of an ESCO skill: preferred, alternative or hidden."""

    __tablename__: ClassVar[str] = "esco_skill_label"
    __table_args__ = (_concept("skill", "esco_skill"),)

    version_id: int = Field(primary_key=True)
    skill: int = Field(primary_key=True)
    language: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    kind: str
    text: str


class EscoOccupationSkill(SQLModel, table=True):
    """That a skill is essential or optional in an occupation."""

    __tablename__: ClassVar[str] = "esco_occupation_skill"
    __table_args__ = (
        _concept("occupation", "esco_occupation"),
        _concept("skill", "esco_skill"),
        # Without it, removing a version looks through all relations once for each skill.
        sa.Index("ix_esco_occupation_skill_skill", "version_id", "skill"),
    )

    version_id: int = Field(primary_key=True)
    occupation: int = Field(primary_key=True)
    skill: int = Field(primary_key=True)
    essential: bool


class EscoBroader(SQLModel, table=True):
    """That a skill or group lies under a broader one."""

    __tablename__: ClassVar[str] = "esco_broader"
    __table_args__ = (
        _concept("skill", "esco_skill"),
        _concept("broader", "esco_skill"),
        sa.Index("ix_esco_broader_broader", "version_id", "broader"),
    )

    version_id: int = Field(primary_key=True)
    skill: int = Field(primary_key=True)
    broader: int = Field(primary_key=True)


class EscoIscoTitle(SQLModel, table=True):
    """The title that ESCO gives to an ISCO-08 group, where it is not the ILO's English one."""

    __tablename__: ClassVar[str] = "esco_isco_title"

    version_id: int = _version()
    code: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    title: str


class EscoTradeLink(SQLModel, table=True):
    """That a starter trade and an ESCO occupation mean the same."""

    __tablename__: ClassVar[str] = "esco_trade_link"
    __table_args__ = (_concept("occupation", "esco_occupation"),)

    version_id: int = Field(primary_key=True)
    # No foreign key: the starter's rows are written anew whenever its files change.
    trade: str = Field(primary_key=True)
    occupation: int = Field(primary_key=True)


class EscoSkillLink(SQLModel, table=True):
    """That a starter skill and an ESCO skill mean the same, or that one holds the other.

    ``relation`` is as in profiling.esco_links.SkillLink.
    """

    __tablename__: ClassVar[str] = "esco_skill_link"
    __table_args__ = (_concept("skill", "esco_skill"),)

    version_id: int = Field(primary_key=True)
    # No foreign key: the starter's rows are written anew whenever its files change.
    starter_skill: str = Field(primary_key=True)
    skill: int = Field(primary_key=True)
    relation: str
