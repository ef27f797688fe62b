"""Clusters: posts that are one vacancy, joined only where every post agrees with every other.

A chain of near ones (a is like b, b like c) joins nothing by itself: two clusters grow together when every pair
across them is the same (complete linkage, the surest pairs first). What a person decided comes before all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from jobs_ingest.duplicates.deciding import Reading, compare, read, settled
from jobs_ingest.duplicates.index import DuplicateIndex
from jobs_ingest.duplicates.values import Answer, Cluster, OfferView, Verdict
from profiling.errors import Conflict

Pair = frozenset[str]
#: What is kept of pairs that place or employer settle.
_DIFFERENT = Verdict(Answer.DIFFERENT, 0.0, ())


class Grouping:
    """Posts on their way into clusters; verdicts are kept, as a pair is asked for more than once."""

    def __init__(self, readings: Mapping[str, Reading], not_same: Collection[Pair]) -> None:
        self._readings = readings
        self._not_same = not_same
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._members: dict[str, list[str]] = {}
        self._home: dict[str, str] = {}

    def add(self, key: str) -> None:
        """A post as a cluster of its own."""
        self._members[key] = [key]
        self._home[key] = key

    def verdict(self, one: str, other: str) -> Verdict:
        """What is made of two posts, whichever comes first."""
        pair = (one, other) if one < other else (other, one)
        known = self._verdicts.get(pair)
        if known is None:
            ours, theirs = self._readings[pair[0]], self._readings[pair[1]]
            known = self._verdicts[pair] = _DIFFERENT if settled(ours, theirs) else compare(ours, theirs)
        return known

    def decided(self, one: str, other: str) -> None:
        """Join two posts because a person said so. Raises Conflict when a person also said that they differ."""
        ours, theirs = self._home[one], self._home[other]
        if ours != theirs and self._forbidden(ours, theirs):
            raise Conflict(f"{one!r} and {other!r} were decided to be one vacancy and also to be two.")
        self._join(ours, theirs)

    def agreed(self, one: str, other: str) -> None:
        """Join the clusters of two posts if each post of one is the same as each of the other."""
        ours, theirs = self._home[one], self._home[other]
        if ours == theirs or self._forbidden(ours, theirs):
            return
        if all(
            self.verdict(mine, other_key).answer is Answer.SAME
            for mine in self._members[ours]
            for other_key in self._members[theirs]
        ):
            self._join(ours, theirs)

    def clusters(self, unsure: Iterable[tuple[str, str]], order: dict[str, tuple[date, int]]) -> list[Cluster]:
        """The clusters, each with the oldest post first, in the order of their first posts."""
        doubts: dict[str, set[str]] = defaultdict(set)
        for one, other in unsure:
            ours, theirs = self._home[one], self._home[other]
            if ours != theirs and not self._forbidden(ours, theirs):
                doubts[ours].add(other)
                doubts[theirs].add(one)
        made = [
            Cluster(tuple(sorted(keys, key=order.__getitem__)), self._weakest(keys), tuple(sorted(doubts[home])))
            for home, keys in self._members.items()
        ]
        return sorted(made, key=lambda cluster: order[cluster.keys[0]])

    def _weakest(self, keys: list[str]) -> float:
        return min(
            (self.verdict(one, other).score for at, one in enumerate(keys) for other in keys[:at]), default=1.0
        )

    def _forbidden(self, ours: str, theirs: str) -> bool:
        if not self._not_same:
            return False
        return any(
            frozenset((mine, other)) in self._not_same
            for mine in self._members[ours]
            for other in self._members[theirs]
        )

    def _join(self, ours: str, theirs: str) -> None:
        if ours == theirs:
            return
        moved = self._members.pop(theirs)
        self._members[ours] += moved
        for key in moved:
            self._home[key] = ours


def group(
    views: Iterable[OfferView],
    same: Collection[Pair] = frozenset(),
    not_same: Collection[Pair] = frozenset(),
) -> list[Cluster]:
    """Every post in exactly one cluster, the clusters in the order of their oldest posts.

    Of posts with one key the last one counts. ``same`` and ``not_same`` are pairs of keys that a person decided;
    pairs of unknown keys are passed over. Raises Conflict when the decisions contradict each other.
    """
    readings = {view.key: read(view) for view in views}
    grouping = Grouping(readings, not_same)
    order = {key: (one.view.posted_on or date.max, at) for at, (key, one) in enumerate(readings.items())}
    for key in order:
        grouping.add(key)
    for one, other in sorted(tuple(sorted(pair)) for pair in same if len(pair) == 2):
        if one in order and other in order:
            grouping.decided(one, other)
    likely, unsure = list[tuple[float, str, str]](), list[tuple[str, str]]()
    for one, other in _pairs(readings):
        verdict = grouping.verdict(one, other)
        if verdict.answer is Answer.SAME:
            likely.append((-verdict.score, one, other))
        elif verdict.answer is Answer.UNSURE:
            unsure.append((one, other))
    for _, one, other in sorted(likely):
        grouping.agreed(one, other)
    return grouping.clusters((*unsure, *((one, other) for _, one, other in likely)), order)


def _pairs(readings: Mapping[str, Reading]) -> Iterator[tuple[str, str]]:
    """Pairs of posts that are worth a comparison; each meets those that came before it."""
    index = DuplicateIndex()
    for key, reading in readings.items():
        yield from ((key, other) for other in index.candidates_of(reading))
        index.add_read(reading)
