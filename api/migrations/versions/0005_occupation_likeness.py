"""How likely each coded occupation is, and which a person set by hand.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
_CODED = ("experience", "credential", "vacancy", "course")


def upgrade() -> None:
    # Rows of before stay without a likeness until they are coded again.
    for table in _CODED:
        op.add_column(table, sa.Column("occupation_likeness", sa.Float(), nullable=True))
    op.add_column(
        "experience", sa.Column("occupation_by_hand", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("experience", "occupation_by_hand")
    for table in _CODED:
        op.drop_column(table, "occupation_likeness")
