"""Addresses that point inside are never fetched, however they are written and wherever they come from."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fetching_site import PUBLIC, Site, fetcher, names, reply

from jobs_ingest.fetching.addresses import inside, read_address
from jobs_ingest.fetching.resolving import checked_addresses, open_socket
from jobs_ingest.fetching.targets import configured_ports, read_target, redirected
from jobs_ingest.fetching.values import FetchProblem

#: Addresses of machines and networks inside, in their usual form.
NUMBERS = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.10.10.10 10.255.255.255
100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.0 127.0.0.1 127.0.1.1 127.1.2.3 127.255.255.254 127.255.255.255
168.63.129.16 169.254.0.1 169.254.169.123 169.254.169.254 169.254.170.2 169.254.255.255
172.16.0.0 172.16.0.1 172.17.0.1 172.24.1.1 172.31.255.255
192.0.0.1 192.0.0.8 192.0.0.170 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.175.48.1
192.168.0.1 192.168.1.1 192.168.99.100 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7
224.0.0.1 224.0.0.251 239.255.255.250 240.0.0.1 250.1.2.3 255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254
::ffff:93.184.215.14 ::ffff:0:127.0.0.1 0:0:0:0:0:0:0:1 0:0:0:0:0:ffff:c0a8:101
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::a00:1 64:ff9b::100.64.0.1 64:ff9b::0.0.0.0
64:ff9b:1::1 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:0:7f00:1:: 2001:0:4136:e378:8000:63bf:f5ff:fffe 2001:2::1
2001:10::1 2001:20::1 2001:db8::1 2001:db8:ffff::1 2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101::1
2002:a9fe:a9fe::1 2002:5db8:d70e::1 2620:4f:8000::1 3fff::1 3fff:fff::1 4000::1 5f00::1 8000::1
fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fd12:3456:789a::1 fdff:ffff::1 fe80::1 fe80::a00:1 febf::1 fec0::1
fec0:0:0:ffff::1 ff02::1 ff02::fb ff05::2 ff0e::1 2a00:1450:4001::5efe:10.0.0.1 2a00:1450:4001::200:5efe:192.168.1.1
""".split()
#: Hosts that are written in ways that some parsers take for inside addresses, or that name machines inside.
HOSTS = """
localhost LOCALHOST localhost. localhost.localdomain a.localhost foo.localhost. metadata metadata.google.internal
instance-data.ec2.internal printer.local router.lan nas.home intranet intranet.corp db.private
1.0.0.127.in-addr.arpa
gateway.home.arpa abc.onion abc.alt server.test server.invalid kubernetes.default.svc.cluster.local example
127.1 127.0.1 0 1 0.0 2130706433 017700000001 0x7f000001 0x7f.1 0x7f.0x0.0x0.0x1 0177.0.0.1 0177.0.0.01 127.0.0.01
127.000.000.001 127.0.0.0x1 0x7F.0.0.1 10.1 192.168.257 3232235777 0xc0a80101 0300.0250.1.1 169.254.43518
2852039166 0xa9fea9fe 0251.0376.0251.0376 127.0.0.1. 127.0.0.1.. 10.0.0.1. 1.2.3.4.5 1.2.3.256 999.1.1.1 08.8.8.8
jobs.example. jobs..example .jobs.example -jobs.example jobs-.example jobs.example.0x1 jobs.1 jobs.0x
[::1%lo] [fe80::1%eth0] [fe80::1%25eth0] [2a00:1450:4001::1%25eth0] [::1 ::1] [::1]] [[::1]] [] [127.0.0.1]
[localhost] [v1.fe80::1] [::ffff:127.0.0.1%1] 1::127.0.0.1 ①②⑦.⓪.⓪.① １２７.０.０.１ 127。0。0。1
127．0．0．1 ⓛocalhost
ｌｏｃａｌｈｏｓｔ locaｌhost l\u2080calhost 127.0.0.1\u200b \u2488\u2488 ℓocalhost lо\u0441alhost.example
ßjobs.example
jobs\u3002example jobs.example%00.localhost 127.0.0.1%23.jobs.example %31%32%37.0.0.1 %6cocalhost
jobs.example%2eevil
a_.example xn--.
""".split()
#: Whole addresses that are not for us: other schemes, user info, other ports, tricks on parsers.
ADDRESSES = [
    "ftp://jobs.example/",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:70/_x",
    "dict://127.0.0.1:11211/stats",
    "ldap://10.0.0.1/",
    "jar:http://127.0.0.1!/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "ws://jobs.example/",
    "httpss://jobs.example/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "//127.0.0.1/",
    "127.0.0.1",
    "",
    " ",
    "http://",
    "http:///",
    "http://?",
    "https:///etc/passwd",
    "http://user@jobs.example/",
    "http://user:password@jobs.example/",
    "http://jobs.example@127.0.0.1/",
    "http://127.0.0.1@jobs.example/",
    "http://@jobs.example/",
    "http://:@jobs.example/",
    "http://jobs.example:80@127.0.0.1/",
    "http://127.0.0.1:80\\@jobs.example/",
    "http://jobs.example\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http://127.0.0.1 .jobs.example/",
    "http://jobs.example\t.evil.example/",
    "http://127.0.0.1\t/",
    "http://127.0.0.1\r\nHost: jobs.example/",
    "http://jobs.example/a\r\nX: y",
    "http://jobs.example/\x00",
    "\x01http://jobs.example/",
    " http://jobs.example/",
    "http://jobs.example:22/",
    "http://jobs.example:0/",
    "http://jobs.example:65536/",
    "http://jobs.example:99999/",
    "http://jobs.example:080808/",
    "http://jobs.example:/x:1",
    "http://jobs.example:-80/",
    "http://jobs.example:8 0/",
    "http://jobs.example:８０/",
    "http://jobs.example:80:80/",
    "http://jobs.example:6379/",
    "http://jobs.example/" + "a" * 4_000,
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 130 + "example/",
]


