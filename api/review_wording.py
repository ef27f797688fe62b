"""What is said of a marked vacancy: to whoever might take it, to its employer, and where its words stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs_ingest.models import Vacancy
from jobs_ingest.safeguards import Kind

#: Fields of a flag in the words of the page.
FIELDS = {
    "title": "title", "description": "description", "employer": "employer", "pay": "pay", "licence": "licence",
    "essential_text": "what is needed", "wished_text": "what is welcome",
}  # fmt: skip
DECISIONS = {"harmless": "harmless", "confirmed": "confirmed"}
#: What an employer changes so that a post is not held or marked for this.
CHANGE = {
    Kind.FEE: "Pay every cost of hiring yourself and take the charge out of the text.",
    Kind.DEPOSIT: "Ask for no deposit, bond or penalty, and take the sentence out.",
    Kind.DOCUMENTS: "Let workers keep their passport and original certificates, and ask for copies only.",
    Kind.UNPAID: "Pay from the first day, training and trial too, and say how much.",
    Kind.DEBT: "Take no cost of hiring from the wages, lend no money for it, and take the sentence out.",
    Kind.SEX: "Say what the work needs and leave out for which sex it is.",
    Kind.AGE: "Leave the age out, unless a law sets it; then name the law.",
    Kind.FAMILY: "Leave out marriage, children and pregnancy.",
    Kind.COMMUNITY: "Leave out religion, caste and community.",
    Kind.LOOKS: "Leave out looks, height and photograph; if the work needs a measure, say for what.",
    Kind.NO_EMPLOYER: "Name who employs: the firm as it is registered.",
    Kind.PRIVATE_CONTACT: "Name the firm and give an office address or its own telephone or e-mail.",
    Kind.PAY: "Check amount, currency and period of the pay. If they are right, wait: the centre looks at it.",
    Kind.LICENCE: "Write the number of the recruiting licence, or of the approval, into the description.",
    Kind.CONTRACT: "Give the contract and the work visa before departure, and say so.",
    Kind.HOURS: "Say the hours of a day, and that there is a day of rest each week.",
    Kind.CONFINEMENT: "Let workers go out and keep their telephone in their free time, and take the sentence out.",
}

Segments = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class MarkedTexts:
    """The texts of a vacancy in pieces, each with whether it is marked."""

    title: Segments
    description: Segments
    essential: tuple[Segments, ...]
    wished: tuple[Segments, ...]


def marked_texts(vacancy: Vacancy, places: Iterable[tuple[str, int, int]]) -> MarkedTexts:
    """The texts of a vacancy with what stands at ``places`` (field, first and last character) marked."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for field, start, end in places:
        spans.setdefault(field, []).append((start, end))
    return MarkedTexts(
        segments(vacancy.title, spans.get("title", ())),
        segments(vacancy.description or "", spans.get("description", ())),
        _items(vacancy.essential_text, spans.get("essential_text", ())),
        _items(vacancy.wished_text, spans.get("wished_text", ())),
    )


def segments(text: str, spans: Iterable[tuple[int, int]]) -> Segments:
    """A text in pieces, those within a span marked; spans may overlap or reach beyond the text."""
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    found.append((text[at:], False))
    return tuple(piece for piece in found if piece[0])


def _items(items: Sequence[str], spans: Sequence[tuple[int, int]]) -> tuple[Segments, ...]:
    """The items of a list; spans count as if they stood one a line."""
    found, begins = [], 0
    for item in items:
        found.append(segments(item, [(start - begins, end - begins) for start, end in spans]))
        begins += len(item) + 1
    return tuple(found)
