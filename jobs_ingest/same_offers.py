"""Which offers of a batch are vacancies that stand: of another source, or of their own under another number.

Memory is bounded by the batch: the keys of its offers are asked of the table of keys, and only what shares one is
loaded, some at a time. The rule is told in docs/ingest.md, *Duplicates*.
"""

from __future__ import annotations

import heapq
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col

from jobs_ingest.duplicate_review import Key, told_apart
from jobs_ingest.duplicates import Answer, Reason, Verdict
from jobs_ingest.duplicates.deciding import compare, settled_unread
from jobs_ingest.models import OfferOrigin
from jobs_ingest.offer_keys import LIVE, KeyTable, likeliest, parts, posts_of
from jobs_ingest.offer_views import HEAD, Post
from profiling.coding import Coder
from profiling.queries import pick

#: Offers whose candidates are looked for at once.
_SLICE = 100
#: Doubts of one offer that a person is asked about.
_DOUBTS = 3

#: A vacancy that stands, or an offer of the batch by its line.
Target = uuid.UUID | int


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer of a batch. ``stands``: the vacancy that it is already, which is written anew with a new text;
    ``knew``: the vacancy of which it was an origin."""

    line: int
    ref: str
    fields: Mapping[str, object]
    stands: uuid.UUID | None = None
    knew: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two that a person should compare."""

    line: int
    other: Target
    score: float
    reasons: tuple[Reason, ...]


