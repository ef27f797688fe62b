"""What is fetched, and what is said when it cannot be: a small site on this machine plays the world."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetching_site import PUBLIC, Clock, Script, Site, fetcher, names, reply, server_tls

from jobs_ingest.fetching.polite import PoliteFetcher
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


def test_a_page_comes_with_what_tells_its_next_state(site: Site) -> None:
    serve(site, reply(body=b"hello", Content_Type="text/html; charset=utf-8", ETag='"a1"', Last_Modified="then"))
    found = fetcher(site).get(PAGE, accept="text/html")
    assert (found.status, found.body, found.content_type) == (200, b"hello", "text/html; charset=utf-8")
    assert (found.etag, found.modified, found.url) == ('"a1"', "then", PAGE)


def test_what_is_sent_names_us_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    serve(site, reply(302, Location="/next", Set_Cookie="a=b"))
    site.put("jobs.example/next", reply(body=b"x", Content_Type="text/html"))
    fetcher(site).get(PAGE + "#part", accept="text/html, application/json")
    assert site.asked == ["jobs.example/robots.txt", "jobs.example/page", "jobs.example/next"]
    assert site.requests[2] == {
        "host": "jobs.example",
        "connection": "close",
        "user-agent": "Hunar/0.1 (+https://hunar.example/robot)",
        "accept-encoding": "gzip, deflate",
        "accept": "text/html, application/json",
    }
    assert site.reached == [(PUBLIC, 80)] * 3


def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    serve(site, reply(304, ETag='"a1"'))
    found = fetcher(site).get(PAGE, etag='"a1"', modified="Fri, 20 Nov 2026 09:00:00 GMT", accept="text/html")
    assert (found.status, found.body, found.etag) == (304, b"", '"a1"')
    assert found.modified == "Fri, 20 Nov 2026 09:00:00 GMT"
    assert site.requests[1]["if-none-match"] == '"a1"'
    assert site.requests[1]["if-modified-since"] == "Fri, 20 Nov 2026 09:00:00 GMT"
    assert "if-none-match" not in site.requests[0]
    serve(site, reply(304, ETag='"b2"'), reply(304))
    reader = fetcher(site)
    assert [reader.get(PAGE, etag='"a1"').etag for _ in range(2)] == ['"b2"', '"a1"']


def test_a_304_that_nobody_asked_for_is_no_page(site: Site) -> None:
    serve(site, reply(304))
    assert "nothing changed without having been asked" in problem(site)
    # A validator that could smuggle a header in is not sent, so its 304 was not asked for either.
    with pytest.raises(FetchProblem, match="without having been asked"):
        fetcher(site).get(PAGE, etag='"a"\r\nX-Evil: 1')
    assert all("x-evil" not in request for request in site.requests)


def test_a_validator_that_cannot_be_sent_back_is_not_kept(site: Site) -> None:
    serve(site, reply(ETag='"' + "a" * 600 + '"', Last_Modified="caf\xe9"))
    found = fetcher(site).get(PAGE)
    assert (found.etag, found.modified) == (None, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_told(site: Site, status: int) -> None:
    serve(site, reply(status, Location="http://other.example/b"))
    site.put("other.example/b", reply(body=b"b"))
    assert fetcher(site).get(PAGE).url == "http://other.example/b"
    assert site.asked[2:] == ["other.example/robots.txt", "other.example/b"]


def test_five_redirects_are_followed_and_no_sixth(site: Site) -> None:
    for step in range(6):
        site.put(f"jobs.example/{step}", reply(302, Location=f"/{step + 1}"))
    site.put("jobs.example/6", reply(body=b"end"))
    assert fetcher(site).get("http://jobs.example/1").body == b"end"
    assert problem(site, "http://jobs.example/0") == (
        "jobs.example sends on more than 5 times; correct the address of the source."
    )
    serve(site, reply(302))
    assert "without saying where to" in problem(site)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "gives no page at this address (204)"),
        (206, "gives no page at this address (206)"),
        (300, "sends on in a way that cannot be followed (300)"),
        (400, "does not accept the request (400)"),
        (401, "asks for a login"),
        (403, "refuses this page to us (403)"),
        (404, "has no such page (404)"),
        (410, "has taken the page away (410)"),
        (451, "legal reasons"),
        (500, "answers with an error (500)"),
        (599, "answers with an error (599)"),
        (799, "gives an answer that is not HTTP (799)"),
    ],
)
def test_each_status_is_one_sentence(site: Site, status: int, words: str) -> None:
    serve(site, reply(status, b"<html>a page of its own</html>"))
    said = problem(site)
    assert said.startswith("jobs.example ")
    assert words in said
    assert site.asked.count("jobs.example/page") == 1


# --- trouble on the way ---------------------------------------------------------------------------


def test_a_host_without_address_is_told(site: Site) -> None:
    def unknown(host: str) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    words = "jobs.example is not known to the name service; check whether the address is right, or try again later."
    assert problem(site, resolver=unknown) == words
    assert problem(site, resolver=names(jobs_example=[])) == words


def test_connecting_is_tried_three_times_at_each_address(site: Site) -> None:
    tried: list[str] = []

    def refuse(address: str, port: int, seconds: float) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    clock = Clock()
    resolver = names(jobs_example=["8.8.8.8", "1.1.1.1"])
    said = problem(site, clock=clock, connect=refuse, resolver=resolver)
    assert said == "jobs.example cannot be reached; check whether the address is right, or try again later."
    assert tried == ["8.8.8.8", "1.1.1.1"] * 3
    assert clock.slept == [1, 4]


def test_the_second_address_serves_when_the_first_is_down(site: Site) -> None:
    def connect(address: str, port: int, seconds: float) -> socket.socket:
        if address == "8.8.8.8":
            raise TimeoutError("timed out")
        return site.connect(address, port, seconds)

    serve(site, reply(body=b"x"))
    assert (
        fetcher(site, connect=connect, resolver=names(jobs_example=["8.8.8.8", "1.1.1.1"])).get(PAGE).body == b"x"
    )
    assert set(site.reached) == {("1.1.1.1", 80)}


def test_a_server_that_hangs_up_at_once_is_tried_again(site: Site) -> None:
    serve(site, b"", reply(body=b"x"))
    assert fetcher(site).get(PAGE).body == b"x"
    for nothing in (b"", b"<html>", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nX"):
        serve(site, nothing)
        assert problem(site).startswith("jobs.example ended the connection before it answered; ")


def test_an_agent_without_a_name_is_refused() -> None:
    for agent in ("", "1/2", "Hunar\r\nX: y", "हुनर/1"):
        with pytest.raises(ValueError, match="begins with a name"):
            PoliteFetcher(agent)


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Site, dict[str, object]]]:
    server, client = server_tls(tmp_path, "jobs.example")
    site = Site(server)
    yield site, {"tls": client}
    site.close()


def test_the_certificate_is_held_against_the_name_and_the_name_is_sent(
    secure: tuple[Site, dict[str, object]],
) -> None:
    site, trust = secure
    seen: list[str | None] = []
    assert site.tls is not None
    site.tls.sni_callback = lambda _socket, name, _context: seen.append(name)
    serve(site, reply(body=b"x"))
    assert fetcher(site, **trust).get("https://jobs.example/page").body == b"x"
    assert seen == ["jobs.example"] * 2
    assert site.reached == [(PUBLIC, 443)] * 2
    assert site.requests[1]["host"] == "jobs.example"


def test_a_certificate_for_another_name_is_refused(secure: tuple[Site, dict[str, object]]) -> None:
    site, trust = secure
    for url in ("https://other.example/", f"https://{PUBLIC}/"):
        said = problem(site, url, **trust)
        assert said.startswith(f"The certificate of {url[8:-1]} is not to be trusted (")
    assert site.asked == []
    assert len(site.reached) == 2


def test_a_certificate_of_an_unknown_maker_or_out_of_date_is_refused(
    secure: tuple[Site, dict[str, object]], tmp_path: Path
) -> None:
    said = problem(secure[0], "https://jobs.example/")
    assert "(self-signed certificate)" in said
    server, client = server_tls(tmp_path, "jobs.example", days=-1)
    old = Site(server)
    said = problem(old, "https://jobs.example/", tls=client)
    old.close()
    assert said == (
        "The certificate of jobs.example is not to be trusted (certificate has expired); "
        "ask the provider to mend it."
    )


def test_a_server_that_does_not_speak_tls_is_told(site: Site) -> None:
    def connect(address: str, port: int, seconds: float) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        theirs.shutdown(socket.SHUT_WR)
        peers.append(theirs)
        return ours

    peers: list[socket.socket] = []
    said = problem(site, "https://jobs.example/", connect=connect)
    for peer in peers:
        peer.close()
    assert said.startswith("jobs.example makes no secure connection; ")
    assert len(peers) == 1
