"""What makes it possible to come: seats, lodging, childcare, language, time of day; and limits of age and sex."""

from __future__ import annotations

import re
from functools import cache

from jobs_ingest.course_values import Mode, Said
from jobs_ingest.course_words import Span, Text, clauses, hits, named, says, sentences
from jobs_ingest.demands.lexicon import grouped, table
from jobs_ingest.reading.words import one_of, owner, squeezed
from jobs_ingest.safeguards.rules import read as read_marks
from jobs_ingest.safeguards.values import Kind, Where

_NUMBER = re.compile(r"(?<![\w.,/:-])(\d{1,4})(?:\s?(?:-|to|देखि|–)\s?(\d{1,4}))?(?![\d,.]*\d|%|\s?%|[:/]\d)")
_GAP = re.compile(r"\s?(?:\([^)]{0,20}\)\s?)?(?:[^\W\d_]+\s){0,2}")
_LABEL = re.compile(r"[\s:=.()-]{0,4}(?:(?:is|are|of|max(?:imum)?|only|up to|matra)[\s:]{0,2})?")
_UNIT_OF_TIME = re.compile(
    r"\s?-?(?:hours?|hrs?|days?|weeks?|months?|years?|yrs?|din|mahina|hapta|barsa|sal|%|km|rs|percent)\b"
)
_MOST_SEATS, _SEATS_NEAR = 2000, 70
_NOUN_BEFORE, _NEGATION_BEHIND, _SHORT = 24, 44, 3
_LANGUAGE_BEHIND, _LANGUAGE_BEFORE = 40, 22


# --- seats -------------------------------------------------------------------------------------------


def read_seats(text: Text) -> Said[int] | None:
    """How many may take part at a time; of a range the most. Two different numbers leave it unknown."""
    found = [
        said for sentence in sentences(text) for clause in clauses(text, sentence) for said in _seats(text, clause)
    ]
    strong = [said for sure, said in found if sure] or [said for _, said in found]
    return strong[0] if len({said.value for said in strong}) == 1 else None


def _seats(text: Text, clause: Span) -> list[tuple[bool, Said[int]]]:
    if says(text, clause, "seats", "not"):
        return []
    found = []
    for number in _NUMBER.finditer(text.folded, clause.start, clause.end):
        if _UNIT_OF_TIME.match(text.folded, number.end()):
            continue
        kind, end = _seat_word(text, clause, Span(number.start(), number.end()))
        value = max(int(number[1]), int(number[2] or 0))
        if kind and 0 < value <= _MOST_SEATS:
            start = min(number.start(), end.start) if end else number.start()
            stop = max(number.end(), end.end) if end else number.end()
            found.append((kind == "strong", Said(value, text.words(start, stop))))
    for word in named(text, clause, "seats", "words"):
        kind, end = _seat_word(text, clause, word)
        if kind:
            found.append(
                (kind == "strong", Said(int(word.what), text.words(word.start, end.end if end else word.end)))
            )
    return found


def _seat_word(text: Text, clause: Span, number: Span) -> tuple[str | None, Span | None]:
    """Whether a number counts seats: a label before it, or whom it counts behind it."""
    for label in hits(text, Span(max(clause.start, number.start - _SEATS_NEAR), number.start), "seats", "label"):
        if _LABEL.fullmatch(text.folded, label.end, number.start):
            return "strong", label
    gap = _GAP.match(text.folded, number.end, clause.end)
    reach = Span(number.end, gap.end() if gap else number.end)
    near = Span(number.end, min(clause.end, number.end + _SEATS_NEAR))
    for kind in ("strong", "weak"):
        behind = [hit for hit in hits(text, near, "seats", kind) if hit.start <= reach.end]
        alone = behind and not text.folded[clause.start : number.start].strip() and _rest(text, clause, behind[0])
        if behind and (kind == "strong" or alone or says(text, clause, "seats", "cue")):
            return kind, behind[0]
    return None, None


