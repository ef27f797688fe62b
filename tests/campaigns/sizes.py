"""How large a campaign is. ``CAMPAIGN=full`` in the environment asks for the long one."""

from __future__ import annotations

import os

SEED = 20261125


def size(quick: int, full: int) -> int:
    """The number of tries: the full number when CAMPAIGN is ``full``."""
    return full if os.environ.get("CAMPAIGN") == "full" else quick
