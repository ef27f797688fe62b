"""Sizes, kinds, times and broken answers: whatever a server sends, the fetch ends early with one sentence."""

from __future__ import annotations

import gzip
import itertools
import random
import re
import socket
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from fetching_site import PUBLIC, Clock, Script, Site, fetcher, reply

from jobs_ingest.fetching.media import takes
from jobs_ingest.fetching.unpacking import Damaged, unpacked
from jobs_ingest.fetching.values import FetchProblem, Limits

PAGE = "http://jobs.example/page"
SMALL = Limits(interval=0, backoff=1, packed=200_000, unpacked=1_000_000)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def problem(site: Site, url: str = PAGE, accept: str = "", **others: object) -> str:
    with pytest.raises(FetchProblem) as found:
        fetcher(site, **others).get(url, accept=accept)
    assert found.value.__cause__ is None
    return str(found.value)


def serve(site: Site, *scripts: Script) -> None:
    site.put("jobs.example/page", *scripts)


# --- kinds and sizes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "content_type", "taken"),
    [
        ("", "anything/at-all", True),
        ("", "", True),
        ("*/*", "", True),
        ("text/html", "Text/HTML; charset=utf-8", True),
        ("text/html, application/*;q=0.5", "application/rss+xml", True),
        ("text/html, application/*;q=0.5", "text/plain", False),
        ("text/html", "text/html2", False),
        ("text/*", "textual/x", False),
        ("text/html", "", False),
    ],
)
def test_content_types(accept: str, content_type: str, taken: bool) -> None:
    assert takes(accept, content_type) is taken


def test_another_kind_of_content_is_left(site: Site) -> None:
    serve(site, reply(body=b"x", Content_Type="image/png"))
    assert "jobs.example sends “image/png” where something else was expected" in problem(site, accept="text/html")
    serve(site, reply(body=b"x"))
    assert "jobs.example sends no content type" in problem(site, accept="text/html")


def chunked(piece: bytes) -> Iterator[bytes]:
    """An answer that never ends."""
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


def bomb(coding: str, size: int) -> bytes:
    """Zeros, packed about a thousand times."""
    pack = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "raw": lambda data: zlib.compress(data, wbits=-15),
        "members": lambda data: gzip.compress(b"", mtime=0) * 101 + gzip.compress(data, mtime=0),
    }[coding]
    return pack(bytes(size))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw"])
def test_bombs_end_early_and_take_little_memory(site: Site, coding: str) -> None:
    name = {"gzip": "gzip", "deflate": "deflate", "raw": "deflate"}[coding]
    packed = bomb(coding, 100_000_000)
    assert len(packed) < SMALL.packed
    serve(site, reply(body=packed, Content_Encoding=name))
    tracemalloc.start()
    said = problem(site, limits=SMALL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == "The answer of jobs.example is larger than 1 MB and was left; ask the provider for less at once."
    assert peak < 5_000_000


def test_a_stream_of_empty_members_is_left(site: Site) -> None:
    serve(site, reply(body=bomb("members", 10), Content_Encoding="gzip"))
    assert "cannot be unpacked" in problem(site)


@pytest.mark.parametrize(
    "script",
    [
        reply(Content_Length="999999999999999999999"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 200001\r\n\r\n",
        lambda: chunked(b"x" * 10_000),
        lambda: chunked(b"x"),
        lambda: itertools.chain([b"HTTP/1.0 200 OK\r\n\r\n"], itertools.repeat(b"x" * 10_000)),
        lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"x" * 10_000)),
        lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X: y\r\n" * 1_000)),
        lambda: itertools.repeat(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 100),
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 201 + b"\r\n",
    ],
    ids=[
        "lying",
        "long",
        "endless",
        "bits",
        "endless 1.0",
        "endless header",
        "endless headers",
        "hints",
        "headers",
    ],
)
def test_endless_answers_end(site: Site, script: Script) -> None:
    serve(site, script)
    said = problem(site, limits=SMALL)
    assert "jobs.example" in said
    assert any(words in said for words in ("larger than 0 MB", "is not HTTP", "more than 200 headers"))


@pytest.mark.parametrize(
    "script",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked, gzip\r\n\r\nhello!",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"<html>\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x16\x03\x01\x00\x00\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 5\r\n\r\nplain",
        reply(body=gzip.compress(b"hello", mtime=0)[:-1], Content_Encoding="gzip"),
        reply(body=b"\x1f", Content_Encoding="gzip"),
        reply(body=b"x", Content_Encoding="br"),
        reply(body=b"x", Content_Encoding="zstd"),
        reply(body=b"x", Content_Encoding="gzip, gzip"),
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
def test_a_broken_answer_is_one_sentence(site: Site, script: Script) -> None:
    serve(site, script)
    said = problem(site)
    assert "jobs.example" in said
    assert any(
        words in said for words in ("is not HTTP", "cannot be unpacked", "not asked for", "that is not HTTP")
    )


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0) + b"\0\0padding"),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello", wbits=-15)),
        ("identity", b"hello"),
        ("", b"hello"),
    ],
)
@pytest.mark.parametrize("step", [1, 3, 1_000])
def test_packed_content_is_unpacked_whatever_the_pieces(coding: str, packed: bytes, step: int) -> None:
    pieces = [packed[start : start + step] for start in range(0, len(packed), step)]
    assert b"".join(unpacked(pieces, coding)) == b"hello"
    assert b"".join(unpacked([], coding)) == b""


