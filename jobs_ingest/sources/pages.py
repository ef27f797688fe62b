"""Pages that state their vacancies or courses as schema.org data, and lists of links to such pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from jobs_ingest.sources.base import Fetcher, RawOffer, SourceProblem, Told, Validators, Visited
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.encodings import decoded
from jobs_ingest.sources.json_values import Json, flattened
from jobs_ingest.sources.offering import made_offer
from jobs_ingest.sources.schema_org import TYPE_OF, cells_of, ref_of, url_of
from jobs_ingest.sources.structured import MOST_ITEMS, PageData, items_of_type, read_page
from jobs_ingest.sources.visiting import UNCHANGED, trouble, visit, whole_address

_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.1"


class PageSource:
    """One or several pages; with ``follow`` also the pages of the same site that they link to."""

    def __init__(self, config: SourceConfig) -> None:
        self.config = config

    def offers(self, fetcher: Fetcher, seen: Mapping[str, Validators]) -> Iterator[Told]:
        """The offers of each page, what is wrong with it, then the page as visited.

        A list of links is always fetched anew: were it unchanged, its links would not be known.
        """
        waiting, known = list(self.config.addresses), set(self.config.addresses)
        lists = len(waiting) if self.config.follow else 0
        number = 0
        while number < len(waiting):
            address = waiting[number]
            number += 1
            is_list = number <= lists
            answer = visit(fetcher, address, Validators() if is_list else seen.get(address, Validators()), _ACCEPT)
            if isinstance(answer, SourceProblem):
                yield answer
                continue
            if answer.status == UNCHANGED:
                remembered = seen.get(address, Validators())
                yield Visited(address, remembered.etag, remembered.modified, changed=False)
                continue
            text = decoded(answer.body, answer.content_type)
            data = read_page(text)
            yield from self._told(address, answer.url, data, is_list=is_list)
            yield Visited(address, answer.etag, answer.modified, changed=True)
            if is_list:
                found = self._links(answer.url, data.links, known)
                room = self.config.most_pages - len(waiting)
                if len(found) > room:
                    yield trouble(address, f"It links to {len(found)} pages; {max(room, 0)} of them are visited.")
                waiting += found[: max(room, 0)]
                known.update(found)

    def _told(self, address: str, base: str, data: PageData, *, is_list: bool) -> Iterator[Told]:
        wanted = TYPE_OF[self.config.offers]
        # Pages that state an offer in both formats state it twice.
        items = items_of_type(data.json_ld, wanted) or items_of_type(data.microdata, wanted)
        if not items and not data.broken and not is_list:
            yield trouble(address, f"It states no {wanted} of schema.org; it may have moved, or be a list.", "page")
        if len(items) == MOST_ITEMS:
            yield trouble(address, f"It states {MOST_ITEMS:,} offers or more; no more than these are read.", "page")
        for number, item in enumerate(items, 1):
            where = address if len(items) == 1 else f"{address}, offer {number}"
            yield offer_of(self.config, item, where, base, single=len(items) == 1)
        for broken in data.broken:
            reason = f"Block {broken.block} of its JSON-LD cannot be read: {broken.reason}."
            yield SourceProblem(address, "json-ld", reason, {})

    def _links(self, base: str, links: tuple[str, ...], known: set[str]) -> list[str]:
        """The addresses on this page that the pattern fits, on the same site, each once."""
        pattern, host = self.config.follow, urlsplit(base).netloc
        found: dict[str, None] = {}
        for link in links:
            address = whole_address(base, link)
            fits = address and pattern and urlsplit(address).netloc == host and pattern.search(address)
            if fits and address not in known:
                found[address or ""] = None
        return list(found)


def offer_of(
    config: SourceConfig, item: Mapping[str, Json], where: str, base: str, *, single: bool
) -> RawOffer | SourceProblem:
    """An item as an offer, or why it cannot be one. A page's only offer without an address has the page's."""
    link = url_of(item)
    url = (whole_address(base, link) if link else None) or (base if single else None)
    cells = cells_of(item, config.offers)
    return made_offer(config, cells, flattened(dict(item)), where, ref=ref_of(item), url=url)
