"""HTML as plain text, and the encodings of pages."""

from __future__ import annotations

import pytest

from jobs_ingest.sources.encodings import decoded
from jobs_ingest.sources.markup import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain\n  lines stay\n\n", "plain\nlines stay"),
        ("<p>one\ntwo</p><p>three<br/>four", "one two\nthree\nfour"),
        ("a &lt;x&gt; &amp; c", "a <x> & c"),
        ("R & D &copy; &nosuch; &#0; &#99999999999;", "R & D © &nosuch; \ufffd \ufffd"),
        ("&lt;p&gt;x&lt;/p&gt;&lt;p&gt;y&lt;/p&gt;", "x\ny"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<script>x</script><style>y</style>z", "z"),
        ("<!-- a --><!-->b", "b"),
        ("<p title='a > b' x=\"<i>\">ok</p>", "ok"),
        ("<b", ""),
        ("<![CDATA[a <x> c]]>", "a <x> c"),
        ("", ""),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("नेपाल".encode(), "", "नेपाल"),
        ("नेपाल".encode("utf-16"), "", "नेपाल"),
        ("José".encode("cp1252"), "", "José"),
        ("José".encode(), "text/html; charset=iso-8859-1", "JosÃ©"),
        ("José".encode("latin-1"), "text/html; charset=utf-8", "José"),
        (b"<meta charset='windows-1252'>\x93a\x94", "", "<meta charset='windows-1252'>“a”"),
        ("नेपाल".encode() + b"\xff", "", "नेपाल\ufffd"),
        (b"<meta charset=utf-16>ab", "", "<meta charset=utf-16>ab"),
        (b"+ADw-", "text/html; charset=utf-7", "+ADw-"),
    ],
)
def test_encodings(body: bytes, content_type: str, text: str) -> None:
    assert decoded(body, content_type) == text
