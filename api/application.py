"""What pages, API and command line share: engine, keys, embedder, the market of the present revision.

What somebody asks of people's records goes through a desk (``api.desk``), which knows who asks.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from sqlmodel import Session

from api import audit
from api.audit_head import Head, HeadFile
from api.database import check_schema, forget_deleted, make_engine, migrate, open_reading, open_session
from api.erasures import reapply_erasures
from api.sealing import seal_anew
from api.settings import Settings
from jobs_ingest.courses import CourseImporter
from jobs_ingest.importer import OfferImporter
from jobs_ingest.providers_importing import ProviderImporter
from jobs_ingest.recode import recode_offers
from jobs_ingest.vacancies import VacancyImporter
from matching.embedder_names import embedder_named
from matching.embeddings import Embedder, Progress, no_progress
from matching.market import Market, load_market
from matching.title_coding import ShippedTitles
from matching.vectors import KINDS, Refreshed, refresh_vectors
from profiling.access import Principal, Role
from profiling.coding import Coder
from profiling.errors import InputError
from profiling.guessing import TitleGuesser
from profiling.importing import ImportReport, import_file
from profiling.intake import ReturneeImporter
from profiling.mapping import Mapping
from profiling.models import Centre
from profiling.recode import recode_returnees
from profiling.repository import all_centres, bump_revision, ensure_centre, revision_number
from profiling.taxonomy import Taxonomy
from profiling.taxonomy_store import load_starter, load_taxonomy
from profiling.vault import Vault, add_key, drop_old_keys, open_vault

_log = logging.getLogger("hunar")
_RECODE_BATCH = 500
_MARKET: dict[str, type[OfferImporter] | type[ProviderImporter]] = {
    "vacancies": VacancyImporter, "courses": CourseImporter, "providers": ProviderImporter,
}  # fmt: skip
Clock = Callable[[], datetime]
MakeTitles = Callable[[Coder], TitleGuesser]


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
        self, settings: Settings, *, embedder: Embedder | None = None, titles: MakeTitles | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        """``titles`` makes the reader of titles that the rules do not know.

        Without it the shipped one is asked; whoever hands in an embedder of their own hands in a reader too, or
        titles are coded by rules alone.
        """
        self.settings = settings
        self.engine = make_engine(settings.database)
        self.embedder: Embedder = embedder or embedder_named(settings.embedder, settings.data)
        self._titles = titles or (self._shipped_titles if embedder is None else None)
        self.now = clock
        self._market: Market | None = None
        self._market_revision: tuple[int, int] | None = None
        self._market_lock = Lock()
        self._index_outcome = "loaded"
        self._key: bytes | None = None
        self._vault: Vault | None = None
        self._to_forget = False
        self._head: HeadFile | None = None
        self._coder: Coder | None = None
        self._coder_revision: int | None = None

    def prepare(self) -> None:
        """Make or update the schema and load the starter taxonomy when it is new."""
        migrate(self.engine, self.vault)
        with self.session() as session:
            load_starter(session)
            session.commit()
        reapply_erasures(self)

    def check(self) -> None:
        """Refuse to run on a database of another schema."""
        check_schema(self.engine)
        reapply_erasures(self)

    def session(self) -> AbstractContextManager[Session]:
        """A session that may write."""
        return open_session(self.engine, self.vault)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only reads."""
        return open_reading(self.engine, self.vault)

    @property
    def audit_key(self) -> bytes:
        """The key of the audit trail."""
        if self._key is None:
            self._key = audit.audit_key(self.settings.key_folder / "audit.key")
        return self._key

    @property
    def head(self) -> HeadFile:
        """Where the newest row of the audit trail is remembered outside the database."""
        if self._head is None:
            self._head = HeadFile(self.settings.head_file, self.audit_key)
        return self._head

    @property
    def vault(self) -> Vault:
        """The keys of what is sealed in the database."""
        if self._vault is None:
            self._vault = open_vault(self.vault_file)
        return self._vault

    @property
    def vault_file(self) -> Path:
        """Where those keys stand."""
        return self.settings.key_folder / "vault.keys"

    def rotate_keys(self, progress: Callable[[int], None] = lambda rows: None) -> int:
        """Seal everything with a new key and forget the old ones; returns how many values were sealed anew."""
        self._vault = add_key(self.vault_file)
        sealed = seal_anew(self.session, progress)
        drop_old_keys(self.vault_file)
        self._vault = open_vault(self.vault_file)
        return sealed

    def record(
        self, session: Session, actor: str, action: str, kind: str, ids: Sequence[uuid.UUID | None], fields: str
    ) -> None:
        """Add rows to the audit trail, one for each id, within the session's transaction."""
        acts = [audit.Act(actor, action, kind, subject, fields) for subject in ids]
        audit.record(session, self.audit_key, acts, self.now(), self.head)

    def system(self, session: Session) -> Principal:
        """The machine itself, which embeds, counts and erases for every centre and shows nothing to anybody."""
        return Principal(Role.SYSTEM, centres=frozenset(centre.id for centre in all_centres(session)))

    def taxonomy(self) -> Taxonomy:
        """The taxonomy that the database holds."""
        with self.reading() as session:
            return load_taxonomy(session)

    def coder(self) -> Coder:
        """The coder of the present taxonomy; made again only when the taxonomy has changed."""
        with self.reading() as session:
            revision = revision_number(session, "taxonomy")
            if self._coder is None or self._coder_revision != revision:
                rules = Coder(load_taxonomy(session))
                self._coder = rules.with_titles(self._titles(rules)) if self._titles else rules
                self._coder_revision = revision
            return self._coder

    def _shipped_titles(self, rules: Coder) -> TitleGuesser:
        return ShippedTitles(rules, self.embedder)

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
        """Import a file of returnees, vacancies, courses or providers."""
        coder = self.coder()
        source = (mapping.source if mapping else None) or source
        if kind == "returnees":
            home = self._centre(centre)
            importer = ReturneeImporter(home.id, coder, self.now().date(), self.settings.retention_years)
            report = import_file(
                self.session, path, importer, source=home.name, mapping=mapping, errors_to=errors_to,
                progress=progress, after_batch=self._audit_import,
            )  # fmt: skip
        else:
            offers: OfferImporter | ProviderImporter = _MARKET[kind](source, coder)
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
        self.record(session, "system", "import", "returnee", changed, "passport,identity")

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
                system = self.system(session)
            done = refresh_vectors(
                self.session, kind, self.embedder, taxonomy, system, self.now(), begin=begin, progress=progress
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

    def verify_audit(self, noted: Head | None = None) -> int:
        """Check the audit trail against its head and, if given, one noted elsewhere; returns its length."""
        with self.reading() as session:
            return audit.check(session, self.audit_key, self.head, noted)

    def begin_audit_head(self) -> Head:
        """Let a missing head begin at the trail's newest row; a decision of whoever runs the machine."""
        with self.reading() as session:
            return audit.begin_head(session, self.audit_key, self.head)

    def forget_deleted(self) -> None:
        """Let what was erased leave the database's files; what a reader hinders is tried again later."""
        self._to_forget = not forget_deleted(self.engine)
        if self._to_forget:
            _log.warning("Somebody is reading; what was erased leaves the file of changes a little later.")

    def forget_what_waits(self) -> None:
        """Try again to forget, if that was hindered."""
        if self._to_forget:
            self.forget_deleted()

    def is_prepared(self) -> bool:
        """Whether the database has tables."""
        return bool(sa.inspect(self.engine).has_table("returnee"))
