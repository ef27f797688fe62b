"""What the command line prints for people: passports and matches as text."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api import match_wording, wording
from api.accounts import Issued
from api.answers import NamedCandidate
from api.demo_centre import DemoLogin
from api.review import Mark, said_once
from matching.pipeline import CourseMatch, JobMatch, MatchList
from profiling.importing import ImportReport
from profiling.models import Evidence
from profiling.passport import HeldSkill, months_between, strongest
from profiling.repository import CaseFile
from profiling.taxonomy import Taxonomy

Marks = Mapping[uuid.UUID, Sequence[Mark]]
_SHOWN_REASONS = 4
_SHOWN_PROBLEMS = 10


def print_report(console: Console, report: ImportReport) -> None:
    """What became of a file."""
    console.print(
        f"[bold]{escape(report.file_name)}[/bold]: {report.read:,} {report.kind} read ({report.encoding}): "
        f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{report.rejected:,} rejected"
    )
    for problem in report.problems[:_SHOWN_PROBLEMS]:
        console.print(f"  line {problem.line}, {escape(problem.field)}: {escape(problem.reason)}")
    if report.rejected > _SHOWN_PROBLEMS:
        console.print("  ...")
    if report.error_file:
        console.print(
            f"  The rejected rows are in {escape(str(report.error_file))}: correct them there and import that file."
        )


def print_passport(console: Console, case: CaseFile, taxonomy: Taxonomy) -> None:
    """A passport."""
    passport = case.passport
    home = ", ".join(filter(None, (passport.home_district, wording.country_name(passport.home_country))))
    name = " ".join(filter(None, (case.identity.given_name, case.identity.family_name)))
    console.rule(f"Skills passport of {escape(name)} ({escape(case.returnee.ref)}), {escape(home)}")
    for job in case.experiences:
        months = months_between(job.started, job.ended)
        trade = "trade not understood yet"
        if job.occupation:
            trade = f"{taxonomy.label(job.occupation)}, ISCO-08 {taxonomy.isco_of(job.occupation)}"
            if job.occupation_likeness is not None and job.occupation_likeness < 1:
                trade = f"probably {trade}; read from the title, {job.occupation_likeness:.0%}"
        span = wording.duration(months) if months else "length not known"
        where = wording.country_name(job.country) or "country not known"
        console.print(f"  [bold]{escape(job.title)}[/bold] ({escape(trade)}), {where}, {span}")
        if job.duties:
            console.print(f"    “{escape(job.duties)}”", style="dim")
    for credential in case.credentials:
        level = f", {credential.framework} level {credential.level}" if credential.level is not None else ""
        seen = "seen" if credential.document_seen else "not seen yet"
        console.print(f"  Certificate: {escape(credential.title)}{escape(level)} ({seen})")
    if not case.credentials:
        console.print("  No certificate recorded")
    table = Table("Skill", "Evidence", "In their own words", box=None, padding=(0, 2))
    for skill in case_skills(case, taxonomy):
        label = taxonomy.skills[skill.code].label if skill.code in taxonomy.skills else skill.code
        table.add_row(escape(label), wording.EVIDENCE[skill.evidence], f"“{escape(skill.words)}”")
    console.print(table)


def case_skills(case: CaseFile, taxonomy: Taxonomy) -> list[HeldSkill]:
    """The strongest claim to each skill: best proven first, then what is most typical of the jobs held."""
    held = strongest(
        HeldSkill(c.skill, Evidence(c.evidence), c.source_text, c.evidence_source, c.origin, c.experience_position)
        for c in case.claims
    )
    typical: dict[str, int] = {}
    for job in reversed(case.experiences):
        for place, code in enumerate(taxonomy.usual_skills(job.occupation)):
            typical.setdefault(code, place)
    return sorted(held.values(), key=lambda skill: (-skill.evidence, typical.get(skill.code, len(typical))))


def print_matches(console: Console, found: MatchList, taxonomy: Taxonomy, marks: Marks) -> None:
    """Ranked jobs and courses with their reasons, each vacancy with what stands against it."""
    console.rule("Jobs")
    for number, job in enumerate(found.jobs, 1):
        print_job(console, number, job, taxonomy)
        print_marks(console, marks.get(job.vacancy.id, ()))
    if not found.jobs:
        console.print("  No open vacancy is near enough today.")
    if found.weaker:
        console.print(f"  {found.weaker:,} more were compared and fit less well", style="dim")
    left_out = ", ".join(
        f"{count:,} {match_wording.BARRIERS[barrier]}" for barrier, count in found.left_out.items()
    )
    console.print(f"  Left out: {left_out or 'nothing'}", style="dim")
    console.rule("Courses and recognition of prior learning")
    for number, course in enumerate(found.courses, 1):
        print_course(console, number, course)
        for unlock in course.opens:
            print_marks(console, marks.get(unlock.vacancy.id, ()), unlock.vacancy.title)
    if not found.courses:
        console.print("  No course would open more today.")
    if found.ask:
        console.rule("What to ask next")
        for question in found.ask:
            touched = wording.count(question.vacancies, "vacancy", "vacancies")
            console.print(f"  {escape(match_wording.question_text(question))} ({touched})")
    console.print(f"  Made by {found.ranker}, {found.model}, taxonomy {found.taxonomy}", style="dim")


def print_job(console: Console, number: int, job: JobMatch, taxonomy: Taxonomy) -> None:
    """One ranked vacancy."""
    view = job.vacancy
    where = ", ".join(
        filter(None, (view.employer, view.district or view.place, wording.country_name(view.country)))
    )
    console.print(
        f"{number:2}. [bold]{escape(view.title)}[/bold] · {escape(where)} · "
        f"{match_wording.band(job.score)} ({job.score:.2f})"
    )
    for reason in job.reasons[:_SHOWN_REASONS]:
        mark = "+" if reason.amount >= 0 else "-"
        console.print(f"      {mark} {escape(match_wording.reason_text(reason))}")
    for skill in job.matched[:_SHOWN_REASONS]:
        console.print(
            f"      = “{escape(skill.said)}” answers “{escape(skill.asked)}” ({wording.EVIDENCE[skill.evidence]})"
        )
    for gap in job.missing:
        console.print(f"      ? {escape(match_wording.gap_text(gap, taxonomy))}")


def print_marks(console: Console, marks: Iterable[Mark], title: str = "") -> None:
    """What stands against a vacancy, a line for each kind, with the words that triggered it."""
    about = f"“{title}” is marked" if title else "Marked"
    for name, words in said_once(marks).items():
        told = ": " + ", ".join(f"“{said}”" for said in words) if words else ""
        console.print(f"      ! [bold]{escape(f'{about}: {name}')}[/bold]{escape(told)}")


def print_course(console: Console, number: int, found: CourseMatch) -> None:
    """One ranked course."""
    course = found.course
    where = ", ".join(filter(None, (course.provider, course.district or course.place)))
    console.print(f"{number:2}. [bold]{escape(course.title)}[/bold] ({course.kind}) · {escape(where)}")
    for reason in found.reasons[:_SHOWN_REASONS]:
        mark = "+" if reason.amount >= 0 else "-"
        console.print(f"      {mark} {escape(match_wording.reason_text(reason))}")


def print_candidates(console: Console, found: list[NamedCandidate], taxonomy: Taxonomy) -> None:
    """Ranked returnees for a vacancy, under their numbers."""
    for number, candidate in enumerate(found, 1):
        match = candidate.found.match
        console.print(
            f"{number:2}. [bold]{escape(candidate.ref)}[/bold] · "
            f"{match_wording.band(match.score)} ({match.score:.2f})"
        )
        for reason in match.reasons[:_SHOWN_REASONS]:
            mark = "+" if reason.amount >= 0 else "-"
            console.print(f"      {mark} {escape(match_wording.reason_text(reason))}")
        for gap in match.missing:
            console.print(f"      ? {escape(match_wording.gap_text(gap, taxonomy))}")
    if not found:
        console.print("  Nobody who agreed to matching passes the filters of this vacancy.")


def print_issued(console: Console, issued: Issued) -> None:
    """The code of an account, to be handed over."""
    console.print(f"Login {issued.login}")
    console.print(
        f"Code  [bold]{issued.code}[/bold] (works once, until {wording.moment(issued.expires_at)}; shown only now)"
    )
    console.print("Open /activate in a browser and set a password with it.")


def print_logins(console: Console, logins: Sequence[DemoLogin]) -> None:
    """The demo's accounts and their fresh passwords."""
    table = Table("Sign in as", "Login", "Password", box=None)
    for login in logins:
        table.add_row(wording.ROLES[login.role], wording.card_number(login.login), login.password)
    console.print(table)
