"""``hunar spread``: a caseload spread over vacancies, for a counsellor to review."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api import wording
from api.application import Application
from api.console import console_principal
from api.printing import Marks, print_marks
from api.progress import progress
from api.review import marks_of
from api.spread import Plan, Spreading, SpreadList
from api.v1.schemas_marks import MarkOut
from matching.market import VacancyView
from matching.spread import PER_OPENING
from profiling.errors import InputError

#: Why a vacancy that was asked for is not in the batch.
_REFUSED = {
    "unread": "is not in the index yet: run `hunar index`",
    "expired": "is past its closing date",
    "held": "is held for review",
}


def add_spread(app: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the command."""

    @app.command("spread")
    def spread(
        login: Annotated[
            str,
            typer.Option(
                "--as",
                envvar="HUNAR_ACCOUNT",
                help="Login of the account in whose name you ask; it sees what it may see.",
            ),
        ],
        vacancies: Annotated[
            list[str] | None,
            typer.Option("--vacancies", help="A vacancy's source number or id; give the option once for each."),
        ] = None,
        everything: Annotated[bool, typer.Option("--all", help="All open vacancies.")] = False,
        per_person: Annotated[int, typer.Option(min=1, max=50, help="How many vacancies a person is shown.")] = 5,
        cap: Annotated[
            int, typer.Option(min=1, max=100, help="How many people each opening may be shown to.")
        ] = PER_OPENING,
        one_to_one: Annotated[
            bool, typer.Option("--assign", help="One person for each opening, instead of lists.")
        ] = False,
        keep_best: Annotated[
            bool, typer.Option("--keep-best", help="Who is left with nothing keeps their best, over the cap.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    ) -> None:
        """Spread the caseload over vacancies, so that not everybody is sent to the same few.

        Shows for each person the vacancies left to them under the cap, and what that costs in match quality
        (docs/spread.md). It decides nothing: read it, then speak with the people.
        """
        if bool(vacancies) == everything:
            raise InputError("Name vacancies with --vacancies, or give --all.")
        plan = Plan(per_person, cap, one_to_one, keep_best)
        made = application()
        desk = Spreading(made, console_principal(made, login))
        with progress(Console(stderr=True, highlight=False)) as steps:
            found = desk.spread(None if everything else vacancies, plan, steps.begin("comparing people"))
        marks = marks_of(made, {one.vacancy for person in found.spread.people for one in person.shown})
        if as_json:
            sys.stdout.write(json.dumps(_as_json(found, marks), ensure_ascii=False, indent=1) + "\n")
        else:
            print_spread(Console(highlight=False, soft_wrap=True), found, marks)


def print_spread(console: Console, found: SpreadList, marks: Marks) -> None:
    """The lists, what is marked in them, who is left with nothing, and the price."""
    _print_lists(console, found)
    for about, view in found.views.items():
        print_marks(console, marks.get(about, ()), view.title)
    _print_left(console, found)
    _print_price(console, found)
    console.print(f"  Made by {found.ranker}, {found.model}. Nothing was decided or sent.", style="dim")


def _print_lists(console: Console, found: SpreadList) -> None:
    table = Table("Person", "Vacancy", "Score", "Own rank", "", box=None)
    for person in sorted(found.spread.people, key=lambda person: found.refs[person.person]):
        for one in person.shown:
            over = "over the cap" if one.over_cap else ""
            title = escape(_named(found.views[one.vacancy]))
            ref = escape(found.refs[person.person])
            table.add_row(ref, title, f"{one.score:.2f}", f"{one.rank} of {person.had}", over)
    if table.row_count:
        console.print(table)
    else:
        console.print("  There is nothing to show.")


def _print_left(console: Console, found: SpreadList) -> None:
    people = sorted(found.spread.people, key=lambda person: found.refs[person.person])
    for ref, why in found.refused:
        console.print(f"  {escape(ref)} {_REFUSED.get(why, f'is {why}')}")
    for person in people:
        if person.nothing_left:
            had = wording.count(person.had, "vacancy", "vacancies")
            console.print(f"  {escape(found.refs[person.person])}: nothing left within the cap; had {had} before")
    none = [person for person in people if person.had == 0]
    if none:
        refs = ", ".join(escape(found.refs[person.person]) for person in none)
        console.print(f"  Nothing near enough in this batch: {refs}")
    if not people:
        console.print("  Nobody in the caseload has agreed to be matched.")


def _print_price(console: Console, found: SpreadList) -> None:
    price, exposures = found.spread.price, found.spread.vacancies
    times = [one.before for one in exposures], [one.after for one in exposures]
    console.rule("The price")
    table = Table("", "Own best", "Spread", box=None)
    table.add_row("Shown in all", f"{price.shown_before:,}", f"{price.shown_after:,}")
    table.add_row("Mean score", _figure(price.mean_before), _figure(price.mean_after))
    table.add_row("Vacancies shown", *(f"{sum(count > 0 for count in counts):,}" for counts in times))
    table.add_row("Most people for one vacancy", *(f"{max(counts, default=0):,}" for counts in times))
    table.add_row("Gini of exposure per opening", _figure(price.gini_before), _figure(price.gini_after))
    console.print(table)
    console.print(f"  Sum of scores kept: {_share(price.kept)}; shown before and still shown: {_share(price.same)}")
    if found.unknown_openings:
        console.print(
            f"  {found.unknown_openings:,} of {len(exposures):,} vacancies do not say how many people they seek: "
            "counted as 1",
            style="dim",
        )


def _named(view: VacancyView) -> str:
    parts = (view.employer, view.district or view.place, wording.country_name(view.country))
    where = ", ".join(filter(None, parts))
    return f"{view.title} · {where} ({view.ref})" if where else f"{view.title} ({view.ref})"


def _figure(value: float | None) -> str:
    return "no data" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "no data" if value is None else f"{value:.0%}"


def _as_json(found: SpreadList, marks: Marks) -> Mapping[str, object]:
    """The answer of ``--json``; docs/spread.md names its parts."""
    price = found.spread.price
    told = [mark.model_dump(mode="json") for mark in MarkOut.all_of(marks)]
    return {
        "plan": {
            "per_person": found.plan.per_person, "cap": found.plan.per_opening, "assign": found.plan.one_to_one,
            "keep_best": found.plan.keep_best,
        },
        "people": [
            {
                "returnee": str(person.person), "ref": found.refs[person.person], "had": person.had,
                "nothing_left": person.nothing_left,
                "shown": [
                    {
                        "vacancy": str(one.vacancy), "ref": found.views[one.vacancy].ref,
                        "title": found.views[one.vacancy].title, "score": one.score, "rank": one.rank,
                        "over_cap": one.over_cap,
                    }
                    for one in person.shown
                ],
            }
            for person in found.spread.people
        ],
        "vacancies": [
            {
                "vacancy": str(one.vacancy), "ref": found.views[one.vacancy].ref, "openings": one.openings,
                "cap": one.cap, "before": one.before, "after": one.after, "over": one.over,
            }
            for one in found.spread.vacancies
        ],
        "price": {name: getattr(price, name) for name in price.__dataclass_fields__},
        "unknown_openings": found.unknown_openings,
        "refused": [{"ref": ref, "why": why} for ref, why in found.refused],
        "marks": told,
        "ranker": found.ranker,
        "model": found.model,
    }  # fmt: skip
