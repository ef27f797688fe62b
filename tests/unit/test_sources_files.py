"""Tables of others: the mapping that is proposed, and what becomes of their rows."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hostile import BAMINI, BIJOY, KRUTI, NEPALI, PREETI
from sources_world import Answers, config, read

from jobs_ingest.sources.base import Validators
from jobs_ingest.sources.checks import complaint, legacy_font
from jobs_ingest.sources.files import propose_for
from jobs_ingest.sources.headings import Why, propose
from profiling.errors import InputError
from profiling.mapping import MappingProblem

NOBODY = Answers({})


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "jobs.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "value", "offers", "column", "why"),
    [
        ("title", "Mason", "vacancies", "title", Why.NAME),
        ("Pay_Min", "25000", "vacancies", "pay_min", Why.NAME),
        ("Name of Post", "Mason", "vacancies", "title", Why.SYNONYM),
        ("Salary (NPR)", "25,000 - 30,000", "vacancies", "pay", Why.SYNONYM),
        ("Salery", "negotiable", "vacancies", "pay", Why.ALIKE),
        ("Closing Dt", "2083-02-15 BS", "vacancies", "deadline", Why.ALIKE),
        ("Description of job", "Lays bricks", "vacancies", "description", Why.ALIKE),
        ("No. of Posts", "5", "vacancies", "openings", Why.SYNONYM),
        ("Experience", "2 years", "vacancies", "requirements", Why.SYNONYM),
        ("पदको नाम", "डकर्मी", "vacancies", "title", Why.SYNONYM),
        ("बेतन", "२५०००", "vacancies", None, None),
        ("वेतन", "25000", "vacancies", "pay", Why.SYNONYM),
        ("বেতন", "২৫০০০ টাকা", "vacancies", "pay", Why.SYNONYM),
        ("আবেদনের শেষ তারিখ", "12/12/2026", "vacancies", "deadline", Why.SYNONYM),
        ("වැටුප", "Rs 60,000", "vacancies", "pay", Why.SYNONYM),
        ("சம்பளம்", "Rs 60,000", "vacancies", "pay", Why.SYNONYM),
        ("تنخواہ", "Rs 40,000", "vacancies", "pay", Why.SYNONYM),
        ("Institute", "Demo Centre", "courses", "provider", Why.SYNONYM),
        ("Duration", "3 months", "courses", "duration", Why.NAME),
        ("Serial", "1", "vacancies", None, None),
        ("Blood group", "B+", "vacancies", None, None),
    ],
)
def test_what_a_header_means(header: str, value: str, offers: str, column: str | None, why: Why | None) -> None:
    found = propose([header], [{header: value}], offers).columns[0]
    assert (found.column, found.why, found.doubt) == (column, why, None)


@pytest.mark.parametrize(
    ("header", "values", "doubt"),
    [
        ("Salary", ["2026-01-31", "12 Jan 2026"], "its values look like dates, and pay holds pay"),
        ("Deadline", ["Rs 5,000", "Rs 8,000 a month"], "its values look like pay, and deadline holds dates"),
        ("Position", ["1", "2", "3"], "its values look like pay, and title holds words"),
        ("Vacancies", ["Mason", "Cook"], "its values look like words, and openings holds numbers"),
        ("Link", ["click here"], "its values look like words, and url holds web addresses"),
    ],
)
def test_values_that_speak_against_a_header(header: str, values: list[str], doubt: str) -> None:
    proposal = propose([header], [{header: value} for value in values])
    assert proposal.columns[0].doubt == doubt
    assert proposal.mapping() == {}
    assert proposal.missing == ("title",)


def test_each_column_is_proposed_once_for_the_header_that_fits_best() -> None:
    rows = [{"Job": "7", "Job Title": "Mason", "title": "Cook", "Education": "SLC", "Experience": "2 years"}]
    proposal = propose(list(rows[0]), rows)
    assert [found.column for found in proposal.columns] == [
        "title",
        "title",
        "title",
        "requirements",
        "requirements",
    ]
    assert [found.doubt for found in proposal.columns[:3]] == [
        "title was taken for title already",
        "title was taken for title already",
        None,
    ]
    assert proposal.mapping() == {"title": ("title",), "requirements": ("Education", "Experience")}


def test_a_proposal_for_a_file_shows_samples(tmp_path: Path) -> None:
    proposal = propose_for(table(tmp_path, "Post;Wage;Lot\nMason;25,000 a month;7\nCook;negotiable;8\n"))
    assert proposal.mapping() == {"title": ("post",), "pay": ("wage",)}
    assert proposal.columns[1].samples == ("25,000 a month", "negotiable")
    assert (proposal.columns[2].column, proposal.missing) == (None, ())
    courses = propose_for(table(tmp_path, "Course,Fee\nPlumbing,5000\n"), "courses")
    assert (courses.mapping(), courses.missing) == ({"title": ("course",), "cost": ("fee",)}, ("kind",))


def test_rows_become_offers_unread(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Post,Duties,Notes,Wage,No,Web\nMason,Lays bricks,Helmet given,रू २५,००० ,7,https://x.example/7\n".replace(
            "रू २५,००० ", '"रू २५,००० "'
        ),
    )
    mapping = {
        "title": ("Post",),
        "description": ("Duties", "Notes"),
        "pay": ("Wage",),
        "ref": ("No",),
        "url": ("Web",),
    }
    found = read(config("csv", path=path, mapping=mapping, constants={"contract": "wage_work"}), NOBODY)
    offer = found.offers[0]
    assert (offer.kind, offer.ref, offer.url, offer.where) == (
        "vacancy",
        "7",
        "https://x.example/7",
        "jobs.csv, line 2",
    )
    assert offer.cells == {
        "title": "Mason",
        "description": "Lays bricks\nHelmet given",
        "pay": "रू २५,०००",
        "ref": "7",
        "contract": "wage_work",
    }
    assert offer.original["wage"] == "रू २५,०००"
    assert (found.problems, len(found.visited), found.visited[0].changed) == ([], 1, True)


def test_a_constant_fills_only_what_is_missing(tmp_path: Path) -> None:
    path = table(tmp_path, "title,contract\nMason,seasonal\nCook,\n")
    found = read(config("csv", path=path, constants={"contract": "wage_work"}), NOBODY)
    assert [offer.cells["contract"] for offer in found.offers] == ["seasonal", "wage_work"]


def test_our_own_names_need_no_mapping(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ("Title", "Posted", "Serial"),
        ("Mason", "2026-11-01", 1),
        ("", "2026-11-02", 2),
        ("#REF!", None, 3),
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "jobs.xlsx")
    found = read(config("xlsx", path=tmp_path / "jobs.xlsx"), NOBODY)
    assert [offer.cells for offer in found.offers] == [{"title": "Mason", "posted": "2026-11-01"}]
    assert found.reasons == [
        "title: is empty and must be filled.",
        "row: shows #REF! in title; mend the formula or empty the cell.",
    ]
    assert [problem.where for problem in found.problems] == ["jobs.xlsx, line 3", "jobs.xlsx, line 4"]
    assert all(problem.counted for problem in found.problems)


def test_a_file_in_our_mapping_format(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        '[columns]\ntitle = "Post"\nwished_skills = "S"\n[split]\nwished_skills = "/"\n'
    )
    path = table(tmp_path, "Post,S\nMason,a / b\n")
    found = read(config("csv", path=path, mapping_file=tmp_path / "m.toml"), NOBODY)
    assert found.offers[0].cells == {"title": "Mason", "wished_skills": "a;b"}


def test_an_unchanged_file_is_not_read_again_unless_the_mapping_changed(tmp_path: Path) -> None:
    path = table(tmp_path, "title,post\nMason,Cook\n")
    first = read(config("csv", path=path), NOBODY).visited[0]
    seen = {first.url: Validators(first.etag, first.modified, first.cursor)}
    again = read(config("csv", path=path), NOBODY, seen)
    assert (again.offers, again.visited[0].changed, again.visited[0].etag) == ([], False, first.etag)
    mapped = read(config("csv", path=path, mapping={"title": ("post",)}), NOBODY, seen)
    assert [offer.cells["title"] for offer in mapped.offers] == ["Cook"]
    path.write_text("title\nTailor\n", encoding="utf-8")
    assert [offer.cells["title"] for offer in read(config("csv", path=path), NOBODY, seen).offers] == ["Tailor"]


def test_a_mapping_that_does_not_fit(tmp_path: Path) -> None:
    path = table(tmp_path, "Post,Wage\nMason,1\n")
    with pytest.raises(
        MappingProblem, match=r"^jobs\.csv: the mapping names job, but the file has only post, wage\. "
    ):
        read(config("csv", path=path, mapping={"title": ("Job",)}), NOBODY)
    with pytest.raises(MappingProblem, match=r"^jobs\.csv: no column is known to be the title\. Confirm a mapping"):
        read(config("csv", path=path), NOBODY)
    with pytest.raises(InputError, match=r"^gone\.csv: cannot be opened"):
        read(config("csv", path=tmp_path / "gone.csv"), NOBODY)


@pytest.mark.parametrize(
    ("text", "font"),
    [
        (PREETI, "Preeti"),
        (BIJOY, "Bijoy"),
        (KRUTI, "Kruti-Dev"),
        (BAMINI, "Bamini"),
        (NEPALI, None),
        ("Mason for C/C++ [urgent] {2 nos}; 8 hrs/day | Rs.900", None),
        ("sf", None),
        ("", None),
        ("The ‡ and † mark footnotes† of the table‡, see below.", None),
    ],
)
def test_legacy_fonts(text: str, font: str | None) -> None:
    assert legacy_font(text) == font


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("+977 9800000000", None),
        ("=", None),
        ("= 5 posts", None),
        ("-5", None),
        ("@home", None),
        ("José Ñandú", None),
        (NEPALI, None),
        ("=1+1", "is a formula ('=1+1'); put its value there instead"),
        ("=HYPERLINK(1)", "is a formula ('=HYPERLINK(1)'); put its value there instead"),
        (NEPALI.encode().decode("latin-1"), "mixes encodings"),
        ("a\0b", "holds a zero byte"),
        ("x" * 1_000_001, "has 1,000,001 characters; at most 1,000,000 are read. Shorten it"),
    ],
)
def test_cells_that_cannot_be_read(text: str, told: str | None) -> None:
    found = complaint({"title": text})
    assert (
        found is None if told is None else found is not None and found[0] == "title" and found[1].startswith(told)
    )
