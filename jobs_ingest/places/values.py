"""What a text says about a place, as values. Every span holds its words: ``text[start:end] == words``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One place named in a text, as far as it is certain.

    ``country``: ISO 3166-1 alpha-2. ``province``: ISO 3166-2. ``district``: a code of the gazetteer, such as
    ``np-kaski``; where a city holds several districts and no more is said, the city's (``in-delhi``).
    A place outside Nepal, Bangladesh, Sri Lanka, India and Pakistan has a country only.
    """

    country: str
    province: str | None
    district: str | None
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The places of a text. The first one leads: its codes and words stand in the reading itself.

    All are None (and ``words`` is empty) when no place is certain. ``anywhere``: the text leaves the place open
    (*anywhere in Bangladesh*, *multiple locations*); ``remote``: the work is done from home.
    """

    country: str | None
    province: str | None
    district: str | None
    words: str
    places: tuple[Place, ...]
    anywhere: bool
    remote: bool
