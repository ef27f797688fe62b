"""The desk at which vacancies that may be one are compared, made one, taken apart, and back.

Counsellors and heads decide, as they do about marks: a vacancy belongs to no centre. Nothing here is about a
returnee.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from api.answers import PAGE, Page, page_count
from api.desk import Desk
from api.duplicate_answers import ActLine, OffersOf, OriginLine, PairFile, PairLine
from api.duplicate_wording import reasons_of
from api.models import Account
from api.policy import Action
from jobs_ingest.duplicate_merging import Hand, ask_about, keep_apart, kept_of, merge, why_not_one
from jobs_ingest.duplicate_review import merged_into
from jobs_ingest.duplicate_splitting import Sources, split, undo
from jobs_ingest.duplicates.deciding import compare
from jobs_ingest.duplicates_models import ActKind, DuplicateAct, OfferPair
from jobs_ingest.models import OfferOrigin, Vacancy, VacancyStatus
from jobs_ingest.offer_views import COLUMNS, Post
from jobs_ingest.repository import find_vacancy, vacancies_by_id
from jobs_ingest.sources.config import ConfigProblem, SourceConfig, read_sources
from profiling.coding import Coder
from profiling.errors import Conflict, InputError, NotFound

_SOURCES_FILE = "sources.toml"
_NOTE = 500
#: Decisions that the list shows, so that a slip is undone at once.
_LATELY = 10
_LIVE = (VacancyStatus.OPEN, VacancyStatus.HELD)
_GONE = "an account that is gone"


class Duplicates(Desk):
    """What reviewers see and do of vacancies that may be one."""

    def waiting(self) -> int:
        """How many pairs wait."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            return _count(session)

    def pairs(self, number: int = 1) -> Page[PairLine]:
        """A page of the pairs that wait: the likeliest first, those that were put off last."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            total = _count(session)
            pages = page_count(total)
            number = min(number, pages)
            order = (col(OfferPair.put_off_at).nulls_first(), col(OfferPair.score).desc(), col(OfferPair.id))
            query = select(OfferPair).where(_waits()).order_by(*order).offset((number - 1) * PAGE).limit(PAGE)
            rows = session.exec(query).all()
            return Page(_lines(session, rows), number, pages, total)

    def all_pairs(self) -> list[PairLine]:
        """Every pair that waits."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            return _lines(session, session.exec(select(OfferPair).where(_waits())).all())

    def pair(self, pair_id: uuid.UUID) -> PairFile:
        """Two vacancies side by side. Raises NotFound."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            return self._file(session, _pair(session, pair_id))

    def compare(self, vacancy_id: uuid.UUID, key: str) -> uuid.UUID:
        """Ask about a vacancy and another one, by its id, number or address; returns the pair.

        Raises NotFound, InputError, Conflict.
        """
        self.require(Action.VACANCY_REVIEW)
        key = key.strip().rstrip("/").rpartition("/")[2]
        if not key:
            raise InputError("Give the number of the other vacancy, or the address of its page.")
        coder = self.application.coder()
        with self.application.session() as session:
            one, other = find_vacancy(session, str(vacancy_id)), find_vacancy(session, key)
            verdict = compare(_post(one, coder).reading, _post(other, coder).reading)
            pair = ask_about(session, one, other, verdict.score, verdict.reasons, self.now)
            self.record(session, "compare", [one.id, other.id], "", "vacancy")
            session.commit()
            return pair.id

    def decide(self, pair_id: uuid.UUID, answer: str, note: str = "", seen: str | None = None) -> PairFile:
        """Say of a pair that it is ``one`` vacancy or ``two``, or put it off (``later``).

        ``seen`` is that of the pair as it was shown. Raises NotFound, InputError, Conflict.
        """
        self.require(Action.VACANCY_REVIEW)
        hand = self._hand(note)
        with self.application.session() as session:
            pair = _pair(session, pair_id, lock=True)
            file = self._file(session, pair)
            if pair.decision is not None:
                raise Conflict(f"{file.decided_by} has decided about these two meanwhile. Undo that first.")
            if seen is not None and seen != file.seen:
                raise Conflict("One of the two has changed since you opened this page. Compare them again.")
            if answer == "one":
                merge(session, file.keep.id, file.other.id, hand)
            elif answer == "two":
                keep_apart(session, file.keep.id, file.other.id, hand)
            elif answer == "later":
                pair.put_off_at = self.now
                session.add(pair)
            else:
                raise InputError("Say one, two or later.")
            self.record(session, f"duplicate {answer}", [file.keep.id, file.other.id], "", "vacancy")
            session.commit()
            return self._file(session, _pair(session, pair_id))

    def offers(self, vacancy_id: uuid.UUID) -> OffersOf:
        """The origins of a vacancy, and what was decided about it. Raises NotFound."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            vacancy = find_vacancy(session, str(vacancy_id))
            query = select(OfferOrigin).where(OfferOrigin.kind == "vacancy", OfferOrigin.offer_id == vacancy.id)
            rows = session.exec(query.order_by(col(OfferOrigin.first_seen_at), col(OfferOrigin.id)))
            touching = sa.or_(col(DuplicateAct.kept_id) == vacancy.id, col(DuplicateAct.other_id) == vacancy.id)
            acts = _standing(session, touching)
            return OffersOf([_origin(row, vacancy) for row in rows], self._acts(session, acts))

    def part_of(self, vacancy_id: uuid.UUID) -> tuple[uuid.UUID, str] | None:
        """The open vacancy, by id and title, that another one became a part of; for whoever may read vacancies."""
        self.require(Action.VACANCY_READ)
        with self.application.reading() as session:
            into = merged_into(session, [vacancy_id]).get(vacancy_id)
            kept = session.get(Vacancy, into) if into else None
            return (kept.id, kept.title) if kept and kept.status == VacancyStatus.OPEN else None

    def lately(self) -> list[ActLine]:
        """The last decisions that stand, newest first."""
        self.require(Action.VACANCY_REVIEW)
        with self.application.reading() as session:
            return self._acts(session, _standing(session, sa.true(), _LATELY))

    def split(self, vacancy_id: uuid.UUID, origin_id: uuid.UUID, note: str = "") -> ActLine:
        """Take an origin out of a vacancy, as another vacancy. Raises NotFound, Conflict, InputError."""
        self.require(Action.VACANCY_REVIEW)
        hand, sources = self._hand(note), self._sources()
        with self.application.session() as session:
            act = split(session, vacancy_id, origin_id, hand, sources)
            self.record(
                session, "duplicate split", [vacancy_id, *([act.other_id] if act.other_id else [])], "", "vacancy"
            )
            session.commit()
            done = self._acts(session, [act])[0]
        if done.other is not None:
            self.application.refresh()
        return done

    def undo(self, act_id: uuid.UUID) -> ActLine:
        """Undo a decision. Raises NotFound, Conflict."""
        self.require(Action.VACANCY_REVIEW)
        sources = self._sources()
        with self.application.session() as session:
            act = undo(session, act_id, self._hand(""), sources)
            self.record(session, "duplicate undo", _ids(act), act.kind, "vacancy")
            session.commit()
            return self._acts(session, [act])[0]

    # --- inner -------------------------------------------------------------------------------------

    def _hand(self, note: str) -> Hand:
        note = note.strip()
        if len(note) > _NOTE:
            raise InputError(f"Keep the note under {_NOTE} characters.")
        return Hand(self.principal.account_id, self.now, note)

    def _sources(self) -> Sources:
        return Sources(self.application.coder(), self._configs())

    def _configs(self) -> Mapping[str, SourceConfig]:
        """The sources as they are configured; none when that cannot be read: then a run makes offers again."""
        try:
            return read_sources(self.application.settings.data / _SOURCES_FILE)
        except ConfigProblem:
            return {}

    def _file(self, session: Session, pair: OfferPair) -> PairFile:
        rows = vacancies_by_id(session, [pair.one_id, pair.other_id])
        keep, other = kept_of(rows[pair.one_id], rows[pair.other_id])
        names = _names(session, [pair.decided_by])
        return PairFile(
            pair.id, pair.score, keep, other, reasons_of(pair.reasons, turned=keep.id != pair.one_id),
            why_not_one(session, keep, other), _seen(keep, other), pair.decision, pair.decided_at,
            names.get(pair.decided_by, _GONE) if pair.decided_by else "", pair.note or "",
        )  # fmt: skip

    def _acts(self, session: Session, acts: Sequence[DuplicateAct]) -> list[ActLine]:
        names = _names(session, [act.done_by for act in acts])
        origins = _moved(session, acts)
        # A run may have made the vacancy of a split meanwhile.
        others = {act.id: act.other_id or _now_at(origins, act) for act in acts}
        titles = _titles(session, [act.kept_id for act in acts] + [one for one in others.values() if one])
        configs = self._configs()
        lines = []
        for act in acts:
            origin = origins.get(act.moved[0]) if act.moved else None
            other = titles.get(others[act.id]) if others[act.id] else None  # type: ignore[arg-type]
            waits = None
            if other is None and origin is not None:
                waits = "next run" if origin.source in configs else "no source"
            lines.append(
                ActLine(
                    act.id, act.kind, titles.get(act.kept_id, (act.kept_id, "")), other,
                    origin.source if origin else "", act.done_at,
                    names.get(act.done_by, _GONE) if act.done_by else "", act.note or "", waits,
                )
            )  # fmt: skip
        return lines


