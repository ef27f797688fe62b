"""From cells to an offer, or to the plain sentence why there is none; the same for every kind of source."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from jobs_ingest.sources.base import KIND_OF_ONE, RawOffer, SourceProblem
from jobs_ingest.sources.checks import complaint
from jobs_ingest.sources.config import SourceConfig

_HALVES = re.compile("[\ud800-\udfff]")
#: A sign as pages write it; in a cell it is what a careless export left.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


def made_offer(
    config: SourceConfig,
    cells: Mapping[str, str],
    original: Mapping[str, str],
    where: str,
    *,
    ref: str | None = None,
    url: str | None = None,
) -> RawOffer | SourceProblem:
    """An offer of filled cells; the configured constants fill what is missing.

    ``ref`` is the source's own number unless a cell holds it; the address stands in where there is none.
    """
    received = storable(original)
    if found := complaint(cells):
        return SourceProblem(where, found[0], f"{found[1]}.", received)
    filled = {column: text for column, text in _clean(storable(cells)).items() if text.strip()}
    if "title" not in filled:
        return SourceProblem(where, "title", "is empty and must be filled.", received)
    if not any(sign.isalnum() for sign in filled["title"]):
        reason = f"{filled['title'].strip()[:30]!r} names no work; its letters may have been lost"
        return SourceProblem(where, "title", f"{reason}.", received)
    filled.pop("url", None)
    number = filled.get("ref", "").strip() or ref or url
    if number:
        filled["ref"] = number
    return RawOffer(KIND_OF_ONE[config.offers], number, url, {**config.constants, **filled}, received, where)


def storable(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Texts without what a database cannot hold: zero bytes, and halves of a character (surrogates)."""
    joined = "".join((*texts, *texts.values()))
    if "\0" not in joined and (joined.isascii() or not _HALVES.search(joined)):
        return texts
    return {_whole(name): _whole(text) for name, text in texts.items()}


def _whole(text: str) -> str:
    return _HALVES.sub("", text.replace("\0", ""))


def _clean(cells: Mapping[str, str]) -> Mapping[str, str]:
    """Cells without control characters, which no spreadsheet can hold, and with ``&amp;`` as the sign it means.

    Line breaks and tabs stay.
    """
    if any("&" in text for text in cells.values()):
        cells = {column: _ENTITY.sub(_sign, text) for column, text in cells.items()}
    if not _CONTROLS.search("".join(cells.values())):
        return cells
    return {column: _CONTROLS.sub("", text) for column, text in cells.items()}


def _sign(found: re.Match[str]) -> str:
    """The sign that an entity means; what would make a tag of a text stays as it is written."""
    sign = html.unescape(found[0])
    return found[0] if sign in ("<", ">") else sign
