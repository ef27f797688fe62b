"""The desk that counts whether the caseload's groups are shown work alike. Nothing of it reaches the ranking.

Sex and date of birth are opened for this report alone, of people who are matched at all and have not said no to
statistics, and after everybody has been ranked.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from api.desk import Desk
from api.policy import Action
from matching.fairness import MEASURES, SMALLEST, Comparison, Ratio, compare, outcomes
from matching.market import Market
from matching.people import Person
from matching.pipeline import load_person, near_enough, rank
from matching.ranking import VACANCY_RANKER
from matching.retrieval import barriers, retrieve
from profiling.access import Principal, visible_returnees
from profiling.fields import last_day
from profiling.identity import ReturneeIdentity, open_identity
from profiling.matching_view import matchable_returnees
from profiling.models import ConsentEvent, Experience, Purpose, Returnee
from profiling.passport import MatchingProfile
from profiling.queries import pick
from profiling.taxonomy import Taxonomy
from profiling.vault import vault_of

#: By what people are compared.
ATTRIBUTES = ("sex", "age", "destination", "origin")
#: A person is among the first of a vacancy's people when among so many: a page of candidates.
FIRST = 10
_READ = frozenset({"sex", "birth_date"})
_AGES = ((25, "under 25"), (35, "25 to 34"), (45, "35 to 44"), (55, "45 to 54"), (200, "55 and older"))
Labels = Mapping[str, Sequence[str | None]]
Begin = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True)
class Sector:
    """People of one sector: the ISCO-08 major group of the trade held longest; ``major`` is None for everybody."""

    major: str | None
    n: int
    by: dict[str, Comparison]


@dataclass(frozen=True)
class FairnessReport:
    """The comparisons, and whom they leave out. ``sectors``: everybody first, then those of enough people."""

    at: datetime
    people: int
    not_matched: int
    said_no: int
    vacancies: int
    first: int
    ranker: str
    sectors: tuple[Sector, ...]

    def as_json(self) -> dict[str, object]:
        """Plain values; an interval is [value, low, high], an end without limit null."""
        return {
            "at": self.at.isoformat(), "people": self.people, "not_matched": self.not_matched,
            "said_no_to_statistics": self.said_no, "vacancies": self.vacancies, "first": self.first,
            "ranker": self.ranker, "sectors": [_sector(sector) for sector in self.sectors],
        }  # fmt: skip


def _sector(sector: Sector) -> dict[str, object]:
    by = {
        name: {
            "not_shown": found.not_shown,
            "groups": [
                {
                    "group": group.label, "n": group.n, "share_of_people": _end(group.share_of_people),
                    "share_of_exposure": _end(group.share_of_exposure),
                    **{measure: _measured(group.ratios[measure]) for measure in MEASURES},
                }
                for group in found.groups
            ],
        }
        for name, found in sector.by.items()
    }  # fmt: skip
    return {"isco_major": sector.major, "n": sector.n, "by": by}


def _measured(found: Ratio) -> dict[str, object]:
    ratio = [_end(end) for end in found.ratio] if found.ratio else None
    return {"mean": [_end(end) for end in found.mean], "ratio": ratio, "marked": found.marked}


def _end(value: float | None) -> float | None:
    return None if value is None or value == float("inf") else round(value, 4)


class Fairness(Desk):
    """Counts of the caseload by sex, age, destination and origin."""

    def report(self, first: int = FIRST, begin: Begin = lambda step, total: lambda done: None) -> FairnessReport:
        """Rank everybody of the caseload who agreed to matching, then compare. Raises Forbidden.

        Each person who is counted gets a row of its own kind in the audit trail.
        """
        for field in ("identity.sex", "identity.birth_date"):
            self.require(Action.FAIRNESS_READ, field)
        market, now = self.application.market(), self.now
        with self.application.reading() as session:
            everybody = len(session.exec(select(Returnee.id).where(visible_returnees(self.principal))).all())
            agreed = matchable_returnees(session, self.principal, now)
            refused = _refused(session, agreed)
            people, lists = self._ranked(session, market, [who for who in agreed if who not in refused], begin)
        with self.application.session() as session:
            labels = _labels(session, self.principal, people, now.date())
            ids = [profile.returnee_id for profile in people]
            self.record(session, "fairness", [*ids] or [None], "sex,birth_date,matching_profile")
            session.commit()
        found = outcomes(lists, len(people), first)
        sectors = [(None, list(range(len(people)))), *sorted(_by_major(people, market.taxonomy).items())]
        done = begin("comparing", len(sectors))
        compared = []
        for major, members in sectors:
            if major is None or len(members) >= 2 * SMALLEST:
                by = {name: compare([each[at] for at in members], found[members]) for name, each in labels.items()}
                compared.append(Sector(major, len(members), by))
            done(1)
        return FairnessReport(
            now, len(people), everybody - len(agreed), len(refused), len(lists), first, VACANCY_RANKER.version,
            tuple(compared),
        )  # fmt: skip

    def _ranked(
        self, session: Session, market: Market, ids: Sequence[uuid.UUID], begin: Begin
    ) -> tuple[list[MatchingProfile], list[list[int]]]:
        """The people, and for each vacancy that is shown to any of them their numbers, best first."""
        done = begin("ranking people", len(ids))
        people: list[MatchingProfile] = []
        lists: dict[int, list[tuple[float, str, int]]] = defaultdict(list)
        for returnee_id in ids:
            person = load_person(session, self.principal, returnee_id, market, self.application.embedder, self.now)
            for row, score in _near(person, market, self.now.date()):
                lists[row].append((-score, str(returnee_id), len(people)))
            people.append(person.profile)
            done(1)
        return people, [[number for *_, number in sorted(lists[row])] for row in sorted(lists)]


def _near(person: Person, market: Market, today: date) -> list[tuple[int, float]]:
    """Rows and scores of the vacancies that would be listed for a person."""
    ranked = rank(person, market, retrieve(person, market, today))
    return [
        (view.row, scored.score)
        for view, scored in ranked
        if near_enough(scored) and not barriers(person, view, today)
    ]


def _refused(session: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those whose last word on statistics was a no."""
    words = pick(ConsentEvent.returnee_id, ConsentEvent.granted).where(
        col(ConsentEvent.returnee_id).in_(ids), col(ConsentEvent.purpose) == Purpose.STATISTICS.value
    )
    last = {row[0]: row[1] for row in session.execute(words.order_by(col(ConsentEvent.sequence)))}
    return {who for who, granted in last.items() if not granted}


