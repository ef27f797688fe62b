"""The language of a short text and of its parts: English, Nepali, Hindi, Bengali, Sinhala, Tamil, Urdu, or none.

Scripts decide where they can; words, endings and letters of ``data/languages.toml`` and the trades' names do the
rest. Trained detectors know no romanised Nepali, Sinhala or Urdu and guess at titles of one or two words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from profiling.taxonomy import STARTER, Taxonomy, read_starter

LANGUAGES = ("en", "ne", "hi", "bn", "si", "ta", "ur")
#: In ``Scores``: speaks for a language that is not ours.
_OTHER = "other"
_ROMANISED = ("hi", "ne", "bn", "si", "ta")
_LATIN, _DEVANAGARI, _ARABIC = "latin", "devanagari", "arabic"
#: Scripts that one of our languages has for itself.
_OWN_SCRIPT = {"bengali": "bn", "sinhala": "si", "tamil": "ta"}
_RANGES = (
    (0x41, 0x24F, _LATIN), (0x300, 0x36F, _LATIN), (0x1E00, 0x1EFF, _LATIN), (0x900, 0x97F, _DEVANAGARI),
    (0x980, 0x9FF, "bengali"), (0xB80, 0xBFF, "tamil"), (0xD80, 0xDFF, "sinhala"), (0x600, 0x6FF, _ARABIC),
    (0x750, 0x77F, _ARABIC),
)  # fmt: skip
_GRAMMAR, _WORD, _PIECE, _WEAK = 2.0, 1.0, 0.9, 0.3
#: English names of trades are borrowed everywhere, so they say less about the language around them.
_BORROWED = 0.5
#: A name that only Nepali or only Hindi lists have may well be said in the other: too little to be sure.
_NAMED = {"en": _BORROWED, "ne": 0.4, "hi": 0.4, "ur": _WORD}
#: One of our own scripts is worth more than a borrowed word, and less than an English sentence.
_NATIVE_SCRIPT = 2.0
#: The least share of known words below which romanised and English text stays unknown, and unsure.
_LEAST_KNOWN, _WELL_KNOWN = 0.25, 0.5
#: What is clear: so many times the score of the next language, and so much more.
_CLEARLY, _MARGIN = 2.0, 0.5
_MARKS = "".join(c for c in map(chr, range(0x300, 0x1B00)) if unicodedata.category(c)[0] == "M")
_LETTERS = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}\u200c\u200d]|['’](?=[^\W\d_]))*")
Scores = Mapping[str, float]


class Part(NamedTuple):
    """A stretch of whole words in one language; ``text[start:end]``."""

    language: str
    romanised: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Detected:
    """The language of a text ("" when unknown) and of its parts, which together cover all its letters.

    ``sure``: whether the evidence is clear. Romanised Hindi and Urdu count as one language for it: words that
    both say are given as Hindi.
    """

    language: str
    romanised: bool
    parts: tuple[Part, ...]
    sure: bool


@dataclass(frozen=True)
class _Lexicon:
    """What speaks for which language: words, pairs of words, and (piece, language, weight) of words."""

    words: Mapping[str, Scores]
    own_hindi: frozenset[str]
    pairs: Mapping[tuple[str, str], str]
    endings: tuple[tuple[str, str, float], ...]
    letters: tuple[tuple[str, str, float], ...]


class _Word(NamedTuple):
    form: str
    script: str
    scores: Scores


@dataclass(frozen=True)
class _Reading:
    """One script's words read: a language for each of them, and how much speaks for each language."""

    languages: Sequence[str]
    scores: Scores
    sure: bool


def detect(text: str) -> Detected:
    """The language of a text, of one title up to a narrative. Any text is taken; what is not known is ""."""
    spans = [match.span() for match in _LETTERS.finditer(text)]
    found = [_word(text[start:end]) for start, end in spans]
    languages = [""] * len(found)
    totals: dict[str, float] = defaultdict(float)
    romanised: dict[str, float] = defaultdict(float)
    sure: dict[str, bool] = {}
    if sum(map(str.isalpha, text)) > 1:
        for script in dict.fromkeys(word.script for word in found):
            places = [at for at, word in enumerate(found) if word.script == script]
            reading = _read([found[at] for at in places], script)
            for at, language in zip(places, reading.languages, strict=True):
                languages[at] = language
            for language, score in reading.scores.items():
                totals[language] += score
                romanised[language] += score if script == _LATIN else -score
                sure[language] = sure.get(language, False) or reading.sure
    parts = _joined(languages, found, spans)
    if not totals:
        return Detected("", False, parts, False)
    best, *rest = sorted(totals, key=lambda language: (-totals[language], language == "en", language))
    clear = all(totals[best] >= _CLEARLY * totals[other] for other in rest)
    return Detected(best, best != "en" and romanised[best] > 0, parts, sure[best] and clear)


