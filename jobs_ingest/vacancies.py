"""Vacancies: from a row of the documented layout to a coded vacancy."""

from __future__ import annotations

from collections.abc import Iterable

from jobs_ingest.importer import Fields, OfferImporter
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.normalise import in_order, licence_codes, place
from profiling.coding import Coder, Found
from profiling.fields import EDUCATION_LEVELS, LONG_TEXT, PAY_PERIODS, Row

CONTRACTS = (
    "wage_work", "apprenticeship", "on_the_job_training", "public_works", "seasonal", "self_employment",
)  # fmt: skip
_COLUMNS = tuple(
    (
        "ref title employer description country province district place essential_skills wished_skills"
        " experience_years education_level languages licences framework level contract openings pay_min"
        " pay_max pay_currency pay_period accommodation transport posted_on closes_on status held_reason"
    ).split()
)


def _pairs(found: Iterable[Found[str]]) -> list[list[str]]:
    return [[hit.what, hit.words] for hit in found]


def code_vacancy(
    coder: Coder, title: str, description: str | None, essential_text: list[str], wished_text: list[str]
) -> dict[str, object]:
    """Occupation, essential and wished skills of a vacancy, each with its words.

    Skills that the description tells of count as wished: the text does not say that they must be there.
    """
    essential, _ = coder.demands(essential_text)
    wished, _ = coder.demands(wished_text)
    codes = {hit.what for hit in essential}
    told = {hit.what: hit for hit in (*wished, *coder.skills(description or "")) if hit.what not in codes}
    coded = coder.occupation(title, codes | set(told))
    return {
        "occupation": coded.occupation if coded else None,
        "occupation_words": coded.words if coded else None,
        "essential": _pairs(essential),
        "wished": _pairs(told.values()),
        "coding": coder.version,
    }


class VacancyImporter(OfferImporter):
    """Imports the vacancies of one source."""

    kind = "vacancies"
    required = frozenset({"title"})
    layout = _COLUMNS
    table = Vacancy

    def parse(self, row: Row) -> Fields:
        """The fields of a row; problems are noted in the row."""
        pay = (row.number("pay_min"), row.number("pay_max"))
        posted, closes = row.day("posted_on"), row.day("closes_on")
        in_order(row, "pay_min", "pay_max", *pay)
        in_order(row, "posted_on", "closes_on", posted, closes)
        title, description = row.needed("title"), row.text("description", LONG_TEXT)
        essential, wished = row.items("essential_skills"), row.items("wished_skills")
        return {
            **self.identity(row),
            "title": title,
            "employer": row.text("employer"),
            "description": description,
            **place(row),
            "essential_text": essential,
            "wished_text": wished,
            "experience_years": row.number("experience_years"),
            "education_level": row.choice("education_level", EDUCATION_LEVELS),
            "languages": row.languages("languages"),
            "licences": licence_codes(row, "licences", frozenset(self._coder.taxonomy.licences)),
            "framework": row.text("framework"),
            "level": row.whole("level"),
            "contract": row.choice("contract", CONTRACTS),
            "openings": row.whole("openings"),
            "pay_min": pay[0],
            "pay_max": pay[1],
            "pay_currency": row.currency("pay_currency"),
            "pay_period": row.choice("pay_period", PAY_PERIODS),
            "accommodation": row.yes_no("accommodation"),
            "transport": row.yes_no("transport"),
            "posted_on": posted,
            "closes_on": closes,
            "status": row.choice("status", [status.value for status in VacancyStatus]) or VacancyStatus.OPEN.value,
            "held_reason": row.text("held_reason"),
        }

    def code(self, fields: Fields) -> Fields:
        """Occupation, essential and wished skills."""
        names = ("title", "description", "essential_text", "wished_text")
        return code_vacancy(self._coder, **{name: fields[name] for name in names})  # type: ignore[arg-type]
