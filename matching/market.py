"""The market in memory: vacancies and courses as small frozen values beside the columns that filters need.

A market is a snapshot of one revision of the database. It is never changed; when the revision has
moved on, a new one is loaded.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col

from jobs_ingest.models import Course, Vacancy, VacancyStatus
from matching.embeddings import Vectors
from matching.index import IndexRefused, VectorIndex
from matching.models import DocumentVector
from profiling.errors import OperatorError
from profiling.passport import Pay
from profiling.queries import pick
from profiling.taxonomy import Taxonomy
from profiling.wordforms import forms

_LAST_DAY = date.max.toordinal()
#: ISCO-08 skill level by major group (ILO 2012, table 1): managers and professionals 4, technicians 3,
#: clerks to operators 2, elementary occupations 1. Managers of level 3 and the armed forces are not told apart.
SKILL_LEVEL = {"1": 4, "2": 4, "3": 3, "4": 2, "5": 2, "6": 2, "7": 2, "8": 2, "9": 1}
#: Words of an uncoded title that tell its ISCO-08 skill level.
_LEVEL_WORDS = {
    4: (
        "manager director engineer consultant analyst architect scientist lecturer professor doctor physician"
        " surgeon lawyer advocate auditor economist head chief president developer researcher chemist"
        " gm agm dgm vp ceo cfo cto"
    ).split(),
    3: (
        "officer supervisor coordinator technician executive overseer foreman inspector associate specialist"
    ).split(),
}
_HELPING_WORDS = frozenset("helper attendant operator worker labour cleaner driver".split())
#: Words of a title that say nothing about the work, or only a rank or role in it.
_EMPTY_WORDS = frozenset(
    (
        "a an the of for in at to and or with on by from job vacancy urgent needed wanted required hire no nos"
        " post position senior junior sr jr level i ii iii full time part shift immediate open company ltd pvt"
        " trainee trainer supervisor assistant asst worker helper operator technician manager officer staff"
        " incharge charge general executive associate specialist expert professional team member lead head"
        " foreman foremen male female lady ladies gent gents man men woman women boy girl"
    ).split()
)


@dataclass(frozen=True, slots=True)
class VacancyView:
    """A vacancy as matching sees it. ``essential`` and ``wished``: skill code to the words that ask for it."""

    id: uuid.UUID
    row: int
    ref: str
    title: str
    employer: str | None
    country: str | None
    province: str | None
    district: str | None
    place: str | None
    occupation: str | None
    essential: dict[str, str]
    wished: dict[str, str]
    experience_years: float | None
    education_level: str | None
    languages: dict[str, str]
    licences: frozenset[str]
    framework: str | None
    level: int | None
    contract: str | None
    pay: Pay | None
    accommodation: bool | None
    closes_on: date | None
    status: str
    title_words: frozenset[str]
    skill_level: int | None = None
    #: 1 when the occupation is known by name, less when it was read from the title.
    occupation_likeness: float | None = None


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course or RPL assessment as matching sees it. ``teaches``: skill code to the words that name it.

    ``intakes`` are as in ``jobs_ingest.models.Course``; ``next_intake`` is what the source calls the next one, and
    is None where ``intakes`` tell. ``stipend`` is None where its currency or period is not known.
    """

    id: uuid.UUID
    row: int
    title: str
    provider: str | None
    kind: str
    occupation: str | None
    teaches: dict[str, str]
    framework: str | None
    level: int | None
    licence: str | None
    weeks: float | None
    cost: float | None
    cost_currency: str | None
    country: str | None
    province: str | None
    district: str | None
    place: str | None
    next_intake: str | None
    lodging: bool | None
    childcare: bool | None
    intakes: tuple[str, ...] = ()
    stipend: Pay | None = None
    seats: int | None = None


