"""Own, fictional course texts of five countries with what they tell, compared with what is read.

The half called ``kept`` was written before anything was measured and measured once before the words were mended.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jobs_ingest.course_reading import CourseText, read_course_text
from jobs_ingest.course_values import CourseFacts, Price, Said
from jobs_ingest.courses import CourseTold, code_course
from profiling.coding import Coder

LABELS = Path(__file__).parents[1] / "data" / "ingest" / "course_labels.tsv"
FIELDS = ("cost", "stipend", "weeks", "seats", "intake", "level", "childcare", "lodging", "units")
#: Least share of the cells read right, told and untold ones alike; most share of untold cells that are filled.
FLOOR, MOST_INVENTED = 0.95, 0.02


def _price(said: Said[Price] | None) -> str:
    if said is None:
        return ""
    price = said.value
    money = f"{price.amount:g} {price.currency}" if price.amount else "0"
    return f"{money}/{price.per}" if price.per else money


def _yes(said: Said[bool] | None) -> str:
    return "" if said is None else "yes" if said.value else "no"


def _level(facts: CourseFacts) -> str:
    if facts.level is None:
        return ""
    found = facts.level.value
    return f"{found.framework} {found.level or ''}".strip()


SHOWN: Mapping[str, Callable[[CourseFacts], str]] = {
    "cost": lambda facts: _price(facts.cost),
    "stipend": lambda facts: _price(facts.stipend),
    "seats": lambda facts: str(facts.seats.value) if facts.seats else "",
    "intake": lambda facts: ";".join(said.value for said in facts.intakes),
    "level": _level,
    "childcare": lambda facts: _yes(facts.childcare),
    "lodging": lambda facts: _yes(facts.lodging),
    "units": lambda facts: ";".join(f"{one.value.code} {one.value.name}".strip() for one in facts.units),
}


def labels() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_label(label: Mapping[str, str], coder: Coder) -> dict[str, str]:
    """The cells as they are read."""
    text = label["text"].replace(" ¶ ", "\n")
    facts = read_course_text(CourseText(label["title"], text), label["country"])
    weeks = code_course(coder, CourseTold(label["title"], description=text), {})["weeks"]
    return {**{name: show(facts) for name, show in SHOWN.items()}, "weeks": f"{weeks:g}" if weeks else ""}


@pytest.mark.parametrize("half", ["dev", "kept", "after"])
def test_course_texts_are_read(half: str, coder: Coder) -> None:
    rows = [label for label in labels() if label["half"] == half]
    assert len(rows) == (16 if half == "after" else 30)
    wrong, invented, told = [], [], 0
    for label in rows:
        found = read_label(label, coder)
        for name in FIELDS:
            told += label[name] != ""
            if found[name] != label[name]:
                wrong.append((label["title"], name, label[name], found[name]))
                invented += [wrong[-1]] if not label[name] else []
    cells = len(rows) * len(FIELDS)
    print(f"{half}: {1 - len(wrong) / cells:.1%} of {cells} cells right, {told} of them told")
    for one in wrong:
        print("  ", *one, sep=" | ")
    assert 1 - len(wrong) / cells >= FLOOR, wrong
    assert len(invented) / (cells - told) <= MOST_INVENTED, invented
