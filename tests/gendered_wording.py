"""Accounts of work in two wordings that differ by sex alone: pronouns, names, family words, forms of address."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from random import Random

from api.demo_centre import FOLDER

#: (one wording, the other), of texts that hold nothing about the work itself.
PAIRS = (
    ("Mr. Karki says he is a hard worker and his hands are steady.",
     "Mrs. Karki says she is a hard worker and her hands are steady."),
    ("I am a married man, father of two sons.", "I am a married woman, mother of two daughters."),
    ("My brother and my uncle taught me this work.", "My sister and my aunt taught me this work."),
    ("Ram dai and bhai of my village worked with me.", "Ram didi and bahini of my village worked with me."),
    ("Sir told the boys to rest.", "Madam told the girls to rest."),
    ("The foreman of the gents' hall praised him.", "The forewoman of the ladies' hall praised her."),
    ("Chacha and nana stayed at home with my wife.", "Chachi and nani stayed at home with my husband."),
    ("Akka's husband is a salesman; anna helped.", "Anna's wife is a saleswoman; akka helped."),
    ("भाइले र दाइले सिकाए।", "बहिनीले र दिदीले सिकाए।"),
    ("Single, aged 34, s/o a farmer; a good son.", "Widow, aged 51, d/o a farmer; a good daughter."),
    ("Three waiters and a steward were under me.", "Three waitresses and a stewardess were under me."),
    ("Bhaiya called me beta, Shri Ram Lal too.", "Didi called me beti, Smt. Sita Devi too."),
)  # fmt: skip
#: Own names: (given and family name) in either wording.
NAMES = (("Ramesh Thapa", "Sunita Thapa"), ("Abdul Karim", "Rahima Khatun"), ("Kumaran Selvam", "Lakshmi Selvam"))


def twins(count: int, seed: int = 6) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """(text, own name) twice over, in either wording; the accounts are those of the demo centre's people."""
    with (FOLDER / "returnees.csv").open(encoding="utf-8", newline="") as file:
        told = [
            row[f"job{at}_duties"] for row in csv.DictReader(file) for at in (1, 2, 3) if row[f"job{at}_duties"]
        ]
    rng = Random(seed)
    for _ in range(count):
        sentences = [part for part in rng.choice(told).split(". ") if part]
        wordings: tuple[list[str], list[str]] = ([], [])
        names = rng.choice(NAMES)
        added = [*rng.sample(PAIRS, 3), tuple(f"People call me {name}." for name in names)]
        for at, sentence in enumerate(sentences):
            for side in (0, 1):
                wordings[side].append(sentence.rstrip(".") + ".")
                if at < len(added):
                    wordings[side].append(added[at][side])
        for side in (0, 1):
            wordings[side].extend(pair[side] for pair in added[len(sentences) :])
        yield (" ".join(wordings[0]), names[0]), (" ".join(wordings[1]), names[1])
