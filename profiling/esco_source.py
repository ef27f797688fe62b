"""Opening an ESCO download, a folder or a zip, and reading its CSV files row by row.

Nothing is unpacked to the disk. Files are known by their names, with the language at the end
(``occupations_en.csv``); relations have none in the 1.1 layout and one in the 1.2 layout.
"""

from __future__ import annotations

import csv
import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from profiling.errors import InputError
from profiling.tabular import MAX_CELL, MAX_UNPACKED

MAX_LINE = 1_000_000
MAX_MEMBERS = 10_000
#: Text full of web addresses packs about 20 times smaller; a member beyond this is no text of ESCO's.
MAX_RATIO = 200
#: Files that each language has, and files that stand once (the language at their end is that of extra labels).
BY_LANGUAGE = ("occupations", "skills", "skillGroups", "ISCOGroups")
ONCE = ("occupationSkillRelations", "broaderRelationsSkillPillar")
OPTIONAL = ("broaderRelationsOccPillar",)
_KINDS = {kind.casefold(): kind for kind in (*BY_LANGUAGE, *ONCE, *OPTIONAL)}
_NAME = re.compile(rf"({'|'.join(_KINDS)})(?:_([a-z]{{2,3}}))?\.csv")
_RELEASE = re.compile(r"(?<![a-z])v ?(\d+(?:\.\d+){1,2})(?![\d.]*\d)|(?<![a-z])v(\d)(\d)(\d)?(?!\d)", re.IGNORECASE)
#: One cell of a row, in quotes or not.
_CELL = re.compile(r'"[^"]*+(?:""[^"]*+)*+"|[^,"\r\n]?[^,\r\n]*')
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class EscoProblem(InputError):
    """What is wrong in the download, and where; nothing of it was kept."""

    def __init__(self, file: str, reason: str, line: int | None = None, column: str | None = None) -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}, column {column}: {reason}" if column else f"{place}: {reason}")
        self.file, self.line, self.column = file, line, column


@dataclass(frozen=True)
class Row:
    """One row of one file; ``line`` is where it starts."""

    file: str
    line: int
    cells: dict[str, str]

    def problem(self, column: str, reason: str) -> EscoProblem:
        """What is wrong in one cell of this row."""
        return EscoProblem(self.file, reason, self.line, column)


@dataclass(frozen=True)
class _Part:
    name: str
    folder: str
    open: Callable[[], IO[bytes]]


class Download:
    """The files of one ESCO release. ``release`` is read from the names of folders, None when they tell none."""

    def __init__(self, path: Path, parts: list[_Part]) -> None:
        self.name = path.name or str(path)
        found: dict[tuple[str, str], list[_Part]] = {}
        for part in parts:
            if match := _NAME.fullmatch(part.name.casefold()):
                found.setdefault((_KINDS[match[1]], match[2] or ""), []).append(part)
        self.languages = self._languages({language for kind, language in found if kind in BY_LANGUAGE})
        self._parts = {key: self._only(held) for key, held in self._wanted(found).items()}
        # The file's or folder's own name speaks first; a zip of any name may hold a folder that tells.
        named = _releases([path.name]) or _releases([part.folder for part in self._parts.values()])
        if len(named) > 1:
            raise EscoProblem(
                self.name, f"holds several releases ({', '.join(sorted(named))}). Give one at a time."
            )
        self.release = next(iter(named), None)

    def _languages(self, found: set[str]) -> tuple[str, ...]:
        named = sorted(found - {""}, key=lambda language: (language != "en", language))
        if not named:
            raise EscoProblem(
                self.name,
                "holds no ESCO files such as occupations_en.csv. Give the folder or zip of the CSV download.",
            )
        return tuple(named)

    def _wanted(self, found: dict[tuple[str, str], list[_Part]]) -> dict[tuple[str, str], list[_Part]]:
        wanted = {}
        for language in self.languages:
            for kind in BY_LANGUAGE:
                if (kind, language) not in found:
                    raise EscoProblem(
                        f"{kind}_{language}.csv",
                        f"is missing in {self.name}, which has other files in that language.",
                    )
                wanted[kind, language] = found[kind, language]
        for kind in (*ONCE, *OPTIONAL):
            held = next((found[kind, end] for end in ("", *self.languages) if (kind, end) in found), None)
            if held:
                wanted[kind, ""] = held
            elif kind in ONCE:
                raise EscoProblem(f"{kind}.csv", f"is missing in {self.name}. Download the whole classification.")
        return wanted

    def _only(self, held: list[_Part]) -> _Part:
        if len(held) > 1 and len({self._digest(part) for part in held}) > 1:
            raise EscoProblem(held[0].name, f"stands {len(held)} times in {self.name}, with different contents.")
        return held[0]

    def _digest(self, part: _Part) -> str:
        digest = hashlib.sha256()
        try:
            with part.open() as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        except (*_DAMAGE, OSError) as error:
            raise EscoProblem(part.name, f"cannot be read to its end ({error}). Download it again.") from error
        return digest.hexdigest()

    def content_hash(self) -> str:
        """A hash of the files that are read; a zip and a folder with the same files have the same."""
        whole = hashlib.sha256()
        for (kind, language), part in sorted(self._parts.items()):
            whole.update(f"{kind}_{language}:{self._digest(part)}\n".encode())
        return whole.hexdigest()

    def has(self, kind: str) -> bool:
        """Whether there is such a file without language of its own."""
        return (kind, "") in self._parts

    def file_name(self, kind: str, language: str = "") -> str:
        """The name of a file as it stands in the download."""
        return self._parts[kind, language].name

    def rows(self, kind: str, required: tuple[str, ...], language: str = "") -> Iterator[Row]:
        """The rows of one file. Raises EscoProblem with line and column at what is not a whole table."""
        part = self._parts[kind, language]
        try:
            with part.open() as file:
                yield from _rows(part.name, file, required)
        except (*_DAMAGE, OSError) as error:
            raise EscoProblem(part.name, f"cannot be read to its end ({error}). Download it again.") from error


