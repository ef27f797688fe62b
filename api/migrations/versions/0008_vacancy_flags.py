"""What the safeguards found in a vacancy, and what a person decided about it

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vacancy_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_vacancy_flag_vacancy_id", "vacancy_flag", ["vacancy_id"])
    op.create_table(
        "vacancy_check",
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("made", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancy.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vacancy_id"),
    )
    op.create_index("ix_vacancy_check_rules", "vacancy_check", ["rules"])


def downgrade() -> None:
    op.drop_index("ix_vacancy_check_rules", "vacancy_check")
    op.drop_table("vacancy_check")
    op.drop_index("ix_vacancy_flag_vacancy_id", "vacancy_flag")
    op.drop_table("vacancy_flag")
