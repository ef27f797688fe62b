"""How often a host is asked: at an interval, and not before it said so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

#: More than a day, in seconds, is taken for a day: by then another run asks anyway.
LONGEST = 86_400.0

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class Pace:
    """When each host may be asked again, in seconds of a clock that never goes back. Lives as long as a run."""

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._asked: dict[str, float] = {}
        self._closed: dict[str, float] = {}

    def asked(self, host: str) -> None:
        """The host was asked just now."""
        self._asked[host] = self._clock()

    def hold(self, host: str, seconds: float) -> None:
        """The host is not to be asked for some seconds from now."""
        self._closed[host] = max(self._closed.get(host, 0), self._clock() + seconds)

    def closed_for(self, host: str) -> float:
        """For how many seconds a host asked to be left alone."""
        return max(0.0, self._closed.get(host, 0) - self._clock())

    def wait(self, host: str, interval: float) -> float:
        """Sleep until the host may be asked again, and say for how long, in seconds."""
        due = self.closed_for(host)
        if host in self._asked:
            due = max(due, self._asked[host] + interval - self._clock())
        if due > 0:
            self._sleep(due)
        return max(due, 0.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a Retry-After header asks to wait (RFC 9110, 10.2.3), a day at most, or None.

    A date is held against the answer's own Date header, so that a wrong clock on either side does no harm.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:9]), LONGEST)
    try:
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return min(max(0.0, (until - now).total_seconds()), LONGEST)
    except (ValueError, TypeError):
        return None
