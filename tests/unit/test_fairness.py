"""Fairness: what it measures, what reaches matching, and that wording by sex does not move a ranking."""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from math import log2
from pathlib import Path

import numpy as np
import pytest
from gendered_wording import PAIRS, twins
from matching_cases import TAXONOMY, TODAY, an_id, job, market, placed, random_units, skills, unit, vacancy
from people import counsellor, principal_now

from api.access_log import log_lines, log_sentence
from api.application import Application
from api.fairness import Fairness, age_group
from matching.documents import person_document
from matching.fairness import Comparison, Group, compare, discount, outcomes
from matching.people import Person
from matching.pipeline import near_enough, rank
from matching.retrieval import retrieve
from matching.work_embedder import work_embedder
from profiling.access import Role
from profiling.consent import ConsentWord, add_consent
from profiling.errors import Forbidden
from profiling.models import Purpose
from profiling.passport import MatchingProfile
from profiling.privacy import scrub, telling_words
from profiling.repository import find_returnee
from profiling.taxonomy import Taxonomy

ROOT = Path(__file__).parents[2]
INF = float("inf")


def by_name(found: Comparison) -> dict[str, Group]:
    return {group.label: group for group in found.groups}


# --- the measures ---------------------------------------------------------------------------------


def test_what_a_place_in_a_list_is_worth() -> None:
    assert [discount(rank) for rank in (1, 3, 7)] == [1.0, 0.5, 1 / 3]


def test_outcomes_of_three_lists() -> None:
    found = outcomes([[2, 0], [2], [1, 0, 2]], 4, 1)
    half, third = 0.5, 1 / log2(3)
    assert found[:, 0].tolist() == [1, 1, 1, 0]
    assert found[:, 1].tolist() == [0, 1, 1, 0]
    assert found[:, 2] == pytest.approx([third + third, 1.0, 1.0 + 1.0 + half, 0])


def test_no_lists_and_nobody() -> None:
    assert outcomes([], 2, 10).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert compare([], outcomes([], 0, 10)) == Comparison(0, 0, ())
    nothing = compare(["a"] * 6 + ["b"] * 6, outcomes([], 12, 10))
    assert [(g.n, g.share_of_exposure, g.ratios["shown"].ratio) for g in nothing.groups] == [(6, None, None)] * 2
    with pytest.raises(ValueError, match="1 labels for 2 people"):
        compare(["a"], np.zeros((2, 3)))


def test_shares_ratios_and_who_is_not_shown() -> None:
    labels: list[str | None] = ["a"] * 10 + ["b"] * 5 + ["c"] * 4 + [None]
    found = np.zeros((20, 3))
    found[:8, 0] = found[10:13, 0] = 1
    found[:10, 2], found[10:15, 2], found[15:, 2] = 3.0, 2.0, 50.0
    told = compare(labels, found)
    assert (told.n, told.not_shown, [g.label for g in told.groups]) == (20, 5, ["a", "b"])
    a, b = told.groups
    assert (a.n, b.n, a.share_of_people, a.share_of_exposure) == (10, 5, 10 / 15, 0.75)
    assert (a.ratios["shown"].mean[0], b.ratios["shown"].mean[0]) == (0.8, 0.6)
    assert a.ratios["shown"].ratio == (1.0, 1.0, 1.0)
    assert b.ratios["shown"].ratio is not None
    assert b.ratios["shown"].ratio[0] == pytest.approx(0.75)
    assert not b.ratios["shown"].marked
    assert b.ratios["exposure"].ratio is not None
    assert b.ratios["exposure"].ratio[0] == pytest.approx(2 / 3)
    assert a.ratios["among_first"].ratio is None


def test_the_same_seed_gives_the_same_intervals() -> None:
    found = np.random.default_rng(1).random((40, 3))
    labels = ["a", "b"] * 20
    assert compare(labels, found) == compare(labels, found)


@pytest.mark.parametrize(("others", "marked"), [(0.3, False), (0.95, True)])
def test_five_of_whom_none_was_shown_are_not_certain_of_it(others: float, marked: bool) -> None:
    found = np.zeros((205, 3))
    found[5 : 5 + int(200 * others), 0] = 1
    few = by_name(compare(["few"] * 5 + ["many"] * 200, found))["few"].ratios["shown"]
    assert few.ratio is not None
    assert few.ratio[0] == 0
    assert few.ratio[2] > 0.3
    assert few.marked is marked


