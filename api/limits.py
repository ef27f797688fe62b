"""How often somebody may ask. Counted in memory: one process serves one Hunar."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from profiling.errors import TooMany

#: Tries to sign in or to activate, from one address. A centre's people may share one.
SIGN_IN = RateLimitItemPerMinute(60, 10)
#: Requests of one account.
ACCOUNT = RateLimitItemPerMinute(300)
#: Requests of one address that nobody is recognised in.
STRANGER = RateLimitItemPerMinute(600)


class Limits:
    """Counts requests; ``enforced`` is False in load tests, which are themselves bounded."""

    def __init__(self, *, enforced: bool = True) -> None:
        self._enforced = enforced
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, limit: RateLimitItemPerMinute, key: str) -> None:
        """Count one request. Raises TooMany with the seconds to wait."""
        if self._enforced and not self._limiter.hit(limit, key):
            resets = self._limiter.get_window_stats(limit, key).reset_time
            wait = max(1, math.ceil(resets - time.time()))
            raise TooMany(f"Too many requests. Wait {wait} seconds and try again.", wait)
