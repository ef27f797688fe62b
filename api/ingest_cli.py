"""The commands over the configured sources: take in, see how they stand, propose a mapping."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlmodel import Session, select

from api.application import Application
from api.progress import progress
from api.wording import count
from jobs_ingest.ingest import run_label, run_source
from jobs_ingest.run_report import RunReport
from jobs_ingest.sources.config import FILE_KINDS, ConfigProblem, SourceConfig, read_sources
from jobs_ingest.sources.config_writing import write_mapping
from jobs_ingest.sources.files import propose_for
from jobs_ingest.sources.headings import Proposal
from jobs_ingest.sources.registry import source_named
from profiling.errors import InputError
from profiling.models import ImportRun

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
SOURCES_FILE, ERRORS_FOLDER = "sources.toml", "errors"
_EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
#: Runs need not begin at the same minute each day to be due.
_SLACK = timedelta(hours=1)
_EXAMPLE = """\
[sources.chamber]
licence = "list of the Demo Chamber, by letter of 1 November 2026"
kind = "csv"
offers = "vacancies"
country = "NP"
path = "chamber.csv"
schedule = "manual"
expires_after = 30"""
_COUNTS = ("fetched", "new", "unchanged", "changed", "held", "duplicate", "rejected")
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@dataclass(frozen=True)
class Standing:
    """How a source stands: its last run, what it did, and when the next one is due."""

    source: str
    kind: str
    offers: str
    schedule: str
    licence: str
    last_run: datetime | None
    finished: bool
    counts: dict[str, int]
    next_due: datetime | None
    problem: str | None


def add_ingest(
    ingest: typer.Typer, application: Callable[[], Application], refresh: Callable[[Application], object]
) -> None:
    """Add the commands; each opens the application when it runs."""
    _add_run(ingest, application, refresh)

    @ingest.command("status")
    def ingest_status(as_json: JsonFlag = False) -> None:
        """Show for each source the last run and its counts, when the next one is due, and what hindered it."""
        made = application()
        sources = configured(made.settings.data)
        with made.reading() as session:
            rows = [_standing(session, config) for config in sources.values()]
        if as_json:
            _json([asdict(row) for row in rows])
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

        What is doubtful is not part of the mapping. Correct the lines under [sources.NAME.mapping] in sources.toml
        by hand where a column was missed.
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
        """Take in vacancies and courses from the sources of sources.toml, and say what became of each.

        Unchanged content is not fetched again. A run that was broken off goes on where it stopped; running twice
        changes nothing. Rejected offers stand in a file under `errors` in the data folder: correct it and take it
        in with `hunar ingest vacancies FILE --source NAME`. The exit status is 2 when a source could not be read
        to its end; the others are taken in all the same. docs/ingest.md describes sources.toml.
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


def configured(folder: Path) -> dict[str, SourceConfig]:
    """The sources of an installation. Raises ConfigProblem, which shows an example where there is no file yet."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        raise ConfigProblem(
            f"There is no {path} yet. It names the sources that vacancies and courses come from; docs/ingest.md "
            f"describes it. A small one:\n\n{_EXAMPLE}"
        )
    return read_sources(path)


def _standing(session: Session, config: SourceConfig) -> Standing:
    query = select(ImportRun).where(ImportRun.source == config.name, ImportRun.file_name == run_label(config))
    last = session.exec(query.order_by(ImportRun.started_at.desc()).limit(1)).first()  # type: ignore[attr-defined]
    counts = {} if last is None else {
        "fetched": last.rows_read, "new": last.rows_new, "unchanged": last.rows_unchanged,
        "changed": last.rows_changed, "held": last.rows_held, "duplicate": last.rows_duplicate,
        "rejected": last.rows_rejected,
    }  # fmt: skip
    finished = bool(last and last.finished_at)
    problem = last.problem if last else None
    if last and not finished:
        problem = "the last run was broken off; the next one goes on where it stopped"
    every = _EVERY.get(config.schedule)
    due = None
    if every:
        due = last.started_at + every if last and finished and not last.problem else None
    return Standing(
        config.name, config.kind, config.offers, config.schedule, config.licence, last.started_at if last else None,
        finished, counts, due, problem,
    )  # fmt: skip


def _due(application: Application, sources: dict[str, SourceConfig]) -> list[str]:
    """The sources whose time has come by their schedule; one that was hindered is due at once."""
    now = application.now()
    with application.reading() as session:
        rows = [_standing(session, config) for config in sources.values()]
    return [
        row.source for row in rows if row.schedule in _EVERY and (not row.next_due or row.next_due - _SLACK <= now)
    ]


def _print_standings(rows: Iterable[Standing], now: datetime) -> None:
    table = Table("Source", "Last run (UTC)", "Next due", "What it did", box=None)
    for row in rows:
        if row.schedule not in _EVERY:
            due = "by hand"
        else:
            due = "now" if not row.next_due or row.next_due <= now else f"{row.next_due:%Y-%m-%d %H:%M}"
        last = f"{row.last_run:%Y-%m-%d %H:%M}" if row.last_run else "never"
        told = (f"{name} {number:,}" for name, number in row.counts.items() if number or name == "fetched")
        table.add_row(row.source, last, due, ", ".join(told))
    out.print(table)
    for row in rows:
        if row.problem:
            out.print(f"{row.source}: {escape(row.problem)}")


def _print_reports(reports: list[RunReport]) -> None:
    if not reports:
        return
    table = Table("Source", *map(str.capitalize, _COUNTS), "Expired", box=None)
    for report in reports:
        table.add_row(report.source, *(f"{getattr(report, name):,}" for name in _COUNTS), f"{report.expired:,}")
    out.print(table)
    for report in reports:
        for line in _remarks(report):
            out.print(f"{report.source}: {escape(line)}")


def _remarks(report: RunReport) -> Iterable[str]:
    """What the counts do not say."""
    if report.unchanged_addresses:
        addresses = count(report.unchanged_addresses, "address", "addresses")
        yield f"{addresses} unchanged and not fetched again; still offered there: {report.still_offered:,}"
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
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")