@dataclass
class Found:
    """What was found of a batch: which offers (by line) are which vacancies, keys of the others, and doubts."""

    same: dict[int, Target] = field(default_factory=dict)
    keys: dict[int, frozenset[int]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Near:
    """A candidate that was compared and is not another vacancy for sure. ``own``: it is of the same source."""

    target: Target
    verdict: Verdict
    own: bool
    twin: bool

    @property
    def score(self) -> float:
        return self.verdict.score


class SameOffers:
    """The search of one run over one source."""

    def __init__(self, source: str, coder: Coder) -> None:
        self._source = source
        self._coder = coder
        self._table = KeyTable()

    def find(self, session: Session, asked: Sequence[Asked]) -> Found:
        """What the offers of a batch are.

        Of several vacancies the likeliest is taken. An offer can be one that comes before it in the batch, or one
        that stands and changes with the batch.
        """
        found = Found()
        posts = {one.line: Post("", {**one.fields, "source": self._source}, self._coder) for one in asked}
        rewritten = {one.stands for one in asked if one.stands}
        searching = [one for one in asked if one.stands is None]
        apart = told_apart(session, [(self._source, one.ref) for one in searching])
        near: dict[int, list[_Near]] = {}
        for part in parts(searching, _SLICE):
            near |= self._in_table(session, part, posts, rewritten)
        taken = self._origins(session, near.values())
        beside = _Beside(posts)
        for one in asked:
            if one.stands:
                beside.add(one.line, one.stands)
        for one in searching:
            parted = apart.get(Key(self._source, one.ref), frozenset())
            met = [
                candidate
                for candidate in (*near.get(one.line, ()), *beside.near(one.line))
                if candidate.target not in parted
            ]
            self._settle(one, met, taken, found)
            if one.line not in found.same and one.fields.get("status") in LIVE:
                beside.add(one.line, one.line)
        found.keys = {one.line: posts[one.line].keys for one in asked if one.line not in found.same}
        return found

    def _settle(self, one: Asked, met: Iterable[_Near], taken: dict[Target, set[str]], found: Found) -> None:
        """Decide what an offer is, and note what is left unsure when it stands by itself."""
        doubts: list[_Near] = []
        best: _Near | None = None
        for candidate in sorted(met, key=lambda near: (not isinstance(near.target, int), near.score), reverse=True):
            if candidate.verdict.answer is not Answer.SAME:
                doubts.append(candidate)
            elif candidate.twin or candidate.target == one.knew or not self._occupied(candidate, one, taken):
                best = candidate if best is None or candidate.score > best.score else best
            else:
                doubts.append(candidate)
        if best is not None:
            found.same[one.line] = best.target
            taken[best.target].add(one.ref)
            return
        for doubt in heapq.nlargest(_DOUBTS, doubts, key=lambda near: near.score):
            found.doubts.append(Doubt(one.line, doubt.target, doubt.score, doubt.verdict.reasons))

    def _occupied(self, candidate: _Near, one: Asked, taken: Mapping[Target, set[str]]) -> bool:
        """Whether this source offers the candidate under another number: by its numbers it tells them apart."""
        return candidate.own or bool(taken.get(candidate.target, set()) - {one.ref})

    # --- the table -----------------------------------------------------------------------------------

    def _in_table(
        self, session: Session, asked: Sequence[Asked], posts: Mapping[int, Post], rewritten: Collection[uuid.UUID]
    ) -> dict[int, list[_Near]]:
        """What stands in the database and is near to some offers, by line."""
        members = self._table.members(session, (key for one in asked for key in posts[one.line].keys))
        asking: dict[int, list[int]] = defaultdict(list)
        for one in asked:
            for number in likeliest(posts[one.line].keys, members):
                asking[number].append(one.line)
        left: dict[int, list[int]] = {}
        for number, vacancy_id, head in posts_of(session, sorted(asking), self._coder, HEAD):
            lines = [line for line in asking[number] if not settled_unread(posts[line].reading, head.view)]
            if lines and vacancy_id not in rewritten:
                left[number] = lines
        near: dict[int, list[_Near]] = defaultdict(list)
        for number, vacancy_id, post in posts_of(session, sorted(left), self._coder):
            own = post.told["source"] == self._source
            for line in left[number]:
                if candidate := _compared(posts[line], post, vacancy_id, own=own):
                    near[line].append(candidate)
        return near

    def _origins(self, session: Session, near: Iterable[Sequence[_Near]]) -> dict[Target, set[str]]:
        """Under which numbers this source offers the vacancies that may be some of the batch."""
        ids = {
            candidate.target
            for some in near
            for candidate in some
            if candidate.verdict.answer is Answer.SAME and isinstance(candidate.target, uuid.UUID)
        }
        taken: dict[Target, set[str]] = defaultdict(set)
        for part in parts(ids):
            query = pick(OfferOrigin.offer_id, OfferOrigin.ref).where(
                col(OfferOrigin.kind) == "vacancy", col(OfferOrigin.source) == self._source,
                col(OfferOrigin.offer_id).in_(part),
            )  # fmt: skip
            for offer_id, ref in session.execute(query):
                taken[offer_id].add(ref)
        return taken


class _Beside:
    """The offers of the batch that stand by themselves, to be found by those that come after them."""

    def __init__(self, posts: Mapping[int, Post]) -> None:
        self._posts = posts
        self._members: dict[int, list[int]] = defaultdict(list)
        self._targets: dict[int, Target] = {}

    def add(self, line: int, target: Target) -> None:
        """An offer that stands by itself."""
        self._targets[line] = target
        for key in self._posts[line].keys:
            self._members[key].append(line)

    def near(self, line: int) -> list[_Near]:
        """What is near to an offer among those before it."""
        post = self._posts[line]
        found = (
            _compared(post, self._posts[other], self._targets[other], own=True)
            for other in likeliest(post.keys, self._members)
            if not settled_unread(post.reading, self._posts[other].view)
        )
        return [candidate for candidate in found if candidate]


def _compared(ours: Post, theirs: Post, target: Target, *, own: bool) -> _Near | None:
    """A candidate, or None when it is another vacancy for sure."""
    verdict = compare(ours.reading, theirs.reading)
    if verdict.answer is Answer.DIFFERENT or (own and verdict.answer is Answer.UNSURE):
        return None
    twin = verdict.answer is Answer.SAME and ours.is_twin(theirs)
    return _Near(target, verdict, own, twin)