def _labels(session: Session, principal: Principal, people: Sequence[MatchingProfile], today: date) -> Labels:
    """What each person is counted as, by attribute. Of an identity sex and date of birth alone are opened."""
    ids = [profile.returnee_id for profile in people]
    vault = vault_of(session)
    rows = session.exec(
        select(ReturneeIdentity)
        .join(Returnee, col(Returnee.id) == ReturneeIdentity.returnee_id)
        .where(visible_returnees(principal), col(Returnee.id).in_(ids))
    )
    known = {row.returnee_id: open_identity(vault, row, _READ) for row in rows}
    abroad = _destinations(session, people)
    return {
        "sex": [known[who].sex for who in ids],
        "age": [age_group(known[who].birth_date, today) for who in ids],
        "destination": [abroad.get(who) for who in ids],
        "origin": [
            f"{profile.home_country} {profile.home_province}" if profile.home_province else None
            for profile in people
        ],
    }


def age_group(birth_date: str | None, today: date) -> str | None:
    """The age group by the years that are completed for certain; None without a date of birth."""
    if birth_date is None:
        return None
    born = last_day(birth_date)
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return next((name for below, name in _AGES if years < below), None)


def _destinations(session: Session, people: Sequence[MatchingProfile]) -> dict[uuid.UUID, str]:
    """The foreign country in which each person worked last, by the dates of the jobs and else by their order."""
    home = {profile.returnee_id: profile.home_country for profile in people}
    query = pick(
        Experience.returnee_id, Experience.country, Experience.ended, Experience.started, Experience.ongoing
    ).where(col(Experience.returnee_id).in_(list(home)), col(Experience.country).is_not(None))
    jobs = [row for row in session.execute(query.order_by(col(Experience.position))) if row[1] != home[row[0]]]
    jobs.sort(key=lambda row: (bool(row[4]), row[2] or row[3] or ""))
    return {row[0]: row[1] for row in jobs}


def _by_major(people: Sequence[MatchingProfile], taxonomy: Taxonomy) -> dict[str, list[int]]:
    """The numbers of the people by the ISCO-08 major group of their main trade."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, profile in enumerate(people):
        group = taxonomy.isco_of(profile.occupations[0]) if profile.occupations else None
        if group:
            found[str(group)[0]].append(number)
    return dict(found)
