"""Vectors in the database: the truth of which the FAISS index is a cache."""

from __future__ import annotations

import uuid
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class DocumentVector(SQLModel, table=True):
    """The vector of one document (a person, a vacancy or a course) under one model.

    ``owner_version`` is the owner's content and coding at the time; when it still fits, nothing is done.
    ``text_hash`` is of the embedded text; when it still fits, nothing is embedded again.
    ``vector`` holds ``dimensions`` little-endian float32 of unit length.
    """

    __tablename__: ClassVar[str] = "document_vector"

    owner_kind: str = Field(primary_key=True)
    owner_id: uuid.UUID = Field(primary_key=True)
    model: str = Field(primary_key=True)
    owner_version: str
    text_hash: str
    dimensions: int
    vector: bytes = Field(sa_type=sa.LargeBinary)