@dataclass(frozen=True)
class Market:
    """All vacancies (of whatever status) and courses of one revision, with their index."""

    revision: int
    model: str
    taxonomy: Taxonomy
    vacancies: tuple[VacancyView, ...]
    courses: tuple[CourseView, ...]
    index: VectorIndex
    vectors: Vectors
    open: npt.NDArray[np.bool_]
    held: npt.NDArray[np.bool_]
    closes: npt.NDArray[np.int64]
    countries: npt.NDArray[np.int32]
    country_numbers: dict[str, int]
    occupations: npt.NDArray[np.int32]
    occupation_numbers: dict[str, int]
    occupation_groups: dict[str, str]
    by_skill: dict[str, npt.NDArray[np.int32]]
    by_word: dict[str, npt.NDArray[np.int32]]
    licensed: dict[frozenset[str], npt.NDArray[np.int32]]
    row_of: dict[uuid.UUID, int] = field(repr=False)


def load_market(
    session: Session, revision: int, model: str, dimensions: int, taxonomy: Taxonomy, index_path: Path | None
) -> tuple[Market, str]:
    """Load the market and its index; a cached index file that does not fit is made anew.

    Returns the market and what became of the index: ``loaded``, or ``built: `` and the reason.
    """
    vacancies, vectors, fingerprint = _load_vacancies(session, model, dimensions, taxonomy)
    index, outcome = _index(vectors, index_path, model, fingerprint)
    courses = tuple(_load_courses(session))
    return make_market(revision, model, taxonomy, vacancies, courses, vectors, index), outcome


def make_market(
    revision: int,
    model: str,
    taxonomy: Taxonomy,
    vacancies: Sequence[VacancyView],
    courses: Sequence[CourseView],
    vectors: Vectors,
    index: VectorIndex,
) -> Market:
    """A market of these offers; ``vectors`` and ``index`` hold one row a vacancy, in the same order."""
    codes = {view.occupation for view in vacancies if view.occupation} | set(taxonomy.occupations)
    numbers = {code: at for at, code in enumerate(sorted(codes))}
    skills: dict[str, list[int]] = defaultdict(list)
    title: dict[str, list[int]] = defaultdict(list)
    licensed: dict[frozenset[str], list[int]] = defaultdict(list)
    countries: dict[str, int] = {"": 0}
    for view in vacancies:
        countries.setdefault(view.country or "", len(countries))
        if view.licences:
            licensed[view.licences].append(view.row)
        for word in view.title_words:
            title[word].append(view.row)
        for code in (*view.essential, *view.wished):
            skills[code].append(view.row)
    return Market(
        revision=revision,
        model=model,
        taxonomy=taxonomy,
        vacancies=tuple(vacancies),
        courses=tuple(courses),
        index=index,
        vectors=vectors,
        open=np.array([view.status == VacancyStatus.OPEN for view in vacancies], dtype=bool),
        held=np.array([view.status == VacancyStatus.HELD for view in vacancies], dtype=bool),
        closes=np.array(
            [view.closes_on.toordinal() if view.closes_on else _LAST_DAY for view in vacancies],
            dtype=np.int64,
        ),
        countries=np.array([countries[view.country or ""] for view in vacancies], dtype=np.int32),
        country_numbers=countries,
        occupations=np.array([numbers.get(view.occupation or "", -1) for view in vacancies], dtype=np.int32),
        occupation_numbers=numbers,
        occupation_groups={code: str(taxonomy.isco_of(code) or "") for code in numbers},
        by_skill={code: np.array(rows, dtype=np.int32) for code, rows in skills.items()},
        by_word={word: np.array(rows, dtype=np.int32) for word, rows in title.items()},
        licensed={licences: np.array(rows, dtype=np.int32) for licences, rows in licensed.items()},
        row_of={view.id: view.row for view in vacancies},
    )


def title_words(title: str) -> frozenset[str]:
    """The words of a title that tell of the work."""
    return frozenset(form for form in forms(title, name=True) if form not in _EMPTY_WORDS and not form.isdigit())


def _index(vectors: Vectors, path: Path | None, model: str, fingerprint: str) -> tuple[VectorIndex, str]:
    if path is None:
        return VectorIndex.build(vectors), "built: kept in memory"
    try:
        return VectorIndex.load(path, model, fingerprint), "loaded"
    except IndexRefused as refusal:
        index = VectorIndex.build(vectors)
        try:
            index.save(path, model, fingerprint)
        except OperatorError as error:
            # The file is a cache: without it the answers are the same, and the next start builds it again.
            return index, f"built in memory: {error}"
        return index, f"built: {refusal}"


