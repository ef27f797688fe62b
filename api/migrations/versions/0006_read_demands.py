"""What the text of a vacancy or course tells, beside what its source states

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("vacancy", "course"):
        op.add_column(table, sa.Column("read", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for table in ("course", "vacancy"):
        op.drop_column(table, "read")
