"""Clauses of a narrative: the stretches of words within which a *not* or a *helped* reaches.

A text is cut into pieces at marks, at words such as *but*, before a new subject, after the verb that ends a
clause in South Asian languages, and before *and* with a new verb. Pieces that only go on with a list
("plumbing, welding or tiles") are joined again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from profiling.narrative_lexicon import Cue, Kind, lexicon, said_words
from profiling.wordforms import Word, words

_HARD = re.compile(r"[!?;\n|।॥۔؟؛…•]|\.\s|\.\.|\.\Z")
_SOFT = re.compile(r"[,،:()\[\]{}\"“”*]|\s[-–—]+\s|[–—]")
#: Words after which a clause is cut wherever it stands, so that a text without marks stays quick to read.
_LONGEST = 60
EXCEPTING = frozenset({Kind.EXCEPT_BEFORE, Kind.EXCEPT_BEHIND})
DENYING = frozenset({Kind.NOT_BEFORE, Kind.NOT_BEHIND, Kind.NOT_AROUND}) | EXCEPTING
OTHERS = frozenset({Kind.OTHER_AGENT, Kind.THIRD_PERSON})
_WITHHOLDING = DENYING | OTHERS | {Kind.WISH, Kind.OTHER_PERSON, Kind.OTHERS_DOING}
#: How a thing was done; the nearest of these decides.
TELLING = frozenset({Kind.HELPED, Kind.LED, Kind.LEARNED, Kind.WATCHED, Kind.ALONE})
VERBS = frozenset({Kind.VERB, Kind.VERB_END})
_ACTIVE = _WITHHOLDING | TELLING | VERBS
LISTING = frozenset({Kind.AND, Kind.OR})

NONE, SOFT, HARD = 0, 1, 2


@dataclass(frozen=True)
class Read:
    """A text as words with the cues that stand in it; ``marks`` tells what stands before each word."""

    text: str
    words: list[Word]
    said: list[str]
    marks: list[int]
    cues: list[Cue]
    persons: list[Cue]

    @cached_property
    def kinds(self) -> list[str]:
        """For each word the kind of the cue that it belongs to, or nothing."""
        kinds = [""] * len(self.words)
        for cue in self.cues:
            kinds[cue.first : cue.past] = [cue.kind] * (cue.past - cue.first)
        return kinds


@dataclass
class Piece:
    """Words (first, one past the last) without a border in between."""

    first: int
    past: int
    #: Whether only a comma or the end of a verb phrase stands before it, so that it may go on with a list.
    loose: bool


@dataclass
class Clause:
    """Pieces that belong together, with the cues in them."""

    pieces: list[Piece]
    cues: list[Cue] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Its first word."""
        return self.pieces[0].first

    @property
    def past(self) -> int:
        """One past its last word."""
        return self.pieces[-1].past

    def piece_of(self, word: int) -> Piece:
        """The piece in which a word stands."""
        return next(piece for piece in self.pieces if word < piece.past)


def read(text: str) -> Read:
    """The words and cues of a text."""
    found = words(text)
    said = said_words(text, found)
    marks = [_mark(text, found, at) for at in range(len(found))]
    lists = lexicon()
    cues, persons = lists.cues.find(said, marks), lists.persons.find(said, marks)
    cues = sorted([*cues, *_past_tenses(said, marks, cues, persons)], key=lambda cue: cue.first)
    for cue in cues:
        if _answers_question(text, found, marks, cue):
            marks[cue.first] = SOFT
    return Read(text, found, said, marks, cues, persons)


def _answers_question(text: str, found: Sequence[Word], marks: Sequence[int], cue: Cue) -> bool:
    """Whether a *no* stands alone behind a question: "Plumbing? No."."""
    if (
        cue.kind not in DENYING
        or not cue.first
        or "?" not in text[found[cue.first - 1].end : found[cue.first].start]
    ):
        return False
    return cue.past == len(marks) or marks[cue.past] == HARD


def _past_tenses(
    said: Sequence[str], marks: Sequence[int], cues: Sequence[Cue], persons: Sequence[Cue]
) -> list[Cue]:
    """English verbs in the past, which no list could hold: at the head of a statement, with the look of one."""
    taken = {at for cue in cues for at in range(cue.first, cue.past)}
    heads = {cue.past for cue in persons} | {cue.past for cue in cues if cue.kind in (Kind.AND, Kind.BREAK)}
    return [
        Cue(Kind.VERB, at, at + 1)
        for at, word in enumerate(said)
        if (marks[at] or at in heads) and at not in taken and _past_tense(word)
    ]


def _mark(text: str, found: Sequence[Word], at: int) -> int:
    """What stands between a word and the one before it: a full stop, a comma, or nothing that separates."""
    if not at:
        return HARD
    between = text[found[at - 1].end : found[at].start]
    if between == " ":
        return NONE
    if between == ".":
        return HARD if _sentence(text, found[at - 1]) and _sentence(text, found[at]) else NONE
    if _HARD.search(between):
        return HARD
    return SOFT if _SOFT.search(between) else NONE


