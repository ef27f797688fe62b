"""Two vacancies side by side in words: what agrees, what differs, and the words that only one of them has."""

from __future__ import annotations

from datetime import date

from api.duplicate_wording import compared, likeness, marked, reasons_of
from jobs_ingest.duplicates import Part, Reason
from jobs_ingest.models import Vacancy
from profiling.taxonomy import Taxonomy


def vacancy(ref: str, title: str, description: str) -> Vacancy:
    return Vacancy(
        source="portal", ref=ref, content_hash="", coding="", title=title, description=description,
        employer="Himal Builders", country="NP", district="Kaski", posted_on=date(2026, 11, 1),
    )  # fmt: skip


def test_words_that_only_one_side_has_are_marked(starter: Taxonomy) -> None:
    assert marked("Lay bricks, laying BRICK.", {"brick"}) == (
        ("Lay ", False), ("bricks", True), (", laying ", False), ("BRICK", True), (".", False),
    )  # fmt: skip
    assert marked("C++ and C", {"c++"}) == (("C++", True), (" and C", False))
    assert marked("", {"brick"}) == ()
    other = vacancy("V-2", "Shuttering foreman", "Lead ten carpenters.")
    reasons = [
        Reason(Part.TITLE, "partly", -1.7, "carpent shutter", "foreman shutter"),
        Reason(Part.WORK, "few", -2.0, "formwork", "ten"),
        Reason(Part.EMPLOYER, "same", 2.0, "Himal Builders", "Himal Builders"),
    ]
    both = compared(vacancy("V-1", "Shuttering carpenter", "Make formwork for slabs."), other, reasons, starter)
    title = both.rows[0]
    assert (title.ours, title.theirs) == (
        (("Shuttering ", False), ("carpenter", True)), (("Shuttering ", False), ("foreman", True)),
    )  # fmt: skip
    assert [(one.words, one.leans) for one in title.said] == [
        ("the titles share a word but name different things", "against")
    ]
    assert [piece for piece, is_marked in both.texts.ours if is_marked] == ["formwork"]
    assert [row.name for row in both.rows] == ["Title", "Employer", "Place", "Posted", "Source"]


def test_reasons_are_kept_readable_and_what_is_unknown_is_left_out() -> None:
    kept: list[list[str | float]] = [
        ["title", "same", 2.2, "a", "b"],
        ["pay", "differs", -8.0, "1", "2"],
        ["title", "gone", 1.0, "", ""],
        ["x", "y", 0, "", ""],
    ]
    assert reasons_of(kept, turned=True) == [
        Reason(Part.PAY, "differs", -8.0, "2", "1"), Reason(Part.TITLE, "same", 2.2, "b", "a"),
    ]  # fmt: skip
    assert [likeness(score) for score in (0.0, 0.623, 1.0)] == ["1 of 100", "62 of 100", "99 of 100"]
