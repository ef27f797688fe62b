"""Robots, intervals and being asked to wait, by a clock that moves only when somebody sleeps."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator

import pytest
from fetching_site import Clock, Site, fetcher, names, reply

from jobs_ingest.fetching.pacing import retry_after
from jobs_ingest.fetching.robots import read_rules
from jobs_ingest.fetching.values import FetchProblem, Limits

A, B = "http://jobs.example/a", "http://other.example/b"
NOT_ALLOWED = (
    "The robots.txt of jobs.example does not allow this page to be fetched; "
    "ask the provider for permission or for a feed."
)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.put("jobs.example/a", reply(body=b"a"))
    site.put("jobs.example/a?[%zz]", reply(body=b"?"))
    site.put("other.example/b", reply(body=b"b"))
    yield site
    site.close()


def robots(site: Site, *answers: bytes | str) -> None:
    """What jobs.example answers for its robots.txt; text is a file."""
    site.put(
        "jobs.example/robots.txt",
        *(answer if isinstance(answer, bytes) else reply(body=answer.encode()) for answer in answers),
    )


def problem(site: Site, url: str = A, **others: object) -> str:
    with pytest.raises(FetchProblem) as found:
        fetcher(site, **others).get(url)
    return str(found.value)


# --- robots.txt -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: Hunar\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: hunar\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("user-agent: HUNAR/2.0\ndisallow: /", "/a", True),
        ("User-agent: hun\nDisallow: /", "/a", True),
        ("User-agent: otherbot\nDisallow: /", "/a", True),
        ("User-agent: otherbot\nUser-agent: hunar\nDisallow: /a", "/a", False),
        ("User-agent: hunar\nDisallow: /x\nUser-agent: otherbot\nDisallow: /a", "/a", True),
        (
            "User-agent: *\nDisallow: /a\n\nUser-agent: otherbot\nDisallow: /b\n\nUser-agent: *\nDisallow: /c",
            "/c",
            False,
        ),
        ("User-agent: *\nDisallow: /jobs\nAllow: /jobs/open", "/jobs/open/1", True),
        ("User-agent: *\nDisallow: /jobs\nAllow: /jobs/open", "/jobs/1", False),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /काम", "/%E0%A4%95%E0%A4%BE%E0%A4%AE/1", False),
        ("User-agent: *   # all\nDisallow: /a # not this", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("Disallow: /", "/a", True),
        ("<html><body>Not a robots file</body></html>", "/a", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    rules = read_rules(text.encode(), "Hunar")
    assert rules.allow(f"http://jobs.example{path}") is allowed


def test_a_hostile_file_takes_little_time() -> None:
    agents = "".join(f"user-agent: a{number}\n" for number in range(12_000))
    agents += "".join(f"useragent b{number}\n" for number in range(3_000))
    text = agents + "user-agent: *\n" + "allow: /$\n" * 8_000 + "disallow: /*a*a*a*a*a*a*a*a*b\n" * 4_000
    begin = time.process_time()
    rules = read_rules(text.encode()[:512_000], "Hunar")
    assert rules.allow("http://jobs.example/" + "a" * 3_000)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("line", ["http://[", "//[/", "/%zz", "/[x", "*" * 500 + "q", "$$$", "\x00", "/\u2028/"])
def test_rules_that_make_no_sense_do_no_harm(site: Site, line: str) -> None:
    robots(site, f"User-agent: *\nDisallow: /b\nAllow: {line}\nDisallow: {line}x\nCrawl-delay: {line}")
    assert fetcher(site).get(A).body == b"a"
    assert fetcher(site).get(f"{A}?[%zz]").body == b"?"
    with pytest.raises(FetchProblem, match="does not allow"):
        fetcher(site).get("http://jobs.example/b")


def test_what_robots_forbids_is_not_asked_for(site: Site) -> None:
    robots(site, "User-agent: *\nDisallow: /a")
    assert problem(site) == NOT_ALLOWED
    assert site.asked == ["jobs.example/robots.txt"]


def test_robots_of_each_host_on_the_way_is_asked(site: Site) -> None:
    robots(site, "User-agent: *\nDisallow: /a")
    site.put("other.example/b", reply(302, Location=A))
    assert problem(site, B) == NOT_ALLOWED
    assert "jobs.example/a" not in site.asked


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 204])
def test_without_a_robots_file_all_is_allowed(site: Site, status: int) -> None:
    robots(site, reply(status))
    assert fetcher(site).get(A).body == b"a"


@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504, 599])
def test_with_a_robots_file_that_cannot_be_had_nothing_is(site: Site, status: int) -> None:
    robots(site, reply(status))
    assert problem(site).startswith("The robots.txt of jobs.example ")
    assert set(site.asked) == {"jobs.example/robots.txt"}


def test_redirects_of_robots_are_followed_safely(site: Site) -> None:
    robots(site, reply(301, Location="http://other.example/rules"))
    site.put("other.example/rules", reply(body=b"User-agent: *\nDisallow: /a"))
    assert problem(site) == NOT_ALLOWED
    assert "leads to this machine" in problem(site, resolver=names(other_example=["127.0.0.1"]))
    robots(site, reply(301, Location="/robots.txt"))
    assert fetcher(site).get(A).body == b"a"


def test_only_the_start_of_a_long_robots_file_is_read(site: Site) -> None:
    text = "User-agent: *\nDisallow: /x\n" + "#" * 600_000 + "\nDisallow: /a"
    robots(site, reply(body=gzip.compress(text.encode(), mtime=0), Content_Encoding="gzip"))
    assert fetcher(site).get(A).body == b"a"
    robots(site, reply(body=gzip.compress(bytes(50_000_000), mtime=0), Content_Encoding="gzip"))
    assert fetcher(site).get(A).body == b"a"


def test_robots_is_believed_for_a_day(site: Site) -> None:
    robots(site, "User-agent: *\nDisallow: /x", "User-agent: *\nDisallow: /a")
    clock = Clock()
    reader = fetcher(site, clock)
    reader.get(A)
    clock.now += 86_399
    reader.get(A)
    assert site.asked.count("jobs.example/robots.txt") == 1
    clock.now += 2
    with pytest.raises(FetchProblem, match="does not allow"):
        reader.get(A)
    assert site.asked.count("jobs.example/robots.txt") == 2


def test_a_robots_file_that_failed_is_asked_for_again_after_ten_minutes(site: Site) -> None:
    robots(site, reply(500), "")
    clock = Clock()
    reader = fetcher(site, clock)
    for _ in range(2):
        with pytest.raises(FetchProblem, match="answers with an error"):
            reader.get(A)
    assert len(site.asked) == 1
    clock.now += 601
    assert reader.get(A).body == b"a"


# --- intervals ------------------------------------------------------------------------------------


def test_a_host_is_asked_every_two_seconds_and_each_host_on_its_own(site: Site) -> None:
    clock = Clock()
    reader = fetcher(site, clock, limits=Limits())
    reader.get(A)
    assert clock.slept == [2]
    reader.get(B)
    assert clock.slept == [2, 2]
    clock.now += 0.5
    reader.get(A)
    assert clock.slept == [2, 2]
    clock.now += 0.5
    reader.get(A)
    assert clock.slept == [2, 2, 1.5]


@pytest.mark.parametrize(
    ("delay", "slept"), [("10", 10), ("0.5", 2), ("3600", 60), ("-5", 2), ("nan", 2), ("soon", 2)]
)
def test_a_crawl_delay_is_kept_up_to_a_minute(site: Site, delay: str, slept: float) -> None:
    robots(site, f"User-agent: *\nCrawl-delay: {delay}")
    clock = Clock()
    fetcher(site, clock, limits=Limits()).get(A)
    assert clock.slept == [slept]


# --- being asked to wait --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("7", "", 7),
        ("0", "", 0),
        ("99999999999999999999", "", 86_400),
        ("-1", "", None),
        ("٧", "", None),
        ("soon", "", None),
        ("", "", None),
        ("Fri, 20 Nov 2026 09:01:30 GMT", "Fri, 20 Nov 2026 09:00:00 GMT", 90),
        ("Fri, 20 Nov 2028 09:00:00 GMT", "Fri, 20 Nov 2026 09:00:00 GMT", 86_400),
        ("Fri, 20 Nov 2026 08:00:00 GMT", "Fri, 20 Nov 2026 09:00:00 GMT", 0),
        ("Fri, 20 Nov 2026 09:01:30 GMT", "", None),
        ("Fri, 20 Nov 2026 09:01:30 -0000", "Fri, 20 Nov 2026 09:00:00 GMT", None),
        ("Fri, 99 Nov 2026 09:01:30 GMT", "Fri, 20 Nov 2026 09:00:00 GMT", None),
    ],
)
def test_retry_after(value: str, date: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value, "date": date}) == seconds


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_two_more_tries_with_longer_waits(site: Site, status: int) -> None:
    clock = Clock()
    site.put("jobs.example/a", reply(status), reply(status), reply(body=b"a"))
    assert fetcher(site, clock, limits=Limits()).get(A).body == b"a"
    assert clock.slept == [2, 2, 8]
    site.put("jobs.example/a", reply(status))
    assert f"({status})" in problem(site)
    assert site.asked.count("jobs.example/a") == 6


def test_a_wait_that_is_asked_for_is_kept_for_all_pages_of_the_host(site: Site) -> None:
    clock = Clock()
    site.put("jobs.example/a", reply(429, Retry_After="30"), reply(body=b"a"))
    reader = fetcher(site, clock)
    assert reader.get(A).body == b"a"
    assert clock.slept == [30]


def test_a_wait_that_is_too_long_ends_the_fetch_and_is_kept(site: Site) -> None:
    clock = Clock()
    site.put("jobs.example/a", reply(503, Retry_After="3600"))
    reader = fetcher(site, clock)
    with pytest.raises(FetchProblem) as said:
        reader.get(A)
    assert str(said.value) == "jobs.example asks to be left alone for 60 minutes; try again after that."
    clock.now += 600
    with pytest.raises(FetchProblem, match="50 minutes"):
        reader.get("http://jobs.example/other")
    assert reader.get(B).body == b"b"
    assert site.asked.count("jobs.example/a") == 1
    assert "jobs.example/other" not in site.asked
    assert clock.slept == []
