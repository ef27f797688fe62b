"""The command line. ``hunar COMMAND --help`` teaches each command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api import printing, wording
from api.accounts import has_administrator
from api.app import LOOPBACK
from api.application import Application, IndexReport
from api.casework import Casework
from api.console import console_principal
from api.demo_centre import DEMO_COUNSELLOR, demo_accounts, load_demo, showcase
from api.evaluate_cli import add_evaluate
from api.fairness_cli import add_fairness
from api.ingest_cli import add_ingest
from api.operator_cli import add_operator_commands
from api.plans_cli import add_plans
from api.progress import progress
from api.read_cli import add_read
from api.review import marks_of, offered_ids
from api.schemas import CandidateOut, MatchOut
from api.settings import Settings
from api.spread_cli import add_spread
from api.taxonomy_cli import add_commands
from api.train_cli import add_train
from api.v1.schemas_marks import MarkOut
from profiling.errors import HunarError, OperatorError
from profiling.mapping import read_mapping

app = typer.Typer(
    help="Hunar: skills passports and explained job matching for returning migrant workers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
taxonomy_app = typer.Typer(help="The taxonomy: trades, skills, licences, ISCO-08.", no_args_is_help=True)
ingest_app = typer.Typer(help="Take in returnees, vacancies, courses and providers.", no_args_is_help=True)
app.add_typer(taxonomy_app, name="taxonomy")
app.add_typer(ingest_app, name="ingest")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
As = Annotated[
    str,
    typer.Option(
        "--as", envvar="HUNAR_ACCOUNT", help="Login of the account in whose name you ask; it sees what it may see."
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


class Kind(StrEnum):
    """What can be taken in."""

    RETURNEES = "returnees"
    VACANCIES = "vacancies"
    COURSES = "courses"
    PROVIDERS = "providers"


def _application(*, prepare: bool = False) -> Application:
    application = Application(Settings())
    if prepare or not application.is_prepared():
        application.prepare()
    else:
        application.check()
    return application


def _casework(application: Application, login: str) -> Casework:
    """The desk of an account, used from this machine; that it was is written in the audit trail."""
    return Casework(application, console_principal(application, login))


def _refresh(application: Application) -> IndexReport:
    with progress(err) as steps:
        current: list[Callable[[int], None]] = []

        def begin(kind: str, total: int) -> None:
            current[:] = [steps.begin(f"embedding {kind} texts", total)]

        report = application.refresh(begin=begin, progress=lambda done: current[0](done))
    for part in report.refreshed:
        err.print(f"{part.kind} vectors: {part.embedded:,} embedded, {part.kept:,} kept, {part.removed:,} removed")
    err.print(f"index of {report.vacancies:,} vacancies: {report.index}; {report.recoded:,} records coded again")
    return report


@app.command()
def demo(
    serve_pages: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = True,
) -> None:
    """Load the fictional demo centre, show one returnee's passport and matches, and serve the pages."""
    application = _application(prepare=True)
    with progress(err) as steps:
        for report in load_demo(application, lambda rows: steps.reach("loading the demo centre", rows)):
            printing.print_report(err, report)
    _refresh(application)
    logins = demo_accounts(application)
    taxonomy = application.taxonomy()
    key, desk = showcase(), _casework(application, DEMO_COUNSELLOR)
    printing.print_passport(out, desk.case(key), taxonomy)
    found = desk.match(key)
    printing.print_matches(out, found, taxonomy, marks_of(application, offered_ids(found)))
    printing.print_logins(err, logins)
    if serve_pages:
        if application.settings.host not in LOOPBACK:
            raise OperatorError(
                "The demo has printed passwords and no one-time codes: it is served on 127.0.0.1 only."
            )
        application.settings.one_time_codes = False
        _serve(application)


@app.command()
def serve() -> None:
    """Serve pages and API (HUNAR_HOST, HUNAR_PORT)."""
    application = _application()
    _refresh(application)
    if not has_administrator(application):
        err.print("There is no administrator yet. `hunar account first LOGIN` makes one and prints a code.")
    _serve(application)


