"""With which calendar the last day of a request was read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("requests", sa.Column("calendar", sa.Text, nullable=False, server_default=""))
    op.add_column("requests", sa.Column("hastened", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("requests", "hastened")
    op.drop_column("requests", "calendar")
