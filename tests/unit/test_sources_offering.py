"""From cells to an offer, or to the sentence why there is none; the same for every kind of source."""

from __future__ import annotations

import pytest

from jobs_ingest.sources.base import RawOffer, SourceProblem
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.offering import made_offer

CONFIG = SourceConfig("demo", "demo", "csv", "vacancies")


def made(**cells: str) -> RawOffer | SourceProblem:
    return made_offer(CONFIG, cells, cells, "x.csv, line 2")


@pytest.mark.parametrize("title", ["???", "??. ?", "--...", "🙏", "!"])
def test_a_title_without_letter_or_digit_is_refused(title: str) -> None:
    problem = made(title=title, place="Pokhara")
    assert isinstance(problem, SourceProblem)
    assert problem.field == "title"
    assert problem.reason == f"{title!r} names no work; its letters may have been lost."


@pytest.mark.parametrize(
    "title", ["सिकर्मी", "রাজমিস্ত্রি", "දැව වැඩ", "مستری", "தச்சர்", "3D artist", "HR", "Officer ??Billing"]
)
def test_titles_of_any_script_are_taken(title: str) -> None:
    offer = made(title=title)
    assert isinstance(offer, RawOffer)
    assert offer.cells["title"] == title


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cook &amp; Baker", "Cook & Baker"), ("Intern &#8211; Content", "Intern – Content"),
        ("R&D; AT&T; B &copy", "R&D; AT&T; B &copy"), ("&#x928;&#2375;", "ने"), ("a &amp;amp; b", "a &amp; b"),
        ("&lt;b&#62;x&amp;lt;", "&lt;b&#62;x&lt;"),
        ("x&#0;&#1;&#xD800;y", "x\ufffd\ufffdy"), ("&nosuchsign; &;", "&nosuchsign; &;"),
        ("&#99999999;", "&#99999999;"),
    ],
)  # fmt: skip
def test_signs_of_pages_are_read_in_cells(written: str, meant: str) -> None:
    offer = made(title="Cook", description=written)
    assert isinstance(offer, RawOffer)
    assert offer.cells["description"] == meant
    assert offer.original["description"] == written
