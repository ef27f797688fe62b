"""What runs in a process of its own, because its peak memory is the figure: ``python -m api.bench.child``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

_MB = 1e6
#: The demo people and vacancies are of these days; the clock of the benchmark stands there.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def peak_mb() -> float:
    """The peak of this process's resident memory so far.

    Linux hands the ``ru_maxrss`` of a parent down to its child, so there the process's own high-water
    mark is read; elsewhere ``getrusage`` (bytes on macOS).
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / _MB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MB if sys.platform == "darwin" else peak * 1024 / _MB


def measure(*arguments: str) -> dict[str, float]:
    """Run one of the ways below in a new process and read what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "api.bench.child", *arguments], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def import_rows(folder: str, file: str) -> dict[str, float]:
    """Import a file of vacancies into the prepared database of a folder."""
    from api.application import Application
    from api.bench.synthetic import SYNTHETIC, own_settings

    application = Application(own_settings(Path(folder)), clock=lambda: NOW)
    report = application.ingest("vacancies", Path(file), source=SYNTHETIC, errors_to=Path(folder))
    application.engine.dispose()
    return {"kept": report.kept, "rejected": report.rejected}


def take_in_source(folder: str, file: str) -> dict[str, float]:
    """Run over a file as a source, into the prepared database of a folder."""
    from api.application import Application
    from api.bench.ingesting import take_in
    from api.bench.synthetic import own_settings

    application = Application(own_settings(Path(folder)), clock=lambda: NOW)
    report = take_in(application, Path(file))
    application.engine.dispose()
    return {"kept": report.kept, "rejected": report.rejected}


def read_whole(file: str) -> dict[str, float]:
    """Read a file with pandas, as the plain reference."""
    import pandas as pd

    return {"kept": len(pd.read_csv(file, dtype=str))}


def load_model() -> dict[str, float]:
    """Load the model and embed one text: what every process with a model needs, as the reference."""
    from matching.embeddings import SentenceEmbedder

    SentenceEmbedder().encode(["shuttering carpenter"])
    return {}


def serve_page(folder: str, returnee: str, embedder: str = "") -> dict[str, float]:
    """Load model and market and serve one page; ``hashing`` makes the small embedder that of the market."""
    from starlette.testclient import TestClient

    from api.app import make_app
    from api.application import Application
    from api.bench.synthetic import open_demo_session, own_settings
    from api.routes.visit import SESSION_COOKIE
    from matching.embeddings import HashingEmbedder, SentenceEmbedder

    model = SentenceEmbedder()
    model.encode(["shuttering carpenter"])
    held = HashingEmbedder() if embedder == "hashing" else model
    application = Application(own_settings(Path(folder)), embedder=held, clock=lambda: NOW)
    # What signing in costs is measured elsewhere; here the session is opened beside the pages.
    token = open_demo_session(application)
    client = TestClient(
        make_app(application), "http://127.0.0.1", client=("127.0.0.1", 50000), cookies={SESSION_COOKIE: token}
    )
    answer = client.get(f"/returnees/{returnee}/matches")
    answer.raise_for_status()
    vacancies = len(application.market().vacancies)
    application.engine.dispose()
    return {"vacancies": vacancies, "page_kb": len(answer.content) / 1000}


_WAYS = {
    "import": import_rows,
    "ingest": take_in_source,
    "pandas": read_whole,
    "model": load_model,
    "page": serve_page,
}


if __name__ == "__main__":
    found = _WAYS[sys.argv[1]](*sys.argv[2:])  # type: ignore[operator]
    sys.stdout.write(json.dumps({**found, "peak_mb": peak_mb()}) + "\n")
