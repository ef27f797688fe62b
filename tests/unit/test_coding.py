"""Free text to codes, each with its words; nothing is guessed."""

from __future__ import annotations

import pytest

from profiling.codes import IscoCode
from profiling.coding import RULES, Coder, PhraseIndex
from profiling.taxonomy import Name, Occupation, Skill, Taxonomy
from profiling.wordforms import words


def codes(coder: Coder, text: str) -> set[str]:
    return {found.what for found in coder.skills(text)}


@pytest.mark.parametrize(
    ("title", "occupation", "said"),
    [
        ("shuttering carpenter", "shuttering-carpenter", "shuttering carpenter"),
        ("URGENT: Shuttering Carpenter (Qatar)", "shuttering-carpenter", "Shuttering Carpenter"),
        ("Steel Fixer - Dubai", "steel-fixer", "Steel Fixer"),
        ("डकर्मी", "mason-bricklayer", "डकर्मी"),
        ("house maid", "domestic-worker", "house maid"),
    ],
)
def test_titles(coder: Coder, title: str, occupation: str, said: str) -> None:
    found = coder.occupation(title)
    assert found is not None
    assert (found.occupation, found.words, found.likeness) == (occupation, said, 1.0)


def test_of_two_jobs_in_a_title_the_later_counts(coder: Coder) -> None:
    found = coder.occupation("kitchen helper, then cook")
    assert found is not None
    assert (found.occupation, found.words) == ("isco:5120", "cook")


def test_a_misspelt_title_says_how_alike_it_is(coder: Coder) -> None:
    found = coder.occupation("Shutering carpentr")
    assert found is not None
    assert found.occupation == "shuttering-carpenter"
    assert 0.9 <= found.likeness < 1.0


@pytest.mark.parametrize("title", ["", "chairman", "x" * 5000, "steel fixer trainer", "!!!"])
def test_titles_that_stay_uncoded(coder: Coder, title: str) -> None:
    assert coder.occupation(title) is None


def test_a_shared_name_is_decided_by_two_skills_told_of(coder: Coder) -> None:
    for told in ([], ["make-formwork"]):
        group = coder.occupation("carpenter", told)
        assert group is not None
        assert group.occupation == "isco:7115"
    found = coder.occupation("carpenter", ["make-formwork", "slab-formwork"])
    assert found is not None
    assert (found.occupation, found.words, found.likeness) == ("shuttering-carpenter", "carpenter", 1.0)


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        (("7112", "7112"), "isco:7112"), (("7112", "7115"), "isco:711"), (("7112", "7231"), None),
        (("7112", "8332"), None),
    ],
)  # fmt: skip
def test_a_tie_between_trades_is_decided_to_their_group_at_most(groups: tuple[str, ...], found: str | None) -> None:
    trades = {
        f"trade-{at}": Occupation(
            f"trade-{at}", IscoCode(isco), "x", (Name("karigar", "ne", shared=True),), ("a", "b")
        )
        for at, isco in enumerate(groups)
    }
    coded = Coder(Taxonomy("t", {}, trades, {})).occupation("karigar", ["a", "b"])
    assert (coded.occupation if coded else None) == found


def test_occupations_of_several_texts(coder: Coder) -> None:
    assert coder.occupations(["steel fixer", "anything", "rod binder", "house maid"]) == [
        "steel-fixer", "domestic-worker",
    ]  # fmt: skip


def test_spans_hold_the_words(coder: Coder) -> None:
    text = "Nine years formwork; acrow props, तार तान्ने र शटरिंग। 6G welder, TIG."
    found = coder.skills(text)
    assert {"make-formwork", "prop-and-brace", "weld-pipe", "weld-tig"} <= {hit.what for hit in found}
    for hit in found:
        assert text[hit.start : hit.end] == hit.words


@pytest.mark.parametrize(
    "text",
    [
        "no arc welding", "not arc welding", "never did arc welding", "I did without arc welding",
        "I didn't do arc welding", "I don’t know arc welding", "can't do arc welding", "cannot do arc welding",
        "arc welding nahi aati", "arc welding garne kaam chaina", "arc welding छैन", "arc welding का काम नहीं",
    ],
)  # fmt: skip
def test_what_is_denied_is_no_skill(coder: Coder, text: str) -> None:
    assert "weld-arc" not in codes(coder, text)


@pytest.mark.parametrize(
    "text",
    [
        "arc welding", "I do not drive a car or a truck, but arc welding", "Pick 5 t beams, arc welding",
        "arc welding, forklift nahi", "I never drove. Arc welding",
        "arc welding. Nahi", "can do arc welding", "notable arc welding",
    ],
)  # fmt: skip
def test_what_is_not_denied_is_one(coder: Coder, text: str) -> None:
    assert "weld-arc" in codes(coder, text)


def test_licences(coder: Coder) -> None:
    assert {hit.what for hit in coder.licences("forklift licence and HMV")} == {"forklift", "heavy-vehicle"}
    assert coder.licences("no forklift licence") == []


def test_demands_carry_the_whole_item_and_tell_what_was_not_read(coder: Coder) -> None:
    found, unread = coder.demands(["arc welding for 2 years", "juggling", "arc welding"])
    assert [(hit.what, hit.words, hit.start, hit.end) for hit in found] == [
        ("weld-arc", "arc welding for 2 years", 0, 23)
    ]
    assert unread == ["juggling"]


def test_the_version_names_taxonomy_and_rules(coder: Coder, starter: Taxonomy) -> None:
    assert coder.version == f"{starter.version}/{RULES}"


def find(index: PhraseIndex[str], text: str) -> list[tuple[set[str], str]]:
    found = words(text)
    return [(set(owners), text[found[a].start : found[b - 1].end]) for owners, a, b in index.find(found)]


def test_the_longest_phrase_wins_and_none_overlap() -> None:
    index: PhraseIndex[str] = PhraseIndex()
    index.add("pipe", "one")
    index.add("pipe welder", "two")
    index.add("welder", "three")
    assert find(index, "pipe welder and pipe") == [({"two"}, "pipe welder"), ({"one"}, "pipe")]


@pytest.mark.parametrize(
    ("gap", "text", "hit"),
    [
        (0, "lay bricks", True), (0, "laying of the brick", True), (0, "lay red bricks", False),
        (1, "lay red bricks", True), (1, "lay big red bricks", False), (1, "lay, bricks", False),
        (1, "lay", False), (0, "bricks lay", False),
    ],
)  # fmt: skip
def test_what_may_stand_within_a_phrase(gap: int, text: str, hit: bool) -> None:
    index: PhraseIndex[str] = PhraseIndex(gap=gap)
    index.add("lay bricks", "x")
    assert bool(find(index, text)) is hit


def test_a_phrase_without_words_is_ignored() -> None:
    index: PhraseIndex[str] = PhraseIndex()
    index.add("...", "x")
    assert find(index, "... anything ...") == []


def test_a_phrase_of_two_owners_gives_both() -> None:
    skills = {code: Skill(code, f"label {code}", ("karni",)) for code in ("b", "a")}
    assert [hit.what for hit in Coder(Taxonomy("t", {}, {}, skills)).skills("karni")] == ["a", "b"]
