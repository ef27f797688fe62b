"""From a written address to what is asked of whom, or one sentence why it is not fetched.

Parsers of addresses disagree about odd ones, and that is how inside addresses get past a check. Whatever is written
in more than one way is therefore refused, not interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urljoin

from jobs_ingest.fetching.addresses import inside, read_address
from jobs_ingest.fetching.values import FetchProblem, Target

Ports = frozenset[tuple[str, int]]

_LONGEST = 4_000
_USUAL = {"http": 80, "https": 443}
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?")
_HOST = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
#: Last labels that name machines of one's own network, or none (RFC 6761, 6762, 7686, 8375, 9476; ICANN: internal).
_INNER = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private"}
) | {
    "arpa",
    "onion",
    "alt",
    "test",
    "invalid",
}
_CORRECT = "correct the address of the source"


def read_target(address: str, ports: Ports = frozenset()) -> Target:
    """What to ask of whom for a written address; ``ports`` are the (host, port) pairs that the configuration names.

    Raises FetchProblem, one sentence, when the address may not be fetched or can be read in two ways.
    """
    if len(address) > _LONGEST or re.search(r"[\x00-\x20\x7f-\xa0\\]", address):
        raise FetchProblem(
            f"The address of {shown_host(address)} is too long or holds spaces, control characters or backslashes; "
            f"{_CORRECT}."
        )
    parts = _PARTS.fullmatch(address)
    if parts is None:
        raise FetchProblem(f"The address of {shown_host(address)} is not complete (https://host/path); {_CORRECT}.")
    scheme, authority, path, query = parts[1].lower(), parts[2], parts[3], parts[4] or ""
    shown = shown_host(address)
    if scheme not in _USUAL:
        raise FetchProblem(f"The address of {shown} is not http or https, and nothing else is fetched; {_CORRECT}.")
    if "@" in authority:
        raise FetchProblem(f"The address of {shown} holds a user name or password; leave them out of the address.")
    found = _HOST.fullmatch(authority.lower())
    if found is None:
        raise FetchProblem(f"The host or port in the address of {shown} cannot be read; {_CORRECT}.")
    host = _host(found[1], shown)
    port = int(found[2]) if found[2] else _USUAL[scheme]
    if port not in _USUAL.values() and ((host, port) not in ports or not 0 < port < 65_536):
        raise FetchProblem(
            f"The address of {host} asks for port {port}, and only 80 and 443 are used unless the configuration of "
            f"the source names the port; {_CORRECT}."
        )
    # Signs that may stand in a path or query stay as they are, everything else is escaped once.
    written = quote((path or "/") + query, safe="/?:@!$&'()*+,;=~-._%[]|")
    return Target(scheme, host, port, written)


def redirected(target: Target, location: str, ports: Ports = frozenset()) -> Target:
    """Where a redirect leads. Raises FetchProblem as ``read_target`` does, and for a way from https to http."""
    try:
        # Header values come as Latin-1; what was meant is nearly always UTF-8.
        text = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = location
    try:
        address = urljoin(target.url, text.strip(" \t"))
    except ValueError:
        address = ""
    try:
        following = read_target(address, ports)
    except FetchProblem as problem:
        raise FetchProblem(f"{target.host} sends on to an address that is not fetched: {problem}") from None
    if target.scheme == "https" and following.scheme == "http":
        raise FetchProblem(
            f"{target.host} sends on from https to plain http at {following.host}, where anyone could change "
            f"the page; ask the provider for an https address."
        )
    return following


def configured_ports(addresses: Iterable[str]) -> Ports:
    """The (host, port) pairs that the addresses of the configured sources name; unreadable addresses name none."""
    found = set()
    for address in addresses:
        parts = _PARTS.fullmatch(address)
        host = _HOST.fullmatch(parts[2].lower()) if parts else None
        if host and host[1] and host[2]:
            name = host[1].strip("[]")
            found.add((str(read_address(name) or name), int(host[2])))
    return frozenset(found)


def shown_host(address: str) -> str:
    """The host of an address, as far as it can be told, safe to print: no user info, path or control characters."""
    rest = re.split(r"[/?#\\]", address.partition("://")[2] or address, maxsplit=1)[0].rpartition("@")[2]
    host = "".join(sign if sign.isprintable() else "?" for sign in rest[:100]).strip()
    return f"“{host}”" if host else "the source"


def _host(host: str, shown: str) -> str:
    """The checked host of an address: a public IP address or a name with at least two parts."""
    if not host.isascii():
        raise FetchProblem(f"The host {shown} holds letters outside a to z; write it in its xn-- form.")
    literal = read_address(host[1:-1]) if host.startswith("[") else read_address(host)
    if literal is not None and (literal.version == 6) == host.startswith("["):
        kind = inside(literal)
        if kind is not None:
            raise inside_problem(shown, kind)
        return str(literal)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or _NUMBER.fullmatch(labels[-1]):
        raise FetchProblem(f"The host {shown} is neither a name nor an IP address in its usual form; {_CORRECT}.")
    if len(labels) < 2 or labels[-1] in _INNER:
        raise FetchProblem(f"The host {shown} is a name inside a network, and those are never fetched; {_CORRECT}.")
    return host


def inside_problem(host: str, kind: str) -> FetchProblem:
    """The sentence for an address that points inside."""
    return FetchProblem(f"{host} leads to {kind}, and nothing inside is ever fetched; {_CORRECT}.")
