"""Builders of small values for the tests of matching: a taxonomy, people, vacancies, courses, a market."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from api.application import Application
from api.demo_centre import FOLDER, load_demo
from api.settings import Settings
from matching.embeddings import HashingEmbedder, Progress, Vectors, no_progress
from matching.index import VectorIndex
from matching.market import SKILL_LEVEL, CourseView, Market, VacancyView, make_market, title_words
from matching.people import Person
from profiling.codes import IscoCode
from profiling.models import Evidence
from profiling.passport import HeldCredential, HeldJob, HeldSkill, MatchingProfile
from profiling.taxonomy import Licence, Name, Occupation, Skill, Taxonomy

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
DIMENSIONS = 8
_SPACE = uuid.UUID("7d8f2c1e-0000-4000-8000-000000000000")

#: code: (ISCO-08 unit group, label, usual skills)
_TRADES = {
    "mason": ("7112", "Mason", "lay-bricks plaster mix-mortar"),
    "block-layer": ("7112", "Block layer", "lay-blocks mix-mortar"),
    "stone-mason": ("7113", "Stone mason", "cut-stone mix-mortar"),
    "shuttering-carpenter": ("7115", "Shuttering carpenter", "formwork strip-formwork spirit-level"),
    "joiner": ("7115", "Joiner", "hang-doors wood-joints"),
    "painter": ("7131", "Painter", "paint-walls"),
    "electrician": ("7411", "Electrician", "wire-house megger"),
    "cook": ("5120", "Cook", "cook-rice hygiene"),
    "nurse": ("2221", "Nurse", "first-aid hygiene"),
    "truck-driver": ("8332", "Truck driver", "drive-truck"),
    "labourer": ("9313", "Building labourer", "dig mix-mortar"),
}
TRADES = tuple(_TRADES)
SKILLS = tuple(sorted({code for _, _, codes in _TRADES.values() for code in codes.split()}))
LICENCES = ("light-vehicle", "heavy-vehicle", "forklift")

TAXONOMY = Taxonomy(
    version="small-1",
    isco_groups={isco: label for isco, label, _ in _TRADES.values()},
    occupations={
        code: Occupation(code, IscoCode(isco), label, (Name(label, "en"),), tuple(skills.split()))
        for code, (isco, label, skills) in _TRADES.items()
    },
    skills={code: Skill(code, code.replace("-", " ").capitalize(), (code,)) for code in SKILLS},
    licences={
        "light-vehicle": Licence("light-vehicle", "Car licence", ()),
        "heavy-vehicle": Licence("heavy-vehicle", "Truck licence", (), ("light-vehicle",)),
        "forklift": Licence("forklift", "Forklift permit", ()),
    },
)


def an_id(text: str) -> uuid.UUID:
    """A lasting id for a name."""
    return uuid.uuid5(_SPACE, text)


def job(
    title: str, occupation: str | None = None, months: int | None = None, evidence: Evidence = Evidence.DECLARED,
    country: str = "QA",
) -> HeldJob:  # fmt: skip
    """A job held."""
    return HeldJob(1, title, country, months, occupation, evidence)


def skills(*codes: str, evidence: Evidence = Evidence.DECLARED) -> dict[str, HeldSkill]:
    """Claims to skills, all with one evidence."""
    return {code: HeldSkill(code, evidence, f"my {code}") for code in codes}


def credential(
    occupation: str | None, *, framework: str | None = None, level: int | None = None, kind: str = "certificate",
    evidence: Evidence = Evidence.DOCUMENT_SEEN,
) -> HeldCredential:  # fmt: skip
    """A certificate."""
    return HeldCredential("Certificate", kind, occupation, framework, level, evidence)


def profile(**given: Any) -> MatchingProfile:
    """A person from Chitwan in Nepal of whom nothing else is known."""
    plain = {
        "returnee_id": an_id("person"), "home_country": "NP", "home_province": "Bagmati",
        "home_district": "Chitwan", "work_countries": frozenset({"NP"}),
    }  # fmt: skip
    return MatchingProfile(**{**plain, **given})


def person(vector: Sequence[float] | Vectors | None = None, **given: Any) -> Person:
    """A person for a comparison."""
    found = unit([1.0] + [0.0] * (DIMENSIONS - 1)) if vector is None else np.asarray(vector, dtype=np.float32)
    return Person(profile(**given), found, TAXONOMY)


def _asked(codes: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    return dict(codes) if isinstance(codes, Mapping) else {code: f"asked {code}" for code in codes}


def vacancy(ref: str = "V-1", **given: Any) -> VacancyView:
    """An open vacancy of which nothing but the title is known. ``essential``, ``wished``: codes."""
    plain: dict[str, Any] = {field.name: None for field in fields(VacancyView)}
    plain |= {
        "id": an_id(f"vacancy {ref}"), "row": 0, "ref": ref, "title": "Worker", "essential": {}, "wished": {},
        "languages": {}, "licences": frozenset(), "status": "open",
    }  # fmt: skip
    values = {**plain, **given}
    values["essential"], values["wished"] = _asked(values["essential"]), _asked(values["wished"])
    values["licences"] = frozenset(values["licences"])
    values["title_words"] = title_words(values["title"])
    if "skill_level" not in given:
        values["skill_level"] = SKILL_LEVEL.get((TAXONOMY.isco_of(values["occupation"]) or " ")[0])
    return VacancyView(**values)


def course(ref: str = "C-1", **given: Any) -> CourseView:
    """A course of which nothing but title and kind is known. ``teaches``: codes."""
    plain: dict[str, Any] = {field.name: None for field in fields(CourseView)}
    plain |= {"id": an_id(f"course {ref}"), "row": 0, "title": ref, "kind": "course", "teaches": {}, "intakes": ()}
    values = {**plain, **given}
    values["teaches"] = _asked(values["teaches"])
    return CourseView(**values)


def unit(vector: Sequence[float] | Vectors) -> Vectors:
    """The vector at unit length."""
    found = np.asarray(vector, dtype=np.float32)
    return found / np.linalg.norm(found)


def random_units(count: int, dimensions: int = DIMENSIONS, seed: int = 1) -> Vectors:
    """Random vectors of unit length, shape (count, dimensions)."""
    found = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def placed(vacancies: Sequence[VacancyView]) -> tuple[VacancyView, ...]:
    """The vacancies with their rows filled in."""
    names = [field.name for field in fields(VacancyView)]
    return tuple(
        VacancyView(**{**{name: getattr(view, name) for name in names}, "row": row})
        for row, view in enumerate(vacancies)
    )


def market(
    vacancies: Sequence[VacancyView], vectors: Vectors | None = None, courses: Sequence[CourseView] = ()
) -> Market:
    """A market of these vacancies; random vectors when none are given."""
    views = placed(vacancies)
    held = random_units(len(views)) if vectors is None else np.ascontiguousarray(vectors, dtype=np.float32)
    return make_market(1, "none", TAXONOMY, views, courses, held, VectorIndex.build(held))


class RecordingEmbedder(HashingEmbedder):
    """The small embedder, which also keeps every text it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        """As in Embedder."""
        self.texts += texts
        return super().encode(texts, progress)


def demo_application(url: str, folder: Path, embedder: HashingEmbedder | None = None) -> Application:
    """An application that holds the demo centre; its clock stands at 20 November 2026."""
    made = Application(
        Settings(data=folder, DATABASE_URL=url),
        embedder=embedder or HashingEmbedder(),
        clock=lambda: NOW,
    )
    made.prepare()
    assert sum(report.rejected for report in load_demo(made)) == 0
    made.refresh()
    return made


def demo_refs() -> list[str]:
    """The reference numbers of the demo centre's people."""
    with (FOLDER / "returnees.csv").open(encoding="utf-8", newline="") as file:
        return [row["ref"] for row in csv.DictReader(file)]
