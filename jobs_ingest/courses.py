"""Courses and RPL assessments: from a row of the documented layout to a coded course."""

from __future__ import annotations

from jobs_ingest.importer import Fields, OfferImporter
from jobs_ingest.models import Course
from jobs_ingest.normalise import licence_codes, place
from profiling.coding import Coder
from profiling.fields import Row

KINDS = ("course", "bridging", "rpl", "apprenticeship", "soft_skills")
_COLUMNS = tuple(
    (
        "ref title provider kind trade skills framework level licence entry_conditions weeks hours cost"
        " cost_currency stipend country province district place language next_intake seats childcare lodging"
    ).split()
)


def code_course(coder: Coder, title: str, trade: str | None, skills_text: list[str]) -> dict[str, object]:
    """Occupation and skills of a course, each with its words."""
    taught, _ = coder.demands(skills_text)
    coded = coder.occupation(trade or title, {hit.what for hit in taught})
    return {
        "occupation": coded.occupation if coded else None,
        "teaches": [[hit.what, hit.words] for hit in taught],
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
        """Occupation and skills."""
        return code_course(self._coder, **{name: fields[name] for name in ("title", "trade", "skills_text")})  # type: ignore[arg-type]
