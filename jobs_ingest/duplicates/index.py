"""Which vacancies may be duplicates of one, in memory: for some posts at a time (``jobs_ingest/offer_keys.py`` does
the same in the database)."""

from __future__ import annotations

from collections import Counter, defaultdict

from jobs_ingest.duplicates.deciding import Reading, read
from jobs_ingest.duplicates.keys import keys_of
from jobs_ingest.duplicates.values import OfferView

#: A group of posts that share a key is not searched when it is larger: then the key tells nothing, and near ones
#: meet by another one.
LARGEST = 300


class DuplicateIndex:
    """Vacancies to be asked for near ones. It lives in memory."""

    def __init__(self) -> None:
        self._members: dict[int, list[str]] = defaultdict(list)
        self._keys: dict[str, frozenset[int]] = {}
        self._countries: dict[str, str | None] = {}

    def __len__(self) -> int:
        return len(self._countries)

    def __contains__(self, key: str) -> bool:
        return key in self._countries

    def add(self, view: OfferView) -> None:
        """Make a vacancy findable; one of the same key is replaced."""
        self.add_read(read(view))

    def add_read(self, reading: Reading) -> None:
        """``add`` for a vacancy that is taken apart already."""
        key = reading.view.key
        if key in self:
            self.remove(key)
        self._countries[key] = reading.view.country
        self._keys[key] = keys_of(reading)
        for shared in self._keys[key]:
            self._members[shared].append(key)

    def remove(self, key: str) -> None:
        """Forget a vacancy. Raises KeyError when it is not there."""
        del self._countries[key]
        for shared in self._keys.pop(key):
            self._members[shared].remove(key)
            if not self._members[shared]:
                del self._members[shared]

    def candidates(self, view: OfferView) -> list[str]:
        """Keys of vacancies that may be duplicates of this one, in order; itself and other countries left out."""
        return self.candidates_of(read(view))

    def candidates_of(self, reading: Reading) -> list[str]:
        """``candidates`` for a vacancy that is taken apart already."""
        found: Counter[str] = Counter()
        for shared in keys_of(reading):
            members = self._members.get(shared, ())
            if len(members) <= LARGEST:
                found.update(members)
        found.pop(reading.view.key, None)
        country = reading.view.country
        if country is None:
            return sorted(found)
        return sorted(key for key in found if self._countries[key] in (None, country))
