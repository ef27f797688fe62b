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
from api.answers import (
    PAGE,
    NamedCandidate,
    Page,
    PersonMatches,
    VacancyFile,
    case_answers,
    page_count,
    standing,
    trades_named,
)
from api.database import check_schema, make_engine, migrate, open_reading, open_session
from api.permissions import operator_scope
from api.settings import Settings
from jobs_ingest.courses import CourseImporter
from jobs_ingest.importer import OfferImporter
from jobs_ingest.models import Vacancy
from jobs_ingest.recode import recode_offers
from jobs_ingest.repository import find_vacancy, search_vacancies, vacancies_by_id
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
_OFFERS: dict[str, type[OfferImporter]] = {"vacancies": VacancyImporter, "courses": CourseImporter}
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class IndexReport:
    """What bringing the derived data up to date did."""

    recoded: int
    refreshed: tuple[Refreshed, ...]
    index: str
    vacancies: int


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
        self._coder: Coder | None = None
        self._coder_revision: int | None = None

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

    def coder(self) -> Coder:
        """The coder of the present taxonomy; made again only when the taxonomy has changed."""
        with self.reading() as session:
            revision = revision_number(session, "taxonomy")
            if self._coder is None or self._coder_revision != revision:
                self._coder, self._coder_revision = Coder(load_taxonomy(session)), revision
            return self._coder

    def ping(self) -> None:
        """Ask the database for an answer."""
        with self.reading() as session:
            session.execute(sa.text("SELECT 1"))

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
        coder = self.coder()
        source = (mapping.source if mapping else None) or source
        if kind == "returnees":
            home = self._centre(centre)
            importer = ReturneeImporter(home.id, coder, self.now().date())
            report = import_file(
                self.session, path, importer, source=home.name, mapping=mapping, errors_to=errors_to,
                progress=progress, after_batch=self._audit_import,
            )  # fmt: skip
        else:
            offers: OfferImporter = _OFFERS[kind](source, coder)
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
        recoded = self._recode(self.coder())
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

    def caseload(self, words: str = "", number: int = 1) -> Page[CaseSummary]:
        """A page of the caseload: those whose number, name, home, job or trade contain the words."""
        taxonomy = self.coder().taxonomy
        with self.session() as session:
            cases = list_cases(session, operator_scope(session), self.now())
            found = [case for case in cases if case_answers(case, words.strip(), taxonomy)]
            pages = page_count(len(found))
            number = min(number, pages)
            shown = found[(number - 1) * PAGE : number * PAGE]
            self._record(session, "list", "returnee", [case.id for case in shown] or [None], "ref,name,home,job")
            session.commit()
            return Page(shown, number, pages, len(found))

    def matches(self, returnee_id: uuid.UUID, *, jobs: int = 10, courses: int = 5) -> PersonMatches:
        """One person's jobs and courses under their name; without consent to matching, none."""
        market = self.market()
        now = self.now()
        with self.session() as session:
            scope = operator_scope(session)
            case = read_case(session, scope, returnee_id, now)
            self._record(session, "match", "returnee", [returnee_id], "identity,consent,matching_profile")
            found = None
            if case.matching_allowed:
                found = pipeline.match(
                    session, scope, returnee_id, market, self.embedder, now, jobs=jobs, courses=courses
                )
            offered = vacancies_by_id(session, [job.vacancy.id for job in found.jobs] if found else [])
            session.commit()
            return PersonMatches(case, found, offered)

    def vacancies(self, words: str = "", number: int = 1) -> Page[Vacancy]:
        """A page of the vacancies, newest first. They are published, so no reading is recorded."""
        words = words.strip()
        trades = trades_named(words, self.coder().taxonomy) if words else []
        with self.reading() as session:
            found, total = search_vacancies(session, words, trades, skip=(number - 1) * PAGE, count=PAGE)
            pages = page_count(total)
            if number > pages:
                found, total = search_vacancies(session, words, trades, skip=(pages - 1) * PAGE, count=PAGE)
            return Page(found, min(number, pages), pages, total)

    def vacancy(self, vacancy_id: uuid.UUID, *, count: int = 10) -> VacancyFile:
        """A vacancy as published, what was understood of it and, when it is open, its candidates."""
        market, coder = self.market(), self.coder()
        with self.session() as session:
            vacancy = find_vacancy(session, str(vacancy_id))
            _, unread = coder.demands([*vacancy.essential_text, *vacancy.wished_text])
            now_is = standing(vacancy, self.now().date())
            refused = now_is if now_is != "open" else None if vacancy.id in market.row_of else "unread"
            people = [] if refused else self._candidates(session, vacancy.id, market, count)
            session.commit()
            return VacancyFile(vacancy, now_is, unread, refused, people)

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
            people = self._candidates(session, find_vacancy(session, key).id, market, count)
            session.commit()
            return people

    def _candidates(
        self, session: Session, vacancy_id: uuid.UUID, market: Market, count: int
    ) -> list[NamedCandidate]:
        scope = operator_scope(session)
        found = pipeline.candidates(session, scope, vacancy_id, market, self.now(), count=count)
        ids = [candidate.returnee_id for candidate in found]
        self._record(session, "candidate", "returnee", list(ids) or [None], "matching_profile")
        refs = references_of(session, scope, ids)
        return [NamedCandidate(refs[candidate.returnee_id], candidate) for candidate in found]

    def verify_audit(self) -> int:
        """Check the audit trail; returns its length."""
        with self.reading() as session:
            return audit.verify(session, self.audit_key)

    def is_prepared(self) -> bool:
        """Whether the database has tables."""
        return bool(sa.inspect(self.engine).has_table("returnee"))
