"""The rules on the words of an offer: what marks a trap, what takes the mark back, and which of them is nearer.

The lists and rules stand in ``jobs_ingest/data/safeguards``. A rule names a *trigger* (a list). It speaks when a
hit of one of the lists in ``near`` stands within ``reach`` words in the same clause, and no hit of the lists in
``unless`` is as near to the trigger; ``also`` are lists of which one more hit must stand in the clause. So "visa
free, ticket 20,000 by the candidate" is read for the ticket, and "no registration, visa or ticket fee" is not.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import groupby
from typing import Any

from jobs_ingest.demands.lexicon import DATA
from jobs_ingest.safeguards.phrases import Hit, PhraseBook, Token
from jobs_ingest.safeguards.values import Flag, Kind, Severity, Where

FOLDER = DATA / "safeguards"
#: The files of words and rules; ``words`` holds what several kinds share.
FILES = ("words", "fees", "money", "papers", "people", "work", "hiring", "keeping", "wanted", "groups")
_PART = re.compile(r"\{(\w+)\}")
_REACH, _GUARD = 8, 8
_PLACES = (Where.TITLE, Where.DESCRIPTION)
_FAR = 10**6


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the data files.

    ``reach`` is how many words may lie between trigger and ``near``; a rule without ``near`` speaks by itself
    unless one of ``unless`` stands within ``guard`` words. ``side`` says on which side of the trigger ``near`` must
    begin: ``before``, ``after``, or empty for both. Of ``also`` one list must have a hit in the clause, of ``each``
    all lists. ``never`` are lists that silence the whole clause, ``places`` the fields in which the rule is asked;
    ``without_employer`` asks it only where no employer is named.
    """

    kind: Kind
    severity: Severity
    trigger: str
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    side: str = ""
    reach: int = _REACH
    guard: int = _GUARD
    places: tuple[Where, ...] = _PLACES
    without_employer: bool = False


_KEYS = {field.name for field in fields(Rule)}


@cache
def rulebook() -> tuple[PhraseBook, tuple[Rule, ...]]:
    """The lists and the rules, read once. Raises ``ValueError`` when a rule names a list that is not there."""
    lists: dict[str, Sequence[str]] = {}
    rules: list[Rule] = []
    shared: dict[str, Sequence[str]] = {}
    for name in FILES:
        content = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        for listed, by_language in content["lists"].items():
            if listed in lists:
                raise ValueError(f"the list {listed!r} stands twice")
            lists[listed] = [phrase for phrases in by_language.values() for phrase in phrases]
        shared |= content.get("marks", {})
        rules += [_rule(entry) for entry in content.get("rules", ())]
    for rule in rules:
        for listed in (rule.trigger, *rule.near, *rule.unless, *rule.never, *rule.also, *rule.each):
            if listed not in lists:
                raise ValueError(f"a rule of {rule.kind} names the list {listed!r}")
    return _book(lists, rules, shared), tuple(rules)


def _book(
    lists: Mapping[str, Sequence[str]], rules: Sequence[Rule], marks: Mapping[str, Sequence[str]]
) -> PhraseBook:
    """The lists as one book: what takes a mark back covers, and so does a list that no rule and no phrase names."""
    speaking = {listed for rule in rules for listed in (rule.trigger, *rule.near, *rule.also, *rule.each)}
    silencing = {listed for rule in rules for listed in (*rule.unless, *rule.never)}
    inside = {name for phrases in lists.values() for phrase in phrases for name in _PART.findall(phrase)}
    parts = inside - speaking - silencing
    covering = silencing | (lists.keys() - speaking - parts)
    telling = [((rule.trigger,), rule.near, rule.also, *((one,) for one in rule.each)) for rule in rules]
    spellings = dict(row.split(" = ") for row in marks["spellings"])
    return PhraseBook(
        lists, covering, parts, marks["breaks"], marks["abbreviations"], telling, spellings, marks["common"]
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"a rule of {entry.get('kind')} has the unknown keys {sorted(unknown)}")
    if entry.get("side", "") not in ("", "before", "after"):
        raise ValueError(f"a rule of {entry.get('kind')} has the unknown side {entry['side']!r}")
    return Rule(
        Kind(entry["kind"]),
        Severity(entry["severity"]),
        entry["trigger"],
        near=tuple(entry.get("near", ())),
        unless=tuple(entry.get("unless", ())),
        never=tuple(entry.get("never", ())),
        also=tuple(entry.get("also", ())),
        each=tuple(entry.get("each", ())),
        side=entry.get("side", ""),
        reach=entry.get("reach", _REACH),
        guard=entry.get("guard", _GUARD),
        places=tuple(map(Where, entry.get("places", _PLACES))),
        without_employer=entry.get("without_employer", False),
    )


def read(text: str, where: Where, *, employer_named: bool) -> Iterator[Flag]:
    """The flags of one field, the worst and first of each kind in a clause."""
    book, rules = rulebook()
    if not text or not book.may_tell(text):
        return
    tokens = book.tokens(text)
    hits = book.find(tokens)
    for _, group in groupby(hits, key=lambda hit: tokens[hit.first].clause):
        by_list: dict[str, list[Hit]] = defaultdict(list)
        for hit in group:
            by_list[hit.concept].append(hit)
        spoken: dict[Kind, Flag] = {}
        for rule in rules:
            if rule.trigger not in by_list or where not in rule.places:
                continue
            if rule.without_employer and employer_named:
                continue
            span = _spoken(rule, by_list, tokens)
            if span is None:
                continue
            start, end = span
            flag = Flag(rule.kind, rule.severity, where, text[start:end], start, end, rule.kind.value)
            old = spoken.get(rule.kind)
            if old is None or (old.severity, flag.severity) == (Severity.NOTE, Severity.HOLD):
                spoken[rule.kind] = flag
        yield from spoken.values()


def _spoken(rule: Rule, by_list: Mapping[str, list[Hit]], tokens: Sequence[Token]) -> tuple[int, int] | None:
    """The span of the words for which a rule speaks in a clause, or None."""
    if any(listed in by_list for listed in rule.never):
        return None
    if rule.also and not any(listed in by_list for listed in rule.also):
        return None
    if not all(listed in by_list for listed in rule.each):
        return None
    for trigger in by_list[rule.trigger]:
        against = _nearest(trigger, rule.unless, by_list, tokens)[0]
        if not rule.near:
            if against > rule.guard:
                return trigger.start, trigger.end
            continue
        distance, other = _nearest(trigger, rule.near, by_list, tokens, rule.side)
        if other and distance <= rule.reach and distance < against:
            return min(trigger.start, other.start), max(trigger.end, other.end)
    return None


def _nearest(
    trigger: Hit,
    lists: Sequence[str],
    by_list: Mapping[str, list[Hit]],
    tokens: Sequence[Token],
    side: str = "",
) -> tuple[int, Hit | None]:
    best, found = _FAR, None
    for listed in lists:
        for hit in by_list.get(listed, ()):
            same = (hit.first, hit.last) == (trigger.first, trigger.last)
            wrong = (
                (hit.first <= trigger.first) if side == "after" else side == "before" and hit.first >= trigger.first
            )
            if not same and not wrong and (distance := _distance(trigger, hit, tokens)) < best:
                best, found = distance, hit
    return best, found


def _distance(one: Hit, other: Hit, tokens: Sequence[Token]) -> int:
    """How many words stand between two phrases; marks count too. 0 when they touch or overlap."""
    before, behind = (one, other) if one.first <= other.first else (other, one)
    return max(0, tokens[behind.first].place - tokens[before.last].place - 1)
