"""Vacancies: from a row of the documented layout to a coded vacancy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from jobs_ingest.demands import Demands, Wish, read_demands, unglued, unglued_items
from jobs_ingest.duplicate_review import keep_merged
from jobs_ingest.flags import look_at
from jobs_ingest.importer import Fields, OfferImporter
from jobs_ingest.life import carry_values
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.normalise import CONTRACTS as CONTRACTS
from jobs_ingest.normalise import in_order, licence_codes, place
from jobs_ingest.readings import VACANCY_FIELDS, Read, stated_cells, vacancy_values
from jobs_ingest.repository import store_offers
from profiling.coding import Coder
from profiling.fields import EDUCATION_LEVELS, LONG_TEXT, PAY_PERIODS, Row
from profiling.importing import Stored
from profiling.models import ImportRun

_COLUMNS = tuple(
    (
        "ref title employer description country province district place essential_skills wished_skills"
        " experience_years education_level languages licences framework level contract openings pay_min"
        " pay_max pay_currency pay_period accommodation transport posted_on closes_on status held_reason"
    ).split()
)


def code_vacancy(
    coder: Coder,
    title: str,
    description: str | None,
    essential_text: list[str],
    wished_text: list[str],
    stated: Mapping[str, object],
) -> dict[str, object]:
    """What is understood of a vacancy: occupation, skills, and the columns that the source leaves empty.

    ``stated`` holds the columns of ``readings.VACANCY_FIELDS`` that the source itself states; they are not
    answered, so they cannot be overwritten. What else is answered was read, and ``read`` says from which words.
    Skills named by the source's own lists stay where the lists put them; the description's are essential or
    wished as it says. Where the source lists what is essential, a skill that is only told of as a duty is wished.
    """
    essential_text, wished_text = unglued_items(essential_text), unglued_items(wished_text)
    essential, _ = coder.demands(essential_text)
    wished, _ = coder.demands(wished_text)
    told = read_demands(unglued(description or ""), coder)
    listed = [_list_demands(coder, "Requirements", essential_text), _list_demands(coder, "Preferred", wished_text)]
    lists = {"essential": {hit.what: hit.words for hit in essential}, "wished": {}}
    lists["wished"] = {hit.what: hit.words for hit in wished if hit.what not in lists["essential"]}
    known = {*lists["essential"], *lists["wished"]}
    read = []
    for skill in told.skills:
        if skill.code not in known:
            told_only = skill.from_duties and bool(essential_text)
            place = "wished" if told_only or skill.wish is Wish.WISHED else "essential"
            lists[place][skill.code] = skill.words
            read.append(Read(place, skill.code, skill.words))
    values = vacancy_values([*listed, _title_demands(coder, title), told], stated)
    coded = coder.occupation(title, {*lists["essential"], *lists["wished"]})
    return {
        **values.columns,
        "occupation": coded.occupation if coded else None,
        "occupation_words": coded.words if coded else None,
        "occupation_likeness": coded.likeness if coded else None,
        "essential": [[code, words] for code, words in lists["essential"].items()],
        "wished": [[code, words] for code, words in lists["wished"].items()],
        "read": [list(entry) for entry in (*read, *values.read)],
        "coding": coder.version,
    }


def _title_demands(coder: Coder, title: str) -> Demands:
    """What a title asks for, but schooling: "Primary School Teacher" says where, not what was passed."""
    return replace(read_demands(title, coder, skills=False), education=())


def _list_demands(coder: Coder, heading: str, items: list[str]) -> Demands:
    return read_demands(f"{heading}:\n" + "\n".join(items), coder, skills=False) if items else Demands()


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
        """Occupation, skills, and what the file's own columns leave empty."""
        names = ("title", "description", "essential_text", "wished_text")
        told = {name: fields[name] for name in names}
        return code_vacancy(self._coder, **told, stated=stated_cells(fields, VACANCY_FIELDS))  # type: ignore[arg-type]

    def store(self, session: Session, batch: list[tuple[int, Fields]], run: ImportRun) -> Stored:
        """Write a batch; to what is new or changed goes what people set, then it is looked at for a trap."""

        def written(ids: list[uuid.UUID]) -> None:
            carry_values(session, ids)
            keep_merged(session, ids)
            look_at(session, self._coder.taxonomy, ids, from_source=True)

        return store_offers(session, self.table, batch, run, self.coded, written)
