"""Encryption of single fields at rest, with keys that lie outside the database.

Each value is sealed with AES-256-GCM under a fresh 96-bit nonce. Table, column and owner are bound into the
seal, so that a sealed value that is moved to another person's row does not open. A seal names its key.

``hunar keys rotate`` adds a key, seals everything anew and forgets older keys, all but the last one before:
another process may have sealed a value with that one while the rotation ran. The next rotation seals such a
value anew and forgets the key. A vault notices a changed key file by itself, so a server need not restart.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from profiling.errors import OperatorError

_FORM = b"\x01"
_ID_LENGTH, _NONCE_LENGTH, _KEY_LENGTH, _TAG_LENGTH = 4, 12, 32, 16
_INFO = "hunar_vault"
#: The key in use and the one before.
_KEPT = 2


@dataclass(frozen=True)
class _Key:
    id: bytes
    secret: bytes


@dataclass(frozen=True)
class _Ring:
    """The content of a key file; the last key is the one in use."""

    fingerprint_key: bytes
    keys: tuple[_Key, ...]

    @property
    def current(self) -> _Key:
        return self.keys[-1]


class Vault:
    """Seals and opens values with the keys of one file; the last key of the ring is the one in use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)
        ring = _read(path)
        self._fingerprint_key = ring.fingerprint_key
        self._use(ring)

    def _use(self, ring: _Ring) -> None:
        # One assignment, so that another thread never sees a key without its cipher.
        self._state = ring.current.id, {key.id: AESGCM(key.secret) for key in ring.keys}

    def _refresh(self) -> None:
        """Take up a key file that another process has changed."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        ring = _read(self._path)
        if ring.fingerprint_key != self._fingerprint_key:
            raise OperatorError(f"The key file {self._path} was exchanged for another. Restore the right one.")
        self._use(ring)
        self._stamp = stamp

    def seal(self, text: str, place: str, owner: uuid.UUID) -> bytes:
        """Encrypt a value for one place (``table.column``) of one owner's row.

        Raises OperatorError when the key file is gone: what is sealed now could not be opened later.
        """
        self._refresh()
        current, ciphers = self._state
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return _FORM + current + nonce + ciphers[current].encrypt(nonce, text.encode(), _bound(place, owner))

    def seal_or_none(self, text: str | None, place: str, owner: uuid.UUID) -> bytes | None:
        """As ``seal``; nothing stays nothing."""
        return None if text is None else self.seal(text, place, owner)

    def open(self, sealed: bytes, place: str, owner: uuid.UUID) -> str:
        """Decrypt a value. Raises OperatorError when the key is missing or the value is not of this place."""
        start = len(_FORM) + _ID_LENGTH
        damaged = f"A value of {place} was damaged or moved to another row. Restore a copy."
        if len(sealed) < start + _NONCE_LENGTH + _TAG_LENGTH or sealed[: len(_FORM)] != _FORM:
            raise OperatorError(damaged)
        key = sealed[len(_FORM) : start]
        if key not in self._state[1]:
            self._refresh()
        cipher = self._state[1].get(key)
        if cipher is None:
            raise OperatorError(
                f"A value of {place} is sealed with a key that is not in the key folder. Restore vault.keys "
                "from the copy that was made with the database."
            )
        nonce, rest = sealed[start : start + _NONCE_LENGTH], sealed[start + _NONCE_LENGTH :]
        try:
            return cipher.decrypt(nonce, rest, _bound(place, owner)).decode()
        except InvalidTag:
            raise OperatorError(damaged) from None

    def open_or_none(self, sealed: bytes | None, place: str, owner: uuid.UUID) -> str | None:
        """As ``open``; nothing stays nothing."""
        return None if sealed is None else self.open(sealed, place, owner)

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value is sealed with the key in use."""
        self._refresh()
        return sealed[len(_FORM) : len(_FORM) + _ID_LENGTH] == self._state[0]

    def fingerprint(self, label: str, *parts: str) -> str:
        """A keyed hash (HMAC-SHA256, hex) of some words. Its key never rotates, so that it stays comparable."""
        content = json.dumps([label, *parts]).encode()
        return hmac.new(self._fingerprint_key, content, hashlib.sha256).hexdigest()


