"""The keys by which near vacancies are found: bands of a MinHash sketch, and what two posts of one vacancy share.

How many are needed was measured with the 308 labelled duplicates (``tests/data/ingest``) under eight seeds: with
the three shared things, from 4 to 16 bands all find 307 or 308, also where one side hides its pay; 16 bands and
seven shared things, more than twice as many keys, find no more. Eight bands find 224 by the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from zlib import crc32

import numpy as np
from datasketch import MinHash

from jobs_ingest.duplicates.deciding import Reading

#: Counts up with every change by which a vacancy gets other keys.
KEYS_VERSION = 1
#: Seed and hash scheme of the sketch: with these a text always has the same one.
_SEED, _SCHEME = 1, "affine32"
#: Bands and rows: posts with seven tenths of their shingles in common meet with a probability of .89, with nine
#: tenths .9999; what is reworded more meets by what it shares.
_BANDS, _ROWS = 8, 4
_BITS = 1 << 32


def keys_of(reading: Reading, district: str | None = None) -> frozenset[int]:
    """The keys of a vacancy: signed numbers of 32 bits; vacancies that share one may be the same.

    ``district``: its name, for a vacancy whose place has no code of the gazetteer.
    """
    return frozenset(_signed(key) for key in (*_bands(reading), *_groups(reading, district)))


def _signed(key: int) -> int:
    """As the databases keep it in four bytes."""
    return key - _BITS if key >= _BITS // 2 else key


@cache
def _blank() -> MinHash:
    return MinHash(_BANDS * _ROWS, _SEED, hashfunc=int, scheme=_SCHEME)


def _bands(reading: Reading) -> Iterator[int]:
    shingles = list(_shingles(reading))
    if not shingles:
        return
    sketch = _blank().copy()
    sketch.update_batch(shingles)
    rows = np.ascontiguousarray(sketch.digest(), dtype="<u4").reshape(_BANDS, _ROWS)
    for number, row in enumerate(rows):
        yield crc32(row.tobytes(), number)


def _shingles(reading: Reading) -> Iterator[int]:
    """Words of title, employer and work, and every pair of neighbouring words of the text, as checksums."""
    for words in (reading.title.words, reading.employer.own, reading.text.work):
        yield from (crc32(word.encode()) for word in words)
    yield from reading.text.pairs


def _groups(reading: Reading, district: str | None) -> Iterator[int]:
    """What two posts of one vacancy are likely to share although their texts differ, as checksums."""
    return (crc32("\t".join(shared).encode()) for shared in _shared(reading, district))


def _shared(reading: Reading, district: str | None) -> Iterator[tuple[str, ...]]:
    named = " ".join(sorted(reading.place.names))
    place = reading.view.district or (district or "").casefold() or named
    title = " ".join(sorted(reading.title.words))
    if reading.employer.known:
        # The longest word is the rarest: many names begin with Al, Sri or New.
        employer = max(reading.employer.own, key=len)
        yield "title", employer, title
        if place:
            yield "where", employer, place
    if place and title:
        yield "place", place, title
