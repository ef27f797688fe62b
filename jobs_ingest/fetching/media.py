"""Which kinds of content are taken."""

from __future__ import annotations


def takes(accept: str, content_type: str) -> bool:
    """Whether a content type is among those named, such as ``text/html, application/*``; none named takes all."""
    allowed = [_kind(part) for part in accept.split(",") if part.strip()]
    kind = _kind(content_type)
    return not allowed or any(
        pattern in ("*/*", kind) or (pattern.endswith("/*") and kind.startswith(pattern[:-1]))
        for pattern in allowed
    )


def _kind(value: str) -> str:
    """A media type without its parameters, in lower case."""
    return value.partition(";")[0].strip().lower()
