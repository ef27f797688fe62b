"""Cells that a spreadsheet neither runs nor rewrites, and the way back.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@``, whoever wrote it
(https://owasp.org/www-community/attacks/CSV_Injection), and makes other numbers or days of ``007``, ``+977...`` and
``3-5`` when a file is opened and saved. Before such a text stands an apostrophe in what Hunar writes. Reading takes
it off: every text comes back as it was, and one that begins with an apostrophe of its own keeps that.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import IO

#: Where a new cell begins when a file is split otherwise than it was written.
_SPLITS = r"\t\r\n;"
#: What a spreadsheet passes over before it looks for a formula: blanks, control characters, marks that are not
#: seen. Apostrophes are passed over too, so that one more or less changes nothing in what is found.
_UNSEEN = (
    r"'\x00-\x08\x0b\x0c\x0e-\x20\x7f\x85\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufeff"
)
#: The wide forms are taken for the narrow ones where an East Asian keyboard is usual.
_RUN = "[=+\\-@＝＋－＠﹢﹣﹦﹫−]"
#: Whole texts that become another value: leading zeros, twelve digits and more, powers, days, shares, clock times.
_REWRITTEN = r"'*+(?:0\d+|\d{12,}|\d+(?:\.\d+)?[eE]\d+|\d{1,4}(?:[-/:]\d{1,4}){1,2}|\d+\.\d+\.\d+)\s*\Z"
_AT_START = rf"(?:[{_UNSEEN}\t\r\n]*+{_RUN}|'*+[\t\r\n]\s*\S|{_REWRITTEN})"
_WITHIN = rf"[{_UNSEEN}]*+{_RUN}"
_TO_GUARD = re.compile(rf"\A(?={_AT_START})|(?<=[{_SPLITS}])(?={_WITHIN})")
_GUARDED = re.compile(rf"'(?:(?<=\A')(?={_AT_START})|(?<=[{_SPLITS}]')(?={_WITHIN}))")


def guard(text: str) -> str:
    """A text as it may stand in a cell: nothing in it is run or rewritten by a spreadsheet."""
    return _TO_GUARD.sub("'", text)


def unguard(text: str) -> str:
    """The text that ``guard`` made this cell from; what was never guarded stays as it is."""
    return _GUARDED.sub("", text) if "'" in text else text


def write_row(file: IO[str], cells: Iterable[object]) -> None:
    """Write a row of a CSV file that people open; every cell is quoted, whatever stands in it."""
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([guard(str(cell)) for cell in cells])
