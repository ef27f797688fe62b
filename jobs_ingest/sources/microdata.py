"""Microdata of a page (https://html.spec.whatwg.org/multipage/microdata.html) as items with ``@type``.

Only tags that carry microdata become nodes; what stands between them is text. Depth and number have limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jobs_ingest.sources.json_values import Json
from jobs_ingest.sources.markup import VOID, Tag, gap, tidy

_MOST_NODES, _MOST_LEVELS = 20_000, 20
#: How far up an open tag is looked for.
_REACH = 30
_VALUE_IN = {
    "a": "href", "area": "href", "link": "href", "img": "src", "embed": "src", "iframe": "src", "audio": "src",
    "video": "src", "source": "src", "object": "data", "meta": "content", "data": "value", "meter": "value",
    "time": "datetime",
}  # fmt: skip
#: A paragraph ends where another block begins, unless one of these was opened within it.
_END_PARAGRAPHS = (
    "p div ul ol dl table section article header footer h1 h2 h3 h4 h5 h6 hr blockquote pre form".split()
)
_HOLD_PARAGRAPHS = ("button", "td", "th", "object")
#: Tags that end without an end tag when another of them begins, unless one of the second kind stands between.
_CLOSES = {
    "li": (("li",), ("ul", "ol")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "tr": (("tr",), ("table",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "option": (("option",), ("select",)),
} | dict.fromkeys(_END_PARAGRAPHS, (("p",), _HOLD_PARAGRAPHS))


@dataclass(slots=True, eq=False)
class _Node:
    tag: Tag
    parts: list[str | _Node] = field(default_factory=list)

    @property
    def starts_item(self) -> bool:
        return "itemscope" in self.tag.attributes

    @property
    def names(self) -> list[str]:
        return self.tag.attributes.get("itemprop", "").split()


class MicrodataReader:
    """Takes the tokens of a page one by one, then gives its items."""

    def __init__(self, *, by_reference: bool) -> None:
        """``by_reference``: whether the page has ``itemref``, so that tags with an id count too."""
        self._carries = {"itemscope", "itemprop"} | ({"id"} if by_reference else set())
        self._open: list[tuple[str, _Node | None]] = []
        self._inside: list[_Node] = []
        self._nodes = self._made = 0
        self._roots: list[_Node] = []
        self._by_id: dict[str, _Node] = {}

    def feed(self, token: Tag | str) -> None:
        """Take the next token."""
        if isinstance(token, str):
            if self._inside:
                self._inside[-1].parts.append(token)
            return
        if self._inside and (between := gap(token)):
            self._inside[-1].parts.append(between)
        if token.is_end:
            self._end((token.name,), ())
        else:
            self._start(token)

    def _start(self, tag: Tag) -> None:
        if tag.name in _CLOSES:
            self._end(*_CLOSES[tag.name])
        node = None
        carries = not self._carries.isdisjoint(tag.attributes)
        if carries and self._nodes < _MOST_NODES and len(self._inside) < _MOST_LEVELS:
            node = _Node(tag)
            self._nodes += 1
            if self._inside:
                self._inside[-1].parts.append(node)
            if node.starts_item and not node.names:
                self._roots.append(node)
            if name := tag.attributes.get("id"):
                self._by_id.setdefault(name, node)
        if tag.name not in VOID:
            self._open.append((tag.name, node))
            if node:
                self._inside.append(node)

    def _end(self, names: tuple[str, ...], barriers: tuple[str, ...]) -> None:
        """Close the nearest open tag of these names and all in it, if it is near and no barrier stands between."""
        for at in range(len(self._open) - 1, max(len(self._open) - _REACH, 0) - 1, -1):
            if self._open[at][0] in names:
                for _, node in self._open[at:]:
                    if node:
                        self._inside.pop()
                del self._open[at:]
                return
            if self._open[at][0] in barriers:
                return

    def items(self) -> Iterator[Json]:
        """The items that are no property of another one."""
        for root in self._roots:
            yield self._item(root, 0, frozenset())

    def _item(self, node: _Node, level: int, above: frozenset[_Node]) -> dict[str, Json]:
        item: dict[str, Json] = {}
        self._made += 1
        if kinds := node.tag.attributes.get("itemtype", "").split():
            item["@type"] = list[Json](kinds)
        if name := node.tag.attributes.get("itemid", "").strip():
            item["@id"] = name
        referred = [self._by_id.get(name) for name in node.tag.attributes.get("itemref", "").split()]
        waiting: list[_Node] = [*(found for found in reversed(referred) if found), *_inner(node)]
        seen = {node}
        while waiting:
            inner = waiting.pop()
            if inner in seen or inner in above:
                continue
            seen.add(inner)
            if inner.names and level < _MOST_LEVELS and self._made < _MOST_NODES:
                value = self._item(inner, level + 1, above | {node}) if inner.starts_item else _value(inner)
                for name in inner.names:
                    _add(item, name, value)
            if not inner.starts_item:
                waiting += _inner(inner)
        return item


def _inner(node: _Node) -> list[_Node]:
    """The nodes in a node, the last first."""
    return [part for part in reversed(node.parts) if isinstance(part, _Node)]


def _add(item: dict[str, Json], name: str, value: Json) -> None:
    """One value stands for itself, several of a name as a list."""
    there = item.get(name)
    if name not in item:
        item[name] = value
    elif isinstance(there, list):
        there.append(value)
    else:
        item[name] = [there, value]


def _value(node: _Node) -> str:
    """The value of a property: an attribute that the tag keeps it in, or its text."""
    attributes = node.tag.attributes
    for name in ("content", _VALUE_IN.get(node.tag.name, "content")):
        if name in attributes:
            return attributes[name].strip()
    texts: list[str] = []
    waiting: list[str | _Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, _Node):
            waiting += reversed(part.parts)
        else:
            texts.append(part if part == "\n" else " ".join(part.split("\n")))
    return tidy(texts)