def _rest(text: Text, clause: Span, behind: Span) -> bool:
    """Whether nothing stands behind a word in its clause."""
    return not text.folded[behind.end : clause.end].strip(" .")


# --- lodging and childcare -----------------------------------------------------------------------------


def read_lodging(text: Text) -> Said[bool] | None:
    """Whether there is a place to sleep; None when nothing, or both, is said."""
    return _offered(text, "lodging", alone=True)


def read_childcare(text: Text) -> Said[bool] | None:
    """Whether children are looked after meanwhile. Childcare as what is taught does not count."""
    return _offered(text, "childcare", alone=False)


def _offered(text: Text, what: str, *, alone: bool) -> Said[bool] | None:
    found: list[Said[bool]] = []
    for sentence in sentences(text):
        for clause in clauses(text, sentence):
            for noun in hits(text, clause, what, "noun"):
                told = _told(text, clause, noun, what, alone)
                if told is not None:
                    found.append(Said(told, text.words(clause.start, clause.end)))
    return found[0] if len({said.value for said in found}) == 1 else None


def _told(text: Text, clause: Span, noun: Span, what: str, alone: bool) -> bool | None:
    words_behind = re.match(r"\s?[\w-]*\s?[\w-]*", text.folded[noun.end : clause.end])
    if words_behind and says(text, Span(noun.end, noun.end + words_behind.end()), what, "trade"):
        return None
    if text.folded.startswith("non", noun.start):
        return False
    before = Span(max(clause.start, noun.start - _NOUN_BEFORE), noun.start)
    behind = Span(noun.end, min(clause.end, noun.end + _NEGATION_BEHIND))
    if says(text, behind, "said", "no_behind") or says(text, before, "said", "no_before"):
        return False
    if says(text, clause, "said", "yes"):
        return True
    count = len(text.folded[clause.start : clause.end].split())
    return True if alone and count <= _SHORT else None


# --- language and time of day ----------------------------------------------------------------------------


@cache
def _language_names() -> tuple[re.Pattern[str], dict[str, str]]:
    names = table("languages")["names"]
    return re.compile(one_of(phrase for phrase, _ in grouped(names))), owner("languages", "names")


def language_name(code: str) -> str:
    """The English name of a language that texts name, by its ISO 639 code."""
    return str(table("languages")["names"][code][0]).capitalize()


def read_languages(text: Text) -> tuple[Said[str], ...]:
    """The languages of instruction as ISO 639 codes."""
    pattern, codes = _language_names()
    found: dict[str, Said[str]] = {}
    for sentence in sentences(text):
        if says(text, sentence, "language", "not"):
            continue
        cues = hits(text, sentence, "language", "cue")
        for hit in pattern.finditer(text.folded, sentence.start, sentence.end):
            if any(
                0 <= hit.start() - cue.end <= _LANGUAGE_BEHIND or 0 <= cue.start - hit.end() <= _LANGUAGE_BEFORE
                for cue in cues
            ):
                code = codes[squeezed(hit[0])]
                found.setdefault(code, Said(code, text.words(sentence.start, sentence.end)))
    return tuple(found.values())


def read_modes(text: Text) -> tuple[Said[Mode], ...]:
    """When and how it is held, as far as it is said."""
    found: dict[Mode, Said[Mode]] = {}
    for sentence in sentences(text):
        for hit in named(text, sentence, "mode"):
            found.setdefault(Mode(hit.what), Said(Mode(hit.what), text.words(hit.start, hit.end)))
    return tuple(found.values())


# --- limits -----------------------------------------------------------------------------------------------


def read_limits(text: Text) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words on age and on sex that the safeguards mark: noted, never used to filter anybody."""
    marks = list(read_marks(text.written, Where.DESCRIPTION, employer_named=True))
    age = dict.fromkeys(mark.words for mark in marks if mark.kind is Kind.AGE)
    sex = dict.fromkeys(mark.words for mark in marks if mark.kind is Kind.SEX)
    return tuple(age), tuple(sex)
