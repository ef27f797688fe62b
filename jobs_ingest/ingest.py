"""One run over a source: what it offers goes into the market in batches, each batch one transaction.

An address counts as visited in the transaction that stores the last of its offers. So a run that is killed leaves
whole batches, and the next one goes on where it stopped and ends as an unbroken one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from jobs_ingest.offer_keys import refresh_keys
from jobs_ingest.origins import expire, remember_visit, seen_before, settle_address
from jobs_ingest.renumbered import settle_renumbered
from jobs_ingest.run_report import RunReport, Tally
from jobs_ingest.sources.base import KIND_OF_ONE, LAYOUTS, Fetcher, Source, SourceProblem, Visited
from jobs_ingest.sources.base import Told as Heard
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.storing import OfferStore, Rejected, Told
from profiling.coding import Coder
from profiling.error_files import ErrorFile
from profiling.errors import InputError, OperatorError
from profiling.importing import BATCH, OpenSession, plain_reason
from profiling.models import ImportRun
from profiling.tabular import RawRow

#: Seconds after which what was told is stored at the next visited address, however little it is.
_WAIT = 20
_LONGEST_PROBLEM = 500
Clock = Callable[[], datetime]


def run_source(
    open_session: OpenSession,
    source: Source,
    fetcher: Fetcher,
    coder: Coder,
    clock: Clock,
    progress: Callable[[int], None] = lambda fetched: None,
    *,
    errors_to: Path,
    batch_size: int = BATCH,
) -> RunReport:
    """Take in what a source offers now. ``progress`` is told how many offers are done.

    Rejected offers are written to a CSV file in ``errors_to``, in the columns of docs/layouts.md. A source that
    cannot be read to its end is told in the report (``stopped``). Raises OperatorError when the database or the
    disk cannot go on; the batches before stay.
    """
    run = _Run(open_session, source.config, coder, clock, errors_to)
    try:
        run.go(source, fetcher, progress, batch_size)
    except (OperationalError, IntegrityError, OSError) as error:
        run.keep_errors()
        raise OperatorError(
            f"{source.config.name}: stopped after {run.done.fetched:,} offers, which are safe: "
            f"{plain_reason(error)}. Mend that and run it again; nothing will stand twice."
        ) from error
    return run.report()


def run_label(config: SourceConfig) -> str:
    """What the runs of a source are noted under (``ImportRun.file_name``): its file or its first address."""
    return config.path.name if config.path else config.addresses[0]


def _fingerprint(config: SourceConfig) -> str:
    """Changes with whatever decides what is read and stored."""
    told = (config.fingerprint, sorted(config.constants.items()), config.country)
    return hashlib.sha256(repr(told).encode()).hexdigest()


class _Run:
    """The state of one run."""

    def __init__(
        self, open_session: OpenSession, config: SourceConfig, coder: Coder, clock: Clock, errors_to: Path,
    ) -> None:  # fmt: skip
        self.done = Tally()
        self._open_session = open_session
        self._config = config
        self._coder = coder
        self._clock = clock
        self._kind = KIND_OF_ONE[config.offers]
        self._store = OfferStore(config, coder)
        self._fingerprint = _fingerprint(config)
        self._errors = ErrorFile(Path(config.name), LAYOUTS[config.offers], errors_to)
        self._run = ImportRun(
            kind=config.offers, source=config.name, file_name=run_label(config), started_at=clock()
        )
        self._error_file: Path | None = None
        self._stopped: str | None = None
        self._trouble: str | None = None
        self._told = 0

    def go(self, source: Source, fetcher: Fetcher, progress: Callable[[int], None], batch_size: int) -> None:
        """Read the source to its end, or to where it cannot be read further."""
        if self._kind == "vacancy":
            refresh_keys(self._open_session, self._coder)
        with self._open_session() as session:
            session.merge(self._row())
            seen = seen_before(session, self._config.name, self._fingerprint)
            session.commit()
        waiting: list[Heard] = []
        offers, since = 0, self._clock()
        told = iter(source.offers(fetcher, seen))
        while True:
            try:
                heard = next(told, None)
            except InputError as error:
                self._stopped = str(error)
                heard = None
            if heard is None:
                break
            waiting.append(heard)
            is_visit = isinstance(heard, Visited)
            offers += not is_visit
            if offers >= batch_size or (is_visit and (self._clock() - since).total_seconds() >= _WAIT):
                self._flush(waiting)
                waiting, offers, since = [], 0, self._clock()
                progress(self.done.fetched)
        self._flush(waiting)
        progress(self.done.fetched)
        self._end()

    def _flush(self, waiting: list[Heard]) -> None:
        """Store a batch and, with it, that its addresses were visited."""
        if not waiting:
            return
        now = self._clock()
        batch = self._numbered(waiting)
        with self._open_session() as session:
            still_offered = 0
            visits = [heard for heard in waiting if isinstance(heard, Visited)]
            # Before the batch is stored: its last offers may belong to an address that is not at its end yet.
            for heard in visits:
                still_offered += settle_address(session, self._run, self._kind, heard, now)
                remember_visit(session, self._config.name, self._fingerprint, heard, now)
            tally, rejected = self._store.store(session, self._run, batch, now)
            tally.still_offered = still_offered
            tally.unchanged_addresses = sum(1 for heard in visits if not heard.changed)
            session.merge(self._row(tally))
            session.commit()
        self._told += sum(1 for heard in waiting if not isinstance(heard, Visited))
        self.done.add(tally)
        self._write_errors(rejected)
        self._trouble = self._trouble or next(filter(None, map(self._hinders, waiting)), None)

    def _numbered(self, waiting: list[Heard]) -> list[Told]:
        """The offers with their numbers, each with the address that it was told before."""
        batch: list[Told] = []
        loose = 0
        for heard in waiting:
            if isinstance(heard, Visited):
                batch[loose:] = [told._replace(address=heard.url) for told in batch[loose:]]
                loose = len(batch)
            else:
                batch.append(Told(self._told + len(batch) + 1, heard, None))
        return batch

    def _hinders(self, heard: Heard) -> str | None:
        """Why what was not seen may still be offered: a part of the source did not answer.

        A page that a list links to may well be gone; that is how pages tell that a vacancy is.
        """
        if not isinstance(heard, SourceProblem) or heard.counted:
            return None
        linked = self._config.kind == "page" and heard.where not in self._config.addresses
        return None if linked else f"{heard.where}: {heard.reason}"

    def _end(self) -> None:
        with self._open_session() as session:
            if self._stopped is None:
                days = None if self._trouble else self._config.expires_after
                # Of a feed, what is gone has only made room for newer posts.
                if self._kind == "vacancy" and days is not None and self._config.kind != "feed":
                    self._settle_renumbered(session)
                self.done.expired = expire(session, self._kind, self._config.name, days, self._clock())
            row = self._row()
            row.finished_at = self._clock()
            row.problem = (self._stopped or self._trouble or "")[:_LONGEST_PROBLEM] or None
            session.merge(row)
            session.commit()
        self.keep_errors()

    def _settle_renumbered(self, session: Session) -> None:
        """Count as duplicates what the source offers under a new number."""
        found = settle_renumbered(session, self._run, self._coder, self._clock())
        self.done.new -= found.new
        self.done.held -= found.held
        self.done.duplicate += found.new + found.held

    def _row(self, more: Tally | None = None) -> ImportRun:
        """The run as it is noted, with a batch that is about to be stored."""
        total = Tally()
        for part in (self.done, more or Tally()):
            total.add(part)
        run = self._run
        return ImportRun(
            id=run.id, kind=run.kind, source=run.source, file_name=run.file_name, started_at=run.started_at,
            rows_read=total.fetched, rows_new=total.new, rows_changed=total.changed,
            rows_unchanged=total.unchanged, rows_rejected=total.rejected, rows_held=total.held,
            rows_duplicate=total.duplicate,
        )  # fmt: skip

    def _write_errors(self, rejected: list[Rejected]) -> None:
        for one in sorted(rejected, key=lambda one: one.line):
            self._errors.add(RawRow(one.line, one.cells), one.problems)

    def keep_errors(self) -> None:
        """Give the file of rejected offers its name."""
        with suppress(OSError):
            self._error_file = self._errors.keep() or self._error_file

    def report(self) -> RunReport:
        """What became of everything."""
        return self.done.report(self._config.name, self._config.offers, self._error_file, self._stopped)
