"""What an HTTP status means to the person who runs a source."""

from __future__ import annotations

_STATUSES = {
    304: "says that nothing changed without having been asked; try again later",
    401: "asks for a login, and none is ever sent; ask the provider for an open address",
    403: "refuses this page to us (403); ask the provider for permission or for a feed",
    404: "has no such page (404); correct the address of the source",
    410: "has taken the page away (410); correct the address or end the source",
    429: "says that it is asked too often (429); try again later and less often",
    451: "may not show the page for legal reasons (451); end the source",
}
_KINDS = {
    2: "gives no page at this address ({status}); correct the address of the source",
    3: "sends on in a way that cannot be followed ({status}); correct the address of the source",
    4: "does not accept the request ({status}); correct the address of the source",
    5: "answers with an error ({status}); try again later",
}


def of_status(host: str, status: int) -> str:
    """One sentence for an answer that is no page."""
    words = _STATUSES.get(status) or _KINDS.get(status // 100, "gives an answer that is not HTTP ({status})")
    return f"{host} {words.format(status=status)}."
