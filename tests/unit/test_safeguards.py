"""Traps in offers: the labelled set, the fields, and the texts that must not be taken for traps.

tests/data/ingest/safeguards.tsv was written before the rules and not changed since; safeguards_dev.tsv tunes them.
Both are fictional, by the author of the rules, and no native speaker has checked those that are not English. The
author knew the wording of the first set while writing the word lists, so its figures flatter: texts of the second,
when they were new to the rules, were found to 0.36 to 0.62 when freely worded and to 0.82 when worded like adverts.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from jobs_ingest.safeguards import Flag, Kind, OfferText, Pay, Severity, Where, check, wording
from jobs_ingest.safeguards.facts import limits
from jobs_ingest.safeguards.phrases import PhraseBook
from jobs_ingest.safeguards.rules import FOLDER, rulebook
from profiling.codes import CountryCode, IscoCode

SETS = Path(__file__).parents[1] / "data" / "ingest"
EMPLOYER = "Himal Works Pvt. Ltd."
#: Least share of labelled traps that are marked, and most of the innocent texts that are.
RECALL_FLOOR, FALSE_CEILING = 0.95, 0.05
#: The same on single statements by other authors, many of them said indirectly.
OTHERS_RECALL, OTHERS_RECALL_OF_A_KIND, OTHERS_FALSE = 0.84, 0.74, 0.025
OTHERS_LABELS, OTHERS_INNOCENT = 870, 760


def labelled(name: str) -> list[dict[str, str]]:
    with (SETS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def offer_of(row: dict[str, str]) -> OfferText:
    """The offer of a row; ``given`` holds the fields beside the text as ``name=value`` pairs."""
    given = dict(pair.split("=", 1) for pair in row["given"].split(";") if pair)
    pay = None
    if said := given.get("pay"):
        figures, currency = said.split(" ")
        low, _, high = figures.partition("-")
        pay = Pay(float(low), float(high or low), currency)
    return OfferText(
        title="",
        description=row["text"],
        employer=given.get("employer", EMPLOYER) or None,
        country=CountryCode(given.get("country", "NP")),
        pay=pay,
        isco=IscoCode(given["isco"]) if "isco" in given else None,
        licence=given.get("licence"),
        overseas=given.get("overseas") == "yes",
    )


def kinds(flags: tuple[Flag, ...]) -> set[str]:
    return {flag.kind.value for flag in flags}


def said(text: str, **fields: str) -> set[str]:
    return kinds(check(OfferText("", text, employer=fields.get("employer", EMPLOYER))))


@pytest.mark.parametrize("name", ["safeguards.tsv", "safeguards_dev.tsv"])
def test_the_labelled_traps_are_found_and_the_innocent_left_alone(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in labelled(name):
        found = kinds(check(offer_of(row)))
        innocent = row["kind"] == "none"
        results = (not innocent and row["kind"] in found, not innocent, innocent and bool(found), innocent)
        for at, one in enumerate(results):
            counts[row["language"]][at] += one
    hit, traps, false, innocents = (sum(column) for column in zip(*counts.values(), strict=True))
    with capsys.disabled():
        for language, numbers in sorted(counts.items()):
            print(f"\n{name} {language}: found {numbers[0]}/{numbers[1]}, false {numbers[2]}/{numbers[3]}", end="")
    assert hit / traps >= RECALL_FLOOR
    assert false / innocents <= FALSE_CEILING


def test_statements_by_other_authors_are_read_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Single statements of adverts, all fictional, written by other authors than those of the rules.

    The rules were widened on them: the floors guard what was reached, and say little of texts nobody has seen.
    """
    found, labels, false, innocents = Counter[str](), Counter[str](), 0, 0
    for row in labelled("safeguards_others.tsv"):
        marked = kinds(check(offer_of(row)))
        if row["kind"] == "none":
            innocents += 1
            false += bool(marked)
        else:
            traps = set(row["kind"].split(","))
            labels.update(traps)
            found.update(traps & marked)
    with capsys.disabled():
        by_kind = ", ".join(f"{kind} {found[kind]}/{labels[kind]}" for kind in sorted(labels))
        print(f"\nsafeguards_others.tsv: {by_kind}, false {false}/{innocents}", end="")
    assert (labels.total(), innocents) == (OTHERS_LABELS, OTHERS_INNOCENT)
    assert found.total() / labels.total() >= OTHERS_RECALL
    assert min(found[kind] / labels[kind] for kind in labels) >= OTHERS_RECALL_OF_A_KIND
    assert false / innocents <= OTHERS_FALSE


