"""A paged JSON API of others, described by a mapping and the table ``paging`` (``jobs_ingest.sources.paging``)."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Mapping
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jobs_ingest.sources.base import (
    RESUME,
    Fetcher,
    RawOffer,
    SourceProblem,
    Told,
    Validators,
    Visited,
)
from jobs_ingest.sources.config import ConfigProblem, SourceConfig
from jobs_ingest.sources.encodings import decoded
from jobs_ingest.sources.json_values import BrokenJson, Json, dig, flattened, read_json, text_of
from jobs_ingest.sources.markup import plain_text
from jobs_ingest.sources.offering import made_offer, storable
from jobs_ingest.sources.paging import Paging
from jobs_ingest.sources.visiting import UNCHANGED, trouble, visit, whole_address

_ACCEPT = "application/json, application/*+json, */*;q=0.1"
#: Items of one page, and values of one item that a path may lead to.
MOST_ITEMS, _MOST_VALUES = 5_000, 100
_SHOWN, _LONGEST_CURSOR = 60, 1_000
_TEXTS = frozenset(("description", "requirements", "entry_conditions"))


class ApiSource:
    """A paged API. After each page the next one is remembered, so that a run that was broken off goes on there."""

    def __init__(self, config: SourceConfig) -> None:
        if config.paging is None:
            raise ConfigProblem(f"[sources.{config.name}] paging is missing; add it.")
        self.config = config
        self._paging = config.paging

    def offers(self, fetcher: Fetcher, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """The items of each page, what is wrong with it, then the page as visited and where to go on."""
        for address in self.config.addresses:
            yield from self._pages(address, fetcher, seen)

    def _pages(self, first: str, fetcher: Fetcher, seen: Mapping[str, Validators]) -> Iterator[Told]:
        page = seen.get(first + RESUME, Validators()).cursor or self._start(first)
        visited: set[str] = set()
        bodies: set[bytes] = set()
        while page:
            if trouble_with_it := self._refused(page, visited):
                yield trouble(page, trouble_with_it, "paging")
                break
            visited.add(page)
            known = seen.get(page, Validators())
            answer = visit(fetcher, page, known, _ACCEPT)
            if isinstance(answer, SourceProblem):
                yield answer
                break
            if answer.status == UNCHANGED:
                yield Visited(page, known.etag, known.modified, changed=False, cursor=known.cursor)
                page = known.cursor or ""
                continue
            digest = hashlib.sha256(answer.body).digest()
            if digest in bodies:
                yield trouble(page, "It gives the same page twice; the reading ends here.", "paging")
                break
            bodies.add(digest)
            try:
                value = read_json(decoded(answer.body, answer.content_type))
            except BrokenJson as error:
                yield trouble(page, f"The answer is no JSON that can be read: {error}.", "json")
                break
            count = yield from self._items(page, answer.url, value)
            following, wrong = self._next(page, answer.url, value, count)
            if wrong:
                yield trouble(page, wrong, "paging")
            yield Visited(page, answer.etag, answer.modified, changed=True, cursor=following or None)
            page = following
            yield Visited(first + RESUME, None, None, changed=True, cursor=page or None)
        # Also after a failure the next run begins anew: a page that fails for good would hold it up for ever.
        yield Visited(first + RESUME, None, None, changed=True, cursor=None)

    def _start(self, address: str) -> str:
        if self._paging.by == "page":
            return _with_parameter(address, self._paging.parameter, str(self._paging.first))
        return address

    def _refused(self, page: str, visited: set[str]) -> str | None:
        if page in visited:
            return "Its pages lead in a circle; the reading ends here. Correct the table paging."
        if len(visited) == self.config.most_pages:
            return f"It has more than {self.config.most_pages:,} pages; the reading ends here. Raise most_pages."
        return None

    def _items(self, page: str, base: str, value: Json) -> Generator[Told, None, int]:
        """The items of a page; answers how many there were."""
        path = self._paging.items
        found: list[Json] | Json = list(islice(dig(value, path), MOST_ITEMS + 1))
        if "*" not in path:
            found = next(dig(value, path), None)
        if not isinstance(found, list):
            where = f"at {path!r}" if path else "in it"
            yield trouble(page, f"The answer has no list {where}; correct items in the table paging.", "paging")
            return 0
        if len(found) > MOST_ITEMS:
            yield trouble(page, f"The page has more than {MOST_ITEMS:,} items; no more are read.", "paging")
        for number, item in enumerate(found[:MOST_ITEMS], 1):
            yield self._offer(item, f"{page}, item {number}", base)
        return len(found)

    def _offer(self, item: Json, where: str, base: str) -> RawOffer | SourceProblem:
        original = flattened(item)
        if not isinstance(item, dict):
            return SourceProblem(where, "row", "is no object with fields.", storable(original))
        cells = {column: _joined(item, paths, column) for column, paths in self.config.mapping.items()}
        link = cells.get("url", "")
        url = whole_address(base, link) if link else None
        return made_offer(self.config, cells, original, where, url=url)

    def _next(self, page: str, base: str, value: Json, count: int) -> tuple[str, str | None]:
        """The address of the next page (empty at the end), and what is wrong with it."""
        paging = self._paging
        if paging.by == "none" or (paging.by != "link" and not count):
            return "", None
        if paging.by == "page":
            return _next_number(page, paging), None
        found = next((text for inner in dig(value, paging.next) if (text := text_of(inner).strip())), "")
        if not found:
            return "", None
        if paging.by == "cursor":
            return _with_parameter(page, paging.parameter, found[:_LONGEST_CURSOR]), None
        address = whole_address(base, found)
        if not address or urlsplit(address).netloc != urlsplit(base).netloc:
            return "", f"Its next page ({found[:_SHOWN]}) is no address of the same site; the reading ends here."
        return address, None


def _joined(item: Json, paths: tuple[str, ...], column: str) -> str:
    """What stands at several paths, without markup: texts as lines, others as a list; of an object nothing."""
    found = (text_of(value) for path in paths for value in islice(dig(item, path), _MOST_VALUES))
    between = "\n" if column in _TEXTS else "; "
    return between.join(plain for text in found if text and (plain := plain_text(text)))


def _with_parameter(address: str, name: str, value: str) -> str:
    parts = urlsplit(address)
    kept = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*kept, (name, value)])))


def _next_number(address: str, paging: Paging) -> str:
    told = dict(parse_qsl(urlsplit(address).query)).get(paging.parameter, "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else paging.first
    return _with_parameter(address, paging.parameter, str(number + 1))