class Nobody(Site):
    """A network in which nobody may be reached."""

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        raise AssertionError(f"{address} was reached")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def nobody() -> Iterator[Site]:
    site = Nobody()
    yield site
    site.close()


def refusal(site: Site, url: str, **others: object) -> str:
    with pytest.raises(FetchProblem) as problem:
        fetcher(site, **others).get(url)
    sentence = str(problem.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 400
    return sentence


def test_the_tables_hold_what_is_asked_for() -> None:
    assert len(set(NUMBERS)) >= 100
    assert len(set(HOSTS)) >= 90
    assert all(read_address(number) is not None for number in NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_inside_is_not_fetched(nobody: Site, number: str) -> None:
    host = f"[{number}]" if ":" in number else number
    for url in (f"http://{host}/", f"https://{host}:443/latest/meta-data"):
        assert "nothing inside is ever fetched" in refusal(nobody, url)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_name_that_leads_inside_is_not_fetched(nobody: Site, number: str) -> None:
    problem = refusal(nobody, "https://jobs.example/", resolver=names(jobs_example=[number]))
    assert problem.startswith("jobs.example leads to ")
    # Neither alone nor behind a good address, and the number itself is not told.
    for answers in ([PUBLIC, number], [number, PUBLIC]):
        assert refusal(nobody, "https://jobs.example/", resolver=names(jobs_example=answers)) == problem
    assert number in ("::", "::1", "::2", "0.0.0.0") or number not in problem


@pytest.mark.parametrize("number", NUMBERS)
def test_a_redirect_that_leads_inside_is_not_followed(site: Site, number: str) -> None:
    host = f"[{number}]" if ":" in number else number
    site.put("jobs.example/number", reply(302, Location=f"http://{host}/"))
    site.put("jobs.example/name", reply(307, Location="//inner.example/secret"))
    problem = refusal(site, "http://jobs.example/number")
    assert problem.startswith("jobs.example sends on to an address that is not fetched: ")
    problem = refusal(site, "http://jobs.example/name", resolver=names(inner_example=[number]))
    assert problem.startswith("inner.example leads to ")
    assert set(site.reached) == {(PUBLIC, 80)}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_plainly_outside_is_not_fetched(nobody: Site, host: str) -> None:
    host = host.encode().decode("unicode_escape") if "\\u" in host else host
    for url in (f"http://{host}/", f"https://{host}:443/a?b"):
        refusal(nobody, url)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_not_for_us_is_not_fetched(nobody: Site, address: str) -> None:
    refusal(nobody, address)


@pytest.mark.parametrize("address", [*ADDRESSES[:5], *ADDRESSES[21:27], "http://localhost/", "http://0x7f.1/"])
def test_a_redirect_to_such_an_address_is_not_followed(site: Site, address: str) -> None:
    site.put("jobs.example/", reply(301, Location=address))
    refusal(site, "http://jobs.example/")
    assert set(site.reached) == {(PUBLIC, 80)}


def test_what_a_password_or_key_in_an_address_was_is_not_told(nobody: Site) -> None:
    problem = refusal(nobody, "https://worker:s3cret@jobs.example/feed?key=k3y")
    assert problem == (
        "The address of “jobs.example” holds a user name or password; leave them out of the address."
    )


@pytest.mark.parametrize(
    "number",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2001:200::1", "2001:4860:4860::8888", "2400:1a00::1", "2606:4700::1111", "2a00:1450:4001:82b::200e",
        "64:ff9b::8.8.8.8", "2a00:1450:4001::5efe:8.8.8.8",
    ],
)  # fmt: skip
def test_public_numbers_are_not_taken_for_inside(number: str) -> None:
    address = read_address(number)
    assert address is not None
    assert inside(address) is None


def test_a_name_that_changes_its_answer_reaches_nobody_inside(site: Site) -> None:
    answers = iter([[PUBLIC], [PUBLIC], ["127.0.0.1"], ["169.254.169.254"]])
    site.put("jobs.example/a", reply(body=b"a"))
    reader = fetcher(site, resolver=lambda host: next(answers))
    assert reader.get("http://jobs.example/a").body == b"a"
    for _ in range(2):
        with pytest.raises(FetchProblem, match=r"^jobs\.example leads to "):
            reader.get("http://jobs.example/a")
    assert site.reached == [(PUBLIC, 80)] * 2
    assert site.asked == ["jobs.example/robots.txt", "jobs.example/a"]


def test_each_request_asks_for_the_name_once_and_connects_to_what_was_checked(site: Site) -> None:
    looked_up: list[str] = []

    def resolver(host: str) -> list[str]:
        looked_up.append(host)
        return ["93.184.215.14" if len(looked_up) == 1 else "2606:4700::1111"]

    site.put("jobs.example/", reply(body=b"x"))
    fetcher(site, resolver=resolver).get("https://jobs.example/".replace("https", "http"))
    assert looked_up == ["jobs.example", "jobs.example"]
    assert site.reached == [("93.184.215.14", 80), ("2606:4700::1111", 80)]


def test_a_retry_checks_the_name_again(site: Site) -> None:
    answers = iter([[PUBLIC], [PUBLIC], ["10.0.0.1"]])
    site.put("jobs.example/", reply(503))
    with pytest.raises(FetchProblem, match="leads to a private network"):
        fetcher(site, resolver=lambda host: next(answers)).get("http://jobs.example/")
    assert site.reached == [(PUBLIC, 80)] * 2


def test_at_most_three_addresses_of_a_host_are_tried() -> None:
    answers = ["8.8.4.4", "8.8.8.8", "8.8.4.4", "2606:4700:0::1111", "1.1.1.1"]
    assert checked_addresses("a.example", lambda host: answers) == ["8.8.4.4", "8.8.8.8", "2606:4700::1111"]


def test_a_connection_to_this_machine_is_dropped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(OSError, match="this machine's own"):
        open_socket("127.0.0.1", server.getsockname()[1], 5)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://jobs.example", "http://jobs.example/"),
        ("HTTPS://Jobs.Example:443/A?b=C#d", "https://jobs.example/A?b=C"),
        ("https://jobs.example?q=1", "https://jobs.example/?q=1"),
        ("http://jobs.example:443/", "http://jobs.example:443/"),
        ("https://xn--11b5bs3a9aj6g.example/", "https://xn--11b5bs3a9aj6g.example/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://jobs.example/काम?x=é&y=%20", "https://jobs.example/%E0%A4%95%E0%A4%BE%E0%A4%AE?x=%C3%A9&y=%20"),
        ('https://jobs.example/a"<b>', "https://jobs.example/a%22%3Cb%3E"),
    ],
)
def test_addresses_are_read(address: str, found: str) -> None:
    assert read_target(address).url == found


