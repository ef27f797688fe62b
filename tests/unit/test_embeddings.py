"""Embedders: the packaged sentence model without a network, and the small one of the tests."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest

from matching.embeddings import HashingEmbedder, SentenceEmbedder
from profiling.errors import OperatorError

TEXTS = [
    "plumber",
    "pipe fitter",
    "nurse",
    "",
    "Formwork carpenter. Nine years of shuttering for columns, beams, slabs and stairs in Doha." * 3,
    "बिजुली मिस्त्री",
    "cook in a catering kitchen",
]


def _refuse(*_: object, **__: object) -> None:
    raise AssertionError("the network was used")


@pytest.fixture(scope="module")
def sentences() -> SentenceEmbedder:
    """The packaged model, imported and loaded once: with the hub switched off and every connection refused."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TRANSFORMERS_OFFLINE", "1")
        patch.setenv("HF_HOME", "/nonexistent")
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _refuse)
        patch.setattr(socket, "getaddrinfo", _refuse)
        found = SentenceEmbedder()
        assert found.encode(["plumber"]).shape == (1, 384)
    return found


def test_the_packaged_model_gives_unit_vectors_in_order(sentences: SentenceEmbedder) -> None:
    told: list[int] = []
    vectors = sentences.encode(TEXTS, told.append)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert sentences.dimensions == 384
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert sum(told) == len(TEXTS)
    backwards = sentences.encode(TEXTS[::-1])[::-1]
    np.testing.assert_allclose(backwards, vectors, atol=1e-5)


def test_alone_or_in_a_batch_the_vector_is_the_same(sentences: SentenceEmbedder) -> None:
    vectors = sentences.encode(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(sentences.encode([text])[0], vector, atol=1e-5)


def test_more_texts_than_a_chunk_keep_their_order(sentences: SentenceEmbedder) -> None:
    texts = [f"{'very ' * (at % 3)}worker {at}" for at in range(260)]
    vectors = sentences.encode(texts)
    for at in (0, 4, 255, 256, 259):
        np.testing.assert_allclose(sentences.encode([texts[at]])[0], vectors[at], atol=1e-5)


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("pipe fitter", "plumber", "nurse"),
        ("shuttering carpenter", "formwork carpenter", "hotel receptionist"),
        ("caregiver for elderly people", "nursing assistant", "welder"),
    ],
)
def test_related_work_lies_nearer(sentences: SentenceEmbedder, one: str, near: str, far: str) -> None:
    a, b, c = sentences.encode([one, near, far])
    assert a @ b > a @ c


def test_no_text_gives_no_vector(sentences: SentenceEmbedder) -> None:
    assert sentences.encode([]).shape == (0, 384)


def test_the_model_is_named_with_its_version(sentences: SentenceEmbedder) -> None:
    name, version, tokens = sentences.model.split("/")
    assert name == "all-minilm-l6-v2"
    assert version[0].isdigit()
    assert tokens == "128"
    assert SentenceEmbedder(max_tokens=64).model != sentences.model


def test_a_folder_without_a_model_is_the_operators_to_mend(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=tmp_path.name):
        SentenceEmbedder(tmp_path)


def test_the_small_embedder_is_deterministic() -> None:
    one, other = HashingEmbedder(32), HashingEmbedder(32)
    np.testing.assert_array_equal(one.encode(TEXTS), other.encode(TEXTS))
    assert one.encode(TEXTS).shape == (len(TEXTS), 32)
    np.testing.assert_allclose(np.linalg.norm(one.encode(TEXTS), axis=1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(one.encode(TEXTS)[2], one.encode(["Nurses"])[0])
    assert one.model != HashingEmbedder(64).model


def test_the_small_embedder_finds_shared_words() -> None:
    a, b, c = HashingEmbedder().encode(["pipe fitter Doha", "pipe fitter", "hotel cook"])
    assert a @ b > 0.7 > a @ c
