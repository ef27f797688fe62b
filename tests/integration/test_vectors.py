"""Vectors in the database: only what changed is embedded again, and what must go goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from matching_cases import RecordingEmbedder
from people import desk
from sqlmodel import select

from api.application import Application
from matching.embeddings import HashingEmbedder
from matching.models import DocumentVector
from matching.vectors import unpack
from profiling.models import ConsentEvent, Purpose, Returnee

Writer = Callable[..., Path]
PEOPLE = [
    {"ref": f"R-{number}", "given_name": "X", "home_country": "NP", "consent_matching": agreed, "job1_title": title}
    for number, agreed, title in ((1, "yes", "mason"), (2, "yes", "plumber"), (3, "no", "cook"), (4, "", "cook"))
]
VACANCIES = [
    {"ref": f"V-{number}", "title": title, "country": "NP", "status": status}
    for number, title, status in ((1, "Mason", ""), (2, "Mason", "closed"), (3, "Plumber for hotel", ""))
]
COURSES = [{"ref": "C-1", "title": "Plastering", "kind": "course", "skills": "plaster walls"}]


@pytest.fixture
def recorder(application: Application, write_csv: Writer) -> RecordingEmbedder:
    """The embedder of an application that took in the files above."""
    found = RecordingEmbedder()
    application.embedder = found
    application.add_centre("Centre", "NP")
    for kind, rows in (("returnees", PEOPLE), ("vacancies", VACANCIES), ("courses", COURSES)):
        assert application.ingest(kind, write_csv(f"{kind}.csv", *rows)).rejected == 0
    return found


def held(application: Application, kind: str) -> dict[object, DocumentVector]:
    with application.reading() as session:
        rows = session.exec(select(DocumentVector).where(DocumentVector.owner_kind == kind))
        return {row.owner_id: row for row in rows}


def newly(application: Application, recorder: RecordingEmbedder) -> list[str]:
    """Refresh, and say which texts were embedded."""
    recorder.texts.clear()
    report = application.refresh()
    assert sum(part.embedded for part in report.refreshed) == len(recorder.texts)
    return sorted(recorder.texts)


def test_first_all_distinct_texts_then_none(application: Application, recorder: RecordingEmbedder) -> None:
    first = newly(application, recorder)
    # Two people agreed; two of the three vacancies read alike.
    assert len(first) == len(set(first)) == 2 + 2 + 1
    assert [len(held(application, kind)) for kind in ("returnee", "vacancy", "course")] == [2, 3, 1]
    assert newly(application, recorder) == []
    assert [len(held(application, kind)) for kind in ("returnee", "vacancy", "course")] == [2, 3, 1]


def test_stored_vectors_are_those_of_the_texts(application: Application, recorder: RecordingEmbedder) -> None:
    newly(application, recorder)
    rows = held(application, "vacancy").values()
    for row in rows:
        assert (row.model, row.dimensions, len(row.vector)) == (recorder.model, 64, 256)
        assert np.linalg.norm(unpack(row.vector)) == pytest.approx(1.0, abs=1e-6)
    mason = HashingEmbedder().encode(["Mason"])[0]
    assert sum(float(unpack(row.vector) @ mason) > 0.99 for row in rows) == 2


@pytest.mark.parametrize(
    ("change", "texts"),
    [
        ({"title": "Steel fixer"}, 1),
        ({"status": "closed"}, 0),
        ({"closes_on": "2027-01-01"}, 0),
        ({"essential_skills": "read drawings"}, 1),
    ],
)
def test_one_changed_vacancy(
    application: Application, recorder: RecordingEmbedder, write_csv: Writer, change: dict[str, str], texts: int
) -> None:
    newly(application, recorder)
    before = held(application, "vacancy")
    report = application.ingest("vacancies", write_csv("changed.csv", {**VACANCIES[2], **change}))
    assert report.changed == 1
    assert len(newly(application, recorder)) == texts
    after = held(application, "vacancy")
    assert sum(before[owner].text_hash != after[owner].text_hash for owner in before) == texts
    assert newly(application, recorder) == []


def test_a_new_vacancy_alone_is_embedded_and_offered(
    application: Application, recorder: RecordingEmbedder, write_csv: Writer
) -> None:
    newly(application, recorder)
    application.ingest("vacancies", write_csv("more.csv", {"ref": "V-9", "title": "Roofer", "country": "NP"}))
    [text] = newly(application, recorder)
    assert text.startswith("Roofer")
    assert "V-9" in {view.ref for view in application.market().vacancies}


def test_a_changed_person_alone_is_embedded(
    application: Application, recorder: RecordingEmbedder, write_csv: Writer
) -> None:
    newly(application, recorder)
    renamed = {**PEOPLE[0], "given_name": "Y", "phone": "+977-1"}
    application.ingest("returnees", write_csv("p.csv", renamed))
    assert newly(application, recorder) == []
    application.ingest("returnees", write_csv("p.csv", {**renamed, "job1_duties": "built stone walls"}))
    assert len(newly(application, recorder)) == 1
    assert newly(application, recorder) == []


def test_who_withdraws_loses_the_vector(application: Application, recorder: RecordingEmbedder) -> None:
    newly(application, recorder)
    with application.session() as session:
        owner = session.exec(select(Returnee.id).where(Returnee.ref == "R-1")).one()
        session.add(ConsentEvent(returnee_id=owner, purpose=Purpose.MATCHING, granted=False))
        session.commit()
    assert owner in held(application, "returnee")
    assert newly(application, recorder) == []
    assert owner not in held(application, "returnee")
    assert len(held(application, "returnee")) == 1


def test_who_agrees_gains_one(application: Application, recorder: RecordingEmbedder, write_csv: Writer) -> None:
    newly(application, recorder)
    application.ingest("returnees", write_csv("p.csv", {**PEOPLE[3], "consent_matching": "yes"}))
    assert len(newly(application, recorder)) == 1
    assert len(held(application, "returnee")) == 3


def test_an_owner_that_is_gone_loses_the_vector(application: Application, recorder: RecordingEmbedder) -> None:
    newly(application, recorder)
    with application.session() as session:
        session.execute(sa.text("DELETE FROM course"))
        session.commit()
    assert newly(application, recorder) == []
    assert held(application, "course") == {}


def test_another_model_embeds_everything(application: Application, recorder: RecordingEmbedder) -> None:
    newly(application, recorder)
    application.embedder = HashingEmbedder(32)
    report = application.refresh()
    assert sum(part.embedded for part in report.refreshed) == 5
    assert desk(application).match("R-1").model == "hashing-32"
    assert application.market().index.search(application.embedder.encode(["Mason"])[0], 1)[1][0] > 0.99
