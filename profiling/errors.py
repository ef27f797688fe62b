"""One tree of errors. The branches are named by who must act."""

from __future__ import annotations

from dataclasses import dataclass


class HunarError(Exception):
    """The root. Its text is one plain sentence that says what to do."""

    exit_code = 1


class InputError(HunarError):
    """The person who gave the file or the value must correct it."""

    exit_code = 2


class NotFound(HunarError):
    """What was asked for does not exist, or the asker may not know that it does."""

    exit_code = 4


class SignInNeeded(HunarError):
    """Nobody is recognised: no session, an expired one, or a token that does not hold."""

    exit_code = 5


class Forbidden(HunarError):
    """Who asks is recognised and may not do this, whoever it concerns."""

    exit_code = 5


class Conflict(HunarError):
    """What is asked does not fit what has happened meanwhile; looking again helps."""

    exit_code = 2


class TooMany(HunarError):
    """A limit on requests is reached. ``retry_after`` is in seconds."""

    exit_code = 2

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class OperatorError(HunarError):
    """Whoever runs this machine must act: disk, database, settings, model."""

    exit_code = 3


class BadValue(InputError):
    """One value does not fit its field."""

    def __init__(self, field: str, value: str, expected: str) -> None:
        shown = value if len(value) <= 60 else f"{value[:57]}..."
        super().__init__(f"{field}: {shown!r} is not {expected}.")
        self.field = field
        self.value = value
        self.expected = expected


@dataclass(frozen=True)
class RowProblem:
    """Why one row of a file was rejected."""

    line: int
    field: str
    reason: str
