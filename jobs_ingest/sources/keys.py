"""A table of a configuration file, read key by key; each complaint names source and key and says what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import NoReturn

from profiling.errors import InputError

_LONGEST = 2_000


class Keys:
    """The keys of one table. Those that were not asked for when ``done`` is called are refused."""

    def __init__(self, where: str, table: Mapping[str, object]) -> None:
        self.where = where
        self._table = table
        self._asked: set[str] = set()

    def wrong(self, key: str, what: str) -> InputError:
        """A complaint about a key (empty: the table itself)."""
        at = f"[{self.where}]" if self.where else "the file"
        return InputError(f"{at} {key} {what}." if key else f"{at} {what}.")

    def near(self, name: str, known: Iterable[str]) -> str:
        """A hint at the known name that is nearest, or nothing."""
        close = difflib.get_close_matches(name, list(known), 1, 0.6)
        return f"Did you mean {close[0]}" if close else "Rename or remove it"

    def raw(self, key: str) -> object:
        """The value as it stands, or None."""
        self._asked.add(key)
        return self._table.get(key)

    def text(self, key: str, *, needed: bool = True) -> str:
        """A text; empty when it is missing and not needed."""
        value = self.raw(key)
        if value is None and not needed:
            return ""
        if value is None:
            raise self.wrong(key, "is missing; add it")
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
            raise self.wrong(key, 'must be a text in quotes, such as "..."')
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts, at least one."""
        value = self.raw(key)
        if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(item.strip() for item in value)
        return (self.text(key),)

    def choice(self, key: str, allowed: tuple[str, ...], missing: str | None = None) -> str:
        """One of the allowed words."""
        value = self.text(key, needed=missing is None) or (missing or "")
        if value not in allowed:
            raise self.wrong(key, f"is {value!r}; it must be one of {', '.join(allowed)}")
        return value

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number within limits, or None when it is missing."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"must be a whole number from {least} to {most:,}")
        return value

    def tables(self, key: str) -> dict[str, dict[str, object]]:
        """Tables by name; none when it is missing."""
        value = self.raw(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
            raise self.wrong(key, "must hold tables such as [sources.chamber]")
        return value

    def table(self, key: str) -> Keys:
        """A table inside this one; empty when it is missing."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(key, f"must be a table; write [{self.where}.{key}] and its keys below it")
        return Keys(f"{self.where}.{key}", value or {})

    def done(self, what: str = "it") -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                self._refuse(key, what)

    def _refuse(self, key: str, what: str) -> NoReturn:
        known = ", ".join(sorted(self._asked))
        raise self.wrong(key, f"is not known ({what} has {known}). {self.near(key, self._asked)}")
