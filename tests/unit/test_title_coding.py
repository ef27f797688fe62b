"""The shipped title model as a coder's reader: late to load, named by its weights, with its own encoder."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from matching.embeddings import Embedder, HashingEmbedder, Progress, SentenceEmbedder, Vectors, no_progress
from matching.title_coding import ShippedTitles, encoder_named
from matching.titles import SURE
from matching.work_model import shipped_manifest
from profiling.coding import Coder
from profiling.errors import OperatorError
from profiling.taxonomy import Taxonomy


class NotYet:
    """An embedder that must not be touched."""

    latin_only = True
    dimensions = 1

    @property
    def model(self) -> str:
        raise AssertionError("the encoder was asked for")

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        raise AssertionError("the encoder was loaded")


def test_making_it_naming_it_and_coding_known_titles_load_nothing(coder: Coder) -> None:
    reading = coder.with_titles(ShippedTitles(coder, NotYet()))
    rules, _, model = reading.version.rpartition("/")
    assert rules == coder.version
    assert re.fullmatch("titles-[0-9a-f]{12}", model)
    reading.prepare(["steel fixer"])
    coded = reading.occupation("steel fixer")
    assert coded is not None
    assert (coded.occupation, coded.likeness) == ("steel-fixer", 1.0)


def test_the_encoder_is_the_models_whatever_the_application_embeds_with() -> None:
    name = shipped_manifest()["encoder"]
    assert encoder_named(name, HashingEmbedder()).model == name
    mine: Embedder = HashingEmbedder()
    assert encoder_named(mine.model, mine) is mine
    with pytest.raises(OperatorError, match="needs the encoder nowhere"):
        encoder_named("nowhere", mine)


def test_titles_that_no_rule_knows_are_coded_and_noise_is_not(starter: Taxonomy) -> None:
    rules = Coder(Taxonomy("t", starter.isco_groups, {}, {}))
    reading = rules.with_titles(ShippedTitles(rules, SentenceEmbedder()))
    reading.prepare(["Bus driver", "Plumber"])
    for title, group in (("Bus driver", "isco:8331"), ("Plumber", "isco:7126")):
        coded = reading.occupation(title)
        assert coded is not None
        assert (coded.occupation, coded.words) == (group, title)
        assert SURE <= coded.likeness < 1
    for noise in ("", "9841234567", "!!!", "call today"):
        assert reading.occupation(noise) is None
