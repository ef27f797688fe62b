"""Secrets that people type and programs carry: how they are made, hashed and compared."""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from datetime import datetime

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from profiling.errors import InputError

#: argon2id with 19 MiB, 2 passes, 1 lane: the first choice of the OWASP password storage cheat sheet.
_HASH = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
#: Compared with when there is no such account, so that the answer takes as long.
_NOBODY = _HASH.hash(secrets.token_urlsafe(16))
#: Letters and digits that are not taken for one another on paper (no 0 O 1 I L U).
_PRINTED = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
STEP = 30
SHORTEST = {"staff": 12, "other": 8}
LONGEST = 200


def hash_password(password: str) -> str:
    """The hash to keep."""
    return _HASH.hash(password)


def password_fits(password: str, held: str | None) -> bool:
    """Whether a password is the held one; takes as long when none is held, and is then never right."""
    return _HASH.verify(password, held or _NOBODY) and held is not None


def check_new_password(password: str, login: str, *, staff: bool) -> None:
    """Refuse a password that is too short, too long or the login. Raises InputError. Any characters will do."""
    shortest = SHORTEST["staff" if staff else "other"]
    if not shortest <= len(password) <= LONGEST:
        raise InputError(f"Choose a password of {shortest} to {LONGEST} characters; several words are best.")
    plain = password.casefold()
    if len(set(plain)) < 5 or (login and login.casefold() in plain) or "hunar" in plain or "password" in plain:
        raise InputError("This password is guessed too easily. Choose several words that do not belong together.")


def printed_code(groups: int) -> str:
    """A random code for paper, in groups of four characters (4.9 bits each)."""
    return "-".join("".join(secrets.choice(_PRINTED) for _ in range(4)) for _ in range(groups))


def read_printed(code: str) -> str:
    """A code as typed, without what people add or mistake: case, blanks, hyphens."""
    return "".join(character for character in code.upper() if character.isalnum())


def new_token(prefix: str) -> str:
    """A secret of 256 bits. The prefix lets scanners of code recognise one that leaked."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a random secret; it needs no slow hash, because nobody can guess 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_one_time_secret() -> str:
    """A secret for an authenticator app, in base 32."""
    return pyotp.random_base32()


def one_time_address(secret: str, login: str) -> str:
    """The address that authenticator apps read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Hunar")


def one_time_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code this is (RFC 6238, one step of clock drift), or None.

    A step that was used before, or lies before one, is refused: a code works once.
    """
    # Keyboards of the region write digits of their own scripts.
    digits = "".join(str(unicodedata.digit(sign, "x")) for sign in code if not sign.isspace())
    present = int(now.timestamp()) // STEP
    totp, found = pyotp.TOTP(secret), None
    for step in (present - 1, present, present + 1):
        if secrets.compare_digest(totp.at(step * STEP).encode(), digits.encode()) and step > last_step:
            found = step
    return found


def short_code(secret: bytes) -> str:
    """Some bytes as text for an address or a form."""
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")
