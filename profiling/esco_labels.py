"""Names of the occupations and skills of the ESCO version in use, as lists that a ranker can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from profiling.errors import OperatorError
from profiling.esco_links import EXACT
from profiling.esco_models import (
    EscoOccupation,
    EscoOccupationLabel,
    EscoOccupationSkill,
    EscoSkill,
    EscoSkillLabel,
    EscoSkillLink,
    EscoTradeLink,
    EscoVersion,
)
from profiling.queries import pick

_KINDS = ("preferred", "alternative")


@dataclass(frozen=True)
class ConceptLabels:
    """Concepts of one ESCO version and their preferred and alternative labels, in every language it holds.

    ``owners[i]`` is the position in ``uris`` of the concept that ``texts[i]`` names; owners never fall.
    ``isco`` holds the unit group of each occupation and is empty for skills.
    """

    version: str
    uris: tuple[str, ...]
    isco: tuple[str, ...]
    texts: tuple[str, ...]
    owners: tuple[int, ...]


def has_version(session: Session) -> bool:
    """Whether an ESCO version is in use."""
    return session.exec(select(EscoVersion.id).where(col(EscoVersion.active))).first() is not None


def version_in_use(session: Session) -> EscoVersion:
    """The ESCO version in use. Raises OperatorError when there is none."""
    found = session.exec(select(EscoVersion).where(col(EscoVersion.active))).first()
    if found is None:
        raise OperatorError("No ESCO version is in use. Take one in with `hunar taxonomy import PATH`.")
    return found


def occupation_labels(session: Session) -> ConceptLabels:
    """The occupations of the version in use with their ISCO-08 unit groups."""
    version = version_in_use(session)
    concepts = session.execute(
        pick(EscoOccupation.number, EscoOccupation.uri, EscoOccupation.isco)
        .where(col(EscoOccupation.version_id) == version.id)
        .order_by(col(EscoOccupation.number))
    ).all()
    label = EscoOccupationLabel
    rows = session.execute(
        pick(label.occupation, label.text)
        .where(col(label.version_id) == version.id, col(label.kind).in_(_KINDS))
        .order_by(col(label.occupation), col(label.language), col(label.position))
    ).all()
    return _gather(version.version, concepts, rows)


def skill_labels(session: Session) -> ConceptLabels:
    """The skills of the version in use, without the groups of skills."""
    version = version_in_use(session)
    concepts = session.execute(
        pick(EscoSkill.number, EscoSkill.uri)
        .where(col(EscoSkill.version_id) == version.id, ~col(EscoSkill.is_group))
        .order_by(col(EscoSkill.number))
    ).all()
    label = EscoSkillLabel
    rows = session.execute(
        pick(label.skill, label.text)
        .where(col(label.version_id) == version.id, col(label.kind).in_(_KINDS))
        .order_by(col(label.skill), col(label.language), col(label.position))
    ).all()
    return _gather(version.version, concepts, rows)


def trade_links(session: Session) -> dict[str, frozenset[str]]:
    """The addresses of the ESCO occupations that mean the same as each linked starter trade."""
    version = version_in_use(session)
    found: dict[str, set[str]] = defaultdict(set)
    linked = (
        pick(EscoTradeLink.trade, EscoOccupation.uri)
        .join(
            EscoOccupation,
            (col(EscoOccupation.version_id) == col(EscoTradeLink.version_id))
            & (col(EscoOccupation.number) == col(EscoTradeLink.occupation)),
        )
        .where(col(EscoTradeLink.version_id) == version.id)
    )
    for trade, uri in session.execute(linked):
        found[trade].add(uri)
    return {trade: frozenset(uris) for trade, uris in found.items()}


def skill_links(session: Session, *, relations: Collection[str] = (EXACT,)) -> dict[str, frozenset[str]]:
    """The addresses of the ESCO skills tied to each linked starter skill: by default those that mean the same.

    ``relations`` are some of profiling.esco_links.RELATIONS. Raises OperatorError when no version is in use.
    """
    version = version_in_use(session)
    found: dict[str, set[str]] = defaultdict(set)
    linked = (
        pick(EscoSkillLink.starter_skill, EscoSkill.uri)
        .join(
            EscoSkill,
            (col(EscoSkill.version_id) == col(EscoSkillLink.version_id))
            & (col(EscoSkill.number) == col(EscoSkillLink.skill)),
        )
        .where(col(EscoSkillLink.version_id) == version.id, col(EscoSkillLink.relation).in_(relations))
    )
    for skill, uri in session.execute(linked):
        found[skill].add(uri)
    return {skill: frozenset(uris) for skill, uris in found.items()}


def _gather(version: str, concepts: Any, rows: Any) -> ConceptLabels:
    at = {concept[0]: position for position, concept in enumerate(concepts)}
    kept = [(at[number], text) for number, text in rows if number in at]
    return ConceptLabels(
        version,
        tuple(concept[1] for concept in concepts),
        tuple(concept[2] for concept in concepts if len(concept) > 2),
        tuple(text for _, text in kept),
        tuple(owner for owner, _ in kept),
    )


def occupation_skills(session: Session) -> list[tuple[str, str]]:
    """Addresses of each occupation of the version in use and of a skill that ESCO ties to it, in order."""
    version = version_in_use(session)
    tie = EscoOccupationSkill
    query = (
        pick(EscoOccupation.uri, EscoSkill.uri)
        .join(tie, (col(tie.version_id) == col(EscoOccupation.version_id))
              & (col(tie.occupation) == col(EscoOccupation.number)))
        .join(EscoSkill, (col(EscoSkill.version_id) == col(tie.version_id))
              & (col(EscoSkill.number) == col(tie.skill)))
        .where(col(EscoOccupation.version_id) == version.id)
        .order_by(col(tie.occupation), col(tie.skill))
    )  # fmt: skip
    return [(occupation, skill) for occupation, skill in session.execute(query)]
