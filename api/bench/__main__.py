"""``python -m api.bench [--quick | --size full] [--postings FILE --mapping FILE] [--only PART] [--json FILE]``."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.bench.figures import QUICK, SIZES, Figure, Sizes
from api.bench.ingesting import ingest_figures, ingest_memory_figures
from api.bench.intake import import_figures, memory_figures
from api.bench.matches import match_figures
from api.bench.synthetic import SEED
from api.bench.vectors import embedding_figures, index_figures
from profiling.errors import HunarError, InputError
from profiling.mapping import Mapping, read_mapping

_PACKAGES = "numpy pandas faiss-cpu torch sentence-transformers SQLAlchemy".split()
_NOTES = (
    "Ratio: ours divided by the reference, both timed in turns in this run; medians unless it says p95.",
    "The vacancies are SYNTHETIC: parts of the 310 fictional demo vacancies put together anew by the seed. Their",
    "vectors in the match figures are those of the demo texts with seeded noise, renormalised, not embedded.",
)
_QUICK_NOTE = "QUICK: a test of the command, with a hashing embedder in the match figures. Quote none of this."
out = Console(width=140, highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def machine(sizes: Sizes) -> dict[str, object]:
    """What the figures depend on besides the program."""
    return {
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
        "seed": SEED,
        "import_rows": sizes.import_rows,
        "markets": list(sizes.markets),
    }


def measure(
    folder: Path, sizes: Sizes, postings: Path | None, mapping: Mapping | None, only: str = ""
) -> list[Figure]:
    """Every figure, in the order of the table, or those of the parts whose name holds ``only``."""
    market = folder / "market"
    market.mkdir()
    parts: dict[str, Callable[[], list[Figure]]] = {
        "import": lambda: import_figures(folder, sizes, postings, mapping),
        "ingest": lambda: ingest_figures(folder, sizes),
        "memory of imports": lambda: memory_figures(folder, sizes),
        "memory of ingest": lambda: ingest_memory_figures(folder, sizes),
        "embedding": lambda: embedding_figures(sizes),
        "index": lambda: index_figures(folder, sizes),
        "matching": lambda: match_figures(market, sizes, hashing=sizes is QUICK),
    }
    figures = []
    for name, part in parts.items():
        if only not in name:
            continue
        start = perf_counter()
        figures += part()
        err.print(f"measured {name} in {perf_counter() - start:.0f} s")
    return figures


def show(figures: list[Figure], about: dict[str, object]) -> None:
    """Print the table."""
    out.print(", ".join(f"{name} {value}" for name, value in about.items()))
    for note in _NOTES:
        out.print(note)
    for part, some in groupby(figures, key=lambda figure: figure.part):
        out.print(f"\n[bold]{part}[/bold]")
        table = Table(box=None, pad_edge=False)
        table.add_column("", min_width=30)
        for heading in ("ours", "plain"):
            table.add_column(heading, justify="right", min_width=11)
        table.add_column("", min_width=7)
        table.add_column("reference", min_width=30)
        table.add_column("ratio", justify="right", min_width=8)
        table.add_column("aim")
        for one in some:
            table.add_row(
                one.name, number(one.ours), number(one.plain), one.unit, one.reference, number(one.ratio), _aim(one)
            )  # fmt: skip
        out.print(table)


def number(value: float) -> str:
    """A number with about three figures that tell."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    what = "ratio" if figure.aim_on == "ratio" else figure.unit
    return f"{what} <= {figure.aim:g}: {'met' if figure.met else 'NOT MET'}"


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Everything small: a test of the command.")] = False,
    size: Annotated[
        str, typer.Option(envvar="BENCH", help="usual; full adds the runs that take minutes; quick is --quick.")
    ] = "usual",
    postings: Annotated[
        Path | None, typer.Option(help="A CSV file of real postings for the import.", exists=True, dir_okay=False)
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="The mapping file of the postings.", exists=True, dir_okay=False)
    ] = None,
    only: Annotated[str, typer.Option(help="Only parts whose name holds this, such as ingest.")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here too.")] = None,
) -> None:
    """Measure Hunar beside plain references and print the table."""
    if size not in SIZES:
        err.print(f"Error: --size (BENCH) is one of {', '.join(SIZES)}, not {size!r}.", markup=False)
        sys.exit(InputError.exit_code)
    sizes = QUICK if quick else SIZES[size]
    about = machine(sizes)
    try:
        with tempfile.TemporaryDirectory(prefix="hunar-bench-") as folder:
            figures = measure(Path(folder), sizes, postings, read_mapping(mapping) if mapping else None, only)
    except HunarError as error:
        err.print(f"Error: {error}", markup=False)
        sys.exit(error.exit_code)
    show(figures, about)
    if sizes is QUICK:
        out.print(f"\n{_QUICK_NOTE}")
    if json_file is not None:
        content = {"machine": about, "quick": sizes is QUICK, "figures": [figure.as_json() for figure in figures]}
        json_file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(bench)
