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

    data: Path = Field(default=Path("var"), description="folder of the database, the index and the audit key")
    database_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "HUNAR_DATABASE_URL"),
        description="SQLAlchemy address of the database; empty means SQLite in the data folder",
    )
    host: str = Field(
        default="127.0.0.1", description="address the pages are served on; only loopback is allowed yet"
    )
    port: int = Field(default=8000, ge=1, le=65535, description="port the pages are served on")
    embedder: Path | None = Field(
        default=None,
        description="folder of a sentence-transformers model; empty means the packaged all-MiniLM-L6-v2",
    )

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'hunar.db'}"

    @property
    def index_file(self) -> Path:
        """Where the cached vacancy index stands."""
        return self.data / "index" / "vacancies.faiss"
