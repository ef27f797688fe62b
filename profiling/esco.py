"""Reading an ESCO download as values, in one stream, and refusing what does not hold together.

Concepts are numbered in the order in which they stand; labels and relations name them by number. Only the
addresses of the concepts are kept in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from profiling.errors import BadValue
from profiling.esco_source import Download, EscoProblem, Row
from profiling.esco_values import (
    Broader,
    EscoUri,
    IscoTitle,
    Occupation,
    OccupationLabel,
    OccupationSkill,
    Skill,
    SkillLabel,
    Value,
)  # fmt: skip

ATTRIBUTION = (
    "This service uses the ESCO classification of the European Commission (https://esco.ec.europa.eu), "
    "reused under Commission Decision 2011/833/EU."
)
MAX_LABEL = 1000
#: ESCO 1.1.1 itself names one occupation and seven skill groups in its hierarchies and describes them nowhere.
#: Up to this share of a pillar is left out and counted; beyond it the download is taken for cut.
_LEFT_OUT_ONE_IN = 1000
#: In ESCO 1.1.1 each occupation needs some skill and each skill lies under something. In a download of this many
#: concepts, more than one in this many without is the sign of a file that was cut between two rows.
_ALONE_ONE_IN = 100
_CONCEPT = ("conceptUri", "preferredLabel", "altLabels")
_COLUMNS = {
    "occupations": (*_CONCEPT, "iscoGroup"),
    "skills": (*_CONCEPT, "skillType", "reuseLevel"),
    "skillGroups": _CONCEPT,
    "ISCOGroups": ("code", "preferredLabel"),
    "occupationSkillRelations": ("occupationUri", "relationType", "skillUri"),
    "broaderRelationsSkillPillar": ("conceptUri", "broaderUri"),
    "broaderRelationsOccPillar": ("conceptType", "conceptUri"),
}


class EscoReader:
    """Reads one download once. After ``values`` has ended, ``left_out`` counts rows that could not be kept."""

    def __init__(self, download: Download, isco: Mapping[str, str]) -> None:
        self._download = download
        self._isco = isco
        self._first, *self._others = download.languages
        self._groups: set[str] = set()
        self.occupations: dict[str, int] = {}
        self.skills: dict[str, int] = {}
        self.left_out: Counter[str] = Counter()

    def values(self) -> Iterator[Value]:
        """Everything, each concept before what names it. Raises EscoProblem with file, line and column."""
        yield from self._isco_titles()
        pillars = {"occupations": self.occupations, "skills": self.skills, "skillGroups": self.skills}
        for kind, numbers in pillars.items():
            yield from self._concepts(kind, numbers)
            if not numbers:
                raise EscoProblem(self._download.file_name(kind, self._first), "has no rows.", 2, "conceptUri")
        yield from self._relations()
        yield from self._hierarchy()

    def _rows(self, kind: str, language: str = "") -> Iterator[Row]:
        return self._download.rows(kind, _COLUMNS[kind], language)

    def _isco_titles(self) -> Iterator[IscoTitle]:
        for language in self._download.languages:
            seen: set[str] = set()
            for row in self._rows("ISCOGroups", language):
                code, title = row.cells["code"], _preferred(row)
                if code not in self._isco:
                    raise row.problem("code", f"{code[:20]!r} is no group of ISCO-08.")
                if code in seen:
                    raise row.problem("code", f"{code} stands twice.")
                seen.add(code)
                if language != "en" or title.casefold() != self._isco[code].casefold():
                    yield IscoTitle(code, language, title)
            if language == self._first:
                self._groups = seen
            elif seen != self._groups:
                raise EscoProblem(
                    self._download.file_name("ISCOGroups", language),
                    f"has other groups than {self._download.file_name('ISCOGroups', self._first)}, for example "
                    f"{min(seen ^ self._groups)}: it is cut or half translated.", column="code",
                )  # fmt: skip

    def _concepts(self, kind: str, numbers: dict[str, int]) -> Iterator[Value]:
        mine: dict[str, int | None] = {}
        for row in self._rows(kind, self._first):
            uri = _uri(row, "conceptUri")
            if uri in mine:
                raise row.problem("conceptUri", f"{uri} stands twice.")
            if uri in numbers:
                # Described among the skills already; a group of the same address says nothing more.
                mine[uri] = None
                continue
            number = mine[uri] = numbers[uri] = len(numbers) + 1
            yield self._concept(kind, number, uri, row)
            yield from _labels(kind, number, self._first, row)
        for language in self._others:
            yield from self._translated(kind, language, mine)

    def _concept(self, kind: str, number: int, uri: str, row: Row) -> Occupation | Skill:
        cells, label = row.cells, _preferred(row)
        if kind == "occupations":
            isco = cells["iscoGroup"]
            if len(isco) != 4 or isco not in self._isco:
                raise row.problem("iscoGroup", f"{isco[:20]!r} is no unit group of ISCO-08.")
            if isco not in self._groups:
                raise row.problem("iscoGroup", f"{isco} is not in ISCOGroups_{self._first}.csv, which may be cut.")
            return Occupation(number, uri, isco, cells.get("code") or None, label)
        if kind == "skills":
            return Skill(number, uri, label, cells["skillType"] or None, cells["reuseLevel"] or None)
        return Skill(number, uri, label, is_group=True, code=cells.get("code") or None)

    def _translated(self, kind: str, language: str, mine: Mapping[str, int | None]) -> Iterator[Value]:
        """The labels of a further language, which must name the same concepts."""
        seen: set[str] = set()
        line, first = 1, self._download.file_name(kind, self._first)
        for row in self._rows(kind, language):
            uri, line = _uri(row, "conceptUri"), row.line
            if uri not in mine:
                raise row.problem("conceptUri", f"{uri} is not in {first}: the two are of different releases.")
            if uri in seen:
                raise row.problem("conceptUri", f"{uri} stands twice.")
            seen.add(uri)
            number = mine[uri]
            if number is not None:
                yield from _labels(kind, number, language, row)
        missing = next((uri for uri in mine if uri not in seen), None)
        if missing:
            reason = f"the file ends without {missing}, which {first} has: it is cut or half translated."
            raise EscoProblem(self._download.file_name(kind, language), reason, line, "conceptUri")

    def _relations(self) -> Iterator[OccupationSkill]:
        left_out = self._left_out("broaderRelationsOccPillar", self.occupations)
        seen: dict[tuple[int, int], bool] = {}
        for row in self._rows("occupationSkillRelations"):
            kind = row.cells["relationType"]
            if kind not in ("essential", "optional"):
                raise row.problem("relationType", f"{kind[:20]!r} is neither essential nor optional.")
            occupation = self._number(row, "occupationUri", self.occupations, left_out, "occupations")
            skill = self._number(row, "skillUri", self.skills, frozenset(), "skills")
            if occupation is None or skill is None:
                self.left_out["relations"] += 1
                continue
            essential = kind == "essential"
            held = seen.get((occupation, skill))
            if held is None:
                seen[occupation, skill] = essential
                yield OccupationSkill(occupation, skill, essential)
            elif held != essential:
                raise row.problem("relationType", "an earlier row says the opposite.")
        self._check_end("occupationSkillRelations", "occupationUri", self.occupations, {one for one, _ in seen})

    def _hierarchy(self) -> Iterator[Broader]:
        left_out = self._left_out("broaderRelationsSkillPillar", self.skills)
        seen: set[tuple[int, int]] = set()
        for row in self._rows("broaderRelationsSkillPillar"):
            skill = self._number(row, "conceptUri", self.skills, left_out, "skills")
            broader = self._number(row, "broaderUri", self.skills, left_out, "skillGroups")
            if skill is None or broader is None:
                self.left_out["broader"] += 1
            elif skill == broader:
                raise row.problem("broaderUri", "a concept cannot lie under itself.")
            elif (skill, broader) not in seen:
                seen.add((skill, broader))
                yield Broader(skill, broader)
        self._check_end("broaderRelationsSkillPillar", "conceptUri", self.skills, {one for one, _ in seen})

    def _check_end(self, kind: str, column: str, known: Mapping[str, int], named: set[int]) -> None:
        alone = [uri for uri, number in known.items() if number not in named]
        if len(known) >= _ALONE_ONE_IN and len(alone) * _ALONE_ONE_IN > len(known):
            line = sum(1 for _ in self._rows(kind)) + 2
            reason = (
                f"the file ends without {len(alone):,} concepts, such as {alone[0]}: it is cut. Download it again."
            )
            raise EscoProblem(self._download.file_name(kind), reason, line, column)

    def _left_out(self, kind: str, known: Mapping[str, int]) -> frozenset[str]:
        """Concepts that the hierarchy of the release names and no file describes, if they are few."""
        if not self._download.has(kind):
            return frozenset()
        found = frozenset(
            row.cells["conceptUri"]
            for row in self._rows(kind)
            if row.cells["conceptUri"] not in known and row.cells.get("conceptType") != "ISCOGroup"
        )
        return found if len(found) * _LEFT_OUT_ONE_IN <= len(known) else frozenset()

    def _number(
        self, row: Row, column: str, known: Mapping[str, int], left_out: frozenset[str], kind: str
    ) -> int | None:
        uri = row.cells[column]
        number = known.get(uri)
        if number is None and uri not in left_out:
            uri = _uri(row, column)
            raise row.problem(column, f"{uri} is not in {self._download.file_name(kind, self._first)}.")
        return number


def _uri(row: Row, column: str) -> str:
    try:
        return EscoUri(row.cells[column])
    except BadValue as error:
        raise row.problem(column, str(error).removeprefix("uri: ")) from None


def _preferred(row: Row) -> str:
    label = row.cells["preferredLabel"]
    if not label:
        raise row.problem("preferredLabel", "is empty: the download is half translated or cut.")
    return label


def _labels(kind: str, number: int, language: str, row: Row) -> Iterator[OccupationLabel | SkillLabel]:
    made = OccupationLabel if kind == "occupations" else SkillLabel
    seen: set[str] = set()
    position = 0
    for column, rank in (("preferredLabel", "preferred"), ("altLabels", "alternative"), ("hiddenLabels", "hidden")):
        text = _preferred(row) if rank == "preferred" else row.cells.get(column, "")
        for label in filter(None, (part.strip() for part in text.split("\n"))):
            if len(label) > MAX_LABEL:
                raise row.problem(column, f"a label has {len(label):,} letters; at most {MAX_LABEL:,} are read.")
            if label not in seen:
                seen.add(label)
                yield made(number, language, position, rank, label)
                position += 1
