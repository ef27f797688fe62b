"""``hunar plan`` and ``hunar unlock``: ways to a job, and what would unlock most for a caseload."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api import plans_wording as words
from api.application import Application
from api.console import console_principal
from api.plans import PersonPlans, Planning
from api.plans_schemas import PlansOut, UnlocksOut
from api.printing import print_marks
from api.review import marks_of
from api.v1.schemas_marks import MarkOut
from api.wording import count as counted
from api.wording import country_name
from matching.plans import Limits, Plan, Step
from matching.prospects import Opening, Prospect
from matching.unlocking import CaseloadUnlocks
from profiling.taxonomy import Taxonomy

As = Annotated[
    str,
    typer.Option(
        "--as", envvar="HUNAR_ACCOUNT", help="Login of the account in whose name you ask; it sees what it may see."
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
_SHOWN = 3


def add_plans(app: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the two commands."""

    @app.command("plan")
    def plan(
        returnee: Annotated[str, typer.Argument(help="Reference number or id.")],
        login: As,
        weeks: Annotated[float | None, typer.Option(min=0, help="At most so many weeks of learning.")] = None,
        money: Annotated[float | None, typer.Option(min=0, help="At most so much money; needs --currency.")] = None,
        currency: Annotated[str | None, typer.Option(help="Of the money, such as NPR.")] = None,
        unknown: Annotated[
            bool, typer.Option("--unknown", help="Within limits, show too what has no known length or cost.")
        ] = False,
        count: Annotated[int, typer.Option(min=1, max=50, help="How many plans, and how many options.")] = 5,
        as_json: JsonFlag = False,
    ) -> None:
        """Show ways to a job in up to three steps (assessment, course, job), the cheapest first.

        Example: hunar plan DEMO-R-001 --weeks 4 --money 5000 --currency NPR
        """
        limits = Limits(weeks, money, currency.strip().upper() if currency else None, unknown)
        made = application()
        found = Planning(made, console_principal(made, login)).plan(returnee, limits, count=count)
        titles = {opening.vacancy.id: opening.vacancy.title for opening in _named(found)}
        marks = marks_of(made, titles)
        if as_json:
            told = [mark.model_dump(mode="json") for mark in MarkOut.all_of(marks)]
            _json(PlansOut.of(found), marks=told)
        else:
            print_plans(_out(), found)
            for about, some in marks.items():
                print_marks(_out(), some, titles[about])

    @app.command("unlock")
    def unlock(
        login: As,
        district: Annotated[str | None, typer.Option(help="Only those who live in this district.")] = None,
        count: Annotated[int, typer.Option(min=1, max=200, help="How many courses and assessments.")] = 20,
        as_json: JsonFlag = False,
    ) -> None:
        """Show which course or assessment would unlock most for the caseload, or for its people of a district.

        Counts of fewer than five people are hidden.
        """
        made = application()
        found = Planning(made, console_principal(made, login)).unlock(district)
        found = CaseloadUnlocks(found.people, found.options[:count])
        if as_json:
            _json(UnlocksOut.of(found))
        else:
            print_unlocks(_out(), found)


def _named(found: PersonPlans) -> Iterator[Opening]:
    """Every vacancy that the answer names."""
    for plan in found.plans:
        yield from plan.jobs
    for prospect, _ in found.options:
        yield from (*prospect.opens, *prospect.nearer)


def print_plans(out: Console, found: PersonPlans) -> None:
    """Plans, then what each single course or assessment would change."""
    out.rule("Plans")
    for number, plan in enumerate(found.plans, 1):
        _print_plan(out, number, plan, found)
    if not found.plans:
        out.print(f"  {words.NO_PLAN if found.within_reach else words.NOTHING_NEAR}")
    if found.left_out:
        plans = counted(found.left_out, "plan", "plans")
        out.print(f"  {words.LEFT_OUT.format(plans=plans)}", style="dim")
    told = {plan.steps[0].course.id for plan in found.plans if len(plan.steps) == 1}
    further = [one for one in found.options if one[0].nearer or one[0].course.id not in told]
    if further:
        out.rule("What each course or assessment alone would change")
    for number, (prospect, step) in enumerate(further, 1):
        _print_option(out, number, prospect, step, found.taxonomy)
    out.print(f"  {words.NUMBERS}", style="dim")


