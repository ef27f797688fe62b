"""A small site on this machine for the tests of fetching, reached through a connector that plays the network."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jobs_ingest.fetching.polite import PoliteFetcher
from jobs_ingest.fetching.values import Limits

PUBLIC = "93.184.215.14"
#: Trusts nobody; made once, because reading the real authorities takes a while.
_NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
Script = bytes | Callable[[], Iterable[bytes]]


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer with its length; ``_`` in a header's name stands for ``-``."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass
class Clock:
    """A clock that moves when somebody sleeps, and by ``step`` seconds whenever it is read."""

    now: float = 1000.0
    step: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Site:
    """Answers by host and path with scripts; without one it says 404. Keeps what was asked and who was reached."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.scripts: dict[str, list[Script]] = {}
        self.asked: list[str] = []
        self.requests: list[dict[str, str]] = []
        self.reached: list[tuple[str, int]] = []
        self.tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def put(self, url: str, *scripts: Script) -> None:
        """What to answer for ``host/path``: one script after the other, the last one for good."""
        self.scripts[url] = list(scripts)

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Play the network: every address leads here."""
        self.reached.append((address, port))
        return socket.create_connection(self._listener.getsockname(), min(seconds, 5))

    def close(self) -> None:
        """Stop; waits for what is being answered."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._answer, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection.makefile("rb") as lines:
                path = lines.readline().decode().split()[1]
                pairs = (line.decode("latin-1").split(":", 1) for line in iter(lines.readline, b"\r\n"))
                headers = {name.strip().lower(): value.strip() for name, value in pairs}
            url = headers["host"] + path
            self.requests.append(headers)
            self.asked.append(url)
            scripts = self.scripts.get(url, [reply(404)])
            script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
            for piece in [script] if isinstance(script, bytes) else script():
                connection.sendall(piece)
        except (OSError, IndexError):
            pass  # the fetcher hung up, as it should on hostile answers
        finally:
            connection.close()


def names(**hosts: Sequence[str]) -> Callable[[str], Sequence[str]]:
    """A resolver: every host is public but for those given (``_`` stands for ``.``)."""
    known = {name.replace("_", "."): found for name, found in hosts.items()}
    return lambda host: known.get(host, [PUBLIC])


def fetcher(site: Site, clock: Clock | None = None, **others: object) -> PoliteFetcher:
    """A fetcher that takes the site for the whole network, with no interval unless limits are given."""
    clock = clock or Clock()
    given: dict[str, object] = {
        "resolver": names(),
        "clock": clock,
        "sleep": clock.sleep,
        "connect": site.connect,
        "tls": _NO_TRUST,
        "limits": Limits(interval=0, backoff=1),
        **others,
    }
    return PoliteFetcher("Hunar/0.1 (+https://hunar.example/robot)", **given)  # type: ignore[arg-type]


def server_tls(folder: Path, *hosts: str, days: int = 30) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server with a certificate for the hosts, and of a client that trusts its maker.

    ``days`` from now it expires; a negative number makes one that has expired.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - datetime.timedelta(days=60))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
