"""A batch of what a source told, stored: each offer is new, unchanged, changed, held, a duplicate or rejected."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from jobs_ingest.batch_duplicates import BatchDuplicates, Incoming
from jobs_ingest.courses import CourseImporter
from jobs_ingest.importer import Fields, OfferImporter
from jobs_ingest.models import OfferOrigin, VacancyStatus
from jobs_ingest.normalising import normalise
from jobs_ingest.origins import (
    Found,
    Standing,
    bounded_json,
    origins_of,
    remember_offers,
    reopen,
    standing,
    still_there,
    storable,
)
from jobs_ingest.run_report import Tally, Trouble
from jobs_ingest.same_offers import SameOffers
from jobs_ingest.sources.base import KIND_OF_ONE, LAYOUTS, RawOffer, SourceProblem
from jobs_ingest.sources.config import SourceConfig, header_mapping, mapped_columns
from jobs_ingest.vacancies import VacancyImporter
from profiling.coding import Coder
from profiling.errors import RowProblem
from profiling.fields import SHORT_TEXT, Row
from profiling.importing import content_hash
from profiling.models import ImportRun

#: Counts up when ``normalising`` reads the same texts differently: then every offer is read again.
READING = 3
_SHOWN_VALUE = re.compile(r"^(['\"]).*?\1 |\s*\([^()]*\)", re.DOTALL)


class _Vacancies(VacancyImporter):
    """Vacancies that were normalised before."""

    def code(self, fields: Fields) -> Fields:
        """What is understood of a vacancy, beside what was read when it was normalised."""
        return _beside(fields, super().code(fields))


class _Courses(CourseImporter):
    """Courses that were normalised before."""

    def code(self, fields: Fields) -> Fields:
        """What is understood of a course, beside what was read when it was normalised."""
        return _beside(fields, super().code(fields))


def _beside(fields: Fields, coded: Fields) -> Fields:
    return {**coded, "read": [*fields["read"], *coded["read"]]}  # type: ignore[misc]


_IMPORTERS: Mapping[str, type[OfferImporter]] = {"vacancies": _Vacancies, "courses": _Courses}


class Rejected(NamedTuple):
    """An offer that is not stored: its number in the run, its cells by the layout, and why."""

    line: int
    cells: dict[str, str]
    problems: list[RowProblem]


class Told(NamedTuple):
    """What a source told, its number in the run, and the address it stood at where that was visited to its end."""

    line: int
    what: RawOffer | SourceProblem
    address: str | None


@dataclass(frozen=True, slots=True)
class _Taken:
    """An offer that fits the layout, on its way into the database."""

    line: int
    ref: str
    offer: RawOffer
    address: str | None
    fields: Fields
    cells: dict[str, str]

    @property
    def content(self) -> str:
        return str(self.fields["content_hash"])


class OfferStore:
    """Stores what one source told; for one run."""

    def __init__(self, config: SourceConfig, coder: Coder) -> None:
        self._config = config
        self._kind = KIND_OF_ONE[config.offers]
        self._importer = _IMPORTERS[config.offers](config.name, coder)
        self._same = SameOffers(config.name, coder)

    def store(
        self, session: Session, run: ImportRun, batch: Sequence[Told], now: datetime
    ) -> tuple[Tally, list[Rejected]]:
        """Write a batch within the session's transaction; returns what became of each offer."""
        tally = Tally()
        rejected: list[Rejected] = []
        taken: list[_Taken] = []
        refs_refused: list[str] = []
        for told in batch:
            if isinstance(told.what, SourceProblem):
                self._problem(told, told.what, tally, rejected, now)
            else:
                self._take(told, _whole_text(told.what), tally, taken, rejected, refs_refused, now)
        self._write(session, run, taken, tally, rejected, refs_refused, now)
        for one in rejected:
            tally.reasons[f"{one.problems[0].field}: {_kind_of(one.problems[0].reason)}"] += 1
        tally.rejected += len(rejected)
        tally.fetched += sum(1 for told in batch if _is_offer(told.what))
        return tally, rejected

    # --- one by one --------------------------------------------------------------------------------

    def _problem(
        self, told: Told, problem: SourceProblem, tally: Tally, rejected: list[Rejected], now: datetime
    ) -> None:
        tally.problems.append(Trouble(problem.where, problem.field, problem.reason))
        if not problem.counted:
            tally.troubled_addresses += 1
            return
        cells = self._by_layout(problem, now)
        reason = f"{problem.reason.rstrip('.')} ({problem.where})"
        rejected.append(Rejected(told.line, cells, [RowProblem(told.line, problem.field, reason)]))

    def _by_layout(self, problem: SourceProblem, now: datetime) -> dict[str, str]:
        """What is known of a rejected offer in the columns of the layout, so that it can be corrected there."""
        theirs = {name: storable(text) for name, text in problem.original.items()}
        if mapping := header_mapping(self._config):
            ours = {
                name: "\n".join(theirs[one] for one in names if theirs.get(one)) for name, names in mapping.items()
            }
        else:
            known = mapped_columns(self._config.offers)
            ours = {name: text for name, text in theirs.items() if name in known}
        offer = RawOffer(self._kind, None, None, {**self._config.constants, **ours}, theirs, problem.where)
        return normalise(offer, self._config, now.date()).cells

    def _take(
        self, told: Told, offer: RawOffer, tally: Tally, taken: list[_Taken], rejected: list[Rejected],
        refused: list[str], now: datetime,
    ) -> None:  # fmt: skip
        normal = normalise(offer, self._config, now.date())
        tally.unread.update(normal.unread)
        columns = LAYOUTS[self._config.offers]
        cells = {name: text for name, text in normal.cells.items() if name in columns}
        if offer.ref:
            cells["ref"] = _short(offer.ref)
        row = Row(told.line, cells)
        fields = self._importer.parse(row)
        home = self._config.country or ""
        fields["content_hash"] = content_hash({**normal.identity, "#reading": str(READING), "#home": home})
        if not offer.ref:
            fields["ref"] = f"content:{content_hash(normal.identity)[:32]}"
        fields["read"] = [list(entry) for entry in normal.read]
        if row.problems:
            self._reject(told.line, offer.where, cells, row.problems, tally, rejected)
            refused.append(str(fields["ref"]))
        else:
            taken.append(_Taken(told.line, str(fields["ref"]), offer, told.address, fields, cells))

    def _reject(
        self, line: int, where: str, cells: dict[str, str], problems: Sequence[RowProblem], tally: Tally,
        rejected: list[Rejected],
    ) -> None:  # fmt: skip
        tally.problems += [Trouble(where, problem.field, problem.reason) for problem in problems]
        told = [RowProblem(line, problem.field, f"{problem.reason} ({where})") for problem in problems]
        rejected.append(Rejected(line, cells, told))

    # --- all at once -------------------------------------------------------------------------------

    def _write(
        self, session: Session, run: ImportRun, taken: list[_Taken], tally: Tally, rejected: list[Rejected],
        refused: list[str], now: datetime,
    ) -> None:  # fmt: skip
        refs = [one.ref for one in taken]
        origins = origins_of(session, self._kind, run.source, {*refs, *refused})
        before = standing(session, self._importer.table, run.source, refs)
        still_there(session, run, [origins[ref] for ref in refused if ref in origins], now)
        duplicates = BatchDuplicates(
            self._same, session, run.source, [Incoming(one.line, one.ref, one.content, one.fields) for one in taken]
        )
        again = duplicates.sort_out(origins, before) if self._kind == "vacancy" else set()
        own = [one for one in taken if one.line not in again]
        for one in own:
            self._keep_decided(one, before.get(one.ref), origins.get(one.ref))
        outcome = self._own(session, run, own, before, tally, rejected)
        after = standing(session, self._importer.table, run.source, [one.ref for one in own])
        stored = {one.line: after[one.ref].id for one in own if one.line in outcome}
        homes = stored | duplicates.homes(stored)
        found = [_found(one, homes[one.line]) for one in taken if one.line in homes]
        remember_offers(session, run, self._kind, origins, found, now)
        if self._kind == "vacancy":
            duplicates.keep(stored, now)
        back = [origins[one.ref] for one in found if one.ref in origins]
        tally.reopened += reopen(session, self._kind, back, now.date())
        tally.duplicate += len(again)
        self._count(own, outcome, after, tally)

    def _keep_decided(self, one: _Taken, stood: Standing | None, origin: OfferOrigin | None) -> None:
        """What was decided of a vacancy outlasts a change of its text, unless the source states a status."""
        if stood is None or stood.status is None or "status" in one.cells:
            return
        expired = stood.status == VacancyStatus.CLOSED and origin and origin.expired_at
        # What the safeguards made of it, they make again of its new text.
        if not (expired or stood.status == VacancyStatus.HELD or stood.status == stood.made):
            one.fields["status"] = stood.status

    def _own(
        self, session: Session, run: ImportRun, own: list[_Taken], before: Mapping[str, Standing], tally: Tally,
        rejected: list[Rejected],
    ) -> dict[int, str]:  # fmt: skip
        """Store the offers that stand by themselves; returns by line what became of those that are stored."""
        if not own:
            return {}
        hashes = {ref: one.content_hash for ref, one in before.items()}
        outcome: dict[int, str] = {}
        for one in own:
            held = hashes.get(one.ref)
            outcome[one.line] = "new" if held is None else "unchanged" if held == one.content else "changed"
            hashes.setdefault(one.ref, one.content)
            if outcome[one.line] == "changed":
                hashes[one.ref] = one.content
        batch = [(one.line, one.fields) for one in own]
        stored = self._importer.store(session, batch, run)
        by_line = {one.line: one for one in own}
        for problem in stored.refused:
            one = by_line[problem.line]
            reason = "its number stands twice in this run, with another content"
            twice = [RowProblem(problem.line, problem.field, reason)]
            self._reject(problem.line, one.offer.where, one.cells, twice, tally, rejected)
            del outcome[problem.line]
        return outcome

    def _count(
        self, own: list[_Taken], outcome: Mapping[int, str], after: Mapping[str, Standing], tally: Tally
    ) -> None:
        for one in own:
            became = outcome.get(one.line)
            if became:
                name = "held" if after[one.ref].status == VacancyStatus.HELD else became
                setattr(tally, name, getattr(tally, name) + 1)


def _found(one: _Taken, offer_id: uuid.UUID) -> Found:
    original = bounded_json(one.offer.original)
    return Found(one.ref, offer_id, one.offer.url, one.address, one.content, original)


def _whole_text(offer: RawOffer) -> RawOffer:
    """The offer without halves of characters, which no database stores; a zero byte is refused later."""
    cells = {name: text.encode("utf-8", "replace").decode() for name, text in offer.cells.items()}
    ref, url = (text if text is None else storable(text) for text in (offer.ref, offer.url))
    return replace(offer, cells=cells, ref=ref, url=url)


def _is_offer(what: RawOffer | SourceProblem) -> bool:
    return isinstance(what, RawOffer) or what.counted


def _short(ref: str) -> str:
    """A number that fits its column; an address that does not is known by its hash."""
    told = ref.strip()
    return (
        told if len(told) <= SHORT_TEXT else f"sha256:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()}"
    )


def _kind_of(reason: str) -> str:
    """A reason without the value it was given for, so that equal reasons are counted together."""
    return _SHOWN_VALUE.sub("", reason).strip()
