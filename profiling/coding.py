"""Coding of free text: a job title to an occupation, a narrative to skills, each with its words.

A name that many trades share (*mistri*, *cook*) is decided by the skills that the duties tell of, or else stands
for the ISCO-08 group in which most of these trades lie. A title without a known name stays uncoded, unless the
coder was given a reader of titles that is sure of a group; what it codes is marked by its probability.
"""

from __future__ import annotations

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from profiling.guessing import GuessedGroup, Guesses, TitleGuesser
from profiling.negation import denied
from profiling.spelling import Spellings
from profiling.taxonomy import GROUP, Taxonomy
from profiling.wordforms import Word, forms, kept_words, words

#: Grows with every change of the rules below, so that stored codes are made again.
RULES = "rules-10"
#: The share of a shared name's trades that must lie in one ISCO-08 group for the name to stand for it.
_MOST = 0.6
#: A probability is never stored as 1: that marks a trade known by its name.
_MOST_LIKELY = 0.99
#: Least probability of a group that is suggested to a person.
_WORTH_SAYING = 0.1
T = TypeVar("T")

_SEGMENT = re.compile(
    r"[-–—/,(){}\[\]|:;.+&\n]|\b(?:cum|for|in|at|with|to|and|then|also|aur|ani|ra|or|as|of|from)\b",
    re.IGNORECASE,
)
#: Words between an earlier job and a later one in the same title.
_LATER = re.compile(r"\b(?:then|later|afterwards|promoted to|pachi)\b|फिर|पछि|পরে", re.IGNORECASE)
#: Words that may follow a trade's name in a title without changing what it names.
_TRAILING = frozenset(
    (
        "i ii iii iv 1 2 3 4 5 6 7 8 9 10 job work worker no nos post vacancy urgent needed wanted required"
        " hire hiring male female year yr experience experienced exp abroad oversea overseas qatar dubai saudi"
        " ksa uae kuwait oman malaysia bahrain korea fresher trainee apprentice staff position kaam काम kam gulf"
        " level grade a b c senior junior sr jr full part time night day shift person urgently jana chahiyo chahiye"
        " lagbe चाहियो चाहिए आवश्यक आवश्यकता প্রয়োজন আবশ্যক අවශ්යයි தேவை درکار ضرورت ہے کی है"
    ).split()
)
#: A noun that names a body of people or its papers: whoever writes it does not manage them.
_A_BODY = re.compile(r"management[\s-]+(?!of\b)", re.IGNORECASE)
#: Skills of leading, whose verb has the stem of that noun.
_LEADING = frozenset({"lead-team"})
#: Words that hold a phrase together without being a part of it.
_GLUE = frozenset("a an the of my our their his her its".split())


@dataclass(frozen=True)
class Found(Generic[T]):
    """Something found in a text, with the words and the span of characters where they stand."""

    what: T
    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Coded:
    """An occupation and the words that led to it.

    ``likeness`` is 1 for a name found as it is. It is lower for a misspelt one (how alike the letters are) and
    for what a reader of titles is sure of (the probability of the group, at most .99).
    """

    occupation: str
    words: str
    likeness: float = 1.0


