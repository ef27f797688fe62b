"""Reads hostile files and mutants, each file in a process of its own, and prints a line of JSON for each.

    python tests/hostile_runner.py files
    python tests/hostile_runner.py mutants SEED FIRST COUNT

A program and no test, so that memory is that of reading alone.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hostile import Hostile, good_files, mutant
from hostile_answers import api_files, feed_files, page_files
from hostile_tables import csv_files, xlsx_files

from jobs_ingest.fetching.values import Fetched
from jobs_ingest.sources.base import RawOffer, SourceProblem
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.sources.paging import Paging
from jobs_ingest.sources.registry import make_source
from profiling.errors import InputError

#: Seconds after which a reader is ended; a machine may be busy with other work.
PATIENCE = 60
ADDRESS = "https://jobs.example/api"
_SHOWN = 400


def peak_megabytes() -> int:
    """The most memory that this program held. ru_maxrss would count the parent that started it, too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0


def hostile_files() -> list[Hostile]:
    """All of them."""
    return [*csv_files(), *xlsx_files(), *page_files(), *feed_files(), *api_files()]


@dataclass(frozen=True)
class OneAnswer:
    """A fetcher that has one answer for every address."""

    body: bytes

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None, accept: str = "") -> Fetched:
        """The answer."""
        return Fetched(200, self.body, "", None, None, url)


def config_of(kind: str, folder: Path) -> SourceConfig:
    """A source of this kind, whose file is ``folder/file``."""
    mapping: Mapping[str, tuple[str, ...]] = {}
    if kind == "api":
        mapping = {name: (name,) for name in ("title", "pay", "url")} | {"place": ("place.*.name",)}
    is_file = kind in ("csv", "xlsx")
    return SourceConfig(
        name="demo", licence="made for tests", kind=kind, offers="vacancies",
        path=folder / "file" if is_file else None, addresses=() if is_file else (ADDRESS,), mapping=mapping,
        paging=Paging("jobs", "link", "next") if kind == "api" else None,
    )  # fmt: skip


def read(kind: str, content: bytes) -> tuple[int, list[str]]:
    """How many offers come of it, and what is told. An error that is not for the person passes through."""
    offers = 0
    told: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "file").write_bytes(content)
        try:
            for found in make_source(config_of(kind, Path(name))).offers(OneAnswer(content), {}):
                if isinstance(found, RawOffer):
                    offers += 1
                    look_at(found)
                elif isinstance(found, SourceProblem) and len(told) < 50:
                    assert len(found.reason) < 2_000, found.reason[:200]
                    told.append(f"{found.field}: {found.reason}")
        except InputError as error:
            told.append(str(error))
    assert all(sentence.endswith((".", "?")) for sentence in told), told
    return offers, told


def look_at(offer: RawOffer) -> None:
    """What holds of each offer."""
    assert offer.cells["title"].strip()
    assert all(text.strip() and "\0" not in text for text in offer.cells.values())
    assert "<script" not in "".join(offer.cells.values()).lower() or offer.where.startswith("file")
    assert offer.url is None or offer.url.startswith(("http://", "https://"))


def apart(kind: str, path: Path) -> dict[str, object]:
    """Read in a process of its own: offers, told, seconds of processor, megabytes, or the error."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        signal.alarm(PATIENCE)
        started = time.process_time()
        try:
            offers, told = read(kind, path.read_bytes())
            result: dict[str, object] = {"offers": offers, "told": [text[:_SHOWN] for text in told[:5]]}
        except BaseException:
            result = {"error": traceback.format_exc()[-1500:]}
        result["seconds"] = round(time.process_time() - started, 2)
        result["megabytes"] = peak_megabytes()
        os.write(writing, json.dumps(result).encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else {"error": "ended without a word (too slow, or killed)"}


def written(hostile: Hostile, path: Path) -> None:
    """Made in a process of its own, so that the memory that it takes is not that of reading."""
    child = os.fork()
    if not child:
        path.write_bytes(hostile.make())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, hostile.name


def mutants(seed: int, first: int, count: int) -> Iterator[dict[str, object]]:
    """Mutants by number; only what went wrong or took long, and a last line with the sums."""
    good = good_files()
    slowest, offers, refused = 0.0, 0, 0
    for number in range(first, first + count):
        luck = random.Random(f"{seed}-{number}")
        kind, content = good[number % len(good)]
        changed = mutant(content, luck.choice(good)[1], luck)
        started = time.monotonic()
        signal.alarm(PATIENCE)
        try:
            found, told = read(kind, changed)
        except Exception:
            yield {"mutant": number, "kind": kind, "error": traceback.format_exc()[-1500:]}
            continue
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.monotonic() - started)
        offers, refused = offers + found, refused + bool(told)
        if not found and not told and kind != "csv":
            yield {"mutant": number, "kind": kind, "error": "nothing came of it and nothing was told"}
    most = peak_megabytes()
    yield {"done": count, "slowest": round(slowest, 2), "megabytes": most, "offers": offers, "told": refused}


def main(arguments: list[str]) -> None:
    """See the head of this file."""
    if arguments[0] == "files":
        with tempfile.TemporaryDirectory() as folder:
            for hostile in hostile_files():
                if hostile.name in arguments[1:] or not arguments[1:]:
                    written(hostile, Path(folder) / "hostile")
                    line = {"name": hostile.name, **apart(hostile.kind, Path(folder) / "hostile")}
                    print(json.dumps(line), flush=True)
    else:
        for line in mutants(*(int(text) for text in arguments[1:4])):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
