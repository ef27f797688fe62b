"""The limits of fetching, and what passes between its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take. Times are seconds, sizes are bytes.

    ``total`` bounds a whole fetch with its redirects and retries; polite waiting does not count.
    ``longest_interval`` is the most that a Crawl-delay is given, ``longest_wait`` the longest Retry-After that is
    waited for: a longer one ends the fetch.
    """

    connect: float = 10
    read: float = 20
    total: float = 300
    packed: int = 20_000_000
    unpacked: int = 50_000_000
    robots: int = 512_000
    redirects: int = 5
    retries: int = 2
    backoff: float = 2
    interval: float = 2
    longest_interval: float = 60
    longest_wait: float = 120


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked for: host in lower case (IPv6 without brackets), path with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a robots.txt holds for."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port as the Host header says them; a usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address, without fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; header names are in lower case, the body is empty when it was not asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, or with status 304 and no body the word that it did not change; ``url`` is where it was found."""

    status: int
    body: bytes
    content_type: str
    etag: str | None
    modified: str | None
    url: str


class FetchProblem(Exception):
    """Why there is no page: one plain sentence that names the host and what to do."""
