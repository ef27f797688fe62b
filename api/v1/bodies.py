"""What a body may be: JSON of at most 64 KiB."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message as Header

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
#: Makes the answer to a body that is refused, from status and sentence.
Refuse = Callable[[int, str], Response]


class JsonBodies:
    """Reads a body up to the limit before anything else does, and refuses what is larger or no JSON by its type."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 or 415, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(Headers(scope=scope), receive)
        if body is None:
            answer = self._refuse(413, f"The body is larger than {MOST_BYTES // 1024} KiB. Send less at once.")
            await answer(scope, receive, send)
        elif body and not _is_json(Headers(scope=scope).getlist("content-type")):
            await self._refuse(415, "Send the body as application/json.")(scope, receive, send)
        else:
            await self._app(scope, _again(body, receive), send)


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    said = headers.get("content-length", "0")
    if said.isdecimal() and int(said[:20]) > MOST_BYTES:
        return None
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _is_json(sent: list[str]) -> bool:
    if len(sent) != 1:
        return False
    header = Header()
    header["content-type"] = sent[0]
    return header.get_content_type() == "application/json" and (
        (header.get_content_charset() or "utf-8").lower() in ("utf-8", "utf8", "us-ascii")
    )
