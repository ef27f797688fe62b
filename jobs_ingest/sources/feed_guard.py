"""Looks through a feed before feedparser reads it: well-formed, not too deep, not too long, no entities of its own.

feedparser 6.0 reads what is not well-formed by a slower way that needs more than 20 seconds for 1 MB of nested
tags, and as long for a tag of 100,000 attributes. Therefore it is handed well-formed text only: expat (linear in
the length) finds where a text breaks, small faults are mended, and of one that is cut the whole entries are kept.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from xml.parsers import expat

MOST_ENTRIES = 2_000
#: feedparser needs some 0.3 ms a tag.
_MOST_LEVELS, _MOST_ATTRIBUTES, _MOST_TAGS = 60, 60, 30_000
_ENTRY = re.compile(r"(?:[\w.-]+:)?(?:item|entry)")
_ROOTS = re.compile(r"(?:[\w.-]+:)?(?:rss|feed|RDF)", re.IGNORECASE)
_HTML = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
#: What XML does not allow (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?P<name>[a-zA-Z][a-zA-Z0-9]{1,30});)?")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))


_A_PAGE = "The answer is a web page (HTML), not a feed; look for the feed's own address."
_ENTITIES = "The feed declares entities of its own, which no honest feed does; it is not read."
_STRANGE = "The feed is built in a way that no honest feed is (too deep, or too many attributes); it is not read."
_LONG = "The feed is longer than what is read at a time; its first {entries:,} entries were read."


class RefusedFeed(ValueError):
    """Nothing of a feed can be read; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class FeedText:
    """A well-formed feed, and what had to be left out of it."""

    text: str
    problem: str | None = None


class _Stop(Exception):
    """Raised by a handler to end the reading."""

    def __init__(self, reason: str, *, keeps: bool = False) -> None:
        super().__init__(reason)
        self.keeps = keeps


@dataclass(slots=True)
class _Look:
    """What expat saw: how far the whole entries go (bytes), and what was open there."""

    open: list[str]
    entries: int = 0
    tags: int = 0
    kept_to: int = 0
    open_there: tuple[str, ...] = ()


def whole_feed(text: str) -> FeedText:
    """The feed as well-formed XML without a document type. Raises RefusedFeed."""
    text = _NO_XML.sub("", _root(text.lstrip("\ufeff \t\r\n")))
    look, stop = _look_through(text.encode("utf-8"))
    if isinstance(stop, expat.ExpatError):
        text = _mended(text)
        look, stop = _look_through(text.encode("utf-8"))
    if stop is None:
        return FeedText(text)
    if isinstance(stop, _Stop) and not stop.keeps:
        raise RefusedFeed(str(stop))
    if not look.entries:
        raise RefusedFeed(f"The feed cannot be read: {_plain(stop)}. Tell the source that it is broken.")
    kept = text.encode("utf-8")[: look.kept_to].decode("utf-8", "ignore")
    closing = "".join(f"</{name}>" for name in reversed(look.open_there))
    told = (
        str(stop)
        if isinstance(stop, _Stop)
        else (f"The feed breaks off after entry {look.entries}: {_plain(stop)}. What stands before was read.")
    )
    return FeedText(kept + closing, told)


def _root(text: str) -> str:
    """The feed from its first element on, without declaration, comments and document type."""
    at = 0
    while text.startswith(("<?", "<!"), at):
        end = "?>" if text[at + 1] == "?" else "-->" if text.startswith("<!--", at) else ">"
        if text[at + 2 : at + 9].upper() == "DOCTYPE":
            if text[at + 9 : at + 20].split(">")[0].strip().lower().startswith("html"):
                raise RefusedFeed(_A_PAGE)
            bracket, closed = text.find("[", at), text.find(">", at)
            if 0 <= bracket < closed:
                inner = text.find("]", bracket)
                if "<!ENTITY" in text[bracket:inner]:
                    raise RefusedFeed(_ENTITIES)
                at = max(inner, at)
        found = text.find(end, at)
        if found < 0:
            raise RefusedFeed("The feed breaks off before it begins; tell the source that it is broken.")
        at = found + len(end)
        at += len(text[at : at + 10_000]) - len(text[at : at + 10_000].lstrip())
    if _HTML.match(text, at):
        raise RefusedFeed(_A_PAGE)
    if not text.startswith("<", at):
        raise RefusedFeed("The answer is no XML; give the address of an RSS or Atom feed.")
    return text[at:]


def _look_through(raw: bytes) -> tuple[_Look, expat.ExpatError | _Stop | None]:
    look = _Look([])
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True

    def start(name: str, attributes: list[str]) -> None:
        look.tags += 1
        if not look.open and not _ROOTS.fullmatch(name):
            raise _Stop(
                f"The answer is XML of another kind ({name[:40]}), not a feed; look for the feed's address."
            )
        if len(look.open) >= _MOST_LEVELS or len(attributes) > 2 * _MOST_ATTRIBUTES:
            raise _Stop(_STRANGE)
        if look.tags > _MOST_TAGS or (look.entries == MOST_ENTRIES and _ENTRY.fullmatch(name)):
            raise _Stop(_LONG.format(entries=look.entries), keeps=True)
        look.open.append(name)

    def end(name: str) -> None:
        look.open.pop()
        if _ENTRY.fullmatch(name):
            closed = raw.find(b">", parser.CurrentByteIndex)
            look.entries += 1
            look.kept_to, look.open_there = closed + 1, tuple(look.open)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, _Stop) as stop:
        return look, stop
    return look, None


def _mended(text: str) -> str:
    """Bare ``&`` written out, and names of HTML (``&nbsp;``) as characters."""

    def reference(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0] if len(found[0]) > 1 else "&amp;"
        if name in _OF_XML:
            return found[0]
        read = html.unescape(found[0])
        return f"&amp;{found[0][1:]}" if read == found[0] else read.replace("&", "&amp;").replace("<", "&lt;")

    return _REFERENCE.sub(reference, text)


def _plain(error: Exception) -> str:
    if isinstance(error, expat.ExpatError):
        return f"{expat.ErrorString(error.code)} in line {error.lineno}"
    return str(error)
