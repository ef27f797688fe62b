"""What a feature gives back: a number and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Params = Mapping[str, str | int | float | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Signal:
    """A value from 0 (speaks against) to 1 (speaks for), and the reason as a message key with parameters.

    A feature without data gives no signal at all: missing data is not a penalty.
    """

    value: float
    key: str
    params: Params
