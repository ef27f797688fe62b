"""What is said of two vacancies that may be one: field by field, marked the words that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from api.review_wording import Segments, segments
from api.wording import day, pay, place, plain, trade
from jobs_ingest.duplicates import Part, Reason, wording
from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.words import told
from jobs_ingest.models import Vacancy
from profiling.taxonomy import Taxonomy

#: What a person may say of a pair.
ANSWERS = {"one": "One vacancy", "two": "Two vacancies", "later": "Not now"}
#: What was done, as a line of the list of decisions.
ACTS = {"merge": "made one vacancy", "split": "taken out as another vacancy", "apart": "two vacancies"}
#: What was decided about a pair, as a sentence.
DECIDED = {"same": "They were made one vacancy.", "different": "They are two vacancies."}
#: Why a vacancy that was taken out does not stand yet.
WAITS = {
    "next run": "What its source gave was kept in part only, so it is not shown yet. The next run over “{source}” "
    "reads it again and makes the vacancy.",
    "no source": "It is not shown yet: its source “{source}” stands in sources.toml no more. The vacancy comes "
    "when that source is taken in again.",
}
#: A word with its signs, as ``duplicates.words`` takes texts apart.
_WORD = re.compile(r"[^\W_]+(?:[^\W_]|[\u0300-\u036f\u0900-\u0dff\u200c\u200d\u064b-\u0652])*[+#]*")
_TITLE, _EMPLOYER, _PLACE, _PAY, _TRADE, _TEXT, _POSTED = "Title Employer Place Pay Trade Text Posted".split()
#: In which row of the comparison a part is told.
_ROW_OF = {
    Part.TITLE: _TITLE, Part.GRADE: _TITLE, Part.MARK: _TITLE, Part.EMPLOYER: _EMPLOYER, Part.PLACE: _PLACE,
    Part.PAY: _PAY, Part.TRADE: _TRADE, Part.WORK: _TEXT, Part.TEXT: _TEXT, Part.DATE: _POSTED,
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What the comparison makes of a part, in words; ``leans``: for (one vacancy), against, or empty."""

    words: str
    leans: str


@dataclass(frozen=True)
class Row:
    """One field of two vacancies side by side; an empty text is unknown."""

    name: str
    ours: Segments
    theirs: Segments
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Compared:
    """Two vacancies field by field; the descriptions stand by themselves, being long."""

    rows: tuple[Row, ...]
    texts: Row
    marks: bool


def compared(ours: Vacancy, theirs: Vacancy, reasons: Sequence[Reason], taxonomy: Taxonomy) -> Compared:
    """The comparison of two vacancies in words. Fields that neither tells are left out."""
    said: dict[str, list[Said]] = {}
    for reason in reasons:
        said.setdefault(_ROW_OF[reason.part], []).append(_said(reason))
    titles = _lacking(reasons, {Part.TITLE, Part.GRADE, Part.MARK}, (ours.title, theirs.title))
    works = _lacking(reasons, {Part.WORK}, ("", ""))
    plain_rows = [
        (_EMPLOYER, _text(ours.employer), _text(theirs.employer)),
        (_PLACE, _place(ours), _place(theirs)),
        (_TRADE, trade(ours.occupation, taxonomy), trade(theirs.occupation, taxonomy)),
        (_PAY, _pay(ours), _pay(theirs)),
        ("Contract", plain(ours.contract or ""), plain(theirs.contract or "")),
        ("Openings", _text(ours.openings), _text(theirs.openings)),
        (_POSTED, day(ours.posted_on), day(theirs.posted_on)),
        ("Closes", day(ours.closes_on), day(theirs.closes_on)),
        ("Source", _source(ours), _source(theirs)),
    ]
    rows = [
        Row(_TITLE, marked(ours.title, titles[0]), marked(theirs.title, titles[1]), tuple(said.get(_TITLE, ())))
    ]
    rows += [
        Row(name, segments(one, ()), segments(other, ()), tuple(said.get(name, ())))
        for name, one, other in plain_rows
        if one or other
    ]
    texts = Row(
        _TEXT, marked(ours.description or "", works[0]), marked(theirs.description or "", works[1]),
        tuple(said.get(_TEXT, ())),
    )  # fmt: skip
    marks = any(is_marked for row in (rows[0], texts) for side in (row.ours, row.theirs) for _, is_marked in side)
    return Compared(tuple(rows), texts, marks)


def likeness(score: float) -> str:
    """How likely two vacancies are one, in words: never certain either way."""
    return f"{min(99, max(1, round(score * 100)))} of 100"


def reasons_of(kept: Sequence[Sequence[str | float]], *, turned: bool) -> list[Reason]:
    """The reasons of a pair as they were kept, the heaviest first; ``turned``: seen from the second vacancy.

    What the table of points no longer knows is left out.
    """
    known = table().levels
    found = []
    for part, level, points, ours, theirs in kept:
        if part in set(Part) and (Part(part), str(level)) in known:
            sides = (str(theirs), str(ours)) if turned else (str(ours), str(theirs))
            found.append(Reason(Part(part), str(level), float(points), *sides))
    return sorted(found, key=lambda reason: (-abs(reason.points), reason.part))


def marked(text: str, stems: Collection[str]) -> Segments:
    """A text with the words marked that have one of these stems."""
    if not stems:
        return segments(text, ())
    found = [word.span() for word in _WORD.finditer(text) if next(iter(told(word[0])), "") in stems]
    return segments(text, found)


def _said(reason: Reason) -> Said:
    # The words of both sides stand in the row.
    words = wording(Reason(reason.part, reason.level, reason.points, "", ""))
    return Said(words, "for" if reason.points > 0 else "against" if reason.points < 0 else "")


def _lacking(
    reasons: Sequence[Reason], parts: Collection[Part], texts: tuple[str, str]
) -> tuple[set[str], set[str]]:
    """The stems that the comparison used of each side and that the other side lacks."""
    ours: set[str] = set()
    theirs: set[str] = set()
    for reason in reasons:
        if reason.part in parts:
            ours.update(told(reason.ours))
            theirs.update(told(reason.theirs))
    return ours - theirs - set(told(texts[1])), theirs - ours - set(told(texts[0]))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _place(vacancy: Vacancy) -> str:
    return place(vacancy.place, vacancy.district, vacancy.province, country=vacancy.country)


def _pay(vacancy: Vacancy) -> str:
    return pay(vacancy.pay_min, vacancy.pay_max, vacancy.pay_currency, vacancy.pay_period)


def _source(vacancy: Vacancy) -> str:
    return " ".join(filter(None, (vacancy.source, vacancy.ref if vacancy.ref_given else "")))
