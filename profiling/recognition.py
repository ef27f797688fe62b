"""How strong the evidence of a claim is. Nothing rises by itself: each level names what raised it.

The ladder: declared < document seen < reference confirmed < RPL assessed < signed credential.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from profiling.models import Credential, Evidence, Experience, SkillClaim
from profiling.taxonomy import Taxonomy


class Confirmation(Protocol):
    """What weighing needs of a reference: which job it speaks for, and whether it was confirmed."""

    @property
    def position(self) -> int:
        """Its number in the passport."""

    @property
    def experience_position(self) -> int | None:
        """The job it speaks for."""

    @property
    def confirmed_on(self) -> str | None:
        """When somebody confirmed it."""


def weigh_claims(
    claims: Sequence[SkillClaim],
    experiences: Sequence[Experience],
    credentials: Sequence[Credential],
    references: Sequence[Confirmation],
    taxonomy: Taxonomy,
) -> None:
    """Set each claim's evidence to the strongest that stands behind it, and name that.

    A contract or pay slip that was seen and a reference that was confirmed speak for the skills told of
    in that job. A certificate that was seen speaks for the claimed skills that are usual in its trade.
    A certificate that nobody has seen raises nothing.
    """
    seen = {job.position for job in experiences if job.document_seen}
    confirmed = {
        ref.experience_position: ref.position
        for ref in references
        if ref.confirmed_on and ref.experience_position is not None
    }
    for claim in claims:
        job = claim.experience_position
        _raise(claim, Evidence.DECLARED, None)
        if job in seen:
            _raise(claim, Evidence.DOCUMENT_SEEN, f"job:{job}")
        if job in confirmed:
            _raise(claim, Evidence.REFERENCE_CONFIRMED, f"reference:{confirmed[job]}")
        for credential in credentials:
            if credential.document_seen and claim.skill in taxonomy.usual_skills(credential.occupation):
                _raise(claim, credential_level(credential), f"credential:{credential.position}")


def credential_level(credential: Credential) -> Evidence:
    """The evidence that a certificate gives: RPL assessed for an RPL result that was seen."""
    if not credential.document_seen:
        return Evidence.DECLARED
    return Evidence.RPL_ASSESSED if credential.kind == "rpl" else Evidence.DOCUMENT_SEEN


def _raise(claim: SkillClaim, level: Evidence, source: str | None) -> None:
    if source is None:
        claim.evidence, claim.evidence_source = int(level), None
    elif level > claim.evidence:
        claim.evidence, claim.evidence_source = int(level), source
