"""The head of the audit trail: its newest row's number and hash, kept in a small file outside the database.

The chain alone cannot tell that its newest rows are gone; a head kept elsewhere can. The file has two slots,
written in turn, so that a write that was cut short leaves the other slot readable. Each slot carries an HMAC
under the audit key. Whoever may write the file can still bring back an older copy of it: against that, a head
is noted on paper or on another machine (`Head.text`).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import hmac
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from profiling.errors import InputError, OperatorError

# No row's hash can be taken for this one: a row is hashed as a JSON list, which begins with "[".
_LABEL = b"hunar audit head 1\0"
_TEXT = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
_SLOT = re.compile(rb"([0-9]{18}:[0-9a-f]{64}) ([0-9a-f]{64})\n")
_SLOT_LENGTH = 18 + 1 + 64 + 1 + 64 + 1
_STEP = 4096  # each slot has a disk block of its own
_PLACES = (0, 1)


@dataclass(frozen=True)
class Head:
    """The number and the hash of a row of the trail; number 0 stands before the first row."""

    sequence: int
    hash: str

    @property
    def text(self) -> str:
        """``SEQUENCE:HASH``, to be written down or sent elsewhere."""
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what ``text`` gave; spaces, line breaks and capitals do not matter. Raises InputError."""
        found = _TEXT.fullmatch("".join(text.split()).lower())
        if not found:
            raise InputError(
                "A head of the audit trail is written SEQUENCE:HASH, the hash with 64 digits 0-9 and a-f."
            )
        return cls(int(found[1]), found[2])


class HeadFile:
    """The file of the newest head. It only moves forward, under any number of threads and processes."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._lock = threading.Lock()

    def read(self) -> Head | None:
        """The newest head, or None if there is no file. Raises OperatorError when no slot of it holds."""
        with self._telling():
            try:
                with self._opened(os.O_RDONLY, fcntl.LOCK_SH) as handle:
                    return self._newest(self._slots(handle))
            except FileNotFoundError:
                return None

    def advance(self, sequence: int, hash: str) -> None:
        """Remember a newer head, on disk when this returns. An older or equal one changes nothing."""
        head = Head.parse(f"{sequence}:{hash}")
        with self._telling(), self._lock:
            if not self.path.exists() and self._make(head):
                return
            with self._opened(os.O_RDWR, fcntl.LOCK_EX) as handle:
                slots = self._slots(handle)
                held = self._newest(slots)
                if head.sequence > held.sequence:
                    # Never over the newest: the slot that is damaged or older is written.
                    self._write(handle, slots.index(held) ^ 1, head)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OperatorError(
                f"The head of the audit trail {self.path} cannot be read or written ({error.strerror}). "
                "Check the disk and who owns the file."
            ) from error

    @contextmanager
    def _opened(self, flags: int, lock: int) -> Iterator[int]:
        handle = os.open(self.path, flags | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, lock)  # until it is closed
            yield handle
        finally:
            os.close(handle)

    def _mac(self, text: bytes) -> str:
        return hmac.new(self._key, _LABEL + text, hashlib.sha256).hexdigest()

    def _slot(self, head: Head) -> bytes:
        text = f"{head.sequence:018}:{head.hash}"
        return f"{text} {self._mac(text.encode())}\n".encode()

    def _slots(self, handle: int) -> list[Head | None]:
        return [self._parsed(os.pread(handle, _SLOT_LENGTH, place * _STEP)) for place in _PLACES]

    def _parsed(self, slot: bytes) -> Head | None:
        found = _SLOT.fullmatch(slot)
        if not found or not hmac.compare_digest(self._mac(found[1]).encode(), found[2]):
            return None
        return Head.parse(found[1].decode())

    def _newest(self, slots: list[Head | None]) -> Head:
        held = [head for head in slots if head]
        if not held:
            raise OperatorError(
                f"The head of the audit trail {self.path} is damaged or was not written with this audit key. "
                "Restore a copy of the file and of the key."
            )
        return max(held, key=lambda head: head.sequence)

    def _write(self, handle: int, place: int, head: Head) -> None:
        slot = self._slot(head)
        if os.pwrite(handle, slot, place * _STEP) != len(slot):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)

    def _make(self, head: Head) -> bool:
        """Write a file beside its place and link it there: nobody reads a part of one. False if one is there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)  # owner only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._slot(head).ljust(_STEP * len(_PLACES), b"\0"))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(name, self.path)
                self._keep_name()
                return True
            return False
        finally:
            Path(name).unlink()

    def _keep_name(self) -> None:
        handle = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
