"""The shipped title model as the reader that a coder asks (``profiling.coding.Coder.with_titles``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cached_property

from matching.embeddings import Embedder, SentenceEmbedder
from matching.titles import SURE, TitleReader, TitleReading
from matching.work_embedder import work_embedder
from matching.work_model import shipped_manifest, shipped_model
from profiling.coding import Coder
from profiling.errors import OperatorError
from profiling.guessing import GuessedGroup, TitleGuess

#: Titles read in one call: each takes a row of every unit group for each voice of the model.
_AT_ONCE = 500


class ShippedTitles:
    """Reads titles with the shipped model. Making it costs nothing; model and encoder load with the first title.

    It knows what the model was measured on: a title alone, without duties or country.
    """

    def __init__(self, rules: Coder, embedder: Embedder) -> None:
        """``rules``: the coder whose word the model weighs; ``embedder``: used if it is the model's encoder."""
        self._rules = rules.by_rules()
        self._embedder = embedder

    @property
    def version(self) -> str:
        """Model, weights of its voices, and from which probability on it is believed.

        Raises OperatorError without a model.
        """
        manifest = shipped_manifest()
        told = json.dumps([manifest["sha256"], manifest["titles"], SURE], sort_keys=True)
        return f"titles-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    def read_titles(self, titles: Sequence[str]) -> list[TitleGuess]:
        """As in TitleGuesser."""
        found: list[TitleGuess] = []
        for start in range(0, len(titles), _AT_ONCE):
            found += map(_guess, self._reader.read_all(titles[start : start + _AT_ONCE]))
        return found

    @cached_property
    def _reader(self) -> TitleReader:
        model = shipped_model()
        return TitleReader(model, encoder_named(str(model.manifest["encoder"]), self._embedder), self._rules)


def encoder_named(name: str, preferred: Embedder) -> Embedder:
    """The encoder that a title model was trained with: the preferred embedder or a packaged one.

    Only with it do the model's probabilities hold; Hunar may embed documents with another, multilingual one.
    Raises OperatorError when there is none of that name.
    """
    packaged: tuple[Callable[[], Embedder], ...] = (lambda: preferred, SentenceEmbedder, work_embedder)
    for make in packaged:
        made = make()
        if made.model == name:
            return made
    raise OperatorError(f"The title model needs the encoder {name}, which is not installed. Install Hunar anew.")


def _guess(reading: TitleReading) -> TitleGuess:
    return TitleGuess(reading.sure, tuple(GuessedGroup(group.isco, group.probability) for group in reading.groups))
