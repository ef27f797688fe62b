"""The classes of sources by the kind that sources.toml names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jobs_ingest.sources.api import ApiSource
from jobs_ingest.sources.base import Source
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.feeds import FeedSource
from jobs_ingest.sources.files import FileSource
from jobs_ingest.sources.pages import PageSource
from profiling.errors import NotFound

KINDS: Mapping[str, Callable[[SourceConfig], Source]] = {
    "csv": FileSource,
    "xlsx": FileSource,
    "page": PageSource,
    "feed": FeedSource,
    "api": ApiSource,
}


def make_source(config: SourceConfig) -> Source:
    """The source that a configuration describes."""
    return KINDS[config.kind](config)


def source_named(name: str, configs: Mapping[str, SourceConfig]) -> Source:
    """A configured source by its name. Raises NotFound that names those there are."""
    if name not in configs:
        there = ", ".join(configs) or "none"
        raise NotFound(f"There is no source {name[:60]!r} in sources.toml; there are: {there}.")
    return make_source(configs[name])
