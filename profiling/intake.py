"""Taking in returnees: what a row told becomes a case, an identity and a coded passport in the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, delete, select

from profiling.coding import Coder, Found
from profiling.consent import record_consent_from_file
from profiling.errors import RowProblem
from profiling.fields import Row
from profiling.identity import Reference, ReturneeIdentity, seal_identity, seal_reference
from profiling.importing import Stored
from profiling.intake_rows import ReturneeLayout, ReturneeRecord
from profiling.models import Credential, Experience, ImportRun, Origin, Passport, Returnee, SkillClaim, now_utc
from profiling.narrative import read_narrative
from profiling.recognition import Confirmation, weigh_claims
from profiling.repository import bump_revision
from profiling.retention import RETENTION_YEARS, refused_as_erased, retain_until
from profiling.vault import vault_of


def code_passport(
    coder: Coder,
    passport: Passport,
    experiences: Sequence[Experience],
    credentials: Sequence[Credential],
    references: Sequence[Confirmation],
) -> list[SkillClaim]:
    """Code all free texts in place and return the claims read from them, weighed by their evidence."""
    claims: dict[tuple[str, int | None], SkillClaim] = {}
    owner = passport.returnee_id

    def claim(skill: str, origin: Origin, text: str, span: tuple[int, int], job: int | None) -> None:
        claims.setdefault(
            (skill, job),
            SkillClaim(
                returnee_id=owner, skill=skill, origin=origin, source_text=text[span[0] : span[1]],
                start=span[0], end=span[1], experience_position=job,
            ),
        )  # fmt: skip

    for item in (passport.skills_said or "").split(";"):
        for told in read_narrative(item, coder):
            if told.counts:
                claim(told.skill, Origin.STATED, item.strip(), (0, len(item.strip())), None)
    for job in experiences:
        shown = []
        for text, found in _told_in(coder, job):
            shown.append(found.what)
            claim(found.what, Origin.READ, text, (found.start, found.end), job.position)
        if not job.occupation_by_hand:
            coded = coder.occupation(job.title, shown)
            job.occupation = coded.occupation if coded else None
            job.occupation_words = coded.words if coded else None
            job.occupation_likeness = coded.likeness if coded else None
    for credential in credentials:
        coded = coder.occupation(credential.title)
        credential.occupation = coded.occupation if coded else None
        credential.occupation_likeness = coded.likeness if coded else None
        if credential.document_seen:
            for found in coder.skills(credential.title):
                claim(found.what, Origin.CREDENTIAL, credential.title, (found.start, found.end), None)
    passport.wanted_occupations = coder.occupations(passport.wanted_work)
    passport.not_wanted_occupations = coder.occupations(passport.not_wanted_work)
    made = list(claims.values())
    weigh_claims(made, experiences, credentials, references, coder.taxonomy)
    return made


def _told_in(coder: Coder, job: Experience) -> list[tuple[str, Found[str]]]:
    """(text, skill) of a job; of what its duties tell, only what the person did, helped with, led or learned."""
    duties = job.duties or ""
    told = [
        (duties, Found(claim.skill, claim.words, claim.start, claim.end))
        for claim in read_narrative(duties, coder)
        if claim.counts
    ]
    return told + [(text, found) for text in (job.tools or "", job.title) for found in coder.skills(text)]


class ReturneeImporter:
    """Imports the returnees of one centre."""

    kind = "returnees"
    required = frozenset({"ref", "given_name", "home_country"})

    def __init__(self, centre_id: uuid.UUID, coder: Coder, today: date, keep_years: int = RETENTION_YEARS) -> None:
        self._keep_years = keep_years
        self._centre_id = centre_id
        self._coder = coder
        self._today = today
        self._layout = ReturneeLayout(coder.taxonomy.licences.keys(), today)
        self._run: uuid.UUID | None = None
        #: Which numbers the present run has met, to refuse a number that stands twice in one file.
        self._met: set[str] = set()

    def knows(self, column: str) -> bool:
        """Whether the layout has such a column."""
        return self._layout.knows(column)

    def columns(self) -> Iterable[str]:
        """The columns of the layout."""
        return self._layout.columns()

    def parse(self, row: Row) -> ReturneeRecord:
        """A record from a row; problems are noted in the row."""
        return self._layout.parse(row)

    def store(self, session: Session, batch: list[tuple[int, ReturneeRecord]], run: ImportRun) -> Stored:
        """Write a batch: new people are added, changed ones replaced, unchanged ones left alone.

        A number that stands twice in one file with different content is refused the second time.
        """
        if self._run != run.id:
            self._run, self._met = run.id, set()
        refs = [record.ref for _, record in batch]
        held = session.exec(
            select(Returnee).where(Returnee.centre_id == self._centre_id, col(Returnee.ref).in_(refs))
        )
        known = {returnee.ref: returnee for returnee in held}
        erased = refused_as_erased(session, self._centre_id, [ref for ref in refs if ref not in known])
        self._coder.prepare(_titles(record for _, record in batch if not _is_held(known, record)))
        stored = Stored()
        for line, record in batch:
            returnee = known.get(record.ref)
            again = record.ref in self._met
            self._met.add(record.ref)
            if returnee is None:
                if record.ref in erased:
                    stored.refused.append(
                        RowProblem(
                            line, "ref", f"{record.ref!r} was erased; take it out of the file, or register anew "
                            "under a new number if the person asks for it",
                        )
                    )  # fmt: skip
                    continue
                returnee = Returnee(
                    centre_id=self._centre_id, ref=record.ref, content_hash="", coding=self._coder.version,
                    retain_until=retain_until(self._today, self._keep_years),
                )  # fmt: skip
                known[record.ref] = returnee
                stored.new += 1
            elif _is_held(known, record):
                stored.unchanged += 1
                continue
            elif again:
                stored.refused.append(RowProblem(line, "ref", f"{record.ref!r} stands twice in this file"))
                continue
            else:
                stored.changed += 1
                _keep_by_hand(session, returnee.id, record.experiences)
                _remove_parts(session, returnee.id)
            self._write(session, returnee, record)
            stored.people.append(returnee.id)
        if stored.new or stored.changed:
            bump_revision(session, "people")
        return stored

    def _write(self, session: Session, returnee: Returnee, record: ReturneeRecord) -> None:
        returnee.content_hash = record.content_hash
        returnee.registered_on, returnee.returned_on = record.registered_on, record.returned_on
        returnee.coding, returnee.updated_at = self._coder.version, now_utc()
        returnee.retain_until = retain_until(self._today, self._keep_years)
        session.add(returnee)
        session.flush()
        parts = [record.passport, *record.experiences, *record.credentials]
        for part in parts:
            part.returnee_id = returnee.id
        vault = vault_of(session)
        references = [seal_reference(vault, returnee.id, referee) for referee in record.references]
        sealed = [seal_identity(vault, returnee.id, record.identity), *references]
        claims = code_passport(
            self._coder, record.passport, record.experiences, record.credentials, record.references
        )
        session.add_all([*sealed, *parts, *claims])
        if record.consent:
            given = record.consent
            record_consent_from_file(
                session, returnee.id, granted=given.granted, given_on=given.given_on, how=given.how,
                language=given.language, assisted_by=given.assisted_by, field_set=given.field_set,
            )  # fmt: skip
        session.flush()


def _is_held(known: Mapping[str, Returnee], record: ReturneeRecord) -> bool:
    """Whether the row stands in the database as it is; what stands after a plus is no part of its content."""
    returnee = known.get(record.ref)
    return returnee is not None and returnee.content_hash.partition("+")[0] == record.content_hash


def _titles(records: Iterable[ReturneeRecord]) -> Iterator[str]:
    for record in records:
        yield from (job.title for job in record.experiences)
        yield from (credential.title for credential in record.credentials)


def _keep_by_hand(session: Session, returnee_id: uuid.UUID, jobs: Sequence[Experience]) -> None:
    """What a person said of a job stays when its row changes, as long as number and title are the same."""
    query = select(Experience).where(Experience.returnee_id == returnee_id, col(Experience.occupation_by_hand))
    held = {(job.position, job.title): job.occupation for job in session.exec(query)}
    for job in jobs:
        if (job.position, job.title) in held:
            job.occupation = held[job.position, job.title]
            job.occupation_by_hand = True


def _remove_parts(session: Session, returnee_id: uuid.UUID) -> None:
    for table in (SkillClaim, Reference, Credential, Experience, Passport, ReturneeIdentity):
        session.exec(delete(table).where(col(table.returnee_id) == returnee_id))
    session.expire_all()
