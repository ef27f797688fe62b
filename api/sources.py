"""How the configured sources stand: the last run of each, what it did, and when the next one is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from api.desk import Desk
from api.policy import Action
from jobs_ingest.ingest import run_label
from jobs_ingest.sources.config import ConfigProblem, SourceConfig, read_sources
from profiling.models import ImportRun

SOURCES_FILE = "sources.toml"
_EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
#: Runs need not begin at the same minute each day to be due.
_SLACK = timedelta(hours=1)
BROKEN_OFF = "the last run was broken off; the next one goes on where it stopped"
#: What an offer becomes, in the order of a report: these add up to those that were fetched.
OUTCOMES = ("new", "unchanged", "changed", "held", "duplicate", "rejected")
_EXAMPLE = """\
[sources.chamber]
licence = "list of the Demo Chamber, by letter of 1 November 2026"
kind = "csv"
offers = "vacancies"
country = "NP"
path = "chamber.csv"
schedule = "manual"
expires_after = 30"""


@dataclass(frozen=True)
class Standing:
    """How a source stands: its last run, what it did, and when the next one is due.

    ``counts`` holds ``fetched`` and ``OUTCOMES``, and is empty when it was never run. ``due``: a run without names
    takes it in now. ``next_due`` is empty for a source that is run by hand, and for one that is due at once.
    """

    source: str
    kind: str
    offers: str
    schedule: str
    licence: str
    last_run: datetime | None = None
    finished: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    next_due: datetime | None = None
    due: bool = False
    problem: str | None = None

    @property
    def kept(self) -> int:
        """Offers that are stored as they were fetched: new ones and unchanged ones."""
        return self.counts.get("new", 0) + self.counts.get("unchanged", 0)


def configured(folder: Path) -> dict[str, SourceConfig]:
    """The sources of an installation. Raises ConfigProblem, which shows an example where there is no file yet."""
    path = folder / SOURCES_FILE
    if not path.is_file():
        raise ConfigProblem(
            f"There is no {path} yet. It names the sources that vacancies and courses come from; docs/ingest.md "
            f"describes it. A small one:\n\n{_EXAMPLE}"
        )
    return read_sources(path)


def standing(session: Session, config: SourceConfig, now: datetime) -> Standing:
    """How one source stands."""
    query = select(ImportRun).where(ImportRun.source == config.name, ImportRun.file_name == run_label(config))
    last = session.exec(query.order_by(col(ImportRun.started_at).desc()).limit(1)).first()
    every = _EVERY.get(config.schedule)
    found = Standing(config.name, config.kind, config.offers, config.schedule, config.licence)
    if last is None:
        return replace(found, due=every is not None)
    whole = last.finished_at is not None and not last.problem
    next_due = last.started_at + every if every and whole else None
    return replace(
        found,
        last_run=last.started_at,
        finished=last.finished_at is not None,
        counts={"fetched": last.rows_read, **{name: getattr(last, f"rows_{name}") for name in OUTCOMES}},
        next_due=next_due,
        due=every is not None and (next_due is None or next_due - _SLACK <= now),
        problem=last.problem if last.finished_at else BROKEN_OFF,
    )


class SourceDesk(Desk):
    """Where counsellors and heads see from where the market comes."""

    def standings(self) -> list[Standing]:
        """Every configured source, in the order of sources.toml; none without that file. Raises ConfigProblem."""
        self.require(Action.SOURCE_READ)
        folder = self.application.settings.data
        if not (folder / SOURCES_FILE).is_file():
            return []
        with self.application.reading() as session:
            return [standing(session, config, self.now) for config in configured(folder).values()]
