"""Returnees from files: identity apart, claims with their words, evidence with its source."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from conftest import CsvWriter
from people import desk
from sqlmodel import select

from api.application import Application
from profiling.intake_rows import ReturneeLayout
from profiling.models import Evidence, Passport, Returnee, SkillClaim
from profiling.repository import CaseFile, bump_revision, revision_number
from profiling.taxonomy_store import TaxonomyScheme

BASE = {"ref": "R-1", "given_name": "Maya", "home_country": "Nepal"}
FULL = BASE | {
    "family_name": "Tamang", "sex": "female", "birth_date": "1992", "phone": "+977 1",
    "home_district": "Sindhupalchok", "registered_on": "2026-03-19", "returned_on": "2081-08 BS",
    "languages": "Nepali:native; Arabic:working", "licences": "forklift", "education_level": "secondary",
    "skills": "formwork; no gas cutting", "aspirations": "wage work; training", "wanted_work": "steel fixer; cook",
    "not_wanted_work": "house maid", "work_countries": "Nepal; UAE", "expected_pay": "28,000",
    "expected_pay_currency": "NPR", "expected_pay_period": "month",
    "job1_title": "steel fixer", "job1_country": "Kuwait", "job1_from": "2014-06", "job1_to": "2018-07",
    "job1_duties": "I did arc welding and never drove. Acrow props too.", "job1_document_seen": "no",
    "job3_title": "welder", "job3_from": "2020", "job3_to": "present", "job3_duties": "TIG daily",
    "job3_document_seen": "yes",
    "credential2_title": "Plumber", "credential2_kind": "rpl", "credential2_level": "2",
    "credential2_document_seen": "no",
    "reference1_name": "Rajan", "reference1_job": "1", "reference1_confirmed_on": "2026-03-04",
    "reference2_name": "Lal", "reference2_job": "3",
}  # fmt: skip


def take(application: Application, write_csv: CsvWriter, *rows: dict[str, str]):  # type: ignore[no-untyped-def]
    if not application.centres():
        application.add_centre("Demo", "NP")
    return application.ingest("returnees", write_csv("people.csv", *rows))


def claims(case: CaseFile) -> dict[str, SkillClaim]:
    return {claim.skill: claim for claim in case.claims}


def test_a_full_row(application: Application, write_csv: CsvWriter) -> None:
    report = take(application, write_csv, FULL)
    assert (report.read, report.new, report.problems) == (1, 1, ())
    case = desk(application).case("R-1")
    assert (case.identity.given_name, case.identity.sex, case.identity.birth_date) == ("Maya", "female", "1992")
    assert (case.returnee.registered_on, case.returnee.returned_on) == ("2026-03-19", "2024-11")
    passport = case.passport
    assert (passport.home_country, passport.languages) == ("NP", {"ne": "native", "ar": "working"})
    assert (passport.licences, passport.work_countries) == (["forklift"], ["NP", "AE"])
    assert passport.aspirations == ["wage_work", "training"]
    assert passport.wanted_occupations[0] == "steel-fixer"
    assert passport.not_wanted_occupations == ["domestic-worker"]
    assert [(j.position, j.occupation, j.country, j.started, j.ended, j.ongoing) for j in case.experiences] == [
        (1, "steel-fixer", "KW", "2014-06", "2018-07", False),
        (3, case.experiences[1].occupation, None, "2020", None, True),
    ]  # fmt: skip
    assert [(c.position, c.kind, c.level, c.occupation) for c in case.credentials] == [(2, "rpl", 2, "plumber")]
    assert [(r.position, r.experience_position, r.confirmed_on) for r in case.references] == [
        (1, 1, "2026-03-04"), (2, 3, None),
    ]  # fmt: skip


def test_claims_carry_their_words_and_spans(application: Application, write_csv: CsvWriter) -> None:
    take(application, write_csv, FULL)
    found = claims(desk(application).case("R-1"))
    duties = FULL["job1_duties"]
    for skill, words in (("weld-arc", "arc welding"), ("prop-and-brace", "Acrow props")):
        claim = found[skill]
        assert (claim.origin, claim.experience_position, claim.source_text) == ("read", 1, words)
        assert duties[claim.start : claim.end] == words
    said = found["make-formwork"]
    assert (said.origin, said.experience_position) == ("stated", None)
    assert said.source_text[said.start : said.end] == "formwork"
    assert "gas-cutting" not in found


def test_evidence_rises_by_what_was_seen_or_confirmed(application: Application, write_csv: CsvWriter) -> None:
    take(application, write_csv, FULL)
    found = claims(desk(application).case("R-1"))
    assert {
        skill: (Evidence(found[skill].evidence), found[skill].evidence_source)
        for skill in ("weld-arc", "weld-tig", "make-formwork")
    } == {
        "weld-arc": (Evidence.REFERENCE_CONFIRMED, "reference:1"),
        "weld-tig": (Evidence.DOCUMENT_SEEN, "job:3"),
        "make-formwork": (Evidence.DECLARED, None),
    }


def test_an_rpl_result_raises_only_when_it_was_seen(application: Application, write_csv: CsvWriter) -> None:
    row = BASE | {
        "skills": "formwork", "credential1_title": "Shuttering carpenter", "credential1_kind": "rpl",
    }  # fmt: skip
    for seen, level in (("", Evidence.DECLARED), ("no", Evidence.DECLARED), ("yes", Evidence.RPL_ASSESSED)):
        take(application, write_csv, row | {"credential1_document_seen": seen})
        assert claims(desk(application).case("R-1"))["make-formwork"].evidence == level, seen


def test_what_a_row_does_not_say_stays_empty(application: Application, write_csv: CsvWriter) -> None:
    take(application, write_csv, BASE)
    case = desk(application).case("R-1")
    known = {"returnee_id", "given_name", "home_country"}
    for part in (vars(case.identity), case.passport.model_dump()):
        filled = {k: v for k, v in part.items() if k not in known and v not in (None, [], {})}
        assert filled == {}
    assert (case.returnee.registered_on, case.returnee.returned_on) == (None, None)
    assert [*case.experiences, *case.credentials, *case.references, *case.claims, *case.consents] == []
    assert case.matching_allowed is False


def test_importing_twice_changes_nothing(application: Application, write_csv: CsvWriter) -> None:
    def state() -> object:
        with application.reading() as session:
            people = session.execute(sa.select(Returnee.id, Returnee.content_hash, Returnee.updated_at)).all()
            told = session.execute(sa.select(SkillClaim.id)).all()
            return sorted(map(str, people)), sorted(map(str, told)), revision_number(session, "people")

    take(application, write_csv, FULL, BASE | {"ref": "R-2"})
    before = state()
    report = take(application, write_csv, FULL, BASE | {"ref": "R-2"})
    assert (report.new, report.changed, report.unchanged) == (0, 0, 2)
    assert state() == before


def test_a_changed_row_replaces_the_parts_and_keeps_the_id(application: Application, write_csv: CsvWriter) -> None:
    take(application, write_csv, FULL)
    before = desk(application).case("R-1")
    report = take(application, write_csv, BASE | {"skills": "arc welding", "phone": "5"})
    after = desk(application).case("R-1")
    assert (report.new, report.changed) == (0, 1)
    assert after.returnee.id == before.returnee.id
    assert (after.identity.phone, after.identity.family_name) == ("5", None)
    assert [after.experiences, after.credentials, after.references] == [[], [], []]
    assert claims(after).keys() == {"weld-arc"}


def test_a_number_twice_in_a_file_is_refused_each_time(application: Application, write_csv: CsvWriter) -> None:
    for new in (1, 0):
        report = take(application, write_csv, BASE, BASE | {"given_name": "Ram"}, BASE)
        assert (report.read, report.new, report.changed, report.rejected) == (3, new, 0, 1)
        assert [(p.line, p.field) for p in report.problems] == [(3, "ref")]
        assert desk(application).case("R-1").identity.given_name == "Maya"


def test_rows_that_are_rejected(sqlite_application: Application, write_csv: CsvWriter) -> None:
    wrong = [
        ({"job1_title": "x", "job1_from": "2020", "job1_to": "2019"}, "job1_to"),
        ({"job1_title": "x", "job1_from": "2026-12"}, "job1_from"),
        ({"job1_title": "", "job1_duties": "x"}, "job1_title"),
        ({"returned_on": "2026-11-21"}, "returned_on"),
        ({"birth_date": "2045"}, "birth_date"),
        ({"birth_date": "2026-02-31"}, "birth_date"),
        ({"registered_on": "2072"}, "registered_on"),
        ({"credential1_title": "x", "credential1_issued_on": "2027"}, "credential1_issued_on"),
        (
            {"credential1_title": "x", "credential1_issued_on": "2020", "credential1_expires_on": "2019"},
            "credential1_expires_on",
        ),
        ({"reference1_name": "x", "reference1_job": "1"}, "reference1_job"),
        ({"reference1_name": "x", "reference1_confirmed_on": "2027-01-01"}, "reference1_confirmed_on"),
        ({"home_country": ""}, "home_country"),
        ({"home_country": "Gulf"}, "home_country"),
        ({"given_name": ""}, "given_name"),
        ({"ref": ""}, "ref"),
        ({"sex": "unknown"}, "sex"),
        ({"licences": "pilot"}, "licences"),
        ({"languages": "Nepali"}, "languages"),
    ]
    rows = [BASE | {"ref": f"W-{n}"} | cells for n, (cells, _) in enumerate(wrong)]
    report = take(sqlite_application, write_csv, BASE, *rows)
    assert (report.kept, report.rejected) == (1, len(wrong))
    assert [problem.field for problem in report.problems] == [field for _, field in wrong]


def test_a_job_that_ends_in_the_month_it_began_in(sqlite_application: Application, write_csv: CsvWriter) -> None:
    jobs = {"job1_title": "x", "job1_from": "2019-05-30", "job1_to": "2019-05"}
    jobs |= {"job2_title": "y", "job2_from": "2019-12-30", "job2_to": "2019"}
    assert take(sqlite_application, write_csv, BASE | jobs).rejected == 0


def test_group_numbers() -> None:
    layout = ReturneeLayout(licences=(), today=date(2026, 11, 20))
    known = ["job1_title", "job20_to", "credential3_framework", "reference2_contact", "phone"]
    assert [name for name in known if not layout.knows(name)] == []
    unknown = ["job0_title", "job21_title", "job01_title", "job_title", "job1_pay", "jobx_title", "job100_title"]
    assert [name for name in unknown if layout.knows(name)] == []


def test_a_changed_taxonomy_codes_again(application: Application, write_csv: CsvWriter) -> None:
    take(application, write_csv, FULL)
    application.ingest("vacancies", write_csv("v.csv", {"ref": "V", "title": "Steel fixer"}))
    before = desk(application).case("R-1")
    with application.session() as session:
        session.execute(sa.update(SkillClaim).values(source_text="stale", evidence=0, evidence_source=None))
        session.execute(sa.update(TaxonomyScheme).values(version="starter-9"))
        bump_revision(session, "taxonomy")
        session.commit()
    assert application.refresh().recoded == 2
    after = desk(application).case("R-1")
    assert after.returnee.coding.startswith("starter-9/")
    assert after.returnee.id == before.returnee.id
    assert [c.model_dump(exclude={"id"}) for c in sorted(after.claims, key=_order)] == [
        c.model_dump(exclude={"id"}) for c in sorted(before.claims, key=_order)
    ]
    assert application.refresh().recoded == 0
    with application.reading() as session:
        assert session.exec(select(Passport.wanted_occupations)).one() == before.passport.wanted_occupations


def _order(claim: SkillClaim) -> tuple[str, int]:
    return claim.skill, claim.experience_position or 0
