"""A small, fictional download in the form of ESCO's. Nothing of it is copied from ESCO."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

BASE = "http://data.europa.eu/esco"
KITE, LAMP, FERRY = (f"{BASE}/occupation/fictional-{name}" for name in ("kite", "lamp", "ferry"))
FOLD, KNOT, TIDE = (f"{BASE}/skill/fictional-{name}" for name in ("fold", "knot", "tide"))
HANDS, SEA = f"{BASE}/skill/fictional-hands", f"{BASE}/isced-f/99"

Table = list[dict[str, str]]


def _occupation(uri: str, isco: str, label: str, other: str = "", hidden: str = "") -> dict[str, str]:
    return {
        "conceptType": "Occupation", "conceptUri": uri, "iscoGroup": isco, "preferredLabel": label,
        "altLabels": other, "hiddenLabels": hidden, "status": "released", "description": "Fictional, said so.",
        "code": f"{isco}.9",
    }  # fmt: skip


def _skill(uri: str, label: str, other: str = "", kind: str = "skill/competence") -> dict[str, str]:
    return {
        "conceptType": "KnowledgeSkillCompetence", "conceptUri": uri, "skillType": kind,
        "reuseLevel": "sector-specific", "preferredLabel": label, "altLabels": other, "hiddenLabels": "",
    }  # fmt: skip


def _group(uri: str, label: str, code: str = "") -> dict[str, str]:
    return {"conceptType": "SkillGroup", "conceptUri": uri, "preferredLabel": label, "altLabels": "", "code": code}


def tables(layout: str = "1.1", languages: tuple[str, ...] = ("en",)) -> dict[str, Table]:
    """The files of the small download by name; 1.2 has a language and labels in its relations too."""
    made: dict[str, Table] = {}
    for language in languages:
        mark = "" if language == "en" else f" ({language})"
        made |= {
            f"occupations_{language}.csv": [
                _occupation(KITE, "7318", "kite folder" + mark, f"kite maker{mark}\npaper kite hand{mark}", "kyte"),
                _occupation(LAMP, "7421", "lamp mender" + mark, f"lamp mender{mark}\nlantern, lamp fixer{mark}"),
                _occupation(FERRY, "8350", "ferry rope hand" + mark),
            ],
            f"skills_{language}.csv": [
                _skill(FOLD, "fold paper" + mark, f"crease paper{mark}"),
                _skill(KNOT, "tie knots" + mark),
                _skill(TIDE, "read tides" + mark, kind="knowledge"),
            ],
            f"skillGroups_{language}.csv": [_group(HANDS, "hand work" + mark, "S9"), _group(SEA, "the sea" + mark)],
            f"ISCOGroups_{language}.csv": [
                {"conceptType": "ISCOGroup", "conceptUri": f"{BASE}/isco/C{code}", "code": code,
                 "preferredLabel": title + mark, "altLabels": ""}
                for code, title in (
                    ("7318", "Handicraft workers in fictional kites"),
                    ("7421", "Electronics mechanics and servicers"),
                    ("8350", "Ships' deck crews and related workers"),
                )
            ],
        }  # fmt: skip
    end, extra = ("_" + languages[0], True) if layout == "1.2" else ("", False)
    relations = [(KITE, "essential", FOLD), (KITE, "optional", KNOT), (FERRY, "essential", KNOT),
                 (FERRY, "optional", TIDE)]  # fmt: skip
    made[f"occupationSkillRelations{end}.csv"] = [
        {"occupationUri": one, "relationType": kind, "skillType": "", "skillUri": two}
        | ({"occupationLabel": "x", "skillLabel": "y"} if extra else {})
        for one, kind, two in relations
    ]
    broader = [(FOLD, HANDS), (KNOT, HANDS), (TIDE, SEA), (KNOT, SEA)]
    made[f"broaderRelationsSkillPillar{end}.csv"] = [
        {"conceptType": "", "conceptUri": one, "broaderType": "SkillGroup", "broaderUri": two}
        | ({"conceptLabel": "x", "broaderLabel": "y"} if extra else {})
        for one, two in broader
    ]
    return made


def write(folder: Path, files: dict[str, Table]) -> Path:
    """Write the files as the download has them: UTF-8, each row with a carriage return and a line feed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def pack(path: Path, folder: Path, inside: str = "") -> Path:
    """Pack the files of a folder into a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, inside + file.name)
    return path