def test_what_is_read_is_what_other_parsers_read() -> None:
    chance = random.Random(3)
    scraps = [
        *"htps:/.@#?[]%0189abcxF-_\\ \t१。．;&=,!|'\"<>{}^`~+*()$",
        *HOSTS[:40],
        ":80",
        ":8080",
        "user@",
        "//",
    ]
    taken = 0
    for _ in range(20_000):
        start = chance.choice(["http://", "https://", "HTTP://jobs.example", "https://jobs.example", ""])
        address = start + "".join(chance.choice(scraps) for _ in range(chance.randrange(6)))
        try:
            target = read_target(address)
        except FetchProblem:
            continue
        taken += 1
        parts = urlsplit(target.url)
        assert (parts.hostname, parts.username) == (target.host, None), address
        assert (parts.port or {"http": 80, "https": 443}[parts.scheme]) == target.port, address
        assert target.url.isascii(), address
        # What the C library would take for a number is one that was checked as such.
        if re.fullmatch(r"[0-9a-fx.]+", target.host) and read_address(target.host) is None:
            with pytest.raises(OSError, match="illegal IP address"):
                socket.inet_aton(target.host)
    assert taken > 1_000


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("/b", "https://jobs.example/b"),
        ("b?c", "https://jobs.example/x/b?c"),
        ("../b", "https://jobs.example/b"),
        ("//other.example/b", "https://other.example/b"),
        ("https://other.example", "https://other.example/"),
        ("/काम".encode().decode("latin-1"), "https://jobs.example/%E0%A4%95%E0%A4%BE%E0%A4%AE"),
        ("/caf\xe9", "https://jobs.example/caf%C3%A9"),
    ],
)
def test_redirects_are_read(location: str, found: str) -> None:
    assert redirected(read_target("https://jobs.example/x/a"), location).url == found


def test_no_way_leads_from_https_to_http() -> None:
    with pytest.raises(FetchProblem, match=r"from https to plain http at other\.example"):
        redirected(read_target("https://jobs.example/"), "http://other.example/")


def test_a_port_is_used_only_on_the_host_whose_configuration_names_it() -> None:
    ports = configured_ports(
        ["https://Jobs.example:8443/feed", "http://[2606:4700:0::1]:81/", "rubbish", "http://a/"]
    )
    assert ports == {("jobs.example", 8443), ("2606:4700::1", 81)}
    assert read_target("https://jobs.example:8443/", ports).authority == "jobs.example:8443"
    for url in ("https://other.example:8443/", "https://jobs.example:8444/"):
        with pytest.raises(FetchProblem, match="only 80 and 443 are used"):
            read_target(url, ports)
    for url in ("http://jobs.example:0/", "http://jobs.example:65536/"):
        with pytest.raises(FetchProblem, match="only 80 and 443 are used"):
            read_target(url, configured_ports([url]))
    with pytest.raises(FetchProblem, match="this machine"):
        read_target("http://127.0.0.1:8000/", configured_ports(["http://127.0.0.1:8000/"]))
