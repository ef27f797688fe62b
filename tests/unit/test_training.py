"""Training on a small fictional ESCO: the recipe runs whole, repeats with its seed, and refuses what is damaged."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from esco_download import tables, write

from matching.embeddings import SentenceEmbedder
from matching.title_model import NOTHING
from matching.training import corpus as corpora
from matching.training.contrastive import Recipe, tune
from matching.training.corpus import Corpus, plain_title, read_corpus
from matching.training.noise import noisy
from matching.training.pairs import Pairs
from matching.training.ship import train
from matching.work_embedder import WorkEmbedder, layers_digest, work_embedder
from matching.work_model import MANIFEST, SHIPPED, WEIGHTS, quantised, read_model, shipped_model
from profiling.coding import Coder
from profiling.errors import InputError, OperatorError


@pytest.fixture
def corpus(tmp_path: Path, coder: Coder, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    own = tmp_path / "own"
    own.mkdir()
    book = [f"7318\ten\tkite hand {n}" for n in range(400)] + [f"7421\ten\tlamp mender {n}" for n in range(400)]
    (own / "title_book.tsv").write_text("\n".join(["isco08\tlanguage\ttitle", *book]) + "\n", encoding="utf-8")
    real = "isco08\tlanguage\ttitle\n7318\ten\tKITE HAND urgent\n7421\ten\tlamp mender (Doha)\n7421\thi\tलैंप मेंडर\n"
    (own / "real_titles.tsv").write_text(real, encoding="utf-8")
    (own / "no_title.tsv").write_text(
        "isco08\tlanguage\ttext\n\ten\tDoha\n\ten\turgent\n\ten\t2019\n", encoding="utf-8"
    )
    told = "skill\tsentence\nfictional-fold\tYou crease sheets.\nfictional-knot\tRopes are made fast.\n"
    (own / "skill_sentences.tsv").write_text(told, encoding="utf-8")
    monkeypatch.setattr(corpora, "OWN", own)
    index = tmp_path / "index.csv"
    index.write_text('isco08,title\n7318,"Hand, kite: paper"\n8350,Ropeman\n731,Group\n', encoding="utf-8")
    return read_corpus(write(tmp_path / "esco v1.1.1", tables()), index, coder.taxonomy)


def test_the_corpus_holds_every_source(corpus: Corpus) -> None:
    assert {title.source for title in corpus.titles} == {
        "ESCO", "ISCO-08 index", "starter", "title_book", "real_titles", "no_title",
    }  # fmt: skip
    assert [t.text for t in corpus.titles if t.source == "ISCO-08 index"] == ["paper kite hand", "Ropeman"]
    assert len(corpus.sentences) == 2
    assert set(corpus.sources) > {"ESCO", "ISCO-08 index", "title_book.tsv"}


@pytest.mark.parametrize(
    ("inverted", "plain"),
    [
        ("Operator, machine: sewing", "sewing machine operator"),
        ("Abbot", "Abbot"),
        ("Grinder, glass lens", "glass lens grinder"),
    ],
)
def test_titles_of_the_index_are_turned_round(inverted: str, plain: str) -> None:
    assert plain_title(inverted) == plain


def test_a_table_that_does_not_hold_together_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "title_book.tsv"
    path.write_text("isco08\tlanguage\ttitle\n71\ten\tmason\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"title_book.tsv, line 2: '71' is no unit group"):
        list(corpora._own_titles(path))
    path.write_text("isco08\tlanguage\ttitle\n7112\tmason\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: has 2 cells instead of 3"):
        list(corpora._own_titles(path))


def test_noise_repeats_with_its_seed_and_keeps_most_of_the_title() -> None:
    made = [noisy("Shuttering carpenter", random.Random(seed), 1) for seed in range(50)]
    assert made == [noisy("Shuttering carpenter", random.Random(seed), 1) for seed in range(50)]
    assert len(set(made)) > 15
    assert noisy("Mason", random.Random(1), 0) == "Mason"


def test_batches_hold_pairs_of_every_kind(corpus: Corpus) -> None:
    pairs = Pairs(corpus, [0, 0, 1], random.Random(3), 8)
    drawn = dict(pairs.draw() for _ in range(200))
    assert set(drawn) == set(Pairs.SHARES)
    for kind, batch in drawn.items():
        assert all(pair.left and pair.right and pair.key for pair in batch), kind
    assert sum(Pairs.SHARES.values()) == pytest.approx(1)


def test_the_whole_recipe_makes_a_model_that_reads_back_and_repeats(
    corpus: Corpus, coder: Coder, tmp_path: Path
) -> None:
    recipe = Recipe(steps=3, batch=4, warm_up=1, threads=1)
    steps: list[str] = []
    made = train(corpus, coder, tmp_path / "one", 5, lambda step, done, total: steps.append(step), recipe)
    assert {"encoder", "pieces", "vectors", "layer"} <= set(steps)
    again = quantised(tune(corpus, recipe))
    assert all(np.allclose(again[name], made.encoder[name], atol=1e-3) for name in again)
    model = read_model(tmp_path / "one")
    assert model.titles.classes[-1] == NOTHING
    plain, tuned = SentenceEmbedder(), work_embedder(model)
    assert tuned.model != plain.model
    one, other = plain.encode(["kite folder"])[0], tuned.encode(["kite folder"])[0]
    assert 0.5 < float(one @ other) < 1
    titles = ["kite hand 5", "lamp mender 7"]
    read = model.titles.probabilities(titles, titles, tuned.encode(titles), ["", ""])
    assert [model.titles.classes[at] for at in read.argmax(axis=1)] == ["7318", "7421"]


def test_a_damaged_or_foreign_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    with pytest.raises(OperatorError, match="no whole model"):
        read_model(folder)
    content = (SHIPPED / WEIGHTS).read_bytes()
    manifest = json.loads((SHIPPED / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    (folder / WEIGHTS).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(OperatorError, match="not those that its manifest names"):
        read_model(folder)
    (folder / MANIFEST).write_text(json.dumps({**manifest, "features": "older"}), encoding="utf-8")
    with pytest.raises(OperatorError, match="other features"):
        read_model(folder)


def test_what_is_shipped_is_small_and_tells_where_it_comes_from() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 25_000_000
    manifest = shipped_model().manifest
    assert {"data", "seed", "figures", "attribution", "made_with", "encoder"} <= set(manifest)
    assert manifest["encoder"] == work_embedder().model != SentenceEmbedder().model
    assert manifest["layers"] == layers_digest(shipped_model().encoder)
    for name in ("title_book.tsv", "real_titles.tsv", "no_title.tsv"):
        assert manifest["data"][name] == corpora._digest(corpora.OWN / name), name


def test_an_embedder_of_the_work_model_takes_no_other_layers() -> None:
    assert WorkEmbedder(dict, "none").model.endswith("work-none/128")