def _joined(languages: Sequence[str], found: Sequence[_Word], spans: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """Neighbouring words of one language as one part."""
    parts: list[Part] = []
    for language, word, (start, end) in zip(languages, found, spans, strict=True):
        romanised = word.script == _LATIN and language not in ("", "en")
        if parts and parts[-1][:2] == (language, romanised):
            start = parts.pop().start
        parts.append(Part(language, romanised, start, end))
    return tuple(parts)


def _read(found: Sequence[_Word], script: str) -> _Reading:
    """The words of one script in a text."""
    if script == _LATIN:
        return _read_latin(found)
    scores = _sum(found)
    if script in _OWN_SCRIPT:
        language = "" if scores.get(_OTHER) else _OWN_SCRIPT[script]
        return _reading(found, language, sure=True)
    if script == _DEVANAGARI:
        best, second, *_ = sorted(("hi", "ne", _OTHER), key=lambda language: -scores.get(language, 0))
        clear = _clearly(scores.get(best, 0), scores.get(second, 0))
        return _reading(found, "" if best == _OTHER else best, sure=clear)
    urdu, other = scores.get("ur", 0), scores.get(_OTHER, 0)
    if script == _ARABIC and urdu >= _PIECE and urdu > other:
        return _reading(found, "ur", sure=_clearly(urdu, other))
    return _reading(found, "", sure=False)


def _reading(found: Sequence[_Word], language: str, *, sure: bool) -> _Reading:
    """All words in one language."""
    scores = {language: _NATIVE_SCRIPT * len(found)} if language else {}
    return _Reading([language] * len(found), scores, sure)


def _sum(found: Sequence[_Word]) -> dict[str, float]:
    """How much speaks for each language; what several romanised languages share is divided among them."""
    totals: dict[str, float] = defaultdict(float)
    for word in found:
        local = sum(language != "en" for language in word.scores)
        for language, score in word.scores.items():
            if not (word.script == _LATIN and "en" in word.scores and local):
                totals[language] += score if language == "en" else score / local
    pairs = _lexicon().pairs
    for one, other in pairwise(found):
        if (one.form, other.form) in pairs:
            totals[pairs[one.form, other.form]] += _WORD
    return totals


def _read_latin(found: Sequence[_Word]) -> _Reading:
    """English and one romanised language; words of other romanised languages count as that one's.

    Words that are English and romanised (*main*, *do*, *the*) go with the language that holds the text together.
    """
    known = sum(bool(word.scores) for word in found)
    if known < _LEAST_KNOWN * len(found):
        return _Reading([""] * len(found), {}, False)
    totals = _sum(found)
    english = totals.get("en", 0)
    romanised = sum(max(word.scores.values()) for word in found if word.scores and "en" not in word.scores)
    local, clear = _local(found, totals) if romanised else ("", False)
    matrix = local if romanised and romanised >= english else "en"
    scores = {matrix: max(english, _WEAK) if matrix == "en" else romanised}
    if romanised and english:
        scores |= {local: romanised, "en": english}
    languages = _spread([_language(word, local, matrix) for word in found])
    sure = clear if matrix == local else english >= _BORROWED
    return _Reading(languages, scores, sure and known >= _WELL_KNOWN * len(found))


def _local(found: Sequence[_Word], totals: Scores) -> tuple[str, bool]:
    """The romanised language for which most speaks, and whether clearly so; Hindi and Urdu weighed as one."""
    lexicon = _lexicon()
    urdu = totals.get("ur", 0)
    together = {**totals, "hi": totals.get("hi", 0) + urdu}
    best, second, *_ = sorted(_ROMANISED, key=lambda language: -together.get(language, 0))
    clear = _clearly(together.get(best, 0), together.get(second, 0))
    if best == "hi" and urdu > sum(word.scores["hi"] for word in found if word.form in lexicon.own_hindi):
        return "ur", clear
    return best, clear


def _clearly(score: float, rival: float) -> bool:
    return score - rival >= _MARGIN and score >= _CLEARLY * rival


def _language(word: _Word, local: str, matrix: str) -> str:
    if not word.scores:
        return ""
    if "en" not in word.scores:
        return local
    return "en" if len(word.scores) == 1 else matrix


def _spread(languages: list[str]) -> list[str]:
    """Unknown words (places, names) take the language of the known word before them, or else after them."""
    last = next((language for language in languages if language), "")
    return [last := language or last for language in languages]


@lru_cache(maxsize=65_536)
def _word(text: str) -> _Word:
    """One word of a text, in the form in which it is looked up."""
    form = unicodedata.normalize("NFKC", text).casefold().replace("\u200d", "").replace("\u200c", "")
    script = _script(form)
    return _Word(form, script, _scores(form, script))


def _script(form: str) -> str:
    counts: dict[str, int] = defaultdict(int)
    for char in form:
        counts[next((script for low, high, script in _RANGES if low <= ord(char) <= high), "")] += 1
    return max(counts, key=lambda script: counts[script], default="")


def _scores(form: str, script: str) -> Scores:
    lexicon = _lexicon()
    listed = lexicon.words.get(form, {})
    if script == _LATIN and (listed or len(form) < 4):
        return listed
    scores = defaultdict(float, listed)
    if max(listed.values(), default=0) < _WORD:
        for ending, language, weight in lexicon.endings:
            if form.endswith(ending) and len(form) >= len(ending) + 2:
                scores[language] += weight
                break
    for letters, language, weight in lexicon.letters:
        if letters in form:
            scores[language] += weight
    return dict(scores)


@cache
def _lexicon() -> _Lexicon:
    """The lists of ``data/languages.toml`` with the names of the starter trades."""
    tables = tomllib.loads((STARTER / "languages.toml").read_text(encoding="utf-8"))
    words: dict[str, dict[str, float]] = defaultdict(dict)
    endings: list[tuple[str, str, float]] = []
    letters: list[tuple[str, str, float]] = []
    for language, table in tables.items():
        lists = {key: _plain(value).split() for key, value in table.items() if isinstance(value, str)}
        for key, weight in (("words", _WORD), ("own", _WORD), ("grammar", _GRAMMAR)):
            for word in lists.get(key, ()):
                words[word][language] = _BORROWED if (language, key) == ("en", "words") else weight
        endings += [(piece, language, _PIECE) for piece in lists.get("endings", ())]
        endings += [(piece, language, _WEAK) for piece in lists.get("weak_endings", ())]
        letters += [(piece, language, _PIECE) for piece in lists.get("letters", ())]
        letters += [(piece, language, _WEAK) for piece in lists.get("weak_letters", ())]
    pairs = {
        (first, second): language
        for language, table in tables.items()
        for first, second in (_plain(pair).split() for pair in table.get("pairs", ()))
    }
    _add_names(words, read_starter())
    endings.sort(key=lambda ending: -len(ending[0]))
    own = frozenset(_plain(tables["hi"]["own"]).split())
    return _Lexicon(dict(words), own, pairs, tuple(endings), tuple(letters))


def _add_names(words: dict[str, dict[str, float]], taxonomy: Taxonomy) -> None:
    """Add the words of the names in English, and those that only one of Nepali, Hindi and Urdu has."""
    named: dict[str, set[str]] = defaultdict(set)
    english = [*taxonomy.isco_groups.values(), *(skill.label for skill in taxonomy.skills.values())]
    for occupation in taxonomy.occupations.values():
        english.append(occupation.label)
        for name in occupation.names:
            named[name.language].update(_LETTERS.findall(_plain(name.text)))
    named["en"].update(word for text in english for word in _LETTERS.findall(_plain(text)))
    for language, others in (("en", ()), ("ne", ("hi",)), ("hi", ("ne",)), ("ur", ())):
        for word in named[language]:
            if len(word) <= 2 or word in words or word.isascii() != (language == "en"):
                continue
            if not any(word in named[other] for other in others):
                words[word][language] = _NAMED[language]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("\u200d", "").replace("\u200c", "")
