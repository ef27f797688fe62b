"""One question and one answer over one connection, bounded in time and size."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2

from jobs_ingest.fetching.resolving import Connect
from jobs_ingest.fetching.values import FetchProblem, Limits, Target

_MOST_HEADERS = 200
#: Bytes that may come besides the body and once more its length: headers, early hints, the framing of chunks.
_BESIDES = 262_144


class Unreached(Exception):
    """The server could not be reached or hung up at once: worth another try. Says why, after the host's name."""


class Deadline:
    """The time that is left for a whole fetch."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self, most: float) -> float:
        """The seconds that one step may take, at most ``most``. Raises httpcore2.ReadTimeout when none is left."""
        left = self._end - self._clock()
        if left <= 0:
            raise httpcore2.ReadTimeout("the whole fetch took too long")
        return min(left, most)

    def extend(self, seconds: float) -> None:
        """Time that was spent waiting politely does not count."""
        self._end += seconds


@dataclass(slots=True)
class _Allowance:
    """How many bytes may still be received. Content earns more, so that nobody keeps us busy with anything else."""

    left: int = _BESIDES

    def earned(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks of a body; each brings twice its length."""
        for chunk in chunks:
            self.left += 2 * len(chunk)
            yield chunk


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What one exchange may take."""

    limits: Limits
    deadline: Deadline
    allowance: _Allowance


class _Stream(httpcore2.NetworkStream):
    """A socket whose every step is bounded, and all it may receive with it."""

    def __init__(self, connection: socket.socket, bounds: _Bounds) -> None:
        self._socket = connection
        self._limits = bounds.limits
        self._deadline = bounds.deadline
        self._allowance = bounds.allowance
        self._bounds = bounds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._socket.settimeout(self._deadline.left(self._limits.read))
            received = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.ReadError(str(error)) from error
        self._allowance.left -= len(received)
        if self._allowance.left < 0:
            raise httpcore2.RemoteProtocolError("far more framing than content")
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._socket.settimeout(self._deadline.left(self._limits.read))
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            self._socket.settimeout(self._deadline.left(self._limits.connect))
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise FetchProblem(
                f"The certificate of {server_hostname} is not to be trusted ({error.verify_message.rstrip('.')}); "
                f"ask the provider to mend it."
            ) from None
        except ssl.SSLError as error:
            self.close()
            raise FetchProblem(
                f"{server_hostname} makes no secure connection; check whether the address is right, "
                f"or ask the provider ({(error.reason or 'TLS failed').lower().replace('_', ' ')})."
            ) from None
        except OSError as error:
            self.close()
            raise httpcore2.ConnectError(str(error)) from error
        except httpcore2.ReadTimeout:
            self.close()
            raise
        return _Stream(secured, self._bounds)


class _Pinned(httpcore2.NetworkBackend):
    """Connects to the checked addresses, whatever host is asked for."""

    def __init__(self, addresses: Sequence[str], connect: Connect, bounds: _Bounds) -> None:
        self._addresses = addresses
        self._connect = connect
        self._bounds = bounds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure = "it has no address"
        for address in self._addresses:
            try:
                seconds = self._bounds.deadline.left(self._bounds.limits.connect)
                connection = self._connect(address, port, seconds)
            except OSError as error:
                failure = str(error)
            else:
                return _Stream(connection, self._bounds)
        raise httpcore2.ConnectError(failure)


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back, while the connection is open: header names in lower case, the body as it arrives."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


@contextmanager
def exchange(
    target: Target,
    addresses: Sequence[str],
    headers: Mapping[str, str],
    *,
    limits: Limits,
    deadline: Deadline,
    tls: ssl.SSLContext,
    connect: Connect,
) -> Iterator[Answer]:
    """Ask for the target (GET) at one of the checked addresses.

    Raises Unreached when another try may help, else FetchProblem; what goes wrong while the body is read is told in
    the same way.
    """
    bounds = _Bounds(limits, deadline, _Allowance())
    connection = httpcore2.HTTPConnection(
        httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port),
        ssl_context=tls,
        network_backend=_Pinned(addresses, connect, bounds),
    )
    host = target.host
    began = False
    try:
        response = connection.handle_request(_request(target, headers))
        began = True
        if len(response.headers) > _MOST_HEADERS:
            raise FetchProblem(f"{host} sends more than {_MOST_HEADERS} headers; tell the provider.")
        chunks = bounds.allowance.earned(response.iter_stream())
        yield Answer(response.status, _headers(response.headers), chunks)
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
        raise Unreached("cannot be reached") from error
    except httpcore2.TimeoutException:
        raise FetchProblem(f"{host} was too slow and the fetch was ended; try again later.") from None
    except httpcore2.NetworkError as error:
        if not began:
            raise Unreached("ended the connection before it answered") from error
        raise FetchProblem(f"{host} ended the connection in the middle of its answer; try again later.") from None
    except httpcore2.RemoteProtocolError as error:
        if not began and "without sending" in str(error):
            raise Unreached("ended the connection before it answered") from error
        raise FetchProblem(
            f"The answer of {host} is cut short or is not HTTP; check the address, or try again later."
        ) from None
    except httpcore2.LocalProtocolError:
        raise FetchProblem(f"The request to {host} cannot be written; correct the address of the source.") from None
    finally:
        connection.close()


def _request(target: Target, headers: Mapping[str, str]) -> httpcore2.Request:
    written = {"Host": target.authority, "Connection": "close", **headers}
    return httpcore2.Request(
        b"GET",
        httpcore2.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        ),
        headers=[(name.encode(), value.encode()) for name, value in written.items()],
    )


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Repeated headers are joined by commas, as RFC 9110 section 5.2 has it."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
