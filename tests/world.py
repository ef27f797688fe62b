"""A small world with somebody of every kind, for tables of who may do what.

Two centres (A, B), two people of A and one of B, two employers with a vacancy each, an accepted and an open
request of the first employer to the first person, a mark on each vacancy, and an administrator who broke the
glass for that person.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from conftest import NOW, SqliteServer, csv_file
from people import Somebody, employer, returnee, somebody
from sqlmodel import Session, select

from api.administration import Administration
from api.application import Application
from api.models import Account, ApiToken, ContactRequest, GlassBreak
from api.passwords import token_hash
from api.policy import GRANTS
from api.sessions import ABSOLUTE, make_token, sign_in
from api.settings import Settings
from jobs_ingest.duplicates_models import DuplicateAct, OfferPair
from jobs_ingest.employers import give_vacancy
from jobs_ingest.flags_models import VacancyFlag
from jobs_ingest.models import OfferOrigin, Provider, Vacancy
from matching.embeddings import HashingEmbedder
from profiling.access import Role
from profiling.consent import ConsentWord, add_consent
from profiling.models import Purpose, Returnee

#: Who asks, in the order of the columns of a table.
WHO = (
    "nobody", "expired", "self", "other", "couns", "couns-B", "head", "head-B", "assess", "empl", "empl-2", "admin",
    "glass",
)  # fmt: skip
_PERSON = {
    "given_name": "Maya", "home_country": "Nepal", "home_district": "Kaski", "consent_matching": "yes",
    "consent_employers": "yes", "consent_on": "2026-01-01", "job1_title": "mason", "job1_from": "2015",
    "job1_to": "2020", "job1_country": "Qatar", "reference1_name": "Ram", "phone": "9800000000",
}  # fmt: skip


@dataclass
class World:
    """The world, its ids, and how each kind of asker is recognised: session cookies and API tokens."""

    application: Application
    folder: Path
    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    people: dict[str, Somebody] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def keep(self) -> None:
        """Remember the present state of the database."""
        self.application.engine.dispose()
        shutil.copyfile(self.folder / "hunar.db", self.folder / "kept.db")

    def restore(self) -> None:
        """Go back to what was kept."""
        self.application.engine.dispose()
        for name in ("hunar.db-wal", "hunar.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copyfile(self.folder / "kept.db", self.folder / "hunar.db")
        (self.folder / "erasures.log").unlink(missing_ok=True)


def read_table(path: Path) -> dict[tuple[str, str], list[str]]:
    """A table of answers: method and path to one cell for each of WHO."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert tuple(lines[0].split()[2:]) == WHO
    return {(words[0], words[1]): words[2:] for words in map(str.split, lines[1:])}


def make_world(server: SqliteServer, folder: Path) -> World:
    """The world on a new SQLite database in the folder."""
    url = server.create("starter", folder)
    settings = Settings(data=folder, DATABASE_URL=url, one_time_codes=False)
    application = Application(settings, embedder=HashingEmbedder(), clock=lambda: NOW)
    application.prepare()
    for centre, refs in (("A", ("R-1", "R-2")), ("B", ("R-3",))):
        application.add_centre(centre, "NP")
        rows = [{"ref": ref, **_PERSON, "family_name": f"Of{ref[-1]}"} for ref in refs]
        application.ingest("returnees", csv_file(folder / f"{centre}.csv", rows), centre=centre)
    offers = [
        {"ref": f"V-{n}", "title": "mason", "country": "Nepal", "district": "Kaski", "posted_on": "2026-11-01",
         "essential_skills": "brick laying", "employer": "First", "description": "Male preferred."} for n in (1, 2)
    ]  # fmt: skip
    application.ingest("vacancies", csv_file(folder / "v.csv", offers))
    application.refresh()
    world = World(application, folder)
    _accounts(world)
    _rows(world)
    _recognised(world)
    world.keep()
    return world


def _accounts(world: World) -> None:
    made = world.application
    world.people |= {
        "self": returnee(made, "R-1"),
        "other": returnee(made, "R-2"),
        "couns": somebody(made, Role.COUNSELLOR, centre="A"),
        "couns-B": somebody(made, Role.COUNSELLOR, centre="B"),
        "head": somebody(made, Role.HEAD, centre="A"),
        "head-B": somebody(made, Role.HEAD, centre="B"),
        "assess": somebody(made, Role.ASSESSOR, centre="A"),
        "empl": employer(made, "First"),
        "empl-2": employer(made, "Second"),
        "admin": somebody(made, Role.ADMINISTRATOR),
        "glass": somebody(made, Role.ADMINISTRATOR),
    }
    world.people["expired"] = world.people["couns"]


