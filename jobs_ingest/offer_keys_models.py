"""Tables by which near vacancies are found. Nothing of a returnee."""

from __future__ import annotations

import uuid
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class OfferSketch(SQLModel, table=True):
    """A vacancy whose keys are stored, under a short number.

    ``content`` is the beginning of the content hash that the keys were made of, ``rules`` the version of the keys:
    when one of them is another now, the keys are made again.
    """

    __tablename__: ClassVar[str] = "offer_sketch"

    number: int | None = Field(default=None, primary_key=True)
    vacancy_id: uuid.UUID = Field(foreign_key="vacancy.id", ondelete="CASCADE", unique=True)
    content: str
    rules: int


class OfferKey(SQLModel, table=True):
    """A key of a vacancy (``jobs_ingest/duplicates/keys.py``); those that share one may be the same vacancy."""

    __tablename__: ClassVar[str] = "offer_key"
    __table_args__ = (sa.Index("ix_offer_key_number", "number"), {"sqlite_with_rowid": False})

    key: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    number: int = Field(
        primary_key=True, foreign_key="offer_sketch.number", ondelete="CASCADE",
        sa_column_kwargs={"autoincrement": False},
    )  # fmt: skip
