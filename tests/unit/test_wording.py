"""Every key that matching emits has words, for every person of the demo centre."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from matching_cases import TODAY, demo_application, demo_refs, person, vacancy
from test_features import CASES

from api import match_wording, wording
from api.application import Application
from matching import features, gaps
from matching.explanation import Question, Reason, questions, reasons
from matching.gaps import COURSE_RANKER, GapKind, NearMiss, find_gaps, rank_courses
from matching.pipeline import load_person
from matching.ranking import VACANCY_RANKER
from matching.retrieval import Barrier, retrieve
from profiling.errors import NotFound
from profiling.models import Evidence
from profiling.repository import find_returnee


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The demo centre on SQLite."""
    folder = tmp_path_factory.mktemp("wording")
    made = demo_application(f"sqlite:///{folder / 'hunar.db'}", folder)
    yield made
    made.engine.dispose()


MISTRI = {"said": "mistri", "held": "Mason", "occupation": "Mason"}


def check(text: str) -> None:
    assert text.strip()
    assert "{" not in text, text
    assert "}" not in text, text
    assert "None" not in text, text
    assert "()" not in text, text


def test_every_signal_of_every_demo_person_has_words(demo: Application) -> None:
    market = demo.market()
    seen: set[tuple[str, str, bool]] = set()
    keys: set[str] = set()
    asked: set[str] = set()
    kinds: set[GapKind] = set()
    people = 0
    for ref in demo_refs():
        with demo.reading() as session:
            scope = demo.system(session)
            try:
                who = load_person(
                    session, scope, find_returnee(session, scope, ref), market, demo.embedder, demo.now()
                )
            except NotFound:
                continue
        people += 1
        found: list[Reason] = []
        near = []
        for view in market.vacancies:
            scored = VACANCY_RANKER.score(who, view, float(market.vectors[view.row] @ who.vector))
            missing = find_gaps(who, view)
            found += reasons(scored)
            for gap in missing:
                kinds.add(gap.kind)
                check(match_wording.gap_text(gap, market.taxonomy))
            if missing and scored.score > 0.5:
                near.append(NearMiss(view, scored.score, tuple(missing)))
            for question in questions(who, [(view, missing)]):
                asked.add(question.key)
                check(match_wording.question_text(question))
        for _, scored in rank_courses(who, market.courses, near, 1000):
            found += reasons(scored)
        for barrier in retrieve(who, market, TODAY).left_out:
            check(match_wording.BARRIERS[barrier])
        for reason in found:
            once = (reason.key, str(reason.params), reason.amount > 0)
            if once not in seen:
                seen.add(once)
                keys.add(reason.key)
                check(match_wording.reason_text(reason))
    assert people > 40
    # The demo centre is varied enough to show nearly everything there are words for.
    assert len(keys) >= len(match_wording.REASONS) * 3 // 4, set(match_wording.REASONS) - keys
    assert kinds >= {GapKind.SKILL, GapKind.UNCONFIRMED, GapKind.LICENCE, GapKind.LEVEL}
    assert len(asked) >= 3


def test_every_signal_of_the_feature_tables_has_words() -> None:
    said = set()
    for case in CASES:
        function, who, what, expected = case.values
        if expected is None:
            continue
        signal = function(person(**who), vacancy(**what), 0.3)
        for amount in (-0.5, 0.5):
            text = match_wording.reason_text(Reason(signal.key, signal.params, function.__name__, amount))
            check(text)
            said.add(text)
    assert len(said) > 40


def test_no_words_are_left_over() -> None:
    constants = {
        node.value
        for module in (features, gaps)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(match_wording.REASONS) - constants == {"meaning_high", "meaning_low"}


def test_the_tables_are_complete() -> None:
    assert set(match_wording.BARRIERS) == {barrier.value for barrier in Barrier}
    assert set(match_wording.GAPS) == set(GapKind)
    assert set(wording.EVIDENCE) == set(Evidence)
    assert {f.name for f in VACANCY_RANKER.table} & {f.name for f in COURSE_RANKER.table} == set()


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            Reason("same_occupation", {**MISTRI, "months": 40}, "", 1),
            "Worked as “mistri” (Mason) for 3 years 4 months: the same trade",
        ),
        (
            Reason("same_occupation", {**MISTRI, "months": 0}, "", 1),
            "Worked as “mistri” (Mason): the same trade",
        ),
        (Reason("meaning", {}, "meaning", 0.2), "The two descriptions read alike"),
        (Reason("meaning", {}, "meaning", -0.2), "The two descriptions read differently"),
        (
            Reason("essential_skills", {"matched": ("a", "b"), "asked": 3}, "", 1),
            "2 of 3 essential skills told of",
        ),
        (
            Reason("languages_short", {"matched": ("ne",), "missing": ("en", "ar")}, "", -1),
            "Languages asked for and not yet recorded at that level: English, Arabic",
        ),
        (
            Reason(
                "pay_short",
                {
                    "offered": 900.0, "offered_period": "day", "hoped": 30000.0, "hoped_period": "month",
                    "currency": "NPR",
                },
                "pay",
                -1,
            ),
            "Pays NPR 900 a day, less than the 30,000 a month hoped for",
        ),
        (
            Reason("education_short", {"held": "lower_secondary", "asked": "higher_secondary"}, "", -1),
            "Schooling is lower secondary, asked is higher secondary",
        ),
        (
            Reason("opens_vacancies", {"count": 1, "titles": ("Wireman",), "nearer": 0}, "", 1),
            "Would close every gap to 1 open vacancy: Wireman",
        ),
        (
            Reason("opens_vacancies", {"count": 5, "titles": ("A", "B", "C", "D", "A"), "nearer": 2}, "", 1),
            "Would close every gap to 5 open vacancies: A; B; C; and 1 more (and bring 2 nearer)",
        ),
        (Reason("weeks", {"weeks": 1}, "", 1), "Takes 1 week"),
        (Reason("weeks", {"weeks": 0.5}, "", 1), "Takes 0.5 weeks"),
        # Braces in somebody's words are shown, never read.
        (
            Reason("title_overlap", {"said": "{0} welder", "title": "Welder {x}"}, "", 1),
            "“{0} welder” and “Welder {x}” share words",
        ),
    ],
)  # fmt: skip
def test_reasons_in_words(reason: Reason, text: str) -> None:
    assert match_wording.reason_text(reason) == text


def test_questions_in_words() -> None:
    question = Question("ask_skill", {"skill": "Plaster", "trade": "Mason"}, 3)
    text = match_wording.question_text(question)
    assert "Plaster" in text
    assert "Mason" in text


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (1.0, "strong fit"),
        (0.8, "strong fit"),
        (0.79, "good fit"),
        (0.6, "good fit"),
        (0.4, "possible fit"),
        (0.1, "weak fit"),
        (0.0, "weak fit"),
    ],
)
def test_bands(score: float, words: str) -> None:
    assert match_wording.band(score) == words


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0, "less than a month"),
        (1, "1 month"),
        (11, "11 months"),
        (12, "1 year"),
        (25, "2 years 1 month"),
        (120, "10 years"),
    ],
)
def test_durations(months: int, words: str) -> None:
    assert wording.duration(months) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, ""),
        ("", ""),
        ("job:2", "contract or pay slip of job 2 seen"),
        ("reference:1", "reference 1 confirmed"),
        ("credential:3", "certificate 3 seen"),
        ("other", "other"),
    ],
)
def test_sources_of_evidence(source: str | None, words: str) -> None:
    assert wording.evidence_source(source) == words