def test_the_labelled_set_is_large_even_and_of_every_kind_and_language() -> None:
    rows = labelled("safeguards.tsv")
    by_kind = Counter(row["kind"] for row in rows)
    assert len(rows) >= 240
    assert 0.45 <= by_kind["none"] / len(rows) <= 0.55
    assert set(by_kind) == {kind.value for kind in Kind} | {"none"}
    languages = {"en", "ne", "hi", "bn", "ur", "si", "ta"} | {
        f"{one}-Latn" for one in ("ne", "hi", "bn", "si", "ta")
    }
    assert {row["language"] for row in rows} == languages
    assert not {row["text"] for row in rows} & {row["text"] for row in labelled("safeguards_dev.tsv")}


@pytest.mark.parametrize(
    "text",
    [
        "no fee is charged",
        "Company pays visa and ticket",
        "Cashier handles deposits",
        "passport photocopy needed for the application",
        "men's tailor",
        "ladies' beautician for a bridal salon",
        "women are encouraged to apply",
        "Minimum age 18",
        "height of ceiling",
        "processing plant",
        "bond paper",
        "security guard at a mosque",
        "fee collection officer",
        "Free visa and free ticket by the company",
    ],
)
def test_look_alikes_are_not_marked(text: str) -> None:
    assert said(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Visa free, ticket 20,000 by the candidate", {"fee"}),
        ("No registration, visa or ticket fee", set()),
        ("Company pays the visa but the worker pays the ticket", {"fee"}),
        ("Registration fee of Rs 500 is required and not refundable", {"fee"}),
        ("Collects registration fee from students", set()),
        ("Uniform cost is deducted from the salary every month", {"debt"}),
        ("Only males are allowed to apply", {"sex"}),
        ("Both males and females are allowed to apply", set()),
        ("We do not discriminate by sex, pregnancy, marital status, religion or age", set()),
    ],
)
def test_who_pays_and_whether_it_is_denied_is_read_clause_by_clause(text: str, expected: set[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Azad visa for Dubai", Severity.HOLD),
        ("Free visa for Saudi, contact now", Severity.NOTE),
        ("Free visa, free ticket, free food", None),
        ("निःशुल्क टिकट र फ्री भिसा", None),
    ],
)
def test_free_visa_is_a_trap_unless_the_ticket_is_free_too_or_the_company_gives_it(
    text: str, severity: Severity | None
) -> None:
    flags = check(OfferText("", text, EMPLOYER))
    assert [(flag.kind, flag.severity) for flag in flags] == ([(Kind.CONTRACT, severity)] if severity else [])


def test_a_flag_carries_its_words_its_place_and_its_key() -> None:
    text = "Good food. Candidates must pay a processing fee of Rs 85,000 before the flight."
    (flag,) = check(OfferText("Mason", text, EMPLOYER))
    assert (flag.kind, flag.severity, flag.where, flag.message) == (
        Kind.FEE,
        Severity.HOLD,
        Where.DESCRIPTION,
        "fee",
    )
    assert flag.words == text[flag.start : flag.end]
    assert "processing fee" in flag.words


def test_words_of_a_local_script_are_given_as_they_stand() -> None:
    text = "काम: मिस्त्री। राहदानी कम्पनीले आफूसँग राख्नेछ।"
    (flag,) = check(OfferText("", text, EMPLOYER))
    assert flag.kind is Kind.DOCUMENTS
    assert text[flag.start : flag.end] == flag.words
    assert flag.words.startswith("राहदानी")


