"""From the text of a course to its terms, and from its terms to the columns that the source leaves empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobs_ingest.course_intakes import read_intakes
from jobs_ingest.course_levels import read_level
from jobs_ingest.course_money import read_cost, read_stipend
from jobs_ingest.course_offer import (
    language_name,
    read_childcare,
    read_languages,
    read_limits,
    read_lodging,
    read_modes,
    read_seats,
)
from jobs_ingest.course_units import read_units
from jobs_ingest.course_values import CourseFacts, Price, Said
from jobs_ingest.course_words import Text
from jobs_ingest.readings import Read, Values

#: The columns that are read from the text, and what empty is. Those of one line are stated or read together.
COLUMNS: Mapping[str, object] = {
    "cost": None, "cost_currency": None, "stipend": None, "stipend_currency": None, "stipend_period": None,
    "seats": None, "intakes": [], "framework": None, "level": None, "units": [], "lodging": None,
    "childcare": None, "language": None, "modes": [],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CourseText:
    """The texts of a course: ``terms`` tells of its terms, ``entry`` what is asked for, ``skills`` is the list."""

    title: str
    terms: str = ""
    skills: Sequence[str] = ()
    entry: str = ""


def read_course_text(told: CourseText, country: str | None, framework: str | None = None) -> CourseFacts:
    """What the texts of a course tell. ``country`` (ISO 3166) tells whose rupee and which NVQ is meant.

    Nothing is raised for any text; what cannot be read, or is said in two ways, is None.
    """
    title, entry = Text.of(told.title), Text.of(told.entry)
    skills = "\n".join(told.skills)
    # A list of skills holds "hostel management" and "level 2 pipe": only its long items are sentences.
    sentences = "\n".join(item for item in told.skills if len(item) > _SENTENCE)
    terms = Text.of("\n".join(part for part in (told.terms, sentences) if part))
    whole = Text.of("\n".join(part for part in (told.title, told.terms, sentences) if part))
    offer = Text.of("\n".join(part for part in (told.terms, sentences, told.entry) if part))
    age, sex = read_limits(Text.of("\n".join(part for part in (told.title, told.terms, told.entry) if part)))
    return CourseFacts(
        cost=read_cost(whole, country) or read_cost(entry, country),
        stipend=read_stipend(offer, country),
        seats=read_seats(whole),
        intakes=read_intakes(whole, country),
        level=read_level(whole, title, country, framework),
        units=read_units(Text.of("\n".join(part for part in (told.terms, skills) if part))),
        lodging=read_lodging(offer),
        childcare=read_childcare(offer),
        languages=read_languages(terms),
        modes=read_modes(whole),
        age_limits=age,
        sex_limits=sex,
    )


#: A longer item of a list of skills is a description.
_SENTENCE = 60


def course_columns(facts: CourseFacts, stated: Mapping[str, object]) -> Values:
    """The columns that ``stated`` does not name, filled with what was read; limits stand in ``read`` alone."""
    columns: dict[str, object] = {name: empty for name, empty in COLUMNS.items() if name not in stated}
    read: list[Read] = []
    for group, fill in _GROUPS:
        if not any(name in stated for name in group):
            for name, value, entry in fill(facts):
                columns[name] = value
                read += entry
    if "level" in stated or "framework" in stated:
        _fill_beside(facts, stated, columns, read)
    read += [Read("entry_age", words, words) for words in facts.age_limits]
    read += [Read("entry_sex", words, words) for words in facts.sex_limits]
    return Values(columns, tuple(read))


_Filled = Iterable[tuple[str, object, list[Read]]]


def _price(name: str, said: Said[Price] | None) -> _Filled:
    if said:
        price = said.value
        yield name, price.amount, [Read(name, f"{price.amount:g}", said.words)]
        # What is free has no currency, and no period.
        if price.amount and price.currency:
            yield f"{name}_currency", price.currency, [Read(f"{name}_currency", price.currency, said.words)]
        if price.amount and price.per:
            yield f"{name}_period", price.per.value, [Read(f"{name}_period", price.per.value, said.words)]


def _one(name: str, said: Said[bool] | Said[int] | None) -> _Filled:
    if said:
        shown = ("yes" if said.value else "no") if isinstance(said.value, bool) else str(said.value)
        yield name, said.value, [Read(name, shown, said.words)]


def _level(facts: CourseFacts) -> _Filled:
    if facts.level:
        found = facts.level.value
        if found.framework:
            yield "framework", found.framework, [Read("framework", found.framework, facts.level.words)]
        if found.level is not None:
            yield "level", found.level, [Read("level", str(found.level), facts.level.words)]


def _fill_beside(
    facts: CourseFacts, stated: Mapping[str, object], columns: dict[str, object], read: list[Read]
) -> None:
    """Framework beside a stated level, or level beside a stated framework, when the two do not contradict."""
    for name, value, entry in _level(facts):
        other = "level" if name == "framework" else "framework"
        said = {n: v for n, v, _ in _level(facts)}.get(other)
        if name not in stated and (said is None or said == stated.get(other)):
            columns[name] = value
            read += entry


def _languages(facts: CourseFacts) -> _Filled:
    if facts.languages:
        names = "; ".join(language_name(said.value) for said in facts.languages)
        yield "language", names, [Read("language", said.value, said.words) for said in facts.languages]


def _units(facts: CourseFacts) -> _Filled:
    if facts.units:
        pairs = [[said.value.code, said.value.name] for said in facts.units]
        shown = (f"{said.value.code} {said.value.name}".strip() for said in facts.units)
        yield (
            "units",
            pairs,
            [Read("units", text, said.words) for text, said in zip(shown, facts.units, strict=True)],
        )


def _listed(name: str, told: Sequence[Said[str]]) -> Iterator[tuple[str, object, list[Read]]]:
    if told:
        yield name, [str(said.value) for said in told], [Read(name, str(said.value), said.words) for said in told]


_GROUPS: tuple[tuple[tuple[str, ...], Callable[[CourseFacts], _Filled]], ...] = (
    (("cost", "cost_currency"), lambda facts: _price("cost", facts.cost)),
    (("stipend", "stipend_currency", "stipend_period"), lambda facts: _price("stipend", facts.stipend)),
    (("seats",), lambda facts: _one("seats", facts.seats)),
    (("intakes",), lambda facts: _listed("intakes", facts.intakes)),
    (("framework", "level"), _level),
    (("units",), _units),
    (("lodging",), lambda facts: _one("lodging", facts.lodging)),
    (("childcare",), lambda facts: _one("childcare", facts.childcare)),
    (("language",), _languages),
    (("modes",), lambda facts: _listed("modes", facts.modes)),  # type: ignore[arg-type]
)
