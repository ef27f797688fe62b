"""Starter skills linked to skills of an ESCO version

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "esco_skill_link",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("starter_skill", sa.String(), nullable=False),
        sa.Column("skill", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "skill"],
            ["esco_skill.version_id", "esco_skill.number"],
        ),
        sa.PrimaryKeyConstraint("version_id", "starter_skill", "skill"),
    )


def downgrade() -> None:
    op.drop_table("esco_skill_link")
