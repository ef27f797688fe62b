"""RSS and Atom: entries to cells, and what is told of a feed that is none."""

from __future__ import annotations

import pytest
from hostile import ITEM, feed
from sources_world import Answers, config, read

from jobs_ingest.sources.base import Validators
from jobs_ingest.sources.feed_guard import MOST_ENTRIES, FeedText, RefusedFeed, whole_feed

HERE = "https://jobs.example/feed.xml"
SOURCE = config("feed", addresses=(HERE,))

RSS = """<?xml version="1.0" encoding="utf-8"?>
<!-- made by hand --><?xml-stylesheet href="x.xsl"?>
<rss version="2.0" xmlns:job="http://jobs.example/ns" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Demo</title><link>https://jobs.example/</link>
<item><title>Mason &amp; Tiler</title><link>/j/1</link><guid isPermaLink="false">g-1</guid>
<pubDate>Mon, 02 Nov 2026 10:00:00 +0545</pubDate>
<description><![CDATA[<p>Lays bricks &amp; blocks</p><script>alert(1)</script><ul><li>Plaster</ul>]]></description>
<job:location>Bharatpur</job:location><job:company>Demo Builders</job:company></item>
<item><title>Cook</title><link>https://jobs.example/j/2</link><description>R & D&nbsp;kitchen</description></item>
<item><link>https://jobs.example/j/3</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Demo</title><entry><id>urn:1</id>
<title type="html">Driver &lt;b&gt;HTV&lt;/b&gt;</title><link rel="alternate" href="/d/1"/>
<updated>2026-11-01T00:00:00Z</updated><published>2026-10-31T00:00:00Z</published>
<author><name>Demo Transport</name></author><summary>short</summary>
<content type="html">&lt;p&gt;Drives&lt;br&gt;a lorry&lt;/p&gt;</content></entry></feed>"""


def test_rss() -> None:
    found = read(SOURCE, Answers({HERE: RSS.encode()}))
    mason, cook = found.offers
    assert (mason.kind, mason.ref, mason.url, mason.where) == (
        "vacancy",
        "g-1",
        "https://jobs.example/j/1",
        f"{HERE}, entry 1",
    )
    assert mason.cells == {
        "title": "Mason & Tiler",
        "description": "Lays bricks & blocks\nPlaster",
        "place": "Bharatpur",
        "employer": "Demo Builders",
        "posted": "Mon, 02 Nov 2026 10:00:00 +0545",
        "ref": "g-1",
    }
    assert (cook.ref, cook.cells["description"]) == ("https://jobs.example/j/2", "R & D kitchen")
    assert found.reasons == ["title: is empty and must be filled."]
    assert [(visited.url, visited.changed) for visited in found.visited] == [(HERE, True)]


def test_atom() -> None:
    offer = read(SOURCE, Answers({HERE: ATOM.encode()})).offers[0]
    assert (offer.ref, offer.url) == ("urn:1", "https://jobs.example/d/1")
    assert offer.cells == {
        "title": "Driver HTV",
        "description": "Drives\na lorry",
        "posted": "2026-10-31T00:00:00Z",
        "employer": "Demo Transport",
        "ref": "urn:1",
    }
    assert offer.original["summary"] == "short"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (404, "address: The server has no such page (404); correct the address of the source."),
        (500, "address: The server answers with an error (500); try again later."),
        ("jobs.example sends without end.", "address: jobs.example sends without end."),
        (b"", "address: The answer is empty; look at the address in a browser."),
        (
            b"<!doctype html><p>gone",
            "feed: The answer is a web page (HTML), not a feed; look for the feed's own address.",
        ),
        (b"<opml/>", "feed: The answer is XML of another kind (opml), not a feed; look for the feed's address."),
        (b"gone", "feed: The answer is no XML; give the address of an RSS or Atom feed."),
        (
            feed("", "<!DOCTYPE rss [<!ENTITY a 'b'>]>"),
            "feed: The feed declares entities of its own, which no honest feed does; it is not read.",
        ),
        (
            b"<rss><channel>",
            "feed: The feed cannot be read: no element found in line 1. Tell the source that it is broken.",
        ),
    ],
)
def test_feeds_that_give_nothing_do_not_end_the_run(answer: bytes | int | str, told: str) -> None:
    other = "https://jobs.example/other.xml"
    found = read(config("feed", addresses=(HERE, other)), Answers({HERE: answer, other: ATOM.encode()}))
    assert found.reasons == [told]
    assert not found.problems[0].counted
    assert [offer.cells["title"] for offer in found.offers] == ["Driver HTV"]
    assert [visited.url for visited in found.visited] == [other]


def test_a_feed_that_breaks_off_keeps_its_whole_entries_and_is_asked_for_again() -> None:
    answers = Answers({HERE: feed(ITEM * 2 + "<item><title>Co")[:-30]}, etag='"1"')
    found = read(SOURCE, answers)
    assert len(found.offers) == 2
    assert found.reasons == [
        "feed: The feed breaks off after entry 2: unclosed token in line 1. What stands before was read."
    ]
    assert (found.visited[0].etag, found.visited[0].modified) == (None, None)


def test_a_feed_without_end_is_read_up_to_a_limit() -> None:
    text = whole_feed(feed(ITEM * (MOST_ENTRIES + 1)).decode())
    assert text.text.count("<item>") == text.text.count("</item>") == MOST_ENTRIES
    assert text.text.endswith("</item></channel></rss>")
    assert text.problem == "The feed is longer than what is read at a time; its first 2,000 entries were read."


def test_what_did_not_change_is_not_read() -> None:
    answers = Answers({HERE: RSS.encode()}, etag='"1"')
    first = read(SOURCE, answers).visited[0]
    again = read(SOURCE, answers, {HERE: Validators(first.etag, first.modified)})
    assert (again.offers, again.problems, again.visited[0].changed, again.visited[0].etag) == ([], [], False, '"1"')


@pytest.mark.parametrize(
    ("inside", "mended"),
    [
        ("a & b", "a &amp; b"),
        ("a &amp; b &#38; c", "a &amp; b &#38; c"),
        ("x &nbsp;&copy; & y", "x \u00a0© &amp; y"),
        ("&nosuch; & &", "&amp;nosuch; &amp; &amp;"),
        ("a\0b & c", "ab &amp; c"),
    ],
)
def test_small_faults_are_mended(inside: str, mended: str) -> None:
    assert whole_feed(f"<rss><channel>{inside}</channel></rss>") == FeedText(
        f"<rss><channel>{mended}</channel></rss>"
    )


def test_a_document_type_from_elsewhere_is_left_out() -> None:
    start = '\ufeff<?xml version="1.0"?>\n<!-- x --><!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://x.example/rss.dtd">\n'
    assert whole_feed(f"{start}<rss/>").text == "<rss/>"
    with pytest.raises(RefusedFeed, match="breaks off before it begins"):
        whole_feed("<!DOCTYPE rss [")
