"""The words of the report on fairness."""

from __future__ import annotations

from api import wording

ATTRIBUTES = {
    "sex": "sex", "age": "age group", "destination": "country worked in last", "origin": "home province",
}  # fmt: skip
#: ISCO-08 major groups (ILO 2012).
MAJOR_GROUPS = {
    "0": "armed forces", "1": "managers", "2": "professionals", "3": "technicians", "4": "clerical support",
    "5": "services and sales", "6": "agriculture, forestry, fishery", "7": "craft and related trades",
    "8": "plant, machines, driving", "9": "elementary occupations",
}  # fmt: skip
COLUMNS = {
    "shown": "shown any", "among_first": "in first {first}", "exposure": "exposure",
}  # fmt: skip
MARK = "!"
#: What the figures are, what a mark is, and what it is not.
NOTES = (
    "Shown: at least one open vacancy above the listing threshold. Among the first: of at least one vacancy's"
    " people. Exposure: 1 / log2(place + 1), summed over the vacancies' lists, mean by person.",
    "Ratio: to the group that does best. Intervals hold 95 % for all groups of a table"
    " together (bootstrap over people). Groups of fewer than"
    " {smallest} people are not shown.",
    "! marks a ratio under four fifths (29 CFR 1607.4(D)) whose interval lies below 1: look at these people's"
    " lists. It proves no discrimination: trades, places, wishes, licences and the open vacancies differ"
    " between groups; look at the sectors too. No mark proves no fairness: small groups are seldom marked, and"
    " what the records leave out is not seen. Of many comparisons some are marked by chance.",
    "The ranking knows neither sex nor age nor name; they were read for this report alone, which the trail shows.",
)  # fmt: skip


def sector_title(major: str | None, n: int) -> str:
    """The heading of a sector."""
    if major is None:
        return f"All sectors, {n:,} people"
    return f"Main trade in ISCO-08 major group {major}, {MAJOR_GROUPS[major]}, {n:,} people"


def group_name(attribute: str, label: str) -> str:
    """A group in words: a country by its name, a province with its country."""
    if attribute == "destination":
        return wording.country_name(label)
    if attribute == "origin":
        country, _, province = label.partition(" ")
        return f"{province}, {wording.country_name(country)}"
    return label
