"""ESCO versions beside the starter taxonomy

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "esco_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version"),
    )
    op.create_table(
        "esco_isco_title",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["esco_version.id"],
        ),
        sa.PrimaryKeyConstraint("version_id", "code", "language"),
    )
    op.create_table(
        "esco_occupation",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("isco", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["esco_version.id"],
        ),
        sa.PrimaryKeyConstraint("version_id", "number"),
        sa.UniqueConstraint("version_id", "uri"),
    )
    op.create_table(
        "esco_skill",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("skill_type", sa.String(), nullable=True),
        sa.Column("reuse_level", sa.String(), nullable=True),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["esco_version.id"],
        ),
        sa.PrimaryKeyConstraint("version_id", "number"),
        sa.UniqueConstraint("version_id", "uri"),
    )
    op.create_table(
        "esco_broader",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.Integer(), nullable=False),
        sa.Column("broader", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "broader"],
            ["esco_skill.version_id", "esco_skill.number"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "skill"],
            ["esco_skill.version_id", "esco_skill.number"],
        ),
        sa.PrimaryKeyConstraint("version_id", "skill", "broader"),
    )
    with op.batch_alter_table("esco_broader", schema=None) as batch_op:
        batch_op.create_index("ix_esco_broader_broader", ["version_id", "broader"], unique=False)

    op.create_table(
        "esco_occupation_label",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("occupation", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "occupation"],
            ["esco_occupation.version_id", "esco_occupation.number"],
        ),
        sa.PrimaryKeyConstraint("version_id", "occupation", "language", "position"),
    )
    op.create_table(
        "esco_occupation_skill",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("occupation", sa.Integer(), nullable=False),
        sa.Column("skill", sa.Integer(), nullable=False),
        sa.Column("essential", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "occupation"],
            ["esco_occupation.version_id", "esco_occupation.number"],
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "skill"],
            ["esco_skill.version_id", "esco_skill.number"],
        ),
        sa.PrimaryKeyConstraint("version_id", "occupation", "skill"),
    )
    with op.batch_alter_table("esco_occupation_skill", schema=None) as batch_op:
        batch_op.create_index("ix_esco_occupation_skill_skill", ["version_id", "skill"], unique=False)

    op.create_table(
        "esco_skill_label",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "skill"],
            ["esco_skill.version_id", "esco_skill.number"],
        ),
        sa.PrimaryKeyConstraint("version_id", "skill", "language", "position"),
    )
    op.create_table(
        "esco_trade_link",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("occupation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id", "occupation"],
            ["esco_occupation.version_id", "esco_occupation.number"],
        ),
        sa.PrimaryKeyConstraint("version_id", "trade", "occupation"),
    )


def downgrade() -> None:
    op.drop_table("esco_trade_link")
    op.drop_table("esco_skill_label")
    with op.batch_alter_table("esco_occupation_skill", schema=None) as batch_op:
        batch_op.drop_index("ix_esco_occupation_skill_skill")

    op.drop_table("esco_occupation_skill")
    op.drop_table("esco_occupation_label")
    with op.batch_alter_table("esco_broader", schema=None) as batch_op:
        batch_op.drop_index("ix_esco_broader_broader")

    op.drop_table("esco_broader")
    op.drop_table("esco_skill")
    op.drop_table("esco_occupation")
    op.drop_table("esco_isco_title")
    op.drop_table("esco_version")