def test_one_sex_in_a_title_is_marked_and_a_flat_exclusion_weighs_more() -> None:
    (noted,) = check(OfferText("Receptionist (Female)", "", EMPLOYER))
    (held,) = check(OfferText("Sales Agent - Females Only", "", EMPLOYER))
    assert (noted.kind, noted.severity, noted.where) == (Kind.SEX, Severity.NOTE, Where.TITLE)
    assert (held.kind, held.severity) == (Kind.SEX, Severity.HOLD)


@pytest.mark.parametrize("name", [None, "", " - ", "Confidential", "A reputed company", "N/A"])
def test_no_employer_is_marked(name: str | None) -> None:
    home = check(OfferText("Mason", "Good pay", name))
    abroad = check(OfferText("Mason", "Good pay", name, overseas=True, licence="RL-1234"))
    assert [(flag.kind, flag.severity) for flag in home] == [(Kind.NO_EMPLOYER, Severity.NOTE)]
    assert [(flag.kind, flag.severity) for flag in abroad] == [(Kind.NO_EMPLOYER, Severity.HOLD)]
    assert home[0].words == (name or "")


def test_an_employer_named_in_the_text_is_one() -> None:
    assert said("Sagar Foods Pvt. Ltd. needs 5 packers. WhatsApp 9800000000", employer="") == set()
    assert said("Needs 5 packers. Message on WhatsApp 9800000000", employer="") == {
        "no_employer",
        "private_contact",
    }


@pytest.mark.parametrize(
    ("pay", "country", "isco", "words"),
    [
        (Pay(15000, 18000, "AED"), "AE", "9112", "18000 AED"),
        (Pay(15000, 22000, "AED"), "AE", "1411", None),
        (Pay(None, 7000, "QAR"), "QA", "9112", None),
        (Pay(None, 7001, "qar"), "QA", "9112", "7001 QAR"),
        (Pay(None, None, "QAR"), "QA", "9112", None),
        (Pay(90000, None, "NPR"), "QA", "9112", None),
        (Pay(90000, None, "EUR"), "RO", "9112", None),
        (Pay(120001, None, "QAR"), "QA", None, "120001 QAR"),
        (Pay(119999, None, "QAR"), "QA", None, None),
        (None, "QA", "9112", None),
    ],
)
def test_pay_is_held_against_the_limit_of_trade_and_place(
    pay: Pay | None, country: str, isco: str | None, words: str | None
) -> None:
    offer = OfferText(
        "Post", "", EMPLOYER, country=CountryCode(country), pay=pay, isco=IscoCode(isco) if isco else None
    )
    assert [(flag.kind, flag.words) for flag in check(offer)] == ([(Kind.PAY, words)] if words else [])


def test_the_limits_fall_from_managers_to_elementary_work() -> None:
    assert {"NP", "BD", "LK", "IN", "PK", "QA", "AE", "SA", "KW", "BH", "OM", "MY"} <= limits().keys()
    for limit in limits().values():
        groups = limit.by_group
        assert groups["1"] > groups["2"] > groups["3"] > groups["4"] >= groups["5"] >= groups["9"] > 0


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Lot No. 284512", True),
        ("LT No: 301245", True),
        ("इजाजतपत्र नं. १२३४", True),
        ("पूर्व स्वीकृति नं. ३०१२४५", True),
        ("BMET Recruiting Licence RL-1234", True),
        ("আরএল-১২৩৪", True),
        ("SLBFE Licence No 2456", True),
        ("RA Reg. No. B-0123/DEL/PER/1000+/5/1234/2010", True),
        ("OEP Licence No. 2345/RWP", True),
        ("Govt. licence no. 812/067/68", True),
        ("We are a licensed agency", False),
        ("Valid driving licence no 4455667 needed", False),
        ("Salary 1500, call 9800000000", False),
        ("Lot of work, 2 shifts", False),
    ],
)
def test_a_recruiting_licence_is_looked_for_in_overseas_offers(text: str, stated: bool) -> None:
    abroad = OfferText("Mason", text, EMPLOYER, overseas=True)
    assert ("licence" in kinds(check(abroad))) is not stated
    assert "licence" not in kinds(check(OfferText("Mason", text, EMPLOYER, overseas=False)))
    assert "licence" not in kinds(check(OfferText("Mason", text, EMPLOYER)))


