"""Nothing rises by itself: each level of evidence names what raised it."""

from __future__ import annotations

import uuid

import pytest

from profiling.identity import Referee
from profiling.models import Credential, Evidence, Experience, Origin, SkillClaim
from profiling.recognition import credential_level, weigh_claims
from profiling.taxonomy import Taxonomy

OWNER = uuid.uuid4()
TRADE = "plumber"


def claim(skill: str, job: int | None = None) -> SkillClaim:
    return SkillClaim(
        returnee_id=OWNER, skill=skill, origin=Origin.READ, source_text="x", start=0, end=1,
        experience_position=job, evidence=int(Evidence.SIGNED_CREDENTIAL), evidence_source="left over",
    )  # fmt: skip


def job(position: int, seen: bool | None) -> Experience:
    return Experience(returnee_id=OWNER, position=position, title="plumber", document_seen=seen)


def card(kind: str, seen: bool | None, occupation: str | None = TRADE) -> Credential:
    return Credential(
        returnee_id=OWNER, position=1, title="Plumber", kind=kind, document_seen=seen, occupation=occupation
    )


def reference(at: int | None, confirmed: str | None) -> Referee:
    return Referee(position=3, name="R", experience_position=at, confirmed_on=confirmed)


DECLARED = (Evidence.DECLARED, None)


@pytest.mark.parametrize(
    ("jobs", "cards", "references", "level"),
    [
        ([job(1, None)], [], [], DECLARED),
        ([job(1, False)], [], [], DECLARED),
        ([job(1, True)], [], [], (Evidence.DOCUMENT_SEEN, "job:1")),
        ([job(1, False), job(2, True)], [], [], DECLARED),
        ([job(1, None)], [], [reference(1, None)], DECLARED),
        ([job(1, None)], [], [reference(None, "2026-01-01")], DECLARED),
        ([job(1, None), job(2, None)], [], [reference(2, "2026-01-01")], DECLARED),
        ([job(1, True)], [], [reference(1, "2026-01-01")], (Evidence.REFERENCE_CONFIRMED, "reference:3")),
        ([job(1, None)], [card("certificate", None)], [], DECLARED),
        ([job(1, None)], [card("rpl", False)], [], DECLARED),
        ([job(1, None)], [card("rpl", True, None)], [], DECLARED),
        ([job(1, None)], [card("rpl", True, "baker")], [], DECLARED),
        ([job(1, None)], [card("training", True)], [], (Evidence.DOCUMENT_SEEN, "credential:1")),
        ([job(1, None)], [card("rpl", True)], [], (Evidence.RPL_ASSESSED, "credential:1")),
        (
            [job(1, True)],
            [card("certificate", True)],
            [reference(1, "2026")],
            (Evidence.REFERENCE_CONFIRMED, "reference:3"),
        ),
        ([job(1, True)], [card("rpl", True)], [reference(1, "2026")], (Evidence.RPL_ASSESSED, "credential:1")),
    ],
)
def test_what_raises_a_claim(
    starter: Taxonomy,
    jobs: list[Experience],
    cards: list[Credential],
    references: list[Referee],
    level: tuple[Evidence, str | None],
) -> None:
    made = claim(starter.usual_skills(TRADE)[0], 1)
    weigh_claims([made], jobs, cards, references, starter)
    assert (Evidence(made.evidence), made.evidence_source) == level


def test_a_certificate_speaks_only_for_the_skills_of_its_trade(starter: Taxonomy) -> None:
    foreign = claim("make-formwork")
    assert "make-formwork" not in starter.usual_skills(TRADE)
    weigh_claims([foreign], [], [card("rpl", True)], [], starter)
    assert (foreign.evidence, foreign.evidence_source) == DECLARED


def test_credential_levels() -> None:
    assert credential_level(card("rpl", True)) is Evidence.RPL_ASSESSED
    assert credential_level(card("training", True)) is Evidence.DOCUMENT_SEEN
    for seen in (None, False):
        assert credential_level(card("rpl", seen)) is Evidence.DECLARED
