"""A damaged, cut, foreign or half-written index file: found, rebuilt, never answered from."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matching_cases import random_units

from api.application import Application
from matching.index import IndexRefused, VectorIndex, manifest_path
from matching.market import Market

Writer = Callable[..., Path]


@pytest.fixture
def path(sqlite_application: Application, write_csv: Writer) -> Path:
    """The index file of an application with thirty vacancies."""
    trades = ("Mason", "Plumber", "Cook", "Welder", "Tile fixer", "Driver")
    rows = [{"ref": f"V-{n}", "title": f"{trades[n % 6]} {n}", "country": "NP"} for n in range(30)]
    sqlite_application.ingest("vacancies", write_csv("vacancies.csv", *rows))
    assert "built" in sqlite_application.refresh().index
    return sqlite_application.settings.index_file


def again(application: Application) -> tuple[Market, str]:
    """The market as a new process on the same data sees it, and what became of its index."""
    fresh = Application(application.settings, embedder=application.embedder, clock=application.now)
    try:
        report = fresh.refresh()
        return fresh.market(), report.index
    finally:
        fresh.engine.dispose()


def right(market: Market) -> None:
    """Every search of the market is that of NumPy over the vectors of the database."""
    for query in random_units(4, market.vectors.shape[1], seed=3):
        rows, scores = market.index.search(query, 5)
        exact = np.sort(market.vectors @ query)[::-1][:5]
        np.testing.assert_allclose(scores, exact, atol=1e-5)
        np.testing.assert_allclose(market.vectors[rows] @ query, scores, atol=1e-5)


def test_a_whole_file_is_loaded(sqlite_application: Application, path: Path) -> None:
    before = path.stat().st_mtime_ns
    market, outcome = again(sqlite_application)
    assert outcome == "loaded"
    assert path.stat().st_mtime_ns == before
    right(market)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("flip", "damaged"),
        ("cut", "damaged"),
        ("empty", "damaged"),
        ("index gone", "not there"),
        ("manifest gone", "not there"),
        ("manifest cut", "no readable manifest"),
        ("other fingerprint", "other vectors"),
        ("other model", "other vectors"),
    ],
)
def test_a_harmed_file_is_built_again(sqlite_application: Application, path: Path, harm: str, reason: str) -> None:
    content, manifest = path.read_bytes(), manifest_path(path).read_bytes()
    middle = len(content) // 2
    if harm == "flip":
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :])
    elif harm in ("cut", "empty"):
        path.write_bytes(content[:middle] if harm == "cut" else b"")
    elif harm == "index gone":
        path.unlink()
    elif harm == "manifest gone":
        manifest_path(path).unlink()
    elif harm == "manifest cut":
        manifest_path(path).write_bytes(manifest[: len(manifest) // 2])
    else:
        model = "other" if harm == "other model" else sqlite_application.embedder.model
        VectorIndex.build(random_units(30, 64)).save(path, model, "other")
    market, outcome = again(sqlite_application)
    assert outcome.startswith("built: ")
    assert reason in outcome
    right(market)
    assert (path.read_bytes(), manifest_path(path).read_bytes()) == (content, manifest)
    assert again(sqlite_application)[1] == "loaded"


def test_a_new_vacancy_makes_the_old_file_foreign(
    sqlite_application: Application, path: Path, write_csv: Writer
) -> None:
    sqlite_application.ingest(
        "vacancies", write_csv("new.csv", {"ref": "V-99", "title": "Roofer", "country": "NP"})
    )
    market, outcome = again(sqlite_application)
    assert "other vectors" in outcome
    assert len(market.vacancies) == len(market.index) == 31
    right(market)


def test_a_full_disk_does_not_stop_answers(
    sqlite_application: Application, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is a cache: when it cannot be written, the one in memory answers."""
    path.unlink()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    fresh = Application(sqlite_application.settings, embedder=sqlite_application.embedder)
    try:
        right(fresh.market())
    finally:
        fresh.engine.dispose()


_SAVER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from matching_cases import random_units
from matching.index import VectorIndex
vectors = [random_units(4000, 64, seed=seed) for seed in (1, 2)]
print("ready", flush=True)
while True:
    for seed in (1, 2):
        VectorIndex.build(vectors[seed - 1]).save(Path(sys.argv[1]), "model", f"seed-{seed}")
"""


def test_a_kill_while_saving_leaves_a_usable_or_a_refused_index(tmp_path: Path) -> None:
    path = tmp_path / "index" / "vacancies.faiss"
    dice = random.Random(4)
    query = random_units(1, 64, seed=9)[0]
    wanted = {f"seed-{seed}": np.sort(random_units(4000, 64, seed=seed) @ query)[::-1][:5] for seed in (1, 2)}
    usable = 0
    for _ in range(4):
        worker = subprocess.Popen(
            [sys.executable, "-c", _SAVER, str(path), str(Path(__file__).parents[1])],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        with worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(0.05 + dice.random() / 4)
            os.kill(worker.pid, signal.SIGKILL)
        assert worker.returncode == -signal.SIGKILL
        for fingerprint, best in wanted.items():
            try:
                _, scores = VectorIndex.load(path, "model", fingerprint).search(query, 5)
            except IndexRefused:
                continue
            usable += 1
            np.testing.assert_allclose(scores, best, atol=1e-5)
    VectorIndex.build(random_units(9, 64)).save(path, "model", "after")
    assert len(VectorIndex.load(path, "model", "after")) == 9
    assert usable <= 4