def _sentence(text: str, word: Word) -> bool:
    """Whether a word beside a full stop without a space is one, and not a number or an initial."""
    return word.end - word.start > 2 and not text[word.start].isdigit() and not text[word.end - 1].isdigit()


def clauses(text: Read, named: Iterable[int], timed: Iterable[int]) -> list[Clause]:
    """The clauses; ``named`` are the words at which a skill begins, ``timed`` those of a duration."""
    skills, times = frozenset(named), frozenset(timed)
    made: list[Clause] = []
    by_start = {cue.first: cue for cue in text.cues}
    for piece in _pieces(text):
        held = [by_start[at] for at in range(piece.first, piece.past) if at in by_start]
        if made and _goes_on(text, made[-1], piece, held, skills, times):
            made[-1].pieces.append(piece)
            made[-1].cues += held
        else:
            made.append(Clause([piece], held))
    return made


def _pieces(text: Read) -> list[Piece]:
    made: list[Piece] = []
    starts = {cue.first: cue.kind for cue in text.cues}
    subjects = {cue.first for cue in text.persons if cue.kind == "subject"}
    for at in range(len(text.words)):
        loose = _border(text, made[-1] if made else None, at, starts, subjects)
        if loose is None:
            made[-1].past = at + 1
        else:
            made.append(Piece(at, at + 1, loose))
    return made


def _border(text: Read, piece: Piece | None, at: int, starts: dict[int, str], subjects: set[int]) -> bool | None:
    """Whether a border stands before a word: None for no, True for one that a list may cross."""
    if piece is None or text.marks[at] == HARD:
        return False
    begins, before, here = starts.get(at), text.kinds[at - 1], text.kinds[at]
    if begins == Kind.BREAK:
        return False
    if begins == Kind.AND and (before in _ACTIVE or _acts(text, at + 1, subjects)):
        return False
    inside = here != "" and begins is None
    if at in subjects and not inside and any(kind in VERBS | _WITHHOLDING for kind in _held(text, piece)):
        return False
    if text.marks[at] == SOFT:
        return True
    if at - piece.first >= _LONGEST and not inside:
        return False
    return True if before == Kind.VERB_END and here not in _ACTIVE | LISTING else None


def _held(text: Read, piece: Piece) -> list[str]:
    return text.kinds[piece.first : piece.past]


def _acts(text: Read, at: int, subjects: set[int]) -> bool:
    """Whether a word opens a statement of its own: a subject, a verb, a cue."""
    if at >= len(text.words) or text.marks[at]:
        return False
    return at in subjects or text.kinds[at] in _ACTIVE


def _past_tense(word: str) -> bool:
    return len(word) >= 5 and word.endswith("ed") and not word.endswith("eed") and word.isascii()


def _goes_on(
    text: Read, clause: Clause, piece: Piece, held: Sequence[Cue], skills: frozenset[int], times: frozenset[int]
) -> bool:
    """Whether a piece belongs to the clause before it."""
    if not piece.loose:
        return False
    if answers(piece, held):
        return True
    kinds = {cue.kind for cue in clause.cues}
    told = any(at in skills for at in range(clause.first, clause.past))
    if _bare(text, piece, held):
        if not kinds & _WITHHOLDING:
            return True
        # A denial reaches on only along a list of skills, a wish also when none was named before.
        last = clause.pieces[-1]
        listed = not kinds & DENYING or any(at in skills for at in range(last.first, last.past))
        return listed and not any(at in times for at in range(piece.first, piece.past))
    if kinds & _ACTIVE:
        return False
    # Nothing was said yet: "At our farm, I milked cows"; "Welding, plumbing aur painting nahi aati".
    started = any(clause.first <= cue.first < clause.past for cue in text.persons)
    return not told or started or _closes_list(held)


def _bare(text: Read, piece: Piece, held: Sequence[Cue]) -> bool:
    """Whether a piece says nothing of its own and so may go on with a list."""
    if any(cue.kind in _ACTIVE for cue in held):
        return False
    return not any(piece.first <= cue.first < piece.past for cue in text.persons)


def answers(piece: Piece, held: Sequence[Cue]) -> bool:
    """Whether a piece is a mere *no* behind what was asked: "Brick laying - no"."""
    return len(held) == 1 and held[0].kind in DENYING and (held[0].first, held[0].past) == (piece.first, piece.past)


def _closes_list(held: Sequence[Cue]) -> bool:
    """Whether an *and* stands before what a piece says: the last entry of a list with its verb."""
    for cue in held:
        if cue.kind in LISTING:
            return True
        if cue.kind in _ACTIVE:
            return False
    return False
