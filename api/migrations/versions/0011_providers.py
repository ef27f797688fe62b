"""Providers and what a course asks and gives

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TEXTS = ("provider_key", "description", "stipend_currency", "stipend_period")
_LISTS = ("units", "modes", "intakes")


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("name_key", "country_key", "district_key", "name")
        ),
        *(
            sa.Column(name, sa.String(), nullable=True)
            for name in ("country", "province", "district", "place", "specialisation")
        ),
        sa.Column("serves_text", sa.JSON(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("accreditation", "phone", "email", "website")),
        sa.Column("described", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("source", "ref", "licence", "content_hash")),
        sa.Column("seen_run", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_key", "country_key", "district_key"),
    )
    op.create_table(
        "provider_served",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("provider_id", "group"),
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        for name in _TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        for name in _LISTS:
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("provider_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key("fk_course_provider", "provider", ["provider_id"], ["id"])
        batch_op.create_index("ix_course_provider_id", ["provider_id"])
        batch_op.create_index("ix_course_provider_key", ["provider_key"])
    course = sa.table(
        "course", sa.column("coding"), sa.column("next_intake"), sa.column("intakes", sa.JSON()),
        sa.column("stipend"),
        sa.column("stipend_period"), sa.column("stipend_currency"), sa.column("cost_currency"),
    )  # fmt: skip
    bind = op.get_bind()
    for (intake,) in bind.execute(
        sa.select(course.c.next_intake).where(course.c.next_intake.is_not(None)).distinct()
    ):
        bind.execute(sa.update(course).where(course.c.next_intake == intake).values(intakes=[intake]))
    paid = sa.update(course).where(course.c.stipend.is_not(None))
    bind.execute(paid.values(stipend_period="month", stipend_currency=course.c.cost_currency))
    # What stands already is read anew, and its providers are entered, at the next `hunar index`.
    bind.execute(sa.update(course).values(coding=""))


def downgrade() -> None:
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_index("ix_course_provider_key")
        batch_op.drop_index("ix_course_provider_id")
        batch_op.drop_constraint("fk_course_provider", type_="foreignkey")
        for name in ("provider_id", *_LISTS, *_TEXTS):
            batch_op.drop_column(name)
    op.drop_table("provider_served")
    op.drop_table("provider")
