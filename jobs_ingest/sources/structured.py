"""The schema.org data of a page, from JSON-LD and microdata, as JSON values with ``@type``.

Written here and not taken from extruct 0.18 (of November 2024): there one broken JSON-LD block takes all other
blocks of the page with it, 1,000 nested tags of microdata end in RecursionError, 50,000 run for minutes, and it
brings 15 packages, among them rdflib and an RDFa reader, for these two formats.
Sources of the formats: https://www.w3.org/TR/json-ld11/ (section 7, embedding in HTML) and
https://html.spec.whatwg.org/multipage/microdata.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs_ingest.sources.json_values import BrokenJson, Json, read_json
from jobs_ingest.sources.markup import Tag, tokens, unescaped
from jobs_ingest.sources.microdata import MicrodataReader

#: Items of one page; a list of offers has below 100.
MOST_ITEMS = 2_000
#: Levels and values that are looked through for offers.
_MOST_LEVELS, _MOST_VALUES = 20, 200_000
#: What pages put around the JSON so that old browsers do not show it.
_WRAPPED = re.compile(r"\A\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*\Z|;\s*\Z")
_VOCABULARY = re.compile(r"\A(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Broken:
    """A JSON-LD block that is no JSON, by its number on the page (from 1)."""

    block: int
    reason: str


@dataclass(frozen=True, slots=True)
class PageData:
    """What a page states in either format, its broken blocks, and the addresses it links to."""

    json_ld: tuple[Json, ...]
    microdata: tuple[Json, ...]
    broken: tuple[Broken, ...]
    links: tuple[str, ...]


def read_page(page: str) -> PageData:
    """The data of a page; each JSON-LD block stands for itself."""
    microdata = MicrodataReader(by_reference="itemref" in page)
    values: list[Json] = []
    broken: list[Broken] = []
    links: list[str] = []
    block = 0
    for token in tokens(page):
        if not isinstance(token, Tag) or token.raw is None:
            microdata.feed(token)
            if isinstance(token, Tag) and token.name == "a" and (address := token.attributes.get("href")):
                links.append(address.strip())
        elif token.name == "script" and "ld+json" in token.attributes.get("type", "").lower():
            block += 1
            try:
                values.append(_read_block(token.raw))
            except BrokenJson as error:
                broken.append(Broken(block, str(error)))
    return PageData(tuple(values), tuple(microdata.items()), tuple(broken), tuple(links))


def _read_block(text: str) -> Json:
    plain = _WRAPPED.sub("", _WRAPPED.sub("", text.strip())).strip()
    if not plain:
        raise BrokenJson("it is empty")
    return read_json(unescaped(plain) if plain.startswith(("{&quot;", "[{&quot;")) else plain)


def types_of(item: Json) -> frozenset[str]:
    """The types of an item without the vocabulary's address: ``JobPosting``."""
    if not isinstance(item, dict):
        return frozenset()
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    return frozenset(_VOCABULARY.sub("", name).strip() for name in names if isinstance(name, str))


def items_of_type(values: tuple[Json, ...], wanted: str) -> list[dict[str, Json]]:
    """The items of a type at any place (``@graph``, lists, ``itemListElement``), each reference filled in."""
    found: list[dict[str, Json]] = []
    by_id: dict[str, dict[str, Json]] = {}
    waiting: list[tuple[Json, int]] = [(value, 0) for value in reversed(values)]
    looked = 0
    while waiting and looked < _MOST_VALUES:
        value, level = waiting.pop()
        looked += 1
        if isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and len(value) > 1:
                by_id.setdefault(name, value)
            if wanted in types_of(value) and len(found) < MOST_ITEMS:
                found.append(value)
        if level < _MOST_LEVELS:
            inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
            waiting += [(part, level + 1) for part in reversed(inner) if isinstance(part, dict | list)]
    return [{name: _filled(part, by_id) for name, part in item.items()} for item in found]


def _filled(value: Json, by_id: dict[str, dict[str, Json]]) -> Json:
    """A reference (``{"@id": "#org"}``) as what it refers to; references within that stay."""
    if isinstance(value, list):
        return [_filled(part, by_id) if isinstance(part, dict) else part for part in value]
    if isinstance(value, dict) and len(value) <= 2 and isinstance(name := value.get("@id"), str):
        return by_id.get(name, value)
    return value
