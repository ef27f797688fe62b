"""Courses and RPL assessments: from a row of the documented layout to a coded course."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from jobs_ingest.course_lengths import read_weeks
from jobs_ingest.course_reading import COLUMNS, CourseText, course_columns, read_course_text
from jobs_ingest.course_units import read_unit
from jobs_ingest.course_values import Mode, Per
from jobs_ingest.course_words import Text
from jobs_ingest.demands import read_course
from jobs_ingest.importer import Fields, OfferImporter
from jobs_ingest.models import Course
from jobs_ingest.normalise import licence_codes, place
from jobs_ingest.provider_names import name_key
from jobs_ingest.providers_linking import provider_keys, settle_providers
from jobs_ingest.readings import COURSE_FIELDS, Read, Values, course_values, stated_cells, stated_values
from profiling.coding import Coder
from profiling.errors import BadValue
from profiling.fields import LONG_TEXT, Row, read_date
from profiling.importing import Stored
from profiling.models import ImportRun

_YEARLY = re.compile(r"--(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?")
_PARTS = re.compile(r"[,()\[\]]| - ")
KINDS = ("course", "bridging", "rpl", "apprenticeship", "soft_skills")
_COLUMNS = tuple(
    (
        "ref title provider kind trade description skills framework level units licence entry_conditions weeks"
        " hours cost cost_currency stipend stipend_currency stipend_period country province district place language"
        " modes next_intake intakes seats childcare lodging"
    ).split()
)
#: Every column that is read from the text where the source leaves it empty, and what empty is.
READ_COLUMNS: Mapping[str, object] = {**COURSE_FIELDS, **COLUMNS}


@dataclass(frozen=True, slots=True)
class CourseTold:
    """What a source tells of a course in words, and where it is held (ISO 3166)."""

    title: str
    trade: str | None = None
    skills: Sequence[str] = ()
    entry_conditions: str | None = None
    description: str | None = None
    country: str | None = None
    provider: str | None = None


def code_course(coder: Coder, told: CourseTold, stated: Mapping[str, object]) -> dict[str, object]:
    """What is understood of a course: occupation, skills, entry, terms, and the columns the source leaves empty.

    ``stated`` holds the columns of ``READ_COLUMNS`` that the source itself states. What is answered beside the
    skills of its own list was read from its texts, and ``read`` says from which words.
    """
    taught, _ = coder.demands(list(told.skills))
    # The parts of a title stand for themselves: "Plumbing (390 hours)".
    parts = (*_PARTS.split(told.title), told.description or "", *told.skills)
    text = "\n".join([*parts, "Entry requirements:", told.entry_conditions or ""])
    reading = read_course(text, coder)
    teaches = {hit.what: hit.words for hit in taught}
    read = [Read("teaches", skill.code, skill.words) for skill in reading.taught if skill.code not in teaches]
    teaches |= {entry.value: entry.words for entry in read}
    lengths = course_values(reading, stated)
    texts = CourseText(told.title, told.description or "", told.skills, told.entry_conditions or "")
    framework = stated.get("framework")
    facts = read_course_text(texts, told.country, str(framework) if framework else None)
    terms = course_columns(facts, stated)
    if "weeks" in lengths.columns and lengths.columns["weeks"] is None:
        lengths = _with_weeks(lengths, told)
    coded = coder.occupation(told.trade or told.title, set(teaches))
    return {
        **lengths.columns,
        **terms.columns,
        "occupation": coded.occupation if coded else None,
        "occupation_likeness": coded.likeness if coded else None,
        "teaches": [[code, words] for code, words in teaches.items()],
        "read": [list(entry) for entry in (*read, *lengths.read, *terms.read)],
        "provider_key": name_key(told.provider),
        "coding": coder.version,
    }


def _with_weeks(lengths: Values, told: CourseTold) -> Values:
    """The length in the words that the reader of demands does not know."""
    said = read_weeks(Text.of(f"{told.title}\n{told.description or ''}"))
    if said is None:
        return lengths
    return Values(
        {**lengths.columns, "weeks": said.value}, (*lengths.read, Read("weeks", f"{said.value:g}", said.words))
    )


def code_stored_course(coder: Coder, course: Course) -> dict[str, object]:
    """The same for a course that is stored: what its source states is told from what was read."""
    told = CourseTold(
        course.title, course.trade, course.skills_text, course.entry_conditions, course.description, course.country,
        course.provider,
    )  # fmt: skip
    return code_course(coder, told, stated_values(course, READ_COLUMNS))


def _units(row: Row) -> list[list[str]]:
    found = (read_unit(item) for item in row.items("units"))
    return [[unit.code, unit.name] for unit in found if unit]


def _intakes(row: Row) -> list[str]:
    """Dates of any precision, and ``--07`` or ``--07-15`` for each year's; problems are noted in the row."""
    found = []
    for item in row.items("intakes"):
        if _YEARLY.fullmatch(item):
            found.append(item)
            continue
        try:
            found.append(read_date(item))
        except BadValue as error:
            row.reject("intakes", f"{item!r} is not {error.expected}, nor --07 for every July")
    return found


