"""The wire schema of a source of vacancies or courses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from api.v1.schemas_common import Out


class SourceOut(Out):
    """How a source stands. ``counts``: fetched = new + unchanged + changed + held + duplicate + rejected.

    ``last_run`` is null when it was never run. ``next_due`` is null when it is run by hand, or due at once
    (``due``). ``problem`` says what hindered the last run.
    """

    source: str = Field(examples=["chamber"])
    kind: Literal["csv", "xlsx", "page", "feed", "api"]
    offers: Literal["vacancies", "courses"]
    schedule: Literal["daily", "weekly", "manual"]
    licence: str = Field(examples=["open data, CC BY 4.0"])
    last_run: datetime | None
    finished: bool
    counts: Mapping[str, int] = Field(examples=[{"fetched": 3, "new": 1, "unchanged": 2}])
    next_due: datetime | None
    due: bool
    problem: str | None
