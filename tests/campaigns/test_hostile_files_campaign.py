"""Files and answers made to break a reader: no crash, no hang, little memory, and a plain sentence for each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_runner import hostile_files
from sizes import SEED, size

TESTS = Path(__file__).parents[1]
SECONDS, MEGABYTES = 10, 512
#: Mutants that one process reads.
BATCH = 2_500


def run(*arguments: str) -> list[dict[str, object]]:
    """What the runner prints; warnings are errors there too."""
    paths = os.pathsep.join((str(TESTS.parent), str(TESTS)))
    done = subprocess.run(
        [sys.executable, "-W", "error", str(TESTS / "hostile_runner.py"), *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_hostile_file_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    files = {hostile.name: hostile for hostile in hostile_files()}
    assert len(files) >= 80
    results = run("files")
    assert [result["name"] for result in results] == list(files)
    wrong = []
    for result in results:
        hostile = files[str(result["name"])]
        told = " | ".join(map(str, result.get("told", ())))  # type: ignore[call-overload]
        as_told = re.search(hostile.told, told) if hostile.told else not told
        if "error" in result or result["offers"] != hostile.offers or not as_told:
            wrong.append((hostile.name, result))
    assert wrong == []
    slowest, largest = (
        max(float(str(r["seconds"])) for r in results),
        max(int(str(r["megabytes"])) for r in results),
    )
    with capsys.disabled():
        print(f"\nhostile files: {len(results)}, slowest {slowest} s, most memory {largest} MB")
    assert slowest < SECONDS
    assert largest < MEGABYTES


def test_mutants_of_good_files(capsys: pytest.CaptureFixture[str]) -> None:
    number = size(300, 20_000)
    results = [
        result
        for first in range(0, number, BATCH)
        for result in run("mutants", str(SEED), str(first), str(min(BATCH, number - first)))
    ]
    sums = [result for result in results if "done" in result]
    assert [result for result in results if "done" not in result] == []
    assert sum(int(str(result["done"])) for result in sums) == number
    slowest, largest = max(float(str(r["slowest"])) for r in sums), max(int(str(r["megabytes"])) for r in sums)
    told = sum(int(str(result["told"])) for result in sums)
    with capsys.disabled():
        print(f"\nmutants: {number}, told of {told}, slowest {slowest} s, most memory {largest} MB")
    assert slowest < SECONDS
    assert largest < MEGABYTES
    # Mutants that are still in order, and such that are not, are both many: else nothing was tried.
    assert number // 3 < told < number
