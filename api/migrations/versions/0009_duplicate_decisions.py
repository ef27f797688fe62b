"""What a person decided about two offers

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offer_pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["one_id"], ["vacancy.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["vacancy.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("one_id", "other_id"),
    )
    op.create_index("ix_offer_pair_other_id", "offer_pair", ["other_id"])
    op.create_table(
        "duplicate_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("status_before", sa.String(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_duplicate_act_kept_id", "duplicate_act", ["kept_id"])
    op.create_index("ix_duplicate_act_other_id", "duplicate_act", ["other_id"])
    op.create_table(
        "offer_decision",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("other_source", sa.String(), nullable=False),
        sa.Column("other_ref", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["duplicate_act.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("ix_offer_decision_act_id", "offer_decision", ["act_id"])
    op.create_index("ix_offer_decision_first", "offer_decision", ["source", "ref"])
    op.create_index("ix_offer_decision_second", "offer_decision", ["other_source", "other_ref"])


def downgrade() -> None:
    for name in ("second", "first", "act_id"):
        op.drop_index(f"ix_offer_decision_{name}", "offer_decision")
    op.drop_table("offer_decision")
    for name in ("other_id", "kept_id"):
        op.drop_index(f"ix_duplicate_act_{name}", "duplicate_act")
    op.drop_table("duplicate_act")
    op.drop_index("ix_offer_pair_other_id", "offer_pair")
    op.drop_table("offer_pair")
