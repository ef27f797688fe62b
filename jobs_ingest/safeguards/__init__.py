"""Marks offers that may be a trap, after the ILO's principles for fair recruitment.

``check`` reads an offer and says what it found, with the words; a person decides. It knows no database and no page.
"""

from __future__ import annotations

from jobs_ingest.safeguards.facts import names_employer, of_fields
from jobs_ingest.safeguards.rules import read
from jobs_ingest.safeguards.values import Flag, Kind, OfferText, Pay, Severity, Where
from jobs_ingest.safeguards.wording import KindWords, wording

__all__ = ["Flag", "Kind", "KindWords", "OfferText", "Pay", "Severity", "Where", "check", "wording"]


def check(offer: OfferText) -> tuple[Flag, ...]:
    """What is marked in an offer: first what its fields show, then title and description in the order of the text.

    Nothing is raised for any text; what cannot be read is not marked.
    """
    named = names_employer(offer)
    found = [
        *of_fields(offer, employer_named=named),
        *read(offer.title, Where.TITLE, employer_named=named),
        *read(offer.description, Where.DESCRIPTION, employer_named=named),
    ]
    return tuple(found)