def _rows(world: World) -> None:
    made, ids = world.application, world.ids
    with made.session() as session:
        ids["returnee_id"] = session.exec(select(Returnee.id).where(Returnee.ref == "R-1")).one()
        for ref, name in (("V-1", "First"), ("V-2", "Second")):
            give_vacancy(session, ref, name)
        provider = Provider(name="Demo School", name_key="demo school", country="NP", country_key="NP")
        session.add(provider)
        session.commit()
        ids["provider_id"] = provider.id
        ids["vacancy_id"] = session.exec(select(Vacancy.id).where(Vacancy.ref == "V-1")).one()
        _offered(session, ids)
        marks = select(VacancyFlag.id).where(VacancyFlag.vacancy_id == ids["vacancy_id"])
        ids["flag_id"] = ids["mark_id"] = session.exec(marks).one()
        first = session.exec(select(Account).where(Account.login == world.people["empl"].login)).one()
        assert first.employer_id is not None
        request = ContactRequest(
            returnee_id=ids["returnee_id"], employer_id=first.employer_id, vacancy_id=ids["vacancy_id"],
            candidate=uuid.uuid4(), asked_by=first.id, asked_at=NOW, accepted=True, fields=["name"],
            answered_at=NOW,
        )  # fmt: skip
        session.add(request)
        word = ConsentWord(
            Purpose.SHARING, True, field_set="name", recipient=first.employer_id, vacancy_id=ids["vacancy_id"]
        )
        add_consent(session, ids["returnee_id"], word, NOW, None)
        session.commit()
        ids["request_id"] = request.id
    glass = Administration(made, world.people["glass"].principal)
    ids["glass_id"] = glass.break_glass(str(ids["returnee_id"]), "the centre is closed and the person waits").id
    with made.reading() as session:
        assert session.exec(select(GlassBreak)).one().id == ids["glass_id"]


def _offered(session: Session, ids: dict[str, uuid.UUID]) -> None:
    """Another source of the first vacancy, a question whether it is the second, and a word that they are two."""
    one, other = ids["vacancy_id"], session.exec(select(Vacancy.id).where(Vacancy.ref == "V-2")).one()
    origin = OfferOrigin(
        kind="vacancy", offer_id=one, source="board", ref="B-1", content_hash="", first_seen_at=NOW,
        last_seen_at=NOW, run_id=uuid.uuid4(), original="{}",
    )  # fmt: skip
    pair = OfferPair(one_id=min(one, other), other_id=max(one, other), score=0.7, found_at=NOW)
    act = DuplicateAct(kind="apart", kept_id=one, other_id=other, done_at=NOW)
    session.add_all([origin, pair, act])
    session.flush()
    ids |= {"origin_id": origin.id, "pair_id": pair.id, "act_id": act.id, "other_id": other}


def _recognised(world: World) -> None:
    with world.application.session() as session:
        for name, who in world.people.items():
            if name == "expired":
                continue
            opened = sign_in(session, who.login, who.password, "test", NOW, one_time_codes=False)
            assert opened is not None
            world.cookies[name] = opened.token
            actions = [action for action, roles in GRANTS.items() if who.principal.role in roles]
            world.tokens[name], held = make_token(session, who.principal, "all", actions, 30, NOW)
            if name == "couns":
                world.ids |= {"sign_in_id": opened.sign_in.id, "token_id": held.id}
                assert who.principal.account_id is not None
                world.ids["account_id"] = who.principal.account_id
        old = sign_in(
            session, world.people["couns"].login, world.people["couns"].password, "test", NOW - ABSOLUTE,
            one_time_codes=False,
        )  # fmt: skip
        assert old is not None
        world.cookies["expired"] = old.token
        world.tokens["expired"], _ = make_token(
            session, world.people["couns"].principal, "old", [next(iter(GRANTS))], 1, NOW - timedelta(days=2)
        )
        session.execute(
            sa.update(ApiToken)
            .where(ApiToken.token_hash == token_hash(world.tokens["expired"]))  # type: ignore[arg-type]
            .values(expires_at=NOW)
        )
        session.commit()
