"""``hunar taxonomy import | versions | use | remove``: ESCO beside the starter taxonomy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from api.application import Application
from api.progress import progress
from profiling.esco import ATTRIBUTION
from profiling.esco_store import EscoImport, import_esco, list_versions, remove_version, use_version

Version = Annotated[str, typer.Argument(help="The version as `hunar taxonomy versions` names it, such as 1.2.0.")]


def add_commands(taxonomy: typer.Typer, application: Callable[[], Application]) -> None:
    """Add the commands of ESCO to the taxonomy's."""

    @taxonomy.command("import")
    def take_in(
        path: Annotated[Path, typer.Argument(help="Folder or zip of the ESCO CSV download.", exists=True)],
        release: Annotated[
            str | None, typer.Option(help="The ESCO version, where the name of the folder or zip does not tell it.")
        ] = None,
    ) -> None:
        """Take in ESCO beside the starter taxonomy; all of it or, when something is wrong, nothing."""
        made = application()
        with progress(_err()) as steps:
            report = import_esco(
                made.session, path, made.now(), release=release,
                progress=lambda step, done, total: steps.reach(f"{step} ESCO", done, total),
            )  # fmt: skip
        _print(report)

    @taxonomy.command("versions")
    def versions(
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    ) -> None:
        """List the ESCO versions that were imported, and which is in use."""
        with application().reading() as session:
            held = list_versions(session)
        if as_json:
            fields = ("name", "version", "languages", "active", "content_hash", "counts")
            rows = [{**{f: getattr(v, f) for f in fields}, "imported_at": v.imported_at.isoformat()} for v in held]
            sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
            return
        for version in held:
            counts = ", ".join(f"{version.counts.get(kind, 0):,} {kind}" for kind in ("occupations", "skills"))
            use = ", in use" if version.active else ""
            _out().print(
                f"ESCO {escape(version.version)} ({', '.join(version.languages)}), imported "
                f"{version.imported_at:%Y-%m-%d}: {counts}{use}"
            )
        if not held:
            _err().print("No ESCO version was imported yet. `hunar taxonomy import PATH` takes one in.")

    @taxonomy.command("use")
    def use(version: Version) -> None:
        """Take an imported ESCO version into use in place of another."""
        with application().session() as session:
            use_version(session, version)
            session.commit()
        _err().print(f"ESCO {escape(version)} is in use.")

    @taxonomy.command("remove")
    def remove(version: Version) -> None:
        """Remove an imported ESCO version; the starter taxonomy stays."""
        with application().session() as session:
            was_in_use = remove_version(session, version)
            session.commit()
        _err().print(f"ESCO {escape(version)} is removed.{' No ESCO version is in use now.' if was_in_use else ''}")


def _print(report: EscoImport) -> None:
    out = _out()
    outcome = {"new": "taken in", "replaced": "taken in anew, as its files or the links to it have changed"}
    out.print(
        f"ESCO {escape(report.version)} ({', '.join(report.languages)}): "
        f"{outcome.get(report.outcome, 'stands already, unchanged')}{', in use' if report.active else ''}"
    )
    for kind, number in report.counts.items():
        out.print(f"  {number:>9,} {kind}")
    if not report.active:
        out.print(f"Another version is in use; `hunar taxonomy use {escape(report.version)}` changes to this one.")
    out.print(ATTRIBUTION)


def _out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)
