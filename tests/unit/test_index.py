"""The FAISS index against exact NumPy, and what becomes of a damaged file."""

from __future__ import annotations

import errno
import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cases import random_units

from matching.index import IndexRefused, VectorIndex, manifest_path
from profiling.errors import OperatorError

MODEL, FINGERPRINT = "model-a", "fingerprint-a"


def exact(
    vectors: np.ndarray, query: np.ndarray, k: int, allowed: np.ndarray | None
) -> tuple[list[int], np.ndarray]:
    """The rows and inner products that a search must find, by NumPy alone."""
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    rows = np.flatnonzero(allowed) if allowed is not None else np.arange(len(vectors))
    best = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return best.tolist(), scores[best]


def check(vectors: np.ndarray, query: np.ndarray, k: int, allowed: np.ndarray | None) -> None:
    rows, scores = VectorIndex.build(vectors).search(query, k, allowed)
    wanted, values = exact(vectors, query, k, allowed)
    assert len(rows) == len(wanted)
    np.testing.assert_allclose(scores, values, atol=2e-6)
    assert len(set(rows.tolist())) == len(rows)
    if allowed is not None:
        assert allowed[rows].all()
    # Each row must carry its own score; rows of equal score may stand in either order.
    np.testing.assert_allclose(vectors[rows] @ query, scores, atol=2e-6)
    gaps = np.abs(np.diff(values)) > 1e-5
    clear = np.concatenate([[True], gaps]) & np.concatenate([gaps, [False]]) if len(values) else np.zeros(0, bool)
    assert [r for r, c in zip(rows.tolist(), clear, strict=True) if c] == [
        r for r, c in zip(wanted, clear, strict=True) if c
    ]


@pytest.mark.parametrize("k", [1, 2, 7, 120, 500, 1000])
@pytest.mark.parametrize("mask", ["none", "all", "one", "empty", "half", "last"])
def test_search_is_exact(k: int, mask: str) -> None:
    vectors = random_units(500, 48, seed=3)
    allowed = {
        "none": None,
        "all": np.ones(500, bool),
        "one": np.arange(500) == 137,
        "empty": np.zeros(500, bool),
        "half": np.random.default_rng(5).random(500) < 0.5,
        "last": np.arange(500) >= 493,
    }[mask]
    for seed in range(3):
        check(vectors, random_units(1, 48, seed=100 + seed)[0], k, allowed)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_search_is_exact_under_any_mask(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 70))
    vectors = random_units(count, data.draw(st.sampled_from([2, 8, 33])), seed=data.draw(st.integers(0, 999)))
    # Repeated rows make ties.
    for row in data.draw(st.lists(st.integers(0, count - 1), max_size=5)):
        vectors[row] = vectors[0]
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=count, max_size=count).map(np.array))
    check(vectors, random_units(1, vectors.shape[1], seed=7)[0], data.draw(st.integers(1, 90)), allowed)


def test_values_of_a_small_table() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float32)
    rows, scores = VectorIndex.build(vectors).search(np.array([1, 0], dtype=np.float32), 3)
    assert rows.tolist() == [0, 1, 2]
    np.testing.assert_allclose(scores, [1.0, 0.6, 0.0], atol=1e-6)
    rows, scores = VectorIndex.build(vectors).search(
        np.array([1, 0], dtype=np.float32), 3, np.array([False, False, True, True])
    )
    assert rows.tolist() == [2, 3]
    np.testing.assert_allclose(scores, [0.0, -1.0], atol=1e-6)


def test_an_index_of_nothing_finds_nothing() -> None:
    index = VectorIndex.build(np.zeros((0, 8), dtype=np.float32))
    rows, scores = index.search(random_units(1)[0], 5, np.zeros(0, bool))
    assert (len(index), rows.tolist(), scores.tolist()) == (0, [], [])


def saved(folder: Path, count: int = 40, seed: int = 1, fingerprint: str = FINGERPRINT) -> tuple[Path, np.ndarray]:
    vectors = random_units(count, 16, seed=seed)
    path = folder / "index" / "vacancies.faiss"
    VectorIndex.build(vectors).save(path, MODEL, fingerprint)
    return path, vectors


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    path, vectors = saved(tmp_path)
    loaded = VectorIndex.load(path, MODEL, FINGERPRINT)
    assert len(loaded) == 40
    for query in random_units(5, 16, seed=9):
        rows, scores = loaded.search(query, 40)
        wanted, values = exact(vectors, query, 40, None)
        assert rows.tolist() == wanted
        np.testing.assert_allclose(scores, values, atol=2e-6)
    assert sorted(file.name for file in path.parent.iterdir()) == ["vacancies.faiss", "vacancies.json"]


