"""What pages and command line share: the engine, the embedder, the market of the present revision.

Every method that touches a person's record writes the audit trail in the same transaction and answers
only after the commit.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from sqlmodel import Session

from api import audit
from api.database import check_schema, make_engine, migrate, open_reading, open_session
from api.permissions import operator_scope
from api.settings import Settings
from jobs_ingest.courses import CourseImporter
from jobs_ingest.recode import recode_offers
from jobs_ingest.repository import find_vacancy
from jobs_ingest.vacancies import VacancyImporter
from matching import pipeline
from matching.embeddings import Embedder, Progress, SentenceEmbedder, no_progress
from matching.market import Market, load_market
from matching.vectors import KINDS, Refreshed, refresh_vectors
from profiling.coding import Coder
from profiling.errors import InputError
from profiling.importing import ImportReport, import_file
from profiling.intake import ReturneeImporter
from profiling.mapping import Mapping
from profiling.models import Centre
from profiling.recode import recode_returnees
from profiling.repository import (
    CaseFile,
    CaseSummary,
    Scope,
    all_centres,
    bump_revision,
    ensure_centre,
    find_returnee,
    list_cases,
    read_case,
    references_of,
    revision_number,
)
from profiling.taxonomy import Taxonomy
from profiling.taxonomy_store import load_starter, load_taxonomy

_RECODE_BATCH = 500
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class IndexReport:
    """What bringing the derived data up to date did."""

    recoded: int
    refreshed: tuple[Refreshed, ...]
    index: str
    vacancies: int


@dataclass(frozen=True)
class NamedCandidate:
    """A candidate with the centre's own number, for the counsellor's list."""

    ref: str
    found: pipeline.PersonMatch


class Application:
    """One running Hunar on one database."""

    def __init__(
        self, settings: Settings, *, embedder: Embedder | None = None, clock: Clock = lambda: datetime.now(UTC),
        actor: str = "operator",
    ) -> None:  # fmt: skip
        self.settings = settings
        self.engine = make_engine(settings.database)
        self.embedder: Embedder = embedder or SentenceEmbedder(settings.embedder)
        self.now = clock
        self.actor = actor
        self._market: Market | None = None
        self._market_revision: tuple[int, int] | None = None
        self._market_lock = Lock()
        self._index_outcome = "loaded"
        self._key: bytes | None = None

    def prepare(self) -> None:
        """Make or update the schema and load the starter taxonomy when it is new."""
        migrate(self.engine)
        with self.session() as session:
            load_starter(session)
            session.commit()

    def check(self) -> None:
        """Refuse to run on a database of another schema."""
        check_schema(self.engine)

    def session(self) -> AbstractContextManager[Session]:
        """A session that may write."""
        return open_session(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only reads."""
        return open_reading(self.engine)

    @property
    def audit_key(self) -> bytes:
        """The key of the audit trail."""
        if self._key is None:
            self._key = audit.audit_key(self.settings.data / "audit.key")
        return self._key

    def _record(self, session: Session, action: str, kind: str, ids: list[uuid.UUID | None], fields: str) -> None:
        acts = [audit.Act(self.actor, action, kind, subject, fields) for subject in ids]
        audit.record(session, self.audit_key, acts, self.now())

    def taxonomy(self) -> Taxonomy:
        """The taxonomy that the database holds."""
        with self.reading() as session:
            return load_taxonomy(session)

    # --- taking in -------------------------------------------------------------------------------

    def add_centre(self, name: str, country: str, *, fictional: bool = False) -> Centre:
        """The centre of that name, made when it does not exist."""
        with self.session() as session:
            centre = ensure_centre(session, name, country, fictional=fictional)
            session.commit()
            return centre

    def centres(self) -> list[Centre]:
        """Every centre."""
        with self.reading() as session:
            return all_centres(session)

    def ingest(
        self, kind: str, path: Path, *, source: str = "file", centre: str | None = None,
        mapping: Mapping | None = None, errors_to: Path | None = None,
        progress: Callable[[int], None] = lambda rows: None,
    ) -> ImportReport:  # fmt: skip
        """Import a file of returnees, vacancies or courses."""
        coder = Coder(self.taxonomy())
        source = (mapping.source if mapping else None) or source
        if kind == "returnees":
            home = self._centre(centre)
            importer = ReturneeImporter(home.id, coder, self.now().date())
            report = import_file(
                self.session, path, importer, source=home.name, mapping=mapping, errors_to=errors_to,
                progress=progress, after_batch=self._audit_import,
            )  # fmt: skip
        else:
            offers = VacancyImporter(source, coder) if kind == "vacancies" else CourseImporter(source, coder)
            report = import_file(
                self.session,
                path,
                offers,
                source=source,
                mapping=mapping,
                errors_to=errors_to,
                progress=progress,
            )
        return report

    def _audit_import(self, session: Session, changed: list[uuid.UUID]) -> None:
        self._record(session, "import", "returnee", list(changed), "passport,identity")

    def _centre(self, name: str | None) -> Centre:
        centres = self.centres()
        chosen = [c for c in centres if name is None or c.name == name]
        if len(chosen) == 1:
            return chosen[0]
        names = ", ".join(repr(c.name) for c in centres) or "none"
        raise InputError(
            f"Say with --centre to which centre the people belong (there is: {names}). "
            "`hunar centre add NAME --country CODE` makes one."
        )

    # --- keeping the derived data up to date -----------------------------------------------------

    def refresh(
        self,
        *,
        begin: Callable[[str, int], None] = lambda kind, total: None,
        progress: Progress = no_progress,
    ) -> IndexReport:
        """Code what is of an older taxonomy, embed what is new or changed, make the index fit."""
        taxonomy = self.taxonomy()
        recoded = self._recode(Coder(taxonomy))
        refreshed = []
        for kind in KINDS:
            with self.reading() as session:
                scope = Scope(frozenset(centre.id for centre in all_centres(session)))
            done = refresh_vectors(
                self.session, kind, self.embedder, taxonomy, scope, self.now(), begin=begin, progress=progress
            )
            refreshed.append(done)
            if done.embedded or done.removed:
                with self.session() as session:
                    bump_revision(session, "market")
                    session.commit()
        market = self.market()
        return IndexReport(recoded, tuple(refreshed), self._index_outcome, len(market.vacancies))

    def _recode(self, coder: Coder) -> int:
        total = 0
        while True:
            with self.session() as session:
                done = recode_returnees(session, coder, _RECODE_BATCH) + recode_offers(
                    session, coder, _RECODE_BATCH
                )
                session.commit()
            total += done
            if not done:
                return total

    def market(self) -> Market:
        """The market of the present revision; loaded again only when the data have changed."""
        with self.reading() as session:
            revision = (revision_number(session, "market"), revision_number(session, "taxonomy"))
            if self._market is None or self._market_revision != revision:
                with self._market_lock:
                    if self._market is None or self._market_revision != revision:
                        self._market, self._index_outcome = load_market(
                            session, revision[0], self.embedder.model, self.embedder.dimensions,
                            load_taxonomy(session), self.settings.index_file,
                        )  # fmt: skip
                        self._market_revision = revision
            return self._market

    # --- answering -------------------------------------------------------------------------------

    def cases(self) -> list[CaseSummary]:
        """The caseload."""
        with self.session() as session:
            found = list_cases(session, operator_scope(session), self.now())
            self._record(session, "list", "returnee", [case.id for case in found] or [None], "ref,name,home,job")
            session.commit()
            return found

    def case(self, key: str) -> CaseFile:
        """Everything recorded of one person, by id or reference number."""
        with self.session() as session:
            scope = operator_scope(session)
            found = read_case(session, scope, find_returnee(session, scope, key), self.now())
            self._record(session, "read", "returnee", [found.returnee.id], "identity,passport,consent")
            session.commit()
            return found

    def match(self, key: str, *, jobs: int = 10, courses: int = 5) -> pipeline.MatchList:
        """Jobs and courses for one person, by id or reference number."""
        market = self.market()
        with self.session() as session:
            scope = operator_scope(session)
            returnee_id = find_returnee(session, scope, key)
            self._record(session, "match", "returnee", [returnee_id], "matching_profile")
            found = pipeline.match(
                session, scope, returnee_id, market, self.embedder, self.now(), jobs=jobs, courses=courses
            )
            session.commit()
            return found

    def candidates(self, key: str, *, count: int = 10) -> list[NamedCandidate]:
        """Returnees for one vacancy, by id or source number."""
        market = self.market()
        with self.session() as session:
            scope = operator_scope(session)
            vacancy = find_vacancy(session, key)
            found = pipeline.candidates(session, scope, vacancy.id, market, self.now(), count=count)
            ids = [candidate.returnee_id for candidate in found]
            self._record(session, "candidate", "returnee", list(ids) or [None], "matching_profile")
            refs = references_of(session, scope, ids)
            session.commit()
            return [NamedCandidate(refs[candidate.returnee_id], candidate) for candidate in found]

    def verify_audit(self) -> int:
        """Check the audit trail; returns its length."""
        with self.reading() as session:
            return audit.verify(session, self.audit_key)

    def is_prepared(self) -> bool:
        """Whether the database has tables."""
        return bool(sa.inspect(self.engine).has_table("returnee"))
