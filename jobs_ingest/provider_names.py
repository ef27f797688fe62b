"""When two names are one provider, and whom a provider says that it serves.

Two spellings are one provider when nothing but case, spaces, marks, the legal form, the approval ("(CTEVT
affiliated)") and usual short forms differ. Names that differ in any other word are kept apart: "Demo Institute,
Butwal" and "Demo Institute, Dharan" are two doors that a person is sent to, and two entries too many are seen and
merged in the file, while two branches made one send people to the wrong town. For the same reason one name in two
districts is two entries (``jobs_ingest/providers_linking.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from jobs_ingest.demands.lexicon import fold, grouped, table
from jobs_ingest.places.spelling import fold as plain_word
from jobs_ingest.reading.words import one_of, owner, squeezed

_FILE = "providers"
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0dff\u200c\u200d]|(?<=\d)[:.](?=\d))+|&")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_TAIL = re.compile(r"(?:,|\s-\s|\s[–—]\s)([^,()]*)$")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_NO = re.compile(r"\s*(?:no|not|non|except|without)\b")
_DISTRICT = re.compile(r"\b(?:district|zila|zilla|jilla|dist)\b\.?")


@dataclass(frozen=True, slots=True)
class Served:
    """A group of people by its code, and the words that name it."""

    group: str
    words: str


def name_key(name: str | None) -> str | None:
    """A name as it is compared; None for no name. A name of nothing but form and approval stays whole."""
    if not name or not name.strip():
        return None
    written = _INITIALS.sub(lambda found: found[0].replace(".", ""), name)
    written = _BRACKETS.sub(lambda found: " " if _approves(found[1]) else f" {found[1]} ", written)
    if (tail := _TAIL.search(written)) and _approves(tail[1]):
        written = written[: tail.start()]
    words = list(_words(written))
    while len(words) > 1 and words[-1] in _set("approver"):
        words.pop()
    kept = [word for word in words if word not in _set("form")] or list(_words(name))
    return " ".join(kept) or None


def district_key(district: str | None) -> str:
    """A district as it is compared; empty when it is not known."""
    return " ".join(_words(_DISTRICT.sub(" ", fold(district or ""))))


def _words(text: str) -> Iterator[str]:
    same = table(_FILE)["name"]["same"]
    for found in _WORD.finditer(text.replace("'s", "s").replace("’s", "s")):
        word = plain_word(found[0])
        yield same.get(word, word)


@cache
def _set(which: str) -> frozenset[str]:
    return frozenset(plain_word(word) for word in table(_FILE)["name"][which])


def _approves(part: str) -> bool:
    """Whether a part of a name tells the legal form or who approved the provider, and nothing else."""
    words = list(_words(part))
    known = _set("approval") | _set("form") | {"and", "government"}
    others = [word for word in words if word not in known and not word.replace(":", "").isdigit()]
    only_form = all(word in _set("form") for word in words)
    return not others and (only_form or any(word in _set("approver") for word in words))


# --- who is served -----------------------------------------------------------------------------------


def groups() -> tuple[str, ...]:
    """The codes of the groups, in the order in which they are offered."""
    return tuple(table(_FILE)["groups"])


@cache
def _group_words() -> tuple[re.Pattern[str], dict[str, str]]:
    lists = table(_FILE)["groups"]
    return re.compile(one_of(phrase for phrase, _ in grouped(lists))), owner(_FILE, "groups")


def read_served(items: Iterable[str]) -> tuple[Served, ...]:
    """The groups that a provider's own words name; an item that begins with "not" names none."""
    pattern, names = _group_words()
    found: dict[str, Served] = {}
    for item in items:
        folded = fold(item)
        if _NO.match(folded):
            continue
        for hit in pattern.finditer(folded):
            group = names[squeezed(hit[0])]
            found.setdefault(group, Served(group, item[hit.start() : hit.end()]))
    return tuple(found.values())
