"""Hostile CSV and XLSX files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from hostile import (
    ABHAYA,
    BAMINI,
    BIJOY,
    DEEP,
    FONT,
    HEADER,
    KRUTI,
    MAIN,
    NEPALI,
    PREETI,
    SHEET,
    TEXTS,
    Hostile,
    cell,
    csv_of,
    laughs,
    sheet,
    workbook,
)


def csv_files() -> list[Hostile]:
    def h(name: str, make: Callable[[], bytes], told: str, offers: int = 0) -> Hostile:
        return Hostile(f"csv {name}", "csv", make, told, offers)

    return [
        h("empty", lambda: b"", "is empty"),
        h("only spaces", lambda: b" " * 1000, "is empty|no column names"),
        h("only a mark", lambda: b"\xef\xbb\xbf", "no readable first row"),
        h("only zero bytes", lambda: b"\0" * 10_000, "not a text file|no readable|no column|not text"),
        h("zero bytes in the header", csv_of("ti\0tle\nMason\n"), "not a text file"),
        h("zero byte in a cell", csv_of("title,place\nMa\0son,X\nCook,Y\n"), "zero byte|line contains NUL", 1),
        h(
            "10,000 columns",
            lambda: ",".join(f"c{n}" for n in range(10_000)).encode(),
            "10000 columns; at most 500",
        ),
        h("10,000 cells in a row", lambda: b"title\n" + b"," * 10_000 + b"x\nCook\n", "has 10001 cells", 1),
        h("one endless line", lambda: b"title\n" + b"x" * 9_000_000, "line of more than"),
        h("one endless header", lambda: b"x" * 9_000_000, "line of more than"),
        h("endless commas", lambda: b"title\n" + b"," * 9_000_000, "line of more than"),
        h("6 million commas", lambda: b"title\n" + b"," * 6_000_000 + b"\nCook\n", "", 1),
        h("a quote that never ends", lambda: b'title\n"' + b"x\n" * 1_000_000, "check the quotes|characters"),
        h(
            "endless quotes",
            lambda: b"title\n" + b'"' * 3_000_001 + b"\n",
            "check the quotes|characters|cells|is empty",
        ),
        h(
            "formula",
            csv_of('title,place\n"=HYPERLINK(""http://x.example"",""Mason"")",X\nCook,Y\n'),
            "is a formula",
            1,
        ),
        h("formula of commands", csv_of("title\n=cmd|' /C calc'!A0\nCook\n"), "is a formula", 1),
        h("telephone number is no formula", csv_of("title,description\nCook,+977 9800000000\n"), "", 1),
        h("UTF-8 and CP1252 mixed", lambda: "title\nकलम लक\n".encode() + b"Jos\xe9\n", "mixes encodings", 1),
        h("UTF-8 and a stray byte", lambda: f"title\n{NEPALI}\n".encode() + b"Jos\xe9\n", "not text in UTF-8"),
        h("UTF-8 and UTF-16 mixed", lambda: b"title\nMason\n" + "Cook\n".encode("utf-16-le"), "zero byte|NUL", 1),
        h("encoded twice", lambda: f"title\n{NEPALI}\n".encode().decode("latin-1").encode(), "mixes encodings"),
        h(
            "undefined bytes",
            lambda: b"title\nMason\n\x81\x8d\x8f\xff\xfe\n",
            "breaks off as text|not text|readable",
        ),
        h("half of UTF-16", lambda: "title\nMason\n".encode("utf-16")[:-1], "breaks off|Save", 0),
        h(
            "odd surrogate",
            lambda: b"\xff\xfe" + "title\nM".encode("utf-16-le") + b"\x00\xd8x\x00",
            "breaks off|Save",
        ),
        h("Preeti", csv_of(f"title,description\nMason,{PREETI}\nCook,Cooks\n"), f"Preeti, {FONT}", 1),
        h("Bijoy", csv_of(f"title,description\nMason,{BIJOY}\nCook,Cooks\n"), f"Bijoy, {FONT}", 1),
        h("Bijoy in CP1252", lambda: f"title\n{BIJOY}\nCook\n".encode("cp1252"), f"Bijoy, {FONT}", 1),
        h("Kruti Dev", csv_of(f"title\n{KRUTI}\n"), f"Kruti-Dev, {FONT}"),
        h("FM Abhaya", csv_of(f'title\n"{ABHAYA}"\n'), f"FM-Abhaya, {FONT}"),
        h("Bamini", csv_of(f'title|place\n"{BAMINI}"|x\n'), f"Bamini, {FONT}"),
        h("two marks", lambda: b"\xef\xbb\xbf\xef\xbb\xbftitle\nCook\n", "", 1),
        h("mark in a cell", csv_of("title\n\ufeffCook\n"), "", 1),
        h("column twice", csv_of("title,title\nx,y\n"), "column title twice"),
        h("no names", csv_of(",,,\nx,y,z,1\n"), "no column names"),
        h("cut in a row", csv_of("title,place,pay\nCook,X,1\nMason,"), "has 2 cells", 1),
        h("huge number", csv_of("title,pay_min\nCook," + "9" * 100_000 + "\n"), "", 1),
        h("huge cell", lambda: b"title\n" + b"x" * 2_000_000 + b"\nCook\n", "has 2,000,000 characters", 1),
        h(
            "a database",
            lambda: b"SQLite format 3\0" + bytes(range(256)) * 40,
            "not a text file|not text|readable|breaks",
        ),
        h(
            "a picture",
            lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
            "not a text file|not text|names|breaks",
        ),
        h(
            "a PDF",
            lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
            "no column is known to be the title",
        ),
        h(
            "a page",
            csv_of("<html><body><table><tr><td>title</td></tr></table></body></html>"),
            "no column is known",
        ),
        h("JSON", csv_of('[{"title": "Mason"}]'), "no column is known to be the title"),
        h("an old Excel file", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000, "old Excel file"),
        h("carriage returns alone", csv_of("title\rCook\rMason\r"), "", 2),
        h("300,000 blank lines", lambda: b"title\n" + b"\n" * 300_000 + b"Cook\n", "", 1),
        h("right-to-left marks", csv_of("title\n\u202eCook\u202c\n"), "", 1),
        h("control characters", csv_of("title\nC\x01o\x1bok\n"), "", 1),
    ]


def xlsx_files() -> list[Hostile]:
    def h(name: str, make: Callable[[], bytes], told: str, offers: int = 0) -> Hostile:
        return Hostile(f"xlsx {name}", "xlsx", make, told, offers)

    def bomb(part: str) -> Callable[[], bytes]:
        return lambda: workbook(("title",), ("Cook",), more={part: b" " * 40_000_000})

    document, reference = laughs()
    return [
        h("zip bomb in the sheet", bomb(SHEET), "no spreadsheet"),
        h("zip bomb in the texts", bomb(TEXTS), "no spreadsheet"),
        h("zip bomb in the styles", bomb("xl/styles.xml"), "no spreadsheet"),
        h("zip bomb beside", bomb("xl/media/image1.png"), "no spreadsheet"),
        h("size that lies", lambda: _lying(workbook(("title",), ("Cook",))), "not a whole XLSX|damaged|GB"),
        h("nested zip", lambda: _zip({"a.zip": _zip({"b": b"x" * 1000})}), "not a whole XLSX"),
        h("no parts", lambda: _zip({}), "not a whole XLSX"),
        h("a zip of something else", lambda: _zip({"title.txt": b"Mason"}), "not a whole XLSX"),
        h("billion laughs", lambda: sheet(cell(reference.encode()), document.encode()), "damaged|breaks off"),
        h(
            "file from outside",
            lambda: sheet(cell(b"&x;"), b"<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
            "damaged|breaks off|is empty",
        ),
        h("texts of laughs", lambda: _texts_of(document, "&m;"), "damaged"),
        h("10,000 columns", lambda: workbook(tuple(f"c{n}" for n in range(10_000))), "10000 columns"),
        h("cell in a column far out", lambda: sheet(cell(b"x", b"XFDZZZZ2")), "beyond|title|damaged|breaks off"),
        h("row far down", lambda: sheet(b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'), ""),
        h("row of letters", lambda: sheet(b'<row r="x"><c r="A2"><v>1</v></c></row>'), "damaged|breaks off"),
        h(
            "a million empty rows",
            lambda: sheet(b"<row/>" * 150_000 + b'<row r="1048570"><c r="A1048570"><v>7</v></c></row>'),
            "",
            1,
        ),
        h("dimension that lies", lambda: workbook(("title", "place"), ("Cook", "X"), more={}), "", 1),
        h(
            "text number out of range",
            lambda: sheet(b'<row r="2"><c r="A2" t="s"><v>99999</v></c></row>'),
            "breaks off",
        ),
        h("failed formula", lambda: workbook(("title", "place"), ("#REF!", "X"), ("Cook", "Y")), "shows #REF!", 1),
        h("formula without value", lambda: workbook(("title",), ("=1+1",), ("Cook",)), "", 1),
        h("formula as text", lambda: sheet(cell(b"=cmd|x!A1")), "is a formula"),
        h(
            "huge number",
            lambda: sheet(b'<row r="2"><c r="A2"><v>' + b"9" * 5000 + b"</v></c></row>"),
            "breaks off|damaged",
        ),
        h("number that is no number", lambda: sheet(b'<row r="2"><c r="A2"><v>NaN</v></c></row>'), "breaks off"),
        h(
            "date far out",
            lambda: sheet(b'<row r="2"><c r="A2" t="d"><v>99999-99-99</v></c></row>'),
            "breaks off|damaged",
        ),
        h("Preeti", lambda: workbook(("title", "description"), ("Mason", PREETI)), f"Preeti, {FONT}"),
        h("cut", lambda: workbook(("title",), ("Cook",))[:-200], "not a whole XLSX"),
        h("cut at the start", lambda: workbook(("title",), ("Cook",))[:100], "not a whole XLSX"),
        h(
            "broken in the middle",
            lambda: _scrambled(workbook(("title",), *(("Cook",),) * 200)),
            "damaged|not a whole",
        ),
        h("deep tags", lambda: sheet(b"<a>" * DEEP), "breaks off|damaged"),
        h(
            "no sheet",
            lambda: workbook(("title",), more={"xl/workbook.xml": b"<workbook " + MAIN + b"/>"}),
            "damaged|whole",
        ),
    ]


def _texts_of(document: str, text: str) -> bytes:
    """A workbook whose second row shows the first of its shared texts."""
    row = b'<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    texts = f"<?xml version='1.0'?>{document}".encode() + b"<sst " + MAIN + b"><si><t>" + text.encode()
    parts = {
        SHEET: b"<worksheet " + MAIN + b"><sheetData>" + HEADER + row + b"</sheetData></worksheet>",
        TEXTS: texts + b"</t></si></sst>",
    }
    return workbook(("title",), more=parts)


def _zip(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _lying(whole: bytes) -> bytes:
    """The sizes in the list of parts set to 4 GB."""
    at = whole.find(b"PK\1\2")
    return whole[: at + 24] + b"\xff\xff\xff\xff" + whole[at + 28 :]


def _scrambled(whole: bytes) -> bytes:
    middle = whole.find(SHEET.encode()) + 60
    return whole[:middle] + bytes(255 - byte for byte in whole[middle : middle + 40]) + whole[middle + 40 :]
