"""Beliefs about the kind of work a text names, and how near two of them are expected to be.

A title rarely names one occupation beyond doubt. So a belief is kept: a probability for each occupation and for
each ISCO-08 unit group. Two beliefs are compared by what their nearness is worth on the average, which lets a
doubtful title count for less than a clear one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matching.title_model import Floats, softmax

#: What it is worth that two works lie in one minor group, besides in one unit group, besides in one occupation:
#: the gains 2**grade - 1 of the grades 1, 2 and 3 (Burges et al. 2005), each over what the wider one gives.
MINOR, UNIT, OCCUPATION = 1.0, 2.0, 4.0
#: How far scores of occupations are apart for one to be e times as likely, and how much the occupations' own groups
#: count beside those of the title model.
_SPREAD = 0.2
_OWN_GROUPS = 0.7
#: Share of a person's skills that come from anywhere, and how much each skill says: skills of one work are told
#: together and are no independent witnesses.
_STRAY = 0.2
_EACH = 0.5
_TINY = 1e-9


@dataclass(frozen=True)
class WorkScheme:
    """Unit groups, and occupations within them. ``isco``: the unit group of each occupation, one of ``groups``."""

    groups: tuple[str, ...]
    isco: tuple[str, ...] = ()

    @cached_property
    def group_of(self) -> npt.NDArray[np.int64]:
        """Of each occupation the position of its unit group."""
        at = {code: position for position, code in enumerate(self.groups)}
        return np.array([at[code] for code in self.isco], dtype=np.int64)

    @cached_property
    def minor_of(self) -> npt.NDArray[np.int64]:
        """Of each unit group the number of its minor group."""
        return np.unique([code[:3] for code in self.groups], return_inverse=True)[1]

    def by_group(self, occupations: Floats) -> Floats:
        """Probabilities of unit groups from those of occupations, shape (n, groups)."""
        return _summed(occupations, self.group_of, len(self.groups))

    def by_minor(self, groups: Floats) -> Floats:
        """Probabilities of minor groups from those of unit groups, shape (n, minor groups)."""
        return _summed(groups, self.minor_of, int(self.minor_of.max()) + 1)


@dataclass(frozen=True)
class Beliefs:
    """Of n texts: ``groups`` of shape (n, unit groups), ``occupations`` of shape (n, occupations).

    Rows of ``groups`` add up to 1, or to less where the text may name no job. ``occupations`` add up, group by
    group, to ``groups``; they have no columns where no occupations are known.
    """

    groups: Floats
    occupations: Floats


def title_beliefs(scheme: WorkScheme, occupations: Floats, groups: Floats) -> Beliefs:
    """Beliefs of titles, from scores of occupations (``OccupationRanking``) and the title model's groups.

    ``groups``: probabilities, shape (n, groups of the scheme).
    """
    likely = softmax(occupations / np.float32(_SPREAD))
    own = scheme.by_group(likely)
    mixed = np.asarray(_OWN_GROUPS * own + (1 - _OWN_GROUPS) * groups, dtype=np.float32)
    factor = np.asarray(mixed / np.maximum(own, _TINY), dtype=np.float32)
    return Beliefs(mixed, likely * factor[:, scheme.group_of])


def expected_nearness(scheme: WorkScheme, ours: Beliefs, theirs: Beliefs) -> Floats:
    """What the nearness of two works is worth, expected: shape (ours, theirs), 0 to 1.

    1 is the same occupation beyond doubt (the same unit group, where no occupations are known).
    """
    found = MINOR * scheme.by_minor(ours.groups) @ scheme.by_minor(theirs.groups).T
    found += UNIT * ours.groups @ theirs.groups.T
    most = MINOR + UNIT
    if scheme.isco:
        found += OCCUPATION * ours.occupations @ theirs.occupations.T
        most += OCCUPATION
    return np.asarray(found / most, dtype=np.float32)


class SkillEvidence:
    """Which works a person's skills point to: naive Bayes over the skills that belong to each work.

    A person of a work tells some of its skills, each as likely as another, and with a share of .2 skills from
    anywhere (Manning, Raghavan and Schuetze 2008, chapter 13, with a background in place of add-one smoothing).
    """

    def __init__(self, works: int, pairs: Iterable[tuple[int, str]]) -> None:
        """``pairs``: number of a work (0 to ``works`` - 1) and a skill that belongs to it."""
        having: dict[str, set[int]] = {}
        count = np.zeros(works)
        for work, skill in pairs:
            owners = having.setdefault(skill, set())
            if work not in owners:
                owners.add(work)
                count[work] += 1
        total = count.sum()
        self._works = works
        self._share = (1 - _STRAY) / np.maximum(count, 1)
        self._having = {skill: np.fromiter(owners, dtype=np.int64) for skill, owners in having.items()}
        self._stray = {skill: _STRAY * len(owners) / total for skill, owners in having.items()}

    def knows(self, skill: str) -> bool:
        """Whether a skill belongs to any work."""
        return skill in self._having

    def scores(self, skills: Sequence[str]) -> Floats:
        """Logarithm of how well each work explains the skills, shape (works,); 0 for none that is known."""
        found = np.zeros(self._works)
        for skill in dict.fromkeys(skills):
            owners = self._having.get(skill)
            if owners is not None:
                found[owners] += np.log1p(self._share[owners] / self._stray[skill])
        return np.asarray(_EACH * found, dtype=np.float32)


def _summed(values: Floats, part_of: npt.NDArray[np.int64], parts: int) -> Floats:
    """Columns added up by the part that each belongs to."""
    found = np.zeros((len(values), parts), dtype=np.float32)
    np.add.at(found.T, part_of, values.T)
    return found
