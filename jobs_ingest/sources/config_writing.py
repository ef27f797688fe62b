"""Writing a mapping that a person confirmed into sources.toml, whose comments and order stay (by tomlkit)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from jobs_ingest.sources.config import ConfigProblem, read_sources


def write_mapping(path: Path, name: str, mapping: Mapping[str, str | tuple[str, ...]]) -> None:
    """Put a confirmed mapping (our column to theirs) into the source's table, in place of an earlier one.

    The file is written whole or not at all. Raises ConfigProblem when it has no such source, or when it would not
    be in order afterwards.
    """
    try:
        content = tomlkit.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigProblem(f"{path.name}: cannot be opened ({error.strerror}).") from error
    except (UnicodeError, TOMLKitError, RecursionError) as error:
        raise ConfigProblem(f"{path.name}: cannot be read as TOML ({error}).") from error
    sources = content.get("sources")
    source = sources.get(name) if isinstance(sources, Table) else None
    if not isinstance(source, Table):
        raise ConfigProblem(f"{path.name}: has no [sources.{name}]. Add it first.")
    table = source.get("mapping")
    if not isinstance(table, Table):
        table = source["mapping"] = tomlkit.table()
        table = source["mapping"]
    for column in [column for column in table if column not in mapping]:
        del table[column]
    for column, theirs in mapping.items():
        table[column] = theirs if isinstance(theirs, str) else list(theirs)
    _replace(path, tomlkit.dumps(content))


def _replace(path: Path, text: str) -> None:
    """Write beside, look whether it can be read, and only then take the name."""
    handle, temporary = tempfile.mkstemp(suffix=".toml", prefix=f".{path.stem}.", dir=path.parent)
    beside = Path(temporary)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        read_sources(beside)
        beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
