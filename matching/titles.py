"""Reading a job title: ranked ISCO-08 unit groups with probabilities, and an honest "not sure".

A title may name two jobs (*house driver cum cook*): the parts are read besides the whole. Duties, sector and
country beside a title are a further, weaker voice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.embeddings import Embedder, Vectors
from matching.title_model import NOTHING, Floats, as_english, softmax
from matching.work_model import WorkModel
from profiling.coding import Coder

#: Least stated probability of the first unit group for a reading to be called sure. Below it a person is asked.
SURE = 0.5
_EVEN = 0.5
#: How much less what stands beside a title counts than the title itself.
_CONTEXT = 0.3
_LONGEST = 300
_SHOWN = 5
_LEAST_SHOWN = 0.03
_BETWEEN_JOBS = re.compile(
    r"[/&+,;|]|\b(?:cum|and|also|or|as well as|then|later|aur|ani|ra)\b"
    r"|(?<!\S)(?:और|तथा|एवं|अनि|এবং|ও|اور|மற்றும்|සහ|හා)(?!\S)",
    re.IGNORECASE,
)
#: No title holds this much: a page was pasted.
_MAX_TITLE = 400


@dataclass(frozen=True)
class GroupReading:
    """A unit group of ISCO-08 and the probability that a careful coder would choose it."""

    isco: str
    title: str
    probability: float


@dataclass(frozen=True)
class TitleReading:
    """What a title was read as.

    ``sure`` is False when the text names no job, or several groups are about as likely; ``groups`` then are
    suggestions for a person, or empty. ``nothing``: the probability that the text names no job at all.
    ``names_job``: sure, or a trade's name stands in it, whichever group it is. ``further``: readings of the other
    jobs that the title names.
    """

    text: str
    sure: bool
    groups: tuple[GroupReading, ...]
    nothing: float
    names_job: bool = False
    further: tuple[TitleReading, ...] = ()


class TitleReader:
    """Reads titles with one model, encoder and coder. Making it is cheap; the encoder loads at the first use."""

    def __init__(self, work: WorkModel, embedder: Embedder, coder: Coder) -> None:
        """Without the encoder that the model was trained with, its reading of vectors is left out."""
        self.model = work.titles
        self._embedder = embedder if embedder.model == work.manifest["encoder"] else None
        self._coder = coder
        self._nothing = self.model.classes.index(NOTHING)

    def read(self, title: str, context: str = "") -> TitleReading:
        """Read one title. ``context``: duties, sector, country, as free text."""
        return self.read_all([title], [context])[0]

    def read_all(self, titles: Sequence[str], contexts: Sequence[str] = ()) -> list[TitleReading]:
        """Read many titles, each with its context. Never raises on any text."""
        parts = [_jobs(title) for title in titles]
        flat = [*titles, *(part for some in parts for part in some)]
        read = self.probabilities(flat, [*contexts, *[""] * (len(flat) - len(contexts))])
        made = [self._reading(text, row) for text, row in zip(flat, read, strict=True)]
        whole, rest = made[: len(titles)], iter(made[len(titles) :])
        found = []
        for reading, some in zip(whole, parts, strict=True):
            of_parts = [next(rest) for _ in some]
            found.append(_joined(reading, of_parts))
        return found

    def probabilities(
        self,
        titles: Sequence[str],
        contexts: Sequence[str] = (),
        vectors: Vectors | None = None,
        labels: Floats | None = None,
    ) -> Floats:
        """Shape (titles, classes of the model); rows sum to 1. What is stated to people is ``stated`` of them.

        ``vectors`` of the titles as English, if they were made before with this reader's encoder, and ``labels``
        as in TitleModel.
        """
        short = [title[:_LONGEST] for title in titles]
        english = [as_english(title) for title in short]
        if self._embedder is None:
            vectors = labels = None
        elif vectors is None:
            vectors = self._embedder.encode(english)
        read = self.model.probabilities(short, english, vectors, [self.prior(title) for title in short], labels)
        told = [row for row, context in enumerate(contexts) if context.strip()]
        if told:
            read[told] = self._with_context(read[told], [contexts[row][:_LONGEST] for row in told])
        for row, title in enumerate(titles):
            if len(title) > _MAX_TITLE or not any(letter.isalpha() for letter in title):
                read[row] = 0
                read[row, self._nothing] = 1
        return read

    def stated(self, probabilities: Floats) -> Floats:
        """The calibrated probabilities, of the same shape."""
        return self.model.calibration.stated(probabilities)

    def _with_context(self, read: Floats, texts: Sequence[str]) -> Floats:
        """What stands beside a title shifts the weights of the groups and never says that there is no job."""
        english = [as_english(text) for text in texts]
        vectors = self._embedder.encode(english) if self._embedder else None
        beside = np.log(self.model.probabilities(texts, english, vectors, [""] * len(texts)) + 1e-4)
        beside[:, self._nothing] = np.delete(beside, self._nothing, axis=1).mean(axis=1)
        return softmax(np.log(read + 1e-9) + np.float32(_CONTEXT) * beside)

    def trade(self, title: str) -> str:
        """The starter trade (or its unit group) that a title names; empty when none is known."""
        coded = self._coder.occupation(title)
        return coded.occupation if coded else ""

    def prior(self, title: str) -> str:
        """The ISCO-08 code that the starter taxonomy reads in a title; empty when it knows none."""
        return str(self._coder.taxonomy.isco_of(self.trade(title)) or "")

    def _reading(self, title: str, row: Floats) -> TitleReading:
        order = [at for at in np.argsort(-row, kind="stable")[: _SHOWN + 1] if at != self._nothing][:_SHOWN]
        names = self._coder.taxonomy.isco_groups
        stated = self.stated(row)
        groups = tuple(
            GroupReading(code, names.get(code, code), float(stated[at]))
            for at in order
            if stated[at] >= _LEAST_SHOWN and (code := self.model.classes[at])
        )
        known = self.prior(title[:_LONGEST])
        # Two readers that do not know of each other and say the same are believed at even odds.
        agreed = len(known) == 4 and bool(groups) and groups[0].isco == known and row[order[0]] >= _EVEN
        sure = bool(groups) and (groups[0].probability >= SURE or bool(agreed))
        named = sure or (bool(known) and row[self._nothing] < _EVEN)
        return TitleReading(title, sure, groups, float(row[self._nothing]), named)


def _jobs(title: str) -> list[str]:
    """The parts of a title that may each name a job; empty for a title of one part."""
    if len(title) > _MAX_TITLE:
        return []
    parts = [part.strip() for part in _BETWEEN_JOBS.split(title)]
    kept = [part for part in parts if sum(letter.isalpha() for letter in part) > 1]
    return kept[:4] if len(kept) > 1 else []


def _joined(whole: TitleReading, parts: Sequence[TitleReading]) -> TitleReading:
    """The reading of the whole, with the readings of parts that name another job.

    The whole of two jobs may look like a third (*steel fixer, also ducting helper* is no sheet-metal worker): where
    parts name a job, the first of them leads.
    """
    named = [part for part in parts if part.names_job and part.groups]
    first = whole
    if len(named) > 1 or (named and not whole.sure):
        first = replace(named[0], text=whole.text)
    seen = {first.groups[0].isco} if first.groups else set()
    further = []
    for part in named:
        if part.groups[0].isco not in seen:
            seen.add(part.groups[0].isco)
            further.append(part)
    return replace(first, further=tuple(further))
