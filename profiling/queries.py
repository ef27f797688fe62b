"""A typed way to select columns of the tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col


def pick(*attributes: Any) -> sa.Select[Any]:
    """A select of these columns. SQLModel types a column as its value, which SQLAlchemy's select refuses."""
    return sa.select(*(col(attribute) for attribute in attributes))
