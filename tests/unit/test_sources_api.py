"""A paged JSON API: items by a mapping, the ways from page to page, and never in a circle."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sources_world import Answers, config, read

from jobs_ingest.sources.base import RESUME, Validators, Visited
from jobs_ingest.sources.json_values import BrokenJson, dig, flattened, read_json, text_of
from jobs_ingest.sources.paging import Paging
from jobs_ingest.sources.registry import make_source

HERE = "https://jobs.example/api"
MAPPING = {
    "title": ("job.name",),
    "ref": ("id",),
    "place": ("places.*.city",),
    "pay": ("pay",),
    "url": ("link",),
    "description": ("text", "more"),
}


def api(*items: object, **more: object) -> bytes:
    return json.dumps({"data": {"jobs": items}, **more}).encode()


def job(name: str) -> dict[str, object]:
    return {"job": {"name": name}}


def source(by: str = "none", **paging: object):  # type: ignore[no-untyped-def]
    told = Paging(**{"items": "data.jobs", "by": by, **paging})  # type: ignore[arg-type]
    return config("api", addresses=(HERE,), mapping=MAPPING, paging=told, most_pages=4)


def titles(found: object) -> list[str]:
    return [offer.cells["title"] for offer in found.offers]  # type: ignore[attr-defined]


def test_items_by_the_mapping() -> None:
    item = {
        "id": 7,
        "job": {"name": "<b>Mason</b>"},
        "places": [{"city": "Kathmandu"}, {"city": "Pokhara"}],
        "pay": 25000.50,
        "text": "<p>Lays bricks</p>",
        "more": "Helmet given",
        "link": "/j/7",
        "unused": {"deep": [None, True]},
    }
    body = json.dumps({"data": {"jobs": [item, {"id": 8}, "x"]}}).replace("25000.5", "25000.50").encode()
    found = read(source(), Answers({HERE: body}))
    offer = found.offers[0]
    assert (offer.kind, offer.ref, offer.url, offer.where) == (
        "vacancy",
        "7",
        "https://jobs.example/j/7",
        f"{HERE}, item 1",
    )
    assert offer.cells == {
        "title": "Mason",
        "ref": "7",
        "place": "Kathmandu; Pokhara",
        "pay": "25000.50",
        "description": "Lays bricks\nHelmet given",
    }
    assert (offer.original["places.1.city"], offer.original["unused.deep.1"]) == ("Pokhara", "yes")
    assert found.reasons == ["title: is empty and must be filled.", "row: is no object with fields."]
    assert [problem.where for problem in found.problems] == [f"{HERE}, item 2", f"{HERE}, item 3"]


def test_pages_by_link() -> None:
    pages = {HERE: api(job("Mason"), next="api?p=2"), f"{HERE}?p=2": api(job("Cook"), next=None)}
    found = read(source("link", next="next"), Answers(pages))
    assert (titles(found), found.problems) == (["Mason", "Cook"], [])
    assert [(visited.url, visited.cursor) for visited in found.visited] == [
        (HERE, f"{HERE}?p=2"),
        (HERE + RESUME, f"{HERE}?p=2"),
        (f"{HERE}?p=2", None),
        (HERE + RESUME, None),
        (HERE + RESUME, None),
    ]


def test_pages_by_number_end_with_the_first_empty_one() -> None:
    pages = {f"{HERE}?p={n}": api(*[job(f"Job {n}")] * (n < 2)) for n in range(3)}
    answers = Answers(pages)
    assert titles(read(source("page", parameter="p", first=0), answers)) == ["Job 0", "Job 1"]
    assert answers.asked == [f"{HERE}?p=0", f"{HERE}?p=1", f"{HERE}?p=2"]


def test_pages_by_cursor() -> None:
    pages = {HERE: api(job("Mason"), c="a b&c"), f"{HERE}?after=a+b%26c": api(job("Cook"), c="")}
    assert titles(read(source("cursor", next="c", parameter="after"), Answers(pages))) == ["Mason", "Cook"]


@pytest.mark.parametrize(
    ("pages", "offers", "told"),
    [
        (
            {HERE: api(job("A"), next=HERE)},
            1,
            "paging: Its pages lead in a circle; the reading ends here. Correct the table paging.",
        ),
        (
            {HERE: api(job("A"), next="?2"), f"{HERE}?2": api(job("A"), next="?2")},
            1,
            "paging: It gives the same page twice; the reading ends here.",
        ),
        (
            {HERE: api(job("A"), next="//else.example/")},
            1,
            "paging: Its next page (//else.example/) is no address of the same site; the reading ends here.",
        ),
        (
            {HERE: api(job("A"), next="?2"), f"{HERE}?2": 500},
            1,
            "address: The server answers with an error (500); try again later.",
        ),
        ({HERE: b"<html>"}, 0, "json: The answer is no JSON that can be read: expecting value in line 1, sign 1."),
        ({HERE: b"[]"}, 0, "paging: The answer has no list at 'data.jobs'; correct items in the table paging."),
        (
            {
                HERE: api(job("A"), next="?1"),
                **{f"{HERE}?{n}": api(job(str(n)), next=f"?{n + 1}") for n in range(1, 9)},
            },
            4,
            "paging: It has more than 4 pages; the reading ends here. Raise most_pages.",
        ),
    ],
)
def test_what_ends_the_reading(pages: dict[str, bytes | int | str], offers: int, told: str) -> None:
    found = read(source("link", next="next"), Answers(pages))
    assert (len(found.offers), found.reasons) == (offers, [told])
    assert not found.problems[0].counted
    assert (found.visited[-1].url, found.visited[-1].cursor) == (HERE + RESUME, None)


def test_a_run_that_was_broken_off_goes_on_where_it_was() -> None:
    pages = {HERE: api(job("A"), next="?2"), f"{HERE}?2": api(job("B"), next="?3"), f"{HERE}?3": api(job("C"))}
    told: Iterator[object] = iter(make_source(source("link", next="next")).offers(Answers(pages), {}))
    stored: dict[str, Validators] = {}
    for one in told:
        if isinstance(one, Visited):
            stored[one.url] = Validators(one.etag, one.modified, one.cursor)
            if len(stored) == 3:
                break
    answers = Answers(pages)
    assert titles(read(source("link", next="next"), answers, stored)) == ["B", "C"]
    assert answers.asked == [f"{HERE}?2", f"{HERE}?3"]


def test_unchanged_pages_lead_on_to_the_next() -> None:
    pages = {HERE: api(job("A"), next="?2"), f"{HERE}?2": api(job("B"))}
    answers = Answers(pages, etag='"1"')
    first = read(source("link", next="next"), answers)
    seen = {one.url: Validators(one.etag, one.modified, one.cursor) for one in first.visited}
    del seen[f"{HERE}?2"]
    again = read(source("link", next="next"), answers, seen)
    assert titles(again) == ["B"]
    assert [(one.url, one.changed) for one in again.visited][:1] == [(HERE, False)]


VALUE = read_json('{"a": [{"b": 1.50}, {"b": [2, "x"]}, 3], "1": {"c": true, "d": null}, "e": 1e400}')


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("a.0.b", ["1.50"]),
        ("a.*.b", ["1.50", "2; x"]),
        ("a.1.b.1", ["x"]),
        ("1.c", ["yes"]),
        ("1.d", [""]),
        ("e", ["1e400"]),
        ("a.9", []),
        ("a.b", []),
        ("x.y", []),
        ("a.-1", []),
        ("1.*", ["yes", ""]),
        ("a.99999999999999999999", []),
        ("a", ["3"]),
    ],
)
def test_paths(path: str, texts: list[str]) -> None:
    assert [text_of(value) for value in dig(VALUE, path)] == texts


def test_everything_received_is_kept_as_text() -> None:
    assert flattened(VALUE) == {
        "a.0.b": "1.50",
        "a.1.b.0": "2",
        "a.1.b.1": "x",
        "a.2": "3",
        "1.c": "yes",
        "e": "1e400",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expecting value in line 1, sign 1"),
        ("{\n'a': 1}", "expecting property name enclosed in double quotes in line 2, sign 1"),
        ("[NaN]", "NaN is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_broken_json(text: str, told: str) -> None:
    with pytest.raises(BrokenJson) as caught:
        read_json(text)
    assert str(caught.value) == told
