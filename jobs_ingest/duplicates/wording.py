"""What a person reads of a reason, in English."""

from __future__ import annotations

from jobs_ingest.duplicates.table import table
from jobs_ingest.duplicates.values import Reason


def wording(reason: Reason) -> str:
    """A reason as half a sentence with the words of both sides, such as *different places (Galle / Kandy)*."""
    says = table().levels[reason.part, reason.level].says
    if not reason.ours and not reason.theirs:
        return says
    return f"{says} ({reason.ours or '–'} / {reason.theirs or '–'})"