def _releases(names: list[str]) -> set[str]:
    found = (match for name in names for match in _RELEASE.finditer(name))
    return {match[1] or ".".join(filter(None, match.groups()[1:])) for match in found}


@contextmanager
def open_download(path: Path) -> Iterator[Download]:
    """Open the folder or zip of an ESCO CSV download. Raises EscoProblem when it is none."""
    if path.is_dir():
        files = [file for pattern in ("*.csv", "*/*.csv", "*/*/*.csv") for file in sorted(path.glob(pattern))]
        yield Download(path, [_Part(f.name, str(f.parent.relative_to(path)), _opener(f)) for f in files])
        return
    try:
        archive = zipfile.ZipFile(path)
    except (*_DAMAGE, OSError) as error:
        raise EscoProblem(path.name, f"is neither a folder nor a whole zip file ({error}).") from error
    with archive:
        yield Download(path, [_member(path, archive, info) for info in _checked(path, archive)])


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Part:
    inside = PurePosixPath(info.filename)
    return _Part(inside.name, str(inside.parent), lambda: archive.open(info))


def _checked(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_MEMBERS or sum(info.file_size for info in members) > MAX_UNPACKED:
        raise EscoProblem(
            path.name, f"unpacks to more than 1 GB or {MAX_MEMBERS:,} files, which no ESCO download does."
        )
    for info in members:
        inside = PurePosixPath(info.filename)
        if inside.is_absolute() or ".." in inside.parts or "\\" in info.filename or ":" in inside.parts[0]:
            raise EscoProblem(path.name, f"holds {info.filename[:80]!r}, a path that leads out of the zip.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise EscoProblem(path.name, f"holds {info.filename[:80]!r}, a link instead of a file.")
        if info.file_size > MAX_LINE and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise EscoProblem(
                path.name, f"holds {info.filename[:80]!r}, which unpacks {MAX_RATIO} times larger or more."
            )
    return members


class _Broken(Exception):
    """The text of a row ends or cannot be decoded; ``rows`` adds the place."""


def _lines(file: IO[bytes], row: list[str]) -> Iterator[str]:
    """Lines as text; ``row`` collects those of the row that is being read."""
    windows = None
    while raw := file.readline(MAX_LINE):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            row.append(raw[: error.start].decode("utf-8"))
            raise _Broken(f"the text is not UTF-8 or is cut ({error.reason})") from error
        text = text.removeprefix("\ufeff") if windows is None else text
        row.append(text)
        if "\0" in text:
            raise _Broken("the text holds a zero byte")
        if not text.endswith("\n"):
            # The download ends each row with a carriage return and a line feed, the last one too.
            if windows or len(raw) == MAX_LINE:
                raise _Broken("the file is cut: its last line has no end")
        elif windows is None:
            windows = text.endswith("\r\n")
        yield text


def _rows(name: str, file: IO[bytes], required: tuple[str, ...]) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    buffer: list[str] = []
    reader = csv.reader(_lines(file, buffer), strict=True)
    columns: list[str] = []
    while True:
        start = reader.line_num + 1
        buffer.clear()
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, _Broken) as error:
            raise EscoProblem(name, f"{error}. Download it again.", start, _column(columns, buffer)) from error
        if not columns:
            columns = _header(name, cells, required)
        elif cells:
            if len(cells) != len(columns):
                column = columns[min(len(cells), len(columns) - 1)]
                raise EscoProblem(
                    name, f"the row has {len(cells)} cells where the header has {len(columns)}.", start, column
                )
            yield Row(name, start, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))
    if not columns:
        raise EscoProblem(name, "is empty. Download it again.", 1, required[0])


def _column(columns: list[str], buffer: list[str]) -> str | None:
    """The column in which a broken row breaks."""
    text, at, number = "".join(buffer), 0, 0
    while (cell := _CELL.match(text, at)) and text.startswith(",", cell.end()):
        at, number = cell.end() + 1, number + 1
    return columns[min(number, len(columns) - 1)] if columns else None


def _header(name: str, cells: list[str], required: tuple[str, ...]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for column in required:
        if columns.count(column) != 1:
            how = "is missing" if column not in columns else "stands twice"
            raise EscoProblem(name, f"{how}; is it a file of the ESCO CSV download?", 1, column)
    return columns
