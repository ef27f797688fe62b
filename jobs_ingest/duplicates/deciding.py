"""Are two posts one vacancy? Each part gives a finding, the table of points adds them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import exp, isfinite

from jobs_ingest.duplicates.employers import EmployerReading, compare_employers, read_employer
from jobs_ingest.duplicates.placing import PlaceReading, compare_places, read_place_of
from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.texts import TextReading, compare_texts, read_text
from jobs_ingest.duplicates.titles import TitleReading, compare_titles, read_title
from jobs_ingest.duplicates.values import Answer, Finding, OfferView, Part, Reason, Verdict
from jobs_ingest.duplicates.words import told

#: Pay that lies further apart than this share of the higher one differs; below, it differs a little.
_PAY_NEAR = 0.15
#: No other findings together make up for one of so few points.
_SETTLES = -12.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A vacancy taken apart once, to be compared often."""

    view: OfferView
    title: TitleReading
    employer: EmployerReading
    place: PlaceReading
    text: TextReading


def read(view: OfferView) -> Reading:
    """A vacancy taken apart."""
    place, employer = read_place_of(view), read_employer(view.employer)
    where, who = frozenset(told(view.place)), frozenset(employer.own)
    title = read_title(view.title, where, who)
    return Reading(view, title, employer, place, read_text(view.description, title.core, where | who))


def decide(one: OfferView, other: OfferView) -> Verdict:
    """Whether two posts are one vacancy, with what speaks for and against it, the heaviest reason first."""
    return compare(read(one), read(other))


def compare(ours: Reading, theirs: Reading) -> Verdict:
    """``decide`` for vacancies that are taken apart already."""
    known = table()
    found = list(_findings(ours, theirs))
    apart = _days(ours.view.posted_on, theirs.view.posted_on)
    if apart is not None and apart <= known.near_days:
        found.append(Finding(Part.DATE, "near"))
    elif apart is not None and apart > known.renewed_days and not _one_text(found):
        found.append(Finding(Part.DATE, "far"))
    reasons = sorted(
        (
            Reason(one.part, one.level, known.levels[one.part, one.level].points, one.ours, one.theirs)
            for one in found
        ),
        key=lambda reason: (-abs(reason.points), reason.part),
    )
    score = 1 / (1 + exp(-(known.start + sum(reason.points for reason in reasons))))
    answer = Answer.SAME if score >= known.same else Answer.DIFFERENT if score <= known.different else Answer.UNSURE
    renewed = answer is Answer.SAME and apart is not None and apart > known.renewed_days
    return Verdict(answer, score, tuple(reasons), renewed)


def settled(ours: Reading, theirs: Reading) -> bool:
    """Whether place or employer alone make two posts different, so that nothing else needs a look."""
    return _settle(ours, theirs.place, theirs.employer)


def settled_unread(ours: Reading, theirs: OfferView) -> bool:
    """``settled`` with a vacancy that is not taken apart yet, and then need not be."""
    return _settle(ours, read_place_of(theirs), read_employer(theirs.employer))


def _settle(ours: Reading, their_place: PlaceReading, their_employer: EmployerReading) -> bool:
    known = table().levels
    place = compare_places(ours.place, their_place)
    if place and known[place.part, place.level].points <= _SETTLES:
        return True
    if not ours.employer.known or not their_employer.known:
        return False
    # Where both are named, the texts do not count.
    employer = compare_employers(ours.employer, their_employer, frozenset(), frozenset())
    return known[employer.part, employer.level].points <= _SETTLES


def _findings(ours: Reading, theirs: Reading) -> Iterable[Finding]:
    texts = compare_texts(ours.text, theirs.text)
    one_wording = any(finding.part is Part.TEXT for finding in texts)
    yield from texts
    yield from compare_titles(ours.title, theirs.title, (ours.text.own, theirs.text.own), one_wording)
    whole = (
        compare_employers(ours.employer, theirs.employer, ours.text.words, theirs.text.words),
        compare_places(ours.place, theirs.place),
        compare_trades(ours.view.isco, theirs.view.isco),
        compare_pay(ours.view, theirs.view),
    )
    yield from (finding for finding in whole if finding)


def compare_trades(ours: str | None, theirs: str | None) -> Finding | None:
    """How near two ISCO-08 groups are, or None when one is not known."""
    if not ours or not theirs:
        return None
    length = min(len(ours), len(theirs))
    if ours[:length] == theirs[:length]:
        return Finding(Part.TRADE, "same" if length == 4 else "near", ours, theirs)
    return Finding(Part.TRADE, "near" if ours[:3] == theirs[:3] else "differs", ours, theirs)


def compare_pay(ours: OfferView, theirs: OfferView) -> Finding | None:
    """Whether the pay agrees, or None when one is not told or the currencies differ."""
    mine, others = _range(ours), _range(theirs)
    if mine is None or others is None or ours.currency != theirs.currency:
        return None
    gap = max(mine[0], others[0]) - min(mine[1], others[1])
    level = (
        "same" if mine == others
        else "overlap" if gap <= 0
        else "near" if gap <= _PAY_NEAR * max(mine[1], others[1])
        else "differs"
    )  # fmt: skip
    return Finding(Part.PAY, level, *(f"{low:g}-{high:g} {ours.currency or ''}" for low, high in (mine, others)))


def _range(view: OfferView) -> tuple[float, float] | None:
    low, high = view.pay_low, view.pay_high
    ends = [end for end in (low, high) if end is not None and isfinite(end)]
    return (min(ends), max(ends)) if ends else None


def _days(ours: date | None, theirs: date | None) -> int | None:
    return abs((ours - theirs).days) if ours and theirs else None


def _one_text(found: Iterable[Finding]) -> bool:
    return any(finding.part is Part.TEXT and finding.level in {"same", "excerpt"} for finding in found)