def refused(path: Path, model: str = MODEL, fingerprint: str = FINGERPRINT) -> str:
    with pytest.raises(IndexRefused) as caught:
        VectorIndex.load(path, model, fingerprint)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    path, _ = saved(tmp_path)
    whole = path.read_bytes()
    dice = random.Random(11)
    for at in dice.sample(range(len(whole)), 50):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        assert "damaged" in refused(path)
    path.write_bytes(whole)
    assert len(VectorIndex.load(path, MODEL, FINGERPRINT)) == 40


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_cut_file_is_refused(tmp_path: Path, share: float) -> None:
    path, _ = saved(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged" in refused(path)


def test_a_longer_file_is_refused(tmp_path: Path) -> None:
    path, _ = saved(tmp_path)
    path.write_bytes(path.read_bytes() + b"\0")
    assert "damaged" in refused(path)


@pytest.mark.parametrize("which", ["index", "manifest", "both"])
def test_a_missing_file_is_refused(tmp_path: Path, which: str) -> None:
    path, _ = saved(tmp_path)
    if which != "manifest":
        path.unlink()
    if which != "index":
        manifest_path(path).unlink()
    assert "not there" in refused(path)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "17", "{}", '{"layout": 1}', '"text"', "\udcff"]
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    path, _ = saved(tmp_path)
    manifest_path(path).write_bytes(content.encode("utf-8", "surrogateescape"))
    assert "no readable manifest" in refused(path)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("layout", 2, "other vectors"),
        ("model", "model-b", "other vectors"),
        ("fingerprint", "fingerprint-b", "other vectors"),
        ("sha256", "0" * 64, "damaged"),
        ("count", 41, "does not hold"),
        ("dimensions", 15, "does not hold"),
    ],
)
def test_an_edited_manifest_is_refused(tmp_path: Path, field: str, value: object, reason: str) -> None:
    path, _ = saved(tmp_path)
    content = json.loads(manifest_path(path).read_text())
    manifest_path(path).write_text(json.dumps({**content, field: value}))
    assert reason in refused(path)


def test_a_manifest_with_a_flipped_byte_is_refused_or_harmless(tmp_path: Path) -> None:
    path, vectors = saved(tmp_path)
    whole = manifest_path(path).read_bytes()
    dice = random.Random(12)
    query = random_units(1, 16, seed=2)[0]
    refusals = 0
    for at in dice.sample(range(len(whole)), 50):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << dice.randrange(8)
        manifest_path(path).write_bytes(damaged)
        try:
            rows, _ = VectorIndex.load(path, MODEL, FINGERPRINT).search(query, 5)
        except IndexRefused:
            refusals += 1
        else:
            assert rows.tolist() == exact(vectors, query, 5, None)[0]
    assert refusals > 25


def test_another_model_and_another_fingerprint_are_refused(tmp_path: Path) -> None:
    path, _ = saved(tmp_path)
    assert "other vectors" in refused(path, model="model-b")
    assert "other vectors" in refused(path, fingerprint="fingerprint-b")


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    path, _ = saved(tmp_path)
    path.unlink()
    path.mkdir()
    refused(path)


def fail_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Let the ``call``-th flush of a file or folder from now on fail as on a full disk."""
    real, count = os.fsync, [0]

    def fsync(handle: int) -> None:
        count[0] += 1
        if count[0] >= call:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_full_disk_leaves_the_old_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, vectors = saved(tmp_path)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    fail_at(monkeypatch, 1)
    with pytest.raises(OperatorError, match="No space left"):
        VectorIndex.build(random_units(7, 16, seed=5)).save(path, MODEL, "fingerprint-b")
    monkeypatch.undo()
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before
    query = random_units(1, 16, seed=4)[0]
    rows, _ = VectorIndex.load(path, MODEL, FINGERPRINT).search(query, 3)
    assert rows.tolist() == exact(vectors, query, 3, None)[0]


@pytest.mark.parametrize("call", [2, 3])
def test_a_disk_that_fills_up_half_way_never_gives_a_wrong_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    path, old = saved(tmp_path)
    new = random_units(7, 16, seed=5)
    fail_at(monkeypatch, call)
    with pytest.raises(OperatorError, match="No space left"):
        VectorIndex.build(new).save(path, MODEL, "fingerprint-b")
    monkeypatch.undo()
    assert not list(path.parent.glob(".*"))
    query = random_units(1, 16, seed=4)[0]
    for fingerprint, vectors in ((FINGERPRINT, old), ("fingerprint-b", new)):
        try:
            rows, _ = VectorIndex.load(path, MODEL, fingerprint).search(query, 3)
        except IndexRefused:
            continue
        assert rows.tolist() == exact(vectors, query, 3, None)[0]


def test_a_folder_that_cannot_be_made_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file, not a folder")
    with pytest.raises(OperatorError, match="cannot be written"):
        saved(tmp_path)