def _post(vacancy: Vacancy, coder: Coder) -> Post:
    return Post(str(vacancy.id), {name: getattr(vacancy, name) for name in COLUMNS}, coder)


def _seen(keep: Vacancy, other: Vacancy) -> str:
    """Changes with what is shown of two vacancies."""
    told = [(str(one.id), one.content_hash, one.status, str(one.employer_id)) for one in (keep, other)]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _waits() -> sa.ColumnElement[bool]:
    """What a pair is that waits: nobody has decided, and both vacancies still stand."""
    live = select(Vacancy.id).where(col(Vacancy.status).in_(_LIVE))
    return sa.and_(
        col(OfferPair.decision).is_(None), col(OfferPair.one_id).in_(live), col(OfferPair.other_id).in_(live)
    )


def _count(session: Session) -> int:
    return session.exec(select(sa.func.count()).select_from(OfferPair).where(_waits())).one()


def _pair(session: Session, pair_id: uuid.UUID, *, lock: bool = False) -> OfferPair:
    query = select(OfferPair).where(OfferPair.id == pair_id).execution_options(populate_existing=True)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("There is no such pair of vacancies.")
    return found


def _lines(session: Session, rows: Sequence[OfferPair]) -> list[PairLine]:
    vacancies = vacancies_by_id(session, {one for row in rows for one in (row.one_id, row.other_id)})
    sides = [kept_of(vacancies[row.one_id], vacancies[row.other_id]) for row in rows]
    return [
        PairLine(row.id, row.score, *two, row.found_at, row.put_off_at)
        for row, two in zip(rows, sides, strict=True)
    ]