def test_a_ratio_whose_base_may_be_nothing_has_no_upper_end() -> None:
    found = np.zeros((10, 3))
    found[0, 0] = 1
    b = by_name(compare(["a"] * 5 + ["b"] * 5, found))["b"].ratios["shown"]
    assert b.ratio is not None
    assert (b.ratio[0], b.ratio[2], b.marked) == (0.0, INF, False)


def planted(shown: float, n: int = 1000, seed: int = 4) -> Comparison:
    """Two groups of n; six of ten of the first are shown anything, and ``shown`` times as many of the second."""
    found = np.zeros((2 * n, 3))
    found[: round(0.6 * n), :2] = found[n : n + round(0.6 * n * shown), :2] = 1
    exposure = np.random.default_rng(seed).gamma(2.0, 1.0, n)
    found[:, 2] = np.concatenate([exposure, shown * exposure])
    return compare(["one"] * n + ["other"] * n, found)


def test_a_planted_seven_tenths_is_marked_with_its_interval() -> None:
    other = by_name(planted(0.7))["other"]
    for measure in ("shown", "exposure"):
        ratio = other.ratios[measure]
        assert ratio.ratio is not None
        value, low, high = ratio.ratio
        assert value == pytest.approx(0.7, abs=0.001), measure
        assert 0.6 < low < 0.67, measure
        assert 0.73 < high < 0.8, measure
        assert ratio.marked


def test_nine_tenths_is_not_marked() -> None:
    assert not any(ratio.marked for group in planted(0.9).groups for ratio in group.ratios.values())


def test_equal_groups_are_seldom_marked_however_many() -> None:
    """Without regard to the number of pairs some four of ten such tables had a mark."""
    rng = np.random.default_rng(9)
    labels = [f"g{at % 8}" for at in range(160)]
    marked = 0
    for seed in range(20):
        found = (rng.random((160, 3)) < 0.5).astype(float)
        told = compare(labels, found, seed=seed, resamples=500)
        marked += any(ratio.marked for group in told.groups for ratio in group.ratios.values())
    assert marked <= 4


# --- the whole way: two populations equal but for the label ------------------------------------------


def test_two_populations_equal_but_for_the_label() -> None:
    """1,000 people and their doubles with other ids, ranked by the pipeline for 120 vacancies."""
    rng = np.random.default_rng(8)
    codes = list(TAXONOMY.occupations)
    offers = [
        vacancy(f"V-{at}", title=TAXONOMY.label(code), occupation=code, country="NP",
                essential=TAXONOMY.occupations[code].skills[:2])
        for at, code in enumerate(rng.choice(codes, 120).tolist())
    ]  # fmt: skip
    held = market(placed(offers), random_units(120))
    lists: dict[int, list[tuple[float, str, int]]] = {}
    for at in range(1000):
        code = codes[int(rng.integers(len(codes)))]
        some = [skill for skill in TAXONOMY.occupations[code].skills if rng.random() < 0.5]
        profile = MatchingProfile(
            an_id(f"p{at}"), "NP", "Bagmati", "Chitwan", jobs=(job(code, code, int(rng.integers(3, 120))),),
            skills=skills(*some), work_countries=frozenset({"NP"}),
        )  # fmt: skip
        who = Person(profile, unit(rng.normal(size=8).astype(np.float32)), TAXONOMY)
        for view, scored in rank(who, held, retrieve(who, held, TODAY)):
            if near_enough(scored):
                for double in (0, 1000):
                    place = (-scored.score, str(an_id(f"p{at + double}")), at + double)
                    lists.setdefault(view.row, []).append(place)
    found = outcomes([[number for *_, number in sorted(each)] for each in lists.values()], 2000, 10)
    told = compare(["one"] * 1000 + ["other"] * 1000, found)
    assert told.groups[0].ratios["shown"].mean[0] > 0.3
    for group in told.groups:
        for measure in ("shown", "exposure"):
            ratio = group.ratios[measure].ratio
            assert ratio is not None
            assert ratio[0] >= 0.95, measure
            assert not group.ratios[measure].marked


# --- nothing of this reaches matching -------------------------------------------------------------

#: Fields of a person that no code of matching may reach, by whatever way.
FORBIDDEN = re.compile(
    r"^(?:sex|gender|age|birth\w*|born|date_of_birth|dob|religion|faith|caste|ethnicity|given_name|family_name"
    r"|full_name|marital\w*)$"
)
MATCHING = sorted((ROOT / "matching").rglob("*.py"))


