"""Kills an import at random moments, each in a process of its own, and tells what each kill left.

A program by itself, so that the processes it forks are small and have no threads::

    python kill_runner.py FOLDER KILLS ROWS SEED

It prints a line of JSON about the unbroken import, one about two imports of the same file at the same moment, and
one for each kill.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from ingest_world import (
    broken_rows,
    contents,
    copy_database,
    differences,
    new_folder,
    prepare,
    run_problems,
    take_in,
)

from profiling.coding import Coder
from profiling.errors import OperatorError
from profiling.taxonomy import read_starter

BATCH = 25
#: Of so many kills one is a polite SIGTERM; the others cannot be noticed.
POLITE = 5


def in_child(url: str, path: Path, coder: Coder, errors_to: Path) -> int:
    """Start a run in a process of its own; returns its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        take_in(url, path, coder, errors_to=errors_to, batch_size=BATCH)
        status = 0
    except OperatorError as error:
        status = 3 if "another import wrote the same rows" in str(error) else 2
    finally:
        os._exit(status)


def tell(**what: object) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def error_files(folder: Path) -> list[str]:
    """The contents of the error files of a run, and the names of what was left beside them."""
    left = [f"left: {path.name}" for path in folder.glob(".*.part")]
    return sorted(path.read_text(encoding="utf-8-sig") for path in folder.glob("*.errors*.csv")) + left


def main(folder: Path, kills: int, rows: int, seed: int) -> None:
    """Kill the import of a file of this many rows."""
    chance = random.Random(seed)
    coder = Coder(read_starter())
    database, path = prepare(folder, rows, seed, coder)
    unbroken = new_folder(folder)
    began = time.monotonic()
    # The first run in this process reads tables of words that every later one has; a child measures the time.
    for _ in range(2):
        url = copy_database(database, unbroken / "hunar.db")
        began = time.monotonic()
        os.waitpid(in_child(url, path, coder, unbroken), 0)
    seconds = time.monotonic() - began
    wanted, wanted_errors = contents(unbroken / "hunar.db"), error_files(unbroken)
    total, ended, wrong = run_problems(unbroken / "hunar.db", BATCH, -1)
    held = sum("held" in row for row in wanted["vacancy"])
    tell(
        seconds=round(seconds, 2), rows=total, ended=ended, wrong=[one for one in wrong if "whole" not in one],
        broken=broken_rows(unbroken / "hunar.db"), held=held, error_files=len(wanted_errors),
    )  # fmt: skip
    both = new_folder(folder)
    url = copy_database(database, both / "hunar.db")
    children = [in_child(url, path, coder, both) for _ in range(2)]
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    broken = broken_rows(both / "hunar.db")
    take_in(url, path, coder, errors_to=both, batch_size=BATCH)
    tell(statuses=statuses, broken=broken, differs=differences(contents(both / "hunar.db"), wanted))
    for number in range(kills):
        own = new_folder(folder)
        url = copy_database(database, own / "hunar.db")
        sent = signal.SIGTERM if number % POLITE == 0 else signal.SIGKILL
        delay = chance.uniform(0, seconds)
        child = in_child(url, path, coder, own)
        time.sleep(delay)
        os.kill(child, sent)
        _, status = os.waitpid(child, 0)
        broken = broken_rows(own / "hunar.db")
        read, ended, wrong = run_problems(own / "hunar.db", BATCH, total)
        take_in(url, path, coder, errors_to=own, batch_size=BATCH)
        differs = differences(contents(own / "hunar.db"), wanted)
        if error_files(own) != wanted_errors and not ended:
            differs.append(f"the error files differ: {len(error_files(own))}")
        tell(
            number=number, signal=sent.name, delay=round(delay, 3), killed=os.WIFSIGNALED(status), read=read,
            ended=ended, wrong=wrong, broken=broken, differs=differs,
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(text) for text in sys.argv[2:5]))
