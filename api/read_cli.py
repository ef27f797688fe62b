"""``hunar read``: what Hunar understands of a title, an account, a vacancy or a course, and from which words."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from api.application import Application
from api.progress import progress
from jobs_ingest.demands import read_course, read_demands
from matching.embeddings import Embedder
from matching.occupations import OccupationReader, OccupationReading
from matching.rankers import stored_vectors
from matching.title_coding import encoder_named
from matching.titles import TitleReader, TitleReading
from matching.work_model import shipped_model
from profiling.coding import Coder
from profiling.esco_labels import has_version, occupation_labels, trade_links
from profiling.languages import detect
from profiling.narrative import read_narrative

Text = Annotated[str, typer.Argument(help="The text, or - to read it from standard input.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
#: More than any advert or account holds; a longer text is cut, and the output says so.
_LONGEST = 20_000


def add_read(read: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the commands. They store nothing and read nobody's record."""

    @read.command("title")
    def title(
        text: Text,
        context: Annotated[str, typer.Option(help="Duties, sector or country told beside the title.")] = "",
        as_json: JsonFlag = False,
    ) -> None:
        """Read a job title: likely ISCO-08 unit groups with probabilities, or "not sure".

        Where ESCO was imported, also the likeliest of its occupations (the first time takes a minute or two).

        Example: hunar read title "House driver cum cook"
        """
        made = application()
        model = shipped_model()
        encoder = encoder_named(model.manifest["encoder"], made.embedder)
        reader = TitleReader(model, encoder, made.coder().by_rules())
        reading = reader.read(_text(text), context)
        occupations = _occupations(made, reader, encoder, reading) if reading.names_job else ()
        if as_json:
            told = {"language": detect(reading.text).language, "occupations": [asdict(o) for o in occupations]}
            _json({**asdict(reading), **told})
            return
        _print_title(reading)
        for further in reading.further:
            _out().print(f"also: {escape(further.text)}")
            _print_title(further)
        for occupation in occupations:
            _out().print(f"ESCO: {escape(occupation.label)} ({occupation.isco}) {occupation.uri}")

    @read.command("narrative")
    def narrative(text: Text, as_json: JsonFlag = False) -> None:
        """Read what a person tells of their work: skills, with the words they come from.

        Nothing is verified by being read; a person confirms. Example: hunar read narrative "I did not weld, I
        helped the mason 2 years"
        """
        coder = application().coder()
        told = read_narrative(_text(text), coder)
        if as_json:
            _json([asdict(claim) for claim in told])
            return
        for claim in told:
            years = f", {claim.years:g} years" if claim.years is not None else ""
            unpaid = ", unpaid" if claim.unpaid else ""
            label = coder.taxonomy.skills[claim.skill].label
            _out().print(f"{escape(label)}: {claim.how.value}{years}{unpaid}  \\[{escape(claim.words)}]")
        if not told:
            _out().print("No skill was found. That says nothing about the person: ask.")

    @read.command("vacancy")
    def vacancy(text: Text, as_json: JsonFlag = False) -> None:
        """Read what a vacancy asks for, essential against wished, with the words that say so."""
        coder = application().coder()
        _found(asdict(read_demands(_text(text), coder)), coder, as_json)

    @read.command("course")
    def course(text: Text, as_json: JsonFlag = False) -> None:
        """Read what a course teaches and asks for, with the words that say so."""
        coder = application().coder()
        _found(asdict(read_course(_text(text), coder)), coder, as_json)


def _text(text: str) -> str:
    found = sys.stdin.read() if text == "-" else text
    if len(found) > _LONGEST:
        Console(stderr=True).print(f"The text is longer than {_LONGEST:,} characters; the rest was not read.")
    return found[:_LONGEST]


def _print_title(reading: TitleReading) -> None:
    if not reading.sure:
        _out().print("Not sure." if reading.groups else "Not sure: no job was found in it.")
    for group in reading.groups:
        _out().print(f"  {group.probability:4.0%}  {group.isco}  {escape(group.title)}")


def _occupations(
    made: Application, reader: TitleReader, encoder: Embedder, reading: TitleReading
) -> tuple[OccupationReading, ...]:
    """Those of the ESCO version in use; none without one."""
    with made.reading() as session:
        if not has_version(session):
            return ()
        labels, links = occupation_labels(session), trade_links(session)
    with progress(Console(stderr=True)) as steps:
        begun = steps.begin("labels of ESCO", len(labels.texts))
        vectors = stored_vectors(encoder, labels.texts, made.settings.data / "labels", begun)
    return OccupationReader(reader, encoder, labels, vectors, links).read([reading.text])[0]


def _found(found: dict[str, Any], coder: Coder, as_json: bool) -> None:
    if as_json:
        _json(found)
        return
    for name, items in found.items():
        for item in items if isinstance(items, (list, tuple)) else [items]:
            if isinstance(item, dict):
                _out().print(f"{name}: {escape(_told(item, coder))}")


def _told(item: dict[str, Any], coder: Coder) -> str:
    """One thing found: its words, then what they were read as."""
    hidden = {"words", "start", "end", "option"}
    parts = [
        f"{key} {_label(value, coder) if key == 'code' else value}"
        for key, value in item.items()
        if key not in hidden and value not in (None, (), [], "", False)
    ]
    return f"[{item.get('words', '')}] " + ", ".join(parts)


def _label(skill: str, coder: Coder) -> str:
    known = coder.taxonomy.skills.get(skill)
    return known.label if known else skill


def _json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


def _out() -> Console:
    return Console(highlight=False, soft_wrap=True)
