"""Measures with values worked out by hand, the bootstrap, the shape of the JSON, and the systems' scores."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest

from matching import commonness as commonness_module
from matching.commonness import commonness
from matching.embeddings import HashingEmbedder
from matching.evaluation import (
    RESAMPLES,
    SLICE,
    Gauge,
    Item,
    Scores,
    Task,
    bootstrap,
    calibrate,
    calibrations,
    evaluate,
    in_slice,
    r_precision,
    rank_of,
    reciprocal,
    within,
)
from matching.rankers import SYSTEMS, Bm25, OccupationRanking, Rankers, SkillRanking, stored_vectors
from matching.titles import TitleReader
from matching.work_model import shipped_model
from profiling.coding import Coder
from profiling.errors import OperatorError
from profiling.esco_labels import ConceptLabels

URIS, ISCO = ("a", "b", "c", "d"), ("7112", "5120", "7112", "2431")


def scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


# --- Measures ---


@pytest.mark.parametrize(
    ("row", "gold", "rank"),
    [
        ((0.1, 0.9, 0.5), (1,), 1),
        ((0.1, 0.9, 0.5), (2,), 2),
        ((0.1, 0.9, 0.5), (0,), 3),
        ((0.1, 0.9, 0.5), (0, 2), 2),
        ((0.5, 0.5, 0.5), (0,), 1),
        ((0.5, 0.5, 0.5), (2,), 3),
        ((0.5, 0.5, 0.5), (), 0),
    ],
)
def test_rank(row: tuple[float, ...], gold: Collection[int], rank: int) -> None:
    assert rank_of(scores(*row), gold) == rank


def test_reciprocal_and_within() -> None:
    assert [reciprocal(rank) for rank in (1, 2, 4, 0)] == [1.0, 0.5, 0.25, 0.0]
    assert [within(rank, 5) for rank in (1, 5, 6, 0)] == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("gold", "labels", "value"),
    [
        ((0,), 1, 1.0),
        ((5,), 1, 0.0),
        ((0, 5), 2, 0.5),
        ((0, 1, 2, 3, 4, 5), 6, 1.0),
        ((0, 1), 3, 2 / 3),  # the third label cannot be ranked
    ],
)
def test_r_precision_at_5(gold: Collection[int], labels: int, value: float) -> None:
    assert r_precision(scores(0.9, 0.8, 0.7, 0.6, 0.5, 0.4), gold, labels) == pytest.approx(value)


@pytest.mark.parametrize(
    ("task", "item", "row", "values"),
    [
        (Task.TITLE_OCCUPATION, Item("x", ("c",), "7112"), (0.9, 0.1, 0.8, 0.2), (0.5, 1.0, 1.0)),
        (Task.TITLE_OCCUPATION, Item("x", ("gone",), "7112"), (0.1, 0.9, 0.8, 0.2), (0.0, 0.0, 0.0)),
        # Groups in order of their best occupation: 7112, 2431, 5120.
        (Task.TITLE_ISCO, Item("x", isco="7112"), (0.1, 0.2, 0.9, 0.5), (1.0, 1.0)),
        (Task.TITLE_ISCO, Item("x", isco="5120"), (0.1, 0.2, 0.9, 0.5), (0.0, 1.0)),
        (Task.TITLE_ISCO, Item("x", isco="9999"), (0.1, 0.2, 0.9, 0.5), (0.0, 0.0)),
        (Task.SKILL_EXTRACTION, Item("x", ("a", "b")), (0.1, 0.2, 0.9, 0.5), (1.0, 1 / 3)),
    ],
)
def test_gauge(task: Task, item: Item, row: tuple[float, ...], values: tuple[float, ...]) -> None:
    assert Gauge(task, URIS, ISCO).measure(scores(*row), item) == pytest.approx(values)


def test_a_group_counts_once_however_many_of_its_occupations_lead() -> None:
    isco = ("1111",) * 6 + ("2222",)
    row = scores(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
    assert Gauge(Task.TITLE_ISCO, tuple("abcdefg"), isco).measure(row, Item("x", isco="2222")) == (0.0, 1.0)


def test_what_the_gauge_knows() -> None:
    assert Gauge(Task.TITLE_ISCO, URIS, ISCO).knows(Item("x", isco="5120"))
    assert not Gauge(Task.TITLE_ISCO, URIS, ISCO).knows(Item("x", isco="5121"))
    assert Gauge(Task.SKILL_EXTRACTION, URIS, ()).knows(Item("x", ("gone", "a")))
    assert not Gauge(Task.TITLE_OCCUPATION, URIS, ISCO).knows(Item("x", ("gone",), "7112"))


@pytest.mark.parametrize(
    ("isco", "exact", "inside"),
    [("7112", False, True), ("5120", False, True), ("9999", False, True), ("7112", True, False),
     ("7112", None, False), ("4110", False, False), ("2431", False, False), ("", False, False)],
)  # fmt: skip
def test_the_slice_is_trades_and_services_without_an_exact_label(
    isco: str, exact: bool | None, inside: bool
) -> None:
    assert in_slice(Item("x", isco=isco, exact=exact)) is inside


# --- Bootstrap ---


def test_the_bootstrap_repeats_and_surrounds_the_mean() -> None:
    values = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0], [0.0, 1.0]] * 25)
    first = bootstrap(values, seed=1)
    assert first.tolist() == bootstrap(values, seed=1).tolist()
    spread = np.linspace(0, 1, 100)[:, None]
    assert bootstrap(spread, seed=1).tolist() != bootstrap(spread, seed=2).tolist()
    assert first[1].tolist() == [1.0, 1.0, 1.0]
    mean, low, high = first[0]
    assert mean == 0.5
    # The normal approximation: 1.96 standard errors of a share of one half in 100 items.
    assert (mean - low, high - mean) == pytest.approx((0.098, 0.098), abs=0.02)


def test_one_item_has_an_interval_of_no_width() -> None:
    assert bootstrap(np.array([[0.25]])).tolist() == [[0.25, 0.25, 0.25]]


def test_the_json_has_the_agreed_shape() -> None:
    items = [Item("x", ("a",), "7112", False), Item("y", ("b",), "5120", True), Item("z", ("d",), "2431", False)]
    rows = np.stack([scores(0.9, 0.1, 0.2, 0.3), scores(0.9, 0.8, 0.1, 0.2), scores(0.1, 0.2, 0.3, 0.9)])
    gauge = Gauge(Task.TITLE_OCCUPATION, URIS, ISCO)
    counted: list[int] = []
    found = evaluate(
        Task.TITLE_OCCUPATION, items, gauge, lambda start, stop: {"one": rows[start:stop]}, counted.append
    ).as_json()
    assert list(found) == ["task", "n", "systems", "slices", "calibration"]
    assert found["calibration"] == {}
    assert (found["task"], found["n"], counted) == ("title-occupation", 3, [3])
    systems = found["systems"]
    assert isinstance(systems, dict)
    assert list(systems["one"]) == ["mrr", "recall@10", "isco4_acc@1"]
    assert systems["one"]["mrr"][0] == round((1 + 0.5 + 1) / 3, 4)
    assert all(len(ends) == 3 and ends[1] <= ends[0] <= ends[2] for ends in systems["one"].values())
    assert found["slices"] == {SLICE: {"n": 1, "systems": {"one": {m: [1.0, 1.0, 1.0] for m in systems["one"]}}}}


def test_the_calibration_error_by_hand() -> None:
    # Two bins: 0.9 stated and 0.5 right, 0.2 stated and 0 right.
    found = calibrate(np.array([0.9, 0.9, 0.2, 0.2]), np.array([1.0, 0.0, 0.0, 0.0]), resamples=50)
    assert found.error[0] == pytest.approx((2 * 0.4 + 2 * 0.2) / 4)
    assert [(part.n, part.stated, part.right) for part in found.bins] == [
        (2, pytest.approx(0.2), 0.0), (2, pytest.approx(0.9), 0.5),
    ]  # fmt: skip
    assert found.as_json()["n"] == 4


def test_a_probability_that_keeps_its_word_has_no_error() -> None:
    rng = np.random.default_rng(3)
    stated = rng.random(20_000)
    right = (rng.random(20_000) < stated).astype(float)
    assert calibrate(stated, right, resamples=20).error[0] < 0.02
    assert calibrate(stated, 1 - right, resamples=20).error[0] > 0.4


def test_certainty_belongs_to_the_last_bin() -> None:
    found = calibrate(np.array([1.0, 1.0]), np.array([1.0, 1.0]), resamples=5)
    assert (found.error, len(found.bins)) == ((0.0, 0.0, 0.0), 1)


def test_calibration_of_the_whole_and_of_the_slice() -> None:
    items = [Item("x", ("a",), "7112", False), Item("y", ("b",), "2431", True)]
    found = calibrations(items, np.array([0.75, 0.5]), ["7112", "5120"])
    assert {name: (part.n, part.error[0]) for name, part in found.items()} == {
        "all": (2, pytest.approx((0.25 + 0.5) / 2)), SLICE: (1, pytest.approx(0.25)),
    }  # fmt: skip


def test_a_thousand_resamples() -> None:
    assert RESAMPLES == 1000


# --- Systems ---

ESCO = "http://data.europa.eu/esco/occupation"


def _labels(texts: tuple[tuple[str, ...], ...], isco: tuple[str, ...] = ()) -> ConceptLabels:
    owners = tuple(at for at, names in enumerate(texts) for _ in names)
    return ConceptLabels("1", tuple(f"u{at}" for at in range(len(texts))), isco, sum(texts, ()), owners)


def test_bm25_by_hand() -> None:
    found = Bm25(["red lamp", "red kite red", "boat"]).scores(["lamp", "red"])
    # Two of three texts hold "red"; lengths 2, 3, 1, mean 2.
    rare, common = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)
    twice = common * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 1.5))
    assert found.tolist()[0] == pytest.approx([rare, 0, 0], rel=1e-5)
    assert found.tolist()[1] == pytest.approx([common, twice, 0], rel=1e-5)


def test_every_system_ranks_by_the_best_label_of_a_concept() -> None:
    labels = _labels((("kite folder", "paper kite hand"), ("lamp mender",), ("ferry rope hand", "deck hand")))
    embedder = HashingEmbedder()

    def own(texts: Sequence[str], vectors: Scores, characters: Scores, meaning: Scores) -> Scores:
        return (
            characters
            + meaning
            + np.array([[0, 0, 4 * (text == "lamp mender")] for text in texts], dtype=np.float32)
        )

    known = embedder.encode(labels.texts)
    rankers = Rankers(labels, known, known, own, 7)
    texts = ["paper kite hand", "lamp mender"]
    read = embedder.encode(texts)
    found = rankers.scores(texts, read, texts, read)
    assert tuple(found) == SYSTEMS
    assert {system: rows.shape for system, rows in found.items()} == dict.fromkeys(SYSTEMS, (2, 3))
    for system in ("char-tfidf", "encoder"):
        assert found[system][[0, 1], [0, 1]] == pytest.approx([1, 1], abs=1e-5)
    for system in ("char-tfidf", "bm25", "encoder", "sum"):
        assert found[system].argmax(axis=1).tolist() == [0, 1], system
    assert found["hunar"].argmax(axis=1).tolist() == [0, 2]
    assert found["sum"] == pytest.approx(found["char-tfidf"] + found["encoder"])
    assert found["hunar"][1] == pytest.approx(found["sum"][1] + np.array([0, 0, 4]))


def test_occupations_rank_by_likeness_group_commonness_and_link(coder: Coder) -> None:
    isco = str(coder.taxonomy.isco_of("auto-electrician"))
    labels = _labels((("one",), ("two",), ("three",)), (isco, isco, "2431"))
    reader = TitleReader(shipped_model(), HashingEmbedder(), coder)
    heard: list[Scores] = []
    ranking = OccupationRanking(reader, labels, {"auto-electrician": frozenset({"u1", "not here"})}, heard.append)
    vectors, none = np.zeros((1, 64), dtype=np.float32), np.zeros((1, 3), dtype=np.float32)
    found = ranking.of_occupations(["Auto electrician"], vectors, none, none)[0]
    assert np.argsort(-found).tolist() == [1, 0, 2]
    assert found[1] - found[0] == pytest.approx(0.25)
    groups = ranking.of_groups(["Auto electrician"], vectors, none, none)[0]
    assert groups[0] == groups[1] > groups[2]
    alike = ranking.of_occupations(["Auto electrician"], vectors, none, np.array([[0, 0, 1.5]], dtype=np.float32))[
        0
    ]
    assert alike[2] - found[2] == pytest.approx(3.0)
    assert [rows.shape for rows in heard] == [(1, len(ranking.classes))] * 3
    # What is heard is what is stated: less sure than the sum of voices.
    assert heard[0].max() < float(np.exp(groups[0]))


def test_the_commoner_of_two_occupations_comes_first() -> None:
    levels = commonness((f"{ESCO}/not-there", f"{ESCO}/{_common()}"))
    assert levels.tolist() == [1.0, 5.0]


def _common() -> str:
    rows = (line.split("\t") for line in commonness_module.TABLE.read_text(encoding="utf-8").splitlines()[1:])
    return next(occupation for occupation, level in rows if level == "5")


def test_the_table_of_commonness_names_each_occupation_once() -> None:
    lines = commonness_module.TABLE.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "occupation\tcommon"
    rows = [line.split("\t") for line in lines[1:]]
    assert len({row[0] for row in rows}) == len(rows) > 600
    assert {row[1] for row in rows} == {"3", "4", "5"}


def test_a_skill_in_a_few_words_of_a_long_sentence_is_found() -> None:
    labels = _labels((("fold paper", "crease the paper"), ("own",), ("tie knots",)))
    embedder = HashingEmbedder(256)
    known = embedder.encode(labels.texts)
    ranking = SkillRanking(embedder, labels, known)
    said = ["In the harbour office you will tie knots and greet every passenger who comes by boat", "own"]
    none = np.zeros((2, 3), dtype=np.float32)
    found = ranking(said, np.zeros((2, 256), dtype=np.float32), none, none)
    assert found[0].argmax() == 2
    # A text of fewer words than a window is compared as a whole.
    assert found[1].tolist() == [0, 0, 0]
    meaning = np.array([[0, 0, 0], [0, 1, 0]], dtype=np.float32)
    assert ranking(said, np.zeros((2, 256), dtype=np.float32), none, meaning)[1].tolist() == [0, 3, 0]


# --- Vectors that are kept ---


class _Counting(HashingEmbedder):
    made = 0

    def encode(self, texts, progress=lambda done: None):  # type: ignore[no-untyped-def]
        self.made += len(texts)
        return super().encode(texts, progress)


def test_vectors_are_made_once_for_the_same_labels_and_model(tmp_path: Path) -> None:
    embedder = _Counting()
    first = stored_vectors(embedder, ["one", "two"], tmp_path / "labels")
    assert stored_vectors(embedder, ["one", "two"], tmp_path / "labels").tolist() == first.tolist()
    assert embedder.made == 2
    stored_vectors(embedder, ["one", "three"], tmp_path / "labels")
    stored_vectors(HashingEmbedder(32), ["one", "two"], tmp_path / "labels")
    assert embedder.made == 4
    assert len(list((tmp_path / "labels").iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"not numpy", None])
def test_a_damaged_file_of_vectors_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    embedder = HashingEmbedder()
    first = stored_vectors(embedder, ["one", "two"], tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    assert stored_vectors(embedder, ["one", "two"], tmp_path).tolist() == first.tolist()
    assert np.load(path).tolist() == first.tolist()


def test_a_folder_that_cannot_be_written_is_the_operators(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("a file where the folder should be")
    with pytest.raises(OperatorError, match="The vectors of the labels cannot be kept in "):
        stored_vectors(HashingEmbedder(), ["one"], tmp_path / "labels")
