"""Systems that rank titles of vacancies or courses for a past title and skills: the baselines, and Hunar.

What a title leaves unsaid of its occupation, Hunar brings in from ESCO's labels and relations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.embeddings import Vectors
from matching.kinds_of_work import Beliefs, SkillEvidence, WorkScheme, expected_nearness, title_beliefs
from matching.label_likeness import LabelLikeness
from matching.rankers import Bm25, OccupationRanking, Scores
from matching.title_model import NOTHING, Floats, as_english, softmax
from profiling.esco_labels import ConceptLabels

#: How much the title of a past job counts beside the logarithms of the skills' evidence.
_TITLE = 1.5
_AT_ONCE = 256


@dataclass(frozen=True)
class PassportQuery:
    """One past title and the skills of a worker: ESCO's names, and their addresses."""

    title: str
    skills: tuple[str, ...]
    uris: tuple[str, ...]


class WorkReader:
    """Beliefs of titles over the occupations of one ESCO version."""

    def __init__(
        self,
        ranking: OccupationRanking,
        labels: ConceptLabels,
        likeness: LabelLikeness,
        pairs: Sequence[tuple[str, str]],
    ) -> None:
        """``pairs``: addresses of an occupation and of a skill tied to it."""
        self._ranking = ranking
        self._likeness = likeness
        self._kept = [at for at, code in enumerate(ranking.classes) if code != NOTHING]
        self.scheme = WorkScheme(tuple(ranking.classes[at] for at in self._kept), labels.isco)
        at = {uri: position for position, uri in enumerate(labels.uris)}
        self.evidence = SkillEvidence(len(at), ((at[work], skill) for work, skill in pairs if work in at))

    def scores(self, titles: Sequence[str], vectors: Vectors) -> tuple[Floats, Floats]:
        """Scores of occupations and probabilities of unit groups; ``vectors``: of the titles as English."""
        english = [as_english(title) for title in titles]
        occupations, groups = [], []
        for start in range(0, len(titles), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            alike = self._likeness.characters(english[part]), self._likeness.meaning(vectors[part])
            occupations.append(self._ranking.of_occupations(titles[part], vectors[part], *alike))
            groups.append(self._ranking.groups(titles[part], vectors[part], *alike)[:, self._kept])
        return np.concatenate(occupations), np.concatenate(groups)

    def of_titles(self, titles: Sequence[str], vectors: Vectors) -> Beliefs:
        """What kind of work each title names."""
        return title_beliefs(self.scheme, *self.scores(titles, vectors))

    def of_people(self, people: Sequence[PassportQuery], vectors: Vectors, *, skills: bool = True) -> Beliefs:
        """What kind of work each person did, by past title (``vectors``) and skills together."""
        titles, _ = self.scores([one.title for one in people], vectors)
        said: Floats = titles * np.float32(_TITLE)
        if skills:
            said += np.stack([self.evidence.scores(one.uris) for one in people])
        likely = softmax(said)
        return Beliefs(self.scheme.by_group(likely), likely)


def passport_systems(
    people: Sequence[PassportQuery],
    documents: Sequence[str],
    plain: Mapping[str, Vectors],
    mine: Mapping[str, Vectors],
    reader: WorkReader,
    seed: int,
) -> dict[str, Scores]:
    """The scores of every system, shape (people, documents).

    ``plain`` and ``mine`` hold the vectors of the packaged encoder and of the one in use under ``titles`` (of
    people), ``skills`` (the mean of a person's, of unit length) and ``documents``. A baseline is the likeness of a
    title to the past title plus that to the skills. ``random`` draws anew for each person.
    """
    said = [one.title for one in people]
    skills = ["; ".join(one.skills) for one in people]
    characters = character_likeness(documents, said) + character_likeness(documents, skills)
    words = Bm25(documents)
    encoder = _meaning(plain)
    ours = reader.of_people(people, mine["titles"])
    offers = reader.of_titles(documents, mine["documents"])
    groups_alone = WorkScheme(reader.scheme.groups)
    return {
        "random": np.random.default_rng(seed).random((len(people), len(documents)), dtype=np.float32),
        "char-tfidf": characters,
        "bm25": words.scores(said) + words.scores(skills),
        "encoder": encoder,
        "sum": characters + encoder,
        "trained-encoder": _meaning(mine),
        "hunar": expected_nearness(reader.scheme, ours, offers),
        "hunar without skills": expected_nearness(
            reader.scheme, reader.of_people(people, mine["titles"], skills=False), offers
        ),
        "hunar by groups alone": expected_nearness(groups_alone, ours, offers),
    }


def _meaning(vectors: Mapping[str, Vectors]) -> Scores:
    return np.asarray((vectors["titles"] + vectors["skills"]) @ vectors["documents"].T, dtype=np.float32)


def character_likeness(documents: Sequence[str], texts: Sequence[str]) -> Scores:
    """Cosine of TF-IDF vectors of character n-grams (2 to 4, within words), shape (texts, documents)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    maker: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32)
    known = maker.fit_transform(documents)
    found: Scores = (maker.transform(texts) @ known.T).toarray()
    return found