def _print_plan(out: Console, number: int, plan: Plan, found: PersonPlans) -> None:
    steps = " → ".join([*(words.kind(step.course).lower() for step in plan.steps), "job"])
    out.print(f"{number:2}. [bold]{escape(steps)}[/bold]")
    for at, step in enumerate(plan.steps, 1):
        _print_step(out, f"      {at}. ", step)
    assesses = all(step.course.kind == "rpl" for step in plan.steps)
    for job in plan.jobs[:_SHOWN]:
        _print_opening(out, f"      {len(plan.steps) + 1}. Job: ", job, assesses, found.taxonomy)
        if plan.late(job):
            out.print(f"           ! {escape(words.late(job))}")
    if len(plan.jobs) > _SHOWN:
        out.print(f"         and {len(plan.jobs) - _SHOWN} more")
    out.print(f"      {escape(words.summary(plan, found.today))}")
    if plan.repeats:
        out.print(f"      ! {words.REPEATS}")


def _print_step(out: Console, lead: str, step: Step) -> None:
    where = words.where(step)
    out.print(
        f"{lead}{words.kind(step.course)}: {escape(step.course.title)}" + (f" · {escape(where)}" if where else "")
    )
    out.print(f"{' ' * len(lead)}{escape(words.terms(step))}", style="dim")


def _print_opening(out: Console, lead: str, opening: Opening, assesses: bool, taxonomy: Taxonomy) -> None:
    view = opening.vacancy
    where = ", ".join(filter(None, (view.employer, view.district or view.place, country_name(view.country))))
    out.print(f"{lead}{escape(view.title.strip())}" + (f" · {escape(where)}" if where else ""))
    out.print(f"           {escape(words.change(opening))}: {escape(words.closed(opening, assesses, taxonomy))}")


def _print_option(out: Console, number: int, prospect: Prospect, step: Step, taxonomy: Taxonomy) -> None:
    _print_step(out, f"{number:2}. ", step)
    assesses = prospect.course.kind == "rpl"
    for lead, openings in (("opens", prospect.opens), ("brings nearer", prospect.nearer)):
        for opening in openings[:_SHOWN]:
            _print_opening(out, f"      {lead}: ", opening, assesses, taxonomy)
        if len(openings) > _SHOWN:
            out.print(f"      {lead} {len(openings) - _SHOWN} more")
    out.print(f"      expected shortlists {words.gain(prospect.gain)}")


def print_unlocks(out: Console, found: CaseloadUnlocks) -> None:
    """What would unlock most."""
    if found.people is None:
        out.print(f"  {words.TOO_FEW}")
        return
    table = Table("Course or assessment", "Where", "People", "Shortlists", "Opens", "Seats", box=None)
    for one in found.options:
        course = one.course
        seats = words.NOT_KNOWN if course.seats is None else str(course.seats)
        numbers = (
            (words.FEW, "", "")
            if one.people is None or one.gain is None
            else (str(one.people), words.gain(one.gain), str(one.vacancies))
        )
        table.add_row(
            escape(f"{words.kind(course)}: {course.title}"), escape(course.district or ""), *numbers, seats
        )
    out.print(table)
    if not found.options:
        out.print("  No course or assessment would bring anybody nearer to an open vacancy today.")
    out.print(f"  {found.people} people who agree to matching were looked at. {words.NUMBERS}", style="dim")


def _out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _json(found: BaseModel, **more: object) -> None:
    sys.stdout.write(json.dumps(found.model_dump(mode="json") | more, ensure_ascii=False, indent=1) + "\n")