def _load_vacancies(
    session: Session, model: str, dimensions: int, taxonomy: Taxonomy
) -> tuple[list[VacancyView], Vectors, str]:
    names = (
        "id ref title employer country province district place occupation occupation_likeness essential wished"
        " experience_years education_level languages licences framework level contract pay_min pay_max"
        " pay_currency pay_period accommodation closes_on status"
    ).split()
    columns = [getattr(Vacancy, name) for name in names]
    query = (
        pick(*columns, DocumentVector.vector, DocumentVector.text_hash)
        .join(
            DocumentVector,
            sa.and_(col(DocumentVector.owner_id) == Vacancy.id, col(DocumentVector.model) == model),
        )
        .where(col(DocumentVector.owner_kind) == "vacancy")
        .order_by(col(Vacancy.id))
    )
    views: list[VacancyView] = []
    packed = bytearray()
    digest = hashlib.sha256()
    for row in session.execute(query.execution_options(yield_per=2000)):
        views.append(_vacancy_view(row, len(views), taxonomy))
        packed += row.vector
        digest.update(row.id.bytes + row.text_hash.encode())
    vectors = np.frombuffer(bytes(packed), dtype="<f4").reshape(len(views), dimensions)
    return views, vectors, digest.hexdigest()


def _vacancy_view(row: sa.Row[tuple[object, ...]], at: int, taxonomy: Taxonomy) -> VacancyView:
    amount = row.pay_max if row.pay_max is not None else row.pay_min
    pay = Pay(amount, row.pay_currency, row.pay_period) if amount and row.pay_currency and row.pay_period else None
    return VacancyView(
        id=row.id, row=at, ref=row.ref, title=row.title, employer=row.employer, country=row.country,
        province=row.province, district=row.district, place=row.place, occupation=row.occupation,
        essential=dict(row.essential), wished=dict(row.wished), experience_years=row.experience_years,
        education_level=row.education_level, languages=row.languages, licences=frozenset(row.licences),
        framework=row.framework, level=row.level, contract=row.contract, pay=pay,
        accommodation=row.accommodation, closes_on=row.closes_on, status=row.status,
        title_words=title_words(row.title), skill_level=_skill_level(row.title, row.occupation, taxonomy),
        occupation_likeness=row.occupation_likeness,
    )  # fmt: skip


def _skill_level(title: str, occupation: str | None, taxonomy: Taxonomy) -> int | None:
    """The ISCO-08 skill level of an occupation, or of an uncoded title by its words; None when neither tells."""
    group = taxonomy.isco_of(occupation)
    if group is not None:
        return SKILL_LEVEL.get(group[0])
    found = set(forms(title, name=True))
    if found & _HELPING_WORDS:
        return None
    return next((level for level, words in _LEVEL_WORDS.items() if found & set(words)), None)


def _load_courses(session: Session) -> Iterable[CourseView]:
    names = (
        "id title provider kind occupation teaches framework level licence weeks cost cost_currency"
        " country province district place next_intake lodging childcare intakes seats"
    ).split()
    paid = (Course.stipend, Course.stipend_currency, Course.stipend_period)
    query = pick(*(getattr(Course, name) for name in names), *paid).order_by(col(Course.id))
    for at, row in enumerate(session.execute(query)):
        values = {name: getattr(row, name) for name in names}
        values |= {"teaches": dict(row.teaches), "intakes": tuple(row.intakes)}
        if row.intakes:
            values["next_intake"] = None
        yield CourseView(row=at, stipend=_stipend(row), **values)


def _stipend(row: sa.Row[tuple[object, ...]]) -> Pay | None:
    if not row.stipend or not row.stipend_currency or not row.stipend_period:
        return None
    return Pay(row.stipend, row.stipend_currency, row.stipend_period)
