"""RSS and Atom feeds, by feedparser; whatever it cannot be trusted with is looked at before."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping

import feedparser

from jobs_ingest.sources.base import Fetcher, RawOffer, SourceProblem, Told, Validators, Visited
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.encodings import decoded
from jobs_ingest.sources.feed_guard import FeedText, RefusedFeed, whole_feed
from jobs_ingest.sources.markup import plain_text
from jobs_ingest.sources.offering import made_offer
from jobs_ingest.sources.visiting import UNCHANGED, trouble, visit, whole_address

_ACCEPT = "application/rss+xml, application/atom+xml, application/xml, text/xml, */*;q=0.1"
_MOST_TEXTS = 60


class FeedSource:
    """One or several feeds. Each entry is an offer or a problem."""

    def __init__(self, config: SourceConfig) -> None:
        self.config = config

    def offers(self, fetcher: Fetcher, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """The entries of each feed, what is wrong with it, then the feed as visited."""
        for address in self.config.addresses:
            known = seen.get(address, Validators())
            answer = visit(fetcher, address, known, _ACCEPT)
            if isinstance(answer, SourceProblem):
                yield answer
                continue
            if answer.status == UNCHANGED:
                yield Visited(address, known.etag, known.modified, changed=False)
                continue
            try:
                feed = whole_feed(decoded(answer.body, answer.content_type))
            except RefusedFeed as error:
                yield trouble(address, str(error), "feed")
                continue
            yield from self._entries(address, answer.url, feed)
            if feed.problem:
                yield trouble(address, feed.problem, "feed")
            # A feed that broke off is fetched anew next time, even if it says that nothing changed.
            whole = not feed.problem
            yield Visited(address, answer.etag if whole else None, answer.modified if whole else None, changed=True)

    def _entries(self, address: str, base: str, feed: FeedText) -> Iterator[RawOffer | SourceProblem]:
        for number, entry in enumerate(_parsed(feed.text), 1):
            yield self._offer(entry, f"{address}, entry {number}", base)

    def _offer(self, entry: dict[str, object], where: str, base: str) -> RawOffer | SourceProblem:
        original = dict(list(_texts(entry))[:_MOST_TEXTS])
        cells = {column: plain_text(_first(entry, names)) for column, names in _FROM.items()}
        link = _first(entry, ("link",))
        url = whole_address(base, link) if link else None
        return made_offer(self.config, cells, original, where, ref=_first(entry, ("id",)).strip() or None, url=url)


#: Our cells by what feedparser calls the elements of RSS and Atom; ``content`` is a list, its texts are joined.
_FROM: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "description": ("content", "summary"),
    "posted": ("published", "updated", "created"),
    "employer": ("job_company", "company", "author"),
    "place": ("job_location", "location"),
    "pay": ("salary", "job_salary"),
    "employment": ("job_type", "jobtype"),
    "deadline": ("expires", "expired", "job_expires", "closing_date"),
}


def _parsed(text: str) -> list[dict[str, object]]:
    """The entries of a well-formed feed. feedparser fetches nothing of what it is handed as a stream."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        return list(found.entries)


def _first(entry: dict[str, object], names: tuple[str, ...]) -> str:
    for name in names:
        value = dict.get(entry, name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list):
            parts = [part.get("value") for part in value if isinstance(part, dict)]
            if texts := [part for part in parts if isinstance(part, str) and part.strip()]:
                return "\n".join(texts)
    return ""


def _texts(entry: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The plain texts of an entry, for its original."""
    for name, value in entry.items():
        if isinstance(value, str) and value:
            yield name, value
        elif name == "tags" and isinstance(value, list):
            yield name, "; ".join(str(tag.get("term") or "") for tag in value if isinstance(tag, dict))
        elif name == "content":
            yield name, _first(entry, ("content",))
