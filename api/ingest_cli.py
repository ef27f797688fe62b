"""The commands over the configured sources: take in, see how they stand, propose a mapping."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from api.application import Application
from api.progress import progress
from api.sources import OUTCOMES, SOURCES_FILE, Standing, configured, standing
from api.wording import count
from jobs_ingest.ingest import run_source
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.config import FILE_KINDS, SourceConfig
from jobs_ingest.sources.config_writing import write_mapping
from jobs_ingest.sources.files import propose_for
from jobs_ingest.sources.headings import Proposal
from jobs_ingest.sources.registry import source_named
from profiling.errors import InputError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
ERRORS_FOLDER = "errors"
_COUNTS = ("fetched", *OUTCOMES)
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def add_ingest(
    ingest: typer.Typer, application: Callable[[], Application], refresh: Callable[[Application], object]
) -> None:
    """Add the commands; each opens the application when it runs."""
    _add_run(ingest, application, refresh)

    @ingest.command("status")
    def ingest_status(as_json: JsonFlag = False) -> None:
        """Show of each source the last run, when the next one is due, and what hindered it.

        Fetched = new + unchanged + changed + held + duplicate + rejected.

        For example, the names of those that are due, for a script:

        hunar ingest status --json | jq -r '.[] | select(.due) | .source'
        """
        made = application()
        sources = configured(made.settings.data)
        with made.reading() as session:
            rows = [standing(session, config, made.now()) for config in sources.values()]
        if as_json:
            _json([asdict(row) | {"kept": row.kept} for row in rows])
        else:
            _print_standings(rows, made.now())

    @ingest.command("propose")
    def ingest_propose(
        source: Annotated[str, typer.Argument(help="A source of kind csv or xlsx.")],
        accept: Annotated[
            bool, typer.Option("--accept", help="Write the mapping into sources.toml; look at it before.")
        ] = False,
        as_json: JsonFlag = False,
    ) -> None:
        """Propose which column of a file is which of ours, with samples; nothing is written without --accept.

        What is doubtful is not part of the mapping. Where a column was missed,
        correct the lines under [sources.NAME.mapping] in sources.toml by hand.

        For example: hunar ingest propose chamber --accept
        """
        folder = application().settings.data
        config = source_named(source, configured(folder)).config
        if config.kind not in FILE_KINDS or config.path is None:
            raise InputError(f"{source} is a source of kind {config.kind}; only files have columns to map.")
        proposal = propose_for(config.path, config.offers)
        if as_json:
            _json({"mapping": proposal.mapping(), "missing": proposal.missing})
        else:
            _print_proposal(proposal)
        if accept:
            if "title" in proposal.missing:
                raise InputError("No column was found for the title; write the mapping into sources.toml by hand.")
            write_mapping(folder / SOURCES_FILE, source, proposal.mapping())
            err.print(f"Written to {folder / SOURCES_FILE}. `hunar ingest run {source}` takes it in.")
        elif not as_json:
            err.print(f"`hunar ingest propose {source} --accept` writes this to sources.toml.")


def _add_run(
    ingest: typer.Typer, application: Callable[[], Application], refresh: Callable[[Application], object]
) -> None:
    @ingest.command("run")
    def ingest_run(
        source: Annotated[
            list[str] | None, typer.Argument(help="Names in sources.toml; without any, those that are due.")
        ] = None,
        every: Annotated[bool, typer.Option("--all", help="Every source, due or not.")] = False,
        index: Annotated[bool, typer.Option(help="Embed and index afterwards.")] = True,
        as_json: JsonFlag = False,
    ) -> None:
        """Take in what the sources of sources.toml offer, and say what became of it.

        Unchanged content is not fetched again. A run that was broken off goes
        on where it stopped; running twice changes nothing. Rejected offers
        stand in a file under `errors` in the data folder: correct it and take
        it in with `hunar ingest vacancies FILE --source NAME`.

        The exit status is 2 when a source could not be read to its end; the
        others are taken in all the same. docs/ingest.md describes sources.toml.

        For example, the sources that are due, and then one that is not:

        hunar ingest run

        hunar ingest run chamber
        """
        from jobs_ingest.fetching.polite import PoliteFetcher

        made = application()
        sources = configured(made.settings.data)
        names = source or (list(sources) if every else _due(made, sources))
        chosen = [source_named(name, sources) for name in dict.fromkeys(names)]
        if not chosen and not as_json:
            err.print("No source is due. `hunar ingest status` shows when; name one to take it in now.")
        fetcher = PoliteFetcher(f"Hunar/{version('hunar')}")
        errors_to = made.settings.data / ERRORS_FOLDER
        errors_to.mkdir(parents=True, exist_ok=True)
        reports = []
        with progress(err) as steps:
            for one in chosen:
                step = f"taking in {one.config.name}"
                reports.append(
                    run_source(
                        made.session, one, fetcher, made.coder(), made.now,
                        lambda fetched, step=step: steps.reach(step, fetched),  # type: ignore[misc]
                        errors_to=errors_to,
                    )
                )  # fmt: skip
        if as_json:
            _json([_as_json(report) for report in reports])
        else:
            _print_reports(reports)
        if index and reports:
            refresh(made)
        if any(report.stopped for report in reports):
            raise typer.Exit(InputError.exit_code)


def _due(application: Application, sources: dict[str, SourceConfig]) -> list[str]:
    with application.reading() as session:
        return [name for name, config in sources.items() if standing(session, config, application.now()).due]


def _print_standings(rows: Iterable[Standing], now: datetime) -> None:
    for row in rows:
        _print_lines(f"[bold]{row.source}[/bold] ({row.offers}, {row.kind})", _standing_lines(row, now))


def _standing_lines(row: Standing, now: datetime) -> Iterable[str]:
    """How a source stands, line by line."""
    yield f"licence: {escape(row.licence)}"
    if row.last_run is None:
        yield f"never run: `hunar ingest run {row.source}` takes it in"
    else:
        yield f"last run {_minute(row.last_run)}{_next(row, now)}"
        nothing = not row.counts["fetched"] and not row.problem
        yield _told(row.counts) + (": it had not changed, or offers nothing" if nothing else "")
    if row.problem:
        yield f"[bold]hindered:[/bold] {escape(row.problem)}"


def _next(row: Standing, now: datetime) -> str:
    if row.schedule == "manual":
        return ", run by hand"
    if row.due or row.next_due is None:
        return ", due now"
    return f", next due {_minute(row.next_due)}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _print_reports(reports: list[RunReport]) -> None:
    for report in reports:
        counts = {name: int(getattr(report, name)) for name in _COUNTS}
        _print_lines(f"[bold]{report.source}[/bold]", [_told(counts), *map(escape, _remarks(report))])


def _print_lines(title: str, lines: Iterable[str]) -> None:
    """A source and what there is to say of it, wrapped and set in."""
    out.print(title, soft_wrap=False)
    for line in lines:
        out.print(Padding(line, (0, 0, 0, 2), expand=False), soft_wrap=False)


def _told(counts: Mapping[str, int]) -> str:
    """How many were fetched and what became of them: the parts add up."""
    parts = ", ".join(f"{counts[name]:,} {name}" for name in OUTCOMES if counts[name])
    return f"{counts['fetched']:,} fetched" + (f": {parts}" if parts else "")


def _remarks(report: RunReport) -> Iterable[str]:
    """What the counts do not say."""
    if report.unchanged_addresses:
        addresses = count(report.unchanged_addresses, "address", "addresses")
        yield f"{addresses} unchanged and not fetched again; still offered there: {report.still_offered:,}"
    if report.expired:
        yield f"closed, because their last day has passed or they are no longer shown: {report.expired:,}"
    if report.reopened:
        yield f"offered again and open again: {report.reopened:,}"
    for reason, times in sorted(report.reasons.items(), key=lambda pair: -pair[1]):
        yield f"{times:,} rejected, {reason}"
    if report.unread:
        told = ", ".join(f"{name} of {times:,}" for name, times in sorted(report.unread.items()))
        yield f"could not be read and stays unknown: {told}"
    for trouble in report.problems[:10]:
        yield f"{trouble.where}: {trouble.field}: {trouble.reason}"
    if len(report.problems) > 10:
        yield "there are more; --json shows the first 100, the error file all that were rejected"
    if report.error_file:
        yield f"the rejected ones stand in {report.error_file}"
    if report.stopped:
        yield f"not read to its end: {report.stopped}"


def _print_proposal(proposal: Proposal) -> None:
    table = Table("Their column", "Ours", "Why", "Samples", box=None)
    for column in proposal.columns:
        ours = "" if column.column is None or column.doubt else column.column
        why = column.doubt or (column.why.value if column.why else "")
        table.add_row(*map(escape, (column.header, ours or "-", why, " | ".join(column.samples))))
    out.print(table)
    if proposal.missing:
        out.print(f"Not found, and needed: {', '.join(proposal.missing)}")


def _as_json(report: RunReport) -> dict[str, object]:
    told = asdict(report) | {"kept": report.kept}
    return told | {"error_file": str(report.error_file) if report.error_file else None}


def _json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
