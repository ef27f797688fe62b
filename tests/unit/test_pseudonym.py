"""What an employer may see of a person: bands, regions, codes, and nothing that is rare."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from matching_cases import TAXONOMY, an_id, credential, job, person, profile, skills, vacancy

from api.candidates import PseudonymousCandidate, is_shown, shown_candidate
from matching.gaps import GapKind
from matching.pipeline import PersonMatch, explain
from matching.ranking import VACANCY_RANKER
from profiling.models import Evidence
from profiling.passport import MatchingProfile, Pay
from profiling.pseudonym import (
    GULF,
    LEAST,
    SOUTH_ASIA,
    Crowd,
    Detail,
    Region,
    ShownCredential,
    ShownSkill,
    ShownWork,
    Years,
    pseudonym,
    pseudonymous,
    region_of,
    years_of,
)
from profiling.vault import open_vault

SAID = "ZQXSAID"


def crowd(count: int = LEAST, **held: Iterable[str]) -> Crowd:
    return Crowd({Detail(name): dict.fromkeys(values, count) for name, values in held.items()})


EVERYTHING = crowd(
    country=["NP"], province=["NP/Bagmati"], district=["NP/Chitwan"], trade=TAXONOMY.occupations,
    group=["isco:71", "isco:74", "isco:93"], region=list(Region), skill=TAXONOMY.skills,
    language=["ne", "ar", "en"], framework=["NP-NVQS"], level=["NP-NVQS 2"],
)  # fmt: skip
MASON = profile(
    jobs=(
        job(f"{SAID} mason", "mason", 40, country="QA"),
        job(f"{SAID} mason", "mason", 30, country="MY"),
        job(f"{SAID} cook", "cook", None, country="NP"),
        job(f"{SAID} something", None, 900, country="QA"),
    ),
    skills=skills("plaster") | skills("lay-bricks", evidence=Evidence.RPL_ASSESSED),
    credentials=(credential("mason", framework="NP-NVQS", level=2),),
    languages={"ne": "native", "ar": "working"},
    education_level="secondary", wanted_work=(f"{SAID} wish",), wanted_occupations=("cook",),
    work_districts=("Kaski",), expected_pay=Pay(31234.0, "NPR", "month"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("months", "band"),
    [
        (None, Years.UNKNOWN), (0, Years.UNDER_1), (11, Years.UNDER_1), (12, Years.FROM_1_TO_3),
        (35, Years.FROM_1_TO_3), (36, Years.FROM_3_TO_5), (59, Years.FROM_3_TO_5), (60, Years.FROM_5_TO_10),
        (119, Years.FROM_5_TO_10), (120, Years.OVER_10), (600, Years.OVER_10),
    ],
)  # fmt: skip
def test_bands_of_years(months: int | None, band: Years) -> None:
    assert years_of(months) == band


def test_regions() -> None:
    assert len(GULF) == 6
    assert len(SOUTH_ASIA) == 8
    found = {code: region_of(code) for code in ("QA", "AE", "MY", "NP", "KR", "GB")}
    assert found == {
        "QA": Region.GULF, "AE": Region.GULF, "MY": Region.MALAYSIA, "NP": Region.SOUTH_ASIA,
        "KR": Region.ELSEWHERE, "GB": Region.ELSEWHERE,
    }  # fmt: skip


def test_what_is_common_is_shown_in_bands_and_codes() -> None:
    shown = pseudonymous(MASON, EVERYTHING, TAXONOMY)
    assert (shown.home_country, shown.home_province, shown.home_district) == ("NP", "Bagmati", "Chitwan")
    assert shown.work == (
        ShownWork("mason", Years.FROM_5_TO_10, (Region.GULF, Region.MALAYSIA)),
        ShownWork("cook", Years.UNKNOWN, (Region.SOUTH_ASIA,)),
    )
    assert shown.skills == (
        ShownSkill("lay-bricks", Evidence.RPL_ASSESSED), ShownSkill("plaster", Evidence.DECLARED),
    )  # fmt: skip
    assert shown.credentials == (ShownCredential("certificate", "mason", "NP-NVQS", 2, Evidence.DOCUMENT_SEEN),)
    assert (shown.more_work, shown.more_skills, shown.more_languages) == (0, 0, 0)


def test_a_mother_tongue_is_shown_as_a_fluent_language() -> None:
    assert pseudonymous(MASON, EVERYTHING, TAXONOMY).languages == (("ar", "working"), ("ne", "fluent"))


def test_nothing_is_shown_among_nobody() -> None:
    shown = pseudonymous(MASON, Crowd(), TAXONOMY)
    assert (shown.home_country, shown.home_province, shown.home_district) == (None, None, None)
    assert (shown.work, shown.more_work) == ((), 2)
    assert (shown.skills, shown.more_skills) == ((), 2)
    assert (shown.languages, shown.more_languages) == ((), 2)
    assert shown.credentials == (ShownCredential("certificate", None, None, None, Evidence.DOCUMENT_SEEN),)


def without(detail: Detail, value: str, count: int = LEAST - 1) -> Crowd:
    return Crowd({**EVERYTHING.held, detail: {**EVERYTHING.held[detail], value: count}})


def test_a_rare_district_becomes_its_province_and_a_rare_province_the_country() -> None:
    shown = pseudonymous(MASON, without(Detail.DISTRICT, "NP/Chitwan"), TAXONOMY)
    assert (shown.home_province, shown.home_district) == ("Bagmati", None)
    shown = pseudonymous(MASON, without(Detail.PROVINCE, "NP/Bagmati"), TAXONOMY)
    assert (shown.home_country, shown.home_province) == ("NP", None)


def test_a_district_of_the_same_name_in_another_country_does_not_count() -> None:
    abroad = profile(home_country="IN", home_district="Chitwan")
    assert pseudonymous(abroad, EVERYTHING, TAXONOMY).home_district is None


def test_a_rare_trade_becomes_its_group_and_is_counted_when_that_is_rare() -> None:
    shown = pseudonymous(MASON, without(Detail.TRADE, "mason"), TAXONOMY)
    assert [(work.trade, work.years) for work in shown.work] == [
        ("isco:71", Years.FROM_5_TO_10), ("cook", Years.UNKNOWN),
    ]  # fmt: skip
    assert shown.credentials[0].trade == "isco:71"
    # Cooks are ISCO-08 group 51, of which there are too few.
    shown = pseudonymous(MASON, without(Detail.TRADE, "cook"), TAXONOMY)
    assert [work.trade for work in shown.work] == ["mason"]
    assert shown.more_work == 1


def test_a_rare_skill_and_a_rare_language_are_only_counted() -> None:
    shown = pseudonymous(MASON, without(Detail.SKILL, "plaster"), TAXONOMY)
    assert ([skill.code for skill in shown.skills], shown.more_skills) == (["lay-bricks"], 1)
    shown = pseudonymous(MASON, without(Detail.LANGUAGE, "ar"), TAXONOMY)
    assert (shown.languages, shown.more_languages) == ((("ne", "fluent"),), 1)


def test_a_rare_region_a_rare_framework_and_a_rare_level() -> None:
    shown = pseudonymous(MASON, without(Detail.REGION, "malaysia"), TAXONOMY)
    assert shown.work[0].regions == (Region.ELSEWHERE, Region.GULF)
    shown = pseudonymous(MASON, without(Detail.LEVEL, "NP-NVQS 2"), TAXONOMY)
    assert (shown.credentials[0].framework, shown.credentials[0].level) == ("NP-NVQS", None)
    shown = pseudonymous(MASON, without(Detail.FRAMEWORK, "NP-NVQS"), TAXONOMY)
    assert (shown.credentials[0].framework, shown.credentials[0].level) == (None, None)


def test_pseudonyms_differ_between_vacancies_and_people_and_last(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "vault.keys")
    a, b, one, other = an_id("a"), an_id("b"), an_id("one"), an_id("other")
    found = [pseudonym(vault, vacancy_id, who) for vacancy_id in (a, b) for who in (one, other)]
    assert len(set(found)) == 4
    assert pseudonym(open_vault(tmp_path / "vault.keys"), a, one) == found[0]
    assert not {one, other, a, b} & set(found)


# --- the match ------------------------------------------------------------------------------------

VIEW = vacancy(
    title="Mason wanted", occupation="mason", essential=["lay-bricks", "paint-walls"], wished=["plaster"],
    country="NP", province="Bagmati", district="Chitwan", education_level="bachelor", experience_years=4.0,
    languages={"en": "working"}, framework="NP-NVQS", level=2, pay=Pay(20000.0, "NPR", "month"),
    contract="wage_work",
)  # fmt: skip


def candidate(known: MatchingProfile, among: Crowd, view: object = VIEW) -> PseudonymousCandidate:
    someone = replace(person(), profile=known)
    scored = VACANCY_RANKER.score(someone, view, 0.5)  # type: ignore[arg-type]
    match = explain(someone, view, scored)  # type: ignore[arg-type]
    assert is_shown(match)
    return shown_candidate(PersonMatch(known.returnee_id, someone, match), an_id("pseudonym"), None, among)


def test_reasons_are_built_anew_from_codes_and_bands() -> None:
    shown = candidate(replace(MASON, aspirations=frozenset({"wage_work"})), EVERYTHING)
    reasons = {reason.key: dict(reason.params) for reason in shown.reasons}
    assert reasons == {
        "same_occupation": {"trade": "mason", "asked": "mason", "years": "3_to_5"},
        "essential_skills": {"count": 1, "asked": 2},
        "wished_skills": {"count": 1, "asked": 1},
        "usual_skills": {"count": 2, "asked": 3},
        "meaning": {},
        "experience_enough": {"years": "5_to_10", "asked": 4.0},
        "proof": {"evidence": "document_seen"},
        "level_met": {"asked": "NP-NVQS 2"},
        "languages_short": {"missing": ("en",)},
        "place_near": {"where": "Chitwan"},
    }
    assert shown.fit == "strong"
    assert [(skill.code, skill.asked, skill.essential) for skill in shown.matched] == [
        ("lay-bricks", "asked lay-bricks", True), ("plaster", "asked plaster", False),
    ]  # fmt: skip
    assert [(gap.kind, gap.code) for gap in shown.missing] == [
        (GapKind.SKILL, "paint-walls"), (GapKind.LANGUAGE, "en"),
    ]  # fmt: skip
    text = repr(shown)
    for hidden in (SAID, "my plaster", "31234", "secondary", "Kaski", str(MASON.returnee_id), "70", "40"):
        assert hidden not in text, hidden


def test_of_what_is_rare_neither_having_nor_lacking_is_told() -> None:
    rare = without(Detail.SKILL, "lay-bricks")
    shown = candidate(MASON, rare)
    assert [skill.code for skill in shown.matched] == ["plaster"]
    essential = next(reason for reason in shown.reasons if reason.key == "essential_skills")
    assert dict(essential.params) == {"count": 0, "asked": 1}
    lacking = without(Detail.SKILL, "paint-walls")
    assert GapKind.SKILL not in {gap.kind for gap in candidate(MASON, lacking).missing}
    spoken = candidate(MASON, without(Detail.LANGUAGE, "en"))
    assert "languages_short" not in {reason.key for reason in spoken.reasons}
    assert GapKind.LANGUAGE not in {gap.kind for gap in spoken.missing}


def test_a_rare_trade_is_only_told_to_be_near() -> None:
    reasons = {r.key: dict(r.params) for r in candidate(MASON, without(Detail.TRADE, "mason")).reasons}
    assert reasons["near_occupation"] == {"trade": "isco:71", "asked": "mason", "years": "3_to_5"}
    assert not {"same_occupation", "experience_enough", "proof"} & set(reasons)


@pytest.mark.parametrize(
    ("asked", "key"),
    [(1.0, "experience_enough"), (5.0, "experience_enough"), (5.5, None), (8.0, None), (9.9, None),
     (10.0, "experience_short"), (15.0, "experience_short")],
)  # fmt: skip
def test_asking_for_other_years_does_not_find_the_month(asked: float, key: str | None) -> None:
    found = {reason.key for reason in candidate(MASON, EVERYTHING, replace(VIEW, experience_years=asked)).reasons}
    assert {k for k in found if k.startswith("experience")} == ({key} if key else set())


def test_a_district_that_is_only_wished_for_is_not_told() -> None:
    kaski = replace(VIEW, district="Kaski", province="Gandaki")
    assert "place_near" not in {reason.key for reason in candidate(MASON, EVERYTHING, kaski).reasons}
    rare = candidate(MASON, without(Detail.DISTRICT, "NP/Chitwan"))
    assert "place_near" not in {reason.key for reason in rare.reasons}


def test_a_match_that_rests_on_a_wish_is_not_shown() -> None:
    wishing = profile(wanted_work=("mason",), wanted_occupations=("mason",))
    someone = replace(person(), profile=wishing)
    scored = VACANCY_RANKER.score(someone, vacancy(title="Mason", occupation="mason"), 0.9)
    match = explain(someone, vacancy(title="Mason", occupation="mason"), scored)
    assert match.score > 0.45
    assert not is_shown(match)


def test_a_profile_carries_no_id_of_the_person() -> None:
    held = str(asdict(pseudonymous(MASON, EVERYTHING, TAXONOMY)))
    assert str(uuid.UUID(str(MASON.returnee_id))) not in held
    assert MASON.returnee_id.hex not in held
