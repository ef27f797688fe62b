"""``hunar evaluate`` on a small fictional ESCO and labelled files written here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import NOW
from esco_download import BASE, FERRY, FOLD, KITE, KNOT, LAMP, tables, write

from api import cli, evaluate_cli
from api.application import Application
from api.evaluate_cli import read_items
from api.evaluate_passports import read_judged, run_passports
from matching.evaluation import GRADED, METRICS, SLICE, Task
from matching.rankers import SYSTEMS
from profiling.errors import InputError, OperatorError
from profiling.esco_labels import occupation_labels, skill_labels, trade_links
from profiling.esco_store import import_esco

GONE = f"{BASE}/occupation/not-in-this-release"
SETS = {
    "title_to_occupation.tsv": (
        "query\toccupation_uri\tisco08\texact_label",
        f"paper kite hand\t{KITE}\t7318\t1",
        f'"lamp" fixer, urgent\t{LAMP}\t7421\t0',
        f"ferry rope hand\t{FERRY}\t8350\t1",
        f"rope hand\t{GONE}\t2431\t0",
    ),
    "title_to_isco.tsv": ("query\tisco08", "kite folder\t7318", "mender of lamps\t7421"),
    "hindi_title_to_isco.tsv": ("query\tisco08", "पतंग\t7318"),
    "sentence_to_skills.tsv": (
        "set\tsentence\tskill_uris",
        f"one\tYou fold paper and tie knots all day.\t{FOLD}|{KNOT}",
        f"two\tcrease paper\t{FOLD}",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sets"
    made.mkdir()
    for name, lines in SETS.items():
        (made / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


@pytest.fixture
def with_esco(application: Application, tmp_path: Path) -> Application:
    links = tmp_path / "links.csv"
    links.write_text(f"trade,code,uri\nhandicraft-maker,7318.9,{KITE}\n")
    import_esco(application.session, write(tmp_path / "esco v1.1.1", tables()), NOW, links=links)
    return application


def test_the_labels_of_the_version_in_use(with_esco: Application) -> None:
    with with_esco.reading() as session:
        occupations, skills = occupation_labels(session), skill_labels(session)
        assert trade_links(session) == {"handicraft-maker": frozenset({KITE})}
    assert (occupations.version, occupations.uris) == ("1.1.1", (KITE, LAMP, FERRY))
    assert occupations.isco == ("7318", "7421", "8350")
    assert list(zip(occupations.owners, occupations.texts, strict=True)) == [
        (0, "kite folder"), (0, "kite maker"), (0, "paper kite hand"),
        (1, "lamp mender"), (1, "lantern, lamp fixer"), (2, "ferry rope hand"),
    ]  # fmt: skip
    assert skills.isco == ()
    assert (skills.texts, skills.owners) == (
        ("fold paper", "crease paper", "tie knots", "read tides"),
        (0, 0, 1, 2),
    )


CODING = list(evaluate_cli.FILES)
PASSPORTS = {
    "passport_queries.tsv": (
        "query_id\tpast_title\tskills\tskill_uris",
        f"P1\tpaper kite hand\tfold paper|tie knots\t{FOLD}|{KNOT}",
        f"P2\tferry rope hand\ttie knots\t{KNOT}",
    ),
    "passport_vacancies.tsv": ("doc_id\ttitle", "V1\tlamp fixer", "V2\tkite folder needed", "V3\tferry hand"),
    "passport_vacancy_qrels.tsv": (
        "query_id\titeration\tdoc_id\trelevance", "P1\t0\tV2\t3", "P2\t0\tV3\t3", "P2\t0\tV2\t0",
    ),
    "passport_courses.tsv": ("doc_id\ttitle", "C1\tKite folding", "C1\tKite folding, evenings", "C2\tLamps"),
    "passport_course_qrels.tsv": ("query_id\tdoc_id\trelevance", "P1\tC1\t2"),
}  # fmt: skip


@pytest.fixture
def passports(tmp_path: Path) -> Path:
    made = tmp_path / "passports"
    made.mkdir()
    for name, lines in PASSPORTS.items():
        (made / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("task", GRADED)
def test_lists_are_ranked_for_people(task: Task, with_esco: Application, passports: Path) -> None:
    judged = read_judged(task, passports)
    found, labels = run_passports(with_esco, task, judged)
    assert labels.version == "1.1.1"
    assert found.whole.n == (2 if task is Task.PASSPORT_VACANCIES else 1)  # for the second no course is right
    assert {*SYSTEMS} < {*found.whole.systems}
    assert all(tuple(metrics) == METRICS[task] for metrics in found.whole.systems.values())
    assert found.whole.systems["hunar"]["ndcg@10"][0] == 1.0
    assert run_passports(with_esco, task, judged)[0] == found


def test_rows_of_one_number_share_a_grade(passports: Path) -> None:
    judged = read_judged(Task.PASSPORT_COURSES, passports)
    assert judged.grades.tolist() == [[2, 2, 0]]
    assert judged.people[0].skills == ("fold paper", "tie knots")


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("passport_queries.tsv", "P1\ta\tb\tc", "line 4, column query_id: 'P1' stands twice"),
        ("passport_vacancy_qrels.tsv", "P9\t0\tV2\t3", "line 5, column query_id: 'P9' is not in passport_queries"),
        ("passport_vacancy_qrels.tsv", "P1\t0\tV9\t3", "line 5, column doc_id: 'V9' is not in passport_vacancies"),
        ("passport_vacancy_qrels.tsv", "P1\t0\tV1\t4", "line 5, column relevance: '4' is no grade from 0 to 3"),
        ("passport_vacancies.tsv", "V8\t ", "line 5, column title: is empty"),
    ],
)
def test_judgements_that_do_not_hold_together_are_refused(name: str, line: str, said: str, passports: Path) -> None:
    with (passports / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(InputError) as error:
        read_judged(Task.PASSPORT_VACANCIES, passports)
    assert str(error.value).startswith(name)
    assert said in str(error.value)


@pytest.mark.parametrize("task", CODING)
def test_every_system_ranks(task: Task, with_esco: Application, folder: Path) -> None:
    items = read_items(task, folder)
    found, labels, missed = evaluate_cli.run(with_esco, task, items)
    assert labels.version == "1.1.1"
    assert missed == (task is Task.TITLE_OCCUPATION)
    made = found.as_json()
    assert made["n"] == len(items) == len(SETS[evaluate_cli.FILES[task][0]]) - 1
    assert tuple(found.whole.systems) == SYSTEMS
    assert all(tuple(metrics) == METRICS[task] for metrics in found.whole.systems.values())
    assert list(found.slices) == ([SLICE] if task is Task.TITLE_OCCUPATION else [])
    again = evaluate_cli.run(with_esco, task, items)[0]
    assert again.as_json() == made


def test_the_values_of_exact_titles_and_of_an_answer_that_esco_lacks(with_esco: Application, folder: Path) -> None:
    found = evaluate_cli.run(with_esco, Task.TITLE_OCCUPATION, read_items(Task.TITLE_OCCUPATION, folder))[0]
    for system in ("char-tfidf", "bm25", "encoder", "sum"):
        # Three of four are found first, the fourth names no occupation of this version.
        assert {name: ends[0] for name, ends in found.whole.systems[system].items()} == {
            "mrr": 0.75, "recall@10": 0.75, "isco4_acc@1": 0.75,
        }, system  # fmt: skip
    assert found.slices[SLICE].n == 1
    skills = evaluate_cli.run(with_esco, Task.SKILL_EXTRACTION, read_items(Task.SKILL_EXTRACTION, folder))[0]
    assert skills.whole.systems["hunar"]["mrr"][0] == 1.0


def _invoke(application: Application, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(cli, "Application", lambda settings: application)
    monkeypatch.setattr("sys.argv", ["hunar", "evaluate", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code in (0, None)


def test_the_command_prints_json_and_a_table(
    with_esco: Application, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _invoke(with_esco, monkeypatch, "title-occupation", str(folder), "--json")
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (list(found), found["task"], found["n"]) == (
        ["task", "n", "systems", "slices", "calibration"], "title-occupation", 4
    )  # fmt: skip
    assert (found["calibration"]["all"]["n"], found["calibration"][SLICE]["n"]) == (4, 1)
    assert found["slices"][SLICE]["n"] == 1
    assert "ESCO 1.1.1, encoder hashing-64" in said.err
    assert "lacks, counted as missed: 1." in said.err
    assert "reused under Commission Decision" in said.err
    _invoke(with_esco, monkeypatch, "title-isco", str(folder))
    said = capsys.readouterr()
    assert "title-isco, n = 2" in said.out
    assert "1.000 [1.000, 1.000]" in said.out
    for system in SYSTEMS:
        assert system in said.out


def test_the_command_measures_lists_too(
    with_esco: Application, passports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _invoke(with_esco, monkeypatch, "passport-vacancies", str(passports), "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["task"], found["n"], found["slices"]) == ("passport-vacancies", 2, {})
    assert found["systems"]["hunar"]["ndcg@10"][0] == 1.0


# --- What is wrong with a file, in one sentence ---


@pytest.mark.parametrize(
    ("task", "lines", "said"),
    [
        (Task.TITLE_ISCO, None, "title_to_isco.tsv is not in "),
        (Task.TITLE_ISCO, (), "line 1: the column query is missing (needed: query, isco08)"),
        (Task.TITLE_ISCO, ("query\tcode", "a\t7318"), "line 1: the column isco08 is missing"),
        (Task.TITLE_ISCO, ("query\tisco08",), "holds no rows"),
        (Task.TITLE_ISCO, ("query\tisco08", "a\t7318", "b"), "line 3: has 1 cells, but 2 columns are named"),
        (Task.TITLE_ISCO, ("query\tisco08", "a\t731"), "line 2, column isco08: '731' is no ISCO-08 unit group"),
        (Task.TITLE_ISCO, ("query\tisco08", " \t7318"), "line 2, column query: is empty"),
        (Task.HINDI_TITLE_ISCO, ("query\tisco08", "a\t७३१८"), "column isco08"),
        (Task.SKILL_EXTRACTION, ("sentence\tskill_uris", "a\t | "), "column skill_uris: names no skill"),
        (
            Task.TITLE_OCCUPATION,
            ("query\toccupation_uri\tisco08\texact_label", f"a\t{KITE}\t7318\tyes"),
            "line 2, column exact_label: 'yes' is neither 0 nor 1",
        ),
    ],
)
def test_errors_name_file_line_and_column(
    task: Task, lines: tuple[str, ...] | None, said: str, tmp_path: Path
) -> None:
    name = evaluate_cli.FILES[task][0]
    if lines is not None:
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_items(task, tmp_path)
    assert said in str(error.value)
    assert str(error.value).startswith(name)


def test_text_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "title_to_isco.tsv").write_bytes(b"query\tisco08\nma\xe7on\t7112\n")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_items(Task.TITLE_ISCO, tmp_path)


def test_a_file_of_ones_own_may_have_more_columns_and_no_exact_label(tmp_path: Path) -> None:
    (tmp_path / "title_to_occupation.tsv").write_text(
        f"\ufeffid\tisco08\tquery\toccupation_uri\n9\t7318\tkite hand\t{KITE}\n\n", encoding="utf-8"
    )
    (item,) = read_items(Task.TITLE_OCCUPATION, tmp_path)
    assert (item.text, item.uris, item.isco, item.exact) == ("kite hand", (KITE,), "7318", None)


def test_without_esco_the_command_says_how_to_get_it(application: Application, folder: Path) -> None:
    with pytest.raises(OperatorError, match="hunar taxonomy import"):
        evaluate_cli.run(application, Task.TITLE_ISCO, read_items(Task.TITLE_ISCO, folder))