def test_large_content_is_unpacked_whole() -> None:
    content = bytes(range(256)) * 5_000
    for text in (content, bytes(65_536), (b"ab" * 70_000)[:131_325]):
        # Without zlib's checksum the last bytes are read before all content is out.
        for packed in (zlib.compress(text), zlib.compress(text, wbits=-15)):
            pieces = list(unpacked([packed], "deflate"))
            assert b"".join(pieces) == text
            assert max(map(len, pieces)) <= 65_536
    with pytest.raises(Damaged):
        list(unpacked([zlib.compress(content)[:-3]], "deflate"))


# --- time -----------------------------------------------------------------------------------------


def test_a_slow_drip_ends_with_the_time_of_the_whole(site: Site) -> None:
    clock = Clock()

    class Drip(socket.socket):
        """Gives one byte at a time, and each takes a second."""

        def recv(self, size: int, flags: int = 0) -> bytes:
            clock.now += 1
            return super().recv(1, flags)

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        return Drip(fileno=site.connect(address, port, seconds).detach())

    serve(site, reply(body=b"x" * 1_000))
    limits = Limits(interval=0, total=200)
    assert problem(site, clock=clock, limits=limits, connect=connect) == (
        "jobs.example was too slow and the fetch was ended; try again later."
    )
    assert clock.now == 1_200
    assert site.asked == ["jobs.example/robots.txt", "jobs.example/page"]


def test_a_server_that_says_nothing_is_left(site: Site) -> None:
    # The connection stays open: nothing is ever sent on this end of the pair.
    ours, theirs = socket.socketpair()
    limits = Limits(interval=0, read=0.05)
    site.put("jobs.example/robots.txt", reply(404))
    calls = iter([site.connect, lambda *_: ours])
    said = problem(site, limits=limits, connect=lambda *where: next(calls)(*where))
    theirs.close()
    assert said == "jobs.example was too slow and the fetch was ended; try again later."
    assert ours.fileno() == -1


def test_polite_waiting_does_not_use_up_the_time(site: Site) -> None:
    clock = Clock()
    serve(site, reply(503, Retry_After="100"), reply(503, Retry_After="100"), reply(body=b"x"))
    assert fetcher(site, clock, limits=Limits(interval=2, total=10)).get(PAGE).body == b"x"
    assert clock.slept == [2, 100, 100]


# --- answers by chance ----------------------------------------------------------------------------

WHOLE = [
    reply(body=b"hello world", Content_Type="text/html", ETag='"a"'),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n",
    reply(302, Location="https://other.example/x"),
    reply(503, Retry_After="5", Date="Fri, 20 Nov 2026 09:00:00 GMT"),
    b"HTTP/1.1 103 Early\r\n\r\n" + reply(body=gzip.compress(b"User-agent: *", mtime=0), Content_Encoding="gzip"),
]
SCRAPS = [
    b"\r\n",
    b"\0",
    b"9" * 20,
    b": ",
    b"\xff",
    b"-1",
    b"Content-Length: 3\r\n",
    b"Location: http://10.0.0.1/\r\n",
]


def mutant(chance: random.Random) -> bytes:
    """An answer with one to five small faults."""
    data = bytearray(chance.choice(WHOLE))
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randint(1, 8)]
            case _:
                data[place:place] = chance.choice(SCRAPS)
    return bytes(data)


def test_faulty_answers_are_pages_or_one_sentence(site: Site) -> None:
    chance = random.Random(5)
    pages, sentences = 0, list[str]()
    for _ in range(500):
        data = mutant(chance)

        def connect(address: str, port: int, seconds: float, data: bytes = data) -> socket.socket:
            assert address == PUBLIC
            ours, theirs = socket.socketpair()
            with theirs:
                theirs.sendall(data)
            return ours

        try:
            fetcher(site, connect=connect).get(PAGE, etag='"a"')
            pages += 1
        except FetchProblem as said:
            sentences.append(str(said))
    assert pages + len(sentences) == 500
    assert pages > 10
    assert [said for said in sentences if not re.fullmatch(r"[^\r\n]{20,300}\.", said)] == []
