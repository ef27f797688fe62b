"""Courses and RPL assessments: from a row of the documented layout to a coded course."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jobs_ingest.demands import read_course
from jobs_ingest.importer import Fields, OfferImporter
from jobs_ingest.models import Course
from jobs_ingest.normalise import licence_codes, place
from jobs_ingest.readings import COURSE_FIELDS, Read, course_values, stated_cells
from profiling.coding import Coder
from profiling.fields import Row

_PARTS = re.compile(r"[,()\[\]]| - ")
KINDS = ("course", "bridging", "rpl", "apprenticeship", "soft_skills")
_COLUMNS = tuple(
    (
        "ref title provider kind trade skills framework level licence entry_conditions weeks hours cost"
        " cost_currency stipend country province district place language next_intake seats childcare lodging"
    ).split()
)


def code_course(
    coder: Coder,
    title: str,
    trade: str | None,
    skills_text: list[str],
    entry_conditions: str | None,
    stated: Mapping[str, object],
) -> dict[str, object]:
    """What is understood of a course: occupation, skills, entry, and the columns that the source leaves empty.

    ``stated`` holds the columns of ``readings.COURSE_FIELDS`` that the source itself states. What is answered
    beside the skills of its own list was read from title, skills and entry conditions, and ``read`` says from
    which words.
    """
    taught, _ = coder.demands(skills_text)
    # The parts of a title stand for themselves: "Plumbing (390 hours)".
    text = "\n".join([*_PARTS.split(title), *skills_text, "Entry requirements:", entry_conditions or ""])
    reading = read_course(text, coder)
    teaches = {hit.what: hit.words for hit in taught}
    read = [Read("teaches", skill.code, skill.words) for skill in reading.taught if skill.code not in teaches]
    teaches |= {entry.value: entry.words for entry in read}
    values = course_values(reading, stated)
    coded = coder.occupation(trade or title, set(teaches))
    return {
        **values.columns,
        "occupation": coded.occupation if coded else None,
        "occupation_likeness": coded.likeness if coded else None,
        "teaches": [[code, words] for code, words in teaches.items()],
        "read": [list(entry) for entry in (*read, *values.read)],
        "coding": coder.version,
    }


class CourseImporter(OfferImporter):
    """Imports the courses and RPL assessments of one source."""

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
        return {
            **self.identity(row),
            "title": title,
            "provider": row.text("provider"),
            "kind": row.choice("kind", KINDS) or "",
            "trade": trade,
            "skills_text": skills,
            "framework": row.text("framework"),
            "level": row.whole("level"),
            "licence": licences[0] if licences else None,
            "entry_conditions": row.text("entry_conditions"),
            "weeks": row.number("weeks"),
            "hours": row.number("hours"),
            "cost": row.number("cost"),
            "cost_currency": row.currency("cost_currency"),
            "stipend": row.number("stipend"),
            **place(row),
            "language": row.text("language"),
            "next_intake": row.date("next_intake"),
            "seats": row.whole("seats"),
            "childcare": row.yes_no("childcare"),
            "lodging": row.yes_no("lodging"),
        }

    def code(self, fields: Fields) -> Fields:
        """Occupation, skills, entry, and what the file's own columns leave empty."""
        told = {name: fields[name] for name in ("title", "trade", "skills_text", "entry_conditions")}
        return code_course(self._coder, **told, stated=stated_cells(fields, COURSE_FIELDS))  # type: ignore[arg-type]
