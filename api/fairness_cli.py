"""``hunar fairness``: whether the groups of a caseload are shown work alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.application import Application
from api.console import console_principal
from api.fairness import FIRST, Fairness, FairnessReport, Sector
from api.fairness_wording import ATTRIBUTES, COLUMNS, MARK, NOTES, group_name, sector_title
from api.progress import progress
from matching.fairness import MEASURES, SMALLEST, Comparison, Group, Ratio

_LOGIN_HELP = "Login of the head of the centre, in whose name you ask."


def add_fairness(app: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the command."""

    @app.command("fairness")
    def command(
        login: Annotated[str, typer.Option("--as", envvar="HUNAR_ACCOUNT", help=_LOGIN_HELP)],
        first: Annotated[
            int, typer.Option(min=1, max=200, help="How many of a vacancy's people count as its first.")
        ] = FIRST,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    ) -> None:
        """Compare by sex, age, country worked in and home whether people are shown work alike.

        Everybody of the centre who agreed to matching is ranked as always; then groups of five and more are
        compared. Only the head of a centre may ask, and the audit trail says so for each person counted.
        """
        made = application()
        err = Console(stderr=True, highlight=False, soft_wrap=True)
        with progress(err) as steps:
            found = Fairness(made, console_principal(made, login)).report(first, steps.begin)
        if as_json:
            sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n")
        else:
            _show(found)


def _show(found: FairnessReport) -> None:
    out = Console(highlight=False, soft_wrap=True)
    out.print(
        f"{found.people:,} people counted; left out: {found.not_matched:,} not agreed to matching, "
        f"{found.said_no:,} said no to statistics. {found.vacancies:,} vacancies are shown to any of them. Ranker "
        f"{found.ranker}."
    )
    for sector in found.sectors:
        out.print(f"\n[bold]{escape(sector_title(sector.major, sector.n))}[/bold]")
        _show_sector(out, sector, found.first)
    out.print()
    for note in NOTES:
        out.print(note.format(smallest=SMALLEST))


def _show_sector(out: Console, sector: Sector, first: int) -> None:
    for attribute, compared in sector.by.items():
        if len(compared.groups) < 2:
            out.print(f"  {ATTRIBUTES[attribute]}: fewer than two groups of {SMALLEST} people. {_left(compared)}")
            continue
        heads = [COLUMNS[measure].format(first=first) for measure in MEASURES]
        table = Table(ATTRIBUTES[attribute], "people", "share", "of exposure", box=None)
        for head in heads:
            table.add_column(head)
            table.add_column("ratio")
        for group in compared.groups:
            table.add_row(*_row(attribute, group))
        out.print(table)
        if left := _left(compared):
            out.print(f"  {left}")


def _row(attribute: str, group: Group) -> list[str]:
    exposure = "" if group.share_of_exposure is None else f"{group.share_of_exposure:.2f}"
    cells = [group_name(attribute, group.label), f"{group.n:,}", f"{group.share_of_people:.2f}", exposure]
    for measure in MEASURES:
        found = group.ratios[measure]
        cells += [f"{found.mean[0]:.2f}", _ratio(found)]
    return [escape(cell) for cell in cells]


def _ratio(found: Ratio) -> str:
    if found.ratio is None:
        return "nobody"
    if found.ratio == (1.0, 1.0, 1.0):
        return "best"
    return _interval(found.ratio) + (f" {MARK}" if found.marked else "")


def _interval(ends: tuple[float, float, float]) -> str:
    value, low, high = ends
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _left(compared: Comparison) -> str:
    return f"({compared.not_shown:,} people in smaller groups or not known)" if compared.not_shown else ""