def named(source: str) -> set[str]:
    """Fields, variables, parameters, keys and imports that a source names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.arg(arg=name) | ast.alias(name=name):
                found.add(name)
            case ast.keyword(arg=str(name)) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                found.add(name)
            case (
                ast.Call(args=[_, ast.Constant(value=str(name)), *_])
                | ast.Call(args=[ast.Constant(value=str(name))])
            ):
                found.add(name)
    return found


@pytest.mark.parametrize("path", MATCHING, ids=lambda path: path.stem)
def test_matching_names_no_field_that_tells_who_somebody_is(path: Path) -> None:
    names = named(path.read_text(encoding="utf-8"))
    assert not {name for name in names if FORBIDDEN.match(name)}
    assert "identity" not in {part for name in names for part in name.split(".")}


@pytest.mark.parametrize(
    "source", ["person.sex", "row['caste']", "getattr(row, 'birth_date')", "def f(age): ...", "f(religion=1)",
               "x.get('gender')", "sex = 1", "import profiling.identity"],
)  # fmt: skip
def test_the_search_for_such_fields_can_fail(source: str) -> None:
    assert any(FORBIDDEN.match(name) or "identity" in name for name in named(source))


def test_the_profile_has_no_such_field() -> None:
    assert not [field.name for field in fields(MatchingProfile) if FORBIDDEN.match(field.name)]


# --- wording by sex ------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_sentence_in_two_wordings_is_one_sentence(one: str, other: str) -> None:
    assert scrub(one) == scrub(other)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("saleswomen, forewoman, workmen, midwife", "salesmen, foreman, workmen, midwife"),
        ("aged 45, 34 years old, born in 1989-04; 16 mm rod aged", ", , ; 16 mm rod aged"),
        ("Mr. Rajan Kurup said", "said"),
        ("Respected Sir. Worked in kitchen", "Respected . Worked in kitchen"),
        ("दिदीले पाइप जोडिन्", "पाइप जोडिन्"),
        ("भाइरस मार्ने", "भाइरस मार्ने"),
        ("SMT Operator, kheti pati", "SMT Operator, kheti pati"),
        ("MS Office, MS Pipe; Ms. Rai and Ms Rai", "MS Office, MS Pipe; and"),
        ("work w/o supervision", "work w/o supervision"),
    ],
)
def test_what_goes_of_a_wording_and_what_stays(text: str, kept: str) -> None:
    assert scrub(text) == kept


def test_no_telling_word_is_a_trade_or_a_skill(starter: Taxonomy) -> None:
    """Words that say which work it is must reach the vector; those of a trade's two forms lead to one of them."""
    names = {name.text.casefold() for trade in starter.occupations.values() for name in trade.names}
    lost = {word for word, instead in telling_words().items() if word in names and not instead}
    assert lost == set()
    assert {instead for instead in telling_words().values() if instead} <= {
        "waiter", "waiters", "host", "hosts", "steward", "stewards", "tailor", "tailors", "manager", "masseur",
        "actor", "actors", "houseboy", "houseboys",
    }  # fmt: skip


def test_wording_by_sex_leaves_the_first_ten() -> None:
    """60 accounts by the packaged encoder; the overlap is 1 where the documents are the same."""
    nobody = MatchingProfile(uuid.UUID(int=0), "NP", None, None)
    documents = [
        [person_document(nobody, [scrub(text, [name])], TAXONOMY) for text, name in pair] for pair in twins(60)
    ]
    vectors = work_embedder().encode([text for pair in documents for text in pair])
    offers = work_embedder().encode(
        sorted({pair[0][:90] for pair in documents}) + list(TAXONOMY.isco_groups.values())
    )
    first = np.argsort(-(vectors @ offers.T), axis=1, kind="stable")[:, :10]
    overlap = [
        len(set(a) & set(b)) / len(set(a) | set(b))
        for a, b in zip(first[::2].tolist(), first[1::2].tolist(), strict=True)
    ]
    assert float(np.mean(overlap)) >= 0.95


def test_a_trade_that_is_also_a_family_name_stays() -> None:
    assert scrub("darzi, as Darzi Bajwana says", ["Waqas", "Darzi Bajwana"]) == "darzi, as says"