class PhraseIndex(Generic[T]):
    """Finds known phrases in a text: at each place the longest one that fits."""

    def __init__(self, *, gap: int = 0, names: bool = False) -> None:
        """``gap``: how many foreign words may stand inside a phrase of two and more words.

        ``names``: the phrases are names of trades, whose words are compared more strictly.
        """
        self._gap = gap
        self._are_names = names
        self._phrases: dict[tuple[str, ...], set[T]] = defaultdict(set)
        self._starting: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._second: dict[str, set[str]] = defaultdict(set)

    def add(self, phrase: str, what: T) -> None:
        """Make a phrase known. A phrase without a word in it is ignored."""
        found = forms(phrase, name=self._are_names)
        key = tuple(form for form in found if form not in _GLUE) or found
        if not key:
            return
        if key not in self._phrases:
            self._starting[key[0]].append(key)
            self._starting[key[0]].sort(key=len, reverse=True)
            # A phrase of one word needs no second one: itself is always there.
            self._second[key[0]].add(key[min(1, len(key) - 1)])
        self._phrases[key].add(what)

    def owners(self, key: tuple[str, ...]) -> set[T]:
        """What carries exactly these words."""
        return self._phrases.get(key, set())

    def find(self, found_words: Sequence[Word]) -> list[tuple[set[T], int, int]]:
        """(owners, first word, one past the last word) of each phrase, left to right, not overlapping."""
        there = {word.form for word in found_words}
        hits: list[tuple[set[T], int, int]] = []
        if self._starting.keys().isdisjoint(there):
            return hits
        past = 0
        for at, word in enumerate(found_words):
            second = self._second.get(word.form)
            if at < past or second is None or second.isdisjoint(there):
                continue
            for key in self._starting[word.form]:
                end = self._reach(key, found_words, at) if there.issuperset(key) else 0
                if end:
                    hits.append((self._phrases[key], at, end))
                    past = end
                    break
        return hits

    def _reach(self, key: tuple[str, ...], found_words: Sequence[Word], at: int) -> int:
        """One past the last word of a phrase that starts at a word, or 0 when it does not stand there.

        Articles and prepositions never separate the words of a phrase, ``gap`` other words may stand
        between them, a comma or full stop may not.
        """
        spare = self._gap if len(key) > 1 else 0
        for form in key[1:]:
            at += 1
            while at < len(found_words) and found_words[at].form != form:
                if found_words[at].form not in _GLUE:
                    spare -= 1
                if spare < 0 or found_words[at].opens:
                    return 0
                at += 1
            if at >= len(found_words) or found_words[at].opens:
                return 0
        return at + 1