def test_a_licence_field_without_a_number_is_none() -> None:
    assert "licence" in kinds(check(OfferText("Mason", "", EMPLOYER, licence="applied for", overseas=True)))
    assert "licence" not in kinds(check(OfferText("Mason", "", EMPLOYER, licence="१२३४", overseas=True)))


def test_every_kind_has_words_for_people() -> None:
    assert set(wording()) == set(Kind)
    for kind, words in wording().items():
        assert 1 <= words.principle <= 13, kind
        for text in (words.found, words.why, words.do):
            assert text.endswith("."), kind
            assert 30 <= len(text) <= 330, kind


def test_every_kind_read_from_words_has_a_rule() -> None:
    _, rules = rulebook()
    of_fields = {Kind.NO_EMPLOYER}
    assert {rule.kind for rule in rules} == set(Kind) - of_fields
    assert FOLDER.is_dir()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\u0301\u0301 \u093c \u094d",
        "9" * 5000,
        "1,2,3.4.5 ... 7k 0%",
        "candidate will pay " * 3000,
        "no no no " * 3000,
        "सत्य " * 3000,
        "(((((" * 500,
        "<b>fee</b>" * 100,
        "🙂 ١٢٣ ๑๒๓ ²³",
    ],
)
def test_odd_texts_are_read_without_a_crash(text: str) -> None:
    for flag in check(OfferText(text, text, EMPLOYER)):
        assert flag.where in (Where.TITLE, Where.DESCRIPTION)
        assert flag.words == text[flag.start : flag.end]


def book(**lists: list[str]) -> PhraseBook:
    return PhraseBook(lists, covering=("over",), breaks=("but",), abbreviations=("rs",))


def found(phrases: PhraseBook, text: str) -> list[tuple[str, str]]:
    return [(hit.concept, text[hit.start : hit.end]) for hit in phrases.find(phrases.tokens(text))]


def test_the_signs_of_a_phrase() -> None:
    phrases = book(a=["pay ~ fee"], b=["#18-75 years"], c=["कम्पनी*"], d=["*दैन"], e=["{a} now"], f=["_ only"])
    assert found(phrases, "pay the small fee now") == [("e", "pay the small fee now"), ("a", "pay the small fee")]
    assert found(phrases, "80 years, 30 Years") == [("b", "30 Years")]
    assert found(phrases, "कम्पनीले पाउँदैन") == [("c", "कम्पनीले"), ("d", "पाउँदैन")]
    assert found(phrases, "men only") == [("f", "men only")]
    both = book(a=["workers"], b=["worker pays"])
    assert found(both, "workers pays") == [("b", "workers pays"), ("a", "workers")]


def test_a_covering_phrase_hides_what_stands_in_it_and_is_hidden_itself() -> None:
    phrases = book(over=["passport size", "no"], paper=["passport"], rest=["no weekly off"])
    assert found(phrases, "passport size") == [("over", "passport size")]
    assert found(phrases, "no weekly off") == [("rest", "no weekly off")]


def test_no_phrase_runs_over_the_end_of_a_clause() -> None:
    phrases = book(a=["visa free"], b=["rs #"])
    assert found(phrases, "visa. free, visa but free") == []
    assert found(phrases, "Rs. 500") == [("b", "Rs. 500")]


@pytest.mark.parametrize("phrases", [["{nobody} pays"], ["{a} pays"], [" "]])
def test_a_broken_phrase_is_refused(phrases: list[str]) -> None:
    with pytest.raises(ValueError, match=r"names the list|empty phrase"):
        PhraseBook({"a": phrases})
