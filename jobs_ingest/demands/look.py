"""A quick look at a whole text before its clauses are read: most texts are silent of most things."""

from __future__ import annotations

from dataclasses import dataclass

from jobs_ingest.demands.education import may_name_schooling
from jobs_ingest.demands.experience import may_name_experience
from jobs_ingest.demands.languages import may_name_language
from jobs_ingest.demands.licences import may_name_permit


@dataclass(frozen=True, slots=True)
class Looked:
    """What a quick look says that a text can name at all."""

    experience: bool
    schooling: bool
    language: bool
    licence: bool

    @classmethod
    def at(cls, folded: str) -> Looked:
        """A look at a folded text."""
        return cls(
            may_name_experience(folded),
            may_name_schooling(folded),
            may_name_language(folded),
            may_name_permit(folded),
        )

    @property
    def anything(self) -> bool:
        """Whether there can be anything but skills."""
        return self.experience or self.schooling or self.language or self.licence
