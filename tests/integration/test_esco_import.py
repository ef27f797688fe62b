"""ESCO in the database: whole or not at all, side by side, switched, removed; on SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, SqliteServer
from esco_download import BASE, FOLD, HANDS, KITE, KNOT, TIDE, pack, tables, write
from sqlmodel import select

import profiling.esco_models as models
from api import cli
from api.application import Application
from profiling.errors import BadValue, NotFound, OperatorError
from profiling.esco import ATTRIBUTION
from profiling.esco_labels import skill_links
from profiling.esco_links import RELATIONS, LinkFiles, read_skill_links, read_trade_links
from profiling.esco_source import EscoProblem
from profiling.esco_store import EscoImport, import_esco, list_versions, remove_version, use_version
from profiling.models import OccupationConcept, OccupationName
from profiling.repository import revision_number

TABLES = (
    models.EscoVersion, models.EscoIscoTitle, models.EscoOccupation, models.EscoSkill, models.EscoOccupationLabel,
    models.EscoSkillLabel, models.EscoOccupationSkill, models.EscoBroader, models.EscoTradeLink,
    models.EscoSkillLink,
)  # fmt: skip
SIZES = {"ISCO titles": 1, "occupations": 3, "occupation labels": 7, "skills": 3, "skill labels": 6,
         "skill groups": 2, "relations": 4, "broader": 4, "linked trades": 2, "linked skills": 2,
         "trade links left out": 1, "skill links left out": 1}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "esco v1.1.1", tables())


@pytest.fixture
def links(tmp_path: Path) -> Path:
    path = tmp_path / "links.csv"
    path.write_text(
        f"trade,code,uri\nhandicraft-maker,7318.9,{KITE}\nwool-felt-craft-maker,7318.9,{KITE}\n"
        f"tailor,7531.9,{BASE}/occupation/not-in-this-release\n"
    )
    return path


@pytest.fixture
def tied_skills(tmp_path: Path) -> Path:
    path = tmp_path / "skill_links.csv"
    path.write_text(
        f"skill,relation,uri\nropes-and-knots,exact,{KNOT}\nropes-and-knots,broader,{HANDS}\n"
        f"keep-sea-watch,narrower,{TIDE}\nlay-bricks,exact,{BASE}/skill/not-in-this-release\n"
    )
    return path


def take_in(
    application: Application,
    path: Path,
    links: Path = Path("none"),
    release: str | None = None,
    skill_links: Path = Path("none"),
) -> EscoImport:
    return import_esco(application.session, path, NOW, release=release, links=links, skill_links=skill_links)


def held(application: Application) -> dict[str, list[tuple[object, ...]]]:
    with application.reading() as session:
        return {
            table.__tablename__: sorted(
                map(tuple, session.execute(sa.select(sa.inspect(table).local_table))), key=repr
            )
            for table in (*TABLES, OccupationConcept, OccupationName)
        }


def sizes(application: Application) -> list[int]:
    stored = held(application)
    return [len(stored[table.__tablename__]) for table in TABLES]


# --- Taking in ---


def test_an_import_stores_what_the_download_holds(
    application: Application, folder: Path, links: Path, tied_skills: Path
) -> None:
    report = take_in(application, folder, links, skill_links=tied_skills)
    assert report == EscoImport("1.1.1", "new", ("en",), True, SIZES)
    assert sizes(application) == [1, 1, 3, 5, 7, 6, 4, 4, 2, 3]
    occupation, skill, need = models.EscoOccupation, models.EscoSkill, models.EscoOccupationSkill
    with application.reading() as session:
        version = list_versions(session)[0]
        assert (version.name, version.version, version.languages, version.active) == ("esco", "1.1.1", ["en"], True)
        assert (version.imported_at, version.counts, len(version.content_hash)) == (NOW, SIZES, 64)
        kite = session.exec(select(occupation).where(occupation.uri == KITE)).one()
        assert (kite.isco, kite.code, kite.label) == ("7318", "7318.9", "kite folder")
        needed = session.execute(
            sa.select(skill.uri, need.essential)  # type: ignore[call-overload]
            .join(need, sa.and_(need.version_id == skill.version_id, need.skill == skill.number))
            .where(need.occupation == kite.number).order_by(skill.number)
        ).all()  # fmt: skip
        assert [tuple(row) for row in needed] == [(FOLD, True), (KNOT, False)]
        linked = session.exec(select(models.EscoTradeLink).order_by(models.EscoTradeLink.trade)).all()
        assert [(link.trade, link.occupation) for link in linked] == [
            ("handicraft-maker", kite.number), ("wool-felt-craft-maker", kite.number),
        ]  # fmt: skip


def test_the_same_files_again_change_nothing_be_they_zipped(
    application: Application, folder: Path, tmp_path: Path
) -> None:
    take_in(application, folder)
    before = held(application)
    with application.reading() as session:
        revision = revision_number(session, "esco")
    assert take_in(application, folder).outcome == "unchanged"
    assert take_in(application, pack(tmp_path / "esco v1.1.1.zip", folder)).outcome == "unchanged"
    assert held(application) == before
    with application.reading() as session:
        assert revision_number(session, "esco") == revision == 1


def test_other_files_of_a_version_take_its_place(application: Application, folder: Path) -> None:
    take_in(application, folder)
    write(folder, tables(languages=("en", "fr")))
    report = take_in(application, folder)
    assert (report.outcome, report.languages, report.active) == ("replaced", ("en", "fr"), True)
    assert sizes(application) == [1, 4, 3, 5, 14, 12, 4, 4, 0, 0]


def test_versions_stand_side_by_side_and_one_is_in_use(
    application: Application, folder: Path, tmp_path: Path
) -> None:
    take_in(application, folder)
    second = take_in(application, write(tmp_path / "v1.2.0", tables("1.2")))
    assert (second.version, second.outcome, second.active) == ("1.2.0", "new", False)
    assert sizes(application) == [2, 2, 6, 10, 14, 12, 8, 8, 0, 0]
    with application.session() as session:
        use_version(session, "1.2.0")
        session.commit()
    with application.reading() as session:
        assert [(v.version, v.active) for v in list_versions(session)] == [("1.1.1", False), ("1.2.0", True)]
    with application.session() as session:
        assert remove_version(session, "1.2.0") is True
        session.commit()
    with application.reading() as session:
        assert [(v.version, v.active) for v in list_versions(session)] == [("1.1.1", False)]
    assert sizes(application) == [1, 1, 3, 5, 7, 6, 4, 4, 0, 0]
    with application.session() as session:
        assert remove_version(session, "1.1.1") is False
        session.commit()
    assert sizes(application) == [0] * 10


def test_an_unknown_version_is_neither_used_nor_removed(application: Application, folder: Path) -> None:
    take_in(application, folder)
    for ask in (use_version, remove_version):
        with application.session() as session, pytest.raises(NotFound) as raised:
            ask(session, "9.9")
        assert str(raised.value) == "There is no ESCO version '9.9' (imported: 1.1.1)."


def test_a_release_is_named_by_the_path_by_hand_or_by_its_contents(
    application: Application, tmp_path: Path
) -> None:
    folder = write(tmp_path / "csv", tables())
    named = take_in(application, folder).version
    assert named.startswith("unnamed-")
    assert len(named) == len("unnamed-") + 8
    assert take_in(application, folder, release="1.1.2").version == "1.1.2"
    with pytest.raises(BadValue, match="is not a version such as"):
        take_in(application, folder, release="[red]")


def test_the_starter_taxonomy_and_its_coding_stay_as_they_were(application: Application, folder: Path) -> None:
    before, version = held(application)["occupation"], application.taxonomy().version
    take_in(application, folder)
    assert held(application)["occupation"] == before
    assert application.taxonomy().version == version


# --- Starter skills and ESCO's ---


def test_skill_links_are_read_by_their_relation(application: Application, folder: Path, tied_skills: Path) -> None:
    take_in(application, folder, skill_links=tied_skills)
    with application.reading() as session:
        assert skill_links(session) == {"ropes-and-knots": frozenset({KNOT})}
        assert skill_links(session, relations=("broader", "narrower")) == {
            "ropes-and-knots": frozenset({HANDS}), "keep-sea-watch": frozenset({TIDE}),
        }  # fmt: skip
        assert skill_links(session, relations=RELATIONS)["ropes-and-knots"] == {KNOT, HANDS}
        assert skill_links(session, relations=()) == {}


def test_skill_links_go_with_the_version_in_use(
    application: Application, folder: Path, tied_skills: Path, tmp_path: Path
) -> None:
    with application.reading() as session, pytest.raises(OperatorError, match="No ESCO version is in use"):
        skill_links(session)
    take_in(application, folder, skill_links=tied_skills)
    take_in(application, write(tmp_path / "v1.2.0", tables("1.2")))
    found = {}
    for version in ("1.2.0", "1.1.1"):
        with application.session() as session:
            use_version(session, version)
            session.commit()
        with application.reading() as session:
            found[version] = skill_links(session)
    assert found == {"1.2.0": {}, "1.1.1": {"ropes-and-knots": {KNOT}}}
    with application.session() as session:
        remove_version(session, "1.1.1")
        session.commit()
    assert held(application)["esco_skill_link"] == []


def test_other_links_are_stored_though_the_download_is_the_same(
    application: Application, folder: Path, tied_skills: Path
) -> None:
    assert take_in(application, folder, skill_links=tied_skills).counts["linked skills"] == 2
    tied_skills.write_text(f"skill,relation,uri\nropes-and-knots,narrower,{KNOT}\n")
    report = take_in(application, folder, skill_links=tied_skills)
    assert (report.outcome, report.counts["linked skills"], report.active) == ("replaced", 1, True)
    assert "skill links left out" not in report.counts
    assert [row[1:2] + row[3:] for row in held(application)["esco_skill_link"]] == [("ropes-and-knots", "narrower")]
    assert take_in(application, folder, skill_links=tied_skills).outcome == "unchanged"


def test_an_unknown_relation_is_refused_and_nothing_is_stored(
    application: Application, folder: Path, tied_skills: Path
) -> None:
    tied_skills.write_text(f"skill,relation,uri\nropes-and-knots,close,{KNOT}\n")
    with pytest.raises(BadValue, match=r"'close' is not one of exact, broader, narrower"):
        take_in(application, folder, skill_links=tied_skills)
    assert sizes(application) == [0] * 10


# --- What goes wrong leaves what stood before ---


def test_a_wrong_download_leaves_the_taxonomy_as_it_was(
    application: Application, folder: Path, tmp_path: Path
) -> None:
    take_in(application, folder)
    before = held(application)
    files = tables()
    files["occupationSkillRelations.csv"][-1]["skillUri"] = f"{BASE}/skill/nowhere"
    for name in ("other v1.1.1", "v1.2.0"):
        with pytest.raises(EscoProblem) as raised:
            take_in(application, write(tmp_path / name, files))
        assert str(raised.value) == (
            f"occupationSkillRelations.csv, line 5, column skillUri: {BASE}/skill/nowhere is not in skills_en.csv."
        )
        assert held(application) == before


@pytest.mark.parametrize("name", ["esco v1.1.1", "esco v1.2.0"])
def test_files_that_change_after_the_check_are_rolled_back(
    application: Application, folder: Path, tmp_path: Path, name: str
) -> None:
    take_in(application, folder)
    before = held(application)
    other = write(tmp_path / "other" / name, tables(languages=("en", "fr")))
    broken = other / "broaderRelationsSkillPillar.csv"
    opened = 0

    def sessions() -> contextlib.AbstractContextManager[object]:
        nonlocal opened
        opened += 1
        if opened == 2:
            broken.write_bytes(broken.read_bytes()[:-1])
        return application.session()

    with pytest.raises(EscoProblem, match="line 5, column broaderUri: the file is cut"):
        import_esco(sessions, other, NOW, links=Path("none"), skill_links=Path("none"))  # type: ignore[arg-type]
    assert opened == 2
    assert held(application) == before


def test_without_isco_groups_nothing_can_be_checked(engine: sa.Engine, folder: Path) -> None:
    from api.database import open_session

    with pytest.raises(OperatorError, match="Run `hunar taxonomy load`"):
        import_esco(lambda: open_session(engine), folder, NOW)


_CHILD = """
import sys, pathlib
from datetime import UTC, datetime
from api.database import make_engine, open_session
from profiling import esco_store

