"""What is read right of the labelled sets in ``tests/data/ingest``, counted as the unit tests count it.

The unit tests say how each set was made and hold the floors; here the same sets give the figures of issue 5.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postings import POSTINGS, labelled_cells

from jobs_ingest.duplicates import Answer, decide
from jobs_ingest.fetching.values import FetchProblem
from jobs_ingest.reading.deadlines import read_deadline
from jobs_ingest.reading.pay import PER_MONTH, read_pay
from jobs_ingest.reading.values import PayPeriod
from jobs_ingest.safeguards import check

TESTS = Path(__file__).parents[1]
sys.path.append(str(TESTS / "unit"))

import test_duplicates as duplicates  # noqa: E402
import test_fetching_addresses as addresses  # noqa: E402
import test_place_labels as places  # noqa: E402
import test_safeguards as safeguards  # noqa: E402
from fetching_site import PUBLIC, fetcher, names, reply  # noqa: E402


@dataclass(frozen=True)
class Share:
    """How many of how many, and what went wrong (rows or texts)."""

    right: int
    of: int
    wrong: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.right / self.of

    def __str__(self) -> str:
        return f"{self.right} of {self.of} ({self.share:.1%})"


def _share(outcomes: dict[str, bool]) -> Share:
    wrong = tuple(name for name, is_right in outcomes.items() if not is_right)
    return Share(len(outcomes) - len(wrong), len(outcomes), wrong)


def pay() -> tuple[Share, Share]:
    """Cells that state a pay: read with both ends, currency and period; others: no pay read."""
    stating, others = {}, {}
    for at, (label, text) in enumerate(labelled_cells("pay_labels.tsv")):
        found = read_pay(text, label["country"] or None)
        if label["period"] == "none":
            others[f"row {label['row']} {at}"] = found.stated is None
            continue
        period = PayPeriod(label["period"]) if label["period"] else None
        factor = PER_MONTH.get(period) if period else None
        ends = [float(label[name]) if label[name] else None for name in ("least", "most")]
        month = [None if end is None or factor is None else round(end * factor, 2) for end in ends]
        told = found.stated and [found.stated.least, found.stated.most, found.currency, found.stated.period]
        right = told == [*ends, label["currency"] or None, period] and [found.lowest, found.highest] == month
        stating[f"row {label['row']} {at}"] = right
    return _share(stating), _share(others)


def place() -> tuple[Share, Share]:
    """Places of real postings: with the country of their row, and without any."""
    with POSTINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with places.LABELS.open(encoding="utf-8", newline="") as file:
        labels = [label for label in csv.DictReader(file, delimiter="\t") if label["country"]]
    given, bare = {}, {}
    for label in labels:
        row = rows[int(label["row"]) - 1]
        name = f"row {label['row']}"
        given[name] = places.right(row["location"], places.country(row["country"]), label)
        bare[name] = places.right(row["location"], None, label)
    return _share(given), _share(bare)


def deadline() -> tuple[Share, Share]:
    """Cells that state a deadline: the day; cells with another date: none read."""
    stating, others = {}, {}
    for at, (label, text) in enumerate(labelled_cells("deadline_labels.tsv")):
        day = read_deadline(text, date.fromisoformat(label["today"]), label["country"] or None).day
        name = f"row {label['row']} {at}"
        if label["kind"] in ("deadline", "walk_in"):
            stating[name] = day == date.fromisoformat(label["day"])
        else:
            others[name] = day is None
    return _share(stating), _share(others)


def same_offers(name: str) -> tuple[Share, Share]:
    """Precision and recall over labelled pairs."""
    answered, true = {}, {}
    for label, kind, ours, theirs in duplicates.labelled(name):
        said = decide(ours, theirs).answer is Answer.SAME
        key = f"{ours.key}: {kind}"
        if said:
            answered[key] = label == "same"
        if label == "same":
            true[key] = said
    return _share(answered), _share(true)


def traps(name: str) -> tuple[Share, Share]:
    """Traps of which the labelled kind is found, and innocent texts of which nothing is said."""
    found, quiet = {}, {}
    for at, row in enumerate(safeguards.labelled(name)):
        said = safeguards.kinds(check(safeguards.offer_of(row)))
        for kind in row["kind"].split(","):
            key = f"{at + 2}: {kind} {row['text'][:60]} -> {', '.join(sorted(said))}"
            if kind == "none":
                quiet[key] = not said
            else:
                found[key] = kind in said
    return _share(found), _share(quiet)


def inside_addresses() -> tuple[dict[str, Share], set[str]]:
    """Addresses that are not fetched, by the way they come, and what was reached of them all the same."""
    nobody, site = addresses.Nobody(), addresses.Site()
    try:
        numbers = {
            number: f"http://[{number}]/" if ":" in number else f"http://{number}/" for number in addresses.NUMBERS
        }
        typed = [*numbers.values(), *(f"http://{host}/" for host in addresses.HOSTS), *addresses.ADDRESSES]
        site.put("jobs.example/name", reply(307, Location="//inner.example/secret"))
        written = {url: _refused(nobody, url) for url in typed}
        named = {
            number: _refused(nobody, "https://jobs.example/", resolver=names(jobs_example=[PUBLIC, number]))
            for number in numbers
        }
        sent_on = {}
        for number in numbers:
            site.put("jobs.example/number", reply(302, Location=numbers[number]))
            sent_on[number] = _refused(site, "http://jobs.example/number")
            sent_on[f"{number} by name"] = _refused(
                site, "http://jobs.example/name", resolver=names(inner_example=[number])
            )
        outcomes = {"written": written, "behind a name": named, "behind a redirect": sent_on}
        reached = {address for address, _ in site.reached} - {PUBLIC}
        return {name: _share(some) for name, some in outcomes.items()}, reached
    finally:
        nobody.close()
        site.close()


def _refused(site: addresses.Site, url: str, **others: Any) -> bool:
    try:
        fetcher(site, **others).get(url)
    except FetchProblem:
        return True
    return False
