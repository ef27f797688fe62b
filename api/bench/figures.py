"""What a figure is, and how two ways of doing a thing are timed side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from statistics import median
from time import perf_counter

import numpy as np

#: Does its work and tells the seconds of the part that counts; making ready stays outside.
Timed = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """One measured number beside its reference, both in ``unit``.

    ``aim`` is the most that the ratio may be, or with ``aim_on="ours"`` the most that our own number may be.
    """

    part: str
    name: str
    unit: str
    ours: float
    reference: str
    plain: float
    aim: float | None = None
    aim_on: str = "ratio"

    @property
    def ratio(self) -> float:
        """Our number divided by the reference."""
        return self.ours / self.plain if self.plain else float("inf")

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without one."""
        if self.aim is None:
            return None
        return (self.ratio if self.aim_on == "ratio" else self.ours) <= self.aim

    def as_json(self) -> dict[str, object]:
        """The figure with what is worked out of it."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


@dataclass(frozen=True)
class Sizes:
    """How much is measured. ``runs`` is the number of times that both sides of a figure are timed."""

    runs: int
    import_rows: int
    memory_rows: tuple[int, int]
    ingest_memory_rows: tuple[int, ...]
    texts: int
    vectors: tuple[int, ...]
    markets: tuple[int, ...]
    rounds: int


USUAL = Sizes(3, 3_000, (20_000, 200_000), (20_000,), 1_000, (20_000, 100_000), (1_000, 20_000), 5)
#: As usual, with the long run over a source, which takes minutes.
FULL = replace(USUAL, ingest_memory_rows=(20_000, 200_000))
QUICK = Sizes(1, 100, (200, 1_000), (200,), 32, (500,), (350,), 1)
SIZES = {"usual": USUAL, "full": FULL, "quick": QUICK}


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def interleaved(runs: int, *sides: Timed) -> list[list[float]]:
    """The seconds of each side, taken in turns (A B A B ...), so that a busy machine hurts all alike."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(runs):
        for times, side in zip(taken, sides, strict=True):
            times.append(side())
    return taken


def p50(times: list[float]) -> float:
    """The median."""
    return median(times)


def p95(times: list[float]) -> float:
    """The 95th percentile."""
    return float(np.percentile(times, 95))
