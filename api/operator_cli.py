"""Commands of whoever runs the machine: centres, employers, first accounts, keys, the trail, retention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from api import printing
from api.accounts import first_administrator, rescue_administrator
from api.application import Application
from api.audit_head import Head
from api.erasures import erase_due
from api.progress import progress
from jobs_ingest.employers import add_employer, give_vacancy, list_employers
from profiling.codes import CountryCode
from profiling.retention import due_for_erasure, erasure_counts

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def _group(app: typer.Typer, name: str, help_text: str) -> typer.Typer:
    made = typer.Typer(help=help_text, no_args_is_help=True)
    app.add_typer(made, name=name)
    return made


def add_operator_commands(app: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the operator's commands; each opens the application when it runs."""
    _centres(_group(app, "centre", "Employment service centres."), application)
    _employers(_group(app, "employer", "Employers and their vacancies."), application)
    _accounts(_group(app, "account", "Accounts, as far as the machine's operator makes them."), application)
    _trail(_group(app, "audit", "The audit trail."), application)
    _keeping(app, _group(app, "keys", "The keys of what is sealed in the database."), application)


def _centres(centre: typer.Typer, application: Callable[[], Application]) -> None:
    @centre.command("add")
    def centre_add(
        name: str, country: Annotated[str, typer.Option(help="Country of the centre, name or code.")]
    ) -> None:
        """Add a centre."""
        centre = application().add_centre(name, CountryCode(country))
        err.print(f"{centre.name} ({centre.country})")

    @centre.command("list")
    def centre_list() -> None:
        """List the centres."""
        for centre in application().centres():
            out.print(f"{centre.name} ({centre.country}){' - fictional' if centre.fictional else ''}")


def _employers(employer: typer.Typer, application: Callable[[], Application]) -> None:
    @employer.command("add")
    def employer_add(name: str, country: Annotated[str, typer.Option(help="Country, name or code.")]) -> None:
        """Add an employer, so that accounts can belong to it."""
        with application().session() as session:
            employer = add_employer(session, name, CountryCode(country))
            session.commit()
        err.print(f"{employer.name} ({employer.country})")

    @employer.command("list")
    def employer_list() -> None:
        """List the employers."""
        with application().reading() as session:
            for employer in list_employers(session):
                out.print(f"{employer.name} ({employer.country})")

    @employer.command("give")
    def employer_give(
        vacancy: Annotated[str, typer.Argument(help="The vacancy's source number or id.")],
        employer: Annotated[str, typer.Argument(help="The employer's name.")],
    ) -> None:
        """Hand an imported vacancy to an employer, whose accounts then see pseudonymous candidates for it."""
        with application().session() as session:
            found = give_vacancy(session, vacancy, employer)
            session.commit()
        err.print(f"{found.title}: {employer}")


def _accounts(account: typer.Typer, application: Callable[[], Application]) -> None:
    @account.command("first")
    def account_first(login: str) -> None:
        """Make the first administrator, who makes the other accounts; prints the code to activate it with."""
        printing.print_issued(out, first_administrator(application(), login))

    @account.command("code")
    def account_code(login: str) -> None:
        """Print a new code for an administrator who lost password or telephone."""
        printing.print_issued(out, rescue_administrator(application(), login))


def _trail(trail: typer.Typer, application: Callable[[], Application]) -> None:
    @trail.command("verify")
    def audit_verify(
        head: Annotated[
            str | None, typer.Option(help="A head noted earlier with `hunar audit head`, to compare with.")
        ] = None,
    ) -> None:
        """Check the audit trail's chain and end; fails at what was changed, removed, swapped or cut off."""
        out.print(f"{application().verify_audit(Head.parse(head) if head else None):,} rows, unbroken.")

    @trail.command("head")
    def audit_head(
        begin: Annotated[
            bool, typer.Option("--begin", help="Begin a head that is missing, after the trail was checked.")
        ] = False,
    ) -> None:
        """Print the trail's present head. Keep it on paper or on another machine."""
        made = application()
        head = made.begin_audit_head() if begin else made.head.read()
        out.print(head.text if head else "The trail is empty.")


def _keeping(app: typer.Typer, keys: typer.Typer, application: Callable[[], Application]) -> None:
    @keys.command("rotate")
    def keys_rotate() -> None:
        """Seal everything with a new key and forget the old one. Copy the key file afterwards."""
        with progress(err) as steps:
            sealed = application().rotate_keys(steps.begin("sealing"))
        err.print(f"{sealed:,} values sealed anew.")

    @app.command()
    def retention(erase: Annotated[bool, typer.Option("--erase", help="Erase whoever is due.")] = False) -> None:
        """Count the records whose time of keeping is over, and erase them with --erase; show past erasures."""
        made = application()
        with made.reading() as session:
            due = len(due_for_erasure(session, made.now().date()))
            counts = erasure_counts(session)
        names = {centre.id: centre.name for centre in made.centres()}
        for centre, month, reason, number in counts:
            out.print(f"{month} {names[centre]}: {number} erased ({reason})")
        if erase:
            out.print(f"{erase_due(made):,} records erased.")
        else:
            out.print(f"{due:,} records are due. `hunar retention --erase` erases them.")
