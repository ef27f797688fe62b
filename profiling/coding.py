"""Coding of free text: a job title to an occupation, a narrative to skills, each with its words.

A title without a known name stays uncoded. A name that many trades share (*mistri*, *cook*) is decided by
the skills that the duties tell of, or else stands for the ISCO-08 group in which most of these trades lie.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process

from profiling.taxonomy import GROUP, Taxonomy
from profiling.wordforms import Word, forms, words

#: Grows with every change of the rules below, so that stored codes are made again.
RULES = "rules-8"
#: Least likeness (0 to 100, rapidfuzz ratio) of a misspelt title to a name.
_FUZZY_CUTOFF = 90
_MIN_FUZZY_LENGTH = 6
#: The share of a shared name's trades that must lie in one ISCO-08 group for the name to stand for it.
_MOST = 0.6
#: Spellings are compared when they begin alike and differ by at most so many letters in length.
_FUZZY_REACH = 3
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
_NEGATION = frozenset(
    ("not no never without didn't dont don't cannot can't nahi nahin chaina hoina छैन होइन नहीं").split()
)
#: Those that Nepali and Hindi set behind what they deny: "welding nahi aati", "वेल्डिङ छैन".
_NEGATION_BEHIND = frozenset("nahi nahin chaina hoina छैन होइन नहीं".split())
_NEGATION_REACH = 3
_SENTENCE_END = re.compile(r"[.!?;\n।॥۔]")
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
    """An occupation and the words that led to it. ``likeness`` is 1 for a name found as it is."""

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

    def add(self, phrase: str, what: T) -> None:
        """Make a phrase known. A phrase without a word in it is ignored."""
        found = forms(phrase, name=self._are_names)
        key = tuple(form for form in found if form not in _GLUE) or found
        if not key:
            return
        if key not in self._phrases:
            self._starting[key[0]].append(key)
            self._starting[key[0]].sort(key=len, reverse=True)
        self._phrases[key].add(what)

    def owners(self, key: tuple[str, ...]) -> set[T]:
        """What carries exactly these words."""
        return self._phrases.get(key, set())

    def find(self, found_words: Sequence[Word]) -> list[tuple[set[T], int, int]]:
        """(owners, first word, one past the last word) of each phrase, left to right, not overlapping."""
        hits = []
        at = 0
        while at < len(found_words):
            past = at + 1
            for key in self._starting.get(found_words[at].form, ()):
                end = self._reach(key, found_words, at)
                if end:
                    hits.append((self._phrases[key], at, end))
                    past = end
                    break
            at = past
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
        self.version = f"{taxonomy.version}/{RULES}"
        self._names: PhraseIndex[str] = PhraseIndex(names=True)
        self._skills: PhraseIndex[str] = PhraseIndex(gap=1)
        self._licences: PhraseIndex[str] = PhraseIndex()
        spelled: dict[str, str | None] = {}
        for occupation in taxonomy.occupations.values():
            for name in occupation.names:
                self._names.add(name.text, occupation.code)
                text = " ".join(forms(name.text, name=True))
                if len(text) >= _MIN_FUZZY_LENGTH:
                    spelled[text] = (
                        occupation.code if spelled.get(text, occupation.code) == occupation.code else None
                    )
        self._spelled = {text: code for text, code in spelled.items() if code}
        self._spellings: dict[tuple[str, int], list[str]] = defaultdict(list)
        for text in self._spelled:
            for length in range(len(text) - _FUZZY_REACH, len(text) + _FUZZY_REACH + 1):
                self._spellings[text[0], length].append(text)
        for title in taxonomy.other_titles:
            self._names.add(title, "")
        for skill in taxonomy.skills.values():
            for phrase in (*skill.phrases, skill.label):
                self._skills.add(phrase, skill.code)
        for licence in taxonomy.licences.values():
            for phrase in (*licence.phrases, licence.label):
                self._licences.add(phrase, licence.code)
        self._title = lru_cache(maxsize=20_000)(self._code_title)

    def occupation(self, title: str, context: Iterable[str] = ()) -> Coded | None:
        """The occupation that a title names, or None. ``context`` are skill codes from the duties."""
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
            return Coded(best[1], said, 0.8)
        return self._group(owners, said)

    def _group(self, owners: Iterable[str], said: str) -> Coded | None:
        """The narrowest ISCO-08 group in which most trades of a shared name lie, or None."""
        codes = [str(self.taxonomy.isco_of(code)) for code in owners]
        for digits in (4, 3, 2):
            group, count = Counter(code[:digits] for code in codes).most_common(1)[0]
            if count / len(codes) >= _MOST:
                return Coded(f"{GROUP}{group}", said, 0.8)
        return None

    def occupations(self, texts: Iterable[str]) -> list[str]:
        """The occupations that several short texts name, without those that are not known."""
        found = (self.occupation(text) for text in texts)
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
            text = " ".join(kept)
            if not _MIN_FUZZY_LENGTH <= len(text) <= 60:
                continue
            near = self._spellings.get((text[0], len(text)), ())
            found = process.extractOne(text, near, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
            if found:
                return Coded(self._spelled[found[0]], segment.strip(), found[1] / 100)
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
        found_words = words(text)
        found = []
        for owners, first, past in index.find(found_words):
            if not also_negated and _negated(text, found_words, first, past):
                continue
            start, end = found_words[first].start, found_words[past - 1].end
            found += [Found(code, text[start:end], start, end) for code in sorted(owners)]
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


def _negated(text: str, found_words: Sequence[Word], first: int, past: int) -> bool:
    """Whether a word shortly before a phrase, or one of another grammar shortly behind it, denies it."""
    for word in found_words[max(0, first - _NEGATION_REACH) : first]:
        if _SENTENCE_END.search(text, word.end, found_words[first].start):
            continue
        said = text[word.start : word.end].casefold()
        # "didn't" is read as two words, the second of them a "t" behind an apostrophe.
        if said in _NEGATION or word.form in _NEGATION or (said == "t" and text[word.start - 1] in "'’"):
            return True
    for word in found_words[past : past + _NEGATION_REACH]:
        if word.opens:
            return False
        if text[word.start : word.end].casefold() in _NEGATION_BEHIND:
            return True
    return False