esco_store._BATCH = 3
engine = make_engine(sys.argv[1])

def progress(step, done, total):
    print(step, done, flush=True)
    if step == "storing" and done >= 21:
        sys.stdin.readline()

esco_store.import_esco(lambda: open_session(engine), pathlib.Path(sys.argv[2]), datetime(2026, 11, 21, tzinfo=UTC),
                       progress=progress)
"""


@pytest.mark.parametrize("name", ["esco v1.1.1", "esco v1.2.0"])
def test_a_kill_in_the_middle_leaves_what_stood_before(
    application: Application, folder: Path, tmp_path: Path, name: str
) -> None:
    take_in(application, folder)
    before = held(application)
    other = write(tmp_path / "other" / name, tables(languages=("en", "fr")))
    url = application.engine.url.render_as_string(hide_password=False)
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, url, str(other)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    assert any(line == "storing 21\n" for line in child.stdout)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert held(application) == before
    again = take_in(application, other)
    assert again.outcome == ("replaced" if name == "esco v1.1.1" else "new")
    assert again.counts["occupation labels"] == 14


# --- The command line ---


class Hunar:
    """Runs ``hunar taxonomy`` on a database of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def __call__(self, *words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patch.setenv("HUNAR_DATA", str(self.folder / "var"))
            patch.setenv("DATABASE_URL", self.url)
            patch.setenv("COLUMNS", "200")
            patch.setattr(sys, "argv", ["hunar", "taxonomy", *words])
            code = 0
            try:
                cli.main()
            except SystemExit as leaving:
                code = int(leaving.code or 0)
        return code, out.getvalue(), err.getvalue()


@pytest.fixture
def hunar(sqlite_server: SqliteServer, tmp_path: Path) -> Hunar:
    return Hunar(sqlite_server.create("starter", tmp_path), tmp_path)


def test_the_commands_from_import_to_removal(hunar: Hunar, folder: Path, tmp_path: Path) -> None:
    assert hunar("versions") == (
        0, "", "No ESCO version was imported yet. `hunar taxonomy import PATH` takes one in.\n"
    )  # fmt: skip
    trades, skills = len(read_trade_links(LinkFiles().trades)), len(read_skill_links(LinkFiles().skills))
    code, out, _ = hunar("import", str(folder))
    assert code == 0
    assert out.splitlines() == [
        "ESCO 1.1.1 (en): taken in, in use", "          1 ISCO titles", "          3 occupations",
        "          7 occupation labels", "          3 skills", "          6 skill labels",
        "          2 skill groups",
        "          4 relations", "          4 broader", "          0 linked trades",
        "          0 linked skills", f"{trades:>11,} trade links left out", f"{skills:>11,} skill links left out",
        ATTRIBUTION,
    ]  # fmt: skip
    code, out, _ = hunar("import", str(folder))
    assert out.startswith("ESCO 1.1.1 (en): stands already, unchanged, in use\n")
    assert out.endswith(ATTRIBUTION + "\n")
    code, out, _ = hunar("import", str(write(tmp_path / "second", tables("1.2"))), "--release", "1.2.0")
    assert "Another version is in use; `hunar taxonomy use 1.2.0` changes to this one." in out
    assert hunar("use", "1.2.0") == (0, "", "ESCO 1.2.0 is in use.\n")
    found = json.loads(hunar("versions", "--json")[1])
    assert [(v["name"], v["version"], v["languages"], v["active"], v["counts"]["skills"]) for v in found] == [
        ("esco", "1.1.1", ["en"], False, 3), ("esco", "1.2.0", ["en"], True, 3),
    ]  # fmt: skip
    assert hunar("versions")[1].splitlines()[1].endswith(": 3 occupations, 3 skills, in use")
    assert hunar("remove", "1.2.0") == (0, "", "ESCO 1.2.0 is removed. No ESCO version is in use now.\n")
    assert hunar("remove", "1.2.0") == (4, "", "Error: There is no ESCO version '1.2.0' (imported: 1.1.1).\n")


def test_a_wrong_download_is_one_sentence_and_an_exit_status(hunar: Hunar, tmp_path: Path) -> None:
    files = tables()
    files["occupations_en.csv"][2]["iscoGroup"] = "[/x]"
    assert hunar("import", str(write(tmp_path / "v1.2.0", files))) == (
        2, "", "Error: occupations_en.csv, line 6, column iscoGroup: '[/x]' is no unit group of ISCO-08.\n"
    )  # fmt: skip
    assert hunar("versions", "--json")[1] == "[]\n"
    (tmp_path / "empty").mkdir()
    assert hunar("import", str(tmp_path / "empty"))[0] == 2