# --- the report -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "group"),
    [("2001-11-20", "25 to 34"), ("2001-11-21", "under 25"), ("2001", "under 25"), ("2000", "25 to 34"),
     ("1971-11", "45 to 54"), ("1950", "55 and older"), (None, None)],
)  # fmt: skip
def test_an_age_group_goes_by_years_surely_completed(born: str | None, group: str | None) -> None:
    assert age_group(born, date(2026, 11, 20)) == group


def rows(count: int, sex: str, start: int = 0) -> list[dict[str, str]]:
    return [
        {
            "ref": f"R-{sex}-{at + start}", "given_name": "Maya", "sex": sex, "home_country": "Nepal",
            "home_province": "Bagmati Pradesh", "consent_matching": "yes", "birth_date": "1990-01",
            "job1_title": "plumber", "job1_country": "Nepal", "job1_from": "2020", "job1_to": "2024",
            "job2_title": "plumber", "job2_country": "Qatar", "job2_from": "2010", "job2_to": "2015",
            "job3_title": "plumber", "job3_country": "Kuwait", "job3_from": "2006", "job3_to": "2009",
        }
        for at in range(count)
    ]  # fmt: skip


@pytest.fixture
def filled(sqlite_application: Application, write_csv: Callable[..., Path]) -> Application:
    made = sqlite_application
    made.add_centre("Centre", "NP")
    people = [
        *rows(6, "female"),
        *rows(7, "male"),
        *rows(2, "other"),
        {"ref": "R-none", "given_name": "Om", "home_country": "Nepal"},
    ]
    assert made.ingest("returnees", write_csv("people.csv", *people)).rejected == 0
    offers = [{"ref": f"V-{at}", "title": "Plumber", "country": "Nepal", "status": "open"} for at in range(3)]
    assert made.ingest("vacancies", write_csv("vacancies.csv", *offers)).rejected == 0
    made.refresh()
    return made


def head(application: Application) -> Fairness:
    who = counsellor(application, "Centre", Role.HEAD)
    return Fairness(application, principal_now(application, who, application.now()))


def test_the_report_of_a_small_caseload(filled: Application) -> None:
    found = head(filled).report()
    assert (found.people, found.not_matched, found.said_no, found.vacancies) == (15, 1, 0, 3)
    whole = found.sectors[0].by
    assert [(g.label, g.n) for g in whole["sex"].groups] == [("male", 7), ("female", 6)]
    assert whole["sex"].not_shown == 2
    assert [(g.label, g.n) for g in whole["age"].groups] == [("35 to 44", 15)]
    # The last job abroad: Qatar, whatever stands last in the file.
    assert [(g.label, g.n) for g in whole["destination"].groups] == [("QA", 15)]
    assert [g.label for g in whole["origin"].groups] == ["NP Bagmati Pradesh"]
    assert whole["sex"].groups[0].ratios["shown"].mean[0] == 1
    assert [sector.major for sector in found.sectors] == [None, "7"]
    assert found.as_json()["people"] == 15


def test_who_says_no_to_statistics_is_not_counted_and_the_others_read_of_it(filled: Application) -> None:
    desk = head(filled)
    with filled.session() as session:
        people = [find_returnee(session, desk.principal, f"R-male-{at}") for at in (0, 1)]
        add_consent(session, people[0], ConsentWord(Purpose.STATISTICS, False), filled.now(), None)
        session.commit()
    found = desk.report()
    assert (found.people, found.said_no) == (14, 1)
    with filled.reading() as session:
        told = [[line for line in log_lines(session, who) if line.what == "fairness"] for who in people]
    assert told[0] == []
    [line] = told[1]
    assert log_sentence(line) == (
        "The head of the centre (Centre) counted you, without your name, to see whether everybody is shown work "
        "alike: man or woman, your date of birth and your work and skills."
    )


def test_a_counsellor_may_not_ask(filled: Application) -> None:
    who = counsellor(filled, "Centre")
    with pytest.raises(Forbidden):
        Fairness(filled, principal_now(filled, who, filled.now())).report()


def test_an_empty_caseload_has_an_honest_report(sqlite_application: Application) -> None:
    sqlite_application.add_centre("Centre", "NP")
    sqlite_application.refresh()
    found = head(sqlite_application).report()
    assert (found.people, found.vacancies, found.sectors[0].by["sex"].groups) == (0, 0, ())
