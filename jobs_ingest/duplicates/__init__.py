"""Duplicates: which posts are one vacancy, reworded, renumbered, posted again, or taken from several sources."""

from jobs_ingest.duplicates.clusters import group
from jobs_ingest.duplicates.deciding import decide
from jobs_ingest.duplicates.index import DuplicateIndex
from jobs_ingest.duplicates.values import Answer, Cluster, OfferView, Part, Reason, Verdict
from jobs_ingest.duplicates.wording import wording

__all__ = [
    "Answer", "Cluster", "DuplicateIndex", "OfferView", "Part", "Reason", "Verdict", "decide", "group", "wording",
]  # fmt: skip
