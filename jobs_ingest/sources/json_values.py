"""JSON of others as plain values, safely: numbers stay the texts they were, depth and size have limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NoReturn, TypeAlias

Json: TypeAlias = "bool | str | list[Json] | dict[str, Json] | None"
#: Levels that are looked into; schema.org offers have below 8.
_MOST_LEVELS = 40
#: Texts of one item that are kept as its original, and characters of each.
_MOST_TEXTS, _LONGEST_TEXT = 500, 20_000


class BrokenJson(ValueError):
    """A text is no JSON; the message says where and why in plain words."""


def read_json(text: str) -> Json:
    """The value of a JSON text. Numbers are kept as they were written (``25000.00``). Raises BrokenJson."""
    try:
        value: Json = json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_number, strict=False)
    except json.JSONDecodeError as error:
        raise BrokenJson(f"{_lower(error.msg)} in line {error.lineno}, sign {error.colno}") from None
    except RecursionError:
        raise BrokenJson("it is nested too deeply") from None
    except ValueError as error:
        raise BrokenJson(str(error)) from None
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def dig(value: Json, path: str) -> Iterator[Json]:
    """What stands at a path such as ``data.jobs`` or ``locations.*.name``; nothing when it leads nowhere."""
    found = [value]
    for name in path.split(".") if path else []:
        found = [inner for outer in found for inner in _step(outer, name)]
    return iter(found)


def _step(value: Json, name: str) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values()) if name == "*" and "*" not in value else [value[name]] if name in value else []
    if isinstance(value, list):
        if name == "*":
            return value
        return [value[int(name)]] if name.isascii() and name.isdigit() and int(name[:9]) < len(value) else []
    return []


def text_of(value: Json) -> str:
    """A plain value as text; a list of plain values joined by semicolons; empty for what has parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(text for item in value if not isinstance(item, list) and (text := text_of(item)))
    return ""


def flattened(value: Json) -> dict[str, str]:
    """All texts of a value by their path, within limits: the original of an offer."""
    found: dict[str, str] = {}
    waiting: list[tuple[str, Json, int]] = [("", value, 0)]
    while waiting and len(found) < _MOST_TEXTS:
        path, inner, level = waiting.pop()
        parts: list[tuple[str, Json]] = []
        if isinstance(inner, Mapping):
            parts = list(inner.items())
        elif isinstance(inner, list):
            parts = [(str(number), item) for number, item in enumerate(inner[:_MOST_TEXTS])]
        elif text := text_of(inner):
            found[path] = text[:_LONGEST_TEXT]
        if level < _MOST_LEVELS:
            waiting += [(f"{path}.{name}" if path else name, item, level + 1) for name, item in reversed(parts)]
    return found
