"""The desk at which a caseload is spread over vacancies: a list to be reviewed, which changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlmodel import Session, col

from api.answers import standing
from api.desk import Desk
from api.policy import Action
from jobs_ingest.models import Vacancy, VacancyStatus
from jobs_ingest.repository import find_vacancy
from matching import pipeline
from matching.market import Market, VacancyView
from matching.people import Person
from matching.ranking import VACANCY_RANKER
from matching.retrieval import barriers, retrieve
from matching.spread import PER_OPENING, Scores, Spread, assign, spread
from profiling.matching_view import matchable_returnees
from profiling.queries import pick
from profiling.repository import references_of

_BATCH = 500


@dataclass(frozen=True)
class Plan:
    """What a batch is spread by. ``one_to_one``: each opening one person; else lists under a cap."""

    per_person: int = 5
    per_opening: int = PER_OPENING
    one_to_one: bool = False
    keep_best: bool = False


@dataclass(frozen=True)
class SpreadList:
    """A spread batch. ``refs``: the centre's numbers of the people; ``views``: the vacancies of the batch.

    ``unknown_openings``: vacancies of the batch that do not say how many they seek. ``refused``: vacancies asked
    for that cannot be offered to anybody, and how they stand (``closed``, ``held``, ``expired``, ``unread``...).
    """

    spread: Spread
    refs: Mapping[uuid.UUID, str]
    views: Mapping[uuid.UUID, VacancyView]
    unknown_openings: int
    refused: tuple[tuple[str, str], ...]
    plan: Plan
    ranker: str
    model: str


class Spreading(Desk):
    """What counsellors and heads ask for a whole caseload."""

    def spread(
        self, keys: Sequence[str] | None, plan: Plan, progress: Callable[[int], None] = lambda done: None
    ) -> SpreadList:
        """The caseload spread over vacancies by id or source number, or over the whole market for None.

        Only people of the caseload who agree to matching, only vacancies that may be offered to each of them.
        Named vacancies are compared with everybody; of the whole market, with each person those that their own
        list is made from. Raises NotFound for an unknown vacancy and Forbidden.
        """
        self.require(Action.CANDIDATE_LIST)
        self.require(Action.CASE_MATCH)
        market, now = self.application.market(), self.now
        with self.application.session() as session:
            named, refused = _named(session, market, keys or (), now.date())
            people = matchable_returnees(session, self.principal, now)
            self.record(session, "candidate", list(people) or [None], "matching_profile")
            found: list[dict[int, float]] = []
            for person_id in people:
                person = pipeline.load_person(
                    session, self.principal, person_id, market, self.application.embedder, now
                )
                found.append(_fits(person, market, now.date(), None if keys is None else named))
                progress(1)
            rows = sorted({row for fits in found for row in fits}) if keys is None else named
            views = [market.vacancies[row] for row in rows]
            openings = _openings(session, [view.id for view in views])
            refs = references_of(session, self.principal, people)
            session.commit()
        scores, ids = _table(found, rows), [view.id for view in views]
        asked = [openings[about] for about in ids]
        if plan.one_to_one:
            made = assign(scores, people, ids, asked, keep_best=plan.keep_best)
        else:
            made = spread(scores, people, ids, asked, per_person=plan.per_person, per_opening=plan.per_opening,
                          keep_best=plan.keep_best)  # fmt: skip
        return SpreadList(
            made, refs, {view.id: view for view in views}, asked.count(None), refused, plan,
            VACANCY_RANKER.version, market.model,
        )  # fmt: skip


def _named(
    session: Session, market: Market, keys: Sequence[str], today: date
) -> tuple[list[int], tuple[tuple[str, str], ...]]:
    """The rows of named vacancies, each once, and those that cannot be offered with how they stand."""
    rows: list[int] = []
    refused: list[tuple[str, str]] = []
    for vacancy in {found.id: found for found in (find_vacancy(session, key) for key in keys)}.values():
        stands = standing(vacancy, today)
        row = market.row_of.get(vacancy.id)
        if stands == VacancyStatus.OPEN and row is not None:
            rows.append(row)
        else:
            refused.append((vacancy.ref, "unread" if stands == VacancyStatus.OPEN else str(stands)))
    return sorted(rows), tuple(refused)


def _fits(person: Person, market: Market, today: date, rows: Sequence[int] | None) -> dict[int, float]:
    """The scores of vacancies that may be listed for a person, by row; without ``rows`` of the whole market."""
    if rows is None:
        ranked = pipeline.rank(person, market, retrieve(person, market, today))
    else:
        views = [market.vacancies[row] for row in rows]
        ranked = [
            (view, VACANCY_RANKER.score(person, view, float(market.vectors[view.row] @ person.vector) or None))
            for view in views
        ]
    return {
        view.row: scored.score
        for view, scored in ranked
        if pipeline.near_enough(scored) and not barriers(person, view, today)
    }


def _table(found: Sequence[Mapping[int, float]], rows: Sequence[int]) -> Scores:
    """The scores as an array, shape (people, rows), NaN where a vacancy may not be listed."""
    column = {row: at for at, row in enumerate(rows)}
    table = np.full((len(found), len(rows)), np.nan)
    for at, fits in enumerate(found):
        for row, score in fits.items():
            table[at, column[row]] = score
    return table


def _openings(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int | None]:
    """How many people each vacancy seeks; None where it does not say, or says none while it is open."""
    found: dict[uuid.UUID, int | None] = {}
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        query = pick(Vacancy.id, Vacancy.openings).where(col(Vacancy.id).in_(some))
        found |= {row[0]: row[1] if row[1] and row[1] > 0 else None for row in session.execute(query)}
    return found
