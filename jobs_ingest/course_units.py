"""Units of competency: codes and names, from a stated cell or from the lines of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jobs_ingest.course_values import Said, Unit
from jobs_ingest.course_words import FILE, Text
from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.words import one_of

#: "CON/N0101", "SICIP-CON-02-L2", "F45S001U01": capitals and figures, at least one figure.
_CODE = re.compile(r"(?=[A-Z0-9/.-]*\d)[A-Z]{1,8}\d{0,4}[A-Z]{0,4}(?:[-/.][A-Z]{0,6}\d*[A-Z]?\d*){0,5}(?![\w])")
#: A code within a line must hold a mark, so that "M12" and "PVC2" are none.
_CODE_WITHIN = re.compile(
    r"(?<![\w/.-])(?=[A-Z]+[A-Z0-9]*[-/][A-Z0-9/.-]*\d)[A-Z0-9]{2,8}(?:[-/.][A-Z0-9]{1,8}){1,5}(?![\w])"
)
#: A whole qualification pack is not a unit of one.
_PACK = re.compile(r"[A-Z]{2,5}/Q\d")
_BETWEEN = re.compile(r"\s*(?:[-:.)|]|\bv\d\b)*\s*")
_MARK = re.compile(r"\s*(?:[*•●▪◦·>-]|\(?\d{1,2}[.)])\s*")
_END = re.compile(r"[\s.,;:-]+$")
_SENTENCE_END = re.compile(r"(?<=[^\W_]{2})[.)]\s+(?=[^\W\d_a-z]|\d)|(?<=[^\W_])\.\s*$")
_LAST = re.compile(r"[\s(\[]+([A-Z0-9][A-Z0-9/.-]{4,})[)\]]?$")
_LONGEST, _LONGEST_WITHIN, _SHORTEST, _MOST = 160, 90, 3, 60


def read_unit(item: str) -> Unit | None:
    """One unit from its own text: a code, if there is one, and a name. None for an empty text."""
    told = _END.sub("", _MARK.sub("", item, count=1) if _MARK.match(item) else item).strip()
    if _PACK.match(told):
        return None
    code = _CODE.match(told)
    if code and len(code[0]) >= 4:
        name = _BETWEEN.sub("", told[code.end() :], count=1)
        return Unit(code[0], _END.sub("", name).strip())
    last = _LAST.search(told)
    if last and _CODE.fullmatch(last[1]) and not _PACK.match(last[1]):
        return Unit(last[1], _END.sub("", told[: last.start()]).strip())
    return Unit("", told) if told else None


def read_units(text: Text) -> tuple[Said[Unit], ...]:
    """The units that a text lists: under a heading, as "Unit 1: ...", or each behind its code."""
    found: dict[Unit, Said[Unit]] = {}
    for item in _items(text):
        unit = read_unit(item)
        if unit and len(unit.name) <= _LONGEST and len(found) < _MOST:
            found.setdefault(unit, Said(unit, " ".join(item.split())))
    return tuple(found.values())


def _items(text: Text) -> Iterator[str]:
    under, kind = False, ""
    at = 0
    for line in text.written.split("\n"):
        folded = text.folded[at : at + len(line)]
        at += len(line) + 1
        heading = _heading().match(folded)
        rest = line[heading.end() :] if heading else line
        if numbered := list(_one().finditer(folded)):
            yield from _numbered(line, numbered)
        elif codes := _codes(rest):
            yield from codes
            under, kind = bool(heading) or under, "code" if heading or under else ""
        elif heading:
            yield from _listed(rest)
            under, kind = not rest.strip(), ""
        elif under:
            own = "mark" if _MARK.match(line) else "code" if _CODE.match(line) else "plain"
            kind = kind or own
            # A list with bullets or codes ends where a line has none.
            if not folded.strip() or _ends().match(folded) or kind != own:
                under = False
            else:
                yield from _listed(line)


@cache
def _heading() -> re.Pattern[str]:
    words = one_of(table(FILE)["units"]["heading"])
    behind = r"\([^)\n]{0,30}\)|\s(?:covered|taught|assessed|are|list|include)"
    return re.compile(rf"[\s*•-]*(?:the |main |core )?{words}(?:\s?{behind})*\s?(?::-|:|$)")


@cache
def _one() -> re.Pattern[str]:
    words = one_of(table(FILE)["units"]["one"])
    return re.compile(rf"(?<![^\W_]){words}\s?(?:no\.?\s?)?\d{{1,2}}\s?[:.)=-]\s?")


@cache
def _ends() -> re.Pattern[str]:
    """Words with which something else begins."""
    return re.compile(rf"\s*{one_of(table(FILE)['units']['ends'])}[^:\n]{{0,20}}:")


def _numbered(line: str, marks: list[re.Match[str]]) -> Iterator[str]:
    """ "Unit 1: Bend pipe; Unit 2: Solder joints"."""
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    for mark, end in zip(marks, ends, strict=True):
        told = _SENTENCE_END.split(line[mark.end() : end])[0]
        if len(told.strip()) >= _SHORTEST:
            yield told


def _codes(line: str) -> list[str]:
    """The units of a line that names each behind its code."""
    codes = [code for code in _CODE_WITHIN.finditer(line) if re.search(r"\d", code[0])]
    ends = [*(code.start() for code in codes[1:]), len(line)][: len(codes)]
    found = []
    for code, end in zip(codes, ends, strict=True):
        told = _SENTENCE_END.split(line[code.end() : end].split(";")[0])[0]
        short = len(told) <= _LONGEST_WITHIN
        if short and not _PACK.match(code[0]) and re.search(r"[^\W\d_]{3}", told):
            found.append(f"{code[0]} {_END.sub('', told).lstrip(' -:|')}")
    return found


def _listed(line: str) -> Iterator[str]:
    """The items of one line: between semicolons, else between commas."""
    told = _SENTENCE_END.split(line)[0]
    if ";" in told:
        parts = told.split(";")
    elif "," in told:
        parts = re.split(r",\s|\s(?:and|ra|aur|o)\s(?=[^,]*$)", told)
    else:
        parts = [told]
    for part in parts:
        plain = re.sub(r"^\s*(?:and|ra|aur)\s", "", part)
        if len(plain.strip()) >= _SHORTEST:
            yield plain
