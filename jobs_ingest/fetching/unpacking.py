"""Bodies, read piece by piece and unpacked under a limit, so that a bomb ends after its first megabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from jobs_ingest.fetching.values import FetchProblem, Limits
from jobs_ingest.fetching.wire import Answer

#: What is asked for. Brotli and zstd are not: every server knows gzip, and less code meets foreign bytes.
ACCEPTED_CODINGS = "gzip, deflate"

_PIECE = 65_536
#: A gzip stream may hold several members; more than this many is made to cost time.
_MOST_MEMBERS = 100
_GZIP_MARK = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
#: The names of codings with zlib's window bits; None is not packed.
_WINDOWS = {"": None, "identity": None, "gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class Damaged(Exception):
    """Packed content that cannot be unpacked."""


def read_body(host: str, answer: Answer, limits: Limits) -> bytes:
    """The whole body, unpacked. Raises FetchProblem when it is too large, damaged or packed in another way."""
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding not in _WINDOWS:
        raise FetchProblem(f"{host} sends its answer packed in a way that was not asked for; tell the provider.")
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length[:15]) > limits.packed:
        raise _too_large(host, limits.packed)
    body = bytearray()
    try:
        for piece in unpacked(_counted(host, answer.chunks, limits.packed), coding):
            body += piece
            if len(body) > limits.unpacked:
                raise _too_large(host, limits.unpacked)
    except Damaged:
        raise FetchProblem(f"The answer of {host} is packed and cannot be unpacked; try again later.") from None
    return bytes(body)


def read_start(answer: Answer, most: int) -> bytes:
    """The first ``most`` bytes of a body, unpacked as far as it can be: enough of a robots.txt."""
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding not in _WINDOWS:
        return b""
    body = bytearray()
    try:
        for piece in unpacked(answer.chunks, coding):
            body += piece
            if len(body) >= most:
                break
    except Damaged:
        pass
    return bytes(body[:most])


def unpacked(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The content of packed chunks in pieces of at most 64 KiB. Raises Damaged."""
    window = _WINDOWS[coding]
    if window is None:
        yield from chunks
        return
    stream: zlib._Decompress | None = None
    rest, members = b"", 0
    for chunk in chunks:
        rest += chunk
        while rest or stream is not None:
            if stream is None:
                if len(rest) < 2:
                    break
                if members and (coding == "deflate" or not rest.startswith(_GZIP_MARK)):
                    return  # what some servers pad the end with
                members += 1
                if members > _MOST_MEMBERS:
                    raise Damaged
                stream = zlib.decompressobj(-zlib.MAX_WBITS if _is_raw(rest, coding) else window)
            piece, tail = _step(stream, rest)
            if piece:
                yield piece
            if stream.eof:
                rest, stream = stream.unused_data, None
                continue
            rest = tail
            if not rest and len(piece) < _PIECE:
                break
    if stream is not None or (rest and not members):
        raise Damaged


def _step(stream: zlib._Decompress, data: bytes) -> tuple[bytes, bytes]:
    """One piece, and what is still to be unpacked."""
    try:
        return stream.decompress(data, _PIECE), stream.unconsumed_tail
    except zlib.error:
        raise Damaged from None


def _is_raw(start: bytes, coding: str) -> bool:
    """Some servers send deflate without the zlib header that RFC 9110 asks for."""
    return coding == "deflate" and (start[0] & 0x0F != 8 or int.from_bytes(start[:2], "big") % 31 != 0)


def _counted(host: str, chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise _too_large(host, most)
        yield chunk


def _too_large(host: str, most: int) -> FetchProblem:
    return FetchProblem(
        f"The answer of {host} is larger than {most / 1e6:,.0f} MB and was left; ask the provider for less at once."
    )