def _serve(application: Application) -> None:
    import uvicorn

    from api.app import make_app

    settings = application.settings
    err.print(f"Serving on http://{settings.host}:{settings.port}. End with Ctrl+C.")
    if settings.host not in LOOPBACK:
        err.print("Without HTTPS in front, whoever listens on this network can read along: see docs/network.md.")
    # Access lines would hold addresses of people and ids of records; what was done stands in the audit trail.
    uvicorn.run(
        make_app(application), host=settings.host, port=settings.port, log_level="warning", access_log=False,
        server_header=False,
    )  # fmt: skip


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema and the starter taxonomy to its newest version."""
    _application(prepare=True)
    err.print("The database is up to date.")


@taxonomy_app.command("load")
def taxonomy_load() -> None:
    """Load the starter taxonomy; texts are coded again by the next `hunar index`."""
    taxonomy = _application(prepare=True).taxonomy()
    err.print(f"{taxonomy.version}: {len(taxonomy.occupations)} trades, {len(taxonomy.skills)} skills")


@taxonomy_app.command("show")
def taxonomy_show(
    name: Annotated[str, typer.Argument(help="A trade's code or a job title as people say it.")],
    as_json: JsonFlag = False,
) -> None:
    """Show how a title is understood: the trade, its ISCO-08 group, names and skills."""
    from profiling.coding import Coder

    taxonomy = _application().taxonomy()
    coded = None if name in taxonomy.occupations else Coder(taxonomy).occupation(name)
    found = taxonomy.occupations.get(coded.occupation if coded else name)
    if found is None:
        raise HunarError(f"{name!r} is not understood as a trade of the taxonomy.")
    skills = {code: taxonomy.skills[code].label for code in found.skills}
    if as_json:
        names = [{"text": n.text, "language": n.language} for n in found.names]
        _json({"code": found.code, "isco08": found.isco, "label": found.label, "names": names, "skills": skills})
        return
    out.print(f"[bold]{found.label}[/bold] ({found.code}), ISCO-08 {found.isco} {taxonomy.isco_groups[found.isco]}")
    out.print("Names: " + ", ".join(n.text for n in found.names))
    for label in skills.values():
        out.print(f"  - {label}")


add_commands(taxonomy_app, _application)


@ingest_app.callback(invoke_without_command=False)
def ingest_help() -> None:
    """Take in files (docs/layouts.md has the columns), or what the configured sources offer (docs/ingest.md)."""


def _ingest_command(kind: Kind) -> Callable[..., None]:
    def command(
        file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.", exists=True, dir_okay=False)],
        mapping: Annotated[
            Path | None, typer.Option(help="A mapping file (TOML) for columns of other names.", exists=True)
        ] = None,
        source: Annotated[
            str, typer.Option(help="Name of the source; rows of one source replace each other.")
        ] = "file",
        centre: Annotated[str | None, typer.Option(help="Centre that the returnees belong to.")] = None,
        errors_to: Annotated[
            Path | None, typer.Option(help="Folder for the file of rejected rows.", exists=True, file_okay=False)
        ] = None,
        index: Annotated[bool, typer.Option(help="Embed and index afterwards.")] = True,
        as_json: JsonFlag = False,
    ) -> None:
        application = _application()
        with progress(err) as steps:
            report = application.ingest(
                kind, file, source=source, centre=centre, mapping=read_mapping(mapping) if mapping else None,
                errors_to=errors_to, progress=lambda rows: steps.reach(f"reading {kind}", rows),
            )  # fmt: skip
        if as_json:
            counts = ("kind", "file_name", "encoding", "read", "new", "changed", "unchanged", "rejected", "kept")
            problems = [{"line": p.line, "field": p.field, "reason": p.reason} for p in report.problems]
            error_file = str(report.error_file) if report.error_file else None
            _json({**{n: getattr(report, n) for n in counts}, "problems": problems, "error_file": error_file})
        else:
            printing.print_report(out, report)
        if index:
            _refresh(application)

    command.__doc__ = (
        f"Take in {kind.value} from a CSV or XLSX file; a row is kept or rejected with its line, field and reason."
    )
    return command


for _kind in Kind:
    ingest_app.command(_kind.value)(_ingest_command(_kind))
add_ingest(ingest_app, _application, _refresh)


@app.command()
def index(as_json: JsonFlag = False) -> None:
    """Bring codes, vectors and the index up to date; does nothing for what has not changed."""
    report = _refresh(_application())
    if as_json:
        parts = {p.kind: {"embedded": p.embedded, "kept": p.kept, "removed": p.removed} for p in report.refreshed}
        _json({"recoded": report.recoded, "vectors": parts, "index": report.index, "vacancies": report.vacancies})


@app.command()
def returnees(login: As, as_json: JsonFlag = False) -> None:
    """List the caseload: reference number, name, home, last job."""
    application = _application()
    taxonomy = application.taxonomy()
    cases = _casework(application, login).cases()
    if as_json:
        _json(
            [{"id": str(c.id), "ref": c.ref, "home_country": c.home_country, "matching": c.matching} for c in cases]
        )
        return
    table = Table("Ref", "Name", "Home", "Job as told", "Trade", "Matching", box=None)
    for case in cases:
        trade = taxonomy.label(case.occupation) if case.occupation else ""
        home = ", ".join(filter(None, (case.home_district, wording.country_name(case.home_country))))
        agreed = "yes" if case.matching else "not agreed"
        table.add_row(case.ref, case.name, home, case.title or "", trade, agreed)
    out.print(table)
    if not cases:
        err.print(
            "The caseload is empty. `hunar ingest returnees FILE` fills it; `hunar demo` shows a fictional one."
        )


@app.command()
def passport(returnee: Annotated[str, typer.Argument(help="Reference number or id.")], login: As) -> None:
    """Show one returnee's skills passport."""
    application = _application()
    printing.print_passport(out, _casework(application, login).case(returnee), application.taxonomy())


