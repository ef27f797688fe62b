"""Files and answers made to break a reader, and good ones to be mutated. Made when asked for; none is stored.

The files stand in hostile_tables.py and hostile_answers.py, the program that reads them in hostile_runner.py.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import openpyxl

KINDS = ("csv", "xlsx", "page", "feed", "api")
DEEP, MANY = 100_000, 100_000


@dataclass(frozen=True)
class Hostile:
    """A hostile file: how it is made, a pattern of what must be told of it, and how many offers come of it.

    ``told`` is empty where nothing is wrong with what is left (scripts are taken out of a description).
    """

    name: str
    kind: str
    make: Callable[[], bytes]
    told: str
    offers: int = 0


def workbook(*rows: tuple[object, ...], more: dict[str, bytes] | None = None) -> bytes:
    """An XLSX file; ``more`` replaces or adds parts."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    plain = io.BytesIO()
    book.save(plain)
    made = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            if name not in (more or {}):
                new.writestr(name, old.read(name))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return made.getvalue()


SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADER = b'<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'


def sheet(rows: bytes, before: bytes = b"", header: bytes = HEADER) -> bytes:
    """An XLSX file whose first sheet is written by hand."""
    content = b"<?xml version='1.0'?>" + before + b"<worksheet " + MAIN + b"><sheetData>"
    return workbook(("title",), more={SHEET: content + header + rows + b"</sheetData></worksheet>"})


def cell(text: bytes, at: bytes = b"A2") -> bytes:
    """A row of one cell."""
    return b'<row r="2"><c r="' + at + b'" t="inlineStr"><is><t>' + text + b"</t></is></c></row>"


def posting(**fields: object) -> str:
    """A JobPosting in JSON-LD."""
    made = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Mason", **fields}
    return json.dumps(made).replace("</", "<\\/")


def page(json_ld: str, body: str = "") -> bytes:
    """A page with one JSON-LD block."""
    block = f'<script type="application/ld+json">{json_ld}</script>'
    return f"<html><head>{block}</head><body>{body}</body></html>".encode()


def feed(inside: str, before: str = "") -> bytes:
    """An RSS feed."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0"><channel><title>Demo</title>'
    return f"{start}{inside}</channel></rss>".encode("utf-8", "surrogatepass")


ITEM = "<item><title>Mason</title><guid>m-1</guid><description>Lays bricks</description></item>"


def answer(*items: object) -> bytes:
    """A JSON answer with a list of items."""
    return json.dumps({"jobs": items}).encode()


def laughs(inner: str = "&m;") -> tuple[str, str]:
    """A document type of ten times ten times ... entities, and the reference that unfolds them."""
    names = "abcdefghijklm"
    made = "<!ENTITY a 'hahahahaha'>"
    for one, other in pairwise(names):
        made += f"<!ENTITY {other} '{f'&{one};' * 10}'>"
    return f"<!DOCTYPE rss [{made}]>", inner


def csv_of(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    """What makes a file of this text."""
    return lambda: text.encode(encoding)


PREETI = "g]kfn ;/sf/sf] nflu sd{rf/L cfjZos kb rfns tna dlxgf"
BIJOY = "evsjv‡`k wb‡qvM weÁwß †eZb XvKv Ges Kv‡Ri AwfÁZv"
KRUTI = "Hkkjr esa ukSdjh gS osru vkSj vuqHko"
ABHAYA = ",xldj /lshdj jegqm wjYH fld<U"
BAMINI = ",yq;if Ntiy rk;gsk; kw;Wk; nfhOk;G"
NEPALI = "नेपाल सरकारको लागि कर्मचारी"
FONT = "not in Unicode"


_CELLS = ("Mason", NEPALI, "NPR 25,000 - 30,000", "2083-02-15 BS", "Kathmandu, Nepal", "+977 9800000000")
_MICRODATA = (
    "<div itemscope itemtype='https://schema.org/JobPosting' id=a><h1 itemprop=title>Cook</h1><ul>"
    "<li itemprop=skills>Fry<li itemprop=skills>Bake</ul><div itemprop=description><p>Cooks&nbsp;food</p></div>"
    "<span itemprop=baseSalary itemscope><meta itemprop=currency content=NPR><b itemprop=value>18000</b></span>"
    "</div>"
)


def good_files() -> list[tuple[str, bytes]]:
    """(kind, content) of files that are in order."""
    header = ("title", "description", "pay", "deadline", "place", "ref")
    rows = "".join(f"{';'.join(_CELLS)}\n" for _ in range(20))
    salary = {"currency": "NPR", "value": {"minValue": 25000, "unitText": "MONTH"}}
    item = {"title": "Cook", "pay": 18000.5, "place": [{"name": "Kathmandu"}], "url": "/jobs/1"}
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>u:1</id><title type="html">Cook &amp;amp; baker'
        '</title><link href="/1"/><updated>2026-11-01T00:00:00Z</updated><content type="html">&lt;p&gt;Fry&lt;'
        "/p&gt;</content></entry></feed>"
    )
    return [
        ("csv", f"{';'.join(header)}\n{rows}".encode()),
        ("csv", f"{';'.join(header)}\n{rows}".encode("utf-16")),
        ("xlsx", workbook(header, *(_CELLS,) * 5)),
        ("page", page(posting(baseSalary=salary, description="<p>Lays</p>", validThrough="2026-12-31"))),
        ("page", page("{}", _MICRODATA)),
        ("feed", feed(ITEM * 3)),
        ("feed", atom.encode()),
        ("api", json.dumps({"jobs": [item, item], "next": "/api?page=2"}).encode()),
    ]


_NASTY = (
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"<",
    b">",
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"&",
    b"&#99999999999;",
    b'"',
    b"'",
    b"=",
    b"\n",
    b"\r",
    b",",
    b";",
    b"{",
    b"[",
    b"}",
    b"]",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"9" * 400,
    b"1e999",
    b"-",
    b"</script>",
    b"<script>",
    b"PK\3\4",
    b"\xe0\xa4",
    b"=1+1",
    b"#REF!",
    b"<!DOCTYPE x [",
    b"<!ENTITY a 'b'>",
    b"NaN",
)


def mutant(content: bytes, other: bytes, luck: random.Random) -> bytes:
    """A file with one to six faults: bytes changed, taken out, doubled, put in, cut, or grafted from another."""
    made = bytearray(content)
    for _ in range(luck.randint(1, 6)):
        at = luck.randrange(len(made) + 1)
        end = min(len(made), at + luck.choice((1, 2, 8, 64, 512)))
        match luck.randrange(7):
            case 0:
                made[at:end] = bytes(byte ^ (1 << luck.randrange(8)) for byte in made[at:end])
            case 1:
                del made[at:end]
            case 2:
                made[at:at] = made[at:end] * luck.choice((1, 2, 50))
            case 3:
                made[at:at] = luck.choice(_NASTY) * luck.choice((1, 1, 1, 30))
            case 4:
                made[at:end] = luck.choice(_NASTY)
            case 5:
                del made[at:]
            case _:
                start = luck.randrange(len(other))
                made[at:end] = other[start : start + 64]
    return bytes(made)
