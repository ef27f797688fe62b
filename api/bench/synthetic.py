"""A synthetic market: the fictional demo vacancies taken apart and put together anew, by a seed.

Each synthetic vacancy takes its trade (title, essential skills, what is asked for) from one demo vacancy,
and its description, its wished skills, and its place with pay and dates from three others; employer and
description carry a running number, so that no two are equal. Nobody published any of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlmodel import col

from api.application import Application
from api.demo_centre import DEMO_COUNSELLOR, FOLDER, SOURCE, demo_accounts, load_demo
from api.sessions import sign_in
from api.settings import Settings
from jobs_ingest.models import Vacancy
from jobs_ingest.repository import count_offers
from matching.documents import text_hash
from matching.embeddings import Vectors
from matching.models import DocumentVector
from profiling.repository import bump_revision

SEED = 20261120
SYNTHETIC = "synthetic"
#: Length of the noise that is added to a vector of length 1: the cosine to the demo text is then about 0.9.
_NOISE = 0.5
_PLACE = (
    "country province district place contract openings pay_min pay_max pay_currency pay_period accommodation"
    " transport posted_on closes_on status held_reason"
).split()
_SLIM = ("ref", "title", "country", "place")


def own_settings(folder: Path) -> Settings:
    """Settings of a database in this folder, whatever the environment says: nothing else is written to."""
    settings = Settings(_env_file=None, data=folder, DATABASE_URL=f"sqlite:///{folder / 'hunar.db'}", embedder=None)  # type: ignore[call-arg]
    if settings.database != f"sqlite:///{folder / 'hunar.db'}":
        raise RuntimeError("The benchmark must run on a database of its own.")
    return settings


def demo_vacancies() -> list[dict[str, str]]:
    """The rows of the demo vacancies."""
    rows = []
    for path in sorted(FOLDER.glob("vacancies_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


def synthetic_rows(count: int, seed: int = SEED, first: int = 1) -> Iterator[dict[str, str]]:
    """Synthetic vacancies with the numbers from ``first`` on; ``ref`` ends with that of the demo vacancy."""
    demo = demo_vacancies()
    random = np.random.default_rng([seed, first])
    for number in range(first, first + count):
        trade, told, wished, place = (demo[at] for at in random.integers(len(demo), size=4))
        yield {
            **trade,
            **{name: place[name] for name in _PLACE},
            "ref": f"SYNTHETIC-{number:06} {trade['ref']}",
            "employer": f"Synthetic employer {number}",
            "description": f"{told['description']} (Synthetic vacancy {number}.)",
            "wished_skills": wished["wished_skills"],
        }


def slim_rows(count: int, seed: int = SEED) -> Iterator[dict[str, str]]:
    """Synthetic vacancies of few columns, for what depends on the number of rows alone."""
    for row in synthetic_rows(count, seed):
        yield {name: row[name] for name in _SLIM}


def write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write rows one by one; the columns are those of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)
    return path


def load_market_of(application: Application, total: int, seed: int = SEED) -> None:
    """Fill the database up to this many vacancies: the demo centre first, then synthetic ones."""
    with application.reading() as session:
        held, _ = count_offers(session)
    if held == 0:
        for _ in load_demo(application):
            pass
        demo_accounts(application)
        application.refresh()
        with application.reading() as session:
            held, _ = count_offers(session)
    if total > held:
        path = application.settings.data / "market.csv"
        write_csv(path, synthetic_rows(total - held, seed, held + 1))
        application.ingest("vacancies", path, source=SYNTHETIC)
        path.unlink()
        _add_vectors(application, seed)
    application.market()


def open_demo_session(application: Application) -> str:
    """A session of the demo's counsellor, as its cookie holds it."""
    login = next(one for one in demo_accounts(application) if one.login == DEMO_COUNSELLOR)
    with application.session() as session:
        opened = sign_in(session, login.login, login.password, "benchmark", application.now(), one_time_codes=False)
        session.commit()
    if opened is None:
        raise RuntimeError("The demo's counsellor could not sign in.")
    return opened.token


def _add_vectors(application: Application, seed: int) -> None:
    """Give synthetic vacancies the vector of the demo vacancy of their title, with seeded noise."""
    model, dimensions = application.embedder.model, application.embedder.dimensions
    joined = sa.and_(
        col(DocumentVector.owner_id) == Vacancy.id,
        col(DocumentVector.model) == model,
        col(DocumentVector.owner_kind) == "vacancy",
    )
    with application.session() as session:
        held = (
            sa.select(col(Vacancy.ref), col(DocumentVector.vector))
            .join(DocumentVector, joined)
            .where(col(Vacancy.source) == SOURCE)
        )
        base: dict[str, Vectors] = {row[0]: np.frombuffer(row[1], dtype="<f4") for row in session.execute(held)}
        bare = (
            sa.select(col(Vacancy.ref), col(Vacancy.id))
            .outerjoin(DocumentVector, joined)
            .where(col(Vacancy.source) == SYNTHETIC, col(DocumentVector.owner_id).is_(None))
            .order_by(col(Vacancy.ref))
        )
        found = session.execute(bare).all()
        random = np.random.default_rng([seed, len(found)])
        noise = random.standard_normal((len(found), dimensions), dtype=np.float32) * (_NOISE / dimensions**0.5)
        rows = []
        for (ref, owner), shift in zip(found, noise, strict=True):
            vector = base[ref.partition(" ")[2]] + shift
            vector /= np.linalg.norm(vector)
            rows.append(
                {
                    "owner_kind": "vacancy", "owner_id": owner, "model": model, "owner_version": SYNTHETIC,
                    "text_hash": text_hash(ref), "dimensions": dimensions, "vector": vector.astype("<f4").tobytes(),
                }
            )  # fmt: skip
        session.execute(sa.insert(DocumentVector), rows)
        bump_revision(session, "market")
        session.commit()
