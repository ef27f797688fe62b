"""By which keys near offers are found

Revision: 0010, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offer_sketch",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("vacancy_id"),
    )
    op.create_table(
        "offer_key",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["offer_sketch.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_offer_key_number", "offer_key", ["number"])


def downgrade() -> None:
    op.drop_index("ix_offer_key_number", "offer_key")
    op.drop_table("offer_key")
    op.drop_table("offer_sketch")