def _stipend(row: Row) -> Fields:
    """A stipend is per month, and in the currency of the cost, where the row says nothing else."""
    amount = row.number("stipend")
    currency, period = row.currency("stipend_currency"), row.choice("stipend_period", Per)
    if amount is None:
        return {"stipend": None, "stipend_currency": None, "stipend_period": None}
    beside = row.raw("cost_currency").strip().upper() or None
    return {
        "stipend": amount,
        "stipend_currency": currency or beside,
        "stipend_period": period or Per.MONTH.value,
    }


class CourseImporter(OfferImporter):
    """Imports the courses and RPL assessments of one source, and enters their providers into the directory."""

    kind = "courses"
    required = frozenset({"title", "kind"})
    layout = _COLUMNS
    table = Course

    def parse(self, row: Row) -> Fields:
        """The fields of a row; problems are noted in the row."""
        row.needed("kind")
        title, trade, skills = row.needed("title"), row.text("trade"), row.items("skills")
        licences = licence_codes(row, "licence", frozenset(self._coder.taxonomy.licences))
        if len(licences) > 1:
            row.reject("licence", "names more than one licence; give one row to each")
        next_one = row.date("next_intake")
        return {
            **self.identity(row),
            "title": title,
            "provider": row.text("provider"),
            "kind": row.choice("kind", KINDS) or "",
            "trade": trade,
            "description": row.text("description", LONG_TEXT),
            "skills_text": skills,
            "framework": row.text("framework"),
            "level": row.whole("level"),
            "units": _units(row),
            "licence": licences[0] if licences else None,
            "entry_conditions": row.text("entry_conditions"),
            "weeks": row.number("weeks"),
            "hours": row.number("hours"),
            "cost": row.number("cost"),
            "cost_currency": row.currency("cost_currency"),
            **_stipend(row),
            **place(row),
            "language": row.text("language"),
            "modes": row.choices("modes", Mode),
            "next_intake": next_one,
            "intakes": sorted({*_intakes(row), *([next_one] if next_one else [])}),
            "seats": row.whole("seats"),
            "childcare": row.yes_no("childcare"),
            "lodging": row.yes_no("lodging"),
        }

    def code(self, fields: Fields) -> Fields:
        """Occupation, skills, entry, terms, and what the file's own columns leave empty."""
        names = ("title", "trade", "entry_conditions", "description", "country", "provider")
        told = CourseTold(skills=fields["skills_text"], **{name: fields[name] for name in names})  # type: ignore[arg-type]
        return code_course(self._coder, told, stated_cells(fields, READ_COLUMNS))

    def store(self, session: Session, batch: list[tuple[int, Fields]], run: ImportRun) -> Stored:
        """Write a batch, and link what was written to the directory of providers."""
        refs = [str(row["ref"]) for _, row in batch]
        before = provider_keys(session, self._source, refs)
        stored = super().store(session, batch, run)
        if stored.new or stored.changed:
            named = {key for _, row in batch if (key := name_key(row["provider"]))}  # type: ignore[arg-type]
            settle_providers(session, before | named)
        return stored