def _bound(place: str, owner: uuid.UUID) -> bytes:
    return place.encode() + b"|" + owner.bytes


def vault_of(session: Session) -> Vault:
    """The vault that the session was opened with."""
    vault = session.info.get(_INFO)
    if not isinstance(vault, Vault):
        raise OperatorError("This database session was opened without keys.")
    return vault


def session_info(vault: Vault) -> dict[str, object]:
    """What a session must be given so that ``vault_of`` finds the vault."""
    return {_INFO: vault}


def open_vault(path: Path) -> Vault:
    """The vault of a key file, made at first use and readable by the owner alone."""
    if not path.exists():
        _write(path, _Ring(secrets.token_bytes(_KEY_LENGTH), (_new_key(()),)), replace=False)
    return Vault(path)


def add_key(path: Path) -> Vault:
    """Put a new key into use; the old ones still open what they sealed."""
    with _alone(path):
        ring = _read(path)
        _write(path, _Ring(ring.fingerprint_key, (*ring.keys, _new_key(ring.keys))), replace=True)
    return Vault(path)


def drop_old_keys(path: Path) -> int:
    """Remove all keys but the one in use and the one before; returns how many.

    To be called only after a pass over everything sealed has found nothing of another key than the one in use.
    """
    with _alone(path):
        ring = _read(path)
        kept = ring.keys[-_KEPT:]
        if len(kept) < len(ring.keys):
            _write(path, _Ring(ring.fingerprint_key, kept), replace=True)
        return len(ring.keys) - len(kept)


def _new_key(held: tuple[_Key, ...]) -> _Key:
    taken = {key.id for key in held}
    while (name := secrets.token_bytes(_ID_LENGTH)) in taken:
        pass
    return _Key(name, secrets.token_bytes(_KEY_LENGTH))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from changing the ring meanwhile: of two rotations at once, no key may be lost."""
    try:
        handle = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise OperatorError(f"The key folder {path.parent} cannot be opened ({error.strerror}).") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise OperatorError(f"The key file {path} cannot be read ({error.strerror}). Restore a copy.") from error
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path) -> _Ring:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        keys = tuple(_Key(_bytes(key["id"], _ID_LENGTH), _bytes(key["key"], _KEY_LENGTH)) for key in held["keys"])
        if not keys or len({key.id for key in keys}) != len(keys):
            raise ValueError("it holds no key, or one twice")
        return _Ring(_bytes(held["fingerprint"], _KEY_LENGTH), keys)
    except OSError as error:
        raise OperatorError(f"The key file {path} cannot be read ({error.strerror}). Restore a copy.") from error
    except (KeyError, TypeError, ValueError) as error:
        # The text of the error could quote a key.
        raise OperatorError(f"The key file {path} is damaged ({type(error).__name__}). Restore a copy.") from None


def _bytes(text: str, length: int) -> bytes:
    found = base64.b64decode(text, validate=True)
    if len(found) != length:
        raise ValueError("a key has the wrong length")
    return found


def _text(ring: _Ring) -> str:
    def plain(value: bytes) -> str:
        return base64.b64encode(value).decode()

    keys = [{"id": plain(key.id), "key": plain(key.secret)} for key in ring.keys]
    return json.dumps({"fingerprint": plain(ring.fingerprint_key), "keys": keys}, indent=1)


def _write(path: Path, ring: _Ring, *, replace: bool) -> None:
    """Write a ring beside its place and move it there, so that nobody ever reads a part of one.

    It is on the disk when this returns: no value may be sealed with a key that a power cut takes away.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes a file that its owner alone can read; moving and linking keep that.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(_text(ring))
                file.flush()
                os.fsync(file.fileno())
            if replace:
                Path(name).replace(path)
            else:
                # The first of two processes that start at once makes the keys.
                with contextlib.suppress(FileExistsError):
                    os.link(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise OperatorError(f"The key file {path} cannot be written ({error.strerror}).") from error
