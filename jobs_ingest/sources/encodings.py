"""The text of a page by what it says of its encoding, and by what its bytes allow."""

from __future__ import annotations

import codecs
import re

#: Encodings that are read. Another name is passed over (UTF-7 and the like may hide tags), and the bytes decide.
_KNOWN = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "iso-8859-1": "cp1252",
    "latin-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252", "utf-16": "utf-16",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "windows-1256": "cp1256", "iso-8859-6": "iso-8859-6",
}  # fmt: skip
_NAMED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{1,30})", re.IGNORECASE)
_HEAD = 2_048


def decoded(body: bytes, content_type: str) -> str:
    """The text of a body: by its mark, by its header, by what it says itself, else as UTF-8 or CP1252."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    for told in (content_type.encode("ascii", "ignore"), body[:_HEAD]):
        found = _NAMED.search(told)
        encoding = _KNOWN.get(found[1].decode().lower(), "") if found else ""
        # A page that names itself UTF-16 in ASCII letters is not.
        if encoding and not (encoding.startswith("utf-16") and told is not body and b"\0" not in body[:_HEAD]):
            return _strictly(body, encoding)
    return _strictly(body, "utf-8")


def _strictly(body: bytes, encoding: str) -> str:
    """In this encoding if it fits, else in CP1252 where it is no UTF-8, else with signs for what is broken."""
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        broken = body.decode("utf-8", "replace")
        return body.decode("cp1252", "replace") if _mostly_broken(broken) else broken


def _mostly_broken(text: str) -> bool:
    odd = sum(1 for letter in text if letter > "\x7f")
    return text.count("\ufffd") * 2 > odd