class Coder:
    """Codes texts against one taxonomy. Making one takes a moment; it is then used for many texts."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._guesses: Guesses | None = None
        self._names: PhraseIndex[str] = PhraseIndex(names=True)
        self._skills: PhraseIndex[str] = PhraseIndex(gap=1)
        self._licences: PhraseIndex[str] = PhraseIndex()
        self._spellings = Spellings()
        for occupation in taxonomy.occupations.values():
            for name in occupation.names:
                self._names.add(name.text, occupation.code)
                self._spellings.add(" ".join(forms(name.text, name=True)), occupation.code)
        for title in taxonomy.other_titles:
            self._names.add(title, "")
        for skill in taxonomy.skills.values():
            for phrase in (*skill.phrases, skill.label):
                self._skills.add(phrase, skill.code)
        for licence in taxonomy.licences.values():
            for phrase in (*licence.phrases, licence.label):
                self._licences.add(phrase, licence.code)
        self._title = lru_cache(maxsize=20_000)(self._code_title)

    def with_titles(self, reader: TitleGuesser) -> Coder:
        """This coder with a reader that is asked for titles in which the rules know no trade."""
        made = copy.copy(self)
        made._guesses = Guesses(reader)
        return made

    def by_rules(self) -> Coder:
        """This coder without a reader of titles."""
        made = copy.copy(self)
        made._guesses = None
        return made

    @property
    def version(self) -> str:
        """What codes: taxonomy, rules and, if there is one, the model of the reader of titles."""
        named = (self.taxonomy.version, RULES, self._guesses.version if self._guesses else "")
        return "/".join(filter(None, named))

    def occupation(self, title: str, context: Iterable[str] = ()) -> Coded | None:
        """The occupation that a title names, or None. ``context`` are skill codes from the duties."""
        known = self._by_name(title, context)
        if known is not None or self._guesses is None:
            return known
        guess = self._guesses.of(title)
        return next(iter(self._likely(title, guess.groups[:1])), None) if guess.sure else None

    def prepare(self, titles: Iterable[str]) -> None:
        """Let the reader read those titles that the rules do not know, all at once, before they are coded.

        One by one takes ten times as long. Without a reader nothing is done.
        """
        if self._guesses is not None:
            self._guesses.prepare(title for title in titles if self._by_name(title, ()) is None)

    def suggestions(self, title: str, most: int = 3) -> list[Coded]:
        """Groups that a title with no code may mean, likeliest first, for a person to choose from."""
        if self._guesses is None or self.occupation(title) is not None:
            return []
        likely = self._likely(title, self._guesses.of(title).groups)
        return [coded for coded in likely if coded.likeness >= _WORTH_SAYING][:most]

    def _likely(self, title: str, groups: Iterable[GuessedGroup]) -> list[Coded]:
        return [
            Coded(f"{GROUP}{group.isco}", title.strip(), min(group.probability, _MOST_LIKELY))
            for group in groups
            if group.isco in self.taxonomy.isco_groups
        ]

    def _by_name(self, title: str, context: Iterable[str]) -> Coded | None:
        sure, shared = self._title(title)
        if sure is not None:
            return sure
        if not shared:
            return None
        owners, said = shared
        told = set(context)
        scored = sorted(((len(told & set(self.taxonomy.usual_skills(c))), c) for c in owners), reverse=True)
        best = scored[0]
        if best[0] >= 2 and (len(scored) == 1 or best[0] > scored[1][0]):
            return Coded(best[1], said)
        return self._group(owners, said)

    def _group(self, owners: Iterable[str], said: str) -> Coded | None:
        """The narrowest ISCO-08 group in which most trades of a shared name lie, or None."""
        codes = [str(self.taxonomy.isco_of(code)) for code in owners]
        for digits in (4, 3, 2):
            group, count = Counter(code[:digits] for code in codes).most_common(1)[0]
            if count / len(codes) >= _MOST:
                return Coded(f"{GROUP}{group}", said)
        return None

    def occupations(self, texts: Iterable[str]) -> list[str]:
        """The occupations that several short texts name, without those that are not known.

        By name alone: a wish decides what somebody is never shown, and there a likely reading does not do.
        """
        found = (self._by_name(text, ()) for text in texts)
        return list(dict.fromkeys(coded.occupation for coded in found if coded))

    def _code_title(self, title: str) -> tuple[Coded | None, tuple[frozenset[str], str] | None]:
        """(the occupation, or else the trades of a shared name with the words); the later of two jobs counts."""
        for part in reversed(_LATER.split(title[:300])):
            found = self._code_part(part)
            if found != (None, None):
                return found
        return None, None

    def _code_part(self, title: str) -> tuple[Coded | None, tuple[frozenset[str], str] | None]:
        title = title[:300]
        best: tuple[int, int, Coded] | None = None
        shared: tuple[frozenset[str], str] | None = None
        # The whole title first: names such as "A/C technician" hold marks that separate elsewhere.
        for order, segment in enumerate([title, *_SEGMENT.split(title)]):
            found = words(segment or "", name=True)
            for owners, start, end in self._names.find(found):
                if any(word.form not in _TRAILING for word in found[end:]):
                    continue
                said = segment[found[start].start : found[end - 1].end]
                if len(owners) > 1:
                    shared = shared or (frozenset(owners) - {""}, said)
                elif best is None or (end - start, -order) > best[:2]:
                    best = (end - start, -order, Coded(next(iter(owners)), said))
        if best:
            return (best[2] if best[2].occupation else None), None
        if shared:
            return None, shared
        return self._misspelt(title), None

    def _misspelt(self, title: str) -> Coded | None:
        for segment in _SEGMENT.split(title):
            kept = [form for form in forms(segment or "", name=True) if form not in _TRAILING]
            found = self._spellings.nearest(" ".join(kept))
            if found:
                return Coded(found[0], segment.strip(), found[1])
        return None

    def skills(self, text: str) -> list[Found[str]]:
        """The skills that a text tells of, each with its words; what is negated is left out."""
        return self._find(self._skills, text)

    def mentions(self, text: str) -> list[Found[str]]:
        """The skills that a text names, whatever it says of them (see ``profiling.narrative``)."""
        return self._find(self._skills, text, also_negated=True)

    def licences(self, text: str) -> list[Found[str]]:
        """The licences that a text names."""
        return self._find(self._licences, text)

    @staticmethod
    def _find(index: PhraseIndex[str], text: str, *, also_negated: bool = False) -> list[Found[str]]:
        found_words = kept_words(text)
        found = []
        for owners, first, past in index.find(found_words):
            if not also_negated and denied(text, found_words, first, past):
                continue
            start, end = found_words[first].start, found_words[past - 1].end
            meant = owners - _LEADING if _A_BODY.match(text, start, end) else owners
            found += [Found(code, text[start:end], start, end) for code in sorted(meant)]
        return found

    def demands(self, items: Iterable[str]) -> tuple[list[Found[str]], list[str]]:
        """The skills that a list of short phrases asks for, and the items that no skill was found for."""
        found: dict[str, Found[str]] = {}
        unread = []
        for item in items:
            hits = self.skills(item)
            for hit in hits:
                found.setdefault(hit.what, Found(hit.what, item, 0, len(item)))
            if not hits:
                unread.append(item)
        return list(found.values()), unread
