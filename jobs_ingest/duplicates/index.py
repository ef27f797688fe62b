"""Which vacancies may be duplicates of one: near ones by MinHash, and those that share an employer and a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from zlib import crc32

from datasketch import MinHash, MinHashLSH

from jobs_ingest.duplicates.deciding import Reading, read
from jobs_ingest.duplicates.values import OfferView

#: Permutations, their seed and hash scheme: with these three a text always has the same sketch.
PERMUTATIONS, SEED, SCHEME = 64, 1, "affine32"
#: Bands and rows: posts with seven tenths of their shingles in common meet with a probability of .99,
#: with half .64.
BANDS, ROWS = 16, 4
#: A group of posts that share an employer and a word, or a title and a place, is not searched when it is larger:
#: then it tells nothing, and near ones meet by their text.
LARGEST = 300


class DuplicateIndex:
    """Vacancies to be asked for near ones. It lives in memory and is built again at every start."""

    def __init__(self) -> None:
        self._near = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
        self._permutations = MinHash(PERMUTATIONS, SEED, scheme=SCHEME).permutations
        self._members: dict[int, list[str]] = defaultdict(list)
        self._groups: dict[str, tuple[int, ...]] = {}
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
        sketch = self._sketch(reading)
        if sketch:
            self._near.insert(key, sketch, check_duplication=False)
        self._groups[key] = groups = tuple(_groups(reading))
        for group in groups:
            self._members[group].append(key)

    def remove(self, key: str) -> None:
        """Forget a vacancy. Raises KeyError when it is not there."""
        del self._countries[key]
        if key in self._near:
            self._near.remove(key)
        for group in self._groups.pop(key):
            self._members[group].remove(key)
            if not self._members[group]:
                del self._members[group]

    def candidates(self, view: OfferView) -> list[str]:
        """Keys of vacancies that may be duplicates of this one, in order; itself and other countries left out."""
        return self.candidates_of(read(view))

    def candidates_of(self, reading: Reading) -> list[str]:
        """``candidates`` for a vacancy that is taken apart already."""
        sketch = self._sketch(reading)
        found: set[str] = set(self._near.query(sketch)) if sketch else set()
        for group in _groups(reading):
            members = self._members.get(group, ())
            if len(members) <= LARGEST:
                found.update(members)
        found.discard(reading.view.key)
        country = reading.view.country
        if country is None:
            return sorted(found)
        return sorted(key for key in found if self._countries[key] in (None, country))

    def _sketch(self, reading: Reading) -> MinHash | None:
        shingles = list(_shingles(reading))
        if not shingles:
            return None
        sketch = MinHash(PERMUTATIONS, SEED, hashfunc=int, permutations=self._permutations, scheme=SCHEME)
        sketch.update_batch(shingles)
        return sketch


def _shingles(reading: Reading) -> Iterator[int]:
    """Words of title, employer and work, and every pair of neighbouring words of the text, as checksums."""
    for words in (reading.title.words, reading.employer.own, reading.text.work):
        yield from (crc32(word.encode()) for word in words)
    yield from reading.text.pairs


def _groups(reading: Reading) -> Iterator[int]:
    """What two posts of one vacancy are likely to share although their texts differ, as checksums."""
    return (crc32("\t".join(shared).encode()) for shared in _shared(reading))


def _shared(reading: Reading) -> Iterator[tuple[str, ...]]:
    view = reading.view
    place = view.district or " ".join(sorted(reading.place.names))
    title = " ".join(sorted(reading.title.words))
    if reading.employer.known:
        employer = reading.employer.own[0]
        yield from (("word", employer, word) for word in reading.title.words)
        yield "title", employer, title
        if view.isco:
            yield "trade", employer, view.isco
        if view.pay_low and place:
            yield "pay", employer, place, f"{view.pay_low:g}"
    if place and title:
        yield "place", place, title
