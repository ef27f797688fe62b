"""The qualification framework and level that the text of a course names; a bare "level 2" names none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jobs_ingest.course_values import Level, Said
from jobs_ingest.course_words import FILE, Span, Text, clauses, named, says, sentences
from jobs_ingest.demands.lexicon import table
from jobs_ingest.reading.words import END, START, one_of, plain, squeezed

#: Of "level 5 after level 4" the second is asked for.
_BEFORE_IT = re.compile(r"(?:after|following|beyond|above|with)\s(?:the\s|an?\s)?\Z")
_REACH = 48
_MOST = 10
_MORE = re.compile(r"\s?(?:-|to|/|&|and|,|or)\s?(?:level\s?|l)?(\d|i{1,3}v?|iv|v)(?![\w.])")


def read_level(text: Text, title: Text, country: str | None, framework: str | None = None) -> Said[Level] | None:
    """The framework and level that the certificate counts as.

    ``framework``: the one that the source states; then the title's own "level 2" is taken for its level. A level
    that is asked for at entry, and one of several, is none. Raises nothing.
    """
    found = list(_levels(text, country))
    if framework and not found:
        bare = [Level(framework, number) for number, _ in _numbers(title, _whole(title))]
        spans = [span for _, span in _numbers(title, _whole(title))]
        if len(set(bare)) == 1 and bare[0].level is not None:
            return Said(bare[0], title.words(spans[0].start, spans[0].end))
        return None
    if not found:
        return None
    kinds = {level.framework for level, _ in found}
    levels = {level for level, _ in found if level.level is not None}
    if len(kinds) > 1:
        return None
    if len(levels) == 1:
        return next(Said(level, text.words(span.start, span.end)) for level, span in found if level in levels)
    level, span = found[0]
    return Said(Level(level.framework, None), text.words(span.start, span.end))


def _whole(text: Text) -> Span:
    return Span(0, len(text.folded))


def _levels(text: Text, country: str | None) -> Iterator[tuple[Level, Span]]:
    for sentence in sentences(text):
        frameworks = list(_frameworks(text, sentence, country))
        if not frameworks:
            continue
        numbers = [pair for pair in _numbers(text, sentence) if not _at_entry(text, sentence, pair[1])]
        for number, span in numbers:
            name = min(frameworks, key=lambda one: _gap(one, span))
            if _gap(name, span) <= _REACH:
                yield Level(name.what, number), Span(min(name.start, span.start), max(name.end, span.end))


def _gap(one: Span, other: Span) -> int:
    return max(0, other.start - one.end, one.start - other.end)


def _at_entry(text: Text, sentence: Span, span: Span) -> bool:
    """Whether the clause asks for the level and does not give it."""
    if _BEFORE_IT.search(text.folded, max(sentence.start, span.start - 24), span.start):
        return True
    clause = next((one for one in clauses(text, sentence) if one.start <= span.start < one.end), sentence)
    return says(text, clause, "level", "entry")


@cache
def _shared() -> dict[str, dict[str, str]]:
    return {squeezed(plain(name)): dict(where) for name, where in table(FILE)["level"]["by_country"].items()}


@cache
def _shared_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:{one_of(table(FILE)['level']['by_country'])}|{START}nvq(?=\d))")


def _frameworks(text: Text, sentence: Span, country: str | None) -> Iterator[Span]:
    own = named(text, sentence, "level", "frameworks")
    yield from own
    for hit in _shared_pattern().finditer(text.folded, sentence.start, sentence.end):
        if any(one.start <= hit.start() < one.end for one in own):
            continue
        where = _shared()[squeezed(hit[0])]
        printed = text.words(hit.start(), hit.end()).upper()
        if printed.startswith("NATIONAL") and country not in where:
            continue
        yield Span(hit.start(), hit.end(), where.get(country or "", printed))


@cache
def _number_pattern() -> re.Pattern[str]:
    words = one_of(table(FILE)["level"]["word"])
    figures = one_of(table(FILE)["level"]["number"])
    shared = "|".join(re.escape(plain(name)) for name in ("nvq", "nvqf", "nsqf", "ntvqf", "bnqf"))
    return re.compile(
        rf"(?:{words}[\s:.-]{{0,3}}|{START}l-?(?=\d)|{START}(?:{shared})\s?-?\s?(?=\d))"
        rf"(?:(?P<figure>\d{{1,2}}(?:\.\d)?)(?![\w%])|(?P<word>{figures}){END})"
        rf"|(?P<first>\d)(?:st|nd|rd|th)?\s(?:level|taha)(?![\w])"
    )


def _numbers(text: Text, within: Span) -> Iterator[tuple[int | None, Span]]:
    """Each level number; None where it is one of several, or half a level."""
    for hit in _number_pattern().finditer(text.folded, within.start, within.end):
        figure = hit["figure"] or hit["first"]
        span = Span(hit.start(), hit.end())
        more = _MORE.match(text.folded, hit.end(), within.end)
        figure = figure.removesuffix(".0") if figure else figure
        if more or (figure and "." in figure):
            yield None, span
            continue
        word = Span(hit.start("word"), hit.end("word"))
        number = int(figure or named(text, word, "level", "number")[0].what)
        if 0 < number <= _MOST:
            yield number, span
