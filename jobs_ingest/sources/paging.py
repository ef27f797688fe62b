"""How a program of others gives its items page by page; the table ``paging`` of a source of kind api::

    [sources.board.paging]
    items = "data.jobs"             # where the list of items stands in an answer; missing: the answer is the list
    by = "link"                     # link, page, cursor; missing: there is one page
    next = "links.next"             # link: where the next address stands; cursor: where the next cursor stands
    parameter = "page"              # page, cursor: the name of the parameter in the address
    first = 1                       # page: the number of the first page

Paths are names joined by dots; a number picks from a list (``locations.0.name``), ``*`` takes all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from jobs_ingest.sources.keys import Keys

WAYS = ("none", "link", "page", "cursor")


@dataclass(frozen=True, slots=True)
class Paging:
    """How the pages of an answer hang together (see the head of this file)."""

    items: str = ""
    by: str = "none"
    next: str = ""
    parameter: str = ""
    first: int = 1


def read_paging(keys: Keys) -> Paging:
    """The table ``paging``. Raises InputError."""
    table = keys.table("paging")
    by = table.choice("by", WAYS, "none")
    found = Paging(
        items=table.text("items", needed=False),
        by=by,
        next=table.text("next") if by in ("link", "cursor") else "",
        parameter=table.text("parameter") if by in ("page", "cursor") else "",
        first=_first(table) if by == "page" else 1,
    )
    table.done(f"paging by {by}")
    return found


def _first(table: Keys) -> int:
    found = table.whole("first", 0, 1_000_000)
    return 1 if found is None else found
