"""A fetcher that answers from memory, and sources made in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs_ingest.fetching.values import Fetched, FetchProblem
from jobs_ingest.sources.base import RawOffer, SourceProblem, Validators, Visited
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.registry import make_source


@dataclass
class Answers:
    """Answers by address; a number is a status, a text is a failure. An etag that is known is answered with 304."""

    pages: Mapping[str, bytes | int | str]
    etag: str | None = None
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None, accept: str = "") -> Fetched:
        """The answer."""
        self.asked.append(url)
        page = self.pages.get(url, "jobs.example has no such page (404).")
        if isinstance(page, str):
            raise FetchProblem(page)
        if isinstance(page, int):
            return Fetched(page, b"", "", None, None, url)
        if self.etag and etag == self.etag:
            return Fetched(304, b"", "", etag, modified, url)
        return Fetched(200, page, "text/html; charset=utf-8", self.etag, "Sun, 01 Nov 2026 00:00:00 GMT", url)


def config(kind: str, **fields: Any) -> SourceConfig:
    """A source of this kind named demo."""
    told = {"name": "demo", "licence": "made for tests", "kind": kind, "offers": "vacancies"}
    return SourceConfig(**{**told, **fields})


@dataclass(frozen=True)
class Result:
    """What a source told, sorted by what it is."""

    offers: list[RawOffer]
    problems: list[SourceProblem]
    visited: list[Visited]

    @property
    def reasons(self) -> list[str]:
        """The sentences, with their field."""
        return [f"{problem.field}: {problem.reason}" for problem in self.problems]


def read(source: SourceConfig, answers: Answers, seen: Mapping[str, Validators] | None = None) -> Result:
    """Everything that a source tells."""
    told = list(make_source(source).offers(answers, seen or {}))
    return Result(
        [one for one in told if isinstance(one, RawOffer)],
        [one for one in told if isinstance(one, SourceProblem)],
        [one for one in told if isinstance(one, Visited)],
    )
