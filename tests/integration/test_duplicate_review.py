"""Duplicates that people decide about: made one, taken apart, undone; the decision stays whatever a run brings."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from conftest import NOW, csv_file
from sources_world import Answers
from sqlmodel import col, select

from api.application import Application
from jobs_ingest import life
from jobs_ingest.duplicate_merging import Hand, keep_apart, kept_of, merge
from jobs_ingest.duplicate_review import Key, merged_into, note_doubts, told_apart, told_same
from jobs_ingest.duplicate_splitting import Sources, split, undo
from jobs_ingest.duplicates.values import Part, Reason
from jobs_ingest.duplicates_models import DuplicateAct, OfferDecision, OfferPair
from jobs_ingest.employers import add_employer, give_vacancy
from jobs_ingest.flags_models import VacancyFlag
from jobs_ingest.ingest import run_source
from jobs_ingest.models import OfferOrigin, SourceVisit, Vacancy
from jobs_ingest.offer_remaking import fields_again
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.config import SourceConfig, read_sources
from jobs_ingest.sources.registry import make_source
from profiling.errors import Conflict, NotFound
from profiling.repository import revision_number

TEXT = "Lay bricks and blocks for a row of houses, mix mortar, keep the line and level, read simple drawings."
ROW = {
    "ref": "1", "title": "Mason", "employer": "Himal Builders Pvt. Ltd.", "place": "Pokhara, Nepal",
    "description": TEXT, "posted_on": "2026-11-01",
}  # fmt: skip
OTHER = {
    "ref": "9", "title": "Hotel cook", "employer": "Lakeside Hotel", "place": "Pokhara, Nepal",
    "description": "Cook Indian and Chinese dishes for sixty guests, keep the kitchen clean.",
    "posted_on": "2026-11-02",
}  # fmt: skip
HAND = Hand(uuid.UUID(int=7), NOW, "I rang them.")
REASONS = (Reason(Part.TITLE, "same", 3.0, "mason", "bricklayer"),)


def configs(folder: Path, *names: str) -> dict[str, SourceConfig]:
    told = [
        f'[sources.{name}]\nlicence = "demo"\nkind = "csv"\noffers = "vacancies"\ncountry = "NP"\n'
        f'path = "{name}.csv"\nexpires_after = 10\n'
        for name in names
    ]
    path = folder / "sources.toml"
    path.write_text("\n".join(told), encoding="utf-8")
    return read_sources(path)


class Market:
    """Sources a, b and c as files in a folder, and what became of them."""

    def __init__(self, application: Application, folder: Path) -> None:
        self.application, self.folder = application, folder
        self.configs = configs(folder, "a", "b", "c")
        self.sources = Sources(application.coder(), self.configs)

    def run(self, name: str, *rows: dict[str, str], at: datetime = NOW) -> RunReport:
        """Take in what a source has now."""
        csv_file(self.folder / f"{name}.csv", rows)
        report = run_source(
            self.application.session, make_source(self.configs[name]), None, self.application.coder(),  # type: ignore[arg-type]
            lambda: at, errors_to=self.folder,
        )  # fmt: skip
        assert (report.rejected, report.stopped) == (0, None)
        return report

    def vacancies(self) -> dict[str, Vacancy]:
        """By source and number."""
        with self.application.reading() as session:
            return {f"{row.source}{row.ref}": row for row in session.exec(select(Vacancy))}

    def shown(self) -> dict[str, str]:
        """The status of each."""
        return {name: row.status for name, row in sorted(self.vacancies().items())}

    def where(self) -> dict[str, str]:
        """Of each origin the vacancy that it is one of."""
        names = {row.id: name for name, row in self.vacancies().items()}
        with self.application.reading() as session:
            rows = session.exec(select(OfferOrigin).order_by(col(OfferOrigin.source), col(OfferOrigin.ref)))
            return {f"{row.source}{row.ref}": names.get(row.offer_id, "nowhere") for row in rows}

    def origin(self, name: str) -> OfferOrigin:
        with self.application.reading() as session:
            query = select(OfferOrigin).where(OfferOrigin.source == name[0], OfferOrigin.ref == name[1:])
            return session.exec(query).one()

    def merge(self, keep: str, other: str, hand: Hand = HAND) -> uuid.UUID:
        rows = self.vacancies()
        with self.application.session() as session:
            act = merge(session, rows[keep].id, rows[other].id, hand)
            session.commit()
            return act.id

    def apart(self, one: str, other: str) -> uuid.UUID:
        rows = self.vacancies()
        with self.application.session() as session:
            act = keep_apart(session, rows[one].id, rows[other].id, HAND)
            session.commit()
            return act.id

    def split(self, vacancy: str, origin: str, hand: Hand = HAND) -> DuplicateAct:
        with self.application.session() as session:
            act = split(session, self.vacancies()[vacancy].id, self.origin(origin).id, hand, self.sources)
            session.commit()
            return act

    def undo(self, act: uuid.UUID) -> None:
        with self.application.session() as session:
            undo(session, act, HAND, self.sources)
            session.commit()

    def revision(self) -> int:
        with self.application.reading() as session:
            return revision_number(session, "market")


@pytest.fixture
def market(application: Application, tmp_path: Path) -> Market:
    """On each kind of database."""
    return Market(application, tmp_path)


@pytest.fixture
def lite(sqlite_application: Application, tmp_path: Path) -> Market:
    """On SQLite alone."""
    return Market(sqlite_application, tmp_path)


def two(market: Market) -> None:
    """A vacancy of a, and another one of b that a person may take for the same."""
    market.run("a", ROW)
    market.run("b", OTHER)
    assert market.where() == {"a1": "a1", "b9": "b9"}


def one_of_two(market: Market) -> None:
    """One vacancy that a and b offer."""
    market.run("a", ROW)
    assert market.run("b", ROW | {"ref": "5"}).duplicate == 1
    assert market.where() == {"a1": "a1", "b5": "a1"}


# --- made one -------------------------------------------------------------------------------------


def test_two_are_made_one_and_stay_so(market: Market) -> None:
    two(market)
    before = market.revision()
    market.merge("a1", "b9")
    assert (market.shown(), market.where()) == ({"a1": "open", "b9": "closed"}, {"a1": "a1", "b9": "a1"})
    assert market.revision() > before
    for day, change in ((1, {"description": "Cook for eighty guests."}), (2, {"title": "Chef", "place": "Butwal"})):
        report = market.run("b", OTHER | change, at=NOW + timedelta(days=day))
        assert (report.duplicate, report.new, report.changed) == (1, 0, 0)
        assert (market.shown(), market.where()) == ({"a1": "open", "b9": "closed"}, {"a1": "a1", "b9": "a1"})
    report = market.run("a", ROW | {"title": "Bricklayer"}, at=NOW + timedelta(days=3))
    assert (report.changed, market.shown()) == (1, {"a1": "open", "b9": "closed"})


def test_what_was_merged_is_not_opened_by_hand(lite: Market) -> None:
    two(lite)
    lite.merge("a1", "b9")
    with lite.application.session() as session:
        merged = session.get_one(Vacancy, lite.vacancies()["b9"].id)
        hand = life.Hand("counsellor", uuid.UUID(int=7), NOW, "I rang them.")
        with pytest.raises(Conflict, match="part of another vacancy"):
            life.open_vacancy(session, lite.application.taxonomy(), merged, None, hand)


def test_a_merge_is_undone(market: Market) -> None:
    two(market)
    act = market.merge("a1", "b9")
    market.undo(act)
    assert (market.shown(), market.where()) == ({"a1": "open", "b9": "open"}, {"a1": "a1", "b9": "b9"})
    report = market.run("b", OTHER | {"title": "Chef"}, at=NOW + timedelta(days=1))
    assert (report.changed, market.where()["b9"], market.vacancies()["b9"].title) == (1, "b9", "Chef")
    with pytest.raises(Conflict, match="undone already"):
        market.undo(act)


# --- taken apart ----------------------------------------------------------------------------------


def test_an_origin_that_is_taken_out_stays_out(market: Market) -> None:
    one_of_two(market)
    act = market.split("a1", "b5")
    rows = market.vacancies()
    assert act.other_id == rows["b5"].id
    assert (rows["b5"].title, rows["b5"].district, rows["b5"].status) == ("Mason", "Kaski", "open")
    assert market.where() == {"a1": "a1", "b5": "b5"}
    again = market.run("b", ROW | {"ref": "5"}, OTHER, at=NOW + timedelta(days=1))
    assert (again.unchanged, again.new, again.duplicate) == (1, 1, 0)
    for day, change in ((2, {"description": f"{TEXT} Now."}), (3, {"title": "Mason (bricks)"})):
        market.run("b", ROW | {"ref": "5"} | change, at=NOW + timedelta(days=day))
        assert market.where()["b5"] == "b5"
        assert market.shown()["b5"] == "open"


def test_a_split_is_undone_and_done_again(market: Market) -> None:
    one_of_two(market)
    market.undo(market.split("a1", "b5").id)
    assert (market.shown(), market.where()) == ({"a1": "open", "b5": "closed"}, {"a1": "a1", "b5": "a1"})
    report = market.run("b", ROW | {"ref": "5", "description": f"{TEXT} Now."}, at=NOW + timedelta(days=1))
    assert (report.duplicate, market.where()["b5"], market.shown()["b5"]) == (1, "a1", "closed")
    market.split("a1", "b5")
    assert (market.shown(), market.where()) == ({"a1": "open", "b5": "open"}, {"a1": "a1", "b5": "b5"})
    assert market.vacancies()["b5"].description == f"{TEXT} Now."


#: More than is kept of what a source gave.
LONG = {
    "description": f"{TEXT} {'The wall is three bricks wide and stands on a strip of concrete. ' * 200}".strip(),
    "remarks": "Seen on the notice board of the ward. " * 400,
}


def test_what_was_cut_is_made_by_the_next_run_and_stands_apart(market: Market) -> None:
    market.run("a", ROW | LONG)
    assert market.run("b", ROW | {"ref": "5"} | LONG).duplicate == 1
    act = market.split("a1", "b5")
    assert (act.other_id, market.where()) == (None, {"a1": "a1", "b5": "nowhere"})
    with market.application.reading() as session:
        assert session.exec(select(SourceVisit.source)).all() == ["a"]
    report = market.run("b", ROW | {"ref": "5"} | LONG, at=NOW + timedelta(days=1))
    assert (report.new, report.duplicate) == (1, 0)
    assert (market.where(), market.shown()) == ({"a1": "a1", "b5": "b5"}, {"a1": "open", "b5": "open"})
    assert market.origin("b5").first_seen_at == NOW
    market.undo(act.id)
    assert (market.where()["b5"], market.shown()["b5"]) == ("a1", "closed")


def test_a_split_that_no_run_has_completed_is_undone(lite: Market) -> None:
    lite.run("a", ROW | LONG)
    lite.run("b", ROW | {"ref": "5"} | LONG)
    before = lite.origin("b5")
    lite.undo(lite.split("a1", "b5").id)
    assert lite.where() == {"a1": "a1", "b5": "a1"}
    assert lite.origin("b5").content_hash == before.content_hash
    with lite.application.reading() as session:
        assert session.exec(select(OfferDecision)).all() == []


def test_the_source_whose_text_is_shown_is_not_taken_out(lite: Market) -> None:
    one_of_two(lite)
    with pytest.raises(Conflict, match="text of this source"):
        lite.split("a1", "a1")
    lite.split("a1", "b5")
    rows = lite.vacancies()
    with lite.application.session() as session:
        with pytest.raises(Conflict, match="changed this meanwhile"):
            split(session, rows["a1"].id, lite.origin("b5").id, HAND, lite.sources)
        with pytest.raises(NotFound, match="no such source"):
            split(session, rows["a1"].id, uuid.uuid4(), HAND, lite.sources)


def test_what_is_no_longer_offered_stays_closed_when_it_is_taken_out(lite: Market) -> None:
    one_of_two(lite)
    lite.run("b", OTHER, at=NOW + timedelta(days=20))
    assert lite.origin("b5").expired_at is not None
    lite.split("a1", "b5")
    assert lite.shown() == {"a1": "open", "b5": "closed", "b9": "open"}


# --- what a merge must not do ---------------------------------------------------------------------


def changed(market: Market, name: str, **values: object) -> Vacancy:
    with market.application.session() as session:
        session.execute(sa.update(Vacancy).where(col(Vacancy.id) == market.vacancies()[name].id).values(**values))
        session.commit()
    return market.vacancies()[name]


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("b9", {"status": "held"}, "held for review"),
        ("a1", {"status": "withdrawn"}, "held for review or withdrawn"),
        ("a1", {"status": "filled"}, "Keep that one"),
    ],
)
def test_what_must_be_decided_first_is_not_made_one(
    lite: Market, name: str, values: dict[str, object], says: str
) -> None:
    two(lite)
    changed(lite, name, **values)
    with pytest.raises(Conflict, match=says):
        lite.merge("a1", "b9")
    assert lite.where() == {"a1": "a1", "b9": "b9"}


def test_a_vacancy_of_an_employers_account_is_never_closed_as_a_duplicate(lite: Market) -> None:
    two(lite)
    with lite.application.session() as session:
        add_employer(session, "Lakeside Hotel", "NP")
        give_vacancy(session, "9", "Lakeside Hotel")
        session.commit()
    with pytest.raises(Conflict, match="employer's own hands"):
        lite.merge("a1", "b9")
    rows = lite.vacancies()
    assert [row.ref for row in kept_of(rows["a1"], rows["b9"])] == ["9", "1"]
    lite.merge("b9", "a1")
    assert lite.shown() == {"a1": "closed", "b9": "open"}


def test_a_trap_that_is_marked_is_not_hidden_in_another_vacancy(lite: Market) -> None:
    two(lite)
    about = changed(lite, "b9", status="closed")
    with lite.application.session() as session:
        session.add(VacancyFlag(vacancy_id=about.id, kind="fee", severity="hold", field="description", words="fee"))
        session.commit()
    with pytest.raises(Conflict, match="may be a trap"):
        lite.merge("a1", "b9")
    with lite.application.session() as session:
        session.execute(sa.update(VacancyFlag).values(decision="harmless"))
        session.commit()
    lite.merge("a1", "b9")
    with lite.application.reading() as session:
        assert session.exec(select(VacancyFlag.vacancy_id)).all() == [about.id]


def test_a_file_that_is_imported_again_opens_nothing_that_was_merged(lite: Market) -> None:
    path = csv_file(lite.folder / "list.csv", [ROW, OTHER])
    lite.application.ingest("vacancies", path, source="l")
    act = lite.merge("l1", "l9")
    csv_file(path, [ROW, OTHER | {"title": "Chef"}])
    assert lite.application.ingest("vacancies", path, source="l").changed == 1
    assert (lite.shown(), lite.vacancies()["l9"].title) == ({"l1": "open", "l9": "closed"}, "Chef")
    lite.undo(act)
    assert lite.shown() == {"l1": "open", "l9": "open"}


# --- one after the other, and at once -------------------------------------------------------------


def test_decisions_are_undone_from_the_last_to_the_first(lite: Market) -> None:
    two(lite)
    lite.run("c", ROW | {"ref": "3", "title": "Welder", "description": "Weld gates and grills in a shop."})
    first = lite.merge("a1", "b9")
    second = lite.merge("c3", "a1")
    rows = lite.vacancies()
    assert lite.where() == {"a1": "c3", "b9": "c3", "c3": "c3"}
    with lite.application.reading() as session:
        keys = [("a", "1"), ("b", "9"), ("c", "3"), ("x", "y")]
        assert told_same(session, keys) == {Key("a", "1"): rows["c3"].id, Key("b", "9"): rows["c3"].id}
        assert merged_into(session, [row.id for row in rows.values()]) == {
            rows["a1"].id: rows["c3"].id, rows["b9"].id: rows["c3"].id,
        }  # fmt: skip
    with pytest.raises(Conflict, match="changed this meanwhile"):
        lite.merge("c3", "b9")
    with pytest.raises(Conflict, match="Undo that first"):
        lite.undo(first)
    lite.undo(second)
    assert (lite.where(), lite.shown()["a1"]) == ({"a1": "a1", "b9": "a1", "c3": "c3"}, "open")
    lite.undo(first)
    assert lite.where() == {"a1": "a1", "b9": "b9", "c3": "c3"}
    with pytest.raises(NotFound, match="no such decision"):
        lite.undo(uuid.uuid4())


def test_what_was_merged_and_taken_out_and_merged_again(lite: Market) -> None:
    two(lite)
    lite.merge("a1", "b9")
    lite.split("a1", "b9")
    rows = lite.vacancies()
    assert (lite.where()["b9"], lite.shown()["b9"]) == ("b9", "open")
    with lite.application.reading() as session:
        assert told_apart(session, [("b", "9")]) == {Key("b", "9"): frozenset({rows["a1"].id})}
        assert told_apart(session, [("a", "1")]) == {Key("a", "1"): frozenset({rows["b9"].id})}
        assert told_same(session, [("b", "9")]) == {}
    lite.merge("a1", "b9")
    with lite.application.reading() as session:
        assert told_apart(session, [("b", "9"), ("a", "1")]) == {}
        assert told_same(session, [("b", "9")]) == {Key("b", "9"): rows["a1"].id}


def test_two_people_at_once_make_them_one_once(market: Market) -> None:
    two(market)
    ready = Barrier(2)

    def decide(turn: tuple[str, str]) -> str:
        ready.wait(timeout=20)
        try:
            market.merge(*turn)
        except Conflict:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, [("a1", "b9"), ("b9", "a1")])) == ["done", "refused"]
    assert sorted(market.shown().values()) == ["closed", "open"]
    assert len(set(market.where().values())) == 1
    with market.application.reading() as session:
        assert len(session.exec(select(DuplicateAct)).all()) == 1


# --- what is asked --------------------------------------------------------------------------------


def noted(market: Market, score: float, *names: tuple[str, str]) -> int:
    rows = market.vacancies()
    with market.application.session() as session:
        new = note_doubts(session, [(rows[one].id, rows[other].id, score, REASONS) for one, other in names], NOW)
        session.commit()
        return new


def pairs(market: Market) -> list[tuple[float, str | None]]:
    with market.application.reading() as session:
        return [(row.score, row.decision) for row in session.exec(select(OfferPair))]


def test_a_doubt_is_noted_once_and_not_again_when_it_is_decided(market: Market) -> None:
    two(market)
    assert noted(market, 0.6, ("a1", "b9"), ("b9", "a1"), ("a1", "a1")) == 1
    assert noted(market, 0.7, ("b9", "a1")) == 0
    rows = market.vacancies()
    with market.application.reading() as session:
        (pair,) = session.exec(select(OfferPair))
        turned = rows["b9"].id > rows["a1"].id
        assert pair.reasons == [
            ["title", "same", 3.0, *(("bricklayer", "mason") if turned else ("mason", "bricklayer"))]
        ]
    act = market.apart("a1", "b9")
    assert noted(market, 0.75, ("a1", "b9")) == 0
    assert pairs(market) == [(0.7, "different")]
    market.undo(act)
    assert noted(market, 0.75, ("a1", "b9")) == 0
    assert pairs(market) == [(0.75, None)]


def test_offers_that_were_taken_apart_are_not_asked_about(lite: Market) -> None:
    one_of_two(lite)
    lite.split("a1", "b5")
    assert (noted(lite, 0.6, ("a1", "b5")), pairs(lite)) == (0, [])


# --- every kind of source -------------------------------------------------------------------------

POSTING = {
    "@type": "JobPosting", "title": "Mason", "description": f"<p>{TEXT}</p>", "identifier": {"value": "5"},
    "hiringOrganization": {"name": "Himal Builders"}, "validThrough": "2026-12-20",
    "jobLocation": [{"address": {"addressLocality": "Pokhara", "addressCountry": "NP"}}],
    "baseSalary": {"currency": "NPR", "value": {"minValue": 25000, "maxValue": 30000, "unitText": "MONTH"}},
}  # fmt: skip
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><item><title>Mason</title><guid>5</guid>'
    f"<description>{TEXT}</description><pubDate>Sun, 01 Nov 2026 08:00:00 GMT</pubDate>"
    "<author>Himal Builders</author></item></channel></rss>"
)
API = 'kind = "api"\naddress = "https://jobs.example/x"\n[sources.d.mapping]\nref = "id"\ntitle = "post.name"\n'
KINDS = [
    ('kind = "page"\naddress = "https://jobs.example/x"\n',
     f'<script type="application/ld+json">{json.dumps(POSTING)}</script>'),
    ('kind = "feed"\naddress = "https://jobs.example/x"\n', FEED),
    (f'{API}description = "duties.*"\n[sources.d.paging]\nby = "none"\nitems = "jobs"\n',
     json.dumps({"jobs": [{"id": 5, "post": {"name": "Mason"}, "duties": [TEXT, "Clean up."], "full": True}]})),
]  # fmt: skip


@pytest.mark.parametrize(("told", "body"), KINDS, ids=["page", "feed", "api"])
def test_an_offer_of_every_kind_of_source_is_made_again(lite: Market, told: str, body: str) -> None:
    path = lite.folder / "sources.toml"
    path.write_text(
        f'[sources.d]\nlicence = "demo"\noffers = "vacancies"\ncountry = "NP"\n{told}', encoding="utf-8"
    )
    config = read_sources(path)["d"]
    run_source(
        lite.application.session, make_source(config), Answers({"https://jobs.example/x": body.encode()}),
        lite.application.coder(), lambda: NOW, errors_to=lite.folder,
    )  # fmt: skip
    origin, row = lite.origin("d5"), lite.vacancies()["d5"]
    fields = fields_again(origin, config, lite.application.coder())
    assert fields is not None
    assert {name: fields[name] for name in ("title", "description", "pay_min", "closes_on", "content_hash")} == {
        "title": "Mason", "description": row.description, "pay_min": row.pay_min, "closes_on": row.closes_on,
        "content_hash": row.content_hash,
    }  # fmt: skip
    assert TEXT in str(fields["description"])
    for broken in ("", "[1]", '{"title": "Welder"}', '{"a.b": "1", "a": "2"}'):
        origin.original = broken
        assert fields_again(origin, config, lite.application.coder()) is None


def test_what_was_filled_before_is_filled_again(lite: Market) -> None:
    two(lite)
    changed(lite, "b9", status="filled")
    act = lite.merge("a1", "b9")
    assert lite.shown()["b9"] == "closed"
    lite.undo(act)
    assert lite.shown()["b9"] == "filled"
    lite.merge("a1", "b9")
    lite.split("a1", "b9")
    assert lite.shown()["b9"] == "filled"


def test_what_its_source_dropped_meanwhile_stays_closed(lite: Market) -> None:
    two(lite)
    act = lite.merge("a1", "b9")
    lite.run("b", ROW | {"ref": "5", "title": "Welder", "description": "Weld gates."}, at=NOW + timedelta(days=20))
    assert lite.origin("b9").expired_at is not None
    lite.undo(act)
    assert (lite.where()["b9"], lite.shown()["b9"]) == ("b9", "closed")


def test_what_was_put_into_a_vacancy_stays_when_its_source_renumbers_it(lite: Market) -> None:
    two(lite)
    lite.merge("a1", "b9")
    with lite.application.session() as session:
        session.execute(sa.update(Vacancy).where(col(Vacancy.ref) == "1").values(ref="17"))
        session.commit()
    report = lite.run("b", OTHER | {"title": "Chef"}, at=NOW + timedelta(days=2))
    assert (report.duplicate, lite.where()["b9"]) == (1, "a17")
