"""What the models are trained on: ESCO, the ILO's index of titles, the starter taxonomy, Hunar's own texts.

Nothing of a labelled set that quality is reported on is ever read here.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from profiling.errors import InputError
from profiling.esco_source import Download, open_download
from profiling.taxonomy import Taxonomy

OWN = Path(__file__).parents[1] / "data"
#: A sentence end in a description; abbreviations may cut one short, which does no harm to training.
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LONGEST = 300


@dataclass(frozen=True)
class Concept:
    """An occupation or a skill of ESCO's: address, labels (the preferred one first), what it is in a sentence."""

    uri: str
    labels: tuple[str, ...]
    sentence: str
    isco: str = ""


@dataclass(frozen=True)
class Title:
    """A job title and the ISCO-08 unit group it belongs to; empty for a text that names no job."""

    text: str
    isco: str
    language: str
    source: str


@dataclass(frozen=True)
class Corpus:
    """Everything that training reads. ``sources`` names each file with its hash, for the manifest.

    ``outside``: coded titles of another source, which nothing is trained on: they tell how sure the model may be.
    """

    occupations: tuple[Concept, ...]
    skills: tuple[Concept, ...]
    essential: Mapping[str, tuple[str, ...]]
    titles: tuple[Title, ...]
    sentences: tuple[tuple[str, str], ...]
    sources: Mapping[str, str]
    outside: tuple[Title, ...] = ()

    @cached_property
    def skill_at(self) -> dict[str, Concept]:
        """Skills by their addresses."""
        return {skill.uri: skill for skill in self.skills}

    @cached_property
    def titles_of(self) -> dict[str, tuple[Title, ...]]:
        """Titles in Latin script by unit group: an encoder trained on English reads no other."""
        found: dict[str, list[Title]] = defaultdict(list)
        for title in self.titles:
            if title.isco and title.text.isascii():
                found[title.isco].append(title)
        return {isco: tuple(titles) for isco, titles in found.items()}


def read_corpus(esco: Path, index: Path | None, taxonomy: Taxonomy, outside: Path | None = None) -> Corpus:
    """Read it all. ``esco``: folder or zip of the CSV download; ``index``: the ILO's index as CSV (isco08, title);
    ``outside``: a CSV of the same columns.

    Raises InputError (EscoProblem for ESCO's files) with file and line.
    """
    with open_download(esco) as download:
        occupations = tuple(_concepts(download, "occupations"))
        skills = tuple(_concepts(download, "skills"))
        essential = _essential(download)
        sources = {"ESCO": download.content_hash()}
    titles = [Title(label, o.isco, "en", "ESCO") for o in occupations for label in o.labels]
    if index is not None:
        titles += _index_titles(index)
        sources["ISCO-08 index"] = _digest(index)
    titles += _starter_titles(taxonomy)
    sources["starter taxonomy"] = taxonomy.version
    for name in ("title_book.tsv", "real_titles.tsv", "no_title.tsv"):
        titles += _own_titles(OWN / name)
        sources[name] = _digest(OWN / name)
    known = {skill.uri for skill in skills}
    sentences = tuple((s, uri) for s, uri in _own_sentences(OWN / "skill_sentences.tsv") if uri in known)
    sources["skill_sentences.tsv"] = _digest(OWN / "skill_sentences.tsv")
    elsewhere: tuple[Title, ...] = ()
    if outside is not None:
        elsewhere = tuple(Title(title, isco, "en", "outside") for isco, title in _coded_titles(outside))
        sources["outside titles"] = _digest(outside)
    return Corpus(occupations, skills, essential, tuple(titles), sentences, sources, elsewhere)


def plain_title(inverted: str) -> str:
    """A title of the index as it is spoken: ``Operator, machine: sewing`` is *sewing machine operator*."""
    head, _, rest = inverted.partition(":")
    words = [part.strip() for part in head.split(",")]
    words[0] = words[0] if len(words) == 1 and not rest else words[0].lower()
    return " ".join(part for part in (rest.strip(), *words[1:], words[0]) if part)


def _concepts(download: Download, kind: str) -> Iterator[Concept]:
    for row in download.rows(kind, ("conceptUri", "preferredLabel", "altLabels"), "en"):
        cells = row.cells
        alternatives = (label.strip() for label in cells["altLabels"].split("\n"))
        labels = tuple(dict.fromkeys((cells["preferredLabel"], *filter(None, alternatives))))
        sentence = _SENTENCE.split(" ".join(cells.get("description", "").split()), maxsplit=1)[0][:_LONGEST]
        yield Concept(cells["conceptUri"], labels, sentence, cells.get("iscoGroup", ""))


def _essential(download: Download) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in download.rows("occupationSkillRelations", ("occupationUri", "relationType", "skillUri")):
        if row.cells["relationType"] == "essential":
            found[row.cells["occupationUri"]].append(row.cells["skillUri"])
    return {uri: tuple(skills) for uri, skills in found.items()}


def _index_titles(path: Path) -> Iterator[Title]:
    for isco, title in _coded_titles(path):
        yield Title(plain_title(title), isco, "en", "ISCO-08 index")


def _coded_titles(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := {"isco08", "title"} - set(reader.fieldnames or ()):
            raise InputError(f"{path.name}, line 1: the column {min(missing)} is missing.")
        for row in reader:
            if len(row["isco08"]) == 4:
                yield row["isco08"], row["title"]


def _starter_titles(taxonomy: Taxonomy) -> Iterator[Title]:
    for occupation in taxonomy.occupations.values():
        for name in occupation.names:
            if not name.shared and len(str(occupation.isco)) == 4:
                yield Title(name.text, str(occupation.isco), name.language, "starter")


def _own_titles(path: Path) -> Iterator[Title]:
    for line, cells in _table(path, 3):
        if cells[0] and not (len(cells[0]) == 4 and cells[0].isdecimal()):
            raise InputError(f"{path.name}, line {line}: {cells[0]!r} is no unit group of ISCO-08.")
        yield Title(cells[2], cells[0], cells[1], path.stem)


def _own_sentences(path: Path) -> Iterator[tuple[str, str]]:
    for _, (skill, sentence) in _table(path, 2):
        yield sentence, f"http://data.europa.eu/esco/skill/{skill}"


def _table(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below the heading of a tab-separated file of Hunar's own."""
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = text.split("\t")
        if len(cells) != columns:
            raise InputError(f"{path.name}, line {line}: has {len(cells)} cells instead of {columns}.")
        if line > 1:
            yield line, cells


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
