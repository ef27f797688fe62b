"""``hunar evaluate ranking`` and ``hunar train ranker`` on the demo centre, with the small embedder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from api import cli
from api.application import Application
from api.evaluate_ranking import DAY, judged_centre, judged_people, read_pairs, run_ranking, values_of
from matching.ranker_file import read_ranker
from matching.ranking import NAMES, SHIPPED
from profiling.errors import InputError
from profiling.models import Returnee

SHIPPED_PAIRS = Path(__file__).parents[1] / "data" / "ranking"
FEW = (
    "person\tvacancy\tgrade\twhy",
    "DEMO-R-001\tDEMO-V-034\t3\town trade",
    "DEMO-R-001\tDEMO-V-001\t0\tno baker",
    "DEMO-R-002\tDEMO-V-034\t0\tother work",
    "JUDGE-R-01\tDEMO-V-001\t2\tmay be",
    "JUDGE-R-01\tDEMO-V-052\t0\tno",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pairs"
    made.mkdir()
    (made / "judgements.tsv").write_text("\n".join(FEW) + "\n", encoding="utf-8")
    shutil.copy(SHIPPED_PAIRS / "people.csv", made)
    return made


def test_the_shipped_pairs_hold_together() -> None:
    pairs = read_pairs(SHIPPED_PAIRS)
    assert len(pairs.grades) == 66
    assert {len(grades) for grades in pairs.grades.values()} == {20}
    second = (SHIPPED_PAIRS / "second.tsv").read_text(encoding="utf-8").splitlines()[1:]
    same = [pairs.grades[row[0]][row[1]] == int(row[2]) for row in (line.split("\t") for line in second)]
    assert (len(same), sum(same)) == (160, 153)


def test_every_system_ranks_the_judged_vacancies(sqlite_application: Application, folder: Path) -> None:
    found, left_out = run_ranking(sqlite_application, read_pairs(folder))
    assert (found.whole.n, left_out) == (2, 1)  # for the second person nothing is right
    names = list(found.whole.systems)
    assert names[:8] == [
        "newest", "random", "char-tfidf", "bm25", "encoder", "sum", "trained-encoder", "hunar"
    ]  # fmt: skip
    assert names[8:] == [f"hunar without {name}" for name in NAMES]
    assert set(found.whole.systems["hunar"]) == {"ndcg@10", "p@10", "mrr"}


def test_the_centre_is_thrown_away_and_the_own_one_left_alone(
    sqlite_application: Application, folder: Path
) -> None:
    with judged_centre(sqlite_application, read_pairs(folder), lambda step, total: lambda done: None) as centre:
        assert centre.now() == DAY
        people = judged_people(centre, read_pairs(folder))
        assert [one.ref for one in people] == ["DEMO-R-001", "JUDGE-R-01"]
        values = values_of(people[0])
        assert values.shape == (2, len(NAMES))
        weights = np.array(SHIPPED.weights.weights)
        assert (values @ weights)[0] > (values @ weights)[1]
        kept = centre.settings.data
    assert not kept.exists()
    with sqlite_application.reading() as session:
        assert session.exec(select(Returnee.id)).all() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DEMO-R-001\tDEMO-V-034\t2\tagain", "line 7: DEMO-R-001 and DEMO-V-034 were judged before"),
        ("DEMO-R-001\tDEMO-V-036\t4\tbest", "line 7, column grade: '4' is no grade from 0 to 3"),
        ("DEMO-R-001\tDEMO-V-036\t \tnone", "line 7, column grade: is empty"),
        ("NOBODY\tDEMO-V-036\t1\twho", "NOBODY is neither in the demo centre nor in people.csv"),
        ("DEMO-R-001\tV-NONE\t1\twhat", "V-NONE is no vacancy of the demo centre"),
    ],
)
def test_pairs_that_do_not_hold_together(
    line: str, said: str, folder: Path, sqlite_application: Application
) -> None:
    with (folder / "judgements.tsv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(InputError) as error:
        run_ranking(sqlite_application, read_pairs(folder))
    assert said in str(error.value)


def test_a_challenger_is_learned_compared_and_written_beside(
    sqlite_application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "challenger.json"
    monkeypatch.setattr(cli, "Application", lambda settings: sqlite_application)
    for _ in range(2):
        monkeypatch.setattr("sys.argv", ["hunar", "train", "ranker", str(SHIPPED_PAIRS), "--out", str(out)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "by hand: nDCG@10" in said
    assert "challenger above the champion: nDCG@10" in said
    assert "is there already" in said
    made = read_ranker(out, NAMES)
    assert made.manifest["people"] == 60
    assert json.loads(out.read_text(encoding="utf-8"))["manifest"]["figures_on_people_kept_aside"]["ndcg@10"] > 0.5
