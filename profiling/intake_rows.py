"""Reading a row of the documented layout: one returnee with identity, passport and consent, not yet stored."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from profiling.consent import CONSENT_WAYS
from profiling.fields import EDUCATION_LEVELS, LONG_TEXT, PAY_PERIODS, Row, first_day, last_day
from profiling.identity import Identity, Referee
from profiling.importing import content_hash
from profiling.models import Credential, Experience, FieldSet, Passport, Sex

ASPIRATIONS = ("wage_work", "self_employment", "training", "migrate_again")
CREDENTIAL_KINDS = ("certificate", "training", "rpl")
_MAX_GROUPS = 20
_PLAIN = (
    "ref given_name family_name sex birth_date phone home_country home_province home_district"
    " registered_on returned_on languages licences education_level education_field skills aspirations"
    " wanted_work not_wanted_work work_districts work_countries expected_pay expected_pay_currency"
    " expected_pay_period consent_matching consent_employers consent_on consent_how"
    " consent_language consent_assisted_by"
).split()
_GROUPS = {
    "job": ["title", "country", "employer", "from", "to", "duties", "tools", "language", "document_seen"],
    "credential": ("title kind body framework level number issued_on expires_on country document_seen").split(),
    "reference": ["name", "relation", "contact", "job", "confirmed_on"],
}
_NUMBERED = re.compile(r"(job|credential|reference)([1-9]\d?)_(\w+)", re.ASCII)


@dataclass(frozen=True)
class FileConsent:
    """An agreement to matching as a file states it."""

    granted: bool
    field_set: FieldSet
    given_on: date | None
    how: str | None
    language: str | None
    assisted_by: str | None


@dataclass
class ReturneeRecord:
    """One row, read: rows for the tables, not yet tied to a person."""

    ref: str
    content_hash: str
    registered_on: str | None
    returned_on: str | None
    identity: Identity
    passport: Passport
    experiences: list[Experience] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    references: list[Referee] = field(default_factory=list)
    consent: FileConsent | None = None


class ReturneeLayout:
    """The columns of a file of returnees, and how a row of them is read."""

    def __init__(self, licences: Collection[str], today: date) -> None:
        """``licences``: the codes that may stand in a row; ``today``: no day of the past lies after it."""
        self._licences = licences
        self._today = today

    def knows(self, column: str) -> bool:
        """Whether the layout has such a column; groups are numbered from 1."""
        if column in _PLAIN:
            return True
        found = _NUMBERED.fullmatch(column)
        return found is not None and 1 <= int(found[2]) <= _MAX_GROUPS and found[3] in _GROUPS[found[1]]

    def columns(self) -> Iterable[str]:
        """The columns of the layout, groups with the number 1."""
        return [*_PLAIN, *(f"{group}1_{name}" for group, names in _GROUPS.items() for name in names)]

    def parse(self, row: Row) -> ReturneeRecord:
        """A record from a row; problems are noted in the row."""
        unborn = uuid.uuid4()
        identity = Identity(
            given_name=row.needed("given_name"),
            family_name=row.text("family_name"),
            sex=row.choice("sex", [sex.value for sex in Sex]),
            birth_date=self._not_future(row, "birth_date"),
            phone=row.text("phone"),
        )
        row.needed("home_country")
        record = ReturneeRecord(
            ref=row.needed("ref"),
            content_hash=content_hash(row.cells),
            registered_on=self._not_future(row, "registered_on"),
            returned_on=self._not_future(row, "returned_on"),
            identity=identity,
            passport=self._passport(row, unborn),
            consent=self._consent(row),
        )
        for number in _numbers(row, "job"):
            record.experiences.append(self._experience(row, number, unborn))
        for number in _numbers(row, "credential"):
            record.credentials.append(self._credential(row, number, unborn))
        for number in _numbers(row, "reference"):
            jobs = {job.position for job in record.experiences}
            record.references.append(self._reference(row, number, jobs))
        return record

    def _passport(self, row: Row, owner: uuid.UUID) -> Passport:
        known = self._licences
        licences = [code for code in row.items("licences") if code != "none"]
        for code in licences:
            if code not in known:
                row.reject("licences", f"{code!r} is not one of {', '.join(known)}")
        return Passport(
            returnee_id=owner,
            home_country=row.country("home_country") or "",
            home_province=row.text("home_province"),
            home_district=row.text("home_district"),
            education_level=row.choice("education_level", EDUCATION_LEVELS),
            education_field=row.text("education_field"),
            skills_said=row.text("skills", LONG_TEXT),
            languages=row.languages("languages"),
            licences=licences,
            aspirations=row.choices("aspirations", ASPIRATIONS),
            wanted_work=row.items("wanted_work"),
            not_wanted_work=row.items("not_wanted_work"),
            work_districts=row.items("work_districts"),
            work_countries=row.countries("work_countries"),
            expected_pay=row.number("expected_pay"),
            expected_pay_currency=row.currency("expected_pay_currency"),
            expected_pay_period=row.choice("expected_pay_period", PAY_PERIODS),
        )

    def _not_future(self, row: Row, column: str) -> str | None:
        found = row.date(column)
        if found and first_day(found) > self._today:
            row.reject(column, f"{found} lies in the future")
        return found

    def _experience(self, row: Row, number: int, owner: uuid.UUID) -> Experience:
        at = f"job{number}_"
        ongoing = row.raw(at + "to").strip().casefold() in ("present", "now")
        started = self._not_future(row, at + "from")
        ended = None if ongoing else self._not_future(row, at + "to")
        if started and ended and last_day(ended) < first_day(started):
            row.reject(at + "to", f"the job ends ({ended}) before it starts ({started})")
        return Experience(
            returnee_id=owner,
            position=number,
            title=row.needed(at + "title"),
            country=row.country(at + "country"),
            employer=row.text(at + "employer"),
            started=started,
            ended=ended,
            ongoing=ongoing,
            duties=row.text(at + "duties", LONG_TEXT),
            tools=row.text(at + "tools"),
            language=row.text(at + "language"),
            document_seen=row.yes_no(at + "document_seen"),
        )

    def _credential(self, row: Row, number: int, owner: uuid.UUID) -> Credential:
        at = f"credential{number}_"
        issued, expires = self._not_future(row, at + "issued_on"), row.date(at + "expires_on")
        if issued and expires and last_day(expires) < first_day(issued):
            row.reject(at + "expires_on", f"it expires ({expires}) before it was issued ({issued})")
        return Credential(
            returnee_id=owner,
            position=number,
            title=row.needed(at + "title"),
            kind=row.choice(at + "kind", CREDENTIAL_KINDS),
            body=row.text(at + "body"),
            framework=row.text(at + "framework"),
            level=row.whole(at + "level"),
            number=row.text(at + "number"),
            issued_on=issued,
            expires_on=expires,
            country=row.country(at + "country"),
            document_seen=row.yes_no(at + "document_seen"),
        )

    def _reference(self, row: Row, number: int, jobs: set[int]) -> Referee:
        at = f"reference{number}_"
        job = row.whole(at + "job")
        if job is not None and job not in jobs:
            row.reject(at + "job", f"there is no job{job} in this row")
        return Referee(
            position=number,
            name=row.needed(at + "name"),
            relation=row.text(at + "relation"),
            contact=row.text(at + "contact"),
            experience_position=job,
            confirmed_on=self._not_future(row, at + "confirmed_on"),
        )

    def _consent(self, row: Row) -> FileConsent | None:
        granted = row.yes_no("consent_matching")
        employers = row.yes_no("consent_employers")
        if employers and not granted:
            row.reject("consent_employers", "it needs consent_matching yes")
        given_on = row.day("consent_on")
        if given_on and given_on > self._today:
            row.reject("consent_on", f"{given_on} lies in the future")
        how = row.choice("consent_how", CONSENT_WAYS)
        if granted is None:
            return None
        covers = FieldSet.EMPLOYERS if employers else FieldSet.CENTRE
        return FileConsent(
            granted, covers, given_on, how, row.text("consent_language"), row.text("consent_assisted_by")
        )


def _numbers(row: Row, group: str) -> list[int]:
    numbers = {
        int(found[2])
        for name, text in row.cells.items()
        if text.strip() and (found := _NUMBERED.fullmatch(name)) and found[1] == group
    }
    return sorted(numbers)
