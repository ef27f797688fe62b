"""The benchmark: what it works out of given times, and that a tiny run gives sane figures. No speed is asserted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import SqliteServer

from api.application import Application
from api.bench import child, figures, matches, synthetic
from api.bench.__main__ import machine, number, show
from api.bench.figures import Figure, Sizes, interleaved, p50, p95
from api.bench.ingesting import ingest_figures, ingest_memory_figures, take_in
from api.bench.intake import import_figures
from api.bench.matches import _STAGES, _latency, _watched, exact_search
from api.bench.synthetic import load_market_of, own_settings, slim_rows, synthetic_rows, write_csv
from api.bench.vectors import index_figures, mixed_texts
from matching import pipeline
from matching.embeddings import HashingEmbedder

TINY = Sizes(1, 20, (20, 40), (20,), 9, (30,), (330,), 1)


def figure(ours: float, plain: float, **more: object) -> Figure:
    return Figure("part", "name", "ms", ours, "reference", plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ours", "plain", "more", "ratio", "met"),
    [
        (6.0, 2.0, {}, 3.0, None),
        (6.0, 2.0, {"aim": 3.0}, 3.0, True),
        (6.1, 2.0, {"aim": 3.0}, 3.05, False),
        (99.0, 1.0, {"aim": 100.0, "aim_on": "ours"}, 99.0, True),
        (101.0, 101.0, {"aim": 100.0, "aim_on": "ours"}, 1.0, False),
        (1.0, 0.0, {"aim": 3.0}, float("inf"), False),
    ],
)
def test_ratio_and_aim(ours: float, plain: float, more: dict[str, object], ratio: float, met: bool | None) -> None:
    one = figure(ours, plain, **more)
    assert one.ratio == pytest.approx(ratio)
    assert one.met is met
    assert one.as_json()["ratio"] == one.ratio


def test_percentiles_of_given_times() -> None:
    times = [float(number) for number in range(1, 101)]
    assert p50(times) == 50.5
    assert p95(times) == pytest.approx(95.05)
    assert p50([5.0, 1.0, 9.0]) == 5.0


def test_sides_are_timed_in_turns() -> None:
    order: list[str] = []

    def side(name: str, time: float) -> Callable[[], float]:
        def run() -> float:
            order.append(name)
            return time

        return run

    assert interleaved(3, side("a", 1.0), side("b", 2.0)) == [[1.0] * 3, [2.0] * 3]
    assert order == ["a", "b"] * 3


def test_synthetic_vacancies_differ_are_marked_and_repeat_by_seed() -> None:
    rows = list(synthetic_rows(300, seed=1))
    assert rows == list(synthetic_rows(300, seed=1))
    assert rows != list(synthetic_rows(300, seed=2))
    assert len({row["ref"] for row in rows}) == len({row["description"] for row in rows}) == 300
    demo = {row["ref"]: row for row in synthetic.demo_vacancies()}
    for row in rows:
        assert row["ref"].startswith("SYNTHETIC-")
        assert "Synthetic" in row["employer"]
        assert "Synthetic" in row["description"]
        assert row["title"] == demo[row["ref"].partition(" ")[2]]["title"]


def test_texts_are_mixed_in_length() -> None:
    lengths = [len(text) for text in mixed_texts(30)]
    assert len(lengths) == 30
    assert any(one > other for one, other in pairwise(lengths))


def test_own_settings_ignore_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "HUNAR_DATABASE_URL"):
        monkeypatch.setenv(name, "sqlite:///somebody-elses.db")
    monkeypatch.setenv("HUNAR_DATA", "/somebody/elses")
    settings = own_settings(tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'hunar.db'}"
    assert settings.index_file.is_relative_to(tmp_path)


def test_exact_search_finds_what_sorting_finds() -> None:
    vectors = np.random.default_rng(5).standard_normal((200, 16), dtype=np.float32)
    query = vectors[17]
    assert exact_search(vectors, query).tolist() == np.argsort(-(vectors @ query))[:10].tolist()


def test_import_figures_of_a_tiny_file(tmp_path: Path) -> None:
    found = import_figures(tmp_path, TINY)
    assert [one.name for one in found] == ["new rows", "the same file again"]
    assert all("20 synthetic rows, 20 kept" in one.part for one in found)
    assert all(one.ours > 0 and one.plain > 0 for one in found)
    assert not (tmp_path / "run").exists()


def test_a_process_of_its_own_tells_its_peak(sqlite_server: SqliteServer, tmp_path: Path) -> None:
    sqlite_server.create("starter", tmp_path)
    file = write_csv(tmp_path / "slim.csv", slim_rows(20))
    found = child.measure("import", str(tmp_path), str(file))
    assert (found["kept"], found["rejected"]) == (20, 0)
    assert 20 < found["peak_mb"] < 2000


def test_a_run_over_a_source_stands_beside_pandas(tmp_path: Path) -> None:
    found = ingest_figures(tmp_path, TINY)
    assert [(one.unit, one.reference) for one in found] == [
        ("us/row", "pandas.read_csv"),
        ("us/row", "pandas.read_csv + to_sql, SQLite"),
        ("rows/s", "pandas.read_csv + to_sql, SQLite"),
    ]
    assert [one.aim for one in found] == [8.0, None, None]
    assert found[0].ours == found[1].ours > found[0].plain > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ingest.csv", "prepared-ingest"]


def test_each_length_of_a_file_has_its_peak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = {"ingest": iter((100.0, 120.0)), "pandas": iter((50.0, 80.0))}
    monkeypatch.setattr(child, "measure", lambda way, *arguments: {"peak_mb": next(peaks[way])})
    found = ingest_memory_figures(tmp_path, replace(TINY, ingest_memory_rows=(3, 6)))
    assert [(one.name, one.ours, one.plain, one.met) for one in found] == [
        ("3 rows", 100.0, 50.0, None), ("6 rows", 120.0, 80.0, None), ("6 rows", 120.0, 100.0, False),
    ]  # fmt: skip


def test_a_run_over_a_source_stores_what_the_file_holds(sqlite_server: SqliteServer, tmp_path: Path) -> None:
    sqlite_server.create("starter", tmp_path)
    application = Application(own_settings(tmp_path), embedder=HashingEmbedder(), clock=lambda: child.NOW)
    report = take_in(application, write_csv(tmp_path / "few.csv", synthetic_rows(5)))
    application.engine.dispose()
    assert (report.fetched, report.kept, report.rejected) == (5, 5, 0)


def test_index_figures_of_few_vectors(tmp_path: Path) -> None:
    found = index_figures(tmp_path, TINY)
    assert [one.reference for one in found] == ["numpy.save", "numpy.load"]
    assert all(one.ours > 0 and one.plain > 0 for one in found)
    assert list(tmp_path.iterdir()) == []


def test_match_figures_of_a_small_market(
    sqlite_server: SqliteServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody = matches._people
    monkeypatch.setattr(matches, "_people", lambda application: everybody(application)[:3])
    sqlite_server.create("starter", tmp_path)
    application = Application(own_settings(tmp_path), embedder=HashingEmbedder(), clock=lambda: child.NOW)
    load_market_of(application, 330)
    market = application.market()
    assert len(market.vacancies) == 330
    assert np.allclose(np.linalg.norm(market.vectors, axis=1), 1.0, atol=1e-5)
    found = _latency(application, 1)
    application.engine.dispose()
    by_name = {one.name: one for one in found}
    assert by_name["p50"].ours <= by_name["p95"].ours
    assert by_name["p95"].aim_on == "ours"
    stages = [one for one in found if one.name.startswith("stage: ")]
    assert len(stages) == 2 * (len(_STAGES) + 2)
    assert all(one.ours > 0 for one in stages)
    assert [one.reference for one in found if one.name == "search of all 3 at once"] == ["matrix multiplication"]
    show(found, machine(figures.QUICK))
    assert "330 vacancies" in capsys.readouterr().out


def test_the_stop_watches_are_taken_off_again() -> None:
    before = {name: getattr(pipeline, name) for name in _STAGES.values()}
    with _watched() as spent:
        assert all(getattr(pipeline, name) is not function for name, function in before.items())
        assert set(spent) == set(_STAGES)
    assert {name: getattr(pipeline, name) for name in _STAGES.values()} == before


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,346"), (45.67, "45.7"), (1.234, "1.23"), (0.00371, "0.0037")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