def _origin(row: OfferOrigin, vacancy: Vacancy) -> OriginLine:
    numbered = not row.ref.startswith(("content:", "sha256:"))
    shown = (row.source, row.ref) == (vacancy.source, vacancy.ref)
    return OriginLine(
        row.id, row.source, row.ref if numbered else "", row.url, row.first_seen_at, row.last_seen_at,
        row.expired_at is not None, shown,
    )  # fmt: skip


def _standing(session: Session, only: sa.ColumnElement[bool], most: int | None = None) -> Sequence[DuplicateAct]:
    query = select(DuplicateAct).where(col(DuplicateAct.undone_at).is_(None), only)
    return session.exec(query.order_by(col(DuplicateAct.done_at).desc(), col(DuplicateAct.id)).limit(most)).all()


def _moved(session: Session, acts: Iterable[DuplicateAct]) -> dict[str, OfferOrigin]:
    ids = [uuid.UUID(one) for act in acts for one in act.moved if act.kind == ActKind.SPLIT]
    rows = session.exec(select(OfferOrigin).where(col(OfferOrigin.id).in_(ids))) if ids else ()
    return {str(row.id): row for row in rows}


def _now_at(origins: Mapping[str, OfferOrigin], act: DuplicateAct) -> uuid.UUID | None:
    origin = origins.get(act.moved[0]) if act.moved else None
    return origin.offer_id if origin else None


def _ids(act: DuplicateAct) -> list[uuid.UUID]:
    return [act.kept_id, *([act.other_id] if act.other_id else [])]


def _titles(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    return {key: (key, row.title) for key, row in vacancies_by_id(session, ids).items()}


def _names(session: Session, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    known = [one for one in ids if one]
    accounts = session.exec(select(Account).where(col(Account.id).in_(known))) if known else ()
    return {account.id: account.name or account.login for account in accounts}
