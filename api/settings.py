"""Settings, each from an environment variable or the file ``hunar.env``; docs/settings.md lists them."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an installation may choose. Everything has a default that works on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="HUNAR_", env_file="hunar.env", extra="ignore", populate_by_name=True
    )

    data: Path = Field(default=Path("var"), description="folder of the database and the index")
    database_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "HUNAR_DATABASE_URL"),
        description="SQLAlchemy address of the database; empty means SQLite in the data folder",
    )
    keys: Path | None = Field(
        default=None, description="folder of the keys; empty means the data folder. Keep it on another disk"
    )
    audit_head: Path | None = Field(
        default=None,
        description="file of the audit trail's head; empty means audit.head in the data folder. Keep it elsewhere",
    )
    host: str = Field(default="127.0.0.1", description="address the pages are served on")
    names: str | None = Field(
        default=None, description="further names by which browsers may ask for this machine, with commas between"
    )
    one_time_codes: bool = Field(
        default=True, description="whether staff need a one-time code beside their password"
    )
    retention_years: int = Field(
        default=5, ge=1, le=50, description="years a record is kept after it was last written to"
    )
    port: int = Field(default=8000, ge=1, le=65535, description="port the pages are served on")
    embedder: str | None = Field(
        default=None,
        description="which model turns texts into vectors: a name below, or a folder; empty means `default`",
    )

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'hunar.db'}"

    @property
    def key_folder(self) -> Path:
        """Where the keys of the seals and of the audit trail stand."""
        return self.keys or self.data

    @property
    def head_file(self) -> Path:
        """Where the head of the audit trail stands."""
        return self.audit_head or self.data / "audit.head"

    @property
    def erasure_file(self) -> Path:
        """Where erasures are remembered beside the database, for the day when a copy is restored."""
        return self.key_folder / "erasures.log"

    @property
    def index_file(self) -> Path:
        """Where the cached vacancy index stands."""
        return self.data / "index" / "vacancies.faiss"