@app.command()
def match(
    returnee: Annotated[str, typer.Argument(help="Reference number or id.")],
    login: As,
    jobs: Annotated[int, typer.Option(min=0, max=200, help="How many jobs.")] = 10,
    courses: Annotated[int, typer.Option(min=0, max=100, help="How many courses.")] = 5,
    as_json: JsonFlag = False,
) -> None:
    """Rank jobs and courses for a returnee, with reasons.

    A line that begins with ! says what a vacancy is marked for, and which of its words triggered that.
    """
    application = _application()
    found = _casework(application, login).match(returnee, jobs=jobs, courses=courses)
    marks = marks_of(application, offered_ids(found))
    if as_json:
        told = [mark.model_dump(mode="json") for mark in MarkOut.all_of(marks)]
        _json({**MatchOut.of(found).model_dump(mode="json"), "marks": told})
    else:
        printing.print_matches(out, found, application.taxonomy(), marks)


@app.command()
def candidates(
    vacancy: Annotated[str, typer.Argument(help="The vacancy's source number or id.")],
    login: As,
    count: Annotated[int, typer.Option(min=1, max=200, help="How many people.")] = 10,
    as_json: JsonFlag = False,
) -> None:
    """Rank returnees who agreed to matching for a vacancy, with reasons."""
    application = _application()
    found = _casework(application, login).candidates(vacancy, count=count)
    if as_json:
        _json([CandidateOut.of(candidate).model_dump(mode="json") for candidate in found])
    else:
        printing.print_candidates(out, found, application.taxonomy())


def _json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


add_operator_commands(app, _application)
add_evaluate(app, _application)
add_plans(app, _application)
add_spread(app, _application)
add_fairness(app, _application)
read_app = typer.Typer(help="Show what is understood of a text, and from which words.", no_args_is_help=True)
app.add_typer(read_app, name="read")
add_read(read_app, _application)
train_app = typer.Typer(help="Make anew what Hunar ships.", no_args_is_help=True)
app.add_typer(train_app, name="train")
add_train(train_app, _application)


def main() -> None:
    """Run the command line; an expected error is one sentence and an exit status."""
    try:
        app()
    except HunarError as error:
        err.print(f"[red]Error:[/red] {escape(str(error))}", markup=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
