"""Which occupation a person means who types a trade's name, its code or an ISCO-08 number."""

from __future__ import annotations

import re

from profiling.coding import Coder
from profiling.errors import InputError
from profiling.taxonomy import GROUP

#: An ISCO-08 group by its number: sub-major (2 digits), minor (3) or unit group (4).
_NUMBER = re.compile(r"(?:isco(?:-08)?[:\s]*)?(\d{2,4})", re.ASCII | re.IGNORECASE)


def occupation_named(said: str, coder: Coder) -> str:
    """The code of a trade or group. By code, number, label or known name; a likely reading is not taken.

    Raises InputError that names what was near.
    """
    text, taxonomy = said.strip(), coder.taxonomy
    number = _NUMBER.fullmatch(text)
    if number and number[1] in taxonomy.isco_groups:
        return f"{GROUP}{number[1]}"
    if text in taxonomy.occupations:
        return text
    labels = {title.casefold(): f"{GROUP}{code}" for code, title in taxonomy.isco_groups.items() if len(code) > 1}
    labels |= {trade.label.casefold(): trade.code for trade in taxonomy.occupations.values()}
    if text.casefold() in labels:
        return labels[text.casefold()]
    named = coder.by_rules().occupation(text)
    if named is not None and named.likeness == 1:
        return named.occupation
    near = [named] if named else coder.suggestions(text)
    hint = ", ".join(f"{taxonomy.label(one.occupation)} ({taxonomy.isco_of(one.occupation)})" for one in near)
    raise InputError(
        f"No trade is called {text[:60]!r}. Write a trade's name, or the number of its ISCO-08 group, such as 7126."
        + (f" Perhaps: {hint}." if hint else "")
    )
